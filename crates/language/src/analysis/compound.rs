//! Compounds: `hemtjänstpersonal` is found by someone who writes `personal i hemtjänsten`.
//!
//! Germanic and Finnic languages write compounds in one word, and public services are full of them. Splitting follows a list
//! of the parts that such words are made of (`data/compounds/`, dictionary forms, written for this program): a word is split
//! only if the list accounts for every letter of it, so an unknown word is left whole rather than cut wrongly.
//!
//! A part that is not the last stands in a combining form: as it is, with a linking element (arbete-s-, barn-e-, Woche-n-), or
//! without its final vowel (skola, skol-; gata, gatu-). The last part carries the word's own inflection and is recognised by
//! its stem.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use innocap_domain::Language;

use super::stem;

/// The most parts of one word.
const MOST_PARTS: usize = 4;
/// The fewest letters of a word worth looking at.
const SHORTEST_WORD: usize = 6;
/// The most bytes of a word looked at; longer ones are no words.
const LONGEST_WORD: usize = 80;
/// The fewest letters of a last part: anything shorter is more often an ending.
const SHORTEST_LAST: usize = 3;
/// The fewest letters left on both sides of a part of two letters (`el`, `is`, `by`), which would otherwise match by chance.
const BESIDE_SHORT: usize = 4;

/// The dictionary forms of the parts of a compound, or nothing where the word is none or not accounted for.
pub(super) fn split(word: &str, language: Language) -> Vec<&'static str> {
    let Some(lexicon) = lexicon(language) else {
        return Vec::new();
    };
    if word.len() > LONGEST_WORD
        || word.chars().count() < SHORTEST_WORD
        || lexicon.lemmas.contains(word)
        || lexicon.stems.contains_key(&stem::term(word, language))
        || !word.chars().all(char::is_alphabetic)
    {
        return Vec::new();
    }
    lexicon.split(word).map(|found| found.parts).unwrap_or_default()
}

