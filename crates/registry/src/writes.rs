//! Records written and deleted. What a batch comes to is worked out in `batch.rs`.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{Content, Id, OrganisationId, Record, Status, Trace};

use crate::accounts;
use crate::batch::Batch;
use crate::changes::{self, NewChange};
use crate::rows::{RecordRow, stored_time};
use crate::schema::record;
use crate::transaction::Scope;
use crate::{Registry, RegistryError, told};

/// One write of a record. `at` is the time of the write, which becomes the record's `updated`, and where it is new
/// its `created` too; it is kept to the microsecond.
#[derive(Debug, Clone)]
pub enum Write<C> {
    /// A new record. [`RegistryError::Duplicate`] where the identifier or the source's identifier is taken.
    Create {
        /// Its identifier; a new one where it is absent.
        id: Option<Id<C>>,
        /// Where it stands.
        status: Status,
        /// The content.
        content: C,
        /// When.
        at: DateTime<Utc>,
    },
    /// Another version of a record. [`RegistryError::NotFound`]; [`RegistryError::Stale`] where it is at another
    /// version than expected; [`RegistryError::Duplicate`] where the source's identifier belongs to another record.
    Update {
        /// Which record.
        id: Id<C>,
        /// The version that was read.
        expected_version: Option<i64>,
        /// The content; as it is where absent.
        content: Option<C>,
        /// Where it stands, and why it was archived; as it is where absent.
        status: Option<(Status, Option<String>)>,
        /// When.
        at: DateTime<Utc>,
    },
    /// A record whether or not it is there, found by its identifier, else by its source. Where the content and the
    /// state are as they were, nothing is written and the version stays. The reason of a state goes when the state
    /// changes.
    Upsert {
        /// Its identifier; where absent and the source is new, a new one.
        id: Option<Id<C>>,
        /// Where it stands.
        status: Status,
        /// The content.
        content: C,
        /// When.
        at: DateTime<Utc>,
    },
}

/// What a write came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The record is new.
    Created,
    /// It is at another version.
    Updated,
    /// It stood there already, just so.
    Unchanged,
}

/// A record as a write left it.
#[derive(Debug, Clone)]
pub struct Written<C> {
    /// The record.
    pub record: Record<C>,
    /// What the write came to.
    pub outcome: Outcome,
}

/// For each write of a batch, the record as it left it or what is wrong with it.
pub type Told<C> = Vec<Result<Written<C>, RegistryError>>;

impl<C: Content> Write<C> {
    /// The identifier it names.
    pub(crate) fn id(&self) -> Option<Id<C>> {
        match self {
            Self::Create { id, .. } | Self::Upsert { id, .. } => *id,
            Self::Update { id, .. } => Some(*id),
        }
    }

    /// The content it carries.
    pub(crate) fn content(&self) -> Option<&C> {
        match self {
            Self::Create { content, .. } | Self::Upsert { content, .. } => Some(content),
            Self::Update { content, .. } => content.as_ref(),
        }
    }
}

impl Registry {
    /// Writes one record with its facets and its place in the change feed.
    ///
    /// # Errors
    /// Those of the [`Write`]; [`RegistryError::OrganisationMissing`]; what the database says.
    pub async fn write<C: Content>(&self, write: Write<C>) -> Result<Record<C>, RegistryError> {
        let results = self.write_all(vec![write]).await?;
        results.into_iter().next().unwrap_or(Err(RegistryError::Internal("a write without a result".to_owned())))
    }

    /// Writes records one after the other in one transaction. What is wrong with one is told in its place, and the
    /// others are kept.
    ///
    /// # Errors
    /// What the database says; then nothing is written.
    pub async fn write_all<C: Content>(
        &self,
        writes: Vec<Write<C>>,
    ) -> Result<Vec<Result<Record<C>, RegistryError>>, RegistryError> {
        self.write_batch(writes, None).await
    }

    /// As [`Registry::write`], and the audit log tells of it in the same transaction.
    ///
    /// # Errors
    /// As [`Registry::write`].
    pub async fn write_traced<C: Content>(&self, write: Write<C>, trace: &Trace) -> Result<Record<C>, RegistryError> {
        let results = self.write_all_traced(vec![write], trace).await?;
        results.into_iter().next().unwrap_or(Err(RegistryError::Internal("a write without a result".to_owned())))
    }

    /// As [`Registry::write_all`], and the audit log tells of each write that changed something in the same transaction.
    ///
    /// # Errors
    /// As [`Registry::write_all`].
    pub async fn write_all_traced<C: Content>(
        &self,
        writes: Vec<Write<C>>,
        trace: &Trace,
    ) -> Result<Vec<Result<Record<C>, RegistryError>>, RegistryError> {
        self.write_batch(writes, Some(*trace)).await
    }

