//! Lists: filters, pages, counts.

use innocap_domain::{Challenge, Id, Organisation, Solution, Status};
use innocap_registry::testing::TestDatabase;
use innocap_registry::{FacetMatch, Filter, Registry, Write};
use serde_json::json;

use crate::support::*;

/// A filter by one facet.
fn by(name: &str, wanted: FacetMatch) -> Filter {
    Filter { facets: vec![(name.to_owned(), wanted)], ..Filter::default() }
}

fn any(values: &[&str]) -> FacetMatch {
    FacetMatch::Any(values.iter().map(|v| (*v).to_owned()).collect())
}

fn prefix(text: &str) -> FacetMatch {
    FacetMatch::Prefix(text.to_owned())
}

/// The titles of the challenges that a filter lets through, newest first.
async fn titles(registry: &Registry, filter: &Filter) -> Vec<String> {
    let found = registry.list::<Challenge>(filter, None, 100).await.expect("a list");
    assert_eq!(registry.count::<Challenge>(filter).await, Ok(found.len() as i64));
    found.iter().map(|r| r.content.texts.original().title.clone()).collect()
}

/// A challenge by title, its CPV codes and its region.
async fn need(registry: &Registry, owner: Id<Organisation>, title: &str, cpv: &[&str], region: &str) {
    let content: Challenge = content(json!({
        "organisation": owner.to_string(),
        "texts": [{ "language": "sv", "title": title }],
        "cpv": cpv,
        "country": &region[..2],
        "region": region,
    }));
    registry.write(create(content, 1)).await.expect("a record");
}

