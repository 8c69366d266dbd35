//! What is written is read again, by readers that know nothing of how it was written; no text breaks out of its place.

use innocap_domain::{Challenge, Content, Id, Labels, Language, Organisation, Record, Solution, Status};
use quick_xml::events::Event;
use serde_json::{Value, json};

use super::{Linked, eforms, ocds, publiccode};
use crate::records::read_content;

const OWNER: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
/// Texts that mean something in XML, JSON, YAML or HTML.
const HOSTILE: [&str; 12] = [
    "</cbc:Name><cbc:Name>",
    "]]> <![CDATA[ x",
    "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]> &x;",
    "-- --> <!--",
    "\" onload=\"x' & &amp; &#0;",
    "key: value # no comment",
    "- a\n- b: [c",
    "%YAML 1.2\n---\n!!binary x",
    "no",
    "2026-11-24",
    "'quoted' \"twice\" \\ and\ttabbed",
    "\u{FFFE}\u{2028}❄ مرحبا",
];

fn record<C: Content>(document: Value) -> Record<C> {
    let at = "2026-11-24T08:09:10Z".parse().unwrap();
    let content = read_content(document).unwrap();
    let id: Id<C> = "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap();
    Record { id, version: 3, status: Status::Published, status_reason: None, created: at, updated: at, content }
}

fn challenge(text: &str) -> Record<Challenge> {
    record(json!({
        "organisation": OWNER,
        "texts": [
            { "language": "nb", "title": text, "summary": text, "description": format!("Mer: {text}") },
            { "language": "nn", "title": "Tryggleik", "summary": "På nynorsk." },
            { "language": "sv", "title": "Trygghet", "summary": "På svenska." },
        ],
        "cpv": ["85312000", "48000000"],
        "region": "NO073",
        "published": "2026-11-01",
        "deadline": "2027-01-31",
    }))
}

fn buyer(name: &str) -> Organisation {
    read_content(json!({
        "name": name,
        "kind": "public-body",
        "region": "NO073",
        "number": { "scheme": "NO-BRC", "value": "974760673" },
        "website": "https://example.org/?a=1&b=2",
    }))
    .unwrap()
}

/// The texts of the elements of a name, as an XML reader gives them; panics where the document is not well-formed.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let (mut found, mut inside, mut depth) = (Vec::new(), None::<String>, 0_i32);
    let mut reader = quick_xml::Reader::from_str(xml);
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(element) => {
                depth += 1;
                if element.name().as_ref() == name {
                    inside = Some(String::new());
                }
            }
            Event::Text(text) => inside.iter_mut().for_each(|inside| inside.push_str(&text)),
            Event::GeneralRef(reference) => {
                let whole = format!("&{};", &*reference);
                let text = quick_xml::escape::unescape(&whole).expect("only the predefined ones").into_owned();
                inside.iter_mut().for_each(|inside| inside.push_str(&text));
            }
            Event::End(element) => {
                depth -= 1;
                if element.name().as_ref() == name {
                    found.extend(inside.take());
                }
            }
            Event::CData(_) | Event::DocType(_) | Event::PI(_) => panic!("the document holds what was not written"),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{xml}");
    found
}

#[test]
fn no_text_breaks_out_of_a_notice() {
    for text in HOSTILE {
        let xml =
            eforms::notice(&challenge(text), Some(&buyer(text)), "https://example.org", Labels::bundled()).unwrap();
        let written = crate::brief::xml_text(text);
        // The title of the procedure and of its lot, and the buyer's name; nynorsk is Norwegian as well.
        let names = texts(&xml, "cbc:Name");
        assert_eq!(names, [&written, &written, "Trygghet", &written, "Trygghet"], "{xml}");
        assert_eq!(texts(&xml, "cbc:WebsiteURI"), ["https://example.org/?a=1&b=2"]);
    }
}

