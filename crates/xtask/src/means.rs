//! `cargo xtask means`: the mean vectors of each language and role, computed from texts that are in no evaluation
//! collection: the bundled catalogue and the bundled labels of codes. `cargo xtask token-means`: those of the tokens of
//! each role, from the bundled catalogue.

use std::collections::BTreeMap;
use std::path::Path;

use innocap_app::{Read, passages};
use innocap_domain::{Labels, Language, Scheme, Texts};
use innocap_language::{Embedder, Means, Role, TokenMeans};
use innocap_server::bundle;
use serde::Serialize;
use serde_json::Value;

use crate::bundle::parts_of;

/// A language needs so many texts for a mean of its own.
const FEWEST: usize = 20;
/// Labels are short; so many of them are joined into one text of the usual length.
const LABELS_JOINED: usize = 6;

/// Writes `crates/language/model/means.json`.
///
/// # Errors
/// What could not be read, embedded or written.
pub fn run() -> Result<(), String> {
    let model = innocap_server::bundled_model().map_err(|f| f.message)?;
    let texts = texts()?;
    let mut means: BTreeMap<String, BTreeMap<String, Vec<f32>>> = BTreeMap::new();
    for (role, name) in [(Role::Query, "query"), (Role::Passage, "passage")] {
        let mut all = Vec::new();
        for (language, texts) in &texts {
            if texts.len() < FEWEST {
                println!("{language}: {} texts are too few for a mean of its own", texts.len());
                continue;
            }
            let mut vectors = Vec::new();
            for chunk in texts.chunks(16) {
                let borrowed: Vec<&str> = chunk.iter().map(String::as_str).collect();
                vectors.extend(model.embed(role, &borrowed).map_err(|e| e.to_string())?);
            }
            let mean = mean(&vectors);
            println!("{name} {language}: {} texts", vectors.len());
            all.push(mean.clone());
            means.entry(name.to_owned()).or_default().insert(language.clone(), mean);
        }
        // All languages together count alike, however many texts each has.
        means.entry(name.to_owned()).or_default().insert("*".to_owned(), mean(&all));
    }
    let means = Means { model: model.model_id().to_owned(), version: version(&means), means };
    write("means.json", &means)
}

/// Writes `crates/language/model/token-means.json`.
///
/// # Errors
/// What could not be read, embedded or written.
pub fn run_tokens() -> Result<(), String> {
    let model = innocap_server::bundled_model().map_err(|f| f.message)?;
    let means = token_means(model.as_ref())?;
    write("token-means.json", &TokenMeans { model: model.model_id().to_owned(), version: version(&means), means })
}

fn write(name: &str, means: &impl Serialize) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../language/model").join(name);
    let text = serde_json::to_string(means).map_err(|e| e.to_string())?;
    std::fs::write(path, text + "\n").map_err(|e| e.to_string())
}

fn version(means: &impl Serialize) -> String {
    let text = serde_json::to_string(means).unwrap_or_default();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(text.as_bytes());
    digest[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The texts of each language: every language version in the bundle, and labels joined to the length of a text.
fn texts() -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in bundle::SOLUTIONS.lines().chain(bundle::CHALLENGES.lines()) {
        let record: Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
        let languages = record["texts"].as_array().into_iter().flatten().filter_map(|t| t["language"].as_str());
        for (language, text) in languages.zip(parts_of(&record, Role::Query)?) {
            texts.entry(language.to_owned()).or_default().push(text);
        }
    }
    let labels = Labels::bundled();
    for language in [Language::Sv, Language::Fi, Language::Nb, Language::Da, Language::Is, Language::En] {
        let own: Vec<&str> = labels
            .codes(Scheme::Cpv)
            .into_iter()
            .filter_map(|code| labels.all(Scheme::Cpv, code)?.get(language.code()).map(String::as_str))
            .collect();
        let joined = own.chunks(LABELS_JOINED).map(|some| some.join(". "));
        texts.entry(language.code().to_owned()).or_default().extend(joined);
    }
    Ok(texts)
}

/// The mean vector of the tokens that weigh something, of each role, over the texts of the bundled catalogue. Labels are
/// left out: their tokens stand in no sentence. Languages count alike.
fn token_means(model: &dyn Embedder) -> Result<BTreeMap<String, Vec<f32>>, String> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in bundle::SOLUTIONS.lines().chain(bundle::CHALLENGES.lines()) {
        let record: Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
        let versions: Texts = serde_json::from_value(record["texts"].clone()).map_err(|e| e.to_string())?;
        for (version, passage) in versions.versions().iter().zip(passages(&versions)) {
            let beginning = passage.parts(Role::Query, Read::Beginning).swap_remove(0).0;
            texts.entry(version.language.as_str().to_owned()).or_default().push(beginning);
        }
    }
    texts.retain(|_, texts| texts.len() >= FEWEST);
    let mut means = BTreeMap::new();
    for (role, name) in [(Role::Query, "query"), (Role::Passage, "passage")] {
        let mut of_languages = Vec::new();
        for texts in texts.values() {
            let mut vectors = Vec::new();
            for chunk in texts.chunks(16) {
                let borrowed: Vec<&str> = chunk.iter().map(String::as_str).collect();
                let readings = model.read(role, &borrowed).map_err(|e| e.to_string())?.unwrap_or_default();
                vectors.extend(readings.into_iter().flat_map(|reading| reading.tokens).map(|token| token.vector));
            }
            of_languages.push(mean(&vectors));
        }
        println!("{name}: tokens of {} languages", of_languages.len());
        means.insert(name.to_owned(), mean(&of_languages));
    }
    Ok(means)
}

/// The mean of some vectors, rounded to five digits, which is finer than the model's own quantisation.
fn mean(vectors: &[Vec<f32>]) -> Vec<f32> {
    let width = vectors.first().map_or(0, Vec::len);
    #[expect(clippy::cast_precision_loss, reason = "a few hundred texts")]
    let count = vectors.len() as f32;
    (0..width)
        .map(|i| {
            let mean = vectors.iter().map(|v| v[i]).sum::<f32>() / count;
            (mean * 100_000.0).round() / 100_000.0
        })
        .collect()
}
