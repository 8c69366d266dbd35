//! The desks of those who moderate and operate the service: what waits for review, what was reported, people, mail, the
//! audit log, the indexes and where records come from.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::{AppError, AuditQuery, OutboxQuery, Page, PeopleQuery, QueueQuery};
use innocap_domain::{Challenge, Id, Organisation, RecordKind, ReportReason, Solution, limits};
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::{Act, Desk, Line, Section};
use super::forms::{Field, see};
use super::layout::Choice;
use super::texts::{InterfaceTexts, encode_pairs};
use super::visitor::{SafeForm, Visitor};
use crate::api::records::id;
use crate::problem::Problem;
use crate::server::State;

/// Sends who is not signed in to do that first, and then back here.
pub(super) fn sign_in_first(visitor: &Visitor, request: &HttpRequest) -> Option<HttpResponse> {
    let here = request.uri().to_string();
    let way = || see(&format!("/sign-in?next={}", crate::api::records::encode(&here)));
    visitor.session.is_none().then(way)
}

/// A desk of the service, with the ways to the others that this visitor may see.
fn desk(visitor: &Visitor, request: &HttpRequest, title: &str) -> Result<Desk, Problem> {
    let texts = InterfaceTexts::of(request);
    let title = texts.get(title);
    let mut desk = Desk::new(texts, visitor, title)?;
    let mut way = |address: &str, label: &str| desk.ways.push((desk.texts.to(address), desk.texts.get(label)));
    way("/operator/reviews", "reviews-title");
    way("/operator/reports", "reports-title");
    if visitor.actor().is_operator() {
        way("/operator/people", "people-title");
        way("/operator/outbox", "outbox-title");
        way("/operator/index", "index-title");
        way("/operator/audit", "audit-title");
    }
    Ok(desk)
}

/// The way to the next page of a list.
pub(super) fn next_way(texts: &InterfaceTexts, path: &str, next: Option<String>) -> Vec<(String, String)> {
    let link = |cursor| {
        let mut query: Vec<_> =
            texts.parameters().into_iter().filter(|(name, _)| name != "cursor" && name != "done").collect();
        query.push(("cursor".to_owned(), cursor));
        (texts.to(&format!("{path}?{}", encode_pairs(&query))), texts.get("list-next"))
    };
    next.map(link).into_iter().collect()
}

/// The parameters of a list, without what only the page knows.
pub(super) fn list_pairs(texts: &InterfaceTexts) -> Vec<(String, String)> {
    texts.parameters().into_iter().filter(|(name, _)| name != "done").collect()
}

