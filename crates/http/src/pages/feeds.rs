//! Atom feeds (RFC 4287) of what is new: the lists with their filters, for programs that look again and again.

use actix_web::http::header::{CONTENT_LANGUAGE, HeaderValue, VARY};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use innocap_access::Actor;
use innocap_app::{AppError, ListQuery, Phrases, Resource, View, xml_text};
use innocap_domain::suggestion::Verdict;
use innocap_domain::{Challenge, Labels, LanguageTag, Scheme, Solution};
use serde_json::Value;

use super::cards::{Card, place_name};
use super::layout::render_plain;
use super::lists;
use super::texts::{InterfaceTexts, encode_pairs};
use super::visitor::Visitor;
use crate::problem::Problem;
use crate::server::State;

const ATOM: &str = "application/atom+xml; charset=utf-8";

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed {
    language: &'static str,
    title: String,
    /// The feed's own address, without a cursor.
    address: String,
    /// The list as a page.
    page: String,
    next: Option<String>,
    updated: String,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    address: String,
    title: String,
    language: String,
    /// The summary as HTML: escaped once here, and once more where it is written as XML.
    summary: String,
    author: String,
    published: String,
    updated: String,
    /// Public functions: code and label.
    functions: Vec<(String, String)>,
}

/// The address of the feed of a list, with the list's filter.
pub(super) fn feed_address(texts: &InterfaceTexts, resource: &str) -> String {
    texts.to(&with_pairs(&format!("/{resource}.atom"), &filter(texts)))
}

/// What the address asks for besides a place in the list.
fn filter(texts: &InterfaceTexts) -> Vec<(String, String)> {
    texts.parameters().into_iter().filter(|(name, _)| !matches!(name.as_str(), "cursor" | "limit" | "sort")).collect()
}

fn with_pairs(path: &str, pairs: &[(String, String)]) -> String {
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", encode_pairs(pairs)) }
}

pub(crate) async fn challenges(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    match feed::<Challenge>(&state, &request, "challenges", "feed-challenges").await {
        Err(AppError::Invalid(_)) => lists::challenges(state, visitor, request).await,
        found => answer(&found?),
    }
}

pub(crate) async fn solutions(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    match feed::<Solution>(&state, &request, "solutions", "feed-solutions").await {
        Err(AppError::Invalid(_)) => lists::solutions(state, visitor, request).await,
        found => answer(&found?),
    }
}

fn answer(feed: &Feed) -> Result<HttpResponse, Problem> {
    let mut response = render_plain(ATOM, feed)?;
    let headers = response.headers_mut();
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(feed.language));
    headers.insert(VARY, HeaderValue::from_static("Accept-Language"));
    Ok(response)
}

/// A feed shows what everyone sees, whoever asks: it is kept and handed on by programs.
async fn feed<C: Resource>(
    state: &State,
    request: &HttpRequest,
    resource: &str,
    title: &str,
) -> Result<Feed, AppError> {
    let (innocap, texts) = (&state.innocap, InterfaceTexts::of(request));
    let base = innocap.public_url();
    let query = ListQuery::parse(C::KIND, &texts.parameters())?.newest_first();
    let page = innocap.list::<C>(&Actor::Anonymous, &query).await?;
    let labels = innocap.labels();
    let entries: Vec<Entry> = page.items.iter().map(|view| entry(view, resource, base, &texts, &labels)).collect();
    let address = format!("{base}{}", feed_address(&texts, resource));
    let said = |name: &str, value: &str| filter_words(name, value, &texts, &labels);
    let words: Vec<String> = filter(&texts).iter().filter_map(|(name, value)| said(name, value)).collect();
    let title = texts.get(title);
    Ok(Feed {
        language: texts.code(),
        title: xml_text(&if words.is_empty() { title } else { format!("{title}: {}", words.join(", ")) }),
        page: format!("{base}{}", texts.to(&with_pairs(&format!("/{resource}"), &filter(&texts)))),
        next: page.next.map(|cursor| {
            let joint = if address.contains('?') { '&' } else { '?' };
            let limit = Some(texts.parameter("limit")).filter(|limit| !limit.is_empty());
            let limit = limit.map(|limit| format!("&limit={limit}")).unwrap_or_default();
            format!("{address}{joint}cursor={cursor}{limit}")
        }),
        updated: entries.iter().map(|entry| entry.updated.clone()).max().unwrap_or_else(|| {
            // A feed without entries has to have been updated at some time as well.
            seconds(&innocap.clock().now().to_rfc3339())
        }),
        address,
        entries,
    })
}

fn entry(view: &View, resource: &str, base: &str, texts: &InterfaceTexts, labels: &Labels) -> Entry {
    let card = Card::of_view(resource, view, texts, labels);
    let text = |name: &str| view.get(name).and_then(Value::as_str).unwrap_or_default();
    let functions = view.get("functions").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let label = |code: &str| labels.label(Scheme::Function, code, texts.language()).unwrap_or(code).to_owned();
    Entry {
        id: text("id").to_owned(),
        address: format!("{base}{}", card.href),
        title: xml_text(&card.title),
        summary: askama::filters::escape(xml_text(&card.summary), askama::filters::Html)
            .map(|escaped| escaped.to_string())
            .unwrap_or_default(),
        language: card.language,
        author: xml_text(view.get("organisation").and_then(|o| o["name"].as_str()).unwrap_or("Innocap")),
        published: seconds(text("created")),
        updated: seconds(text("updated")),
        functions: functions.map(|code| (code.to_owned(), label(code))).collect(),
    }
}

/// A filter's value in the reader's words; `None` for what nobody would know the feed by.
fn filter_words(name: &str, value: &str, texts: &InterfaceTexts, labels: &Labels) -> Option<String> {
    let language = texts.language();
    let phrases = Phrases::new(language, labels);
    let word = |code: &str| match name {
        "function" => labels.label(Scheme::Function, code, language).unwrap_or(code).to_owned(),
        "cpv" => labels.label(Scheme::Cpv, code, language).unwrap_or(code).to_owned(),
        "country" | "region" => place_name(labels, code, language),
        "kind" => phrases.kind(code),
        "language" => LanguageTag::parse(code).map_or_else(|_| code.to_owned(), |tag| phrases.language_name(&tag)),
        "verdict" => Verdict::parse(code).map_or_else(|_| code.to_owned(), |verdict| phrases.verdict(verdict)),
        _ => code.to_owned(),
    };
    match name {
        "organisation" | "updated_since" | "status" => None,
        "q" => Some(value.to_owned()),
        _ => Some(value.split(',').map(str::trim).map(word).collect::<Vec<_>>().join(" / ")),
    }
}

/// A time to the second, so that times compare as texts.
fn seconds(time: &str) -> String {
    format!("{}Z", time.get(..19).unwrap_or(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_cut_to_the_second() {
        assert_eq!(seconds("2026-11-24T08:00:00.123456Z"), "2026-11-24T08:00:00Z");
        assert_eq!(seconds("2026-11-24T08:00:00+00:00"), "2026-11-24T08:00:00Z");
    }
}
