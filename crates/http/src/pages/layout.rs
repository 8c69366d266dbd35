//! What every page shares: being rendered, and the choices of a filter.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LANGUAGE;
use askama::Template;
use innocap_app::{Innocap, Phrases};
use innocap_domain::{Language, Region, Scheme};

use super::locale::sort_key;
use super::texts::InterfaceTexts;
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

/// The countries that are offered as choices: those of the area and around it. Any other may stand in an address.
const OFFERED: [&str; 20] = [
    "AX", "BE", "CA", "DE", "DK", "EE", "FI", "FO", "FR", "GB", "GL", "IE", "IS", "LT", "LV", "NL", "NO", "PL", "SE",
    "US",
];

/// The public functions, by their labels.
pub(crate) fn functions(innocap: &Innocap, language: Language, chosen: &str) -> Vec<Choice> {
    let entries = innocap.vocabulary(Scheme::Function, "", language, 100);
    by_name(language, entries.into_iter().map(|entry| Choice::new(&entry.code, entry.label, chosen)))
}

/// The countries, by their names.
pub(crate) fn countries(innocap: &Innocap, language: Language, chosen: &str) -> Vec<Choice> {
    let entries = innocap.vocabulary(Scheme::Region, "", language, 1_000);
    let offered = entries
        .into_iter()
        .filter(|entry| entry.code.len() == 2 && (OFFERED.contains(&entry.code.as_str()) || entry.code == chosen));
    by_name(language, offered.map(|entry| Choice::new(&entry.code, entry.label, chosen)))
}

/// The languages that texts are written in here, by their names.
pub(crate) fn languages(innocap: &Innocap, texts: &InterfaceTexts, chosen: &str) -> Vec<Choice> {
    let labels = innocap.labels();
    let phrases = Phrases::new(texts.language(), &labels);
    let name = |language: Language| Choice::new(language.code(), phrases.language_name(&language.into()), chosen);
    by_name(texts.language(), Language::ALL.into_iter().map(name))
}

/// Choices in the order of the reader's alphabet.
fn by_name(language: Language, choices: impl Iterator<Item = Choice>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = choices.collect();
    choices.sort_by_cached_key(|choice| sort_key(language.code(), &choice.label));
    choices
}

/// The code that a reader means who has typed a code of a scheme or what it is called, within a country where one is
/// given; what nothing is called stays as it was typed.
pub(crate) fn meant(innocap: &Innocap, language: Language, scheme: Scheme, typed: &str, country: &str) -> String {
    let typed = typed.trim();
    let is_code = match scheme {
        Scheme::Region => Region::parse(typed).is_ok(),
        Scheme::Cpv => typed.bytes().all(|b| b.is_ascii_digit() || b == b'-'),
        Scheme::Function => true,
    };
    if is_code {
        return typed.to_uppercase();
    }
    let entries = innocap.vocabulary(scheme, typed, language, 50);
    let fits = |code: &str| scheme != Scheme::Region || (code.len() > 2 && code.starts_with(country));
    let wanted = typed.to_lowercase();
    let named = entries.iter().find(|entry| fits(&entry.code) && entry.label.to_lowercase() == wanted);
    let named = named.or_else(|| entries.iter().find(|entry| fits(&entry.code)));
    named.map_or_else(|| typed.to_owned(), |entry| entry.code.clone())
}
