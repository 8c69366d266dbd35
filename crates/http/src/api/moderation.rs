//! Reports by anyone, and what moderators decide.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::{QueueQuery, Resource};

use super::records::{id, queue_answer};
use crate::extract::{Caller, Document, Pairs};
use crate::problem::Problem;
use crate::server::State;

pub(crate) async fn report<C: Resource>(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.report(&caller.0, id::<C>(&path)?, &document.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn suspend<C: Resource>(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.suspend(&caller.0, id::<C>(&path)?, &document.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn restore<C: Resource>(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.restore(&caller.0, id::<C>(&path)?, &document.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn verify(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    state.innocap.verify(&caller.0, id(&path)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn unverify(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    document: Document,
) -> Result<HttpResponse, Problem> {
    state.innocap.unverify(&caller.0, id(&path)?, &document.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn reviews(
    state: web::Data<State>,
    caller: Caller,
    pairs: Pairs,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = QueueQuery::parse("reviews", &pairs.0).map_err(Problem::of_query)?;
    let page = state.innocap.reviews(&caller.0, &query).await.map_err(Problem::of_query)?;
    Ok(queue_answer(page, &request, &pairs))
}

pub(crate) async fn decide_review(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    document: Document,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(state.innocap.decide_review(&caller.0, id(&path)?, &document.0).await?))
}

pub(crate) async fn reports(
    state: web::Data<State>,
    caller: Caller,
    pairs: Pairs,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = QueueQuery::parse("reports", &pairs.0).map_err(Problem::of_query)?;
    let page = state.innocap.reports(&caller.0, &query).await.map_err(Problem::of_query)?;
    Ok(queue_answer(page, &request, &pairs))
}

pub(crate) async fn decide_report(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    document: Document,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(state.innocap.decide_report(&caller.0, id(&path)?, &document.0).await?))
}
