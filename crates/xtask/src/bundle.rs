//! `cargo xtask bundle`: gives the bundled records their identifiers and computes the vectors of their texts and the codes of
//! their tokens.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use innocap_app::{Passage, Read, codes_name, codes_of, passages};
use innocap_domain::Texts;
use innocap_language::{Centring, Role, content_hash};
use innocap_server::bundle::{encode_codes, encode_vectors};
use serde_json::{Map, Value};
use uuid::Builder;

/// Milliseconds since 1970 at the start of 2025: the bundled records' identifiers count from there, so that making
/// the bundle again gives the same ones.
const FIRST: u64 = 1_735_689_600_000;

/// Writes identifiers into the bundle's files and the vectors beside them.
///
/// # Errors
/// What could not be read, embedded or written.
pub fn run() -> Result<(), String> {
    let folder = folder();
    let model = innocap_server::bundled_model().map_err(|f| f.message)?;
    let centring = Centring::for_model(model.model_id());
    let (mut vectors, mut codes) = (Vec::new(), Vec::new());
    for (file, role) in [("solutions.jsonl", Role::Passage), ("challenges.jsonl", Role::Query)] {
        let records = with_identifiers(&folder.join(file))?;
        let (mut texts, mut beginnings) = (Vec::new(), HashSet::new());
        for record in &records {
            let mut parts = texts_of(record, role)?;
            beginnings.extend(parts.iter().filter_map(|parts| parts.first().cloned()));
            texts.append(&mut parts);
        }
        let texts = texts.concat();
        for chunk in texts.chunks(16) {
            let borrowed: Vec<&str> = chunk.iter().map(String::as_str).collect();
            let readings = model.read(role, &borrowed).map_err(|e| e.to_string())?;
            for (text, reading) in chunk.iter().zip(readings.ok_or("the bundled model tells one vector a text")?) {
                let hash = content_hash(model.model_id(), role, text);
                if beginnings.remove(text) {
                    codes.push((hash.clone(), codes_of(&centring, role, text, &reading).to_bytes()));
                }
                vectors.push((hash, reading.vector));
            }
        }
        println!("{file}: {} records, {} texts", records.len(), texts.len());
    }
    let bytes = encode_vectors(model.model_id(), model.dimensions(), &vectors);
    std::fs::write(folder.join("vectors.bin"), &bytes).map_err(|e| e.to_string())?;
    println!("vectors.bin: {} vectors, {} bytes", vectors.len(), bytes.len());
    let bytes = encode_codes(&codes_name(model.model_id(), &centring), &codes);
    std::fs::write(folder.join("codes.bin"), &bytes).map_err(|e| e.to_string())?;
    println!("codes.bin: codes of {} texts, {} bytes", codes.len(), bytes.len());
    Ok(())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/bundle")
}

/// The records of a file, each with an identifier, which is written back.
fn with_identifiers(path: &Path) -> Result<Vec<Value>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut records = Vec::new();
    let mut written = String::new();
    for (number, line) in (0u64..).zip(text.lines()) {
        let mut record: Map<String, Value> =
            serde_json::from_str(line).map_err(|e| format!("{}, line {}: {e}", path.display(), number + 1))?;
        // The order of the others stays.
        record.shift_remove("id");
        let source = format!("{}/{}", record["source"]["name"], record["source"]["id"]);
        let mut entropy = [0; 10];
        entropy.copy_from_slice(&<sha2::Sha256 as sha2::Digest>::digest(source.as_bytes())[..10]);
        let id = Builder::from_unix_timestamp_millis(FIRST + number, &entropy).into_uuid();
        record.shift_insert(0, "id".to_owned(), Value::from(id.to_string()));
        let record = Value::Object(record);
        written.push_str(&record.to_string());
        written.push('\n');
        records.push(record);
    }
    std::fs::write(path, written).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(records)
}

/// The texts of a record that are embedded in a role.
pub fn parts_of(record: &Value, role: Role) -> Result<Vec<String>, String> {
    Ok(texts_of(record, role)?.concat())
}

/// The same by language version; the first of each is read token by token as well.
fn texts_of(record: &Value, role: Role) -> Result<Vec<Vec<String>>, String> {
    let texts: Texts = serde_json::from_value(record["texts"].clone()).map_err(|e| e.to_string())?;
    let parts = |passage: &Passage| passage.parts(role, Read::All).into_iter().map(|(text, _)| text).collect();
    Ok(passages(&texts).iter().map(parts).collect())
}
