//! Feedback on suggestions: given, replaced, taken back, listed and exported.

use innocap_domain::ServiceRole;
use innocap_testkit::{Answer, Client, Instance, on_every_backend};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{err, out, run_with};
use crate::support::{alarm_challenge, alarm_solution, faults, snow_solution};

/// A published need of a municipality, and two published solutions of a company.
struct Scene<'a> {
    instance: &'a Instance,
    municipality: String,
    company: String,
    need: String,
    alarm: String,
    snow: String,
}

impl<'a> Scene<'a> {
    fn new(instance: &'a Instance) -> Self {
        let municipality = instance.organisation("Vadsø kommune", "public-body", "NO");
        let company = instance.organisation("Alarm AB", "company", "SE");
        let mut need = alarm_challenge(&municipality);
        need["source"] = json!({"name": "a register", "id": "need-1"});
        let mut alarm = alarm_solution(&company);
        alarm["source"] = json!({"name": "a catalogue", "id": "alarm-1"});
        let need = instance.published("challenges", &need);
        let alarm = instance.published("solutions", &alarm);
        let snow = instance.published("solutions", &snow_solution(&company));
        Self { instance, municipality, company, need, alarm, snow }
    }

    fn address(&self, solution: &str) -> String {
        format!("/api/v1/challenges/{}/suggestions/{solution}/feedback", self.need)
    }

    fn owner(&self, subject: &str) -> Client {
        self.instance.member_named(&self.municipality, subject)
    }

    fn say(&self, subject: &str, solution: &str, body: &Value) -> Answer {
        self.owner(subject).put(&self.address(solution), body)
    }

    fn listed(&self) -> Value {
        self.instance.operator().get("/api/v1/feedback").expect(200).body
    }

    /// What the program exports beside the running server.
    fn export(&self, arguments: &[&str]) -> String {
        let url = self.instance.database_url().map(|url| ("INNOCAP_DATABASE_URL", url));
        let all: Vec<&str> = ["feedback", "export"].iter().chain(arguments).copied().collect();
        let output = run_with(&self.instance.data_dir(), &all, url.as_slice());
        assert!(output.status.success(), "{}", err(&output));
        out(&output)
    }
}

#[test]
fn feedback_is_stored_with_the_version_of_the_ranking_and_replaced_by_the_same_subject() {
    on_every_backend(|instance| {
        let scene = Scene::new(instance);
        let suggested = instance.anonymous().get(&format!("/api/v1/challenges/{}/suggestions", scene.need)).expect(200);
        let body = json!({"relevant": false, "why": "wrong_place", "note": "  Leveres ikke så langt nord. "});
        let first = scene.say("case-system", &scene.alarm, &body).expect(200).body;
        assert_eq!((&first["challenge"], &first["solution"]), (&json!(scene.need), &json!(scene.alarm)));
        assert_eq!((&first["relevant"], &first["why"]), (&json!(false), &json!("wrong_place")));
        assert_eq!(first["note"], "Leveres ikke så langt nord.");
        assert_eq!(first["ranking_version"], suggested.body["ranking_version"]);
        let owner = format!("case-system@{}.example.org", scene.municipality);
        assert_eq!(first["subject"], instance.person_id(&owner, ServiceRole::None).to_string());
        assert_eq!(scene.listed()["items"], json!([first]));

        let second = scene.say("case-system", &scene.alarm, &json!({"relevant": true})).expect(200).body;
        assert_eq!((&second["id"], &second["relevant"]), (&first["id"], &json!(true)));
        assert!(second.get("why").is_none() && second.get("note").is_none(), "{second:#}");
        assert_eq!(scene.listed()["items"], json!([second]));

        let other = scene.say("portal", &scene.alarm, &json!({"relevant": false})).expect(200).body;
        assert_eq!(other["why"], "other");
        assert_eq!(scene.listed()["items"], json!([other, second]));
    });
}

#[test]
fn feedback_is_taken_back_by_who_gave_it_and_by_nobody_else() {
    on_every_backend(|instance| {
        let scene = Scene::new(instance);
        let address = scene.address(&scene.alarm);
        scene.say("case-system", &scene.alarm, &json!({"relevant": true})).expect(200);
        let withdraw = |client: Client| client.send("DELETE", &address, &[], None);
        assert_eq!(withdraw(scene.owner("portal")).expect(404).body["code"], "not_found");
        withdraw(instance.member_named(&scene.company, "case-system")).expect(403);
        withdraw(instance.anonymous()).expect(401);
        assert_eq!(scene.listed()["total"], 1);
        assert!(withdraw(scene.owner("case-system")).expect(204).text.is_empty());
        withdraw(scene.owner("case-system")).expect(404);
        assert_eq!(scene.listed(), json!({"items": [], "total": 0}));
    });
}

