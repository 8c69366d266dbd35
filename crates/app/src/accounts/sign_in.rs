//! Signing in with a password, throttled for each account and each address; and what comes of any way to sign in: a
//! web session, or tokens.

use std::net::IpAddr;

use chrono::TimeDelta;
use innocap_access::{Password, PasswordCheck, Secret, SecretKind, Subject};
use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, AuditTargetKind, EmailAddress, Person, PersonId, SignInMethod,
};
use innocap_registry::{NewFamily, NewSession};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::identity::SESSION_LIFETIME;
use super::tokens::TokenAnswer;
use super::{secret_text, stored};
use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;

/// How long a family of refresh tokens holds, however often it is refreshed.
const FAMILY_LIFETIME: TimeDelta = TimeDelta::days(90);
/// How long a refresh token holds that is not used.
pub(super) const REFRESH_LIFETIME: TimeDelta = TimeDelta::days(14);
/// The most characters kept of a program's name for itself.
const USER_AGENT: usize = 200;

/// Somebody who has proved who they are, and how.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub person: Person,
    /// How.
    pub method: SignInMethod,
}

/// What a browser or program calls itself.
#[derive(Debug, Clone, Default)]
pub struct Browser(pub Option<String>);

impl Browser {
    fn kept(&self) -> Option<String> {
        let clean = |text: &String| text.chars().filter(|c| !c.is_control()).take(USER_AGENT).collect::<String>();
        self.0.as_ref().map(clean).filter(|text| !text.is_empty())
    }
}

impl Innocap {
    /// Signs somebody in with address and password. Whether there is no such account or the password is wrong, answer
    /// and time are the same.
    ///
    /// # Errors
    /// [`AppError::WrongCredentials`]; [`AppError::TooMany`] after some failures; [`AppError::Forbidden`] where the
    /// account is suspended, which only whoever knows the password learns.
    pub async fn sign_in(&self, caller: &Caller, document: &Value) -> Result<SignedIn, AppError> {
        let text = secret_text(document, "email")?;
        let given = secret_text(document, "password")?;
        let email = EmailAddress::parse(text).map_err(|_| AppError::WrongCredentials)?;
        let password = Password::parse(given).map_err(|_| AppError::WrongCredentials)?;
        let credentials = self.registry().credentials(&email).await?;
        let (person, known) = match credentials {
            Some(credentials) => (Some(credentials.person), credentials.password),
            None => (None, None),
        };
        let id = person.as_ref().map(|person| person.id);
        let hash = known.clone();
        let again = password.clone();
        let check = self
            .guarded(caller, email.key(), id, async {
                match self.check_password(password, known).await? {
                    PasswordCheck::Wrong => {
                        self.note_failure(caller, id).await?;
                        Err(AppError::WrongCredentials)
                    }
                    right => Ok(right),
                }
            })
            .await?;
        let person = person.ok_or(AppError::WrongCredentials)?;
        if check == PasswordCheck::Outdated
            && let Some(old) = hash
        {
            let new = innocap_domain::Secret::new(self.hash_password(again).await?.as_str());
            self.registry().upgrade_password(person.id, old, new).await?;
        }
        self.admit(person, SignInMethod::Password)
    }

    /// Somebody who has proved who they are, unless they are shut out.
    pub(crate) fn admit(&self, person: Person, method: SignInMethod) -> Result<SignedIn, AppError> {
        if self.is_shut_out(&person.email) {
            return Err(AppError::Forbidden("the demo's accounts are for the demo alone"));
        }
        if person.suspended {
            return Err(AppError::Forbidden("this account is suspended; the operator can tell why"));
        }
        Ok(SignedIn { person, method })
    }

    async fn note_failure(&self, caller: &Caller, person: Option<PersonId>) -> Result<(), AppError> {
        let target = match person {
            Some(person) => AuditTarget::person(person),
            None => AuditTarget::unknown(AuditTargetKind::Person),
        };
        let trace = caller.trace(None, self.clock().now());
        Ok(self.registry().append_audit(AuditEvent::new(AuditAction::SignInFail, target), &trace).await?)
    }

