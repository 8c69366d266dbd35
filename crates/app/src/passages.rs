//! The passages of a listing that carry a reason, with the words that matched, exactly as they stand in the text.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use innocap_domain::suggestion::Passage;
use innocap_domain::{CpvCode, Labels, Language, Scheme, TextVersion};
use innocap_index::{Facts, Index, Query};
use innocap_language::{TokenKind, analyze, sentences};

use crate::suggestions::round;

/// Passages shown for one reason.
const MOST: usize = 3;

/// The words of a query, by the language it is read in.
pub(crate) struct QueryWords {
    texts: Vec<Read>,
    /// What each word that counts weighs in listings of a language.
    weights: HashMap<Option<Language>, HashMap<String, f32>>,
}

struct Read {
    language: Option<Language>,
    near: bool,
    parts: Vec<String>,
    words: OnceLock<HashSet<String>>,
}

impl Read {
    fn words(&self) -> &HashSet<String> {
        let analysed = || self.parts.iter().flat_map(|part| analyze(part, self.language)).map(|token| token.term);
        self.words.get_or_init(|| analysed().collect())
    }
}

impl QueryWords {
    /// The words of a query as they count in listings of these languages of an index.
    pub(crate) fn new<F: Facts>(
        query: &Query,
        index: &Index<F>,
        languages: impl IntoIterator<Item = Option<Language>>,
    ) -> Self {
        let mut texts: Vec<Read> = Vec::new();
        for text in &query.texts {
            let language = written_alike(text.language);
            let parts = text.parts.iter().map(|(part, _)| part.clone());
            match texts.iter_mut().find(|known| known.language == language) {
                Some(known) => known.parts.extend(parts),
                None => texts.push(Read { language, near: text.near, parts: parts.collect(), words: OnceLock::new() }),
            }
        }
        let mut weights = HashMap::new();
        for language in languages.into_iter().map(written_alike) {
            weights.entry(language).or_insert_with(|| index.term_weights(query, language));
        }
        Self { texts, weights }
    }

    fn of(&self, language: Option<Language>) -> Option<&HashMap<String, f32>> {
        self.weights.get(&written_alike(language)).filter(|weights| !weights.is_empty())
    }

    /// The codes whose label shares a word with the query.
    pub(crate) fn matched_codes(&self, codes: &[CpvCode], labels: &Labels) -> Vec<String> {
        let shares = |code: &CpvCode| {
            self.texts.iter().filter(|read| !read.near).any(|read| {
                let label = read.language.and_then(|l| labels.label(Scheme::Cpv, code.as_str(), l));
                label.is_some_and(|label| {
                    analyze(label, read.language).iter().any(|token| read.words().contains(&token.term))
                })
            })
        };
        codes.iter().filter(|code| shares(code)).map(ToString::to_string).collect()
    }
}

/// Bokmål and nynorsk share an analysis.
fn written_alike(language: Option<Language>) -> Option<Language> {
    if language == Some(Language::Nn) { Some(Language::Nb) } else { language }
}

/// The passages that carry the part `code` of a score, whose share is `share`; the one that carries most comes first.
/// The text is read in the language that the index reads it in.
pub(crate) fn passages_for(
    code: &str,
    share: f64,
    (version, language): (&TextVersion, Option<Language>),
    words: &QueryWords,
) -> Vec<Passage> {
    let title = ("title", version.title.as_str());
    let keywords = version.keywords.join(", ");
    let found = match code {
        "title" => matching(&[title], version, language, words),
        "words" => {
            let text = [("summary", version.summary.as_str()), ("description", version.description.as_str())];
            matching(&[text[0], text[1], ("keywords", &keywords), title], version, language, words)
        }
        // What was compared is the whole beginning of the text; its title and summary say it best. Where no word is
        // shared, nothing is marked.
        "meaning" if words.of(language).is_none() => return vec![plain(version)],
        _ => return Vec::new(),
    };
    let mut passages: Vec<Passage> =
        found.into_iter().map(|(part, passage)| Passage { share: Some(round(share * part)), ..passage }).collect();
    passages.sort_by(|a, b| b.share.unwrap_or_default().total_cmp(&a.share.unwrap_or_default()));
    passages.truncate(MOST);
    passages
}

/// A matched word of a sentence.
struct Match {
    term: String,
    /// In bytes of the sentence.
    span: (usize, usize),
    kind: TokenKind,
}

/// The sentences of the fields that hold words of the query, each with the part of the words' score that would go with
/// it: BM25 counts a word by `weight · tf / (tf + k₁)`, so a word that stands elsewhere too is not lost with a sentence.
fn matching(
    fields: &[(&str, &str)],
    version: &TextVersion,
    language: Option<Language>,
    words: &QueryWords,
) -> Vec<(f64, Passage)> {
    let Some(words) = words.of(language) else {
        return Vec::new();
    };
    let mut sentences_found: Vec<(&str, &str, Vec<Match>)> = Vec::new();
    let mut frequencies: HashMap<String, f32> = HashMap::new();
    for (field, text) in fields {
        for range in sentences(text) {
            let sentence = &text[range];
            let tokens = analyze(sentence, language).into_iter().filter(|token| words.contains_key(&token.term));
            let matches: Vec<Match> = tokens
                .map(|token| Match { span: (token.start, token.end), kind: token.kind, term: token.term })
                .collect();
            for found in &matches {
                *frequencies.entry(found.term.clone()).or_default() += 1.0;
            }
            if !matches.is_empty() {
                sentences_found.push((field, sentence, matches));
            }
        }
    }
    let gain = |term: &str, frequency: f32| f64::from(words[term] * frequency / (frequency + innocap_index::K1));
    let whole: f64 = frequencies.iter().map(|(term, frequency)| gain(term, *frequency)).sum();
    sentences_found
        .into_iter()
        .map(|(field, sentence, matches)| {
            let mut here: HashMap<&str, f32> = HashMap::new();
            for found in &matches {
                *here.entry(&found.term).or_default() += 1.0;
            }
            let lost = here
                .iter()
                .map(|(term, count)| gain(term, frequencies[*term]) - gain(term, frequencies[*term] - count));
            let part = lost.sum::<f64>() / whole;
            let spans = spans(&matches);
            let characters = |byte: usize| sentence[..byte].chars().count();
            let passage = Passage {
                field: field.to_owned(),
                language: version.language.clone(),
                text: sentence.to_owned(),
                share: None,
                highlights: spans.iter().map(|&(start, end)| (characters(start), characters(end))).collect(),
                words: spans.iter().map(|&(start, end)| sentence[start..end].to_owned()).collect(),
            };
            (part, passage)
        })
        .collect()
}

/// What is to be marked: a matched part lies within its compound, and the wider span is shown.
fn spans(matches: &[Match]) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for Match { span, kind, .. } in matches {
        match spans.last_mut() {
            Some(last) if span.0 < last.1 => {
                if *kind == TokenKind::Word {
                    *last = (last.0.min(span.0), last.1.max(span.1));
                }
            }
            _ => spans.push(*span),
        }
    }
    spans
}

fn plain(version: &TextVersion) -> Passage {
    let (field, text) = if version.summary.is_empty() {
        ("title", version.title.clone())
    } else {
        ("summary", version.summary.clone())
    };
    Passage {
        field: field.to_owned(),
        language: version.language.clone(),
        text,
        share: None,
        highlights: Vec::new(),
        words: Vec::new(),
    }
}
