//! Signing up and in, and what is done with a code from a mail. Nobody is signed in yet.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::extract::{Agent, Document, Stranger};
use crate::problem::Problem;
use crate::server::State;

/// The answer to whoever asks for a mail: the same whether one is sent or not.
pub(crate) fn under_way() -> HttpResponse {
    HttpResponse::Accepted()
        .json(json!({ "message": "If there is something to send to this address, it is on its way." }))
}

pub(crate) async fn sign_up(
    state: web::Data<State>,
    stranger: Stranger,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.sign_up(&stranger.0, &document.0).await?;
    Ok(under_way())
}

pub(crate) async fn confirm(
    state: web::Data<State>,
    stranger: Stranger,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.confirm_address(&stranger.0, &document.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn request_reset(
    state: web::Data<State>,
    stranger: Stranger,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.request_reset(&stranger.0, &document.0).await?;
    Ok(under_way())
}

pub(crate) async fn reset(
    state: web::Data<State>,
    stranger: Stranger,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.reset_password(&stranger.0, &document.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn change_address(
    state: web::Data<State>,
    stranger: Stranger,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.change_address(&stranger.0, &document.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn sign_in(
    state: web::Data<State>,
    stranger: Stranger,
    agent: Agent,
    document: Document,
) -> Result<HttpResponse, Problem> {
    let signed_in = state.innocap.sign_in(&stranger.0, &document.0).await?;
    let answer = state.innocap.begin_tokens(&stranger.0, &signed_in, &agent.0).await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(answer))
}
