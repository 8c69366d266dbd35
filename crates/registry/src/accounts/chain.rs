//! The chain of the audit log: how a line is appended and hashed, and how all of them are checked.
//!
//! A line's hash is the SHA-256, in hexadecimal, of a JSON array without white space: the text `innocap-audit-1`, the
//! sequence number, the time in microseconds since 1970, actor kind, actor identifier, organisation acted for,
//! action, target kind, target identifier, organisation concerned, digest of the details, and the hash of the line
//! before (64 zeros before the first); what is absent is `null`. The digest of the details is the SHA-256 of a random
//! salt followed by the details as they are stored. The address is in no hash. So details and addresses can be
//! erased, and the chain still holds.

use diesel::prelude::*;
use innocap_domain::{AuditEvent, Trace, audit::network};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::connection::AnyConnection;
use crate::rows::stored_time;
use crate::schema::{audit, audit_detail, sequence};
use crate::{Registry, RegistryError, upserts};

/// The row of `sequence` that counts lines of the log.
const SEQUENCE: &str = "audit";
/// What stands before the first line.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Lines checked at once.
const LINES_AT_ONCE: i64 = 1_000;

/// A row of `audit`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
pub(crate) struct AuditRow {
    pub(crate) seq: i64,
    pub(crate) at: chrono::NaiveDateTime,
    pub(crate) actor_kind: String,
    pub(crate) actor_id: Option<String>,
    pub(crate) on_behalf_of: Option<String>,
    pub(crate) action: String,
    pub(crate) target_kind: String,
    pub(crate) target_id: Option<String>,
    pub(crate) organisation_id: Option<String>,
    #[serde(skip)]
    pub(crate) details_digest: Option<String>,
    #[serde(skip)]
    pub(crate) previous: String,
    #[serde(skip)]
    pub(crate) hash: String,
}

/// A row of `audit_address`.
#[derive(Insertable)]
#[diesel(table_name = crate::schema::audit_address, treat_none_as_default_value = false)]
pub(crate) struct AuditAddressRow {
    pub(crate) seq: i64,
    pub(crate) at: chrono::NaiveDateTime,
    pub(crate) address: Option<String>,
    pub(crate) network: String,
}

/// A row of `audit_detail`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_detail, treat_none_as_default_value = false)]
pub(crate) struct AuditDetailRow {
    pub(crate) seq: i64,
    pub(crate) person_id: Option<String>,
    pub(crate) salt: String,
    pub(crate) details: String,
}

/// What the check of the log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditCheck {
    /// How many lines there should be.
    pub entries: i64,
    /// The hash of the last line that is as it was written. Noted elsewhere, it tells later whether somebody has
    /// written the whole log anew.
    pub head: String,
    /// The first line that is missing, was changed, or whose details were changed.
    pub first_broken: Option<i64>,
}

impl AuditRow {
    /// The row as it is given to one person: without the names of others.
    pub(crate) fn seen_by(mut self, person: &str) -> Self {
        self.actor_id = self.actor_id.filter(|id| id == person);
        self
    }

    fn computed_hash(&self) -> String {
        let parts = json!([
            "innocap-audit-1",
            self.seq,
            self.at.and_utc().timestamp_micros(),
            self.actor_kind,
            self.actor_id,
            self.on_behalf_of,
            self.action,
            self.target_kind,
            self.target_id,
            self.organisation_id,
            self.details_digest,
            self.previous,
        ]);
        digest(&[parts.to_string().as_bytes()])
    }
}

impl Registry {
    /// Checks the audit log from its first line to the last that is committed when the check begins.
    ///
    /// # Errors
    /// What the database says.
    pub async fn verify_audit(&self) -> Result<AuditCheck, RegistryError> {
        // Read before the lines: a line and the count are committed together, so all that are counted are seen.
        let entries = self
            .read(|connection| {
                Ok(sequence::table
                    .find(SEQUENCE)
                    .select(sequence::value)
                    .get_result(connection)
                    .optional()?
                    .unwrap_or(0))
            })
            .await?;
        let (mut next, mut head) = (1, GENESIS.to_owned());
        while next <= entries {
            let upto = entries.min(next + LINES_AT_ONCE - 1);
            let before = head.clone();
            let (last, broken) = self.read(move |connection| check(connection, next, upto, before)).await?;
            head = last;
            if broken.is_some() {
                return Ok(AuditCheck { entries, head, first_broken: broken });
            }
            next = upto + 1;
        }
        Ok(AuditCheck { entries, head, first_broken: None })
    }
}

