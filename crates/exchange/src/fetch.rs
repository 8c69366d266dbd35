//! Fetching politely: robots.txt is obeyed, one host is asked at a pace, what has not changed is not sent again, and who
//! asks to be left alone for a while is.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use chrono::DateTime;
use http::header::{self, HeaderMap};
use http::{Request, Response};
use robotxt::{AccessResult, Robots};
use url::Url;

use crate::client::{Client, ClientError, Limits};

/// What this program calls itself to robots.txt (RFC 9309, section 2.2.1).
const AGENT: &str = "innocap";
/// What a host may ask for in its robots.txt to wait between requests (`Crawl-delay`) that is heeded.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How patient a fetch is, and how it treats a host.
#[derive(Debug, Clone, Copy)]
pub struct Manners {
    /// Between two requests to one host, at least.
    pub pause: Duration,
    /// How often a request is sent that fails for a reason that may pass.
    pub tries: u32,
    /// Before the second try; it doubles with each further one.
    pub wait: Duration,
    /// What a host may ask to wait (`Retry-After`) while the fetch waits; longer is for the caller to come back later.
    pub longest_wait: Duration,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            pause: Duration::from_secs(1),
            tries: 3,
            wait: Duration::from_secs(2),
            longest_wait: Duration::from_secs(30),
        }
    }
}

impl Manners {
    /// Those towards a host of one's own, at a private address: there is nobody to be spared.
    pub fn at_home() -> Self {
        Self { pause: Duration::ZERO, wait: Duration::from_millis(100), ..Self::default() }
    }
}

/// What a host said of a document when it was last read (RFC 9110, section 8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// Its entity tag.
    pub etag: Option<String>,
    /// When it was last modified.
    pub modified: Option<String>,
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// It is as it was.
    Unchanged,
    /// A document.
    Document {
        /// The whole of it.
        body: Vec<u8>,
        /// Its media type without parameters, in lower case; empty where none was given.
        media_type: String,
        /// What to ask with the next time.
        validators: Validators,
    },
}

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It is not there: status 404 or 410.
    #[error("it is not there (status {0})")]
    Gone(u16),
    /// The host wants to be left alone for a while.
    #[error("the host asks to come back in {} s", .0.as_secs())]
    Later(Duration),
    /// Its robots.txt forbids it.
    #[error("robots.txt forbids it")]
    Robots,
    /// The answer says that it did not work.
    #[error("the answer has status {0}")]
    Status(u16),
    /// No answer came, or not one within bounds.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// What is known of a host.
#[derive(Default)]
struct Host {
    robots: Option<Robots>,
    asked: Option<Instant>,
}

/// Fetches documents one after the other.
pub struct Fetcher {
    client: Client,
    manners: Manners,
    hosts: HashMap<String, Host>,
}

