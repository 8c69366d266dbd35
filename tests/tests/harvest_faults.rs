//! Sources that misbehave: nothing is lost, nothing is archived for it, and a run goes on where it was.

use innocap_app::{AppError, Caller};
use innocap_domain::{HarvestFormat, HarvestSettings};
use innocap_testkit::{Catalogue, Instance, Misbehaviour, on_every_backend};
use serde_json::json;

use crate::harvest::{add, counts, run, software, source, try_run};

/// Why a run does not come to its end.
#[track_caller]
fn problem(instance: &Instance, name: &str) -> String {
    match try_run(instance, name, false) {
        Err(AppError::Conflict(problem)) => problem,
        other => panic!("it should not come to its end: {other:?}"),
    }
}

fn release(number: u32, next: Option<&str>) -> String {
    let ocid = format!("ocds-test02-{number}");
    let release = json!({
        "ocid": ocid, "id": "1", "date": "2026-03-01T00:00:00Z", "language": "en", "tag": ["tender"],
        "buyer": {"name": "Fjordvik kommune"},
        "tender": {"id": "1", "title": format!("Need {number}"), "description": "Something is needed."},
    });
    json!({"uri": "x", "version": "1.1", "releases": [release], "links": {"next": next}}).to_string()
}

#[test]
fn a_run_that_is_cut_off_goes_on_at_the_page_where_it_was() {
    on_every_backend(|instance| {
        let catalogue = Catalogue::open();
        catalogue.put("/1", "application/json", release(1, Some("/2")));
        catalogue.put("/2", "application/json", release(2, Some("/3")));
        catalogue.put("/3", "application/json", release(3, None));
        add(instance, source("Releases", HarvestFormat::Ocds, catalogue.url("/1")));
        catalogue.misbehave("/2", Misbehaviour::Status(500), 3);
        let why = problem(instance, "Releases");
        assert!(why.contains("/2: the answer has status 500"), "{why}");
        let listed = instance.operator().get("/api/v1/sources").expect(200).body;
        assert_eq!(
            (&listed["items"][0]["state"], &listed["items"][0]["report"]["created"]),
            (&json!("failed"), &json!(1))
        );
        catalogue.asked();
        let report = run(instance, "Releases");
        assert_eq!((counts(&report), report.complete), ([3, 0, 0, 0, 0], true));
        let asked: Vec<String> = catalogue.asked().into_iter().map(|(path, _)| path).collect();
        assert_eq!(asked, ["/robots.txt", "/2", "/3"]);
    });
}