#[test]
fn a_notice_tells_what_is_known_in_its_business_terms() {
    let write = |record: &Record<Challenge>| {
        eforms::notice(record, Some(&buyer("Vadsø kommune")), "https://example.org", Labels::bundled()).unwrap()
    };
    let mut record = challenge("Trygghet for eldre");
    let xml = write(&record);
    assert_eq!(texts(&xml, "cbc:CompanyID"), ["974760673"]);
    assert_eq!(texts(&xml, "cbc:NoticeLanguageCode"), ["NOR"]);
    assert_eq!(texts(&xml, "cbc:ItemClassificationCode"), ["85312000", "48000000", "85312000", "48000000"]);
    assert_eq!(texts(&xml, "cbc:CountrySubentityCode"), ["NO073", "NO073", "NO073"]);
    assert_eq!(texts(&xml, "cbc:ProcurementTypeCode"), ["services", "services"]);
    assert_eq!(texts(&xml, "cbc:EndDate"), ["2027-01-31+00:00"]);
    assert_eq!(texts(&xml, "cbc:IssueTime"), ["08:09:10+00:00"]);
    // The notice's identifier is a UUID of version 4, the same each time.
    let identifier = |xml: &str| texts(xml, "cbc:ID").into_iter().find(|id| id.len() == 36).unwrap();
    assert_eq!(identifier(&xml).as_bytes()[14], b'4', "{xml}");
    assert_eq!(identifier(&xml), identifier(&write(&record)));
    // What is not known is left out; a place outside NUTS is named in words.
    record.content.deadline = None;
    record.content.cpv.clear();
    record.content.place = innocap_domain::Place::new(None, Some(innocap_domain::Region::parse("GB-SCT").unwrap()));
    let xml = write(&record);
    assert_eq!(texts(&xml, "cbc:Region"), ["anyw-cou", "anyw-cou"]);
    assert!(texts(&xml, "cbc:IdentificationCode").contains(&"GBR".to_owned()));
    for absent in ["AnswerReceptionPeriod", "CommodityClassification", "ProcurementTypeCode", "cac:Contact"] {
        assert!(!xml.contains(absent), "{absent} in {xml}");
    }
}

#[test]
fn a_release_keeps_the_identifier_that_the_process_has_already() {
    let publisher = ocds::Publisher { base: "https://example.org", prefix: "ocds-a1b2c3", labels: Labels::bundled() };
    let mut record = challenge("Trygghet");
    let of = |record: &Record<Challenge>| {
        publisher.release_package(record, Some(&buyer("Vadsø kommune")))["releases"][0].clone()
    };
    let release = of(&record);
    assert_eq!(release["ocid"], format!("ocds-a1b2c3-{}", record.id));
    assert_eq!(release["id"], format!("ocds-a1b2c3-{}-3", record.id));
    assert_eq!(release["tender"]["title_sv"], "Trygghet");
    assert_eq!(release["tender"]["items"][0]["additionalClassifications"][0]["id"], "48000000");
    assert_eq!(release["parties"][0]["identifier"]["scheme"], "NO-BRC");
    assert_eq!(release["buyer"]["id"], release["parties"][0]["id"]);
    let source = json!({ "name": "elsewhere", "id": "ocds-213czf-000-00001" });
    record.content.source = Some(serde_json::from_value(source).unwrap());
    assert_eq!(of(&record)["ocid"], "ocds-213czf-000-00001");
}

#[test]
fn a_persons_number_and_an_unknown_organisation_do_not_hinder() {
    let record = challenge("Trygghet");
    let publisher = ocds::Publisher { base: "https://example.org", prefix: "ocds-a1b2c3", labels: Labels::bundled() };
    let release = &publisher.release_package(&record, None)["releases"][0];
    assert!(release.get("parties").is_none() && release.get("buyer").is_none());
    let xml = eforms::notice(&record, None, "https://example.org", Labels::bundled()).unwrap();
    assert!(!xml.contains("efac:Organization"));
    let linked = Linked { base: "https://example.org", labels: Labels::bundled(), language: Language::Sv };
    assert_eq!(linked.challenge(&record, None)["name"], "Trygghet");
}

