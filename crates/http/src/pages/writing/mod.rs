//! Writing: challenges, solutions and organisations in a form of a few steps, beside which stands what the text matches
//! as it grows. Nothing typed is lost: drafts are saved as one writes, a text outlives the end of a session, and who saves
//! second sees what the first has changed.

mod aside;
mod challenge;
mod organisation;
mod solution;

use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web};
use askama::Template;
use innocap_app::{AppError, Innocap, Resource, View};
use innocap_domain::{Id, OrganisationId, Role};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::forms::{Field, explain, see};
use super::layout::{Choice, render_as};
use super::operator::{done, sign_in_first};
use super::sign_in::sign_in_to_go_on;
use super::texts::InterfaceTexts;
use super::visitor::{TOKEN_FIELD, Visitor, check_origin};
use crate::api::records::id;
use crate::extract::Form;
use crate::problem::Problem;
use crate::server::State;
use aside::Aside;

/// Some fields of the form, under one heading.
struct Step {
    heading: String,
    lead: String,
    fields: Vec<Field>,
}

/// What is there to write with.
struct Desk<'a> {
    innocap: &'a Innocap,
    texts: &'a InterfaceTexts,
    /// The organisations in whose name this may be written: identifier and name.
    organisations: Vec<(String, String)>,
}

