//! Reading again what has not changed: each answer has a validator, and 304 is answered where the caller has it already
//! (RFC 9110, sections 8.8.3 and 13.1.2).

use actix_web::HttpMessage;
use actix_web::body::{BodySize, BoxBody, MessageBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, ETAG, EntityTag, HeaderValue,
    IfNoneMatch,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{Answered, operations};

/// Bytes of the largest answer that is given a weak validator.
const MOST: u64 = 4 * 1024 * 1024;

/// Gives reading answers a validator and compares it with what the caller has. A record's is its version, set by its
/// handler and strong; that of everything else is weak, a digest of the answer: it saves the way, not the work.
pub(crate) async fn validate(request: ServiceRequest, next: Next<BoxBody>) -> Answered {
    let watched = request.path().starts_with("/health/");
    if request.method() != Method::GET || watched || operations::asked(&request).is_none() {
        return next.call(request).await;
    }
    let known = request.get_header::<IfNoneMatch>();
    let is_signed_in = request.headers().contains_key(AUTHORIZATION);
    let mut response = next.call(request).await?;
    if response.status() != StatusCode::OK || is_secret(&response) {
        return Ok(response);
    }
    if !response.headers().contains_key(ETAG) && is_small_json(&response) {
        response = tagged(response).await?;
    }
    let Some(tag) = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok()?.parse::<EntityTag>().ok()) else {
        return Ok(response);
    };
    if !response.headers().contains_key(CACHE_CONTROL) {
        // It may be kept, and is asked for again before each use: then 304 saves sending it.
        let kept = if is_signed_in { "private, no-cache" } else { "no-cache" };
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    }
    let has_it = match known {
        Some(IfNoneMatch::Any) => true,
        Some(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(&tag)),
        None => false,
    };
    if has_it {
        response = response.map_body(|_, _| BoxBody::new(()));
        *response.response_mut().status_mut() = StatusCode::NOT_MODIFIED;
        for name in [CONTENT_TYPE, CONTENT_LANGUAGE, CONTENT_ENCODING] {
            response.headers_mut().remove(name);
        }
    }
    Ok(response)
}

/// Whether an answer is nobody's to keep.
fn is_secret(response: &ServiceResponse<BoxBody>) -> bool {
    let control = response.headers().get(CACHE_CONTROL).and_then(|value| value.to_str().ok());
    control.is_some_and(|control| control.contains("no-store"))
}

fn is_small_json(response: &ServiceResponse<BoxBody>) -> bool {
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| media_type.starts_with("application/json"))
        && matches!(response.response().body().size(), BodySize::Sized(length) if length <= MOST)
}

/// The answer with a digest of its body as its validator.
async fn tagged(response: ServiceResponse<BoxBody>) -> Answered {
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let bytes = to_bytes(body).await.map_err(actix_web::error::ErrorInternalServerError)?;
    let digest = URL_SAFE_NO_PAD.encode(&Sha256::digest(&bytes)[..12]);
    if let Ok(value) = HeaderValue::from_str(&EntityTag::new_weak(digest).to_string()) {
        response.headers_mut().insert(ETAG, value);
    }
    Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(bytes))))
}
