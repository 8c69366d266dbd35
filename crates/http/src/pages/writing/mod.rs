//! Writing: challenges, solutions and organisations in a form of a few steps, beside which stands what the text matches
//! as it grows. Nothing typed is lost: drafts are saved as one writes, a text outlives the end of a session, and who saves
//! second sees what the first has changed.

mod aside;
mod challenge;
mod documents;
mod fields;
mod organisation;
mod solution;

use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web};
use askama::Template;
use innocap_app::{AppError, Innocap, Resource, View};
use innocap_domain::{Id, OrganisationId, Role};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::desk::done;
use super::forms::{Field, explain, see};
use super::layout::render_as;
use super::sign_in::sign_in_to_go_on;
use super::texts::InterfaceTexts;
use super::visitor::{SignedIn, TOKEN_FIELD, Visitor, check_origin};
use crate::api::records::id;
use crate::extract::Form;
use crate::problem::Problem;
use crate::server::State;
use aside::Aside;
use documents::flat;

/// Some fields of the form, under one heading.
struct Step {
    heading: String,
    lead: String,
    fields: Vec<Field>,
}

/// What is there to write with.
struct Context<'a> {
    innocap: &'a Innocap,
    texts: &'a InterfaceTexts,
    /// The organisations in whose name this may be written: identifier and name.
    organisations: Vec<(String, String)>,
}

/// What a kind of record adds to writing.
trait Written: Resource {
    /// What its addresses begin with.
    const RESOURCE: &'static str;
    /// Whether it is published by whoever writes it, and matched: an organisation is shown once it is verified.
    const LISTED: bool = true;
    /// Whether a description elsewhere may fill it in.
    const DESCRIBED: bool = false;
    /// The messages of the titles of a new one and of one that is changed.
    const TITLES: (&'static str, &'static str);
    /// Whether it is written in an organisation's name, and may be by one of this kind.
    fn suits(organisation: &Value) -> bool;
    /// What a stored record looks like as a form.
    fn typed(view: &View) -> Vec<(String, String)>;
    /// The form, without values.
    fn steps(context: &Context<'_>) -> Vec<Step>;
    /// The document that a form stands for; a member that was emptied is null. `before` is what is stored.
    fn document(typed: &Form, before: Option<&View>, context: &Context<'_>) -> Map<String, Value>;
    /// What a description elsewhere says of it, as a form.
    ///
    /// # Errors
    /// What the description lacks, or why it cannot be had.
    async fn described(_: &Innocap, _: &innocap_app::Caller, _: &str) -> Result<Vec<(String, String)>, AppError> {
        Ok(Vec::new())
    }
    /// What stands beside the form.
    async fn aside(typed: &Form, document: &Value, context: &Context<'_>) -> Result<Aside, Problem>;
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
    described: bool,
    /// Whether it is published from here, and matched.
    listed: bool,
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
    let context = Context { innocap: &state.innocap, texts: &texts, organisations };
    let mut steps = C::steps(&context);
    for field in steps.iter_mut().flat_map(|step| &mut step.fields) {
        field.fill(typed);
    }
    let aside = aside_of::<C>(typed, subject, &context).await?;
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
        described: C::DESCRIBED,
        listed: C::LISTED,
        texts,
    };
    Ok(visitor.with_cookies(&state.innocap, render_as(status, &page, page.texts.code())?))
}

async fn aside_of<C: Written>(typed: &Form, subject: &Subject<C>, context: &Context<'_>) -> Result<Aside, Problem> {
    let document = C::document(typed, subject.stored.as_ref().map(|(_, view)| view), context);
    C::aside(typed, &without_nulls(document), context).await
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
    let context = Context { innocap: &state.innocap, texts: &texts, organisations: Vec::new() };
    let (innocap, caller) = (&state.innocap, &visitor.caller);
    let document = C::document(form, subject.stored.as_ref().map(|(_, view)| view), &context);
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
    let context = Context { innocap: &state.innocap, texts: &texts, organisations };
    let mut aside = aside_of::<C>(form, &subject, &context).await?;
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
    let context = Context { innocap: &state.innocap, texts: &texts, organisations: Vec::new() };
    let stored = Form(subject.stored.as_ref().map(|(_, view)| C::typed(view)).unwrap_or_default());
    let fields = C::steps(&context).into_iter().flat_map(|step| step.fields);
    let other = |field: Field| {
        let values = |form: &Form| form.all(field.name).map(str::trim).collect::<Vec<_>>().join(", ");
        let (ours, theirs) = (values(form), values(&stored));
        (ours.replace("\r\n", "\n") != theirs).then_some((field.label, theirs))
    };
    fields.filter_map(other).collect()
}

macro_rules! handlers {
    ($($kind:ident: $new:ident, $create:ident, $edit:ident, $change:ident;)*) => {
        $(pub(crate) async fn $new(
            state: web::Data<State>,
            SignedIn(visitor): SignedIn,
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
            SignedIn(visitor): SignedIn,
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
