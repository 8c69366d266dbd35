//! The start page: what this is, what it holds, and where to go on.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::texts::InterfaceTexts;
use crate::problem::Problem;
use crate::reader::LANGUAGES;
use crate::server::State;

#[derive(Template)]
#[template(path = "start.html")]
struct Page {
    texts: InterfaceTexts,
    languages: [(&'static str, &'static str); 6],
    solutions: usize,
    challenges: usize,
}

pub(crate) async fn page(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let page = Page {
        texts: InterfaceTexts::of(&request),
        languages: LANGUAGES,
        solutions: state.innocap.solutions_index().status().records,
        challenges: state.innocap.challenges_index().status().records,
    };
    render(&page, page.texts.code())
}

/// A page as an answer.
pub(crate) fn render(page: &impl Template, language: &'static str) -> Result<HttpResponse, Problem> {
    let html = page.render().map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        Problem::new("internal", "an internal error")
    })?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_LANGUAGE, language))
        .insert_header(("Vary", "Accept-Language"))
        .content_type("text/html; charset=utf-8")
        .body(html))
}

pub(crate) async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((CACHE_CONTROL, "max-age=3600"))
        .body(include_str!("../../templates/style.css"))
}
