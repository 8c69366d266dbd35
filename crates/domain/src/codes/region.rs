//! Where: NUTS regions (Regulation (EC) No 1059/2003) and, where a country has none, ISO 3166-2.

use std::sync::OnceLock;

use super::{Country, nearest, text_code};
use crate::error::CodeError;

/// A region: a NUTS code of any level below the country, or an ISO 3166-2 subdivision.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region {
    code: String,
    country: Country,
}

fn nuts() -> &'static [&'static str] {
    static LIST: OnceLock<Vec<&'static str>> = OnceLock::new();
    LIST.get_or_init(|| include_str!("../../data/nuts-codes.txt").lines().collect())
}

/// NUTS writes Greece as EL and wrote the United Kingdom as UK; ISO 3166-1 has GR and GB.
fn country_of_nuts(prefix: &str) -> Option<Country> {
    Country::parse(match prefix {
        "EL" => "GR",
        "UK" => "GB",
        other => other,
    })
    .ok()
}

impl Region {
    /// Parses a NUTS code (`SE332`, `NO07`) or an ISO 3166-2 code (`GB-SCT`, `CA-NL`) in any case.
    ///
    /// # Errors
    /// [`CodeError`] for another shape or an unknown NUTS code, with the nearest valid ones.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let code = text.trim().to_uppercase();
        let error = || {
            CodeError::new("region", text, "a NUTS code such as SE332 or an ISO 3166-2 code such as GB-SCT")
                .with_nearest(nearest(&code, nuts().iter().copied(), 3))
        };
        if let Some((country, subdivision)) = code.split_once('-') {
            let country = Country::parse(country).map_err(|_| error())?;
            let shape = (1..=3).contains(&subdivision.len()) && subdivision.bytes().all(|b| b.is_ascii_alphanumeric());
            return if shape { Ok(Self { code, country }) } else { Err(error()) };
        }
        if code.len() < 3 || nuts().binary_search(&code.as_str()).is_err() {
            return Err(error());
        }
        let country = country_of_nuts(&code[..2]).ok_or_else(error)?;
        Ok(Self { code, country })
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.code
    }

    /// The country it lies in.
    pub fn country(&self) -> Country {
        self.country
    }

    /// Whether `other` is this region or lies within it (NUTS nests by prefix, ISO 3166-2 does not nest).
    pub fn covers(&self, other: &Self) -> bool {
        if self.code.contains('-') { self == other } else { other.code.starts_with(&self.code) }
    }

    /// Whether two regions are the same or neighbours in the tree: they share the NUTS level-2 region.
    pub fn near(&self, other: &Self) -> bool {
        self == other
            || (!self.code.contains('-')
                && self.code.len() >= 4
                && other.code.len() >= 4
                && self.code[..4] == other.code[..4])
    }

    /// All NUTS codes that are known, countries included.
    pub fn nuts_codes() -> impl Iterator<Item = &'static str> {
        nuts().iter().copied()
    }
}

text_code!(Region);
