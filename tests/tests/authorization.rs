//! Every operation of the contract, as everyone who might call it.

use chrono::TimeDelta;
use innocap_testkit::{Client, Contract, Instance};
use serde_json::{Value, json};

use crate::support::{alarm_challenge, alarm_solution};

/// What each caller gets: anonymous, a member of another organisation, a member of the right one, the operator.
type Expected = [u16; 4];

/// The table: operation → statuses on a published record and on a draft. An operation that is missing fails the test.
const TABLE: &[(&str, Expected, Expected)] = &[
    ("listOrganisations", [200; 4], [200; 4]),
    ("createOrganisation", [401, 403, 403, 201], [401, 403, 403, 201]),
    ("findOrganisation", [200; 4], [200; 4]),
    ("replaceOrganisation", [401, 403, 200, 200], [401, 403, 200, 200]),
    ("patchOrganisation", [401, 403, 200, 200], [401, 403, 200, 200]),
    ("publishOrganisation", [401, 403, 200, 200], [401, 403, 200, 200]),
    ("archiveOrganisation", [401, 403, 200, 200], [401, 403, 200, 200]),
    ("listChallenges", [200; 4], [200; 4]),
    ("createChallenge", [401, 403, 201, 201], [401, 403, 201, 201]),
    ("findChallenge", [200; 4], [404, 404, 200, 200]),
    ("replaceChallenge", [401, 403, 200, 200], [401, 404, 200, 200]),
    ("patchChallenge", [401, 403, 200, 200], [401, 404, 200, 200]),
    ("publishChallenge", [401, 403, 200, 200], [401, 404, 200, 200]),
    ("archiveChallenge", [401, 403, 200, 200], [401, 404, 200, 200]),
    ("suggestForChallenge", [200; 4], [404, 404, 200, 200]),
    ("giveFeedback", [401, 403, 200, 200], [401, 404, 200, 200]),
    ("withdrawFeedback", [401, 403, 204, 204], [401, 404, 204, 204]),
    ("listFeedback", [401, 403, 403, 200], [401, 403, 403, 200]),
    ("listSolutions", [200; 4], [200; 4]),
    ("createSolution", [401, 403, 201, 201], [401, 403, 201, 201]),
    ("findSolution", [200; 4], [404, 404, 200, 200]),
    ("replaceSolution", [401, 403, 200, 200], [401, 404, 200, 200]),
    ("patchSolution", [401, 403, 200, 200], [401, 404, 200, 200]),
    ("publishSolution", [401, 403, 200, 200], [401, 404, 200, 200]),
    ("archiveSolution", [401, 403, 200, 200], [401, 404, 200, 200]),
    ("challengesForSolution", [200; 4], [404, 404, 200, 200]),
    ("suggest", [200; 4], [200; 4]),
    ("listVocabulary", [200; 4], [200; 4]),
    ("findVocabularyCode", [200; 4], [200; 4]),
    ("openapi", [200; 4], [200; 4]),
    ("listErrors", [200; 4], [200; 4]),
    ("docsPage", [200; 4], [200; 4]),
    ("startPage", [200; 4], [200; 4]),
    ("stylesheet", [200; 4], [200; 4]),
    ("live", [200; 4], [200; 4]),
    ("ready", [200; 4], [200; 4]),
];

struct Scene {
    instance: Instance,
    own: String,
    /// A published solution, where an operation is about two records.
    suggested: String,
    callers: [Client; 4],
}

impl Scene {
    fn new() -> Self {
        let instance = Instance::new();
        let own = instance.organisation("Own", "company", "SE");
        let other = instance.organisation("Other", "company", "SE");
        let callers = [instance.anonymous(), instance.member(&other), instance.member(&own), instance.operator()];
        let suggested = instance.published("solutions", &alarm_solution(&other));
        Self { instance, own, suggested, callers }
    }

    /// A fresh record that the operation is about.
    fn record(&self, path: &str, published: bool) -> String {
        let operator = self.instance.operator();
        if path.contains("/organisations") {
            return self.own.clone();
        }
        let (resource, body) = if path.contains("/challenges/") {
            ("challenges", alarm_challenge(&self.own))
        } else {
            ("solutions", alarm_solution(&self.own))
        };
        let id = operator.post(&format!("/api/v1/{resource}"), &body).expect(201).id();
        if published {
            operator.send("POST", &format!("/api/v1/{resource}/{id}/publish"), &[], None).expect(200);
        }
        id
    }

