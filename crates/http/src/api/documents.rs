//! The contract and the error catalogue.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use innocap_app::CATALOGUE;
use serde_json::json;

use crate::spec;

pub(crate) async fn openapi() -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "max-age=300")).json(spec::openapi())
}

pub(crate) async fn errors() -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "max-age=300")).json(json!({"items": CATALOGUE}))
}
