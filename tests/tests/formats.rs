//! Records in the field's formats, as everyone gets them: held against the standards' own schemas and examples where
//! these are.

use std::collections::BTreeSet;
use std::fs;

use innocap_testkit::{Answer, Client, Instance, free_port, on_every_backend};
use serde_json::{Value, json};

use crate::support::{alarm_challenge, alarm_solution, shared};

/// A challenge with everything that the formats tell of, and its buyer.
fn whole_challenge(instance: &Instance) -> (String, String) {
    let body = json!({
        "name": "Vadsø kommune",
        "kind": "public-body",
        "region": "NO073",
        "number": { "scheme": "NO-BRC", "value": "974760673" },
        "website": "https://example.org/",
    });
    let municipality = instance.operator().post("/api/v1/organisations", &body).expect(201).id();
    let mut need = alarm_challenge(&municipality);
    need["texts"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "language": "sv", "title": "Trygghetslarm <för> äldre & andra" }));
    need["cpv"] = json!(["35121700", "85312000"]);
    need["region"] = "NO073".into();
    need["published"] = "2026-11-01".into();
    need["deadline"] = "2027-01-31".into();
    (instance.published("challenges", &need), municipality)
}

fn software(organisation: &str) -> Value {
    let mut solution = alarm_solution(organisation);
    solution["kind"] = "open-source-software".into();
    solution["licence"] = "EUPL-1.2".into();
    solution["link"] = "https://git.example.org/alarm.git".into();
    solution
}

const OF_CHALLENGES: [(&str, &str); 3] =
    [("ocds", "application/json"), ("eforms", "application/xml; charset=utf-8"), ("jsonld", "application/ld+json")];
const OF_SOLUTIONS: [(&str, &str); 2] =
    [("jsonld", "application/ld+json"), ("publiccode.yml", "application/yaml; charset=utf-8")];

fn known(client: &Client, address: &str, tag: &str) -> Answer {
    client.send("GET", address, &[("if-none-match", tag)], None)
}

#[test]
fn a_document_has_its_media_type_and_is_not_sent_again_until_it_changes() {
    on_every_backend(|instance| {
        let (need, municipality) = whole_challenge(instance);
        let solution = instance.published("solutions", &software(&municipality));
        let client = instance.anonymous();
        let challenges = OF_CHALLENGES.map(|(name, media)| (format!("/api/v1/challenges/{need}/{name}"), media));
        let solutions = OF_SOLUTIONS.map(|(name, media)| (format!("/api/v1/solutions/{solution}/{name}"), media));
        let mut tags = Vec::new();
        for (address, media_type) in challenges.iter().chain(&solutions) {
            let answer = client.get(address).expect(200);
            assert_eq!(answer.header("content-type"), Some(*media_type), "{address}");
            let tag = answer.header("etag").expect("an ETag").to_owned();
            for sent in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
                let again = known(&client, address, &sent).expect(304);
                assert_eq!((again.header("etag"), again.text.as_str()), (Some(tag.as_str()), ""));
            }
            known(&client, address, "\"other\"").expect(200);
            tags.push((address.clone(), tag));
        }
        // A document tells of the organisation too: it is another when that is called otherwise.
        let renamed = json!({ "name": "Vadsø og Čáhcesuolu" });
        instance.operator().patch(&format!("/api/v1/organisations/{municipality}"), &renamed).expect(200);
        for (address, tag) in tags {
            known(&client, &address, &tag).expect(200);
        }
    });
}

