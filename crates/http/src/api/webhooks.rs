//! Webhooks of an organisation: made, changed, tried, and their log of deliveries.

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::DeliveryQuery;
use serde_json::{Value, json};

use super::records::{id, queue_answer};
use crate::extract::{Caller, Document, Pairs};
use crate::problem::Problem;
use crate::server::State;

type One = web::Path<String>;
type Two = web::Path<(String, String)>;
type Three = web::Path<(String, String, String)>;

pub(crate) async fn list(state: web::Data<State>, caller: Caller, path: One) -> Result<HttpResponse, Problem> {
    let items = state.innocap.webhooks(&caller.0, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

pub(crate) async fn create(
    state: web::Data<State>,
    caller: Caller,
    path: One,
    document: Document,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let made = state.innocap.create_webhook(&caller.0, id(&path)?, &document.0).await?;
    let location = format!("{}/{}", request.path(), made["id"].as_str().unwrap_or_default());
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(made))
}

pub(crate) async fn find(state: web::Data<State>, caller: Caller, path: Two) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(state.innocap.webhook(&caller.0, id(&path.0)?, id(&path.1)?).await?))
}

pub(crate) async fn change(
    state: web::Data<State>,
    caller: Caller,
    path: Two,
    document: Document,
) -> Result<HttpResponse, Problem> {
    let changed = state.innocap.change_webhook(&caller.0, id(&path.0)?, id(&path.1)?, &document.0).await?;
    Ok(HttpResponse::Ok().json(changed))
}

pub(crate) async fn delete(state: web::Data<State>, caller: Caller, path: Two) -> Result<HttpResponse, Problem> {
    state.innocap.delete_webhook(&caller.0, id(&path.0)?, id(&path.1)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn rotate_secret(state: web::Data<State>, caller: Caller, path: Two) -> Result<HttpResponse, Problem> {
    let changed = state.innocap.rotate_webhook_secret(&caller.0, id(&path.0)?, id(&path.1)?).await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(changed))
}

pub(crate) async fn ping(state: web::Data<State>, caller: Caller, path: Two) -> Result<HttpResponse, Problem> {
    let delivery = state.innocap.ping_webhook(&caller.0, id(&path.0)?, id(&path.1)?).await?;
    let at = format!("/api/v1/organisations/{}/webhooks/{}/deliveries", path.0, path.1);
    Ok(queued(&at, delivery))
}

pub(crate) async fn deliveries(
    state: web::Data<State>,
    caller: Caller,
    path: Two,
    pairs: Pairs,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = DeliveryQuery::parse(&pairs.0).map_err(Problem::of_query)?;
    let page = state.innocap.deliveries(&caller.0, id(&path.0)?, id(&path.1)?, &query).await;
    Ok(queue_answer(page.map_err(Problem::of_query)?, &request, &pairs))
}

pub(crate) async fn find_delivery(
    state: web::Data<State>,
    caller: Caller,
    path: Three,
) -> Result<HttpResponse, Problem> {
    let delivery = state.innocap.delivery(&caller.0, id(&path.0)?, id(&path.1)?, id(&path.2)?).await?;
    Ok(HttpResponse::Ok().json(delivery))
}

pub(crate) async fn replay(state: web::Data<State>, caller: Caller, path: Three) -> Result<HttpResponse, Problem> {
    let again = state.innocap.replay_delivery(&caller.0, id(&path.0)?, id(&path.1)?, id(&path.2)?).await?;
    let at = format!("/api/v1/organisations/{}/webhooks/{}/deliveries", path.0, path.1);
    Ok(queued(&at, again))
}

pub(crate) async fn replay_parked(
    state: web::Data<State>,
    caller: Caller,
    path: Two,
    document: Document,
) -> Result<HttpResponse, Problem> {
    let count = state.innocap.replay_parked(&caller.0, id(&path.0)?, id(&path.1)?, &document.0).await?;
    Ok(HttpResponse::Accepted().json(json!({ "count": count })))
}

/// A delivery that was put into the queue, and where what comes of it can be read.
fn queued(deliveries: &str, delivery: Value) -> HttpResponse {
    let location = format!("{deliveries}/{}", delivery["id"].as_str().unwrap_or_default());
    HttpResponse::Accepted().insert_header((LOCATION, location)).json(delivery)
}
