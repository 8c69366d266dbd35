//! The best candidates once more, compared with what asks token by token; and the words of both texts that met.

use std::ops::Range;
use std::sync::Arc;

use innocap_domain::TextVersion;
use innocap_domain::suggestion;
use innocap_index::Hit;
use innocap_language::{Meeting, TokenCodes, sentences};
use innocap_ranking::{Alignment, Weights};

use crate::embeddings::{Embeddings, Passage};
use crate::error::AppError;
use crate::indexer::joined;

/// Pairs of words that a reason names.
const PAIRS: usize = 4;
/// Passages that it shows.
const PASSAGES: usize = 2;
/// The likeness from which words are said to have met, chosen by reading the pairs that the worked examples name.
const MET: f32 = 0.33;

/// What asks: the codes of its tokens, and the text they are of.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    side: Side,
    codes: Arc<TokenCodes>,
    text: String,
}

#[derive(Debug, Clone, Copy)]
enum Side {
    /// A need looks for listings.
    Need,
    /// A listing looks for needs.
    Listing,
}

impl Asking {
    /// A need that looks for listings.
    pub(crate) fn need(codes: Arc<TokenCodes>, need: &Passage) -> Self {
        Self { side: Side::Need, codes, text: need.beginning() }
    }

    /// A listing that looks for needs.
    pub(crate) fn listing(codes: Arc<TokenCodes>, listing: &Passage) -> Self {
        Self { side: Side::Listing, codes, text: listing.beginning() }
    }

    fn align_each(&self, others: &[Arc<TokenCodes>]) -> Vec<Option<Alignment>> {
        let aligned = match self.side {
            Side::Need => self.codes.align_each(others),
            Side::Listing => self.codes.aligned_by_each(others),
        };
        let known = |innocap_language::Alignment { need, title, listing }| Alignment { need, title, listing };
        aligned.into_iter().map(|alignment| alignment.map(known)).collect()
    }

    /// The tokens of the need that met one of the listing.
    fn meetings(&self, other: &TokenCodes) -> Vec<Meeting> {
        match self.side {
            Side::Need => self.codes.meetings(other, MET),
            Side::Listing => other.meetings(&self.codes, MET),
        }
    }
}

impl Embeddings {
    /// How the first `most` of some hits meet what asks, token by token. `None` for the others, for those between whose
    /// languages it does not count, and for those that have not been read so yet.
    ///
    /// # Errors
    /// Where the registry fails.
    pub(crate) async fn alignments<F>(
        &self,
        asking: Option<&Asking>,
        weights: &Weights,
        hits: &[Hit<F>],
        most: usize,
    ) -> Result<Vec<Option<Alignment>>, AppError> {
        let mut alignments = vec![None; hits.len()];
        let Some(asking) = asking.cloned() else {
            return Ok(alignments);
        };
        let counts = |hit: &Hit<F>| weights.of(hit.features.kinship).alignment.is_some();
        let (places, keys): (Vec<usize>, Vec<String>) = hits
            .iter()
            .take(most)
            .enumerate()
            .filter(|(_, hit)| counts(hit))
            .filter_map(|(place, hit)| Some((place, hit.key.as_deref()?.to_owned())))
            .unzip();
        let known = self.known_codes(&keys).await?;
        let (places, codes): (Vec<usize>, Vec<Arc<TokenCodes>>) =
            places.into_iter().zip(&keys).filter_map(|(place, key)| Some((place, Arc::clone(known.get(key)?)))).unzip();
        if codes.is_empty() {
            return Ok(alignments);
        }
        let aligned = tokio::task::spawn_blocking(move || asking.align_each(&codes)).await;
        for (place, alignment) in places.into_iter().zip(aligned.map_err(|e| AppError::Internal(e.to_string()))?) {
            alignments[place] = alignment;
        }
        Ok(alignments)
    }
}

/// The words of a need and of a listing that met.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Met {
    /// A word of what asks with one of what was found, as they stand in the texts; what counts most comes first.
    pub pairs: Vec<(String, String)>,
    /// The passages of what was found that hold them, with the words marked.
    pub passages: Vec<suggestion::Passage>,
}