#[test]
fn what_may_not_be_seen_is_in_no_format() {
    let instance = Instance::new();
    let municipality = instance.organisation("Vadsø kommune", "public-body", "NO");
    let company = instance.organisation("Alarm AB", "company", "SE");
    let (anonymous, operator) = (instance.anonymous(), instance.operator());
    let draft = operator.post("/api/v1/challenges", &alarm_challenge(&municipality)).expect(201).id();
    let solution = operator.post("/api/v1/solutions", &software(&company)).expect(201).id();
    let suspended = instance.published("solutions", &software(&company));
    operator.post(&format!("/api/v1/solutions/{suspended}/suspend"), &json!({ "reason": "a test" })).expect(204);
    let (own, other) = (instance.member(&municipality), instance.member(&company));
    for (name, _) in OF_CHALLENGES {
        let address = format!("/api/v1/challenges/{draft}/{name}");
        anonymous.get(&address).expect(404);
        other.get(&address).expect(404);
        own.get(&address).expect(200);
        anonymous.get(&format!("/api/v1/challenges/{solution}/{name}")).expect(404);
        anonymous.get(&format!("/api/v1/challenges/nonsense/{name}")).expect(404);
    }
    for (name, _) in OF_SOLUTIONS {
        anonymous.get(&format!("/api/v1/solutions/{solution}/{name}")).expect(404);
        anonymous.get(&format!("/api/v1/solutions/{suspended}/{name}")).expect(404);
        other.get(&format!("/api/v1/solutions/{solution}/{name}")).expect(200);
    }
}

#[test]
fn what_is_no_software_has_no_publiccode_yml_and_its_page_names_none() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    let product = instance.published("solutions", &alarm_solution(&company));
    let client = instance.anonymous();
    let refused = client.get(&format!("/api/v1/solutions/{product}/publiccode.yml")).expect(409);
    assert_eq!(refused.body["code"], "not_in_this_format");
    assert!(refused.body["detail"].as_str().unwrap().contains("product"), "{}", refused.text);
    assert!(!client.get(&format!("/solutions/{product}")).expect(200).text.contains("publiccode"));
}

#[test]
fn a_page_leads_to_its_record_in_every_format() {
    let instance = Instance::new();
    let (need, municipality) = whole_challenge(&instance);
    let solution = instance.published("solutions", &software(&municipality));
    let client = instance.anonymous();
    for (page, record, formats) in [
        (format!("/challenges/{need}"), format!("/api/v1/challenges/{need}"), &OF_CHALLENGES[..]),
        (format!("/solutions/{solution}"), format!("/api/v1/solutions/{solution}"), &OF_SOLUTIONS[..]),
    ] {
        for language in ["en", "sv", "fi", "nb", "da", "is"] {
            let text = client.get(&format!("{page}?lang={language}")).expect(200).text;
            for (name, media_type) in formats {
                let media_type = media_type.split(';').next().unwrap();
                let lang = if *name == "jsonld" { format!("?lang={language}") } else { String::new() };
                let address = format!("{record}/{name}{lang}");
                let link = format!("<link rel=\"alternate\" type=\"{media_type}\" href=\"{address}\"");
                assert!(text.contains(&link), "{link} is missing in {text}");
                assert!(text.contains(&format!("<a href=\"{address}\" type=\"{media_type}\">")), "{text}");
                let answer = client.get(&address).expect(200);
                assert!(answer.header("content-type").unwrap().starts_with(media_type));
            }
        }
    }
}

