//! The language a reader is answered in.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, VARY};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder};
use innocap_domain::Language;

/// The languages of the interface, each with its own name.
pub(crate) const LANGUAGES: [(&str, &str); 6] =
    [("en", "English"), ("sv", "Svenska"), ("fi", "Suomi"), ("nb", "Norsk"), ("da", "Dansk"), ("is", "Íslenska")];

/// The language that the address asks for (`?lang=sv`), else that of the account, else the first of Accept-Language that
/// there is, else English.
pub(crate) fn negotiate(request: &HttpRequest, account: Option<&str>) -> &'static str {
    let asked = request.query_string().split('&').find_map(|pair| pair.strip_prefix("lang="));
    let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut accepted: Vec<(f32, &str)> = header
        .split(',')
        .filter_map(|part| {
            let (tag, quality) = part.trim().split_once(";q=").unwrap_or((part.trim(), "1"));
            Some((quality.trim().parse().ok()?, tag))
        })
        .collect();
    accepted.sort_by(|a, b| b.0.total_cmp(&a.0));
    asked.into_iter().chain(account).chain(accepted.into_iter().map(|(_, tag)| tag)).find_map(known).unwrap_or("en")
}

/// The interface language of a tag; Norwegian of every kind reads bokmål.
fn known(tag: &str) -> Option<&'static str> {
    let primary = tag.split('-').next()?.to_ascii_lowercase();
    let primary = if matches!(primary.as_str(), "no" | "nn") { "nb" } else { &primary };
    LANGUAGES.into_iter().map(|(code, _)| code).find(|code| *code == primary)
}

/// In which language the sentences of an answer are to be.
pub(crate) struct Reader(pub Language);

impl Reader {
    /// An answer that says in which language it is, and what that depends on.
    pub(crate) fn answer(&self) -> HttpResponseBuilder {
        let mut answer = HttpResponse::Ok();
        answer.insert_header((CONTENT_LANGUAGE, self.0.code())).append_header((VARY, "Accept-Language"));
        answer
    }
}

impl FromRequest for Reader {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(Language::from_tag(negotiate(request, None)).unwrap_or(Language::En))))
    }
}