fn software(texts: &Value) -> Value {
    json!({
        "organisation": OWNER,
        "kind": "open-source-software",
        "texts": texts,
        "trl": 7,
        "functions": ["health", "rail"],
        "delivery": ["NO", "SE"],
        "languages": ["nb", "sv"],
        "licence": "EUPL-1.2",
        "link": "https://git.example.org/nattvakt.git",
        "deployments": [{ "organisation": "Inari" }, { "organisation": "no" }],
    })
}

/// What [`crate::publiccode`] reads of a file, as a solution of the same organisation.
fn read_again(text: &str) -> Solution {
    let mut document = crate::publiccode::read(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    document.insert("organisation".to_owned(), json!(OWNER));
    read_content(Value::Object(document)).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn software_is_read_again_as_it_was_written() {
    let mut written: Vec<Record<Solution>> = vec![record(software(&json!([
        { "language": "nb", "title": "Nattvakt: tilsyn", "summary": "Ser til folk.", "description": "Om natten.\n\nUten nett." },
        { "language": "en", "title": "Night watch", "summary": "Looks after people." },
        { "language": "sv", "title": "Nattvakt: tilsyn", "description": "På svenska." },
    ])))];
    for text in HOSTILE {
        written.push(record(software(
            &json!([{ "language": "en", "title": text, "summary": text, "description": text }]),
        )));
    }
    for status in [2, 5, 9] {
        let mut other = software(&json!([{ "language": "is", "title": "Næturvakt" }]));
        other["trl"] = status.into();
        // The page of the software and its repository.
        other["link"] = "https://example.org/nattvakt".into();
        other["delivery"] = json!(["*"]);
        written.push(record(other));
    }
    for record in &written {
        let text = publiccode::written(record, Some(&buyer("Vadsø kommune")), "https://example.org").unwrap();
        let mut expected = record.content.clone();
        // Of the functions with one word for their field the first is read.
        expected.functions[1] = "urttb".parse().unwrap();
        assert_eq!(read_again(&text), expected, "{text}");
    }
}

#[test]
fn a_file_has_what_the_standard_requires_or_names_it_as_missing() {
    let texts = json!([{ "language": "en", "title": "Night watch", "summary": "x", "description": "y" }]);
    let whole: Record<Solution> = record(software(&texts));
    // What nobody here knows of any software.
    let never = ["platforms", "softwareType", "description/*/features", "maintenance/type", "maintenance/contacts"];
    assert_eq!(publiccode::missing(&publiccode::file(&whole, None, "https://example.org")), never);
    let bare: Record<Solution> = record(json!({
        "organisation": OWNER,
        "kind": "open-source-software",
        "texts": [{ "language": "en", "title": "Night watch" }],
        "link": "https://example.org/",
    }));
    let text = publiccode::written(&bare, None, "https://example.org").unwrap();
    let file: Value = serde_saphyr::from_str(&text).unwrap();
    for key in publiccode::REQUIRED {
        let there = !publiccode::missing(&file).contains(&key);
        let named = text.lines().any(|line| line.strip_prefix("#   ") == Some(key));
        assert!(there != named, "{key} in {text}");
    }
    assert_eq!(file["landingURL"], "https://example.org/");
    assert!(file.get("url").is_none(), "a page is no repository: {text}");
}

#[test]
fn what_is_too_long_for_the_standard_is_cut_and_not_lost() {
    let summary = "word ".repeat(60).trim().to_owned();
    let texts = json!([{ "language": "en", "title": "T", "summary": summary, "description": "x ".repeat(9_000) }]);
    let file = publiccode::file(&record(software(&texts)), None, "https://example.org");
    let english = &file["description"]["en"];
    let short = english["shortDescription"].as_str().unwrap();
    assert!(short.ends_with('…') && short.chars().count() <= 150, "{short}");
    let long = english["longDescription"].as_str().unwrap();
    assert!(long.starts_with(&summary) && long.chars().count() <= 10_000);
}
