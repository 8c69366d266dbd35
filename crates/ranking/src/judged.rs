//! Judged needs with what the index measured of their candidates, and how far scores and verdicts can be trusted.

use innocap_domain::Language;
use innocap_domain::suggestion::Verdict;
use serde::{Deserialize, Serialize};

use crate::facts::{Need, Offer};
use crate::metrics::{Judgements, mean, ndcg};
use crate::score::{Asked, Topic, rank, topic_value, verdict};
use crate::weights::Weights;

/// The lowest grade of a solution that is worth a buyer's look.
pub const GOOD: u8 = 2;
/// The score from which at least seven in ten suggestions are to be good.
pub const TRUSTED: f64 = 0.7;
/// Candidates that are compared token by token, the best by everything else.
pub const READ: usize = 50;

/// A candidate for a judged need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// The solution.
    pub solution: String,
    /// 0 something else to 3 what is asked for; `None` where nobody has judged it.
    pub grade: Option<u8>,
    /// What the index measured.
    pub topic: Topic,
    /// The solution's facts.
    pub offer: Offer,
}

/// A judged need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The need.
    pub name: String,
    /// Its language.
    pub language: Option<Language>,
    /// What can be asked of it.
    pub asked: Asked,
    /// Its facts.
    pub need: Need,
    /// Its candidates.
    pub pairs: Vec<Pair>,
}

impl Case {
    /// What was measured of each candidate, as far as it counts where these weights serve: only the best are read token
    /// by token.
    pub(crate) fn topics(&self, weights: &Weights) -> Vec<Topic> {
        let mut topics: Vec<Topic> = self.pairs.iter().map(|pair| Topic { alignment: None, ..pair.topic }).collect();
        let mut order: Vec<(f64, usize)> =
            topics.iter().map(|topic| topic_value(weights, self.asked, topic)).zip(0..).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, place) in order.into_iter().take(READ) {
            topics[place] = self.pairs[place].topic;
        }
        topics
    }

    /// The candidates with their scores, best first.
    pub fn ranked(&self, weights: &Weights) -> Vec<(f64, &Pair)> {
        let score = |(pair, topic): (&Pair, &Topic)| rank(weights, self.asked, topic, &self.need, &pair.offer).score;
        let topics = self.topics(weights);
        let mut ranked: Vec<_> = self.pairs.iter().zip(&topics).map(|both| (score(both), both.0)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        ranked
    }

    /// Whether anything was judged to be worth a buyer's look.
    pub fn has_good(&self) -> bool {
        self.pairs.iter().any(is_good)
    }

    /// nDCG@10 of the candidates by `weights`; what nobody has judged counts as not relevant.
    pub fn ndcg(&self, weights: &Weights) -> f64 {
        let ranked = self.ranked(weights);
        let names: Vec<&str> = ranked.iter().map(|(_, pair)| pair.solution.as_str()).collect();
        let graded = |pair: &Pair| Some((pair.solution.clone(), f64::from(pair.grade?)));
        let judged: Judgements = self.pairs.iter().filter_map(graded).collect();
        ndcg(&names, &judged, 10)
    }
}

fn is_good(pair: &Pair) -> bool {
    pair.grade.is_some_and(|grade| grade >= GOOD)
}

/// Suggestions among the ten best of a need whose scores lie in one range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// From this score.
    pub from: f64,
    /// Up to this one.
    pub to: f64,
    /// Suggestions shown.
    pub shown: usize,
    /// Those of them that were judged.
    pub judged: usize,
    /// Those graded 2 or 3.
    pub good: usize,
    /// Those graded 1.
    pub same_field: usize,
}

/// How far scores and verdicts can be trusted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// The weights.
    pub version: String,
    /// Needs.
    pub needs: usize,
    /// Those for which something good is known.
    pub with_good: usize,
    /// Mean nDCG@10 over the needs for which anything is graded above 0.
    pub ndcg_at_10: f64,
    /// The reliability curve, by tenths of the score.
    pub bins: Vec<Bin>,
    /// What was shown with a score of at least 0.7.
    pub trusted: Bin,
    /// Of the needs with something good, those answered with "none found".
    pub missed: usize,
    /// Of all needs, with what is good taken out, those answered with "none found".
    pub none_without_good: usize,
}

