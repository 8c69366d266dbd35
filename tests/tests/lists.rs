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

#[test]
fn a_list_is_sorted_by_what_is_wanted_soonest_and_narrowed_to_needs_without_an_answer() {
    on_every_backend(|instance| {
        let town = instance.organisation("Vadsø kommune", "public-body", "NO");
        let company = instance.organisation("Alarm AB", "company", "SE");
        instance.published("solutions", &alarm_solution(&company));
        let with = |title: &str, deadline: Value| {
            let mut need = alarm_challenge(&town);
            need["texts"][0]["title"] = title.into();
            need["deadline"] = deadline;
            need["published"] = "2020-01-01".into();
            instance.published("challenges", &need);
        };
        with("Alarm, past", "2020-02-01".into());
        with("Alarm, later", "2999-12-31".into());
        with("Alarm, whenever", Value::Null);
        with("Alarm, soon", "2999-01-31".into());
        let mut strange = alarm_challenge(&town);
        strange["texts"] =
            json!([{"language": "en", "title": "Saddles", "summary": "Llamas carry the post and want saddles."}]);
        strange["cpv"] = json!([]);
        strange["functions"] = json!([]);
        instance.published("challenges", &strange);
        instance.indexed();
        let list = |query: &str| instance.anonymous().get(&format!("/api/v1/challenges?{query}")).expect(200).body;
        let soonest = ["Alarm, soon", "Alarm, later", "Saddles", "Alarm, whenever", "Alarm, past"];
        assert_eq!(titles(&list("sort=deadline")), soonest);
        let first = list("sort=deadline&limit=2");
        assert_eq!(titles(&first), soonest[..2]);
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(titles(&list(&format!("sort=deadline&limit=2&cursor={cursor}"))), soonest[2..4]);
        assert_eq!(titles(&list("sort=newest&q=alarm"))[0], "Alarm, soon");
        assert_eq!(titles(&list("verdict=none")), ["Saddles"]);
        assert_eq!(list("verdict=fit,partial&sort=deadline")["total"], 4);
        for (resource, query) in
            [("challenges", "sort=nearest"), ("solutions", "sort=deadline"), ("solutions", "verdict=none")]
        {
            instance.anonymous().get(&format!("/api/v1/{resource}?{query}")).expect(400);
        }
    });
}

#[test]
fn what_is_delivered_in_a_region_is_what_is_delivered_anywhere_around_it_or_within_it() {
    on_every_backend(|instance| {
        let company = instance.organisation("Alarm AB", "company", "SE");
        for area in ["*", "SE", "SE33", "SE332", "SE331", "NO", "NO07", "GB-HLD"] {
            let mut solution = alarm_solution(&company);
            solution["texts"][0]["title"] = area.into();
            solution["delivery"] = json!([area]);
            instance.published("solutions", &solution);
        }
        let found = |region: &str| {
            let body = instance.anonymous().get(&format!("/api/v1/solutions?region={region}")).expect(200).body;
            let mut found: Vec<String> = titles(&body).into_iter().map(str::to_owned).collect();
            found.sort();
            found
        };
        assert_eq!(found("SE332"), ["*", "SE", "SE33", "SE332"]);
        assert_eq!(found("SE33"), ["*", "SE", "SE33", "SE331", "SE332"]);
        assert_eq!(found("NO071"), ["*", "NO", "NO07"]);
        assert_eq!(found("GB-HLD"), ["*", "GB-HLD"]);
        assert_eq!(found("GB-ZET"), ["*"]);
    });
}

#[test]
fn a_reader_may_type_what_a_code_is_called_and_the_address_says_the_code() {
    let instance = Instance::new();
    let town = instance.organisation("Vadsø kommune", "public-body", "NO");
    let mut need = alarm_challenge(&town);
    need["region"] = "NO073".into();
    instance.published("challenges", &need);
    let client = instance.anonymous();
    let sent = client.get("/challenges?region=Finnmark&lang=nb").expect(303);
    assert_eq!(sent.header("location"), Some("/challenges?region=NO073&lang=nb"));
    let page = client.get("/challenges?region=NO073&lang=nb").expect(200).text;
    assert!(
        page.contains("1 funnet") && page.contains("value=\"NO073\"") && page.contains("<details class=\"more\" open>")
    );
    assert!(client.get("/challenges?region=nowhere").expect(400).text.contains("This filter cannot be read"));
    let none = client.get("/challenges?region=SE332&lang=en").expect(200).text;
    assert!(none.contains("0 found") && none.contains("Take a filter away"), "{none}");
}
