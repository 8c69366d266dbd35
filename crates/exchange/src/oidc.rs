//! Sign-in with OpenID Connect, as relying party of any issuer: the authorization code flow with PKCE (RFC 7636).

mod config;
mod issuer;
mod pending;
mod token;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use innocap_domain::{EmailAddress, LanguageTag};
use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::{AuthorizationCode, CsrfToken, LoginHint, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope};
use url::Url;

use crate::client::ClientError;
use issuer::{Issuer, Known};

pub use config::{OidcConfigError, OidcIssuer};
pub use pending::{Callback, PENDING_LIFETIME, Pending};

/// How far an issuer's clock may be off ours.
const LEEWAY: TimeDelta = TimeDelta::minutes(2);

/// Who signed in, in the issuer's words.
///
/// The pair of issuer and subject is who it is (OpenID Connect Core, section 5.7); an address may change hands.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The issuer, exactly as configured.
    pub issuer: String,
    /// Whom the issuer means; never given to another.
    pub subject: String,
    /// Their address, where the issuer tells one that we can write to.
    pub email: Option<EmailAddress>,
    /// Whether the issuer says that the address was confirmed to be theirs; false where it says nothing.
    pub email_verified: bool,
    /// What they are called; at most 200 characters.
    pub name: Option<String>,
    /// The language they chose there.
    pub locale: Option<LanguageTag>,
}

impl std::fmt::Debug for Identity {
    /// Personal data stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// What the sign-in page may be told about the person; all of it optional.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// The address they gave, so that they need not give it again (`login_hint`).
    pub login: Option<EmailAddress>,
    /// The language they read (`ui_locales`).
    pub language: Option<LanguageTag>,
}

