//! Many records in one request: what each row becomes, who may send it, and what bad input does not break.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use innocap_access::Subject;
use innocap_domain::{Role, Scope, ServiceRole};
use innocap_testkit::{Answer, Client, Instance, on_every_backend};
use serde_json::{Value, json};

use crate::support::{alarm_challenge, alarm_solution, faults, json_lines, snow_solution, sourced};

const LINES: (&str, &str) = ("content-type", "application/jsonl");
const TABLE: (&str, &str) = ("content-type", "text/csv");

fn import(client: &Client, query: &str, body: &str) -> Answer {
    client.send("POST", &format!("/api/v1/imports{query}"), &[LINES], Some(body)).expect(200)
}

fn packed(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

/// The lines of a report, and its summary.
fn report(answer: &Answer) -> (Vec<Value>, Value) {
    let mut lines = answer.lines();
    let summary = lines.pop().expect("a summary")["summary"].clone();
    assert!(summary.is_object(), "{}", answer.text);
    (lines, summary)
}

/// What became of the rows, in a word each: the outcome, or the code of the refusal.
fn words(answer: &Answer) -> Vec<String> {
    let word = |line: &Value| line.get("code").or(line.get("outcome")).unwrap().as_str().unwrap().to_owned();
    report(answer).0.iter().map(word).collect()
}

fn total(client: &Client, list: &str) -> i64 {
    client.get(&format!("/api/v1/{list}")).expect(200).body["total"].as_i64().unwrap()
}

/// A verified organisation whose listings wait for nobody, and a client that writes for it.
fn trusted(instance: &Instance) -> (String, Client) {
    let own = instance.organisation("Alarm kommun", "public-body", "SE");
    instance.trusted(&own);
    let client = instance.api_client(&own, &[Scope::SolutionsWrite, Scope::ChallengesWrite, Scope::SolutionsRead]);
    (own, client)
}

#[test]
fn rows_become_records_and_sending_them_again_changes_nothing() {
    on_every_backend(|instance| {
        let (own, client) = trusted(instance);
        let mut changed = sourced(&alarm_solution(&own), "list", "1");
        let rows =
            [changed.clone(), sourced(&snow_solution(&own), "list", "2"), sourced(&alarm_challenge(&own), "list", "1")];
        let first = import(&client, "", &json_lines(&rows));
        assert_eq!(words(&first), ["created", "created", "created"]);
        let (lines, summary) = report(&first);
        assert_eq!(lines.iter().map(|line| &line["status"]).collect::<Vec<_>>(), ["published"; 3]);
        assert_eq!((&summary["complete"], &summary["done_through_line"]), (&json!(true), &json!(3)));
        let again = import(&client, "", &json_lines(&rows));
        assert_eq!(words(&again), ["unchanged", "unchanged", "unchanged"]);
        assert_eq!(report(&again).0[0]["id"], lines[0]["id"]);
        changed["trl"] = json!(8);
        let third = import(&client, "", &json_lines(&[changed, rows[1].clone()]));
        assert_eq!(words(&third), ["updated", "unchanged"]);
        let found = client.get(&format!("/api/v1/solutions/{}", lines[0]["id"].as_str().unwrap())).expect(200);
        assert_eq!((&found.body["trl"], &found.body["version"]), (&json!(8), &json!(2)));
        // Each write stands in the audit log as a single one would.
        let owner = instance.member(&own);
        let audit = owner.get(&format!("/api/v1/organisations/{own}/audit?limit=100")).expect(200).body;
        let by_client = |action: &str| {
            let items = audit["items"].as_array().unwrap();
            items.iter().filter(|line| line["action"] == action && line["actor"]["kind"] == "client").count()
        };
        assert_eq!((by_client("record.create"), by_client("record.update")), (3, 1), "{audit:#}");
        instance.indexed();
        let page = client.get("/api/v1/solutions?q=trygghetslarm%20alarm").expect(200).body;
        assert!(page["total"].as_i64().unwrap() >= 1, "{page}");
    });
}

#[test]
fn each_row_needs_its_own_permission_and_the_others_are_taken() {
    let instance = Instance::new();
    let (own, client) = trusted(&instance);
    let other = instance.organisation("Other AB", "company", "SE");
    let taken = sourced(&alarm_solution(&other), "list", "taken");
    import(&instance.operator(), "", &json_lines(std::slice::from_ref(&taken)));
    let mut hidden = taken.clone();
    hidden["organisation"] = json!(own);
    let mut unknown = sourced(&alarm_solution(&own), "list", "4");
    unknown["organisation"] = json!("01890a5d-ac96-774b-bcce-b302099a8057");
    let mut nameless = alarm_solution(&own);
    nameless.as_object_mut().unwrap().remove("organisation");
    let rows = [
        sourced(&alarm_solution(&other), "list", "1"),
        taken,
        hidden,
        unknown,
        // The client's own organisation stands for one that is not named.
        sourced(&nameless, "list", "5"),
        alarm_solution(&own),
        json!({"type": "organisation", "name": "New", "kind": "company", "country": "SE"}),
    ];
    let answer = import(&client, "", &json_lines(&rows));
    let expected = ["forbidden", "forbidden", "conflict", "forbidden", "created", "invalid_document", "forbidden"];
    assert_eq!(words(&answer), expected, "{}", answer.text);
    let viewer = instance.member_as(&own, "viewer@example.org", Role::Viewer);
    assert_eq!(words(&import(&viewer, "", &json_lines(&rows[4..5]))), ["invalid_document"]);
    let named = import(&viewer, &format!("?organisation={own}"), &json_lines(&rows[4..5]));
    assert_eq!(words(&named), ["forbidden"]);
    let editor = instance.member_as(&own, "editor@example.org", Role::Editor);
    let named = import(&editor, &format!("?organisation={own}"), &json_lines(&rows[4..5]));
    assert_eq!(words(&named), ["unchanged"]);
    let reader = instance.api_client(&own, &[Scope::SolutionsRead]);
    reader.send("POST", "/api/v1/imports", &[LINES], Some("{}\n")).expect(403);
    instance.anonymous().send("POST", "/api/v1/imports", &[LINES], Some("{}\n")).expect(401);
}

#[test]
fn first_listings_wait_for_a_moderator_and_those_after_an_approval_do_not() {
    on_every_backend(|instance| {
        let own = instance.organisation("Snö AB", "company", "SE");
        let client = instance.api_client(&own, &[Scope::SolutionsWrite, Scope::SolutionsRead]);
        let rows: Vec<Value> = (0..130).map(|i| sourced(&snow_solution(&own), "list", &i.to_string())).collect();
        let (lines, summary) = report(&import(&client, "", &json_lines(&rows)));
        assert_eq!(summary["waiting"], 100);
        assert!(lines.iter().all(|line| line["outcome"] == "created" && line["status"] == "draft"));
        assert_eq!(lines.iter().filter(|line| line["note"]["code"] == "conflict").count(), 30);
        assert_eq!(total(&instance.anonymous(), "solutions"), 0);
        let operator = instance.operator();
        let waiting = operator.get("/api/v1/reviews?limit=100").expect(200).body;
        let review = waiting["items"].as_array().unwrap().iter().find(|r| r["record"] == lines[7]["id"]).unwrap();
        let address = format!("/api/v1/reviews/{}/decision", review["id"].as_str().unwrap());
        operator.post(&address, &json!({"decision": "approved"})).expect(200);
        let (lines, summary) = report(&import(&client, "", &json_lines(&rows)));
        assert_eq!(
            (&summary["updated"], &summary["unchanged"], &summary["waiting"]),
            (&json!(129), &json!(1), &json!(0))
        );
        assert!(lines.iter().all(|line| line["status"] == "published"), "{lines:#?}");
    });
}

#[test]
fn what_a_moderator_has_refused_is_not_put_forward_again_until_it_changes() {
    let instance = Instance::new();
    let own = instance.organisation("Snö AB", "company", "SE");
    let client = instance.api_client(&own, &[Scope::SolutionsWrite]);
    let mut row = sourced(&snow_solution(&own), "list", "1");
    import(&client, "", &json_lines(std::slice::from_ref(&row)));
    let operator = instance.operator();
    let waiting = operator.get("/api/v1/reviews").expect(200).body;
    let review = waiting["items"].as_array().unwrap().iter().find(|r| r["kind"] == "first-listing").unwrap();
    let address = format!("/api/v1/reviews/{}/decision", review["id"].as_str().unwrap());
    operator.post(&address, &json!({"decision": "refused", "reason": "say what it costs"})).expect(200);
    let (lines, _) = report(&import(&client, "", &json_lines(std::slice::from_ref(&row))));
    assert_eq!((&lines[0]["outcome"], lines[0].get("waits")), (&json!("unchanged"), None));
    row["trl"] = json!(9);
    let (lines, _) = report(&import(&client, "", &json_lines(&[row])));
    assert_eq!((&lines[0]["outcome"], &lines[0]["waits"]), (&json!("updated"), &json!(true)));
}

#[test]
fn a_state_is_changed_as_the_single_operations_would() {
    let instance = Instance::new();
    let (own, client) = trusted(&instance);
    let row = |id: &str, status: &str| {
        let mut row = sourced(&alarm_solution(&own), "list", id);
        row["status"] = json!(status);
        row
    };
    let mut archived = row("1", "archived");
    let words_of = |rows: &[Value]| words(&import(&client, "", &json_lines(rows)));
    assert_eq!(
        words_of(&[row("1", "draft"), row("2", "published"), row("3", "closed")]),
        ["created", "created", "invalid_document"]
    );
    assert_eq!(words_of(&[archived.clone()]), ["invalid_document"]);
    archived["status_reason"] = json!("no longer offered");
    assert_eq!(words_of(&[archived]), ["updated"]);
    let (lines, _) = report(&import(&client, "", &json_lines(&[row("2", "draft")])));
    assert_eq!((&lines[0]["outcome"], &lines[0]["note"]["code"]), (&json!("unchanged"), &json!("conflict")));
    let mut empty = row("5", "published");
    empty["texts"] = json!([{"language": "en", "title": "Nothing but a title"}]);
    let (lines, _) = report(&import(&client, "", &json_lines(&[empty])));
    assert_eq!(
        (&lines[0]["status"], &lines[0]["note"]["errors"][0]["pointer"]),
        (&json!("draft"), &json!("/texts/0/description"))
    );
}

#[test]
fn a_dry_run_says_what_would_come_of_it_and_writes_nothing() {
    on_every_backend(|instance| {
        let (own, client) = trusted(instance);
        let rows = json_lines(&[sourced(&alarm_solution(&own), "list", "1"), json!({"kind": "product"})]);
        let before = instance.block_on(instance.innocap().registry().last_change()).unwrap();
        let answer = import(&client, "?dry_run=true", &rows);
        let (lines, summary) = report(&answer);
        assert_eq!(words(&answer), ["created", "invalid_document"]);
        assert_eq!((lines[0].get("id"), &summary["dry_run"]), (None, &json!(true)));
        let given = json!({
            "organisation": {"name": "Ny kommun", "kind": "public-body", "country": "SE"},
            "texts": [{"language": "sv", "title": "Snö", "summary": "Snöröjning."}],
            "source": {"name": "list", "id": "2"}
        });
        let answer = import(&instance.operator(), "?dry_run=true", &json_lines(&[given]));
        assert_eq!(words(&answer), ["created"]);
        assert_eq!(instance.block_on(instance.innocap().registry().last_change()).unwrap(), before);
    });
}

#[test]
fn the_templates_are_good_tables_and_lines() {
    let instance = Instance::new();
    let operator = instance.operator();
    for kind in ["organisation", "challenge", "solution"] {
        for (form, media_type) in [("csv", TABLE), ("jsonl", LINES)] {
            let file = format!("/api/v1/imports/templates/{kind}s.{form}");
            let template = instance.anonymous().get(&file).expect(200);
            assert!(template.header("content-disposition").unwrap().contains("attachment"));
            let answer =
                operator.send("POST", "/api/v1/imports?dry_run=true", &[media_type], Some(&template.text)).expect(200);
            let (lines, summary) = report(&answer);
            assert_eq!((&summary["created"], &summary["refused"]), (&json!(1), &json!(0)), "{file}: {}", answer.text);
            assert_eq!(lines[0]["kind"], kind);
        }
    }
    instance.anonymous().get("/api/v1/imports/templates/people.csv").expect(404);
}

#[test]
fn a_table_is_read_by_its_header_in_the_forms_that_spreadsheets_write() {
    let instance = Instance::new();
    let (own, client) = trusted(&instance);
    let table = "\u{feff}source_name;source_id;kind;language;title;summary;trl;cpv;works_offline\r\n\
                 list;1;product;sv;\"Larm; \"\"tyst\"\"\";\"två\r\nrader\";9;35121700|48000000;ja\r\n\
                 list;2;product;sv;'=1+1;Kort;nio;;\r\n\
                 list;3;product;sv;'-minus;Kort;9;;true\r\n\
                 list;4;product\r\n";
    let answer = client.send("POST", "/api/v1/imports", &[TABLE], Some(table)).expect(200);
    let (lines, _) = report(&answer);
    let found: Vec<_> =
        lines.iter().map(|line| (line["line"].as_u64().unwrap(), line["outcome"].as_str().unwrap())).collect();
    assert_eq!(found, [(2, "refused"), (4, "refused"), (5, "created"), (6, "refused")], "{}", answer.text);
    assert_eq!(lines[0]["errors"][0]["pointer"], "/requirements/works_offline");
    assert_eq!(lines[1]["errors"][0]["pointer"], "/trl");
    assert_eq!(lines[3]["code"], "wrong_columns");
    let record = client.get(&format!("/api/v1/solutions/{}", lines[2]["id"].as_str().unwrap())).expect(200).body;
    assert_eq!((&record["texts"][0]["title"], &record["organisation"]["id"]), (&json!("-minus"), &json!(own)));
    let wrong = client.send("POST", "/api/v1/imports?kind=solution", &[TABLE], Some("tittle,kind\nx,y\n")).expect(422);
    assert_eq!(faults(&wrong.body)[0], ("/header/tittle", "unknown_field"));
    client.send("POST", "/api/v1/imports", &[TABLE], Some("a,b\n1,2\n")).expect(422);
    client.send("POST", "/api/v1/imports", &[TABLE], Some("")).expect(422);
}

#[test]
fn bad_rows_are_named_with_their_lines_and_lose_nothing_else() {
    let instance = Instance::new();
    let (own, client) = trusted(&instance);
    let good = |id: &str| sourced(&snow_solution(&own), "list", id).to_string();
    let mut body = format!("\u{feff}{}\r\n\n[1]\n", good("1")).into_bytes();
    body.extend(good("latin").chars().map(|c| c as u8));
    body.extend_from_slice(
        format!("\n{{\"x\": \"{}\"}}\n{}\n{}\n", "x".repeat(3_000_000), good("1"), good("2")).as_bytes(),
    );
    body.extend_from_slice(&good("half").as_bytes()[..60]);
    let answer = client.send_bytes("POST", "/api/v1/imports", &[LINES], Some(body)).expect(200);
    let (lines, summary) = report(&answer);
    let found: Vec<_> = lines.iter().map(|line| line["line"].as_u64().unwrap()).zip(words(&answer)).collect();
    let expected = [
        (1, "created"),
        (3, "invalid_document"),
        (4, "not_utf8"),
        (5, "too_long"),
        (6, "conflict"),
        (7, "created"),
        (8, "invalid_json"),
    ];
    assert_eq!(found, expected.map(|(line, word)| (line, word.to_owned())), "{}", answer.text);
    assert!(lines[4]["detail"].as_str().unwrap().contains("line 1"), "{}", lines[4]);
    assert_eq!(summary["complete"], true);
    let on = import(&client, "?from_line=3", &format!("{}\n{}\n{}\n", good("1"), good("2"), good("3")));
    assert_eq!((words(&on), report(&on).0[0]["line"].clone()), (vec!["created".to_owned()], json!(3)));
}

#[test]
fn a_packed_body_is_unpacked_and_a_broken_one_keeps_what_came_whole() {
    on_every_backend(|instance| {
        let (own, client) = trusted(instance);
        let headers = [LINES, ("content-encoding", "gzip")];
        let rows: Vec<Value> = (0..1_200).map(|i| sourced(&snow_solution(&own), "list", &i.to_string())).collect();
        // Two members, as of two files put together.
        let mut whole = packed(&json_lines(&rows[..700]));
        whole.extend(packed(&json_lines(&rows[700..])));
        let cut = whole[..whole.len() - 200].to_vec();
        let broken = client.send_bytes("POST", "/api/v1/imports", &headers, Some(cut)).expect(200);
        let (lines, summary) = report(&broken);
        assert_eq!((&summary["complete"], &summary["stopped"]["code"]), (&json!(false), &json!("broken_off")));
        assert!(lines.len() >= 700 && lines.len() < 1_200, "{}", lines.len());
        assert_eq!(summary["done_through_line"], lines.len());
        let again = client.send_bytes("POST", "/api/v1/imports", &headers, Some(whole.clone())).expect(200);
        let (_, summary) = report(&again);
        assert_eq!(summary["unchanged"], lines.len());
        assert_eq!(summary["created"], 1_200 - lines.len());
        let from = format!("/api/v1/imports?from_line={}", lines.len() + 1);
        let on = client.send_bytes("POST", &from, &headers, Some(whole)).expect(200);
        assert_eq!(report(&on).1["unchanged"], 1_200 - lines.len());
        let nonsense =
            client.send_bytes("POST", "/api/v1/imports", &headers, Some(b"no gzip at all".to_vec())).expect(200);
        assert_eq!(report(&nonsense).1["stopped"]["code"], "broken_off");
    });
}

#[test]
fn what_is_no_import_is_refused_before_a_row_is_read() {
    let instance = Instance::new();
    let (_, client) = trusted(&instance);
    let send = |query: &str, headers: &[(&str, &str)]| {
        client.send("POST", &format!("/api/v1/imports{query}"), headers, Some("{}\n"))
    };
    send("", &[("content-type", "application/json")]).expect(415);
    send("", &[LINES, ("content-encoding", "br")]).expect(415);
    let wrong = send("?kind=person&dry_run=maybe&from_line=x&more=1&organisation=1", &[LINES]).expect(400);
    let found: Vec<_> = faults(&wrong.body).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(found, ["/kind", "/dry_run", "/from_line", "/more", "/organisation"]);
}

#[test]
fn who_hangs_up_midway_leaves_what_came_whole_and_sends_the_rest_later() {
    on_every_backend(|instance| {
        let (own, client) = trusted(instance);
        let rows: Vec<Value> = (0..1_500).map(|i| sourced(&snow_solution(&own), "list", &i.to_string())).collect();
        let body = json_lines(&rows);
        let owner = instance.member_as(&own, "editor@example.org", Role::Editor);
        drop(owner);
        let person = instance.person_id("editor@example.org", ServiceRole::None);
        let token = instance.token(Subject::Person(person));
        let address = instance.url("");
        let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap()).unwrap();
        let head = format!(
            "POST /api/v1/imports HTTP/1.1\r\nhost: test\r\nauthorization: Bearer {token}\r\ncontent-type: application/x-ndjson\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        // Up to somewhere within a row.
        stream.write_all(&body.as_bytes()[..body.len() / 2]).unwrap();
        // The report comes while the body is still being sent.
        let mut seen = vec![0; 4_096];
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let read = stream.read(&mut seen).unwrap();
        assert!(String::from_utf8_lossy(&seen[..read]).contains("200 OK"));
        drop(stream);
        let started = Instant::now();
        let whole = body[..body.len() / 2].matches('\n').count() as i64;
        loop {
            let written = total(&instance.anonymous(), "solutions");
            if written == whole {
                break;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "{written} of {whole}");
            std::thread::sleep(Duration::from_millis(50));
        }
        let (_, summary) = report(&import(&client, "", &body));
        assert_eq!((&summary["unchanged"], &summary["created"]), (&json!(whole), &json!(1_500 - whole)));
    });
}

#[test]
fn who_reads_the_report_only_after_sending_all_is_not_waited_for() {
    let instance = Instance::new();
    let (_, client) = trusted(&instance);
    // A report of some 9 MB, more than sockets hold.
    let body = "{\"kind\": 1}\n".repeat(60_000);
    let (lines, summary) = report(&import(&client, "", &body));
    assert_eq!((lines.len(), &summary["refused"]), (60_000, &json!(60_000)));
}

#[test]
fn a_person_enters_organisations_and_owns_them() {
    let instance = Instance::new();
    let person = instance.person("founder@example.org", ServiceRole::None);
    let mut row = json!({"type": "organisation", "name": "Nytt AB", "kind": "company", "country": "SE"});
    let (lines, summary) = report(&import(&person, "", &json_lines(std::slice::from_ref(&row))));
    assert_eq!((&lines[0]["status"], &summary["waiting"]), (&json!("draft"), &json!(1)));
    assert_eq!(words(&import(&person, "", &json_lines(std::slice::from_ref(&row)))), ["unchanged"]);
    row["website"] = json!("https://www.example.org");
    assert_eq!(words(&import(&person, "", &json_lines(&[row.clone()]))), ["updated"]);
    let other = instance.person("other@example.org", ServiceRole::None);
    row["website"] = json!("https://evil.example");
    assert_eq!(words(&import(&other, "", &json_lines(&[row]))), ["not_found"]);
    // What an operator enters is verified and shown at once.
    let entered = json!({"type": "organisation", "name": "Annan kommun", "kind": "public-body", "country": "SE"});
    let (lines, _) = report(&import(&instance.operator(), "", &json_lines(&[entered])));
    let found = instance.anonymous().get(&format!("/api/v1/organisations/{}", lines[0]["id"].as_str().unwrap()));
    assert_eq!(found.expect(200).body["verified"], true);
}

#[test]
fn the_documentation_names_every_column_with_its_meaning_and_member() {
    let text = include_str!("../../docs/bulk.md");
    for kind in innocap_domain::RecordKind::ALL {
        for column in innocap_app::import::columns(*kind) {
            let name = format!("| `{}`{} |", column.name, if column.required { " (required)" } else { "" });
            let rest = format!("| {} | `{}` |", column.meaning.replace('|', "\\|"), column.pointer());
            let found = text.lines().any(|line| line.starts_with(&name) && line.ends_with(&rest));
            assert!(found, "docs/bulk.md lacks {name} … {rest}");
        }
    }
}
