//! Requests that are done once.

use chrono::{DateTime, Utc};
use innocap_domain::Trace;
use innocap_registry::testing::TestDatabase;
use innocap_registry::{KeptAnswer, NewTurn, Registry, Retention, Turn};

use crate::support::*;

fn turn(fingerprint: &str, second: i64) -> NewTurn {
    NewTurn {
        id: "key".to_owned(),
        person: None,
        client: None,
        fingerprint: fingerprint.to_owned(),
        started: at(second),
        lease: at(second + 120),
    }
}

fn answer() -> KeptAnswer {
    KeptAnswer {
        status: 201,
        headers: vec![("etag".to_owned(), "\"1\"".to_owned())],
        body: Some("{\"name\":\"Vadsø\"}".to_owned()),
    }
}

fn past(now: DateTime<Utc>) -> Retention {
    Retention {
        now,
        audit_addresses: at(0),
        mail: at(0),
        unconfirmed_accounts: at(0),
        token_families: at(0),
        known_addresses: at(0),
        decided_cases: at(0),
        webhook_events: at(0),
    }
}

on_both_databases! {
    async fn a_request_is_done_once_and_its_answer_kept_until_its_time(registry: Registry, _database: &TestDatabase) {
        assert_eq!(registry.take_turn(turn("a", 0)).await, Ok(Turn::First));
        assert_eq!(registry.take_turn(turn("a", 1)).await, Ok(Turn::UnderWay));
        assert_eq!(registry.take_turn(turn("b", 1)).await, Ok(Turn::Reused));
        registry.keep_answer("key", at(0), answer(), at(1_000)).await.expect("kept");
        assert_eq!(registry.take_turn(turn("a", 999)).await, Ok(Turn::Answered(answer())));
        assert_eq!(registry.take_turn(turn("b", 999)).await, Ok(Turn::Reused));
        assert_eq!(registry.take_turn(turn("b", 1_000)).await, Ok(Turn::First));
    }

    async fn a_turn_that_came_to_nothing_is_anothers(registry: Registry, _database: &TestDatabase) {
        assert_eq!(registry.take_turn(turn("a", 0)).await, Ok(Turn::First));
        registry.give_turn_back("key", at(0)).await.expect("given back");
        assert_eq!(registry.take_turn(turn("b", 1)).await, Ok(Turn::First));
        // Whoever stopped in the middle is waited for no longer than the turn lasts, and comes too late then.
        assert_eq!(registry.take_turn(turn("c", 121)).await, Ok(Turn::First));
        registry.keep_answer("key", at(1), answer(), at(1_000)).await.expect("nothing to keep");
        registry.give_turn_back("key", at(1)).await.expect("nothing to give back");
        assert_eq!(registry.take_turn(turn("c", 122)).await, Ok(Turn::UnderWay));
    }

    async fn of_many_that_ask_at_once_one_gets_the_turn(registry: Registry, _database: &TestDatabase) {
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let registry = registry.clone();
            asking.spawn(async move { registry.take_turn(turn("a", 0)).await.expect("an answer") });
        }
        let turns = asking.join_all().await;
        assert_eq!(turns.iter().filter(|turn| **turn == Turn::First).count(), 1, "{turns:?}");
        assert_eq!(turns.iter().filter(|turn| **turn == Turn::UnderWay).count(), 7, "{turns:?}");
    }

    async fn an_answer_whose_time_is_past_is_deleted(registry: Registry, _database: &TestDatabase) {
        registry.take_turn(turn("a", 0)).await.expect("a turn");
        registry.keep_answer("key", at(0), answer(), at(1_000)).await.expect("kept");
        let sweep = async |second| {
            registry.apply_retention(&past(at(second)), &Trace::service(at(second))).await.expect("swept").kept_answers
        };
        assert_eq!((sweep(999).await, sweep(1_000).await, sweep(1_001).await), (0, 1, 0));
    }
}
