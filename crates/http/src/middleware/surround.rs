//! What every request and every answer has: an identifier, a log line, security headers; a page for people in place of a
//! problem document; HEAD wherever there is GET.

use actix_web::HttpMessage;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use tracing::Instrument;
use uuid::Uuid;

use super::operations::{Asked, Operations};
use super::{Answered, is_api};
use crate::pages::errors;
use crate::pages::visitor::SignedInMark;

/// Longest identifier of a request that is taken over from a proxy.
const REQUEST_ID_MOST: usize = 100;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Headers of every answer.
const SECURITY: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
];

/// Gives each request an identifier and a log line, and each answer its security headers.
pub(crate) async fn surround(mut request: ServiceRequest, next: Next<BoxBody>) -> Answered {
    let id = identifier(request.headers());
    let span = tracing::info_span!("request", request.id = id);
    let method = request.method().clone();
    // The connection knows that HEAD was asked for and leaves the body away (RFC 9110, section 9.3.2).
    if method == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    // The pattern, not the path: query strings hold what people wrote.
    let route = request.match_pattern();
    let operation = route.as_deref().and_then(|route| Operations::committed().find(request.method(), route));
    if let Some(operation) = operation {
        request.extensions_mut().insert(Asked(operation));
    }
    let route = route.unwrap_or_else(|| "unknown".to_owned());
    let started = std::time::Instant::now();
    let is_page = !is_api(request.path());
    let answered = next.call(request).instrument(span.clone()).await;
    let duration_ms = started.elapsed().as_secs_f64() * 1_000.0;
    let status = answered.as_ref().map_or_else(|e| e.as_response_error().status_code(), ServiceResponse::status);
    let status_number = status.as_u16();
    span.in_scope(|| tracing::info!(%method, route, status = status_number, duration_ms, "answered"));
    let mut response = match answered {
        Ok(response) if is_page => for_people(response, status),
        Ok(response) => response,
        // The request is gone; what is left is the answer itself.
        Err(error) => {
            let mut response = error.error_response();
            complete(response.headers_mut(), &id);
            return Err(InternalError::from_response(error, response).into());
        }
    };
    if let Some(deprecation) = operation.and_then(|operation| operation.deprecation.as_ref()) {
        deprecation.tell(response.headers_mut());
    }
    let is_signed_in = response.request().extensions().contains::<SignedInMark>();
    let headers = response.headers_mut();
    // What somebody sees who is signed in is nobody else's to keep.
    if is_signed_in && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    complete(headers, &id);
    Ok(response)
}

/// The identifier that a proxy has given, where it can be one, else a new one.
fn identifier(headers: &HeaderMap) -> String {
    let given = headers.get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    let usable = given.filter(|id| id.len() <= REQUEST_ID_MOST && id.bytes().all(|byte| byte.is_ascii_graphic()));
    usable.filter(|id| !id.is_empty()).map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

fn complete(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    for (name, value) in SECURITY {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A page with a way on, in place of the problem document that programs get.
fn for_people(response: ServiceResponse<BoxBody>, status: StatusCode) -> ServiceResponse<BoxBody> {
    if status.as_u16() < 400 || is_html(&response) {
        return response;
    }
    let Some(page) = errors::page(response.request(), status) else { return response };
    let kept = [header::ALLOW, header::RETRY_AFTER].map(|name| (response.headers().get(&name).cloned(), name));
    let mut response = response.into_response(page);
    for (value, name) in kept {
        if let Some(value) = value {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn is_html(response: &ServiceResponse<impl MessageBody>) -> bool {
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| media_type.starts_with("text/html"))
}
