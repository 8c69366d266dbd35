//! What everyone may want to know of the service itself: accessibility, privacy, and how the ranking works.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use innocap_app::{AlignmentWeights, Innocap, TopicWeights, Weights};

use super::cards::contact_link;
use super::layout::render;
use super::texts::InterfaceTexts;
use super::visitor::Visitor;
use crate::problem::Problem;
use crate::server::State;

/// Where people turn: an address to follow, and as it is shown.
type Contact = Option<(String, String)>;

#[derive(Template)]
#[template(path = "accessibility.html")]
struct Accessibility {
    texts: InterfaceTexts,
    contact: Contact,
}

pub(crate) async fn accessibility(
    state: web::Data<State>,
    _visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = Accessibility { texts: InterfaceTexts::of(&request), contact: contact(&state.innocap) };
    render(&page, page.texts.code())
}

#[derive(Template)]
#[template(path = "privacy.html")]
struct Privacy {
    texts: InterfaceTexts,
    contact: Contact,
}

pub(crate) async fn privacy(
    state: web::Data<State>,
    _visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = Privacy { texts: InterfaceTexts::of(&request), contact: contact(&state.innocap) };
    render(&page, page.texts.code())
}

fn contact(innocap: &Innocap) -> Contact {
    innocap.contact().map(contact_link)
}

#[derive(Template)]
#[template(path = "ranking.html")]
struct Ranking {
    texts: InterfaceTexts,
    version: String,
    topic: Vec<Part<[String; 3]>>,
    fit: Vec<Part<String>>,
    /// What is said, and from which score of 100.
    verdicts: Vec<(String, u32)>,
}

/// A part of the score: its name, what is measured, and its weight or weights.
struct Part<W> {
    name: String,
    what: String,
    weight: W,
}

pub(crate) async fn ranking(_visitor: Visitor, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let (texts, weights) = (InterfaceTexts::of(&request), Weights::bundled());
    let verdicts = vec![
        (texts.get("ranking-verdict-fit"), points(weights.verdict.fit)),
        (texts.get("ranking-verdict-partial"), points(weights.verdict.partial)),
        (texts.get("ranking-verdict-shown"), points(weights.verdict.shown)),
    ];
    let page = Ranking {
        version: weights.version.clone(),
        topic: topic(&texts, weights),
        fit: fit(&texts, weights),
        verdicts,
        texts,
    };
    render(&page, page.texts.code())
}

fn topic(texts: &InterfaceTexts, weights: &Weights) -> Vec<Part<[String; 3]>> {
    let sets = [&weights.same_language, &weights.near_language, &weights.cross_language];
    let part = |name: &str, what: &str, of: fn(&TopicWeights) -> f64| Part {
        name: texts.get(name),
        what: texts.get(what),
        weight: sets.map(|set| decimal(texts, of(set))),
    };
    vec![
        part("ranking-meaning", "ranking-meaning-what", |weights| weights.meaning),
        part("ranking-from", "ranking-from-what", |weights| weights.from),
        part("ranking-hubness", "ranking-hubness-what", |weights| weights.hubness),
        part("ranking-words", "ranking-words-what", |weights| weights.words),
        part("ranking-words-title", "ranking-words-title-what", |weights| weights.title),
        part("ranking-labels", "ranking-labels-what", |weights| weights.labels),
        part("ranking-labels-most", "ranking-labels-most-what", |weights| weights.labels_at_most),
        part("ranking-codes", "ranking-codes-what", |weights| weights.codes),
        part("ranking-alignment", "ranking-alignment-what", |weights| alignment(weights).need),
        part("ranking-alignment-from", "ranking-alignment-from-what", |weights| alignment(weights).from),
        part("ranking-alignment-title", "ranking-alignment-title-what", |weights| alignment(weights).title),
        part("ranking-alignment-back", "ranking-alignment-back-what", |weights| alignment(weights).listing),
    ]
}

/// None counts where texts are not compared so.
fn alignment(weights: &TopicWeights) -> AlignmentWeights {
    weights.alignment.unwrap_or_default()
}

fn fit(texts: &InterfaceTexts, weights: &Weights) -> Vec<Part<String>> {
    let part = |name: &str, what: &str, weight: f64| Part {
        name: texts.get(name),
        what: texts.get(what),
        weight: decimal(texts, weight),
    };
    let fit = &weights.fit;
    vec![
        part("fact-place", "ranking-place-what", fit.place),
        part("fact-deployments", "ranking-evidence-what", fit.evidence),
        part("fact-function", "ranking-function-what", fit.function),
        part("fact-speaks", "ranking-language-what", fit.language),
        part("fact-maturity", "ranking-maturity-what", fit.maturity),
        part("ranking-connection", "ranking-connection-what", fit.connection),
        part("ranking-nature", "ranking-nature-what", fit.nature),
    ]
}

/// A number as the reader writes it.
fn decimal(texts: &InterfaceTexts, number: f64) -> String {
    let written = number.to_string();
    if texts.code() == "en" { written } else { written.replace('.', ",") }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "scores lie between 0 and 1")]
fn points(score: f64) -> u32 {
    (score * 100.0).round() as u32
}
