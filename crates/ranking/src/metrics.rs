//! Relevance metrics over ranked lists: nDCG, MRR, average precision, recall, and a bootstrap interval.

use std::collections::HashMap;

/// Graded relevance by document; absent means not relevant.
pub type Judgements = HashMap<String, f64>;

/// nDCG at `k` (Järvelin and Kekäläinen 2002) with linear gain and log2 discount, as trec_eval computes it.
pub fn ndcg(ranked: &[&str], judged: &Judgements, k: usize) -> f64 {
    let gain = |place: usize, grade: f64| grade / f64::from(u32::try_from(place + 2).unwrap_or(u32::MAX)).log2();
    let found: f64 = ranked
        .iter()
        .take(k)
        .enumerate()
        .map(|(place, id)| gain(place, judged.get(*id).copied().unwrap_or(0.0).max(0.0)))
        // Not `sum`, which gives −0 for an empty list.
        .fold(0.0, |sum, gain| sum + gain);
    let mut ideal: Vec<f64> = judged.values().copied().filter(|grade| *grade > 0.0).collect();
    ideal.sort_by(|a, b| b.total_cmp(a));
    let best: f64 = ideal.iter().take(k).enumerate().map(|(place, grade)| gain(place, *grade)).sum();
    if best > 0.0 { found / best } else { 0.0 }
}

/// Reciprocal rank of the first relevant document among the first `k`.
pub fn reciprocal_rank(ranked: &[&str], judged: &Judgements, k: usize) -> f64 {
    let first = ranked.iter().take(k).position(|id| judged.get(*id).is_some_and(|grade| *grade > 0.0));
    first.map_or(0.0, |place| 1.0 / count(place + 1))
}

/// Average precision over the whole list.
pub fn average_precision(ranked: &[&str], judged: &Judgements) -> f64 {
    let relevant = judged.values().filter(|grade| **grade > 0.0).count();
    if relevant == 0 {
        return 0.0;
    }
    let mut found = 0;
    let mut sum = 0.0;
    for (place, id) in ranked.iter().enumerate() {
        if judged.get(*id).is_some_and(|grade| *grade > 0.0) {
            found += 1;
            sum += count(found) / count(place + 1);
        }
    }
    sum / count(relevant)
}

/// Share of the relevant documents among the first `k`.
pub fn recall(ranked: &[&str], judged: &Judgements, k: usize) -> f64 {
    let relevant = judged.values().filter(|grade| **grade > 0.0).count();
    if relevant == 0 {
        return 0.0;
    }
    let found = ranked.iter().take(k).filter(|id| judged.get(**id).is_some_and(|grade| *grade > 0.0)).count();
    count(found) / count(relevant)
}

/// The mean of some values, 0 for none.
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / count(values.len()) }
}

/// The 95 % percentile bootstrap interval of the mean (Efron 1979) from 2,000 resamples with a fixed seed, so that
/// the same values always give the same interval.
pub fn bootstrap_interval(values: &[f64]) -> (f64, f64) {
    const RESAMPLES: usize = 2_000;
    if values.is_empty() {
        return (0.0, 0.0);
    }
    let mut next = random();
    let length = values.len() as u64;
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let sum: f64 = (0..values.len())
                .map(|_| values[usize::try_from(next() % length).expect("an index into the values")])
                .sum();
            sum / count(values.len())
        })
        .collect();
    means.sort_by(f64::total_cmp);
    (means[RESAMPLES / 40], means[RESAMPLES - 1 - RESAMPLES / 40])
}

/// The two-sided p-value of a paired randomisation test (Fisher 1935; Smucker, Allan and Carterette 2007): how often
/// the mean difference of the pairs is at least as large when each pair's sign is thrown, out of 10,000 throws with a
/// fixed seed. 1 where there is no pair.
pub fn randomisation_test(first: &[f64], second: &[f64]) -> f64 {
    const THROWS: usize = 10_000;
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    let observed = differences.iter().sum::<f64>().abs();
    let mut next = random();
    let mut as_large = 0;
    for _ in 0..THROWS {
        let mut signs = 0;
        let mut sum = 0.0;
        for (place, difference) in differences.iter().enumerate() {
            if place % 64 == 0 {
                signs = next();
            }
            sum += if signs & 1 == 1 { *difference } else { -difference };
            signs >>= 1;
        }
        // A hair's breadth for sums in another order.
        as_large += usize::from(sum.abs() >= observed - 1e-9);
    }
    count(as_large + 1) / count(THROWS + 1)
}

/// `SplitMix64` (Steele, Lea and Flood 2014) from a fixed seed: small, and plenty for resampling.
fn random() -> impl FnMut() -> u64 {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of documents are far below 2^52")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(pairs: &[(&str, f64)]) -> Judgements {
        pairs.iter().map(|(id, grade)| ((*id).to_owned(), *grade)).collect()
    }

    #[test]
    fn an_empty_list_has_no_gain_and_no_sign() {
        let judged = Judgements::from([("a".to_owned(), 1.0)]);
        assert!(ndcg(&[], &judged, 10).is_sign_positive());
    }

    #[test]
    fn a_perfect_list_has_ndcg_one_and_a_hand_computed_one_matches() {
        let judged = judged(&[("a", 3.0), ("b", 1.0)]);
        assert!((ndcg(&["a", "b", "c"], &judged, 10) - 1.0).abs() < 1e-12);
        let expected = (1.0 / 2f64.log2() + 3.0 / 3f64.log2()) / (3.0 / 2f64.log2() + 1.0 / 3f64.log2());
        assert!((ndcg(&["b", "a"], &judged, 10) - expected).abs() < 1e-12);
    }

    #[test]
    fn reciprocal_rank_average_precision_and_recall_match_the_textbook() {
        let judged = judged(&[("a", 1.0), ("b", 1.0), ("z", 1.0)]);
        let ranked = ["x", "a", "y", "b"];
        assert!((reciprocal_rank(&ranked, &judged, 10) - 0.5).abs() < 1e-12);
        assert!((average_precision(&ranked, &judged) - (0.5 + 0.5) / 3.0).abs() < 1e-12);
        assert!((recall(&ranked, &judged, 2) - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_randomisation_test_tells_a_steady_gain_from_noise() {
        let base: Vec<f64> = (0..60).map(|i| f64::from(i % 7) / 7.0).collect();
        let better: Vec<f64> = base.iter().map(|v| v + 0.05).collect();
        let noise: Vec<f64> = base.iter().enumerate().map(|(i, v)| v + if i % 2 == 0 { 0.05 } else { -0.05 }).collect();
        assert!(randomisation_test(&better, &base) < 0.001);
        assert!(randomisation_test(&noise, &base) > 0.5);
        assert!(randomisation_test(&base, &base) > 0.999);
        assert!(randomisation_test(&[], &[]) > 0.999);
    }

    #[test]
    fn the_interval_holds_the_mean_and_is_the_same_every_time() {
        let values: Vec<f64> = (0..100).map(|i| f64::from(i % 7) / 6.0).collect();
        let (low, high) = bootstrap_interval(&values);
        assert!(low < mean(&values) && mean(&values) < high);
        assert_eq!((low, high), bootstrap_interval(&values));
    }
}
