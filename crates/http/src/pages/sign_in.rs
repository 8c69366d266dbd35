//! Signing in and out, signing up, and the pages that links in mails lead to.

use actix_web::cookie::Cookie;
use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::{Callback, Innocap, SESSION_LIFETIME, SignedIn};
use innocap_domain::LanguageTag;
use serde_json::{Value, json};

use super::forms::{Field, FormPage, safe_next, see};
use super::layout::Choice;
use super::texts::InterfaceTexts;
use super::visitor::{CookieNames, SESSION, SafeForm, SafeScript, TOKEN_FIELD, Visitor};
use crate::extract::{Agent, Document, Form};
use crate::problem::Problem;
use crate::reader::LANGUAGES;
use crate::server::State;

/// The cookie that holds the `state` of a sign-in at an identity provider, and the one of a passkey's ceremony.
const PROVIDER: &str = "innocap-provider";
const CEREMONY: &str = "innocap-ceremony";
/// Seconds that these two are kept.
const AWAY: i64 = 600;

fn email(texts: &InterfaceTexts) -> Field {
    Field::new("email", "email", texts.get("field-email"), "username")
}

pub(super) fn new_password(texts: &InterfaceTexts) -> Field {
    Field::new("password", "password", texts.get("field-new-password"), "new-password")
        .hinted(texts.get("field-password-hint"))
}

pub(super) fn languages(texts: &InterfaceTexts, chosen: &str) -> Field {
    let choices = LANGUAGES.into_iter().map(|(code, name)| Choice::new(code, name.to_owned(), chosen)).collect();
    Field::new("language", "select", texts.get("field-language"), "language").choosing(choices)
}

fn sign_in_page(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    typed: &str,
    next: &str,
) -> Result<FormPage, Problem> {
    let texts = InterfaceTexts::of(request);
    let password = Field::new("password", "password", texts.get("field-password"), "current-password");
    let fields = vec![email(&texts).with(typed), password];
    let mut page = FormPage::new(texts, visitor, "sign-in-title")?
        .asking("/sign-in", "sign-in-button", fields)
        .leading("/sign-up", "sign-up-title")
        .leading("/forgot", "forgot-title");
    page.hidden.push(("next".to_owned(), safe_next(next).to_owned()));
    page.providers = provider_ways(&state.innocap, &page.texts);
    page.passkeys = state.innocap.has_passkeys();
    Ok(page)
}

/// Where a form goes that sets out to an identity provider, and the provider's name.
pub(super) fn provider_ways(innocap: &Innocap, texts: &InterfaceTexts) -> Vec<(String, String)> {
    let way = |(id, name): (String, String)| (texts.to(&format!("/sign-in/provider/{id}")), name);
    innocap.providers().into_iter().map(way).collect()
}

pub(crate) async fn sign_in_form(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(&request);
    let next = safe_next(texts.parameter("next")).to_owned();
    if visitor.session.is_some() {
        return Ok(see(&next));
    }
    sign_in_page(&state, &visitor, &request, "", &next)?.answer(&state.innocap, &visitor)
}

pub(crate) async fn sign_in(
    state: web::Data<State>,
    sent: SafeForm,
    agent: Agent,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (visitor, form) = (&sent.visitor, &sent.form);
    let document = json!({ "email": form.text("email"), "password": form.text("password") });
    match state.innocap.sign_in(&visitor.caller, &document).await {
        Ok(signed_in) if form.0.iter().any(|(name, _)| name.starts_with(KEPT)) => {
            gone_on(&state, visitor, &agent, &signed_in, form, &request).await
        }
        Ok(signed_in) => admitted(&state, visitor, &agent, &signed_in, form.text("next")).await,
        Err(error) => {
            let mut page = sign_in_page(&state, visitor, &request, form.text("email"), form.text("next"))?;
            page.hidden.extend(form.0.iter().filter(|(name, _)| name.starts_with(KEPT)).cloned());
            page.refused(error, &state.innocap, visitor)
        }
    }
}

/// What begins the names of the fields of a form that waits while its writer signs in again.
const KEPT: &str = "kept.";

