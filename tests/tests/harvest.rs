//! Catalogues harvested from a server beside the tests: what is written, what stays, what goes, and what is never kept.

use innocap_app::{AppError, Caller, ExportOptions, HarvestReport};
use innocap_domain::{HarvestFormat, HarvestSettings, ServiceRole};
use innocap_testkit::{Catalogue, Instance, on_every_backend};
use serde_json::{Value, json};

use crate::desks::{arrive, enter};
use crate::program::{err, out, run_with};

/// A source of the catalogue beside the tests.
pub fn source(name: &str, format: HarvestFormat, address: String) -> HarvestSettings {
    HarvestSettings {
        name: name.to_owned(),
        format,
        address,
        mapping: None,
        licence: Some("CC0-1.0".to_owned()),
        interval: None,
        allow_private: true,
        whole: format.is_whole(),
    }
}

pub fn add(instance: &Instance, settings: HarvestSettings) {
    instance.block_on(instance.innocap().add_harvest_source(&Caller::shell(), settings)).expect("it is set up");
}

pub fn try_run(instance: &Instance, name: &str, dry: bool) -> Result<HarvestReport, AppError> {
    instance.block_on(instance.innocap().harvest(&Caller::shell(), name, dry, |_| {}))
}

#[track_caller]
pub fn run(instance: &Instance, name: &str) -> HarvestReport {
    try_run(instance, name, false).expect("it is harvested")
}

/// Created, changed, unchanged, archived, refused.
pub fn counts(report: &HarvestReport) -> [usize; 5] {
    [report.created, report.changed, report.unchanged, report.archived, report.refused]
}

/// A `publiccode.yml` of a program of this name.
pub fn software(name: &str, text: &str) -> String {
    format!(
        "publiccodeYmlVersion: \"0.4\"\nname: {name}\nurl: https://code.example.org/nordkommun/{name}.git\n\
         developmentStatus: stable\nlegal:\n  license: EUPL-1.2\n  repoOwner: Nordkommun kommun\n\
         maintenance:\n  contacts:\n    - name: Maja Snöstorm\n      email: maja@nordkommun.example\n\
         description:\n  sv:\n    shortDescription: {text}\n    longDescription: {text} Och mer därtill.\n"
    )
}

fn solutions(instance: &Instance, status: &str) -> Vec<Value> {
    let list = instance.operator().get(&format!("/api/v1/solutions?status={status}&limit=100")).expect(200).body;
    list["items"].as_array().unwrap().clone()
}

