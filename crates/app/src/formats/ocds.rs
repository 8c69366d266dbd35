//! A challenge as a planning release of the Open Contracting Data Standard, version 1.1, in a release package: what a
//! public body thinks of, before there is a tender.
//!
//! A challenge that was harvested from an OCDS source keeps the identifier that its publisher has given the process.

use chrono::{NaiveDate, SecondsFormat};
use innocap_domain::{
    Challenge, CpvCode, Labels, Language, Nature, Organisation, OrganisationNumber, Outcome, Record, Scheme, Status,
    TextVersion,
};
use serde_json::{Map, Value, json};

use crate::brief::paragraphs;

/// Whoever publishes: this service.
pub(super) struct Publisher<'a> {
    /// The address under which people reach the service, without a slash at its end.
    pub base: &'a str,
    /// What the identifiers of processes begin with, such as `ocds-a1b2c3`.
    pub prefix: &'a str,
    /// The names of codes.
    pub labels: &'a Labels,
}

impl Publisher<'_> {
    /// The package with the one release that tells what is known now.
    pub(super) fn release_package(&self, record: &Record<Challenge>, organisation: Option<&Organisation>) -> Value {
        let id = record.id;
        json!({
            "uri": format!("{}/api/v1/challenges/{id}/ocds", self.base),
            "version": "1.1",
            "publishedDate": record.updated.to_rfc3339_opts(SecondsFormat::Secs, true),
            "publisher": { "name": "Innocap", "uri": self.base },
            "releases": [self.release(record, organisation)],
        })
    }

    fn release(&self, record: &Record<Challenge>, organisation: Option<&Organisation>) -> Value {
        let content = &record.content;
        let original = content.texts.original();
        let ocid = self.ocid(record);
        let mut release = json!({
            "ocid": ocid,
            "id": format!("{ocid}-{}", record.version),
            "date": record.updated.to_rfc3339_opts(SecondsFormat::Secs, true),
            "language": original.language,
            "tag": ["planning"],
            "initiationType": "tender",
        });
        if let Some(organisation) = organisation {
            let party = self.party(&content.organisation.to_string(), organisation, original);
            release["buyer"] = json!({ "id": party["id"], "name": party["name"] });
            release["parties"] = json!([party]);
        }
        release["planning"] = self.planning(record);
        release["tender"] = self.tender(record);
        release
    }

    /// The process's identifier: the one that its first publisher gave it, or one of ours.
    fn ocid(&self, record: &Record<Challenge>) -> String {
        let given = record.content.source.as_ref().map(|source| source.id.as_str()).filter(|id| is_ocid(id));
        given.map_or_else(|| format!("{}-{}", self.prefix, record.id), str::to_owned)
    }

    fn party(&self, id: &str, organisation: &Organisation, original: &TextVersion) -> Value {
        let mut party = Map::new();
        let number = organisation.number.as_ref();
        let own = |number: &OrganisationNumber| format!("{}-{}", register(number), number.value);
        party.insert("id".to_owned(), json!(number.map_or_else(|| id.to_owned(), own)));
        party.insert("name".to_owned(), json!(organisation.name));
        if let Some(number) = number {
            let identifier = json!({ "scheme": register(number), "id": number.value, "legalName": organisation.name });
            party.insert("identifier".to_owned(), identifier);
        }
        let address = self.address(
            organisation.place.region.as_ref().map(|region| region.as_str()),
            organisation.place.country.as_ref().map(|country| country.as_str()),
            original,
        );
        party.extend(address.map(|address| ("address".to_owned(), address)));
        party.insert("roles".to_owned(), json!(["buyer"]));
        Value::Object(party)
    }

    fn address(&self, region: Option<&str>, country: Option<&str>, original: &TextVersion) -> Option<Value> {
        let mut address = Map::new();
        address.extend(region.map(|code| ("region".to_owned(), json!(code))));
        let name = |code: &str| json!(self.label(Scheme::Region, code, original));
        address.extend(country.map(|code| ("countryName".to_owned(), name(code))));
        (!address.is_empty()).then_some(Value::Object(address))
    }

    /// Why: the need in brief, where it can be read, and by when answers are wanted.
    fn planning(&self, record: &Record<Challenge>) -> Value {
        let content = &record.content;
        let original = content.texts.original();
        let mut planning = Map::new();
        let why = |version: &TextVersion| {
            if version.summary.is_empty() { &version.description } else { &version.summary }.clone()
        };
        in_each_language(&mut planning, "rationale", content.texts.versions(), why);
        let mut document = json!({
            "id": "need",
            "documentType": "needsAssessment",
            "title": original.title,
            "url": format!("{}/challenges/{}", self.base, record.id),
            "format": "text/html",
            "language": original.language,
        });
        if let Some(published) = content.published {
            document["datePublished"] = json!(day(published, "00:00:00"));
        }
        planning.insert("documents".to_owned(), json!([document]));
        if let Some(deadline) = content.deadline {
            // Known to the day; it ends with it.
            let answers = json!({ "id": "answers", "type": "engagement", "dueDate": day(deadline, "23:59:59") });
            planning.insert("milestones".to_owned(), json!([answers]));
        }
        Value::Object(planning)
    }

    /// What might be bought.
    fn tender(&self, record: &Record<Challenge>) -> Value {
        let content = &record.content;
        let original = content.texts.original();
        let mut tender = Map::new();
        tender.insert("id".to_owned(), json!(record.id));
        in_each_language(&mut tender, "title", content.texts.versions(), |version| version.title.clone());
        in_each_language(&mut tender, "description", content.texts.versions(), |version| {
            paragraphs(&[&version.summary, &version.description]).join("\n\n")
        });
        tender.insert("status".to_owned(), json!(status(record.status, content.outcome)));
        if let Some((main, others)) = content.cpv.split_first() {
            tender.insert("mainProcurementCategory".to_owned(), json!(category(*main)));
            let mut item = json!({
                "id": "1",
                "description": original.title,
                "classification": self.classification(*main, original),
            });
            if !others.is_empty() {
                let others = others.iter().map(|code| self.classification(*code, original));
                item["additionalClassifications"] = others.collect();
            }
            tender.insert("items".to_owned(), json!([item]));
        }
        let place = self.address(
            content.place.region.as_ref().map(|region| region.as_str()),
            content.place.country.as_ref().map(|country| country.as_str()),
            original,
        );
        tender.extend(place.map(|place| ("deliveryAddresses".to_owned(), json!([place]))));
        Value::Object(tender)
    }

    fn classification(&self, code: CpvCode, original: &TextVersion) -> Value {
        json!({ "scheme": "CPV", "id": code, "description": self.label(Scheme::Cpv, code.as_str(), original) })
    }

    /// A code's name in the language of the original.
    fn label(&self, scheme: Scheme, code: &str, original: &TextVersion) -> String {
        let language = original.language.language().unwrap_or(Language::En);
        self.labels.label(scheme, code, language).unwrap_or(code).to_owned()
    }
}

