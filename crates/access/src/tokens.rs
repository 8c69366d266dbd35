//! Access tokens: JWTs (RFC 7519) in the profile of RFC 9068, signed with Ed25519 (RFC 8037). They tell who is asking
//! and nothing of what they may do: that is looked up, so that it can end at once.

use chrono::{DateTime, TimeDelta, Utc};
use innocap_domain::{ClientId, PersonId, Scope};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys::KeySet;
use crate::secrets::random;

/// How long an access token holds.
pub const TOKEN_LIFETIME: TimeDelta = TimeDelta::minutes(15);
/// How far the clocks of two replicas may differ. Only for the beginning of a token; its end is the end.
const CLOCK_SKEW: TimeDelta = TimeDelta::seconds(5);
/// The most bytes of a token that is looked at; our own have some 600.
const MOST_BYTES: usize = 8 * 1024;
/// What the header calls an access token (RFC 9068, section 2.1), so that no other signed document passes for one.
const TYPE: &str = "at+jwt";
/// The `client_id` of what a person got by signing in to the service itself; RFC 9068 demands one.
const OWN_CLIENT: &str = "innocap";

/// Whom a token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A person.
    Person(PersonId),
    /// A program that acts for its organisation.
    Client(ClientId),
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Whom it speaks for.
    pub subject: Subject,
    /// Names this token.
    pub id: Uuid,
    /// The family of refresh tokens it belongs to; absent where there is none.
    pub session: Option<Uuid>,
    /// What a client asked to do; at most what it may. Empty for a person.
    pub scopes: Vec<Scope>,
    /// When it was issued.
    pub issued: DateTime<Utc>,
    /// When it ends.
    pub ends: DateTime<Utc>,
}

/// A token and what it says.
#[derive(Clone)]
pub struct AccessToken {
    /// The signed text, for the answer that hands it out.
    pub text: String,
    /// What it says.
    pub claims: Claims,
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessToken(***, {:?})", self.claims)
    }
}

/// Why a token is of no use. Callers learn no more than this: what exactly was wrong helps only who made it up.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The token is not one of ours, is damaged, or is for somebody else.
    #[error("the token is not valid")]
    Invalid,
    /// The token has ended.
    #[error("the token has ended")]
    Expired,
    /// The token could not be made.
    #[error("the token could not be made: {0}")]
    Issue(String),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SubjectType {
    Person,
    Client,
}

/// The claims as they stand in the token.
#[derive(Debug, Serialize, Deserialize)]
struct WireClaims {
    iss: String,
    aud: String,
    sub: Uuid,
    typ: SubjectType,
    client_id: String,
    jti: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<Uuid>,
    /// Separated by spaces (RFC 8693, section 4.2).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    scope: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl WireClaims {
    fn read(self) -> Option<Claims> {
        let time = |seconds| DateTime::from_timestamp(seconds, 0);
        Some(Claims {
            subject: match self.typ {
                SubjectType::Person => Subject::Person(PersonId::from_uuid(self.sub)),
                SubjectType::Client => Subject::Client(ClientId::from_uuid(self.sub)),
            },
            id: self.jti,
            session: self.sid,
            scopes: self.scope.split_whitespace().map(Scope::parse).collect::<Result<_, _>>().ok()?,
            issued: time(self.iat)?,
            ends: time(self.exp)?,
        })
    }
}

/// Issues and verifies access tokens.
#[derive(Debug, Clone)]
pub struct Tokens {
    issuer: String,
    audience: String,
    keys: KeySet,
}

impl Tokens {
    /// Tokens of the service at `issuer` (its public address), for whoever `audience` names, signed by `keys`.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>, keys: KeySet) -> Self {
        Self { issuer: issuer.into(), audience: audience.into(), keys }
    }

    /// The same with other keys, as after a rotation.
    #[must_use]
    pub fn with_keys(&self, keys: KeySet) -> Self {
        Self { issuer: self.issuer.clone(), audience: self.audience.clone(), keys }
    }

    /// The keys.
    pub fn keys(&self) -> &KeySet {
        &self.keys
    }

    /// A token that holds for [`TOKEN_LIFETIME`] from `now`.
    ///
    /// # Errors
    /// [`TokenError::Issue`] where signing fails.
    pub fn issue(
        &self,
        subject: Subject,
        session: Option<Uuid>,
        scopes: &[Scope],
        now: DateTime<Utc>,
    ) -> Result<AccessToken, TokenError> {
        let id = random().map_err(|e| TokenError::Issue(e.to_string()))?;
        let (typ, sub, client_id) = match subject {
            Subject::Person(id) => (SubjectType::Person, id.uuid(), OWN_CLIENT.to_owned()),
            Subject::Client(id) => (SubjectType::Client, id.uuid(), id.to_string()),
        };
        let wire = WireClaims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub,
            typ,
            client_id,
            jti: uuid::Builder::from_random_bytes(id).into_uuid(),
            sid: session,
            scope: scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(" "),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: (now + TOKEN_LIFETIME).timestamp(),
        };
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(self.keys.current().to_owned()),
            ..Header::new(Algorithm::EdDSA)
        };
        let text =
            jsonwebtoken::encode(&header, &wire, self.keys.signing()).map_err(|e| TokenError::Issue(e.to_string()))?;
        let claims = wire.read().ok_or_else(|| TokenError::Issue("its times cannot be written".to_owned()))?;
        Ok(AccessToken { text, claims })
    }

    /// What a token says, if it is one of ours, for us, and holds at `now`.
    ///
    /// The key is chosen by `kid` among our own alone: a key, or an address of one, that stands in the header (`jwk`,
    /// `jku`, `x5u`, `x5c`) is not looked at (RFC 8725, sections 3.1 and 3.10).
    ///
    /// # Errors
    /// [`TokenError::Invalid`] or [`TokenError::Expired`].
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, TokenError> {
        if token.len() > MOST_BYTES {
            return Err(TokenError::Invalid);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        // We know no extension, so none can be critical (RFC 7515, section 4.1.11).
        if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYPE) || header.crit.is_some() {
            return Err(TokenError::Invalid);
        }
        let key = header.kid.as_deref().and_then(|id| self.keys.verifying(id)).ok_or(TokenError::Invalid)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        // Times are held against our own clock below, which tests can turn.
        validation.validate_exp = false;
        let wire = jsonwebtoken::decode::<WireClaims>(token, key, &validation).map_err(|_| TokenError::Invalid)?.claims;
        let latest = (now + CLOCK_SKEW).timestamp();
        if wire.nbf > latest || wire.iat > latest {
            return Err(TokenError::Invalid);
        }
        if wire.exp <= now.timestamp() {
            return Err(TokenError::Expired);
        }
        wire.read().ok_or(TokenError::Invalid)
    }
}