/// One language's parts.
struct Lexicon {
    language: Language,
    /// Dictionary forms.
    lemmas: HashSet<&'static str>,
    /// Combining form → dictionary form and the number of letters added to or taken from it.
    combining: HashMap<String, (&'static str, usize)>,
    /// Stem → dictionary form.
    stems: HashMap<String, &'static str>,
    /// Bytes of the longest combining form.
    longest: usize,
}

/// A way to read a word.
#[derive(Clone)]
struct Reading {
    parts: Vec<&'static str>,
    /// Letters that linking changed: of two readings with as many parts the plainer one is right more often.
    changed: usize,
}

impl Reading {
    fn is_better_than(&self, other: &Self) -> bool {
        (self.parts.len(), self.changed) < (other.parts.len(), other.changed)
    }
}

impl Lexicon {
    fn new(language: Language, files: &[&'static str], links: &[&str], drops: &[char], swaps: &[(char, char)]) -> Self {
        let lemmas: HashSet<&'static str> = files.iter().flat_map(|file| file.split_whitespace()).collect();
        let mut combining: HashMap<String, (&'static str, usize)> = HashMap::with_capacity(lemmas.len() * 4);
        let mut stems: HashMap<String, &'static str> = HashMap::with_capacity(lemmas.len());
        // In a fixed order, so that of two dictionary forms with one combining form always the same wins.
        let mut ordered: Vec<&'static str> = lemmas.iter().copied().collect();
        ordered.sort_unstable_by_key(|lemma| (lemma.len(), *lemma));
        for lemma in ordered {
            let mut add = |form: String, changed: usize| {
                if changed == 0 || form.chars().count() >= SHORTEST_LAST {
                    let entry = combining.entry(form).or_insert((lemma, changed));
                    if changed < entry.1 {
                        *entry = (lemma, changed);
                    }
                }
            };
            add(lemma.to_owned(), 0);
            for link in links {
                // "hus-s-" does not occur: a linking s is not doubled.
                if !(lemma.ends_with('s') && link.starts_with('s')) {
                    add(format!("{lemma}{link}"), link.chars().count());
                }
            }
            if let Some(last) = lemma.chars().next_back() {
                let trunk = &lemma[..lemma.len() - last.len_utf8()];
                if drops.contains(&last) {
                    add(trunk.to_owned(), 1);
                }
                for (_, to) in swaps.iter().filter(|(from, _)| *from == last) {
                    add(format!("{trunk}{to}"), 1);
                }
            }
            let stem = stem::term(lemma, language);
            if lemma.chars().count() >= SHORTEST_LAST && stem.chars().count() >= 2 {
                stems.entry(stem).or_insert(lemma);
            }
        }
        let longest = combining.keys().map(String::len).max().unwrap_or(0);
        Self { language, lemmas, combining, stems, longest }
    }

    /// The best reading in two or more parts. `best[i][n]` is the best reading of the word's first `i` bytes in `n` parts.
    fn split(&self, word: &str) -> Option<Reading> {
        let ends: Vec<usize> = word.char_indices().map(|(at, _)| at).skip(1).collect();
        let letters = ends.len() + 1;
        let mut best: HashMap<usize, Reading> = HashMap::new();
        best.insert(0, Reading { parts: Vec::new(), changed: 0 });
        let mut whole: Option<Reading> = None;
        for (index, start) in std::iter::once(0).chain(ends.iter().copied()).enumerate() {
            let Some(reading) = best.get(&start).cloned() else {
                continue;
            };
            // The rest as the last part.
            let rest = letters - index;
            if start > 0 && rest >= SHORTEST_LAST {
                let last = &word[start..];
                let lemma = self.lemmas.get(last).copied().or_else(|| {
                    let lemma = self.stems.get(&stem::term(last, self.language)).copied();
                    // A stem may fall together with that of quite another, longer word.
                    lemma.filter(|lemma| last.starts_with(lemma.chars().take(2).collect::<String>().as_str()))
                });
                if let Some(lemma) = lemma {
                    offer(&mut whole, &reading, lemma, 0);
                }
            }
            if reading.parts.len() + 1 >= MOST_PARTS {
                continue;
            }
            for (after, end) in ends.iter().enumerate().skip(index) {
                if end - start > self.longest {
                    break;
                }
                let Some((lemma, changed)) = self.combining.get(&word[start..*end]) else {
                    continue;
                };
                let left = letters - (after + 1);
                if after + 1 - index < SHORTEST_LAST && (left < BESIDE_SHORT || (index > 0 && index < BESIDE_SHORT)) {
                    continue;
                }
                let mut slot = best.remove(end);
                offer(&mut slot, &reading, lemma, *changed);
                best.extend(slot.map(|reading| (*end, reading)));
            }
        }
        whole
    }
}

/// Keeps the better of what is in `slot` and `reading` with one more part.
fn offer(slot: &mut Option<Reading>, reading: &Reading, lemma: &'static str, changed: usize) {
    let mut longer = reading.clone();
    longer.parts.push(lemma);
    longer.changed += changed;
    if slot.as_ref().is_none_or(|kept| longer.is_better_than(kept)) {
        *slot = Some(longer);
    }
}

fn lexicon(language: Language) -> Option<&'static Lexicon> {
    static SV: LazyLock<Lexicon> = LazyLock::new(|| {
        Lexicon::new(
            Language::Sv,
            &[include_str!("../../data/compounds/sv.txt")],
            &["s", "e", "o", "u", "a", "n", "er", "ar", "es"],
            &['a', 'e'],
            &[('a', 'o'), ('a', 'u'), ('e', 'a'), ('a', 'e'), ('e', 's'), ('a', 's')],
        )
    });
    static NB: LazyLock<Lexicon> =
        LazyLock::new(|| norwegian(Language::Nb, &[include_str!("../../data/compounds/nb.txt")]));
    static NN: LazyLock<Lexicon> = LazyLock::new(|| {
        let files = [include_str!("../../data/compounds/nb.txt"), include_str!("../../data/compounds/nn.txt")];
        norwegian(Language::Nn, &files)
    });
    static DA: LazyLock<Lexicon> = LazyLock::new(|| {
        Lexicon::new(
            Language::Da,
            &[include_str!("../../data/compounds/da.txt")],
            &["s", "e", "er", "es", "n"],
            &['e'],
            &[],
        )
    });
    static IS: LazyLock<Lexicon> = LazyLock::new(|| west(Language::Is, &[include_str!("../../data/compounds/is.txt")]));
    static FO: LazyLock<Lexicon> = LazyLock::new(|| {
        west(Language::Fo, &[include_str!("../../data/compounds/is.txt"), include_str!("../../data/compounds/fo.txt")])
    });
    static FI: LazyLock<Lexicon> = LazyLock::new(|| {
        Lexicon::new(
            Language::Fi,
            &[include_str!("../../data/compounds/fi.txt")],
            &["n", "en", "in", "jen", "ien", "den", "ten"],
            &[],
            &[('a', 'o'), ('e', 'i'), ('i', 'e')],
        )
    });
    static DE: LazyLock<Lexicon> = LazyLock::new(|| {
        Lexicon::new(
            Language::De,
            &[include_str!("../../data/compounds/de.txt")],
            &["s", "es", "n", "en", "er", "e", "ns", "ens"],
            &['e'],
            &[],
        )
    });
    Some(match language {
        Language::Sv => &SV,
        Language::Nb => &NB,
        Language::Nn => &NN,
        Language::Da => &DA,
        Language::Is => &IS,
        Language::Fo => &FO,
        Language::Fi => &FI,
        Language::De => &DE,
        Language::Ga | Language::En | Language::Fr => return None,
    })
}

fn norwegian(language: Language, files: &[&'static str]) -> Lexicon {
    Lexicon::new(language, files, &["s", "e", "er", "es", "n"], &['e', 'a'], &[])
}

/// Icelandic and Faroese join parts in the genitive (vegar-, þjónustu-, barna-, hafnar-).
fn west(language: Language, files: &[&'static str]) -> Lexicon {
    let links = ["s", "a", "ar", "u", "na", "i", "ja", "ur"];
    Lexicon::new(language, files, &links, &['a', 'i'], &[('a', 'u'), ('i', 'a'), ('a', 'n')])
}
