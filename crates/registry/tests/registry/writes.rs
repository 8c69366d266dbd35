//! Records are created, found, updated and deleted.

use innocap_domain::{Challenge, Id, Organisation, Solution, Status};
use innocap_registry::testing::TestDatabase;
use innocap_registry::{Outcome, Registry, RegistryError, Write};

use crate::support::*;

on_both_databases! {
    async fn a_batch_tells_what_each_write_came_to_and_a_rehearsal_the_same_without_writing(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        registry.write(create(solution(owner, "same", "1"), 1)).await.expect("a record");
        registry.write(create(solution(owner, "other", "2"), 1)).await.expect("a record");
        let assumed = innocap_domain::OrganisationId::new();
        let writes = || vec![
            upsert(solution(owner, "same", "1"), 1),
            upsert(solution(owner, "changed", "2"), 1),
            upsert(solution(owner, "new", "3"), 1),
            upsert(solution(assumed, "of nobody yet", "4"), 1),
        ];
        let outcomes = |told: innocap_registry::Told<_>| -> Vec<_> {
            told.into_iter().map(|result| result.map(|written: innocap_registry::Written<innocap_domain::Solution>| written.outcome)).collect()
        };
        let expected = [Ok(Outcome::Unchanged), Ok(Outcome::Updated), Ok(Outcome::Created)];
        let before = registry.last_change().await;
        let rehearsed = registry.rehearse(writes(), &[assumed].into()).await.expect("a rehearsal");
        assert_eq!(outcomes(rehearsed), [&expected[..], &[Ok(Outcome::Created)]].concat());
        assert_eq!(registry.last_change().await, before);
        let told = registry.write_told(writes(), None).await.expect("a batch");
        assert_eq!(outcomes(told), [&expected[..], &[Err(RegistryError::OrganisationMissing)]].concat());
    }

    async fn a_created_record_is_found_as_it_was_written(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        // Finer than a microsecond, and letters of the region's languages.
        let when = at(0) + chrono::Duration::nanoseconds(123_456_789);
        let content = challenge(owner, "Snöröjning för äldre – þjónusta, seirbhís");
        let write = Write::Create { id: None, status: Status::Draft, content: content.clone(), at: when };
        let written = registry.write(write).await.expect("a record");
        assert_eq!((written.version, written.status, &written.content), (1, Status::Draft, &content));
        assert_eq!(written.created, at(0) + chrono::Duration::microseconds(123_456));
        assert_eq!(registry.find(written.id).await, Ok(Some(written)));
    }

    async fn an_identifier_finds_only_records_of_its_kind(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        let same: Id<Challenge> = Id::from_uuid(owner.uuid());
        assert_eq!(registry.find(same).await, Ok(None));
        assert_eq!(registry.find_many(&[same]).await, Ok(vec![]));
        let taken = Write::Create { id: Some(same), status: Status::Draft, content: challenge(owner, "a"), at: at(1) };
        assert_eq!(refusal(&registry, taken).await, RegistryError::Duplicate { existing: owner.uuid() });
    }

    async fn many_records_come_in_the_order_asked(registry: Registry, _database: &TestDatabase) {
        let writes = (0..700).map(|i| create(organisation(&format!("Organisation {i}")), i)).collect();
        let written = registry.write_all::<Organisation>(writes).await.expect("a batch");
        let mut ids: Vec<_> = written.into_iter().map(|r| r.expect("a record").id).collect();
        ids.reverse();
        ids.insert(3, Id::new());
        let found = registry.find_many(&ids).await.expect("records");
        ids.remove(3);
        assert_eq!(found.iter().map(|r| r.id).collect::<Vec<_>>(), ids);
    }

    async fn an_update_replaces_the_content_and_counts_the_version(registry: Registry, _database: &TestDatabase) {
        let first = registry.write(create(organisation("Umeå"), 0)).await.expect("a record");
        let second = registry.write(update(&first, organisation("Ubmeje"), 5)).await.expect("an update");
        assert_eq!((second.version, second.created, second.updated), (2, at(0), at(5)));
        assert_eq!(second.content.name, "Ubmeje");
        assert_eq!(registry.find(first.id).await, Ok(Some(second)));
        let by_name = |name| registry.find_by_facet::<Organisation>("name", name, 10);
        assert_eq!(by_name("umeå").await.expect("a list").len(), 0);
        assert_eq!(by_name("ubmeje").await.expect("a list").len(), 1);
    }

    async fn a_state_is_changed_with_its_reason_and_the_content_stays(registry: Registry, _database: &TestDatabase) {
        let first = registry.write(create(organisation("Kiruna"), 0)).await.expect("a record");
        let status = Some((Status::Archived, Some("gone at the source".to_owned())));
        let write = Write::Update { id: first.id, expected_version: None, content: None, status, at: at(1) };
        let archived = registry.write(write).await.expect("an update");
        assert_eq!((archived.status, archived.version), (Status::Archived, 2));
        assert_eq!(archived.status_reason.as_deref(), Some("gone at the source"));
        assert_eq!(archived.content, first.content);
        assert_eq!(registry.find_by_facet::<Organisation>("name", "kiruna", 10).await, Ok(vec![archived]));
    }

    async fn a_stale_update_is_refused_and_tells_the_version(registry: Registry, _database: &TestDatabase) {
        let first = registry.write(create(organisation("a"), 0)).await.expect("a record");
        registry.write(update(&first, organisation("b"), 1)).await.expect("an update");
        let stale = refusal(&registry, update(&first, organisation("c"), 2)).await;
        assert_eq!(stale, RegistryError::Stale { current: 2 });
        assert_eq!(registry.find(first.id).await.expect("found").expect("a record").content.name, "b");
    }

    async fn what_is_not_there_is_neither_updated_nor_deleted(registry: Registry, _database: &TestDatabase) {
        let id: Id<Organisation> = Id::new();
        let write = Write::Update { id, expected_version: None, content: None, status: None, at: at(0) };
        assert_eq!(refusal(&registry, write).await, RegistryError::NotFound);
        assert_eq!(registry.delete(id, None).await, Err(RegistryError::NotFound));
        assert_eq!(registry.last_change().await, Ok(0));
    }

    async fn an_identifier_or_a_source_is_taken_once(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        let first = registry.write(create(solution(owner, "a", "1"), 0)).await.expect("a record");
        let existing = first.id.uuid();
        let again = refusal(&registry, create(solution(owner, "b", "1"), 1)).await;
        assert_eq!(again, RegistryError::Duplicate { existing });
        let id = Some(first.id);
        let same = Write::Create { id, status: Status::Draft, content: solution(owner, "b", "2"), at: at(1) };
        assert_eq!(refusal(&registry, same).await, RegistryError::Duplicate { existing });
        let other = registry.write(create(solution(owner, "c", "3"), 2)).await.expect("a record");
        let moved = refusal(&registry, update(&other, solution(owner, "c", "1"), 3)).await;
        assert_eq!(moved, RegistryError::Duplicate { existing });
        assert_eq!(registry.find_by_source("catalogue", "1").await, Ok(Some(first)));
        assert_eq!(registry.find_by_source::<Solution>("catalogue", "2").await, Ok(None));
    }

    async fn a_record_of_no_organisation_is_refused(registry: Registry, _database: &TestDatabase) {
        let error = refusal(&registry, create(challenge(Id::new(), "a"), 0)).await;
        assert_eq!(error, RegistryError::OrganisationMissing);
        let owner = some_organisation(&registry).await;
        let need = registry.write(create(challenge(owner, "a"), 0)).await.expect("a record");
        // A challenge is no organisation, though the foreign key alone would take it for one.
        let error = refusal(&registry, create(challenge(Id::from_uuid(need.id.uuid()), "b"), 1)).await;
        assert_eq!(error, RegistryError::OrganisationMissing);
    }

    async fn an_upsert_that_changes_nothing_writes_nothing(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        let first = registry.write(upsert(solution(owner, "a", "1"), 0)).await.expect("a record");
        let changes = registry.last_change().await;
        let again = registry.write(upsert(solution(owner, "a", "1"), 9)).await.expect("a record");
        assert_eq!(again, first);
        assert_eq!(registry.last_change().await, changes);
    }

    async fn an_upsert_finds_its_record_by_source_or_by_identifier(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        let first = registry.write(upsert(solution(owner, "a", "1"), 0)).await.expect("a record");
        let second = registry.write(upsert(solution(owner, "b", "1"), 1)).await.expect("a record");
        assert_eq!((second.id, second.version), (first.id, 2));
        let renamed = Write::Upsert {
            id: Some(first.id),
            status: Status::Published,
            content: solution(owner, "b", "one"),
            at: at(2),
        };
        let third = registry.write(renamed).await.expect("a record");
        assert_eq!((third.id, third.version), (first.id, 3));
        assert_eq!(registry.find_by_source::<Solution>("catalogue", "1").await, Ok(None));
        assert_eq!(registry.find_by_source("catalogue", "one").await, Ok(Some(third)));
    }

    async fn an_upsert_that_changes_the_state_drops_the_reason_of_the_old_one(
        registry: Registry, _database: &TestDatabase
    ) {
        let owner = some_organisation(&registry).await;
        let first = registry.write(upsert(solution(owner, "a", "1"), 0)).await.expect("a record");
        let status = Some((Status::Archived, Some("gone".to_owned())));
        let archive = Write::Update { id: first.id, expected_version: None, content: None, status, at: at(1) };
        registry.write(archive).await.expect("an update");
        let back = registry.write(upsert(solution(owner, "a", "1"), 2)).await.expect("a record");
        assert_eq!((back.version, back.status, back.status_reason), (3, Status::Published, None));
    }

    async fn a_batch_keeps_what_is_right_and_tells_what_is_wrong(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        let taken = registry.write(create(solution(owner, "a", "1"), 0)).await.expect("a record");
        let results = registry
            .write_all(vec![
                create(solution(owner, "b", "2"), 1),
                create(solution(owner, "c", "1"), 1),
                create(solution(Id::new(), "d", "4"), 1),
                Write::Update { id: taken.id, expected_version: Some(7), content: None, status: None, at: at(1) },
                create(solution(owner, "e", "5"), 1),
            ])
            .await
            .expect("a batch");
        assert_eq!(results[1], Err(RegistryError::Duplicate { existing: taken.id.uuid() }));
        assert_eq!(results[2], Err(RegistryError::OrganisationMissing));
        assert_eq!(results[3], Err(RegistryError::Stale { current: 1 }));
        for (place, source) in [(0, "2"), (4, "5")] {
            let found = registry.find_by_source::<Solution>("catalogue", source).await.expect("found");
            assert_eq!(found.as_ref(), results[place].as_ref().ok());
        }
        assert_eq!(registry.last_change().await, Ok(4));
    }

    async fn the_writes_of_a_batch_see_each_other(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        let before = registry.last_change().await.expect("a number");
        let results = registry
            .write_all(vec![
                upsert(solution(owner, "a", "1"), 1),
                upsert(solution(owner, "b", "1"), 2),
                upsert(solution(owner, "b", "1"), 3),
            ])
            .await
            .expect("a batch");
        let records: Vec<_> = results.into_iter().map(|r| r.expect("a record")).collect();
        assert_eq!(records.iter().map(|r| r.version).collect::<Vec<_>>(), [1, 2, 2]);
        assert_eq!(registry.find_by_source("catalogue", "1").await, Ok(Some(records[2].clone())));
        let changes = registry.changes_since(before, 10).await.expect("changes");
        assert_eq!(changes.iter().map(|c| c.version).collect::<Vec<_>>(), [1, 2]);
    }

    async fn two_records_exchange_their_sources_in_a_batch(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        let a = registry.write(create(solution(owner, "a", "1"), 0)).await.expect("a record");
        let b = registry.write(create(solution(owner, "b", "2"), 0)).await.expect("a record");
        let by_id = |id, content| Write::Upsert { id: Some(id), status: Status::Published, content, at: at(1) };
        let writes = vec![
            by_id(a.id, solution(owner, "a", "3")),
            by_id(b.id, solution(owner, "b", "1")),
            by_id(a.id, solution(owner, "a", "2")),
        ];
        for result in registry.write_all(writes).await.expect("a batch") {
            result.expect("a record");
        }
        let owner_of = async |id| registry.find_by_source::<Solution>("catalogue", id).await.expect("found");
        assert_eq!(owner_of("2").await.map(|r| r.id), Some(a.id));
        assert_eq!(owner_of("1").await.map(|r| r.id), Some(b.id));
        assert_eq!(owner_of("3").await, None);
    }

    async fn a_deleted_record_is_gone_with_its_facets(registry: Registry, database: &TestDatabase) {
        let record = registry.write(create(organisation("Arjeplog"), 0)).await.expect("a record");
        assert_eq!(registry.delete(record.id, Some(2)).await, Err(RegistryError::Stale { current: 1 }));
        assert_eq!(registry.delete(record.id, Some(1)).await, Ok(()));
        assert_eq!(registry.find(record.id).await, Ok(None));
        let left = database.connect().expect("a connection").texts("SELECT name AS text FROM facet");
        assert_eq!(left, Ok(vec![]));
    }

    async fn an_organisation_with_records_is_not_deleted(registry: Registry, _database: &TestDatabase) {
        let owner = some_organisation(&registry).await;
        let need = registry.write(create(challenge(owner, "a"), 0)).await.expect("a record");
        assert_eq!(registry.delete(owner, None).await, Err(RegistryError::InUse));
        assert_eq!(registry.delete(need.id, None).await, Ok(()));
        assert_eq!(registry.delete(owner, None).await, Ok(()));
    }
}
