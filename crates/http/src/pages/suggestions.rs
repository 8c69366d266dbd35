//! Suggestions as a page: for a need in free text, and for a challenge.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use innocap_app::{Answer, AppError, Ask, Innocap, MOST_SUGGESTIONS, Options, Phrases};
use innocap_domain::suggestion::Verdict;
use innocap_domain::{Challenge, LanguageTag, Role, SolutionKind, limits};
use serde_json::json;

use super::cards::{Card, Suggested, runners};
use super::layout::{Choice, countries, render};
use super::texts::InterfaceTexts;
use crate::api::records::id;
use crate::pages::visitor::Visitor;
use crate::problem::Problem;
use crate::server::State;

#[derive(Template)]
#[template(path = "suggestions.html")]
struct Page {
    texts: InterfaceTexts,
    /// The need as it was written; empty for a stored challenge.
    need: String,
    longest: usize,
    countries: Vec<Choice>,
    /// What is wrong with what was asked.
    fault: Option<String>,
    /// The challenge, where it is stored.
    challenge: Option<Card>,
    /// The challenge's identifier; empty where it is not stored.
    id: String,
    /// The token of forms, for those whose challenge it is.
    token: Option<String>,
    kinds: Vec<Choice>,
    levels: Vec<Choice>,
    done: bool,
    answer: Option<Answered>,
}

impl Page {
    /// An address below the challenge's.
    fn way(&self, what: &str) -> String {
        self.texts.to(&format!("/challenges/{}/{what}", self.id))
    }
}

/// An answer for a page.
struct Answered {
    verdict: &'static str,
    verdict_text: String,
    explanation: String,
    suggestions: Vec<Suggested>,
    considered: usize,
    ranking_version: String,
}

impl Answered {
    fn new(innocap: &Innocap, answer: Answer, texts: &InterfaceTexts, country: &str) -> Self {
        let labels = innocap.labels();
        let phrases = Phrases::new(texts.language(), &labels);
        let answer = innocap.phrase(answer, texts.language());
        let (verdict, explanation) = match answer.verdict {
            Verdict::Fit => ("fit", "verdict-fit-means"),
            Verdict::Partial => ("partial", "verdict-partial-means"),
            Verdict::None if answer.suggestions.is_empty() => ("none", "verdict-nothing-means"),
            Verdict::None => ("none", "verdict-none-means"),
        };
        let suggestions = answer.suggestions.iter().map(|suggestion| {
            let view = suggestion.solution.as_object().cloned().unwrap_or_default();
            let card = Card::of_view("solutions", &view, texts, &labels);
            let (reasons, against) = (&suggestion.reasons, &suggestion.against);
            Suggested {
                alike: suggestion.alike.as_ref().map(|alike| phrases.alike(alike.count)),
                lifted: suggestion.lifted.then(|| phrases.lifted()),
                runs: runners(&view, &labels, texts.language(), country),
                ..Suggested::new(card, suggestion.score, reasons, against, &suggestion.match_language, &phrases)
            }
        });
        Self {
            verdict,
            suggestions: suggestions.collect(),
            explanation: texts.get(explanation),
            verdict_text: answer.verdict_text,
            considered: answer.considered,
            ranking_version: answer.ranking_version,
        }
    }
}

/// Suggestions for `?need=…&country=…`; without a need the box to write it into.
pub(crate) async fn for_text(
    state: web::Data<State>,
    _visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(&request);
    let need = texts.parameter("need").to_owned();
    let country = texts.parameter("country").to_owned();
    let mut document = json!({"text": need, "mix": true});
    if !country.is_empty() {
        document["country"] = json!(country);
    }
    let mut page = Page {
        longest: limits::FREE_TEXT,
        countries: countries(&state.innocap, texts.language(), &country),
        fault: None,
        challenge: None,
        id: String::new(),
        token: None,
        kinds: Vec::new(),
        levels: Vec::new(),
        done: false,
        answer: None,
        need,
        texts,
    };
    if page.need.trim().is_empty() {
        page.fault = request.query_string().contains("need=").then(|| page.texts.get("ask-empty"));
        return render(&page, page.texts.code());
    }
    match Ask::read(&document) {
        Ok(ask) => {
            let answer = state.innocap.suggest(ask).await?;
            page.answer = Some(Answered::new(&state.innocap, answer, &page.texts, &country));
        }
        Err(AppError::Invalid(violations)) => page.fault = Some(explain(&page.texts, &violations)),
        Err(other) => return Err(other.into()),
    }
    render(&page, page.texts.code())
}

