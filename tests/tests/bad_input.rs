//! Bad input gets a clear error and loses nothing.

use innocap_testkit::{Instance, on_every_backend};
use serde_json::json;

use crate::support::{alarm_solution, faults};

#[test]
fn every_fault_of_a_document_is_named_at_once() {
    on_every_backend(|instance| {
        let company = instance.organisation("Alarm AB", "company", "SE");
        let mut body = alarm_solution(&company);
        body["kind"] = json!("servce");
        body["trl"] = json!(12);
        body["cpv"] = json!(["85312001", 7]);
        body["delivery"] = json!(["SE399"]);
        body["licence"] = json!("EUPL-9.9");
        body["link"] = json!("javascript:alert(1)");
        body["functions"] = json!("soc-pro");
        body["lisence"] = json!("MIT");
        body["texts"][0]["title"] = json!("x".repeat(301));
        body["texts"][0]["summary"] = json!("a\u{0}b");
        body["texts"][0]["language"] = json!("swedish language");
        let refused = instance.operator().post("/api/v1/solutions", &body).expect(422);
        let found = faults(&refused.body);
        for expected in [
            ("/kind", "invalid_code"),
            ("/trl", "out_of_range"),
            ("/cpv/0", "invalid_code"),
            ("/cpv/1", "wrong_type"),
            ("/delivery/0", "invalid_code"),
            ("/licence", "invalid_code"),
            ("/link", "invalid_address"),
            ("/functions", "wrong_type"),
            ("/lisence", "unknown_field"),
            ("/texts/0/title", "too_long"),
            ("/texts/0/summary", "control_character"),
            ("/texts/0/language", "invalid_code"),
        ] {
            assert!(found.contains(&expected), "{expected:?} is missing in {found:?}");
        }
        let near = |pointer: &str| {
            let errors = refused.body["errors"].as_array().unwrap();
            errors.iter().find(|e| e["pointer"] == pointer).unwrap()["nearest"][0].clone()
        };
        assert_eq!(
            (near("/kind"), near("/cpv/0"), near("/lisence")),
            (json!("service"), json!("85312000"), json!("licence"))
        );
        assert_eq!(instance.operator().get("/api/v1/solutions?status=draft").expect(200).body["total"], 0);
    });
}

#[test]
fn broken_json_a_wrong_media_type_and_a_body_over_the_limit_are_refused() {
    let instance = Instance::new();
    let client = instance.operator();
    let json_type = [("content-type", "application/json")];
    let broken = client.send("POST", "/api/v1/solutions", &json_type, Some("{\"kind\": ")).expect(400);
    assert_eq!(broken.body["code"], "invalid_json");
    assert!(broken.body["detail"].as_str().unwrap().contains("line 1"), "{}", broken.text);
    client.send("POST", "/api/v1/solutions", &[("content-type", "text/plain")], Some("{}")).expect(415);
    let huge = format!("{{\"text\": \"{}\"}}", "x".repeat(600_000));
    let refused = client.send("POST", "/api/v1/suggestions", &json_type, Some(&huge)).expect(413);
    assert!(refused.body["detail"].as_str().unwrap().contains("524288"));
    let list = client.send("POST", "/api/v1/solutions", &json_type, Some("[1, 2]")).expect(422);
    assert_eq!(faults(&list.body), [("", "wrong_type")]);
}

#[test]
fn a_text_without_words_and_one_too_long_are_refused_and_an_unclear_language_is_said() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    instance.published("solutions", &alarm_solution(&company));
    let client = instance.anonymous();
    let ask = |text: &str| client.post("/api/v1/suggestions", &json!({"text": text}));
    for text in ["", "   ", "the and of to", "... !!! ???"] {
        let refused = ask(text).expect(422);
        assert_eq!(refused.body["errors"][0]["pointer"], "/text", "{text:?}: {}", refused.text);
    }
    assert_eq!(faults(&ask(&"word ".repeat(5_000)).expect(422).body), [("/text", "too_long")]);
    let unclear = ask("alarm 4711").expect(200);
    assert!(unclear.body["query_language"].is_null(), "{}", unclear.text);
    let control = client.post("/api/v1/suggestions", &json!({"text": "alarm\u{7}for elderly"})).expect(422);
    assert_eq!(faults(&control.body), [("/text", "control_character")]);
    let both = json!({"text": "alarm", "texts": [{"language": "en", "title": "alarm"}]});
    client.post("/api/v1/suggestions", &both).expect(422);
}

#[test]
fn unknown_identifiers_addresses_and_methods_are_told_apart() {
    let instance = Instance::new();
    let client = instance.anonymous();
    for address in ["/api/v1/solutions/01890a5d-ac96-774b-bcce-b302099a8057", "/api/v1/solutions/17", "/api/v1/nothing"]
    {
        let missing = client.get(address).expect(404);
        assert_eq!(missing.body["code"], "not_found");
        assert!(missing.header("x-request-id").is_some());
    }
    let method = client.send("DELETE", "/api/v1/solutions", &[], None).expect(405);
    assert_eq!(method.header("allow"), Some("GET, HEAD, POST"));
    let unknown = json!({"organisation": "01890a5d-ac96-774b-bcce-b302099a8057", "kind": "product", "texts": [{"language": "en", "title": "x"}]});
    let refused = instance.operator().post("/api/v1/solutions", &unknown).expect(422);
    assert_eq!(faults(&refused.body), [("/organisation", "unknown_organisation")]);
}
