//! The contract is in step with the routes, the error catalogue and the table of permissions, and is what a contract
//! should be.

use std::collections::BTreeSet;
use std::process::Command;

use innocap_access::{Action, Actor, Decision, Owner, Target, decide};
use innocap_domain::{ClientId, OrganisationId, OrganisationKind, RecordKind, Scope, Status};
use innocap_neighbours::install_redocly;
use innocap_testkit::{Contract, Instance};
use serde_json::Value;

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

/// What stands behind a reference within the contract, or the value itself.
fn resolved(value: &Value) -> &Value {
    let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.map_or(value, |pointer| Contract::committed().spec().pointer(pointer).expect("a reference leads somewhere"))
}

/// Whether an operation has one of the contract's parameters.
fn hears(operation: &Value, parameter: &str) -> bool {
    let reference = format!("#/components/parameters/{parameter}");
    operation["parameters"].as_array().into_iter().flatten().any(|given| given["$ref"] == reference.as_str())
}

#[test]
fn the_contract_names_every_route_and_no_other() {
    let described: BTreeSet<(String, String)> =
        Contract::committed().operations().into_iter().map(|(method, path, _)| (method, path)).collect();
    let routed: BTreeSet<(String, String)> =
        innocap_http::ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(described, routed);
}

#[test]
fn every_operation_says_what_it_does_who_may_and_what_comes_back() {
    let mut seen = BTreeSet::new();
    for (method, path, operation) in Contract::committed().operations() {
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no operationId"));
        assert!(seen.insert(id.to_owned()), "{id} stands twice");
        for text in ["summary", "description"] {
            assert!(operation[text].as_str().is_some_and(|s| s.trim().ends_with('.')), "{id} has no {text}");
        }
        assert!(operation["security"].is_array(), "{id} does not say who may");
        assert!(operation["tags"][0].is_string(), "{id} has no tag");
        // What the table of permissions lets everyone do, or try.
        let everyone = ["consult", "authenticate", "suggestForText", "read", "suggest", "report"];
        let closed = !everyone.contains(&operation["x-action"].as_str().unwrap());
        let open =
            operation["security"].as_array().unwrap().iter().any(|s| s.as_object().is_some_and(|s| s.is_empty()));
        assert_eq!(closed, !open, "{id} is open to everyone and should not be, or the other way round");
    }
}

