//! Solutions through the API.

use innocap_testkit::on_every_backend;
use serde_json::json;

use crate::support::{alarm_challenge, alarm_solution};

#[test]
fn two_who_change_the_same_version_do_not_overwrite_each_other() {
    on_every_backend(|instance| {
        let organisation = instance.organisation("Alarm AB", "company", "SE");
        let member = instance.member(&organisation);
        let id = member.post("/api/v1/solutions", &alarm_solution(&organisation)).expect(201).id();
        let address = format!("/api/v1/solutions/{id}");
        let first = [("if-match", "\"1\""), ("content-type", "application/merge-patch+json")];
        member.send("PATCH", &address, &first, Some(r#"{"trl": 8}"#)).expect(200);
        let second = member.send("PATCH", &address, &first, Some(r#"{"trl": 7}"#)).expect(412);
        assert_eq!(second.body["code"], "stale_version");
        assert_eq!(member.get(&address).expect(200).body["trl"], 8);
    });
}

#[test]
fn a_solution_of_a_source_is_entered_once() {
    on_every_backend(|instance| {
        let organisation = instance.organisation("Alarm AB", "company", "SE");
        let operator = instance.operator();
        let mut body = alarm_solution(&organisation);
        body["source"] = json!({"name": "a catalogue", "id": "17"});
        let id = operator.post("/api/v1/solutions", &body).expect(201).id();
        let again = operator.post("/api/v1/solutions", &body).expect(409);
        assert_eq!(again.body["existing"], json!(id));
    });
}

#[test]
fn a_solution_is_told_which_open_needs_it_could_answer() {
    on_every_backend(|instance| {
        let municipality = instance.organisation("Vadsø kommune", "public-body", "NO");
        let company = instance.organisation("Alarm AB", "company", "SE");
        let need = instance.published("challenges", &alarm_challenge(&municipality));
        let solution = instance.published("solutions", &alarm_solution(&company));
        let answer = instance.anonymous().get(&format!("/api/v1/solutions/{solution}/challenges")).expect(200);
        assert_eq!(answer.body["challenges"][0]["challenge"]["id"], json!(need), "{}", answer.text);
        assert_eq!(answer.body["challenges"][0]["match_language"], "nb");
    });
}
