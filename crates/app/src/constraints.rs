//! What a need rules out, and how many solutions each of its constraints removed.

use std::sync::atomic::{AtomicU64, Ordering};

use innocap_ranking::{Need, Offer};
use serde::Serialize;

/// A constraint and how many solutions it removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// `kinds`, `trl_at_least`, `languages`, `works_offline`, `bandwidth_at_most_kbit` or `delivered_here`.
    pub constraint: &'static str,
    /// Solutions that do not meet it.
    pub solutions: u64,
}

/// What a solution must not be known to violate; what is unknown passes and is said in the objections.
pub(crate) struct Constraints<'a> {
    need: &'a Need,
    delivered_here: bool,
    counts: [AtomicU64; 6],
}

impl<'a> Constraints<'a> {
    const NAMES: [&'static str; 6] =
        ["kinds", "trl_at_least", "languages", "works_offline", "bandwidth_at_most_kbit", "delivered_here"];

    pub(crate) fn new(need: &'a Need, delivered_here: bool) -> Self {
        Self { need, delivered_here, counts: Default::default() }
    }

    /// Whether there is a constraint at all.
    pub(crate) fn any(&self) -> bool {
        let wants = &self.need.wants;
        !wants.kinds.is_empty()
            || wants.trl_at_least.is_some()
            || !wants.languages.is_empty()
            || wants.works_offline
            || wants.bandwidth_at_most_kbit.is_some()
            || self.delivered_here
    }

    pub(crate) fn pass(&self, offer: &Offer) -> bool {
        let wants = &self.need.wants;
        let offline = offer.requirements.works_offline;
        let violated = [
            !wants.kinds.is_empty() && !wants.kinds.contains(&offer.kind),
            matches!((wants.trl_at_least, offer.trl), (Some(asked), Some(trl)) if trl < asked),
            !wants.languages.is_empty()
                && !offer.languages.is_empty()
                && !offer.languages.iter().any(|l| wants.languages.contains(l)),
            wants.works_offline && offline == Some(false),
            offline != Some(true)
                && matches!((wants.bandwidth_at_most_kbit, offer.requirements.least_bandwidth_kbit),
                    (Some(there_is), Some(least)) if least > there_is),
            self.delivered_here && self.need.country.is_some() && !offer.delivery.is_empty() && {
                let here = self.need.place();
                !offer.delivery.iter().any(|area| area.serves(&here))
            },
        ];
        for (count, violated) in self.counts.iter().zip(violated) {
            if violated {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
        !violated.contains(&true)
    }

    pub(crate) fn removed(&self) -> Vec<Removed> {
        let mut removed: Vec<_> = Self::NAMES
            .into_iter()
            .zip(&self.counts)
            .map(|(constraint, count)| Removed { constraint, solutions: count.load(Ordering::Relaxed) })
            .filter(|removed| removed.solutions > 0)
            .collect();
        removed.sort_by_key(|removed| std::cmp::Reverse(removed.solutions));
        removed
    }
}
