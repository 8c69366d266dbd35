//! What becomes of a record after it is written: shown, closed with an outcome, archived with a reason; and reported by
//! whoever sees something wrong. Each is a page of its own, so that nothing is ended by a slip.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::{AppError, Resource};
use innocap_domain::{Challenge, Id, Outcome, RecordKind, limits};
use serde_json::{Map, Value, json};

use super::forms::{Field, FormPage, see};
use super::layout::Choice;
use super::operator::{done, report_reasons, sign_in_first};
use super::texts::InterfaceTexts;
use super::visitor::{SafeForm, Visitor};
use crate::api::records::id;
use crate::problem::Problem;
use crate::server::State;

type Path = web::Path<String>;

const fn resource(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Organisation => "organisations",
        RecordKind::Challenge => "challenges",
        RecordKind::Solution => "solutions",
    }
}

/// The page of a record.
fn page_of<C: Resource>(record: Id<C>) -> String {
    format!("/{}/{record}", resource(C::KIND))
}

/// A form about a record that this visitor may change; `what` is the last word of its address.
async fn form<C: Resource>(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    record: Id<C>,
    what: [&str; 3],
    fields: Vec<Field>,
) -> Result<FormPage, Problem> {
    let (found, _) = state.innocap.find_whole(visitor.actor(), record).await?;
    let [word, lead, button] = what;
    let mut page = FormPage::new(InterfaceTexts::of(request), visitor, button)?;
    page.title = format!("{}: {}", page.title, found.content.name());
    let page = page.saying(lead).asking(&format!("{}/{word}", page_of(record)), button, fields);
    Ok(page.leading(&page_of(record), "back"))
}

/// After a form: to the record's page, to signing in, or back to the form.
fn taken<T, C: Resource>(
    request: &HttpRequest,
    record: Id<C>,
    result: Result<T, AppError>,
) -> Result<HttpResponse, AppError> {
    match result {
        Ok(_) => Ok(see(&InterfaceTexts::of(request).to(&page_of(record)))),
        Err(AppError::Unauthenticated) => Ok(see("/sign-in")),
        Err(error) => Err(error),
    }
}

fn without_empty(document: Value) -> Value {
    let members = document.as_object().cloned().unwrap_or_default();
    Value::Object(members.into_iter().filter(|(_, value)| value != "").collect::<Map<_, _>>())
}

fn reason_field(texts: &InterfaceTexts) -> Field {
    let field = Field::new("reason", "textarea", texts.get("field-reason"), "");
    field.hinted(texts.get("end-reason-hint")).rows(3).within(limits::NOTE)
}

fn outcome_name(texts: &InterfaceTexts, outcome: Outcome) -> String {
    match outcome {
        Outcome::Piloted => texts.get("outcome-piloted"),
        Outcome::Procured => texts.get("outcome-procured"),
        Outcome::Adopted => texts.get("outcome-adopted"),
        Outcome::None => texts.get("outcome-none"),
        Outcome::Withdrawn => texts.get("outcome-withdrawn"),
    }
}

async fn close_page(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    record: Id<Challenge>,
) -> Result<FormPage, Problem> {
    let texts = InterfaceTexts::of(request);
    let choice = |outcome: &Outcome| Choice::new(outcome.as_str(), outcome_name(&texts, *outcome), "");
    let outcomes = Outcome::ALL.iter().map(choice).collect();
    let outcome = Field::new("outcome", "select", texts.get("field-outcome"), "").choosing(outcomes);
    let fields = vec![outcome, reason_field(&texts).optional()];
    form(state, visitor, request, record, ["close", "challenge-close-lead", "challenge-close"], fields).await
}

pub(crate) async fn close_form(
    state: web::Data<State>,
    visitor: Visitor,
    path: Path,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(elsewhere) = sign_in_first(&visitor, &request) {
        return Ok(elsewhere);
    }
    let record = id::<Challenge>(&path)?;
    state.innocap.find_to_change(visitor.actor(), record).await?;
    close_page(&state, &visitor, &request, record).await?.answer(&state.innocap, &visitor)
}

pub(crate) async fn close(
    state: web::Data<State>,
    sent: SafeForm,
    path: Path,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (record, form) = (id::<Challenge>(&path)?, &sent.form);
    let document = without_empty(json!({ "outcome": form.text("outcome"), "reason": form.text("reason") }));
    let closed = state.innocap.close_challenge(&sent.visitor.caller, record, None, &document).await;
    match taken(&request, record, closed) {
        Ok(answer) => Ok(answer),
        Err(error) => refused(close_page(&state, &sent.visitor, &request, record).await?, error, &state, &sent),
    }
}