on_both_databases! {
    async fn a_facet_matches_one_of_several_values(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        need(&registry, owner, "care", &["85312000"], "SE332").await;
        need(&registry, owner, "buses", &["60112000", "34121000"], "SE331").await;
        need(&registry, owner, "software", &["48000000"], "FI1D7").await;
        assert_eq!(titles(&registry, &by("cpv", any(&["85312000", "48000000"]))).await, ["software", "care"]);
        assert_eq!(titles(&registry, &by("cpv", any(&["60112000", "34121000"]))).await, ["buses"]);
        assert!(titles(&registry, &by("cpv", any(&[]))).await.is_empty());
        // The value of one facet is not that of another.
        assert!(titles(&registry, &by("region", any(&["85312000"]))).await.is_empty());
    }

    async fn records_are_counted_by_one_facet_and_by_two(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        need(&registry, owner, "care", &["85312000"], "SE332").await;
        need(&registry, owner, "buses", &["60112000", "34121000"], "SE331").await;
        need(&registry, owner, "clinics", &["85312000"], "FI1D7").await;
        let all = Filter::default();
        let mut countries = registry.count_by::<Challenge>(&all, "country").await.unwrap();
        countries.sort();
        assert_eq!(countries, [("FI".to_owned(), 1), ("SE".to_owned(), 2)]);
        let mut both = registry.count_by_both::<Challenge>(&all, "cpv", "country").await.unwrap();
        both.sort();
        let pair = |code: &str, country: &str, number| ((code.to_owned(), country.to_owned()), number);
        assert_eq!(
            both,
            [pair("34121000", "SE", 1), pair("60112000", "SE", 1), pair("85312000", "FI", 1), pair("85312000", "SE", 1)]
        );
        let elsewhere = by("country", FacetMatch::Without(vec!["SE".to_owned()]));
        assert_eq!(titles(&registry, &elsewhere).await, ["clinics"]);
        assert_eq!(registry.count_by::<Challenge>(&elsewhere, "cpv").await.unwrap(), [("85312000".to_owned(), 1)]);
        assert!(registry.count_by::<Solution>(&all, "country").await.unwrap().is_empty());
    }

    async fn records_are_walked_through_in_parts_that_stay_as_they_are(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        for title in ["care", "buses", "software"] {
            need(&registry, owner, title, &["85312000"], "SE332").await;
        }
        let filter = Filter { statuses: vec![Status::Published], without_suspended: true, ..Filter::default() };
        let all = registry.list::<Challenge>(&filter, None, 10).await.unwrap();
        let first = registry.stamps::<Challenge>(&filter, 0, 2).await.unwrap();
        assert_eq!(first, [(all[2].id, all[2].updated), (all[1].id, all[1].updated)]);
        need(&registry, owner, "snow", &["90620000"], "SE332").await;
        assert_eq!(registry.stamps::<Challenge>(&filter, 0, 2).await.unwrap(), first);
        assert_eq!(registry.stamps::<Challenge>(&filter, 2, 2).await.unwrap().len(), 2);
        assert!(registry.stamps::<Challenge>(&filter, 4, 2).await.unwrap().is_empty());
    }

    async fn a_prefix_matches_a_subtree(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        need(&registry, owner, "care", &["85312000"], "SE332").await;
        need(&registry, owner, "clinics", &["85121000"], "SE331").await;
        need(&registry, owner, "software", &["48000000"], "FI1D7").await;
        assert_eq!(titles(&registry, &by("cpv", prefix("85"))).await, ["clinics", "care"]);
        assert_eq!(titles(&registry, &by("cpv", prefix("853"))).await, ["care"]);
        assert_eq!(titles(&registry, &by("region", prefix("SE33"))).await, ["clinics", "care"]);
        assert_eq!(titles(&registry, &by("region", prefix(""))).await, ["software", "clinics", "care"]);
        // Small letters are other letters.
        assert!(titles(&registry, &by("region", prefix("se33"))).await.is_empty());
    }

    async fn the_wildcards_of_sql_are_plain_characters_in_a_prefix(registry: Registry, _database: &TestDatabase) {
        for name in ["100% rural", "1000 lakes", "a_b", "axb", "ö-kommun", "å", "z"] {
            registry.write(create(organisation(name), 0)).await.expect("a record");
        }
        let names = async |text: &str| {
            let found = registry.list::<Organisation>(&by("name", prefix(text)), None, 10).await.expect("a list");
            found.into_iter().map(|r| r.content.name).collect::<Vec<_>>()
        };
        assert_eq!(names("100%").await, ["100% rural"]);
        assert_eq!(names("a_").await, ["a_b"]);
        // Also where a language sorts the letter elsewhere.
        assert_eq!(names("ö").await, ["ö-kommun"]);
        assert_eq!(names("z").await, ["z"]);
    }

    async fn all_conditions_of_a_filter_hold_together(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        let other = some_organisation(&registry).await;
        need(&registry, owner, "care", &["85312000"], "SE332").await;
        need(&registry, owner, "buses", &["60112000"], "SE332").await;
        need(&registry, other, "clinics", &["85121000"], "SE332").await;
        let draft = Write::Create { id: None, status: Status::Draft, content: challenge(owner, "draft"), at: at(9) };
        registry.write(draft).await.expect("a record");
        let mut filter = by("cpv", prefix("85"));
        filter.facets.push(("region".to_owned(), any(&["SE332"])));
        filter.organisation = Some(owner);
        assert_eq!(titles(&registry, &filter).await, ["draft", "care"]);
        filter.statuses = vec![Status::Published, Status::InDialogue];
        assert_eq!(titles(&registry, &filter).await, ["care"]);
        filter.statuses.clear();
        filter.updated_since = Some(at(9));
        assert_eq!(titles(&registry, &filter).await, ["draft"]);
        filter.updated_since = Some(at(10));
        assert!(titles(&registry, &filter).await.is_empty());
    }

    async fn lists_are_of_one_kind_and_newest_first(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        let mut ids = Vec::new();
        for i in 0..5 {
            ids.push(registry.write(create(challenge(owner, "a"), i)).await.expect("a record").id);
        }
        registry.write(create(solution(owner, "b", "1"), 9)).await.expect("a record");
        let listed = registry.list::<Challenge>(&Filter::default(), None, 4).await.expect("a list");
        ids.reverse();
        assert_eq!(listed.iter().map(|r| r.id).collect::<Vec<_>>(), ids[..4]);
        assert_eq!(registry.count::<Solution>(&Filter::default()).await, Ok(1));
    }

    async fn pages_neither_repeat_nor_skip_while_others_write(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        let writes = (0..25).map(|i| create(challenge(owner, &format!("need {i}")), i)).collect();
        let written = registry.write_all(writes).await.expect("a batch");
        let mut expected: Vec<_> = written.into_iter().map(|r| r.expect("a record").id).collect();
        expected.reverse();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = registry.list::<Challenge>(&Filter::default(), after, 10).await.expect("a page");
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            seen.extend(page.iter().map(|r| r.id));
            // Somebody adds a need, and touches one that has not been seen yet.
            registry.write(create(challenge(owner, "late"), 100)).await.expect("a record");
            let oldest = registry.find(expected[24]).await.expect("found").expect("a record");
            registry.write(update(&oldest, challenge(owner, "touched"), 101)).await.expect("an update");
        }
        assert_eq!(seen, expected);
    }
}
