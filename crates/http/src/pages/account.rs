//! One's own account: what it holds, how one signs in, and leaving.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use innocap_app::{AppError, SessionKind, SessionView};
use serde_json::{Value, json};

use super::desk::done;
use super::forms::{Field, FormPage, see};
use super::inside::role_name;
use super::layout::render;
use super::sign_in::{languages, new_password, provider_ways};
use super::texts::InterfaceTexts;
use super::visitor::{CookieNames, SESSION, SafeForm, SignedIn, Visitor};
use crate::problem::Problem;
use crate::server::State;

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    texts: InterfaceTexts,
    token: String,
    name: String,
    email: String,
    confirmed: bool,
    /// Name, address of its page, role, and whether it is verified.
    organisations: Vec<(String, String, String, bool)>,
    sessions: Vec<SessionLine>,
    passkeys: Vec<(String, String, String)>,
    has_passkeys: bool,
    identities: Vec<(String, String)>,
    providers: Vec<(String, String)>,
    saved: bool,
}

struct SessionLine {
    id: String,
    what: String,
    seen: String,
    address: String,
    current: bool,
}

pub(crate) async fn page(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(&request);
    let innocap = &state.innocap;
    let me = innocap.me(&visitor.caller).await?;
    let sessions = innocap.presences(&visitor.caller).await?.iter().map(|session| line(session, &texts)).collect();
    let passkeys = innocap.passkeys(&visitor.caller).await?;
    let identities = innocap.identities(&visitor.caller).await?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let page = Page {
        token: visitor.form_token()?,
        name: text(&me["name"]),
        email: text(&me["email"]),
        confirmed: me["email_confirmed"] == true,
        organisations: memberships(&me["memberships"], &texts),
        sessions,
        passkeys: passkeys.iter().map(|p| (text(&p["id"]), text(&p["name"]), day(&text(&p["created"])))).collect(),
        has_passkeys: innocap.has_passkeys(),
        identities: identities.into_iter().map(|identity| (identity.issuer, identity.subject)).collect(),
        providers: provider_ways(innocap, &texts),
        saved: texts.parameter("done") == "saved",
        texts,
    };
    Ok(visitor.with_cookies(innocap, render(&page, page.texts.code())?))
}

fn memberships(memberships: &Value, texts: &InterfaceTexts) -> Vec<(String, String, String, bool)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |membership: &Value| {
        let organisation = &membership["organisation"];
        let role = role_name(texts, membership["role"].as_str().unwrap_or_default());
        let href = texts.to(&format!("/organisations/{}", text(&organisation["id"])));
        (text(&organisation["name"]), href, role, organisation["verified"] == true)
    };
    memberships.as_array().into_iter().flatten().map(of).collect()
}

/// The day of a time; the rest of it is of no use to somebody who looks through a list.
fn day(time: &str) -> String {
    time.chars().take(10).collect()
}

fn line(session: &SessionView, texts: &InterfaceTexts) -> SessionLine {
    let kind = match session.kind {
        SessionKind::Session => texts.get("session-browser"),
        SessionKind::Tokens => texts.get("session-program"),
    };
    let what = session.user_agent.clone().unwrap_or_else(|| texts.get("session-unknown"));
    SessionLine {
        id: session.id.to_string(),
        what: format!("{kind}: {what}"),
        seen: day(&session.seen.to_rfc3339()),
        address: session.address.clone().unwrap_or_default(),
        current: session.current,
    }
}

/// A form of the account that opens as a page of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    Name,
    Password,
    Address,
    Erase,
}

impl Own {
    /// Where it goes, and the messages of its title, its introduction and its button.
    const fn words(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Name => ("/account/name", "account-name", "account-name-lead", "save"),
            Self::Password => ("/account/password", "account-password", "account-password-lead", "save"),
            Self::Address => ("/account/address", "account-address", "account-address-lead", "forgot-button"),
            Self::Erase => ("/account/erase", "account-erase", "account-erase-lead", "account-erase"),
        }
    }

    fn page(self, visitor: &Visitor, request: &HttpRequest, me: &Value, typed: &[&str]) -> Result<FormPage, Problem> {
        let texts = InterfaceTexts::of(request);
        let typed = |place: usize| typed.get(place).copied().unwrap_or_default();
        let old = |name, texts: &InterfaceTexts| {
            let known = me["has_password"] == true;
            known.then(|| Field::new(name, "password", texts.get("field-password"), "current-password"))
        };
        let mut fields = Vec::new();
        match self {
            Self::Name => {
                fields.push(Field::new("name", "text", texts.get("field-name"), "name").with(typed(0)));
                fields.push(languages(&texts, typed(1)));
            }
            Self::Password => {
                fields.extend(old("current_password", &texts));
                fields.push(new_password(&texts));
            }
            Self::Address => {
                fields.push(Field::new("email", "email", texts.get("field-new-email"), "email").with(typed(0)));
                fields.extend(old("password", &texts));
            }
            Self::Erase => fields.extend(old("password", &texts)),
        }
        let (action, title, lead, button) = self.words();
        let page = FormPage::new(texts, visitor, title)?.saying(lead);
        Ok(page.asking(action, button, fields).leading("/account", "account-title"))
    }

    async fn show(self, state: &State, visitor: &Visitor, request: &HttpRequest) -> Result<HttpResponse, Problem> {
        let me = Value::Object(state.innocap.me(&visitor.caller).await?);
        let typed = [me["name"].as_str().unwrap_or_default(), me["language"].as_str().unwrap_or_default()];
        let typed: &[&str] = if self == Self::Name { &typed } else { &[] };
        self.page(visitor, request, &me, typed)?.answer(&state.innocap, visitor)
    }

    async fn taken<T>(
        self,
        state: &State,
        sent: &SafeForm,
        request: &HttpRequest,
        taken: Result<T, AppError>,
        typed: &[&str],
    ) -> Result<HttpResponse, Problem> {
        let visitor = &sent.visitor;
        match taken {
            Ok(_) => Ok(done(request, "/account")),
            Err(AppError::Unauthenticated) => Ok(see("/sign-in?next=%2Faccount")),
            Err(error) => {
                let me = Value::Object(state.innocap.me(&visitor.caller).await?);
                self.page(visitor, request, &me, typed)?.refused(error, &state.innocap, visitor)
            }
        }
    }
}