/// The page to sign in on for somebody whose session has ended while they wrote: what they wrote goes along.
pub(super) fn sign_in_to_go_on(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    form: &Form,
) -> Result<HttpResponse, Problem> {
    let mut page = sign_in_page(state, visitor, request, "", request.path())?.saying("sign-in-to-go-on");
    let own = [TOKEN_FIELD, "do"];
    let kept = form.0.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    page.hidden.extend(kept.map(|(name, value)| (format!("{KEPT}{name}"), value.clone())));
    // What was written goes along in this form alone.
    page.providers.clear();
    page.passkeys = false;
    page.answer(&state.innocap, visitor)
}

/// Signs in and hands back what was written, to be looked at and sent by whoever wrote it.
async fn gone_on(
    state: &State,
    visitor: &Visitor,
    agent: &Agent,
    signed_in: &SignedIn,
    form: &Form,
    request: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    let secret = state.innocap.begin_session(&visitor.caller, signed_in, &agent.0).await?;
    let texts = InterfaceTexts::of(request);
    let mut page = FormPage::new(texts, visitor, "go-on-title")?.saying("go-on-lead");
    page = page.asking(safe_next(form.text("next")), "go-on-button", Vec::new());
    page.token = secret.csrf_token().map_err(innocap_app::AppError::from)?;
    page.hidden.push(("do".to_owned(), "check".to_owned()));
    let kept = form.0.iter().filter_map(|(name, value)| Some((name.strip_prefix(KEPT)?.to_owned(), value.clone())));
    page.hidden.extend(kept);
    let mut response = page.answer(&state.innocap, visitor)?;
    let lifetime = Some(SESSION_LIFETIME.num_seconds());
    set(&mut response, &CookieNames::of(&state.innocap).cookie(SESSION, secret.expose(), lifetime))?;
    Ok(response)
}

/// Begins a session and sends the browser on. Whatever it held before is replaced: a session that somebody planted in it
/// is not the one that is signed in.
async fn admitted(
    state: &State,
    visitor: &Visitor,
    agent: &Agent,
    signed_in: &SignedIn,
    next: &str,
) -> Result<HttpResponse, Problem> {
    let secret = state.innocap.begin_session(&visitor.caller, signed_in, &agent.0).await?;
    let names = CookieNames::of(&state.innocap);
    let mut response = see(safe_next(next));
    set(&mut response, &names.cookie(SESSION, secret.expose(), Some(SESSION_LIFETIME.num_seconds())))?;
    Ok(response)
}

fn set(response: &mut HttpResponse, cookie: &Cookie<'_>) -> Result<(), Problem> {
    response.add_cookie(cookie).map_err(|error| {
        tracing::error!(%error, "a cookie cannot be set");
        Problem::new("internal", "an internal error")
    })
}

pub(crate) async fn sign_out(state: web::Data<State>, sent: SafeForm) -> Result<HttpResponse, Problem> {
    if let Some(session) = &sent.visitor.session {
        state.innocap.sign_out(&sent.visitor.caller, session.secret.expose()).await?;
    }
    let mut response = see("/");
    set(&mut response, &CookieNames::of(&state.innocap).removal(SESSION))?;
    Ok(response)
}

fn sign_up_page(visitor: &Visitor, request: &HttpRequest, typed: [&str; 3]) -> Result<FormPage, Problem> {
    let texts = InterfaceTexts::of(request);
    let language = if typed[2].is_empty() { texts.code() } else { typed[2] };
    let fields = vec![
        Field::new("name", "text", texts.get("field-name"), "name").with(typed[0]),
        email(&texts).with(typed[1]),
        new_password(&texts),
        languages(&texts, language),
    ];
    let page = FormPage::new(texts, visitor, "sign-up-title")?.saying("sign-up-lead");
    Ok(page.asking("/sign-up", "sign-up-button", fields).leading("/sign-in", "sign-in-title"))
}

pub(crate) async fn sign_up_form(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    sign_up_page(&visitor, &request, ["", "", ""])?.answer(&state.innocap, &visitor)
}

