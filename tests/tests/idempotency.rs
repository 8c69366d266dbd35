//! Requests with an Idempotency-Key are done once.

use std::io::Write;
use std::net::TcpStream;

use innocap_access::Subject;
use innocap_domain::{Scope, ServiceRole};
use innocap_testkit::{Answer, Backend, Client, Instance, free_port, on_every_backend};
use serde_json::{Value, json};

use crate::support::alarm_challenge;

const KEY: &str = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"";

fn keyed(client: &Client, path: &str, key: &str, body: &Value) -> Answer {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    client.send("POST", path, &headers, Some(&body.to_string()))
}

fn total(client: &Client, status: &str) -> Value {
    client.get(&format!("/api/v1/challenges?status={status}")).expect(200).body["total"].clone()
}

#[test]
fn a_request_sent_again_is_answered_as_before_and_done_once() {
    on_every_backend(|instance| {
        let operator = instance.operator();
        let body = alarm_challenge(&instance.organisation("Vadsø kommune", "public-body", "NO"));
        let first = keyed(&operator, "/api/v1/challenges", KEY, &body).expect(201);
        let again = keyed(&operator, "/api/v1/challenges", KEY, &body).expect(201);
        assert_eq!(first.text, again.text);
        for name in ["etag", "location", "content-type"] {
            assert_eq!(first.header(name), again.header(name), "{name}");
        }
        assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), (None, Some("true")));
        assert_ne!(first.header("x-request-id"), again.header("x-request-id"));
        // Without its quotes it is the same key, as many libraries send it.
        keyed(&operator, "/api/v1/challenges", KEY.trim_matches('"'), &body).expect(201);
        assert_eq!(total(&operator, "draft"), 1);
        let publish = format!("/api/v1/challenges/{}/publish", first.id());
        for _ in 0..2 {
            operator.send("POST", &publish, &[("idempotency-key", "publish-1")], None).expect(200);
        }
        assert_eq!(operator.get(&format!("/api/v1/challenges/{}", first.id())).expect(200).body["version"], 2);
    });
}

#[test]
fn a_key_belongs_to_one_request_and_one_caller() {
    on_every_backend(|instance| {
        let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
        let (operator, owner) = (instance.operator(), instance.member(&organisation));
        let body = alarm_challenge(&organisation);
        let made = keyed(&operator, "/api/v1/challenges", KEY, &body).expect(201).id();
        let mut other = body.clone();
        other["country"] = json!("SE");
        for (path, body) in [
            ("/api/v1/challenges".to_owned(), other),
            ("/api/v1/challenges?x=1".to_owned(), body.clone()),
            (format!("/api/v1/challenges/{made}/archive"), json!({"reason": "a test"})),
        ] {
            assert_eq!(keyed(&operator, &path, KEY, &body).expect(422).body["code"], "idempotency_key_reused");
        }
        let theirs = keyed(&owner, "/api/v1/challenges", KEY, &body).expect(201).id();
        let client = instance.api_client(&organisation, &[Scope::ChallengesWrite]);
        let its = keyed(&client, "/api/v1/challenges", KEY, &body).expect(201).id();
        assert!(made != theirs && theirs != its && made != its);
    });
}

