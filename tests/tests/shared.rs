//! What can be checked only where the shared data are: official codes, whole files through the mappings.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;

use innocap_app::import::Form;
use innocap_app::mapping::Mapping;
use innocap_domain::{Labels, Scheme};
use innocap_testkit::Instance;
use serde_json::Value;

use crate::support::shared;

#[test]
fn every_bundled_code_is_an_official_one() {
    let Some(folder) = shared() else { return };
    let official = |name: &str| -> BTreeSet<String> {
        let text = std::fs::read_to_string(folder.join("vocabularies").join(name)).unwrap();
        let code = |line: &str| serde_json::from_str::<Value>(line).unwrap()["code"].as_str().unwrap().to_owned();
        text.lines().map(code).collect()
    };
    let labels = Labels::bundled();
    let cpv = official("cpv.jsonl");
    assert_eq!(innocap_domain::CpvCode::all().map(|c| c.to_string()).collect::<BTreeSet<_>>(), cpv);
    for code in labels.codes(Scheme::Cpv) {
        assert!(cpv.contains(code), "{code} is no CPV code");
    }
    let nuts = official("nuts.jsonl");
    for code in labels.codes(Scheme::Region) {
        let national = code.len() == 2 || code.contains('-');
        assert!(national || nuts.contains(code), "{code} is no NUTS code");
    }
    assert_eq!(innocap_domain::Region::nuts_codes().map(str::to_owned).collect::<BTreeSet<_>>(), nuts);
    let functions: BTreeSet<String> = labels.codes(Scheme::Function).into_iter().map(str::to_owned).collect();
    assert_eq!(functions, official("main-activity.jsonl"));
}

#[test]
fn every_row_of_the_shared_catalogues_and_needs_is_imported() {
    let Some(folder) = shared() else { return };
    let instance = Instance::new();
    let mut records = 0;
    for (file, mapping) in [
        ("catalogue/erdf-projects.jsonl", include_str!("../../mappings/erdf-projects.toml")),
        ("catalogue/digital-public-goods.jsonl", include_str!("../../mappings/digital-public-goods.toml")),
        ("needs/doffin-notices.jsonl", include_str!("../../mappings/doffin-notices.toml")),
        ("needs/ted-notices.jsonl", include_str!("../../mappings/ted-notices.toml")),
        ("needs/challenge-gov.jsonl", include_str!("../../mappings/challenge-gov.toml")),
    ] {
        let rows = BufReader::new(File::open(folder.join(file)).unwrap());
        let mapping = Mapping::parse(mapping).unwrap();
        let import = instance.innocap().import(rows, Form::JsonLines, Some(&mapping), |_| {});
        let report = instance.block_on(import).unwrap();
        assert_eq!(report.refused, Vec::new(), "{file}");
        assert_eq!(report.created, report.lines, "{file}");
        records += report.created;
    }
    assert_eq!(records, 2_222 + 1_868);
}
