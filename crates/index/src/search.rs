//! Searching: every entry that passes the filter gets its features, and the caller's own formula picks the best.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::HashMap;

use innocap_domain::{Kinship, Language};
use rayon::prelude::*;
use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, TERMINATED, Term};
use uuid::Uuid;

use crate::document::Facts;
use crate::entries::statistics_key;
use crate::index::{Index, State};
use crate::sketch::Sketch;
use crate::words::{B, K1, QueryTerm, idf, query_terms};

/// Terms a query is cut to, those with the largest weight × idf first: a procurement text repeats hundreds of words
/// that say nothing more.
const MAX_TERMS: usize = 64;
/// The same for labels and neighbouring languages, by weight alone: to look up how rare each word is there costs more
/// than it brings.
const MAX_OTHER_TERMS: usize = 48;
/// Words of a query whose share of matches is taken as it is; of fewer words each counts for less, of more for more.
const REFERENCE_WORDS: f32 = 25.0;
/// Slots that one thread looks through at a time.
const SLOTS_AT_ONCE: usize = 8_192;

/// A query's text in one language.
#[derive(Debug, Clone, Default)]
pub struct QueryText {
    /// The language it is read in, where known.
    pub language: Option<Language>,
    /// Whether that is one near to the language it is written in.
    pub near: bool,
    /// The parts of the text with the weight of their words.
    pub parts: Vec<(String, f32)>,
}

/// What is searched for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// The words, in one or more languages.
    pub texts: Vec<QueryText>,
    /// The unit vector of its meaning; `None` searches by words alone.
    pub vector: Option<Vec<f32>>,
}

/// How one entry answers a query.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Features {
    /// Cosine of the meanings, −1 to 1; `None` where either is not known.
    pub meaning: Option<f32>,
    /// How much nearer than other entries this one is to whatever is asked: what a hub's cosine is too high by.
    pub hubness: f32,
    /// BM25 over title and text, divided by the length of the vector of the query's weighted idf, which takes away what
    /// the number of the query's words does to the spread of BM25, and by 5: of 25 words of like weight, the share that
    /// an entry of average length holds once.
    pub words: f32,
    /// The same over the title alone; over the text where there is no title.
    pub title: f32,
    /// The same over the labels of the entry's codes, in the query's language.
    pub labels: f32,
    /// How their languages stand to each other.
    pub kinship: Kinship,
}

/// One record that answers a query, by its best entry.
#[derive(Debug, Clone)]
pub struct Hit<F> {
    /// The record.
    pub id: Uuid,
    /// Which of its texts answered best.
    pub position: usize,
    /// That text's language.
    pub language: Option<Language>,
    /// How it answers.
    pub features: Features,
    /// The value of the caller's formula.
    pub value: f32,
    /// What tells near-duplicates of that text.
    pub sketch: Sketch,
    /// Under which key what else was made of that text is kept.
    pub key: Option<Box<str>>,
    /// The record's facts.
    pub facts: F,
}

/// The answer to a query.
#[derive(Debug, Clone)]
pub struct Hits<F> {
    /// The best records, best first.
    pub hits: Vec<Hit<F>>,
    /// Entries that passed the filter.
    pub considered: usize,
    /// Records in the index, filtered or not.
    pub total: usize,
}

/// The scores of the words of a query in one slot.
#[derive(Clone, Copy, Default)]
struct WordScore {
    text: f32,
    title: f32,
    labels: f32,
}

/// The scores of the words of a query, by slot.
struct WordScores {
    words: Vec<WordScore>,
    read_in: Vec<(Option<Language>, Kinship)>,
}

impl WordScores {
    fn kinship(&self, key: Option<Language>) -> Kinship {
        self.read_in.iter().find(|(language, _)| *language == key).map_or(Kinship::Other, |(_, kinship)| *kinship)
    }
}

