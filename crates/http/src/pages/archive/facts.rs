//! What the archive says of a record: its texts in every language they are written in, and its facts.

use innocap_app::{Phrases, Provenance, paragraphs};
use innocap_domain::{
    Challenge, Deployment, Labels, OrganisationKind, Place, Record, Scheme, Solution, Status, TextVersion,
};
use innocap_domain::{DeliveryArea, Organisation};

use super::super::cards::place_name;
use super::super::challenges::{coded, ended, named};
use super::super::organisations::kind_name;
use super::super::texts::InterfaceTexts;
use super::Entry;

/// A text in one language.
pub(super) struct Version {
    pub language: String,
    /// Its title, where it is not the page's.
    pub heading: Option<String>,
    pub paragraphs: Vec<String>,
}

/// A fact with its values, each with an address or without.
pub(super) struct Fact {
    pub name: String,
    pub values: Vec<(String, String)>,
    /// Whether the addresses lead out of the archive.
    pub leads_away: bool,
}

/// A record as its page says it.
pub(super) struct Described {
    pub title: String,
    pub language: String,
    /// That it is no longer open.
    pub said: String,
    pub versions: Vec<Version>,
    pub facts: Vec<Fact>,
    pub byline: Vec<String>,
    /// Codes of the countries it is in or delivered to.
    pub places: Vec<String>,
    /// Codes of the public functions it serves.
    pub functions: Vec<String>,
}

/// Gathers facts; those without values are left out.
struct Facts(Vec<Fact>);

impl Facts {
    fn add(&mut self, name: String, values: Vec<String>) {
        let values = values.into_iter().map(|value| (String::new(), value)).collect();
        self.linked(name, values, false);
    }

    fn linked(&mut self, name: String, values: Vec<(String, String)>, leads_away: bool) {
        let values: Vec<_> = values.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        if !values.is_empty() {
            self.0.push(Fact { name, values, leads_away });
        }
    }
}

fn said<C>(record: &Record<C>, texts: &InterfaceTexts) -> String {
    match record.status {
        Status::Published => String::new(),
        Status::InDialogue => texts.get("status-is-in-dialogue"),
        status => ended(texts, status, record.status_reason.as_deref()),
    }
}

fn versions(all: &[TextVersion]) -> Vec<Version> {
    let version = |(place, version): (usize, &TextVersion)| Version {
        language: version.language.to_string(),
        heading: (place > 0).then(|| version.title.clone()),
        paragraphs: paragraphs(&[&version.summary, &version.description]),
    };
    all.iter().enumerate().map(version).collect()
}

fn place(place: &Place, texts: &InterfaceTexts, labels: &Labels) -> Vec<String> {
    let codes = [place.region.as_ref().map(ToString::to_string), place.country.map(|country| country.to_string())];
    codes.iter().flatten().map(|code| place_name(labels, code, texts.language())).collect()
}

/// The organisation as a fact, with the address of its page from that of a record.
fn owner(organisation: Option<&Entry>) -> Vec<(String, String)> {
    organisation.map(|entry| (format!("../../{}", entry.href), entry.title.clone())).into_iter().collect()
}

