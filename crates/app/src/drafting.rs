//! Help with writing: codes proposed from what a draft matches, and what a solution still lacks to be found.

use std::collections::HashMap;

use innocap_domain::{Challenge, CpvCode, RecordKind, Solution};
use serde_json::Value;

use crate::Innocap;
use crate::ask::Ask;
use crate::error::AppError;

/// Codes proposed at most.
const PROPOSED: usize = 4;
/// The share of the matches, by weight, that must agree on a code or come near it in the tree.
const AGREED: f64 = 0.4;
/// The score from which a match vouches for a code.
const VOUCHES: f64 = 0.52;
/// What a code that shares a class, or only a group, counts for one in question.
const SAME_CLASS: f64 = 0.5;
const SAME_GROUP: f64 = 0.25;
/// The codes whose labels fit best, of which so many are proposed, from a value that is in the right branch of the tree in
/// about half of all notices (dev parts of doffin-cpv-en and ted-cpv-en; from below it in a quarter).
const BY_LABEL: usize = 2;
const LABEL_FITS: f64 = 0.34;
/// Characters from which a description tells enough to be found by its meaning.
const TELLING: usize = 200;

/// A record that a draft matches: its codes, and how well it does.
pub(crate) struct Match {
    codes: Vec<CpvCode>,
    score: f64,
    /// Whether it is of the draft's own kind: who writes a need knows how needs like it were classified.
    alike: bool,
}

/// The codes that a draft most likely wants: those of the records it matches, each weighing as much as the match
/// (k-nearest-neighbour classification with similarity-weighted votes). Only what is likely right is proposed: the matches
/// have to agree, by the code itself or by the tree above it, and one that comes near enough to fit has to be among those
/// that do. Codes that the draft has already are not proposed again.
pub(crate) fn proposed_codes(matches: &[Match], given: &[String]) -> Vec<CpvCode> {
    let telling: Vec<_> = matches.iter().filter(|found| !found.codes.is_empty()).collect();
    let whole: f64 = telling.iter().map(|found| found.score).sum();
    let mut votes: HashMap<&CpvCode, f64> = HashMap::new();
    for found in &telling {
        // A record with many codes says less with each.
        #[expect(clippy::cast_precision_loss, reason = "at most a hundred codes")]
        let share = found.score / (found.codes.len() as f64).sqrt();
        for code in &found.codes {
            *votes.entry(code).or_default() += share;
        }
    }
    let is_likely = |code: &CpvCode| {
        let support: f64 = telling.iter().map(|found| kinship(code, &found.codes) * found.score).sum();
        let vouches = |found: &&Match| {
            let near = kinship(code, &found.codes);
            found.score >= VOUCHES && near >= if found.alike { SAME_CLASS } else { 1.0 }
        };
        support >= AGREED * whole && telling.iter().any(vouches)
    };
    let is_given = |code: &CpvCode| given.iter().any(|given| given == code.as_str());
    let mut votes: Vec<_> = votes.into_iter().filter(|(code, _)| !is_given(code) && is_likely(code)).collect();
    votes.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.as_str().cmp(b.0.as_str())));
    votes.into_iter().map(|(code, _)| *code).take(PROPOSED).collect()
}

/// How much the nearest of some codes speaks for one: wholly where it is that code, stands below or above it.
fn kinship(code: &CpvCode, codes: &[CpvCode]) -> f64 {
    let of = |other: &CpvCode| match code.shared_depth(other) {
        _ if other.covers(code) || code.covers(other) => 1.0,
        4.. => SAME_CLASS,
        3 => SAME_GROUP,
        _ => 0.0,
    };
    codes.iter().map(of).fold(0.0, f64::max)
}

