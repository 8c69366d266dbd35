//! Suggestions for a stored challenge, for a free text or draft, and the way back from a solution.

use actix_web::{HttpResponse, web};
use innocap_app::{Ask, Options};

use super::records::id;
use crate::extract::{Caller, Document, Pairs};
use crate::problem::Problem;
use crate::reader::Reader;
use crate::server::State;

pub(crate) async fn for_challenge(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    pairs: Pairs,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let options = Options::parse(&pairs.0).map_err(Problem::of_query)?;
    let answer = state.innocap.suggest_for_challenge(caller.actor(), id(&path)?, options).await?;
    Ok(reader.answer().json(state.innocap.phrase(answer, reader.0)))
}

pub(crate) async fn for_solution(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    pairs: Pairs,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let options = Options::parse(&pairs.0).map_err(Problem::of_query)?;
    let needs = state.innocap.challenges_for_solution(caller.actor(), id(&path)?, options).await?;
    Ok(reader.answer().json(state.innocap.phrase_needs(needs, reader.0)))
}

/// Reading is open to everyone, so the caller is only looked at to refuse a token that is not valid.
pub(crate) async fn for_text(
    state: web::Data<State>,
    _caller: Caller,
    document: Document,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let ask = Ask::read(&document.0)?;
    let answer = state.innocap.suggest(ask).await?;
    Ok(reader.answer().json(state.innocap.phrase(answer, reader.0)))
}
