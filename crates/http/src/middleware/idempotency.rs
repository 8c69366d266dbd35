//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a request that is sent again, because its answer was
//! lost, is not done again.
//!
//! What succeeded is kept for a day and answered again to the same caller; what failed has written nothing and may be
//! sent again under its key. Without a token the key is left alone, for nobody knows whose answer it would be.

use actix_web::body::{BodySize, BoxBody, MessageBody, to_bytes};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_LANGUAGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, LINK, LOCATION,
};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, rt, web};
use innocap_app::{Caller, Innocap, KeptAnswer, Once, Ticket};
use tracing::Instrument;

use super::operations::{Idempotency, Operation};
use super::{Answered, operations, refuse};
use crate::extract;
use crate::problem::Problem;

/// Characters of a key.
const MOST: usize = 255;
/// The headers that belong to the answer rather than to the moment.
const KEPT: [HeaderName; 5] = [CONTENT_TYPE, CONTENT_LANGUAGE, ETAG, LINK, LOCATION];

/// Does a request with a key once.
pub(crate) async fn once(mut request: ServiceRequest, next: Next<BoxBody>) -> Answered {
    let Some((operation, how)) = operations::asked(&request).and_then(|o| Some((o, o.idempotency?))) else {
        return next.call(request).await;
    };
    let keyed = match keyed(&mut request, operation).await {
        Ok(Some(keyed)) => keyed,
        Ok(None) => return next.call(request).await,
        Err(problem) => return Ok(refuse(request, &problem)),
    };
    let innocap = extract::state(request.request())?.innocap.clone();
    // In a task of its own, which runs to its end when whoever asked has gone away or the time is up: a turn that is
    // taken is used, and what it comes to is there for when they ask again.
    let doing = async move {
        let parts: Vec<&[u8]> = keyed.parts.iter().map(AsRef::as_ref).collect();
        match innocap.once(&keyed.caller, &keyed.key, &parts).await {
            Ok(None) => next.call(request).await,
            Ok(Some(Once::Do(ticket))) => keep(&innocap, ticket, how, next.call(request).await).await,
            Ok(Some(Once::Answered(answer))) => Ok(match again(&answer) {
                Ok(response) => request.into_response(response),
                Err(problem) => refuse(request, &problem),
            }),
            Err(error) => Ok(refuse(request, &error.into())),
        }
    };
    match rt::spawn(doing.in_current_span()).await {
        Ok(answered) => answered,
        Err(_) => Err(Problem::new("internal", "an internal error").into()),
    }
}

/// A request with a key.
struct Keyed {
    caller: Caller,
    key: String,
    /// What makes it this request and no other.
    parts: [web::Bytes; 4],
}

/// Reads a request's key and body; `None` where it has no key, or nobody whose key it would be.
async fn keyed(request: &mut ServiceRequest, operation: &Operation) -> Result<Option<Keyed>, Problem> {
    let Some(key) = key(request.headers())? else { return Ok(None) };
    // Whose token is of no use is told so by the operation.
    let Ok(caller) = extract::caller(request.request()).await else { return Ok(None) };
    if caller.subject().is_none() {
        return Ok(None);
    }
    let payload = request.take_payload();
    let body = extract::body(request.request(), payload, operation.most_bytes).await?.freeze();
    request.set_payload(Payload::from(body.clone()));
    let target = request.uri().path_and_query().map(|target| target.as_str().to_owned()).unwrap_or_default();
    let media_type = request.content_type().to_owned();
    let parts = [operation.id.clone().into(), target.into(), media_type.into(), body];
    Ok(Some(Keyed { caller, key, parts }))
}

/// The key of a request: a string in double quotes (RFC 9651, section 3.3.3), or, as many send it, without them.
fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all("idempotency-key");
    let Some(value) = values.next() else { return Ok(None) };
    let refused = |detail: &str| Err(Problem::new("invalid_idempotency_key", detail));
    if values.next().is_some() {
        return refused("there is more than one Idempotency-Key");
    }
    let text = value.to_str().unwrap_or_default().trim();
    let key = match text.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"').unwrap_or_default().replace("\\\"", "\"").replace("\\\\", "\\"),
        None => text.to_owned(),
    };
    if key.is_empty() || key.len() > MOST || !key.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return refused("the Idempotency-Key is not one string of 1 to 255 printable ASCII characters");
    }
    Ok(Some(key))
}

/// The answer that was given before.
fn again(answer: &KeptAnswer) -> Result<HttpResponse, Problem> {
    let Some(body) = &answer.body else {
        let detail = format!("the first request with this key was answered {}; its secret is not kept", answer.status);
        return Err(Problem::new("answer_not_kept", detail));
    };
    let mut response = HttpResponse::build(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK));
    for (name, value) in &answer.headers {
        response.append_header((name.as_str(), value.as_str()));
    }
    response.insert_header(("idempotency-replayed", "true"));
    Ok(response.body(body.clone()))
}

/// Keeps a success; anything else frees the key.
async fn keep(innocap: &Innocap, ticket: Ticket, how: Idempotency, response: Answered) -> Answered {
    let response = match response {
        Ok(response) if response.status().is_success() => response,
        failed => {
            told(innocap.give_turn_back(ticket).await);
            return failed;
        }
    };
    let (request, response) = response.into_parts();
    let (response, body) = response.into_parts();
    let is_whole = matches!(body.size(), BodySize::None | BodySize::Sized(_));
    if how == Idempotency::Once || !is_whole {
        let answer = KeptAnswer { status: response.status().as_u16(), headers: Vec::new(), body: None };
        told(innocap.keep_answer(ticket, answer).await);
        return Ok(ServiceResponse::new(request, response.set_body(body)));
    }
    let bytes: web::Bytes = to_bytes(body).await.map_err(actix_web::error::ErrorInternalServerError)?;
    let headers = KEPT.iter().flat_map(|name| response.headers().get_all(name).map(move |value| (name, value)));
    let answer = KeptAnswer {
        status: response.status().as_u16(),
        headers: headers.filter_map(|(name, value)| Some((name.to_string(), text(value)?))).collect(),
        body: String::from_utf8(bytes.to_vec()).ok(),
    };
    told(innocap.keep_answer(ticket, answer).await);
    Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(bytes))))
}

fn text(value: &HeaderValue) -> Option<String> {
    value.to_str().ok().map(str::to_owned)
}

/// What was done is done, even where that cannot be noted: the key is free again when the turn is past.
fn told(noted: Result<(), innocap_app::AppError>) {
    if let Err(error) = noted {
        tracing::error!(%error, "what came of a request with an idempotency key cannot be noted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("idempotency-key"), HeaderValue::from_str(value).unwrap());
        key(&headers).ok().flatten()
    }

    #[test]
    fn a_key_is_read_with_its_quotes_and_without() {
        assert_eq!(read("\"8e03978e-40d5\"").as_deref(), Some("8e03978e-40d5"));
        assert_eq!(read("8e03978e-40d5").as_deref(), Some("8e03978e-40d5"));
        assert_eq!(read(r#""a \"b\" \\ c""#).as_deref(), Some(r#"a "b" \ c"#));
        assert_eq!(read("\"\""), None);
        assert_eq!(read("\"open"), None);
        assert_eq!(read(&"x".repeat(256)), None);
    }
}
