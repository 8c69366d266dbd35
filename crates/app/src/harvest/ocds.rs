//! The Open Contracting Data Standard 1.1: release packages, record packages, and single releases or records a line.
//! Planning and tenders are needs, awards tell who supplies whom.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use innocap_domain::{Country, LanguageTag, NumberScheme, OrganisationNumber, Outcome, Place, RecordKind};
use innocap_language::detect;
use serde_json::Value;

use super::found::{Award, Found, Item, Need, Party, Text, clean, cpv_codes, day, joined, place, website};
use super::privacy::without_contacts;
use super::{Origin, Page};

/// Reads a document: what is found, and the page after it (`links.next`).
pub(super) fn read(origin: &Origin, body: &[u8]) -> Result<Page, String> {
    let mut page = Page::default();
    let mut releases: Vec<Value> = Vec::new();
    let mut any = false;
    let values = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
    for value in values {
        let mut value = match value {
            Ok(value) => value,
            Err(error) => return Err(format!("not valid JSON: {error}")),
        };
        any = true;
        if let Some(next) = value["links"]["next"].as_str() {
            page.next = Some(next.to_owned());
        }
        let mut take = |name: &str| value.get_mut(name).map(Value::take);
        match (take("releases"), take("records")) {
            (Some(Value::Array(given)), _) => releases.extend(given),
            (_, Some(Value::Array(records))) => releases.extend(records.into_iter().flat_map(of_record)),
            _ if value["compiledRelease"].is_object() => releases.extend(of_record(value)),
            _ if value["ocid"].is_string() => releases.push(value),
            _ => return Err("a document of OCDS holds releases or records".to_owned()),
        }
    }
    if !any {
        return Err("the document is empty".to_owned());
    }
    // The newest of a process last, so that it is what stays.
    releases.sort_by_key(stamp);
    for (number, release) in releases.iter().enumerate() {
        Release { origin, release, number }.read(&mut page.found);
    }
    Ok(page)
}

/// A record's compiled release; where there is none, its releases as far as they stand in it.
fn of_record(mut record: Value) -> Vec<Value> {
    let compiled = record.get_mut("compiledRelease").map(Value::take).filter(Value::is_object);
    if let Some(compiled) = compiled {
        return vec![compiled];
    }
    let Some(Value::Array(releases)) = record.get_mut("releases").map(Value::take) else { return Vec::new() };
    releases.into_iter().filter(|release| release["ocid"].is_string()).collect()
}

/// When a release was made, in UTC, in a form that sorts.
fn stamp(release: &Value) -> Option<String> {
    let date = DateTime::parse_from_rfc3339(release["date"].as_str()?).ok()?;
    Some(date.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Micros, true))
}

struct Release<'r> {
    origin: &'r Origin,
    release: &'r Value,
    number: usize,
}