#[test]
fn a_run_that_is_killed_is_gone_on_with() {
    let instance = Instance::new();
    let catalogue = Catalogue::open();
    catalogue.put("/1", "application/json", release(1, Some("/2")));
    catalogue.put("/2", "application/json", release(2, None));
    add(&instance, source("Releases", HarvestFormat::Ocds, catalogue.url("/1")));
    catalogue.misbehave("/2", Misbehaviour::Later(20), 1);
    let innocap = instance.innocap().clone();
    instance.block_on(async {
        let task = tokio::spawn(async move { innocap.harvest(&Caller::shell(), "Releases", false, |_| {}).await });
        while !catalogue.asked().iter().any(|(path, _)| path == "/2") {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        // It waits for the source now; nothing of it is left behind but what is in the registry.
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    });
    assert!(problem(&instance, "Releases").contains("already"), "whoever fell is waited for");
    instance.block_on(instance.innocap().registry().release_harvest("Releases")).unwrap();
    assert_eq!(counts(&run(&instance, "Releases")), [2, 0, 0, 0, 0]);
    assert!(!catalogue.asked().iter().any(|(path, _)| path == "/1"));
}

#[test]
fn a_place_that_the_source_has_forgotten_is_begun_anew() {
    let instance = Instance::new();
    let catalogue = Catalogue::open();
    catalogue.put("/1", "application/json", release(1, Some("/2?cursor=a")));
    add(&instance, source("Releases", HarvestFormat::Ocds, catalogue.url("/1")));
    assert!(problem(&instance, "Releases").contains("not there (status 404)"));
    assert!(problem(&instance, "Releases").contains("not there (status 404)"));
    catalogue.put("/1", "application/json", release(1, Some("/2?cursor=b")));
    catalogue.put("/2?cursor=b", "application/json", release(2, None));
    assert_eq!(counts(&run(&instance, "Releases")), [1, 0, 1, 0, 0]);
    catalogue.put("/2?cursor=b", "application/json", release(2, Some("/1")));
    assert!(problem(&instance, "Releases").contains("lead in a circle"));
}

#[test]
fn nothing_is_archived_after_a_run_that_did_not_read_everything_or_found_nothing() {
    let instance = Instance::new();
    let catalogue = Catalogue::open();
    catalogue.put("/list", "text/plain", "/a.yml\n/b.yml\n");
    catalogue.put("/a.yml", "text/yaml", software("Snoplan", "Planerar."));
    catalogue.put("/b.yml", "text/yaml", software("Halkvarn", "Varnar."));
    add(&instance, source("List", HarvestFormat::PubliccodeList, catalogue.url("/list")));
    run(&instance, "List");
    catalogue.put("/list", "text/plain", "/a.yml\n/c.yml\n");
    catalogue.put("/c.yml", "text/yaml", "name: [");
    let report = run(&instance, "List");
    assert_eq!((report.archived, report.complete), (0, false), "{report:?}");
    catalogue.misbehave("/c.yml", Misbehaviour::Status(500), 3);
    assert_eq!(run(&instance, "List").archived, 0);
    catalogue.put("/list", "text/plain", "/c.yml\n");
    catalogue.put("/c.yml", "text/yaml", software("Nytt", "Nytt."));
    assert_eq!(run(&instance, "List").archived, 2);
    catalogue.put("/list", "text/plain", "# nothing any more\n");
    assert!(problem(&instance, "List").contains("the list is empty"));
    catalogue.take("/c.yml");
    catalogue.put("/list", "text/plain", "/c.yml\n");
    let report = run(&instance, "List");
    assert_eq!(report.archived, 0, "{report:?}");
    assert!(report.lines.iter().any(|line| line.why.contains("names none of what it had")), "{report:?}");
}

#[test]
fn a_faulty_row_does_not_take_what_it_was_with_it() {
    let instance = Instance::new();
    let catalogue = Catalogue::open();
    let row = |id: &str, title: &str| {
        json!({"organisation": {"name": "A AB", "kind": "company"}, "kind": "service", "source": {"name": "x", "id": id},
               "texts": [{"language": "sv", "title": title, "summary": "x"}]})
        .to_string()
    };
    catalogue.put("/rows", "application/json", format!("{}\n{}\n", row("1", "Ett"), row("2", "Två")));
    add(&instance, source("Rows", HarvestFormat::JsonLines, catalogue.url("/rows")));
    assert_eq!(counts(&run(&instance, "Rows")), [2, 0, 0, 0, 0]);
    // Which one it is that has a fault is known: it is still there.
    catalogue.put("/rows", "application/json", format!("{}\n{}\n", row("1", "Ett"), row("2", "")));
    assert_eq!(counts(&run(&instance, "Rows")), [0, 0, 1, 0, 1]);
    // Which one it was is not known.
    catalogue.put("/rows", "application/json", format!("{}\n{{\"kind\n", row("1", "Ett")));
    let report = run(&instance, "Rows");
    assert_eq!((counts(&report), report.complete), ([0, 0, 1, 0, 1], false));
    catalogue.put("/rows", "application/json", format!("{}\n", row("1", "Ett")));
    assert_eq!(counts(&run(&instance, "Rows")), [0, 0, 1, 1, 0]);
}

#[test]
fn each_misbehaviour_is_told_and_costs_nothing() {
    let instance = Instance::new();
    let catalogue = Catalogue::open();
    catalogue.put("/a.yml", "text/yaml", software("Snoplan", "Planerar."));
    add(&instance, source("S", HarvestFormat::Publiccode, catalogue.url("/a.yml")));
    assert_eq!(counts(&run(&instance, "S")), [1, 0, 0, 0, 0]);
    for (misbehaviour, told) in [
        (Misbehaviour::Status(404), "it is not there (status 404)"),
        (Misbehaviour::Status(410), "it is not there (status 410)"),
        (Misbehaviour::Status(403), "the answer has status 403"),
        (Misbehaviour::Status(500), "the answer has status 500"),
        (Misbehaviour::Later(86_400), "asks to come back in 86400 s"),
        (Misbehaviour::Truncated, "no answer"),
        (Misbehaviour::Endless, "the answer is larger than"),
        (Misbehaviour::Redirect("ftp://example.org/".to_owned()), "only http and https are asked"),
        (Misbehaviour::Page, "(answered as text/html)"),
    ] {
        catalogue.put("/a.yml", "text/yaml", software("Snoplan", &format!("Planerar {told:?}.")));
        catalogue.misbehave("/a.yml", misbehaviour.clone(), 3);
        let why = problem(&instance, "S");
        assert!(why.contains(told), "{misbehaviour:?}: {why}");
        catalogue.misbehave("/a.yml", misbehaviour, 0);
    }
    let listed = instance.operator().get("/api/v1/solutions?status=published").expect(200).body;
    assert_eq!(listed["total"], 1);
    // What passes does not even show.
    catalogue.misbehave("/a.yml", Misbehaviour::Later(1), 1);
    assert_eq!(counts(&run(&instance, "S"))[4], 0);
}

#[test]
fn a_source_at_a_private_address_is_asked_only_where_its_operator_allows_it_and_robots_txt_counts() {
    let instance = Instance::new();
    let catalogue = Catalogue::open();
    catalogue.put("/a.yml", "text/yaml", software("Snoplan", "Planerar."));
    let settings = source("Closed", HarvestFormat::Publiccode, catalogue.url("/a.yml"));
    add(&instance, HarvestSettings { allow_private: false, ..settings.clone() });
    assert!(problem(&instance, "Closed").contains("private addresses are not asked"));
    assert!(catalogue.asked().is_empty());
    catalogue.put("/robots.txt", "text/plain", "User-agent: innocap\nDisallow: /a.yml\n");
    add(&instance, HarvestSettings { name: "Shy".to_owned(), ..settings });
    assert!(problem(&instance, "Shy").contains("robots.txt forbids it"));
}