/// What is wrong, in the reader's language.
fn explain(texts: &InterfaceTexts, violations: &innocap_domain::Violations) -> String {
    let codes: Vec<_> = violations.0.iter().map(|violation| violation.code).collect();
    if codes.contains(&"too_long") {
        texts.count("ask-too-long", limits::FREE_TEXT)
    } else if codes.contains(&"no_words") {
        texts.get("ask-no-words")
    } else {
        texts.get("ask-cannot-be-read")
    }
}

/// Suggestions for a stored challenge.
pub(crate) async fn for_challenge(
    state: web::Data<State>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(&request);
    let id = id::<Challenge>(&path)?;
    let (record, _) = state.innocap.find_whole(visitor.actor(), id).await?;
    let (_, view) = state.innocap.find(visitor.actor(), id).await?;
    state.innocap.looked_at(&visitor.caller, record.content.organisation, id.uuid()).await?;
    let (kind, ripe) = (texts.parameter("kind").to_owned(), texts.parameter("trl").parse::<u64>().ok());
    let here = texts.parameter("here") == "yes";
    let filtered = !kind.is_empty() || ripe.is_some();
    let limit = if filtered { MOST_SUGGESTIONS } else { Options::default().limit };
    let options = Options { mix: !filtered, limit, delivered_here: here, ..Options::default() };
    let mut answer = state.innocap.suggest_for_challenge(visitor.actor(), id, options).await?;
    answer.suggestions.retain(|one| {
        (kind.is_empty() || one.solution["kind"] == kind.as_str())
            && ripe.is_none_or(|least| one.solution["trl"].as_u64().is_some_and(|level| level >= least))
    });
    answer.suggestions.truncate(Options::default().limit);
    let writes =
        visitor.actor().is_operator() || visitor.actor().role_in(record.content.organisation) >= Some(Role::Editor);
    let country = record.content.place.country.map(|country| country.to_string()).unwrap_or_default();
    let chosen = texts.parameter("trl").to_owned();
    let levels = (1..=9).map(|level: u8| Choice::new(&level.to_string(), texts.count("trl-level", level), &chosen));
    let card = Card::of_view("challenges", &view, &texts, &state.innocap.labels());
    let page = Page {
        need: String::new(),
        longest: limits::FREE_TEXT,
        countries: Vec::new(),
        fault: None,
        challenge: Some(card),
        id: id.to_string(),
        token: if writes { Some(visitor.form_token()?) } else { None },
        kinds: kinds(&state.innocap, &texts, &kind),
        levels: levels.collect(),
        done: texts.parameter("done") == "saved",
        answer: Some(Answered::new(&state.innocap, answer, &texts, &country)),
        texts,
    };
    Ok(visitor.with_cookies(&state.innocap, render(&page, page.texts.code())?))
}

/// The kinds of solutions by their names.
pub(super) fn kinds(innocap: &Innocap, texts: &InterfaceTexts, chosen: &str) -> Vec<Choice> {
    let labels = innocap.labels();
    let phrases = Phrases::new(texts.language(), &labels);
    SolutionKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), phrases.kind(kind.as_str()), chosen)).collect()
}

/// The name of a language for a reader.
pub(crate) fn language_name(innocap: &Innocap, texts: &InterfaceTexts, tag: &LanguageTag) -> String {
    Phrases::new(texts.language(), &innocap.labels()).language_name(tag)
}