    /// The address of an operation's path, about a record of its own.
    fn address(&self, operation: &str, path: &str, published: bool) -> String {
        let id = if path.contains("{id}") { self.record(path, published) } else { String::new() };
        let address = path.replace("{id}", &id).replace("{solution}", &self.suggested);
        let address = address.replace("{scheme}", "cpv").replace("{code}", "85312000");
        if operation == "withdrawFeedback" {
            // All callers' tokens have one subject, so it is the feedback of each of them.
            self.instance.operator().put(&address, &self.body("giveFeedback")).expect(200);
        }
        address
    }

    fn body(&self, operation: &str) -> Value {
        match operation {
            "giveFeedback" => json!({"relevant": true}),
            "createOrganisation" | "replaceOrganisation" => json!({"name": "Own", "kind": "company", "country": "SE"}),
            "createChallenge" | "replaceChallenge" => alarm_challenge(&self.own),
            "createSolution" | "replaceSolution" => alarm_solution(&self.own),
            "suggest" => json!({"text": "an alarm for elderly people"}),
            "patchOrganisation" => json!({"website": "https://example.org/"}),
            _ if operation.starts_with("patch") => json!({"functions": ["health"]}),
            _ => json!({"reason": "no longer offered"}),
        }
    }
}

#[test]
fn everyone_may_do_exactly_what_the_table_says() {
    let scene = Scene::new();
    for (method, path, description) in Contract::committed().operations() {
        let operation = description["operationId"].as_str().unwrap();
        let row = TABLE.iter().find(|(name, ..)| *name == operation);
        let (_, on_published, on_draft) = row.unwrap_or_else(|| panic!("{operation} is missing in the table"));
        for (published, expected) in [(true, on_published), (false, on_draft)] {
            for (caller, status) in scene.callers.iter().zip(expected) {
                let address = scene.address(operation, &path, published);
                let body = scene.body(operation).to_string();
                let answer = match method.as_str() {
                    "get" => caller.get(&address),
                    "patch" => {
                        caller.send("PATCH", &address, &[("content-type", "application/merge-patch+json")], Some(&body))
                    }
                    other => caller.send(
                        &other.to_uppercase(),
                        &address,
                        &[("content-type", "application/json")],
                        Some(&body),
                    ),
                };
                assert_eq!(answer.status, *status, "{operation}, published {published}: {}", answer.text);
            }
        }
    }
    let known: Vec<String> = Contract::committed()
        .operations()
        .iter()
        .map(|(_, _, d)| d["operationId"].as_str().unwrap().to_owned())
        .collect();
    for (operation, ..) in TABLE {
        assert!(known.iter().any(|k| k == operation), "{operation} is no longer an operation");
    }
}

#[test]
fn drafts_are_listed_for_their_own_organisation_only() {
    let scene = Scene::new();
    scene.record("/solutions/", false);
    let [anonymous, other, own, operator] = &scene.callers;
    anonymous.get("/api/v1/solutions?status=draft").expect(401);
    assert_eq!(other.get("/api/v1/solutions?status=draft").expect(200).body["total"], 0);
    other.get(&format!("/api/v1/solutions?status=draft&organisation={}", scene.own)).expect(403);
    assert_eq!(own.get("/api/v1/solutions?status=draft").expect(200).body["total"], 1);
    assert_eq!(operator.get("/api/v1/solutions?status=draft").expect(200).body["total"], 1);
}

#[test]
fn a_record_cannot_be_handed_to_another_organisation() {
    let scene = Scene::new();
    let id = scene.record("/solutions/", false);
    let other = scene.instance.organisation("Third", "company", "SE");
    let own = scene.instance.member(&scene.own);
    own.patch(&format!("/api/v1/solutions/{id}"), &json!({"organisation": other})).expect(403);
    own.post("/api/v1/solutions", &alarm_solution(&other)).expect(403);
}

#[test]
fn a_token_that_has_ended_or_is_none_is_refused_even_for_reading() {
    let scene = Scene::new();
    let ended = scene.instance.token(None, TimeDelta::seconds(-1));
    for header in [format!("Bearer {ended}"), "Bearer nonsense".to_owned(), "Basic dTpw".to_owned()] {
        let answer = scene.instance.anonymous().send("GET", "/api/v1/solutions", &[("authorization", &header)], None);
        assert_eq!(answer.status, 401);
        assert!(answer.header("www-authenticate").is_some());
    }
}
