//! What every page shares: being rendered, and the choices of a filter.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LANGUAGE;
use askama::Template;
use innocap_app::Innocap;
use innocap_domain::{Language, Scheme};

use crate::problem::Problem;

/// A page as an answer.
pub(crate) fn render(page: &impl Template, language: &'static str) -> Result<HttpResponse, Problem> {
    render_as(StatusCode::OK, page, language)
}

/// A page as an answer with another status.
pub(crate) fn render_as(
    status: StatusCode,
    page: &impl Template,
    language: &'static str,
) -> Result<HttpResponse, Problem> {
    let html = page.render().map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        Problem::new("internal", "an internal error")
    })?;
    Ok(HttpResponse::build(status)
        .insert_header((CONTENT_LANGUAGE, language))
        .insert_header(("Vary", "Accept-Language"))
        .content_type("text/html; charset=utf-8")
        .body(html))
}

/// What is written for programs rather than people, as an answer of this media type.
pub(crate) fn render_plain(media_type: &'static str, page: &impl Template) -> Result<HttpResponse, Problem> {
    let text = page.render().map_err(|error| {
        tracing::error!(%error, "an answer could not be rendered");
        Problem::new("internal", "an internal error")
    })?;
    Ok(HttpResponse::Ok().content_type(media_type).body(text))
}

/// One choice of a list of choices.
pub(crate) struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

impl Choice {
    pub(crate) fn new(value: &str, label: String, chosen: &str) -> Self {
        Self { value: value.to_owned(), label, chosen: value == chosen }
    }
}

/// The public functions, by their labels.
pub(crate) fn functions(innocap: &Innocap, language: Language, chosen: &str) -> Vec<Choice> {
    let entries = innocap.vocabulary(Scheme::Function, "", language, 100);
    entries.into_iter().map(|entry| Choice::new(&entry.code, entry.label, chosen)).collect()
}

/// The countries, by their names.
pub(crate) fn countries(innocap: &Innocap, language: Language, chosen: &str) -> Vec<Choice> {
    let entries = innocap.vocabulary(Scheme::Region, "", language, 1_000);
    let mut countries: Vec<Choice> = entries
        .into_iter()
        .filter(|entry| entry.code.len() == 2)
        .map(|entry| Choice::new(&entry.code, entry.label, chosen))
        .collect();
    countries.sort_by_key(|country| country.label.to_lowercase());
    countries
}
