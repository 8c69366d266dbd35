//! From features and evidence to a score, its parts and the verdict.

use innocap_domain::Kinship;
use innocap_domain::suggestion::{Objection, Verdict};
use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::facts::{Need, Offer};
use crate::weights::{AlignmentWeights, FitWeights, Weights};

/// How near a listing is to a query in topic, as the index measures it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Topic {
    /// Cosine of the centred meanings.
    pub meaning: Option<f32>,
    /// How much nearer than others the listing is to whatever is asked, a difference of cosines.
    pub hubness: f32,
    /// Share of the query's words, weighted by rarity, in the listing's text.
    pub words: f32,
    /// The same in its title.
    pub title: f32,
    /// The same in the labels of its codes.
    pub labels: f32,
    /// How their languages stand to each other.
    pub kinship: Kinship,
    /// How they meet token by token, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alignment: Option<Alignment>,
}

/// How well two texts meet, token by token (MaxSim): weighted means of the likeness of each token to the nearest one of
/// the other text, −1 to 1, where 0 is chance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Alignment {
    /// Of the need's tokens.
    pub need: f32,
    /// Of those in its title.
    pub title: f32,
    /// Of the listing's tokens.
    pub listing: f32,
}

/// Which parts a query can have at all; the weights of the others are shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The query's meaning is known.
    pub meaning: bool,
    /// The query's words are used.
    pub words: bool,
    /// The query carries CPV codes.
    pub codes: bool,
}

/// One part of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its code, as in [`innocap_domain::suggestion::Reason`].
    pub code: &'static str,
    /// Its share of the score.
    pub share: f64,
    /// The facts that carry it.
    pub facts: Vec<String>,
}

/// A scored listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// 0 to 1; the sum of the parts' shares.
    pub score: f64,
    /// The parts, largest first; parts without a share are left out.
    pub parts: Vec<Part>,
    /// What speaks against it.
    pub against: Vec<Objection>,
}

