//! How the API behaves beyond what an operation does: conditions, preferences, pages, quotas, other origins, encodings,
//! time. Among it faults that other catalogues' interfaces have had, to show that this one has none of them.

use std::io::{Read, Write};
use std::net::TcpStream;

use innocap_domain::Scope;
use innocap_testkit::{Client, Instance, free_port, on_every_backend};
use serde_json::{Value, json};

use crate::support::{alarm_challenge, alarm_solution, snow_solution};

const JSON: (&str, &str) = ("content-type", "application/json");

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// An answer as it comes over the wire: the head in lower case, and the bytes after it.
fn raw(instance: &Instance, request: &str) -> (String, Vec<u8>) {
    let address = instance.url("").trim_start_matches("http://").to_owned();
    let mut connection = TcpStream::connect(&address).unwrap();
    let request = request.replace("\r\n\r\n", &format!("\r\nhost: {address}\r\nconnection: close\r\n\r\n"));
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head");
    (String::from_utf8_lossy(&answer[..end]).to_lowercase(), answer[end + 4..].to_vec())
}

#[test]
fn what_has_not_changed_is_not_sent_again_and_head_tells_as_much() {
    on_every_backend(|instance| {
        let company = instance.organisation("Alarm AB", "company", "SE");
        let id = instance.published("solutions", &alarm_solution(&company));
        let client = instance.anonymous();
        for (address, weak) in [
            (format!("/api/v1/solutions/{id}"), false),
            ("/api/v1/solutions?kind=product".to_owned(), true),
            ("/api/v1/vocabularies/function".to_owned(), true),
            ("/api/v1/openapi.json".to_owned(), true),
        ] {
            let read = client.get(&address).expect(200);
            let tag = read.header("etag").unwrap_or_else(|| panic!("{address} has no validator")).to_owned();
            assert_eq!(tag.starts_with("W/"), weak, "{address}: {tag}");
            for known in
                [tag.clone(), format!("\"x\", {tag}"), "*".to_owned(), format!("W/{}", tag.trim_start_matches("W/"))]
            {
                let same = client.send("GET", &address, &[("if-none-match", &known)], None).expect(304);
                assert_eq!((same.text.as_str(), same.header("etag")), ("", Some(tag.as_str())), "{address} {known}");
            }
            client.send("GET", &address, &[("if-none-match", "\"another\"")], None).expect(200);
            let head = client.send("HEAD", &address, &[], None).expect(200);
            assert_eq!((head.text.as_str(), head.header("etag")), ("", Some(tag.as_str())), "{address}");
            client.send("HEAD", &address, &[("if-none-match", &tag)], None).expect(304);
        }
        client.send("HEAD", "/api/v1/solutions/17", &[], None).expect(404);
        let list = client.get("/api/v1/solutions").expect(200).header("etag").unwrap().to_owned();
        instance.published("solutions", &snow_solution(&company));
        client.send("GET", "/api/v1/solutions", &[("if-none-match", &list)], None).expect(200);
    });
}

#[test]
fn who_saves_second_is_told_and_undoes_nothing() {
    on_every_backend(|instance| {
        let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
        let owner = instance.member(&organisation);
        let made = owner.post("/api/v1/challenges", &alarm_challenge(&organisation)).expect(201);
        let address = format!("/api/v1/challenges/{}", made.id());
        let read = made.header("etag").unwrap().to_owned();
        let patch = |tag: &str, body: &str| {
            let headers = [("content-type", "application/merge-patch+json"), ("if-match", tag)];
            owner.send("PATCH", &address, &headers, Some(body))
        };
        let next = patch(&read, "{\"country\": \"SE\"}").expect(200).header("etag").unwrap().to_owned();
        assert_ne!(read, next);
        let stale = patch(&read, "{\"country\": \"FI\"}").expect(412);
        assert_eq!(stale.body["code"], "stale_version");
        // A weak tag compares with nothing here (RFC 9110, section 13.1.1).
        patch(&format!("W/{next}"), "{\"country\": \"FI\"}").expect(412);
        patch("*", "{\"country\": null}").expect(200);
        assert!(owner.get(&address).expect(200).body.get("country").is_none());
    });
}

