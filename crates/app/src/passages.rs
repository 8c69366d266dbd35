//! The passages of a listing that carry a reason, with the words that matched, exactly as they stand in the text.

use std::collections::{HashMap, HashSet};

use innocap_domain::suggestion::Passage;
use innocap_domain::{CpvCode, Labels, Language, Scheme, TextVersion};
use innocap_index::Query;
use innocap_language::{TokenKind, analyze, sentences};

/// Passages shown for one reason.
const MOST: usize = 3;

/// The analysed words of a query, by language.
pub(crate) struct QueryWords {
    by_language: HashMap<Option<Language>, HashSet<String>>,
}

impl QueryWords {
    pub(crate) fn new(query: &Query) -> Self {
        let mut by_language: HashMap<_, HashSet<String>> = HashMap::new();
        for text in &query.texts {
            let words = by_language.entry(written_alike(text.language)).or_default();
            for (part, _) in &text.parts {
                words.extend(analyze(part, text.language).into_iter().map(|token| token.term));
            }
        }
        Self { by_language }
    }

    fn of(&self, language: Option<Language>) -> Option<&HashSet<String>> {
        self.by_language.get(&written_alike(language))
    }

    /// The codes whose label shares a word with the query.
    pub(crate) fn matched_codes(&self, codes: &[CpvCode], labels: &Labels) -> Vec<String> {
        let shares = |code: &CpvCode| {
            self.by_language.iter().any(|(language, words)| {
                language
                    .and_then(|l| labels.label(Scheme::Cpv, code.as_str(), l).map(|label| (l, label)))
                    .is_some_and(|(l, label)| analyze(label, Some(l)).iter().any(|t| words.contains(&t.term)))
            })
        };
        codes.iter().filter(|code| shares(code)).map(ToString::to_string).collect()
    }
}

/// Bokmål and nynorsk share an analysis.
fn written_alike(language: Option<Language>) -> Option<Language> {
    if language == Some(Language::Nn) { Some(Language::Nb) } else { language }
}

/// The passages that carry the part `code` of a score.
pub(crate) fn passages_for(code: &str, version: &TextVersion, words: &QueryWords) -> Vec<Passage> {
    match code {
        "title" => matching("title", &version.title, version, words).into_iter().map(|(_, p)| p).take(1).collect(),
        "words" => {
            let mut found = matching("summary", &version.summary, version, words);
            found.extend(matching("description", &version.description, version, words));
            found.extend(matching("keywords", &version.keywords.join(", "), version, words));
            found.extend(matching("title", &version.title, version, words));
            found.sort_by_key(|(distinct, _)| std::cmp::Reverse(*distinct));
            found.into_iter().map(|(_, passage)| passage).take(MOST).collect()
        }
        // What was compared is the whole beginning of the text; its title and summary say it best. Where no word is
        // shared, nothing is marked.
        "meaning" if words.of(version.language.language()).is_none() => vec![plain(version)],
        _ => Vec::new(),
    }
}

/// The sentences of a field that hold words of the query, each with the number of distinct words.
fn matching(field: &str, text: &str, version: &TextVersion, words: &QueryWords) -> Vec<(usize, Passage)> {
    let language = version.language.language();
    let Some(words) = words.of(language) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for range in sentences(text) {
        let sentence = &text[range];
        let mut spans: Vec<(usize, usize)> = Vec::new();
        let mut distinct = HashSet::new();
        for token in analyze(sentence, language) {
            if words.contains(&token.term) {
                distinct.insert(token.term);
                let span = (token.start, token.end);
                // A matched part lies within its compound; the wider span is shown.
                match spans.last_mut() {
                    Some(last) if span.0 < last.1 => {
                        if token.kind == TokenKind::Word {
                            *last = (last.0.min(span.0), last.1.max(span.1));
                        }
                    }
                    _ => spans.push(span),
                }
            }
        }
        if spans.is_empty() {
            continue;
        }
        let characters = |byte: usize| sentence[..byte].chars().count();
        found.push((
            distinct.len(),
            Passage {
                field: field.to_owned(),
                language: version.language.clone(),
                text: sentence.to_owned(),
                highlights: spans.iter().map(|&(start, end)| (characters(start), characters(end))).collect(),
                words: spans.iter().map(|&(start, end)| sentence[start..end].to_owned()).collect(),
            },
        ));
    }
    found
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
        highlights: Vec::new(),
        words: Vec::new(),
    }
}