#[test]
fn every_operation_tells_what_can_go_wrong_and_how_it_is_to_be_asked() {
    for (method, path, operation) in Contract::committed().operations() {
        let id = operation["operationId"].as_str().unwrap();
        let statuses = names(&operation["responses"]);
        let mut needed = vec!["500", "503"];
        if !path.starts_with("/health/") {
            needed.push("429");
        }
        let has_bearer = operation["security"].as_array().unwrap().iter().any(|way| way.get("bearer").is_some());
        if has_bearer {
            needed.push("401");
        }
        if operation["requestBody"].is_object() {
            needed.extend(["400", "408", "413", "415"]);
            assert!(operation["x-max-body"].is_u64(), "{id} does not say how large a body may be (x-max-body)");
            let types = names(&operation["requestBody"]["content"]);
            if method == "patch" {
                assert_eq!(types, BTreeSet::from(["application/merge-patch+json"]), "{id}");
            }
        }
        let is_api = ["/api/", "/oauth/", "/health/", "/.well-known/"].iter().any(|start| path.starts_with(start));
        let successes =
            operation["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2'));
        if is_api && successes.clone().any(|(_, response)| response["content"].is_object()) {
            needed.push("406");
        }
        if method == "post" {
            let how = operation["x-idempotency"].as_str().unwrap_or_else(|| panic!("{id} has no x-idempotency"));
            assert!(["replayed", "once", "none"].contains(&how), "{id}: {how}");
            assert_eq!(how != "none", hears(operation, "idempotencyKey"), "{id}");
            if how != "none" {
                needed.extend(["400", "409", "422"]);
            }
        }
        if hears(operation, "prefer") {
            let away = ["204", "201"].iter().any(|status| statuses.contains(status));
            assert!(away, "{id} hears Prefer and has no answer without body");
        }
        for status in needed {
            assert!(statuses.contains(status), "{id} does not tell of {status}");
        }
    }
}

#[test]
fn every_body_has_examples_that_are_as_its_schema_says() {
    let (mut faults, mut shown, mut seen) = (Vec::new(), 0, BTreeSet::new());
    let mut check = |what: String, media_type: &str, content: &Value| {
        let several = content["examples"].as_object().into_iter().flatten().map(|(_, e)| &resolved(e)["value"]);
        let examples: Vec<&Value> = content.get("example").into_iter().chain(several).collect();
        if examples.is_empty() {
            faults.push(format!("{what} has no example"));
        }
        for example in examples.into_iter().filter(|_| media_type.contains("json") || media_type.contains("form")) {
            shown += 1;
            // Most operations share the problems that they answer with.
            if !seen.insert(format!("{} {example}", content["schema"])) {
                continue;
            }
            faults.extend(
                Contract::committed().faults(&content["schema"], example).into_iter().map(|f| format!("{what} {f}")),
            );
        }
    };
    for (_, _, operation) in Contract::committed().operations() {
        let id = operation["operationId"].as_str().unwrap();
        for (media_type, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            check(format!("the request of {id}"), media_type, content);
        }
        for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            for (media_type, content) in resolved(response)["content"].as_object().into_iter().flatten() {
                check(format!("{status} of {id}"), media_type, content);
            }
        }
    }
    assert!(shown > 400, "examples were looked at: {shown}");
    faults.dedup();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// What an API client may be about, in the words of the table of permissions: its organisation, and that one's records.
fn targets(path: &str, owner: Owner) -> Vec<Target> {
    let record =
        |kind| Target::Record { kind, status: Status::Draft, suspended: false, in_review: false, owner: Some(owner) };
    let kind = match path.split('/').nth(3) {
        Some("organisations") => Some(RecordKind::Organisation),
        Some("challenges") => Some(RecordKind::Challenge),
        Some("solutions") => Some(RecordKind::Solution),
        _ => None,
    };
    kind.map(record).into_iter().chain([Target::Organisation(owner), Target::Service]).collect()
}

#[test]
fn the_scopes_that_the_contract_names_are_those_of_the_table_of_permissions() {
    let organisation = OrganisationId::new();
    let owner = Owner { id: organisation, kind: OrganisationKind::PublicBody, verified: true, suspended: false };
    let mut scoped = 0;
    for (_, path, operation) in Contract::committed().operations() {
        let id = operation["operationId"].as_str().unwrap();
        let named = operation["x-action"].as_str().unwrap();
        let camel = |action: &Action| {
            let text = format!("{action:?}");
            text[..1].to_lowercase() + &text[1..]
        };
        let action = *Action::ALL.iter().find(|action| camel(action) == named).unwrap();
        // That these lists hold drafts is decided by the scope to read them.
        let action =
            if action == Action::Consult && operation["tags"][0] != "vocabularies" { Action::Read } else { action };
        let lets = |scopes: &[Scope], target: &Target| {
            let actor = Actor::Client { id: ClientId::new(), organisation, scopes: scopes.to_vec() };
            decide(&actor, action, target) == Decision::Allow
        };
        let targets = targets(&path, owner);
        let needed: BTreeSet<String> = Scope::ALL
            .iter()
            .filter(|scope| targets.iter().any(|target| lets(&[**scope], target) && !lets(&[], target)))
            .map(|scope| scope.as_str().to_owned())
            .collect();
        let ways = operation["security"].as_array().unwrap().iter().filter_map(|way| way["bearer"].as_array());
        let told: BTreeSet<String> = ways.flatten().map(|scope| scope.as_str().unwrap().to_owned()).collect();
        scoped += told.len();
        assert_eq!(told, needed, "{id}");
    }
    assert!(scoped > 20, "operations have scopes: {scoped}");
}

#[test]
fn the_linter_has_nothing_to_say() {
    let (folder, node) = install_redocly().unwrap_or_else(|why| panic!("{why}"));
    let spec = folder.join("../../api-spec/openapi.yaml");
    let output = Command::new(node)
        .arg("node_modules/@redocly/cli/bin/cli.js")
        .args(["lint", "--config=redocly.yaml", "--format=json", "--max-problems=200"])
        .arg(spec)
        .current_dir(&folder)
        // It is to look at a file and to tell nobody.
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        .output()
        .expect("the linter runs");
    let told = String::from_utf8_lossy(&output.stdout);
    let told: Value = told.find('{').and_then(|start| serde_json::from_str(&told[start..]).ok()).unwrap_or_default();
    assert_eq!(told["totals"]["errors"], 0, "{:#}\n{}", told["problems"], String::from_utf8_lossy(&output.stderr));
    assert_eq!(told["totals"]["warnings"], 0, "{:#}", told["problems"]);
    assert_eq!(told["totals"]["ignored"], 0, "nothing is left out");
}

#[test]
fn the_served_contract_is_the_committed_one_and_the_page_shows_every_operation() {
    let instance = Instance::new();
    let served = instance.anonymous().get("/api/v1/openapi.json").expect(200).body;
    assert_eq!(&served, Contract::committed().spec());
    let page = instance.anonymous().get("/api/v1/docs").expect(200).text;
    for (_, path, operation) in Contract::committed().operations() {
        let id = operation["operationId"].as_str().unwrap();
        assert!(page.contains(&format!("id=\"{id}\"")), "{id} is missing on the page");
        assert!(page.contains(&path), "{path} is missing on the page");
    }
    for entry in innocap_app::CATALOGUE {
        assert!(page.contains(&format!("id=\"error-{}\"", entry.code)), "{} is missing on the page", entry.code);
    }
    // Its own address stands in its head.
    let page = page.replace(instance.innocap().public_url(), "");
    assert!(!page.contains("http://") && !page.contains("src="), "the page needs something from elsewhere");
}