#[test]
fn who_prefers_little_gets_little() {
    let instance = Instance::new();
    let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
    let operator = instance.operator();
    let minimal = [JSON, ("prefer", "respond-async, return=minimal")];
    let body = alarm_challenge(&organisation).to_string();
    let made = operator.send("POST", "/api/v1/challenges", &minimal, Some(&body)).expect(201);
    assert_eq!((made.text.as_str(), made.header("preference-applied")), ("", Some("return=minimal")));
    let address = made.header("location").unwrap().to_owned();
    assert_eq!(made.header("etag"), Some("\"1\""));
    let changed = operator.send("PUT", &address, &minimal, Some(&body)).expect(204);
    assert_eq!(changed.header("etag"), Some("\"2\""));
    operator.send("POST", &format!("{address}/publish"), &[("prefer", "return=minimal")], None).expect(204);
    // What went wrong is told in full, and a secret is shown whatever is preferred.
    let refused = operator.send("PUT", &address, &minimal, Some("{}")).expect(422);
    assert_eq!(refused.body["code"], "invalid_document");
    let client = json!({"name": "x", "scopes": ["challenges:read"]}).to_string();
    let clients = format!("/api/v1/organisations/{organisation}/clients");
    assert!(operator.send("POST", &clients, &minimal, Some(&client)).expect(201).body["secret"].is_string());
    let whole = operator.send("PUT", &address, &[JSON, ("prefer", "return=representation")], Some(&body)).expect(200);
    assert_eq!(whole.header("preference-applied"), None);
}

#[test]
fn media_types_that_are_not_read_or_not_spoken_are_named() {
    let instance = Instance::new();
    let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
    let operator = instance.operator();
    let id = operator.post("/api/v1/challenges", &alarm_challenge(&organisation)).expect(201).id();
    let address = format!("/api/v1/challenges/{id}");
    for media_type in ["application/json", "application/json-patch+json", "text/plain"] {
        let refused = operator.send("PATCH", &address, &[("content-type", media_type)], Some("{}")).expect(415);
        assert_eq!(refused.header("accept-patch"), Some("application/merge-patch+json"), "{media_type}");
    }
    let with_charset = [("content-type", "application/merge-patch+json; charset=utf-8")];
    operator.send("PATCH", &address, &with_charset, Some("{}")).expect(200);
    for accept in ["application/xml", "text/html;q=0.9, image/*", "application/json;q=0, */*;q=0.1"] {
        let refused = operator.send("GET", &address, &[("accept", accept)], None).expect(406);
        assert_eq!(refused.body["code"], "not_acceptable", "{accept}");
    }
    for accept in ["application/json", "text/html, */*;q=0.1", "application/*", "nonsense"] {
        operator.send("GET", &address, &[("accept", accept)], None).expect(200);
    }
    // Nothing comes back from this, so that everything will do.
    let report = format!("{address}/suspend");
    operator.send("POST", &report, &[JSON, ("accept", "text/html")], Some("{\"reason\": \"a test\"}")).expect(204);
    let options = instance.anonymous().send("OPTIONS", &address, &[], None).expect(204);
    assert_eq!(options.header("allow"), Some("GET, HEAD, PUT, PATCH"));
    assert_eq!(options.header("accept-patch"), Some("application/merge-patch+json"));
}

#[test]
fn a_body_is_as_large_as_its_operation_needs() {
    let instance = Instance::new();
    let long = |bytes: usize| json!({"email": "x".repeat(bytes), "password": "x"}).to_string();
    let client = instance.anonymous();
    let refused = client.send("POST", "/api/v1/sign-in", &[JSON], Some(&long(20_000))).expect(413);
    assert!(refused.body["detail"].as_str().unwrap().contains("16384"), "{}", refused.text);
    // A body that does not say how long it is gets no further.
    let chunk = format!("{:x}\r\n{}\r\n0\r\n\r\n", 20_000, "x".repeat(20_000));
    let request =
        "POST /api/v1/sign-in HTTP/1.1\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let address = instance.url("").trim_start_matches("http://").to_owned();
    let mut connection = TcpStream::connect(&address).unwrap();
    let head = request.replace("\r\n\r\n", &format!("\r\nhost: {address}\r\nconnection: close\r\n\r\n"));
    connection.write_all(format!("{head}{chunk}").as_bytes()).unwrap();
    let mut answer = [0; 12];
    connection.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}

