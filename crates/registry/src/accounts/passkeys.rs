//! Passkeys. What the verifying library keeps of one is opaque here.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{AuditAction, AuditEvent, AuditTarget, AuditTargetKind, Passkey, PersonId, Secret, Trace};
use serde_json::json;

use super::{found, missing, stored_id};
use crate::rows::{stored_time, stored_uuid};
use crate::schema::passkey;
use crate::transaction::Scope;
use crate::{Registry, RegistryError, upserts};

/// A passkey that is added.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// The credential's identifier, base64url.
    pub credential_id: String,
    /// Whose.
    pub person: PersonId,
    /// What its owner calls it.
    pub name: String,
    /// What the verifying library keeps of it, as JSON.
    pub credential: Secret,
}

/// A row of `passkey`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = passkey, treat_none_as_default_value = false)]
pub(crate) struct PasskeyRow {
    credential_id: String,
    person_id: String,
    name: String,
    #[serde(skip)]
    credential: String,
    created: chrono::NaiveDateTime,
    used: Option<chrono::NaiveDateTime>,
}

impl PasskeyRow {
    fn passkey(self) -> Result<Passkey, RegistryError> {
        Ok(Passkey {
            person: stored_id(&self.person_id)?,
            credential_id: self.credential_id,
            name: self.name,
            credential: Secret::new(self.credential),
            created: self.created.and_utc(),
            used: self.used.map(|at| at.and_utc()),
        })
    }
}

impl Registry {
    /// Adds a passkey.
    ///
    /// # Errors
    /// [`RegistryError::Duplicate`] with its owner where it is known already; [`RegistryError::NotFound`] where the
    /// person is gone; what the database says.
    pub async fn create_passkey(&self, new: NewPasskey, trace: &Trace) -> Result<Passkey, RegistryError> {
        let now = trace.at;
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let row = PasskeyRow {
                credential_id: new.credential_id,
                person_id: new.person.to_string(),
                name: new.name,
                credential: new.credential.into_text(),
                created: stored_time(now),
                used: None,
            };
            if upserts::insert_passkey(connection, &row).map_err(missing)? == 0 {
                let owner: String =
                    passkey::table.find(&row.credential_id).select(passkey::person_id).get_result(connection)?;
                return Err(RegistryError::Duplicate { existing: stored_uuid(&owner)? });
            }
            let target = AuditTarget::new(AuditTargetKind::Passkey, &row.credential_id);
            let event = AuditEvent::new(AuditAction::PasskeyCreate, target);
            trail.note(event.about(new.person, json!({ "after": { "name": row.name } })));
            row.passkey()
        })
        .await
    }

    /// A person's passkeys, the oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn passkeys_of(&self, person: PersonId) -> Result<Vec<Passkey>, RegistryError> {
        self.read(move |connection| {
            let found = passkey::table
                .filter(passkey::person_id.eq(person.to_string()))
                .order((passkey::created, passkey::credential_id))
                .select(PasskeyRow::as_select())
                .load(connection)?;
            found.into_iter().map(PasskeyRow::passkey).collect()
        })
        .await
    }

    /// The passkey with this identifier.
    ///
    /// # Errors
    /// What the database says.
    pub async fn passkey(&self, credential_id: &str) -> Result<Option<Passkey>, RegistryError> {
        let id = credential_id.to_owned();
        self.read(move |connection| {
            let row = passkey::table.find(id).select(PasskeyRow::as_select()).get_result(connection).optional()?;
            row.map(PasskeyRow::passkey).transpose()
        })
        .await
    }

    /// Notes that somebody signed in with a passkey, and what the verifying library now keeps of it (its counter has
    /// moved).
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where it was removed; what the database says.
    pub async fn use_passkey(
        &self,
        credential_id: &str,
        credential: Secret,
        now: DateTime<Utc>,
    ) -> Result<(), RegistryError> {
        let id = credential_id.to_owned();
        self.transact(Scope::Aside, move |connection| {
            let used = (passkey::credential.eq(credential.expose()), passkey::used.eq(Some(stored_time(now))));
            found(diesel::update(passkey::table.find(id)).set(used).execute(connection)?)
        })
        .await
    }

    /// Removes one of a person's passkeys.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where it is none of theirs; what the database says.
    pub async fn delete_passkey(
        &self,
        person: PersonId,
        credential_id: &str,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let id = credential_id.to_owned();
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let own = passkey::table.find(&id).filter(passkey::person_id.eq(person.to_string()));
            found(diesel::delete(own).execute(connection)?)?;
            let target = AuditTarget::new(AuditTargetKind::Passkey, id);
            trail.note(AuditEvent::new(AuditAction::PasskeyDelete, target));
            Ok(())
        })
        .await
    }
}
