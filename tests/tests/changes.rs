//! The change feed as a follower from outside knows it: whoever copies once and follows ends with exactly what there is.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use innocap_domain::Scope;
use innocap_testkit::{Client, Instance, on_every_backend};
use serde_json::{Value, json};

use crate::support::{alarm_solution, faults, json_lines, snow_solution, sourced};

const FILES: [&str; 3] = ["organisations", "challenges", "solutions"];

/// A copy of all that a client sees: each record by its identifier.
type Copy = BTreeMap<String, Value>;

/// Exactly what there is now.
fn exported(client: &Client) -> Copy {
    let mut copy = Copy::new();
    for file in FILES {
        for record in client.get(&format!("/api/v1/exports/{file}.jsonl")).expect(200).lines() {
            copy.insert(record["id"].as_str().unwrap().to_owned(), record);
        }
    }
    copy
}

/// The algorithm of the documentation: the cursor of the first export, then the other exports.
fn first_copy(client: &Client) -> (Copy, String) {
    let first = client.get(&format!("/api/v1/exports/{}.jsonl", FILES[0])).expect(200);
    let cursor = first.header("x-changes-cursor").unwrap().to_owned();
    let mut copy = Copy::new();
    for record in first.lines() {
        copy.insert(record["id"].as_str().unwrap().to_owned(), record);
    }
    for file in &FILES[1..] {
        for record in client.get(&format!("/api/v1/exports/{file}.jsonl")).expect(200).lines() {
            copy.insert(record["id"].as_str().unwrap().to_owned(), record);
        }
    }
    (copy, cursor)
}

/// Follows until there is no more; the new cursor.
fn follow(client: &Client, copy: &mut Copy, mut cursor: String, limit: usize) -> String {
    loop {
        let page = client.get(&format!("/api/v1/changes?since={cursor}&limit={limit}")).expect(200).body;
        for change in page["changes"].as_array().unwrap() {
            let id = change["id"].as_str().unwrap().to_owned();
            match change["action"].as_str().unwrap() {
                "upsert" => drop(copy.insert(id, change["record"].clone())),
                _ => drop(copy.remove(&id)),
            }
        }
        cursor = page["cursor"].as_str().unwrap().to_owned();
        if page["more"] == false {
            return cursor;
        }
    }
}

#[test]
fn who_copies_and_then_follows_while_others_write_ends_with_what_there_is() {
    on_every_backend(|instance| {
        let company = instance.organisation("Company AB", "company", "SE");
        let other = instance.organisation("Other AB", "company", "SE");
        let operator = instance.operator();
        let rows: Vec<Value> = (0..300).map(|i| sourced(&snow_solution(&company), "list", &i.to_string())).collect();
        let send = |rows: &[Value]| {
            let headers = [("content-type", "application/jsonl")];
            operator.send("POST", "/api/v1/imports", &headers, Some(&json_lines(rows))).expect(200).lines()
        };
        let ids: Vec<String> = send(&rows).iter().filter_map(|line| line["id"].as_str().map(str::to_owned)).collect();
        let followers = [instance.anonymous(), instance.member(&company), instance.operator()];
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let following: Vec<_> = followers
                .iter()
                .map(|client| {
                    let done = &done;
                    scope.spawn(move || {
                        let (mut copy, mut cursor) = first_copy(client);
                        loop {
                            let last = done.load(Ordering::Acquire);
                            cursor = follow(client, &mut copy, cursor, 7);
                            std::thread::sleep(Duration::from_millis(20));
                            if last {
                                return copy;
                            }
                        }
                    })
                })
                .collect();
            // What happens meanwhile: other versions, new records, drafts, archived, suspended, restored, another owner.
            for (place, id) in ids.iter().enumerate().take(120) {
                let address = format!("/api/v1/solutions/{id}");
                match place % 6 {
                    0 => drop(operator.patch(&address, &json!({"trl": 1 + place % 9})).expect(200)),
                    1 => drop(operator.post(&format!("{address}/archive"), &json!({"reason": "gone"})).expect(200)),
                    2 => {
                        operator.post(&format!("{address}/suspend"), &json!({"reason": "a test"})).expect(204);
                        if place % 4 == 0 {
                            operator.post(&format!("{address}/restore"), &json!({"reason": "a test"})).expect(204);
                        }
                    }
                    3 => {
                        let mut draft = rows[place].clone();
                        draft["status"] = json!("draft");
                        send(&[draft]);
                    }
                    4 => drop(operator.patch(&address, &json!({"organisation": other})).expect(200)),
                    _ => {
                        let mut draft = sourced(&alarm_solution(&company), "more", &place.to_string());
                        draft["status"] = json!(if place % 2 == 0 { "draft" } else { "published" });
                        send(&[draft]);
                    }
                }
            }
            operator.post(&format!("/api/v1/organisations/{other}/suspend"), &json!({"reason": "a test"})).expect(204);
            done.store(true, Ordering::Release);
            for (client, copy) in followers.iter().zip(following) {
                let copy = copy.join().unwrap();
                let there = exported(client);
                assert_eq!(copy.keys().collect::<Vec<_>>(), there.keys().collect::<Vec<_>>());
                assert_eq!(copy, there);
            }
        });
        // Without a first copy the feed alone comes to the same.
        for client in &followers {
            let mut copy = Copy::new();
            let first = client.get("/api/v1/changes?limit=1000").expect(200).body;
            for change in first["changes"].as_array().unwrap().iter().filter(|change| change["action"] == "upsert") {
                copy.insert(change["id"].as_str().unwrap().to_owned(), change["record"].clone());
            }
            follow(client, &mut copy, first["cursor"].as_str().unwrap().to_owned(), 50);
            assert_eq!(copy, exported(client));
        }
    });
}

