//! Fitting the weights of the topic to judgements, with cross-validation; nothing is applied here.
//!
//! A coordinate search: each weight in turn is tried at a few multiples of itself and keeps what raises nDCG@10 of the
//! judged needs, until a round changes nothing. What that is worth on needs it has not seen is told by leaving out one
//! fold at a time. Weights of one factor for all parts would not change any order, so the scale of the scores stays with
//! the weight of meaning, which is never tried.

use crate::judged::Case;
use crate::metrics::{Judgements, mean, ndcg};
use crate::score::{Asked, Topic, fixed, score_of};
use crate::weights::{AlignmentWeights, TopicWeights, Weights};

/// Multiples of a weight that are tried.
const MULTIPLES: [f64; 6] = [0.0, 0.5, 0.8, 1.25, 2.0, 4.0];
/// Rounds over all weights at most.
const ROUNDS: usize = 4;
/// A smaller gain is taken for chance.
const LEAST_GAIN: f64 = 0.0005;

/// A weight that can be tried: its name, and where it stands.
type Weight = (&'static str, fn(&mut Weights) -> &mut f64);

fn alignment(of: &mut TopicWeights) -> &mut AlignmentWeights {
    of.alignment.get_or_insert_default()
}

const WEIGHTS: [Weight; 20] = [
    ("same_language.hubness", |w| &mut w.same_language.hubness),
    ("same_language.from", |w| &mut w.same_language.from),
    ("same_language.words", |w| &mut w.same_language.words),
    ("same_language.title", |w| &mut w.same_language.title),
    ("same_language.labels", |w| &mut w.same_language.labels),
    ("near_language.hubness", |w| &mut w.near_language.hubness),
    ("near_language.from", |w| &mut w.near_language.from),
    ("near_language.words", |w| &mut w.near_language.words),
    ("near_language.title", |w| &mut w.near_language.title),
    ("near_language.labels", |w| &mut w.near_language.labels),
    ("cross_language.hubness", |w| &mut w.cross_language.hubness),
    ("cross_language.from", |w| &mut w.cross_language.from),
    ("cross_language.meaning", |w| &mut w.cross_language.meaning),
    ("cross_language.labels", |w| &mut w.cross_language.labels),
    ("near_language.alignment.need", |w| &mut alignment(&mut w.near_language).need),
    ("near_language.alignment.title", |w| &mut alignment(&mut w.near_language).title),
    ("near_language.alignment.listing", |w| &mut alignment(&mut w.near_language).listing),
    ("cross_language.alignment.need", |w| &mut alignment(&mut w.cross_language).need),
    ("cross_language.alignment.title", |w| &mut alignment(&mut w.cross_language).title),
    ("cross_language.alignment.listing", |w| &mut alignment(&mut w.cross_language).listing),
];

/// What a search came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The weights it found.
    pub weights: Weights,
    /// The weights that would change: name, value now, value proposed.
    pub changes: Vec<(&'static str, f64, f64)>,
    /// Judged needs that can tell one order from another.
    pub needs: usize,
    /// Mean nDCG@10 over them with the weights as they are.
    pub before: f64,
    /// With the proposed ones: what they were fitted to, and so too high.
    pub fitted: f64,
    /// Mean nDCG@10 of needs by weights that were fitted to the other folds: what is to be expected.
    pub expected: f64,
}

/// A judged need with everything that the search does not change worked out.
struct Prepared {
    asked: Asked,
    judged: Judgements,
    pairs: Vec<(String, Topic, (Option<f64>, f64))>,
}

impl Prepared {
    fn new(case: &Case, weights: &Weights) -> Option<Self> {
        let grade = |pair: &crate::judged::Pair| Some((pair.solution.clone(), f64::from(pair.grade?)));
        let judged: Judgements = case.pairs.iter().filter_map(grade).collect();
        judged.values().any(|grade| *grade > 0.0).then(|| Self {
            asked: case.asked,
            judged,
            pairs: case
                .pairs
                .iter()
                .zip(case.topics(weights))
                .map(|(pair, topic)| (pair.solution.clone(), topic, fixed(weights, &case.need, &pair.offer)))
                .collect(),
        })
    }

    fn ndcg(&self, weights: &Weights) -> f64 {
        let score = |(name, topic, fixed): &(String, Topic, (Option<f64>, f64))| {
            (score_of(weights, self.asked, topic, *fixed), name.clone())
        };
        let mut ranked: Vec<(f64, String)> = self.pairs.iter().map(score).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let names: Vec<&str> = ranked.iter().map(|(_, name)| name.as_str()).collect();
        ndcg(&names, &self.judged, 10)
    }
}

/// Proposes weights by `folds`-fold cross-validation; `None` where fewer needs than folds can tell one order from
/// another.
pub fn tune(cases: &[Case], weights: &Weights, folds: usize) -> Option<Proposal> {
    let prepared: Vec<Prepared> = cases.iter().filter_map(|case| Prepared::new(case, weights)).collect();
    if folds < 2 || prepared.len() < folds {
        return None;
    }
    let gain =
        |cases: &[&Prepared], weights: &Weights| mean(&cases.iter().map(|case| case.ndcg(weights)).collect::<Vec<_>>());
    let all: Vec<&Prepared> = prepared.iter().collect();
    let mut unseen = Vec::with_capacity(prepared.len());
    for fold in 0..folds {
        let part = |seen: bool| {
            let chosen = prepared.iter().enumerate().filter(|(place, _)| (place % folds != fold) == seen);
            chosen.map(|(_, case)| case).collect::<Vec<_>>()
        };
        let fitted = search(&part(true), weights, &gain);
        unseen.extend(part(false).iter().map(|case| case.ndcg(&fitted)));
    }
    let mut found = search(&all, weights, &gain);
    let mut now = weights.clone();
    let changes = WEIGHTS
        .iter()
        .map(|(name, at)| (*name, *at(&mut now), *at(&mut found)))
        .filter(|(_, now, proposed)| (now - proposed).abs() > f64::EPSILON)
        .collect();
    Some(Proposal {
        changes,
        needs: prepared.len(),
        before: gain(&all, weights),
        fitted: gain(&all, &found),
        expected: mean(&unseen),
        weights: found,
    })
}

fn search(cases: &[&Prepared], from: &Weights, gain: &dyn Fn(&[&Prepared], &Weights) -> f64) -> Weights {
    let mut best = (gain(cases, from), from.clone());
    for _ in 0..ROUNDS {
        let before = best.0;
        for (_, at) in WEIGHTS {
            let value = *at(&mut best.1);
            for multiple in MULTIPLES {
                let mut tried = best.1.clone();
                *at(&mut tried) = value * multiple;
                let reached = gain(cases, &tried);
                if reached > best.0 + LEAST_GAIN {
                    best = (reached, tried);
                }
            }
        }
        if best.0 <= before {
            break;
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judged::tests::{case, pair};

    #[test]
    fn a_part_that_misleads_loses_its_weight_and_the_others_stay() {
        // Titles lead astray, meaning is right.
        let cases: Vec<Case> = (0..6)
            .map(|i| {
                let mut wrong = pair("wrong", Some(0), 0.30);
                wrong.topic.title = 0.4;
                case(vec![pair(&format!("right {i}"), Some(3), 0.36), wrong])
            })
            .collect();
        let proposal = tune(&cases, Weights::bundled(), 3).unwrap();
        assert_eq!(proposal.needs, 6);
        assert!(proposal.before < 0.7 && proposal.fitted > 0.99 && proposal.expected > 0.99, "{proposal:?}");
        assert!(proposal.changes.iter().any(|(name, now, then)| *name == "same_language.title" && then < now));
        assert_eq!(proposal.weights.cross_language, Weights::bundled().cross_language);
        assert_eq!(tune(&cases[..2], Weights::bundled(), 3), None, "too few to tell");
    }
}
