//! Records read through from end to end, as far as somebody may see them: for exports, and for followers of the change
//! feed.

use std::collections::HashMap;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{Content, Id, OrganisationId, Record, RecordKind, Status};
use serde::Serialize;
use uuid::Uuid;

use crate::filter::RecordQuery;
use crate::records::IDS_AT_ONCE;
use crate::rows::{RecordRow, stored_time, stored_uuid};
use crate::schema::{listing_suspension, record, standing};
use crate::{Registry, RegistryError};

/// What somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Every record.
    All,
    /// What is public and not suspended, and whatever belongs to these organisations, which may be none; the
    /// organisations themselves too.
    PublicAndOf(Vec<OrganisationId>),
}

/// Which of the records that are seen are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// In one of these states; any where empty.
    pub statuses: Vec<Status>,
    /// Belonging to this organisation.
    pub organisation: Option<OrganisationId>,
    /// Written at this time or later.
    pub updated_since: Option<DateTime<Utc>>,
}

/// A record whose content is left as it is stored, so that what only hands it on need not read it.
#[derive(Debug, Clone)]
pub struct StoredRecord<C>(RecordRow, PhantomData<fn() -> C>);

/// The content of a record of which all else is written.
#[derive(Serialize)]
struct Elsewhere {}

impl<C: Content> StoredRecord<C> {
    /// Its identifier.
    ///
    /// # Errors
    /// [`RegistryError::Corrupt`] where it is none.
    pub fn id(&self) -> Result<Id<C>, RegistryError> {
        self.0.uuid().map(Id::from_uuid)
    }

    /// The organisation it belongs to; an organisation belongs to itself.
    ///
    /// # Errors
    /// [`RegistryError::Corrupt`] where its identifier is none.
    pub fn owner(&self) -> Result<OrganisationId, RegistryError> {
        stored_uuid(self.0.owner()).map(Id::from_uuid)
    }

    /// The record, its content read.
    ///
    /// # Errors
    /// [`RegistryError::Corrupt`] where it cannot be read.
    pub fn record(&self) -> Result<Record<C>, RegistryError> {
        self.0.record()
    }

    /// Appends the JSON that [`Record`] is written as, without its closing brace, its content as it is stored.
    ///
    /// # Errors
    /// [`RegistryError::Corrupt`] where it is not stored as an object with members.
    pub fn write_members(&self, text: &mut Vec<u8>) -> Result<(), RegistryError> {
        let corrupt = || RegistryError::Corrupt(format!("{} {}: not stored as an object", self.0.kind, self.0.id));
        let members = self.0.content.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let members = members.filter(|members| !members.is_empty()).ok_or_else(corrupt)?;
        serde_json::to_writer(&mut *text, &self.0.record_with(Elsewhere {})?).map_err(|_| corrupt())?;
        text.pop();
        text.push(b',');
        text.extend_from_slice(members.as_bytes());
        Ok(())
    }
}

impl Seen {
    /// The records of a kind that are seen.
    fn query(&self, kind: RecordKind) -> RecordQuery {
        let query = record::table.into_boxed().filter(record::kind.eq(kind.as_str()));
        let Self::PublicAndOf(own) = self else { return query };
        let own: Vec<String> = own.iter().map(ToString::to_string).collect();
        let public: Vec<&str> = Status::ALL.iter().filter(|s| s.is_public()).map(Status::as_str).collect();
        let suspended = || standing::table.filter(standing::suspended.is_not_null()).select(standing::organisation_id);
        let shown = record::status
            .eq_any(public)
            .and(record::id.ne_all(listing_suspension::table.select(listing_suspension::record_id)))
            .and(record::id.ne_all(suspended()))
            .and(record::organisation_id.is_null().or(record::organisation_id.ne_all(suspended().nullable())));
        if own.is_empty() {
            return query.filter(shown);
        }
        let theirs = record::id.eq_any(own.clone()).or(record::organisation_id.eq_any(own));
        query.filter(shown.or(theirs))
    }
}

impl Registry {
    /// At most `limit` records of a kind, the oldest first, as [`Self::scan_stored`].
    ///
    /// # Errors
    /// What the database says.
    pub async fn scan<C: Content>(
        &self,
        seen: &Seen,
        scan: &Scan,
        after: Option<Id<C>>,
        limit: usize,
    ) -> Result<Vec<Record<C>>, RegistryError> {
        self.scanned(seen, scan, after, limit, |row| row.record()).await
    }

    /// At most `limit` records of a kind, their content unread, the oldest first: by ascending identifier. `after` is
    /// the last identifier of the page before; what is written between two pages neither repeats nor hides a record that
    /// was there all along.
    ///
    /// # Errors
    /// What the database says.
    pub async fn scan_stored<C: Content>(
        &self,
        seen: &Seen,
        scan: &Scan,
        after: Option<Id<C>>,
        limit: usize,
    ) -> Result<Vec<StoredRecord<C>>, RegistryError> {
        self.scanned(seen, scan, after, limit, |row| Ok(StoredRecord(row, PhantomData))).await
    }

    async fn scanned<C: Content, T: Send + 'static>(
        &self,
        seen: &Seen,
        scan: &Scan,
        after: Option<Id<C>>,
        limit: usize,
        read: impl Fn(RecordRow) -> Result<T, RegistryError> + Send + 'static,
    ) -> Result<Vec<T>, RegistryError> {
        let (seen, scan) = (seen.clone(), scan.clone());
        self.read(move |connection| {
            let mut query = seen.query(C::KIND);
            if !scan.statuses.is_empty() {
                let statuses: Vec<_> = scan.statuses.iter().map(Status::as_str).collect();
                query = query.filter(record::status.eq_any(statuses));
            }
            if let Some(organisation) = scan.organisation {
                let id = organisation.to_string();
                query = query.filter(record::organisation_id.eq(id.clone()).or(record::id.eq(id)));
            }
            if let Some(since) = scan.updated_since {
                query = query.filter(record::updated.ge(stored_time(since)));
            }
            if let Some(after) = after {
                query = query.filter(record::id.gt(after.to_string()));
            }
            let rows = query
                .order(record::id)
                .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                .select(RecordRow::as_select())
                .load(connection)?;
            rows.into_iter().map(&read).collect()
        })
        .await
    }

    /// Those of some records that are seen, as they are now.
    ///
    /// # Errors
    /// What the database says.
    pub async fn seen_among<C: Content>(
        &self,
        seen: &Seen,
        ids: &[Id<C>],
    ) -> Result<HashMap<Uuid, Record<C>>, RegistryError> {
        let seen = seen.clone();
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        self.read(move |connection| {
            let mut records = HashMap::with_capacity(ids.len());
            for ids in ids.chunks(IDS_AT_ONCE) {
                let query = seen.query(C::KIND).filter(record::id.eq_any(ids.to_vec()));
                for row in query.select(RecordRow::as_select()).load::<RecordRow>(connection)? {
                    records.insert(row.uuid()?, row.record()?);
                }
            }
            Ok(records)
        })
        .await
    }
}