/// The six parts of the topic, each a weight times what the index measured. They are not shared out anew where a query
/// lacks a part: a point of a score means the same for every need.
fn topic_parts(weights: &Weights, asked: Asked, topic: &Topic, codes: f64) -> [(&'static str, f64); 6] {
    let of = weights.of(topic.kinship);
    let part = |asked: bool, weight: f64, value: f64| if asked { weight * value } else { 0.0 };
    let meaning = topic.meaning.map_or(0.0, |cosine| {
        let cosine = f64::from(cosine) - of.hubness * f64::from(topic.hubness) - of.from;
        cosine.max(0.0)
    });
    let alignment = of.alignment.as_ref().zip(topic.alignment);
    [
        ("meaning", part(asked.meaning, of.meaning, meaning)),
        ("words", part(asked.words, of.words, f64::from(topic.words))),
        ("title", part(asked.words, of.title, f64::from(topic.title))),
        ("labels", part(asked.words, of.labels, f64::from(topic.labels)).min(of.labels_at_most)),
        ("codes", part(asked.codes, of.codes, codes)),
        ("alignment", alignment.map_or(0.0, |(weights, alignment)| aligned(weights, alignment))),
    ]
}

/// What the likeness of the tokens is worth, as far as it is above what texts that have nothing to do with each other reach.
fn aligned(weights: &AlignmentWeights, alignment: Alignment) -> f64 {
    let above = |likeness: f32| (f64::from(likeness) - weights.from).max(0.0);
    weights.need * above(alignment.need)
        + weights.title * above(alignment.title)
        + weights.listing * above(alignment.listing)
}

/// The topic alone, without evidence: what picks the candidates, and what collections without facts are ranked by.
/// Unlike a score it may be above 1.
pub fn topic_value(weights: &Weights, asked: Asked, topic: &Topic) -> f64 {
    topic_parts(weights, Asked { codes: false, ..asked }, topic, 0.0).iter().map(|(_, share)| share).sum()
}

/// The parts of the fit with their weights.
fn fit_parts<P>(weights: &FitWeights, pieces: [P; 6]) -> [(&'static str, f64, P); 6] {
    let [function, place, maturity, evidence, language, connection] = pieces;
    [
        ("function", weights.function, function),
        ("place", weights.place, place),
        ("maturity", weights.maturity, maturity),
        ("evidence", weights.evidence, evidence),
        ("language", weights.language, language),
        ("connection", weights.connection, connection),
    ]
}

/// What no weight of the topic changes: the value of the shared codes, and what the fit multiplies the topic by.
pub(crate) fn fixed(weights: &Weights, need: &Need, offer: &Offer) -> (Option<f64>, f64) {
    let evidence = Evidence::weigh(need, offer);
    let codes = evidence.codes.as_ref().map(|piece| piece.value);
    let suited = suited(weights, &evidence);
    let factor = fit_parts(&weights.fit, evidence.fit()).iter().fold(1.0, |factor, (_, weight, piece)| {
        factor + piece.as_ref().map_or(0.0, |piece| weight * (piece.value - 1.0))
    });
    (codes, factor * suited)
}

/// What a score is multiplied by for the sort of thing that is bought.
fn suited(weights: &Weights, evidence: &Evidence) -> f64 {
    1.0 - weights.fit.nature * (1.0 - evidence.suits)
}

/// A score from its topic and what is fixed.
pub(crate) fn score_of(weights: &Weights, asked: Asked, topic: &Topic, fixed: (Option<f64>, f64)) -> f64 {
    let (codes, factor) = fixed;
    let asked = Asked { codes: asked.codes && codes.is_some(), ..asked };
    let sum: f64 = topic_parts(weights, asked, topic, codes.unwrap_or(0.0)).iter().map(|(_, share)| share).sum();
    sum.min(1.0) * factor
}

/// Scores an offer for a need.
///
/// score = topic · (1 − Σ f) + topic · Σ f · v, over the parts of the fit that the need asks about, with their weights f
/// and values v: what is not about the topic can never be lifted by where it is delivered. A topic above 1 counts as 1,
/// its parts shrunk alike; and all parts shrink where the offer is of another sort than what is bought.
pub fn rank(weights: &Weights, asked: Asked, topic: &Topic, need: &Need, offer: &Offer) -> Scored {
    let evidence = Evidence::weigh(need, offer);
    let codes = evidence.codes.as_ref().map_or(0.0, |piece| piece.value);
    let asked = Asked { codes: asked.codes && evidence.codes.is_some(), ..asked };
    let code_facts = evidence.codes.as_ref().map(|piece| piece.facts.clone());
    let against = evidence.against.clone();
    let topic_parts = topic_parts(weights, asked, topic, codes);
    let sum: f64 = topic_parts.iter().map(|(_, share)| share).sum();
    let total = sum.min(1.0) * suited(weights, &evidence);
    let topic_parts = topic_parts.map(|(code, share)| (code, if sum > 0.0 { share * total / sum } else { share }));
    let fit = fit_parts(&weights.fit, evidence.fit());
    let asked_fit: f64 = fit.iter().filter(|(_, _, piece)| piece.is_some()).map(|(_, weight, _)| weight).sum();
    let mut code_facts = code_facts.unwrap_or_default();
    let mut parts = Vec::new();
    for (code, share) in topic_parts {
        let facts = if code == "codes" { std::mem::take(&mut code_facts) } else { Vec::new() };
        parts.push(Part { code, share: share * (1.0 - asked_fit), facts });
    }
    for (code, weight, piece) in fit {
        if let Some(piece) = piece {
            parts.push(Part { code, share: total * weight * piece.value, facts: piece.facts });
        }
    }
    parts.retain(|part| part.share > 0.0005);
    parts.sort_by(|a, b| b.share.total_cmp(&a.share));
    // The score is what its shown parts sum to, so that the sum is exact for a reader who adds them up.
    let score = parts.iter().map(|part| part.share).sum();
    Scored { score, parts, against }
}

/// The verdict over an answer whose best score is `best`.
pub fn verdict(weights: &Weights, best: Option<f64>) -> Verdict {
    match best {
        Some(score) if score >= weights.verdict.fit => Verdict::Fit,
        Some(score) if score >= weights.verdict.partial => Verdict::Partial,
        _ => Verdict::None,
    }
}