#[test]
fn linked_data_are_those_of_the_page_in_the_readers_language() {
    let instance = Instance::new();
    let (need, _) = whole_challenge(&instance);
    let client = instance.anonymous();
    let address = format!("/api/v1/challenges/{need}/jsonld");
    let asked = client.send("GET", &address, &[("accept-language", "sv")], None).expect(200);
    assert_eq!(asked.header("content-language"), Some("sv"));
    assert!(asked.header("vary").unwrap().to_lowercase().contains("accept-language"));
    assert_eq!(asked.body["name"], "Trygghetslarm <för> äldre & andra");
    let page = client.get(&format!("/challenges/{need}?lang=sv")).expect(200).text;
    let embedded =
        page.split("<script type=\"application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    assert_eq!(serde_json::from_str::<Value>(embedded).unwrap(), asked.body);
}

#[test]
fn nothing_of_a_person_goes_out() {
    let instance = Instance::new();
    // The number of a sole trader in Sweden is that of the person.
    let body = json!({
        "name": "Snöröjning i Boden",
        "kind": "company",
        "country": "SE",
        "number": { "scheme": "SE-ON", "value": "121212-1212" },
    });
    let trader = instance.operator().post("/api/v1/organisations", &body).expect(201).id();
    let owner = instance.member_named(&trader, "karin-svensson");
    let solution = instance.published("solutions", &software(&trader));
    for (name, _) in OF_SOLUTIONS {
        for client in [&instance.anonymous(), &owner] {
            let text = client.get(&format!("/api/v1/solutions/{solution}/{name}")).expect(200).text;
            assert!(!text.contains("1212") && !text.contains("karin") && !text.contains("contact:"), "{text}");
        }
    }
}

#[test]
fn a_release_package_is_as_the_schema_of_ocds_says_and_has_no_field_that_it_does_not_know() {
    let Some(folder) = shared() else { return };
    let schema = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(folder.join("standards/ocds").join(name)).unwrap()).unwrap()
    };
    let (mut package_schema, release_schema) = (schema("release-package-schema.json"), schema("release-schema.json"));
    // The releases are held against their own schema below; nothing is fetched.
    package_schema["properties"]["releases"]["items"] = json!({ "type": "object" });
    let instance = Instance::with(free_port(), &["--ocid-prefix=ocds-a1b2c3".to_owned()]);
    let (need, municipality) = whole_challenge(&instance);
    // One that knows no more than it must.
    let bare = json!({ "organisation": municipality, "texts": [{ "language": "smj", "title": "A", "summary": "B" }] });
    let bare = instance.published("challenges", &bare);
    for id in [&need, &bare] {
        let package = instance.anonymous().get(&format!("/api/v1/challenges/{id}/ocds")).expect(200).body;
        let faults = |schema: &Value, document: &Value| -> Vec<String> {
            let options = jsonschema::options().should_validate_formats(true).offline();
            let validator = options.build(schema).expect("a schema that needs nothing else");
            validator.iter_errors(document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
        };
        assert_eq!(faults(&package_schema, &package), Vec::<String>::new(), "{package:#}");
        let release = &package["releases"][0];
        assert_eq!(faults(&release_schema, release), Vec::<String>::new(), "{release:#}");
        let mut unknown = Vec::new();
        unknown_fields(&release_schema, &release_schema, release, "", &mut unknown);
        assert_eq!(unknown, Vec::<String>::new(), "{release:#}");
        assert_eq!(release["ocid"], format!("ocds-a1b2c3-{id}"));
        assert_eq!(release["tender"]["status"], "planning");
        // A schema that refuses nothing would prove nothing.
        let mut wrong = release.clone();
        wrong["tender"]["status"] = "thought of".into();
        wrong["date"] = 7.into();
        assert_eq!(faults(&release_schema, &wrong).len(), 2);
    }
}

