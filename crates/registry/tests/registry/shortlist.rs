//! Shortlists, and where records come from.

use innocap_domain::{
    Challenge, ChallengeId, Id, OrganisationId, RecordKind, ShortlistEntry, Solution, SolutionId, Source, Trace,
};
use innocap_registry::testing::TestDatabase;
use innocap_registry::{Registry, RegistryError};

use crate::support::*;

async fn scene(registry: &Registry) -> (ChallengeId, Vec<SolutionId>) {
    let owner: OrganisationId = some_organisation(registry).await;
    let need = registry.write(create(challenge(owner, "a"), 0)).await.expect("a record").id;
    let writes = (0..2).map(|i| create(solution(owner, "b", &i.to_string()), 0)).collect();
    let written = registry.write_all::<Solution>(writes).await.expect("a batch");
    (need, written.into_iter().map(|record| record.expect("a record").id).collect())
}

fn entry(challenge: ChallengeId, solution: SolutionId, note: Option<&str>, second: i64) -> ShortlistEntry {
    ShortlistEntry {
        challenge,
        solution,
        note: note.map(str::to_owned),
        score: Some(0.1234),
        ranking_version: "1".to_owned(),
        added: at(second),
        updated: at(second),
    }
}

fn trace(second: i64) -> Trace {
    Trace::service(at(second))
}

on_both_databases! {
    async fn a_shortlist_is_kept_in_the_order_in_which_it_came_about(registry: Registry, _database: &TestDatabase) {
        let (need, offers) = scene(&registry).await;
        let later = entry(need, offers[0], Some("Fråga i Åbo – först"), 2);
        let earlier = ShortlistEntry { score: None, ..entry(need, offers[1], None, 1) };
        for entry in [&later, &earlier] {
            let stored = registry.put_on_shortlist(entry.clone(), &trace(3)).await;
            assert_eq!(stored.as_ref(), Ok(entry));
        }
        assert_eq!(registry.shortlist(need).await, Ok(vec![earlier, later]));
    }

    async fn another_note_changes_neither_the_score_nor_the_time_of_the_entry(
        registry: Registry, _database: &TestDatabase
    ) {
        let (need, offers) = scene(&registry).await;
        let first = entry(need, offers[0], None, 1);
        registry.put_on_shortlist(first.clone(), &trace(1)).await.expect("stored");
        let second = ShortlistEntry { score: Some(0.9), ranking_version: "2".to_owned(), ..entry(need, offers[0], Some("ask"), 5) };
        let stored = registry.put_on_shortlist(second, &trace(5)).await.expect("stored");
        let expected = ShortlistEntry { note: Some("ask".to_owned()), updated: at(5), ..first };
        assert_eq!(stored, expected);
        assert_eq!(registry.shortlist(need).await, Ok(vec![expected]));
    }

    async fn what_is_not_there_is_neither_put_on_nor_taken_from_a_shortlist(
        registry: Registry, _database: &TestDatabase
    ) {
        let (need, offers) = scene(&registry).await;
        let nowhere = registry.put_on_shortlist(entry(need, Id::new(), None, 1), &trace(1)).await;
        assert_eq!(nowhere, Err(RegistryError::NotFound));
        assert_eq!(registry.take_from_shortlist(need, offers[0], &trace(1)).await, Err(RegistryError::NotFound));
        registry.put_on_shortlist(entry(need, offers[0], None, 1), &trace(1)).await.expect("stored");
        assert_eq!(registry.take_from_shortlist(need, offers[0], &trace(2)).await, Ok(()));
        assert_eq!(registry.shortlist(need).await, Ok(Vec::new()));
    }

    async fn records_are_counted_by_their_source_and_kind(registry: Registry, _database: &TestDatabase) {
        let owner: OrganisationId = some_organisation(&registry).await;
        let of = |name: &str, id: &str| Some(Source { name: name.to_owned(), id: id.to_owned(), url: None, licence: None });
        let need = |source| Challenge { source, ..challenge(owner, "a") };
        for (source, second) in [(of("TED", "1"), 1), (of("TED", "2"), 7), (of("Doffin", "1"), 3), (None, 9)] {
            registry.write(create(need(source), second)).await.expect("a record");
        }
        let mut offer = solution(owner, "b", "1");
        offer.source = of("TED", "3");
        registry.write(create(offer, 4)).await.expect("a record");
        let sources = registry.sources().await.expect("counted");
        let found: Vec<_> = sources.iter().map(|s| (s.name.as_str(), s.kind, s.records, s.updated)).collect();
        assert_eq!(
            found,
            [
                ("Doffin", RecordKind::Challenge, 1, at(3)),
                ("TED", RecordKind::Challenge, 2, at(7)),
                ("TED", RecordKind::Solution, 1, at(4)),
            ]
        );
    }
}
