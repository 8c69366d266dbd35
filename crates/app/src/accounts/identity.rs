//! Who somebody is who comes with a token or a cookie, and what they are at this moment.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use innocap_access::{Actor, Secret, SecretKind, Subject, TokenError};
use innocap_domain::{ApiClient, ClientId, FamilyId, LanguageTag, PersonId, Session};
use innocap_registry::Access;

use super::stored;
use crate::Innocap;
use crate::caller::{Caller, SignedInBy};
use crate::error::AppError;

/// How long a web session that is not used holds.
pub const SESSION_LIFETIME: TimeDelta = TimeDelta::days(14);
/// How long one holds however often it is used.
const SESSION_MOST: TimeDelta = TimeDelta::days(90);

/// A web session with its secret, for the forms that are bound to it.
#[derive(Debug, Clone)]
pub struct MySession {
    /// The session.
    pub session: Session,
    /// What the cookie holds.
    pub secret: Secret,
    /// The language of whoever is signed in.
    pub language: LanguageTag,
}

impl Innocap {
    /// Who comes with a bearer token.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] where the token is not ours, has ended or was revoked, or where whom it names is
    /// gone or suspended.
    pub async fn bearer(&self, token: &str, address: Option<IpAddr>) -> Result<Caller, AppError> {
        let now = self.clock().now();
        let claims = match self.tokens()?.verify(token, now) {
            Ok(claims) => claims,
            Err(TokenError::Issue(e)) => return Err(AppError::Internal(e)),
            Err(_) => return Err(AppError::Unauthenticated),
        };
        let revoked = Arc::clone(&self.accounts().revoked.read().unwrap_or_else(PoisonError::into_inner));
        if revoked.contains(&claims.id.to_string()) {
            return Err(AppError::Unauthenticated);
        }
        match claims.subject {
            Subject::Person(person) => {
                let by = match claims.session.map(FamilyId::from_uuid) {
                    Some(family) if self.is_live(family, now).await? => SignedInBy::Family(family),
                    Some(_) => return Err(AppError::Unauthenticated),
                    None => SignedInBy::Token,
                };
                let access = self.access(person).await?.ok_or(AppError::Unauthenticated)?;
                Ok(Caller { actor: person_actor(&access), by: Some(by), address })
            }
            Subject::Client(id) => {
                let client = self.known_client(id).await?.ok_or(AppError::Unauthenticated)?;
                // What its owner has taken from it since the token was issued is gone at once.
                let scopes = claims.scopes.into_iter().filter(|scope| client.scopes.contains(scope)).collect();
                let actor = Actor::Client { id, organisation: client.organisation, scopes };
                Ok(Caller { actor, by: Some(SignedInBy::Token), address })
            }
        }
    }

    /// Who comes with the cookie of a web session; nobody where it opens none.
    ///
    /// # Errors
    /// What the registry says.
    pub async fn visitor(
        &self,
        cookie: &str,
        address: Option<IpAddr>,
    ) -> Result<Option<(Caller, MySession)>, AppError> {
        let Some(secret) = Secret::parse(SecretKind::Session, cookie) else { return Ok(None) };
        let now = self.clock().now();
        let Some((session, person)) = self.registry().session_by_secret(&stored(&secret.digest()), now).await? else {
            return Ok(None);
        };
        let Some(access) = self.access(person.id).await? else { return Ok(None) };
        let expires = (now + SESSION_LIFETIME).min(session.created + SESSION_MOST);
        self.registry().touch_session(session.id, now, expires).await?;
        let by = Some(SignedInBy::Session(session.id));
        let caller = Caller { actor: person_actor(&access), by, address };
        let language = access.person.language.clone();
        Ok(Some((caller, MySession { session, secret, language })))
    }

    /// A person and what they are where, from memory where that is fresh.
    pub(crate) async fn access(&self, person: PersonId) -> Result<Option<Arc<Access>>, AppError> {
        if let Some(known) = self.accounts().people.get(&person) {
            return Ok(known);
        }
        let access = self.registry().access_of(person).await?.filter(|a| !self.is_shut_out(&a.person.email));
        let access = access.map(Arc::new);
        self.accounts().people.insert(person, access.clone());
        Ok(access)
    }

    async fn known_client(&self, id: ClientId) -> Result<Option<Arc<ApiClient>>, AppError> {
        if let Some(known) = self.accounts().clients.get(&id) {
            return Ok(known);
        }
        let client = self.registry().client(id).await?.map(Arc::new);
        self.accounts().clients.insert(id, client.clone());
        Ok(client)
    }

    async fn is_live(&self, family: FamilyId, now: DateTime<Utc>) -> Result<bool, AppError> {
        if let Some(known) = self.accounts().families.get(&family) {
            return Ok(known);
        }
        let live = self.registry().token_family_is_live(family, now).await?;
        self.accounts().families.insert(family, live);
        Ok(live)
    }

    /// Looks again at what a person is, the next time they come: here at once, on other replicas within half a minute.
    pub(crate) fn forget_person(&self, person: PersonId) {
        self.accounts().people.invalidate(&person);
    }

    pub(crate) fn forget_client(&self, client: ClientId) {
        self.accounts().clients.invalidate(&client);
    }

    pub(crate) fn forget_family(&self, family: FamilyId) {
        self.accounts().families.invalidate(&family);
    }

    /// Forgets all token families: those of one person are not known by themselves, and it happens seldom.
    pub(crate) fn forget_families(&self) {
        self.accounts().families.invalidate_all();
    }
}

pub(crate) fn person_actor(access: &Access) -> Actor {
    Actor::Person {
        id: access.person.id,
        email_confirmed: access.person.email_confirmed,
        service_role: access.person.service_role,
        memberships: access.memberships.clone(),
    }
}