impl Release<'_> {
    fn read(&self, found: &mut Vec<Found>) {
        let Some(ocid) = text(&self.release["ocid"]) else {
            let at = format!("releases/{}", self.number);
            found.push(Found::Fault { at, why: "the release has no ocid".to_owned() });
            return;
        };
        let parties = self.parties();
        let buyer = self.buyer(&parties);
        let awards = self.awards(&ocid, &parties, buyer.as_ref());
        let awarded = awards.iter().any(|award| matches!(award, Found::Award(_)));
        match (self.titled(), &buyer) {
            (Some((title, texts)), Some(buyer)) => {
                let document = self.need(&ocid, title, texts, buyer);
                let closed = self.closed(awarded);
                let kind = RecordKind::Challenge;
                let item = Item { kind, id: ocid.clone(), stamp: stamp(self.release), document, closed };
                found.push(Found::Item(Box::new(item)));
            }
            (Some(_), None) => {
                found.push(Found::Fault { at: ocid.clone(), why: "the release names no buyer".to_owned() });
            }
            (None, _) if awarded => found.push(Found::Met(ocid.clone())),
            (None, _) if awards.is_empty() => {
                let why = "the release tells of no need and no award".to_owned();
                found.push(Found::Note { at: ocid.clone(), why });
            }
            (None, _) => {}
        }
        found.extend(awards);
    }

    /// The parties by identifier. Contact points are not looked at.
    fn parties(&self) -> HashMap<String, Party> {
        let listed = flat(&self.release["parties"]);
        listed.filter_map(|given| Some((text(&given["id"])?, party(given)?))).collect()
    }

    fn buyer(&self, parties: &HashMap<String, Party>) -> Option<Party> {
        [&self.release["buyer"], &self.release["tender"]["procuringEntity"]]
            .into_iter()
            .find_map(|named| resolved(named, parties))
            .or_else(|| {
                let roles = |given: &&Value| given["roles"].as_array().is_some_and(|r| r.iter().any(|r| r == "buyer"));
                flat(&self.release["parties"]).find(roles).and_then(party)
            })
    }

    /// What the need is called and what is said of it: the tender's words, else those of the planning.
    fn titled(&self) -> Option<(String, Vec<String>)> {
        let (tender, planning) = (&self.release["tender"], &self.release["planning"]);
        let title = text(&tender["title"])
            .or_else(|| text(&planning["project"]["title"]))
            .or_else(|| text(&planning["budget"]["project"]))
            .or_else(|| text(&planning["budget"]["description"]));
        let mut texts: Vec<String> =
            [&tender["description"], &planning["rationale"], &planning["project"]["description"]]
                .into_iter()
                .filter_map(text)
                .collect();
        for lot in flat(&tender["lots"]) {
            texts.extend(text(&lot["title"]));
            texts.extend(text(&lot["description"]));
        }
        texts.extend(flat(&tender["items"]).filter_map(|item| text(&item["description"])));
        let title = title.or_else(|| texts.first().cloned())?;
        Some((title, texts))
    }

    fn need(&self, ocid: &str, title: String, texts: Vec<String>, buyer: &Party) -> Value {
        let tender = &self.release["tender"];
        let contacts: Vec<String> =
            flat(&self.release["parties"]).filter_map(|given| text(&given["contactPoint"]["name"])).collect();
        let title = without_contacts(&clean(&title), &contacts).replace('\n', " ");
        let description = without_contacts(&joined(texts.into_iter().filter(|text| *text != title)), &contacts);
        let deadline = tender["tenderPeriod"]["endDate"].as_str().and_then(day);
        let dates = [&tender["datePublished"], &tender["tenderPeriod"]["startDate"], &self.release["date"]];
        let fits = |date: &NaiveDate| deadline.is_none_or(|deadline| *date <= deadline);
        let published = dates.into_iter().filter_map(|date| day(date.as_str()?)).find(fits);
        let language = self.language(&title, &description);
        let need = Need {
            texts: vec![Text { language, title, description }],
            cpv: self.cpv(),
            place: self.place(buyer),
            published,
            deadline,
            source: self.origin.source(ocid, self.address()),
        };
        need.document(buyer)
    }

    /// The release's language; where it does not say, that of the text.
    fn language(&self, title: &str, description: &str) -> LanguageTag {
        let said = self.release["language"].as_str().and_then(|tag| LanguageTag::parse(tag).ok());
        let detected = || detect(&format!("{title}. {description}")).language.map(LanguageTag::from);
        said.or_else(detected).unwrap_or_else(|| innocap_domain::Language::En.into())
    }

    fn cpv(&self) -> Vec<innocap_domain::CpvCode> {
        let mut codes: Vec<String> = Vec::new();
        let tender = &self.release["tender"];
        let lines = flat(&tender["items"]).chain(flat(&self.release["awards"]).flat_map(|award| flat(&award["items"])));
        for holder in std::iter::once(tender).chain(lines) {
            for class in std::iter::once(&holder["classification"]).chain(flat(&holder["additionalClassifications"])) {
                let is_cpv = class["scheme"].as_str().is_some_and(|scheme| scheme.to_uppercase().starts_with("CPV"));
                codes.extend(text(&class["id"]).filter(|_| is_cpv));
            }
        }
        cpv_codes(codes.iter().map(String::as_str))
    }

    fn place(&self, buyer: &Party) -> Place {
        let nuts = flat(&self.release["tender"]["items"])
            .flat_map(|item| flat(&item["deliveryAddresses"]))
            .find_map(|address| text(&address["region"]));
        match nuts {
            Some(nuts) => place(buyer.place.country, Some(&nuts)),
            None => Place::new(buyer.place.country, buyer.place.region.clone()),
        }
    }

    fn closed(&self, awarded: bool) -> Option<Outcome> {
        match self.release["tender"]["status"].as_str() {
            _ if awarded => Some(Outcome::Procured),
            Some("cancelled" | "withdrawn") => Some(Outcome::Withdrawn),
            Some("unsuccessful") => Some(Outcome::None),
            _ => None,
        }
    }

    fn address(&self) -> Option<String> {
        let documents = flat(&self.release["tender"]["documents"]);
        let notice = |document: &&Value| document["documentType"] == "tenderNotice";
        documents.filter(notice).find_map(|document| website(document["url"].as_str()?))
    }

    fn awards(&self, ocid: &str, parties: &HashMap<String, Party>, buyer: Option<&Party>) -> Vec<Found> {
        let mut found = Vec::new();
        let tender = text(&self.release["tender"]["title"]);
        for (number, award) in flat(&self.release["awards"]).enumerate() {
            let id = text(&award["id"]).unwrap_or_else(|| number.to_string());
            let at = format!("{ocid}/{id}");
            if !matches!(award["status"].as_str(), None | Some("active")) {
                continue;
            }
            let title = text(&award["title"]).or_else(|| tender.clone()).or_else(|| text(&award["description"]));
            let signed = flat(&self.release["contracts"])
                .find(|contract| contract["awardID"] == award["id"])
                .and_then(|contract| day(contract["dateSigned"].as_str()?));
            let date = signed.or_else(|| day(award["date"].as_str()?)).or_else(|| day(self.release["date"].as_str()?));
            for (place_of, named) in flat(&award["suppliers"]).enumerate() {
                let Some(supplier) = resolved(named, parties) else {
                    let why = "a supplier has no name".to_owned();
                    found.push(Found::Fault { at: at.clone(), why });
                    continue;
                };
                found.push(Found::Award(Box::new(Award {
                    id: format!("{at}/{}", place_of + 1),
                    place: buyer.map_or_else(Place::default, |buyer| buyer.place.clone()),
                    buyer: buyer.cloned(),
                    supplier,
                    title: without_contacts(&clean(&title.clone().unwrap_or_default()), &[]).replace('\n', " "),
                    cpv: self.cpv(),
                    date,
                })));
            }
        }
        found
    }
}

