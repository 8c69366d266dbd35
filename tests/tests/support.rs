//! Documents that the tests write and read.

use std::path::PathBuf;

use serde_json::{Value, json};

/// A solution for the supervision of old people at home, in English.
pub fn alarm_solution(organisation: &str) -> Value {
    json!({
        "organisation": organisation,
        "kind": "product",
        "texts": [{
            "language": "en",
            "title": "Safety alarm for elderly people living at home",
            "summary": "A wearable alarm that calls the home care staff when an old person falls.",
            "description": "The alarm works over the mobile network and keeps working when the power fails. Municipal home care receives the call and sees where the person is.",
            "keywords": ["home care", "elderly", "fall detection"]
        }],
        "trl": 9,
        "cpv": ["35121700"],
        "functions": ["soc-pro"],
        "delivery": ["NO", "SE"],
        "languages": ["en", "sv"],
        "deployments": [{"organisation": "Bodens kommun", "country": "SE", "region": "SE332", "since": "2019"}]
    })
}

/// A solution for something else, in Swedish.
pub fn snow_solution(organisation: &str) -> Value {
    json!({
        "organisation": organisation,
        "kind": "service",
        "texts": [{
            "language": "sv",
            "title": "Snöröjning och halkbekämpning av vägar",
            "summary": "Vinterväghållning åt kommuner med egna plogbilar.",
            "description": "Vi plogar, sandar och saltar gator, gångvägar och parkeringar dygnet runt hela vintern."
        }],
        "cpv": ["90620000"],
        "functions": ["econ-aff"],
        "delivery": ["SE"],
        "languages": ["sv"]
    })
}

/// A need that the alarm answers, in Norwegian.
pub fn alarm_challenge(organisation: &str) -> Value {
    json!({
        "organisation": organisation,
        "texts": [{
            "language": "nb",
            "title": "Trygghetsalarm for eldre som bor hjemme",
            "summary": "Kommunen trenger alarmer som varsler hjemmetjenesten når en eldre person faller.",
            "description": "Mange eldre bor alene og langt fra hjelp. Alarmen må virke over mobilnettet."
        }],
        "cpv": ["35121700"],
        "functions": ["soc-pro"],
        "country": "NO"
    })
}

/// A record that comes from a source under this identifier.
pub fn sourced(record: &Value, name: &str, id: &str) -> Value {
    let mut record = record.clone();
    record["source"] = json!({"name": name, "id": id});
    record
}

/// Records as JSON Lines.
pub fn json_lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

/// The faults that a problem document lists: pointers and codes.
pub fn faults(body: &Value) -> Vec<(&str, &str)> {
    let errors = body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap())).collect()
}

/// The shared data, where they are; a test without them says so and passes.
pub fn shared() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let found = folder.canonicalize().ok();
    if found.is_none() {
        eprintln!("not run: the shared data are not here");
    }
    found
}
