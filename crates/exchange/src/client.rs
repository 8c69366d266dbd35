//! The one HTTP client: time-outs, a bound on every body, few redirects, and no private addresses unless allowed.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// What is said of an answer that did not come in time.
pub(crate) const TIME_OUT: &str = "time ran out";
/// What is said of a name behind which there are private addresses alone.
pub(crate) const NOT_PUBLIC: &str = "the name has no public address";

/// The bounds of every request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the first byte sent to the last received.
    pub timeout: Duration,
    /// Bytes of an answer's body.
    pub body_bytes: usize,
    /// How often a request may be sent on to another address.
    pub redirects: usize,
    /// Whether loopback, private and link-local addresses may be asked; only where an operator configured the address.
    pub allow_private: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(30), body_bytes: 10 * 1024 * 1024, redirects: 3, allow_private: false }
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
}

impl Client {
    /// A client within `limits`.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] where TLS cannot be set up.
    pub fn new(limits: Limits) -> Result<Self, ClientError> {
        let Limits { allow_private, redirects: most, .. } = limits;
        let follow = reqwest::redirect::Policy::custom(move |attempt| {
            // The first of them is the address that was asked.
            if attempt.previous().len() > most {
                return attempt.error("too many redirects");
            }
            match check_address(attempt.url(), allow_private) {
                Ok(()) => attempt.follow(),
                Err(error) => attempt.error(error),
            }
        });
        // Where none is followed, the answer that asks for one is the answer.
        let redirects = if most == 0 { reqwest::redirect::Policy::none() } else { follow };
        let http = reqwest::Client::builder()
            .timeout(limits.timeout)
            .connect_timeout(Duration::from_secs(10))
            .redirect(redirects)
            .no_proxy()
            .user_agent(concat!("innocap/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::new(PublicResolver { allow_private }))
            .build()
            .map_err(|e| ClientError::Unreachable(e.to_string()))?;
        Ok(Self { http, limits })
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
        check_address(url, self.limits.allow_private)?;
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
        check_address(url, self.limits.allow_private)?;
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
        check_address(request.url(), self.limits.allow_private)?;
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
        check_address(request.url(), self.limits.allow_private)?;
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
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if error.is_timeout() {
        ClientError::Unreachable(TIME_OUT.to_owned())
    } else {
        ClientError::Unreachable(cause.to_string())
    }
}

/// Refuses other schemes than http(s), credentials in the address, and literal private addresses. Names are checked
/// when they are resolved, so that a name cannot change its address in between.
pub(crate) fn check_address(url: &Url, allow_private: bool) -> Result<(), ClientError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(ClientError::Refused("only http and https are asked".to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ClientError::Refused("an address must not hold credentials".to_owned()));
    }
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) => None,
        None => return Err(ClientError::Refused("the address names no host".to_owned())),
    };
    match literal {
        Some(address) if !allow_private && !is_public(address) => {
            Err(ClientError::Refused("private addresses are not asked".to_owned()))
        }
        _ => Ok(()),
    }
}

/// Whether an address is reachable for everyone: not loopback, private, link-local, shared, multicast, documentation
/// or reserved (IANA special-purpose registries).
pub(crate) fn is_public(address: IpAddr) -> bool {
    const CLOSED: &[&str] = &[
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    ];
    static NETS: std::sync::LazyLock<Vec<ipnet::IpNet>> =
        std::sync::LazyLock::new(|| CLOSED.iter().map(|net| net.parse().expect("the list holds networks")).collect());
    let address = match address {
        // An IPv4 address in IPv6 clothing (mapped, NAT64, 6to4) is judged by what is inside.
        IpAddr::V6(v6) => match (v6.to_ipv4_mapped(), v6.segments()) {
            (Some(v4), _) => IpAddr::V4(v4),
            (None, [0x64, 0xff9b, 0, 0, 0, 0, high, low]) | (None, [0x2002, high, low, ..]) => {
                let [a, b] = high.to_be_bytes();
                let [c, d] = low.to_be_bytes();
                IpAddr::from([a, b, c, d])
            }
            (None, _) => IpAddr::V6(v6),
        },
        v4 => v4,
    };
    !NETS.iter().any(|net| net.contains(&address))
}

/// Resolves names by the system and leaves out addresses that may not be asked.
struct PublicResolver {
    allow_private: bool,
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0))
                .await?
                .filter(|address| allow_private || is_public(address.ip()))
                .collect();
            if found.is_empty() {
                return Err(NOT_PUBLIC.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
