//! The operator: people, the audit log, the outbox, the sources that are harvested, the keys.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::{AuditQuery, Duplicate, IndexState, OutboxQuery, PeopleQuery};
use innocap_domain::{Record, Solution};
use serde_json::{Value, json};

use super::records::{id, queue_answer};
use crate::extract::{Caller, Document, Pairs};
use crate::problem::Problem;
use crate::server::State;

pub(crate) async fn people(
    state: web::Data<State>,
    caller: Caller,
    pairs: Pairs,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = PeopleQuery::parse(&pairs.0).map_err(Problem::of_query)?;
    let page = state.innocap.people(&caller.0, &query).await.map_err(Problem::of_query)?;
    Ok(queue_answer(page, &request, &pairs))
}

pub(crate) async fn set_role(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.set_service_role(&caller.0, id(&path)?, &document.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn suspend_person(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.suspend_person(&caller.0, id(&path)?, &document.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn restore_person(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    state.innocap.restore_person(&caller.0, id(&path)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn audit(
    state: web::Data<State>,
    caller: Caller,
    pairs: Pairs,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = AuditQuery::parse(&pairs.0).map_err(Problem::of_query)?;
    let page = state.innocap.audit(&caller.0, &query).await.map_err(Problem::of_query)?;
    Ok(queue_answer(page, &request, &pairs))
}

pub(crate) async fn outbox(
    state: web::Data<State>,
    caller: Caller,
    pairs: Pairs,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = OutboxQuery::parse(&pairs.0).map_err(Problem::of_query)?;
    let page = state.innocap.outbox(&caller.0, &query).await.map_err(Problem::of_query)?;
    Ok(queue_answer(page, &request, &pairs))
}

pub(crate) async fn retry_mail(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    state.innocap.retry_mail(&caller.0, id(&path)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn delete_mail(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    state.innocap.delete_mail(&caller.0, id(&path)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn index_document(index: &IndexState) -> Value {
    json!({
        "solutions": index.solutions,
        "challenges": index.challenges,
        "model": index.model,
        "latest": index.progress.latest,
        "indexed": index.progress.indexed,
        "behind": index.behind(),
        "without_vector": index.progress.without_vector,
        "rebuilding": index.rebuilding,
    })
}

pub(crate) async fn index_state(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let index = state.innocap.index_state(&caller.0).await?;
    Ok(HttpResponse::Ok().json(index_document(&index)))
}

pub(crate) async fn rebuild_index(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    state.innocap.rebuild_index(&caller.0)?;
    let index = state.innocap.index_state(&caller.0).await?;
    Ok(HttpResponse::Accepted().json(index_document(&index)))
}

pub(crate) async fn index_sources(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let sources = state.innocap.sources(&caller.0).await?;
    Ok(HttpResponse::Ok().json(json!({ "items": sources })))
}

pub(crate) async fn sources(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(json!({ "items": state.innocap.harvest_sources(&caller.0).await? })))
}

pub(crate) async fn run_source(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    state.innocap.ask_for_harvest(&caller.0, &path).await?;
    Ok(HttpResponse::Accepted().finish())
}

pub(crate) async fn duplicates(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let document = |one: Duplicate| {
        let title = |record: &Record<Solution>| record.content.texts.original().title.clone();
        json!({
            "id": one.proposal.id,
            "first": one.proposal.first,
            "first_title": title(&one.first),
            "second": one.proposal.second,
            "second_title": title(&one.second),
            "reason": one.proposal.reason,
            "proposed": one.proposal.proposed,
        })
    };
    let items: Vec<Value> = state.innocap.duplicates(&caller.0).await?.into_iter().map(document).collect();
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

pub(crate) async fn decide_duplicate(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    document: Document,
) -> Result<HttpResponse, Problem> {
    let proposal = path.parse().map_err(|_| Problem::new("not_found", "there is no such proposal"))?;
    state.innocap.decide_duplicate_by(&caller.0, proposal, &document.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn rotate_keys(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let current = state.innocap.rotate_keys(&caller.0).await?;
    Ok(HttpResponse::Ok().json(json!({ "current": current })))
}
