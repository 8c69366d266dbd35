//! What only the operator's shell does, which has the data itself: there is nobody to ask for permission. No handler of
//! a request calls anything in here.

use innocap_access::{Password, Subject};
use innocap_domain::{
    CodePurpose, EmailAddress, Id, LanguageTag, OrganisationId, Person, PersonId, Role, Secret, ServiceRole,
};
use innocap_registry::NewPerson;

use super::codes::CONFIRM_LIFETIME;
use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;

impl Innocap {
    /// Enters a person at the operator's shell, with a confirmed address. They set their password by the link that is
    /// given back, which holds two days; or with `password` at once, as in the demo.
    ///
    /// # Errors
    /// [`AppError::Duplicate`] where the address has an account.
    pub async fn enter_person(
        &self,
        email: EmailAddress,
        name: String,
        language: LanguageTag,
        service_role: ServiceRole,
        password: Option<&str>,
    ) -> Result<(Person, String), AppError> {
        let now = self.clock().now();
        let trace = Caller::shell().trace(None, now);
        let password = match password {
            Some(text) => {
                let password = Password::parse(text)
                    .map_err(|fault| AppError::at("/password", fault.code(), fault.to_string()))?;
                Some(Secret::new(self.hash_password(password).await?.as_str()))
            }
            None => None,
        };
        let new = NewPerson { email: email.clone(), email_confirmed: true, name, language, service_role, password };
        let (code, link) = self.new_code(CodePurpose::ResetPassword, &email, CONFIRM_LIFETIME)?;
        let person = self.registry().create_person(new, Some(code), Vec::new(), &trace).await?;
        Ok((person, link))
    }

    /// A link at which a person sets a new password, made at the operator's shell.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn password_link(&self, person: PersonId) -> Result<String, AppError> {
        let person = self.registry().person(person).await?.ok_or(AppError::NotFound)?;
        let (code, link) = self.new_code(CodePurpose::ResetPassword, &person.email, CONFIRM_LIFETIME)?;
        let trace = Caller::shell().trace(None, self.clock().now());
        self.registry().create_code(person.id, code, Vec::new(), &trace).await?;
        Ok(link)
    }

    /// Puts a person into an organisation at the operator's shell.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Duplicate`] where they belong to it.
    pub async fn add_member(&self, person: PersonId, organisation: OrganisationId, role: Role) -> Result<(), AppError> {
        let trace = Caller::shell().trace(Some(organisation), self.clock().now());
        self.registry().add_member(person, organisation, role, &trace).await?;
        self.forget_person(person);
        Ok(())
    }

    /// An access token for a person, for trying things at the operator's shell. It ends after a quarter of an hour.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such person or client.
    pub async fn token_for(&self, subject: Subject) -> Result<String, AppError> {
        let scopes = match subject {
            Subject::Person(id) => {
                self.registry().access_of(id).await?.ok_or(AppError::NotFound)?;
                Vec::new()
            }
            Subject::Client(id) => {
                self.registry().client(Id::from_uuid(id.uuid())).await?.ok_or(AppError::NotFound)?.scopes
            }
        };
        Ok(self.tokens()?.issue(subject, None, &scopes, self.clock().now())?.text)
    }

    /// Erases somebody's account. The organisations that are left without an owner.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn erase_person(&self, id: PersonId) -> Result<Vec<OrganisationId>, AppError> {
        let person = self.registry().person(id).await?.ok_or(AppError::NotFound)?;
        self.erase(&Caller::shell(), person).await
    }
}
