//! What stands beside a form: codes that the text proposes, what it matches, and what would help it.

use askama::Template;
use innocap_app::{Innocap, Weights};
use innocap_domain::{CpvCode, Scheme};
use serde_json::Value;

use super::super::cards::{Card, percent};
use super::super::layout::Choice;
use super::super::texts::InterfaceTexts;

/// Matches shown beside a form.
const SHOWN: usize = 5;

/// What stands beside a form.
#[derive(Default)]
pub(super) struct Aside {
    /// The codes that were given, and those proposed.
    pub codes: Vec<Choice>,
    /// What would help.
    pub tips: Vec<String>,
    /// How much of what helps is there: parts there, and all of them.
    pub meter: Option<(usize, usize)>,
    /// What is said of the matches; empty while there is too little to match.
    pub heading: String,
    /// The best matches, each with its score of 100.
    pub matches: Vec<(Card, u32)>,
    /// That the draft has just been saved, for the script.
    pub saved: Option<String>,
    pub action: String,
    pub version: String,
}

/// The aside by itself, for the script.
#[derive(Template)]
#[template(path = "aside.html")]
pub(super) struct Fragment {
    pub texts: InterfaceTexts,
    pub aside: Aside,
}

/// Of what was found what comes near enough to be told: as much as makes a verdict say that something fits in part.
pub(super) fn near<'v>(found: impl Iterator<Item = (&'v Value, f64)>) -> Vec<(&'v Value, f64)> {
    let least = Weights::bundled().verdict.partial;
    found.filter(|(_, score)| *score >= least).collect()
}

/// The codes that were given, ticked, and those that are proposed.
pub(super) fn codes(innocap: &Innocap, texts: &InterfaceTexts, given: &[String], proposed: &[CpvCode]) -> Vec<Choice> {
    let labels = innocap.labels();
    let choice = |code: &str, chosen: bool| {
        let label = labels.label(Scheme::Cpv, code, texts.language()).unwrap_or_default();
        Choice { value: code.to_owned(), label: format!("{code} {label}").trim().to_owned(), chosen }
    };
    let given = given.iter().map(|code| choice(code, true));
    given.chain(proposed.iter().map(|code| choice(code.as_str(), false))).collect()
}

/// The best matches as cards.
pub(super) fn matches(
    innocap: &Innocap,
    texts: &InterfaceTexts,
    resource: &str,
    found: &[(&Value, f64)],
) -> Vec<(Card, u32)> {
    let labels = innocap.labels();
    let card = |(record, score): &(&Value, f64)| {
        let view = record.as_object().cloned().unwrap_or_default();
        (Card::of_view(resource, &view, texts, &labels), percent(*score))
    };
    found.iter().take(SHOWN).map(card).collect()
}
