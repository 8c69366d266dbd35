//! Which codes of the Common Procurement Vocabulary a text asks for, from how well it answers to their labels one by one.
//!
//! A label alone says little: it is a few words, and a general code's are general words. But the codes form a tree. What
//! speaks for a code speaks for those above it, and buyers name a general code far more often than one of its many narrow
//! ones. So the value of a code is what its own label is worth, what the labels beneath it are worth together, and how
//! often a code as general as this one is named at all.

use std::collections::HashMap;
use std::sync::OnceLock;

use innocap_domain::CpvCode;

/// What the codes beneath weigh against the code's own label.
const BENEATH: f64 = 0.5;
/// What the likelihood of a code's level weighs, in values for each factor of e.
const LEVEL: f64 = 0.04;
/// The natural logarithm of how likely it is that a notice names one given code of a level, from the divisions (two digits
/// that say something) to the finest (eight). Shares of levels over the notices of the dev parts of the collections
/// doffin-cpv-en and ted-cpv-en, the mean of both, over the number of codes of that level.
const LIKELIHOOD: [f64; 7] = [-5.44, -7.39, -8.37, -9.40, -10.06, -10.44, -10.63];

/// How many codes the official list holds at or beneath each.
fn sizes() -> &'static HashMap<CpvCode, f64> {
    static SIZES: OnceLock<HashMap<CpvCode, f64>> = OnceLock::new();
    SIZES.get_or_init(|| {
        let mut sizes = HashMap::new();
        for code in CpvCode::all() {
            for above in line(code) {
                *sizes.entry(above).or_default() += 1.0;
            }
        }
        sizes
    })
}

/// A code and those above it.
fn line(code: CpvCode) -> impl Iterator<Item = CpvCode> {
    std::iter::successors(Some(code), CpvCode::parent)
}

/// Codes by how likely a text asks for them, best first, each with its value. `labels` are codes with how well the text
/// answers to their labels, 0 or more, in any order, each code once; those left out count as 0. The codes above them are
/// ranked as well.
///
/// The labels beneath a code are summed and divided by the square root of how many there are and one more: the mean would
/// drown one that fits in a hundred others, the sum would make the largest branch win.
pub fn rank_codes(labels: &[(CpvCode, f64)]) -> Vec<(CpvCode, f64)> {
    let mut beneath: HashMap<CpvCode, f64> = HashMap::new();
    let mut own: HashMap<CpvCode, f64> = HashMap::new();
    for &(code, value) in labels {
        let value = value.max(0.0);
        own.insert(code, value);
        for above in line(code) {
            *beneath.entry(above).or_default() += value;
        }
    }
    let value = |(code, beneath): (CpvCode, f64)| {
        let size = sizes().get(&code).copied().unwrap_or(1.0);
        let level = LIKELIHOOD[code.depth().clamp(2, 8) - 2];
        let own = own.get(&code).copied().unwrap_or(0.0);
        (code, own + BENEATH * beneath / (size + 1.0).sqrt() + LEVEL * level)
    };
    let mut ranked: Vec<_> = beneath.into_iter().map(value).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(labels: &[(&str, f64)]) -> Vec<String> {
        let labels: Vec<_> = labels.iter().map(|(code, value)| (CpvCode::parse(code).unwrap(), *value)).collect();
        rank_codes(&labels).iter().map(|(code, _)| code.to_string()).collect()
    }

    #[test]
    fn what_speaks_for_several_codes_of_a_class_speaks_for_the_class() {
        // The care of the elderly, of the disabled and of children stand beneath care in homes.
        let kin = [("85311000", 0.3), ("85311100", 0.4), ("85311200", 0.4), ("85311300", 0.4), ("90620000", 0.4)];
        let order = ranked(&kin);
        assert_eq!(order[0], "85311000");
        assert_eq!(ranked(&kin[..2])[0], "85311100", "one of them speaks for itself");
        assert!(order.contains(&"85000000".to_owned()), "{order:?}");
    }

    #[test]
    fn a_code_whose_own_label_fits_far_better_than_its_kin_comes_first() {
        assert_eq!(ranked(&[("85311100", 0.9), ("85311200", 0.1)])[0], "85311100");
        assert_eq!(ranked(&[("85312000", 0.5)])[0], "85312000");
    }

    #[test]
    fn the_order_does_not_hang_on_that_of_the_labels_and_nothing_comes_of_nothing() {
        let labels = [("85311100", 0.4), ("85311200", 0.2), ("48000000", 0.4)];
        let mut turned = labels;
        turned.reverse();
        assert_eq!(ranked(&labels), ranked(&turned));
        assert!(rank_codes(&[]).is_empty());
    }
}
