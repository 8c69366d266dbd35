//! The pages in a real browser, and the interface texts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use innocap_testkit::Instance;

fn http_crate() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/http")
}

/// The message identifiers of each language in a crate's file of messages.
fn messages(krate: &Path, file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages = BTreeMap::new();
    for entry in std::fs::read_dir(krate.join("locales")).unwrap() {
        let folder = entry.unwrap().path();
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let identifiers = text
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" =").map(|(id, _)| id.to_owned()))
            .collect();
        messages.insert(folder.file_name().unwrap().to_string_lossy().into_owned(), identifiers);
    }
    messages
}

#[test]
fn every_message_stands_in_every_language_and_is_used() {
    // Whether each sentence about a suggestion is used is tested beside the code that speaks them.
    let sentences = messages(&http_crate().join("../app"), "suggestions.ftl");
    let messages = messages(&http_crate(), "main.ftl");
    assert_eq!(sentences.keys().collect::<Vec<_>>(), messages.keys().collect::<Vec<_>>());
    for (language, identifiers) in &sentences {
        assert_eq!(identifiers, &sentences["en"], "{language} differs from English");
    }
    assert_eq!(messages.keys().map(String::as_str).collect::<Vec<_>>(), ["da", "en", "fi", "is", "nb", "sv"]);
    let english = &messages["en"];
    for (language, identifiers) in &messages {
        assert_eq!(identifiers, english, "{language} differs from English");
    }
    let mut used = String::new();
    for entry in std::fs::read_dir(http_crate().join("templates")).unwrap() {
        used.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    for identifier in english {
        assert!(used.contains(&format!("\"{identifier}\"")), "{identifier} is used nowhere");
    }
    for part in used.split("texts.get(\"").skip(1).chain(used.split("texts.count(\"").skip(1)) {
        let identifier = part.split('"').next().unwrap();
        assert!(english.contains(identifier), "{identifier} is no message");
    }
}

#[test]
fn a_page_speaks_the_language_that_is_asked_for() {
    let instance = Instance::new();
    let client = instance.anonymous();
    let read = |path: &str, accept: &str| client.send("GET", path, &[("accept-language", accept)], None).expect(200);
    assert_eq!(read("/", "fi;q=0.5, is").header("content-language"), Some("is"));
    assert_eq!(read("/", "nn-NO,nn;q=0.9").header("content-language"), Some("nb"));
    assert_eq!(read("/", "xx").header("content-language"), Some("en"));
    assert_eq!(read("/?lang=sv", "fi").header("content-language"), Some("sv"));
    assert!(read("/", "sv").text.contains("0 lösningar"));
}

#[test]
fn the_pages_are_accessible_in_a_real_browser_on_a_phone_without_javascript() {
    let instance = Instance::new();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/pages.mjs");
    let output = Command::new("node")
        .arg(script)
        .arg(instance.url(""))
        .output()
        .expect("node is there: cargo xtask test installs it");
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert!(told.contains("pages checked"), "{told}");
}
