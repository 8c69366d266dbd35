//! The change feed: complete, in order, and without gaps.

use std::time::Duration;

use innocap_domain::{Content, RecordKind, Status};
use innocap_registry::testing::TestDatabase;
use innocap_registry::{Change, Registry, Write};

use crate::support::*;

on_both_databases! {
    async fn every_write_and_deletion_stands_in_the_feed(registry: Registry, _database: &TestDatabase) {
        let record = registry.write(create(organisation("a"), 1)).await.expect("a record");
        registry.write(update(&record, organisation("b"), 2)).await.expect("an update");
        registry.delete(record.id, None).await.expect("a deletion");
        let change = |seq, version, deleted, second| Change {
            seq, version, deleted, kind: RecordKind::Organisation, record_id: record.id.uuid(), at: at(second),
            organisation: Some(record.id), shown: true,
        };
        let all = vec![change(1, 1, false, 1), change(2, 2, false, 2), change(3, 3, true, 2)];
        assert_eq!(registry.changes_since(0, 100).await, Ok(all.clone()));
        assert_eq!(registry.changes_since(1, 1).await, Ok(vec![all[1].clone()]));
        assert_eq!(registry.changes_since(3, 100).await, Ok(vec![]));
        assert_eq!(registry.last_change().await, Ok(3));
    }

    async fn a_follower_skips_nothing_while_eight_write(registry: Registry, database: &TestDatabase) {
        const WRITERS: i64 = 8;
        const BATCHES: i64 = 12;
        let start = registry.last_change().await.expect("a number");
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..WRITERS {
            // Half of them through a pool of their own, as another process would be.
            let registry =
                if writer % 2 == 0 { registry.clone() } else { Registry::open(database.url()).await.expect("opens") };
            writers.spawn(async move {
                for batch in 0..BATCHES {
                    let name = |i| organisation(&format!("{writer}-{batch}-{i}"));
                    let writes = (0..=batch % 3).map(|i| create(name(i), i)).collect();
                    for result in registry.write_all(writes).await.expect("a batch") {
                        result.expect("a record");
                    }
                }
            });
        }
        let expected = WRITERS * (0..BATCHES).map(|b| b % 3 + 1).sum::<i64>();
        let mut seen: Vec<Change> = Vec::new();
        // Only ever asks for what comes after the last number seen, as the indexer does.
        let following = async {
            while (seen.len() as i64) < expected {
                let after = seen.last().map_or(start, |c| c.seq);
                seen.extend(registry.changes_since(after, 7).await.expect("changes"));
            }
        };
        tokio::time::timeout(Duration::from_secs(60), following).await.expect("the feed is complete");
        while let Some(writer) = writers.join_next().await {
            writer.expect("a writer ends well");
        }
        let numbers: Vec<_> = seen.iter().map(|c| c.seq).collect();
        assert_eq!(numbers, (start + 1..=start + expected).collect::<Vec<_>>());
        let records: std::collections::HashSet<_> = seen.iter().map(|c| c.record_id).collect();
        assert_eq!(records.len() as i64, expected);
        assert_eq!(registry.last_change().await, Ok(start + expected));
    }

    async fn of_two_who_write_the_same_version_one_is_stale(registry: Registry, _database: &TestDatabase) {
        let record = registry.write(create(organisation("a"), 0)).await.expect("a record");
        let mut writers = tokio::task::JoinSet::new();
        for i in 0..8 {
            let (registry, write) = (registry.clone(), update(&record, organisation(&format!("b{i}")), 1));
            writers.spawn(async move { registry.write(write).await.is_ok() });
        }
        let results = writers.join_all().await;
        assert_eq!(results.iter().filter(|written| **written).count(), 1);
    }

    async fn of_many_who_import_the_same_source_one_creates_it(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        let mut writers = tokio::task::JoinSet::new();
        for i in 0..8 {
            let (registry, write) = (registry.clone(), upsert(solution(owner, "same", "1"), i));
            writers.spawn(async move { registry.write(write).await.expect("a record") });
        }
        let records = writers.join_all().await;
        assert!(records.iter().all(|r| r.id == records[0].id && r.version == 1));
    }

    async fn a_change_says_whose_the_record_was_and_whether_it_was_ever_public(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        let start = registry.last_change().await.expect("a number");
        let write = |status| Write::Upsert { id: None, status, content: solution(owner, "one", "1"), at: at(1) };
        let record = registry.write(write(Status::Draft)).await.expect("a draft");
        registry.write(write(Status::Published)).await.expect("published");
        registry.write(write(Status::Draft)).await.expect("a draft again");
        registry.delete(record.id, None).await.expect("deleted");
        let never = registry.write(create_draft(solution(owner, "two", "2"))).await.expect("a draft");
        registry.delete(never.id, None).await.expect("deleted");
        let changes = registry.changes_since(start, 100).await.expect("changes");
        assert!(changes.iter().all(|change| change.organisation == Some(owner)));
        let shown: Vec<_> = changes.iter().map(|change| (change.deleted, change.shown)).collect();
        assert_eq!(shown, [(false, false), (false, true), (false, true), (true, true), (false, false), (true, false)]);
    }

    async fn pruning_leaves_the_last_change_of_each_record(registry: Registry, _database: &TestDatabase) {
        let (owner, other) = (some_organisation(&registry).await, some_organisation(&registry).await);
        let mut record = registry.write(create(solution(owner, "one", "1"), 1)).await.expect("a record");
        for second in 2..6 {
            let content = solution(owner, &format!("version {second}"), "1");
            record = registry.write(update(&record, content, second)).await.expect("an update");
        }
        record = registry.write(update(&record, solution(other, "moved", "1"), 6)).await.expect("moved");
        let gone = registry.write(create(solution(owner, "two", "2"), 1)).await.expect("a record");
        registry.delete(gone.id, None).await.expect("deleted");
        assert_eq!(registry.prune_changes(at(1), 100).await, Ok(0), "what is not old enough stays");
        assert_eq!(registry.prune_changes(at(100), 2).await, Ok(2), "no more than asked at once");
        assert_eq!(registry.prune_changes(at(100), 100).await, Ok(4));
        let kept = registry.changes_since(0, 100).await.expect("changes");
        let of = |id: uuid::Uuid| -> Vec<_> {
            let changes = kept.iter().filter(|change| change.record_id == id);
            changes.map(|change| (change.organisation, change.version, change.deleted)).collect()
        };
        assert_eq!(of(record.id.uuid()), [(Some(owner), 6, false), (Some(other), 6, false)]);
        assert_eq!(of(gone.id.uuid()), [(Some(owner), 2, true)]);
    }

    async fn who_subscribes_is_woken_by_a_write_and_not_by_a_refusal(registry: Registry, _database: &TestDatabase) {
        let mut receiver = registry.subscribe();
        let before = *receiver.borrow_and_update();
        let record = registry.write(create(organisation("a"), 0)).await.expect("a record");
        tokio::time::timeout(Duration::from_secs(5), receiver.changed()).await.expect("woken").expect("open");
        assert!(*receiver.borrow_and_update() > before);
        assert_eq!(registry.changes_since(0, 10).await.expect("changes").len(), 1);
        registry.delete(record.id, Some(99)).await.expect_err("stale");
        assert!(!receiver.has_changed().expect("open"));
    }
}

fn create_draft<C: Content>(content: C) -> Write<C> {
    Write::Create { id: None, status: Status::Draft, content, at: at(1) }
}