/// What a kind of record adds to writing.
trait Written: Resource {
    /// What its addresses begin with.
    const RESOURCE: &'static str;
    /// The messages of the titles of a new one and of one that is changed.
    const TITLES: (&'static str, &'static str);
    /// Whether it is written in an organisation's name, and may be by one of this kind.
    fn suits(organisation: &Value) -> bool;
    /// What a stored record looks like as a form.
    fn typed(view: &View) -> Vec<(String, String)>;
    /// The form, without values.
    fn steps(desk: &Desk<'_>) -> Vec<Step>;
    /// The document that a form stands for; a member that was emptied is null. `before` is what is stored.
    fn document(typed: &Form, before: Option<&View>, desk: &Desk<'_>) -> Map<String, Value>;
    /// What a description elsewhere says of it, as a form.
    ///
    /// # Errors
    /// What the description lacks, or why it cannot be had.
    async fn described(_: &Innocap, _: &innocap_app::Caller, _: &str) -> Result<Vec<(String, String)>, AppError> {
        Ok(Vec::new())
    }
    /// What stands beside the form.
    async fn aside(typed: &Form, document: &Value, desk: &Desk<'_>) -> Result<Aside, Problem>;
}

#[derive(Template)]
#[template(path = "writing.html")]
struct Page {
    texts: InterfaceTexts,
    token: String,
    title: String,
    action: String,
    key: String,
    version: String,
    steps: Vec<Step>,
    fault: Option<String>,
    done: Option<String>,
    /// What somebody else has written meanwhile: field and text.
    theirs: Vec<(String, String)>,
    aside: Aside,
    /// Where the record can be looked at, once it is saved.
    view: Option<String>,
    /// Whether it is still to be published.
    draft: bool,
    /// Whether a description elsewhere may fill it in.
    prefills: bool,
    /// Whether the organisation has to be chosen.
    is_record: bool,
}

impl Page {
    fn faulty(&self) -> Vec<&Field> {
        self.steps.iter().flat_map(|step| &step.fields).filter(|field| field.fault.is_some()).collect()
    }
}

/// A form as it was sent, whether or not its sender is still signed in: what was written is not to be lost.
pub(crate) struct Sent {
    visitor: Visitor,
    form: Form,
    /// Whether it carries this visitor's token.
    valid: bool,
}

impl FromRequest for Sent {
    type Error = Problem;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let form = Form::from_request(&request, payload);
        Box::pin(async move {
            let form = form.await?;
            let visitor = Visitor::of(&request).await?;
            check_origin(&request)?;
            let valid = visitor.is_form_token(form.text(TOKEN_FIELD));
            Ok(Self { visitor, form, valid })
        })
    }
}

/// What is written: a new record, or one that is there.
struct Subject<C> {
    id: Id<C>,
    stored: Option<(i64, View)>,
}

impl<C: Written> Subject<C> {
    fn action(&self) -> String {
        match self.stored {
            Some(_) => format!("/{}/{}/edit", C::RESOURCE, self.id),
            None => format!("/{}/new", C::RESOURCE),
        }
    }

    fn status(&self) -> &str {
        let status = self.stored.as_ref().and_then(|(_, view)| view.get("status")).and_then(Value::as_str);
        status.unwrap_or("draft")
    }
}

/// The organisations in whose name somebody may write a record of this kind.
async fn organisations<C: Written>(state: &State, visitor: &Visitor) -> Result<Vec<(String, String)>, Problem> {
    let me = state.innocap.me(&visitor.caller).await?;
    let mut found = Vec::new();
    for membership in me["memberships"].as_array().into_iter().flatten() {
        let organisation = &membership["organisation"];
        let text = |name: &str| organisation[name].as_str().unwrap_or_default().to_owned();
        let writes = text("id").parse::<OrganisationId>().ok().and_then(|id| visitor.actor().role_in(id));
        if writes.is_some_and(|role| role >= Role::Editor) && C::suits(organisation) {
            found.push((text("id"), text("name")));
        }
    }
    Ok(found)
}

/// What is said beside a form.
#[derive(Default)]
struct Said {
    fault: Option<AppError>,
    theirs: Vec<(String, String)>,
    saved: bool,
}

async fn page<C: Written>(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    subject: &Subject<C>,
    typed: &Form,
    said: Said,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(request);
    let organisations = organisations::<C>(state, visitor).await?;
    let desk = Desk { innocap: &state.innocap, texts: &texts, organisations };
    let mut steps = C::steps(&desk);
    for field in steps.iter_mut().flat_map(|step| &mut step.fields) {
        field.fill(typed);
    }
    let aside = aside_of::<C>(typed, subject, &desk).await?;
    let (mut status, mut fault) = (StatusCode::OK, None);
    if let Some(error) = said.fault {
        let mut fields: Vec<Field> = Vec::new();
        let counts: Vec<usize> = steps.iter().map(|step| step.fields.len()).collect();
        steps.iter_mut().for_each(|step| fields.append(&mut step.fields));
        (status, fault) = match error {
            AppError::Stale { .. } => (StatusCode::CONFLICT, Some(texts.get("writing-stale"))),
            AppError::Forbidden(_) => (StatusCode::FORBIDDEN, Some(texts.get("writing-not-published"))),
            error => explain(&texts, error, "writing-conflict", &mut fields)?,
        };
        let mut fields = fields.into_iter();
        for (step, count) in steps.iter_mut().zip(counts) {
            step.fields = fields.by_ref().take(count).collect();
        }
    }
    let saved = said.saved || texts.parameter("done") == "saved";
    let page = Page {
        token: visitor.form_token()?,
        title: texts.get(if subject.stored.is_some() { C::TITLES.1 } else { C::TITLES.0 }),
        action: subject.action(),
        key: subject.id.to_string(),
        version: subject.stored.as_ref().map(|(version, _)| version.to_string()).unwrap_or_default(),
        steps,
        fault,
        done: saved.then(|| texts.get("writing-saved")),
        theirs: said.theirs,
        aside,
        view: subject.stored.as_ref().map(|_| texts.to(&format!("/{}/{}", C::RESOURCE, subject.id))),
        draft: subject.status() == "draft",
        prefills: C::RESOURCE == "solutions",
        is_record: C::RESOURCE != "organisations",
        texts,
    };
    Ok(visitor.with_cookies(&state.innocap, render_as(status, &page, page.texts.code())?))
}

async fn aside_of<C: Written>(typed: &Form, subject: &Subject<C>, desk: &Desk<'_>) -> Result<Aside, Problem> {
    let document = C::document(typed, subject.stored.as_ref().map(|(_, view)| view), desk);
    C::aside(typed, &without_nulls(document), desk).await
}

/// A new document has no members to take away.
fn without_nulls(document: Map<String, Value>) -> Value {
    Value::Object(document.into_iter().filter(|(_, value)| !value.is_null()).collect())
}

/// A stored record for whoever may change it.
async fn stored<C: Written>(state: &State, visitor: &Visitor, id: Id<C>) -> Result<Subject<C>, Problem> {
    let found = state.innocap.find_to_change(visitor.actor(), id).await?;
    Ok(Subject { id, stored: Some(found) })
}

/// An empty form, or with `?copy=` one filled in as another record is.
async fn new_form<C: Written>(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(elsewhere) = sign_in_first(visitor, request) {
        return Ok(elsewhere);
    }
    let texts = InterfaceTexts::of(request);
    let mut typed = Form(vec![("language".to_owned(), texts.code().to_owned())]);
    if let Ok(copied) = texts.parameter("copy").parse::<Id<C>>() {
        let (_, view) = state.innocap.find(visitor.actor(), copied).await?;
        typed = Form(C::typed(&view));
        // When answers are wanted is another question the next time, and whose need it is another.
        typed.0.retain(|(name, _)| name != "deadline" && name != "organisation");
    }
    if let Ok(organisation) = texts.parameter("organisation").parse::<OrganisationId>() {
        // A body's need is where the body is, unless it says otherwise.
        let (_, body) = state.innocap.find::<innocap_domain::Organisation>(visitor.actor(), organisation).await?;
        typed.0.extend(flat(&Value::Object(body), &["country", "region"]));
    }
    let own = texts
        .parameters()
        .into_iter()
        .filter(|(name, _)| ["organisation", "kind", "title", "description"].contains(&name.as_str()));
    typed.0.extend(own);
    let subject = Subject::<C> { id: Id::from_uuid(Uuid::now_v7()), stored: None };
    page(state, visitor, request, &subject, &typed, Said::default()).await
}

async fn edit_form<C: Written>(
    state: &State,
    visitor: &Visitor,
    path: &str,
    request: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(elsewhere) = sign_in_first(visitor, request) {
        return Ok(elsewhere);
    }
    let subject = stored::<C>(state, visitor, id(path)?).await?;
    let typed = Form(subject.stored.as_ref().map(|(_, view)| C::typed(view)).unwrap_or_default());
    page(state, visitor, request, &subject, &typed, Said::default()).await
}

/// Takes a form: saves it, publishes it, only looks what it matches, or saves what is typed in passing (`do`).
async fn take<C: Written>(
    state: &State,
    sent: Sent,
    given: Option<&str>,
    request: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Sent { visitor, form, valid } = sent;
    let wanted = form.text("do").to_owned();
    if visitor.session.is_none() {
        if wanted == "draft" {
            return Err(Problem::new("unauthenticated", "the session has ended"));
        }
        return sign_in_to_go_on(state, &visitor, request, &form);
    }
    let subject = match given {
        Some(given) => stored::<C>(state, &visitor, id(given)?).await?,
        None => begun(state, &visitor, &form).await?,
    };
    // Signed in anew in the meantime: the text is there, and is sent again by whoever reads it.
    if !valid || wanted == "check" {
        if !valid && wanted == "draft" {
            return Err(Problem::new("forbidden", "the form has ended: open the page again"));
        }
        return page(state, &visitor, request, &subject, &form, Said::default()).await;
    }
    if wanted == "prefill" {
        return prefilled(state, &visitor, request, &subject, form).await;
    }
    if wanted == "draft" {
        return in_passing(state, &visitor, request, subject, &form).await;
    }
    match save(state, &visitor, request, &subject, &form).await {
        Ok(saved) if wanted == "publish" => publish(state, &visitor, request, saved, &form).await,
        Ok(saved) => Ok(done(request, &format!("/{}/{}/edit", C::RESOURCE, saved.id))),
        Err(AppError::Unauthenticated) => sign_in_to_go_on(state, &visitor, request, &form),
        Err(error @ AppError::Stale { .. }) => {
            let subject = stored::<C>(state, &visitor, subject.id).await?;
            let theirs = theirs::<C>(state, request, &subject, &form);
            let said = Said { fault: Some(error), theirs, saved: false };
            page(state, &visitor, request, &subject, &form, said).await
        }
        Err(error) => {
            let said = Said { fault: Some(error), ..Said::default() };
            page(state, &visitor, request, &subject, &form, said).await
        }
    }
}

/// The form with what a description elsewhere says, in the fields that were empty.
async fn prefilled<C: Written>(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    subject: &Subject<C>,
    mut form: Form,
) -> Result<HttpResponse, Problem> {
    let described = C::described(&state.innocap, &visitor.caller, form.text("publiccode")).await;
    let mut said = Said::default();
    match described {
        Ok(described) => {
            let empty: Vec<_> = described.into_iter().filter(|(name, _)| form.get(name).is_none()).collect();
            form.0.retain(|(name, _)| !empty.iter().any(|(filled, _)| filled == name));
            form.0.extend(empty);
        }
        Err(error) => said.fault = Some(error),
    }
    page(state, visitor, request, subject, &form, said).await
}

/// A record that is begun with this form; where the form was sent before, the one that came of it.
async fn begun<C: Written>(state: &State, visitor: &Visitor, form: &Form) -> Result<Subject<C>, Problem> {
    let id = form.text("key").parse().unwrap_or_else(|_| Id::from_uuid(Uuid::now_v7()));
    match state.innocap.find_to_change::<C>(visitor.actor(), id).await {
        Ok(found) => Ok(Subject { id, stored: Some(found) }),
        Err(AppError::NotFound) => Ok(Subject { id, stored: None }),
        // Somebody else's record: this one becomes another.
        Err(AppError::Forbidden(_)) => Ok(Subject { id: Id::from_uuid(Uuid::now_v7()), stored: None }),
        Err(error) => Err(error.into()),
    }
}

async fn save<C: Written>(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    subject: &Subject<C>,
    form: &Form,
) -> Result<Subject<C>, AppError> {
    let texts = InterfaceTexts::of(request);
    let desk = Desk { innocap: &state.innocap, texts: &texts, organisations: Vec::new() };
    let (innocap, caller) = (&state.innocap, &visitor.caller);
    let document = C::document(form, subject.stored.as_ref().map(|(_, view)| view), &desk);
    let saved = match &subject.stored {
        Some((version, _)) => {
            let expected = form.text("version").parse().unwrap_or(*version);
            innocap.patch(caller, subject.id, Some(expected), &Value::Object(document)).await?
        }
        None => innocap.create_as(caller, Some(subject.id), without_nulls(document)).await?,
    };
    Ok(Subject { id: subject.id, stored: Some(saved) })
}

async fn publish<C: Written>(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    saved: Subject<C>,
    form: &Form,
) -> Result<HttpResponse, Problem> {
    match state.innocap.publish(&visitor.caller, saved.id, None).await {
        Ok(published) if published.waits => Ok(done(request, "/my")),
        Ok(_) => Ok(see(&InterfaceTexts::of(request).to(&format!("/{}/{}", C::RESOURCE, saved.id)))),
        Err(error) => {
            let said = Said { fault: Some(error), saved: true, theirs: Vec::new() };
            page(state, visitor, request, &saved, form, said).await
        }
    }
}

/// Saves a draft while it is written, where it is whole enough to be saved, and answers with what stands beside it.
async fn in_passing<C: Written>(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    subject: Subject<C>,
    form: &Form,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(request);
    let is_draft = subject.status() == "draft";
    let saved = if is_draft { save(state, visitor, request, &subject, form).await.ok() } else { None };
    let was_saved = saved.is_some();
    let subject = saved.unwrap_or(subject);
    let organisations = Vec::new();
    let desk = Desk { innocap: &state.innocap, texts: &texts, organisations };
    let mut aside = aside_of::<C>(form, &subject, &desk).await?;
    aside.saved = was_saved.then(|| texts.get("writing-saved"));
    aside.action = subject.action();
    aside.version = subject.stored.as_ref().map(|(version, _)| version.to_string()).unwrap_or_default();
    let fragment = aside::Fragment { texts, aside };
    Ok(visitor.with_cookies(&state.innocap, render_as(StatusCode::OK, &fragment, fragment.texts.code())?))
}

/// The fields that read otherwise in the registry than in this form.
fn theirs<C: Written>(
    state: &State,
    request: &HttpRequest,
    subject: &Subject<C>,
    form: &Form,
) -> Vec<(String, String)> {
    let texts = InterfaceTexts::of(request);
    let desk = Desk { innocap: &state.innocap, texts: &texts, organisations: Vec::new() };
    let stored = Form(subject.stored.as_ref().map(|(_, view)| C::typed(view)).unwrap_or_default());
    let fields = C::steps(&desk).into_iter().flat_map(|step| step.fields);
    let other = |field: Field| {
        let values = |form: &Form| form.all(field.name).map(str::trim).collect::<Vec<_>>().join(", ");
        let (ours, theirs) = (values(form), values(&stored));
        (ours.replace("\r\n", "\n") != theirs).then_some((field.label, theirs))
    };
    fields.filter_map(other).collect()
}

/// The members of a document that are single values of a form, under the same names.
fn put(document: &mut Map<String, Value>, typed: &Form, names: &[&str]) {
    for name in names {
        let value = Some(typed.text(name).trim()).filter(|value| !value.is_empty());
        document.insert((*name).to_owned(), value.map_or(Value::Null, Value::from));
    }
}

/// A number, or as it was typed where it is none, so that what is wrong with it is said.
fn number(typed: &Form, name: &str) -> Value {
    let text = typed.text(name).trim();
    if text.is_empty() {
        return Value::Null;
    }
    text.replace([' ', '\u{a0}'], "").parse::<i64>().map_or_else(|_| Value::from(text), Value::from)
}

/// Yes, no or not known.
fn truth(typed: &Form, name: &str) -> Value {
    match typed.text(name) {
        "yes" => Value::Bool(true),
        "no" => Value::Bool(false),
        _ => Value::Null,
    }
}

/// The values of a field that may be ticked several times, without repetition.
fn ticked(typed: &Form, name: &str) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for value in typed.all(name) {
        if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    }
    values
}

/// The language versions: the first one as the form has it, the others as they are.
fn versions(typed: &Form, before: Option<&View>) -> Value {
    let stored = before.and_then(|view| view.get("texts")).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut first = stored.first().and_then(Value::as_object).cloned().unwrap_or_default();
    for name in ["language", "title", "summary", "description"] {
        let text = typed.text(name).trim().replace("\r\n", "\n");
        if text.is_empty() {
            first.remove(name);
        } else {
            first.insert(name.to_owned(), Value::from(text));
        }
    }
    let others = stored.into_iter().skip(1);
    Value::Array(std::iter::once(Value::Object(first)).chain(others).collect())
}

/// The pairs of a form for the members of a view that are texts, numbers or truths, or lists of texts.
fn flat(view: &Value, names: &[&str]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut push = |name: &str, value: &Value| match value {
        Value::String(text) => pairs.push((name.to_owned(), text.clone())),
        Value::Number(number) => pairs.push((name.to_owned(), number.to_string())),
        Value::Bool(truth) => pairs.push((name.to_owned(), String::from(if *truth { "yes" } else { "no" }))),
        _ => {}
    };
    for name in names {
        match &view[*name] {
            Value::Array(values) => values.iter().for_each(|value| push(name, value)),
            value => push(name, value),
        }
    }
    pairs
}

/// The organisation and the first language version of a stored record, as a form.
fn common(view: &View) -> Vec<(String, String)> {
    let view = Value::Object(view.clone());
    let mut pairs = flat(&view["texts"][0], &["language", "title", "summary", "description"]);
    let organisation = view["organisation"]["id"].as_str().unwrap_or_default();
    pairs.push(("organisation".to_owned(), organisation.to_owned()));
    pairs
}

/// Languages that have a choice of their own, and the others as one text.
fn known_languages(tags: &Value) -> Vec<(String, String)> {
    let tags = tags.as_array().into_iter().flatten().filter_map(Value::as_str);
    let (known, others): (Vec<&str>, Vec<&str>) =
        tags.partition(|tag| innocap_domain::Language::ALL.iter().any(|language| language.code() == *tag));
    let known = known.into_iter().map(|tag| ("languages".to_owned(), tag.to_owned()));
    known.chain(std::iter::once(("more_languages".to_owned(), others.join(", ")))).collect()
}

/// The languages ticked and those typed.
fn given_languages(typed: &Form) -> Vec<String> {
    let mut languages = ticked(typed, "languages");
    languages.extend(words(typed.text("more_languages")).map(str::to_owned));
    languages
}

/// What stands between commas, semicolons and blanks.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c == ';' || c.is_whitespace()).filter(|word| !word.is_empty())
}

