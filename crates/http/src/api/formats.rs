//! Challenges and solutions in the field's formats: OCDS, eForms, schema.org, publiccode.yml.

use actix_web::http::header::{CONTENT_LANGUAGE, ETAG, HeaderValue, IF_NONE_MATCH, VARY};
use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::FormatDocument;

use super::records::id;
use crate::extract::Caller;
use crate::problem::Problem;
use crate::reader::Reader;
use crate::server::State;

/// The document, or that it is as the asker knows it.
fn answer(request: &HttpRequest, document: FormatDocument) -> HttpResponse {
    let tag = format!("\"{}\"", document.digest);
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if known.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag) {
        return HttpResponse::NotModified().insert_header((ETAG, tag)).finish();
    }
    HttpResponse::Ok().insert_header((ETAG, tag)).content_type(document.media_type).body(document.text)
}

/// As [`answer`], in the reader's language.
fn answer_in(reader: &Reader, request: &HttpRequest, document: FormatDocument) -> HttpResponse {
    let mut response = answer(request, document);
    let headers = response.headers_mut();
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(reader.0.code()));
    headers.append(VARY, HeaderValue::from_static("Accept-Language"));
    response
}

pub(crate) async fn ocds(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    Ok(answer(&request, state.innocap.challenge_as_ocds(caller.actor(), id(&path)?).await?))
}

pub(crate) async fn eforms(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    Ok(answer(&request, state.innocap.challenge_as_eforms(caller.actor(), id(&path)?).await?))
}

pub(crate) async fn challenge_linked(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    reader: Reader,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let document = state.innocap.challenge_as_linked_data(caller.actor(), id(&path)?, reader.0).await?;
    Ok(answer_in(&reader, &request, document))
}

pub(crate) async fn solution_linked(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    reader: Reader,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let document = state.innocap.solution_as_linked_data(caller.actor(), id(&path)?, reader.0).await?;
    Ok(answer_in(&reader, &request, document))
}

pub(crate) async fn publiccode(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    Ok(answer(&request, state.innocap.solution_as_publiccode(caller.actor(), id(&path)?).await?))
}
