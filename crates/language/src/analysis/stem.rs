//! The stem of a word: Snowball's algorithms (Porter, <https://snowballstem.org>) where there is one, and
//! [`west_nordic`](super::west_nordic) for Icelandic and Faroese, which Snowball lacks.

use frostem::{Algorithm, Stemmer};
use innocap_domain::Language;

use super::{fold, west_nordic};

/// The index term of a spelled word (see [`fold::spell`]).
pub(super) fn term(spelled: &str, language: Language) -> String {
    // Codes and amounts ("2021", "5g", "14001") have no inflection.
    if spelled.starts_with(|c: char| c.is_ascii_digit()) {
        return spelled.to_owned();
    }
    let stem = match algorithm(language) {
        Some(algorithm) => Stemmer::new(algorithm).stem(spelled).into_owned(),
        None => west_nordic::stem(spelled, language),
    };
    let stem = if stem.is_empty() { spelled.to_owned() } else { stem };
    fold::plain(stem, language)
}

fn algorithm(language: Language) -> Option<Algorithm> {
    Some(match language {
        Language::Sv => Algorithm::Swedish,
        Language::Fi => Algorithm::Finnish,
        Language::Nb | Language::Nn => Algorithm::Norwegian,
        Language::Da => Algorithm::Danish,
        Language::Ga => Algorithm::Irish,
        Language::En => Algorithm::English,
        Language::Fr => Algorithm::French,
        Language::De => Algorithm::German,
        Language::Is | Language::Fo => return None,
    })
}
