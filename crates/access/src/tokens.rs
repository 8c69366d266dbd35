//! Bearer tokens: JWTs (RFC 7519) signed with Ed25519 (RFC 8037), by a key that stands in one file.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use innocap_domain::OrganisationId;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// Who issues the tokens and whom they are for.
const ISSUER: &str = "innocap";

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Issuer.
    pub iss: String,
    /// Audience.
    pub aud: String,
    /// For what it was issued, as the operator named it; not a person's name.
    pub sub: String,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Ends at, seconds since 1970.
    pub exp: i64,
    /// The organisation it belongs to; absent in an operator's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<OrganisationId>,
}

/// Why a token or a key is of no use.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The key cannot be read or made.
    #[error("the signing key cannot be used: {0}")]
    Key(String),
    /// The token is not one of ours, is damaged, or was signed by another key.
    #[error("the token is not valid")]
    Invalid,
    /// The token has ended.
    #[error("the token has ended")]
    Expired,
    /// The token could not be made.
    #[error("the token could not be made: {0}")]
    Issue(String),
}

/// An Ed25519 key pair in PKCS #8.
#[derive(Clone)]
pub struct SigningKey(Vec<u8>);

impl SigningKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`TokenError::Key`] where the system gives no randomness.
    pub fn generate() -> Result<Self, TokenError> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
            .map_err(|_| TokenError::Key("no randomness".to_owned()))?;
        Ok(Self(document.as_ref().to_vec()))
    }

    /// Reads a key from the text that [`Self::to_text`] gave.
    ///
    /// # Errors
    /// [`TokenError::Key`] for anything else.
    pub fn from_text(text: &str) -> Result<Self, TokenError> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| TokenError::Key("not base64url".to_owned()))?;
        Ed25519KeyPair::from_pkcs8(&bytes).map_err(|_| TokenError::Key("not an Ed25519 key in PKCS #8".to_owned()))?;
        Ok(Self(bytes))
    }

    /// The key as base64url text, to be kept in a file that only its owner can read.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}

/// Issues and verifies tokens.
#[derive(Clone)]
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Tokens {
    /// Tokens signed by `key`.
    ///
    /// # Errors
    /// [`TokenError::Key`] where the key is damaged.
    pub fn new(key: &SigningKey) -> Result<Self, TokenError> {
        let pair = Ed25519KeyPair::from_pkcs8(&key.0).map_err(|_| TokenError::Key("damaged".to_owned()))?;
        Ok(Self {
            encoding: EncodingKey::from_ed_der(&key.0),
            decoding: DecodingKey::from_ed_der(pair.public_key().as_ref()),
        })
    }

    /// A token for an organisation, or for the operator where `organisation` is `None`.
    ///
    /// # Errors
    /// [`TokenError::Issue`] where signing fails.
    pub fn issue(
        &self,
        subject: &str,
        organisation: Option<OrganisationId>,
        now: DateTime<Utc>,
        lifetime: TimeDelta,
    ) -> Result<String, TokenError> {
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: ISSUER.to_owned(),
            sub: subject.to_owned(),
            iat: now.timestamp(),
            exp: (now + lifetime).timestamp(),
            org: organisation,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &self.encoding)
            .map_err(|e| TokenError::Issue(e.to_string()))
    }

    /// What a token says, if it is one of ours and has not ended.
    ///
    /// # Errors
    /// [`TokenError::Invalid`] or [`TokenError::Expired`].
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, TokenError> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[ISSUER]);
        // The end is held against our own clock below, which tests can turn.
        validation.validate_exp = false;
        let data =
            jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation).map_err(|_| TokenError::Invalid)?;
        if data.claims.exp <= now.timestamp() { Err(TokenError::Expired) } else { Ok(data.claims) }
    }
}