impl Met {
    /// The words of what asks and of a language version that was found, by the codes of both.
    pub(crate) fn new(asking: &Asking, codes: &TokenCodes, found: &TextVersion) -> Self {
        let (text, fields) = joined(found);
        let mut meetings = asking.meetings(codes);
        let counts = |meeting: &Meeting| meeting.weight * meeting.likeness;
        meetings.sort_by(|a, b| counts(b).total_cmp(&counts(a)));
        // Beside the best, words that every text holds say nothing.
        let least = meetings.first().map_or(0.0, counts) / 2.0;
        meetings.retain(|meeting| counts(meeting) >= least);
        let mut met: Vec<(&str, Range<usize>)> = Vec::new();
        for meeting in &meetings {
            let (of_asking, of_found) = match asking.side {
                Side::Need => (meeting.need, meeting.listing),
                Side::Listing => (meeting.listing, meeting.need),
            };
            let (Some(asked), Some(range)) = (word_at(&asking.text, of_asking), word_at(&text, of_found)) else {
                continue;
            };
            let asked = &asking.text[asked];
            if met.iter().all(|(word, other)| *word != asked && text[other.clone()] != text[range.clone()]) {
                met.push((asked, range));
            }
            if met.len() == PAIRS {
                break;
            }
        }
        let pairs = met.iter().map(|(asked, range)| ((*asked).to_owned(), text[range.clone()].to_owned())).collect();
        Self { pairs, passages: passages(&text, &fields, found, met.into_iter().map(|(_, range)| range).collect()) }
    }

    /// The pairs in one line each.
    pub(crate) fn facts(&self) -> Vec<String> {
        self.pairs.iter().map(|(asked, found)| format!("{asked} – {found}")).collect()
    }
}

/// The word that a token belongs to which begins at a byte of a text; the first token of a word begins with the space
/// before it. None where there are only marks.
fn word_at(text: &str, byte: usize) -> Option<Range<usize>> {
    let in_word = |c: char| c.is_alphanumeric();
    let start = byte + text.get(byte..)?.find(in_word)?;
    let before = text[..start].rfind(|c| !in_word(c));
    let begin = before.map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let end = text[start..].find(|c| !in_word(c)).map_or(text.len(), |length| start + length);
    Some(begin..end)
}

/// The sentences of the fields that hold words, in their order, with the words marked.
fn passages(
    text: &str,
    fields: &[(&str, Range<usize>)],
    version: &TextVersion,
    mut words: Vec<Range<usize>>,
) -> Vec<suggestion::Passage> {
    words.sort_by_key(|word| word.start);
    let mut passages = Vec::new();
    for (field, range) in fields {
        for sentence in sentences(&text[range.clone()]) {
            let sentence = range.start + sentence.start..range.start + sentence.end;
            let held = || words.iter().filter(|word| word.start >= sentence.start && word.end <= sentence.end);
            if held().next().is_none() {
                continue;
            }
            let shown = &text[sentence.clone()];
            let characters = |byte: usize| shown[..byte - sentence.start].chars().count();
            passages.push(suggestion::Passage {
                field: (*field).to_owned(),
                language: version.language.clone(),
                text: shown.to_owned(),
                share: None,
                highlights: held().map(|word| (characters(word.start), characters(word.end))).collect(),
                words: held().map(|word| text[word.clone()].to_owned()).collect(),
            });
        }
    }
    passages.sort_by_key(|passage| std::cmp::Reverse(passage.words.len()));
    passages.truncate(PASSAGES);
    passages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stands_for_its_whole_word() {
        let text = "Brøyting, strøing av gågater";
        let word = |byte| word_at(text, byte).map(|range| &text[range]);
        assert_eq!(word(0), Some("Brøyting"));
        assert_eq!(word(text.find("ting").unwrap()), Some("Brøyting"), "a later token of the word");
        assert_eq!(word(text.find(" strøing").unwrap()), Some("strøing"), "the space before a word");
        assert_eq!(word(text.find("gågater").unwrap()), Some("gågater"));
        assert_eq!(word(text.len()), None);
        assert_eq!(word(text.len() + 9), None);
        assert_eq!(word_at("ø", 1), None);
    }

    #[test]
    fn words_are_marked_where_they_stand() {
        let version = TextVersion {
            language: innocap_domain::LanguageTag::parse("nb").unwrap(),
            title: "Brøyting av veier".to_owned(),
            summary: "Vi måker snø. Ring oss!".to_owned(),
            description: String::new(),
            keywords: Vec::new(),
        };
        let (text, fields) = joined(&version);
        let at = |word: &str| text.find(word).map(|start| start..start + word.len()).unwrap();
        let found = passages(&text, &fields, &version, vec![at("snø"), at("måker"), at("Brøyting")]);
        let shown: Vec<_> = found.iter().map(|p| (p.field.as_str(), p.text.as_str(), p.words.clone())).collect();
        assert_eq!(
            shown,
            [
                ("summary", "Vi måker snø.", vec!["måker".to_owned(), "snø".to_owned()]),
                ("title", "Brøyting av veier", vec!["Brøyting".to_owned()]),
            ]
        );
        assert_eq!(found[0].highlights, [(3, 8), (9, 12)]);
    }
}
