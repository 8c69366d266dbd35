//! What is worth compressing: nothing small, and nothing that is compressed already. Whether and how is agreed with the
//! caller by actix-web's `Compress`, around this.

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use actix_web::middleware::Next;

use super::{Answered, is_api};
use crate::problem::Problem;

/// Bytes below which compressing costs more than it saves: they fit one packet either way.
const LEAST: u64 = 1_024;

/// Marks what is to be left alone, which `Compress` goes by.
pub(crate) async fn mark(request: ServiceRequest, next: Next<BoxBody>) -> Answered {
    let mut response = next.call(request).await?;
    let is_small = matches!(response.response().body().size(), BodySize::Sized(length) if length < LEAST);
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if (is_small || is_compressed(media_type)) && !response.headers().contains_key(CONTENT_ENCODING) {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
    }
    Ok(response)
}

/// Takes the marks away again, and gives the refusal of a caller who accepts no encoding at all its form.
pub(crate) async fn unmark(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    use actix_web::ResponseError;
    let api = is_api(request.path());
    let mut response = next.call(request).await?;
    if response.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "identity") {
        response.headers_mut().remove(CONTENT_ENCODING);
    }
    if api && response.status() == StatusCode::NOT_ACCEPTABLE && !response.headers().contains_key(CONTENT_TYPE) {
        let problem = Problem::new("not_acceptable", "the encodings are identity, gzip, br, zstd and deflate");
        return Ok(response.into_response(problem.error_response()).map_into_right_body());
    }
    Ok(response.map_into_left_body())
}

fn is_compressed(media_type: &str) -> bool {
    let name = media_type.split(';').next().unwrap_or_default().trim();
    ["application/gzip", "application/zip", "application/zstd", "application/pdf", "font/woff2"].contains(&name)
}
