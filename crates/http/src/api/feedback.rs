//! Feedback on suggestions: give, withdraw, list.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::FeedbackQuery;
use innocap_domain::{ChallengeId, SolutionId};

use super::records::{id, page_answer};
use crate::extract::{Caller, Document, Pairs};
use crate::problem::Problem;
use crate::server::State;

/// The challenge and the solution in a path.
fn pair(path: web::Path<(String, String)>) -> Result<(ChallengeId, SolutionId), Problem> {
    let (challenge, solution) = path.into_inner();
    Ok((id(&challenge)?, id(&solution)?))
}

pub(crate) async fn give(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(String, String)>,
    document: Document,
) -> Result<HttpResponse, Problem> {
    let (challenge, solution) = pair(path)?;
    let given = state.innocap.give_feedback(&caller.0, challenge, solution, &document.0).await?;
    Ok(HttpResponse::Ok().json(given))
}

pub(crate) async fn withdraw(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (challenge, solution) = pair(path)?;
    state.innocap.withdraw_feedback(&caller.0, challenge, solution).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn list(
    state: web::Data<State>,
    caller: Caller,
    pairs: Pairs,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = FeedbackQuery::parse(&pairs.0).map_err(Problem::of_query)?;
    let page = state.innocap.list_feedback(caller.actor(), query).await?;
    Ok(page_answer(page, &request, &pairs))
}
