//! Late interaction: two texts compared token by token, each token in its context.
//!
//! One vector says what a text is about, and two texts of one field are near to each other whatever each of them does.
//! Compared by their tokens instead, each token of one text is held against the nearest of the other: MaxSim, as in
//! ColBERT (Khattab and Zaharia 2020, arXiv 2004.12832). It works between languages as within one, since the model gives
//! a word and its translation like vectors.
//!
//! Each token is kept as the signs of a random rotation of its centred vector (Charikar 2002, "Similarity estimation
//! techniques from rounding algorithms"), 64 bytes for 384 components: the share of equal signs stands for the angle, and
//! a whole text fits into a page of a database. The rotation is two rounds of random signs and a Walsh–Hadamard transform
//! (Ailon and Chazelle 2009, "The fast Johnson–Lindenstrauss transform"), so that none has to be kept.

use std::sync::Arc;

use pulp::Arch;
use rayon::prelude::*;

/// A token as the model reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenVector {
    /// Where it begins in the text, in bytes; the first of a word with the space before it.
    pub start: usize,
    /// What it says, by how rare it is, in nats: little for words that every text holds, none for marks and digits, and
    /// about 10 for rare names.
    pub weight: f32,
    /// Its vector in the context of the text, as it comes.
    pub vector: Vec<f32>,
}

/// A text as the model reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Its unit vector.
    pub vector: Vec<f32>,
    /// Those of its tokens that weigh something.
    pub tokens: Vec<TokenVector>,
}

/// A text as the codes of its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenCodes {
    /// 64-bit words in the code of a token.
    width: usize,
    /// The codes one after the other.
    codes: Vec<u64>,
    /// Weights of the tokens, in sixteenths of a nat.
    weights: Vec<u8>,
    /// Where they begin, in bytes of the text.
    starts: Vec<u16>,
    /// How many bytes of the text are its title, or stand for one.
    title: u16,
}

/// A token of a need and the nearest one of a listing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Meeting {
    /// Where the need's token begins, in bytes of its text.
    pub need: usize,
    /// Where the listing's begins.
    pub listing: usize,
    /// What the need's token weighs, in nats.
    pub weight: f32,
    /// How like they are, −1 to 1, where 0 is chance.
    pub likeness: f32,
}

/// How well two texts meet, token by token: weighted means of the likeness of each token to the nearest one of the other
/// text, −1 to 1, where 0 is chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alignment {
    /// Of the need's tokens: how much of what is asked is met.
    pub need: f32,
    /// Of those in the need's title; of all where it has none.
    pub title: f32,
    /// Of the listing's tokens: how much of what is offered was asked for.
    pub listing: f32,
}

/// Sixteenths of a nat.
const WEIGHT_STEPS: f32 = 16.0;

impl TokenCodes {
    /// The codes of a text's tokens, centred by `mean` where there is one; the first `title` bytes of the text are its
    /// title.
    pub fn new(tokens: &[TokenVector], mean: Option<&[f32]>, title: usize) -> Self {
        let dimensions = tokens.first().map_or(0, |token| token.vector.len());
        let bits = dimensions.next_power_of_two().max(64);
        let mut codes = Vec::with_capacity(tokens.len() * bits / 64);
        let mut rotated = vec![0.0; bits];
        for token in tokens {
            rotated.fill(0.0);
            rotated[..dimensions].copy_from_slice(&token.vector);
            if let Some(mean) = mean {
                rotated.iter_mut().zip(mean).for_each(|(x, m)| *x -= m);
            }
            for seed in [1, 2] {
                flip_signs(&mut rotated, seed);
                walsh_hadamard(&mut rotated);
            }
            let (words, _) = rotated.as_chunks::<64>();
            codes.extend(
                words.iter().map(|word| {
                    word.iter().enumerate().fold(0u64, |code, (bit, x)| code | (u64::from(*x > 0.0) << bit))
                }),
            );
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range before")]
        let weight = |token: &TokenVector| (token.weight * WEIGHT_STEPS).round().clamp(1.0, 255.0) as u8;
        let place = |byte: usize| u16::try_from(byte).unwrap_or(u16::MAX);
        Self {
            width: bits / 64,
            codes,
            weights: tokens.iter().map(weight).collect(),
            starts: tokens.iter().map(|token| place(token.start)).collect(),
            title: place(title),
        }
    }

    /// Tokens.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// The codes as bytes: the number of 64-bit words in each and the length of the title, then for each token its
    /// weight, its place and its code.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.size());
        bytes.push(u8::try_from(self.width).unwrap_or(u8::MAX));
        bytes.extend(self.title.to_le_bytes());
        for (token, code) in self.codes.chunks_exact(self.width.max(1)).enumerate() {
            bytes.push(self.weights[token]);
            bytes.extend(self.starts[token].to_le_bytes());
            bytes.extend(code.iter().flat_map(|word| word.to_le_bytes()));
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote; `None` where it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&[width, title @ ..], tokens) = bytes.split_first_chunk::<3>()?;
        let (width, title) = (usize::from(width), u16::from_le_bytes(title));
        let size = 3 + width * 8;
        if width == 0 || tokens.len() % size != 0 {
            return None;
        }
        let mut read = Self { width, codes: Vec::new(), weights: Vec::new(), starts: Vec::new(), title };
        for token in tokens.chunks_exact(size) {
            read.weights.push(token[0]);
            read.starts.push(u16::from_le_bytes([token[1], token[2]]));
            let (words, _) = token[3..].as_chunks::<8>();
            read.codes.extend(words.iter().map(|word| u64::from_le_bytes(*word)));
        }
        Some(read)
    }