/// A text under its name in the release's language, and under `name_xx` in the others; empty ones are left out.
fn in_each_language(
    object: &mut Map<String, Value>,
    name: &str,
    versions: &[TextVersion],
    text: impl Fn(&TextVersion) -> String,
) {
    for (place, version) in versions.iter().enumerate() {
        let text = text(version);
        if !text.is_empty() {
            let name = if place == 0 { name.to_owned() } else { format!("{name}_{}", version.language) };
            object.insert(name, json!(text));
        }
    }
}

/// The register of a number, as org-id.guide lists it; it keeps international registers under `XI`.
fn register(number: &OrganisationNumber) -> &str {
    match number.scheme.as_str() {
        "ROR" => "XI-ROR",
        listed => listed,
    }
}

/// Whether an identifier is one of a process: a registered prefix, a hyphen and more.
fn is_ocid(id: &str) -> bool {
    let Some((prefix, rest)) = id.strip_prefix("ocds-").and_then(|id| id.split_once('-')) else { return false };
    is_prefix(prefix) && !rest.is_empty()
}

fn is_prefix(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// Where the process stands (code list `tenderStatus`). A need that is answered by what exists already, or tried, has
/// come to its end like one that was bought for.
fn status(status: Status, outcome: Option<Outcome>) -> &'static str {
    match (status, outcome) {
        (Status::Closed, Some(Outcome::None)) => "cancelled",
        (Status::Closed, Some(Outcome::Withdrawn)) | (Status::Archived, _) => "withdrawn",
        (Status::Closed, _) => "complete",
        (Status::Draft | Status::Published | Status::InDialogue, _) => "planning",
    }
}

/// Goods, works or services (code list `procurementCategory`).
fn category(code: CpvCode) -> &'static str {
    match code.nature() {
        Nature::Works => "works",
        Nature::Supplies => "goods",
        // Packages are goods, what is done with them is a service.
        Nature::Software if code.as_str().starts_with("48") => "goods",
        Nature::Software | Nature::Services => "services",
    }
}

fn day(date: NaiveDate, time: &str) -> String {
    format!("{date}T{time}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_of_a_process_is_told_from_others() {
        assert!(is_ocid("ocds-213czf-000-00001"));
        for other in ["ocds-213czf-", "ocds-213CZF-1", "ocds-213cz-1", "304233-2019", "ocds-"] {
            assert!(!is_ocid(other), "{other}");
        }
    }

    #[test]
    fn a_process_ends_with_its_challenge() {
        assert_eq!(status(Status::InDialogue, None), "planning");
        assert_eq!(status(Status::Closed, Some(Outcome::Procured)), "complete");
        assert_eq!(status(Status::Closed, Some(Outcome::None)), "cancelled");
        assert_eq!(status(Status::Archived, None), "withdrawn");
    }

    #[test]
    fn what_is_bought_is_goods_works_or_services() {
        for (code, word) in
            [("48000000", "goods"), ("72000000", "services"), ("45000000", "works"), ("35121700", "goods")]
        {
            assert_eq!(category(CpvCode::parse(code).unwrap()), word);
        }
    }
}
