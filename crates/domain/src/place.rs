//! Places, delivery areas and dates of limited precision.

use serde::{Deserialize, Serialize};

use crate::codes::{Country, Region, text_code};
use crate::error::CodeError;

/// A country, and a region in it where known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// The region; its country is `country`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

impl Place {
    /// A place from what is known; a region brings its country along.
    pub fn new(country: Option<Country>, region: Option<Region>) -> Self {
        Self { country: country.or_else(|| region.as_ref().map(Region::country)), region }
    }
}

/// Where something can be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryArea {
    /// Anywhere.
    Anywhere,
    /// A whole country.
    Country(Country),
    /// One region.
    Region(Region),
}

impl DeliveryArea {
    /// Parses `*`, a country code or a region code.
    ///
    /// # Errors
    /// [`CodeError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        match text.trim() {
            "*" => Ok(Self::Anywhere),
            code if code.len() == 2 => Country::parse(code).map(Self::Country),
            code => Region::parse(code).map(Self::Region),
        }
    }

    /// The code as written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Anywhere => "*",
            Self::Country(country) => country.as_str(),
            Self::Region(region) => region.as_str(),
        }
    }

    /// Whether a place is served. A place known only by country is served where any part of it is.
    pub fn serves(&self, place: &Place) -> bool {
        match (self, place.country, &place.region) {
            (Self::Anywhere, ..) => true,
            (Self::Country(country), Some(there), _) => *country == there,
            (Self::Region(region), _, Some(there)) => region.covers(there) || there.covers(region),
            (Self::Region(region), Some(there), None) => region.country() == there,
            (_, None, _) => false,
        }
    }
}

text_code!(DeliveryArea);

/// A date known to the year, the month or the day: `2018`, `2018-05`, `2018-05-17`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartialDate(String);

impl PartialDate {
    /// Parses one of the three forms.
    ///
    /// # Errors
    /// [`CodeError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        let whole = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            _ => text.to_owned(),
        };
        let well_formed = whole.len() == 10 && whole.parse::<chrono::NaiveDate>().is_ok();
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(CodeError::new("date", text, "a year, month or day such as 2018, 2018-05 or 2018-05-17"))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_code!(PartialDate);
