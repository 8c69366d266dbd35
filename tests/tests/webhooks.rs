//! Webhooks end to end: events of the real service at a receiver over a socket.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use innocap_app::Clock;
use innocap_domain::{Role, Scope, ServiceRole};
use innocap_testkit::{Backend, Client, Instance, free_port};
use serde_json::{Value, json};

use crate::desks::{arrive, enter};
use crate::receiver::{Receiver, Reply, status};
use crate::support::{alarm_challenge, alarm_solution, faults, snow_solution};

pub const SOON: Duration = Duration::from_secs(10);
const PUBLIC: [&str; 6] = [
    "challenge.published",
    "challenge.closed",
    "challenge.archived",
    "solution.published",
    "solution.archived",
    "organisation.verified",
];

pub fn lenient() -> Vec<String> {
    vec!["--webhooks-allow-private".to_owned()]
}

fn instance() -> Instance {
    Instance::with(free_port(), &lenient())
}

/// A webhook of an organisation, made by its owner.
pub struct Hook {
    pub owner: Client,
    base: String,
    id: String,
    pub secret: String,
}

impl Hook {
    pub fn new(instance: &Instance, organisation: &str, receiver: &Receiver, events: &[&str]) -> Self {
        let owner = instance.member(organisation);
        let base = format!("/api/v1/organisations/{organisation}/webhooks");
        let made = owner.post(&base, &json!({"address": receiver.url(), "events": events})).expect(201);
        assert_eq!(made.header("cache-control"), Some("no-store"));
        let secret = made.body["secret"].as_str().unwrap().to_owned();
        Self { owner, base, id: made.id(), secret }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("{}/{}{rest}", self.base, self.id)
    }

    fn view(&self) -> Value {
        self.owner.get(&self.path("")).expect(200).body
    }

    fn log(&self, query: &str) -> Vec<Value> {
        let page = self.owner.get(&self.path(&format!("/deliveries{query}"))).expect(200).body;
        page["items"].as_array().unwrap().clone()
    }

    fn ping(&self) -> String {
        self.owner.send("POST", &self.path("/ping"), &[], None).expect(202).id()
    }