pub(crate) async fn sign_up(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (visitor, form) = (&sent.visitor, &sent.form);
    let document = json!({
        "name": form.text("name"), "email": form.text("email"),
        "password": form.text("password"), "language": form.text("language"),
    });
    match state.innocap.sign_up(&visitor.caller, &document).await {
        Ok(()) => message(&state, visitor, &request, "sign-up-title", "mail-under-way", "/sign-in"),
        Err(error) => {
            let typed = [form.text("name"), form.text("email"), form.text("language")];
            sign_up_page(visitor, &request, typed)?.refused(error, &state.innocap, visitor)
        }
    }
}

/// A page that says one thing and leads on.
fn message(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    title: &str,
    text: &str,
    on: &str,
) -> Result<HttpResponse, Problem> {
    let label = if on == "/sign-in" { "sign-in-title" } else { "account-title" };
    let page = FormPage::new(InterfaceTexts::of(request), visitor, title)?.saying(text).leading(on, label);
    page.answer(&state.innocap, visitor)
}

/// What a link in a mail is for: its page, the button, and what is said when it is done.
struct Step {
    action: &'static str,
    title: &'static str,
    lead: &'static str,
    button: &'static str,
    done: &'static str,
}

const CONFIRM: Step = Step {
    action: "/confirm",
    title: "confirm-title",
    lead: "confirm-lead",
    button: "confirm-button",
    done: "confirm-done",
};
const CONFIRM_ADDRESS: Step = Step { action: "/confirm-address", ..CONFIRM };
const RESET: Step =
    Step { action: "/reset", title: "reset-title", lead: "reset-lead", button: "reset-button", done: "reset-done" };

/// The page of a link: a button, since programs that look through mail follow links and would use the code up.
fn step_page(step: &Step, visitor: &Visitor, request: &HttpRequest, code: &str) -> Result<FormPage, Problem> {
    let texts = InterfaceTexts::of(request);
    let fields = if step.action == "/reset" { vec![new_password(&texts)] } else { Vec::new() };
    let mut page = FormPage::new(texts, visitor, step.title)?.saying(step.lead);
    page = page.asking(step.action, step.button, fields);
    page.hidden.push(("code".to_owned(), code.to_owned()));
    Ok(page)
}

async fn step_form(
    step: &Step,
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    let code = InterfaceTexts::of(request).parameter("code").to_owned();
    step_page(step, visitor, request, &code)?.answer(&state.innocap, visitor)
}

async fn step_taken<T>(
    step: &Step,
    state: &State,
    sent: &SafeForm,
    request: &HttpRequest,
    taken: Result<T, innocap_app::AppError>,
) -> Result<HttpResponse, Problem> {
    let visitor = &sent.visitor;
    match taken {
        Ok(_) => message(state, visitor, request, step.title, step.done, "/sign-in"),
        Err(error) => step_page(step, visitor, request, sent.form.text("code"))?
            .leading("/forgot", "forgot-title")
            .refused(error, &state.innocap, visitor),
    }
}

fn code(sent: &SafeForm) -> Value {
    json!({ "code": sent.form.text("code"), "password": sent.form.text("password") })
}

pub(crate) async fn confirm_form(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    step_form(&CONFIRM, &state, &visitor, &request).await
}

pub(crate) async fn confirm(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let taken = state.innocap.confirm_address(&sent.visitor.caller, &code(&sent)).await;
    step_taken(&CONFIRM, &state, &sent, &request, taken).await
}

pub(crate) async fn confirm_address_form(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    step_form(&CONFIRM_ADDRESS, &state, &visitor, &request).await
}

pub(crate) async fn confirm_address(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let taken = state.innocap.change_address(&sent.visitor.caller, &code(&sent)).await;
    step_taken(&CONFIRM_ADDRESS, &state, &sent, &request, taken).await
}

pub(crate) async fn reset_form(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    step_form(&RESET, &state, &visitor, &request).await
}

pub(crate) async fn reset(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let taken = state.innocap.reset_password(&sent.visitor.caller, &code(&sent)).await;
    step_taken(&RESET, &state, &sent, &request, taken).await
}

