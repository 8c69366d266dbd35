//! The picture of demand and supply: open needs and published solutions, counted by public function and place. Each
//! number is what the list with that filter finds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use innocap_domain::{Challenge, RecordKind, Region, Solution};
use innocap_registry::{FacetMatch, Filter};

use crate::Innocap;
use crate::error::AppError;
use crate::lists::{ANYWHERE, delivered_in, everyones};

/// A count that takes longer than this is kept for a while whatever changes, or while a catalogue is imported every
/// reader would wait for a count of their own. With 50,000 solutions it took 1.3 s on two cores.
const SLOW: Duration = Duration::from_secs(1);
/// How long that is.
const KEPT: Duration = Duration::from_secs(60);

/// The last picture, and until when it holds.
#[derive(Default)]
pub(crate) struct LastPicture {
    picture: Option<Arc<Picture>>,
    /// The change up to which it counts.
    change: i64,
    /// Until when it is shown even after a change.
    until: Option<Instant>,
}

/// Demand beside supply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pair {
    /// Open needs.
    pub needs: i64,
    /// Solutions that are delivered there.
    pub solutions: i64,
}

impl Pair {
    /// Whether there are needs and nothing is delivered.
    pub fn is_gap(self) -> bool {
        self.needs > 0 && self.solutions == 0
    }
}

/// Open needs and solutions by public function and place, as everyone sees them.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// All of them.
    pub total: Pair,
    /// By public function, whatever the place; only those with needs or solutions.
    pub functions: BTreeMap<String, Pair>,
    /// By country: needs there, solutions delivered there.
    countries: BTreeMap<String, Pair>,
    /// Solutions delivered anywhere: all, and by public function.
    anywhere: i64,
    functions_anywhere: BTreeMap<String, i64>,
    /// By public function and country, without what is delivered anywhere.
    cells: BTreeMap<(String, String), Pair>,
    /// Needs by region, as it is written in them.
    regions: BTreeMap<String, i64>,
    /// Solutions delivered in the regions that were asked for.
    supply: BTreeMap<String, i64>,
}

impl Picture {
    /// The countries with needs.
    pub fn countries_in_need(&self) -> impl Iterator<Item = &str> {
        self.countries.iter().filter(|(_, pair)| pair.needs > 0).map(|(code, _)| code.as_str())
    }

    /// A country's needs, and what is delivered there.
    pub fn country(&self, country: &str) -> Pair {
        let pair = self.countries.get(country).copied().unwrap_or_default();
        Pair { solutions: pair.solutions + self.anywhere, ..pair }
    }

    /// Needs of a public function in a country, and solutions of that function that are delivered there.
    pub fn cell(&self, function: &str, country: &str) -> Pair {
        let pair = self.cells.get(&(function.to_owned(), country.to_owned())).copied().unwrap_or_default();
        let anywhere = self.functions_anywhere.get(function).copied().unwrap_or_default();
        Pair { solutions: pair.solutions + anywhere, ..pair }
    }

    fn needs_in_region(&self, region: &str) -> i64 {
        let within = self.regions.range(region.to_owned()..).take_while(|(code, _)| code.starts_with(region));
        within.map(|(_, needs)| needs).sum()
    }

    /// Needs in a region and all within it, and solutions delivered there.
    pub fn region(&self, region: &str) -> Pair {
        let solutions = self.supply.get(region).copied().unwrap_or_default();
        Pair { needs: self.needs_in_region(region), solutions }
    }

    /// Where there are needs and nothing is delivered: public function, country, how many needs; the most first.
    pub fn gaps(&self) -> Vec<(&str, &str, i64)> {
        let keys: BTreeSet<_> = self.cells.keys().collect();
        let all = keys.into_iter().map(|(function, country)| (function, country, self.cell(function, country)));
        let mut gaps: Vec<_> = all
            .filter(|(_, _, pair)| pair.is_gap())
            .map(|(function, country, pair)| (function.as_str(), country.as_str(), pair.needs))
            .collect();
        gaps.sort_by_key(|(_, _, needs)| std::cmp::Reverse(*needs));
        gaps
    }
}

