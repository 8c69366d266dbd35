//! Suggestions: across languages, explained, and honest.

use innocap_testkit::{Instance, on_every_backend};
use serde_json::{Value, json};

use crate::support::{alarm_challenge, alarm_solution, snow_solution};

fn shares(suggestion: &Value) -> f64 {
    suggestion["reasons"].as_array().unwrap().iter().map(|r| r["share"].as_f64().unwrap()).sum()
}

#[test]
fn a_norwegian_need_finds_an_english_solution_and_says_so() {
    on_every_backend(|instance| {
        let municipality = instance.organisation("Vadsø kommune", "public-body", "NO");
        let company = instance.organisation("Alarm AB", "company", "SE");
        let alarm = instance.published("solutions", &alarm_solution(&company));
        instance.published("solutions", &snow_solution(&company));
        let need = instance.published("challenges", &alarm_challenge(&municipality));
        let answer = instance.anonymous().get(&format!("/api/v1/challenges/{need}/suggestions")).expect(200).body;
        let first = &answer["suggestions"][0];
        assert_eq!(first["solution"]["id"], json!(alarm), "{answer:#}");
        assert_eq!(first["match_language"], "en");
        assert_eq!(answer["query_language"], "nb");
        assert_ne!(answer["verdict"], "none", "{answer:#}");
        let codes: Vec<_> = first["reasons"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect();
        for expected in ["meaning", "codes", "place", "function"] {
            assert!(codes.contains(&expected), "{expected} is missing in {codes:?}");
        }
        assert!(first["against"].as_array().unwrap().iter().any(|o| o["code"] == "other_language"), "{answer:#}");
    });
}

#[test]
fn the_shares_of_the_reasons_sum_to_the_score_and_marked_words_stand_in_the_text() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    instance.published("solutions", &alarm_solution(&company));
    instance.published("solutions", &snow_solution(&company));
    let body = json!({"text": "Vi behöver någon som plogar och sandar kommunens vägar på vintern", "country": "SE"});
    let answer = instance.anonymous().post("/api/v1/suggestions", &body).expect(200).body;
    let suggestions = answer["suggestions"].as_array().unwrap();
    assert!(!suggestions.is_empty(), "{answer:#}");
    let mut marked = 0;
    for suggestion in suggestions {
        let score = suggestion["score"].as_f64().unwrap();
        assert!((shares(suggestion) - score).abs() < 1e-9, "{suggestion:#}");
        assert!((0.0..=1.0).contains(&score));
        for passage in suggestion["reasons"].as_array().unwrap().iter().flat_map(|r| r["passages"].as_array()).flatten()
        {
            let text: Vec<char> = passage["text"].as_str().unwrap().chars().collect();
            let empty = Vec::new();
            let words = passage["words"].as_array().unwrap_or(&empty);
            for (span, word) in passage["highlights"].as_array().unwrap_or(&empty).iter().zip(words) {
                let (start, end) = (span[0].as_u64().unwrap() as usize, span[1].as_u64().unwrap() as usize);
                assert_eq!(text[start..end].iter().collect::<String>(), word.as_str().unwrap());
                marked += 1;
            }
        }
    }
    assert!(marked > 0, "no word is marked: {answer:#}");
}

#[test]
fn nothing_fits_is_said_and_the_nearest_is_not_called_an_answer() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    instance.published("solutions", &snow_solution(&company));
    let body = json!({"text": "We need a dentist who treats children at school", "country": "IE"});
    let answer = instance.anonymous().post("/api/v1/suggestions", &body).expect(200).body;
    assert_eq!(answer["verdict"], "none", "{answer:#}");
}

#[test]
fn a_constraint_that_leaves_nothing_is_named() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    instance.published("solutions", &alarm_solution(&company));
    instance.published("solutions", &snow_solution(&company));
    let body = json!({"text": "alarm for elderly people", "wants": {"kinds": ["test-bed"]}});
    let answer = instance.anonymous().post("/api/v1/suggestions", &body).expect(200).body;
    assert_eq!(answer["suggestions"], json!([]));
    assert_eq!(answer["removed"][0], json!({"constraint": "kinds", "solutions": 2}));
    let body = json!({"text": "alarm for elderly people", "country": "IS", "delivered_here": true});
    let answer = instance.anonymous().post("/api/v1/suggestions", &body).expect(200).body;
    assert_eq!(answer["removed"][0]["constraint"], "delivered_here");
}

#[test]
fn drafts_archived_and_own_solutions_are_never_suggested() {
    on_every_backend(|instance| {
        let municipality = instance.organisation("Bodens kommun", "public-body", "SE");
        let operator = instance.operator();
        let own = instance.published("solutions", &alarm_solution(&municipality));
        let company = instance.organisation("Alarm AB", "company", "SE");
        operator.post("/api/v1/solutions", &alarm_solution(&company)).expect(201);
        let gone = instance.published("solutions", &alarm_solution(&company));
        operator.post(&format!("/api/v1/solutions/{gone}/archive"), &json!({"reason": "sold out"})).expect(200);
        let need = instance.published("challenges", &alarm_challenge(&municipality));
        let answer = instance.anonymous().get(&format!("/api/v1/challenges/{need}/suggestions")).expect(200).body;
        assert_eq!(answer["suggestions"], json!([]), "{answer:#}");
        let free = json!({"text": "safety alarm for elderly people living at home"});
        let answer = instance.anonymous().post("/api/v1/suggestions", &free).expect(200).body;
        let found: Vec<_> = answer["suggestions"].as_array().unwrap().iter().map(|s| &s["solution"]["id"]).collect();
        assert_eq!(found, [&json!(own)]);
    });
}

#[test]
fn equal_scores_are_not_ordered_by_name_or_age() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    let ids: Vec<String> = (0..6).map(|_| instance.published("solutions", &alarm_solution(&company))).collect();
    let body = json!({"text": "safety alarm for elderly people living at home"});
    let order = || {
        let answer = instance.anonymous().post("/api/v1/suggestions", &body).expect(200).body;
        let found = answer["suggestions"].as_array().unwrap().iter();
        found.map(|s| s["solution"]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let found = order();
    assert_eq!(found.len(), 6);
    assert_eq!(found, order(), "the order is the same every time");
    let mut newest_first = ids.clone();
    newest_first.reverse();
    assert!(found != ids && found != newest_first, "the order is that of the entry");
}
