//! One's own account: what it holds, changing it, taking everything away, erasing it.

use innocap_access::Action;
use innocap_domain::{AuditAction, AuditEvent, AuditTarget, LanguageTag, OrganisationId, Person, Reader};
use innocap_registry::{NewMail, PersonalData};
use serde_json::{Value, json};

use super::mail_to;
use super::sign_up::person_name;
use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;
use crate::letters::Letter;
use crate::views::View;

impl Innocap {
    /// The caller's account, with what they are in which organisation.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`].
    pub async fn me(&self, caller: &Caller) -> Result<View, AppError> {
        let person = self.own_account(caller, Action::ReadAccount).await?;
        let account = self.registry().account(person.id).await?.ok_or(AppError::Unauthenticated)?;
        let memberships = self.registry().memberships_of(person.id).await?;
        let organisations = self.organisations(memberships.iter().map(|m| m.organisation)).await?;
        let standings =
            self.registry().standings(&memberships.iter().map(|m| m.organisation).collect::<Vec<_>>()).await?;
        let memberships: Vec<Value> = memberships
            .iter()
            .map(|membership| {
                let id = membership.organisation;
                let standing = standings.get(&id);
                json!({
                    "organisation": {
                        "id": id,
                        "name": organisations.get(&id).map(|o| o.name.clone()).unwrap_or_default(),
                        "kind": organisations.get(&id).map(|o| o.kind),
                        "verified": standing.is_some_and(|s| s.verified.is_some()),
                        "suspended": standing.is_some_and(|s| s.suspended.is_some()),
                    },
                    "role": membership.role,
                })
            })
            .collect();
        let view = json!({
            "id": person.id,
            "email": person.email,
            "email_confirmed": person.email_confirmed,
            "name": person.name,
            "language": person.language,
            "service_role": person.service_role,
            "has_password": account.has_password,
            "created": account.created,
            "memberships": memberships,
        });
        match view {
            Value::Object(view) => Ok(view),
            _ => Err(AppError::Internal("an account is no object".to_owned())),
        }
    }

    /// Changes the caller's name and language; what is absent stays. Nothing else can be changed by a document: not the
    /// address, not a role.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with every fault.
    pub async fn update_me(&self, caller: &Caller, document: &Value) -> Result<View, AppError> {
        let person = self.own_account(caller, Action::ChangeAccount).await?;
        let (name, language) = Reader::document(document, |r| {
            let name = r.has("name").then(|| person_name(r));
            (name, r.code("language", LanguageTag::parse))
        })?;
        let trace = caller.trace(None, self.clock().now());
        self.registry().update_person(person.id, name, language, &trace).await?;
        self.forget_person(person.id);
        self.me(caller).await
    }

    /// Everything held about the caller.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`].
    pub async fn export_me(&self, caller: &Caller) -> Result<PersonalData, AppError> {
        let person = self.own_account(caller, Action::ReadAccount).await?;
        let trace = caller.trace(None, self.clock().now());
        let event = AuditEvent::new(AuditAction::PersonExport, AuditTarget::person(person.id));
        self.registry().append_audit(event, &trace).await?;
        self.registry().personal_data(person.id).await?.ok_or(AppError::Unauthenticated)
    }

    /// Erases the caller's account. What their organisations published stays; where they were the only owner of one,
    /// they make somebody else one first, or it stays without.
    ///
    /// # Errors
    /// [`AppError::WrongCredentials`] without the right password; [`AppError::Conflict`] where an organisation with
    /// other members would be left without an owner.
    pub async fn erase_me(&self, caller: &Caller, document: &Value) -> Result<(), AppError> {
        let person = self.proven_person(caller, document, "password").await?;
        for organisation in self.registry().sole_ownerships(person.id).await? {
            if self.registry().members(organisation).await?.len() > 1 {
                return Err(AppError::Conflict(
                    "you are the only owner of an organisation with other members: make one of them its owner first"
                        .to_owned(),
                ));
            }
        }
        self.erase(caller, person).await?;
        Ok(())
    }

    pub(super) async fn erase(&self, caller: &Caller, person: Person) -> Result<Vec<OrganisationId>, AppError> {
        let now = self.clock().now();
        let erased = self.registry().erase_person(person.id, &caller.trace(None, now)).await?;
        self.forget_person(person.id);
        self.forget_families();
        let mail = NewMail { person: None, ..mail_to(&person, &Letter::AccountErased) };
        self.registry().queue_mail(vec![mail], now).await?;
        Ok(erased.without_owner)
    }
}
