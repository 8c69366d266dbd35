//! Extractors: who asks, what document was sent, which version is expected.

use std::future::{Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::StreamExt;
use innocap_access::{Actor, Claims, TokenError};
use innocap_app::AppError;
use innocap_domain::limits::BODY_BYTES;
use serde_json::Value;

use crate::problem::Problem;
use crate::server::State;

/// Who asks. Without a token nobody known; a token that is not valid is refused rather than ignored, so that a
/// caller whose token has ended is not surprised by an emptier answer.
pub(crate) struct Caller(pub Actor);

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(caller(request))
    }
}

fn caller(request: &HttpRequest) -> Result<Caller, Problem> {
    Ok(Caller(claims(request)?.as_ref().map_or(Actor::Anonymous, Actor::from)))
}

/// Who asks with a token, by the name that the token has; without a token the request is refused.
pub(crate) struct Bearer {
    pub actor: Actor,
    pub subject: String,
}

impl FromRequest for Bearer {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(bearer(request))
    }
}

fn bearer(request: &HttpRequest) -> Result<Bearer, Problem> {
    let claims = claims(request)?.ok_or_else(|| Problem::from(AppError::Unauthenticated))?;
    Ok(Bearer { actor: Actor::from(&claims), subject: claims.sub })
}

/// What the request's token says; `None` without one.
fn claims(request: &HttpRequest) -> Result<Option<Claims>, Problem> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let refused = || Problem::new("unauthenticated", "the Authorization header holds no bearer token");
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(refused)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(refused());
    }
    let state = state(request)?;
    match state.tokens.verify(token.trim(), state.innocap.clock().now()) {
        Ok(claims) => Ok(Some(claims)),
        Err(TokenError::Expired) => Err(Problem::new("unauthenticated", "the token has ended")),
        Err(_) => Err(Problem::new("unauthenticated", "the token is not valid")),
    }
}

fn state(request: &HttpRequest) -> Result<&web::Data<State>, Problem> {
    request.app_data::<web::Data<State>>().ok_or_else(|| Problem::new("internal", "an internal error"))
}

/// A JSON document, at most [`BODY_BYTES`] long.
pub(crate) struct Document(pub Value);

impl FromRequest for Document {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = request.content_type().to_owned();
        let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
        let patch = request.method() == actix_web::http::Method::PATCH;
        let mut payload = payload.take();
        Box::pin(async move {
            let accepted = media_type == "application/json" || (patch && media_type == "application/merge-patch+json");
            if !accepted {
                let wanted = if patch { "application/merge-patch+json" } else { "application/json" };
                return Err(Problem::new("unsupported_media_type", format!("expected Content-Type: {wanted}")));
            }
            let too_large = || Problem::new("too_large", format!("a body may hold {BODY_BYTES} bytes"));
            if announced.is_some_and(|length: usize| length > BODY_BYTES) {
                return Err(too_large());
            }
            let mut bytes = web::BytesMut::new();
            while let Some(chunk) = payload.next().await {
                let chunk = chunk.map_err(|e| Problem::new("invalid_json", format!("the body broke off: {e}")))?;
                if bytes.len() + chunk.len() > BODY_BYTES {
                    return Err(too_large());
                }
                bytes.extend_from_slice(&chunk);
            }
            let value = serde_json::from_slice(&bytes).map_err(|e| Problem::new("invalid_json", e.to_string()))?;
            Ok(Self(value))
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
