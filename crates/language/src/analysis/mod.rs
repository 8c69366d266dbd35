//! From a text to its index terms, with one chain per language.
//!
//! `words` cuts the text into words, `fold` brings each to one spelling, `stop` drops the words that carry no meaning,
//! `stem` takes off inflection (`west_nordic` for Icelandic and Faroese), `compound` splits long words into their parts.
//! `sentence` is apart from that chain: it finds the passages that are shown to a reader.
//!
//! The same chain must see documents and queries: whoever changes it must have the index rebuilt.

mod compound;
mod fold;
mod sentence;
mod stem;
mod stop;
mod west_nordic;
mod words;

use std::cell::RefCell;
use std::collections::HashMap;

use innocap_domain::Language;

pub use sentence::sentences;
pub use stop::is_stop_word;

/// What a token is to its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word of the text.
    Word,
    /// A part of a split compound, at the position of its whole.
    Part,
}

/// One index term and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The term: lower-case, folded, and in a known language stemmed.
    pub term: String,
    /// Byte offset of the word in the text given; a part has its whole word's offsets, so that the whole is marked.
    pub start: usize,
    /// Byte offset after the word.
    pub end: usize,
    /// Number of the word in the text, from 0. Stop words are counted, so that a phrase keeps its distances.
    pub position: u32,
    /// Whole word or part of one.
    pub kind: TokenKind,
}

/// The index terms of a text, in its order; a compound's parts follow their whole.
///
/// With a language: stop words are dropped, words are stemmed, and compounds split where the language writes them in one
/// word (Swedish, Norwegian, Danish, Icelandic, Faroese, Finnish, German). Without one, words are folded and lower-cased only.
pub fn analyze(text: &str, language: Option<Language>) -> Vec<Token> {
    // Six bytes a word is about the mean over our languages.
    let mut tokens = Vec::with_capacity(text.len() / 6);
    let mut position = 0;
    let mut spelled = String::new();
    KNOWN.with_borrow_mut(|known| {
        let known = known.entry(language).or_default();
        words::for_each(text, language, |start, end| {
            fold::spell(&text[start..end], language, &mut spelled);
            if spelled.is_empty() {
                return;
            }
            if !known.contains_key(&spelled) {
                if known.len() >= MOST_KNOWN {
                    known.clear();
                }
                known.insert(spelled.clone(), Terms::of(&spelled, language));
            }
            if let Some(Terms { word: Some(word), parts }) = known.get(&spelled) {
                let token = |term: &str, kind| Token { term: term.to_owned(), start, end, position, kind };
                tokens.push(token(word, TokenKind::Word));
                tokens.extend(parts.iter().map(|part| token(part, TokenKind::Part)));
            }
            position += 1;
        });
    });
    tokens
}

/// Words remembered per language and thread: running text repeats itself, and a stem costs more than a look-up. At some
/// 150 bytes each they stay near a megabyte.
const MOST_KNOWN: usize = 8_192;

thread_local! {
    static KNOWN: RefCell<HashMap<Option<Language>, HashMap<String, Terms>>> = RefCell::default();
}

/// What one spelled word becomes.
struct Terms {
    /// `None` for a stop word.
    word: Option<String>,
    parts: Vec<String>,
}

impl Terms {
    fn of(spelled: &str, language: Option<Language>) -> Self {
        let Some(language) = language else {
            return Self { word: Some(spelled.to_owned()), parts: Vec::new() };
        };
        if stop::is_stop_spelling(spelled, language) {
            return Self { word: None, parts: Vec::new() };
        }
        let word = stem::term(spelled, language);
        let mut parts: Vec<String> = Vec::new();
        for lemma in compound::split(spelled, language) {
            let part = stem::term(lemma, language);
            if part != word && !parts.contains(&part) {
                parts.push(part);
            }
        }
        Self { word: Some(word), parts }
    }
}

#[cfg(test)]
mod tests;
