//! Each format by a document written for it: what becomes a record, what an award, and what is never kept.

use innocap_domain::{Challenge, Content, HarvestFormat, HarvestSettings, Outcome, Reader, RecordKind, Solution};
use serde_json::{Value, json};
use url::Url;

use super::found::{Award, Found, Item};
use super::{Page, Reading, addresses};

fn reading(format: HarvestFormat, mapping: Option<&str>) -> Reading {
    let settings = HarvestSettings {
        name: "a source".to_owned(),
        format,
        address: "https://source.example.org/".to_owned(),
        mapping: mapping.map(str::to_owned),
        licence: Some("CC0-1.0".to_owned()),
        interval: None,
        allow_private: false,
        whole: true,
    };
    Reading::of(&settings).unwrap()
}

fn read(format: HarvestFormat, body: &str) -> Page {
    let address = Url::parse("https://source.example.org/x").unwrap();
    reading(format, None).read(&address, body.as_bytes()).unwrap()
}

fn items(page: &Page) -> Vec<&Item> {
    page.found.iter().filter_map(|found| if let Found::Item(item) = found { Some(&**item) } else { None }).collect()
}

fn awards(page: &Page) -> Vec<&Award> {
    page.found.iter().filter_map(|found| if let Found::Award(award) = found { Some(&**award) } else { None }).collect()
}

/// The document with an identifier in place of the organisation, read as the domain reads it.
fn valid<C: Content>(document: &Value) -> C {
    let mut document = document.clone();
    document["organisation"] = json!(innocap_domain::OrganisationId::new());
    Reader::document(&document, C::read).unwrap().unwrap()
}

/// Nothing of the people in the documents stands in what is kept of them.
fn names_nobody(page: &Page, people: &[&str]) {
    let told = format!("{:?}", items(page)) + &awards(page).iter().map(|award| award.title.clone()).collect::<String>();
    for person in people {
        assert!(!told.contains(person), "{person} stands in {told}");
    }
    assert!(!told.contains("@"), "a mail address stands in {told}");
}

#[test]
fn a_publiccode_file_becomes_a_solution_of_whoever_owns_it() {
    let page = read(HarvestFormat::Publiccode, include_str!("../../../../tests/fixtures/harvest/publiccode.yml"));
    let [item] = items(&page)[..] else { panic!("{page:?}") };
    assert_eq!(item.id, "https://code.example.org/nordkommun/snoplan.git");
    assert_eq!(item.document["organisation"], json!({"name": "Nordkommun kommun", "kind": "public-body"}));
    let solution: Solution = valid(&item.document);
    assert_eq!(solution.texts.versions().len(), 2);
    assert_eq!(solution.deployments[0].organisation.as_deref(), Some("Västra byns kommun"));
    assert_eq!(solution.source.unwrap().licence.as_deref(), Some("CC0-1.0"));
    names_nobody(&page, &["Maja", "Snöstorm", "911 12"]);
}

#[test]
fn a_page_of_the_catalogue_leads_on_and_leaves_out_what_is_not_active() {
    let file = include_str!("../../../../tests/fixtures/harvest/publiccode.yml");
    let body = json!({
        "data": [
            {"id": "1", "url": "https://code.example.org/a", "publiccodeYml": file, "active": true, "updatedAt": "2026-03-01T00:00:00Z"},
            {"id": "2", "publiccodeYml": file, "active": false},
            {"id": "3", "publiccodeYml": "name: [", "active": true},
            {"id": "4", "active": true},
        ],
        "links": {"prev": "", "next": "?page[after]=abc"},
    });
    let page = read(HarvestFormat::SoftwareCatalogue, &body.to_string());
    assert_eq!(page.next.as_deref(), Some("?page[after]=abc"));
    assert_eq!(items(&page).iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["1"]);
    let faults = page.found.iter().filter(|found| matches!(found, Found::Fault { .. })).count();
    assert_eq!(faults, 2);
    let other = reading(HarvestFormat::SoftwareCatalogue, None);
    let address = Url::parse("https://source.example.org/").unwrap();
    for wrong in ["<html>", "{}", "[1]"] {
        assert!(other.read(&address, wrong.as_bytes()).is_err(), "{wrong}");
    }
}