    /// Their size as bytes.
    pub fn size(&self) -> usize {
        3 + self.len() * (3 + self.width * 8)
    }

    /// How well a listing meets this need; `None` where either has no token that says anything, or where they were made
    /// by models of another width.
    pub fn align(&self, listing: &Self) -> Option<Alignment> {
        if !self.compares(listing) {
            return None;
        }
        let (of_need, of_listing) = nearest(self, listing);
        let mean = |distances: &[u32], weights: &[u8], counts: &dyn Fn(usize) -> bool| {
            let (mut sum, mut whole) = (0.0, 0.0);
            for (token, (distance, weight)) in distances.iter().zip(weights).enumerate() {
                if counts(token) {
                    sum += f32::from(*weight) * self.likeness(*distance);
                    whole += f32::from(*weight);
                }
            }
            (whole > 0.0).then(|| sum / whole)
        };
        let need = mean(&of_need, &self.weights, &|_| true)?;
        let in_title = |token: usize| self.starts[token] < self.title;
        Some(Alignment {
            need,
            title: mean(&of_need, &self.weights, &in_title).unwrap_or(need),
            listing: mean(&of_listing, &listing.weights, &|_| true)?,
        })
    }

    /// How well each of some listings meets this need, on all cores.
    pub fn align_each(&self, listings: &[Arc<Self>]) -> Vec<Option<Alignment>> {
        listings.par_iter().map(|listing| self.align(listing)).collect()
    }

    /// How well this listing meets each of some needs, on all cores.
    pub fn aligned_by_each(&self, needs: &[Arc<Self>]) -> Vec<Option<Alignment>> {
        needs.par_iter().map(|need| need.align(self)).collect()
    }

    /// The tokens of this need that are at least so like the nearest one of a listing, each with that one, in the order of
    /// the need.
    pub fn meetings(&self, listing: &Self, least: f32) -> Vec<Meeting> {
        if !self.compares(listing) {
            return Vec::new();
        }
        let (of_need, _) = nearest(self, listing);
        let met = |(token, nearest): (usize, u32)| {
            let likeness = self.likeness(nearest);
            let code = &self.codes[token * self.width..][..self.width];
            let mut others = listing.codes.chunks_exact(listing.width).zip(&listing.starts);
            let (_, start) = others.find(|(other, _)| likeness >= least && distance(code, other) == nearest)?;
            Some(Meeting {
                need: usize::from(self.starts[token]),
                listing: usize::from(*start),
                weight: f32::from(self.weights[token]) / WEIGHT_STEPS,
                likeness,
            })
        };
        of_need.into_iter().enumerate().filter_map(met).collect()
    }

    fn compares(&self, other: &Self) -> bool {
        !self.is_empty() && !other.is_empty() && self.width == other.width
    }

    /// The likeness of tokens whose codes differ in so many bits.
    #[expect(clippy::cast_precision_loss, reason = "some hundred bits")]
    fn likeness(&self, distance: u32) -> f32 {
        1.0 - 2.0 * distance as f32 / (self.width * 64) as f32
    }
}

