//! What remains when the service is gone: the nightly dump, and the archive of plain files.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use flate2::read::GzDecoder;
use innocap_testkit::{Instance, free_port};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{alarm_challenge, alarm_solution, snow_solution, sourced};

/// Public records with sources and terms, and some that are not public.
fn filled(instance: &Instance) -> String {
    let own = instance.organisation("Lapp & Söner <AB>", "public-body", "SE");
    let mut from = sourced(&alarm_solution(&own), "catalogue", "1");
    from["source"]["licence"] = json!("CC-BY-4.0");
    from["source"]["url"] = json!("https://catalogue.example.org/1");
    from["texts"][0]["title"] = json!("Alarm <script>alert(1)</script>");
    let swedish = json!({"language": "sv", "title": "Larm", "summary": "Ett larm."});
    from["texts"].as_array_mut().unwrap().push(swedish);
    instance.published("solutions", &from);
    instance.published("challenges", &alarm_challenge(&own));
    instance.operator().post("/api/v1/solutions", &snow_solution(&own)).expect(201);
    own
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() { found.extend(files(&entry)) } else { found.push(entry) }
    }
    found
}

#[test]
fn an_archive_is_whole_without_the_service() {
    let instance = Instance::new();
    filled(&instance);
    let place = TempDir::new().unwrap();
    let folder = place.path().join("archive");
    let written = instance.block_on(innocap_http::archive::write(instance.innocap(), &folder, "sv")).unwrap();
    assert_eq!(written, 3);
    let all = files(&folder);
    let pages: Vec<&PathBuf> = all.iter().filter(|path| path.extension().is_some_and(|e| e == "html")).collect();
    let mut reached = BTreeSet::from([folder.join("index.html")]);
    let mut open = vec![folder.join("index.html")];
    while let Some(page) = open.pop() {
        let html = std::fs::read_to_string(&page).unwrap();
        assert!(html.contains("<html lang=\"sv\">") && html.contains("<main id=\"main\">"), "{}", page.display());
        assert_eq!(html.matches("<h1").count(), 1, "{}", page.display());
        assert!(!html.contains("<script"), "{}", page.display());
        for part in html.split("href=\"").skip(1) {
            let link = part.split('"').next().unwrap();
            if link.starts_with("https://") || link.starts_with('#') || link.starts_with("data:") {
                continue;
            }
            assert!(!link.starts_with('/') && !link.contains("://"), "{link} needs a server");
            let target = page.parent().unwrap().join(link).canonicalize();
            let target = target.unwrap_or_else(|_| panic!("{link} on {} leads nowhere", page.display()));
            let target = folder.join(target.strip_prefix(folder.canonicalize().unwrap()).unwrap());
            if target.extension().is_some_and(|e| e == "html") && reached.insert(target.clone()) {
                open.push(target);
            }
        }
    }
    assert_eq!(reached.len(), pages.len(), "every page is reached from the index");
    let by_function = std::fs::read_to_string(folder.join("functions/soc-pro/index.html")).unwrap();
    assert!(by_function.contains("Alarm &#60;script&#62;"), "{by_function}");
    assert!(folder.join("places/se/index.html").exists() && folder.join("places/no/index.html").exists());
    let index = std::fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(index.contains("catalogue") && index.contains("CC-BY-4.0") && index.contains("inte angivna"), "{index}");
    let records: Vec<Value> = all
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .map(|path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
        .collect();
    assert_eq!(records.len(), 3);
    assert!(records.iter().all(|record| record["provenance"]["name"].is_string() && record["status"] == "published"));
    let again = instance.block_on(innocap_http::archive::write(instance.innocap(), &folder, "sv"));
    assert!(again.unwrap_err().to_string().contains("not empty"));
}

#[test]
fn a_dump_is_made_once_a_day_when_its_time_has_come_and_the_oldest_go() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("dumps");
    let flags = [format!("--dump-dir={}", folder.display()), "--dump-at=00:00".to_owned(), "--dump-keep=2".to_owned()];
    let instance = Instance::with(free_port(), &flags);
    filled(&instance);
    // Whoever keeps house has made one at the start.
    let today = instance.clock().now().date_naive();
    let made = folder.join(today.to_string());
    let started = std::time::Instant::now();
    while !made.exists() {
        assert!(started.elapsed().as_secs() < 20, "no dump is made");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    std::fs::remove_dir_all(&made).unwrap();
    for days in [3, 2, 1] {
        let old = folder.join((today - TimeDelta::days(days)).to_string());
        std::fs::create_dir_all(&old).unwrap();
        std::fs::write(old.join("manifest.json"), "{}").unwrap();
    }
    std::fs::create_dir_all(folder.join("something else")).unwrap();
    let dump = instance.block_on(instance.innocap().dump_if_due()).unwrap().expect("it is due");
    assert_eq!((dump.folder.as_path(), dump.records), (made.as_path(), 3));
    assert_eq!(instance.block_on(instance.innocap().dump_if_due()).unwrap(), None);
    let left: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let expected = [(today - TimeDelta::days(1)).to_string(), today.to_string(), "something else".to_owned()];
    assert_eq!(left, expected.into_iter().collect());
    let manifest: Value = serde_json::from_str(&std::fs::read_to_string(made.join("manifest.json")).unwrap()).unwrap();
    for part in manifest["files"].as_array().unwrap() {
        let bytes = std::fs::read(made.join(part["name"].as_str().unwrap())).unwrap();
        assert_eq!(part["bytes"], bytes.len());
        let digest: String = sha2_of(&bytes);
        assert_eq!(part["sha256"], digest);
        let mut text = String::new();
        GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        assert_eq!(part["records"], text.lines().count());
        // It imports again, whoever has it.
        let headers = [("content-type", "application/jsonl"), ("content-encoding", "gzip")];
        let answer = instance.operator().send_bytes("POST", "/api/v1/imports", &headers, Some(bytes)).expect(200);
        assert_eq!(answer.lines().pop().unwrap()["summary"]["unchanged"], part["records"], "{}", answer.text);
    }
    let sources = manifest["sources"].as_array().unwrap();
    assert!(sources.iter().any(|s| s["name"] == "catalogue" && s["licence"] == "CC-BY-4.0" && s["records"] == 1));
    let cursor = manifest["changes_cursor"].as_str().unwrap();
    let since = instance.anonymous().get(&format!("/api/v1/changes?since={cursor}")).expect(200).body;
    assert_eq!(since["changes"], json!([]));
}

fn sha2_of(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
