//! Whether the process lives and whether it can answer.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::problem::Problem;
use crate::server::State;

pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "live"}))
}

pub(crate) async fn ready(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    state.innocap.ready().await?;
    Ok(HttpResponse::Ok().json(json!({"status": "ready"})))
}
