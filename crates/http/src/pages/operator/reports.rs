//! What was reported, and what moderators have decided of it.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::QueueQuery;
use innocap_domain::{ReportOutcome, ReportReason};
use serde_json::json;

use super::{desk, named, other_state};
use crate::api::records::id;
use crate::pages::desk::{Act, Desk, Section, done, list_pairs, minute, next_way, reason};
use crate::pages::layout::Choice;
use crate::pages::texts::InterfaceTexts;
use crate::pages::visitor::{SafeForm, SignedIn, Visitor};
use crate::problem::Problem;
use crate::server::State;

fn report_reason(texts: &InterfaceTexts, reason: ReportReason) -> String {
    match reason {
        ReportReason::Spam => texts.get("report-spam"),
        ReportReason::Misleading => texts.get("report-misleading"),
        ReportReason::Illegal => texts.get("report-illegal"),
        ReportReason::PersonalData => texts.get("report-personal-data"),
        ReportReason::Rights => texts.get("report-rights"),
        ReportReason::Other => texts.get("report-other"),
    }
}

/// The reasons that a report may have.
pub(in crate::pages) fn report_reasons(texts: &InterfaceTexts) -> Vec<Choice> {
    let choice = |reason: &ReportReason| Choice::new(reason.as_str(), report_reason(texts, *reason), "");
    ReportReason::ALL.iter().map(choice).collect()
}

async fn reports_desk(state: &State, visitor: &Visitor, request: &HttpRequest) -> Result<Desk, Problem> {
    let mut desk = desk(visitor, request, "reports-title")?;
    let texts = &desk.texts;
    let page = state.innocap.reports(&visitor.caller, &QueueQuery::parse("reports", &list_pairs(texts))?).await?;
    let mut lines = Vec::new();
    for report in &page.items {
        let mut line = named(state, visitor, texts, report.record_kind, report.record).await?;
        line.facts.push(report_reason(texts, report.reason));
        line.facts.push(minute(&report.created.to_rfc3339()));
        line.notes.extend(report.note.clone());
        if let Some(outcome) = report.outcome {
            let upheld = outcome == ReportOutcome::Upheld;
            line.facts.push(texts.get(if upheld { "report-upheld" } else { "report-dismissed" }));
            line.notes.extend(report.outcome_note.clone());
        } else {
            let action = format!("/operator/reports/{}", report.id);
            let suspend =
                Act::new(action.clone(), texts.get("report-suspend"), &line.title).hiding("outcome", "upheld");
            line.acts.push(suspend.asking(reason(texts, &report.id.to_string())));
            line.acts.push(Act::new(action, texts.get("report-dismiss"), &line.title).hiding("outcome", "dismissed"));
        }
        lines.push(line);
    }
    let mut ways = next_way(texts, "/operator/reports", page.next);
    ways.push(other_state(texts, "/operator/reports"));
    let empty = texts.get("nothing-waits");
    desk.sections.push(Section { lines, empty, ways, ..Section::default() });
    Ok(desk)
}

pub(crate) async fn page(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    reports_desk(&state, &visitor, &request).await?.answer(&state.innocap, &visitor)
}

pub(crate) async fn decide(
    state: web::Data<State>,
    sent: SafeForm,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (innocap, caller, report) = (&state.innocap, &sent.visitor.caller, id(&path)?);
    let taken = match sent.form.text("outcome") {
        "upheld" => innocap.uphold_report(caller, report, &json!({ "reason": sent.form.text("reason") })).await,
        outcome => innocap.decide_report(caller, report, &json!({ "outcome": outcome })).await,
    };
    match taken {
        Ok(_) => Ok(done(&request, "/operator/reports")),
        Err(error) => {
            let desk = reports_desk(&state, &sent.visitor, &request).await?;
            desk.refused(error, request.path(), &sent.form, &state.innocap, &sent.visitor)
        }
    }
}
