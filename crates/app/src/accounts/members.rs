//! Who belongs to an organisation and as what.

use innocap_access::Action;
use innocap_domain::{OrganisationId, PersonId, Reader, Role};
use innocap_registry::Member;
use serde_json::{Value, json};

use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;

impl Innocap {
    /// The members of an organisation. Its owners see everyone's address, others their names.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for whoever does not belong to it.
    pub async fn members(&self, caller: &Caller, organisation: OrganisationId) -> Result<Vec<Value>, AppError> {
        self.inside(&caller.actor, Action::ListMembers, organisation).await?;
        let full = caller.actor.is_operator() || caller.actor.role_in(organisation) == Some(Role::Owner);
        let members = self.registry().members(organisation).await?;
        Ok(members
            .iter()
            .map(|member| member_view(member, full || caller.person() == Some(member.person.id)))
            .collect())
    }

    /// Changes what a member is.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Conflict`] where no owner would be left.
    pub async fn change_member(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        person: PersonId,
        document: &Value,
    ) -> Result<(), AppError> {
        self.inside(&caller.actor, Action::ChangeMember, organisation).await?;
        let role = Reader::document(document, |r| r.required_code("role", Role::parse))?;
        let role = role.ok_or_else(|| AppError::Internal("a role without fault is missing".to_owned()))?;
        let trace = caller.trace(Some(organisation), self.clock().now());
        self.registry().set_role(person, organisation, role, &trace).await?;
        self.forget_person(person);
        Ok(())
    }

    /// Takes a member out of an organisation, or lets oneself out.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Conflict`] where no owner would be left.
    pub async fn remove_member(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        person: PersonId,
    ) -> Result<(), AppError> {
        let action = if caller.person() == Some(person) { Action::Leave } else { Action::RemoveMember };
        self.inside(&caller.actor, action, organisation).await?;
        let trace = caller.trace(Some(organisation), self.clock().now());
        self.registry().remove_member(person, organisation, &trace).await?;
        self.forget_person(person);
        Ok(())
    }
}

fn member_view(member: &Member, with_address: bool) -> Value {
    let mut view = json!({
        "person": member.person.id,
        "name": member.person.name,
        "role": member.role,
        "since": member.since,
    });
    if with_address {
        view["email"] = json!(member.person.email);
    }
    view
}
