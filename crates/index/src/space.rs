//! The space the vectors lie in, learnt from what the index holds: where the middle of each language is, and which
//! entries are near to every query.
//!
//! Two faults of embedding spaces are taken away. The texts of a language or a register lie off the common middle, so
//! that they are alike for what they are written in (Mu and Viswanath 2018, "All-but-the-Top"): means are subtracted.
//! And some entries, *hubs*, are near to all queries (Radovanović, Nanopoulos and Ivanović 2010, "Hubs in space"; the
//! remedy is that of Conneau et al. 2018, "Word translation without parallel data"): how near an entry is to the
//! queries nearest to it is measured, so that the ranking can subtract it.

use std::collections::HashMap;

use innocap_domain::Language;
use innocap_language::unit;
use rayon::prelude::*;

use crate::entries::statistics_key;
use crate::vectors::{Vectors, quantise};

/// Texts of a language whose mean is believed by half; with fewer, the means that come with the model prevail.
const HALF_BELIEVED: f32 = 100.0;
/// Queries that an entry's hubness is measured by, the nearest ones (Conneau et al. use 10; fewer did a little better on
/// the collections called dev).
const NEIGHBOURS: usize = 7;
/// With fewer sample queries no hubness is measured.
const FEWEST_QUERIES: usize = 50;
/// Sample queries at most. An entry that answers one of the sampled queries is taken for a little more of a hub than one
/// whose query was left out, so where few entries are to be measured, all queries there are should be in the sample.
pub(crate) const MOST_QUERIES: usize = 2_048;
/// Cosines of entries and sample queries that are computed at most when the space is learnt, some 2 s of one core.
const MOST_COSINES: usize = 64_000_000;

/// A query as the space sees it: centred, of unit length, as int8.
pub(crate) struct Centred {
    scale: f32,
    components: Vec<i8>,
    /// Its product with the mean of each language's entries, which is subtracted from every cosine.
    offsets: HashMap<Option<Language>, f32>,
}

/// What has been learnt, and for each slot what a search needs of it.
#[derive(Default)]
pub(crate) struct Space {
    entry_means: HashMap<Option<Language>, Vec<f32>>,
    query_means: HashMap<Option<Language>, Vec<f32>>,
    sample: Vec<Centred>,
    /// From how many entries whose meaning was known it was learnt; `None` where it was not.
    learnt_from: Option<usize>,
    /// One divided by the length of the entry's vector once its language's mean is subtracted; 0 where it is not known.
    inverse_lengths: Vec<f32>,
    hubness: Vec<f32>,
    mean_hubness: f32,
}

impl Space {
    /// Adds a slot without meaning.
    pub(crate) fn push_unknown(&mut self) {
        self.inverse_lengths.push(0.0);
        self.hubness.push(self.mean_hubness);
    }

    /// Notes a slot whose vector has become known.
    pub(crate) fn place(&mut self, slot: usize, language: Option<Language>, vectors: &Vectors) {
        if let Some(length) = self.inverse_lengths.get(slot).map(|_| self.length(slot, language, vectors)) {
            self.inverse_lengths[slot] = inverse(length);
            self.hubness[slot] = self.measure_hubness(slot, language, vectors).unwrap_or(self.mean_hubness);
        }
    }