pub(crate) async fn name_form(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    Own::Name.show(&state, &visitor, &request).await
}

pub(crate) async fn name(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let typed = [sent.form.text("name"), sent.form.text("language")];
    let document = json!({ "name": typed[0], "language": typed[1] });
    let taken = state.innocap.update_me(&sent.visitor.caller, &document).await;
    Own::Name.taken(&state, &sent, &request, taken, &typed).await
}

pub(crate) async fn password_form(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    Own::Password.show(&state, &visitor, &request).await
}

pub(crate) async fn password(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let form = &sent.form;
    let document = json!({ "current_password": form.text("current_password"), "password": form.text("password") });
    let taken = state.innocap.change_password(&sent.visitor.caller, &document).await;
    Own::Password.taken(&state, &sent, &request, taken, &[]).await
}

pub(crate) async fn address_form(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    Own::Address.show(&state, &visitor, &request).await
}

pub(crate) async fn address(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let typed = [sent.form.text("email")];
    let document = json!({ "email": typed[0], "password": sent.form.text("password") });
    let taken = state.innocap.request_new_address(&sent.visitor.caller, &document).await;
    Own::Address.taken(&state, &sent, &request, taken, &typed).await
}

pub(crate) async fn erase_form(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    Own::Erase.show(&state, &visitor, &request).await
}

pub(crate) async fn erase(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let document = json!({ "password": sent.form.text("password") });
    match state.innocap.erase_me(&sent.visitor.caller, &document).await {
        Ok(()) => {
            let mut response = see("/");
            let removal = CookieNames::of(&state.innocap).removal(SESSION);
            response.add_cookie(&removal).map_err(|_| Problem::new("internal", "an internal error"))?;
            Ok(response)
        }
        refused => Own::Erase.taken(&state, &sent, &request, refused, &[]).await,
    }
}

pub(crate) async fn data(state: web::Data<State>, SignedIn(visitor): SignedIn) -> Result<HttpResponse, Problem> {
    let data = state.innocap.export_me(&visitor.caller).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"innocap-account.json\""))
        .json(data))
}

pub(crate) async fn end_session(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let caller = &sent.visitor.caller;
    match sent.form.get("id") {
        Some(id) => {
            let id = id.parse().map_err(|_| Problem::new("not_found", "an identifier is a UUID"))?;
            state.innocap.end_presence(caller, id).await?;
        }
        None => drop(state.innocap.end_other_presences(caller).await?),
    }
    Ok(done(&request, "/account"))
}

pub(crate) async fn remove_passkey(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    state.innocap.remove_passkey(&sent.visitor.caller, sent.form.text("id")).await?;
    Ok(done(&request, "/account"))
}

pub(crate) async fn unlink(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let form = &sent.form;
    state.innocap.unlink_identity(&sent.visitor.caller, form.text("issuer"), form.text("subject")).await?;
    Ok(done(&request, "/account"))
}

pub(crate) async fn resend(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    state.innocap.resend_confirmation(&sent.visitor.caller).await?;
    Ok(done(&request, "/account"))
}

fn invitation_page(
    visitor: &Visitor,
    request: &HttpRequest,
    code: &str,
    found: Option<(String, String)>,
) -> Result<FormPage, Problem> {
    let texts = InterfaceTexts::of(request);
    let lead = found.map(|(organisation, role)| {
        let role = role_name(&texts, &role);
        format!("{} ({role})", texts.with("invitation-lead", "organisation", organisation))
    });
    let mut page = FormPage::new(texts, visitor, "invitation-title")?;
    page.lead.extend(lead);
    if visitor.session.is_some() {
        page = page.asking("/invitation", "invitation-button", Vec::new());
        page.hidden.push(("code".to_owned(), code.to_owned()));
        Ok(page)
    } else {
        let next = crate::api::records::encode(&format!("/invitation?code={code}"));
        let page = page.saying("invitation-sign-in");
        Ok(page.leading(&format!("/sign-in?next={next}"), "sign-in-title").leading("/sign-up", "sign-up-title"))
    }
}

pub(crate) async fn invitation_form(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let code = InterfaceTexts::of(&request).parameter("code").to_owned();
    match state.innocap.invitation(&code).await {
        Ok((organisation, open)) => {
            let found = Some((organisation, open.invitation.role.to_string()));
            invitation_page(&visitor, &request, &code, found)?.answer(&state.innocap, &visitor)
        }
        Err(error) => {
            let texts = InterfaceTexts::of(&request);
            FormPage::new(texts, &visitor, "invitation-title")?.refused(error, &state.innocap, &visitor)
        }
    }
}

pub(crate) async fn invitation(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (visitor, code) = (&sent.visitor, sent.form.text("code"));
    match state.innocap.accept_invitation(&visitor.caller, &json!({ "code": code })).await {
        Ok(_) => Ok(done(&request, "/my")),
        Err(AppError::Unauthenticated) => Ok(see("/sign-in")),
        Err(error) => invitation_page(visitor, &request, code, None)?.refused(error, &state.innocap, visitor),
    }
}
