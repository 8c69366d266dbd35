//! Organisations: public bodies, companies, higher education and research, associations.

use serde::{Deserialize, Serialize};

use crate::codes::{Country, Region};
use crate::limits;
use crate::number::OrganisationNumber;
use crate::place::Place;
use crate::reader::Reader;
use crate::record::{Content, Facet, RecordKind};
use crate::source::Source;

/// Implements `parse`, `as_str` and the text conversions of an enum whose variants are written as fixed words.
macro_rules! word_enum {
    ($(#[$doc:meta])* $name:ident, $kind:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// All values, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word it is written as.
            pub const fn as_str(&self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Parses the word.
            ///
            /// # Errors
            /// [`crate::CodeError`] with the words that are known.
            pub fn parse(text: &str) -> Result<Self, crate::error::CodeError> {
                match text { $($word => Ok(Self::$variant),)+
                    _ => Err(crate::error::CodeError::new($kind, text, concat!("one of", $(" ", $word),+))
                        .with_nearest(crate::codes::nearest(text, [$($word),+].into_iter(), 3))),
                }
            }
        }

        crate::codes::text_code!($name);
    };
}
pub(crate) use word_enum;

word_enum! {
    /// What kind of organisation it is.
    OrganisationKind, "kind of organisation" {
        /// Municipality, region, agency.
        PublicBody = "public-body",
        /// A company of any size.
        Company = "company",
        /// University, college or research institute.
        HigherEducation = "higher-education",
        /// Association, foundation, community.
        Association = "association",
    }
}

word_enum! {
    /// A company's size by Commission Recommendation 2003/361/EC.
    Size, "size" {
        /// Under 10 people.
        Micro = "micro",
        /// Under 50 people.
        Small = "small",
        /// Under 250 people.
        Medium = "medium",
        /// 250 people or more.
        Large = "large",
    }
}

word_enum! {
    /// Eurostat's degree of urbanisation (DEGURBA).
    Urbanisation, "degree of urbanisation" {
        /// Densely populated.
        Cities = "cities",
        /// Towns and suburbs.
        Towns = "towns",
        /// Thinly populated.
        Rural = "rural",
    }
}

/// A public body, a company, a university or an association.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// A company's size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// Country and region.
    #[serde(flatten)]
    pub place: Place,
    /// Its number in a register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<OrganisationNumber>,
    /// Inhabitants, of a public body with a territory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<i64>,
    /// Degree of urbanisation, of a public body with a territory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urbanisation: Option<Urbanisation>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Where it is turned to with questions: an address of a function, such as that of its registry, or of a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Where the record comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

impl Organisation {
    /// Reads an organisation's members.
    pub fn read(r: &mut Reader<'_>) -> Option<Self> {
        let name = r.required_text("name", limits::NAME);
        let kind = r.required_code("kind", OrganisationKind::parse);
        let size = r.code("size", Size::parse);
        let place = read_place(r);
        let number = r.object("number", OrganisationNumber::read).flatten();
        let population = r.integer("population", 0..=2_000_000_000);
        let urbanisation = r.code("urbanisation", Urbanisation::parse);
        let website = r.address("website");
        let contact = r.contact("contact");
        let source = r.object("source", Source::read);
        if size.is_some() && kind.is_some_and(|k| k != OrganisationKind::Company) {
            r.fault("size", "not_applicable", "only a company has a size");
        }
        let territorial = population.is_some() || urbanisation.is_some();
        if territorial && kind.is_some_and(|k| k != OrganisationKind::PublicBody) {
            let member = if population.is_some() { "population" } else { "urbanisation" };
            r.fault(member, "not_applicable", "only a public body has a population and a degree of urbanisation");
        }
        Some(Self { name, kind: kind?, size, place, number, population, urbanisation, website, contact, source })
    }

    /// The organisation as the public may see it: without a number that is a person's.
    #[must_use]
    pub fn without_personal_number(mut self) -> Self {
        self.number = self.number.filter(|number| !number.is_personal());
        self
    }
}

/// Reads `country` and `region`; the region must lie in the country.
pub(crate) fn read_place(r: &mut Reader<'_>) -> Place {
    let country = r.code("country", Country::parse);
    let region = r.code("region", Region::parse);
    if let (Some(country), Some(region)) = (country, &region)
        && region.country() != country
    {
        r.fault("region", "wrong_country", format!("{region} does not lie in {country}"));
    }
    Place::new(country, region)
}

impl Content for Organisation {
    const KIND: RecordKind = RecordKind::Organisation;

    fn read(r: &mut Reader<'_>) -> Option<Self> {
        Organisation::read(r)
    }

    fn facets(&self) -> Vec<Facet> {
        let mut facets = vec![Facet::new("kind", self.kind.as_str()), Facet::new("name", self.name.to_lowercase())];
        facets.extend(Facet::of_place(&self.place));
        if let Some(number) = &self.number {
            facets.push(Facet::new("number", format!("{}:{}", number.scheme, number.value)));
        }
        facets
    }

    fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }
}
