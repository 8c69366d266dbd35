//! What becomes of a record after it is written: shown, talked about, closed with an outcome, archived with a reason; and
//! reported by whoever sees something wrong. Each step is a page of its own, so that nothing is ended by a slip.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::{AppError, Caller, Innocap, Resource};
use innocap_domain::{Challenge, Id, OrganisationId, Outcome, RecordKind, Role, Solution, Status, limits};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::desk::done;
use super::forms::{Field, FormPage, see};
use super::layout::Choice;
use super::operator::reports::report_reasons;
use super::texts::InterfaceTexts;
use super::visitor::{SafeForm, SignedIn, Visitor};
use crate::api::records::id;
use crate::extract::Form;
use crate::problem::Problem;
use crate::server::State;

/// What comes of a step that was taken.
pub(crate) enum Taken {
    /// The record's page shows it.
    Shown,
    /// It waits for a moderator.
    Waits,
    /// There is nothing to see: a message says so.
    Said(&'static str),
    /// The record lacks something, which is said where it is written.
    Unfinished,
}

/// A step in the life of a record.
pub(crate) trait Step<C: Resource> {
    /// The last word of its address.
    const WORD: &'static str;
    /// The messages that introduce it, and that its button and title bear.
    const MESSAGES: (&'static str, &'static str);
    /// Whether it is for those alone whose record it is.
    const OWN: bool = true;
    /// What is asked.
    fn fields(_: &InterfaceTexts) -> Vec<Field> {
        Vec::new()
    }
    /// Takes it; `document` holds what was filled in.
    async fn take(innocap: &Innocap, caller: &Caller, record: Id<C>, document: &Value) -> Result<Taken, AppError>;
}

/// Shows a draft, or what was archived, to everyone.
pub(crate) struct Publish;
/// Says that a solution still holds; one that was archived is shown again.
pub(crate) struct Renew;
/// Says that its owner talks with providers.
pub(crate) struct Dialogue;
/// Closes a challenge with an outcome.
pub(crate) struct Close;
/// Takes it out of lists and suggestions.
pub(crate) struct Archive;
/// Says that something is wrong with it.
pub(crate) struct Report;

fn reason(texts: &InterfaceTexts) -> Field {
    let field = Field::new("reason", "textarea", texts.get("field-reason"), "");
    field.hinted(texts.get("end-reason-hint")).rows(3).within(limits::NOTE)
}

impl<C: Resource> Step<C> for Publish {
    const WORD: &'static str = "publish";
    const MESSAGES: (&'static str, &'static str) = ("publish-lead", "writing-publish");

    async fn take(innocap: &Innocap, caller: &Caller, record: Id<C>, _: &Value) -> Result<Taken, AppError> {
        match innocap.publish(caller, record, None).await {
            Ok(published) if published.waits => Ok(Taken::Waits),
            Ok(_) => Ok(Taken::Shown),
            Err(AppError::Invalid(_)) => Ok(Taken::Unfinished),
            Err(error) => Err(error),
        }
    }
}

impl Step<Solution> for Renew {
    const WORD: &'static str = "renew";
    const MESSAGES: (&'static str, &'static str) = ("renew-lead", "renew");

    async fn take(innocap: &Innocap, caller: &Caller, record: Id<Solution>, _: &Value) -> Result<Taken, AppError> {
        match innocap.renew_solution(caller, record, None).await {
            Ok(_) => Ok(Taken::Shown),
            Err(AppError::Invalid(_)) => Ok(Taken::Unfinished),
            Err(error) => Err(error),
        }
    }
}

impl Step<Challenge> for Dialogue {
    const WORD: &'static str = "dialogue";
    const MESSAGES: (&'static str, &'static str) = ("dialogue-lead", "challenge-dialogue");

    async fn take(innocap: &Innocap, caller: &Caller, record: Id<Challenge>, _: &Value) -> Result<Taken, AppError> {
        innocap.begin_dialogue(caller, record, None).await.map(|_| Taken::Shown)
    }
}

impl Step<Challenge> for Close {
    const WORD: &'static str = "close";
    const MESSAGES: (&'static str, &'static str) = ("challenge-close-lead", "challenge-close");

    fn fields(texts: &InterfaceTexts) -> Vec<Field> {
        let choice = |outcome: &Outcome| Choice::new(outcome.as_str(), outcome_name(texts, *outcome), "");
        let outcomes = Outcome::ALL.iter().map(choice).collect();
        let outcome = Field::new("outcome", "select", texts.get("field-outcome"), "").choosing(outcomes);
        vec![outcome, reason(texts).optional()]
    }

    async fn take(
        innocap: &Innocap,
        caller: &Caller,
        record: Id<Challenge>,
        document: &Value,
    ) -> Result<Taken, AppError> {
        innocap.close_challenge(caller, record, None, document).await.map(|_| Taken::Shown)
    }
}

impl<C: Resource> Step<C> for Archive {
    const WORD: &'static str = "archive";
    const MESSAGES: (&'static str, &'static str) = ("archive-lead", "archive");

    fn fields(texts: &InterfaceTexts) -> Vec<Field> {
        vec![reason(texts)]
    }

    async fn take(innocap: &Innocap, caller: &Caller, record: Id<C>, document: &Value) -> Result<Taken, AppError> {
        innocap.archive(caller, record, None, document).await.map(|_| Taken::Shown)
    }
}

impl<C: Resource> Step<C> for Report {
    const WORD: &'static str = "report";
    const MESSAGES: (&'static str, &'static str) = ("report-lead", "report-title");
    const OWN: bool = false;

