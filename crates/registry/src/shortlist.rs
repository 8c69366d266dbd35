//! Shortlists: for each challenge the solutions that its public body looks at more closely.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use innocap_domain::{AuditAction, ChallengeId, Id, ShortlistEntry, SolutionId, Trace};
use serde_json::json;

use crate::feedback::{missing_record, tell};
use crate::rows::{stored_time, stored_uuid};
use crate::schema::shortlist;
use crate::transaction::Scope;
use crate::upserts;
use crate::{Registry, RegistryError};

/// A score of one, as it is stored.
const ONE: f64 = 10_000.0;

/// A row of `shortlist`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = shortlist, treat_none_as_default_value = false)]
pub(crate) struct ShortlistRow {
    pub(crate) challenge_id: String,
    pub(crate) solution_id: String,
    pub(crate) note: Option<String>,
    pub(crate) score: Option<i64>,
    pub(crate) ranking_version: String,
    pub(crate) added: NaiveDateTime,
    pub(crate) updated: NaiveDateTime,
}

impl ShortlistRow {
    fn entry(self) -> Result<ShortlistEntry, RegistryError> {
        #[expect(clippy::cast_precision_loss, reason = "at most ten thousand")]
        let score = self.score.map(|score| score as f64 / ONE);
        Ok(ShortlistEntry {
            challenge: Id::from_uuid(stored_uuid(&self.challenge_id)?),
            solution: Id::from_uuid(stored_uuid(&self.solution_id)?),
            note: self.note,
            score,
            ranking_version: self.ranking_version,
            added: self.added.and_utc(),
            updated: self.updated.and_utc(),
        })
    }
}

impl Registry {
    /// Puts a solution on the shortlist of a challenge, or changes the note of one that is there; when it was put there
    /// and with which score stays.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where there is no such challenge or solution; what the database says.
    pub async fn put_on_shortlist(
        &self,
        entry: ShortlistEntry,
        trace: &Trace,
    ) -> Result<ShortlistEntry, RegistryError> {
        let trace = *trace;
        self.transact(Scope::Aside, move |connection| {
            #[expect(clippy::cast_possible_truncation, reason = "a score lies between 0 and 1")]
            let score = entry.score.map(|score| (score * ONE).round() as i64);
            let row = ShortlistRow {
                challenge_id: entry.challenge.to_string(),
                solution_id: entry.solution.to_string(),
                note: entry.note,
                score,
                ranking_version: entry.ranking_version,
                added: stored_time(entry.added),
                updated: stored_time(entry.updated),
            };
            let stored = upserts::put_on_shortlist(connection, &row).map_err(missing_record)?.entry()?;
            let details = json!({ "solution": stored.solution });
            tell(connection, &trace, AuditAction::ShortlistPut, stored.challenge, details)?;
            Ok(stored)
        })
        .await
    }

    /// Takes a solution from the shortlist of a challenge.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where it is not there; what the database says.
    pub async fn take_from_shortlist(
        &self,
        challenge: ChallengeId,
        solution: SolutionId,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let trace = *trace;
        self.transact(Scope::Aside, move |connection| {
            let there = shortlist::table.find((challenge.to_string(), solution.to_string()));
            if diesel::delete(there).execute(connection)? == 0 {
                return Err(RegistryError::NotFound);
            }
            let details = json!({ "solution": solution });
            tell(connection, &trace, AuditAction::ShortlistTake, challenge, details)
        })
        .await
    }

    /// The shortlist of a challenge, what was put there first coming first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn shortlist(&self, challenge: ChallengeId) -> Result<Vec<ShortlistEntry>, RegistryError> {
        self.read(move |connection| {
            let rows = shortlist::table
                .filter(shortlist::challenge_id.eq(challenge.to_string()))
                .order((shortlist::added, shortlist::solution_id))
                .select(ShortlistRow::as_select())
                .load(connection)?;
            rows.into_iter().map(ShortlistRow::entry).collect()
        })
        .await
    }
}
