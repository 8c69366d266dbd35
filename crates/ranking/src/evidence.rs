//! Structured evidence: what the codes and facts of both sides say about how an offer fits a need.

use innocap_domain::suggestion::Objection;
use innocap_domain::{CpvCode, Nature, SolutionKind};

use crate::facts::{DeploymentFacts, Need, Offer};

/// One piece of evidence: how well it fits, between 0 and 1, and the facts that carry it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Piece {
    /// 0 to 1.
    pub value: f64,
    /// Codes and names behind it.
    pub facts: Vec<String>,
}

impl Piece {
    fn new(value: f64, facts: Vec<String>) -> Self {
        Self { value, facts }
    }
}

/// All evidence of an offer for a need; `None` where the need says nothing to hold it against.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Overlap in the CPV tree.
    pub codes: Option<Piece>,
    /// Same public function.
    pub function: Option<Piece>,
    /// Delivered here.
    pub place: Option<Piece>,
    /// Ripe enough.
    pub maturity: Option<Piece>,
    /// Runs already.
    pub evidence: Option<Piece>,
    /// Speaks the language.
    pub language: Option<Piece>,
    /// Works on the connection there is.
    pub connection: Option<Piece>,
    /// Whether its kind can be what is bought, 0 to 1; 1 where the need does not say.
    pub suits: f64,
    /// What speaks against it.
    pub against: Vec<Objection>,
}

/// A value for facts that are simply not known: neither for nor against.
const UNKNOWN: f64 = 0.4;

/// From here a kind of solution may be what is bought.
const SUITABLE: f64 = 0.5;

/// How well a kind of solution can be what a buyer of this sort of thing gets. Software and advice are neither goods nor a
/// building; what research brings may become either.
fn suits(nature: Nature, kind: SolutionKind) -> f64 {
    use SolutionKind::{Expertise, OpenSourceSoftware, Product, ResearchResult, Service, TestBed};
    match (nature, kind) {
        (Nature::Supplies, Product) | (Nature::Works, Product | Service) => 1.0,
        (Nature::Supplies, Service) => 0.6,
        (Nature::Supplies | Nature::Works, ResearchResult) => 0.3,
        (Nature::Supplies | Nature::Works, Expertise | OpenSourceSoftware | TestBed) => 0.0,
        (Nature::Software | Nature::Services, _) => 1.0,
    }
}

impl Evidence {
    /// The pieces of the fit: function, place, maturity, evidence, language, connection.
    pub(crate) fn fit(self) -> [Option<Piece>; 6] {
        [self.function, self.place, self.maturity, self.evidence, self.language, self.connection]
    }

    /// Holds an offer against a need.
    pub fn weigh(need: &Need, offer: &Offer) -> Self {
        let mut against = Vec::new();
        let mut objection = |code: &str, facts: Vec<String>| {
            against.push(Objection { code: code.to_owned(), facts, text: String::new() });
        };
        let codes = (!need.cpv.is_empty()).then(|| codes(&need.cpv, &offer.cpv));
        let function = (!need.functions.is_empty()).then(|| {
            let shared: Vec<_> = need.functions.iter().filter(|f| offer.functions.contains(f)).collect();
            Piece::new(if shared.is_empty() { 0.0 } else { 1.0 }, shared.iter().map(ToString::to_string).collect())
        });
        let place = need.country.map(|_| {
            let here = need.place();
            if offer.delivery.is_empty() {
                objection("delivery_unknown", Vec::new());
                return Piece::new(UNKNOWN, Vec::new());
            }
            let serving: Vec<_> = offer.delivery.iter().filter(|area| area.serves(&here)).collect();
            if serving.is_empty() {
                objection("not_delivered_here", offer.delivery.iter().take(8).map(ToString::to_string).collect());
            }
            let value = if serving.is_empty() { 0.0 } else { 1.0 };
            Piece::new(value, serving.iter().take(3).map(ToString::to_string).collect())
        });
        let maturity = match (need.wants.trl_at_least, offer.trl) {
            (Some(asked), Some(trl)) => {
                let short = asked.level().saturating_sub(trl.level());
                if short > 0 {
                    objection("not_ripe_enough", vec![trl.level().to_string(), asked.level().to_string()]);
                }
                Some(Piece::new((1.0 - f64::from(short) / 4.0).max(0.0), vec![trl.level().to_string()]))
            }
            (Some(_), None) => {
                objection("maturity_unknown", Vec::new());
                Some(Piece::new(UNKNOWN, Vec::new()))
            }
            (None, Some(trl)) => {
                if trl.level() <= 5 {
                    objection("not_ripe_enough", vec![trl.level().to_string()]);
                }
                Some(Piece::new(f64::from(trl.level()) / 9.0, vec![trl.level().to_string()]))
            }
            (None, None) => Some(Piece::new(UNKNOWN, Vec::new())),
        };
        let evidence = Some(best_deployment(need, offer));
        if offer.deployments.is_empty() {
            objection("no_known_use", Vec::new());
        }
        let wanted = if need.wants.languages.is_empty() { &need.text_languages } else { &need.wants.languages };
        let language = (!wanted.is_empty()).then(|| {
            if offer.languages.is_empty() {
                return Piece::new(UNKNOWN, Vec::new());
            }
            let shared: Vec<_> = offer.languages.iter().filter(|l| speaks(wanted, l)).cloned().collect();
            if shared.is_empty() {
                objection("other_language", offer.languages.iter().take(5).cloned().collect());
            }
            Piece::new(if shared.is_empty() { 0.0 } else { 1.0 }, shared)
        });
        let connection = connection(need, offer, &mut objection);
        if !need.wants.kinds.is_empty() && !need.wants.kinds.contains(&offer.kind) {
            objection("other_kind", vec![offer.kind.to_string()]);
        }
        let suits = need.cpv.iter().map(|code| suits(code.nature(), offer.kind)).reduce(f64::max).unwrap_or(1.0);
        if suits < SUITABLE {
            objection("other_nature", vec![offer.kind.to_string()]);
        }
        Self { codes, function, place, maturity, evidence, language, connection, suits, against }
    }
}