#[test]
fn what_was_never_shown_is_told_to_its_own_alone() {
    let instance = Instance::new();
    let company = instance.organisation("Company AB", "company", "SE");
    let operator = instance.operator();
    let cursor = |client: &Client| {
        let export = client.get("/api/v1/exports/solutions.jsonl").expect(200);
        export.header("x-changes-cursor").unwrap().to_owned()
    };
    let (anonymous, member) = (instance.anonymous(), instance.member(&company));
    let (of_anonymous, of_member) = (cursor(&anonymous), cursor(&member));
    let draft = operator.post("/api/v1/solutions", &snow_solution(&company)).expect(201).id();
    operator.patch(&format!("/api/v1/solutions/{draft}"), &json!({"trl": 3})).expect(200);
    let changes = |client: &Client, since: &str| {
        client.get(&format!("/api/v1/changes?since={since}")).expect(200).body["changes"].clone()
    };
    assert_eq!(changes(&anonymous, &of_anonymous), json!([]));
    let seen = changes(&member, &of_member);
    assert_eq!(
        (&seen[0]["action"], &seen[0]["record"]["trl"], seen.as_array().unwrap().len()),
        (&json!("upsert"), &json!(3), 1)
    );
    // Once it was shown, everyone may have it, and is told that it is gone.
    operator.send("POST", &format!("/api/v1/solutions/{draft}/publish"), &[], None).expect(200);
    operator.post(&format!("/api/v1/solutions/{draft}/suspend"), &json!({"reason": "a test"})).expect(204);
    let gone = changes(&anonymous, &of_anonymous);
    assert_eq!((&gone[0]["action"], &gone[0]["id"], gone[0].get("record")), (&json!("remove"), &json!(draft), None));
    assert_eq!(changes(&member, &of_member)[0]["action"], "upsert");
    // A draft that moves to another organisation is gone from where it was.
    let other = instance.organisation("Other AB", "company", "SE");
    let moved = operator.post("/api/v1/solutions", &alarm_solution(&company)).expect(201).id();
    let (mut copy, since) = first_copy(&member);
    assert!(copy.contains_key(&moved));
    operator.patch(&format!("/api/v1/solutions/{moved}"), &json!({"organisation": other})).expect(200);
    follow(&member, &mut copy, since, 100);
    assert_eq!(copy.keys().collect::<Vec<_>>(), exported(&member).keys().collect::<Vec<_>>());
}

