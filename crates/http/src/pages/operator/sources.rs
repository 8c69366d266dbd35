//! Catalogues that are harvested: how each stands, a button to run it now, and solutions that may be one.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::{Duplicate, HarvestReport, ReportLine};
use innocap_domain::{DuplicateDecision, Record, Solution};
use serde_json::Value;

use super::desk;
use crate::pages::desk::{Act, Line, Section, done, minute, text};
use crate::pages::texts::InterfaceTexts;
use crate::pages::visitor::{SafeForm, SignedIn};
use crate::problem::Problem;
use crate::server::State;

/// Lines of a report shown; `innocap harvest list --json` and the API have all that are kept.
const LINES: usize = 20;

pub(crate) async fn page(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let sources = state.innocap.harvest_sources(&visitor.caller).await?;
    let duplicates = state.innocap.duplicates(&visitor.caller).await?;
    let mut desk = desk(&visitor, &request, "harvest-title")?;
    let texts = &desk.texts;
    let whole = Section {
        lead: texts.get("harvest-lead"),
        lines: sources.iter().map(|source| source_line(texts, source)).collect(),
        empty: texts.get("harvest-none"),
        ..Section::default()
    };
    let duplicates = Section {
        heading: texts.get("duplicates-title"),
        lead: texts.get("duplicates-lead"),
        lines: duplicates.iter().map(|pair| duplicate_line(texts, pair)).collect(),
        empty: texts.get("nothing-waits"),
        ..Section::default()
    };
    desk.sections = vec![whole, duplicates];
    desk.answer(&state.innocap, &visitor)
}

fn source_line(texts: &InterfaceTexts, source: &Value) -> Line {
    let name = text(&source["name"]);
    let mut facts = vec![text(&source["format"])];
    facts.push(match source["state"].as_str().unwrap_or_default() {
        "running" => texts.get("harvest-running"),
        "interrupted" => texts.get("harvest-interrupted"),
        "failed" => texts.get("harvest-failed"),
        "done" => texts.get("harvest-done"),
        _ => texts.get("harvest-new"),
    });
    if let Some(finished) = source["finished"].as_str() {
        facts.push(texts.with("harvest-finished", "time", minute(finished)));
    }
    if let Some(due) = source["due"].as_str() {
        facts.push(texts.with("harvest-due", "time", minute(due)));
    }
    let mut notes = vec![text(&source["address"])];
    notes.extend(source["problem"].as_str().map(str::to_owned));
    let report = serde_json::from_value::<HarvestReport>(source["report"].clone()).ok();
    let mut lines = None;
    if let Some(report) = report {
        notes.push(
            [
                texts.count("harvest-created", report.created),
                texts.count("harvest-changed", report.changed),
                texts.count("harvest-unchanged", report.unchanged),
                texts.count("harvest-archived", report.archived),
                texts.count("harvest-refused", report.refused),
                texts.count("harvest-deployments", report.deployments),
            ]
            .join(" · "),
        );
        let line = |line: &ReportLine| format!("{}: {}", line.at, line.why);
        let shown: Vec<String> = report.lines.iter().take(LINES).map(line).collect();
        let hidden = report.lines.len().saturating_sub(LINES) + report.more_lines;
        let rest = (hidden > 0).then(|| texts.count("harvest-more", hidden));
        lines = (!shown.is_empty()).then(|| shown.into_iter().chain(rest).collect::<Vec<_>>().join("\n"));
    }
    let run = Act::new("/operator/sources".to_owned(), texts.get("harvest-run"), &name);
    let acts =
        if source["state"] == "running" { Vec::new() } else { vec![run.hiding("do", "run").hiding("name", &name)] };
    Line { title: name, facts, notes, text: lines, acts, ..Line::default() }
}

fn duplicate_line(texts: &InterfaceTexts, pair: &Duplicate) -> Line {
    let title = |record: &Record<Solution>| record.content.texts.original().title.clone();
    let source = |record: &Record<Solution>| record.content.source.as_ref().map(|source| source.name.clone());
    let reason = match pair.proposal.reason.as_str() {
        "address" => texts.get("duplicate-by-address"),
        "provider" => texts.get("duplicate-by-provider"),
        _ => texts.get("duplicate-by-text"),
    };
    let (first, second) = (title(&pair.first), title(&pair.second));
    let mut facts = vec![reason];
    facts.extend([&pair.first, &pair.second].into_iter().filter_map(source));
    let id = pair.proposal.id.to_string();
    let act = |what: &str, label: &str| {
        Act::new("/operator/sources".to_owned(), texts.get(label), &second).hiding("do", what).hiding("pair", &id)
    };
    let other = (texts.to(&format!("/solutions/{}", pair.second.id)), second.clone());
    Line {
        title: first,
        href: Some(texts.to(&format!("/solutions/{}", pair.first.id))),
        language: pair.first.content.texts.original().language.to_string(),
        facts,
        ways: vec![other],
        acts: vec![act("same", "duplicate-same"), act("different", "duplicate-different")],
        ..Line::default()
    }
}

pub(crate) async fn change(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (innocap, caller, form) = (&state.innocap, &sent.visitor.caller, &sent.form);
    let pair = || form.text("pair").parse().map_err(|_| Problem::new("not_found", "there is no such proposal"));
    match form.text("do") {
        "run" => innocap.ask_for_harvest(caller, form.text("name")).await?,
        "same" => innocap.decide_duplicate(caller, pair()?, DuplicateDecision::Same).await?,
        "different" => innocap.decide_duplicate(caller, pair()?, DuplicateDecision::Different).await?,
        _ => return Err(Problem::new("invalid_query", "the form does not say what to do")),
    }
    Ok(done(&request, "/operator/sources"))
}