#[test]
fn links_keep_the_query_whatever_it_holds() {
    let instance = Instance::new();
    let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
    for _ in 0..3 {
        instance.published("challenges", &alarm_challenge(&organisation));
    }
    let client = instance.anonymous();
    let query = "q=eldre%20%26%20fall%2C%20tr%C3%B8ndelag%3F&country=NO%2CSE&limit=1&function=soc-pro&language=nb";
    let first = format!("/api/v1/challenges?{query}");
    let (mut address, mut seen) = (first.clone(), Vec::new());
    loop {
        let page = client.get(&address).expect(200);
        assert_eq!(page.link("first").as_deref(), Some(first.as_str()));
        assert_eq!(page.body["total"], 3);
        seen.extend(ids(&page.body));
        let Some(next) = page.link("next") else { break };
        assert!(next.starts_with(&format!("{first}&cursor=")), "{next}");
        address = next;
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 3);
    let operator = instance.operator();
    for list in ["/api/v1/audit?limit=1&target=x", "/api/v1/people?limit=1&email=o"] {
        let page = operator.get(list);
        if page.status == 200 {
            assert_eq!(page.link("first").as_deref(), Some(list));
        }
    }
}

#[test]
fn every_record_is_met_once_while_others_are_written_changed_and_archived() {
    on_every_backend(|instance| {
        let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
        let operator = instance.operator();
        let before: Vec<String> =
            (0..6).map(|_| instance.published("challenges", &alarm_challenge(&organisation))).collect();
        let (mut address, mut seen) = ("/api/v1/challenges?limit=2".to_owned(), Vec::<String>::new());
        let mut archived = Vec::new();
        loop {
            let page = operator.get(&address).expect(200);
            seen.extend(ids(&page.body));
            // One that was seen is changed, one that was seen goes, one that was not seen goes, and one comes.
            let path = |id: &String| format!("/api/v1/challenges/{id}");
            operator.patch(&path(&seen[0]), &json!({"country": "SE"})).expect(200);
            let gone = [seen.last(), before.iter().find(|id| !seen.contains(id))];
            for id in gone.into_iter().flatten().filter(|id| !archived.contains(*id)).cloned().collect::<Vec<_>>() {
                operator.post(&format!("{}/archive", path(&id)), &json!({"reason": "a test"})).expect(200);
                archived.push(id);
            }
            instance.published("challenges", &alarm_challenge(&organisation));
            let Some(next) = page.link("next") else { break };
            address = next;
        }
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), seen.len(), "nothing is met twice: {seen:?}");
        for id in before.iter().filter(|id| !archived.contains(id)) {
            assert!(seen.contains(id), "{id} was passed over");
        }
    });
}

#[test]
fn the_page_size_of_one_caller_is_nobody_elses() {
    let instance = Instance::new();
    let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
    for _ in 0..6 {
        instance.published("challenges", &alarm_challenge(&organisation));
    }
    std::thread::scope(|scope| {
        for limit in 1..=6 {
            let client = instance.anonymous();
            scope.spawn(move || {
                for _ in 0..30 {
                    let page = client.get(&format!("/api/v1/challenges?limit={limit}")).expect(200).body;
                    assert_eq!(ids(&page).len(), limit);
                }
            });
        }
    });
    assert_eq!(ids(&instance.anonymous().get("/api/v1/challenges").expect(200).body).len(), 6);
}