/// What is said of a solution.
pub(super) fn solution(
    record: &Record<Solution>,
    organisation: Option<&Entry>,
    texts: &InterfaceTexts,
    labels: &Labels,
) -> Described {
    let (content, language) = (&record.content, texts.language());
    let phrases = Phrases::new(language, labels);
    let area = |area: &DeliveryArea| match area {
        DeliveryArea::Anywhere => phrases.anywhere(),
        other => place_name(labels, other.as_str(), language),
    };
    let deployment = |one: &Deployment| {
        let since = one.since.as_ref().map(|since| since.as_str().to_owned());
        let named = place(&one.place, texts, labels).into_iter().next();
        [one.organisation.clone(), named, since, one.outcome.clone()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    };
    let mut facts = Facts(Vec::new());
    facts.linked(texts.get("fact-provider"), owner(organisation), false);
    facts.add(texts.get("fact-kind"), vec![phrases.kind(content.kind.as_str())]);
    let maturity = content.trl.map(|trl| texts.count("solution-trl", trl.level()));
    facts.add(texts.get("fact-maturity"), maturity.into_iter().collect());
    facts.add(texts.get("fact-delivery"), content.delivery.iter().map(area).collect());
    facts.add(texts.get("fact-speaks"), content.languages.iter().map(|tag| phrases.language_name(tag)).collect());
    facts.add(texts.get("fact-deployments"), content.deployments.iter().map(deployment).collect());
    let function = |code: &str| labels.label(Scheme::Function, code, language);
    facts.add(texts.get("fact-function"), named(&content.functions, function));
    facts.add(texts.get("fact-codes"), coded(&content.cpv, |code| labels.label(Scheme::Cpv, code, language)));
    facts.add(texts.get("fact-licence"), content.licence.iter().map(ToString::to_string).collect());
    let link = content.link.iter().map(|link| (link.clone(), link.clone())).collect();
    facts.linked(texts.get("fact-link"), link, true);
    let original = content.texts.original();
    let mut places: Vec<String> = content
        .delivery
        .iter()
        .filter_map(|area| match area {
            DeliveryArea::Anywhere => None,
            DeliveryArea::Country(country) => Some(country.to_string()),
            DeliveryArea::Region(region) => Some(region.country().to_string()),
        })
        .collect();
    places.sort_unstable();
    places.dedup();
    Described {
        title: original.title.clone(),
        language: original.language.to_string(),
        said: said(record, texts),
        versions: versions(content.texts.versions()),
        facts: facts.0,
        byline: organisation.map(|entry| entry.title.clone()).into_iter().collect(),
        places,
        functions: content.functions.iter().map(ToString::to_string).collect(),
    }
}

/// What is said of a challenge.
pub(super) fn challenge(
    record: &Record<Challenge>,
    organisation: Option<&Entry>,
    texts: &InterfaceTexts,
    labels: &Labels,
) -> Described {
    let (content, language) = (&record.content, texts.language());
    let mut facts = Facts(Vec::new());
    facts.linked(texts.get("fact-buyer"), owner(organisation), false);
    let there = place(&content.place, texts, labels);
    facts.add(texts.get("fact-place"), there.clone());
    let function = |code: &str| labels.label(Scheme::Function, code, language);
    facts.add(texts.get("fact-function"), named(&content.functions, function));
    facts.add(texts.get("fact-codes"), coded(&content.cpv, |code| labels.label(Scheme::Cpv, code, language)));
    facts.add(texts.get("fact-published"), content.published.iter().map(ToString::to_string).collect());
    facts.add(texts.get("fact-deadline"), content.deadline.iter().map(ToString::to_string).collect());
    let original = content.texts.original();
    Described {
        title: original.title.clone(),
        language: original.language.to_string(),
        said: said(record, texts),
        versions: versions(content.texts.versions()),
        facts: facts.0,
        byline: organisation.map(|entry| entry.title.clone()).into_iter().chain(there).collect(),
        places: content.place.country.iter().map(ToString::to_string).collect(),
        functions: content.functions.iter().map(ToString::to_string).collect(),
    }
}

/// What is said of an organisation.
pub(super) fn organisation(record: &Record<Organisation>, texts: &InterfaceTexts, labels: &Labels) -> Described {
    let content = &record.content;
    let kind: OrganisationKind = content.kind;
    let there = place(&content.place, texts, labels);
    let mut facts = Facts(Vec::new());
    facts.add(texts.get("fact-kind"), vec![kind_name(texts, kind)]);
    facts.add(texts.get("fact-place"), there.clone());
    let website = content.website.iter().map(|link| (link.clone(), link.clone())).collect();
    facts.linked(texts.get("fact-link"), website, true);
    Described {
        title: content.name.clone(),
        language: texts.code().to_owned(),
        said: said(record, texts),
        versions: Vec::new(),
        facts: facts.0,
        byline: std::iter::once(kind_name(texts, kind)).chain(there).collect(),
        places: Vec::new(),
        functions: Vec::new(),
    }
}

/// Where a record comes from, and under which terms.
pub(super) fn provenance(from: Option<&Provenance>, texts: &InterfaceTexts) -> Vec<Fact> {
    let Some(from) = from else { return Vec::new() };
    let mut facts = Facts(Vec::new());
    let address = from.url.clone().unwrap_or_default();
    facts.linked(texts.get("fact-source"), vec![(address, from.name.clone())], true);
    let terms = from.licence.clone().unwrap_or_else(|| texts.get("files-terms-unknown"));
    facts.add(texts.get("fact-terms"), vec![terms]);
    facts.0
}