fn titles(instance: &Instance, status: &str) -> Vec<String> {
    let mut titles: Vec<String> =
        solutions(instance, status).iter().map(|item| item["texts"][0]["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

#[test]
fn a_list_is_harvested_again_without_writing_anything_twice_and_what_is_gone_is_archived() {
    on_every_backend(|instance| {
        let catalogue = Catalogue::open();
        catalogue.put("/list.txt", "text/plain", "# software\n/a.yml\n/b.yml\n");
        catalogue.put("/a.yml", "text/yaml", software("Snoplan", "Planerar plogning."));
        catalogue.put("/b.yml", "text/yaml", software("Halkvarn", "Varnar för halka."));
        add(instance, source("Open software", HarvestFormat::PubliccodeList, catalogue.url("/list.txt")));
        let dry = try_run(instance, "Open software", true).unwrap();
        assert_eq!((counts(&dry), dry.organisations), ([2, 0, 0, 0, 0], 1));
        assert_eq!(titles(instance, "published"), Vec::<String>::new());

        let first = run(instance, "Open software");
        assert_eq!((counts(&first), first.organisations, first.complete), ([2, 0, 0, 0, 0], 1, true));
        assert_eq!(titles(instance, "published"), ["Halkvarn", "Snoplan"]);
        let found = &solutions(instance, "published")[0];
        assert_eq!(found["source"]["name"], "Open software");
        assert_eq!(found["source"]["licence"], "CC0-1.0");
        assert_eq!(found["organisation"]["name"], "Nordkommun kommun");

        catalogue.asked();
        let second = run(instance, "Open software");
        assert_eq!((counts(&second), second.unchanged_documents), ([0, 0, 2, 0, 0], 2));
        let asked = catalogue.asked();
        assert!(
            asked.contains(&("/a.yml".to_owned(), 304)) && asked.contains(&("/b.yml".to_owned(), 304)),
            "{asked:?}"
        );

        // What is changed here stays until the source says something else of it.
        let id = solutions(instance, "published").iter().find(|s| s["texts"][0]["title"] == "Snoplan").unwrap()["id"]
            .clone();
        let path = format!("/api/v1/solutions/{}", id.as_str().unwrap());
        instance.operator().patch(&path, &json!({"functions": ["econ-aff"]})).expect(200);
        catalogue.put("/b.yml", "text/yaml", software("Halkvarn", "Varnar för halka och is."));
        let third = run(instance, "Open software");
        assert_eq!(counts(&third), [0, 1, 1, 0, 0]);
        assert_eq!(instance.anonymous().get(&path).expect(200).body["functions"], json!(["econ-aff"]));

        catalogue.take("/b.yml");
        let fourth = run(instance, "Open software");
        assert_eq!(counts(&fourth), [0, 0, 1, 1, 0]);
        assert_eq!(titles(instance, "published"), ["Snoplan"]);
        let archived = &solutions(instance, "archived")[0];
        let reason = archived["status_reason"].as_str().unwrap();
        assert!(reason.starts_with("gone at its source, Open software"), "{reason}");

        // It is there again; what somebody here has archived stays so.
        instance.operator().post(&format!("{path}/archive"), &json!({"reason": "not for us"})).expect(200);
        catalogue.put("/b.yml", "text/yaml", software("Halkvarn", "Varnar för halka och is."));
        catalogue.put("/a.yml", "text/yaml", software("Snoplan", "Planerar plogning bättre."));
        assert_eq!(counts(&run(instance, "Open software")), [0, 2, 0, 0, 0]);
        assert_eq!(titles(instance, "published"), ["Halkvarn"]);
        let listed = instance.operator().get("/api/v1/sources").expect(200).body;
        assert_eq!((&listed["items"][0]["state"], &listed["items"][0]["runs"]), (&json!("done"), &json!(5)));
    });
}

#[test]
fn a_catalogue_of_pages_is_walked_to_its_end_and_what_is_not_active_goes() {
    let instance = Instance::new();
    let catalogue = Catalogue::open();
    let entry = |id: u32, active: bool| {
        let name = format!("Program{id}");
        json!({"id": format!("entry-{id}"), "url": format!("https://code.example.org/{id}"), "active": active,
               "publiccodeYml": software(&name, "Gör något."), "updatedAt": "2026-03-01T00:00:00Z"})
    };
    let page =
        |entries: Vec<Value>, next: Value| json!({"data": entries, "links": {"prev": null, "next": next}}).to_string();
    catalogue.put("/software", "application/json", page(vec![entry(1, true), entry(2, true)], json!("?page[after]=2")));
    catalogue.put("/software?page[after]=2", "application/json", page(vec![entry(3, true)], Value::Null));
    add(&instance, source("Catalogue", HarvestFormat::SoftwareCatalogue, catalogue.url("/software")));
    assert_eq!(counts(&run(&instance, "Catalogue")), [3, 0, 0, 0, 0]);
    catalogue.put(
        "/software",
        "application/json",
        page(vec![entry(1, true), entry(2, false)], json!("?page[after]=2")),
    );
    assert_eq!(counts(&run(&instance, "Catalogue")), [0, 0, 2, 1, 0]);
    assert_eq!(titles(&instance, "archived"), ["Program2"]);
}

#[test]
fn notices_become_needs_and_awards_evidence_and_no_person_is_kept() {
    on_every_backend(|instance| {
        let catalogue = Catalogue::open();
        let operator = instance.operator();
        let supplier = json!({"name": "Nattvakt AB", "kind": "company", "country": "SE",
                              "number": {"scheme": "SE-ON", "value": "556016-0680"}});
        let supplier = operator.post("/api/v1/organisations", &supplier).expect(201).id();
        let solution = json!({"organisation": supplier, "kind": "product", "cpv": ["35121700"],
            "texts": [{"language": "sv", "title": "Kamera för tillsyn", "summary": "Tillsyn på natten."}]});
        let solution = instance.published("solutions", &solution);

        catalogue.put("/list", "text/plain", "/1.xml\n/3.xml\n");
        catalogue.put("/1.xml", "application/xml", include_str!("../fixtures/harvest/ted-contract.xml"));
        catalogue.put("/3.xml", "application/xml", include_str!("../fixtures/harvest/eforms-contract.xml"));
        add(instance, source("Notices", HarvestFormat::TedList, catalogue.url("/list")));
        let first = run(instance, "Notices");
        assert_eq!((counts(&first), first.organisations), ([2, 0, 0, 0, 0], 2));
        catalogue.put("/list", "text/plain", "/2.xml\n/4.xml\n");
        catalogue.put("/2.xml", "application/xml", include_str!("../fixtures/harvest/ted-award.xml"));
        catalogue.put("/4.xml", "application/xml", include_str!("../fixtures/harvest/eforms-award.xml"));
        let second = run(instance, "Notices");
        // A feed of news archives nothing; the two needs are met.
        assert_eq!((counts(&second), second.deployments), ([0, 2, 0, 0, 0], 1));
        let notes: Vec<&str> = second.lines.iter().map(|line| line.why.as_str()).collect();
        assert_eq!(notes.iter().filter(|note| note.contains("may be a person")).count(), 2, "{notes:?}");
        assert_eq!(notes.iter().filter(|note| note.contains("no solution of the supplier")).count(), 1, "{notes:?}");

        let path = format!("/api/v1/solutions/{solution}");
        let deployments = instance.anonymous().get(&path).expect(200).body["deployments"].clone();
        assert_eq!(deployments[0]["organisation"], "Norra byns kommun");
        assert_eq!((&deployments[0]["region"], &deployments[0]["since"]), (&json!("SE332"), &json!("2026-05-20")));
        let closed = operator.get("/api/v1/challenges?status=closed").expect(200).body;
        assert_eq!((&closed["total"], &closed["items"][0]["outcome"]), (&json!(2), &json!("procured")));
        // The same again changes nothing, and adds no deployment twice.
        instance
            .block_on(instance.innocap().registry().put_harvest_document("Notices", &catalogue.url("/2.xml"), None))
            .unwrap();
        let third = run(instance, "Notices");
        assert_eq!((counts(&third)[..2].to_vec(), third.deployments), (vec![0, 0], 0));
        assert_eq!(instance.anonymous().get(&path).expect(200).body["deployments"].as_array().unwrap().len(), 1);

        let mut everything = Vec::new();
        instance.block_on(instance.innocap().export(&ExportOptions::default(), &mut everything)).unwrap();
        let sources = operator.get("/api/v1/sources").expect(200).text;
        let everything = String::from_utf8(everything).unwrap() + &sources;
        for person in [
            "Anna",
            "Upphandlare",
            "Sven",
            "Enskild",
            "Matti",
            "Meikäläinen",
            "Liisa",
            "Pekka",
            "911-12 34",
            "401234567",
        ] {
            assert!(!everything.contains(person), "{person} is kept");
        }
        assert!(!everything.contains('@'), "a mail address is kept");
        assert!(everything.contains("Vuotohaku Oy") && everything.contains("Norra byns kommun"));
    });
}

#[test]
fn evidence_from_awards_outlives_another_version_of_the_solution_at_its_own_source() {
    let instance = Instance::new();
    let catalogue = Catalogue::open();
    let row = |title: &str| {
        json!({"organisation": {"name": "Alarm Nord AS", "kind": "company", "country": "NO",
                                "number": {"scheme": "NO-BRC", "value": "999999999"}},
               "kind": "product", "cpv": ["35121700"], "source": {"name": "x", "id": "1"},
               "texts": [{"language": "nb", "title": title, "summary": "Alarm."}]})
        .to_string()
    };
    catalogue.put("/rows", "application/x-ndjson", row("Alarm"));
    add(&instance, source("Own list", HarvestFormat::JsonLines, catalogue.url("/rows")));
    run(&instance, "Own list");
    catalogue.put("/releases", "application/json", include_str!("../fixtures/harvest/release-package.json"));
    add(&instance, source("Releases", HarvestFormat::Ocds, catalogue.url("/releases")));
    let report = run(&instance, "Releases");
    assert_eq!((counts(&report), report.deployments), ([2, 0, 0, 0, 0], 1));
    catalogue.put("/rows", "application/x-ndjson", row("Alarm for alle"));
    assert_eq!(counts(&run(&instance, "Own list")), [0, 1, 0, 0, 0]);
    let id = solutions(&instance, "published")[0]["id"].as_str().unwrap().to_owned();
    let solution = instance.anonymous().get(&format!("/api/v1/solutions/{id}")).expect(200).body;
    assert_eq!(solution["texts"][0]["title"], "Alarm for alle");
    assert_eq!(solution["deployments"][0]["organisation"], "Fjordvik kommune");
    let statuses = instance.operator().get("/api/v1/challenges?status=closed").expect(200).body;
    assert_eq!(statuses["total"], 1);
}

#[test]
fn the_same_product_from_two_sources_is_proposed_and_becomes_one_with_both_provenances() {
    let instance = Instance::new();
    let catalogue = Catalogue::open();
    catalogue.put("/a.yml", "text/yaml", software("Snoplan", "Planerar plogning."));
    catalogue.put(
        "/mirror/a.yml",
        "text/yaml",
        software("Snoplan", "Planerar plogning.").replace("Nordkommun kommun", "Spegel AB"),
    );
    add(&instance, source("First", HarvestFormat::Publiccode, catalogue.url("/a.yml")));
    add(&instance, source("Second", HarvestFormat::Publiccode, catalogue.url("/mirror/a.yml")));
    assert_eq!(run(&instance, "First").duplicates, 0);
    assert_eq!(run(&instance, "Second").duplicates, 1);
    enter(&instance, "op@example.org", ServiceRole::Operator, None);
    let mut operator = arrive(&instance, "op@example.org");
    let page = operator.get("/operator/sources").expect(200).text;
    assert!(page.contains("same address") && page.contains("They are one"), "{page}");
    let waiting = instance.operator().get("/api/v1/duplicates").expect(200).body;
    assert_eq!(
        (&waiting["items"][0]["reason"], &waiting["items"][0]["first_title"]),
        (&json!("address"), &json!("Snoplan"))
    );
    let pair = page.split("name=\"pair\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let one = [("do", "same"), ("pair", pair.as_str())];
    operator.fill("/operator/sources", "/operator/sources", &one).expect(303);
    operator.fill("/operator/sources", "/operator/sources", &one).expect(404);
    assert_eq!(instance.operator().get("/api/v1/duplicates").expect(200).body["items"], json!([]));
    let [kept] = &solutions(&instance, "published")[..] else { panic!("one is left") };
    assert_eq!(kept["source"]["name"], "First");
    assert_eq!(kept["other_sources"][0]["name"], "Second");
    // Neither another version at the second source nor its end there makes two of them again.
    catalogue.put("/mirror/a.yml", "text/yaml", software("Snoplan", "Planerar allt."));
    assert_eq!(counts(&run(&instance, "Second")), [0, 0, 1, 0, 0]);
    catalogue.put("/a.yml", "text/yaml", software("Snoplan", "Planerar plogning väl."));
    assert_eq!(counts(&run(&instance, "First")), [0, 1, 0, 0, 0]);
    let [kept] = &solutions(&instance, "published")[..] else { panic!("one is left") };
    assert_eq!(
        (&kept["texts"][0]["summary"], &kept["other_sources"][0]["name"]),
        (&json!("Planerar plogning väl."), &json!("Second"))
    );
    assert_eq!(solutions(&instance, "archived").len(), 1);
}

#[test]
fn a_program_decides_about_what_may_be_the_same() {
    let instance = Instance::new();
    let catalogue = Catalogue::open();
    for (name, path) in [("First", "/a.yml"), ("Second", "/b.yml")] {
        catalogue.put(path, "text/yaml", software("Snoplan", "Planerar plogning."));
        add(&instance, source(name, HarvestFormat::Publiccode, catalogue.url(path)));
        run(&instance, name);
    }
    let operator = instance.operator();
    let waiting = operator.get("/api/v1/duplicates").expect(200).body["items"].clone();
    let decision = format!("/api/v1/duplicates/{}/decision", waiting[0]["id"].as_str().unwrap());
    operator.post(&decision, &json!({"decision": "perhaps"})).expect(422);
    operator.post(&decision, &json!({})).expect(422);
    instance
        .person("eva@example.org", ServiceRole::Moderator)
        .post(&decision, &json!({"decision": "same"}))
        .expect(403);
    operator.post("/api/v1/duplicates/1/decision", &json!({"decision": "same"})).expect(404);
    operator.post(&decision, &json!({"decision": "different"})).expect(204);
    operator.post(&decision, &json!({"decision": "same"})).expect(404);
    assert_eq!(operator.get("/api/v1/duplicates").expect(200).body["items"], json!([]));
    assert_eq!(solutions(&instance, "published").len(), 2);
}

#[test]
fn rows_come_through_a_mapping_and_a_faulty_one_is_named() {
    let instance = Instance::new();
    let catalogue = Catalogue::open();
    let rows = include_str!("../fixtures/harvest/rows.csv");
    catalogue.put("/rows.csv", "text/csv", format!("{rows}3,,Utan namn.,Karta AB\n"));
    let mapping = Some(include_str!("../fixtures/harvest/mapping.toml").to_owned());
    let settings = source("Rows", HarvestFormat::Csv, catalogue.url("/rows.csv"));
    let without = instance.block_on(instance.innocap().add_harvest_source(&Caller::shell(), settings.clone()));
    assert!(matches!(without, Err(AppError::Invalid(_))), "{without:?}");
    add(&instance, HarvestSettings { mapping, ..settings });
    let report = run(&instance, "Rows");
    assert_eq!((counts(&report), report.organisations), ([2, 0, 0, 0, 1], 1));
    assert_eq!(report.lines[0].at, "3");
    assert!(report.lines[0].why.contains("/texts/0/title"), "{:?}", report.lines);
}

#[test]
fn a_server_harvests_what_is_due_and_what_an_operator_asks_for_on_the_page() {
    let instance = Instance::new();
    let catalogue = Catalogue::open();
    catalogue.put("/a.yml", "text/yaml", software("Snoplan", "Planerar plogning."));
    add(
        &instance,
        HarvestSettings {
            interval: Some(3_600),
            ..source("By itself", HarvestFormat::Publiccode, catalogue.url("/a.yml"))
        },
    );
    let runs = |wanted: u64| {
        for _ in 0..200 {
            let listed = instance.operator().get("/api/v1/sources").expect(200).body;
            if listed["items"][0]["runs"] == wanted && listed["items"][0]["state"] == "done" {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("it was not harvested {wanted} times");
    };
    runs(1);
    enter(&instance, "op@example.org", ServiceRole::Operator, None);
    let mut operator = arrive(&instance, "op@example.org");
    let page = operator.get("/operator/sources").expect(200).text;
    assert!(page.contains("By itself") && page.contains("1 new") && page.contains("Run now"), "{page}");
    operator.fill("/operator/sources", "/operator/sources", &[("do", "run"), ("name", "By itself")]).expect(303);
    runs(2);
    operator.fill("/operator/sources", "/operator/sources", &[("do", "run"), ("name", "none")]).expect(404);
    instance.operator().send("POST", "/api/v1/sources/By%20itself/run", &[], None).expect(202);
    runs(3);
    instance.operator().send("POST", "/api/v1/sources/none/run", &[], None).expect(404);
}

#[test]
fn the_shell_sets_up_lists_tries_runs_and_removes_beside_a_running_server() {
    let instance = Instance::new();
    let catalogue = Catalogue::open();
    catalogue.put("/a.yml", "text/yaml", software("Snoplan", "Planerar plogning."));
    let (data, address) = (instance.data_dir(), catalogue.url("/a.yml"));
    let shell = |arguments: &[&str]| run_with(&data, &[&["harvest"], arguments].concat(), &[]);
    let add = ["add", "Snow", address.as_str(), "--format", "publiccode"];
    let added = shell(&[&add[..], &["--allow-private", "--every", "24"]].concat());
    assert!(added.status.success(), "{}", err(&added));
    let again = shell(&add);
    assert!(!again.status.success() && err(&again).contains("there is a source named Snow already"), "{}", err(&again));
    let wrong = shell(&["add", "X", "ftp://example.org/", "--format", "ocds"]);
    assert!(!wrong.status.success() && err(&wrong).contains("/address"), "{}", err(&wrong));
    let wrong = shell(&["add", "X", "https://example.org/", "--format", "rss"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", err(&wrong));
    let mut ran = shell(&["run", "Snow"]);
    for _ in 0..50 {
        // The server beside it may have been quicker.
        if ran.status.success() {
            break;
        }
        assert!(err(&ran).contains("already"), "{}", err(&ran));
        std::thread::sleep(std::time::Duration::from_millis(100));
        ran = shell(&["run", "Snow"]);
    }
    assert!(out(&ran).contains("0 refused"), "{}", out(&ran));
    catalogue.put("/a.yml", "text/yaml", software("Snoplan", "Planerar mer."));
    let dry = shell(&["run", "Snow", "--dry-run"]);
    assert!(out(&dry).contains("nothing is written; a run would give 0 new, 1 changed"), "{}{}", out(&dry), err(&dry));
    let listed = shell(&["list"]);
    assert!(out(&listed).contains("Snow\tpubliccode\tdone\tlast run 20"), "{}", out(&listed));
    assert!(out(&listed).contains(&address) && !out(&listed).contains("never"), "{}", out(&listed));
    assert!(shell(&["remove", "Snow"]).status.success());
    assert!(!shell(&["remove", "Snow"]).status.success());
    assert_eq!(titles(&instance, "published"), ["Snoplan"]);
}
