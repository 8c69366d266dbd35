//! Many solutions made from the imported ones: two of one language are mixed sentence by sentence, and so are their
//! vectors, which go into the embedding cache, so that nothing has to be embedded.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use innocap_app::codes_name;
use innocap_language::{Centring, Role, content_hash, sentences, unit};
use innocap_registry::{DatabaseUrl, Registry};
use serde_json::{Map, Value, json};

use super::load::Target;
use super::path;
use crate::bundle::parts_of;

/// Vectors stored in one transaction.
const STORED_AT_ONCE: usize = 2_000;
/// Words of a free text.
const WORDS: usize = 60;

/// A pseudo-random sequence (xorshift64*, Vigna 2016): the same variants on every machine.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or(0) % bound.max(1)
    }

    /// Between −1 and 1.
    fn signed(&mut self) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "24 bits fit")]
        let unit = (self.next() >> 40) as f32 / (1u64 << 24) as f32;
        2.0 * unit - 1.0
    }
}

/// Reads the registry in `small`, writes `count` variants of its solutions with its organisations and challenges to
/// `file`, and the vectors of all of them into the registry in `large`.
pub(super) fn write(small: &Path, large: &Path, file: &Path, count: usize) -> Result<(), String> {
    let exported = file.with_extension("export");
    super::innocap(small, &["export", path(&exported)?])?;
    let text = std::fs::read_to_string(&exported).map_err(|e| e.to_string())?;
    let _ = std::fs::remove_file(&exported);
    let records: Vec<Value> =
        text.lines().map(serde_json::from_str).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
    std::fs::create_dir_all(large).map_err(|e| e.to_string())?;
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let from = open(small).await?;
        let to = open(large).await?;
        to.migrate().await.map_err(|e| e.to_string())?;
        let mut out = BufWriter::new(File::create(file).map_err(|e| e.to_string())?);
        mix(&records, &from, &to, &mut out, count).await?;
        out.flush().map_err(|e| e.to_string())
    })
}

async fn open(data: &Path) -> Result<Registry, String> {
    let url = format!("sqlite:{}", path(&data.join("innocap.db"))?);
    let url = DatabaseUrl::parse(&url).map_err(|e| e.to_string())?;
    Registry::open(&url).await.map_err(|e| e.to_string())
}

/// A solution with its vector and the codes of its tokens.
type Known<'a> = (&'a Value, &'a Vec<f32>, &'a Vec<u8>);

