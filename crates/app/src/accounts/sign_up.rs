//! Signing up, and proving that an address is one's own.

use innocap_access::{Action, SecretKind, Target};
use innocap_domain::{CodePurpose, EmailAddress, LanguageTag, Person, Reader, ServiceRole};
use innocap_registry::{NewMail, NewPerson, RegistryError};
use serde_json::Value;

use super::codes::{CONFIRM_LIFETIME, code_of, used};
use super::passwords::{address_of, new_password};
use super::{links, mail_to, mail_to_address};
use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;
use crate::letters::Letter;

/// The most characters of a person's name.
const NAME: usize = 100;

impl Innocap {
    /// Gives somebody an account, and sends a code to confirm their address. Where the address has an account already,
    /// its owner is told so by mail instead: whoever asks learns nothing, since answer and time are the same.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with every fault; [`AppError::TooMany`].
    pub async fn sign_up(&self, caller: &Caller, document: &Value) -> Result<(), AppError> {
        let email = address_of(document, "email")?;
        let (name, language) = Reader::document(document, |r| {
            for own in ["email", "password"] {
                r.skip(own);
            }
            (person_name(r), r.required_code("language", LanguageTag::parse))
        })?;
        let password = new_password(document, "password", &email, &name)?;
        let language = language.ok_or_else(|| AppError::Internal("a language without fault is missing".to_owned()))?;
        self.slow_down(caller).await?;
        let hash = self.hash_password(password).await?;
        let now = self.clock().now();
        let trace = caller.trace(None, now);
        let (code, letter_link) = self.new_code(CodePurpose::ConfirmEmail, &email, CONFIRM_LIFETIME)?;
        let letter = Letter::ConfirmAddress { link: &letter_link, hours: CONFIRM_LIFETIME.num_hours() };
        let mail = mail_to_address(&email, &language, Some(&name), &letter);
        let new = NewPerson {
            email: email.clone(),
            email_confirmed: false,
            name,
            language: language.clone(),
            service_role: ServiceRole::None,
            password: Some(innocap_domain::Secret::new(hash.as_str())),
        };
        match self.registry().create_person(new, Some(code), vec![mail], &trace).await {
            Ok(_) => Ok(()),
            Err(RegistryError::Duplicate { .. }) => self.tell_of_account(&email).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn tell_of_account(&self, email: &EmailAddress) -> Result<(), AppError> {
        let Some(person) = self.registry().person_by_email(email).await? else { return Ok(()) };
        if self.mail_wait(email).await?.is_none() {
            let sign_in = self.link(links::SIGN_IN);
            let letter = Letter::AccountExists { sign_in: &sign_in };
            let mail = mail_to(&person, &letter);
            self.registry().queue_mail(vec![mail], self.clock().now()).await?;
        }
        Ok(())
    }

    /// Sends another code to whoever is signed in and has not confirmed their address.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it is confirmed; [`AppError::TooMany`].
    pub async fn resend_confirmation(&self, caller: &Caller) -> Result<(), AppError> {
        let person = self.own_account(caller, Action::ChangeAccount).await?;
        if person.email_confirmed {
            return Err(AppError::Conflict("the address is confirmed already".to_owned()));
        }
        self.slow_down(caller).await?;
        let (code, link) = self.new_code(CodePurpose::ConfirmEmail, &person.email, CONFIRM_LIFETIME)?;
        let letter = Letter::ConfirmAddress { link: &link, hours: CONFIRM_LIFETIME.num_hours() };
        let mail = mail_to(&person, &letter);
        let trace = caller.trace(None, self.clock().now());
        Ok(self.registry().create_code(person.id, code, vec![mail], &trace).await?)
    }

    /// Confirms an address by the code that was sent there.
    ///
    /// # Errors
    /// [`AppError::Ended`] where the code is no good.
    pub async fn confirm_address(&self, caller: &Caller, document: &Value) -> Result<Person, AppError> {
        let digest = code_of(document, SecretKind::Code)?;
        let trace = caller.trace(None, self.clock().now());
        let person = used(self.registry().confirm_email(&digest, &trace).await)?;
        self.forget_person(person.id);
        Ok(person)
    }

    /// Sends a code to an address that is to become the account's.
    ///
    /// # Errors
    /// [`AppError::WrongCredentials`] without the right password; [`AppError::Invalid`]; [`AppError::TooMany`].
    pub async fn request_new_address(&self, caller: &Caller, document: &Value) -> Result<(), AppError> {
        self.own_account(caller, Action::ChangeAccount).await?;
        let email = address_of(document, "email")?;
        let person = self.proven_person(caller, document, "password").await?;
        self.slow_down(caller).await?;
        let (code, link) = self.new_code(CodePurpose::ChangeEmail, &email, CONFIRM_LIFETIME)?;
        let letter = Letter::ChangeAddress { link: &link, hours: CONFIRM_LIFETIME.num_hours() };
        // That the address has an account already is for nobody to learn; the code will not work then.
        let mails = match self.mail_wait(&email).await? {
            None => vec![mail_to_address(&email, &person.language, Some(&person.name), &letter)],
            Some(_) => Vec::new(),
        };
        let trace = caller.trace(None, self.clock().now());
        Ok(self.registry().create_code(person.id, code, mails, &trace).await?)
    }

    /// Gives the account the address that a code was sent to, and tells the old one.
    ///
    /// # Errors
    /// [`AppError::Ended`] where the code is no good, or the address has got another account since.
    pub async fn change_address(&self, caller: &Caller, document: &Value) -> Result<Person, AppError> {
        let (digest, now) = (code_of(document, SecretKind::Code)?, self.clock().now());
        let found = self.registry().code(&digest, CodePurpose::ChangeEmail, now).await?.ok_or(AppError::Ended)?;
        let before = self.registry().person(found.person).await?.ok_or(AppError::Ended)?;
        let person = match self.registry().change_email(&digest, &caller.trace(None, now)).await {
            Err(RegistryError::Duplicate { .. }) => return Err(AppError::Ended),
            changed => used(changed)?,
        };
        self.forget_person(person.id);
        let mail = NewMail { person: None, ..mail_to(&before, &Letter::AddressChanged) };
        self.registry().queue_mail(vec![mail], now).await?;
        Ok(person)
    }

    /// The account of whoever asks, if they may do this with it.
    pub(crate) async fn own_account(&self, caller: &Caller, action: Action) -> Result<Person, AppError> {
        let id = caller.person().ok_or(match caller.actor {
            innocap_access::Actor::Anonymous => AppError::Unauthenticated,
            _ => AppError::Forbidden("only a person has an account"),
        })?;
        allow(&caller.actor, action, &Target::Account(id))?;
        self.registry().person(id).await?.ok_or(AppError::Unauthenticated)
    }
}

/// What somebody wants to be called: on one line.
pub(crate) fn person_name(r: &mut Reader<'_>) -> String {
    let name = r.required_text("name", NAME);
    if name.contains(['\n', '\r', '\t']) {
        r.fault("name", "invalid_text", "a name stands on one line");
    }
    name
}