#[test]
fn a_cursor_belongs_to_what_its_caller_sees() {
    let instance = Instance::new();
    let company = instance.organisation("Company AB", "company", "SE");
    let anonymous = instance.anonymous();
    let cursor = anonymous.get("/api/v1/changes").expect(200).body["cursor"].as_str().unwrap().to_owned();
    anonymous.get(&format!("/api/v1/changes?since={cursor}")).expect(200);
    // A client without the scope to read sees what everyone sees.
    instance.api_client(&company, &[Scope::AuditRead]).get(&format!("/api/v1/changes?since={cursor}")).expect(200);
    let refused = instance.member(&company).get(&format!("/api/v1/changes?since={cursor}")).expect(400);
    assert_eq!(refused.body["code"], "invalid_cursor");
    for wrong in ["since=nonsense", "since=AAAA"] {
        let refused = anonymous.get(&format!("/api/v1/changes?{wrong}")).expect(400);
        assert_eq!(refused.body["code"], "invalid_cursor");
    }
    let refused = anonymous.get("/api/v1/changes?limit=0&wait=61&more=1").expect(400);
    assert_eq!(
        faults(&refused.body),
        [("/limit", "out_of_range"), ("/wait", "out_of_range"), ("/more", "unknown_field")]
    );
}

#[test]
fn who_waits_is_answered_when_something_happens_or_the_time_is_over() {
    let instance = Instance::new();
    let company = instance.organisation("Company AB", "company", "SE");
    let client = instance.anonymous();
    let cursor = client.get("/api/v1/changes").expect(200).body["cursor"].as_str().unwrap().to_owned();
    let started = Instant::now();
    let nothing = client.get(&format!("/api/v1/changes?since={cursor}&wait=1")).expect(200).body;
    assert_eq!(nothing["changes"], json!([]));
    assert!(started.elapsed() >= Duration::from_secs(1));
    std::thread::scope(|scope| {
        let started = Instant::now();
        let waiting = scope.spawn(|| client.get(&format!("/api/v1/changes?since={cursor}&wait=50")).expect(200).body);
        std::thread::sleep(Duration::from_millis(300));
        // A draft is nothing to wake up for.
        let id = instance.operator().post("/api/v1/solutions", &snow_solution(&company)).expect(201).id();
        instance.operator().send("POST", &format!("/api/v1/solutions/{id}/publish"), &[], None).expect(200);
        let found = waiting.join().unwrap();
        assert_eq!(found["changes"][0]["id"], json!(id));
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    });
}

#[test]
fn a_follower_who_was_away_while_the_feed_was_pruned_still_ends_with_what_there_is() {
    on_every_backend(|instance| {
        let company = instance.organisation("Company AB", "company", "SE");
        let operator = instance.operator();
        let client = instance.anonymous();
        let ids: Vec<String> = (0..4)
            .map(|i| instance.published("solutions", &sourced(&snow_solution(&company), "list", &i.to_string())))
            .collect();
        let (mut copy, cursor) = first_copy(&client);
        for trl in 1..=9 {
            for id in &ids[..2] {
                operator.patch(&format!("/api/v1/solutions/{id}"), &json!({"trl": trl})).expect(200);
            }
        }
        operator.post(&format!("/api/v1/solutions/{}/suspend", ids[2]), &json!({"reason": "a test"})).expect(204);
        let mut draft = sourced(&snow_solution(&company), "list", "3");
        draft["status"] = json!("draft");
        let headers = [("content-type", "application/jsonl")];
        operator.send("POST", "/api/v1/imports", &headers, Some(&json_lines(&[draft]))).expect(200);
        let innocap = instance.innocap();
        let before = instance.block_on(innocap.registry().changes_since(0, 1_000)).unwrap();
        assert_eq!(instance.block_on(innocap.prune_changes()).unwrap(), 0, "nothing is a week old");
        let later = instance.clock().now() + TimeDelta::days(1);
        let pruned = instance.block_on(innocap.registry().prune_changes(later, 1_000)).unwrap();
        let kept = instance.block_on(innocap.registry().changes_since(0, 1_000)).unwrap();
        assert_eq!(kept.len(), before.len() - pruned);
        assert!(pruned >= 18, "{pruned}");
        let last: BTreeMap<_, _> = before.iter().map(|change| (change.record_id, change.seq)).collect();
        assert_eq!(kept.iter().map(|change| (change.record_id, change.seq)).collect::<BTreeMap<_, _>>(), last);
        follow(&client, &mut copy, cursor, 3);
        assert_eq!(copy, exported(&client));
        // The index follows the same feed.
        instance.indexed();
        let found = client.get("/api/v1/solutions?q=sn%C3%B6r%C3%B6jning").expect(200).body;
        assert_eq!(found["total"], 2, "{found}");
    });
}
