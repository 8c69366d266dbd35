//! Feedback on suggestions: one for each challenge, solution and subject.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, AuditTargetKind, ChallengeId, Feedback, FeedbackId, Opinion, OrganisationId,
    SolutionId, Trace,
};
use serde_json::json;

use crate::accounts::append;
use crate::batch::new_id;
use crate::connection::AnyConnection;
use crate::rows::{FeedbackRow, stored_time, stored_uuid};
use crate::schema::{feedback, record};
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
        self.put_feedback(new, None).await
    }

    /// As [`Registry::store_feedback`], and the audit log tells of it in the same transaction.
    ///
    /// # Errors
    /// As [`Registry::store_feedback`].
    pub async fn store_feedback_traced(&self, new: NewFeedback, trace: &Trace) -> Result<Feedback, RegistryError> {
        self.put_feedback(new, Some(*trace)).await
    }

    async fn put_feedback(&self, new: NewFeedback, trace: Option<Trace>) -> Result<Feedback, RegistryError> {
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
            let feedback = upserts::put_feedback(connection, &row).map_err(missing_record)?.feedback()?;
            if let Some(trace) = trace {
                let details = json!({ "solution": feedback.solution, "after": feedback.opinion.judgement });
                tell(connection, &trace, AuditAction::FeedbackGive, feedback.challenge, details)?;
            }
            Ok(feedback)
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
        self.take_back_feedback(challenge, solution, subject, None).await
    }

    /// As [`Registry::delete_feedback`], and the audit log tells of it in the same transaction.
    ///
    /// # Errors
    /// As [`Registry::delete_feedback`].
    pub async fn delete_feedback_traced(
        &self,
        challenge: ChallengeId,
        solution: SolutionId,
        subject: &str,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        self.take_back_feedback(challenge, solution, subject, Some(*trace)).await
    }

    async fn take_back_feedback(
        &self,
        challenge: ChallengeId,
        solution: SolutionId,
        subject: &str,
        trace: Option<Trace>,
    ) -> Result<(), RegistryError> {
        let subject = subject.to_owned();
        self.transact(Scope::Aside, move |connection| {
            let own = feedback::table
                .filter(feedback::challenge_id.eq(challenge.to_string()))
                .filter(feedback::solution_id.eq(solution.to_string()))
                .filter(feedback::subject.eq(subject));
            if diesel::delete(own).execute(connection)? == 0 {
                return Err(RegistryError::NotFound);
            }
            match trace {
                Some(trace) => {
                    let details = json!({ "solution": solution });
                    tell(connection, &trace, AuditAction::FeedbackDelete, challenge, details)
                }
                None => Ok(()),
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

/// Tells the audit log of what is thought of suggestions: it concerns the organisation whose need it is.
pub(crate) fn tell(
    connection: &mut AnyConnection,
    trace: &Trace,
    action: AuditAction,
    challenge: ChallengeId,
    details: serde_json::Value,
) -> Result<(), RegistryError> {
    let owner: Option<String> =
        record::table.find(challenge.to_string()).select(record::organisation_id).get_result(connection)?;
    let owner = owner.as_deref().map(stored_uuid).transpose()?.map(OrganisationId::from_uuid);
    let event = AuditEvent::new(action, AuditTarget::new(AuditTargetKind::Challenge, challenge));
    append(connection, trace, vec![event.concerning(owner).with(details)])
}

/// The foreign keys of feedback are other ones than those of records: what is missing is the challenge or the
/// solution, which may have been deleted since the caller looked.
pub(crate) fn missing_record(error: DieselError) -> RegistryError {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => RegistryError::NotFound,
        other => RegistryError::from(other),
    }
}
