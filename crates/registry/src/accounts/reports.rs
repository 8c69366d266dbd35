//! Reports: anyone may say what is wrong with a listing.

use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, AuditTargetKind, Content, Id, PersonId, Report, ReportId, ReportOutcome,
    ReportReason, Trace,
};
use serde_json::json;

use super::reviews::person_of;
use super::{missing, rows, stored, stored_id, stored_optional_id};
use crate::rows::{stored_time, stored_uuid};
use crate::schema::{record, report};
use crate::transaction::Scope;
use crate::{Registry, RegistryError};

/// A report that is made.
#[derive(Debug, Clone)]
pub struct NewReport<C> {
    /// Of what.
    pub record: Id<C>,
    /// By whom, where they are signed in.
    pub reporter: Option<PersonId>,
    /// What is wrong.
    pub reason: ReportReason,
    /// In their words.
    pub note: Option<String>,
}

/// A row of `report`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = report, treat_none_as_default_value = false)]
pub(crate) struct ReportRow {
    id: String,
    record_id: String,
    record_kind: String,
    reporter_person_id: Option<String>,
    reason: String,
    note: Option<String>,
    created: chrono::NaiveDateTime,
    outcome: Option<String>,
    outcome_note: Option<String>,
    decider_person_id: Option<String>,
    decided: Option<chrono::NaiveDateTime>,
}

impl ReportRow {
    /// The row as it is given to one person: without the names of others.
    pub(crate) fn seen_by(mut self, person: &str) -> Self {
        self.reporter_person_id = self.reporter_person_id.filter(|id| id == person);
        self.decider_person_id = self.decider_person_id.filter(|id| id == person);
        self
    }

    fn report(self) -> Result<Report, RegistryError> {
        Ok(Report {
            id: stored_id(&self.id)?,
            record_kind: stored(&self.record_kind, "a kind of record")?,
            record: stored_uuid(&self.record_id)?,
            reporter: stored_optional_id(self.reporter_person_id.as_ref())?,
            reason: stored(&self.reason, "a reason")?,
            note: self.note,
            created: self.created.and_utc(),
            outcome: self.outcome.map(|word| stored(&word, "an outcome")).transpose()?,
            outcome_note: self.outcome_note,
            decider: stored_optional_id(self.decider_person_id.as_ref())?,
            decided: self.decided.map(|at| at.and_utc()),
        })
    }
}

impl Registry {
    /// Takes a report. The log tells that it was made and why, not in which words, and of no organisation: its owners
    /// read the log, and need not learn who reported them.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the listing or the person is gone; what the database says.
    pub async fn report_listing<C: Content>(&self, new: NewReport<C>, trace: &Trace) -> Result<Report, RegistryError> {
        let id: ReportId = self.id_at(trace.at)?;
        let now = trace.at;
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let of_kind = record::table.find(new.record.to_string()).filter(record::kind.eq(C::KIND.as_str()));
            of_kind.select(record::id).get_result::<String>(connection)?;
            let row = ReportRow {
                id: id.to_string(),
                record_id: new.record.to_string(),
                record_kind: C::KIND.as_str().to_owned(),
                reporter_person_id: new.reporter.map(|id| id.to_string()),
                reason: new.reason.as_str().to_owned(),
                note: new.note,
                created: stored_time(now),
                outcome: None,
                outcome_note: None,
                decider_person_id: None,
                decided: None,
            };
            diesel::insert_into(report::table).values(&row).execute(connection).map_err(missing)?;
            let event = AuditEvent::new(AuditAction::ReportCreate, AuditTarget::new(AuditTargetKind::Report, id));
            trail.note(event.with(json!({ "record": row.record_id, "reason": row.reason })));
            row.report()
        })
        .await
    }

    /// A report.
    ///
    /// # Errors
    /// What the database says.
    pub async fn report(&self, id: ReportId) -> Result<Option<Report>, RegistryError> {
        self.read(move |connection| {
            let row =
                report::table.find(id.to_string()).select(ReportRow::as_select()).get_result(connection).optional()?;
            row.map(ReportRow::report).transpose()
        })
        .await
    }

    /// At most `limit` reports that wait, or that are decided, the oldest first; `after` is the last identifier of the
    /// page before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn reports(
        &self,
        open: bool,
        after: Option<ReportId>,
        limit: usize,
    ) -> Result<Vec<Report>, RegistryError> {
        self.read(move |connection| {
            let mut query = report::table.into_boxed();
            query = if open {
                query.filter(report::decided.is_null())
            } else {
                query.filter(report::decided.is_not_null())
            };
            if let Some(after) = after {
                query = query.filter(report::id.gt(after.to_string()));
            }
            let found = query.order(report::id).limit(rows(limit)).select(ReportRow::as_select()).load(connection)?;
            found.into_iter().map(ReportRow::report).collect()
        })
        .await
    }

    /// Decides a report.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where there is none, or another moderator has decided it; what the database says.
    pub async fn decide_report(
        &self,
        id: ReportId,
        outcome: ReportOutcome,
        note: Option<String>,
        trace: &Trace,
    ) -> Result<Report, RegistryError> {
        let (now, decider) = (trace.at, person_of(trace));
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let open = report::table.find(id.to_string()).filter(report::decided.is_null());
            let decided: Vec<ReportRow> = diesel::update(open)
                .set((
                    report::outcome.eq(Some(outcome.as_str())),
                    report::outcome_note.eq(note),
                    report::decider_person_id.eq(decider.map(|id| id.to_string())),
                    report::decided.eq(Some(stored_time(now))),
                ))
                .returning(report::all_columns)
                .get_results(connection)
                .map_err(missing)?;
            let report = decided.into_iter().next().ok_or(RegistryError::NotFound)?.report()?;
            let event = AuditEvent::new(AuditAction::ReportDecide, AuditTarget::new(AuditTargetKind::Report, id));
            trail.note(event.with(json!({ "record": report.record, "outcome": outcome })));
            Ok(report)
        })
        .await
    }
}