/// The form again, with what was typed and what is wrong.
fn refused(mut page: FormPage, error: AppError, state: &State, sent: &SafeForm) -> Result<HttpResponse, Problem> {
    for field in &mut page.fields {
        field.fill(&sent.form);
    }
    page.conflict = "fault-as-things-stand";
    page.refused(error, &state.innocap, &sent.visitor)
}

async fn archive_page<C: Resource>(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    record: Id<C>,
) -> Result<FormPage, Problem> {
    let fields = vec![reason_field(&InterfaceTexts::of(request))];
    form(state, visitor, request, record, ["archive", "archive-lead", "archive"], fields).await
}

pub(crate) async fn archive_form<C: Resource>(
    state: web::Data<State>,
    visitor: Visitor,
    path: Path,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(elsewhere) = sign_in_first(&visitor, &request) {
        return Ok(elsewhere);
    }
    let record = id::<C>(&path)?;
    state.innocap.find_to_change(visitor.actor(), record).await?;
    archive_page(&state, &visitor, &request, record).await?.answer(&state.innocap, &visitor)
}

pub(crate) async fn archive<C: Resource>(
    state: web::Data<State>,
    sent: SafeForm,
    path: Path,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let record = id::<C>(&path)?;
    let document = without_empty(json!({ "reason": sent.form.text("reason") }));
    let archived = state.innocap.archive(&sent.visitor.caller, record, None, &document).await;
    match taken(&request, record, archived) {
        Ok(answer) => Ok(answer),
        Err(error) => refused(archive_page(&state, &sent.visitor, &request, record).await?, error, &state, &sent),
    }
}

async fn publish_page<C: Resource>(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    record: Id<C>,
) -> Result<FormPage, Problem> {
    form(state, visitor, request, record, ["publish", "publish-lead", "writing-publish"], Vec::new()).await
}

pub(crate) async fn publish_form<C: Resource>(
    state: web::Data<State>,
    visitor: Visitor,
    path: Path,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(elsewhere) = sign_in_first(&visitor, &request) {
        return Ok(elsewhere);
    }
    let record = id::<C>(&path)?;
    state.innocap.find_to_change(visitor.actor(), record).await?;
    publish_page(&state, &visitor, &request, record).await?.answer(&state.innocap, &visitor)
}

pub(crate) async fn publish<C: Resource>(
    state: web::Data<State>,
    sent: SafeForm,
    path: Path,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let record = id::<C>(&path)?;
    let published = state.innocap.publish(&sent.visitor.caller, record, None).await;
    match published {
        Ok(published) if published.waits => Ok(done(&request, "/my")),
        published => match taken(&request, record, published) {
            Ok(answer) => Ok(answer),
            Err(AppError::Invalid(_)) => Ok(see(&format!("{}/edit", page_of(record)))),
            Err(error) => refused(publish_page(&state, &sent.visitor, &request, record).await?, error, &state, &sent),
        },
    }
}

async fn report_page<C: Resource>(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    record: Id<C>,
) -> Result<FormPage, Problem> {
    let texts = InterfaceTexts::of(request);
    let reason = Field::new("reason", "select", texts.get("report-reason"), "").choosing(report_reasons(&texts));
    let note = Field::new("note", "textarea", texts.get("report-note"), "").rows(4).within(limits::NOTE).optional();
    form(state, visitor, request, record, ["report", "report-lead", "report-title"], vec![reason, note]).await
}

pub(crate) async fn report_form<C: Resource>(
    state: web::Data<State>,
    visitor: Visitor,
    path: Path,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    report_page(&state, &visitor, &request, id::<C>(&path)?).await?.answer(&state.innocap, &visitor)
}

pub(crate) async fn report<C: Resource>(
    state: web::Data<State>,
    sent: SafeForm,
    path: Path,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (record, visitor) = (id::<C>(&path)?, &sent.visitor);
    let document = without_empty(json!({ "reason": sent.form.text("reason"), "note": sent.form.text("note") }));
    match state.innocap.report(&visitor.caller, record, &document).await {
        Ok(()) => {
            let page = FormPage::new(InterfaceTexts::of(&request), visitor, "report-title")?.saying("report-thanks");
            page.leading(&page_of(record), "back").answer(&state.innocap, visitor)
        }
        Err(error) => refused(report_page(&state, visitor, &request, record).await?, error, &state, &sent),
    }
}
