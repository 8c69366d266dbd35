//! Challenges: the list with its filters, and one in detail.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use innocap_app::{Linked, ListQuery, paragraphs};
use innocap_domain::{Challenge, Content, LanguageTag, Scheme, Status};
use uuid::Uuid;

use super::cards::{Card, cards, place_name};
use super::feeds::feed_address;
use super::formats::{self, Format};
use super::layout::{Choice, countries, functions, render, render_as};
use super::lifecycle::tools;
use super::linked::{DESCRIPTION, description, embedded};
use super::suggestions::language_name;
use super::texts::{InterfaceTexts, encode_pairs};
use crate::api::records::id;
use crate::pages::visitor::Visitor;
use crate::problem::Problem;
use crate::server::State;

#[derive(Template)]
#[template(path = "list.html")]
pub(super) struct List {
    pub texts: InterfaceTexts,
    /// `challenges` or `solutions`; the messages and addresses of the page begin with it.
    pub resource: &'static str,
    pub functions: Vec<Choice>,
    pub countries: Vec<Choice>,
    pub kinds: Vec<Choice>,
    pub fault: Option<String>,
    pub total: i64,
    pub cards: Vec<Card>,
    pub next: Option<String>,
    /// The feed of this list.
    pub feed: Option<String>,
}

impl List {
    fn title(&self) -> String {
        self.texts.get(if self.offers() { "solutions-title" } else { "challenges-title" })
    }

    fn offers(&self) -> bool {
        self.resource == "solutions"
    }
}

/// A list's page, whatever it lists.
pub(super) async fn list_page<C: innocap_app::Resource>(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    resource: &'static str,
    kinds: impl FnOnce(&InterfaceTexts) -> Vec<Choice>,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(request);
    let pairs = texts.parameters();
    let found = match ListQuery::parse(C::KIND, &pairs) {
        Ok(query) => state.innocap.list::<C>(visitor.actor(), &query).await,
        Err(error) => Err(error),
    };
    let mut list = List {
        resource,
        functions: functions(&state.innocap, texts.language(), texts.parameter("function")),
        countries: countries(&state.innocap, texts.language(), texts.parameter("country")),
        kinds: kinds(&texts),
        fault: None,
        total: 0,
        cards: Vec::new(),
        next: None,
        feed: None,
        texts,
    };
    match found {
        Ok(page) => {
            list.total = page.total;
            list.feed = Some(feed_address(&list.texts, resource));
            list.cards = cards(resource, &page.items, &list.texts, &state.innocap);
            list.next = page.next.map(|cursor| {
                let mut query: Vec<_> = pairs.into_iter().filter(|(name, _)| name != "cursor").collect();
                query.push(("cursor".to_owned(), cursor));
                list.texts.to(&format!("/{resource}?{}", encode_pairs(&query)))
            });
            render(&list, list.texts.code())
        }
        Err(innocap_app::AppError::Invalid(_)) => {
            list.fault = Some(list.texts.get("list-cannot-be-read"));
            render_as(actix_web::http::StatusCode::BAD_REQUEST, &list, list.texts.code())
        }
        Err(other) => Err(other.into()),
    }
}

pub(crate) async fn list(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    list_page::<Challenge>(&state, &visitor, &request, "challenges", |_| Vec::new()).await
}

#[derive(Template)]
#[template(path = "challenge.html")]
struct Detail {
    texts: InterfaceTexts,
    /// What the page is about, in a sentence or two, and as linked data.
    description: String,
    linked: String,
    /// Where it is to be had in other formats; of a draft nowhere.
    formats: Vec<Format>,
    /// Where its suggestions are.
    way_on: String,
    title: String,
    language: String,
    language_name: String,
    paragraphs: Vec<String>,
    organisation: Option<(String, String)>,
    place: Vec<String>,
    functions: Vec<String>,
    codes: Vec<String>,
    published: String,
    /// That its owner talks with providers.
    dialogue: Option<String>,
    deadline: String,
    source: Option<(String, String)>,
    /// That it is closed or archived, and why.
    ended: Option<String>,
    /// What those can do whose it is, and what everyone can: address and label.
    tools: Vec<(String, String)>,
    /// Similar ones, where this one is open no more.
    instead: Vec<Card>,
}

