//! Inside an organisation: members, invitations, API clients, standing, its part of the audit log.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::AuditQuery;
use serde_json::json;

use super::records::{id, queue_answer};
use crate::extract::{Caller, Document, Pairs};
use crate::problem::Problem;
use crate::server::State;

type One = web::Path<String>;
type Two = web::Path<(String, String)>;

pub(crate) async fn standing(state: web::Data<State>, caller: Caller, path: One) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(state.innocap.standing_view(&caller.0, id(&path)?).await?))
}

pub(crate) async fn prove_domain(state: web::Data<State>, caller: Caller, path: One) -> Result<HttpResponse, Problem> {
    state.innocap.prove_domain(&caller.0, id(&path)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn members(state: web::Data<State>, caller: Caller, path: One) -> Result<HttpResponse, Problem> {
    let items = state.innocap.members(&caller.0, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

pub(crate) async fn change_member(
    state: web::Data<State>,
    caller: Caller,
    path: Two,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.change_member(&caller.0, id(&path.0)?, id(&path.1)?, &document.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn remove_member(state: web::Data<State>, caller: Caller, path: Two) -> Result<HttpResponse, Problem> {
    state.innocap.remove_member(&caller.0, id(&path.0)?, id(&path.1)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn invitations(state: web::Data<State>, caller: Caller, path: One) -> Result<HttpResponse, Problem> {
    let items = state.innocap.invitations(&caller.0, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

pub(crate) async fn invite(
    state: web::Data<State>,
    caller: Caller,
    path: One,
    document: Document,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Created().json(state.innocap.invite(&caller.0, id(&path)?, &document.0).await?))
}

pub(crate) async fn withdraw_invitation(
    state: web::Data<State>,
    caller: Caller,
    path: Two,
) -> Result<HttpResponse, Problem> {
    state.innocap.withdraw_invitation(&caller.0, id(&path.0)?, id(&path.1)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn clients(state: web::Data<State>, caller: Caller, path: One) -> Result<HttpResponse, Problem> {
    let items = state.innocap.clients(&caller.0, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

pub(crate) async fn create_client(
    state: web::Data<State>,
    caller: Caller,
    path: One,
    document: Document,
) -> Result<HttpResponse, Problem> {
    let made = state.innocap.create_client(&caller.0, id(&path)?, &document.0).await?;
    Ok(HttpResponse::Created().insert_header((CACHE_CONTROL, "no-store")).json(made))
}

pub(crate) async fn change_client(
    state: web::Data<State>,
    caller: Caller,
    path: Two,
    document: Document,
) -> Result<HttpResponse, Problem> {
    let client = state.innocap.change_client(&caller.0, id(&path.0)?, id(&path.1)?, &document.0).await?;
    Ok(HttpResponse::Ok().json(client))
}

pub(crate) async fn renew_secret(state: web::Data<State>, caller: Caller, path: Two) -> Result<HttpResponse, Problem> {
    let renewed = state.innocap.renew_client_secret(&caller.0, id(&path.0)?, id(&path.1)?).await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(renewed))
}

pub(crate) async fn delete_client(state: web::Data<State>, caller: Caller, path: Two) -> Result<HttpResponse, Problem> {
    state.innocap.delete_client(&caller.0, id(&path.0)?, id(&path.1)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn audit(
    state: web::Data<State>,
    caller: Caller,
    path: One,
    pairs: Pairs,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = AuditQuery::parse(&pairs.0).map_err(Problem::of_query)?;
    let page = state.innocap.organisation_audit(&caller.0, id(&path)?, &query).await.map_err(Problem::of_query)?;
    Ok(queue_answer(page, &request, &pairs))
}
