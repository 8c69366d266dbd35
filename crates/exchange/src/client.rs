//! The one HTTP client: time-outs, a bound on every body, few redirects, and no private addresses unless allowed.

mod addresses;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use addresses::has_bad_port;
use addresses::{Addresses, Guard};
use url::Url;

/// What is said of an answer that did not come in time.
pub(crate) const TIME_OUT: &str = "time ran out";

/// The bounds of every request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the first byte sent to the last received.
    pub timeout: Duration,
    /// Bytes of an answer's body.
    pub body_bytes: usize,
    /// How often a request may be sent on to another address before that is an error; where absent it never is sent on, and
    /// the answer that asks for it is the answer.
    pub redirects: Option<usize>,
    /// Whether loopback and private addresses may be asked; only where an operator configured the address. Where a cloud
    /// tells machines about themselves is never asked.
    pub allow_private: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            body_bytes: 10 * 1024 * 1024,
            redirects: Some(3),
            allow_private: false,
        }
    }
}

/// Why a request gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is not one that may be asked.
    #[error("the address is refused: {0}")]
    Refused(String),
    /// No answer came.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// The answer is larger than allowed.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The answer says that it did not work.
    #[error("the answer has status {0}")]
    Status(u16),
    /// The answer is not what was expected.
    #[error("the answer cannot be understood: {0}")]
    Malformed(String),
}

/// An HTTP client with bounds.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    limits: Limits,
    addresses: Addresses,
}

impl Client {
    /// A client within `limits`.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] where TLS cannot be set up.
    pub fn new(limits: Limits) -> Result<Self, ClientError> {
        Self::guarded(limits, Addresses::new(limits.allow_private))
    }

    /// A client that asks the addresses that `addresses` lets through.
    fn guarded(limits: Limits, addresses: Addresses) -> Result<Self, ClientError> {
        let most = limits.redirects.unwrap_or(0);
        let judge = addresses.clone();
        let follow = reqwest::redirect::Policy::custom(move |attempt| {
            // The first of them is the address that was asked.
            if attempt.previous().len() > most {
                return attempt.error("too many redirects");
            }
            match judge.check_redirect(attempt.previous(), attempt.url()) {
                Ok(()) => attempt.follow(),
                Err(error) => attempt.error(error),
            }
        });
        let redirects = if limits.redirects.is_none() { reqwest::redirect::Policy::none() } else { follow };
        let http = reqwest::Client::builder()
            .timeout(limits.timeout)
            .connect_timeout(Duration::from_secs(10))
            .redirect(redirects)
            .no_proxy()
            // The address that was asked may hold what the one it leads to must not learn.
            .referer(false)
            .user_agent(concat!("innocap/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::new(Guard(addresses.clone())))
            .build()
            .map_err(|e| ClientError::Unreachable(e.to_string()))?;
        Ok(Self { http, limits, addresses })
    }

    /// Whether an address may be asked, as far as it tells itself; what is behind a name is looked at when it is asked.
    ///
    /// # Errors
    /// [`ClientError::Refused`].
    pub(crate) fn check(&self, url: &Url) -> Result<(), ClientError> {
        self.addresses.check(url)
    }

    /// Posts JSON and reads a JSON answer.
    ///
    /// # Errors
    /// [`ClientError`], which never holds the address's credentials nor the token.
    pub async fn post_json(
        &self,
        url: &Url,
        bearer: Option<&str>,
        body: &serde_json::Value,
    ) -> Result<serde_json::Value, ClientError> {
        self.addresses.check(url)?;
        let mut request = self.http.post(url.clone()).json(body);
        if let Some(token) = bearer {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.map_err(|e| unreachable(&e))?;
        let status = answer.status();
        let bytes = self.bounded(answer).await?;
        if !status.is_success() {
            return Err(ClientError::Status(status.as_u16()));
        }
        serde_json::from_slice(&bytes).map_err(|e| ClientError::Malformed(e.to_string()))
    }

    /// Gets a text in UTF-8.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn get_text(&self, url: &Url) -> Result<String, ClientError> {
        self.addresses.check(url)?;
        let answer = self.http.get(url.clone()).send().await.map_err(|e| unreachable(&e))?;
        let status = answer.status();
        let bytes = self.bounded(answer).await?;
        if !status.is_success() {
            return Err(ClientError::Status(status.as_u16()));
        }
        String::from_utf8(bytes).map_err(|_| ClientError::Malformed("it is not UTF-8".to_owned()))
    }

    /// Sends a request as it is and reads the answer, whatever its status.
    ///
    /// # Errors
    /// [`ClientError`], which never holds the address's credentials nor anything of the request.
    pub async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, ClientError> {
        let request = reqwest::Request::try_from(request)
            .map_err(|_| ClientError::Refused("the address cannot be understood".to_owned()))?;
        self.addresses.check(request.url())?;
        let mut answer = self.http.execute(request).await.map_err(|e| unreachable(&e))?;
        let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
        let mut response = http::Response::new(self.bounded(answer).await?);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// Sends a request as it is and reads the answer, whatever its status, but no more of its body than about the first
    /// `most` bytes, nor anything after a connection that broke off in the body.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn send_and_peek(
        &self,
        request: http::Request<Vec<u8>>,
        most: usize,
    ) -> Result<http::Response<Vec<u8>>, ClientError> {
        let request = reqwest::Request::try_from(request)
            .map_err(|_| ClientError::Refused("the address cannot be understood".to_owned()))?;
        self.addresses.check(request.url())?;
        let mut answer = self.http.execute(request).await.map_err(|e| unreachable(&e))?;
        let mut response = http::Response::new(Vec::new());
        *response.status_mut() = answer.status();
        while response.body().len() < most
            && let Ok(Some(chunk)) = answer.chunk().await
        {
            let room = most - response.body().len();
            response.body_mut().extend_from_slice(&chunk[..chunk.len().min(room)]);
        }
        Ok(response)
    }

    async fn bounded(&self, mut answer: reqwest::Response) -> Result<Vec<u8>, ClientError> {
        let limit = self.limits.body_bytes;
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| unreachable(&e))? {
            if bytes.len() + chunk.len() > limit {
                return Err(ClientError::TooLarge(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

/// The innermost cause, without the address, which may hold credentials.
fn unreachable(error: &reqwest::Error) -> ClientError {
    let mut cause: &(dyn std::error::Error + 'static) = error;
    while let Some(inner) = cause.source() {
        cause = inner;
        // Refused on the way: where a redirect leads, or what a name stands for.
        if let Some(ClientError::Refused(why)) = cause.downcast_ref() {
            return ClientError::Refused(why.clone());
        }
    }
    if error.is_timeout() {
        ClientError::Unreachable(TIME_OUT.to_owned())
    } else {
        ClientError::Unreachable(cause.to_string())
    }
}