impl Innocap {
    /// Demand and supply as they are now. Counted again after a change only: every write of a record, suspensions
    /// included, stands in the feed of changes. Where counting is slow, it may be a minute old. What is delivered in
    /// `regions` is counted for each of them; they are the same at every call.
    ///
    /// # Errors
    /// Where the registry fails.
    pub async fn picture(&self, regions: &[Region]) -> Result<Arc<Picture>, AppError> {
        // Held while counting, so that many who ask at once wait for one count.
        let mut last = self.last_picture().lock().await;
        let change = self.registry().last_change().await?;
        let started = Instant::now();
        if let Some(picture) = &last.picture
            && (last.change == change || last.until.is_some_and(|until| started < until))
        {
            return Ok(Arc::clone(picture));
        }
        let picture = Arc::new(self.count_picture(regions).await?);
        let until = (started.elapsed() > SLOW).then(|| Instant::now() + KEPT);
        *last = LastPicture { picture: Some(Arc::clone(&picture)), change, until };
        Ok(picture)
    }

    async fn count_picture(&self, regions: &[Region]) -> Result<Picture, AppError> {
        let registry = self.registry();
        let mut picture = Picture::default();
        let needs = everyones(RecordKind::Challenge);
        picture.total.needs = registry.count::<Challenge>(&needs).await?;
        for (code, count) in registry.count_by::<Challenge>(&needs, "function").await? {
            picture.functions.entry(code).or_default().needs = count;
        }
        for (code, count) in registry.count_by::<Challenge>(&needs, "country").await? {
            picture.countries.entry(code).or_default().needs = count;
        }
        for (codes, count) in registry.count_by_both::<Challenge>(&needs, "function", "country").await? {
            picture.cells.entry(codes).or_default().needs = count;
        }
        picture.regions = registry.count_by::<Challenge>(&needs, "region").await?.into_iter().collect();
        let solutions = everyones(RecordKind::Solution);
        picture.total.solutions = registry.count::<Solution>(&solutions).await?;
        for (code, count) in registry.count_by::<Solution>(&solutions, "function").await? {
            picture.functions.entry(code).or_default().solutions = count;
        }
        // Who delivers anywhere and names countries too is counted once.
        let anywhere = with(&solutions, FacetMatch::Any(vec![ANYWHERE.to_owned()]));
        let somewhere = with(&solutions, FacetMatch::Without(vec![ANYWHERE.to_owned()]));
        picture.anywhere = registry.count::<Solution>(&anywhere).await?;
        picture.functions_anywhere = registry.count_by::<Solution>(&anywhere, "function").await?.into_iter().collect();
        for (code, count) in registry.count_by::<Solution>(&somewhere, "delivery").await? {
            picture.countries.entry(code).or_default().solutions = count;
        }
        for (codes, count) in registry.count_by_both::<Solution>(&somewhere, "function", "delivery").await? {
            picture.cells.entry(codes).or_default().solutions = count;
        }
        for region in regions {
            let delivered = Filter { facets: vec![("area".to_owned(), delivered_in(region))], ..solutions.clone() };
            picture.supply.insert(region.to_string(), registry.count::<Solution>(&delivered).await?);
        }
        Ok(picture)
    }
}

fn with(filter: &Filter, delivery: FacetMatch) -> Filter {
    Filter { facets: vec![("delivery".to_owned(), delivery)], ..filter.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_delivered_anywhere_is_delivered_in_every_country_and_a_gap_is_where_nothing_is() {
        let cell = |function: &str, country: &str, needs, solutions| {
            ((function.to_owned(), country.to_owned()), Pair { needs, solutions })
        };
        let picture = Picture {
            anywhere: 2,
            functions_anywhere: [("health".to_owned(), 2)].into(),
            cells: [cell("health", "NO", 1, 0), cell("water", "NO", 1, 0), cell("water", "FI", 3, 0)].into(),
            regions: [("NO07".to_owned(), 1), ("NO071".to_owned(), 2), ("NO08".to_owned(), 4)].into(),
            ..Picture::default()
        };
        assert_eq!(picture.cell("health", "NO"), Pair { needs: 1, solutions: 2 });
        assert_eq!(picture.country("IS"), Pair { needs: 0, solutions: 2 });
        assert_eq!(picture.gaps(), [("water", "FI", 3), ("water", "NO", 1)]);
        assert_eq!((picture.needs_in_region("NO07"), picture.needs_in_region("NO")), (3, 7));
    }
}
