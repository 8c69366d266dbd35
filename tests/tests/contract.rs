//! The contract is in step with the routes and with the error catalogue.

use std::collections::BTreeSet;

use innocap_testkit::{Contract, Instance};

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
        assert!(operation["summary"].as_str().is_some_and(|s| s.ends_with('.')), "{id} has no summary");
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
