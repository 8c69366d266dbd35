//! `cargo xtask retold`: nothing in the repository repeats eight words in a row of the shared source data.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use serde_json::Value;

use crate::root;
use crate::tidy::tracked;

/// Words in a row that count as carried over.
const WORDS: usize = 8;

/// Compares the bundle, the vocabularies, the judgements and the documents with the shared data, where these are.
///
/// # Errors
/// What was carried over.
pub fn run() -> Result<(), String> {
    let shared = root().join("../shared/data");
    if !shared.exists() {
        println!("── retold: not checked, the shared data are not here");
        return Ok(());
    }
    let mut known = HashSet::new();
    for entry in walkdir::WalkDir::new(&shared).into_iter().flatten().filter(|e| e.file_type().is_file()) {
        for text in texts(entry.path()) {
            known.extend(grams(&text).into_iter().map(|(hash, _)| hash));
        }
    }
    let mut hits = Vec::new();
    for path in tracked() {
        let own = ["crates/server/bundle/", "crates/domain/data/", "tests/fixtures/"]
            .iter()
            .any(|folder| path.starts_with(folder));
        let bundled = own && path.ends_with(".jsonl");
        if !bundled && ![".md", ".ftl", ".toml"].iter().any(|end| path.ends_with(end)) {
            continue;
        }
        for text in texts(&root().join(&path)) {
            for (hash, words) in grams(&text) {
                if known.contains(&hash) {
                    hits.push(format!("{path}: {words}"));
                }
            }
        }
    }
    for hit in &hits {
        println!("retold: carried over: {hit}");
    }
    if hits.is_empty() {
        println!("── retold: nothing is carried over from the shared data");
        Ok(())
    } else {
        Err(format!("retold: {} passages are carried over", hits.len()))
    }
}

/// The texts of a file: the strings of JSON, without addresses and organisations' names, or the whole file.
fn texts(path: &Path) -> Vec<String> {
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    let extension = path.extension().unwrap_or_default();
    let values: Vec<Value> = if extension == "jsonl" {
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    } else if extension == "json" {
        serde_json::from_str(&text).into_iter().collect()
    } else {
        return vec![text];
    };
    let mut found = Vec::new();
    for value in &values {
        strings(value, &mut found);
    }
    found
}

fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if !text.starts_with("http") => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                // Names and identifiers are facts; a source may make an identifier of a title.
                if !matches!(name.as_str(), "organisation" | "source" | "need" | "solution") {
                    strings(member, found);
                }
            }
        }
        _ => {}
    }
}

/// The hashes of every run of eight words, with the words.
fn grams(text: &str) -> Vec<(u64, String)> {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    let hash = |run: &[String]| {
        let mut hasher = DefaultHasher::new();
        run.hash(&mut hasher);
        hasher.finish()
    };
    words.windows(WORDS).map(|run| (hash(run), run.join(" "))).collect()
}
