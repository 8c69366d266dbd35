//! Who looks at a page: the session behind the cookie, and the secret that binds forms to this browser.
//!
//! A form carries a token derived from a secret in an HttpOnly cookie (of the session, or before signing in of the
//! browser alone), and browsers that say where a request comes from (`Sec-Fetch-Site`, `Origin`) are listened to. So no
//! page elsewhere can fill in a form here, not even the one that signs in.

use std::pin::Pin;

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse};
use innocap_access::{Actor, Secret, SecretKind};
use innocap_app::{Innocap, MySession};
use innocap_domain::LanguageTag;

use super::forms::see;
use super::texts::InterfaceTexts;
use crate::api::records::encode;
use crate::extract::{Form, client_address, state};
use crate::problem::Problem;

/// The field of a form that holds its token.
pub(crate) const TOKEN_FIELD: &str = "form_token";

/// Who looks at a page.
pub(crate) struct Visitor {
    pub caller: innocap_app::Caller,
    /// The session, where somebody is signed in.
    pub session: Option<MySession>,
    /// What binds forms to this browser; a new one has to be handed out.
    form: Secret,
    is_new: bool,
}

/// That somebody is signed in, for what every page shows of it; left in the request by [`Visitor`].
#[derive(Clone)]
pub(crate) struct SignedInMark {
    /// The language they have chosen for their mail, which is the one they read.
    pub language: LanguageTag,
    /// Whether they decide about what waits for review.
    pub moderates: bool,
}

/// The names of our cookies. Behind TLS they are bound to this very host (`__Host-`), so that no neighbour under the
/// same domain can plant one.
pub(crate) struct CookieNames {
    secure: bool,
}

impl CookieNames {
    pub(crate) fn of(innocap: &Innocap) -> Self {
        Self { secure: innocap.public_url().starts_with("https://") }
    }

    fn name(&self, name: &str) -> String {
        if self.secure { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// A cookie that no script reads, which comes along when somebody follows a link here and not when a page
    /// elsewhere sends something. `lifetime` in seconds; without one it ends with the browser.
    pub(crate) fn cookie(&self, name: &str, value: &str, lifetime: Option<i64>) -> Cookie<'static> {
        let mut cookie = Cookie::build(self.name(name), value.to_owned())
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .finish();
        if let Some(seconds) = lifetime {
            cookie.set_max_age(Duration::seconds(seconds));
        }
        cookie
    }

    /// A cookie that takes away the one of this name.
    pub(crate) fn removal(&self, name: &str) -> Cookie<'static> {
        let mut cookie = self.cookie(name, "", None);
        cookie.make_removal();
        cookie
    }

    pub(crate) fn value(&self, request: &HttpRequest, name: &str) -> Option<String> {
        request.cookie(&self.name(name)).map(|cookie| cookie.value().to_owned())
    }
}

/// The cookie of a session, and the one that binds forms before there is a session.
pub(crate) const SESSION: &str = "innocap-session";
const FORM: &str = "innocap-form";

impl Visitor {
    pub(crate) const fn actor(&self) -> &Actor {
        &self.caller.actor
    }

    /// A token for a form on a page for this visitor.
    pub(crate) fn form_token(&self) -> Result<String, Problem> {
        let secret = self.session.as_ref().map_or(&self.form, |session| &session.secret);
        secret.csrf_token().map_err(|error| {
            tracing::error!(%error, "a form cannot be made");
            Problem::new("internal", "an internal error")
        })
    }

    pub(crate) fn is_form_token(&self, token: &str) -> bool {
        let secret = self.session.as_ref().map_or(&self.form, |session| &session.secret);
        secret.is_csrf_token(token)
    }

    /// The answer with what this browser has to keep for its forms.
    pub(crate) fn with_cookies(&self, innocap: &Innocap, mut response: HttpResponse) -> HttpResponse {
        if self.is_new && self.session.is_none() {
            let cookie = CookieNames::of(innocap).cookie(FORM, self.form.expose(), None);
            if let Err(error) = response.add_cookie(&cookie) {
                tracing::error!(%error, "a cookie cannot be set");
            }
        }
        // A form with this browser's token is nobody else's to keep.
        response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
        response
    }

