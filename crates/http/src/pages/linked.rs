//! Records as linked data in the words of schema.org, for search engines and whoever else reads pages by program.

use innocap_domain::{
    Challenge, Country, Labels, Language, Organisation, OrganisationId, OrganisationKind, Record, Region, Scheme,
    Solution, SolutionKind, TextVersion,
};
use serde_json::{Map, Value, json};

use super::cards::{cut, place_name};
use super::challenges::{named, paragraphs};

/// Characters of a description among the linked data.
const LONG: usize = 1_000;
/// Characters of a description that a search engine shows below a title.
pub(super) const DESCRIPTION: usize = 180;

/// What all records of a page's linked data are written with.
pub(super) struct Linked<'a> {
    /// The address under which people reach the service.
    pub base: &'a str,
    pub labels: &'a Labels,
    pub language: Language,
}

impl Linked<'_> {
    /// A need: what the organisation `seeks`.
    pub(super) fn challenge(
        &self,
        record: &Record<Challenge>,
        version: &TextVersion,
        organisation: Option<&Organisation>,
    ) -> String {
        let content = &record.content;
        let mut thing = self.thing("Demand", &format!("challenges/{}", record.id), &version.title, version);
        put(&mut thing, "availabilityStarts", content.published.map(|date| date.to_string()));
        put(&mut thing, "validThrough", content.deadline.map(|date| date.to_string()));
        put(&mut thing, "areaServed", self.area(content.place.country, content.place.region.as_ref()));
        if let Some(organisation) = organisation {
            let buyer = self.party(content.organisation, organisation);
            thing.insert("@reverse".to_owned(), json!({ "seeks": buyer }));
        }
        written(&thing)
    }

    /// What is offered, as the nearest type there is for its kind.
    pub(super) fn solution(
        &self,
        record: &Record<Solution>,
        version: &TextVersion,
        organisation: Option<&Organisation>,
    ) -> String {
        let content = &record.content;
        let (kind, by, about) = match content.kind {
            SolutionKind::Product => ("Product", "brand", "category"),
            SolutionKind::Service | SolutionKind::Expertise | SolutionKind::TestBed => {
                ("Service", "provider", "category")
            }
            SolutionKind::OpenSourceSoftware => ("SoftwareApplication", "author", "applicationCategory"),
            SolutionKind::ResearchResult => ("ScholarlyArticle", "author", "about"),
        };
        let mut thing = self.thing(kind, &format!("solutions/{}", record.id), &version.title, version);
        let functions = named(&content.functions, |code| self.labels.label(Scheme::Function, code, self.language));
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
            let areas: Vec<_> = areas.map(|code| place_name(self.labels, code, self.language)).collect();
            put(&mut thing, "areaServed", (!areas.is_empty()).then_some(areas));
        }
        written(&thing)
    }

    /// An organisation.
    pub(super) fn organisation(&self, record: &Record<Organisation>) -> String {
        let content = &record.content;
        let Value::Object(mut thing) = self.party(record.id, content) else { return String::new() };
        thing.insert("@context".to_owned(), json!("https://schema.org"));
        let here = thing.get("@id").cloned();
        put(&mut thing, "mainEntityOfPage", here);
        put(&mut thing, "url", content.website.clone());
        let mail = content.contact.clone().filter(|contact| !contact.contains("://"));
        put(&mut thing, "email", mail);
        let region = content.place.region.as_ref().map(|region| self.name(region.as_str()));
        if let Some(country) = content.place.country {
            let mut address = Map::new();
            put(&mut address, "@type", Some("PostalAddress"));
            put(&mut address, "addressCountry", Some(country.to_string()));
            put(&mut address, "addressRegion", region);
            thing.insert("address".to_owned(), Value::Object(address));
        }
        if let Some(number) = &content.number {
            let value = json!({
                "@type": "PropertyValue",
                "propertyID": number.scheme.as_str(),
                "value": number.value,
            });
            thing.insert("identifier".to_owned(), value);
        }
        written(&thing)
    }

    fn thing(&self, kind: &str, path: &str, name: &str, version: &TextVersion) -> Map<String, Value> {
        let address = format!("{}/{path}", self.base);
        let mut thing = Map::new();
        put(&mut thing, "@context", Some("https://schema.org"));
        put(&mut thing, "@type", Some(kind));
        put(&mut thing, "@id", Some(address.clone()));
        put(&mut thing, "url", Some(address));
        put(&mut thing, "name", Some(name));
        let description = description(version, LONG);
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
        let whole = country.map(|c| json!({ "@type": "Country", "name": self.name(c.as_str()), "identifier": c }));
        let Some(region) = region else { return whole };
        let mut area =
            json!({ "@type": "AdministrativeArea", "name": self.name(region.as_str()), "identifier": region });
        if let Some(whole) = whole {
            area["containedInPlace"] = whole;
        }
        Some(area)
    }

    fn name(&self, code: &str) -> String {
        place_name(self.labels, code, self.language)
    }
}

/// What a text says in a few sentences.
pub(super) fn description(version: &TextVersion, most: usize) -> String {
    cut(&paragraphs(&[&version.summary, &version.description]).join(" "), most)
}

fn put(thing: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        thing.insert(name.to_owned(), value.into());
    }
}

/// The document as it may stand in a page: no text in it can end the element it stands in.
fn written(thing: &Map<String, Value>) -> String {
    json!(thing).to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_element_that_the_data_stand_in() {
        let mut thing = Map::new();
        put(&mut thing, "name", Some("</script><!-- & snow"));
        let text = written(&thing);
        assert!(!text.contains(['<', '>', '&']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["name"], "</script><!-- & snow");
    }
}