#[test]
fn what_is_not_public_stands_in_no_list_count_search_or_suggestion() {
    on_every_backend(|instance| {
        let company = instance.organisation("Alarm AB", "company", "SE");
        let buyer = instance.organisation("Vadsø kommune", "public-body", "NO");
        let operator = instance.operator();
        let need = instance.published("challenges", &alarm_challenge(&buyer));
        let shown = instance.published("solutions", &alarm_solution(&company));
        operator.post("/api/v1/solutions", &alarm_solution(&company)).expect(201);
        for (action, body) in [("archive", json!({"reason": "a test"})), ("suspend", json!({"reason": "a test"}))] {
            let id = instance.published("solutions", &alarm_solution(&company));
            let answer = operator.post(&format!("/api/v1/solutions/{id}/{action}"), &body);
            assert!(answer.status < 300, "{}", answer.text);
        }
        let hidden = instance.organisation("Unseen AB", "company", "SE");
        instance.published("solutions", &alarm_solution(&hidden));
        let away = operator.post(&format!("/api/v1/organisations/{hidden}/suspend"), &json!({"reason": "a test"}));
        away.expect(204);
        instance.indexed();
        let client = instance.anonymous();
        for query in ["", "?q=elderly", "?kind=product", "?country=NO", "?updated_since=2000-01-01T00:00:00Z"] {
            let page = client.get(&format!("/api/v1/solutions{query}")).expect(200).body;
            assert_eq!((ids(&page), &page["total"]), (vec![shown.clone()], &json!(1)), "{query}");
        }
        let suggested = |answer: Value| {
            let list = answer["suggestions"].as_array().unwrap().clone();
            list.iter().map(|one| one["solution"]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let asked = client.post("/api/v1/suggestions", &json!({"text": "safety alarm for elderly people"}));
        assert_eq!(suggested(asked.expect(200).body), std::slice::from_ref(&shown));
        let address = format!("/api/v1/challenges/{need}/suggestions?collapse=false");
        assert_eq!(suggested(client.get(&address).expect(200).body), [shown]);
        let listed = client.get("/api/v1/organisations").expect(200).body;
        assert!(!ids(&listed).contains(&hidden));
    });
}

#[test]
fn what_is_there_already_is_a_conflict_and_no_fault_of_the_server() {
    on_every_backend(|instance| {
        let company = instance.organisation("Alarm AB", "company", "SE");
        let operator = instance.operator();
        let mut body = alarm_solution(&company);
        body["source"] = json!({"name": "Test catalogue", "id": "4711"});
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let send = || operator.post("/api/v1/solutions", &body).status;
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 7, "{statuses:?}");
        let there = operator.post("/api/v1/solutions", &body).expect(409);
        let existing = there.body["existing"].as_str().expect("it says which");
        let read = operator.get(&format!("/api/v1/solutions/{existing}")).expect(200);
        assert_eq!(read.body["source"]["id"], "4711");
    });
}

#[test]
fn a_quota_is_told_with_each_answer_and_beyond_it_one_waits() {
    let flags = ["--rate-address=3", "--rate-person=5", "--rate-client=4", "--rate-pages=2"].map(str::to_owned);
    let instance = Instance::with(free_port(), &flags);
    let used_up = |client: &Client, name: &str, quota: u32| {
        for left in (0..quota).rev() {
            let answer = client.get("/api/v1/errors").expect(200);
            assert_eq!(answer.header("ratelimit-policy"), Some(format!("\"{name}\";q={quota};w=60").as_str()));
            let told = answer.header("ratelimit").unwrap();
            assert!(told.starts_with(&format!("\"{name}\";r={left};t=")), "{told}");
        }
        let refused = client.get("/api/v1/errors").expect(429);
        assert_eq!(refused.body["code"], "rate_limited");
        assert_eq!(refused.body["violated-policies"], json!([name]));
        let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60 / quota).contains(&wait), "{wait}");
        assert!(refused.header("ratelimit").unwrap().starts_with(&format!("\"{name}\";r=0;t=")));
        assert!(refused.header("x-request-id").is_some());
    };
    used_up(&instance.anonymous(), "address", 3);
    // Who shows a token that is of no use is as unknown as who shows none.
    let stranger = Client::new(instance.url(""), Some("nonsense".to_owned()));
    stranger.get("/api/v1/solutions").expect(429);
    used_up(&instance.person("eva@example.org", innocap_domain::ServiceRole::None), "person", 5);
    for _ in 0..20 {
        instance.anonymous().get("/health/ready").expect(200);
    }
    let page = || instance.anonymous().get("/privacy");
    page().expect(200);
    page().expect(200);
    let refused = page().expect(429);
    assert!(refused.text.contains("<html") && refused.header("retry-after").is_some());
}

#[test]
fn an_api_client_has_a_quota_of_its_own() {
    let instance = Instance::with(free_port(), &["--rate-client=2".to_owned()]);
    let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
    let one = instance.api_client(&organisation, &[Scope::ChallengesRead]);
    let other = instance.api_client(&organisation, &[Scope::ChallengesRead]);
    for client in [&one, &other] {
        client.get("/api/v1/challenges").expect(200);
        client.get("/api/v1/challenges").expect(200);
        client.get("/api/v1/challenges").expect(429);
    }
    // The others have none here.
    let answer = instance.anonymous().get("/api/v1/challenges").expect(200);
    assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), (None, None));
}