/// Why a sign-in came to nothing. Holds nothing of what the issuer sent but a code.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// No issuer of that name is configured, or no longer this one.
    #[error("no such issuer")]
    UnknownIssuer,
    /// The issuer cannot be asked.
    #[error("the issuer cannot be asked: {0}")]
    Unreachable(#[from] ClientError),
    /// The issuer's description of itself is of no use.
    #[error("the issuer's discovery document {0}")]
    Discovery(&'static str),
    /// The sign-in was begun too long ago.
    #[error("the sign-in was begun too long ago")]
    Expired,
    /// The answer belongs to another sign-in, or to none.
    #[error("the answer does not belong to this sign-in")]
    State,
    /// The answer comes from another issuer than the one that was asked (RFC 9207).
    #[error("the answer comes from another issuer")]
    MixUp,
    /// The person, or the issuer in their name, said no.
    #[error("the sign-in was declined")]
    Denied,
    /// The issuer refuses, with this code (RFC 6749, sections 4.1.2.1 and 5.2).
    #[error("the issuer refuses: {0}")]
    Refused(String),
    /// What the issuer says about the person cannot be trusted.
    #[error("the ID token is refused: {0}")]
    Token(#[from] TokenFault),
}

/// What is wrong with an ID token, or with what should back it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// There is none, or it is not one.
    #[error("it is missing or malformed")]
    Malformed,
    /// An algorithm beyond RS256, PS256, ES256 and EdDSA, or none.
    #[error("its algorithm is not accepted")]
    Algorithm,
    /// No published key has its key identifier.
    #[error("it is signed with an unknown key")]
    UnknownKey,
    /// Not signed by the key it names.
    #[error("its signature is wrong")]
    Signature,
    /// Issued by another.
    #[error("it is another issuer's")]
    Issuer,
    /// Meant for another, or for others too.
    #[error("it is meant for another")]
    Audience,
    /// No longer valid.
    #[error("it has expired")]
    Expired,
    /// Issued before the sign-in began, or in the future.
    #[error("it was issued at another time")]
    IssuedAt,
    /// Of another sign-in.
    #[error("it belongs to another sign-in")]
    Nonce,
    /// The access token beside it is another's.
    #[error("it came with another access token")]
    AccessTokenHash,
    /// The issuer's answer about the person is missing or about someone else.
    #[error("the person's details do not fit it")]
    UserInfo,
}

/// The relying party: Innocap as its issuers know it.
pub struct RelyingParty {
    // In the order of the settings, which is how they are offered.
    issuers: Vec<Issuer>,
}

impl RelyingParty {
    /// A relying party of some issuers. None is asked yet, so that one that is down stops no start.
    ///
    /// # Errors
    /// [`OidcConfigError`] for settings that could never work.
    pub fn new(issuers: Vec<OidcIssuer>) -> Result<Self, OidcConfigError> {
        let mut seen = BTreeMap::new();
        for issuer in &issuers {
            issuer.check()?;
            if seen.insert(issuer.id.clone(), ()).is_some() {
                return Err(OidcConfigError::Twice(issuer.id.clone()));
            }
        }
        let issuers = issuers.into_iter().map(Issuer::new).collect::<Result<_, _>>()?;
        Ok(Self { issuers })
    }

    /// The issuers to choose from.
    pub fn issuers(&self) -> impl Iterator<Item = &OidcIssuer> {
        self.issuers.iter().map(|issuer| &issuer.config)
    }

    /// Begins a sign-in at the issuer with the configured `id`, which sends the person back to exactly `redirect`.
    ///
    /// Gives the address to send the browser to, and what has to be kept until it is back: bound to that browser,
    /// say by a cookie, and taken out exactly once.
    ///
    /// # Errors
    /// [`OidcError::UnknownIssuer`], [`OidcError::Unreachable`], [`OidcError::Discovery`].
    pub async fn begin(
        &self,
        id: &str,
        redirect: &Url,
        wishes: &Wishes,
        at: DateTime<Utc>,
    ) -> Result<(Url, Pending), OidcError> {
        let issuer = self.issuer(id)?;
        let known = issuer.known(at).await?;
        let client = issuer.client(&known, redirect);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new_random_len(32),
                || Nonce::new_random_len(32),
            )
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge);
        if let Some(login) = &wishes.login {
            request = request.set_login_hint(LoginHint::new(login.as_str().to_owned()));
        }
        if let Some(language) = &wishes.language {
            request = request.add_ui_locale(openidconnect::LanguageTag::new(language.as_str().to_owned()));
        }
        let (url, state, nonce) = request.url();
        let pending = Pending {
            issuer_id: issuer.config.id.clone(),
            issuer: issuer.config.issuer.clone(),
            redirect: redirect.clone(),
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
            begun_at: at,
        };
        Ok((url, pending))
    }

    /// Ends a sign-in with what the browser brought back. What was kept is used up, whatever comes of it.
    ///
    /// # Errors
    /// [`OidcError`] for anything but a sign-in that is beyond doubt.
    pub async fn complete(
        &self,
        pending: Pending,
        callback: &Callback,
        at: DateTime<Utc>,
    ) -> Result<Identity, OidcError> {
        if !pending.is_state(callback.state.as_deref().unwrap_or_default()) {
            return Err(OidcError::State);
        }
        if at >= pending.expires_at() {
            return Err(OidcError::Expired);
        }
        let issuer = self.issuer(&pending.issuer_id)?;
        if issuer.config.issuer != pending.issuer {
            return Err(OidcError::UnknownIssuer);
        }
        let known = issuer.known(at).await?;
        check_sender(callback, &known, &pending)?;
        let code = match (&callback.error, &callback.code) {
            (Some(error), _) if error == "access_denied" => return Err(OidcError::Denied),
            (Some(error), _) => return Err(OidcError::Refused(code_only(error))),
            (None, Some(code)) => AuthorizationCode::new(code.clone()),
            (None, None) => return Err(OidcError::Refused("no_code".to_owned())),
        };
        let client = issuer.client(&known, &pending.redirect);
        let verifier = PkceCodeVerifier::new(pending.verifier.clone());
        let answer = client
            .exchange_code(code)
            .map_err(|_| OidcError::Discovery("names no token endpoint"))?
            .set_pkce_verifier(verifier)
            .request_async(&issuer.asker())
            .await
            .map_err(token::refusal)?;
        token::identity(issuer, known, &answer, &pending, at).await
    }

    fn issuer(&self, id: &str) -> Result<&Issuer, OidcError> {
        self.issuers.iter().find(|issuer| issuer.config.id == id).ok_or(OidcError::UnknownIssuer)
    }
}

/// That the answer is from the issuer that was asked (RFC 9207): an attacker's issuer that sends the browser to the
/// honest one would otherwise be handed the code that the honest one gave.
fn check_sender(callback: &Callback, known: &Known, pending: &Pending) -> Result<(), OidcError> {
    match &callback.iss {
        Some(iss) if *iss == pending.issuer => Ok(()),
        None if !known.tells_issuer() => Ok(()),
        _ => Err(OidcError::MixUp),
    }
}

/// An error code as RFC 6749 has them; another text could be anything, and ends in a log.
fn code_only(text: &str) -> String {
    let code = (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if code { text.to_owned() } else { "unknown".to_owned() }
}
