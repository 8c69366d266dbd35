//! The bundled model against reference vectors, and what must hold for any text.

use std::sync::LazyLock;
use std::time::Instant;

use super::*;

static MODEL: LazyLock<BertEmbedder> = LazyLock::new(|| BertEmbedder::bundled().expect("the bundled model loads"));

#[derive(serde::Deserialize)]
struct Reference {
    kind: String,
    text: String,
    token_ids: Vec<u32>,
    vector: Vec<f32>,
}

fn references() -> Vec<Reference> {
    serde_json::from_str(include_str!("../../model/reference-vectors.json")).expect("the references parse")
}

fn role(kind: &str) -> Role {
    if kind == "query" { Role::Query } else { Role::Passage }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn embed_one(role: Role, text: &str) -> Vec<f32> {
    MODEL.embed(role, &[text]).expect("any text embeds").remove(0)
}

#[test]
fn token_ids_equal_the_references() {
    for reference in references() {
        let ids = MODEL.tokenize(role(&reference.kind), &reference.text).expect("tokenizes");
        assert_eq!(ids, reference.token_ids, "{}", reference.text);
    }
}

#[test]
fn vectors_agree_with_the_references() {
    for reference in references() {
        let vector = embed_one(role(&reference.kind), &reference.text);
        let agreement = cosine(&vector, &reference.vector);
        assert!(agreement >= 0.99, "{agreement} for {}", reference.text);
        let length = vector.iter().map(|v| v * v).sum::<f32>();
        assert!((length - 1.0).abs() < 1e-4, "length² {length}");
    }
}

#[test]
fn a_batch_keeps_the_order_and_equals_single_texts() {
    let mut texts: Vec<String> = references().into_iter().map(|r| r.text).collect();
    texts.push("vatten ".repeat(700));
    texts.push(String::new());
    texts.extend((0..200).map(|n| format!("{n} kommuner söker vinterväghållning")));
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let batch = MODEL.embed(Role::Passage, &texts).expect("embeds");
    assert_eq!(batch.len(), texts.len());
    for (text, together) in texts.iter().zip(&batch).take(20) {
        let alone = embed_one(Role::Passage, text);
        assert!(cosine(&alone, together) > 0.9999, "{text}");
    }
}

#[test]
fn any_text_gives_a_finite_unit_vector() {
    let controls: String = (0u8..32).map(char::from).collect();
    let long = "Kommunen behöver hjälp med snöröjning. ".repeat(2_000);
    let texts =
        ["", " ", &controls, &long, "</s></s><pad>", "日本語 кириллица", "\u{0}\u{feff}\u{200b}", &"a".repeat(60_000)];
    for text in texts {
        for role in [Role::Query, Role::Passage] {
            let vector = embed_one(role, text);
            assert_eq!(vector.len(), MODEL.dimensions());
            let length = vector.iter().map(|v| v * v).sum::<f32>();
            assert!((length - 1.0).abs() < 1e-4, "length² {length} of {:?}", text.chars().take(20).collect::<String>());
        }
    }
    assert_eq!(MODEL.tokenize(Role::Passage, &long).expect("tokenizes").len(), 512);
    assert_eq!(MODEL.tokenize(Role::Passage, &long).expect("tokenizes").last(), Some(&2));
}

#[test]
fn no_texts_give_no_vectors() {
    assert!(MODEL.embed(Role::Query, &[]).expect("nothing to do").is_empty());
}

#[test]
fn the_model_is_named_by_its_content() {
    assert_eq!(MODEL.model_id(), "multilingual-e5-small-latin-q4_0@8e1e9001");
    assert_eq!(MODEL.dimensions(), 384);
}

#[test]
fn a_swedish_need_is_nearer_to_its_english_answer_than_to_another() {
    let need = embed_one(Role::Query, "Snöröjning av vägar på vintern");
    let near = embed_one(Role::Passage, "Winter road maintenance and snow clearing");
    let far = embed_one(Role::Passage, "Accounting software for schools");
    assert!(cosine(&need, &near) > cosine(&need, &far));
}

#[test]
fn a_cache_key_differs_by_model_role_and_text() {
    let key = content_hash("m", Role::Query, "text");
    assert_eq!(key.len(), 64);
    assert_eq!(key, content_hash("m", Role::Query, "text"));
    assert_ne!(key, content_hash("n", Role::Query, "text"));
    assert_ne!(key, content_hash("m", Role::Passage, "text"));
    assert_ne!(key, content_hash("m", Role::Query, "texts"));
}

/// Prints milliseconds for texts of several lengths; run with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a check"]
fn speed() {
    let started = Instant::now();
    let model = BertEmbedder::bundled().expect("loads");
    println!("load {:?}", started.elapsed());
    let text =
        "Kommunen behöver hjälp med snöröjning av gång- och cykelvägar under vintern, eftersom avstånden är långa. ";
    for tokens in [12, 30, 90, 243, 512] {
        let mut long = String::new();
        while model.tokenize(Role::Query, &long).expect("tokenizes").len() < tokens {
            let next = text.chars().nth(long.chars().count() % text.chars().count()).expect("in range");
            long.push(next);
        }
        let ids = model.tokenize(Role::Query, &long).expect("tokenizes");
        let mut times: Vec<f64> = (0..15)
            .map(|_| {
                let started = Instant::now();
                model.embed(Role::Query, &[&long]).expect("embeds");
                started.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!(
            "{} tokens: best {:.1} ms, median {:.1} ms, {:.0} tokens/s",
            ids.len(),
            times[0],
            times[7],
            ids.len() as f64 / times[7] * 1e3
        );
    }
    let texts: Vec<String> = (0..64).map(|n| text.repeat(1 + n % 4)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let total: usize = texts.iter().map(|t| model.tokenize(Role::Passage, t).expect("tokenizes").len()).sum();
    let started = Instant::now();
    model.embed(Role::Passage, &texts).expect("embeds");
    let seconds = started.elapsed().as_secs_f64();
    println!("64 texts, {total} tokens: {:.0} tokens/s", total as f64 / seconds);
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status.lines().filter(|l| l.starts_with("VmHWM") || l.starts_with("VmRSS")).for_each(|l| println!("{l}"));
    }
}

#[test]
fn a_text_read_token_by_token_has_the_same_vector_and_tokens_that_stand_in_it() {
    let text = "Vinterväghållning: snöröjning på gång- och cykelvägar, 120 km";
    let reading = MODEL.read(Role::Passage, &[text, ""]).unwrap().unwrap();
    assert!(cosine(&reading[0].vector, &embed_one(Role::Passage, text)) > 0.9999);
    assert!(reading[1].tokens.is_empty(), "neither the prefix nor the marks are tokens of the text");
    let tokens = &reading[0].tokens;
    assert!(tokens.iter().all(|token| token.weight > 0.0 && text.is_char_boundary(token.start)));
    assert!(tokens.is_sorted_by_key(|token| token.start));
    assert_eq!(tokens[0].start, 0);
    // A token that begins a word begins with the space before it.
    let weight = |word: &str| {
        let space = text.find(word).unwrap() - 1;
        tokens.iter().find(|token| token.start == space).map(|token| token.weight)
    };
    assert!(weight("snö").unwrap() > 3.0 * weight("och").unwrap(), "a word that every text holds says little");
    assert_eq!(weight("120"), None);
}

#[test]
fn token_by_token_a_translation_meets_a_text_better_than_another_of_its_kind() {
    let centring = crate::Centring::for_model(MODEL.model_id());
    let codes = |role, text: &str| centring.codes(role, &MODEL.read(role, &[text]).unwrap().unwrap()[0], 0);
    let need = codes(Role::Query, "Snöröjning och halkbekämpning på kommunens gångvägar");
    let met = |text: &str| need.align(&codes(Role::Passage, text)).unwrap();
    let answer = met("Clearing snow and gritting footpaths for the municipality");
    let other = met("Teaching mathematics and reading for the municipality");
    assert!(answer.need > other.need + 0.02 && answer.listing > other.listing + 0.02, "{answer:?} {other:?}");
}
