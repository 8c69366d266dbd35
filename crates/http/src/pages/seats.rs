//! Where places lie in the drawings: tiles, roughly as the countries and regions do. The picture of demand and supply is
//! drawn on them, and so is the small map that shows where one need is.

use innocap_domain::{Place, Region};

/// Where a place's tile lies: its code, column and row.
pub(super) type Seat = (&'static str, i32, i32);

/// The countries of the Northern Periphery and Arctic and their neighbours, roughly as they lie.
pub(super) const COUNTRIES: &[Seat] = &[
    ("GL", 1, 0),
    ("CA", 0, 1),
    ("IS", 2, 1),
    ("NO", 4, 1),
    ("SE", 5, 1),
    ("FI", 6, 1),
    ("FO", 3, 2),
    ("DK", 4, 2),
    ("IE", 2, 3),
    ("GB", 3, 3),
];

/// Their northern and peripheral regions (NUTS 3, ISO 3166-2), roughly as they lie.
pub(super) const REGIONS: &[Seat] = &[
    ("NO0B2", 4, 0),
    ("GL", 0, 1),
    ("NO072", 5, 1),
    ("NO073", 6, 1),
    ("IS", 1, 2),
    ("NO071", 4, 2),
    ("SE332", 5, 2),
    ("FI1D7", 6, 2),
    ("CA-NL", 0, 3),
    ("FO", 2, 3),
    ("GB-ZET", 3, 3),
    ("NO060", 4, 3),
    ("SE331", 5, 3),
    ("FI1D9", 6, 3),
    ("FI1D8", 7, 3),
    ("GB-ORK", 2, 4),
    ("NO0A3", 4, 4),
    ("SE322", 5, 4),
    ("SE321", 6, 4),
    ("FI1D5", 7, 4),
    ("FI1DB", 8, 4),
    ("FI1DC", 9, 4),
    ("GB-ELS", 1, 5),
    ("GB-HLD", 2, 5),
    ("NO0A2", 4, 5),
    ("FI198", 7, 5),
    ("FI1DA", 8, 5),
    ("IE042", 0, 6),
    ("IE041", 1, 6),
    ("IE053", 0, 7),
    ("IE051", 1, 7),
];

/// The regions that have a tile of their own, without whole countries.
pub(super) fn regions() -> Vec<Region> {
    REGIONS.iter().filter_map(|(code, ..)| Region::parse(code).ok()).collect()
}

/// What a tile of the small map takes, in pixels.
const DOT: i32 = 16;

/// A small map on which a place is marked.
pub(super) struct Locator {
    pub width: i32,
    pub height: i32,
    /// Place and class of each tile.
    pub tiles: Vec<(i32, i32, &'static str)>,
}

/// The small map for a place: its region marked, or where only the country is known all of that. Nothing where the place
/// lies in none of the regions that have a tile.
pub(super) fn locator(place: &Place) -> Option<Locator> {
    let country = place.country?;
    let of_country = |code: &str| code == country.as_str() || Region::parse(code).is_ok_and(|r| r.country() == country);
    let here = |code: &str| match &place.region {
        Some(region) => Region::parse(code).is_ok_and(|tile| region.covers(&tile) || tile.covers(region)),
        None => false,
    };
    let tile = |(code, column, row): &Seat| {
        let class = match (here(code), of_country(code)) {
            (true, _) => "here",
            (false, true) if place.region.is_none() || *code == country.as_str() => "here",
            (false, true) => "near",
            (false, false) => "far",
        };
        (column * DOT, row * DOT, class)
    };
    let tiles: Vec<_> = REGIONS.iter().map(tile).collect();
    let most = |of: fn(&Seat) -> i32| REGIONS.iter().map(of).max().unwrap_or_default() + 1;
    let (width, height) = (most(|seat| seat.1) * DOT, most(|seat| seat.2) * DOT);
    tiles.iter().any(|(_, _, class)| *class == "here").then_some(Locator { width, height, tiles })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use innocap_domain::{Country, Labels, Language, Scheme};

    use super::*;

    fn marked(country: &str, region: Option<&str>) -> Option<usize> {
        let region = region.map(|code| Region::parse(code).unwrap());
        let map = locator(&Place::new(Some(Country::parse(country).unwrap()), region))?;
        Some(map.tiles.iter().filter(|(_, _, class)| *class == "here").count())
    }

    #[test]
    fn no_two_tiles_lie_on_one_another_and_every_one_is_a_place() {
        for seats in [COUNTRIES, REGIONS] {
            let taken: BTreeSet<_> = seats.iter().map(|(_, column, row)| (column, row)).collect();
            assert_eq!(taken.len(), seats.len());
            for (code, ..) in seats {
                let label = Labels::bundled().label(Scheme::Region, code, Language::En);
                assert!(label.is_some(), "{code} has no name");
            }
        }
    }

    #[test]
    fn a_place_is_marked_where_it_lies_and_nothing_is_drawn_of_one_that_lies_elsewhere() {
        assert_eq!(marked("SE", Some("SE332")), Some(1));
        assert_eq!(marked("SE", Some("SE33")), Some(2), "both regions of Upper Norrland");
        assert_eq!(marked("SE", None), Some(4), "all that is drawn of Sweden");
        assert_eq!(marked("IS", Some("IS002")), Some(1), "Iceland is one tile");
        assert_eq!(marked("SE", Some("SE110")), None, "Stockholm has no tile");
        assert_eq!(marked("DE", None), None);
    }
}