    fn fields(texts: &InterfaceTexts) -> Vec<Field> {
        let reason = Field::new("reason", "select", texts.get("report-reason"), "").choosing(report_reasons(texts));
        let note = Field::new("note", "textarea", texts.get("report-note"), "").rows(4).within(limits::NOTE);
        vec![reason, note.optional()]
    }

    async fn take(innocap: &Innocap, caller: &Caller, record: Id<C>, document: &Value) -> Result<Taken, AppError> {
        innocap.report(caller, record, document).await.map(|()| Taken::Said("report-thanks"))
    }
}

pub(super) fn outcome_name(texts: &InterfaceTexts, outcome: Outcome) -> String {
    match outcome {
        Outcome::Piloted => texts.get("outcome-piloted"),
        Outcome::Procured => texts.get("outcome-procured"),
        Outcome::Adopted => texts.get("outcome-adopted"),
        Outcome::None => texts.get("outcome-none"),
        Outcome::Withdrawn => texts.get("outcome-withdrawn"),
    }
}

const fn resource(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Organisation => "organisations",
        RecordKind::Challenge => "challenges",
        RecordKind::Solution => "solutions",
    }
}

/// The address of a record's page.
fn page_of<C: Resource>(record: Id<C>) -> String {
    format!("/{}/{record}", resource(C::KIND))
}

async fn page<C: Resource, S: Step<C>>(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    record: Id<C>,
) -> Result<FormPage, Problem> {
    if S::OWN {
        state.innocap.find_to_change(visitor.actor(), record).await?;
    }
    let (found, _) = state.innocap.find_whole(visitor.actor(), record).await?;
    let (lead, button) = S::MESSAGES;
    let texts = InterfaceTexts::of(request);
    let fields = S::fields(&texts);
    let mut page = FormPage::new(texts, visitor, button)?;
    page.title = format!("{}: {}", page.title, found.content.name());
    page.conflict = "fault-as-things-stand";
    let page = page.saying(lead).asking(&format!("{}/{}", page_of(record), S::WORD), button, fields);
    Ok(page.leading(&page_of(record), "back"))
}

/// The page of a step for those whose record it is.
pub(crate) async fn form<C: Resource, S: Step<C>>(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    page::<C, S>(&state, &visitor, &request, id(&path)?).await?.answer(&state.innocap, &visitor)
}

/// The page of a step that is open to everyone.
pub(crate) async fn open_form<C: Resource, S: Step<C>>(
    state: web::Data<State>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    page::<C, S>(&state, &visitor, &request, id(&path)?).await?.answer(&state.innocap, &visitor)
}

/// What was filled in, without what was left empty.
fn document(form: &Form, fields: &[Field]) -> Value {
    let filled = fields.iter().filter_map(|field| Some((field.name.to_owned(), Value::from(form.get(field.name)?))));
    Value::Object(filled.collect::<Map<_, _>>())
}

/// Takes a step, or shows its page again with what was typed and what is wrong.
pub(crate) async fn take<C: Resource, S: Step<C>>(
    state: web::Data<State>,
    sent: SafeForm,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (innocap, visitor, record) = (&state.innocap, &sent.visitor, id::<C>(&path)?);
    let texts = InterfaceTexts::of(&request);
    let document = document(&sent.form, &S::fields(&texts));
    match S::take(innocap, &visitor.caller, record, &document).await {
        Ok(Taken::Shown) => Ok(see(&texts.to(&page_of(record)))),
        Ok(Taken::Waits) => Ok(done(&request, "/my")),
        Ok(Taken::Unfinished) => Ok(see(&texts.to(&format!("{}/edit", page_of(record))))),
        Ok(Taken::Said(message)) => {
            let page = FormPage::new(texts, visitor, S::MESSAGES.1)?.saying(message);
            page.leading(&page_of(record), "back").answer(innocap, visitor)
        }
        Err(AppError::Unauthenticated) => Ok(see(&texts.to("/sign-in"))),
        Err(error) => {
            let mut page = page::<C, S>(&state, visitor, &request, record).await?;
            for field in &mut page.fields {
                field.fill(&sent.form);
            }
            page.refused(error, innocap, visitor)
        }
    }
}

/// The steps that can be taken with a record: by those whose it is, and by everyone. Address and label of each.
pub(super) fn tools(
    visitor: &Visitor,
    texts: &InterfaceTexts,
    kind: RecordKind,
    record: Uuid,
    owner: OrganisationId,
    status: Status,
) -> Vec<(String, String)> {
    let base = format!("/{}/{record}", resource(kind));
    let way = |what: &str, label: &str| (texts.to(&format!("{base}/{what}")), texts.get(label));
    let role = visitor.actor().role_in(owner);
    let writes = visitor.actor().is_operator() || role >= Some(Role::Editor);
    let is_challenge = kind == RecordKind::Challenge;
    let mut tools = Vec::new();
    if writes {
        let copy = format!("/{}/new?copy={record}&organisation={owner}", resource(kind));
        tools.extend([way("edit", "edit"), (texts.to(&copy), texts.get("copy"))]);
        match status {
            Status::Published | Status::Archived if !is_challenge => tools.push(way("renew", "renew")),
            Status::Draft | Status::Archived => tools.push(way("publish", "writing-publish")),
            Status::Published if is_challenge => tools.push(way("dialogue", "challenge-dialogue")),
            _ => {}
        }
        if status.is_open() && is_challenge {
            tools.push(way("close", "challenge-close"));
        }
        if status.is_open() {
            tools.push(way("archive", "archive"));
        }
    }
    if is_challenge && (writes || role.is_some()) {
        tools.push(way("shortlist", "shortlist-title"));
    }
    if status.is_public() {
        tools.push(way("report", "report-title"));
    }
    tools
}
