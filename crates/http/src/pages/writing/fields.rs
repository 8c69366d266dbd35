//! Fields and choices that several kinds of record ask for.

use super::super::forms::Field;
use super::super::layout::Choice;
use super::super::texts::InterfaceTexts;
use super::Context;

/// Choices with an empty one before them.
pub(super) fn or_none(texts: &InterfaceTexts, mut choices: Vec<Choice>) -> Vec<Choice> {
    choices.insert(0, Choice::new("", texts.get("choose-none"), "-"));
    choices
}

pub(super) fn yes_or_no(texts: &InterfaceTexts) -> Vec<Choice> {
    let choices = [("yes", texts.get("yes")), ("no", texts.get("no"))];
    or_none(texts, choices.into_iter().map(|(value, label)| Choice::new(value, label, "-")).collect())
}

/// The nine levels of technology readiness.
pub(super) fn levels(texts: &InterfaceTexts) -> Vec<Choice> {
    let level = |level: u8| Choice::new(&level.to_string(), texts.count("trl-level", level), "-");
    or_none(texts, (1..=9).map(level).collect())
}

/// In whose name it is written.
pub(super) fn organisation(context: &Context<'_>) -> Field {
    let choices = context.organisations.iter().map(|(id, name)| Choice::new(id, name.clone(), "-")).collect();
    Field::new("organisation", "select", context.texts.get("kind-organisation"), "").choosing(choices)
}
