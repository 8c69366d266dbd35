//! Accounts at identity providers: issuer and subject lead to a person.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{AuditAction, AuditEvent, AuditTarget, AuditTargetKind, EmailAddress, Identity, PersonId, Trace};
use serde_json::json;

use super::{found, missing, stored, stored_id};
use crate::rows::{stored_time, stored_uuid};
use crate::schema::identity;
use crate::transaction::Scope;
use crate::{Registry, RegistryError, upserts};

/// A row of `identity`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = identity, treat_none_as_default_value = false)]
pub(crate) struct IdentityRow {
    issuer: String,
    subject: String,
    person_id: String,
    email: Option<String>,
    created: chrono::NaiveDateTime,
    used: Option<chrono::NaiveDateTime>,
}

impl IdentityRow {
    fn identity(self) -> Result<Identity, RegistryError> {
        Ok(Identity {
            person: stored_id(&self.person_id)?,
            email: self.email.map(|email| stored(&email, "an e-mail address")).transpose()?,
            issuer: self.issuer,
            subject: self.subject,
            created: self.created.and_utc(),
            used: self.used.map(|at| at.and_utc()),
        })
    }
}

impl Registry {
    /// Links an account at a provider to a person. Linking it to them again changes nothing.
    ///
    /// # Errors
    /// [`RegistryError::Duplicate`] with the other person where it is linked to another; [`RegistryError::NotFound`]
    /// where the person is gone; what the database says.
    pub async fn link_identity(
        &self,
        person: PersonId,
        issuer: &str,
        subject: &str,
        email: Option<EmailAddress>,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let (issuer, subject, now) = (issuer.to_owned(), subject.to_owned(), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let row = IdentityRow {
                issuer,
                subject,
                person_id: person.to_string(),
                email: email.map(|email| email.as_str().to_owned()),
                created: stored_time(now),
                used: None,
            };
            if upserts::insert_identity(connection, &row).map_err(missing)? == 0 {
                let owner: String = identity::table
                    .find((&row.issuer, &row.subject))
                    .select(identity::person_id)
                    .get_result(connection)?;
                if owner == row.person_id {
                    return Ok(());
                }
                return Err(RegistryError::Duplicate { existing: stored_uuid(&owner)? });
            }
            // The subject is a name of the person at the provider, so it stands in the details, which can be erased.
            let details = json!({ "after": { "issuer": row.issuer, "subject": row.subject } });
            let event = AuditEvent::new(AuditAction::IdentityCreate, AuditTarget::unknown(AuditTargetKind::Identity));
            trail.note(event.about(person, details));
            Ok(())
        })
        .await
    }

    /// Who has this account at a provider.
    ///
    /// # Errors
    /// What the database says.
    pub async fn identity(&self, issuer: &str, subject: &str) -> Result<Option<Identity>, RegistryError> {
        let key = (issuer.to_owned(), subject.to_owned());
        self.read(move |connection| {
            let row = identity::table.find(key).select(IdentityRow::as_select()).get_result(connection).optional()?;
            row.map(IdentityRow::identity).transpose()
        })
        .await
    }

    /// A person's accounts at providers.
    ///
    /// # Errors
    /// What the database says.
    pub async fn identities_of(&self, person: PersonId) -> Result<Vec<Identity>, RegistryError> {
        self.read(move |connection| {
            let found = identity::table
                .filter(identity::person_id.eq(person.to_string()))
                .order((identity::issuer, identity::subject))
                .select(IdentityRow::as_select())
                .load(connection)?;
            found.into_iter().map(IdentityRow::identity).collect()
        })
        .await
    }

    /// Notes that somebody signed in with an account at a provider.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where it was unlinked; what the database says.
    pub async fn use_identity(&self, issuer: &str, subject: &str, now: DateTime<Utc>) -> Result<(), RegistryError> {
        let key = (issuer.to_owned(), subject.to_owned());
        self.transact(Scope::Aside, move |connection| {
            let used = identity::used.eq(Some(stored_time(now)));
            found(diesel::update(identity::table.find(key)).set(used).execute(connection)?)
        })
        .await
    }

    /// Unlinks one of a person's accounts at a provider.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where it is none of theirs; what the database says.
    pub async fn unlink_identity(
        &self,
        person: PersonId,
        issuer: &str,
        subject: &str,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let own = identity::table.find((&issuer, &subject)).filter(identity::person_id.eq(person.to_string()));
            found(diesel::delete(own).execute(connection)?)?;
            let details = json!({ "before": { "issuer": issuer, "subject": subject } });
            let event = AuditEvent::new(AuditAction::IdentityDelete, AuditTarget::unknown(AuditTargetKind::Identity));
            trail.note(event.about(person, details));
            Ok(())
        })
        .await
    }
}
