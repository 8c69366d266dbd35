//! Variety in a list of suggestions: near-duplicates shown once, and companies beside higher education.

use innocap_domain::OrganisationKind;

/// From this share of common wording two listings are shown as one: the same product from two sources, the phases of one
/// project, one programme's branches. Read off the pairs of the catalogue, see `docs/ranking.md`.
pub const NEAR_DUPLICATE: f64 = 0.5;

/// The places of a list in which both companies and higher education are to be seen.
const FIRST: usize = 5;

/// One place of a list after near-duplicates were collapsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Which candidate stands there.
    pub place: usize,
    /// The candidates behind it that say nearly the same, best first.
    pub alike: Vec<usize>,
    /// Whether it stands before better ones, so that both sorts of provider are seen.
    pub lifted: bool,
}

/// Collapses candidates `0..candidates`, best first: each that resembles one that is kept stands behind it. At most
/// `limit` are kept; those after them are looked at for the others' sake only.
pub fn collapse(candidates: usize, limit: usize, resemblance: impl Fn(usize, usize) -> f64) -> Vec<Kept> {
    let mut kept: Vec<Kept> = Vec::new();
    for place in 0..candidates {
        match kept.iter().position(|other| resemblance(other.place, place) >= NEAR_DUPLICATE) {
            Some(other) => kept[other].alike.push(place),
            None if kept.len() < limit => kept.push(Kept { place, alike: Vec::new(), lifted: false }),
            None => {}
        }
    }
    kept
}

/// Lifts the best company, or the best of higher education, into the first five where all of these are of the other
/// sort or of neither, provided that it is relevant itself: its score is at least `relevant`. `kept` holds more than
/// the first five; nothing else changes its order, and nothing is dropped.
pub fn mix(
    kept: &mut Vec<Kept>,
    limit: usize,
    relevant: f64,
    candidate: impl Fn(usize) -> (f64, Option<OrganisationKind>),
) {
    let first = FIRST.min(limit);
    for kind in [OrganisationKind::Company, OrganisationKind::HigherEducation] {
        let is = |kept: &Kept| candidate(kept.place).1 == Some(kind);
        if kept.len() <= first || first < 2 || kept[..first].iter().any(is) {
            continue;
        }
        let Some(from) = kept[first..].iter().position(is).map(|after| first + after) else { continue };
        if candidate(kept[from].place).0 < relevant {
            continue;
        }
        let second = kept[first - 1].lifted;
        if second && first < 3 {
            continue; // The best is never displaced.
        }
        let mut lifted = kept.remove(from);
        lifted.lifted = true;
        if second {
            kept.swap(first - 2, first - 1);
        }
        kept.insert(first - 1, lifted);
        if second && kept[first - 1].place < kept[first - 2].place {
            kept.swap(first - 2, first - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrganisationKind::{Company, HigherEducation, PublicBody};

    fn kept(n: usize) -> Vec<Kept> {
        collapse(n, n, |_, _| 0.0)
    }

    fn places(kept: &[Kept]) -> Vec<usize> {
        kept.iter().map(|k| k.place).collect()
    }

    #[test]
    fn what_says_nearly_the_same_stands_behind_the_best_of_its_kind() {
        let text = ["a", "b", "a", "c", "b", "a", "d"];
        let found = collapse(7, 3, |i, j| if text[i] == text[j] { 0.9 } else { 0.3 });
        assert_eq!(places(&found), [0, 1, 3]);
        assert_eq!(found.iter().map(|k| k.alike.clone()).collect::<Vec<_>>(), [vec![2, 5], vec![4], vec![]]);
    }

    #[test]
    fn a_relevant_university_is_lifted_among_companies_and_only_then() {
        let kinds = [Company, Company, Company, Company, Company, Company, HigherEducation, PublicBody];
        let candidate =
            |relevance: f64| move |place: usize| (if place == 6 { relevance } else { 0.9 }, Some(kinds[place]));
        let mut list = kept(8);
        mix(&mut list, 10, 0.5, candidate(0.5));
        assert_eq!(places(&list), [0, 1, 2, 3, 6, 4, 5, 7]);
        assert_eq!(list.iter().filter(|k| k.lifted).count(), 1);
        let mut list = kept(8);
        mix(&mut list, 10, 0.5, candidate(0.49));
        assert_eq!(places(&list), [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn both_sorts_are_lifted_among_others_and_the_best_stays_first() {
        let kinds = [PublicBody, PublicBody, PublicBody, PublicBody, PublicBody, HigherEducation, Company];
        let mut list = kept(7);
        mix(&mut list, 10, 0.5, |place| (0.6, Some(kinds[place])));
        assert_eq!(places(&list), [0, 1, 2, 5, 6, 3, 4]);
        let mut short = kept(7);
        mix(&mut short, 2, 0.5, |place| (0.6, Some(kinds[place])));
        assert_eq!(places(&short)[0], 0);
        let mut one = kept(7);
        mix(&mut one, 1, 0.5, |place| (0.6, Some(kinds[place])));
        assert_eq!(places(&one), [0, 1, 2, 3, 4, 5, 6]);
    }
}