    /// Waits until the log holds only deliveries in one of these states.
    #[track_caller]
    fn settled(&self, states: &[&str]) -> Vec<Value> {
        let started = Instant::now();
        loop {
            let log = self.log("?limit=100");
            if log.iter().all(|delivery| states.contains(&delivery["state"].as_str().unwrap())) {
                return log;
            }
            assert!(started.elapsed() < SOON, "{log:#?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Writes and publishes a record, as the operator, without waiting for the index.
fn publish(instance: &Instance, resource: &str, body: &Value) -> String {
    let operator = instance.operator();
    let id = operator.post(&format!("/api/v1/{resource}"), body).expect(201).id();
    operator.send("POST", &format!("/api/v1/{resource}/{id}/publish"), &[], None).expect(200);
    id
}

#[test]
fn what_happens_arrives_signed_in_order_and_with_links_that_lead_somewhere() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(instance) = Instance::at(Clock::system(), backend, &lenient()) else { continue };
        let (town, company) =
            (instance.organisation("Boden", "public-body", "SE"), instance.organisation("Alarm AB", "company", "SE"));
        let receiver = Receiver::new();
        let hook = Hook::new(&instance, &company, &receiver, &PUBLIC);
        let operator = instance.operator();
        // A draft is told to nobody.
        let draft = operator.post("/api/v1/challenges", &alarm_challenge(&town)).expect(201).id();
        let need = publish(&instance, "challenges", &alarm_challenge(&town));
        let offer = publish(&instance, "solutions", &alarm_solution(&company));
        let close = json!({"outcome": "adopted"});
        operator.post(&format!("/api/v1/challenges/{need}/close"), &close).expect(200);
        for (resource, id) in [("challenges", &need), ("solutions", &offer)] {
            operator.post(&format!("/api/v1/{resource}/{id}/archive"), &json!({"reason": "a test"})).expect(200);
        }
        let third = instance.organisation("Ny AS", "company", "NO");
        let received = receiver.wait_for(6, SOON);
        let kinds: Vec<String> = received.iter().map(|message| message.kind()).collect();
        assert_eq!(
            kinds,
            [
                "challenge.published",
                "solution.published",
                "challenge.closed",
                "challenge.archived",
                "solution.archived",
                "organisation.verified",
            ]
        );
        for message in &received {
            assert_eq!(message.signed_by(&hook.secret), 1, "{message:?}");
            assert_eq!(message.headers["content-type"], "application/json");
            let sent: i64 = message.headers["webhook-timestamp"].parse().unwrap();
            assert!((sent - Clock::system().now().timestamp()).abs() < 60);
            assert!(!String::from_utf8_lossy(&message.body).contains(&draft));
        }
        let told = received[0].json();
        assert_eq!(told["data"]["challenge"]["id"], need.as_str());
        assert_eq!(told["data"]["challenge"]["organisation"], town.as_str());
        for link in ["url", "page"] {
            let path = told["data"]["challenge"][link].as_str().unwrap();
            let path = path.strip_prefix(instance.innocap().public_url()).unwrap();
            instance.anonymous().get(path).expect(200);
        }
        assert_eq!(received[5].json()["data"]["organisation"]["id"], third.as_str());
        let log = hook.settled(&["delivered"]);
        assert_eq!(log.len(), 6);
        assert_eq!(log[5]["payload"], told, "the log shows what was sent");
        assert_eq!(log[5]["answer"]["status"], 204);
        assert_eq!(log[5]["id"], received[0].id());
    }
}

#[test]
fn a_later_event_waits_for_an_earlier_one_that_failed_and_other_webhooks_do_not() {
    let instance = instance();
    let town = instance.organisation("Boden", "public-body", "SE");
    let (failing, slow, quick) = (Receiver::new(), Receiver::new(), Receiver::new());
    failing.answer(
        |_, before| if before == 0 { Reply { body: "bås\0\r\n".to_owned(), ..status(500) } } else { status(200) },
    );
    slow.answer(|_, _| Reply { after: Duration::from_secs(3), ..status(200) });
    let first = Hook::new(&instance, &town, &failing, &["challenge.published"]);
    Hook::new(&instance, &town, &slow, &["challenge.published"]);
    Hook::new(&instance, &town, &quick, &["challenge.published"]);
    let one = publish(&instance, "challenges", &alarm_challenge(&town));
    let two = publish(&instance, "challenges", &alarm_challenge(&town));
    quick.wait_for(2, Duration::from_millis(2_500));
    failing.wait_for(1, SOON);
    let waiting = first.log("?state=waiting");
    assert_eq!(waiting.len(), 2, "{waiting:#?}");
    assert_eq!(waiting[1]["answer"]["status"], 500);
    assert_eq!(waiting[1]["answer"]["body"], "bås\u{fffd}\n");
    assert_eq!((&waiting[1]["attempts"], &waiting[0]["attempts"]), (&json!(1), &json!(0)));
    assert_eq!(first.view()["failures"], 1);
    let received = failing.wait_for(3, SOON);
    let about: Vec<Value> = received.iter().map(|m| m.json()["data"]["challenge"]["id"].clone()).collect();
    assert_eq!(about, [one.as_str(), one.as_str(), two.as_str()]);
    assert_eq!(received[0].id(), received[1].id(), "each try of an event carries its identifier");
    let waited = received[1].at - received[0].at;
    assert!(waited >= Duration::from_millis(4_900) && waited < Duration::from_secs(8), "{waited:?}");
    first.settled(&["delivered"]);
    assert_eq!(first.view()["failures"], 0);
    assert_eq!(slow.wait_for(2, SOON).len(), 2);
}

#[test]
fn a_redirect_is_an_answer_and_is_not_followed() {
    let instance = instance();
    let town = instance.organisation("Boden", "public-body", "SE");
    let (receiver, inside) = (Receiver::new(), Receiver::new());
    let header = format!("location: {}\r\n", inside.url());
    receiver.answer(move |_, _| Reply { header: header.clone(), ..status(307) });
    let hook = Hook::new(&instance, &town, &receiver, &["challenge.published"]);
    hook.ping();
    let log = hook.settled(&["parked"]);
    assert_eq!(log[0]["answer"]["status"], 307);
    assert!(inside.received().is_empty());
}

#[test]
fn private_addresses_are_refused_when_a_webhook_is_made_and_when_something_is_sent() {
    let strict = Instance::new();
    let town = strict.organisation("Boden", "public-body", "SE");
    let owner = strict.member(&town);
    let base = format!("/api/v1/organisations/{town}/webhooks");
    let make = |address: &str| owner.post(&base, &json!({"address": address, "events": ["match.created"]}));
    for address in [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/",
        "https://localhost/",
        "https://u:p@example.org/",
        "https://example.org/#top",
        "ftp://example.org/",
        "example.org",
    ] {
        let refused = make(address).expect(422);
        assert_eq!(faults(&refused.body), [("/address", "invalid_address")], "{address}");
    }
    let faulty =
        owner.post(&base, &json!({"address": "https://example.org/", "events": ["webhook.ping", "x"], "secret": "y"}));
    let found = faulty.expect(422);
    let found = faults(&found.body);
    assert!(
        found.contains(&("/events/1", "invalid_code")) && found.contains(&("/secret", "unknown_field")),
        "{found:?}"
    );
    owner.post(&base, &json!({"address": "https://example.org/", "events": []})).expect(422);
    owner
        .post(&base, &json!({"address": "https://example.org/", "events": ["match.created"], "enabled": false}))
        .expect(422);
    // A webhook from when private addresses were allowed, and a name behind which there are private addresses alone.
    let receiver = Receiver::new();
    for address in [receiver.url(), receiver.url().replace("127.0.0.1", "localhost")] {
        let registry = strict.innocap().registry();
        let new = innocap_registry::NewWebhook {
            organisation: town.parse().unwrap(),
            address,
            description: None,
            events: vec![],
            secret: innocap_domain::Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        };
        let trace = innocap_domain::Trace::service(Clock::system().now());
        let made = strict.block_on(registry.create_webhook(new, 20, &trace)).unwrap().unwrap();
        let hook =
            Hook { owner: strict.member(&town), base: base.clone(), id: made.id.to_string(), secret: String::new() };
        hook.ping();
        assert_eq!(hook.settled(&["parked"])[0]["answer"]["problem"], "refused");
    }
    assert!(receiver.received().is_empty());
    for _ in 2..20 {
        make("https://example.org/").expect(201);
    }
    make("https://example.org/").expect(409);
}

#[test]
fn a_secret_that_is_changed_signs_on_for_a_day() {
    let start = Clock::system().now();
    let clock = Clock::standing_at(start);
    let instance = Instance::at(clock.clone(), Backend::Sqlite, &lenient()).unwrap();
    let town = instance.organisation("Boden", "public-body", "SE");
    let receiver = Receiver::new();
    let mut hook = Hook::new(&instance, &town, &receiver, &["challenge.published"]);
    let changed = hook.owner.send("POST", &hook.path("/secret"), &[], None).expect(200);
    let new = changed.body["secret"].as_str().unwrap().to_owned();
    assert_ne!(new, hook.secret);
    assert!(hook.view().get("secret").is_none(), "it is shown once");
    hook.ping();
    let both = receiver.wait_for(1, SOON)[0].clone();
    assert_eq!((both.signed_by(&new), both.signed_by(&hook.secret)), (1, 1));
    hook.settled(&["delivered"]);
    clock.turn_to(start + TimeDelta::hours(24) + TimeDelta::seconds(1));
    hook.owner = instance.member(&town);
    hook.ping();
    let later = receiver.wait_for(2, SOON)[1].clone();
    assert_eq!((later.signed_by(&new), later.signed_by(&hook.secret)), (1, 0));
}

#[test]
fn what_is_tried_for_a_day_is_parked_and_what_fails_for_days_is_disabled_with_a_letter() {
    let start = Clock::system().now();
    let clock = Clock::standing_at(start);
    let instance = Instance::at(clock.clone(), Backend::Sqlite, &lenient()).unwrap();
    let town = instance.organisation("Boden", "public-body", "SE");
    let receiver = Receiver::new();
    receiver.answer(|_, _| status(503));
    let mut hook = Hook::new(&instance, &town, &receiver, &["challenge.published"]);
    publish(&instance, "challenges", &alarm_challenge(&town));
    publish(&instance, "challenges", &alarm_challenge(&town));
    // Each step is longer than any delay, so that each brings one more try.
    let mut now = start;
    let mut came = receiver.wait_for(1, SOON).len();
    while hook.view()["enabled"] == true {
        assert!(now - start < TimeDelta::days(8), "{:#?}", hook.log(""));
        now += TimeDelta::hours(12);
        clock.turn_to(now);
        hook.owner = instance.member(&town);
        receiver.wait_for(came + 1, SOON);
        // Noted after it was sent; and where the first is given up, the second is tried at once.
        std::thread::sleep(Duration::from_millis(500));
        came = receiver.received().len();
    }
    let of_first = receiver.received().iter().filter(|message| message.id() == receiver.received()[0].id()).count();
    assert_eq!(of_first, 8, "the first try and seven more");
    assert!(now - start >= TimeDelta::days(5), "{:?}", now - start);
    let view = hook.view();
    assert_eq!(view["disabled"]["reason"], "failing");
    assert_eq!(hook.log("?state=parked").len(), 2);
    publish(&instance, "challenges", &alarm_challenge(&town));
    assert_eq!(hook.log("").len(), 2, "nothing is queued for a webhook that is disabled");
    let mails = instance.operator().get("/api/v1/outbox").expect(200).body;
    let letter = mails["items"].as_array().unwrap().iter().find(|mail| mail["template"] == "webhook-failing");
    let letter = letter.expect("its owner is told");
    assert!(letter["text"].as_str().unwrap().contains(&format!("/organisations/{town}/webhooks")), "{letter}");
    hook.owner.send("POST", &hook.path("/ping"), &[], None).expect(409);
    // Mended, enabled and sent again: all that was parked arrives, in its order.
    receiver.answer(|_, _| status(200));
    let since = json!({"since": start - TimeDelta::hours(1)});
    hook.owner.post(&hook.path("/deliveries/replay"), &since).expect(409);
    let enabled = hook.owner.patch(&hook.path(""), &json!({"enabled": true})).expect(200).body;
    assert_eq!((&enabled["failures"], enabled.get("disabled")), (&json!(0), None));
    let count = hook.owner.post(&hook.path("/deliveries/replay"), &since).expect(202).body;
    assert_eq!(count["count"], 2);
    let log = hook.settled(&["delivered"]);
    let again: Vec<String> = receiver.received()[came..].iter().map(|message| message.id().to_owned()).collect();
    assert_eq!(again, [log[1]["id"].as_str().unwrap(), log[0]["id"].as_str().unwrap()]);
    // One of them once more, though it was taken.
    hook.owner.send("POST", &hook.path(&format!("/deliveries/{}/replay", again[0])), &[], None).expect(202);
    assert_eq!(receiver.wait_for(came + 3, SOON)[came + 2].id(), again[0]);
}

#[test]
fn a_receiver_that_says_it_is_gone_is_asked_no_more() {
    let instance = instance();
    let town = instance.organisation("Boden", "public-body", "SE");
    let receiver = Receiver::new();
    receiver.answer(|_, _| status(410));
    let hook = Hook::new(&instance, &town, &receiver, &["challenge.published"]);
    publish(&instance, "challenges", &alarm_challenge(&town));
    hook.settled(&["parked"]);
    publish(&instance, "challenges", &alarm_challenge(&town));
    assert_eq!(hook.view()["disabled"]["reason"], "gone");
    assert_eq!(receiver.received().len(), 1);
    let mails = instance.operator().get("/api/v1/outbox").expect(200).body;
    assert!(mails["items"].as_array().unwrap().iter().any(|mail| mail["template"] == "webhook-gone"));
}

#[test]
fn the_page_of_a_webhook_changes_where_it_sends_and_of_what_and_hands_back_what_is_wrong() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    enter(&instance, "owner@example.org", ServiceRole::None, Some((&company, Role::Owner)));
    let mut owner = arrive(&instance, "owner@example.org");
    let client = instance.member_as(&company, "second@example.org", Role::Owner);
    let hooks = format!("/api/v1/organisations/{company}/webhooks");
    let new = json!({"address": "https://hooks.alarm.example/a", "description": "Case system", "events": ["solution.published"]});
    let id = client.post(&hooks, &new).expect(201).id();
    let page = format!("/organisations/{company}/webhooks/{id}/deliveries");
    let path = format!("/organisations/{company}/webhooks/{id}");
    let shown = owner.get(&page).expect(200).text;
    assert!(shown.contains("value=\"https://hooks.alarm.example/a\""), "{shown}");
    let changed = [
        ("do", "change"),
        ("address", "https://hooks.alarm.example/b"),
        ("description", ""),
        ("events", "challenge.published"),
        ("events", "match.created"),
    ];
    owner.fill(&page, &path, &changed).expect(303);
    let now = client.get(&format!("{hooks}/{id}")).expect(200).body;
    assert_eq!(now["address"], "https://hooks.alarm.example/b");
    assert_eq!(now["events"], json!(["challenge.published", "match.created"]));
    assert_eq!(now.get("description"), None);
    let wrong = [("do", "change"), ("address", "http://hooks.alarm.example/c"), ("description", "Mine")];
    let refused = owner.fill(&page, &path, &wrong).expect(422).text;
    assert!(refused.contains("value=\"Mine\"") && refused.contains("hooks.alarm.example/c"), "{refused}");
    assert_eq!(client.get(&format!("{hooks}/{id}")).expect(200).body["address"], "https://hooks.alarm.example/b");
}

#[test]
fn webhooks_are_for_owners_and_for_clients_with_the_scope_and_others_do_not_learn_of_them() {
    let instance = instance();
    let (town, other) =
        (instance.organisation("Boden", "public-body", "SE"), instance.organisation("Annan", "public-body", "SE"));
    let receiver = Receiver::new();
    let hook = Hook::new(&instance, &town, &receiver, &["challenge.published"]);
    let event = hook.ping();
    let stranger = instance.member(&other);
    // Neither through its own organisation nor through that of the webhook.
    for base in [format!("/api/v1/organisations/{other}/webhooks/{}", hook.id), hook.path("")] {
        stranger.get(&base).expect(404);
        stranger.patch(&base, &json!({"enabled": false})).expect(404);
        stranger.get(&format!("{base}/deliveries")).expect(404);
        stranger.get(&format!("{base}/deliveries/{event}")).expect(404);
        for act in ["/secret", "/ping", &format!("/deliveries/{event}/replay")] {
            stranger.send("POST", &format!("{base}{act}"), &[], None).expect(404);
        }
        stranger.post(&format!("{base}/deliveries/replay"), &json!({"since": Clock::system().now()})).expect(404);
        stranger.send("DELETE", &base, &[], None).expect(404);
    }
    let (client, id) = instance.api_client_with_id(&town, &[Scope::WebhooksManage]);
    assert_eq!(client.get(&hook.path(&format!("/deliveries/{event}"))).expect(200).body["type"], "webhook.ping");
    let scopes = json!({"name": "test", "scopes": ["challenges:read"]});
    hook.owner.put(&format!("/api/v1/organisations/{town}/clients/{id}"), &scopes).expect(200);
    let refused = client.get(&hook.path("")).expect(403);
    assert_eq!(refused.body["code"], "insufficient_scope");
    client.send("POST", &hook.path("/ping"), &[], None).expect(403);
    // What was done stands in the audit log, without the secret.
    let audit = hook.owner.get(&format!("/api/v1/organisations/{town}/audit?action=webhook.create,webhook.ping"));
    let audit = audit.expect(200);
    assert_eq!(audit.body["items"].as_array().unwrap().len(), 2, "{}", audit.text);
    assert!(!audit.text.contains(&hook.secret));
    hook.owner.send("DELETE", &hook.path(""), &[], None).expect(204);
    hook.owner.get(&hook.path("")).expect(404);
}

#[test]
fn a_new_solution_and_a_new_need_are_told_to_both_sides_of_the_match_and_only_once() {
    let instance = instance();
    let (town, company, rival) = (
        instance.organisation("Vadsø", "public-body", "NO"),
        instance.organisation("Alarm AB", "company", "SE"),
        instance.organisation("Plog AB", "company", "SE"),
    );
    let (of_town, of_company, of_rival) = (Receiver::new(), Receiver::new(), Receiver::new());
    for (organisation, receiver) in [(&town, &of_town), (&company, &of_company), (&rival, &of_rival)] {
        Hook::new(&instance, organisation, receiver, &["match.created"]);
    }
    instance.published("solutions", &snow_solution(&rival));
    let need = instance.published("challenges", &alarm_challenge(&town));
    assert!(of_town.received().is_empty(), "snow does not answer it");
    let offer = instance.published("solutions", &alarm_solution(&company));
    for (receiver, own) in [(&of_town, "challenge"), (&of_company, "solution")] {
        let told = receiver.wait_for(1, SOON)[0].json();
        assert_eq!(told["type"], "match.created");
        let data = &told["data"];
        assert_eq!((&data["own"], &data["challenge"]["id"]), (&json!(own), &json!(need)));
        assert_eq!(data["solution"]["id"], offer.as_str());
        assert!(["partial", "fit"].contains(&data["verdict"].as_str().unwrap()), "{data}");
        // It is the score that the challenge's suggestions show.
        let answer = instance.anonymous().get(&format!("/api/v1/challenges/{need}/suggestions")).expect(200).body;
        assert_eq!(answer["suggestions"][0]["score"], data["score"]);
    }
    // A second need is another match; a change of the first one is none.
    let patch = json!({"functions": ["soc-pro", "health"]});
    instance.operator().patch(&format!("/api/v1/challenges/{need}"), &patch).expect(200);
    let second = instance.published("challenges", &alarm_challenge(&town));
    let told = of_company.wait_for(2, SOON);
    assert_eq!(told[1].json()["data"]["challenge"]["id"], second.as_str());
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!((of_town.received().len(), of_company.received().len()), (2, 2));
    assert!(of_rival.received().is_empty());
}
