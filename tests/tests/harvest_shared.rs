//! Every real document of the shared data through its format: all of it is understood, and no contact of it is kept.

use std::path::Path;

use innocap_app::ExportOptions;
use innocap_domain::{HarvestFormat, HarvestSettings};
use innocap_testkit::{Catalogue, Instance};

use crate::harvest::{add, run, source};
use crate::support::shared;

/// Puts the files of a folder into the catalogue, by name, and a list of them; how many there are.
fn shelve(catalogue: &Catalogue, folder: &Path, prefix: &str, kept: impl Fn(&str) -> bool) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| kept(name))
        .collect();
    names.sort();
    for name in &names {
        let body = std::fs::read(folder.join(name)).unwrap();
        catalogue.put(&format!("/{prefix}/{name}"), "application/octet-stream", body);
    }
    let list: Vec<String> = names.iter().map(|name| format!("/{prefix}/{name}")).collect();
    catalogue.put(&format!("/{prefix}"), "text/plain", list.join("\n"));
    names
}

#[test]
fn every_notice_release_and_file_of_the_shared_standards_is_understood() {
    let Some(folder) = shared().map(|folder| folder.join("standards")).filter(|folder| folder.is_dir()) else {
        eprintln!("not run: the shared standards are not here");
        return;
    };
    let instance = Instance::new();
    let catalogue = Catalogue::open();
    let xml = |name: &str| name.ends_with(".xml");
    let older = shelve(&catalogue, &folder.join("ted-r209"), "ted", xml);
    let newer = shelve(&catalogue, &folder.join("eforms/examples"), "eforms", xml);
    let software = shelve(&catalogue, &folder.join("publiccode"), "publiccode", |name| name.ends_with(".yml"));
    let releases = shelve(&catalogue, &folder.join("ocds"), "ocds", |name| name.starts_with("example"));
    assert!(older.len() >= 14 && newer.len() >= 9 && software.len() >= 2 && releases.len() >= 7);

    // 4 prior information and 4 contract notices; one award notice of 6 names a person, and 2 award nothing.
    add(&instance, source("TED", HarvestFormat::TedList, catalogue.url("/ted")));
    let report = run(&instance, "TED");
    println!("TED: {report:#?}");
    assert_eq!((report.refused, report.complete), (0, true), "{:#?}", report.lines);
    assert_eq!(report.documents, older.len() + 1);
    assert!(report.created >= 8, "{report:#?}");

    add(&instance, source("eForms", HarvestFormat::TedList, catalogue.url("/eforms")));
    let report = run(&instance, "eForms");
    println!("eForms: {report:#?}");
    assert_eq!((report.refused, report.complete), (0, true), "{:#?}", report.lines);
    assert_eq!(report.documents, newer.len() + 1);

    add(&instance, source("Software", HarvestFormat::PubliccodeList, catalogue.url("/publiccode")));
    let report = run(&instance, "Software");
    println!("Software: {report:#?}");
    // Both describe one program, by its address.
    assert_eq!((report.created, report.refused), (1, 0), "{:#?}", report.lines);

    for name in &releases {
        let settings = source(name, HarvestFormat::Ocds, catalogue.url(&format!("/ocds/{name}")));
        add(&instance, HarvestSettings { name: name.replace('_', " "), ..settings });
        let report = run(&instance, &name.replace('_', " "));
        println!("{name}: {report:#?}");
        assert_eq!((report.refused, report.complete), (0, true), "{name}: {:#?}", report.lines);
    }

    let mut everything = Vec::new();
    instance.block_on(instance.innocap().export(&ExportOptions::default(), &mut everything)).unwrap();
    let everything = String::from_utf8(everything).unwrap();
    assert!(!everything.contains('@'), "a mail address is kept");
    // A photographer who was awarded a contract under his own name, without a number in a register.
    let person = std::fs::read_to_string(folder.join("ted-r209/586847-2021.xml")).unwrap();
    let name = person.split("<ADDRESS_CONTRACTOR><OFFICIALNAME>").nth(1).unwrap().split('<').next().unwrap();
    assert!(!everything.contains(name), "a person is kept");
}