/// Which records may be found.
pub enum Filter<'a, F> {
    /// All of them.
    All,
    /// Those that pass; every record is looked at, so that the caller may count.
    Each(&'a (dyn Fn(Uuid, &F) -> bool + Sync)),
    /// Those that pass; only those that are near the top are looked at. The same records are found.
    Top(&'a (dyn Fn(Uuid, &F) -> bool + Sync)),
}

impl<F: Facts> Index<F> {
    /// The `limit` best records by `value` among those that pass `filter`, a record counting by its best entry.
    /// Equal values are ordered by a hash of the id, so that no listing is favoured for its name or age. An entry
    /// whose value is not finite is left out.
    pub fn search(
        &self,
        query: &Query,
        limit: usize,
        filter: &Filter<'_, F>,
        value: &(dyn Fn(&Features) -> f32 + Sync),
    ) -> Hits<F> {
        let state = self.read();
        let entries = &state.entries;
        let scores = self.score_words(&state, query);
        let language = query.texts.first().and_then(|text| text.language);
        let vector = query.vector.as_deref().map(|vector| entries.space.centre(language, vector));
        let features = |slot: usize| {
            let hot = &entries.hot[slot];
            let words = scores.words[slot];
            Features {
                meaning: vector.as_ref().and_then(|q| entries.space.cosine(slot, hot.key, q, &entries.vectors)),
                hubness: entries.space.hubness(slot),
                words: words.text,
                // A text without a title stands for it, or it would always be behind those that have one.
                title: if hot.title_length > 0.0 { words.title } else { words.text },
                labels: words.labels,
                kinship: scores.kinship(hot.key),
            }
        };
        let considers = |slot: usize| {
            entries.hot[slot].alive
                && match filter {
                    Filter::Each(passes) => passes(entries.list[slot].id, &entries.list[slot].facts),
                    Filter::All | Filter::Top(_) => true,
                }
        };
        // A record may stand in the list once for each of its language versions, and a filter may yet take some away.
        let mut margin = limit.saturating_mul(2).saturating_add(64);
        loop {
            let (considered, candidates) =
                best(state.entries.list.len(), margin, &considers, &features, value, |slot| {
                    tie(entries.list[slot as usize].id)
                });
            let complete = candidates.len() < margin;
            let mut seen = std::collections::HashSet::new();
            let hits: Vec<_> = candidates
                .into_iter()
                .filter(|(_, slot)| {
                    let entry = &entries.list[*slot as usize];
                    let passes = match filter {
                        Filter::Top(passes) => passes(entry.id, &entry.facts),
                        Filter::All | Filter::Each(_) => true,
                    };
                    passes && seen.insert(entry.id)
                })
                .take(limit)
                .map(|(value, slot)| {
                    let entry = &entries.list[slot as usize];
                    Hit {
                        id: entry.id,
                        position: usize::from(entry.position),
                        language: entry.language,
                        features: features(slot as usize),
                        value,
                        sketch: entry.sketch.clone(),
                        key: entry.key.clone(),
                        facts: entry.facts.clone(),
                    }
                })
                .collect();
            if hits.len() == limit || complete {
                return Hits { hits, considered, total: entries.by_id.len() };
            }
            margin = margin.saturating_mul(8);
        }
    }

    fn score_words(&self, state: &State<F>, query: &Query) -> WordScores {
        let entries = state.entries.list.len();
        let mut scores = WordScores {
            words: vec![WordScore::default(); entries],
            read_in: query
                .texts
                .iter()
                .map(|text| (statistics_key(text.language), if text.near { Kinship::Near } else { Kinship::Same }))
                .collect(),
        };
        for text in &query.texts {
            let key = statistics_key(text.language);
            let has_entries = state.entries.statistics.get(&key).is_some_and(|counted| counted.entries > 0.0);
            let has_labels = !text.near && text.language.is_some() && state.entries.with_labels > 0.0;
            if !has_entries && !has_labels {
                continue;
            }
            let mut terms = read_terms(text);
            if has_entries {
                self.score_text(state, key, &terms, &mut scores);
            }
            if has_labels {
                heaviest(&mut terms, MAX_OTHER_TERMS);
                self.score_labels(state, &terms, &mut scores);
            }
        }
        scores
    }

    fn score_text(&self, state: &State<F>, language: Option<Language>, terms: &[QueryTerm], scores: &mut WordScores) {
        let statistics = state.entries.statistics.get(&language).copied().unwrap_or_default();
        let weighted = self.weigh_text(state, language, terms);
        let norm = norm(&weighted);
        if norm <= 0.0 {
            return;
        }
        let documents = statistics.entries.max(1.0);
        #[expect(clippy::cast_possible_truncation, reason = "an average length fits")]
        let average = |total: f64| ((total / documents) as f32).max(1.0);
        let average_title = average(statistics.title_length);
        let average_text = average(statistics.title_length + statistics.body_length);
        // A term's frequencies in title and body by slot; dense, and cleaned by the list of the slots touched.
        let mut frequencies = vec![(0f32, 0f32); state.entries.list.len()];
        let mut touched: Vec<u32> = Vec::new();
        for (term, weight) in &weighted {
            let gain = weight * (K1 + 1.0) / norm;
            for (field, in_title) in [(self.fields.title, 1.0), (self.fields.body, 0.0)] {
                self.postings(state, field, &term.text, |slot, frequency| {
                    let counts = &mut frequencies[slot as usize];
                    if counts.1 == 0.0 {
                        touched.push(slot);
                    }
                    counts.0 += frequency * in_title;
                    counts.1 += frequency;
                });
            }
            for slot in touched.drain(..) {
                let slot = slot as usize;
                let (in_title, in_text) = std::mem::take(&mut frequencies[slot]);
                let hot = &state.entries.hot[slot];
                let score = &mut scores.words[slot];
                let length = hot.text_length / average_text;
                score.text += gain * in_text / (in_text + K1 * (1.0 - B + B * length));
                if in_title > 0.0 {
                    let length = hot.title_length / average_title;
                    score.title += gain * in_title / (in_title + K1 * (1.0 - B + B * length));
                }
            }
        }
    }

    fn weigh_text<'t>(
        &self,
        state: &State<F>,
        language: Option<Language>,
        terms: &'t [QueryTerm],
    ) -> Vec<(&'t QueryTerm, f32)> {
        let statistics = state.entries.statistics.get(&language).copied().unwrap_or_default();
        weigh(terms, statistics.entries, |term| {
            // A term stands in about as many documents as in the field that has it most often: a title's words mostly
            // come again in the text.
            let fields = [self.fields.title, self.fields.body];
            fields.into_iter().map(|field| document_frequency(state, field, term)).fold(0.0, f64::max)
        })
    }

    /// The words of a query that count in texts of a language, each with its weight × idf; none where the query is not
    /// read in that language.
    pub fn term_weights(&self, query: &Query, language: Option<Language>) -> HashMap<String, f32> {
        let state = self.read();
        let key = statistics_key(language);
        let mut weights = HashMap::new();
        for text in query.texts.iter().filter(|text| statistics_key(text.language) == key) {
            let terms = read_terms(text);
            for (term, weight) in self.weigh_text(&state, key, &terms) {
                let word = term.text.split_once(':').map_or(term.text.as_str(), |(_, word)| word);
                *weights.entry(word.to_owned()).or_default() += weight;
            }
        }
        weights
    }

    /// Labels are short lists of terms, in which a term stands once or is named by several codes: presence counts.
    fn score_labels(&self, state: &State<F>, terms: &[QueryTerm], scores: &mut WordScores) {
        let documents = state.entries.with_labels;
        if documents <= 0.0 {
            return;
        }
        let weighted = weigh(terms, documents, |term| document_frequency(state, self.fields.labels, term));
        let norm = norm(&weighted);
        if norm <= 0.0 {
            return;
        }
        #[expect(clippy::cast_possible_truncation, reason = "an average length fits")]
        let average = ((state.entries.label_length / documents) as f32).max(1.0);
        for (term, weight) in &weighted {
            let gain = weight * (K1 + 1.0) / norm;
            self.postings(state, self.fields.labels, &term.text, |slot, _| {
                let length = state.entries.hot[slot as usize].label_length / average;
                scores.words[slot as usize].labels += gain / (1.0 + K1 * (1.0 - B + B * length));
            });
        }
    }

    fn postings(&self, state: &State<F>, field: Field, term: &str, mut visit: impl FnMut(u32, f32)) {
        let term = Term::from_field_text(field, term);
        for (segment, slots) in state.searcher.segment_readers().iter().zip(&state.slots) {
            let postings = segment
                .inverted_index(field)
                .and_then(|index| Ok(index.read_postings(&term, IndexRecordOption::WithFreqs)?));
            let mut postings = match postings {
                Ok(Some(postings)) => postings,
                Ok(None) => continue,
                Err(error) => {
                    tracing::error!(%error, "a word list could not be read");
                    continue;
                }
            };
            while postings.doc() != TERMINATED {
                let slot = slots[postings.doc() as usize];
                if state.entries.hot[slot as usize].alive {
                    #[expect(clippy::cast_precision_loss, reason = "frequencies in a text are small")]
                    visit(slot, postings.term_freq() as f32);
                }
                postings.advance();
            }
        }
    }
}