/// Holds scores and verdicts against judgements.
pub fn calibrate(cases: &[Case], weights: &Weights) -> Calibration {
    let bin = |from: f64, to: f64| Bin { from, to, shown: 0, judged: 0, good: 0, same_field: 0 };
    let mut bins: Vec<Bin> = (0..10).map(|tenth| bin(f64::from(tenth) / 10.0, f64::from(tenth + 1) / 10.0)).collect();
    let mut trusted = bin(TRUSTED, 1.0);
    let (mut with_good, mut missed, mut none_without_good) = (0, 0, 0);
    let mut gains = Vec::new();
    for case in cases {
        let ranked = case.ranked(weights);
        let count = |bin: &mut Bin, pair: &Pair| {
            bin.shown += 1;
            bin.judged += usize::from(pair.grade.is_some());
            bin.good += usize::from(is_good(pair));
            bin.same_field += usize::from(pair.grade == Some(1));
        };
        for (score, pair) in ranked.iter().take(10).filter(|(score, _)| *score >= weights.verdict.shown) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score is between 0 and 1")]
            let tenth = ((score * 10.0) as usize).min(9);
            count(&mut bins[tenth], pair);
            if *score >= TRUSTED {
                count(&mut trusted, pair);
            }
        }
        if case.has_good() {
            with_good += 1;
            missed += usize::from(verdict(weights, ranked.first().map(|(score, _)| *score)) == Verdict::None);
        }
        let without = ranked.iter().find(|(_, pair)| !is_good(pair));
        none_without_good += usize::from(verdict(weights, without.map(|(score, _)| *score)) == Verdict::None);
        if case.pairs.iter().any(|pair| pair.grade > Some(0)) {
            gains.push(case.ndcg(weights));
        }
    }
    Calibration {
        version: weights.version.clone(),
        needs: cases.len(),
        with_good,
        ndcg_at_10: mean(&gains),
        bins,
        trusted,
        missed,
        none_without_good,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use innocap_domain::{Kinship, SolutionKind};
    use uuid::Uuid;

    use super::*;
    use crate::facts::RequirementFacts;
    use crate::score::Alignment;

    pub(crate) fn pair(solution: &str, grade: Option<u8>, meaning: f32) -> Pair {
        let offer = Offer {
            organisation: Uuid::nil(),
            provider: None,
            kind: SolutionKind::Service,
            trl: None,
            cpv: Vec::new(),
            functions: Vec::new(),
            delivery: Vec::new(),
            languages: Vec::new(),
            requirements: RequirementFacts::default(),
            deployments: Vec::new(),
        };
        let topic = Topic { meaning: Some(meaning), kinship: Kinship::Same, ..Topic::default() };
        Pair { solution: solution.to_owned(), grade, topic, offer }
    }

    pub(crate) fn case(pairs: Vec<Pair>) -> Case {
        let asked = Asked { meaning: true, words: true, codes: false };
        Case { name: "need".to_owned(), language: None, asked, need: Need::default(), pairs }
    }

    #[test]
    fn a_good_suggestion_near_the_top_is_trusted_and_without_it_nothing_is_found() {
        let found = case(vec![pair("far", Some(0), 0.05), pair("good", Some(3), 0.9), pair("unread", None, 0.1)]);
        let missed = case(vec![pair("good", Some(2), 0.0), pair("same field", Some(1), 0.1)]);
        let nothing = case(vec![pair("wrong but near", Some(0), 0.9)]);
        let figures = calibrate(&[found, missed, nothing], Weights::bundled());
        assert_eq!((figures.needs, figures.with_good, figures.missed, figures.none_without_good), (3, 2, 1, 2));
        assert_eq!((figures.trusted.shown, figures.trusted.judged, figures.trusted.good), (2, 2, 1));
        assert_eq!(figures.bins.iter().map(|bin| bin.good).sum::<usize>(), 1, "what is not shown is not counted");
        assert!(figures.ndcg_at_10 > 0.0 && figures.ndcg_at_10 < 1.0);
    }

    #[test]
    fn what_meets_the_need_token_by_token_comes_first_of_those_that_are_read() {
        let aligned = |name: &str, meaning: f32, likeness: f32| {
            let mut pair = pair(name, Some(0), meaning);
            pair.topic.alignment = Some(Alignment { need: likeness, title: likeness, listing: likeness });
            pair.topic.kinship = Kinship::Other;
            pair
        };
        let mut pairs = vec![aligned("near in topic", 0.32, 0.25), aligned("word for word", 0.3, 0.6)];
        pairs.extend((0..READ).map(|i| aligned(&format!("other {i}"), 0.2, 0.2)));
        // The best of all, if it were read; it is not, since so many others are nearer in topic.
        pairs.push(aligned("far", 0.0, 1.0));
        let case = case(pairs);
        let ranked = case.ranked(Weights::bundled());
        assert_eq!(ranked[0].1.solution, "word for word");
        assert_eq!(ranked[1].1.solution, "near in topic");
        assert_eq!(ranked.last().unwrap().1.solution, "far");
    }
}
