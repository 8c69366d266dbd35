//! Extractors: who asks, what document was sent, which version is expected.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::StreamExt;
use innocap_access::Actor;
use innocap_app::{AppError, Browser};
use innocap_domain::limits::BODY_BYTES;
use serde_json::Value;

use crate::middleware::operations::Asked;
use crate::problem::Problem;
use crate::server::State;

/// The most bytes of a form: a description of 30,000 characters of any script, percent-encoded, with room for the rest.
const FORM_BYTES: usize = 512 * 1024;

/// The media type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// Who asks of the API. Without a token nobody known; a token that is not valid is refused rather than ignored, so that
/// a caller whose token has ended is not surprised by an emptier answer. Cookies are not looked at: no page elsewhere can
/// make a browser act here in its owner's name.
pub(crate) struct Caller(pub innocap_app::Caller);

impl Caller {
    pub(crate) const fn actor(&self) -> &Actor {
        &self.0.actor
    }
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { caller(&request).await.map(Self) })
    }
}

/// Who asks of the API, found out once for each request.
pub(crate) async fn caller(request: &HttpRequest) -> Result<innocap_app::Caller, Problem> {
    if let Some(known) = request.extensions().get::<innocap_app::Caller>() {
        return Ok(known.clone());
    }
    let state = state(request)?;
    let address = client_address(request, state);
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(innocap_app::Caller::anonymous(address));
    };
    let refused = || Problem::invalid_token("the Authorization header holds no bearer token");
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(refused)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(refused());
    }
    match state.innocap.bearer(token.trim(), address).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller.clone());
            Ok(caller)
        }
        Err(AppError::Unauthenticated) => {
            Err(Problem::invalid_token("the token is not valid, has ended or was revoked"))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whoever asks of the token endpoint or signs in: from where, and nothing more. They prove themselves by what they send.
pub(crate) struct Stranger(pub innocap_app::Caller);

impl FromRequest for Stranger {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let address = state(request).map(|state| client_address(request, state));
        ready(address.map(|address| Self(innocap_app::Caller::anonymous(address))))
    }
}

/// What the browser or program calls itself.
pub(crate) struct Agent(pub Browser);

impl FromRequest for Agent {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let name = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        ready(Ok(Self(Browser(name.map(str::to_owned)))))
    }
}

/// The address of whoever asks: that of the connection, or behind a proxy the one that the proxy has added last.
pub(crate) fn client_address(request: &HttpRequest, state: &State) -> Option<IpAddr> {
    if state.behind_proxy {
        let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
        if let Some(address) = forwarded.flat_map(|value| value.split(',')).last() {
            return address.trim().parse().ok();
        }
    }
    request.peer_addr().map(|address| address.ip())
}

pub(crate) fn state(request: &HttpRequest) -> Result<&web::Data<State>, Problem> {
    request.app_data::<web::Data<State>>().ok_or_else(|| Problem::new("internal", "an internal error"))
}

/// The media type of a PATCH (RFC 7396).
pub(crate) const MERGE_PATCH: &str = "application/merge-patch+json";

/// A JSON document, as large as the contract lets the operation's be.
pub(crate) struct Document(pub Value);

impl FromRequest for Document {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let wanted = if *request.method() == Method::PATCH { MERGE_PATCH } else { "application/json" };
            if !request.content_type().eq_ignore_ascii_case(wanted) {
                return Err(Problem::unsupported_media_type(wanted));
            }
            let bytes = body(&request, payload, most_bytes(&request, BODY_BYTES)).await?;
            let value = serde_json::from_slice(&bytes).map_err(|e| Problem::new("invalid_json", e.to_string()))?;
            Ok(Self(value))
        })
    }
}

/// How large the body of a request may be: as the contract says, or as `otherwise` does where it has no such operation.
fn most_bytes(request: &HttpRequest, otherwise: usize) -> usize {
    request.extensions().get::<Asked>().map_or(otherwise, |asked| asked.0.most_bytes)
}

/// A request's body, at most so long. It has two thirds of the time that the whole answer may take, so that whoever
/// sends too slowly is told that, and not that the service was slow.
pub(crate) async fn body(request: &HttpRequest, payload: Payload, most: usize) -> Result<web::BytesMut, Problem> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > most) {
        return Err(too_large(most));
    }
    let limit = state(request)?.time_limit * 2 / 3;
    let late = |_| Problem::new("body_timeout", format!("the body did not arrive within {} seconds", limit.as_secs()));
    tokio::time::timeout(limit, gather(payload, most)).await.map_err(late)?
}

async fn gather(mut payload: Payload, most: usize) -> Result<web::BytesMut, Problem> {
    let mut bytes = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|e| Problem::new("invalid_json", format!("the body broke off: {e}")))?;
        if bytes.len() + chunk.len() > most {
            return Err(too_large(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn too_large(most: usize) -> Problem {
    Problem::new("too_large", format!("a body may hold {most} bytes here"))
}

/// The fields of a form (`application/x-www-form-urlencoded`), in their order.
pub(crate) struct Form(pub Vec<(String, String)>);

impl Form {
    /// A field's value; nothing where it is empty or absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The values of a field that may be there several times.
    pub(crate) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(field, value)| field == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// A field's value, as it was typed; empty where it is absent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
}

impl FromRequest for Form {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            if !request.content_type().eq_ignore_ascii_case(FORM) {
                return Err(Problem::unsupported_media_type(FORM));
            }
            let bytes = body(&request, payload, most_bytes(&request, FORM_BYTES)).await?;
            let text =
                std::str::from_utf8(&bytes).map_err(|_| Problem::new("invalid_query", "the form is not UTF-8"))?;
            let fields = web::Query::<Vec<(String, String)>>::from_query(text);
            let fields = fields.map_err(|_| Problem::new("invalid_query", "the form cannot be read"))?;
            Ok(Self(fields.into_inner()))
        })
    }
}

/// The version that `If-Match` demands; `None` without the header or for `*`.
pub(crate) struct Expected(pub Option<i64>);

impl FromRequest for Expected {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(value) = request.headers().get(header::IF_MATCH) else {
            return ready(Ok(Self(None)));
        };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return ready(Ok(Self(None)));
        }
        let version = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).and_then(|t| t.parse().ok());
        ready(match version {
            Some(version) => Ok(Self(Some(version))),
            // An entity tag of another form was never ours, so it cannot be the current one (RFC 9110, 13.1.1).
            None => Ok(Self(Some(-1))),
        })
    }
}

/// The pairs of the query string, in their order.
pub(crate) struct Pairs(pub Vec<(String, String)>);

impl FromRequest for Pairs {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        ready(match pairs {
            Ok(pairs) => Ok(Self(pairs.into_inner())),
            Err(_) => Err(Problem::new("invalid_query", "the query string cannot be read")),
        })
    }
}
