//! The review queue: new organisations and first listings wait for a moderator.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditActor, AuditEvent, AuditTarget, AuditTargetKind, Content, Id, OrganisationId, PersonId,
    RecordKind, Review, ReviewDecision, ReviewId, ReviewKind, Trace, VerifiedBy,
};
use serde_json::json;

use super::mail::{self, NewMail};
use super::{Trail, missing, rows, standing, stored, stored_id, stored_optional_id};
use crate::connection::AnyConnection;
use crate::registry::Inner;
use crate::rows::{stored_time, stored_uuid};
use crate::schema::{record, review};
use crate::transaction::Scope;
use crate::{Registry, RegistryError, upserts};

/// A row of `review`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = review, treat_none_as_default_value = false)]
pub(crate) struct ReviewRow {
    id: String,
    kind: String,
    record_id: String,
    record_kind: String,
    organisation_id: String,
    requester_person_id: Option<String>,
    created: chrono::NaiveDateTime,
    decision: Option<String>,
    reason: Option<String>,
    decider_person_id: Option<String>,
    decided: Option<chrono::NaiveDateTime>,
}

impl ReviewRow {
    /// The row as it is given to one person: without the names of others.
    pub(crate) fn seen_by(mut self, person: &str) -> Self {
        self.requester_person_id = self.requester_person_id.filter(|id| id == person);
        self.decider_person_id = self.decider_person_id.filter(|id| id == person);
        self
    }

    fn review(self) -> Result<Review, RegistryError> {
        Ok(Review {
            id: stored_id(&self.id)?,
            kind: stored(&self.kind, "a kind of review")?,
            record_kind: stored(&self.record_kind, "a kind of record")?,
            record: stored_uuid(&self.record_id)?,
            organisation: stored_id(&self.organisation_id)?,
            requester: stored_optional_id(self.requester_person_id.as_ref())?,
            created: self.created.and_utc(),
            decision: self.decision.map(|word| stored(&word, "a decision")).transpose()?,
            reason: self.reason,
            decider: stored_optional_id(self.decider_person_id.as_ref())?,
            decided: self.decided.map(|at| at.and_utc()),
        })
    }
}

/// What is to be reviewed.
pub(super) struct Subject {
    kind: ReviewKind,
    record_kind: RecordKind,
    record: String,
    organisation: OrganisationId,
}

impl Subject {
    pub(super) fn organisation(id: OrganisationId) -> Self {
        Self {
            kind: ReviewKind::NewOrganisation,
            record_kind: RecordKind::Organisation,
            record: id.to_string(),
            organisation: id,
        }
    }
}