fn forgot_page(visitor: &Visitor, request: &HttpRequest, typed: &str) -> Result<FormPage, Problem> {
    let texts = InterfaceTexts::of(request);
    let fields = vec![email(&texts).with(typed)];
    let page = FormPage::new(texts, visitor, "forgot-title")?.saying("forgot-lead");
    Ok(page.asking("/forgot", "forgot-button", fields).leading("/sign-in", "sign-in-title"))
}

pub(crate) async fn forgot_form(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    forgot_page(&visitor, &request, "")?.answer(&state.innocap, &visitor)
}

pub(crate) async fn forgot(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (visitor, typed) = (&sent.visitor, sent.form.text("email"));
    match state.innocap.request_reset(&visitor.caller, &json!({ "email": typed })).await {
        Ok(()) => message(&state, visitor, &request, "forgot-title", "mail-under-way", "/sign-in"),
        Err(error) => forgot_page(visitor, &request, typed)?.refused(error, &state.innocap, visitor),
    }
}

pub(crate) async fn provider(
    state: web::Data<State>,
    sent: SafeForm,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let language: LanguageTag = InterfaceTexts::of(&request).language().into();
    let departure = state.innocap.begin_provider(&sent.visitor.caller, &path, Some(language)).await?;
    let mut response = see(&departure.address);
    set(&mut response, &CookieNames::of(&state.innocap).cookie(PROVIDER, &departure.state, Some(AWAY)))?;
    Ok(response)
}

pub(crate) async fn provider_back(
    state: web::Data<State>,
    visitor: Visitor,
    agent: Agent,
    request: HttpRequest,
    callback: web::Query<Callback>,
) -> Result<HttpResponse, Problem> {
    let names = CookieNames::of(&state.innocap);
    let kept = names.value(&request, PROVIDER).unwrap_or_default();
    let mut response = match state.innocap.finish_provider(&visitor.caller, &kept, &callback).await {
        Ok(_) if visitor.session.is_some() => see("/account?done=saved"),
        Ok(signed_in) => admitted(&state, &visitor, &agent, &signed_in, "/account").await?,
        Err(error) => {
            let mut page = sign_in_page(&state, &visitor, &request, "", "")?;
            page.conflict = "fault-link-first";
            page.refused(error, &state.innocap, &visitor)?
        }
    };
    set(&mut response, &names.removal(PROVIDER))?;
    Ok(response)
}

pub(crate) async fn passkey_options(state: web::Data<State>, sent: SafeScript) -> Result<HttpResponse, Problem> {
    let begun = match sent.0.session {
        Some(_) => state.innocap.begin_passkey(&sent.0.caller).await?,
        None => state.innocap.begin_passkey_sign_in().await?,
    };
    let mut response = HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(begun.options);
    set(&mut response, &CookieNames::of(&state.innocap).cookie(CEREMONY, begun.secret.expose(), Some(AWAY)))?;
    Ok(response)
}

/// The browser's answer: it adds a passkey for whoever is signed in, and signs in who is not.
pub(crate) async fn passkey(
    state: web::Data<State>,
    sent: SafeScript,
    agent: Agent,
    request: HttpRequest,
    document: Document,
) -> Result<HttpResponse, Problem> {
    let names = CookieNames::of(&state.innocap);
    let (visitor, ceremony) = (&sent.0, names.value(&request, CEREMONY).unwrap_or_default());
    let answer = &document.0["credential"];
    let mut response = HttpResponse::NoContent().finish();
    if visitor.session.is_some() {
        let name = document.0["name"].as_str().unwrap_or_default();
        state.innocap.add_passkey(&visitor.caller, &ceremony, name, answer).await?;
    } else {
        let signed_in = state.innocap.finish_passkey_sign_in(&visitor.caller, &ceremony, answer).await?;
        let secret = state.innocap.begin_session(&visitor.caller, &signed_in, &agent.0).await?;
        set(&mut response, &names.cookie(SESSION, secret.expose(), Some(SESSION_LIFETIME.num_seconds())))?;
    }
    set(&mut response, &names.removal(CEREMONY))?;
    Ok(response)
}