    /// Tries something that proves who somebody is. After some failures each further try waits longer: for the account,
    /// and for the address it comes from. Failures of strangers do not slow down an address from which the person has
    /// signed in before, so that nobody locks another out.
    pub(crate) async fn guarded<T>(
        &self,
        caller: &Caller,
        account: String,
        person: Option<PersonId>,
        attempt: impl Future<Output = Result<T, AppError>>,
    ) -> Result<T, AppError> {
        let now = self.clock().now();
        let here = caller.address.map(address_name);
        // An account that does not exist is looked up as well: both take the same time.
        let asked = person.unwrap_or(PersonId::from_uuid(Uuid::nil()));
        let familiar = match &here {
            Some(here) => self.registry().is_known_address(asked, here).await?,
            None => false,
        };
        let from = if familiar { here.clone().unwrap_or_default() } else { "strangers".to_owned() };
        let names: Vec<String> =
            here.iter().cloned().chain(std::iter::once(digest(&format!("account {account} {from}")))).collect();
        for name in &names {
            wait(self.registry().throttle_attempt(name, now).await?)?;
        }
        let done = attempt.await?;
        for name in &names {
            self.registry().throttle_success(name).await?;
        }
        if let (Some(person), Some(here)) = (person, &here) {
            self.registry().remember_address(person, here, now).await?;
        }
        Ok(done)
    }

    /// Remembers that somebody has signed in from an address, by other means than a password.
    pub(crate) async fn remember_familiar(
        &self,
        person: PersonId,
        address: IpAddr,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<(), AppError> {
        Ok(self.registry().remember_address(person, &address_name(address), now).await?)
    }

    /// Slows down an address that asks for mails again and again.
    pub(crate) async fn slow_down(&self, caller: &Caller) -> Result<(), AppError> {
        let Some(address) = caller.address else { return Ok(()) };
        let name = digest(&format!("mail from {}", address_name(address)));
        wait(self.registry().throttle_attempt(&name, self.clock().now()).await?)
    }

    /// How long a mail that somebody else asks for has to wait before it may go to this address; nothing where it may now.
    pub(crate) async fn mail_wait(&self, email: &EmailAddress) -> Result<Option<TimeDelta>, AppError> {
        let name = digest(&format!("mail to {}", email.key()));
        let wait = self.registry().throttle_attempt(&name, self.clock().now()).await?;
        Ok(Some(wait).filter(|wait| *wait > TimeDelta::zero()))
    }

    /// Begins a web session; the secret is the cookie's. Always a new one, whatever the browser held before.
    ///
    /// # Errors
    /// What the registry says.
    pub async fn begin_session(
        &self,
        caller: &Caller,
        signed_in: &SignedIn,
        browser: &Browser,
    ) -> Result<Secret, AppError> {
        let now = self.clock().now();
        let secret = Secret::generate(SecretKind::Session)?;
        let new = NewSession {
            person: signed_in.person.id,
            secret_hash: stored(&secret.digest()),
            method: signed_in.method,
            user_agent: browser.kept(),
            expires: now + SESSION_LIFETIME,
        };
        self.registry().create_session(new, &signed_in.trace(caller, now)).await?;
        Ok(secret)
    }

    /// Begins a family of refresh tokens; with its first one and an access token.
    ///
    /// # Errors
    /// What the registry says.
    pub async fn begin_tokens(
        &self,
        caller: &Caller,
        signed_in: &SignedIn,
        browser: &Browser,
    ) -> Result<TokenAnswer, AppError> {
        let now = self.clock().now();
        let refresh = Secret::generate(SecretKind::Refresh)?;
        let new = NewFamily {
            person: signed_in.person.id,
            method: signed_in.method,
            user_agent: browser.kept(),
            expires: now + FAMILY_LIFETIME,
            secret_hash: stored(&refresh.digest()),
            token_expires: now + REFRESH_LIFETIME,
        };
        let family = self.registry().create_token_family(new, &signed_in.trace(caller, now)).await?;
        let subject = Subject::Person(signed_in.person.id);
        let access = self.tokens()?.issue(subject, Some(family.id.uuid()), &[], now)?;
        Ok(TokenAnswer::of_person(&access, &refresh))
    }
}

impl SignedIn {
    fn trace(&self, caller: &Caller, now: chrono::DateTime<chrono::Utc>) -> innocap_domain::Trace {
        innocap_domain::Trace::person(self.person.id, caller.address, now)
    }
}

pub(super) fn wait(wait: TimeDelta) -> Result<(), AppError> {
    if wait <= TimeDelta::zero() {
        return Ok(());
    }
    // A part of a second is waited for as a whole one.
    Err(AppError::TooMany { seconds: wait.num_seconds() + i64::from(wait.subsec_nanos() > 0) })
}

/// The name of an address in the registry, which does not tell the address.
fn address_name(address: IpAddr) -> String {
    // A household or office has a whole network of IPv6 addresses and would be a stranger at each of them.
    digest(&match address.to_canonical() {
        IpAddr::V4(address) => format!("address {address}"),
        IpAddr::V6(address) => format!("address {:x}", address.to_bits() >> 64),
    })
}

pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
