//! What can be checked only where the shared data are: official codes, whole files through the mappings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use innocap_app::import::Form;
use innocap_app::mapping::Mapping;
use innocap_domain::{Labels, Language, Scheme};
use innocap_language::detect;
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

/// How often the language of some texts was told right, not at all, and wrong.
#[derive(Default, Clone, Copy)]
struct Told {
    right: usize,
    unsure: usize,
    wrong: usize,
}

/// The texts of a file's field by the language that its rows state.
fn told(folder: &Path, file: &str, field: &str, language_field: &str) -> BTreeMap<String, Told> {
    let mut counts: BTreeMap<String, Told> = BTreeMap::new();
    for line in std::fs::read_to_string(folder.join(file)).unwrap().lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let (stated, text) = (row[language_field].as_str().unwrap(), row[field].as_str().unwrap_or_default());
        if text.split_whitespace().count() < 3 {
            continue;
        }
        let of = counts.entry(stated.to_owned()).or_default();
        // The Norwegian files say bokmål of every notice; some are nynorsk.
        match detect(text).language.map(Language::code) {
            None => of.unsure += 1,
            Some("nn") if stated == "nb" => of.right += 1,
            Some(told) if told == stated => of.right += 1,
            Some(_) => of.wrong += 1,
        }
    }
    counts
}

#[test]
fn the_language_of_a_shared_text_is_told() {
    let Some(folder) = shared() else { return };
    // File, field, and how many in a hundred must be told right and may be told wrong.
    for (file, field, language_field, least_right, most_wrong) in [
        ("needs/doffin-notices.jsonl", "description", "lang", 97, 2),
        ("needs/doffin-notices.jsonl", "title", "lang", 80, 6),
        ("needs/ted-notices.jsonl", "description", "lang", 93, 5),
        ("catalogue/erdf-projects.jsonl", "text", "lang", 97, 2),
        ("eval/swefaq/queries.jsonl", "text", "language", 95, 3),
        ("eval/tatoeba-sv-en/queries.jsonl", "text", "language", 85, 4),
        ("eval/tatoeba-da-en/queries.jsonl", "text", "language", 60, 8),
        ("eval/tatoeba-fi-en/queries.jsonl", "text", "language", 95, 2),
        ("eval/tatoeba-sv-en/corpus.jsonl", "text", "language", 90, 3),
    ] {
        for (language, of) in told(&folder, file, field, language_field) {
            let texts = of.right + of.unsure + of.wrong;
            println!("{file} {field} {language}: {} right, {} unsure, {} wrong", of.right, of.unsure, of.wrong);
            assert!(100 * of.right >= least_right * texts, "{file} {field}: {} of {texts} {language} right", of.right);
            assert!(100 * of.wrong <= most_wrong * texts, "{file} {field}: {} of {texts} {language} wrong", of.wrong);
        }
    }
}

#[test]
fn every_judgement_is_of_a_need_and_a_solution_that_are_there_and_none_is_in_both_parts() {
    let Some(folder) = shared() else { return };
    let identifiers = |files: &[(&str, &str)]| -> BTreeSet<String> {
        let of = |(file, prefix): &(&str, &str)| {
            let text = std::fs::read_to_string(folder.join(file)).unwrap();
            let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
            text.lines().map(|line| format!("{prefix}{}", id(line))).collect::<Vec<_>>()
        };
        files.iter().flat_map(of).collect()
    };
    let needs = identifiers(&[
        ("needs/doffin-notices.jsonl", ""),
        ("needs/ted-notices.jsonl", ""),
        ("needs/challenge-gov.jsonl", ""),
    ]);
    let solutions = identifiers(&[("catalogue/erdf-projects.jsonl", ""), ("catalogue/digital-public-goods.jsonl", "")]);
    let mut seen = BTreeSet::new();
    let mut part_of: BTreeMap<String, &str> = BTreeMap::new();
    for (part, text) in [
        ("dev", include_str!("../fixtures/judgements/dev.jsonl")),
        ("test", include_str!("../fixtures/judgements/test.jsonl")),
    ] {
        for line in text.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let (need, solution) = (row["need"].as_str().unwrap(), row["solution"].as_str().unwrap());
            assert!(needs.contains(need), "{need}");
            assert!(solutions.contains(solution), "{solution}");
            assert!(row["grade"].as_u64().unwrap() <= 3, "{line}");
            assert!(!row["reason"].as_str().unwrap().is_empty(), "{line}");
            assert!(seen.insert((need.to_owned(), solution.to_owned())), "judged twice: {line}");
            assert_eq!(*part_of.entry(need.to_owned()).or_insert(part), part, "{need}");
        }
    }
}
