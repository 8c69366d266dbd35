//! People, as the operator sees them: list, role in the service, suspension. And the operator's shell, which makes the
//! first operator.

use innocap_access::{Action, Secret, SecretKind, Target};
use innocap_domain::{
    CodePurpose, EmailAddress, Id, LanguageTag, OrganisationId, Person, PersonId, Reader, Role, ServiceRole,
};
use innocap_registry::{Account, NewCode, NewPerson, PersonFilter};
use serde_json::{Value, json};

use super::sign_up::CONFIRM_LIFETIME;
use super::verification::reason_of;
use super::{ends, stored};
use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;
use crate::lists::{Page, fault};
use crate::queue::Plain;

/// The query of the list of people.
pub struct PeopleQuery {
    filter: PersonFilter,
    plain: Plain,
}

impl PeopleQuery {
    /// Parses a query string's pairs: `email`, `service_role`, `suspended`, `limit` and `cursor`.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with a fault for each parameter that is unknown or wrong.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, AppError> {
        let mut filter = PersonFilter::default();
        let plain = Plain::parse("people", pairs, |name, value| {
            Some(match name {
                "email" => {
                    filter.email = Some(value.trim().to_lowercase());
                    Ok(())
                }
                "service_role" => ServiceRole::parse(value)
                    .map(|role| filter.service_role = Some(role))
                    .map_err(|e| vec![fault(name, "invalid_code", e.to_string())]),
                "suspended" => value
                    .parse()
                    .map(|suspended| filter.suspended = Some(suspended))
                    .map_err(|_| vec![fault(name, "invalid_code", "expected true or false")]),
                _ => return None,
            })
        })?;
        Ok(Self { filter, plain })
    }
}

impl Innocap {
    /// A page of people, the newest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but the operator.
    pub async fn people(&self, caller: &Caller, query: &PeopleQuery) -> Result<Page<Value>, AppError> {
        allow(&caller.actor, Action::ManagePeople, &Target::Service)?;
        let after: Option<PersonId> = query.plain.after()?;
        let found = self.registry().persons(&query.filter, after, query.plain.limit + 1).await?;
        let page = query.plain.page(found, |account| account.person.id.to_string());
        Ok(Page { items: page.items.iter().map(account_view).collect(), total: page.total, next: page.next })
    }

    /// Changes what a person is to the service.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but the operator; [`AppError::Conflict`] for oneself, so that the last
    /// operator does not shut themselves out.
    pub async fn set_service_role(&self, caller: &Caller, id: PersonId, document: &Value) -> Result<(), AppError> {
        self.manage(caller, id)?;
        let role = Reader::document(document, |r| r.required_code("service_role", ServiceRole::parse))?;
        let role = role.ok_or_else(|| AppError::Internal("a role is missing".to_owned()))?;
        self.registry().set_service_role(id, role, &caller.trace(None, self.clock().now())).await?;
        self.forget_person(id);
        Ok(())
    }

    /// Shuts a person out, with a reason; what they are signed in with ends.
    ///
    /// # Errors
    /// As [`Self::set_service_role`].
    pub async fn suspend_person(&self, caller: &Caller, id: PersonId, document: &Value) -> Result<(), AppError> {
        self.manage(caller, id)?;
        let reason = reason_of(document)?;
        self.registry().suspend_person(id, &reason, &caller.trace(None, self.clock().now())).await?;
        self.forget_person(id);
        self.forget_families();
        Ok(())
    }

    /// Lets a person in again.
    ///
    /// # Errors
    /// As [`Self::set_service_role`]; [`AppError::NotFound`] where they are not suspended.
    pub async fn restore_person(&self, caller: &Caller, id: PersonId) -> Result<(), AppError> {
        self.manage(caller, id)?;
        self.registry().restore_person(id, &caller.trace(None, self.clock().now())).await?;
        self.forget_person(id);
        Ok(())
    }

    fn manage(&self, caller: &Caller, id: PersonId) -> Result<(), AppError> {
        allow(&caller.actor, Action::ManagePeople, &Target::Service)?;
        if caller.person() == Some(id) {
            return Err(AppError::Conflict("another operator decides about you".to_owned()));
        }
        Ok(())
    }

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
                let password = innocap_access::Password::parse(text)
                    .map_err(|fault| AppError::at("/password", fault.code(), fault.to_string()))?;
                Some(innocap_domain::Secret::new(self.hash_password(password).await?.as_str()))
            }
            None => None,
        };
        let new = NewPerson { email: email.clone(), email_confirmed: true, name, language, service_role, password };
        let (code, link) = self.reset_link(&email)?;
        let person = self.registry().create_person(new, Some(code), Vec::new(), &trace).await?;
        Ok((person, link))
    }

    /// A link at which a person sets a new password, made at the operator's shell.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn password_link(&self, person: PersonId) -> Result<String, AppError> {
        let person = self.registry().person(person).await?.ok_or(AppError::NotFound)?;
        let (code, link) = self.reset_link(&person.email)?;
        let trace = Caller::shell().trace(None, self.clock().now());
        self.registry().create_code(person.id, code, Vec::new(), &trace).await?;
        Ok(link)
    }

    fn reset_link(&self, email: &EmailAddress) -> Result<(NewCode, String), AppError> {
        let secret = Secret::generate(SecretKind::Code)?;
        let link = self.link(&format!("/reset?code={}", secret.expose()));
        let code = NewCode {
            purpose: CodePurpose::ResetPassword,
            secret_hash: stored(&secret.digest()),
            email: email.clone(),
            expires: ends(self.clock().now(), CONFIRM_LIFETIME),
        };
        Ok((code, link))
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
    pub async fn token_for(&self, subject: innocap_access::Subject) -> Result<String, AppError> {
        let scopes = match subject {
            innocap_access::Subject::Person(id) => {
                self.registry().access_of(id).await?.ok_or(AppError::NotFound)?;
                Vec::new()
            }
            innocap_access::Subject::Client(id) => {
                self.registry().client(Id::from_uuid(id.uuid())).await?.ok_or(AppError::NotFound)?.scopes
            }
        };
        Ok(self.tokens()?.issue(subject, None, &scopes, self.clock().now())?.text)
    }
}

fn account_view(account: &Account) -> Value {
    let person = &account.person;
    json!({
        "id": person.id,
        "email": person.email,
        "email_confirmed": person.email_confirmed,
        "name": person.name,
        "language": person.language,
        "service_role": person.service_role,
        "suspended": account.suspension,
        "created": account.created,
        "signed_in": account.signed_in,
    })
}
