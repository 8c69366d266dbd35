//! The index is a cache: fresh within seconds, consistent after a restart, rebuilt when it is damaged.

use std::time::{Duration, Instant};

use innocap_testkit::{Instance, on_every_backend};
use serde_json::json;

use crate::support::{alarm_solution, snow_solution};

/// How many alarms are found; each is found by its words and its meaning.
fn finds_alarm(instance: &Instance) -> usize {
    let body = json!({"text": "safety alarm for elderly people living at home"});
    let answer = instance.anonymous().post("/api/v1/suggestions", &body).expect(200).body;
    let found = answer["suggestions"].as_array().unwrap().iter();
    found.filter(|s| s["score"].as_f64().unwrap() > 0.6 && s["solution"]["kind"] == "product").count()
}

#[test]
fn a_listing_is_found_soon_after_its_write_without_being_asked_for() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    let operator = instance.operator();
    let id = operator.post("/api/v1/solutions", &alarm_solution(&company)).expect(201).id();
    operator.send("POST", &format!("/api/v1/solutions/{id}/publish"), &[], None).expect(200);
    let written = Instant::now();
    while operator.get("/api/v1/solutions?q=alarm").expect(200).body["total"] != 1 {
        assert!(written.elapsed() < Duration::from_secs(20), "the listing is not found by its words");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn after_a_restart_everything_is_found_and_nothing_is_embedded_again() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    instance.published("solutions", &alarm_solution(&company));
    let before = instance.innocap().solutions_index().checkpoint();
    let instance = instance.restart(|_| {});
    assert_eq!(instance.innocap().solutions_index().checkpoint(), before);
    assert_eq!(instance.innocap().solutions_index().count_without_vector(), 0);
    assert_eq!(finds_alarm(&instance), 1);
}

#[test]
fn a_damaged_or_missing_index_is_rebuilt_from_the_registry() {
    let mut instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    instance.published("solutions", &alarm_solution(&company));
    instance.published("solutions", &snow_solution(&company));
    let damages: [fn(&std::path::Path); 4] = [
        |data| std::fs::remove_dir_all(data.join("index")).unwrap(),
        |data| std::fs::write(data.join("index/solutions/words/meta.json"), "nonsense").unwrap(),
        |data| std::fs::write(data.join("index/solutions/entries.log"), "short").unwrap(),
        |data| {
            let path = data.join("index/solutions/entries.log");
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0xff;
            std::fs::write(path, bytes).unwrap();
        },
    ];
    for damage in damages {
        instance = instance.restart(damage);
        instance.indexed();
        assert_eq!(instance.innocap().solutions_index().status().records, 2);
        assert_eq!(finds_alarm(&instance), 1);
    }
}

#[test]
fn what_a_crash_left_behind_the_last_commit_is_forgotten() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    instance.published("solutions", &alarm_solution(&company));
    let instance = instance.restart(|data| {
        use std::io::Write;
        let path = data.join("index/solutions/entries.log");
        std::fs::OpenOptions::new().append(true).open(path).unwrap().write_all(&[7; 1000]).unwrap();
    });
    instance.published("solutions", &snow_solution(&company));
    let instance = instance.restart(|_| {});
    assert_eq!(instance.innocap().solutions_index().status().records, 2);
    assert_eq!(finds_alarm(&instance), 1);
}

#[test]
fn an_organisation_that_moves_takes_its_needs_along() {
    on_every_backend(|instance| {
        let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
        let mut need = crate::support::alarm_challenge(&organisation);
        need.as_object_mut().unwrap().remove("country");
        let id = instance.published("challenges", &need);
        let country = || instance.innocap().challenges_index().facts(id.parse().unwrap()).unwrap().country;
        assert_eq!(country().map(|c| c.to_string()).as_deref(), Some("NO"));
        let address = format!("/api/v1/organisations/{organisation}");
        instance.operator().patch(&address, &json!({"country": "FI"})).expect(200);
        instance.indexed();
        assert_eq!(country().map(|c| c.to_string()).as_deref(), Some("FI"));
    });
}

#[test]
fn the_operator_sees_the_index_its_sources_and_its_rebuilding_through_the_api() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    let mut solution = alarm_solution(&company);
    solution["source"] = json!({"name": "Catalogue", "id": "1"});
    instance.published("solutions", &solution);
    instance.indexed();
    let operator = instance.operator();
    let state = operator.get("/api/v1/index").expect(200).body;
    assert_eq!((&state["solutions"], &state["challenges"], &state["behind"]), (&json!(1), &json!(0), &json!(0)));
    assert_eq!((&state["latest"], &state["rebuilding"]), (&state["indexed"], &json!(false)));
    let sources = operator.get("/api/v1/index/sources").expect(200).body;
    assert_eq!((&sources["items"][0]["name"], &sources["items"][0]["records"]), (&json!("Catalogue"), &json!(1)));
    operator.send("POST", "/api/v1/index/rebuild", &[], None).expect(202);
    let begun = Instant::now();
    while operator.get("/api/v1/index").expect(200).body["rebuilding"] == true {
        assert!(begun.elapsed() < Duration::from_secs(20), "it is not done");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(finds_alarm(&instance), 1);
}
