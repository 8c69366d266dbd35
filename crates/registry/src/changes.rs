//! The change feed: which records have been written or deleted, in the order in which that was committed.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use innocap_domain::RecordKind;
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::rows::{ChangeRow, stored_uuid};
use crate::schema::{change, sequence};
use crate::upserts;
use crate::{Registry, RegistryError};

/// The row of `sequence` that counts changes.
const SEQUENCE: &str = "change";
const WRITE: &str = "write";
const DELETE: &str = "delete";

/// One write or deletion of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its place in the feed, from 1, without gaps.
    pub seq: i64,
    /// What kind of record.
    pub kind: RecordKind,
    /// Which record.
    pub record_id: Uuid,
    /// The version it had then; a deletion counts as one version more.
    pub version: i64,
    /// Whether it was deleted.
    pub deleted: bool,
    /// When, by the clock of who wrote it.
    pub at: DateTime<Utc>,
}

/// A change that has no place in the feed yet.
pub(crate) struct NewChange {
    pub(crate) kind: RecordKind,
    pub(crate) record_id: String,
    pub(crate) version: i64,
    pub(crate) deleted: bool,
    pub(crate) at: NaiveDateTime,
}

impl Registry {
    /// At most `limit` changes after the one with number `seq`, in order. Whoever remembers the last number it has
    /// seen and asks again misses nothing.
    ///
    /// # Errors
    /// What the database says.
    pub async fn changes_since(&self, seq: i64, limit: usize) -> Result<Vec<Change>, RegistryError> {
        self.read(move |connection| {
            let rows = change::table
                .filter(change::seq.gt(seq))
                .order(change::seq)
                .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                .select(ChangeRow::as_select())
                .load(connection)?;
            rows.into_iter().map(change_of_row).collect()
        })
        .await
    }

    /// The number of the last change; 0 where there is none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn last_change(&self) -> Result<i64, RegistryError> {
        self.read(|connection| {
            Ok(sequence::table.find(SEQUENCE).select(sequence::value).first(connection).optional()?.unwrap_or(0))
        })
        .await
    }
}

/// Appends changes to the feed.
///
/// Their numbers come from a row that stays locked until the transaction ends, so the next writer takes its numbers
/// only when these are visible to all, and a transaction that fails gives its numbers back. A follower that has seen
/// number n therefore never finds a smaller one later. A PostgreSQL SEQUENCE promises neither.
pub(crate) fn append(connection: &mut AnyConnection, changes: Vec<NewChange>) -> Result<(), RegistryError> {
    if changes.is_empty() {
        return Ok(());
    }
    let count = changes.len() as i64;
    let last: i64 = diesel::update(sequence::table.find(SEQUENCE))
        .set(sequence::value.eq(sequence::value + count))
        .returning(sequence::value)
        .get_result(connection)?;
    let numbered: Vec<_> = (last - count + 1..)
        .zip(changes)
        .map(|(seq, change)| ChangeRow {
            seq,
            kind: change.kind.as_str().to_owned(),
            record_id: change.record_id,
            version: change.version,
            action: if change.deleted { DELETE } else { WRITE }.to_owned(),
            at: change.at,
        })
        .collect();
    Ok(upserts::insert_changes(connection, &numbered)?)
}

fn change_of_row(row: ChangeRow) -> Result<Change, RegistryError> {
    Ok(Change {
        seq: row.seq,
        kind: RecordKind::parse(&row.kind).map_err(|_| RegistryError::Corrupt(format!("change {}: kind", row.seq)))?,
        record_id: stored_uuid(&row.record_id)?,
        version: row.version,
        deleted: row.action == DELETE,
        at: row.at.and_utc(),
    })
}
