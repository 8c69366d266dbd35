//! Feedback on suggestions: one for each challenge, solution and subject.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use innocap_domain::{ChallengeId, Feedback, FeedbackId, Opinion, SolutionId};

use crate::batch::new_id;
use crate::rows::{FeedbackRow, stored_time};
use crate::schema::feedback;
use crate::transaction::Scope;
use crate::upserts;
use crate::{Registry, RegistryError};

/// Feedback that is to be stored.
#[derive(Debug, Clone)]
pub struct NewFeedback {
    /// For which challenge.
    pub challenge: ChallengeId,
    /// Which solution.
    pub solution: SolutionId,
    /// Who says so.
    pub subject: String,
    /// What.
    pub opinion: Opinion,
    /// The version of the ranking that suggested it.
    pub ranking_version: String,
    /// When; kept to the microsecond.
    pub at: DateTime<Utc>,
}

impl Registry {
    /// Stores feedback in place of what the same subject has said of the same suggestion before.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where there is no such challenge or solution; what the database says.
    pub async fn store_feedback(&self, new: NewFeedback) -> Result<Feedback, RegistryError> {
        let inner = std::sync::Arc::clone(&self.inner);
        self.transact(Scope::Aside, move |connection| {
            let given = stored_time(new.at);
            let row = FeedbackRow {
                id: new_id(given, &inner.identifiers)?.to_string(),
                challenge_id: new.challenge.to_string(),
                solution_id: new.solution.to_string(),
                subject: new.subject,
                judgement: new.opinion.judgement.as_str().to_owned(),
                note: new.opinion.note,
                ranking_version: new.ranking_version,
                given,
            };
            upserts::put_feedback(connection, &row).map_err(missing_record)?.feedback()
        })
        .await
    }

    /// Deletes what a subject has said of a suggestion.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where it has said nothing; what the database says.
    pub async fn delete_feedback(
        &self,
        challenge: ChallengeId,
        solution: SolutionId,
        subject: &str,
    ) -> Result<(), RegistryError> {
        let subject = subject.to_owned();
        self.transact(Scope::Aside, move |connection| {
            let own = feedback::table
                .filter(feedback::challenge_id.eq(challenge.to_string()))
                .filter(feedback::solution_id.eq(solution.to_string()))
                .filter(feedback::subject.eq(subject));
            match diesel::delete(own).execute(connection)? {
                0 => Err(RegistryError::NotFound),
                _ => Ok(()),
            }
        })
        .await
    }

    /// At most `limit` feedback, by descending identifier: that which was first given last comes first. `after` is the
    /// last identifier of the page before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn feedback(&self, after: Option<FeedbackId>, limit: usize) -> Result<Vec<Feedback>, RegistryError> {
        self.read(move |connection| {
            let mut query = feedback::table.into_boxed();
            if let Some(after) = after {
                query = query.filter(feedback::id.lt(after.to_string()));
            }
            let rows = query
                .order(feedback::id.desc())
                .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                .select(FeedbackRow::as_select())
                .load(connection)?;
            rows.into_iter().map(FeedbackRow::feedback).collect()
        })
        .await
    }

    /// How much feedback there is.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count_feedback(&self) -> Result<i64, RegistryError> {
        self.read(|connection| Ok(feedback::table.count().get_result(connection)?)).await
    }
}

/// The foreign keys of feedback are other ones than those of records: what is missing is the challenge or the
/// solution, which may have been deleted since the caller looked.
fn missing_record(error: DieselError) -> RegistryError {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => RegistryError::NotFound,
        other => RegistryError::from(other),
    }
}
