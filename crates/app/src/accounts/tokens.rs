//! The token endpoint: the client-credentials grant for API clients, refresh tokens for people, and revocation.

use innocap_access::{AccessToken, Secret, SecretKind, Subject, TOKEN_LIFETIME};
use innocap_domain::{ClientId, Scope};
use innocap_registry::Rotation;
use serde::Serialize;

use super::sign_in::REFRESH_LIFETIME;
use super::{links, mail_to, stored};
use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;
use crate::letters::Letter;

/// What somebody asks of the token endpoint (RFC 6749).
#[derive(Debug, Clone)]
pub enum Grant {
    /// A program with its identifier and secret (section 4.4).
    ClientCredentials {
        /// Its identifier.
        client: String,
        /// Its secret.
        secret: String,
        /// The scopes it asks for, separated by blanks; all that it has where it names none.
        scope: Option<String>,
    },
    /// A refresh token (section 6).
    RefreshToken(String),
}

/// The answer of the token endpoint (RFC 6749, section 5.1).
#[derive(Serialize)]
pub struct TokenAnswer {
    /// The access token.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds until it ends.
    pub expires_in: i64,
    /// What it allows, separated by blanks; absent for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// What the next one is got with; absent for a client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
}

/// Why the token endpoint refuses (RFC 6749, section 5.2).
#[derive(Debug)]
pub enum OAuthError {
    /// `invalid_client`.
    Client,
    /// `invalid_grant`.
    Grant,
    /// `invalid_scope`.
    Scope,
    /// Anything that is no matter of OAuth.
    Other(AppError),
}

impl<E: Into<AppError>> From<E> for OAuthError {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

impl Innocap {
    /// Gives an access token.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub async fn grant_token(&self, caller: &Caller, grant: Grant) -> Result<TokenAnswer, OAuthError> {
        match grant {
            Grant::ClientCredentials { client, secret, scope } => {
                self.grant_to_client(caller, &client, &secret, scope.as_deref()).await
            }
            Grant::RefreshToken(token) => self.refresh(caller, &token).await,
        }
    }

    async fn grant_to_client(
        &self,
        caller: &Caller,
        client: &str,
        secret: &str,
        scope: Option<&str>,
    ) -> Result<TokenAnswer, OAuthError> {
        let id = client.parse::<ClientId>().map_err(|_| OAuthError::Client)?;
        let secret = Secret::parse(SecretKind::Client, secret).ok_or(OAuthError::Client)?;
        let now = self.clock().now();
        let trace = caller.trace(None, now);
        let found = self.registry().authenticate_client(id, &stored(&secret.digest()), &trace).await?;
        let client = found.ok_or(OAuthError::Client)?;
        let asked: Vec<Scope> = match scope {
            None => client.scopes.clone(),
            Some(text) => {
                text.split_whitespace().map(Scope::parse).collect::<Result<_, _>>().map_err(|_| OAuthError::Scope)?
            }
        };
        if asked.is_empty() || asked.iter().any(|scope| !client.scopes.contains(scope)) {
            return Err(OAuthError::Scope);
        }
        let token = self.tokens()?.issue(Subject::Client(id), None, &asked, now)?;
        let scope = asked.iter().map(Scope::as_str).collect::<Vec<_>>().join(" ");
        Ok(TokenAnswer::new(token.text, Some(scope), None))
    }

    async fn refresh(&self, caller: &Caller, token: &str) -> Result<TokenAnswer, OAuthError> {
        let used = Secret::parse(SecretKind::Refresh, token).ok_or(OAuthError::Grant)?;
        let next = Secret::generate(SecretKind::Refresh)?;
        let now = self.clock().now();
        let (used, stored_next) = (stored(&used.digest()), stored(&next.digest()));
        let trace = caller.trace(None, now);
        let rotation =
            self.registry().rotate_refresh_token(&used, &stored_next, now + REFRESH_LIFETIME, &trace).await?;
        match rotation {
            Rotation::Rotated { family, person } => {
                let subject = Subject::Person(person.id);
                let access = self.tokens()?.issue(subject, Some(family.id.uuid()), &[], now)?;
                Ok(TokenAnswer::of_person(&access, &next))
            }
            Rotation::Reused { family, person } => {
                self.forget_family(family);
                if let Some(person) = self.registry().person(person).await? {
                    let account = self.link(links::ACCOUNT);
                    let letter = Letter::SignInStopped { account: &account };
                    let mail = mail_to(&person, &letter);
                    self.registry().queue_mail(vec![mail], now).await?;
                }
                Err(OAuthError::Grant)
            }
            Rotation::Unknown => Err(OAuthError::Grant),
        }
    }

    /// Revokes a refresh token with all that came of the same sign-in, or an access token. What is not known is revoked
    /// already (RFC 7009, section 2.2).
    ///
    /// # Errors
    /// What the registry says.
    pub async fn revoke_token(&self, caller: &Caller, token: &str) -> Result<(), AppError> {
        let now = self.clock().now();
        let trace = caller.trace(None, now);
        if let Some(secret) = Secret::parse(SecretKind::Refresh, token) {
            if let Some(family) = self.registry().revoke_refresh_token(&stored(&secret.digest()), &trace).await? {
                self.forget_family(family);
            }
            return Ok(());
        }
        // Whoever holds a token may end it.
        if let Ok(claims) = self.tokens()?.verify(token, now) {
            self.registry().revoke_access_token(&claims.id.to_string(), claims.ends, &trace).await?;
            self.load_keys().await?;
        }
        Ok(())
    }
}

impl TokenAnswer {
    /// The tokens of a person.
    pub(super) fn of_person(access: &AccessToken, refresh: &Secret) -> Self {
        Self::new(access.text.clone(), None, Some(refresh.expose().to_owned()))
    }

    fn new(access_token: String, scope: Option<String>, refresh_token: Option<String>) -> Self {
        Self { access_token, token_type: "Bearer", expires_in: TOKEN_LIFETIME.num_seconds(), scope, refresh_token }
    }
}
