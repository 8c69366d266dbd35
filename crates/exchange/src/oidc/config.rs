//! Which issuers people may sign in with.

use serde::Deserialize;
use url::Url;

use innocap_domain::Secret;

/// An issuer, and what Innocap is to it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcIssuer {
    /// Its name in addresses: lower-case letters, digits and hyphens. Stays the same while people sign in with it.
    pub id: String,
    /// Its name on the button.
    pub name: String,
    /// The issuer identifier, exactly as the issuer writes it: with or without a slash at the end.
    pub issuer: String,
    /// What Innocap is called there.
    pub client_id: String,
    /// The secret given there; none for a public client, which has PKCE alone.
    #[serde(default)]
    pub client_secret: Option<Secret>,
    /// Whether the issuer may be at a private address, and without TLS.
    #[serde(default)]
    pub allow_private: bool,
}

/// Settings with which nobody could ever sign in, each with the issuer's name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OidcConfigError {
    /// The name does not fit in an address.
    #[error("{0:?} is no name for an issuer: lower-case letters, digits and hyphens")]
    Name(String),
    /// Two issuers of one name.
    #[error("there are two issuers called {0}")]
    Twice(String),
    /// Not an issuer identifier (OpenID Connect Core, section 2).
    #[error("the issuer {0} needs an https address without query, fragment or credentials")]
    Address(String),
    /// No client identifier.
    #[error("the issuer {0} has no client identifier")]
    Client(String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up for the issuer {0}")]
    Tls(String),
}

impl OidcIssuer {
    pub(super) fn check(&self) -> Result<(), OidcConfigError> {
        let id = || self.id.clone();
        let named = (1..=40).contains(&self.id.len())
            && self.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !named {
            return Err(OidcConfigError::Name(id()));
        }
        let addressed = Url::parse(&self.issuer).is_ok_and(|url| {
            (url.scheme() == "https" || self.allow_private && url.scheme() == "http")
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        });
        if !addressed {
            return Err(OidcConfigError::Address(id()));
        }
        if self.client_id.is_empty() {
            return Err(OidcConfigError::Client(id()));
        }
        Ok(())
    }
}
