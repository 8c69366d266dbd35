//! The change feed for followers from outside: what they need to keep a full copy of all that they may see. A change
//! comes with the record as it is when it is asked for; what is no longer to be seen, whatever the reason, comes as a
//! removal, to those alone who may have had it.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use innocap_access::Actor;
use innocap_domain::{Challenge, Id, Organisation, RecordKind, Solution, Violations};
use innocap_registry::{Change, Seen};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use uuid::Uuid;

use crate::Innocap;
use crate::error::AppError;
use crate::export::{exported, seen};
use crate::lists::{cursor, fault, open_cursor};
use crate::records::Resource;

/// Changes looked at for one answer where nothing is asked.
const DEFAULT_LIMIT: usize = 100;
/// Changes looked at for one answer at most.
const MOST: usize = 1_000;
/// Seconds that an answer is waited for at most.
const WAIT: u64 = 60;
/// How often the feed is looked at while somebody waits: another process may have written.
const POLL: Duration = Duration::from_secs(1);
/// Pages without anything for the caller that are passed over before they get an answer that says how far it went.
const PASSED_OVER: usize = 20;

/// What of the feed is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedQuery {
    since: Option<String>,
    limit: Option<usize>,
    wait: Duration,
}

/// A part of the feed.
#[derive(Debug, Clone, Serialize)]
pub struct Changes {
    /// What has changed, in the order of the changes; each record once.
    pub changes: Vec<Value>,
    /// Where the feed goes on.
    pub cursor: String,
    /// Whether there is more already.
    pub more: bool,
}

/// What a caller sees of each kind. Its digest stands in the cursor: who sees something else than before has a copy
/// that no feed can mend.
struct Sight {
    organisations: Seen,
    challenges: Seen,
    solutions: Seen,
    fingerprint: String,
}

impl Sight {
    fn of(actor: &Actor) -> Self {
        let of = |kind| seen(actor, kind);
        let (organisations, challenges, solutions) =
            (of(RecordKind::Organisation), of(RecordKind::Challenge), of(RecordKind::Solution));
        let digest = Sha256::digest(format!("changes {organisations:?} {challenges:?} {solutions:?}").as_bytes());
        let fingerprint = URL_SAFE_NO_PAD.encode(&digest[..9]);
        Self { organisations, challenges, solutions, fingerprint }
    }

    fn of_kind(&self, kind: RecordKind) -> &Seen {
        match kind {
            RecordKind::Organisation => &self.organisations,
            RecordKind::Challenge => &self.challenges,
            RecordKind::Solution => &self.solutions,
        }
    }

    /// Whether whoever follows may have the record of a change that they do not see any more.
    fn may_have(&self, change: &Change) -> bool {
        change.shown
            || match self.of_kind(change.kind) {
                Seen::All => true,
                Seen::PublicAndOf(own) => change.organisation.is_some_and(|id| own.contains(&id)),
            }
    }

    fn cursor(&self, seq: i64) -> String {
        cursor(&self.fingerprint, &seq.to_string())
    }
}

impl FeedQuery {
    /// Parses a query string's pairs: `since`, `limit`, `wait`.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with a fault for each parameter that is unknown or wrong.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, AppError> {
        let (mut query, mut faults) = (Self::default(), Vec::new());
        let within = |value: &str, most: u64| value.parse::<u64>().ok().filter(|number| *number <= most);
        for (name, value) in pairs {
            match name.as_str() {
                "since" => query.since = Some(value.clone()).filter(|since| !since.is_empty()),
                "limit" => match within(value, MOST as u64).and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0) {
                    Some(limit) => query.limit = Some(limit),
                    None => faults.push(fault(name, "out_of_range", format!("expected 1 to {MOST}"))),
                },
                "wait" => match within(value, WAIT) {
                    Some(seconds) => query.wait = Duration::from_secs(seconds),
                    None => faults.push(fault(name, "out_of_range", format!("expected 0 to {WAIT} seconds"))),
                },
                _ => faults.push(fault(name, "unknown_field", "this parameter is not known here")),
            }
        }
        if faults.is_empty() { Ok(query) } else { Err(AppError::Invalid(Violations(faults))) }
    }
}

