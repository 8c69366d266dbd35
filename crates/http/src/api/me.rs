//! One's own account.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::{HttpResponse, web};
use serde_json::json;
use uuid::Uuid;

use super::accounts::under_way;
use crate::extract::{Caller, Document};
use crate::problem::Problem;
use crate::server::State;

pub(crate) async fn find(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(state.innocap.me(&caller.0).await?))
}

pub(crate) async fn update(
    state: web::Data<State>,
    caller: Caller,
    document: Document,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(state.innocap.update_me(&caller.0, &document.0).await?))
}

pub(crate) async fn erase(
    state: web::Data<State>,
    caller: Caller,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.erase_me(&caller.0, &document.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn data(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let data = state.innocap.export_me(&caller.0).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"innocap-account.json\""))
        .json(data))
}

pub(crate) async fn change_password(
    state: web::Data<State>,
    caller: Caller,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.change_password(&caller.0, &document.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn change_address(
    state: web::Data<State>,
    caller: Caller,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.request_new_address(&caller.0, &document.0).await?;
    Ok(under_way())
}

pub(crate) async fn resend_confirmation(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    state.innocap.resend_confirmation(&caller.0).await?;
    Ok(under_way())
}

pub(crate) async fn sessions(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let items = state.innocap.presences(&caller.0).await?;
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

pub(crate) async fn end_session(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: Uuid = path.parse().map_err(|_| Problem::new("not_found", "an identifier is a UUID"))?;
    state.innocap.end_presence(&caller.0, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn end_sessions(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let ended = state.innocap.end_other_presences(&caller.0).await?;
    Ok(HttpResponse::Ok().json(json!({ "ended": ended })))
}

pub(crate) async fn passkeys(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let items = state.innocap.passkeys(&caller.0).await?;
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

pub(crate) async fn remove_passkey(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    state.innocap.remove_passkey(&caller.0, &path).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn accept_invitation(
    state: web::Data<State>,
    caller: Caller,
    document: Document,
) -> Result<HttpResponse, Problem> {
    let membership = state.innocap.accept_invitation(&caller.0, &document.0).await?;
    Ok(HttpResponse::Ok().json(json!({ "organisation": membership.organisation, "role": membership.role })))
}
