//! Error pages: what went wrong, in the reader's language, and a way on.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::layout::render_as;
use super::texts::InterfaceTexts;

#[derive(Template)]
#[template(path = "error.html")]
struct Page {
    texts: InterfaceTexts,
    title: String,
    advice: String,
}

/// The page for an answer with this status; `None` where not even that can be made.
pub(crate) fn page(request: &HttpRequest, status: StatusCode) -> Option<HttpResponse> {
    let texts = InterfaceTexts::of(request);
    let (title, advice) = match status.as_u16() {
        404 | 410 => ("error-not-found", "error-not-found-advice"),
        401 | 403 => ("error-not-yours", "error-not-yours-advice"),
        400..=499 => ("error-bad-request", "error-bad-request-advice"),
        _ => ("error-broken", "error-broken-advice"),
    };
    let (title, advice) = (texts.get(title), texts.get(advice));
    let page = Page { texts, title, advice };
    render_as(status, &page, page.texts.code()).ok()
}
