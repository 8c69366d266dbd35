//! The structured facts of both sides: what a need asks and what an offer brings.
//!
//! They are kept in memory for every listing and stored in the index in a form that does not describe itself, hence
//! no optional or flattened members in the serialised form.

use innocap_domain::organisation::OrganisationKind;
use innocap_domain::{
    Challenge, Country, CpvCode, DeliveryArea, Organisation, Place, PublicFunction, Region, Solution, SolutionKind,
    Trl, Urbanisation,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is asked of a solution beyond its topic.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WantFacts {
    /// At least this ripe.
    pub trl_at_least: Option<Trl>,
    /// In one of these languages (primary subtags).
    pub languages: Vec<String>,
    /// One of these kinds.
    pub kinds: Vec<SolutionKind>,
    /// Without a connection.
    pub works_offline: bool,
    /// The connection there is, kbit/s.
    pub bandwidth_at_most_kbit: Option<i64>,
    /// Set up and supported from afar.
    pub remote_support: bool,
}

/// The structured side of a need.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Need {
    /// Whose it is.
    pub organisation: Option<Uuid>,
    /// What would be bought.
    pub cpv: Vec<CpvCode>,
    /// Which public functions it serves.
    pub functions: Vec<PublicFunction>,
    /// Where.
    pub country: Option<Country>,
    /// Where, more closely.
    pub region: Option<Region>,
    /// Inhabitants there.
    pub population: Option<i64>,
    /// Degree of urbanisation there.
    pub urbanisation: Option<Urbanisation>,
    /// The languages of its texts (primary subtags).
    pub text_languages: Vec<String>,
    /// What else is asked.
    pub wants: WantFacts,
}

/// Who runs a solution already.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DeploymentFacts {
    /// By name.
    pub organisation: Option<String>,
    /// Where.
    pub country: Option<Country>,
    /// Where, more closely.
    pub region: Option<Region>,
    /// Inhabitants there.
    pub population: Option<i64>,
    /// Degree of urbanisation there.
    pub urbanisation: Option<Urbanisation>,
}

/// What a solution needs; `None` means unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct RequirementFacts {
    /// Works without a connection.
    pub works_offline: Option<bool>,
    /// Least bandwidth, kbit/s.
    pub least_bandwidth_kbit: Option<i64>,
    /// Supported and set up from afar.
    pub remote: Option<bool>,
    /// Needs staff on site.
    pub staff_on_site: Option<bool>,
}

/// The structured side of an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// Who offers it.
    pub organisation: Uuid,
    /// What kind of provider that is.
    pub provider: Option<OrganisationKind>,
    /// What kind of thing it is.
    pub kind: SolutionKind,
    /// How ripe.
    pub trl: Option<Trl>,
    /// What would be bought.
    pub cpv: Vec<CpvCode>,
    /// Which public functions it serves.
    pub functions: Vec<PublicFunction>,
    /// Where it can be delivered; empty means unknown.
    pub delivery: Vec<DeliveryArea>,
    /// Languages spoken (primary subtags); empty means unknown.
    pub languages: Vec<String>,
    /// What it needs.
    pub requirements: RequirementFacts,
    /// Who runs it.
    pub deployments: Vec<DeploymentFacts>,
}

fn primary(tag: &innocap_domain::LanguageTag) -> String {
    tag.as_str().split('-').next().unwrap_or_default().to_owned()
}

impl Need {
    /// The facts of a challenge; what the challenge leaves open about its place is taken from its organisation.
    pub fn of_challenge(challenge: &Challenge, organisation: Option<&Organisation>) -> Self {
        let home = organisation.map(|o| &o.place);
        let Place { country, region } = &challenge.place;
        let country = country.or_else(|| home.and_then(|p| p.country));
        let region = region.clone().or_else(|| home.and_then(|p| p.region.clone()));
        Self {
            organisation: Some(challenge.organisation.uuid()),
            cpv: challenge.cpv.clone(),
            functions: challenge.functions.clone(),
            country,
            region,
            population: organisation.and_then(|o| o.population),
            urbanisation: organisation.and_then(|o| o.urbanisation),
            text_languages: challenge.texts.versions().iter().map(|v| primary(&v.language)).collect(),
            wants: WantFacts::from(&challenge.wants),
        }
    }

    /// Where the need is.
    pub fn place(&self) -> Place {
        Place::new(self.country, self.region.clone())
    }
}

impl From<&innocap_domain::Wants> for WantFacts {
    fn from(wants: &innocap_domain::Wants) -> Self {
        Self {
            trl_at_least: wants.trl_at_least,
            languages: wants.languages.iter().map(primary).collect(),
            kinds: wants.kinds.clone(),
            works_offline: wants.works_offline.unwrap_or(false),
            bandwidth_at_most_kbit: wants.bandwidth_at_most_kbit,
            remote_support: wants.remote_support.unwrap_or(false),
        }
    }
}

impl Offer {
    /// The facts of a solution and its provider.
    pub fn of_solution(solution: &Solution, organisation: Option<&Organisation>) -> Self {
        let needs = &solution.requirements;
        let remote = match (needs.remote_setup, needs.remote_support) {
            (Some(a), Some(b)) => Some(a && b),
            (known, None) | (None, known) => known,
        };
        Self {
            organisation: solution.organisation.uuid(),
            provider: organisation.map(|o| o.kind),
            kind: solution.kind,
            trl: solution.trl,
            cpv: solution.cpv.clone(),
            functions: solution.functions.clone(),
            delivery: solution.delivery.clone(),
            languages: solution.languages.iter().map(primary).collect(),
            requirements: RequirementFacts {
                works_offline: needs.works_offline,
                least_bandwidth_kbit: needs.least_bandwidth_kbit,
                remote,
                staff_on_site: needs.staff_on_site,
            },
            deployments: solution
                .deployments
                .iter()
                .map(|d| DeploymentFacts {
                    organisation: d.organisation.clone(),
                    country: d.place.country,
                    region: d.place.region.clone(),
                    population: d.population,
                    urbanisation: d.urbanisation,
                })
                .collect(),
        }
    }
}
