//! The shortlist of a challenge: read, put on, take from.

use actix_web::{HttpResponse, web};
use innocap_domain::{ChallengeId, SolutionId};
use serde_json::json;

use super::records::id;
use crate::extract::{Caller, Document};
use crate::problem::Problem;
use crate::server::State;

pub(crate) async fn find(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let items = state.innocap.shortlist(&caller.0, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

pub(crate) async fn put(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(String, String)>,
    document: Document,
) -> Result<HttpResponse, Problem> {
    let (challenge, solution): (ChallengeId, SolutionId) = (id(&path.0)?, id(&path.1)?);
    Ok(HttpResponse::Ok().json(state.innocap.put_on_shortlist(&caller.0, challenge, solution, &document.0).await?))
}

pub(crate) async fn take(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    state.innocap.take_from_shortlist(&caller.0, id(&path.0)?, id(&path.1)?).await?;
    Ok(HttpResponse::NoContent().finish())
}
