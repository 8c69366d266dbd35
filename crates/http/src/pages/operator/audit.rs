//! The audit log.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::{AuditQuery, Page};
use serde_json::Value;

use super::desk;
use crate::pages::desk::{Line, Section, list_pairs, minute, next_way, text};
use crate::pages::texts::InterfaceTexts;
use crate::pages::visitor::SignedIn;
use crate::problem::Problem;
use crate::server::State;

/// The lines of the audit log, wherever a part of it is shown.
pub(in crate::pages) fn audit_section(texts: &InterfaceTexts, path: &str, page: Page<Value>) -> Section {
    let line = |entry: &Value| {
        let (actor, target) = (&entry["actor"], &entry["target"]);
        let who = [text(&actor["kind"]), text(&actor["id"])].join(" ");
        let what = [text(&target["kind"]), text(&target["id"])].join(" ");
        let mut facts =
            vec![minute(&text(&entry["at"])), who.trim().to_owned(), what.trim().to_owned(), text(&entry["address"])];
        facts.retain(|fact| !fact.is_empty());
        let details = Some(&entry["details"]).filter(|details| details.as_object().is_some_and(|all| !all.is_empty()));
        let details = details.and_then(|details| serde_json::to_string_pretty(details).ok());
        Line { title: format!("{} {}", entry["seq"], text(&entry["action"])), facts, text: details, ..Line::default() }
    };
    Section {
        lines: page.items.iter().map(line).collect(),
        empty: texts.get("nothing-here"),
        ways: next_way(texts, path, page.next),
        ..Section::default()
    }
}

pub(crate) async fn page(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let mut desk = desk(&visitor, &request, "audit-title")?;
    let page = state.innocap.audit(&visitor.caller, &AuditQuery::parse(&list_pairs(&desk.texts))?).await?;
    desk.sections.push(audit_section(&desk.texts, "/operator/audit", page));
    desk.answer(&state.innocap, &visitor)
}
