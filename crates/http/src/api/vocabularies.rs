//! Codes with their labels.

use actix_web::{HttpResponse, web};
use innocap_domain::{Language, LanguageTag, Scheme};
use serde_json::json;

use crate::extract::Pairs;
use crate::problem::Problem;
use crate::server::State;

/// Codes of one answer at most.
const MOST: usize = 500;

fn scheme(word: &str) -> Result<Scheme, Problem> {
    Scheme::parse(word).map_err(|_| Problem::new("not_found", "the vocabularies are cpv, region and function"))
}

pub(crate) async fn list(
    state: web::Data<State>,
    path: web::Path<String>,
    pairs: Pairs,
) -> Result<HttpResponse, Problem> {
    let scheme = scheme(&path)?;
    let (mut text, mut language) = (String::new(), Language::En);
    for (name, value) in &pairs.0 {
        match name.as_str() {
            "q" if value.len() <= 500 => text.clone_from(value),
            "language" => {
                let tag = LanguageTag::parse(value).map_err(|e| Problem::new("invalid_query", e.to_string()))?;
                language = tag.language().unwrap_or(Language::En);
            }
            _ => {
                return Err(Problem::new("invalid_query", "the parameters are q (at most 500 bytes) and language"));
            }
        }
    }
    Ok(HttpResponse::Ok().json(json!({"items": state.innocap.vocabulary(scheme, &text, language, MOST)})))
}

pub(crate) async fn find(state: web::Data<State>, path: web::Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (word, code) = path.into_inner();
    Ok(HttpResponse::Ok().json(state.innocap.vocabulary_code(scheme(&word)?, &code)?))
}