/// The terms that count, each with its weight × idf. A term that no document holds keeps its place in the norm: a need
/// whose words nobody uses is met less.
fn weigh(terms: &[QueryTerm], documents: f64, frequency: impl Fn(&str) -> f64) -> Vec<(&QueryTerm, f32)> {
    let mut weighted: Vec<_> =
        terms.iter().map(|term| (term, term.weight * idf(documents, frequency(&term.text)))).collect();
    if weighted.len() > MAX_TERMS {
        weighted.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap_or(Ordering::Equal));
        weighted.truncate(MAX_TERMS);
    }
    weighted
}

/// The terms of a text of a query; in a neighbouring language only the heaviest.
fn read_terms(text: &QueryText) -> Vec<QueryTerm> {
    let parts: Vec<_> = text.parts.iter().map(|(text, weight)| (text.as_str(), *weight)).collect();
    let mut terms = query_terms(&parts, text.language);
    if text.near {
        heaviest(&mut terms, MAX_OTHER_TERMS);
    }
    terms
}

/// Cuts terms to those with the largest weight, of equal ones to the first in the text.
fn heaviest(terms: &mut Vec<QueryTerm>, most: usize) {
    if terms.len() > most {
        terms.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        terms.truncate(most);
    }
}

/// What BM25 is divided by: see [`Features::words`].
fn norm(weighted: &[(&QueryTerm, f32)]) -> f32 {
    REFERENCE_WORDS.sqrt() * weighted.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt()
}

