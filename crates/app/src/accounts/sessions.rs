//! Web sessions and families of tokens, as their owner sees and ends them.

use innocap_access::{Action, Secret, SecretKind};
use innocap_domain::{FamilyId, Id, Session, SessionId, TokenFamily};
use innocap_registry::RegistryError;
use serde::Serialize;
use uuid::Uuid;

use super::stored;
use crate::Innocap;
use crate::caller::{Caller, SignedInBy};
use crate::error::AppError;

/// In what somebody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionKind {
    /// In a browser.
    Session,
    /// In a program that holds a refresh token.
    Tokens,
}

/// One way in which somebody is signed in, as they see it.
#[derive(Debug, Clone, Serialize)]
pub struct SessionView {
    /// In what.
    pub kind: SessionKind,
    /// Identifier by which it is ended; it opens nothing.
    pub id: Uuid,
    /// Whether it is the one that asks.
    pub current: bool,
    /// How they signed in.
    pub method: innocap_domain::SignInMethod,
    /// When they signed in.
    pub created: chrono::DateTime<chrono::Utc>,
    /// When it was last used.
    pub seen: chrono::DateTime<chrono::Utc>,
    /// When it ends.
    pub expires: chrono::DateTime<chrono::Utc>,
    /// From where they signed in.
    pub address: Option<String>,
    /// With which program, as it names itself.
    pub user_agent: Option<String>,
}

impl Innocap {
    /// Everything by which the caller is signed in.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`].
    pub async fn presences(&self, caller: &Caller) -> Result<Vec<SessionView>, AppError> {
        let person = self.own_account(caller, Action::ReadAccount).await?.id;
        let now = self.clock().now();
        let sessions = self.registry().sessions_of(person, now).await?.into_iter();
        let families = self.registry().token_families_of(person, now).await?.into_iter();
        Ok(sessions
            .map(|session| SessionView::of_session(session, caller))
            .chain(families.map(|family| SessionView::of_family(family, caller)))
            .collect())
    }

    /// Ends one of them.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is not the caller's.
    pub async fn end_presence(&self, caller: &Caller, id: Uuid) -> Result<(), AppError> {
        let person = self.own_account(caller, Action::ChangeAccount).await?.id;
        let trace = caller.trace(None, self.clock().now());
        let session: SessionId = Id::from_uuid(id);
        match self.registry().revoke_session(person, session, &trace).await {
            Err(RegistryError::NotFound) => {}
            ended => return Ok(ended?),
        }
        let family: FamilyId = Id::from_uuid(id);
        self.registry().revoke_token_family(person, family, &trace).await?;
        self.forget_family(family);
        Ok(())
    }

    /// Ends all of them but the web session that asks. How many.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`].
    pub async fn end_other_presences(&self, caller: &Caller) -> Result<usize, AppError> {
        let person = self.own_account(caller, Action::ChangeAccount).await?.id;
        let trace = caller.trace(None, self.clock().now());
        let ended = self.registry().revoke_access(person, caller.session(), &trace).await?;
        self.forget_families();
        Ok(ended)
    }

    /// Ends the web session that a cookie opens; where it opens none there is nothing to do.
    ///
    /// # Errors
    /// What the registry says.
    pub async fn sign_out(&self, caller: &Caller, cookie: &str) -> Result<(), AppError> {
        let Some(secret) = Secret::parse(SecretKind::Session, cookie) else { return Ok(()) };
        let trace = caller.trace(None, self.clock().now());
        Ok(self.registry().end_session(&stored(&secret.digest()), &trace).await?)
    }
}

impl SessionView {
    fn of_session(session: Session, caller: &Caller) -> Self {
        Self {
            kind: SessionKind::Session,
            id: session.id.uuid(),
            current: caller.by == Some(SignedInBy::Session(session.id)),
            method: session.method,
            created: session.created,
            seen: session.seen,
            expires: session.expires,
            address: session.address,
            user_agent: session.user_agent,
        }
    }

    fn of_family(family: TokenFamily, caller: &Caller) -> Self {
        Self {
            kind: SessionKind::Tokens,
            id: family.id.uuid(),
            current: caller.by == Some(SignedInBy::Family(family.id)),
            method: family.method,
            created: family.created,
            seen: family.seen,
            expires: family.expires,
            address: family.address,
            user_agent: family.user_agent,
        }
    }
}