/// Checks the lines from `first` to `upto`, before which stands `head`; returns the last hash that holds and the first
/// line that does not.
fn check(
    connection: &mut AnyConnection,
    first: i64,
    upto: i64,
    mut head: String,
) -> Result<(String, Option<i64>), RegistryError> {
    let lines = audit::table
        .filter(audit::seq.between(first, upto))
        .order(audit::seq)
        .select(AuditRow::as_select())
        .load(connection)?;
    let details: std::collections::HashMap<i64, AuditDetailRow> = audit_detail::table
        .filter(audit_detail::seq.between(first, upto))
        .select(AuditDetailRow::as_select())
        .load(connection)?
        .into_iter()
        .map(|row| (row.seq, row))
        .collect();
    let mut lines = lines.into_iter();
    for seq in first..=upto {
        let Some(line) = lines.next().filter(|line| line.seq == seq) else { return Ok((head, Some(seq))) };
        let told = details
            .get(&seq)
            .is_none_or(|d| line.details_digest == Some(digest(&[d.salt.as_bytes(), d.details.as_bytes()])));
        if line.previous != head || line.hash != line.computed_hash() || !told {
            return Ok((head, Some(seq)));
        }
        head = line.hash;
    }
    Ok((head, None))
}

/// Appends lines to the log.
///
/// As in the change feed, their numbers come from a row that stays locked until the transaction ends: the next writer
/// sees these lines before it takes its own numbers, and so knows the hash to go on from.
pub(crate) fn append(
    connection: &mut AnyConnection,
    trace: &Trace,
    events: Vec<AuditEvent>,
) -> Result<(), RegistryError> {
    if events.is_empty() {
        return Ok(());
    }
    let count = events.len() as i64;
    let last: i64 = diesel::update(sequence::table.find(SEQUENCE))
        .set(sequence::value.eq(sequence::value + count))
        .returning(sequence::value)
        .get_result(connection)?;
    let first = last - count + 1;
    let at = stored_time(trace.at);
    // Where somebody has deleted the last line, the check tells; the service goes on.
    let mut previous: String = audit::table
        .find(first - 1)
        .select(audit::hash)
        .get_result(connection)
        .optional()?
        .unwrap_or_else(|| GENESIS.to_owned());
    let (mut lines, mut details, mut addresses) = (Vec::new(), Vec::new(), Vec::new());
    for (seq, event) in (first..).zip(events) {
        let detail = event.details.map(|details| detail_row(seq, event.person, &details)).transpose()?;
        let mut line = AuditRow {
            seq,
            at,
            actor_kind: trace.actor.kind().as_str().to_owned(),
            actor_id: trace.actor.id(),
            on_behalf_of: trace.on_behalf_of.map(|id| id.to_string()),
            action: event.action.as_str().to_owned(),
            target_kind: event.target.kind.as_str().to_owned(),
            target_id: event.target.id,
            organisation_id: event.organisation.map(|id| id.to_string()),
            details_digest: detail.as_ref().map(|d| digest(&[d.salt.as_bytes(), d.details.as_bytes()])),
            previous: previous.clone(),
            hash: String::new(),
        };
        line.hash = line.computed_hash();
        previous.clone_from(&line.hash);
        lines.push(line);
        details.extend(detail);
        addresses.extend(trace.address.map(|address| AuditAddressRow {
            seq,
            at,
            address: Some(address.to_canonical().to_string()),
            network: network(address),
        }));
    }
    upserts::insert_audit(connection, &lines)?;
    upserts::insert_audit_details(connection, &details)?;
    Ok(upserts::insert_audit_addresses(connection, &addresses)?)
}

fn detail_row(
    seq: i64,
    person: Option<innocap_domain::PersonId>,
    details: &serde_json::Value,
) -> Result<AuditDetailRow, RegistryError> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|_| RegistryError::Internal("the system gives no randomness".to_owned()))?;
    Ok(AuditDetailRow {
        seq,
        person_id: person.map(|id| id.to_string()),
        salt: hexadecimal(&salt),
        details: details.to_string(),
    })
}

fn digest(parts: &[&[u8]]) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update(part);
    }
    hexadecimal(&sha.finalize())
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
