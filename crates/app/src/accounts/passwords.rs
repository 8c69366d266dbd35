//! Passwords: hashed aside, a few at a time; set anew by a code from a mail; changed by whoever knows the old one.

use chrono::TimeDelta;
use innocap_access::{Action, Password, PasswordCheck, PasswordError, PasswordFault, PasswordHash, SecretKind};
use innocap_domain::{CodePurpose, EmailAddress, Person, Violation, Violations};
use serde_json::Value;

use super::codes::{code_of, used};
use super::{links, mail_to, secret_text};
use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;
use crate::letters::Letter;

/// How long the code of a mail sets a new password.
const RESET_LIFETIME: TimeDelta = TimeDelta::minutes(30);

impl Innocap {
    async fn hashing<T: Send + 'static>(
        &self,
        work: impl Fn() -> Result<T, PasswordError> + Clone + Send + 'static,
    ) -> Result<T, AppError> {
        self.accounts().hashers.run(work).await?.map_err(|e| AppError::Internal(e.to_string()))
    }

    /// The hash of a new password.
    pub(crate) async fn hash_password(&self, password: Password) -> Result<PasswordHash, AppError> {
        self.hashing(move || password.hash()).await
    }

    /// Holds a password against what is stored, which may be nothing; both take the same time.
    pub(crate) async fn check_password(
        &self,
        password: Password,
        stored: Option<innocap_domain::Secret>,
    ) -> Result<PasswordCheck, AppError> {
        let stored = stored.map(|hash| PasswordHash::stored(hash.into_text()));
        self.hashing(move || password.check(stored.as_ref())).await
    }

    /// Sends a code that sets a new password, if there is such an account. The answer is the same and comes at the same
    /// time: what is done about it is done afterwards.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for what is no address; [`AppError::TooMany`].
    pub async fn request_reset(&self, caller: &Caller, document: &Value) -> Result<(), AppError> {
        let email = address_of(document, "email")?;
        self.slow_down(caller).await?;
        let (innocap, caller) = (self.clone(), caller.clone());
        tokio::spawn(async move {
            if let Err(error) = innocap.send_reset(&caller, &email).await {
                tracing::error!(code = error.code(), "a code for a new password could not be sent");
            }
        });
        Ok(())
    }

    async fn send_reset(&self, caller: &Caller, email: &EmailAddress) -> Result<(), AppError> {
        let Some(person) = self.registry().person_by_email(email).await? else { return Ok(()) };
        if self.mail_wait(email).await?.is_some() {
            return Ok(());
        }
        let (code, link) = self.new_code(CodePurpose::ResetPassword, email, RESET_LIFETIME)?;
        let letter = Letter::ResetPassword { link: &link, minutes: RESET_LIFETIME.num_minutes() };
        let mail = mail_to(&person, &letter);
        let trace = caller.trace(None, self.clock().now());
        Ok(self.registry().create_code(person.id, code, vec![mail], &trace).await?)
    }

    /// Sets a new password by a code from a mail, and ends everything that was signed in by the old one.
    ///
    /// # Errors
    /// [`AppError::Ended`] where the code is no good; [`AppError::Invalid`] where the password is none to take.
    pub async fn reset_password(&self, caller: &Caller, document: &Value) -> Result<(), AppError> {
        let (digest, now) = (code_of(document, SecretKind::Code)?, self.clock().now());
        let found = self.registry().code(&digest, CodePurpose::ResetPassword, now).await?.ok_or(AppError::Ended)?;
        let person = self.registry().person(found.person).await?.ok_or(AppError::Ended)?;
        let password = new_password(document, "password", &person.email, &person.name)?;
        let hash = self.hash_password(password).await?;
        let hash = innocap_domain::Secret::new(hash.as_str());
        let person = used(self.registry().reset_password(&digest, hash, &caller.trace(None, now)).await)?;
        self.forget_person(person.id);
        self.forget_families();
        self.tell_password_changed(&person).await
    }

    /// Changes the password of whoever is signed in and knows the old one; their other sessions end.
    ///
    /// # Errors
    /// [`AppError::WrongCredentials`] where the old one is not right; [`AppError::Invalid`].
    pub async fn change_password(&self, caller: &Caller, document: &Value) -> Result<(), AppError> {
        let person = self.proven_person(caller, document, "current_password").await?;
        let password = new_password(document, "password", &person.email, &person.name)?;
        let hash = innocap_domain::Secret::new(self.hash_password(password).await?.as_str());
        let trace = caller.trace(None, self.clock().now());
        self.registry().set_password(person.id, Some(hash), caller.session(), &trace).await?;
        self.forget_families();
        self.tell_password_changed(&person).await
    }

    async fn tell_password_changed(&self, person: &Person) -> Result<(), AppError> {
        let reset = self.link(links::FORGOT);
        let letter = Letter::PasswordChanged { reset: &reset };
        let mail = mail_to(person, &letter);
        self.registry().queue_mail(vec![mail], self.clock().now()).await?;
        Ok(())
    }

    /// The person who is signed in, once they have given their password again. Who has none, because they sign in by a
    /// passkey or elsewhere, need not: there is nothing they could give.
    pub(crate) async fn proven_person(
        &self,
        caller: &Caller,
        document: &Value,
        member: &str,
    ) -> Result<Person, AppError> {
        let id = self.own_account(caller, Action::ChangeAccount).await?.id;
        let credentials = self.registry().credentials_of(id).await?.ok_or(AppError::Unauthenticated)?;
        if let Some(known) = credentials.password {
            let given = Password::parse(secret_text(document, member)?).map_err(|_| AppError::WrongCredentials)?;
            self.guarded(caller, credentials.person.email.key(), Some(id), async {
                match self.check_password(given, Some(known)).await? {
                    PasswordCheck::Wrong => Err(AppError::WrongCredentials),
                    _ => Ok(()),
                }
            })
            .await?;
        }
        Ok(credentials.person)
    }
}

/// A password that may become a person's.
pub(crate) fn new_password(
    document: &Value,
    member: &str,
    email: &EmailAddress,
    name: &str,
) -> Result<Password, AppError> {
    let fault = |fault: PasswordFault| AppError::at(&format!("/{member}"), fault.code(), fault.to_string());
    let password = Password::parse(secret_text(document, member)?).map_err(fault)?;
    password.check_new(email.as_str(), name).map_err(fault)?;
    Ok(password)
}

/// An address that a document brings.
pub(crate) fn address_of(document: &Value, member: &str) -> Result<EmailAddress, AppError> {
    let text = document.get(member).and_then(Value::as_str).unwrap_or_default();
    EmailAddress::parse(text).map_err(|error| {
        AppError::Invalid(Violations(vec![Violation {
            pointer: format!("/{member}"),
            code: if text.trim().is_empty() { "required" } else { "invalid_code" },
            detail: format!("expected {}", error.expected),
            nearest: Vec::new(),
        }]))
    })
}