    async fn write_batch<C: Content>(
        &self,
        writes: Vec<Write<C>>,
        trace: Option<Trace>,
    ) -> Result<Vec<Result<Record<C>, RegistryError>>, RegistryError> {
        let told = self.write_told(writes, trace).await?;
        Ok(told.into_iter().map(|result| result.map(|written| written.record)).collect())
    }

    /// As [`Registry::write_all_traced`], or without a trace as [`Registry::write_all`], and tells what each write came to.
    ///
    /// # Errors
    /// As [`Registry::write_all`].
    pub async fn write_told<C: Content>(
        &self,
        writes: Vec<Write<C>>,
        trace: Option<Trace>,
    ) -> Result<Told<C>, RegistryError> {
        if writes.is_empty() {
            return Ok(Vec::new());
        }
        let inner = std::sync::Arc::clone(&self.inner);
        self.transact(Scope::Records, move |connection| {
            let mut batch = Batch::load(connection, &writes)?;
            if trace.is_some() {
                batch.audit();
            }
            let results: Vec<_> = writes.into_iter().map(|write| batch.apply_told(write, &inner.identifiers)).collect();
            inner.statistics.wrote(results.len());
            let events = batch.flush(connection, &inner.identifiers)?;
            if let Some(trace) = trace {
                accounts::append(connection, &trace, events)?;
            }
            Ok(results)
        })
        .await
    }

    /// What a batch of writes would come to now; nothing is written. `assumed` are organisations that would be there by
    /// then, by what was rehearsed before.
    ///
    /// # Errors
    /// As [`Registry::write_all`].
    pub async fn rehearse<C: Content>(
        &self,
        writes: Vec<Write<C>>,
        assumed: &HashSet<OrganisationId>,
    ) -> Result<Told<C>, RegistryError> {
        let inner = std::sync::Arc::clone(&self.inner);
        let assumed = assumed.clone();
        self.read(move |connection| {
            let mut batch = Batch::load(connection, &writes)?;
            batch.assume(assumed);
            Ok(writes.into_iter().map(|write| batch.apply_told(write, &inner.identifiers)).collect())
        })
        .await
    }

    /// Deletes a record with its facets. The change feed tells of it, at one version after the record's last; there
    /// the time is that of the record's last write, for a deletion brings no time of its own.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; [`RegistryError::Stale`] where it is at another version than expected;
    /// [`RegistryError::InUse`] for an organisation to which records belong; what the database says.
    pub async fn delete<C: Content>(&self, id: Id<C>, expected_version: Option<i64>) -> Result<(), RegistryError> {
        self.delete_record(id, expected_version, None).await
    }

    /// As [`Registry::delete`], and the audit log tells of it in the same transaction.
    ///
    /// # Errors
    /// As [`Registry::delete`].
    pub async fn delete_traced<C: Content>(
        &self,
        id: Id<C>,
        expected_version: Option<i64>,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        self.delete_record(id, expected_version, Some(*trace)).await
    }

    async fn delete_record<C: Content>(
        &self,
        id: Id<C>,
        expected_version: Option<i64>,
        trace: Option<Trace>,
    ) -> Result<(), RegistryError> {
        self.transact(Scope::Records, move |connection| {
            let key = id.to_string();
            let row = record::table
                .find(&key)
                .filter(record::kind.eq(C::KIND.as_str()))
                .select(RecordRow::as_select())
                .get_result(connection)?;
            let (version, at) = (row.version, row.updated);
            if expected_version.is_some_and(|expected| expected != version) {
                return Err(RegistryError::Stale { current: version });
            }
            let member: Option<String> = record::table
                .filter(record::organisation_id.eq(&key))
                .select(record::id)
                .first(connection)
                .optional()?;
            if member.is_some() {
                return Err(RegistryError::InUse);
            }
            diesel::delete(record::table.find(&key)).execute(connection)?;
            let change = NewChange {
                kind: C::KIND,
                organisation_id: row.owner().to_owned(),
                public: row.is_public(),
                record_id: key,
                version: version + 1,
                deleted: true,
                at,
            };
            changes::append(connection, vec![change])?;
            if let Some(trace) = trace {
                accounts::append(connection, &trace, vec![told::event(C::KIND, Some(&row), None)?])?;
            }
            Ok(())
        })
        .await
    }
}

/// The time of a write as it is stored.
pub(crate) fn time_of<C>(write: &Write<C>) -> chrono::NaiveDateTime {
    match write {
        Write::Create { at, .. } | Write::Update { at, .. } | Write::Upsert { at, .. } => stored_time(*at),
    }
}