async fn mix(
    records: &[Value],
    from: &Registry,
    to: &Registry,
    out: &mut impl Write,
    count: usize,
) -> Result<(), String> {
    let model = innocap_server::bundled_model().map_err(|f| f.message)?;
    let model = model.model_id();
    let vectors_of = async |role: Role, some: &[&Value]| -> Result<HashMap<String, Vec<f32>>, String> {
        let texts: Vec<String> = some.iter().map(|r| parts_of(r, role)).collect::<Result<Vec<_>, _>>()?.concat();
        let hashes: Vec<String> = texts.iter().map(|text| content_hash(model, role, text)).collect();
        from.embeddings(model, &hashes).await.map_err(|e| e.to_string())
    };
    let solutions: Vec<&Value> = records.iter().filter(|r| r["type"] == "solution").collect();
    let others: Vec<&Value> = records.iter().filter(|r| r["type"] != "solution").collect();
    for record in &others {
        writeln!(out, "{record}").map_err(|e| e.to_string())?;
    }
    let challenges: Vec<&Value> = others.into_iter().filter(|r| r["type"] == "challenge").collect();
    let needs: Vec<_> = vectors_of(Role::Query, &challenges).await?.into_iter().collect();
    to.store_embeddings(model, needs).await.map_err(|e| e.to_string())?;
    let name = codes_name(model, &Centring::for_model(model));
    let codes_of = async |role: Role, some: &[&Value]| -> Result<HashMap<String, Vec<u8>>, String> {
        let beginning = |r: &&Value| Ok::<_, String>(content_hash(model, role, &parts_of(r, role)?[0]));
        let hashes: Vec<String> = some.iter().map(beginning).collect::<Result<_, _>>()?;
        from.made_of_texts(&name, &hashes).await.map_err(|e| e.to_string())
    };
    let needs: Vec<_> = codes_of(Role::Query, &challenges).await?.into_iter().collect();
    to.store_made_of_texts(&name, needs).await.map_err(|e| e.to_string())?;
    let known_codes = codes_of(Role::Passage, &solutions).await?;

    let known = vectors_of(Role::Passage, &solutions).await?;
    let mut by_language: BTreeMap<&str, Vec<Known<'_>>> = BTreeMap::new();
    for solution in &solutions {
        let hash = content_hash(model, Role::Passage, &parts_of(solution, Role::Passage)?[0]);
        let language = solution["texts"][0]["language"].as_str().unwrap_or("en");
        let vector = known.get(&hash).ok_or("a solution of the catalogue was not embedded")?;
        let codes = known_codes.get(&hash).ok_or("a solution of the catalogue was not read token by token")?;
        by_language.entry(language).or_default().push((solution, vector, codes));
    }
    let mut random = Sequence(0x5EED_1234_ABCD);
    let (mut stored, mut stored_codes) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for i in 0..count {
        let language = solutions[i % solutions.len()]["texts"][0]["language"].as_str().unwrap_or("en");
        let group = &by_language[language];
        let (first, a, codes) = group[random.below(group.len())];
        let (second, b, _) = group[random.below(group.len())];
        let variant = variant(first, second, i, &mut random);
        let vector: Vec<f32> = a.iter().zip(b).map(|(x, y)| 0.6 * x + 0.4 * y + 0.01 * random.signed()).collect();
        // A variant's text and title share one vector: that of the title would be much like it.
        let vector = unit(vector);
        for (place, part) in parts_of(&variant, Role::Passage)?.into_iter().enumerate() {
            let hash = content_hash(model, Role::Passage, &part);
            if seen.insert(hash.clone()) {
                // Read token by token it passes for the first of the two: as many codes of as many tokens.
                if place == 0 {
                    stored_codes.push((hash.clone(), codes.clone()));
                }
                stored.push((hash, vector.clone()));
            }
        }
        writeln!(out, "{variant}").map_err(|e| e.to_string())?;
        if stored.len() >= STORED_AT_ONCE || i + 1 == count {
            to.store_embeddings(model, std::mem::take(&mut stored)).await.map_err(|e| e.to_string())?;
            let codes = std::mem::take(&mut stored_codes);
            to.store_made_of_texts(&name, codes).await.map_err(|e| e.to_string())?;
        }
    }
    Ok(())
}

/// The first solution's facts with sentences of both.
fn variant(first: &Value, second: &Value, number: usize, random: &mut Sequence) -> Value {
    let mut record: Map<String, Value> = first.as_object().cloned().unwrap_or_default();
    for own in ["id", "version", "created", "updated"] {
        record.remove(own);
    }
    let text = |record: &Value, field: &str| record["texts"][0][field].as_str().unwrap_or_default().to_owned();
    let words = |title: String| title.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let (left, right) = (words(text(first, "title")), words(text(second, "title")));
    let title: Vec<String> =
        left.iter().take(left.len().div_ceil(2)).chain(right.iter().skip(right.len() / 2)).cloned().collect();
    let (one, two) = (text(first, "description"), text(second, "description"));
    let mut mixed = String::new();
    for (text, share) in [(&one, 2), (&two, 1)] {
        for range in sentences(text) {
            if random.below(3) < share {
                mixed.push_str(text[range].trim());
                mixed.push(' ');
            }
        }
    }
    let language = &first["texts"][0]["language"];
    record.insert(
        "texts".to_owned(),
        json!([{"language": language, "title": title.join(" "), "description": mixed.trim_end()}]),
    );
    record.insert("source".to_owned(), json!({"name": "variants", "id": number.to_string()}));
    Value::Object(record)
}

/// Texts of sixty words that the server has not seen: words of needs, from a place further in each time.
pub(super) fn free_texts(base: &str, challenges: &[String], count: usize) -> Result<Vec<String>, String> {
    let target = Target::new();
    let mut words: Vec<String> = Vec::new();
    for id in challenges {
        if words.len() >= WORDS * count {
            break;
        }
        let answer = target.get(&format!("{base}/api/v1/challenges/{id}"))?;
        let record: Value = serde_json::from_str(&answer).map_err(|e| e.to_string())?;
        let version = &record["texts"][0];
        for field in ["title", "description"] {
            words.extend(version[field].as_str().unwrap_or_default().split_whitespace().map(str::to_owned));
        }
    }
    Ok(words.chunks(WORDS).take(count).map(|chunk| chunk.join(" ")).collect())
}
