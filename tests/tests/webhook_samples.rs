//! The sample receivers of the documentation, run as they stand there; and the desk of webhooks as a page.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use innocap_domain::{Role, ServiceRole};
use innocap_testkit::{Instance, free_port};
use serde_json::{Value, json};

use crate::desks::{arrive, enter};
use crate::receiver::{Receiver, status};
use crate::support::alarm_challenge;

/// A sample under way; it ends when it is dropped.
struct Sample {
    child: Child,
    lines: BufReader<ChildStdout>,
    address: String,
}

impl Sample {
    fn start(program: &str, file: &str, secret: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/webhooks");
        let mut child = Command::new(program)
            .arg(folder.join(file))
            .arg(free_port().to_string())
            .env("INNOCAP_WEBHOOK_SECRET", secret)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{program} runs: {e}"));
        let mut sample = Self { lines: BufReader::new(child.stdout.take().unwrap()), child, address: String::new() };
        sample.address = sample.line().strip_prefix("listening on ").expect("it says where").to_owned();
        sample
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_sample_receivers_take_what_is_genuine_and_refuse_what_is_not() {
    let instance = Instance::with(free_port(), &["--webhooks-allow-private".to_owned()]);
    let town = instance.organisation("Boden", "public-body", "SE");
    let owner = instance.member(&town);
    let base = format!("/api/v1/organisations/{town}/webhooks");
    for (program, file) in [("python3", "receiver.py"), ("node", "receiver.mjs")] {
        let made = owner.post(&base, &json!({"address": "http://127.0.0.1:8099/", "events": ["challenge.published"]}));
        let made = made.expect(201);
        let (hook, secret) = (format!("{base}/{}", made.id()), made.body["secret"].as_str().unwrap().to_owned());
        let mut sample = Sample::start(program, file, &secret);
        owner.patch(&hook, &json!({"address": sample.address})).expect(200);
        let event = owner.send("POST", &format!("{hook}/ping"), &[], None).expect(202).id();
        let line = sample.line();
        assert!(line.starts_with(&format!("webhook.ping {event} ")), "{file}: {line}");
        // Sent again it is taken, and nothing is done a second time.
        let settled = |event: &str, state: &str| -> Value {
            for _ in 0..200 {
                let delivery = owner.get(&format!("{hook}/deliveries/{event}")).expect(200).body;
                if delivery["state"] == state {
                    return delivery;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            panic!("{file}: the delivery is not {state}");
        };
        settled(&event, "delivered");
        owner.send("POST", &format!("{hook}/deliveries/{event}/replay"), &[], None).expect(202);
        settled(&event, "delivered");
        let operator = instance.operator();
        let need = operator.post("/api/v1/challenges", &alarm_challenge(&town)).expect(201).id();
        operator.send("POST", &format!("/api/v1/challenges/{need}/publish"), &[], None).expect(200);
        let line = sample.line();
        assert!(line.starts_with("challenge.published ") && line.contains(&need), "{file}: {line}");
        // With the secrets of a rotation that it was not told of, nothing is genuine any more.
        for _ in 0..2 {
            owner.send("POST", &format!("{hook}/secret"), &[], None).expect(200);
        }
        let event = owner.send("POST", &format!("{hook}/ping"), &[], None).expect(202).id();
        assert_eq!(settled(&event, "parked")["answer"]["status"], 400, "{file}");
        owner.send("DELETE", &hook, &[], None).expect(204);
    }
}

#[test]
fn owners_keep_webhooks_on_a_page_and_see_what_came_of_each_delivery() {
    let instance = Instance::with(free_port(), &["--webhooks-allow-private".to_owned()]);
    let town = instance.organisation("Boden", "public-body", "SE");
    enter(&instance, "owner@example.org", ServiceRole::None, Some((&town, Role::Owner)));
    enter(&instance, "editor@example.org", ServiceRole::None, Some((&town, Role::Editor)));
    enter(&instance, "stranger@example.org", ServiceRole::None, None);
    let page = format!("/organisations/{town}/webhooks");
    arrive(&instance, "editor@example.org").get(&page).expect(403);
    arrive(&instance, "stranger@example.org").get(&page).expect(404);
    let mut owner = arrive(&instance, "owner@example.org");
    assert!(owner.get(&format!("/organisations/{town}/members")).expect(200).text.contains(&page));
    let wrong = owner.fill(&page, &page, &[("address", "nowhere"), ("events", "match.created")]).expect(422).text;
    assert!(wrong.contains("value=\"nowhere\"") && wrong.contains("value=\"match.created\" checked"), "{wrong}");
    let receiver = Receiver::new();
    let fields = [("address", receiver.url()), ("description", "<b>Case</b>".to_owned())];
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("events", "challenge.published"), ("events", "match.created")]);
    let made = owner.fill(&page, &page, &fields).expect(200).text;
    let secret = format!("whsec_{}", part(&made, "whsec_", "<"));
    let shown = owner.get(&page).expect(200).text;
    assert!(!shown.contains("whsec_"), "it is shown once");
    assert!(shown.contains("&#60;b&#62;Case&#60;/b&#62;") && shown.contains("A challenge is published"), "{shown}");
    let hook = format!("{page}/{}", part(&shown, &format!("action=\"{page}/"), "\""));
    let log = format!("{hook}/deliveries");
    receiver.answer(|_, before| if before == 0 { status(500) } else { status(200) });
    let sent = owner.fill(&page, &hook, &[("do", "ping")]).expect(303);
    assert!(sent.header("location").unwrap().starts_with(&log));
    assert_eq!(receiver.wait_for(1, Duration::from_secs(10))[0].signed_by(&secret), 1);
    std::thread::sleep(Duration::from_millis(300));
    let parked = owner.get(&format!("{log}?state=parked")).expect(200).text;
    assert!(parked.contains("HTTP 500") && parked.contains("webhook-id: "), "{parked}");
    let again = format!("{log}/{}", part(&parked, &format!("action=\"{log}/"), "\""));
    owner.fill(&log, &again, &[]).expect(303);
    receiver.wait_for(2, Duration::from_secs(10));
    owner.fill(&log, &log, &[("since", "2026-01-01")]).expect(303);
    let unsaid = owner.fill(&log, &log, &[("since", "yesterday")]).expect(422).text;
    assert!(unsaid.contains("value=\"yesterday\""), "{unsaid}");
    let renewed = owner.fill(&page, &hook, &[("do", "secret")]).expect(200).text;
    assert!(renewed.contains("whsec_") && !renewed.contains(&secret));
    owner.fill(&page, &hook, &[("do", "disable")]).expect(303);
    assert!(owner.get(&page).expect(200).text.contains("<span>Disabled</span>"));
    owner.fill(&page, &hook, &[("do", "ping")]).expect(409);
    owner.fill(&page, &hook, &[("do", "enable")]).expect(303);
    owner.fill(&page, &hook, &[]).expect(400);
    let mut stranger = arrive(&instance, "stranger@example.org");
    stranger.get(&log).expect(404);
    stranger.fill("/account", &hook, &[("do", "delete")]).expect(404);
    owner.fill(&page, &hook, &[("do", "delete")]).expect(303);
    owner.get(&log).expect(404);
}

/// What stands in a text between two others.
fn part<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    text.split(from).nth(1).and_then(|rest| rest.split(to).next()).unwrap_or_default()
}