/// Choices with an empty one before them.
fn or_none(texts: &InterfaceTexts, mut choices: Vec<Choice>) -> Vec<Choice> {
    choices.insert(0, Choice::new("", texts.get("choose-none"), "-"));
    choices
}

fn yes_or_no(texts: &InterfaceTexts) -> Vec<Choice> {
    let choices = [("yes", texts.get("yes")), ("no", texts.get("no"))];
    or_none(texts, choices.into_iter().map(|(value, label)| Choice::new(value, label, "-")).collect())
}

/// The nine levels of technology readiness.
fn levels(texts: &InterfaceTexts) -> Vec<Choice> {
    let level = |level: u8| Choice::new(&level.to_string(), texts.count("trl-level", level), "-");
    or_none(texts, (1..=9).map(level).collect())
}

macro_rules! handlers {
    ($($kind:ident: $new:ident, $create:ident, $edit:ident, $change:ident;)*) => {
        $(pub(crate) async fn $new(
            state: web::Data<State>,
            visitor: Visitor,
            request: HttpRequest,
        ) -> Result<HttpResponse, Problem> {
            new_form::<innocap_domain::$kind>(&state, &visitor, &request).await
        }

        pub(crate) async fn $create(
            state: web::Data<State>,
            sent: Sent,
            request: HttpRequest,
        ) -> Result<HttpResponse, Problem> {
            take::<innocap_domain::$kind>(&state, sent, None, &request).await
        }

        pub(crate) async fn $edit(
            state: web::Data<State>,
            visitor: Visitor,
            path: web::Path<String>,
            request: HttpRequest,
        ) -> Result<HttpResponse, Problem> {
            edit_form::<innocap_domain::$kind>(&state, &visitor, &path, &request).await
        }

        pub(crate) async fn $change(
            state: web::Data<State>,
            sent: Sent,
            path: web::Path<String>,
            request: HttpRequest,
        ) -> Result<HttpResponse, Problem> {
            take::<innocap_domain::$kind>(&state, sent, Some(path.as_str()), &request).await
        })*
    };
}

handlers! {
    Challenge: new_challenge, create_challenge, edit_challenge, change_challenge;
    Solution: new_solution, create_solution, edit_solution, change_solution;
    Organisation: new_organisation, create_organisation, edit_organisation, change_organisation;
}

/// The script that saves in passing and shows what matches.
pub(crate) async fn script() -> HttpResponse {
    super::start::script(include_str!("../../../templates/writing.js"))
}
