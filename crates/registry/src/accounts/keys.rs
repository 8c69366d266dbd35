//! The keys that sign tokens, shared by all replicas. One signs (current), one is published so that everyone knows it
//! before it signs (next), and the others are published until the last token they signed has ended (retired).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{AuditAction, AuditEvent, AuditTarget, AuditTargetKind, KeyState, Secret, SigningKeyPair, Trace};

use super::stored;
use crate::connection::AnyConnection;
use crate::rows::stored_time;
use crate::schema::signing_key;
use crate::transaction::Scope;
use crate::{Registry, RegistryError, upserts};

/// A key that is made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its name in tokens (`kid`).
    pub kid: String,
    /// What verifies, as text.
    pub public: String,
    /// What signs, as text.
    pub private: Secret,
}

/// A row of `signing_key`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_key, treat_none_as_default_value = false)]
pub(crate) struct SigningKeyRow {
    kid: String,
    public_text: String,
    private_text: Option<String>,
    state: String,
    created: chrono::NaiveDateTime,
    expires: Option<chrono::NaiveDateTime>,
}

impl SigningKeyRow {
    fn new(key: NewKey, state: KeyState, now: DateTime<Utc>) -> Self {
        Self {
            kid: key.kid,
            public_text: key.public,
            private_text: Some(key.private.into_text()),
            state: state.as_str().to_owned(),
            created: stored_time(now),
            expires: None,
        }
    }

    fn key(self) -> Result<SigningKeyPair, RegistryError> {
        Ok(SigningKeyPair {
            kid: self.kid,
            public: self.public_text,
            private: self.private_text.map(Secret::new),
            state: stored(&self.state, "the state of a key")?,
            created: self.created.and_utc(),
            expires: self.expires.map(|at| at.and_utc()),
        })
    }
}

impl Registry {
    /// All keys that are published: the current one first, then the next, then the retired ones, the newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn signing_keys(&self) -> Result<Vec<SigningKeyPair>, RegistryError> {
        self.read(all).await
    }

    /// Stores the first two keys, unless there are keys already. Of several processes that start at once, one stores
    /// its keys. Returns the keys that stand.
    ///
    /// # Errors
    /// What the database says.
    pub async fn ensure_signing_keys(
        &self,
        current: NewKey,
        next: NewKey,
        trace: &Trace,
    ) -> Result<Vec<SigningKeyPair>, RegistryError> {
        let now = trace.at;
        self.audited(Scope::Aside, trace, move |connection, trail| {
            for (key, state) in [(current, KeyState::Current), (next, KeyState::Next)] {
                let row = SigningKeyRow::new(key, state, now);
                if upserts::insert_signing_key(connection, &row)? > 0 {
                    trail.note(AuditEvent::new(AuditAction::KeyCreate, target(&row.kid)));
                }
            }
            all(connection)
        })
        .await
    }

    /// Rotates the keys: `expected` retires and is published until `retired_until`, the next one signs from now on, and
    /// `next` comes after it. False, and nothing is done, where another key signs by now: somebody else has rotated.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where there is no next key; what the database says.
    pub async fn rotate_signing_keys(
        &self,
        expected: &str,
        next: NewKey,
        retired_until: DateTime<Utc>,
        trace: &Trace,
    ) -> Result<bool, RegistryError> {
        let (expected, now) = (expected.to_owned(), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let current = signing_key::table.find(&expected).filter(signing_key::state.eq(KeyState::Current.as_str()));
            // What signs no more is not kept: nobody can then sign with it who comes by a copy of the database.
            let retired = (
                signing_key::state.eq(KeyState::Retired.as_str()),
                signing_key::private_text.eq(None::<String>),
                signing_key::expires.eq(Some(stored_time(retired_until))),
            );
            if diesel::update(current).set(retired).execute(connection)? == 0 {
                return Ok(false);
            }
            let promoted = diesel::update(signing_key::table.filter(signing_key::state.eq(KeyState::Next.as_str())))
                .set(signing_key::state.eq(KeyState::Current.as_str()))
                .execute(connection)?;
            super::found(promoted)?;
            let row = SigningKeyRow::new(next, KeyState::Next, now);
            diesel::insert_into(signing_key::table).values(&row).execute(connection)?;
            trail.note(AuditEvent::new(AuditAction::KeyRotate, target(&expected)));
            Ok(true)
        })
        .await
    }

    /// Deletes retired keys whose last token has ended. Returns how many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn prune_signing_keys(&self, now: DateTime<Utc>) -> Result<usize, RegistryError> {
        self.transact(Scope::Aside, move |connection| Ok(prune(connection, now)?)).await
    }
}

pub(super) fn prune(connection: &mut AnyConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(
        signing_key::table
            .filter(signing_key::state.eq(KeyState::Retired.as_str()))
            .filter(signing_key::expires.le(stored_time(now))),
    )
    .execute(connection)
}

fn all(connection: &mut AnyConnection) -> Result<Vec<SigningKeyPair>, RegistryError> {
    // By the alphabet: current, next, retired.
    let found = signing_key::table
        .order((signing_key::state, signing_key::created.desc(), signing_key::kid))
        .select(SigningKeyRow::as_select())
        .load(connection)?;
    found.into_iter().map(SigningKeyRow::key).collect()
}

fn target(kid: &str) -> AuditTarget {
    AuditTarget::new(AuditTargetKind::Key, kid)
}