#[test]
fn pages_elsewhere_may_call_where_the_operator_lets_them_and_never_with_cookies() {
    let asked = |instance: &Instance, method: &str, path: &str, origin: &str| {
        let preflight = [
            ("origin", origin),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "if-match, authorization"),
        ];
        let headers = if method == "OPTIONS" { &preflight[..] } else { &preflight[..1] };
        instance.anonymous().send(method, path, headers, None)
    };
    let closed = Instance::new();
    for method in ["GET", "OPTIONS"] {
        let answer = asked(&closed, method, "/api/v1/solutions", "https://a.example");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    let named = Instance::with(free_port(), &["--cors-origins=https://a.example,https://b.example:8443".to_owned()]);
    let preflight = asked(&named, "OPTIONS", "/api/v1/solutions/17", "https://a.example").expect(200);
    assert_eq!(preflight.header("access-control-allow-origin"), Some("https://a.example"));
    assert!(preflight.header("access-control-allow-methods").unwrap().contains("PATCH"));
    let read = asked(&named, "GET", "/api/v1/solutions", "https://b.example:8443").expect(200);
    assert_eq!(read.header("access-control-allow-origin"), Some("https://b.example:8443"));
    assert!(read.header("access-control-expose-headers").unwrap().contains("etag"));
    assert!(read.header("vary").unwrap().to_lowercase().contains("origin"));
    for (path, origin) in [("/api/v1/solutions", "https://c.example"), ("/solutions", "https://a.example")] {
        assert_eq!(asked(&named, "GET", path, origin).header("access-control-allow-origin"), None, "{path} {origin}");
    }
    let open = Instance::with(free_port(), &["--cors-origins=*".to_owned()]);
    for (instance, origin) in [(&open, "https://anyone.example"), (&named, "https://a.example")] {
        let answer = asked(instance, "GET", "/api/v1/solutions", origin);
        assert!(answer.header("access-control-allow-origin").is_some());
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
    assert_eq!(
        asked(&open, "GET", "/api/v1/errors", "https://x.example").header("access-control-allow-origin"),
        Some("*")
    );
}

#[test]
fn what_is_large_is_compressed_as_the_caller_reads_it_and_what_is_small_is_left_alone() {
    let instance = Instance::new();
    let ask =
        |path: &str, accept: &str| raw(&instance, &format!("GET {path} HTTP/1.1\r\naccept-encoding: {accept}\r\n\r\n"));
    let (_, whole) = ask("/api/v1/openapi.json", "identity");
    for (encoding, magic) in [("gzip", &[0x1f, 0x8b][..]), ("zstd", &[0x28, 0xb5, 0x2f, 0xfd]), ("br", &[])] {
        let (head, body) = ask("/api/v1/openapi.json", encoding);
        assert!(
            head.contains(&format!("content-encoding: {encoding}")) && head.contains("vary: accept-encoding"),
            "{head}"
        );
        assert!(body.len() * 4 < whole.len(), "{encoding}: {} of {}", body.len(), whole.len());
        assert!(body.windows(magic.len().max(1)).take(16).any(|bytes| bytes == magic) || magic.is_empty());
    }
    let (head, body) = ask("/health/live", "gzip, br, zstd");
    assert!(!head.contains("content-encoding") && body.starts_with(b"{"), "{head}");
    let (head, body) = ask("/api/v1/errors", "identity;q=0, nonsense");
    assert!(head.starts_with("http/1.1 406") && head.contains("application/problem+json"), "{head}");
    assert!(String::from_utf8_lossy(&body).contains("not_acceptable"));
}

#[test]
fn who_sends_too_slowly_and_what_takes_too_long_is_given_up() {
    let flags = ["--time-limit=2", "--cors-origins=https://a.example"].map(str::to_owned);
    let instance = Instance::with(free_port(), &flags);
    let slow =
        "POST /api/v1/suggestions HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"text\"";
    let (head, body) = raw(&instance, slow);
    assert!(head.starts_with("http/1.1 408") && head.contains("x-request-id"), "{head}");
    assert!(String::from_utf8_lossy(&body).contains("body_timeout"));

    // Somebody else holds the database, as a backup may.
    let script = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
                  c.execute('BEGIN IMMEDIATE')\nprint('held', flush=True)\nsys.stdin.read()";
    let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
    let operator = instance.operator();
    let mut holder = std::process::Command::new("python3")
        .args(["-c", script])
        .arg(instance.data_dir().join("innocap.db"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("python3 is there");
    let mut said = [0; 4];
    holder.stdout.as_mut().unwrap().read_exact(&mut said).unwrap();
    let body = alarm_challenge(&organisation).to_string();
    let headers = [JSON, ("idempotency-key", "slow-1"), ("origin", "https://a.example")];
    let given_up = operator.send("POST", "/api/v1/challenges", &headers, Some(&body)).expect(503);
    assert_eq!(given_up.body["code"], "timed_out");
    assert_eq!(given_up.header("access-control-allow-origin"), Some("https://a.example"));
    for name in ["retry-after", "x-request-id", "x-content-type-options"] {
        assert!(given_up.header(name).is_some(), "{name}");
    }
    drop(holder.stdin.take());
    holder.wait().unwrap();
    let started = std::time::Instant::now();
    while operator.send("POST", "/api/v1/challenges", &headers, Some(&body)).status != 201 {
        assert!(started.elapsed().as_secs() < 20);
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(operator.get("/api/v1/challenges?status=draft").expect(200).body["total"], 1);
}
