//! A sign-in between the way to the issuer and the way back.

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::CsrfToken;
use serde::{Deserialize, Serialize};
use url::Url;

/// How long someone may take to sign in at the issuer.
pub const PENDING_LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// What is kept of a sign-in that was begun. It is to be found by [`Self::state`], and to be taken exactly once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub(super) issuer_id: String,
    pub(super) issuer: String,
    pub(super) redirect: Url,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) begun_at: DateTime<Utc>,
}

impl Pending {
    /// The configured name of the issuer.
    pub fn issuer_id(&self) -> &str {
        &self.issuer_id
    }

    /// The `state` that the issuer sends back: 256 random bits.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// When it is too late to come back.
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.begun_at + PENDING_LIFETIME
    }

    /// Compares in a time that tells nothing about where two states differ.
    pub(super) fn is_state(&self, given: &str) -> bool {
        CsrfToken::new(self.state.clone()) == CsrfToken::new(given.to_owned())
    }
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending").field("issuer_id", &self.issuer_id).field("secrets", &"***").finish_non_exhaustive()
    }
}

/// What the browser brings back from the issuer, in the query of the redirect address.
#[derive(Clone, Default, Deserialize)]
pub struct Callback {
    /// Which sign-in it is.
    pub state: Option<String>,
    /// What to exchange for the ID token.
    pub code: Option<String>,
    /// Which issuer it comes from (RFC 9207).
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

impl std::fmt::Debug for Callback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Callback(***)")
    }
}
