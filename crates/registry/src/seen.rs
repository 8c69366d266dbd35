//! When a person last looked at what matches a record of their organisation.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use innocap_domain::PersonId;
use uuid::Uuid;

use crate::feedback::missing_record;
use crate::rows::{stored_time, stored_uuid};
use crate::schema::seen;
use crate::transaction::Scope;
use crate::upserts;
use crate::{Registry, RegistryError};

/// A row of `seen`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = seen, treat_none_as_default_value = false)]
pub(crate) struct SeenRow {
    pub(crate) person_id: String,
    pub(crate) record_id: String,
    pub(crate) at: NaiveDateTime,
}

impl Registry {
    /// Remembers that a person has looked at what matches a record. It is no deed that the audit log tells of.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where there is no such person or record; what the database says.
    pub async fn look(&self, person: PersonId, record: Uuid, at: DateTime<Utc>) -> Result<(), RegistryError> {
        let row = SeenRow { person_id: person.to_string(), record_id: record.to_string(), at: stored_time(at) };
        self.transact(Scope::Aside, move |connection| {
            upserts::put_seen(connection, &row).map_err(missing_record)?;
            Ok(())
        })
        .await
    }

    /// When a person last looked at what matches these records, where they ever have.
    ///
    /// # Errors
    /// What the database says.
    pub async fn looked(
        &self,
        person: PersonId,
        records: &[Uuid],
    ) -> Result<HashMap<Uuid, DateTime<Utc>>, RegistryError> {
        let records: Vec<String> = records.iter().map(ToString::to_string).collect();
        self.read(move |connection| {
            let rows: Vec<SeenRow> = seen::table
                .filter(seen::person_id.eq(person.to_string()))
                .filter(seen::record_id.eq_any(records))
                .select(SeenRow::as_select())
                .load(connection)?;
            rows.into_iter().map(|row| Ok((stored_uuid(&row.record_id)?, row.at.and_utc()))).collect()
        })
        .await
    }
}
