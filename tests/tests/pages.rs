//! The pages in a real browser, and the interface texts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use innocap_testkit::Instance;

use crate::support::{alarm_challenge, alarm_solution, snow_solution};

fn http_crate() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/http")
}

/// The message identifiers of each language in a crate's files of messages.
fn messages(krate: &Path, is_read: impl Fn(&str) -> bool) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages = BTreeMap::new();
    for entry in std::fs::read_dir(krate.join("locales")).unwrap() {
        let folder = entry.unwrap().path();
        let mut identifiers = BTreeSet::new();
        for file in std::fs::read_dir(&folder).unwrap() {
            let file = file.unwrap().path();
            if !is_read(&file.file_name().unwrap().to_string_lossy()) {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let found = text
                .lines()
                .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
                .filter_map(|line| line.split_once(" =").map(|(id, _)| id.to_owned()));
            for identifier in found {
                let twice = format!("{identifier} stands twice, the second time in {}", file.display());
                assert!(identifiers.insert(identifier), "{twice}");
            }
        }
        messages.insert(folder.file_name().unwrap().to_string_lossy().into_owned(), identifiers);
    }
    messages
}

#[test]
fn every_message_stands_in_every_language_and_is_used() {
    // Whether each sentence about a suggestion is used is tested beside the code that speaks them.
    let sentences = messages(&http_crate().join("../app"), |file| file == "suggestions.ftl");
    let messages = messages(&http_crate(), |file| file.ends_with(".ftl"));
    assert_eq!(sentences.keys().collect::<Vec<_>>(), messages.keys().collect::<Vec<_>>());
    for (language, identifiers) in &sentences {
        assert_eq!(identifiers, &sentences["en"], "{language} differs from English");
    }
    assert_eq!(messages.keys().map(String::as_str).collect::<Vec<_>>(), ["da", "en", "fi", "is", "nb", "sv"]);
    let english = &messages["en"];
    for (language, identifiers) in &messages {
        assert_eq!(identifiers, english, "{language} differs from English");
    }
    let mut used = String::new();
    let mut folders = vec![http_crate().join("templates"), http_crate().join("src/pages")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                used.push_str(&std::fs::read_to_string(entry).unwrap());
            }
        }
    }
    for identifier in english {
        assert!(used.contains(&format!("\"{identifier}\"")), "{identifier} is used nowhere");
    }
    let named = ["texts.get(\"", "texts.count(\"", "texts.with(\""];
    for part in named.iter().flat_map(|start| used.split(start).skip(1)) {
        let identifier = part.split('"').next().unwrap();
        assert!(english.contains(identifier), "{identifier} is no message");
    }
}

#[test]
fn a_page_speaks_the_language_that_is_asked_for() {
    let instance = Instance::new();
    let client = instance.anonymous();
    let read = |path: &str, accept: &str| client.send("GET", path, &[("accept-language", accept)], None).expect(200);
    assert_eq!(read("/", "fi;q=0.5, is").header("content-language"), Some("is"));
    assert_eq!(read("/", "nn-NO,nn;q=0.9").header("content-language"), Some("nb"));
    assert_eq!(read("/", "xx").header("content-language"), Some("en"));
    assert_eq!(read("/?lang=sv", "fi").header("content-language"), Some("sv"));
    assert!(read("/", "sv").text.contains("0 lösningar"));
}

