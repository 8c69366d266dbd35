//! Sources to harvest: claimed by one at a time, gone on with where they were, and what they have told of.

use innocap_domain::{HarvestDocument, HarvestFormat, HarvestItem, HarvestSettings, SolutionId, Trace};
use innocap_registry::testing::TestDatabase;
use innocap_registry::{HarvestEnd, Registry, RegistryError};
use serde_json::json;

use crate::support::{at, create, on_both_databases, solution, some_organisation};

fn settings(name: &str, interval: Option<i64>) -> HarvestSettings {
    HarvestSettings {
        name: name.to_owned(),
        format: HarvestFormat::Ocds,
        address: "https://source.example.org/".to_owned(),
        mapping: None,
        licence: Some("CC0-1.0".to_owned()),
        interval,
        allow_private: false,
        whole: true,
    }
}

fn item(id: &str, record: Option<SolutionId>, seen: i64) -> HarvestItem {
    HarvestItem {
        kind: "solution".to_owned(),
        id: id.to_owned(),
        record: record.map(|id| id.uuid()),
        address: "https://source.example.org/1".to_owned(),
        digest: "d".to_owned(),
        stamp: None,
        seen,
        gone: None,
        evidence: None,
    }
}

on_both_databases! {
    async fn a_source_is_set_up_once_and_removed_with_what_is_remembered_of_it(registry: Registry, _database: &TestDatabase) {
        assert_eq!(registry.add_harvest_source(settings("Å source", Some(600)), &Trace::shell(at(1))).await, Ok(true));
        assert_eq!(registry.add_harvest_source(settings("Å source", None), &Trace::shell(at(2))).await, Ok(false));
        let stored = registry.harvest_source("Å source").await.expect("read").expect("it is there");
        assert_eq!((stored.settings, stored.due, stored.run), (settings("Å source", Some(600)), Some(at(1)), 0));
        registry.put_harvest_items("Å source", &[item("1", None, 1)]).await.expect("stored");
        let read = HarvestDocument { etag: Some("\"a\"".to_owned()), modified: None, next: Some("?2".to_owned()) };
        registry.put_harvest_document("Å source", "x", Some(read.clone())).await.expect("stored");
        assert_eq!(registry.harvest_document("Å source", "x").await, Ok(Some(read)));
        registry.put_harvest_document("Å source", "x", None).await.expect("forgotten");
        assert_eq!(registry.harvest_document("Å source", "x").await, Ok(None));
        assert_eq!(registry.remove_harvest_source("Å source", &Trace::shell(at(3))).await, Ok(()));
        assert_eq!(registry.remove_harvest_source("Å source", &Trace::shell(at(3))).await, Err(RegistryError::NotFound));
        assert_eq!(registry.count_harvest_items("Å source").await, Ok(0));
    }

    async fn one_at_a_time_harvests_a_source_and_whoever_comes_after_a_fall_goes_on(registry: Registry, _database: &TestDatabase) {
        registry.add_harvest_source(settings("s", Some(600)), &Trace::shell(at(1))).await.expect("set up");
        assert_eq!(registry.due_harvest(at(1)).await, Ok(Some("s".to_owned())));
        let first = registry.claim_harvest("s", at(2), at(100)).await.expect("claimed").expect("it is free");
        assert_eq!((first.run, first.started, first.checkpoint), (1, Some(at(2)), None));
        assert_eq!(registry.claim_harvest("s", at(3), at(100)).await, Ok(None));
        assert_eq!(registry.due_harvest(at(3)).await, Ok(None));
        let come = (json!({"next": "?2"}), json!({"created": 5}));
        registry.checkpoint_harvest("s", &come.0, &come.1).await.expect("stored");
        // Nobody has said since that it is being harvested.
        assert_eq!(registry.due_harvest(at(101)).await, Ok(Some("s".to_owned())));
        let second = registry.claim_harvest("s", at(101), at(200)).await.expect("claimed").expect("it is free");
        assert_eq!((second.run, second.started), (1, Some(at(2))));
        assert_eq!((second.checkpoint, second.report), (Some(come.0), Some(come.1.clone())));
        let end = HarvestEnd { at: at(110), due: Some(at(710)), checkpoint: None, report: come.1, problem: None };
        registry.end_harvest("s", end, &Trace::service(at(110))).await.expect("ended");
        assert_eq!(registry.due_harvest(at(709)).await, Ok(None));
        registry.ask_for_harvest("s", &Trace::shell(at(120))).await.expect("asked");
        assert_eq!(registry.due_harvest(at(120)).await, Ok(Some("s".to_owned())));
        let third = registry.claim_harvest("s", at(121), at(200)).await.expect("claimed").expect("it is free");
        assert_eq!((third.run, third.report), (2, None));
        registry.release_harvest("s").await.expect("let go");
        assert_eq!(registry.due_harvest(at(122)).await, Ok(Some("s".to_owned())));
        assert_eq!(registry.renew_harvest("nowhere", at(1)).await, Ok(false));
    }

    async fn what_a_run_has_not_seen_is_told_and_a_record_that_is_deleted_leaves_its_item(registry: Registry, _database: &TestDatabase) {
        registry.add_harvest_source(settings("s", None), &Trace::shell(at(1))).await.expect("set up");
        let owner = some_organisation(&registry).await;
        let record = registry.write(create(solution(owner, "a", "1"), 1)).await.expect("written").id;
        let award = HarvestItem { kind: "award".to_owned(), evidence: Some(json!({"country": "SE"})), ..item("a", Some(record), 1) };
        let items = [item("1", Some(record), 2), item("2", None, 1), award.clone()];
        registry.put_harvest_items("s", &items).await.expect("stored");
        assert_eq!(registry.unseen_harvest_items("s", 2).await, Ok(vec![item("2", None, 1)]));
        assert_eq!(registry.awards_of(record.uuid()).await, Ok(vec![award]));
        assert_eq!(registry.see_harvest_document("s", "https://source.example.org/1", 3).await, Ok(3));
        assert_eq!(registry.unseen_harvest_items("s", 3).await, Ok(vec![]));
        registry.lose_harvest_item("s", &items[1], at(5)).await.expect("stored");
        assert_eq!(registry.count_harvest_items("s").await, Ok(1));
        registry.delete(record, None).await.expect("deleted");
        let left = registry.harvest_items("s", "solution", vec!["1".to_owned()]).await.expect("read");
        assert_eq!(left["1"].record, None);
    }

    async fn a_pair_is_proposed_once_and_what_is_one_is_one_for_its_source_too(registry: Registry, _database: &TestDatabase) {
        registry.add_harvest_source(settings("s", None), &Trace::shell(at(1))).await.expect("set up");
        let owner = some_organisation(&registry).await;
        let mut made = Vec::new();
        for (number, second) in [("1", 1), ("2", 2), ("3", 3)] {
            made.push(registry.write(create(solution(owner, "a", number), second)).await.expect("written").id);
        }
        registry.put_harvest_items("s", &[item("2", Some(made[1]), 1)]).await.expect("stored");
        let pairs = vec![(made[0], made[1], "text"), (made[1], made[2], "address")];
        assert_eq!(registry.propose_duplicates(pairs.clone(), at(4)).await, Ok(2));
        assert_eq!(registry.propose_duplicates(pairs, at(5)).await, Ok(0));
        let open = registry.open_duplicates(10).await.expect("read");
        assert_eq!(open.iter().map(|pair| pair.reason.as_str()).collect::<Vec<_>>(), ["text", "address"]);
        registry.decide_duplicate(open[0].id, true, &Trace::shell(at(6))).await.expect("decided");
        // The other pair had the one in it that is no more.
        assert_eq!(registry.open_duplicates(10).await, Ok(vec![]));
        assert_eq!(registry.decide_duplicate(open[0].id, true, &Trace::shell(at(7))).await, Err(RegistryError::NotFound));
        let item = registry.harvest_items("s", "solution", vec!["2".to_owned()]).await.expect("read");
        assert_eq!(item["2"].record, Some(made[0].uuid()));
    }
}