#[inline(always)]
fn distance(a: &[u64], b: &[u64]) -> u32 {
    a.iter().zip(b).map(|(x, y)| (x ^ y).count_ones()).sum()
}

/// For each token of either text the Hamming distance to the nearest token of the other.
fn nearest(a: &TokenCodes, b: &TokenCodes) -> (Vec<u32>, Vec<u32>) {
    #[cfg(target_arch = "x86_64")]
    if a.width == WIDE
        && b.width == WIDE
        && std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512vpopcntdq")
    {
        #[expect(unsafe_code, reason = "what the function asks for has just been detected")]
        // SAFETY: the target features that `nearest_wide` enables are present.
        return unsafe { nearest_wide(a, b) };
    }
    nearest_plain(a, b)
}

/// 64-bit words in the codes of the bundled model: one register of AVX-512.
#[cfg(target_arch = "x86_64")]
const WIDE: usize = 8;

/// The same by the instruction that counts the bits of a whole code at once, which the compiler does not come to by
/// itself.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vpopcntdq")]
fn nearest_wide(a: &TokenCodes, b: &TokenCodes) -> (Vec<u32>, Vec<u32>) {
    use std::arch::x86_64::{_mm512_loadu_si512, _mm512_popcnt_epi64, _mm512_reduce_add_epi64, _mm512_xor_si512};
    let (codes, others) = (a.codes.as_chunks::<WIDE>().0, b.codes.as_chunks::<WIDE>().0);
    let mut of_a = vec![u32::MAX; a.len()];
    let mut of_b = vec![u32::MAX; b.len()];
    #[expect(unsafe_code, reason = "a register is read from memory")]
    // SAFETY: the pointer is that of an array of 64 bytes, and the instruction asks for no alignment.
    let load = |code: &[u64; WIDE]| unsafe { _mm512_loadu_si512(code.as_ptr().cast()) };
    for (code, best) in codes.iter().zip(&mut of_a) {
        let code = load(code);
        for (other, other_best) in others.iter().zip(&mut of_b) {
            let bits = _mm512_reduce_add_epi64(_mm512_popcnt_epi64(_mm512_xor_si512(code, load(other))));
            let distance = u32::try_from(bits).unwrap_or(u32::MAX);
            *best = (*best).min(distance);
            *other_best = (*other_best).min(distance);
        }
    }
    (of_a, of_b)
}

fn nearest_plain(a: &TokenCodes, b: &TokenCodes) -> (Vec<u32>, Vec<u32>) {
    let mut of_a = vec![u32::MAX; a.len()];
    let mut of_b = vec![u32::MAX; b.len()];
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for (code, best) in a.codes.chunks_exact(a.width).zip(&mut of_a) {
                for (other, other_best) in b.codes.chunks_exact(b.width).zip(&mut of_b) {
                    let distance = distance(code, other);
                    *best = (*best).min(distance);
                    *other_best = (*other_best).min(distance);
                }
            }
        },
    );
    (of_a, of_b)
}

/// Turns the sign of about every second component, always the same ones for a seed (SplitMix64, Steele et al. 2014).
fn flip_signs(x: &mut [f32], seed: u64) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for some in x.chunks_mut(64) {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        for (bit, x) in some.iter_mut().enumerate() {
            if bits >> bit & 1 == 1 {
                *x = -*x;
            }
        }
    }
}