/// The fields of a document that a schema of draft 4 has no word for.
fn unknown_fields(root: &Value, schema: &Value, document: &Value, place: &str, unknown: &mut Vec<String>) {
    let resolved = schema["$ref"].as_str().and_then(|reference| root.pointer(reference.trim_start_matches('#')));
    let schema = resolved.unwrap_or(schema);
    match document {
        Value::Object(members) => {
            for (name, member) in members {
                let place = format!("{place}/{name}");
                // A text in another language: the field's name, an underscore and a tag of BCP 47.
                let translated = |base: &str, tag: &str| {
                    let is_text = schema["properties"][base]["type"].as_array().is_some_and(|t| t[0] == "string");
                    is_text && innocap_domain::LanguageTag::parse(tag).is_ok()
                };
                match schema["properties"].get(name) {
                    Some(known) => unknown_fields(root, known, member, &place, unknown),
                    None if name.split_once('_').is_some_and(|(base, tag)| translated(base, tag)) => {}
                    None => unknown.push(place),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                unknown_fields(root, &schema["items"], item, place, unknown);
            }
        }
        _ => {}
    }
}

/// The paths of a notice's elements in their order, each with its namespace's prefix and attributes.
fn paths(xml: &str) -> Vec<String> {
    let (mut open, mut found) = (Vec::<String>::new(), Vec::new());
    let mut reader = quick_xml::Reader::from_str(xml);
    loop {
        use quick_xml::events::Event;
        match reader.read_event().expect("well-formed XML") {
            Event::Start(element) => {
                let name = element.name().as_ref().to_owned();
                open.push(name);
                // Lists are what a receiver reads a code by; all but the declared namespaces count.
                let lists = element.attributes().flatten().filter(|attribute| attribute.key.as_ref() == "listName");
                let lists: String = lists.map(|attribute| format!("[{}]", attribute.value)).collect();
                // The root differs between kinds of notice.
                found.push(format!("{}{lists}", open[1..].join("/")));
            }
            Event::End(_) => drop(open.pop()),
            Event::Eof => return found,
            _ => {}
        }
    }
}

/// How each element's children follow each other: pairs of parent and two children, the first before the second.
fn orders(xml: &str) -> BTreeSet<(String, String, String)> {
    let (mut open, mut orders) = (vec![(String::new(), Vec::<String>::new())], BTreeSet::new());
    let mut reader = quick_xml::Reader::from_str(xml);
    loop {
        use quick_xml::events::Event;
        match reader.read_event().expect("well-formed XML") {
            Event::Start(element) => {
                let name = element.name().as_ref().to_owned();
                let (parent, before) = open.last_mut().expect("a parent");
                for earlier in before.iter().filter(|earlier| **earlier != name) {
                    orders.insert((parent.clone(), earlier.clone(), name.clone()));
                }
                before.push(name.clone());
                open.push((name, Vec::new()));
            }
            Event::End(_) => drop(open.pop()),
            Event::Eof => return orders,
            _ => {}
        }
    }
}

#[test]
fn a_notice_has_the_elements_of_the_examples_of_eforms_in_their_order() {
    let Some(folder) = shared() else { return };
    let folder = folder.join("standards/eforms/examples");
    let example = fs::read_to_string(folder.join("E1_minimal.xml")).unwrap();
    let mut every = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        every.push(fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    let instance = Instance::new();
    let (need, _) = whole_challenge(&instance);
    let xml = instance.anonymous().get(&format!("/api/v1/challenges/{need}/eforms")).expect(200).text;
    let (ours, wanted) = (paths(&xml), paths(&example));
    // What the example has and nobody here knows, as the remark in the notice says; the example is anywhere in the EEA.
    let unknown = |path: &str| {
        path.starts_with("cac:TenderingTerms")
            || path.starts_with("cac:ProcurementProjectLot/cac:TenderingTerms")
            || path.ends_with("/cbc:Region")
    };
    for path in wanted.iter().filter(|path| !unknown(path)) {
        assert!(ours.contains(path), "{path} is missing in {xml}");
    }
    // What goes beyond the smallest example stands so in one of the others.
    let known: BTreeSet<String> = every.iter().flat_map(|example| paths(example)).collect();
    for path in &ours {
        assert!(known.contains(path), "{path} stands in no example");
    }
    let order: BTreeSet<_> = every.iter().flat_map(|example| orders(example)).collect();
    for (parent, first, second) in orders(&xml) {
        let turned = (parent.clone(), second.clone(), first.clone());
        assert!(!order.contains(&turned), "{second} comes before {first} in {parent}");
    }
    // Every namespace is declared as the example declares it.
    let declared = |xml: &str| -> BTreeSet<String> {
        let root = xml.split("<PriorInformationNotice").nth(1).unwrap().split('>').next().unwrap();
        root.split_ascii_whitespace().map(str::to_owned).collect()
    };
    assert_eq!(declared(&xml), declared(&example));
}
