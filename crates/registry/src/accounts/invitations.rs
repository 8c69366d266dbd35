//! Invitations to join an organisation, sent to an address and good for whoever has it, once.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, AuditTargetKind, EmailAddress, Invitation, InvitationId, Membership,
    OrganisationId, PersonId, Role, Trace,
};
use serde_json::json;

use super::mail::{self, NewMail};
use super::{codes, found, memberships, missing, stored, stored_id, stored_optional_id};
use crate::rows::stored_time;
use crate::schema::{invitation, membership, person};
use crate::transaction::Scope;
use crate::{Registry, RegistryError, upserts};

/// An invitation that is to be sent.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Into which organisation.
    pub organisation: OrganisationId,
    /// Who is invited.
    pub email: EmailAddress,
    /// As what.
    pub role: Role,
    /// By whom, where that is a person.
    pub inviter: Option<PersonId>,
    /// The SHA-256 of the code that is sent.
    pub secret_hash: String,
    /// When it ends.
    pub expires: DateTime<Utc>,
}

/// An invitation that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// By whom, while they have an account.
    pub inviter: Option<PersonId>,
    /// When it was sent.
    pub created: DateTime<Utc>,
    /// When it ends.
    pub expires: DateTime<Utc>,
}

/// A row of `invitation`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = invitation, treat_none_as_default_value = false)]
pub(crate) struct InvitationRow {
    id: String,
    organisation_id: String,
    email: String,
    email_key: String,
    role: String,
    inviter_person_id: Option<String>,
    #[serde(skip)]
    secret_hash: String,
    created: chrono::NaiveDateTime,
    expires: chrono::NaiveDateTime,
}

impl InvitationRow {
    /// The row without the address it was sent to: what the inviter is told of somebody else.
    pub(crate) fn without_address(mut self) -> Self {
        self.email.clear();
        self.email_key.clear();
        self
    }

    fn invitation(&self) -> Result<OpenInvitation, RegistryError> {
        Ok(OpenInvitation {
            invitation: Invitation {
                id: stored_id(&self.id)?,
                organisation: stored_id(&self.organisation_id)?,
                email: stored(&self.email, "an e-mail address")?,
                role: stored(&self.role, "a role")?,
            },
            inviter: stored_optional_id(self.inviter_person_id.as_ref())?,
            created: self.created.and_utc(),
            expires: self.expires.and_utc(),
        })
    }
}

impl Registry {
    /// Stores an invitation in place of an earlier one to the same address, and queues the mail that brings it.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation or the inviter is gone; what the database says.
    pub async fn create_invitation(
        &self,
        new: NewInvitation,
        mails: Vec<NewMail>,
        trace: &Trace,
    ) -> Result<Invitation, RegistryError> {
        let id: InvitationId = self.id_at(trace.at)?;
        let (inner, now) = (std::sync::Arc::clone(&self.inner), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            memberships::require_organisation(connection, new.organisation)?;
            let row = InvitationRow {
                id: id.to_string(),
                organisation_id: new.organisation.to_string(),
                email_key: new.email.key(),
                email: new.email.as_str().to_owned(),
                role: new.role.as_str().to_owned(),
                inviter_person_id: new.inviter.map(|id| id.to_string()),
                secret_hash: new.secret_hash,
                created: stored_time(now),
                expires: stored_time(new.expires),
            };
            upserts::put_invitation(connection, &row).map_err(missing)?;
            mail::queue(connection, &inner, mails, now)?;
            // Without the address: the log outlives the invitation, and whoever is invited may never have an account
            // with which to erase it.
            let event = AuditEvent::new(AuditAction::InvitationCreate, target(id));
            trail.note(event.concerning(new.organisation).with(json!({ "after": { "role": new.role } })));
            Ok(row.invitation()?.invitation)
        })
        .await
    }

    /// The invitations of an organisation that have not ended, the newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn invitations(
        &self,
        organisation: OrganisationId,
        now: DateTime<Utc>,
    ) -> Result<Vec<OpenInvitation>, RegistryError> {
        self.read(move |connection| {
            let found = invitation::table
                .filter(invitation::organisation_id.eq(organisation.to_string()))
                .filter(invitation::expires.gt(stored_time(now)))
                .order(invitation::id.desc())
                .select(InvitationRow::as_select())
                .load(connection)?;
            found.iter().map(InvitationRow::invitation).collect()
        })
        .await
    }

    /// What a code invites to, without accepting it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn invitation_by_secret(
        &self,
        secret_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<OpenInvitation>, RegistryError> {
        let hash = secret_hash.to_owned();
        self.read(move |connection| {
            let row = invitation::table
                .filter(invitation::secret_hash.eq(hash))
                .filter(invitation::expires.gt(stored_time(now)))
                .select(InvitationRow::as_select())
                .get_result(connection)
                .optional()?;
            row.map(|row| row.invitation()).transpose()
        })
        .await
    }

    /// Accepts an invitation: the person joins. Only whoever has the address it was sent to can; since the code came
    /// by that address, the address is confirmed. Who is a member already keeps the higher of both roles.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where there is no such invitation for this person, or it was used or has ended; what
    /// the database says.
    pub async fn accept_invitation(
        &self,
        secret_hash: &str,
        person: PersonId,
        trace: &Trace,
    ) -> Result<Membership, RegistryError> {
        let (hash, now) = (secret_hash.to_owned(), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let address = person::table
                .filter(person::id.eq(person.to_string()))
                .filter(person::suspended.is_null())
                .select(person::email_key);
            let taken: Vec<InvitationRow> = diesel::delete(
                invitation::table
                    .filter(invitation::secret_hash.eq(hash))
                    .filter(invitation::expires.gt(stored_time(now)))
                    .filter(invitation::email_key.eq_any(address)),
            )
            .returning(invitation::all_columns)
            .get_results(connection)?;
            let invitation = taken.first().ok_or(RegistryError::NotFound)?.invitation()?.invitation;
            codes::confirm(connection, person, now)?;
            let Invitation { organisation, role, .. } = invitation;
            let before = memberships::role(connection, person, organisation)?;
            match before {
                None => memberships::insert(connection, person, organisation, role, now, trail)?,
                Some(before) if before < role => {
                    diesel::update(membership::table.find((person.to_string(), organisation.to_string())))
                        .set(membership::role.eq(role.as_str()))
                        .execute(connection)?;
                    let event = AuditEvent::new(AuditAction::MembershipUpdate, AuditTarget::person(person));
                    let details = json!({ "before": { "role": before }, "after": { "role": role } });
                    trail.note(event.concerning(organisation).about(person, details));
                }
                Some(_) => {}
            }
            Ok(Membership { organisation, role: before.map_or(role, |before| before.max(role)) })
        })
        .await
    }

    /// Takes back an invitation.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation has none such; what the database says.
    pub async fn delete_invitation(
        &self,
        organisation: OrganisationId,
        id: InvitationId,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let own =
                invitation::table.find(id.to_string()).filter(invitation::organisation_id.eq(organisation.to_string()));
            found(diesel::delete(own).execute(connection)?)?;
            trail.note(AuditEvent::new(AuditAction::InvitationDelete, target(id)).concerning(organisation));
            Ok(())
        })
        .await
    }
}

fn target(id: InvitationId) -> AuditTarget {
    AuditTarget::new(AuditTargetKind::Invitation, id)
}