impl Innocap {
    /// What has changed since a cursor, or from the beginning: then it comes to everything that there is. With `wait` an
    /// answer that would be empty is waited for.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a cursor that is damaged, of another registry, or of a caller who saw something else.
    pub async fn changes(&self, actor: &Actor, query: &FeedQuery) -> Result<Changes, AppError> {
        let sight = Sight::of(actor);
        let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
        let mut seq = match &query.since {
            Some(since) => self.open_feed(&sight, since).await?,
            None => 0,
        };
        let until = Instant::now() + query.wait;
        let (mut hints, mut stop) = (self.registry().subscribe(), self.stopping());
        let mut pages = 0;
        loop {
            hints.mark_unchanged();
            let page = self.registry().changes_since(seq, limit).await?;
            seq = page.last().map_or(seq, |last| last.seq);
            let more = page.len() == limit;
            let changes = self.tell(&sight, &page).await?;
            pages += 1;
            let over = !changes.is_empty() || (more && pages >= PASSED_OVER) || (!more && Instant::now() >= until);
            if over || *stop.borrow() {
                return Ok(Changes { changes, cursor: sight.cursor(seq), more });
            }
            if !more {
                tokio::select! {
                    _ = hints.changed() => {}
                    _ = stop.changed() => {}
                    () = tokio::time::sleep_until(until.min(Instant::now() + POLL)) => {}
                }
            }
        }
    }

    /// The cursor of whoever has all that there is now.
    pub(crate) async fn feed_end(&self, actor: &Actor) -> Result<String, AppError> {
        Ok(Sight::of(actor).cursor(self.registry().last_change().await?))
    }

    async fn open_feed(&self, sight: &Sight, since: &str) -> Result<i64, AppError> {
        let refuse = |detail: &str| AppError::at("/since", "invalid_cursor", detail);
        let seq = open_cursor(&sight.fingerprint, since).ok().and_then(|seq| seq.parse::<i64>().ok());
        let seq = seq.ok_or_else(|| {
            refuse("the cursor is damaged, or you see other records than when it was given: copy everything anew")
        })?;
        if seq > self.registry().last_change().await? {
            return Err(refuse("the service was restored to a time before this cursor: copy everything anew"));
        }
        Ok(seq)
    }

    /// What a part of the feed is to a follower.
    async fn tell(&self, sight: &Sight, page: &[Change]) -> Result<Vec<Value>, AppError> {
        let mut records = self.records_of::<Organisation>(sight, page).await?;
        records.extend(self.records_of::<Challenge>(sight, page).await?);
        records.extend(self.records_of::<Solution>(sight, page).await?);
        let lost: HashSet<Uuid> =
            page.iter().filter(|change| sight.may_have(change)).map(|change| change.record_id).collect();
        let mut told: HashSet<Uuid> = HashSet::new();
        let mut changes = Vec::new();
        // From the end, so that each record stands where it changed last.
        for change in page.iter().rev().filter(|change| told.insert(change.record_id)) {
            let (id, kind, at) = (change.record_id, change.kind, change.at);
            match records.remove(&id) {
                Some(record) => {
                    let version = record["version"].clone();
                    changes.push(json!({
                        "action": "upsert", "kind": kind, "id": id, "version": version, "at": at, "record": record
                    }));
                }
                None if lost.contains(&id) => {
                    changes.push(json!({ "action": "remove", "kind": kind, "id": id, "at": at }));
                }
                None => {}
            }
        }
        changes.reverse();
        Ok(changes)
    }

    async fn records_of<C: Resource>(&self, sight: &Sight, page: &[Change]) -> Result<HashMap<Uuid, Value>, AppError> {
        let seen = sight.of_kind(C::KIND);
        let mut ids: Vec<Uuid> =
            page.iter().filter(|change| change.kind == C::KIND).map(|change| change.record_id).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<Id<C>> = ids.into_iter().map(Id::from_uuid).collect();
        let records = self.registry().seen_among(seen, &ids).await?;
        let value = |(id, record)| {
            let value = serde_json::to_value(exported(seen, record)).map_err(|e| AppError::Internal(e.to_string()))?;
            Ok((id, value))
        };
        records.into_iter().map(value).collect()
    }
}
