//! The passages of a listing that carry a reason, with the words that matched, exactly as they stand in the text.

use std::collections::HashSet;
use std::sync::OnceLock;

use innocap_domain::suggestion::Passage;
use innocap_domain::{CpvCode, Labels, Language, Scheme, TextVersion};
use innocap_index::Query;
use innocap_language::{TokenKind, analyze, sentences};

/// Passages shown for one reason.
const MOST: usize = 3;

/// The words of a query, by the language it is read in; analysed when they are first asked for.
pub(crate) struct QueryWords {
    texts: Vec<Read>,
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
    pub(crate) fn new(query: &Query) -> Self {
        let mut texts: Vec<Read> = Vec::new();
        for text in &query.texts {
            let language = written_alike(text.language);
            let parts = text.parts.iter().map(|(part, _)| part.clone());
            match texts.iter_mut().find(|known| known.language == language) {
                Some(known) => known.parts.extend(parts),
                None => texts.push(Read { language, near: text.near, parts: parts.collect(), words: OnceLock::new() }),
            }
        }
        Self { texts }
    }

    fn of(&self, language: Option<Language>) -> Option<&HashSet<String>> {
        let language = written_alike(language);
        self.texts.iter().find(|read| read.language == language).map(Read::words)
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