#[test]
fn every_fault_of_feedback_is_named_and_nothing_is_stored() {
    on_every_backend(|instance| {
        let scene = Scene::new(instance);
        let say = |body: Value| scene.say("case-system", &scene.alarm, &body).expect(422).body;
        for (body, expected) in [
            (json!({}), vec![("/relevant", "required")]),
            (json!({"relevant": null}), vec![("/relevant", "required")]),
            (json!({"relevant": "yes"}), vec![("/relevant", "wrong_type")]),
            (json!({"relevant": true, "why": "not_ripe"}), vec![("/why", "not_applicable")]),
            (json!({"relevant": false, "why": 3}), vec![("/why", "wrong_type")]),
            (json!({"relevant": false, "grade": 2}), vec![("/grade", "unknown_field")]),
            (
                json!({"why": "wrong_plaze", "note": "x".repeat(2_001)}),
                vec![("/relevant", "required"), ("/why", "invalid_code"), ("/note", "too_long")],
            ),
            (json!({"relevant": true, "note": "a\u{7}b"}), vec![("/note", "control_character")]),
            (json!([true]), vec![("", "wrong_type")]),
        ] {
            assert_eq!(faults(&say(body.clone())), expected, "{body}");
        }
        assert_eq!(say(json!({"relevant": false, "why": "wrong_plaze"}))["errors"][0]["nearest"][0], "wrong_place");
        let (client, address) = (scene.owner("case-system"), scene.address(&scene.alarm));
        let broken = client.send("PUT", &address, &[("content-type", "application/json")], Some("{\"relevant\":"));
        assert_eq!(broken.expect(400).body["code"], "invalid_json");
        client.send("PUT", &address, &[("content-type", "text/plain")], Some("{\"relevant\": true}")).expect(415);
        let huge = json!({"relevant": true, "note": "x".repeat(600_000)}).to_string();
        client.send("PUT", &address, &[("content-type", "application/json")], Some(&huge)).expect(413);
        assert_eq!(client.post(&address, &json!({"relevant": true})).expect(405).header("allow"), Some("PUT, DELETE"));
        assert_eq!(scene.listed()["total"], 0);
    });
}

#[test]
fn feedback_is_given_on_ones_own_challenges_about_what_one_may_see() {
    on_every_backend(|instance| {
        let scene = Scene::new(instance);
        let relevant = json!({"relevant": true});
        let owner = scene.owner("case-system");
        let missing = "01890a5d-ac96-774b-bcce-b302099a8057";
        let company = instance.member(&scene.company);
        let draft = company.post("/api/v1/solutions", &alarm_solution(&scene.company)).expect(201).id();
        let of = |need: &str, solution: &str| format!("/api/v1/challenges/{need}/suggestions/{solution}/feedback");
        for (need, solution) in [
            (scene.need.as_str(), missing),
            (missing, scene.alarm.as_str()),
            (scene.need.as_str(), draft.as_str()),
            ("17", scene.alarm.as_str()),
            (scene.need.as_str(), "17"),
            // The identifiers are there, and name records of another kind.
            (scene.alarm.as_str(), scene.need.as_str()),
        ] {
            assert_eq!(owner.put(&of(need, solution), &relevant).expect(404).body["code"], "not_found");
            owner.send("DELETE", &of(need, solution), &[], None).expect(404);
        }
        let refused = company.put(&scene.address(&scene.alarm), &relevant).expect(403);
        assert_eq!(refused.body["code"], "forbidden");
        instance.anonymous().put(&scene.address(&scene.alarm), &relevant).expect(401);
        assert_eq!(scene.listed()["total"], 0);
        let own_draft = owner.post("/api/v1/challenges", &alarm_challenge(&scene.municipality)).expect(201).id();
        company.put(&of(&own_draft, &scene.alarm), &relevant).expect(404);
        owner.put(&of(&own_draft, &scene.alarm), &relevant).expect(200);
        instance.operator().put(&of(&own_draft, &scene.alarm), &relevant).expect(200);
        assert_eq!(scene.listed()["total"], 2);
    });
}

