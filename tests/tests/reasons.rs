//! Reasons are true: what a passage is said to bring is what the score lacks without it.

use innocap_server::bundle;
use innocap_testkit::Instance;
use serde_json::{Value, json};

/// Pairs of a bundled need and a bundled solution that are looked at.
const PAIRS: usize = 30;
/// Passages that bring less drown in the rounding.
const LEAST: f64 = 0.015;

/// A reason's share; 0 where it is not given.
fn share(suggestion: &Value, code: &str) -> f64 {
    let reasons = suggestion["reasons"].as_array().unwrap();
    reasons.iter().find(|reason| reason["code"] == code).map_or(0.0, |reason| reason["share"].as_f64().unwrap())
}

fn suggestion_of(instance: &Instance, need: &str, solution: &str) -> Option<Value> {
    let path = format!("/api/v1/challenges/{need}/suggestions?limit=50&collapse=false");
    let answer = instance.anonymous().get(&path).expect(200).body;
    let list = answer["suggestions"].as_array().unwrap();
    list.iter().find(|suggestion| suggestion["solution"]["id"] == solution).cloned()
}

/// The passage of the words that brings most, of those that do not stand in a title, which cannot be empty.
fn passage(suggestion: &Value) -> Option<(String, String, f64)> {
    let reasons = suggestion["reasons"].as_array().unwrap();
    let words = reasons.iter().find(|reason| reason["code"] == "words")?;
    let passage =
        words["passages"].as_array()?.iter().find(|p| p["field"] == "description" || p["field"] == "summary")?;
    let text = |member: &str| passage[member].as_str().unwrap().to_owned();
    Some((text("field"), text("text"), passage["share"].as_f64()?)).filter(|(_, _, share)| *share >= LEAST)
}

#[test]
fn a_solution_without_a_matched_passage_scores_less_by_about_what_the_reason_claimed() {
    let instance = Instance::new();
    instance.block_on(bundle::load(instance.innocap())).unwrap();
    instance.indexed();
    let needs = instance.anonymous().get("/api/v1/challenges?limit=100").expect(200).body;
    let needs: Vec<String> =
        needs["items"].as_array().unwrap().iter().map(|need| need["id"].as_str().unwrap().to_owned()).collect();
    let mut pairs = Vec::new();
    for need in &needs {
        let path = format!("/api/v1/challenges/{need}/suggestions?limit=20&collapse=false");
        let answer = instance.anonymous().get(&path).expect(200).body;
        let list = answer["suggestions"].as_array().unwrap().clone();
        pairs.extend(list.into_iter().filter(|s| passage(s).is_some()).take(2).map(|s| (need.clone(), s)));
    }
    pairs.truncate(PAIRS);
    assert!(pairs.len() >= 20, "only {} pairs share words", pairs.len());
    let (mut claimed_in_all, mut lost_in_all, mut score_lost, mut about) = (0.0, 0.0, 0.0, 0);
    for (need, before) in &pairs {
        let (field, text, claimed) = passage(before).unwrap();
        let id = before["solution"]["id"].as_str().unwrap();
        let solution = instance.anonymous().get(&format!("/api/v1/solutions/{id}")).expect(200).body;
        let mut texts = solution["texts"].clone();
        let version = texts
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .find(|version| version["language"] == before["match_language"])
            .unwrap();
        let without = version[&field].as_str().unwrap().replacen(&text, "", 1);
        version[&field] = json!(without);
        let path = format!("/api/v1/solutions/{id}");
        instance.operator().patch(&path, &json!({"texts": texts})).expect(200);
        instance.indexed();
        let after = suggestion_of(&instance, need, id);
        instance.operator().patch(&path, &json!({"texts": solution["texts"]})).expect(200);
        instance.indexed();
        // Words in a title count twice, as title and as text; the title itself is as it was.
        let lost = share(before, "words") - after.as_ref().map_or(0.0, |after| share(after, "words"));
        let score = |suggestion: &Value| suggestion["score"].as_f64().unwrap();
        score_lost += score(before) - after.as_ref().map_or(0.0, score);
        claimed_in_all += claimed;
        lost_in_all += lost;
        about += usize::from((lost - claimed).abs() <= (0.35 * claimed).max(0.01));
    }
    // A shorter text is a little more about each of its other words, and another of its language versions may become the
    // nearer one: hence about, and not exactly.
    assert!(about * 10 >= pairs.len() * 8, "{about} of {} claims are about right", pairs.len());
    let ratio = lost_in_all / claimed_in_all;
    assert!((0.8..=1.3).contains(&ratio), "{lost_in_all:.3} was lost of {claimed_in_all:.3} claimed");
    // The meaning of what is left may be less or more like the need; in all it is less.
    assert!(score_lost >= 0.8 * claimed_in_all, "the scores lost {score_lost:.3} of {claimed_in_all:.3} claimed");
}
