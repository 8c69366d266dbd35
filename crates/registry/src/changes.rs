//! The change feed: which records have been written or deleted, in the order in which that was committed. What a later
//! change of the same record supersedes is pruned after a while; the newest change of each record stays for good, also
//! of one that is deleted, so that a follower from any point still ends with what there is.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{Id, OrganisationId, RecordKind};
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::records::IDS_AT_ONCE;
use crate::rows::{ChangeRow, RecordRow, stored_time, stored_uuid};
use crate::schema::{change, sequence};
use crate::transaction::Scope;
use crate::upserts;
use crate::{Registry, RegistryError};

/// The row of `sequence` that counts changes.
const SEQUENCE: &str = "change";
const WRITE: &str = "write";
const DELETE: &str = "delete";

// The later changes of a record, beside those that they supersede.
diesel::alias!(const LATER: Alias<Later> = change as later);

/// One write or deletion of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its place in the feed, from 1. Numbers are given without gaps; a gap is where superseded changes were pruned.
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
    /// Whose it was then; an organisation's own. Unknown of what was deleted before this was kept.
    pub organisation: Option<OrganisationId>,
    /// Whether the record was ever public up to this change, so that anyone may have a copy of it.
    pub shown: bool,
}

/// A change that has no place in the feed yet.
pub(crate) struct NewChange {
    pub(crate) kind: RecordKind,
    pub(crate) record_id: String,
    /// The organisation it belongs to; an organisation belongs to itself.
    pub(crate) organisation_id: String,
    /// Whether it is public, or was until it was deleted.
    pub(crate) public: bool,
    pub(crate) version: i64,
    pub(crate) deleted: bool,
    pub(crate) at: NaiveDateTime,
}

impl NewChange {
    /// A record that has not changed is to be looked at again: it came into or out of sight.
    pub(crate) fn again(kind: RecordKind, row: &RecordRow, at: DateTime<Utc>) -> Self {
        Self {
            kind,
            record_id: row.id.clone(),
            organisation_id: row.owner().to_owned(),
            public: row.is_public(),
            version: row.version,
            deleted: false,
            at: stored_time(at),
        }
    }
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
            Ok(sequence::table.find(SEQUENCE).select(sequence::value).get_result(connection).optional()?.unwrap_or(0))
        })
        .await
    }

    /// Deletes at most `most` changes from before `before` that a later change of the same record supersedes, and says
    /// how many there were. Of a record that went from one organisation to another the last change under each stays:
    /// it is what tells the former that the record is gone.
    ///
    /// # Errors
    /// What the database says.
    pub async fn prune_changes(&self, before: DateTime<Utc>, most: usize) -> Result<usize, RegistryError> {
        self.transact(Scope::Aside, move |connection| {
            let later = LATER
                .filter(LATER.field(change::record_id).eq(change::record_id))
                .filter(LATER.field(change::organisation_id).eq(change::organisation_id))
                .filter(LATER.field(change::seq).gt(change::seq));
            let superseded: Vec<i64> = change::table
                .filter(change::at.lt(stored_time(before)))
                .filter(diesel::dsl::exists(later))
                .order(change::seq)
                .limit(i64::try_from(most).unwrap_or(i64::MAX))
                .select(change::seq)
                .load(connection)?;
            let mut pruned = 0;
            for seqs in superseded.chunks(IDS_AT_ONCE) {
                pruned += diesel::delete(change::table.filter(change::seq.eq_any(seqs))).execute(connection)?;
            }
            Ok(pruned)
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
    let shown = shown_before(connection, &changes)?;
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
            shown: i64::from(change.public || shown.contains(&change.record_id)),
            record_id: change.record_id,
            version: change.version,
            action: if change.deleted { DELETE } else { WRITE }.to_owned(),
            at: change.at,
            organisation_id: change.organisation_id,
        })
        .collect();
    Ok(upserts::insert_changes(connection, &numbered)?)
}

/// Those of the records changed that are not public in some of these changes and were, in these or before them.
fn shown_before(connection: &mut AnyConnection, changes: &[NewChange]) -> QueryResult<HashSet<String>> {
    let hidden: HashSet<&str> = changes.iter().filter(|c| !c.public).map(|c| c.record_id.as_str()).collect();
    let public = changes.iter().filter(|c| c.public && hidden.contains(c.record_id.as_str()));
    let mut shown: HashSet<String> = public.map(|c| c.record_id.clone()).collect();
    let hidden: Vec<&str> = hidden.into_iter().collect();
    for ids in hidden.chunks(IDS_AT_ONCE) {
        let before = change::table
            .filter(change::record_id.eq_any(ids))
            .filter(change::shown.eq(1))
            .select(change::record_id)
            .distinct();
        shown.extend(before.load::<String>(connection)?);
    }
    Ok(shown)
}

fn change_of_row(row: ChangeRow) -> Result<Change, RegistryError> {
    Ok(Change {
        seq: row.seq,
        kind: RecordKind::parse(&row.kind).map_err(|_| RegistryError::Corrupt(format!("change {}: kind", row.seq)))?,
        record_id: stored_uuid(&row.record_id)?,
        version: row.version,
        deleted: row.action == DELETE,
        at: row.at.and_utc(),
        organisation: match row.organisation_id.as_str() {
            "" => None,
            id => Some(Id::from_uuid(stored_uuid(id)?)),
        },
        shown: row.shown == 1,
    })
}