fn document_frequency<F>(state: &State<F>, field: Field, term: &str) -> f64 {
    let term = Term::from_field_text(field, term);
    let frequency = |segment: &tantivy::SegmentReader| {
        segment.inverted_index(field).and_then(|index| Ok(index.doc_freq(&term)?)).unwrap_or(0)
    };
    state.searcher.segment_readers().iter().map(|segment| f64::from(frequency(segment))).sum()
}

/// The `most` best slots by value, best first, and how many were looked at.
fn best(
    slots: usize,
    most: usize,
    considers: &(dyn Fn(usize) -> bool + Sync),
    features: &(dyn Fn(usize) -> Features + Sync),
    value: &(dyn Fn(&Features) -> f32 + Sync),
    tie: impl Fn(u32) -> u64 + Sync,
) -> (usize, Vec<(f32, u32)>) {
    let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then_with(|| tie(a.1).cmp(&tie(b.1)));
    let cut = |candidates: &mut Vec<(f32, u32)>| {
        if candidates.len() > most {
            candidates.select_nth_unstable_by(most, order);
            candidates.truncate(most);
        }
    };
    let starts: Vec<usize> = (0..slots).step_by(SLOTS_AT_ONCE).collect();
    let parts: Vec<(usize, Vec<(f32, u32)>)> = starts
        .into_par_iter()
        .map(|start| {
            let mut considered = 0;
            let mut candidates = Vec::new();
            for slot in start..slots.min(start + SLOTS_AT_ONCE) {
                if considers(slot) {
                    considered += 1;
                    let value = value(&features(slot));
                    if let (true, Ok(slot)) = (value.is_finite(), u32::try_from(slot)) {
                        candidates.push((value, slot));
                    }
                }
            }
            cut(&mut candidates);
            (considered, candidates)
        })
        .collect();
    let considered = parts.iter().map(|(considered, _)| considered).sum();
    let mut candidates: Vec<(f32, u32)> = parts.into_iter().flat_map(|(_, candidates)| candidates).collect();
    cut(&mut candidates);
    candidates.sort_unstable_by(order);
    (considered, candidates)
}

/// A hash of the id (FNV-1a, 64 bit) that orders equal values.
pub(crate) fn tie(id: Uuid) -> u64 {
    id.as_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
