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

/// The words that an alignment names, of what asked and of what was found.
fn pairs(suggestion: &Value) -> Vec<(String, String)> {
    let reasons = suggestion["reasons"].as_array().unwrap().iter();
    let facts = reasons.filter(|reason| reason["code"] == "alignment").flat_map(|reason| reason["facts"].as_array());
    let pair = |fact: &Value| {
        let (asked, found) = fact.as_str().unwrap().split_once(" – ").expect("two words");
        (asked.to_owned(), found.to_owned())
    };
    facts.flatten().map(pair).collect()
}

#[test]
fn between_languages_the_words_that_met_are_named_in_both_directions_and_stand_in_the_texts() {
    on_every_backend(|instance| {
        let municipality = instance.organisation("Vadsø kommune", "public-body", "NO");
        let company = instance.organisation("Alarm AB", "company", "SE");
        let alarm = instance.published("solutions", &alarm_solution(&company));
        let need = instance.published("challenges", &alarm_challenge(&municipality));
        let texts = |document: &Value| document["texts"].to_string();
        let (of_need, of_alarm) = (texts(&alarm_challenge(&municipality)), texts(&alarm_solution(&company)));
        let reader = instance.anonymous();
        let answer = reader.get(&format!("/api/v1/challenges/{need}/suggestions")).expect(200).body;
        let there = pairs(&answer["suggestions"][0]);
        let answer = reader.get(&format!("/api/v1/solutions/{alarm}/challenges")).expect(200).body;
        let back = pairs(&answer["challenges"][0]);
        assert!(!there.is_empty() && !back.is_empty(), "{there:?} {back:?}");
        for (asked, found) in &there {
            assert!(of_need.contains(asked) && of_alarm.contains(found), "{asked} – {found}");
        }
        for (asked, found) in &back {
            assert!(of_alarm.contains(asked) && of_need.contains(found), "{asked} – {found}");
        }
        // A text that is asked without being stored is read the same way.
        let free = reader.post("/api/v1/suggestions", &json!({"texts": alarm_challenge(&municipality)["texts"]}));
        assert_eq!(pairs(&free.expect(200).body["suggestions"][0]), there);
        // Within one language words do that.
        let same = json!({"text": "A safety alarm for elderly people who live alone", "language": "en"});
        assert!(pairs(&reader.post("/api/v1/suggestions", &same).expect(200).body["suggestions"][0]).is_empty());
    });
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
    let body = json!({"text": "safety alarm for elderly people living at home", "collapse": false});
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

#[test]
fn near_duplicates_are_shown_once_with_their_number_unless_the_raw_order_is_asked_for() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    let rival = instance.organisation("Larm AB", "company", "SE");
    let first = instance.published("solutions", &alarm_solution(&company));
    let second = instance.published("solutions", &alarm_solution(&rival));
    instance.published("solutions", &snow_solution(&company));
    let ask = |more: Value| {
        let mut body = json!({"text": "alarm for elderly people who live at home", "country": "SE"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        instance.anonymous().post("/api/v1/suggestions", &body).expect(200).body
    };
    let answer = ask(json!({}));
    let shown = &answer["suggestions"][0];
    assert_eq!(shown["alike"]["count"], 1, "{answer:#}");
    let (kept, behind) = (shown["solution"]["id"].clone(), shown["alike"]["solutions"][0].clone());
    assert!([kept.clone(), behind.clone()].contains(&json!(first)) && [kept, behind].contains(&json!(second)));
    let raw = ask(json!({"collapse": false}));
    assert!(raw["suggestions"].as_array().unwrap().len() > answer["suggestions"].as_array().unwrap().len());
    assert!(raw["suggestions"][0].get("alike").is_none());
}

#[test]
fn companies_and_higher_education_are_both_seen_where_both_are_relevant_and_that_is_asked_for() {
    let instance = Instance::new();
    let texts = [
        "Alarm for elderly people who fall: button and sensor",
        "Elderly people who fall at home press this alarm and the night patrol comes",
        "A watch that sounds an alarm when elderly people fall",
        "Elderly people who fall are found by this alarm, day and night",
        "Radar alarm that sees elderly people who fall in the bathroom",
    ];
    for (number, text) in texts.into_iter().enumerate() {
        let company = instance.organisation(&format!("Alarm {number} AB"), "company", "SE");
        let mut solution = alarm_solution(&company);
        solution["texts"] = json!([{"language": "en", "title": "Alarm for elderly people", "description": text}]);
        instance.published("solutions", &solution);
    }
    let university = instance.organisation("Umeå universitet", "higher-education", "SE");
    let mut research = alarm_solution(&university);
    research["kind"] = json!("research-result");
    research["texts"] = json!([{
        "language": "en",
        "title": "An alarm for elderly people in ten homes",
        "description": "What makes elderly people wear an alarm, studied in three towns over two years",
    }]);
    let research = instance.published("solutions", &research);
    let place = |mix: bool| {
        let body = json!({"text": "alarm for elderly people who fall", "country": "SE", "mix": mix});
        let answer = instance.anonymous().post("/api/v1/suggestions", &body).expect(200).body;
        let list = answer["suggestions"].as_array().unwrap().clone();
        let place = list.iter().position(|s| s["solution"]["id"] == json!(research)).expect("it is suggested");
        (place, list[place].clone())
    };
    let (raw, as_it_is) = place(false);
    assert_eq!(raw, 5, "the texts of the companies say more of the same");
    assert!(as_it_is.get("lifted").is_none());
    let (mixed, lifted) = place(true);
    assert_eq!((mixed, &lifted["lifted"]), (4, &json!(true)));
    assert_eq!(lifted["score"], as_it_is["score"], "it is moved, not scored otherwise");
}

#[test]
fn reasons_objections_and_the_verdict_are_told_in_the_language_of_the_reader() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    instance.published("solutions", &alarm_solution(&company));
    let body = json!({"text": "alarm for elderly people", "country": "SE"});
    let ask = |accepted: &str| {
        let headers = [("accept-language", accepted), ("content-type", "application/json")];
        let answer = instance.anonymous().send("POST", "/api/v1/suggestions", &headers, Some(&body.to_string()));
        let answer = answer.expect(200);
        (answer.header("content-language").unwrap_or_default().to_owned(), answer.body)
    };
    for (accepted, spoken, sentence) in [
        ("sv-SE,sv;q=0.9,en;q=0.5", "sv", "Den handlar om samma sak."),
        ("nn", "nb", "Den handler om det samme."),
        ("fi", "fi", "Se käsittelee samaa asiaa."),
        ("is", "is", "Hún fjallar um það sama."),
        ("da", "da", "Den handler om det samme."),
        ("kl, *;q=0.1", "en", "It is about the same thing."),
    ] {
        let (language, answer) = ask(accepted);
        assert_eq!(language, spoken);
        let suggestion = &answer["suggestions"][0];
        let texts = |member: &str| -> Vec<String> {
            let list = suggestion[member].as_array().unwrap();
            list.iter().map(|part| part["text"].as_str().expect("each has its sentence").to_owned()).collect()
        };
        assert!(texts("reasons").contains(&sentence.to_owned()), "{accepted}: {suggestion:#}");
        assert!(texts("against").iter().chain(&texts("reasons")).all(|text| !text.contains("Unknown")));
        assert!(answer["verdict_text"].as_str().is_some_and(|text| !text.is_empty()));
    }
}