    /// Learns from all entries and a sample of queries, unit vectors with their languages.
    pub(crate) fn learn(
        vectors: &Vectors,
        entries: &[(bool, Option<Language>)],
        queries: &[(Option<Language>, Vec<f32>)],
    ) -> Self {
        let mut space = Self {
            entry_means: means(
                entries
                    .iter()
                    .enumerate()
                    .filter(|(slot, (alive, _))| *alive && vectors.known(*slot))
                    .map(|(slot, (_, language))| (statistics_key(*language), vectors.get(slot))),
            ),
            query_means: means(queries.iter().map(|(language, vector)| (statistics_key(*language), vector.clone()))),
            learnt_from: Some(
                entries.iter().enumerate().filter(|(slot, (alive, _))| *alive && vectors.known(*slot)).count(),
            ),
            ..Self::default()
        };
        if queries.len() >= FEWEST_QUERIES {
            let affordable = (MOST_COSINES / entries.len().max(1)).clamp(FEWEST_QUERIES, MOST_QUERIES);
            let sample: Vec<_> = queries.iter().take(affordable).collect();
            space.sample = sample.into_iter().map(|(language, vector)| space.centre(*language, vector)).collect();
        }
        space.inverse_lengths = entries
            .par_iter()
            .enumerate()
            .with_min_len(512)
            .map(|(slot, (_, language))| inverse(space.length(slot, *language, vectors)))
            .collect();
        let hubness: Vec<Option<f32>> = entries
            .par_iter()
            .enumerate()
            .with_min_len(512)
            .map(|(slot, (alive, language))| alive.then(|| space.measure_hubness(slot, *language, vectors)).flatten())
            .collect();
        let known: Vec<f32> = hubness.iter().filter_map(|h| *h).collect();
        #[expect(clippy::cast_precision_loss, reason = "a count of entries")]
        let mean = if known.is_empty() { 0.0 } else { known.iter().sum::<f32>() / known.len() as f32 };
        space.mean_hubness = mean;
        space.hubness = hubness.into_iter().map(|h| h.unwrap_or(mean)).collect();
        space
    }

    /// Whether the number of entries whose meaning is known has changed by more than a tenth since it was learnt.
    pub(crate) fn is_stale(&self, known: usize) -> bool {
        self.learnt_from.is_none_or(|before| known.abs_diff(before) * 10 > before)
    }

    /// A query's unit vector, centred by what is known of the queries in its language.
    pub(crate) fn centre(&self, language: Option<Language>, vector: &[f32]) -> Centred {
        let mut centred = vector.to_vec();
        if let Some(mean) = self.query_means.get(&statistics_key(language)) {
            centred.iter_mut().zip(mean).for_each(|(x, m)| *x -= m);
            centred = unit(centred);
        }
        let product = |mean: &Vec<f32>| centred.iter().zip(mean).map(|(x, m)| x * m).sum();
        let offsets = self.entry_means.iter().map(|(language, mean)| (*language, product(mean))).collect();
        let (scale, components) = quantise(&centred);
        Centred { scale, components, offsets }
    }

    /// The cosine of a query and a slot, −1 to 1; `None` where the slot's meaning is not known.
    pub(crate) fn cosine(
        &self,
        slot: usize,
        language: Option<Language>,
        query: &Centred,
        vectors: &Vectors,
    ) -> Option<f32> {
        let inverse = self.inverse_lengths[slot];
        if inverse == 0.0 {
            return None;
        }
        let product = vectors.product(slot, query.scale, &query.components)?;
        let offset = query.offsets.get(&language).copied().unwrap_or(0.0);
        Some((product - offset) * inverse)
    }

    /// How much nearer than usual a slot is to the queries nearest to it; 0 for the usual and the unknown.
    pub(crate) fn hubness(&self, slot: usize) -> f32 {
        self.hubness[slot] - self.mean_hubness
    }

    fn measure_hubness(&self, slot: usize, language: Option<Language>, vectors: &Vectors) -> Option<f32> {
        let language = statistics_key(language);
        let mut nearest: Vec<f32> =
            self.sample.iter().filter_map(|query| self.cosine(slot, language, query, vectors)).collect();
        if nearest.len() < NEIGHBOURS {
            return None;
        }
        nearest.select_nth_unstable_by(NEIGHBOURS - 1, |a, b| b.total_cmp(a));
        #[expect(clippy::cast_precision_loss, reason = "ten")]
        let count = NEIGHBOURS as f32;
        Some(nearest[..NEIGHBOURS].iter().sum::<f32>() / count)
    }

    /// The length of a slot's vector minus its language's mean.
    fn length(&self, slot: usize, language: Option<Language>, vectors: &Vectors) -> f32 {
        if !vectors.known(slot) {
            return 0.0;
        }
        let vector = vectors.get(slot);
        match self.entry_means.get(&statistics_key(language)) {
            Some(mean) => vector.iter().zip(mean).map(|(x, m)| (x - m) * (x - m)).sum::<f32>().sqrt(),
            None => vector.iter().map(|x| x * x).sum::<f32>().sqrt(),
        }
    }
}