/// The day and minute of a time, in UTC.
pub(super) fn minute(time: &str) -> String {
    time.chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

/// A record by its name, and where its page is; what has been deleted in the meantime is its identifier.
async fn named(
    state: &State,
    visitor: &Visitor,
    texts: &InterfaceTexts,
    kind: RecordKind,
    record: Uuid,
) -> Result<Line, Problem> {
    let actor = visitor.actor();
    let found = match kind {
        RecordKind::Organisation => {
            let found = state.innocap.find_whole::<Organisation>(actor, Id::from_uuid(record)).await;
            found.map(|(record, _)| (record.content.name, String::new(), "organisations"))
        }
        RecordKind::Challenge => {
            let found = state.innocap.find_whole::<Challenge>(actor, Id::from_uuid(record)).await;
            found.map(|(record, _)| (title_of(&record.content.texts), language_of(&record.content.texts), "challenges"))
        }
        RecordKind::Solution => {
            let found = state.innocap.find_whole::<Solution>(actor, Id::from_uuid(record)).await;
            found.map(|(record, _)| (title_of(&record.content.texts), language_of(&record.content.texts), "solutions"))
        }
    };
    match found {
        Ok((title, language, resource)) => {
            let href = Some(texts.to(&format!("/{resource}/{record}")));
            Ok(Line { title, language, href, facts: vec![kind_name(texts, kind)], ..Line::default() })
        }
        Err(AppError::NotFound | AppError::Forbidden(_)) => {
            Ok(Line { title: record.to_string(), facts: vec![kind_name(texts, kind)], ..Line::default() })
        }
        Err(error) => Err(error.into()),
    }
}

fn title_of(texts: &innocap_domain::Texts) -> String {
    texts.original().title.clone()
}

fn language_of(texts: &innocap_domain::Texts) -> String {
    texts.original().language.to_string()
}

pub(super) fn kind_name(texts: &InterfaceTexts, kind: RecordKind) -> String {
    match kind {
        RecordKind::Organisation => texts.get("kind-organisation"),
        RecordKind::Challenge => texts.get("kind-challenge"),
        RecordKind::Solution => texts.get("kind-solution"),
    }
}

/// A reason that somebody is told.
pub(super) fn reason(texts: &InterfaceTexts, form: &str) -> Field {
    let field = Field::new("reason", "textarea", texts.get("field-reason"), "").rows(2).within(limits::NOTE);
    field.hinted(texts.get("field-reason-hint")).of_form(form)
}

pub(crate) async fn overview(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(elsewhere) = sign_in_first(&visitor, &request) {
        return Ok(elsewhere);
    }
    let (innocap, caller) = (&state.innocap, &visitor.caller);
    let waiting = innocap.reviews(caller, &QueueQuery::parse("reviews", &most())?).await?.items.len();
    let reported = innocap.reports(caller, &QueueQuery::parse("reports", &most())?).await?.items.len();
    let mut desk = desk(&visitor, &request, "operator-title")?;
    let texts = &desk.texts;
    let mut lines = vec![
        counted(texts, "reviews-open", waiting, "/operator/reviews"),
        counted(texts, "reports-open", reported, "/operator/reports"),
    ];
    if visitor.actor().is_operator() {
        let mail = innocap.outbox(caller, &OutboxQuery::parse(&most())?).await?.items;
        let unsent = mail.iter().filter(|mail| mail["state"] != "sent").count();
        lines.push(counted(texts, "outbox-open", unsent, "/operator/outbox"));
        let index = innocap.index_state(caller).await?;
        lines.push(counted(texts, "index-behind", usize::try_from(index.behind()).unwrap_or(0), "/operator/index"));
    }
    desk.sections.push(Section { lines, ..Section::default() });
    desk.answer(innocap, &visitor)
}

fn most() -> Vec<(String, String)> {
    vec![("limit".to_owned(), innocap_app::MOST.to_string())]
}

fn counted(texts: &InterfaceTexts, message: &str, count: usize, way: &str) -> Line {
    Line { title: texts.count(message, count), href: Some(texts.to(way)), ..Line::default() }
}

async fn reviews_desk(state: &State, visitor: &Visitor, request: &HttpRequest) -> Result<Desk, Problem> {
    let mut desk = desk(visitor, request, "reviews-title")?;
    let texts = &desk.texts;
    let page = state.innocap.reviews(&visitor.caller, &QueueQuery::parse("reviews", &list_pairs(texts))?).await?;
    let mut lines = Vec::new();
    for review in &page.items {
        let mut line = named(state, visitor, texts, review.record_kind, review.record).await?;
        line.facts.push(minute(&review.created.to_rfc3339()));
        if review.record_kind != RecordKind::Organisation {
            let body = named(state, visitor, texts, RecordKind::Organisation, review.organisation.uuid()).await?;
            line.facts.push(body.title);
        }
        if let Some(decision) = review.decision {
            let approved = decision == innocap_domain::ReviewDecision::Approved;
            line.facts.push(texts.get(if approved { "review-approved" } else { "review-refused" }));
            line.notes.extend(review.reason.clone());
        } else {
            let action = format!("/operator/reviews/{}", review.id);
            let approve = Act::new(action.clone(), texts.get("review-approve"), &line.title);
            let refuse = Act::new(action, texts.get("review-refuse"), &line.title);
            line.acts.push(approve.hiding("decision", "approved").loud());
            line.acts.push(refuse.hiding("decision", "refused").asking(reason(texts, &review.id.to_string())));
        }
        lines.push(line);
    }
    let mut ways = next_way(texts, "/operator/reviews", page.next);
    ways.push(other_state(texts, "/operator/reviews"));
    let empty = texts.get("nothing-waits");
    desk.sections.push(Section { lines, empty, ways, ..Section::default() });
    Ok(desk)
}

/// From what waits to what is decided, and back.
fn other_state(texts: &InterfaceTexts, path: &str) -> (String, String) {
    if texts.parameter("state") == "decided" {
        (texts.to(path), texts.get("queue-open"))
    } else {
        (texts.to(&format!("{path}?state=decided")), texts.get("queue-decided"))
    }
}

pub(crate) async fn reviews(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(elsewhere) = sign_in_first(&visitor, &request) {
        return Ok(elsewhere);
    }
    reviews_desk(&state, &visitor, &request).await?.answer(&state.innocap, &visitor)
}

pub(crate) async fn decide_review(
    state: web::Data<State>,
    sent: SafeForm,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let mut document = json!({ "decision": sent.form.text("decision") });
    if let Some(reason) = sent.form.get("reason") {
        document["reason"] = json!(reason);
    }
    match state.innocap.decide_review(&sent.visitor.caller, id(&path)?, &document).await {
        Ok(_) => Ok(done(&request, "/operator/reviews")),
        Err(error) => {
            let desk = reviews_desk(&state, &sent.visitor, &request).await?;
            desk.refused(error, request.path(), &sent.form, &state.innocap, &sent.visitor)
        }
    }
}

/// Back to a desk that says that it is done, in the language of this page.
pub(super) fn done(request: &HttpRequest, path: &str) -> HttpResponse {
    see(&InterfaceTexts::of(request).to(&format!("{path}?done=saved")))
}

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
pub(super) fn report_reasons(texts: &InterfaceTexts) -> Vec<Choice> {
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
            let upheld = outcome == innocap_domain::ReportOutcome::Upheld;
            line.facts.push(texts.get(if upheld { "report-upheld" } else { "report-dismissed" }));
            line.notes.extend(report.outcome_note.clone());
        } else {
            let action = format!("/operator/reports/{}", report.id);
            let suspend =
                Act::new(action.clone(), texts.get("report-suspend"), &line.title).hiding("outcome", "upheld");
            let kind = report.record_kind.to_string();
            let suspend = suspend.hiding("kind", &kind).hiding("record", &report.record.to_string());
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

pub(crate) async fn reports(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(elsewhere) = sign_in_first(&visitor, &request) {
        return Ok(elsewhere);
    }
    reports_desk(&state, &visitor, &request).await?.answer(&state.innocap, &visitor)
}

pub(crate) async fn decide_report(
    state: web::Data<State>,
    sent: SafeForm,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    match report_decided(&state, &sent, &path).await {
        Ok(()) => Ok(done(&request, "/operator/reports")),
        Err(error) => {
            let desk = reports_desk(&state, &sent.visitor, &request).await?;
            desk.refused(error, request.path(), &sent.form, &state.innocap, &sent.visitor)
        }
    }
}

/// What is upheld is suspended first, so that a report is not closed whose subject is still there.
async fn report_decided(state: &State, sent: &SafeForm, path: &str) -> Result<(), AppError> {
    let (innocap, caller, form) = (&state.innocap, &sent.visitor.caller, &sent.form);
    let report = path.parse().map_err(|_| AppError::NotFound)?;
    let mut document = json!({ "outcome": form.text("outcome") });
    if form.text("outcome") == "upheld" {
        let why = json!({ "reason": form.text("reason") });
        let record: Uuid = form.text("record").parse().map_err(|_| AppError::NotFound)?;
        let suspended = match form.text("kind") {
            "organisation" => innocap.suspend::<Organisation>(caller, Id::from_uuid(record), &why).await,
            "challenge" => innocap.suspend::<Challenge>(caller, Id::from_uuid(record), &why).await,
            _ => innocap.suspend::<Solution>(caller, Id::from_uuid(record), &why).await,
        };
        match suspended {
            // Another report has led to it already.
            Ok(()) | Err(AppError::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
        document["note"] = why["reason"].clone();
    }
    innocap.decide_report(caller, report, &document).await.map(drop)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

async fn people_desk(state: &State, visitor: &Visitor, request: &HttpRequest) -> Result<Desk, Problem> {
    let mut desk = desk(visitor, request, "people-title")?;
    let texts = &desk.texts;
    let page = state.innocap.people(&visitor.caller, &PeopleQuery::parse(&list_pairs(texts))?).await?;
    let own = visitor.caller.person().map(|id| id.to_string());
    let line = |person: &Value| {
        let (name, number) = (text(&person["email"]), text(&person["id"]));
        let mut facts = vec![text(&person["name"]), minute(&text(&person["created"]))];
        let role = text(&person["service_role"]);
        if role != "none" {
            facts.push(role_name(texts, &role));
        }
        let suspended = person["suspended"].is_object();
        let notes = if suspended {
            vec![texts.with("person-suspended", "reason", text(&person["suspended"]["reason"]))]
        } else {
            Vec::new()
        };
        let action = format!("/operator/people/{number}");
        let mut acts = Vec::new();
        if own.as_deref() != Some(number.as_str()) {
            let roles = ["none", "moderator", "operator"].map(|word| Choice::new(word, role_name(texts, word), &role));
            let field = Field::new("service_role", "select", texts.get("field-role"), "").choosing(roles.into());
            let change = Act::new(action.clone(), texts.get("save"), &name).hiding("do", "role");
            acts.push(change.asking(field.of_form(&number)));
            acts.push(if suspended {
                Act::new(action, texts.get("person-restore"), &name).hiding("do", "restore")
            } else {
                let suspend = Act::new(action, texts.get("person-suspend"), &name).hiding("do", "suspend");
                suspend.asking(reason(texts, &number))
            });
        }
        Line { title: name, facts, notes, acts, ..Line::default() }
    };
    let lines = page.items.iter().map(line).collect();
    let ways = next_way(texts, "/operator/people", page.next);
    desk.sections.push(Section { lines, empty: texts.get("nothing-here"), ways, ..Section::default() });
    Ok(desk)
}

fn role_name(texts: &InterfaceTexts, role: &str) -> String {
    match role {
        "operator" => texts.get("role-operator"),
        "moderator" => texts.get("role-moderator"),
        _ => texts.get("role-none"),
    }
}

pub(crate) async fn people(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(elsewhere) = sign_in_first(&visitor, &request) {
        return Ok(elsewhere);
    }
    people_desk(&state, &visitor, &request).await?.answer(&state.innocap, &visitor)
}

pub(crate) async fn change_person(
    state: web::Data<State>,
    sent: SafeForm,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (innocap, caller, form) = (&state.innocap, &sent.visitor.caller, &sent.form);
    let person = id(&path)?;
    let taken = match form.text("do") {
        "role" => innocap.set_service_role(caller, person, &json!({ "service_role": form.text("service_role") })).await,
        "suspend" => innocap.suspend_person(caller, person, &json!({ "reason": form.text("reason") })).await,
        _ => innocap.restore_person(caller, person).await,
    };
    match taken {
        Ok(()) => Ok(done(&request, "/operator/people")),
        Err(error) => {
            let desk = people_desk(&state, &sent.visitor, &request).await?;
            desk.refused(error, request.path(), form, innocap, &sent.visitor)
        }
    }
}

pub(crate) async fn outbox(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(elsewhere) = sign_in_first(&visitor, &request) {
        return Ok(elsewhere);
    }
    let mut desk = desk(&visitor, &request, "outbox-title")?;
    let texts = &desk.texts;
    let page = state.innocap.outbox(&visitor.caller, &OutboxQuery::parse(&list_pairs(texts))?).await?;
    let line = |mail: &Value| {
        let (to, number) = (text(&mail["recipient"]), text(&mail["id"]));
        let mut facts = vec![text(&mail["template"]), minute(&text(&mail["created"]))];
        let mail_state = text(&mail["state"]);
        facts.push(match mail_state.as_str() {
            "sent" => texts.get("mail-sent"),
            "parked" => texts.get("mail-parked"),
            _ => texts.get("mail-waiting"),
        });
        let notes = mail["problem"].as_str().map(str::to_owned).into_iter().collect();
        let act = |what: &str, label: &str| {
            Act::new(format!("/operator/outbox/{number}"), texts.get(label), &to).hiding("do", what)
        };
        let acts =
            if mail_state == "sent" { Vec::new() } else { vec![act("retry", "mail-retry"), act("delete", "remove")] };
        let subject = mail["subject"].as_str().map(|subject| format!("{subject}\n\n{}", text(&mail["text"])));
        Line { title: to.clone(), facts, notes, acts, text: subject, ..Line::default() }
    };
    let lines = page.items.iter().map(line).collect();
    let ways = next_way(texts, "/operator/outbox", page.next);
    let lead = if state.innocap.sends_mail() { String::new() } else { texts.get("outbox-no-mail") };
    desk.sections.push(Section { lead, lines, empty: texts.get("nothing-here"), ways, ..Section::default() });
    desk.answer(&state.innocap, &visitor)
}

pub(crate) async fn change_mail(
    state: web::Data<State>,
    sent: SafeForm,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (innocap, caller) = (&state.innocap, &sent.visitor.caller);
    match sent.form.text("do") {
        "delete" => innocap.delete_mail(caller, id(&path)?).await?,
        _ => innocap.retry_mail(caller, id(&path)?).await?,
    }
    Ok(done(&request, "/operator/outbox"))
}

/// The lines of the audit log, wherever a part of it is shown.
pub(super) fn audit_section(texts: &InterfaceTexts, path: &str, page: Page<Value>) -> Section {
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

pub(crate) async fn audit(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(elsewhere) = sign_in_first(&visitor, &request) {
        return Ok(elsewhere);
    }
    let mut desk = desk(&visitor, &request, "audit-title")?;
    let page = state.innocap.audit(&visitor.caller, &AuditQuery::parse(&list_pairs(&desk.texts))?).await?;
    desk.sections.push(audit_section(&desk.texts, "/operator/audit", page));
    desk.answer(&state.innocap, &visitor)
}

pub(crate) async fn index(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(elsewhere) = sign_in_first(&visitor, &request) {
        return Ok(elsewhere);
    }
    let mut desk = desk(&visitor, &request, "index-title")?;
    let texts = &desk.texts;
    let index = state.innocap.index_state(&visitor.caller).await?;
    let fact = |label: &str, value: String| Line { title: texts.get(label), facts: vec![value], ..Line::default() };
    let lines = vec![
        fact("solutions-title", index.solutions.to_string()),
        fact("challenges-title", index.challenges.to_string()),
        fact("index-model", index.model.clone()),
        fact("index-indexed", format!("{} / {}", index.progress.indexed, index.progress.latest)),
        fact("index-without-vector", index.progress.without_vector.to_string()),
    ];
    let rebuild = Act::new("/operator/index".to_owned(), texts.get("index-rebuild"), "");
    let lead = if index.rebuilding { texts.get("index-rebuilding") } else { texts.get("index-lead") };
    let act = (!index.rebuilding).then_some(rebuild);
    let whole = Section { lead, lines, act, ..Section::default() };
    let source = |source: &innocap_domain::SourceCount| {
        let facts = vec![
            kind_name(texts, source.kind),
            texts.count("list-found", source.records),
            minute(&source.updated.to_rfc3339()),
        ];
        Line { title: source.name.clone(), facts, ..Line::default() }
    };
    let sources = state.innocap.sources(&visitor.caller).await?;
    let (heading, empty) = (texts.get("sources-title"), texts.get("nothing-here"));
    let sources = Section { heading, empty, lines: sources.iter().map(source).collect(), ..Section::default() };
    desk.sections = vec![whole, sources];
    desk.answer(&state.innocap, &visitor)
}

pub(crate) async fn rebuild(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    state.innocap.rebuild_index(&sent.visitor.caller)?;
    Ok(done(&request, "/operator/index"))
}
