//! Records as linked data in the words of schema.org: embedded in pages for search engines, and documents of their own.

use innocap_domain::{
    Challenge, Country, Labels, Language, LanguageTag, Organisation, OrganisationId, OrganisationKind, Record, Region,
    Scheme, Solution, SolutionKind, TextVersion,
};
use serde_json::{Map, Value, json};

use crate::brief::{cut, paragraphs};

/// Characters of a description among the linked data.
const LONG: usize = 1_000;

/// What all records are written with.
pub struct Linked<'a> {
    /// The address under which people reach the service, without a slash at its end.
    pub base: &'a str,
    /// The names of codes.
    pub labels: &'a Labels,
    /// The reader's language: of the texts, where they are written in it, and of the names of places.
    pub language: Language,
}

impl Linked<'_> {
    /// A need: what the organisation `seeks`.
    pub fn challenge(&self, record: &Record<Challenge>, organisation: Option<&Organisation>) -> Value {
        let content = &record.content;
        let version = content.texts.best_for(&LanguageTag::from(self.language));
        let mut thing = self.thing("Demand", &format!("challenges/{}", record.id), &version.title, version);
        put(&mut thing, "availabilityStarts", content.published.map(|date| date.to_string()));
        put(&mut thing, "validThrough", content.deadline.map(|date| date.to_string()));
        put(&mut thing, "areaServed", self.area(content.place.country, content.place.region.as_ref()));
        if let Some(organisation) = organisation {
            let buyer = self.party(content.organisation, organisation);
            thing.insert("@reverse".to_owned(), json!({ "seeks": buyer }));
        }
        Value::Object(thing)
    }

    /// What is offered, as the nearest type there is for its kind.
    pub fn solution(&self, record: &Record<Solution>, organisation: Option<&Organisation>) -> Value {
        let content = &record.content;
        let version = content.texts.best_for(&LanguageTag::from(self.language));
        let (kind, by, about) = match content.kind {
            SolutionKind::Product => ("Product", "brand", "category"),
            SolutionKind::Service | SolutionKind::Expertise | SolutionKind::TestBed => {
                ("Service", "provider", "category")
            }
            SolutionKind::OpenSourceSoftware => ("SoftwareApplication", "author", "applicationCategory"),
            SolutionKind::ResearchResult => ("ScholarlyArticle", "author", "about"),
        };
        let mut thing = self.thing(kind, &format!("solutions/{}", record.id), &version.title, version);
        let functions = content.functions.iter().map(|function| self.label(Scheme::Function, function.as_str()));
        let functions: Vec<String> = functions.collect();
        put(&mut thing, about, (!functions.is_empty()).then_some(functions));
        put(&mut thing, "sameAs", content.link.clone());
        put(&mut thing, by, organisation.map(|organisation| self.party(content.organisation, organisation)));
        if matches!(kind, "SoftwareApplication" | "ScholarlyArticle") {
            put(&mut thing, "inLanguage", Some(version.language.to_string()));
            let licence = content.licence.as_ref();
            put(&mut thing, "license", licence.map(|code| format!("https://spdx.org/licenses/{code}")));
        }
        if kind == "Service" {
            // What is delivered anywhere names no area.
            let areas = content.delivery.iter().map(|area| area.as_str()).filter(|code| *code != "*");
            let areas: Vec<_> = areas.map(|code| self.place(code)).collect();
            put(&mut thing, "areaServed", (!areas.is_empty()).then_some(areas));
        }
        Value::Object(thing)
    }

    /// An organisation.
    pub fn organisation(&self, record: &Record<Organisation>) -> Value {
        let content = &record.content;
        let mut thing = self.party(record.id, content);
        thing["@context"] = json!("https://schema.org");
        thing["mainEntityOfPage"] = thing["@id"].clone();
        if let Some(website) = &content.website {
            thing["url"] = json!(website);
        }
        if let Some(mail) = content.contact.as_ref().filter(|contact| !contact.contains("://")) {
            thing["email"] = json!(mail);
        }
        if let Some(country) = content.place.country {
            let mut address = Map::new();
            put(&mut address, "@type", Some("PostalAddress"));
            put(&mut address, "addressCountry", Some(country.to_string()));
            put(&mut address, "addressRegion", content.place.region.as_ref().map(|region| self.place(region.as_str())));
            thing["address"] = Value::Object(address);
        }
        if let Some(number) = &content.number {
            thing["identifier"] = json!({
                "@type": "PropertyValue",
                "propertyID": number.scheme.as_str(),
                "value": number.value,
            });
        }
        thing
    }

    fn thing(&self, kind: &str, path: &str, name: &str, version: &TextVersion) -> Map<String, Value> {
        let address = format!("{}/{path}", self.base);
        let mut thing = Map::new();
        put(&mut thing, "@context", Some("https://schema.org"));
        put(&mut thing, "@type", Some(kind));
        put(&mut thing, "@id", Some(address.clone()));
        put(&mut thing, "url", Some(address));
        put(&mut thing, "name", Some(name));
        let description = cut(&paragraphs(&[&version.summary, &version.description]).join(" "), LONG);
        put(&mut thing, "description", (!description.is_empty()).then_some(description));
        thing
    }

    /// An organisation in brief.
    fn party(&self, id: OrganisationId, organisation: &Organisation) -> Value {
        let kind = match organisation.kind {
            OrganisationKind::PublicBody => "GovernmentOrganization",
            OrganisationKind::HigherEducation => "CollegeOrUniversity",
            OrganisationKind::Company | OrganisationKind::Association => "Organization",
        };
        json!({ "@type": kind, "@id": format!("{}/organisations/{id}", self.base), "name": organisation.name })
    }

    fn area(&self, country: Option<Country>, region: Option<&Region>) -> Option<Value> {
        let whole = country.map(|c| json!({ "@type": "Country", "name": self.place(c.as_str()), "identifier": c }));
        let Some(region) = region else { return whole };
        let mut area =
            json!({ "@type": "AdministrativeArea", "name": self.place(region.as_str()), "identifier": region });
        if let Some(whole) = whole {
            area["containedInPlace"] = whole;
        }
        Some(area)
    }

    fn place(&self, code: &str) -> String {
        self.label(Scheme::Region, code)
    }

    fn label(&self, scheme: Scheme, code: &str) -> String {
        self.labels.label(scheme, code, self.language).unwrap_or(code).to_owned()
    }
}

fn put(thing: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        thing.insert(name.to_owned(), value.into());
    }
}
