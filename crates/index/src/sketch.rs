//! Sketches of texts, which tell near-duplicates: how much of their wording two texts share.
//!
//! The resemblance of two texts is the share of their runs of three words that stands in both (Broder 1997, w-shingling).
//! It is estimated from one-permutation MinHash (Li, Owen and Zhang 2012): each run of words falls into one of 128 bins
//! by its hash, and of each bin the smallest hash is kept, of which one byte suffices here. The estimate's standard
//! error is at most 0.05.

use serde::{Deserialize, Serialize};

/// Bins of a sketch.
const BINS: usize = 128;
/// Words of a run.
const RUN: usize = 3;

/// What is kept of a text's wording: a byte for each bin, 0 where it is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch(Vec<u8>);

impl Sketch {
    /// The sketch of a text. Case, punctuation and spacing do not matter.
    pub fn of(texts: &[&str]) -> Self {
        let words: Vec<u64> = texts
            .iter()
            .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
            .filter(|word| !word.is_empty())
            .map(|word| {
                word.chars().flat_map(char::to_lowercase).fold(0, |hash, c| mix(hash ^ u64::from(u32::from(c))))
            })
            .collect();
        let mut least = [u64::MAX; BINS];
        let runs = words.len().saturating_sub(RUN - 1).max(usize::from(!words.is_empty()));
        for start in 0..runs {
            let run = &words[start..words.len().min(start + RUN)];
            let hash = run.iter().fold(1, |hash: u64, word| mix(hash.wrapping_mul(31) ^ word));
            #[expect(clippy::cast_possible_truncation, reason = "a remainder of 128 fits")]
            let bin = (hash % BINS as u64) as usize;
            least[bin] = least[bin].min(hash);
        }
        // The top bits of a bin's smallest hash tend to 0; those in the middle are even.
        let byte = |hash: u64| if hash == u64::MAX { 0 } else { ((hash >> 24) % 255 + 1) as u8 };
        Self(least.map(byte).to_vec())
    }

    /// The share of their runs of words that two texts have in common, 0 to 1, as estimated.
    pub fn resemblance(&self, other: &Self) -> f64 {
        let (mut filled, mut equal) = (0u32, 0u32);
        for (a, b) in self.0.iter().zip(&other.0) {
            filled += u32::from(*a != 0 || *b != 0);
            equal += u32::from(*a != 0 && a == b);
        }
        if filled == 0 { 0.0 } else { f64::from(equal) / f64::from(filled) }
    }
}

/// The finaliser of splitmix64 (Steele, Lea and Flood 2014): each bit of the result depends on each of the input.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(range: std::ops::Range<u32>) -> String {
        range.map(|n| format!("word{n} ")).collect()
    }

    #[test]
    fn a_text_resembles_itself_whatever_its_case_and_punctuation() {
        let a = Sketch::of(&["Snow sensors", "Tells where the snow lies, and how deep."]);
        let b = Sketch::of(&["SNOW SENSORS!", "tells where the snow lies -- and how deep"]);
        assert_eq!(a.resemblance(&b), 1.0);
        assert_eq!(Sketch::of(&["Signal"]).resemblance(&Sketch::of(&["signal"])), 1.0);
    }

    #[test]
    fn the_estimate_is_near_the_share_of_common_runs() {
        for (shared, expected) in [(0, 0.0), (100, 0.2), (200, 0.5), (270, 0.82)] {
            let a = words(0..300);
            let b = format!("{}{}", words(0..shared), words(1_000..1_300 - shared));
            let found = Sketch::of(&[&a]).resemblance(&Sketch::of(&[&b]));
            assert!((found - expected).abs() < 0.13, "{shared}: {found}, not {expected}");
        }
    }

    #[test]
    fn texts_without_words_resemble_nothing() {
        assert_eq!(Sketch::of(&["", "–"]).resemblance(&Sketch::of(&[""])), 0.0);
        assert_eq!(Sketch::of(&[""]).resemblance(&Sketch::of(&["signal"])), 0.0);
    }
}
