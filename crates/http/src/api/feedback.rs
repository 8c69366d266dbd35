//! Feedback on suggestions: give, withdraw, list.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::FeedbackQuery;
use innocap_domain::{ChallengeId, SolutionId};

use super::records::{id, page_answer};
use crate::extract::{Bearer, Document, Pairs};
use crate::problem::Problem;
use crate::server::State;

/// The challenge and the solution in a path.
fn pair(path: web::Path<(String, String)>) -> Result<(ChallengeId, SolutionId), Problem> {
    let (challenge, solution) = path.into_inner();
    Ok((id(&challenge)?, id(&solution)?))
}

pub(crate) async fn give(
    state: web::Data<State>,
    bearer: Bearer,
    path: web::Path<(String, String)>,
    document: Document,
) -> Result<HttpResponse, Problem> {
    let (challenge, solution) = pair(path)?;
    let given = state.innocap.give_feedback(&bearer.actor, &bearer.subject, challenge, solution, &document.0).await?;
    Ok(HttpResponse::Ok().json(given))
}

pub(crate) async fn withdraw(
    state: web::Data<State>,
    bearer: Bearer,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (challenge, solution) = pair(path)?;
    state.innocap.withdraw_feedback(&bearer.actor, &bearer.subject, challenge, solution).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn list(
    state: web::Data<State>,
    bearer: Bearer,
    pairs: Pairs,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = FeedbackQuery::parse(&pairs.0).map_err(Problem::of_query)?;
    let page = state.innocap.list_feedback(&bearer.actor, query).await?;
    Ok(page_answer(page, &request, &pairs))
}
