//! The bundled catalogue: it loads without a fault, it is as large and as varied as it says, and its vectors are true.

use std::collections::BTreeSet;
use std::path::Path;

use innocap_app::{codes_name, codes_of};
use innocap_language::{BertEmbedder, Centring, Embedder, Role, TokenCodes, content_hash};
use innocap_server::bundle;
use innocap_testkit::Instance;
use serde_json::Value;

fn rows(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

fn distinct(rows: &[Value], of: impl Fn(&Value) -> Vec<String>) -> BTreeSet<String> {
    rows.iter().flat_map(of).collect()
}

#[test]
fn the_bundle_loads_whole_needs_no_embedding_and_a_second_load_changes_nothing() {
    let instance = Instance::new();
    let first = instance.block_on(bundle::load(instance.innocap())).unwrap();
    assert_eq!(first.refused, Vec::new());
    assert_eq!(first.created, first.lines);
    let vectors = bundle::vectors().unwrap().1;
    let model = instance.innocap().embeddings().model().id().to_owned();
    let known: BTreeSet<String> = vectors.into_iter().map(|(hash, _)| hash).collect();
    for (role, text) in [(Role::Passage, bundle::SOLUTIONS), (Role::Query, bundle::CHALLENGES)] {
        for passage in texts(text, role) {
            assert!(known.contains(&content_hash(&model, role, &passage)), "no vector: {passage}");
        }
    }
    instance.indexed();
    let second = instance.block_on(bundle::load(instance.innocap())).unwrap();
    assert_eq!(second.unchanged, second.lines);
}

/// The texts of a bundle's file as they are embedded.
fn texts(text: &str, role: Role) -> Vec<String> {
    let mut found = Vec::new();
    for row in rows(text) {
        let texts: innocap_domain::Texts = serde_json::from_value(row["texts"].clone()).unwrap();
        for passage in innocap_app::passages(&texts) {
            found.extend(passage.parts(role, innocap_app::Read::All).into_iter().map(|(text, _)| text));
        }
    }
    found
}

#[test]
fn a_sample_of_the_bundled_vectors_is_what_the_model_gives() {
    let model = BertEmbedder::bundled().unwrap();
    let (name, vectors) = bundle::vectors().unwrap();
    assert_eq!(name, model.model_id());
    for (role, text) in [(Role::Passage, bundle::SOLUTIONS), (Role::Query, bundle::CHALLENGES)] {
        for passage in texts(text, role).iter().step_by(17) {
            let hash = content_hash(model.model_id(), role, passage);
            let kept = &vectors.iter().find(|(h, _)| *h == hash).expect("a vector for each text").1;
            let computed = model.embed(role, &[passage]).unwrap().remove(0);
            let cosine: f32 = kept.iter().zip(&computed).map(|(a, b)| a * b).sum();
            assert!(cosine > 0.995, "{cosine}: {passage}");
        }
    }
}

#[test]
fn a_sample_of_the_bundled_codes_is_what_the_model_reads() {
    let model = BertEmbedder::bundled().unwrap();
    let centring = Centring::for_model(model.model_id());
    let (name, kept) = bundle::codes().unwrap();
    assert_eq!(name, codes_name(model.model_id(), &centring));
    let mut compared = 0;
    for (role, text) in [(Role::Passage, bundle::SOLUTIONS), (Role::Query, bundle::CHALLENGES)] {
        for beginning in texts(text, role).iter().step_by(17) {
            let hash = content_hash(model.model_id(), role, beginning);
            // Titles have vectors and no codes.
            let Some((_, bytes)) = kept.iter().find(|(h, _)| *h == hash) else { continue };
            let kept = TokenCodes::from_bytes(bytes).expect("codes");
            let reading = model.read(role, &[beginning]).unwrap().expect("tokens").remove(0);
            let met = codes_of(&centring, role, beginning, &reading).align(&kept).unwrap();
            assert!(met.need > 0.95 && met.title > 0.95 && met.listing > 0.95, "{met:?}: {beginning}");
            compared += 1;
        }
    }
    assert!(compared >= 10, "{compared}");
}

#[test]
fn the_bundle_is_spread_over_countries_languages_providers_and_functions() {
    let (solutions, needs) = (rows(bundle::SOLUTIONS), rows(bundle::CHALLENGES));
    assert!(solutions.len() >= 150, "{} solutions", solutions.len());
    assert!(needs.len() >= 50, "{} needs", needs.len());
    let language = |row: &Value| vec![row["texts"][0]["language"].as_str().unwrap().to_owned()];
    let functions = |row: &Value| {
        row["functions"].as_array().unwrap().iter().map(|f| f.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let provider = |row: &Value| vec![row["organisation"]["kind"].as_str().unwrap().to_owned()];
    assert!(distinct(&solutions, language).is_superset(&["sv", "da", "en"].map(str::to_owned).into()));
    assert!(distinct(&needs, language).is_superset(&["nb", "sv", "fi", "da", "en"].map(str::to_owned).into()));
    assert_eq!(distinct(&solutions, provider).len(), 4, "all kinds of provider");
    assert!(distinct(&solutions, functions).len() >= 8);
    assert!(distinct(&needs, functions).len() >= 8);
    for row in solutions.iter().chain(&needs) {
        assert!(row["source"]["name"].is_string() && row["source"]["id"].is_string(), "{row}");
    }
}

#[test]
fn the_mappings_that_come_along_can_be_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mappings");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        innocap_app::mapping::Mapping::parse(&text).unwrap();
        read += 1;
    }
    assert!(read >= 5);
}
