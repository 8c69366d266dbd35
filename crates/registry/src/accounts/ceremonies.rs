//! What is remembered between the steps of a ceremony (a passkey, a sign-in at an identity provider): short-lived,
//! found by the hash of a secret that the browser holds, and taken once.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{Ceremony, CeremonyKind, PersonId, Secret};

use super::{missing, stored_optional_id};
use crate::rows::stored_time;
use crate::schema::ceremony;
use crate::transaction::Scope;
use crate::{Registry, RegistryError};

/// A ceremony that begins.
#[derive(Debug, Clone)]
pub struct NewCeremony {
    /// The SHA-256 of the secret that the browser holds.
    pub secret_hash: String,
    /// What it is for.
    pub kind: CeremonyKind,
    /// For whom, where that is known.
    pub person: Option<PersonId>,
    /// Challenge, nonce, verifier and the like, as JSON.
    pub state: Secret,
    /// When it ends.
    pub expires: DateTime<Utc>,
}

/// A row of `ceremony`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = ceremony, treat_none_as_default_value = false)]
pub(crate) struct CeremonyRow {
    #[serde(skip)]
    secret_hash: String,
    kind: String,
    person_id: Option<String>,
    #[serde(skip)]
    state: String,
    created: chrono::NaiveDateTime,
    expires: chrono::NaiveDateTime,
}

impl Registry {
    /// Begins a ceremony. Not audited: nothing has been proved yet.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the person is gone; what the database says.
    pub async fn create_ceremony(&self, new: NewCeremony, now: DateTime<Utc>) -> Result<(), RegistryError> {
        self.transact(Scope::Aside, move |connection| {
            let row = CeremonyRow {
                secret_hash: new.secret_hash,
                kind: new.kind.as_str().to_owned(),
                person_id: new.person.map(|id| id.to_string()),
                state: new.state.into_text(),
                created: stored_time(now),
                expires: stored_time(new.expires),
            };
            diesel::insert_into(ceremony::table).values(&row).execute(connection).map_err(missing)?;
            Ok(())
        })
        .await
    }

    /// Takes what is remembered of a ceremony: of several who ask at once, one gets it, and nobody after.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_ceremony(
        &self,
        secret_hash: &str,
        kind: CeremonyKind,
        now: DateTime<Utc>,
    ) -> Result<Option<Ceremony>, RegistryError> {
        let hash = secret_hash.to_owned();
        self.transact(Scope::Aside, move |connection| {
            let taken: Vec<CeremonyRow> = diesel::delete(
                ceremony::table
                    .find(hash)
                    .filter(ceremony::kind.eq(kind.as_str()))
                    .filter(ceremony::expires.gt(stored_time(now))),
            )
            .returning(ceremony::all_columns)
            .get_results(connection)?;
            taken
                .into_iter()
                .next()
                .map(|row| {
                    let person = stored_optional_id(row.person_id.as_ref())?;
                    Ok(Ceremony { person, state: Secret::new(row.state) })
                })
                .transpose()
        })
        .await
    }
}