#[test]
fn of_many_at_once_one_is_done_and_the_others_wait_or_get_its_answer() {
    on_every_backend(|instance| {
        let operator = instance.operator();
        let body = alarm_challenge(&instance.organisation("Vadsø kommune", "public-body", "NO"));
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let send = || keyed(&operator, "/api/v1/challenges", KEY, &body);
            let threads: Vec<_> = (0..12).map(|_| scope.spawn(send)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let mut ids: Vec<String> = Vec::new();
        for answer in answers {
            match answer.status {
                201 => ids.push(answer.id()),
                409 => {
                    assert_eq!(answer.body["code"], "idempotency_in_progress");
                    assert_eq!(answer.header("retry-after"), Some("1"));
                }
                other => panic!("{other}: {}", answer.text),
            }
        }
        ids.dedup();
        assert_eq!(ids.len(), 1, "{ids:?}");
        assert_eq!(total(&operator, "draft"), 1);
    });
}

#[test]
fn what_failed_may_be_sent_again_mended_under_the_same_key() {
    let instance = Instance::new();
    let operator = instance.operator();
    let body = alarm_challenge(&instance.organisation("Vadsø kommune", "public-body", "NO"));
    let mut faulty = body.clone();
    faulty["country"] = json!("XX");
    keyed(&operator, "/api/v1/challenges", KEY, &faulty).expect(422);
    let made = keyed(&operator, "/api/v1/challenges", KEY, &body).expect(201);
    assert_eq!(made.header("idempotency-replayed"), None);
}

#[test]
fn a_key_that_is_none_is_refused_before_anything_is_done() {
    let instance = Instance::new();
    let operator = instance.operator();
    let body = alarm_challenge(&instance.organisation("Vadsø kommune", "public-body", "NO"));
    for key in ["\"\"", "\"open", &"x".repeat(256)] {
        let refused = keyed(&operator, "/api/v1/challenges", key, &body).expect(400);
        assert_eq!(refused.body["code"], "invalid_idempotency_key", "{key}");
    }
    assert_eq!(total(&operator, "draft"), 0);
}

#[test]
fn a_second_client_is_not_made_and_its_secret_is_kept_nowhere() {
    on_every_backend(|instance| {
        let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
        let owner = instance.member(&organisation);
        let path = format!("/api/v1/organisations/{organisation}/clients");
        let body = json!({"name": "Case system", "scopes": ["challenges:write"]});
        let made = keyed(&owner, &path, KEY, &body).expect(201);
        let again = keyed(&owner, &path, KEY, &body).expect(409);
        assert_eq!(again.body["code"], "answer_not_kept");
        assert_eq!(owner.get(&path).expect(200).body["items"].as_array().unwrap().len(), 1);
        let data = owner.get("/api/v1/me/data").expect(200);
        let kept = data.body["idempotency"].as_array().unwrap();
        assert_eq!((kept.len(), &kept[0]["status"], &kept[0]["body"]), (1, &json!(201), &Value::Null));
        let secret = made.body["secret"].as_str().unwrap();
        assert!(!data.text.contains(secret) && !data.text.contains(KEY.trim_matches('"')));
    });
}

#[test]
fn without_a_token_a_key_is_left_alone() {
    let instance = Instance::new();
    let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
    let path = format!("/api/v1/organisations/{organisation}/reports");
    for note in ["first", "second"] {
        let body = json!({"reason": "other", "note": note});
        let taken = keyed(&instance.anonymous(), &path, KEY, &body).expect(204);
        assert_eq!(taken.header("idempotency-replayed"), None);
    }
    let open = instance.operator().get("/api/v1/reports").expect(200).body;
    assert_eq!(open["items"].as_array().unwrap().len(), 2);
}

#[test]
fn what_one_server_has_done_another_on_the_same_database_does_not_do_again() {
    let Some(first) = Instance::on(Backend::Postgres) else { return };
    let url = first.database_url().unwrap().to_owned();
    let second = Instance::with(free_port(), &[format!("--database-url={url}")]);
    let operator = first.person_id("operator@example.org", ServiceRole::Operator);
    let body = alarm_challenge(&first.organisation("Vadsø kommune", "public-body", "NO"));
    let elsewhere = Client::new(second.url(""), Some(second.token(Subject::Person(operator))));
    let made = keyed(&first.operator(), "/api/v1/challenges", KEY, &body).expect(201);
    let again = keyed(&elsewhere, "/api/v1/challenges", KEY, &body).expect(201);
    assert_eq!(made.text, again.text);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[test]
fn whoever_went_away_before_the_answer_came_gets_it_later() {
    let instance = Instance::new();
    let operator = instance.person_id("operator@example.org", ServiceRole::Operator);
    let token = instance.token(Subject::Person(operator));
    let body = alarm_challenge(&instance.organisation("Vadsø kommune", "public-body", "NO"));
    let text = body.to_string();
    let address = instance.url("").trim_start_matches("http://").to_owned();
    for round in 0..10 {
        let mut connection = TcpStream::connect(&address).unwrap();
        let request = format!(
            "POST /api/v1/challenges HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\nidempotency-key: round-{round}\r\ncontent-length: {}\r\n\r\n{text}",
            text.len()
        );
        connection.write_all(request.as_bytes()).unwrap();
        // Gone at different moments of the request's way.
        std::thread::sleep(std::time::Duration::from_millis(round));
        drop(connection);
    }
    let client = instance.operator();
    for round in 0..10 {
        let mut waited = 0;
        loop {
            let answer = keyed(&client, "/api/v1/challenges", &format!("round-{round}"), &body);
            if answer.status == 201 {
                break;
            }
            assert!(answer.status == 409 && waited < 100, "{}", answer.text);
            waited += 1;
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
    assert_eq!(total(&client, "draft"), 10);
}
