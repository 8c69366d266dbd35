//! Words that carry no meaning of their own: pronouns, prepositions, conjunctions, auxiliary verbs.
//!
//! The lists were written for this program, one file per language under `data/stopwords/`, spelled as [`fold::spell`] spells.
//! Words of the field (kommun, tjänst, projekt) are not in them: how common those are is what BM25 weighs.

use std::collections::HashSet;
use std::sync::LazyLock;

use innocap_domain::Language;

use super::fold;

static LISTS: LazyLock<[HashSet<&'static str>; 11]> = LazyLock::new(|| {
    Language::ALL.map(|language| {
        let file = match language {
            Language::Sv => include_str!("../../data/stopwords/sv.txt"),
            Language::Fi => include_str!("../../data/stopwords/fi.txt"),
            Language::Nb => include_str!("../../data/stopwords/nb.txt"),
            Language::Nn => include_str!("../../data/stopwords/nn.txt"),
            Language::Da => include_str!("../../data/stopwords/da.txt"),
            Language::Is => include_str!("../../data/stopwords/is.txt"),
            Language::Fo => include_str!("../../data/stopwords/fo.txt"),
            Language::Ga => include_str!("../../data/stopwords/ga.txt"),
            Language::En => include_str!("../../data/stopwords/en.txt"),
            Language::Fr => include_str!("../../data/stopwords/fr.txt"),
            Language::De => include_str!("../../data/stopwords/de.txt"),
        };
        file.split_whitespace().collect()
    })
});

/// Whether a word, in any case and with or without decorations, is a stop word of the language.
pub fn is_stop_word(word: &str, language: Language) -> bool {
    let mut spelled = String::new();
    fold::spell(word, Some(language), &mut spelled);
    is_stop_spelling(&spelled, language)
}

/// The same for a word already spelled by [`fold::spell`].
pub(super) fn is_stop_spelling(spelled: &str, language: Language) -> bool {
    Language::ALL.iter().position(|l| *l == language).is_some_and(|index| LISTS[index].contains(spelled))
}
