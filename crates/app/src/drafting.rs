//! Help with writing: codes proposed from what a draft matches, and what a solution still lacks to be found.

use std::collections::HashMap;

use innocap_domain::{CpvCode, Solution};
use serde_json::Value;

/// Codes proposed at most.
const PROPOSED: usize = 6;
/// Characters from which a description tells enough to be found by its meaning.
const TELLING: usize = 200;

/// The codes that a draft most likely wants: those of the records it matches, each weighing as much as the match
/// (k-nearest-neighbour classification with similarity-weighted votes). `matches` are records with their scores; codes
/// that the draft has already are not proposed again.
pub fn proposed_codes<'v>(matches: impl Iterator<Item = (&'v Value, f64)>, given: &[String]) -> Vec<CpvCode> {
    let mut votes: HashMap<CpvCode, f64> = HashMap::new();
    for (record, score) in matches {
        let codes = record["cpv"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let codes: Vec<CpvCode> = codes.filter_map(|code| CpvCode::parse(code).ok()).collect();
        // A record with many codes says less with each.
        #[expect(clippy::cast_precision_loss, reason = "at most a hundred codes")]
        let share = score / (codes.len().max(1) as f64).sqrt();
        for code in codes {
            *votes.entry(code).or_default() += share;
        }
    }
    let mut votes: Vec<_> = votes.into_iter().filter(|(code, _)| !given.iter().any(|g| g == code.as_str())).collect();
    votes.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.as_str().cmp(b.0.as_str())));
    votes.into_iter().map(|(code, _)| code).take(PROPOSED).collect()
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
    use serde_json::json;

    use super::*;

    #[test]
    fn the_codes_of_the_nearest_records_are_proposed_first_and_those_given_not_again() {
        let near = json!({"cpv": ["85312000"]});
        let far = json!({"cpv": ["85312000", "35121700", "48000000"]});
        let matches = [(&near, 0.8), (&far, 0.4)];
        let codes = |given: &[String]| -> Vec<String> {
            proposed_codes(matches.into_iter(), given).iter().map(ToString::to_string).collect()
        };
        assert_eq!(codes(&[]), ["85312000", "35121700", "48000000"]);
        assert_eq!(codes(&["85312000".to_owned()]), ["35121700", "48000000"]);
    }
}