impl Innocap {
    /// The codes that a draft most likely wants: what the records that were found for it have, what records of its own
    /// kind have that are about the same, and those whose labels fit it best. `found` are records, as they are shown, with
    /// their scores.
    ///
    /// # Errors
    /// Where registry, index or model fail.
    pub async fn propose_codes(
        &self,
        kind: RecordKind,
        text: &str,
        found: &[(&Value, f64)],
        given: &[String],
    ) -> Result<Vec<CpvCode>, AppError> {
        let codes = |record: &Value| -> Vec<CpvCode> {
            let codes = record["cpv"].as_array().into_iter().flatten().filter_map(Value::as_str);
            codes.filter_map(|code| CpvCode::parse(code).ok()).collect()
        };
        let matched = |(record, score): &(&Value, f64)| Match { codes: codes(record), score: *score, alike: false };
        let mut matches: Vec<_> = found.iter().map(matched).collect();
        let mut by_label = Vec::new();
        // What cannot be read is like nothing.
        if let Ok(ask) = Ask::text(text) {
            let like = match kind {
                RecordKind::Challenge => self.codes_of_like::<Challenge>(&ask.texts).await?,
                _ => self.codes_of_like::<Solution>(&ask.texts).await?,
            };
            matches.extend(like.into_iter().map(|(codes, score)| Match { codes, score, alike: true }));
            let is_given = |code: &CpvCode| given.iter().any(|given| given == code.as_str());
            let fitting = self.codes_for(&ask.texts).await?.into_iter().filter(|(_, value)| *value >= LABEL_FITS);
            by_label = fitting.map(|(code, _)| code).filter(|code| !is_given(code)).take(BY_LABEL).collect();
        }
        let mut proposed = proposed_codes(&matches, given);
        by_label.retain(|code| !proposed.contains(code));
        // What others have chosen comes first, and leaves room for what fits by its label.
        proposed.truncate(PROPOSED - by_label.len());
        proposed.extend(by_label);
        Ok(proposed)
    }
}

/// A part of a solution's description that helps it to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What it is, in a sentence or two.
    Summary,
    /// What it does, at some length.
    Description,
    /// The public functions it serves.
    Functions,
    /// What would be bought.
    Codes,
    /// Where it is delivered.
    Delivery,
    /// The languages it speaks.
    Languages,
    /// How ripe it is.
    Maturity,
    /// What it needs where it is used.
    Requirements,
    /// Who runs it already.
    Deployments,
    /// Where to read on.
    Link,
}

/// Each part, and whether it is there.
pub fn completeness(solution: &Solution) -> Vec<(Part, bool)> {
    let versions = solution.texts.versions();
    vec![
        (Part::Summary, versions.iter().any(|version| !version.summary.is_empty())),
        (Part::Description, versions.iter().any(|version| version.description.chars().count() >= TELLING)),
        (Part::Functions, !solution.functions.is_empty()),
        (Part::Codes, !solution.cpv.is_empty()),
        (Part::Delivery, !solution.delivery.is_empty()),
        (Part::Languages, !solution.languages.is_empty()),
        (Part::Maturity, solution.trl.is_some()),
        (Part::Requirements, !solution.requirements.is_empty()),
        (Part::Deployments, !solution.deployments.is_empty()),
        (Part::Link, solution.link.is_some()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes and score of a match, and whether it is of the draft's own kind.
    fn found(codes: &[&str], score: f64, alike: bool) -> Match {
        Match { codes: codes.iter().map(|code| CpvCode::parse(code).unwrap()).collect(), score, alike }
    }

    fn proposed(matches: &[Match], given: &[&str]) -> Vec<String> {
        let given: Vec<String> = given.iter().map(|code| (*code).to_owned()).collect();
        proposed_codes(matches, &given).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_the_matches_agree_on_is_proposed_and_what_was_given_not_again() {
        let matches = [
            found(&["85312000"], 0.8, false),
            found(&["85312000", "35121700"], 0.5, false),
            found(&["85310000", "48000000"], 0.5, true),
        ];
        assert_eq!(proposed(&matches, &[]), ["85312000", "85310000"]);
        assert_eq!(proposed(&matches, &["85312000"]), ["85310000"]);
    }

    #[test]
    fn where_the_matches_disagree_or_none_is_good_or_alike_nothing_is_proposed() {
        let apart = ["85312000", "48000000", "90620000"].map(|code| found(&[code], 0.5, true));
        assert!(proposed(&apart, &[]).is_empty());
        let weak = [found(&["85312000"], 0.4, false), found(&["85312000"], 0.5, false)];
        assert!(proposed(&weak, &[]).is_empty());
        assert!(proposed(&[found(&["85312000"], 0.5, true)], &[]).is_empty());
        assert_eq!(proposed(&[found(&["85312000"], 0.7, true)], &[]), ["85312000"]);
        assert_eq!(proposed(&[found(&["85312000"], 0.7, false)], &[]), ["85312000"]);
        assert!(proposed(&[], &[]).is_empty());
    }
}
