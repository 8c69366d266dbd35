//! The word side: terms as tantivy stores them, and BM25 over its postings.
//!
//! A term is a language code, a colon and an analysed token, so that each language has its own document frequencies
//! and a word never matches its homograph in another language. The scoring is ours, not tantivy's, because the
//! statistics (documents and average length) must be those of the language and not of the whole index, and because
//! title and whole text are wanted as two numbers.

use innocap_domain::Language;
use innocap_language::{Token, TokenKind, analyze};
use tantivy::schema::{FAST, Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::WhitespaceTokenizer;

use crate::entries::statistics_key;

/// Tokenizer name of the pre-analysed fields.
const TERMS: &str = "innocap_terms";
/// Saturation of term frequency (Robertson and Zaragoza 2009), tuned on the collections called dev.
pub const K1: f32 = 0.9;
/// Length normalisation (Robertson and Zaragoza 2009), tuned likewise.
pub(crate) const B: f32 = 0.65;
/// How much a part of a compound weighs against a whole word.
const PART_WEIGHT: f32 = 0.6;
/// Saturation of a term's frequency in the query: long needs repeat themselves.
const K3: f32 = 2.0;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub id: Field,
    pub slot: Field,
    pub title: Field,
    pub body: Field,
    pub labels: Field,
}

pub(crate) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let terms = || {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(TERMS)
                .set_index_option(IndexRecordOption::WithFreqs)
                .set_fieldnorms(false),
        )
    };
    let fields = Fields {
        id: schema.add_text_field("id", STRING),
        slot: schema.add_u64_field("slot", FAST),
        title: schema.add_text_field("title", terms()),
        body: schema.add_text_field("body", terms()),
        labels: schema.add_text_field("labels", terms()),
    };
    (schema.build(), fields)
}

pub(crate) fn register(index: &tantivy::Index) {
    index.tokenizers().register(TERMS, WhitespaceTokenizer::default());
}

fn prefix(language: Option<Language>) -> &'static str {
    statistics_key(language).map_or("xx", Language::code)
}

fn term(language: Option<Language>, token: &Token) -> String {
    format!("{}:{}", prefix(language), token.term)
}

/// A text's terms, ready for the index, and how many words it has (parts of compounds do not lengthen a text).
pub(crate) fn index_terms(text: &str, language: Option<Language>, out: &mut String) -> u32 {
    let mut words = 0;
    for token in analyze(text, language) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(prefix(language));
        out.push(':');
        out.push_str(&token.term);
        words += u32::from(token.kind == TokenKind::Word);
    }
    words
}

/// A term of a query with its weight there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct QueryTerm {
    pub text: String,
    pub weight: f32,
}

/// The distinct terms of a query text, in the order of their first appearance.
pub(crate) fn query_terms(texts: &[(&str, f32)], language: Option<Language>) -> Vec<QueryTerm> {
    let mut order: Vec<QueryTerm> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (text, weight) in texts {
        for token in analyze(text, language) {
            let weight = weight * if token.kind == TokenKind::Part { PART_WEIGHT } else { 1.0 };
            let text = term(language, &token);
            match places.get(&text) {
                Some(&place) => {
                    let known: &mut QueryTerm = &mut order[place];
                    known.weight += weight;
                }
                None => {
                    places.insert(text.clone(), order.len());
                    order.push(QueryTerm { text, weight });
                }
            }
        }
    }
    for term in &mut order {
        term.weight = (K3 + 1.0) * term.weight / (K3 + term.weight);
    }
    order
}

/// BM25's inverse document frequency in the form that is never negative (Lucene's).
pub(crate) fn idf(documents: f64, frequency: f64) -> f32 {
    let frequency = frequency.min(documents);
    #[expect(clippy::cast_possible_truncation, reason = "a logarithm of a count fits")]
    let idf = (1.0 + (documents - frequency + 0.5) / (frequency + 0.5)).ln() as f32;
    idf
}