/// The Walsh–Hadamard transform in place, without its factor; the length is a power of two.
fn walsh_hadamard(x: &mut [f32]) {
    let mut half = 1;
    while half < x.len() {
        for block in x.chunks_exact_mut(2 * half) {
            let (left, right) = block.split_at_mut(half);
            for (l, r) in left.iter_mut().zip(right) {
                (*l, *r) = (*l + *r, *l - *r);
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(start: usize, weight: f32, vector: &[f32]) -> TokenVector {
        TokenVector { start, weight, vector: vector.to_vec() }
    }

    /// A vector that differs from others of another seed like random ones.
    fn random(seed: u64, length: usize) -> Vec<f32> {
        let mut x = vec![1.0; length.next_multiple_of(64)];
        flip_signs(&mut x, seed + 100);
        x.truncate(length);
        x
    }

    #[test]
    fn a_token_finds_itself_in_the_other_text_and_strangers_are_at_chance() {
        let (snow, road, school) = (random(1, 384), random(2, 384), random(3, 384));
        let need = TokenCodes::new(&[token(0, 4.0, &snow), token(5, 4.0, &road)], None, 5);
        let same = TokenCodes::new(&[token(0, 4.0, &road), token(9, 4.0, &snow)], None, 0);
        let met = need.align(&same).unwrap();
        assert!(met.need > 0.99 && met.listing > 0.99 && met.title > 0.99, "{met:?}");
        let half = TokenCodes::new(&[token(0, 4.0, &snow), token(9, 12.0, &school)], None, 0);
        let half = need.align(&half).unwrap();
        assert!((half.title - 1.0).abs() < 0.01, "the title's only token is met: {half:?}");
        assert!((half.need - 0.5).abs() < 0.1, "{half:?}");
        assert!((half.listing - 0.25).abs() < 0.15, "what weighs three times as much was not asked for: {half:?}");
        let met = need.meetings(&same, 0.9);
        assert_eq!(met.iter().map(|m| (m.need, m.listing)).collect::<Vec<_>>(), [(0, 9), (5, 0)]);
        assert!(met.iter().all(|m| m.likeness > 0.99 && m.weight == 4.0), "{met:?}");
        assert!(need.meetings(&TokenCodes::new(&[token(0, 4.0, &school)], None, 0), 0.5).is_empty());
    }

    #[test]
    fn the_wide_loop_gives_what_the_plain_one_gives() {
        let text = |from: u64| {
            let tokens: Vec<_> = (from..from + 70).map(|seed| token(0, 1.0, &random(seed, 384))).collect();
            TokenCodes::new(&tokens, None, 0)
        };
        let (a, b) = (text(1), text(50));
        assert_eq!(nearest(&a, &b), nearest_plain(&a, &b));
    }

    #[test]
    fn the_share_of_equal_signs_follows_the_angle() {
        let (a, b) = (random(1, 384), random(2, 384));
        for share in [0.0f32, 0.25, 0.5, 0.75, 1.0] {
            let mixed: Vec<f32> = a.iter().zip(&b).map(|(a, b)| share * a + (1.0 - share) * b).collect();
            let cosine = {
                let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>();
                dot(&a, &mixed) / (dot(&a, &a) * dot(&mixed, &mixed)).sqrt()
            };
            let code = |vector: &[f32]| TokenCodes::new(&[token(0, 1.0, vector)], None, 0);
            let likeness = code(&a).align(&code(&mixed)).unwrap().need;
            let expected = 1.0 - 2.0 * cosine.clamp(-1.0, 1.0).acos() / std::f32::consts::PI;
            assert!((likeness - expected).abs() < 0.12, "share {share}: {likeness} for {expected}");
        }
    }

    #[test]
    fn a_mean_is_taken_away_first() {
        let mean = vec![50.0; 384];
        let shifted = |vector: &[f32]| vector.iter().map(|x| x + 50.0).collect::<Vec<_>>();
        let (a, b) = (random(1, 384), random(2, 384));
        let code = |vector: &[f32], mean| TokenCodes::new(&[token(0, 1.0, &shifted(vector))], mean, 0);
        assert!(code(&a, None).align(&code(&b, None)).unwrap().need > 0.8, "all that they share is the mean");
        let centred = code(&a, Some(&mean[..])).align(&code(&b, Some(&mean[..]))).unwrap().need;
        assert!(centred.abs() < 0.15, "{centred}");
    }

    #[test]
    fn bytes_read_back_and_what_is_none_of_ours_does_not() {
        let codes = TokenCodes::new(&[token(0, 4.0, &random(1, 384)), token(70_000, 99.0, &random(2, 384))], None, 0);
        let bytes = codes.to_bytes();
        assert_eq!(bytes.len(), 3 + 2 * (3 + 64));
        assert_eq!(TokenCodes::from_bytes(&bytes), Some(codes));
        assert_eq!(TokenCodes::from_bytes(&bytes[..bytes.len() - 1]), None);
        assert_eq!(TokenCodes::from_bytes(&[]), None);
        assert_eq!(TokenCodes::from_bytes(&[0]), None);
        let empty = TokenCodes::new(&[], None, 0);
        assert!(TokenCodes::from_bytes(&empty.to_bytes()).unwrap().is_empty());
        assert_eq!(empty.align(&empty), None);
    }
}