fn inverse(length: f32) -> f32 {
    if length > 1e-6 { 1.0 / length } else { 0.0 }
}

/// The mean vector of each language, drawn towards the origin where there are few texts.
fn means(vectors: impl Iterator<Item = (Option<Language>, Vec<f32>)>) -> HashMap<Option<Language>, Vec<f32>> {
    let mut sums: HashMap<Option<Language>, (f32, Vec<f32>)> = HashMap::new();
    for (language, vector) in vectors {
        let (count, sum) = sums.entry(language).or_insert_with(|| (0.0, vec![0.0; vector.len()]));
        *count += 1.0;
        sum.iter_mut().zip(&vector).for_each(|(s, x)| *s += x);
    }
    sums.into_iter()
        .map(|(language, (count, sum))| (language, sum.into_iter().map(|s| s / (count + HALF_BELIEVED)).collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 64;

    /// A unit vector along one axis, drawn towards another by `pull`.
    fn towards(axis: usize, common: usize, pull: f32) -> Vec<f32> {
        let mut vector = vec![0.0; WIDTH];
        vector[axis] = 1.0;
        vector[common] += pull;
        unit(vector)
    }

    fn filled(rows: &[Vec<f32>]) -> Vectors {
        let mut vectors = Vectors::new(WIDTH);
        for (slot, row) in rows.iter().enumerate() {
            vectors.push_unknown();
            let (scale, components) = quantise(row);
            vectors.set(slot, scale, &components);
        }
        vectors
    }

    #[test]
    fn what_all_texts_of_a_language_have_in_common_does_not_make_them_alike() {
        // A thousand entries on 32 axes, all drawn towards axis 40.
        let rows: Vec<_> = (0..1_000).map(|i| towards(i % 32, 40, 1.0)).collect();
        let vectors = filled(&rows);
        let entries = vec![(true, Some(Language::Sv)); rows.len()];
        let space = Space::learn(&vectors, &entries, &[]);
        let query = space.centre(Some(Language::Sv), &towards(3, 40, 1.0));
        let near = space.cosine(3, Some(Language::Sv), &query, &vectors).unwrap();
        let far = space.cosine(4, Some(Language::Sv), &query, &vectors).unwrap();
        let plain: f32 = rows[3].iter().zip(&rows[4]).map(|(a, b)| a * b).sum();
        assert!(plain > 0.45, "{plain}");
        assert!(far < 0.1 && near > far + 0.5, "near {near}, far {far}");
    }

    #[test]
    fn an_entry_that_is_near_to_every_query_is_a_hub_and_one_placed_later_too() {
        let mut rows: Vec<_> = (0..31).map(|i| towards(i, i, 0.0)).collect();
        rows.push(towards(50, 50, 0.0));
        let mut vectors = filled(&rows);
        let mut entries = vec![(true, None); rows.len()];
        let queries: Vec<_> = (0..64).map(|i| (None, towards(i % 32, 50, 1.0))).collect();
        let mut space = Space::learn(&vectors, &entries, &queries);
        let hub = space.hubness(31);
        assert!((0..31).all(|slot| space.hubness(slot) < hub), "{hub}");
        assert!(hub > 0.0);
        vectors.push_unknown();
        space.push_unknown();
        entries.push((true, None));
        assert_eq!(space.hubness(32), 0.0, "what is not known is as usual");
        let (scale, components) = quantise(&rows[31]);
        vectors.set(32, scale, &components);
        space.place(32, None, &vectors);
        assert!((space.hubness(32) - hub).abs() < 1e-6);
    }

    #[test]
    fn a_space_is_stale_until_learnt_and_when_a_tenth_has_changed() {
        let rows: Vec<_> = (0..20).map(|i| towards(i, i, 0.0)).collect();
        assert!(Space::default().is_stale(0));
        let space = Space::learn(&filled(&rows), &[(true, None); 20], &[]);
        assert!(!space.is_stale(20) && !space.is_stale(22) && space.is_stale(23) && space.is_stale(17));
    }
}