impl Registry {
    /// Puts a record into the review queue: an organisation as a new one, anything else as its organisation's first
    /// listing. What waits already keeps its place.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the record or the person is gone; what the database says.
    pub async fn open_review<C: Content>(
        &self,
        id: Id<C>,
        requester: Option<PersonId>,
        trace: &Trace,
    ) -> Result<Review, RegistryError> {
        let (inner, now) = (std::sync::Arc::clone(&self.inner), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let owner: Option<String> = record::table
                .find(id.to_string())
                .filter(record::kind.eq(C::KIND.as_str()))
                .select(record::organisation_id)
                .get_result(connection)?;
            let subject = match C::KIND {
                RecordKind::Organisation => Subject::organisation(Id::from_uuid(id.uuid())),
                RecordKind::Challenge | RecordKind::Solution => Subject {
                    kind: ReviewKind::FirstListing,
                    record_kind: C::KIND,
                    record: id.to_string(),
                    organisation: stored_optional_id(owner.as_ref())?.ok_or(RegistryError::NotFound)?,
                },
            };
            open(connection, &inner, subject, requester, now, trail)
        })
        .await
    }

    /// Puts first listings of an organisation into the review queue, in one transaction; what waits already keeps its place.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the person is gone; what the database says.
    pub async fn open_reviews<C: Content>(
        &self,
        listings: Vec<(Id<C>, OrganisationId)>,
        requester: Option<PersonId>,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let (inner, now) = (std::sync::Arc::clone(&self.inner), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            for (id, organisation) in listings {
                let (kind, record_kind) = (ReviewKind::FirstListing, C::KIND);
                let subject = Subject { kind, record_kind, record: id.to_string(), organisation };
                open(connection, &inner, subject, requester, now, trail)?;
            }
            Ok(())
        })
        .await
    }

    /// A review.
    ///
    /// # Errors
    /// What the database says.
    pub async fn review(&self, id: ReviewId) -> Result<Option<Review>, RegistryError> {
        self.read(move |connection| {
            let row =
                review::table.find(id.to_string()).select(ReviewRow::as_select()).get_result(connection).optional()?;
            row.map(ReviewRow::review).transpose()
        })
        .await
    }

    /// At most `limit` reviews that wait, or that are decided, the oldest first; `after` is the last identifier of the
    /// page before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn reviews(
        &self,
        open: bool,
        after: Option<ReviewId>,
        limit: usize,
    ) -> Result<Vec<Review>, RegistryError> {
        self.read(move |connection| {
            let mut query = review::table.into_boxed();
            query = if open {
                query.filter(review::decided.is_null())
            } else {
                query.filter(review::decided.is_not_null())
            };
            if let Some(after) = after {
                query = query.filter(review::id.gt(after.to_string()));
            }
            let found = query.order(review::id).limit(rows(limit)).select(ReviewRow::as_select()).load(connection)?;
            found.into_iter().map(ReviewRow::review).collect()
        })
        .await
    }

    /// All reviews of an organisation and its listings, the newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn reviews_of(&self, organisation: OrganisationId) -> Result<Vec<Review>, RegistryError> {
        self.read(move |connection| {
            let found = review::table
                .filter(review::organisation_id.eq(organisation.to_string()))
                .order(review::id.desc())
                .select(ReviewRow::as_select())
                .load(connection)?;
            found.into_iter().map(ReviewRow::review).collect()
        })
        .await
    }

    /// Decides a review, and queues the notice to the owners. An organisation that is approved is verified by that, in
    /// the same transaction; a listing that is approved is published by the caller.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where there is none, or another moderator has decided it; what the database says.
    pub async fn decide_review(
        &self,
        id: ReviewId,
        decision: ReviewDecision,
        reason: Option<String>,
        mails: Vec<NewMail>,
        trace: &Trace,
    ) -> Result<Review, RegistryError> {
        let inner = std::sync::Arc::clone(&self.inner);
        let (now, decider) = (trace.at, person_of(trace));
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let open = review::table.find(id.to_string()).filter(review::decided.is_null());
            let decided: Vec<ReviewRow> = diesel::update(open)
                .set((
                    review::decision.eq(Some(decision.as_str())),
                    review::reason.eq(&reason),
                    review::decider_person_id.eq(decider.map(|id| id.to_string())),
                    review::decided.eq(Some(stored_time(now))),
                ))
                .returning(review::all_columns)
                .get_results(connection)
                .map_err(missing)?;
            let review = decided.into_iter().next().ok_or(RegistryError::NotFound)?.review()?;
            if review.kind == ReviewKind::NewOrganisation && decision == ReviewDecision::Approved {
                standing::verify(connection, &inner, review.organisation, &VerifiedBy::Operator, now, trail)?;
            }
            mail::queue(connection, &inner, mails, now)?;
            let event = AuditEvent::new(AuditAction::ReviewDecide, AuditTarget::new(AuditTargetKind::Review, id));
            let details = json!({ "record": review.record, "decision": decision, "reason": reason });
            trail.note(event.concerning(review.organisation).with(details));
            Ok(review)
        })
        .await
    }

    /// Whether a listing of an organisation was ever approved, so that its further ones need not wait.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_approved_listing(&self, organisation: OrganisationId) -> Result<bool, RegistryError> {
        self.read(move |connection| {
            let count: i64 = review::table
                .filter(review::organisation_id.eq(organisation.to_string()))
                .filter(review::kind.eq(ReviewKind::FirstListing.as_str()))
                .filter(review::decision.eq(ReviewDecision::Approved.as_str()))
                .count()
                .get_result(connection)?;
            Ok(count > 0)
        })
        .await
    }
}

/// Who decides, where that is a person.
pub(super) fn person_of(trace: &Trace) -> Option<PersonId> {
    match trace.actor {
        AuditActor::Person(id) => Some(id),
        _ => None,
    }
}

/// Puts something into the queue, or finds it there.
pub(super) fn open(
    connection: &mut AnyConnection,
    inner: &Inner,
    subject: Subject,
    requester: Option<PersonId>,
    now: DateTime<Utc>,
    trail: &mut Trail,
) -> Result<Review, RegistryError> {
    let at = stored_time(now);
    let row = ReviewRow {
        id: crate::batch::new_id(at, &inner.identifiers)?.to_string(),
        kind: subject.kind.as_str().to_owned(),
        record_id: subject.record,
        record_kind: subject.record_kind.as_str().to_owned(),
        organisation_id: subject.organisation.to_string(),
        requester_person_id: requester.map(|id| id.to_string()),
        created: at,
        decision: None,
        reason: None,
        decider_person_id: None,
        decided: None,
    };
    if upserts::insert_review(connection, &row).map_err(missing)? == 0 {
        return review::table
            .filter(review::record_id.eq(&row.record_id))
            .filter(review::kind.eq(&row.kind))
            .filter(review::decided.is_null())
            .select(ReviewRow::as_select())
            .get_result(connection)?
            .review();
    }
    let event = AuditEvent::new(AuditAction::ReviewCreate, AuditTarget::new(AuditTargetKind::Review, &row.id));
    let details = json!({ "kind": row.kind, "record": row.record_id });
    trail.note(event.concerning(subject.organisation).with(details));
    row.review()
}