impl Fetcher {
    /// A fetcher within `limits`.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn new(limits: Limits, manners: Manners) -> Result<Self, ClientError> {
        Ok(Self { client: Client::new(limits)?, manners, hosts: HashMap::new() })
    }

    /// Fetches a document unless it is as it was.
    ///
    /// # Errors
    /// [`FetchError`]; what may pass has been tried again by then.
    pub async fn get(&mut self, url: &Url, known: &Validators) -> Result<Fetched, FetchError> {
        if !self.is_allowed(url).await? {
            return Err(FetchError::Robots);
        }
        let answer = self.ask(url, known).await?;
        match answer.status().as_u16() {
            200 => {
                let text = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
                let media_type = text(header::CONTENT_TYPE).unwrap_or_default();
                let media_type = media_type.split(';').next().unwrap_or_default().trim().to_lowercase();
                let validators = Validators { etag: text(header::ETAG), modified: text(header::LAST_MODIFIED) };
                Ok(Fetched::Document { body: answer.into_body(), media_type, validators })
            }
            304 if *known != Validators::default() => Ok(Fetched::Unchanged),
            status @ (404 | 410) => Err(FetchError::Gone(status)),
            status => Err(FetchError::Status(status)),
        }
    }

    /// Sends a request, again where the reason that it failed may pass.
    async fn ask(&mut self, url: &Url, known: &Validators) -> Result<Response<Vec<u8>>, FetchError> {
        let mut wait = self.manners.wait;
        for left in (0..self.manners.tries.max(1)).rev() {
            self.take_turn(url).await;
            match self.client.send(request(url, known)?).await {
                Ok(answer) if matches!(answer.status().as_u16(), 429 | 503) => {
                    let asked = retry_after(answer.headers());
                    let wanted = asked.unwrap_or(wait);
                    if wanted > self.manners.longest_wait {
                        return Err(FetchError::Later(wanted));
                    }
                    if left == 0 {
                        return Err(asked.map_or(FetchError::Status(answer.status().as_u16()), FetchError::Later));
                    }
                    tokio::time::sleep(wanted).await;
                }
                Ok(answer) if answer.status().is_server_error() && left > 0 => tokio::time::sleep(wait).await,
                Err(ClientError::Unreachable(why)) if left > 0 && why != "time ran out" => {
                    tokio::time::sleep(wait).await;
                }
                Ok(answer) => return Ok(answer),
                Err(error) => return Err(error.into()),
            }
            wait *= 2;
        }
        Err(ClientError::Unreachable("no answer after several tries".to_owned()).into())
    }

    /// Waits until the host may be asked again.
    async fn take_turn(&mut self, url: &Url) {
        let host = self.hosts.entry(authority(url)).or_default();
        let asked = host.robots.as_ref().and_then(Robots::crawl_delay).unwrap_or_default().min(LONGEST_PAUSE);
        let pause = if self.manners.pause.is_zero() { self.manners.pause } else { self.manners.pause.max(asked) };
        if let Some(rest) = host.asked.and_then(|asked| pause.checked_sub(asked.elapsed())) {
            tokio::time::sleep(rest).await;
        }
        host.asked = Some(Instant::now());
    }

    /// Whether the host's robots.txt, read once, lets this address be asked (RFC 9309, section 2.3).
    async fn is_allowed(&mut self, url: &Url) -> Result<bool, FetchError> {
        let key = authority(url);
        if let Some(robots) = self.hosts.get(&key).and_then(|host| host.robots.as_ref()) {
            return Ok(robots.is_url_allowed(url));
        }
        let Ok(address) = url.join("/robots.txt") else { return Ok(true) };
        let answer = self.ask(&address, &Validators::default()).await?;
        let robots = match answer.status().as_u16() {
            200 => Robots::parse(answer.body(), AGENT),
            // What is not there forbids nothing; a host that is out of order has not said what it allows.
            status @ 500.. => return Err(FetchError::Status(status)),
            _ => Robots::from_access(AccessResult::Unavailable, AGENT),
        };
        let allowed = robots.is_url_allowed(url);
        self.hosts.entry(key).or_default().robots = Some(robots);
        Ok(allowed)
    }
}

fn authority(url: &Url) -> String {
    format!("{}://{}:{}", url.scheme(), url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0))
}

fn request(url: &Url, known: &Validators) -> Result<Request<Vec<u8>>, ClientError> {
    let mut request = Request::get(url.as_str()).header(header::ACCEPT, "*/*");
    if let Some(etag) = &known.etag {
        request = request.header(header::IF_NONE_MATCH, etag);
    }
    if let Some(modified) = &known.modified {
        request = request.header(header::IF_MODIFIED_SINCE, modified);
    }
    request.body(Vec::new()).map_err(|error| ClientError::Refused(error.to_string()))
}

/// How long a host asks to wait (RFC 9110, section 10.2.3). A date is held against the host's own clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let given = text(header::RETRY_AFTER)?;
    if let Ok(seconds) = given.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let (until, now) =
        (DateTime::parse_from_rfc2822(given).ok()?, DateTime::parse_from_rfc2822(text(header::DATE)?).ok()?);
    (until - now).to_std().ok()
}

#[cfg(test)]
mod tests;