pub(crate) async fn detail(
    state: web::Data<State>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(&request);
    let (record, organisation) = state.innocap.find_whole(visitor.actor(), id::<Challenge>(&path)?).await?;
    let (labels, language) = (state.innocap.labels(), texts.language());
    let version = record.content.texts.best_for(&LanguageTag::from(language));
    let content = &record.content;
    let place = [content.place.region.as_ref().map(ToString::to_string), content.place.country.map(|c| c.to_string())];
    let linked = Linked { base: state.innocap.public_url(), labels: &labels, language };
    let page = Detail {
        description: description(version, DESCRIPTION),
        linked: embedded(&linked.challenge(&record, organisation.as_deref())),
        formats: if record.status.is_public() { formats::of_challenge(&texts, record.id) } else { Vec::new() },
        way_on: texts.to(&format!("/challenges/{}/suggestions", record.id)),
        title: version.title.clone(),
        language: version.language.to_string(),
        language_name: language_name(&state.innocap, &texts, &version.language),
        paragraphs: paragraphs(&[&version.summary, &version.description]),
        organisation: organisation
            .map(|o| (texts.to(&format!("/organisations/{}", content.organisation)), o.name.clone())),
        place: place.iter().flatten().map(|code| place_name(&labels, code, language)).collect(),
        functions: named(&content.functions, |code| labels.label(Scheme::Function, code, language)),
        codes: coded(&content.cpv, |code| labels.label(Scheme::Cpv, code, language)),
        published: content.published.map(|date| date.to_string()).unwrap_or_default(),
        dialogue: (record.status == Status::InDialogue).then(|| texts.get("status-is-in-dialogue")),
        deadline: content.deadline.map(|date| date.to_string()).unwrap_or_default(),
        source: content.source().map(|source| (source.url.clone().unwrap_or_default(), source.name.clone())),
        tools: tools(&visitor, &texts, Challenge::KIND, record.id.uuid(), content.organisation, record.status),
        instead: if record.status.is_public() && !record.status.is_open() {
            similar::<Challenge>(&state, &visitor, &texts, "challenges", &version.title, record.id.uuid()).await?
        } else {
            Vec::new()
        },
        ended: (!record.status.is_open()).then(|| ended(&texts, record.status, record.status_reason.as_deref())),
        texts,
    };
    render(&page, page.texts.code())
}

/// What is open and like something that is open no more.
pub(super) async fn similar<C: innocap_app::Resource>(
    state: &State,
    visitor: &Visitor,
    texts: &InterfaceTexts,
    resource: &str,
    title: &str,
    record: Uuid,
) -> Result<Vec<Card>, Problem> {
    let words: String = title.chars().take(200).collect();
    let pairs = [("q".to_owned(), words), ("limit".to_owned(), "4".to_owned())];
    let page = state.innocap.list::<C>(visitor.actor(), &ListQuery::parse(C::KIND, &pairs)?).await?;
    let own = record.to_string();
    let others: Vec<_> =
        page.items.into_iter().filter(|view| view.get("id").and_then(|id| id.as_str()) != Some(&own)).collect();
    Ok(cards(resource, &others, texts, &state.innocap).into_iter().take(3).collect())
}

/// Codes by their labels.
pub(super) fn named<'l, T: ToString>(codes: &[T], label: impl Fn(&str) -> Option<&'l str>) -> Vec<String> {
    codes.iter().map(ToString::to_string).map(|code| label(&code).map_or(code.clone(), str::to_owned)).collect()
}

/// Codes with their labels.
pub(super) fn coded<'l, T: ToString>(codes: &[T], label: impl Fn(&str) -> Option<&'l str>) -> Vec<String> {
    let whole = |code: String| label(&code).map_or(code.clone(), |label| format!("{code} {label}"));
    codes.iter().map(ToString::to_string).map(whole).collect()
}

/// That a record is no longer open, and why.
pub(super) fn ended(texts: &InterfaceTexts, status: Status, reason: Option<&str>) -> String {
    let said = texts.get(match status {
        Status::Draft => "status-draft",
        Status::Closed => "status-closed",
        Status::Published | Status::InDialogue | Status::Archived => "status-archived",
    });
    reason.map_or(said.clone(), |reason| format!("{said} {reason}"))
}