#[test]
fn releases_become_needs_and_awards() {
    let package = include_str!("../../../../tests/fixtures/harvest/release-package.json");
    let page = read(HarvestFormat::Ocds, package);
    let [planned, bought] = items(&page)[..] else { panic!("{page:?}") };
    let need: Challenge = valid(&planned.document);
    assert_eq!(need.texts.original().title, "Trygghetsalarm i spredt bebyggelse");
    assert_eq!(need.texts.original().language.as_str(), "nb");
    assert_eq!(planned.document["organisation"]["number"], json!({"scheme": "NO-BRC", "value": "974760673"}));
    assert_eq!((planned.closed, bought.closed), (None, Some(Outcome::Procured)));
    assert!(planned.stamp < bought.stamp);
    let need: Challenge = valid(&bought.document);
    assert_eq!(need.cpv[0].as_str(), "35121700");
    assert_eq!(need.deadline.unwrap().to_string(), "2026-02-10");
    let [company, person] = awards(&page)[..] else { panic!("{page:?}") };
    assert_eq!(
        (company.supplier.name.as_str(), company.title.as_str()),
        ("Alarm Nord AS", "Trygghetsalarmer og drift")
    );
    assert!(company.supplier.is_body() && !person.supplier.is_body());
    assert_eq!(company.date.unwrap().to_string(), "2026-02-20");
    names_nobody(&page, &["Kari", "Hansen", "+47 77"]);
}

#[test]
fn records_and_single_releases_a_line_are_read_as_packages_are() {
    let package: Value =
        serde_json::from_str(include_str!("../../../../tests/fixtures/harvest/release-package.json")).unwrap();
    let releases = package["releases"].as_array().unwrap();
    let ids = |body: &str| -> Vec<String> {
        items(&read(HarvestFormat::Ocds, body)).iter().map(|item| item.id.clone()).collect()
    };
    let both = ["ocds-test01-100", "ocds-test01-101"];
    assert_eq!(ids(&format!("{}\n{}\n", releases[0], releases[1])), both);
    let records = json!({"records": [
        {"ocid": "ocds-test01-100", "releases": [releases[0]]},
        {"ocid": "ocds-test01-101", "compiledRelease": releases[1], "releases": [{"url": "https://example.org"}]},
    ], "links": {"next": "https://source.example.org/2"}});
    assert_eq!(ids(&records.to_string()), both);
    assert_eq!(read(HarvestFormat::Ocds, &records.to_string()).next.as_deref(), Some("https://source.example.org/2"));
}

#[test]
fn a_contract_notice_of_the_older_form_is_a_need_in_each_of_its_languages() {
    let page = read(HarvestFormat::Ted, include_str!("../../../../tests/fixtures/harvest/ted-contract.xml"));
    let [item] = items(&page)[..] else { panic!("{page:?}") };
    assert_eq!((item.id.as_str(), item.kind), ("000111-2026", RecordKind::Challenge));
    let need: Challenge = valid(&item.document);
    let languages: Vec<_> = need.texts.versions().iter().map(|text| text.language.as_str()).collect();
    assert_eq!(languages, ["sv", "en"]);
    assert_eq!(
        need.texts.original().description,
        "Kameror och sensorer för tillsyn i hemmet. Frågor ställs till …, tel. ….\nKameror\nKameror med ljud."
    );
    assert_eq!(need.cpv.iter().map(|code| code.as_str()).collect::<Vec<_>>(), ["35121700", "32323500"]);
    assert_eq!(need.place.region.unwrap().as_str(), "SE332");
    assert_eq!(need.deadline.unwrap().to_string(), "2026-02-16");
    assert_eq!(item.document["organisation"]["number"]["value"], "212000-0142");
    names_nobody(&page, &["Anna", "0911", "911123456"]);
}

#[test]
fn an_award_notice_of_the_older_form_tells_who_supplies_whom_and_which_need_is_met() {
    let page = read(HarvestFormat::Ted, include_str!("../../../../tests/fixtures/harvest/ted-award.xml"));
    let [company, person] = awards(&page)[..] else { panic!("{page:?}") };
    assert_eq!((company.supplier.name.as_str(), company.title.as_str()), ("Nattvakt AB", "Kameror för tillsyn"));
    assert_eq!(company.buyer.as_ref().unwrap().name, "Norra byns kommun");
    assert_eq!(company.date.unwrap().to_string(), "2026-05-20");
    assert!(company.supplier.is_body() && !person.supplier.is_body());
    assert!(page.found.iter().any(|found| matches!(found, Found::Met(id) if id == "000111-2026")), "{page:?}");
    names_nobody(&page, &["sven.saljare"]);
}

