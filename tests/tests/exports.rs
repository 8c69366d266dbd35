//! Exports: everything that the caller sees, as it imports again, and harmless in a spreadsheet.

use innocap_domain::Scope;
use innocap_testkit::{Client, Instance, on_every_backend};
use serde_json::{Value, json};

use crate::support::{alarm_challenge, alarm_solution, faults, json_lines, snow_solution, sourced};

fn titles(client: &Client, address: &str) -> Vec<String> {
    let lines = client.get(address).expect(200).lines();
    let mut titles: Vec<String> = lines.iter().map(|l| l["texts"][0]["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

#[test]
fn everyone_exports_what_they_see_and_no_more() {
    on_every_backend(|instance| {
        let own = instance.organisation("Own AB", "company", "SE");
        let other = instance.organisation("Other AB", "company", "SE");
        let operator = instance.operator();
        let with_title = |organisation: &str, title: &str| {
            let mut record = snow_solution(organisation);
            record["texts"][0]["title"] = json!(title);
            record
        };
        instance.published("solutions", &with_title(&own, "own shown"));
        operator.post("/api/v1/solutions", &with_title(&own, "own draft")).expect(201);
        operator.post("/api/v1/solutions", &with_title(&other, "other draft")).expect(201);
        let suspended = instance.published("solutions", &with_title(&other, "other suspended"));
        operator.post(&format!("/api/v1/solutions/{suspended}/suspend"), &json!({"reason": "a test"})).expect(204);
        let file = "/api/v1/exports/solutions.jsonl";
        assert_eq!(titles(&instance.anonymous(), file), ["own shown"]);
        assert_eq!(titles(&instance.member(&own), file), ["own draft", "own shown"]);
        assert_eq!(titles(&instance.api_client(&own, &[Scope::SolutionsRead]), file), ["own draft", "own shown"]);
        assert_eq!(titles(&instance.api_client(&own, &[Scope::SolutionsWrite]), file), ["own shown"]);
        assert_eq!(titles(&instance.member(&other), file), ["other draft", "other suspended", "own shown"]);
        let all = ["other draft", "other suspended", "own draft", "own shown"];
        assert_eq!(titles(&operator, file), all);
        assert_eq!(titles(&operator, &format!("{file}?status=draft&organisation={own}")), ["own draft"]);
        let wrong = operator.get(&format!("{file}?status=x&more=1")).expect(400);
        assert_eq!(faults(&wrong.body), [("/status", "invalid_code"), ("/more", "unknown_field")]);
        operator.get("/api/v1/exports/solutions.xml").expect(404);
    });
}

#[test]
fn a_persons_number_is_exported_to_its_own_organisation_alone() {
    let instance = Instance::new();
    let body = json!({"name": "Enskild firma", "kind": "company", "country": "SE", "number": {"scheme": "SE-ON", "value": "811218-9876"}});
    let id = instance.operator().post("/api/v1/organisations", &body).expect(201).id();
    let number =
        |client: &Client| client.get("/api/v1/exports/organisations.jsonl").expect(200).lines()[0]["number"].clone();
    assert_eq!(number(&instance.anonymous()), Value::Null);
    assert_eq!(number(&instance.member(&id))["value"], "811218-9876");
}

#[test]
fn what_is_exported_imports_unchanged_in_either_form() {
    let instance = Instance::new();
    let own = instance.organisation("Own kommun", "public-body", "SE");
    let mut odd = sourced(&alarm_solution(&own), "list", "=1");
    odd["texts"][0]["title"] = json!("=HYPERLINK(\"https://evil.example\")");
    odd["texts"][0]["summary"] = json!("'-quoted, \"and\" more");
    odd["texts"][0]["description"] = json!("two\nlines");
    odd["texts"][0]["keywords"] = json!(["a|b", "c"]);
    odd["texts"].as_array_mut().unwrap().push(json!({"language": "sv", "title": "@andra"}));
    instance.published("solutions", &odd);
    instance.published("challenges", &sourced(&alarm_challenge(&own), "list", "2"));
    let operator = instance.operator();
    for kind in ["organisations", "challenges", "solutions"] {
        for (form, media_type) in [("jsonl", "application/jsonl"), ("csv", "text/csv")] {
            let export = operator.get(&format!("/api/v1/exports/{kind}.{form}")).expect(200);
            assert!(export.header("x-changes-cursor").is_some());
            let headers = [("content-type", media_type)];
            let again = operator.send("POST", "/api/v1/imports", &headers, Some(&export.text)).expect(200);
            let summary = again.lines().pop().unwrap()["summary"].clone();
            assert_eq!(
                (&summary["unchanged"], &summary["rows"]),
                (&json!(1), &json!(1)),
                "{kind}.{form}: {}",
                again.text
            );
        }
    }
    let table = operator.get("/api/v1/exports/solutions.csv").expect(200).text;
    let dangerous = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cells = table.lines().flat_map(|line| line.split(',')).map(|cell| cell.trim_start_matches('"'));
    assert!(!cells.into_iter().any(dangerous), "{table}");
    assert!(table.contains("Own kommun"));
}

#[test]
fn an_export_of_many_pages_holds_each_record_once() {
    on_every_backend(|instance| {
        let own = instance.organisation("Own AB", "company", "SE");
        let rows: Vec<Value> = (0..1_234).map(|i| sourced(&snow_solution(&own), "list", &i.to_string())).collect();
        let headers = [("content-type", "application/jsonl")];
        let sent = instance.operator().send("POST", "/api/v1/imports", &headers, Some(&json_lines(&rows))).expect(200);
        assert_eq!(sent.lines().pop().unwrap()["summary"]["created"], 1_234);
        let lines = instance.anonymous().get("/api/v1/exports/solutions.jsonl").expect(200).lines();
        let ids: std::collections::BTreeSet<&str> =
            lines.iter().map(|line| line["source"]["id"].as_str().unwrap()).collect();
        assert_eq!((lines.len(), ids.len()), (1_234, 1_234));
    });
}