    pub(crate) async fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let state = state(request)?;
        let names = CookieNames::of(&state.innocap);
        let address = client_address(request, state);
        if let Some(cookie) = names.value(request, SESSION)
            && let Some((caller, session)) = state.innocap.visitor(&cookie, address).await?
        {
            let (language, moderates) = (session.language.clone(), caller.actor.is_moderator());
            request.extensions_mut().insert(SignedInMark { language, moderates });
            let form = session.secret.clone();
            return Ok(Self { caller, session: Some(session), form, is_new: false });
        }
        let kept = names.value(request, FORM).and_then(|text| Secret::parse(SecretKind::Session, &text));
        let is_new = kept.is_none();
        let form = match kept {
            Some(form) => form,
            None => Secret::generate(SecretKind::Session).map_err(innocap_app::AppError::from)?,
        };
        Ok(Self { caller: innocap_app::Caller::anonymous(address), session: None, form, is_new })
    }
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl FromRequest for Visitor {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::of(&request).await })
    }
}

/// Who looks at a page that is for people with an account. Whoever is not signed in is sent to do that first, and comes
/// back: a page that names this cannot be reached otherwise.
pub(crate) struct SignedIn(pub Visitor);

impl FromRequest for SignedIn {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let visitor = Visitor::of(&request).await?;
            if visitor.session.is_some() {
                return Ok(Self(visitor));
            }
            let here = encode(&request.uri().to_string());
            let away = see(&InterfaceTexts::of(&request).to(&format!("/sign-in?next={here}")));
            Err(InternalError::from_response("nobody is signed in", away).into())
        })
    }
}

/// A form that this visitor has filled in on a page of ours. Every page that changes something takes it through here.
pub(crate) struct SafeForm {
    pub visitor: Visitor,
    pub form: Form,
}

impl FromRequest for SafeForm {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let form = Form::from_request(&request, payload);
        Box::pin(async move {
            let form = form.await?;
            let visitor = Visitor::of(&request).await?;
            check_origin(&request)?;
            // Two pages opened at once by a browser that has no cookie yet get two, and it keeps the later. Where the
            // browser itself says that the form is one of ours, and nobody's session is at stake, that is enough.
            let is_ours = || visitor.session.is_none() && is_same_origin(&request);
            if !visitor.is_form_token(form.text(TOKEN_FIELD)) && !is_ours() {
                return Err(Problem::new("forbidden", "the form has ended: open the page again"));
            }
            Ok(Self { visitor, form })
        })
    }
}

/// Whether the browser says that the request comes from a page of ours, which no page elsewhere can make it say
/// (Fetch Metadata Request Headers, section 2.4).
fn is_same_origin(request: &HttpRequest) -> bool {
    request.headers().get("sec-fetch-site").is_some_and(|site| site == "same-origin")
}

/// Refuses what a browser says comes from elsewhere.
pub(crate) fn check_origin(request: &HttpRequest) -> Result<(), Problem> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let refused = || Problem::new("forbidden", "the form was sent from another site");
    if header("sec-fetch-site").is_some_and(|site| site == "cross-site") {
        return Err(refused());
    }
    let state = state(request)?;
    let ours = state.innocap.public_url();
    let host = request.connection_info().host().to_owned();
    match header("origin") {
        None => Ok(()),
        Some(origin) if origin == ours || origin.split("://").nth(1) == Some(host.as_str()) => Ok(()),
        Some(_) => Err(refused()),
    }
}

/// An answer to a request of a script on a page of ours: it names the token in a header.
pub(crate) struct SafeScript(pub Visitor);

impl FromRequest for SafeScript {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let visitor = Visitor::of(&request).await?;
            check_origin(&request)?;
            let token = request.headers().get("x-form-token").and_then(|value| value.to_str().ok());
            if !visitor.is_form_token(token.unwrap_or_default()) {
                return Err(Problem::new("forbidden", "the page has ended: open it again"));
            }
            Ok(Self(visitor))
        })
    }
}
