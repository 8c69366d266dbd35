//! Lists of challenges and solutions with their filters, their order and their number; the address says it all.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use innocap_app::{AppError, ListQuery, Phrases, Resource};
use innocap_domain::suggestion::Verdict;
use innocap_domain::{Challenge, Scheme, Solution, Status};

use super::cards::{Card, cards};
use super::feeds::feed_address;
use super::forms::see;
use super::layout::{Choice, countries, functions, languages, meant, render, render_as};
use super::suggestions::kinds;
use super::texts::{InterfaceTexts, encode_pairs};
use super::visitor::Visitor;
use crate::problem::Problem;
use crate::server::State;

/// A filter that is a list of choices.
pub(super) struct Chooser {
    /// The name of its parameter, and of its field.
    pub name: &'static str,
    pub label: String,
    /// What is said for no choice.
    pub all: String,
    pub choices: Vec<Choice>,
}

/// A filter that is typed.
pub(super) struct Typed {
    pub name: &'static str,
    pub label: String,
    pub value: String,
}

#[derive(Template)]
#[template(path = "list.html")]
pub(super) struct List {
    pub texts: InterfaceTexts,
    /// `challenges` or `solutions`; the addresses of the page begin with it.
    pub resource: &'static str,
    /// The filters that are always seen, and those that are asked for.
    pub choosers: Vec<Chooser>,
    pub more: Vec<Chooser>,
    pub typed: Vec<Typed>,
    pub fault: Option<String>,
    pub total: i64,
    pub cards: Vec<Card>,
    pub next: Option<String>,
    /// The feed of this list.
    pub feed: Option<String>,
}

impl List {
    fn title(&self) -> String {
        self.texts.get(if self.resource == "solutions" { "solutions-title" } else { "challenges-title" })
    }

    /// What the list is, for those who find it elsewhere.
    fn description(&self) -> String {
        self.texts.get(if self.resource == "solutions" { "solutions-lead" } else { "challenges-lead" })
    }

    /// The list without any filter.
    fn plain(&self) -> String {
        format!("/{}", self.resource)
    }

    /// Whether one of the filters that are asked for is set.
    fn is_narrowed(&self) -> bool {
        let chosen = self.more.iter().any(|chooser| chooser.choices.iter().any(|choice| choice.chosen));
        chosen || self.typed.iter().any(|typed| !typed.value.is_empty())
    }

    /// Whether anything is asked for at all.
    fn is_filtered(&self) -> bool {
        self.texts.parameters().iter().any(|(name, _)| !matches!(name.as_str(), "cursor" | "limit" | "sort"))
    }
}

pub(crate) async fn challenges(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    page::<Challenge>(&state, &visitor, &request, "challenges").await
}

pub(crate) async fn solutions(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    page::<Solution>(&state, &visitor, &request, "solutions").await
}

async fn page<C: Resource>(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    resource: &'static str,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(request);
    let typed = texts.parameters();
    let pairs = by_codes(state, &texts, &typed);
    if pairs != typed {
        // So that what is shared and followed says the same to everyone.
        return Ok(see(&texts.to(&format!("/{resource}?{}", encode_pairs(&pairs)))));
    }
    let found = match ListQuery::parse(C::KIND, &pairs) {
        Ok(query) => state.innocap.list::<C>(visitor.actor(), &query).await,
        Err(error) => Err(error),
    };
    let offers = resource == "solutions";
    let (choosers, more, typed) = filters(state, &texts, offers);
    let mut list = List {
        resource,
        choosers,
        more,
        typed,
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
        Err(AppError::Invalid(_)) => {
            list.fault = Some(list.texts.get("list-cannot-be-read"));
            render_as(StatusCode::BAD_REQUEST, &list, list.texts.code())
        }
        Err(other) => Err(other.into()),
    }
}

/// The parameters with codes where somebody has typed what they are called.
fn by_codes(state: &State, texts: &InterfaceTexts, typed: &[(String, String)]) -> Vec<(String, String)> {
    let country = texts.parameter("country");
    let code = |(name, value): &(String, String)| {
        let scheme = match name.as_str() {
            "region" => Some(Scheme::Region),
            "cpv" => Some(Scheme::Cpv),
            _ => None,
        };
        let value = match scheme {
            Some(scheme) => meant(&state.innocap, texts.language(), scheme, value, country),
            None => value.clone(),
        };
        (name.clone(), value)
    };
    typed.iter().map(code).collect()
}

/// The filters of a list: those always seen, those asked for, and those typed.
fn filters(state: &State, texts: &InterfaceTexts, offers: bool) -> (Vec<Chooser>, Vec<Chooser>, Vec<Typed>) {
    let (innocap, language) = (&state.innocap, texts.language());
    let chooser = |name: &'static str, label: &str, choices: Vec<Choice>| Chooser {
        name,
        label: texts.get(label),
        all: texts.get("filter-all"),
        choices,
    };
    let chosen = |name: &str| texts.parameter(name).to_owned();
    let place = if offers { "filter-delivered" } else { "filter-country" };
    let mut seen = vec![
        chooser("function", "filter-function", functions(innocap, language, &chosen("function"))),
        chooser("country", place, countries(innocap, language, &chosen("country"))),
    ];
    let mut more = vec![chooser("language", "fact-language", languages(innocap, texts, &chosen("language")))];
    if offers {
        seen.push(chooser("kind", "filter-kind", kinds(innocap, texts, &chosen("kind"))));
    } else {
        let status = |status: Status, label: &str| Choice::new(status.as_str(), texts.get(label), &chosen("status"));
        let states = vec![
            status(Status::InDialogue, "status-is-in-dialogue"),
            status(Status::Closed, "status-is-closed"),
            status(Status::Archived, "status-is-archived"),
        ];
        more.push(Chooser { all: texts.get("status-is-open"), ..chooser("status", "filter-status", states) });
        let labels = innocap.labels();
        let phrases = Phrases::new(language, &labels);
        let verdict = |verdict: Verdict| Choice::new(verdict.as_str(), phrases.verdict(verdict), &chosen("verdict"));
        more.push(chooser("verdict", "filter-verdict", Verdict::ALL.into_iter().map(verdict).collect()));
    }
    let order = |value: &str, label: &str| Choice::new(value, texts.get(label), &chosen("sort"));
    let mut orders = vec![order("newest", "sort-newest")];
    if !offers {
        orders.push(order("deadline", "sort-deadline"));
    }
    let usual = if chosen("q").is_empty() { "sort-usual" } else { "sort-relevance" };
    more.push(Chooser { all: texts.get(usual), ..chooser("sort", "filter-sort", orders) });
    let typed = vec![
        Typed { name: "region", label: texts.get("field-region"), value: chosen("region") },
        Typed { name: "cpv", label: texts.get("fact-codes"), value: chosen("cpv") },
    ];
    (seen, more, typed)
}