#[test]
fn a_contract_notice_in_eforms_is_a_need_and_names_nobody() {
    let page = read(HarvestFormat::Ted, include_str!("../../../../tests/fixtures/harvest/eforms-contract.xml"));
    let [item] = items(&page)[..] else { panic!("{page:?}") };
    assert_eq!(item.id, "7f1d1c2a-0000-4000-8000-0000000000aa");
    let need: Challenge = valid(&item.document);
    let languages: Vec<_> = need.texts.versions().iter().map(|text| text.language.as_str()).collect();
    assert_eq!(languages, ["fi", "sv"]);
    assert_eq!(
        need.texts.original().description,
        "Vuodot löydettävä ilman kaivamista. Lisätietoja …, puh. ….\nKuuntelulaitteet\nAkustiset anturit."
    );
    assert_eq!(need.deadline.unwrap().to_string(), "2026-05-04");
    assert_eq!(need.source.unwrap().url.as_deref(), Some("https://ted.europa.eu/en/notice/-/detail/333444-2026"));
    names_nobody(&page, &["Matti", "1234567"]);
}

#[test]
fn an_award_notice_in_eforms_leaves_out_natural_persons_whatever_they_are_called() {
    let page = read(HarvestFormat::Ted, include_str!("../../../../tests/fixtures/harvest/eforms-award.xml"));
    let [company, person] = awards(&page)[..] else { panic!("{page:?}") };
    assert_eq!((company.supplier.name.as_str(), company.title.as_str()), ("Vuotohaku Oy", "Kuuntelulaitteet"));
    assert_eq!((company.supplier.size, company.date.unwrap().to_string().as_str()), (Some("small"), "2026-08-15"));
    assert!(company.supplier.is_body() && !person.supplier.is_body());
    assert!(page.found.iter().any(|found| matches!(found, Found::Met(id) if id.ends_with("aa"))), "{page:?}");
}

#[test]
fn a_supplier_whose_number_is_a_persons_is_not_kept() {
    let notice = include_str!("../../../../tests/fixtures/harvest/ted-award.xml").replace("556016-0680", "811218-9876");
    let page = read(HarvestFormat::Ted, &notice);
    let award = awards(&page)[0];
    assert_eq!(award.supplier.number.as_ref().map(|number| number.is_personal()), Some(true));
    assert!(!award.supplier.is_body());
}

#[test]
fn rows_become_records_by_their_mapping_and_keep_their_number() {
    let mapping = include_str!("../../../../tests/fixtures/harvest/mapping.toml");
    let csv = include_str!("../../../../tests/fixtures/harvest/rows.csv");
    let address = Url::parse("https://source.example.org/rows.csv").unwrap();
    let page = reading(HarvestFormat::Csv, Some(mapping)).read(&address, csv.as_bytes()).unwrap();
    assert_eq!(items(&page).iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(items(&page)[0].document["source"]["name"], "a source");
    let own = "{\"kind\": \"service\", \"texts\": [{\"language\": \"en\", \"title\": \"x\"}], \"source\": {\"name\": \"theirs\", \"id\": \"7\"}}\n{}\n";
    let page = read(HarvestFormat::JsonLines, own);
    assert_eq!(items(&page)[0].document["source"], json!({"name": "a source", "id": "7", "licence": "CC0-1.0"}));
    assert!(matches!(&page.found[1], Found::Fault { at, .. } if at == "line 2"), "{page:?}");
}

#[test]
fn a_list_holds_an_address_a_line_or_is_a_list_of_texts() {
    let base = Url::parse("https://source.example.org/lists/all.txt").unwrap();
    let found = addresses(&base, b"# software\nhttps://a.example.org/x\n\nnear.yml\r\nnear.yml\n").unwrap();
    let found: Vec<_> = found.iter().map(Url::as_str).collect();
    assert_eq!(found, ["https://a.example.org/x", "https://source.example.org/lists/near.yml"]);
    assert_eq!(addresses(&base, b"[\"/y\"]").unwrap()[0].as_str(), "https://source.example.org/y");
    for wrong in [&b""[..], b"# nothing", b"<html>", b"[1]", b"\xff"] {
        assert!(addresses(&base, wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn what_is_no_document_of_the_format_is_told_so() {
    let address = Url::parse("https://source.example.org/x").unwrap();
    for format in [HarvestFormat::Publiccode, HarvestFormat::SoftwareCatalogue, HarvestFormat::Ocds, HarvestFormat::Ted]
    {
        for wrong in ["", "<!doctype html><p>Sorry", "{\"message\": \"no\"}", "a: &a [*a, *a]", "\u{0}"] {
            assert!(reading(format, None).read(&address, wrong.as_bytes()).is_err(), "{format}: {wrong}");
        }
    }
}

#[test]
fn a_file_of_aliases_that_grow_is_cut_off() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let inner = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
    }
    bomb.push_str("name: Bomb\n");
    let address = Url::parse("https://source.example.org/x").unwrap();
    assert!(reading(HarvestFormat::Publiccode, None).read(&address, bomb.as_bytes()).is_err());
}