/// A party named by identifier and name, with what the list of parties says of it.
fn resolved(named: &Value, parties: &HashMap<String, Party>) -> Option<Party> {
    let listed = text(&named["id"]).and_then(|id| parties.get(&id).cloned());
    listed.or_else(|| party(named))
}

fn party(given: &Value) -> Option<Party> {
    let name = clean(&text(&given["name"]).or_else(|| text(&given["identifier"]["legalName"]))?).replace('\n', " ");
    let scheme = text(&given["identifier"]["scheme"]).and_then(|scheme| NumberScheme::parse(&scheme).ok());
    let country = given["address"]["country"].as_str().or(given["address"]["countryName"].as_str());
    let country = country.and_then(|code| Country::parse(code).ok());
    // Schemes of org-id.guide begin with the country whose register it is.
    let country = country.or_else(|| Country::parse(scheme.as_ref()?.as_str().split('-').next()?).ok());
    let number = text(&given["identifier"]["id"]).zip(scheme);
    let number = number.and_then(|(id, scheme)| OrganisationNumber::parse(scheme, &id).ok());
    let site = text(&given["details"]["url"]).or_else(|| text(&given["identifier"]["uri"]));
    let size = match given["details"]["scale"].as_str() {
        Some("micro") => Some("micro"),
        Some("large") => Some("large"),
        _ => None,
    };
    Some(Party {
        name,
        number,
        place: place(country, given["address"]["region"].as_str()),
        website: site.and_then(|text| website(&text)),
        size,
        is_person: false,
    })
}

/// The entries of a list; of a list of lists, as some publish, those of the inner ones.
fn flat(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten().flat_map(|entry| match entry {
        Value::Array(inner) => inner.iter().collect::<Vec<_>>(),
        other => vec![other],
    })
}

/// A text or a number as text; nothing where it is empty.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
