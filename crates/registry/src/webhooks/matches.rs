//! Matches that webhooks are told of: which pairs were told, and up to which change they were looked for.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::suggestion::Verdict;
use innocap_domain::{EventData, EventRecord, OrganisationId, RecordKind, WebhookEventKind};

use super::{NewEvent, kinds, tell};
use crate::accounts::stored_id;
use crate::rows::stored_time;
use crate::schema::{sequence, webhook};
use crate::transaction::Scope;
use crate::{Registry, RegistryError, upserts};

/// The row of `sequence` that remembers up to which change matches were looked for.
const CHECKPOINT: &str = "webhook-match";

/// A challenge and a solution that fit.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMatch {
    /// The challenge.
    pub challenge: EventRecord,
    /// The solution.
    pub solution: EventRecord,
    /// How well they fit: 0 to 1.
    pub score: f64,
    /// What that means.
    pub verdict: Verdict,
    /// Which weights ranked it.
    pub ranking_version: String,
}

impl NewMatch {
    /// The event for whose own record is of this kind.
    fn event(&self, own: RecordKind, at: chrono::NaiveDateTime) -> NewEvent {
        let to = if own == RecordKind::Challenge { self.challenge.organisation } else { self.solution.organisation };
        let data = EventData {
            challenge: Some(self.challenge),
            solution: Some(self.solution),
            own: Some(own),
            score: Some(self.score),
            verdict: Some(self.verdict),
            ranking_version: Some(self.ranking_version.clone()),
            ..EventData::default()
        };
        NewEvent { kind: WebhookEventKind::MatchCreated, data, at, to }
    }
}

impl Registry {
    /// The organisations with a webhook that is told of matches.
    ///
    /// # Errors
    /// What the database says.
    pub async fn awaiting_matches(&self) -> Result<Vec<OrganisationId>, RegistryError> {
        self.read(move |connection| {
            let rows: Vec<(String, String)> = webhook::table
                .filter(webhook::disabled.is_null())
                .select((webhook::organisation_id, webhook::events))
                .load(connection)?;
            let mut awaiting = Vec::new();
            for (organisation, words) in rows {
                if kinds(&words)?.contains(&WebhookEventKind::MatchCreated) {
                    awaiting.push(stored_id(&organisation)?);
                }
            }
            awaiting.sort_unstable();
            awaiting.dedup();
            Ok(awaiting)
        })
        .await
    }

    /// The change up to which matches were looked for.
    ///
    /// # Errors
    /// What the database says.
    pub async fn matched_until(&self) -> Result<i64, RegistryError> {
        self.read(|connection| Ok(sequence::table.find(CHECKPOINT).select(sequence::value).get_result(connection)?))
            .await
    }

    /// Tells the organisations of both sides of the matches that were found in the changes after `from`, up to `upto`;
    /// those that were told before are not told again. Whether that was done: not, where another process has looked
    /// through these changes meanwhile.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tell_matches(
        &self,
        (from, upto): (i64, i64),
        matches: Vec<NewMatch>,
        now: DateTime<Utc>,
    ) -> Result<bool, RegistryError> {
        let (inner, at) = (std::sync::Arc::clone(&self.inner), stored_time(now));
        self.transact(Scope::Aside, move |connection| {
            let checkpoint = sequence::table.find(CHECKPOINT).filter(sequence::value.eq(from));
            if diesel::update(checkpoint).set(sequence::value.eq(upto)).execute(connection)? == 0 {
                return Ok(false);
            }
            let mut events = Vec::new();
            for pair in &matches {
                if upserts::insert_match(connection, &pair.challenge.id.to_string(), &pair.solution.id.to_string())? > 0
                {
                    events.push(pair.event(RecordKind::Challenge, at));
                    events.push(pair.event(RecordKind::Solution, at));
                }
            }
            tell(connection, &inner.identifiers, events)?;
            Ok(true)
        })
        .await
    }
}