/// Danish, Norwegian and Swedish readers understand each other's written languages; bokmål and nynorsk are one's own.
fn speaks(wanted: &[String], offered: &str) -> bool {
    let norwegian = |l: &str| matches!(l, "nb" | "nn" | "no");
    wanted.iter().any(|w| w == offered || (norwegian(w) && norwegian(offered)))
}

fn codes(need: &[CpvCode], offer: &[CpvCode]) -> Piece {
    let mut best = 0;
    let mut shared = Vec::new();
    for code in need {
        for other in offer {
            let depth = code.shared_depth(other);
            if depth > best {
                best = depth;
                shared.clear();
            }
            if depth == best && depth > 0 && !shared.contains(&other.to_string()) {
                shared.push(other.to_string());
            }
        }
    }
    // A shared division says little, a shared class much: division 0.2, group 0.5, class 0.8, category and below 1.
    let value = match best {
        0 | 1 => 0.0,
        2 => 0.2,
        3 => 0.5,
        4 => 0.8,
        _ => 1.0,
    };
    shared.truncate(5);
    Piece::new(value, shared)
}

/// How much one deployment says about a place: the same region 1, a neighbouring one 0.9, the same country 0.7 (0.8
/// where it is settled alike), another country settled alike 0.6, anywhere 0.4.
fn likeness(need: &Need, deployment: &DeploymentFacts) -> f64 {
    if let (Some(here), Some(there)) = (&need.region, &deployment.region) {
        if here.covers(there) || there.covers(here) {
            return 1.0;
        }
        if here.near(there) {
            return 0.9;
        }
    }
    let settled_alike = (need.urbanisation.is_some() && need.urbanisation == deployment.urbanisation)
        || matches!((need.population, deployment.population), (Some(a), Some(b))
            if a > 0 && b > 0 && a.max(b) <= a.min(b).saturating_mul(3));
    let same_country = need.country.is_some() && need.country == deployment.country;
    match (same_country, settled_alike) {
        (true, true) => 0.8,
        (true, false) => 0.7,
        (false, true) => 0.6,
        (false, false) => 0.4,
    }
}

fn best_deployment(need: &Need, offer: &Offer) -> Piece {
    let scored = offer.deployments.iter().map(|d| (likeness(need, d), d));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or_else(Piece::default, |(value, deployment)| {
        let region = deployment.region.as_ref().map(ToString::to_string);
        let place = region.or_else(|| deployment.country.map(|c| c.to_string()));
        Piece::new(value, deployment.organisation.clone().into_iter().chain(place).collect())
    })
}

fn connection(need: &Need, offer: &Offer, objection: &mut impl FnMut(&str, Vec<String>)) -> Option<Piece> {
    let wants = &need.wants;
    let has = &offer.requirements;
    let mut values = Vec::new();
    let mut facts = Vec::new();
    if wants.works_offline {
        match has.works_offline {
            Some(true) => facts.push("works_offline".to_owned()),
            Some(false) => objection("needs_connection", Vec::new()),
            None => {}
        }
        values.push(has.works_offline.map_or(UNKNOWN, f64::from));
    }
    if let Some(there_is) = wants.bandwidth_at_most_kbit {
        let enough = has.works_offline.filter(|&o| o).or(has.least_bandwidth_kbit.map(|least| least <= there_is));
        if enough == Some(false) {
            objection("needs_connection", has.least_bandwidth_kbit.iter().map(ToString::to_string).collect());
        }
        if enough == Some(true) {
            facts.push(format!("bandwidth:{there_is}"));
        }
        values.push(enough.map_or(UNKNOWN, f64::from));
    }
    if wants.remote_support {
        if has.remote == Some(true) {
            facts.push("remote".to_owned());
        }
        values.push(has.remote.map_or(UNKNOWN, f64::from));
    }
    if has.staff_on_site == Some(true) && (wants.remote_support || wants.works_offline) {
        objection("needs_staff_on_site", Vec::new());
    }
    #[expect(clippy::cast_precision_loss, reason = "at most three values")]
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    (!values.is_empty()).then(|| Piece::new(mean(&values), facts))
}
