//! Sending to webhooks, by the Standard Webhooks specification: one request, no redirects, and the beginning of the answer.

use std::time::{Duration, Instant};

use url::Url;

use crate::client::{Client, ClientError, Limits, TIME_OUT, has_bad_port};

/// How long a receiver may take; the specification recommends 15 to 30 seconds.
const PATIENCE: Duration = Duration::from_secs(15);
/// Bytes of an answer's body that its owner is shown.
const SHOWN: usize = 1_024;

/// Why an address cannot be that of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookAddressFault {
    /// It is no address.
    #[error("expected an address such as https://example.org/innocap")]
    NotAnAddress,
    /// What is sent could be read on the way.
    #[error("the address must begin with https://")]
    NotEncrypted,
    /// It holds a user or a password.
    #[error("the address must not hold credentials; what is sent is signed")]
    Credentials,
    /// It holds a fragment, which is never sent.
    #[error("the address must not hold a fragment")]
    Fragment,
    /// Something else than HTTP is spoken there.
    #[error("the port belongs to another protocol")]
    Port,
    /// It is one that nobody but its neighbours reaches.
    #[error("the address must be reachable from the public internet")]
    Private,
}

/// What is sent.
pub struct WebhookMessage<'m> {
    /// Where to.
    pub address: &'m str,
    /// What names it in each try.
    pub id: String,
    /// When it is sent, in seconds since 1970.
    pub timestamp: i64,
    /// The signatures, parted by blanks.
    pub signatures: String,
    /// The body, a JSON document.
    pub body: Vec<u8>,
}

/// What a try came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookTry {
    /// The answer's status; nothing where none came.
    pub status: Option<u16>,
    /// The beginning of its body.
    pub body: Option<String>,
    /// Why none came: `refused`, `time-out`, `unreachable`.
    pub problem: Option<&'static str>,
    /// How long it took.
    pub took: Duration,
}

impl WebhookTry {
    /// Whether the receiver has taken it (2xx).
    pub fn is_taken(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// Sends to webhooks.
#[derive(Clone)]
pub struct WebhookSender {
    client: Client,
    allow_private: bool,
}

impl WebhookSender {
    /// A sender; where `allow_private`, also to private addresses and without encryption.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] where TLS cannot be set up.
    pub fn new(allow_private: bool) -> Result<Self, ClientError> {
        let limits = Limits { timeout: PATIENCE, body_bytes: SHOWN, redirects: None, allow_private };
        Ok(Self { client: Client::new(limits)?, allow_private })
    }

    /// Whether an address may be that of a webhook. What is behind a name is looked at whenever something is sent.
    ///
    /// # Errors
    /// [`WebhookAddressFault`].
    pub fn check(&self, address: &str) -> Result<(), WebhookAddressFault> {
        let url = Url::parse(address).map_err(|_| WebhookAddressFault::NotAnAddress)?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(WebhookAddressFault::NotAnAddress);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(WebhookAddressFault::Credentials);
        }
        if url.fragment().is_some() {
            return Err(WebhookAddressFault::Fragment);
        }
        if url.scheme() == "http" && !self.allow_private {
            return Err(WebhookAddressFault::NotEncrypted);
        }
        if has_bad_port(&url) {
            return Err(WebhookAddressFault::Port);
        }
        let local = url.host_str().is_some_and(|host| host == "localhost" || host.ends_with(".localhost"));
        if self.client.check(&url).is_err() || (local && !self.allow_private) {
            return Err(WebhookAddressFault::Private);
        }
        Ok(())
    }

    /// The host of an address: what may be told of it where the whole might hold a secret.
    pub fn host_of(address: &str) -> String {
        Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Sends a message once. Nothing of it stands in what comes back.
    pub async fn send(&self, message: WebhookMessage<'_>) -> WebhookTry {
        let started = Instant::now();
        // As browsers write it: a host of any script in ASCII.
        let address = Url::parse(message.address).map(String::from).unwrap_or_default();
        let request = http::Request::post(address)
            .header("content-type", "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.timestamp)
            .header("webhook-signature", message.signatures)
            .body(message.body);
        let answer = match request {
            Ok(request) => self.client.send_and_peek(request, SHOWN).await,
            Err(error) => Err(ClientError::Refused(error.to_string())),
        };
        let took = started.elapsed();
        match answer {
            Ok(answer) => {
                let body = Some(readable(answer.body())).filter(|body| !body.is_empty());
                WebhookTry { status: Some(answer.status().as_u16()), body, problem: None, took }
            }
            Err(error) => WebhookTry { status: None, body: None, problem: Some(problem(&error)), took },
        }
    }
}

fn problem(error: &ClientError) -> &'static str {
    match error {
        ClientError::Refused(_) => "refused",
        ClientError::Unreachable(why) if why == TIME_OUT => "time-out",
        _ => "unreachable",
    }
}

/// Bytes of any kind as a text that can be kept and shown.
fn readable(bytes: &[u8]) -> String {
    let keep = |c: char| if c.is_control() && !matches!(c, '\n' | '\t') { char::REPLACEMENT_CHARACTER } else { c };
    String::from_utf8_lossy(bytes).chars().filter(|c| *c != '\r').map(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_encrypted_public_and_holds_no_secret() {
        let (strict, lax) = (WebhookSender::new(false).unwrap(), WebhookSender::new(true).unwrap());
        for (address, fault) in [
            ("example.org/hook", WebhookAddressFault::NotAnAddress),
            ("ftp://example.org/", WebhookAddressFault::NotAnAddress),
            ("http://example.org/hook", WebhookAddressFault::NotEncrypted),
            ("https://user:word@example.org/", WebhookAddressFault::Credentials),
            ("https://example.org/#here", WebhookAddressFault::Fragment),
            ("https://127.0.0.1/", WebhookAddressFault::Private),
            ("https://[::1]:8443/", WebhookAddressFault::Private),
            ("https://169.254.169.254/latest/meta-data", WebhookAddressFault::Private),
            ("https://localhost/", WebhookAddressFault::Private),
            ("https://hooks.example.org:25/", WebhookAddressFault::Port),
            ("https://2130706433/", WebhookAddressFault::Private),
        ] {
            assert_eq!(strict.check(address), Err(fault), "{address}");
        }
        assert_eq!(strict.check("https://example.org:8443/hook?for=innocap"), Ok(()));
        assert_eq!(lax.check("http://127.0.0.1:8099/"), Ok(()));
        assert_eq!(lax.check("http://u:p@127.0.0.1:8099/"), Err(WebhookAddressFault::Credentials));
    }

    #[test]
    fn an_answer_of_any_bytes_can_be_kept() {
        assert_eq!(readable(b"ok\r\n\0\xff"), "ok\n\u{fffd}\u{fffd}");
    }
}
