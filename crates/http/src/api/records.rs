//! Organisations, challenges and solutions: list, find, create, replace, patch, publish, archive.

use actix_web::http::header::{ETAG, LINK, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::{ListQuery, Page, Publication, Resource, View};
use innocap_domain::Id;
use serde::Serialize;
use serde_json::{Value, json};

use crate::extract::{Caller, Document, Expected, Pairs};
use crate::problem::Problem;
use crate::server::State;

/// The identifier in a path; one that is none names nothing.
pub(crate) fn id<C>(path: &str) -> Result<Id<C>, Problem> {
    path.parse().map_err(|_| Problem::new("not_found", "an identifier is a UUID"))
}

fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

fn answer((version, view): (i64, View)) -> HttpResponse {
    HttpResponse::Ok().insert_header((ETAG, etag(version))).json(view)
}

pub(crate) async fn list<C: Resource>(
    state: web::Data<State>,
    caller: Caller,
    pairs: Pairs,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = ListQuery::parse(C::KIND, &pairs.0).map_err(Problem::of_query)?;
    let page = state.innocap.list::<C>(caller.actor(), &query).await.map_err(Problem::of_query)?;
    Ok(page_answer(page, &request, &pairs))
}

/// A page of a list, with the way on in the body and in the Link header (RFC 8288).
pub(crate) fn page_answer<T: Serialize>(page: Page<T>, request: &HttpRequest, pairs: &Pairs) -> HttpResponse {
    let body = json!({"items": page.items, "total": page.total});
    listed(body, page.next, request, pairs)
}

/// As [`page_answer`], for a list that does not say how many there are in all.
pub(crate) fn queue_answer<T: Serialize>(page: Page<T>, request: &HttpRequest, pairs: &Pairs) -> HttpResponse {
    listed(json!({"items": page.items}), page.next, request, pairs)
}

fn listed(mut body: Value, next: Option<String>, request: &HttpRequest, pairs: &Pairs) -> HttpResponse {
    let mut links = vec![format!("<{}>; rel=\"first\"", page_address(request, &pairs.0, None))];
    if let Some(next) = next {
        links.insert(0, format!("<{}>; rel=\"next\"", page_address(request, &pairs.0, Some(&next))));
        body["next_cursor"] = json!(next);
    }
    HttpResponse::Ok().insert_header((LINK, links.join(", "))).json(body)
}

/// The address of another page: the same query with another cursor, or with none.
fn page_address(request: &HttpRequest, pairs: &[(String, String)], cursor: Option<&str>) -> String {
    let kept = pairs.iter().filter(|(name, _)| name != "cursor");
    let cursor = cursor.map(|cursor| format!("cursor={}", encode(cursor)));
    let query: Vec<String> =
        kept.map(|(name, value)| format!("{}={}", encode(name), encode(value))).chain(cursor).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{mark}{}", request.path(), query.join("&"))
}

/// Percent-encoding of everything that is not unreserved (RFC 3986, 2.3).
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

pub(crate) async fn find<C: Resource>(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    Ok(answer(state.innocap.find(caller.actor(), id::<C>(&path)?).await?))
}

pub(crate) async fn create<C: Resource>(
    state: web::Data<State>,
    caller: Caller,
    document: Document,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (version, view) = state.innocap.create::<C>(&caller.0, document.0).await?;
    let id = view.get("id").and_then(|id| id.as_str()).unwrap_or_default();
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, format!("{}/{id}", request.path())))
        .insert_header((ETAG, etag(version)))
        .json(&view))
}

pub(crate) async fn replace<C: Resource>(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    expected: Expected,
    document: Document,
) -> Result<HttpResponse, Problem> {
    Ok(answer(state.innocap.replace(&caller.0, id::<C>(&path)?, expected.0, document.0).await?))
}

pub(crate) async fn patch<C: Resource>(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    expected: Expected,
    document: Document,
) -> Result<HttpResponse, Problem> {
    Ok(answer(state.innocap.patch(&caller.0, id::<C>(&path)?, expected.0, &document.0).await?))
}

pub(crate) async fn publish<C: Resource>(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    expected: Expected,
) -> Result<HttpResponse, Problem> {
    Ok(publication(state.innocap.publish(&caller.0, id::<C>(&path)?, expected.0).await?))
}

fn publication(published: Publication) -> HttpResponse {
    let mut response = if published.waits { HttpResponse::Accepted() } else { HttpResponse::Ok() };
    response.insert_header((ETAG, etag(published.version))).json(published.view)
}

pub(crate) async fn renew(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    expected: Expected,
) -> Result<HttpResponse, Problem> {
    Ok(publication(state.innocap.renew_solution(&caller.0, id(&path)?, expected.0).await?))
}

pub(crate) async fn archive<C: Resource>(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    expected: Expected,
    document: Document,
) -> Result<HttpResponse, Problem> {
    Ok(answer(state.innocap.archive(&caller.0, id::<C>(&path)?, expected.0, &document.0).await?))
}

pub(crate) async fn begin_dialogue(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    expected: Expected,
) -> Result<HttpResponse, Problem> {
    Ok(answer(state.innocap.begin_dialogue(&caller.0, id(&path)?, expected.0).await?))
}

pub(crate) async fn close(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    expected: Expected,
    document: Document,
) -> Result<HttpResponse, Problem> {
    Ok(answer(state.innocap.close_challenge(&caller.0, id(&path)?, expected.0, &document.0).await?))
}