#[test]
fn the_operator_alone_reads_all_feedback_page_by_page() {
    on_every_backend(|instance| {
        let scene = Scene::new(instance);
        let subjects = ["one", "two", "three", "four", "five"];
        let mut given: Vec<String> = subjects
            .iter()
            .map(|subject| scene.say(subject, &scene.alarm, &json!({"relevant": true})).expect(200).id())
            .collect();
        given.reverse();
        let operator = instance.operator();
        let (mut seen, mut address) = (Vec::new(), "/api/v1/feedback?limit=2".to_owned());
        loop {
            let page = operator.get(&address).expect(200);
            seen.extend(page.body["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()));
            let Some(link) = page.link("next") else { break };
            assert!(page.body["next_cursor"].is_string());
            address = link;
            // What is said between two pages moves nothing.
            scene.say("late", &scene.snow, &json!({"relevant": false, "why": "wrong_topic"})).expect(200);
            scene.say("one", &scene.alarm, &json!({"relevant": false})).expect(200);
        }
        assert_eq!(seen, given);
        instance.anonymous().get("/api/v1/feedback").expect(401);
        scene.owner("one").get("/api/v1/feedback").expect(403);
        let elsewhere = instance.anonymous().get("/api/v1/solutions?limit=1").expect(200).body;
        for cursor in ["nonsense", elsewhere["next_cursor"].as_str().unwrap()] {
            let refused = operator.get(&format!("/api/v1/feedback?cursor={cursor}")).expect(400);
            assert_eq!(refused.body["code"], "invalid_cursor", "{cursor}");
        }
        let refused = operator.get("/api/v1/feedback?limit=0&colour=red&limit=2").expect(400);
        let expected = [("/limit", "out_of_range"), ("/colour", "unknown_field"), ("/limit", "duplicate")];
        assert_eq!(faults(&refused.body), expected);
    });
}

#[test]
fn feedback_is_exported_as_judgements_beside_a_running_server() {
    on_every_backend(|instance| {
        let scene = Scene::new(instance);
        assert_eq!(scene.export(&[]), "");
        assert_eq!(scene.export(&["--format", "qrels"]), "query-id\tcorpus-id\tscore\n");
        let note = "a note that stays here";
        for (subject, solution, body) in [
            ("one", &scene.alarm, json!({"relevant": true, "note": note})),
            ("two", &scene.alarm, json!({"relevant": false, "why": "not_ripe"})),
            ("one", &scene.snow, json!({"relevant": false, "why": "wrong_topic"})),
        ] {
            scene.say(subject, solution, &body).expect(200);
        }
        let text = scene.export(&["--format=judgements"]);
        let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(
            rows,
            [
                json!({"need": "need-1", "solution": "alarm-1", "grade": 2, "reason": "relevant, not_ripe"}),
                json!({"need": "need-1", "solution": scene.snow, "grade": 0, "reason": "wrong_topic"}),
            ]
        );
        assert!(!text.contains(note) && !text.contains("one"), "{text}");
        let qrels = format!("query-id\tcorpus-id\tscore\nneed-1\talarm-1\t2\nneed-1\t{}\t0\n", scene.snow);
        assert_eq!(scene.export(&["--format", "qrels"]), qrels);
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("dev.tsv");
        let told = scene.export(&["--format", "qrels", file.to_str().unwrap()]);
        assert!(told.contains("2 judgements written to "), "{told}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), qrels);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "something is left beside the file");
    });
}

#[test]
fn an_export_that_cannot_be_written_or_is_of_no_known_form_says_so() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let nowhere = folder.path().join("nowhere/feedback.jsonl");
    let missing = run_with(&data, &["feedback", "export", nowhere.to_str().unwrap()], &[]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(err(&missing).starts_with("innocap: ") && err(&missing).contains("nowhere"), "{}", err(&missing));
    let unknown = run_with(&data, &["feedback", "export", "--format", "csv"], &[]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("qrels"), "{}", err(&unknown));
    let unreachable = [("INNOCAP_DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/x")];
    let away = run_with(&data, &["feedback", "export"], &unreachable);
    assert!(!away.status.success() && err(&away).starts_with("innocap: "), "{}", err(&away));
    assert!(!err(&away).contains("hunter2"));
}
