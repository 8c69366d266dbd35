//! Lists: filters, search, cursors.

use innocap_testkit::{Instance, on_every_backend};
use serde_json::{Value, json};

use crate::support::{alarm_challenge, alarm_solution, snow_solution};

fn titles(body: &Value) -> Vec<&str> {
    body["items"].as_array().unwrap().iter().map(|i| i["texts"][0]["title"].as_str().unwrap()).collect()
}

#[test]
fn filters_narrow_a_list_and_the_total_counts_all_pages() {
    on_every_backend(|instance| {
        let company = instance.organisation("Alarm AB", "company", "SE");
        instance.published("solutions", &alarm_solution(&company));
        instance.published("solutions", &snow_solution(&company));
        let list = |query: &str| instance.anonymous().get(&format!("/api/v1/solutions?{query}")).expect(200).body;
        assert_eq!(list("")["total"], 2);
        for (query, title) in [
            ("kind=service", "Snöröjning och halkbekämpning av vägar"),
            ("cpv=90600000", "Snöröjning och halkbekämpning av vägar"),
            ("function=soc-pro", "Safety alarm for elderly people living at home"),
            ("country=NO", "Safety alarm for elderly people living at home"),
            ("language=sv", "Snöröjning och halkbekämpning av vägar"),
            ("q=plogar", "Snöröjning och halkbekämpning av vägar"),
            ("q=elderly&kind=product", "Safety alarm for elderly people living at home"),
        ] {
            assert_eq!(titles(&list(query)), [title], "{query}");
        }
        assert_eq!(list("kind=service,product")["total"], 2);
        assert_eq!(list("q=plogar&kind=product")["total"], 0);
        assert_eq!(list("updated_since=2999-01-01T00:00:00Z")["total"], 0);
    });
}

#[test]
fn pages_follow_each_other_while_others_write_and_links_keep_the_query() {
    on_every_backend(|instance| {
        let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
        let before: Vec<String> =
            (0..5).map(|_| instance.published("challenges", &alarm_challenge(&organisation))).collect();
        let mut seen = Vec::new();
        let mut address = "/api/v1/challenges?limit=2&function=soc-pro%2Chealth".to_owned();
        loop {
            let page = instance.anonymous().get(&address).expect(200);
            seen.extend(page.body["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()));
            instance.published("challenges", &alarm_challenge(&organisation));
            let Some(link) = page.link("next") else { break };
            assert!(link.contains("function=soc-pro%2Chealth") && link.contains("limit=2"), "{link}");
            address = link;
        }
        let mut expected = before;
        expected.reverse();
        assert_eq!(seen, expected);
    });
}

#[test]
fn a_cursor_of_another_query_or_a_damaged_one_is_refused() {
    on_every_backend(|instance| {
        let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
        for _ in 0..3 {
            instance.published("challenges", &alarm_challenge(&organisation));
        }
        let page = instance.anonymous().get("/api/v1/challenges?limit=1").expect(200).body;
        let cursor = page["next_cursor"].as_str().unwrap();
        instance.anonymous().get(&format!("/api/v1/challenges?limit=2&cursor={cursor}")).expect(200);
        for address in [
            format!("/api/v1/challenges?function=health&cursor={cursor}"),
            format!("/api/v1/solutions?cursor={cursor}"),
            "/api/v1/challenges?cursor=nonsense".to_owned(),
        ] {
            let refused = instance.anonymous().get(&address).expect(400);
            assert_eq!(refused.body["code"], "invalid_cursor", "{address}");
        }
    });
}

#[test]
fn wrong_parameters_are_all_named_with_the_nearest_right_ones() {
    let instance = Instance::new();
    let refused =
        instance.anonymous().get("/api/v1/solutions?limit=1000&cpv=85312001&colour=red&kind=prodct").expect(400);
    assert_eq!(refused.body["code"], "invalid_query");
    let errors = refused.body["errors"].as_array().unwrap();
    let of = |pointer: &str| errors.iter().find(|e| e["pointer"] == pointer).unwrap_or_else(|| panic!("{pointer}"));
    assert_eq!(of("/limit")["code"], "out_of_range");
    assert_eq!(of("/colour")["code"], "unknown_field");
    assert!(of("/cpv")["nearest"].as_array().unwrap().contains(&json!("85312000")));
    assert_eq!(of("/kind")["nearest"][0], "product");
}

#[test]
fn organisations_are_found_by_how_their_name_begins() {
    on_every_backend(|instance| {
        instance.organisation("Vadsø kommune", "public-body", "NO");
        instance.organisation("Alarm AB", "company", "SE");
        let found = instance.anonymous().get("/api/v1/organisations?q=vads%C3%B8").expect(200).body;
        assert_eq!(found["items"][0]["name"], "Vadsø kommune");
        assert_eq!(found["total"], 1);
    });
}
