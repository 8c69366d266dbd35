//! People, as the operator sees them: list, role in the service, suspension.

use innocap_access::{Action, Target};
use innocap_domain::{PersonId, Reader, ServiceRole};
use innocap_registry::{Account, PersonFilter};
use serde_json::{Value, json};

use super::verification::reason_of;
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
