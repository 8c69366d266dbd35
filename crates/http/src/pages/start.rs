//! The start page: what this is, what it holds, and where to go on.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use innocap_domain::limits;

use super::layout::{Choice, countries, render};
use super::texts::InterfaceTexts;
use super::visitor::Visitor;
use crate::problem::Problem;
use crate::server::State;

#[derive(Template)]
#[template(path = "start.html")]
struct Page {
    texts: InterfaceTexts,
    longest: usize,
    countries: Vec<Choice>,
    fault: Option<String>,
    solutions: usize,
    challenges: usize,
}

pub(crate) async fn page(
    state: web::Data<State>,
    _visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(&request);
    let page = Page {
        longest: limits::FREE_TEXT,
        countries: countries(&state.innocap, texts.language(), ""),
        fault: None,
        texts,
        solutions: state.innocap.solutions_index().status().records,
        challenges: state.innocap.challenges_index().status().records,
    };
    render(&page, page.texts.code())
}

pub(crate) async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((CACHE_CONTROL, "max-age=3600"))
        .body(include_str!("../../templates/style.css"))
}

/// The mark of the service, as browsers show it beside a page's name.
pub(crate) async fn icon() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((CACHE_CONTROL, "max-age=86400"))
        .body(include_str!("../../templates/icon.svg"))
}

/// Browsers open their dialogue for passkeys by no other way than a script.
pub(crate) async fn passkeys() -> HttpResponse {
    script(include_str!("../../templates/passkeys.js"))
}

/// A script as an answer.
pub(super) fn script(text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((CACHE_CONTROL, "max-age=3600"))
        .body(text)
}
