//! Which pages elsewhere may call the API from a browser (CORS, <https://fetch.spec.whatwg.org/>). None, until the
//! operator names them; and never with cookies, which the API does not look at.

use std::rc::Rc;

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, AUTHORIZATION, CONTENT_TYPE,
    HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH, ORIGIN, VARY,
};
use actix_web::middleware::Next;

use super::is_api;

/// Seconds for which a browser remembers that it may.
const REMEMBERED: usize = 3_600;
/// What programs on such pages may read of an answer, beside what they may read anyway.
const EXPOSED: [&str; 15] = [
    "accept-patch",
    "allow",
    "content-disposition",
    "deprecation",
    "etag",
    "idempotency-replayed",
    "link",
    "location",
    "preference-applied",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "sunset",
    "www-authenticate",
    "x-request-id",
];

/// Lets pages of these origins in, `*` standing for all.
pub(crate) fn allow(origins: &[String]) -> Cors {
    let sent = ["idempotency-key", "prefer", "x-request-id"].map(HeaderName::from_static);
    let headers =
        [ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH].into_iter().chain(sent);
    let cors = Cors::default()
        .allowed_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allowed_headers(headers)
        .expose_headers(EXPOSED)
        .max_age(REMEMBERED);
    if origins.iter().any(|origin| origin == "*") {
        return cors.allow_any_origin().send_wildcard();
    }
    let origins = origins.to_vec();
    cors.allowed_origin_fn(move |origin, request| is_api(request.uri.path()) && is_named(&origins, origin))
}

fn is_named(origins: &[String], origin: &HeaderValue) -> bool {
    origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
}

/// Lets these origins read also why a request was given up: what goes outward as an error passes [`allow`] by.
pub(crate) async fn allow_faults<B: MessageBody + 'static>(
    origins: Rc<[String]>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let origin = request.headers().get(ORIGIN).filter(|_| is_api(request.path())).cloned();
    let error = match (next.call(request).await, origin) {
        (Err(error), Some(origin)) if origins.iter().any(|one| one == "*") || is_named(&origins, &origin) => {
            let mut response = error.error_response();
            let headers = response.headers_mut();
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.append(VARY, HeaderValue::from_static("origin"));
            if let Ok(exposed) = HeaderValue::from_str(&EXPOSED.join(", ")) {
                headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
            }
            InternalError::from_response(error, response)
        }
        (answered, _) => return answered,
    };
    Err(error.into())
}