#[test]
fn what_is_needed_is_answered_on_a_page_and_stays_in_the_box() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    instance.published("solutions", &alarm_solution(&company));
    let client = instance.anonymous();
    let read = |path: &str| client.send("GET", path, &[("accept-language", "sv")], None);
    let page = read("/suggestions?need=trygghetslarm+f%C3%B6r+%C3%A4ldre+som+bor+hemma&country=SE").expect(200).text;
    assert!(page.contains("Safety alarm for elderly people living at home"), "{page}");
    assert!(
        page.contains("trygghetslarm för äldre som bor hemma</textarea>") && page.contains("Den handlar om samma sak.")
    );
    assert!(page.contains("Hittad på engelska") && page.contains("value=\"SE\" selected"));
    let nothing = read("/suggestions?need=+++").expect(200).text;
    assert!(nothing.contains("Skriv först vad ni behöver.") && nothing.contains("aria-invalid"));
    let words = read("/suggestions?need=och+att+det").expect(200).text;
    assert!(words.contains("går att söka på") && words.contains("och att det</textarea>"));
    let long = read(&format!("/suggestions?need={}", "a+".repeat(20_001))).status;
    assert!(long == 200 || long == 414, "{long}");
    let script = read("/suggestions?need=%3Cscript%3Ealert(1)%3C/script%3E+alarm&country=%22%3E").expect(200).text;
    assert!(!script.contains("<script") && script.contains("&#60;script&#62;"), "{script}");
}

#[test]
fn lists_filter_and_lead_on_and_details_lead_to_suggestions() {
    let instance = Instance::new();
    let municipality = instance.organisation("Vadsø kommune", "public-body", "NO");
    let company = instance.organisation("Alarm AB", "company", "SE");
    let alarm = instance.published("solutions", &alarm_solution(&company));
    instance.published("solutions", &snow_solution(&company));
    let need = instance.published("challenges", &alarm_challenge(&municipality));
    let client = instance.anonymous();
    let read = |path: &str| client.get(path).expect(200).text;
    let list = read("/solutions");
    assert!(list.contains("2 found") && list.contains(&format!("/solutions/{alarm}")), "{list}");
    assert!(read("/solutions?function=soc-pro&country=&q=").contains("1 found"));
    assert!(read("/solutions?kind=service&lang=fi").contains("1 löytyi"));
    let first = read("/solutions?limit=1");
    let next = first.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a way on");
    let second = read(&next.replace("&#38;", "&").replace("&amp;", "&"));
    assert!(second.contains("2 found") && !second.contains("rel=\"next\""), "{second}");
    let wrong = client.get("/solutions?function=nonsense").expect(400).text;
    assert!(wrong.contains("This filter cannot be read"), "{wrong}");
    let detail = read(&format!("/challenges/{need}"));
    assert!(detail.contains("Vadsø kommune") && detail.contains(&format!("/challenges/{need}/suggestions")));
    assert!(read(&format!("/challenges/{need}/suggestions")).contains(&format!("/solutions/{alarm}")));
    assert!(read(&format!("/solutions/{alarm}")).contains("Bodens kommun"));
    assert!(read(&format!("/solutions/{alarm}/challenges?lang=nb")).contains(&format!("/challenges/{need}?lang=nb")));
    let page = read(&format!("/organisations/{company}"));
    assert!(page.contains(&format!("/solutions/{alarm}")) && page.contains("What it offers"));
}

#[test]
fn what_is_not_there_gets_a_page_with_a_way_on_and_programs_get_a_problem() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    let draft = instance.operator().post("/api/v1/solutions", &alarm_solution(&company)).expect(201).id();
    let client = instance.anonymous();
    for path in ["/nothing", "/solutions/nothing", &format!("/solutions/{draft}"), "/organisations/0"] {
        let answer = client.send("GET", path, &[("accept-language", "sv")], None).expect(404);
        assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{path}");
        assert!(answer.text.contains("Det finns inget på den här adressen") && answer.text.contains("/suggestions"));
        assert!(answer.header("content-security-policy").is_some() && answer.header("x-request-id").is_some());
    }
    let method = client.send("POST", "/solutions", &[], None).expect(405);
    assert_eq!(method.header("allow"), Some("GET, HEAD"));
    let problem = client.get("/api/v1/nothing").expect(404);
    assert_eq!(problem.header("content-type"), Some("application/problem+json"));
    assert!(client.get("/robots.txt").expect(200).text.contains("Disallow: /suggestions"));
}
