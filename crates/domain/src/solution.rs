//! Solutions: what organisations offer, and who runs it already.

use serde::{Deserialize, Serialize};

use crate::challenge::read_trl;
use crate::codes::{CpvCode, Licence, PublicFunction, Trl};
use crate::ids::OrganisationId;
use crate::language::LanguageTag;
use crate::limits;
use crate::organisation::{Urbanisation, read_place, word_enum};
use crate::place::{DeliveryArea, PartialDate, Place};
use crate::reader::Reader;
use crate::record::{Content, Facet, RecordKind};
use crate::source::Source;
use crate::text::Texts;

word_enum! {
    /// What kind of thing is offered.
    SolutionKind, "kind of solution" {
        /// Something that is sold.
        Product = "product",
        /// Something that is done.
        Service = "service",
        /// Software under an open licence.
        OpenSourceSoftware = "open-source-software",
        /// What research has found or made.
        ResearchResult = "research-result",
        /// People who know.
        Expertise = "expertise",
        /// A place to try things.
        TestBed = "test-bed",
    }
}

/// What a solution needs where it is used; an absent field means unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirements {
    /// Whether it works without a connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub works_offline: Option<bool>,
    /// The least bandwidth it works with, in kbit/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_bandwidth_kbit: Option<i64>,
    /// Whether it can be set up from afar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_setup: Option<bool>,
    /// Whether it is supported from afar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_support: Option<bool>,
    /// Whether it needs staff on site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff_on_site: Option<bool>,
}

impl Requirements {
    /// Reads the members of `requirements`.
    pub fn read(r: &mut Reader<'_>) -> Self {
        Self {
            works_offline: r.boolean("works_offline"),
            least_bandwidth_kbit: r.integer("least_bandwidth_kbit", 0..=1_000_000_000),
            remote_setup: r.boolean("remote_setup"),
            remote_support: r.boolean("remote_support"),
            staff_on_site: r.boolean("staff_on_site"),
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Someone who runs a solution already: the strongest evidence there is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// Who runs it, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// Inhabitants of the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<i64>,
    /// Degree of urbanisation of the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urbanisation: Option<Urbanisation>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<PartialDate>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

impl Deployment {
    /// Reads one deployment; it must name an organisation or a place.
    pub fn read(r: &mut Reader<'_>) -> Self {
        let deployment = Self {
            organisation: r.text("organisation", limits::NAME),
            place: read_place(r),
            population: r.integer("population", 0..=2_000_000_000),
            urbanisation: r.code("urbanisation", Urbanisation::parse),
            since: r.code("since", PartialDate::parse),
            outcome: r.text("outcome", limits::NOTE),
        };
        if deployment.organisation.is_none() && deployment.place.country.is_none() {
            r.fault("", "required", "a deployment names an organisation or a place");
        }
        deployment
    }
}

/// What an organisation offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solution {
    /// Who offers it.
    pub organisation: OrganisationId,
    /// What kind of thing it is.
    pub kind: SolutionKind,
    /// What it is, in one or more languages.
    pub texts: Texts,
    /// How ripe it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trl: Option<Trl>,
    /// What would be bought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cpv: Vec<CpvCode>,
    /// Which public functions it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<PublicFunction>,
    /// Where it can be delivered; empty means unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delivery: Vec<DeliveryArea>,
    /// The languages that it, or those behind it, speak.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<LanguageTag>,
    /// What it needs where it is used.
    #[serde(default, skip_serializing_if = "Requirements::is_empty")]
    pub requirements: Requirements,
    /// Its licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Licence>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Who runs it already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deployments: Vec<Deployment>,
    /// Where the record comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Where else it is listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_sources: Vec<Source>,
}

impl Solution {
    /// What two writings of the name of one who runs something share: its words in lower case.
    pub fn runner_key(name: &str) -> String {
        name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
    }
}

impl Content for Solution {
    const KIND: RecordKind = RecordKind::Solution;

    fn read(r: &mut Reader<'_>) -> Option<Self> {
        let organisation = r.required_code("organisation", |text| text.parse::<OrganisationId>());
        let kind = r.required_code("kind", SolutionKind::parse);
        let texts = Texts::read(r);
        let trl = read_trl(r, "trl");
        let cpv = r.codes("cpv", limits::CPV_CODES, CpvCode::parse);
        let functions = r.codes("functions", limits::FUNCTIONS, PublicFunction::parse);
        let delivery = r.codes("delivery", limits::DELIVERY, DeliveryArea::parse);
        let languages = r.codes("languages", limits::LANGUAGES, LanguageTag::parse);
        let requirements = r.object("requirements", Requirements::read).unwrap_or_default();
        let licence = r.code("licence", Licence::parse);
        let link = r.address("link");
        let deployments = r.objects("deployments", limits::DEPLOYMENTS, Deployment::read);
        let source = r.object("source", Source::read);
        let other_sources = r.objects("other_sources", limits::SOURCES, Source::read);
        Some(Self {
            organisation: organisation?,
            kind: kind?,
            texts: texts?,
            trl,
            cpv,
            functions,
            delivery,
            languages,
            requirements,
            licence,
            link,
            deployments,
            source,
            other_sources,
        })
    }

    fn facets(&self) -> Vec<Facet> {
        let mut facets = vec![Facet::new("kind", self.kind.as_str())];
        facets.extend(self.cpv.iter().map(|c| Facet::new("cpv", c.as_str())));
        facets.extend(self.functions.iter().map(|f| Facet::new("function", f.as_str())));
        facets.extend(self.texts.versions().iter().map(|t| Facet::new("language", t.language.as_str())));
        for area in &self.delivery {
            facets.push(Facet::new("area", area.as_str()));
            facets.push(Facet::new("delivery", area.as_str()));
            if let DeliveryArea::Region(region) = area {
                facets.push(Facet::new("delivery", region.country().as_str()));
            }
        }
        let runners = self.deployments.iter().filter_map(|deployment| deployment.organisation.as_deref());
        facets.extend(runners.map(|name| Facet::new("run-by", Self::runner_key(name))));
        facets.sort();
        facets.dedup();
        facets
    }

    fn organisation(&self) -> Option<OrganisationId> {
        Some(self.organisation)
    }

    fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    fn texts(&self) -> Option<&Texts> {
        Some(&self.texts)
    }
}
