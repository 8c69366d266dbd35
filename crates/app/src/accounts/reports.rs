//! Reports: anyone says what is wrong with what they see; moderators decide.

use innocap_access::{Action, Target};
use innocap_domain::{
    Challenge, Id, Organisation, Reader, RecordKind, Report, ReportId, ReportOutcome, ReportReason, Solution, limits,
};
use innocap_registry::NewReport;
use serde_json::{Value, json};
use uuid::Uuid;

use super::verification::reason_of;
use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;
use crate::lists::Page;
use crate::queue::QueueQuery;
use crate::records::Resource;

impl Innocap {
    /// Takes a report from anyone who sees the record.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is not shown to everyone; [`AppError::Invalid`]; [`AppError::TooMany`].
    pub async fn report<C: Resource>(&self, caller: &Caller, id: Id<C>, document: &Value) -> Result<(), AppError> {
        self.visible(&caller.actor, Action::Report, id).await?;
        let (reason, note) = Reader::document(document, |r| {
            let reason = r.required_code("reason", ReportReason::parse);
            let note = r.text("note", limits::NOTE);
            if reason == Some(ReportReason::Other) && note.is_none() && r.faults() == 0 {
                r.fault("note", "required", "say what is wrong");
            }
            (reason, note)
        })?;
        let reason = reason.ok_or_else(|| AppError::Internal("a reason is missing".to_owned()))?;
        self.slow_down(caller).await?;
        let new = NewReport { record: id, reporter: caller.person(), reason, note };
        self.registry().report_listing(new, &caller.trace(None, self.clock().now())).await?;
        Ok(())
    }

    /// The reports that wait, or were decided.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but moderators.
    pub async fn reports(&self, caller: &Caller, query: &QueueQuery) -> Result<Page<Report>, AppError> {
        allow(&caller.actor, Action::ListReports, &Target::Service)?;
        let after = query.after()?;
        let found = self.registry().reports(query.open, after, query.limit + 1).await?;
        Ok(query.page(found, |report| report.id.to_string()))
    }

    /// Decides a report. What it is about is suspended by itself, so that its owner is told in the moderator's words.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where none of that identifier waits; [`AppError::Invalid`].
    pub async fn decide_report(&self, caller: &Caller, id: ReportId, document: &Value) -> Result<Report, AppError> {
        allow(&caller.actor, Action::CloseReport, &Target::Service)?;
        let (outcome, note) = Reader::document(document, |r| {
            (r.required_code("outcome", ReportOutcome::parse), r.text("note", limits::NOTE))
        })?;
        let report = self.registry().report(id).await?.ok_or(AppError::NotFound)?;
        match report.record_kind {
            RecordKind::Organisation => self.may_decide::<Organisation>(caller, report.record).await?,
            RecordKind::Challenge => self.may_decide::<Challenge>(caller, report.record).await?,
            RecordKind::Solution => self.may_decide::<Solution>(caller, report.record).await?,
        }
        let outcome = outcome.ok_or_else(|| AppError::Internal("an outcome is missing".to_owned()))?;
        Ok(self.registry().decide_report(id, outcome, note, &caller.trace(None, self.clock().now())).await?)
    }

    /// Upholds a report: what it is about is suspended with `{"reason": …}`, which its owners are told, and the report closed.
    /// Suspended first, so that no report is closed whose subject is still there.
    ///
    /// # Errors
    /// As [`Self::decide_report`] and [`Innocap::suspend`].
    pub async fn uphold_report(&self, caller: &Caller, id: ReportId, document: &Value) -> Result<Report, AppError> {
        allow(&caller.actor, Action::CloseReport, &Target::Service)?;
        let reason = reason_of(document)?;
        let report = self.registry().report(id).await?.filter(|report| report.outcome.is_none());
        let report = report.ok_or(AppError::NotFound)?;
        match report.record_kind {
            RecordKind::Organisation => {
                self.suspend::<Organisation>(caller, Id::from_uuid(report.record), document).await?;
            }
            RecordKind::Challenge => self.suspend::<Challenge>(caller, Id::from_uuid(report.record), document).await?,
            RecordKind::Solution => self.suspend::<Solution>(caller, Id::from_uuid(report.record), document).await?,
        }
        self.decide_report(caller, id, &json!({ "outcome": ReportOutcome::Upheld, "note": reason })).await
    }

    /// Nobody decides about their own organisation. What has been deleted in the meantime belongs to none.
    async fn may_decide<C: Resource>(&self, caller: &Caller, record: Uuid) -> Result<(), AppError> {
        match self.visible::<C>(&caller.actor, Action::DecideReview, Id::from_uuid(record)).await {
            Err(AppError::NotFound) => Ok(()),
            decided => decided.map(drop),
        }
    }
}
