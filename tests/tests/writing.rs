//! Writing on pages: nothing typed is lost, nothing is written twice, and nobody writes over another unseen.

use std::time::{Duration, Instant};

use innocap_domain::{RecordKind, Role, ServiceRole};
use innocap_testkit::Instance;

use crate::browser::{Browser, PASSWORD, token_of};
use crate::desks::{arrive, enter};
use crate::support::alarm_solution;

/// A municipality with somebody who writes for it, and a company whose alarm is known.
fn scene() -> (Instance, String) {
    let instance = Instance::new();
    let town = instance.organisation("Boden", "public-body", "SE");
    enter(&instance, "editor@example.org", ServiceRole::None, Some((&town, Role::Editor)));
    (instance, town)
}

fn hidden(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_default();
    rest.split('"').next().unwrap_or_default().to_owned()
}

const TEXT: &str = "Forty older people live alone far from help; we need an alarm that works over the mobile network.";

fn need<'a>(town: &'a str, key: &'a str, version: &'a str, title: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("key", key),
        ("version", version),
        ("organisation", town),
        ("language", "en"),
        ("title", title),
        ("description", TEXT),
    ]
}

/// A draft saved on the page; its address.
fn begun(editor: &mut Browser<'_>, town: &str, title: &str) -> String {
    let page = editor.get("/challenges/new").expect(200).text;
    let (key, token) = (hidden(&page, "key"), token_of(&page));
    let mut fields = need(town, &key, "", title);
    fields.push(("form_token", &token));
    let saved = editor.send("/challenges/new", &fields, &[]).expect(303);
    saved.header("location").unwrap().split('?').next().unwrap().to_owned()
}

#[test]
fn a_form_that_is_sent_twice_writes_one_record() {
    let (instance, town) = scene();
    let mut editor = arrive(&instance, "editor@example.org");
    let page = editor.get("/challenges/new").expect(200).text;
    let (key, token) = (hidden(&page, "key"), token_of(&page));
    let mut fields = need(&town, &key, "", "Alarms");
    fields.push(("form_token", &token));
    let first = editor.send("/challenges/new", &fields, &[]).expect(303);
    let second = editor.send("/challenges/new", &fields, &[]).expect(303);
    assert_eq!(first.header("location"), second.header("location"));
    let drafts = instance.member(&town).get("/api/v1/challenges?status=draft").expect(200).body;
    assert_eq!(drafts["total"], 1);
    assert_eq!(drafts["items"][0]["id"], key.as_str());
}

#[test]
fn a_text_outlives_the_end_of_the_session() {
    let (instance, town) = scene();
    let mut editor = arrive(&instance, "editor@example.org");
    let page = editor.get("/challenges/new").expect(200).text;
    let (key, token) = (hidden(&page, "key"), token_of(&page));
    // Overnight the session ends.
    let mut later = Browser::new(&instance);
    let mut fields = need(&town, &key, "", "Alarms <for> \"the\" night");
    fields.push(("form_token", &token));
    fields.push(("do", "save"));
    let asked = later.send("/challenges/new", &fields, &[]).expect(200).text;
    assert!(asked.contains("name=\"kept.description\"") && asked.contains(TEXT), "{asked}");
    let token = token_of(&asked);
    let mut proof = vec![("form_token", token.as_str()), ("email", "editor@example.org"), ("next", "/challenges/new")];
    let kept: Vec<(String, &str)> = need(&town, &key, "", "Alarms <for> \"the\" night")
        .into_iter()
        .map(|(name, value)| (format!("kept.{name}"), value))
        .collect();
    proof.extend(kept.iter().map(|(name, value)| (name.as_str(), *value)));
    // A wrong password loses nothing either.
    let mut wrong = proof.clone();
    wrong.push(("password", "not the password"));
    assert!(later.send("/sign-in", &wrong, &[]).expect(401).text.contains(TEXT));
    proof.push(("password", PASSWORD));
    let handed_back = later.send("/sign-in", &proof, &[]).expect(200).text;
    assert!(handed_back.contains("action=\"/challenges/new\"") && handed_back.contains(TEXT), "{handed_back}");
    let token = token_of(&handed_back);
    let mut fields = need(&town, &key, "", "Alarms <for> \"the\" night");
    fields.extend([("form_token", token.as_str()), ("do", "check")]);
    let form = later.send("/challenges/new", &fields, &[]).expect(200).text;
    assert!(form.contains("value=\"Alarms &#60;for&#62; &#34;the&#34; night\"") && form.contains(TEXT), "{form}");
    // Nothing was saved on the way: a form that comes back from signing in is looked at first.
    assert_eq!(instance.member(&town).get("/api/v1/challenges?status=draft").expect(200).body["total"], 0);
}

#[test]
fn who_saves_second_sees_what_the_first_has_changed_and_chooses() {
    let (instance, town) = scene();
    let mut editor = arrive(&instance, "editor@example.org");
    let address = begun(&mut editor, &town, "Alarms");
    let mine = editor.get(&address).expect(200).text;
    let (key, version, token) = (hidden(&mine, "key"), hidden(&mine, "version"), token_of(&mine));
    let mut theirs = need(&town, &key, &version, "Alarms for the night");
    theirs.push(("form_token", &token));
    editor.send(&address, &theirs, &[]).expect(303);
    let mut ours = need(&town, &key, &version, "Alarms for the day");
    ours.push(("form_token", &token));
    let told = editor.send(&address, &ours, &[]).expect(409).text;
    assert!(told.contains("Alarms for the night") && told.contains("value=\"Alarms for the day\""), "{told}");
    let current = hidden(&told, "version");
    assert_ne!(current, version);
    let mut chosen = need(&town, &key, &current, "Alarms for the day");
    chosen.push(("form_token", &token));
    editor.send(&address, &chosen, &[]).expect(303);
    assert!(editor.get(&address).expect(200).text.contains("value=\"Alarms for the day\""));
}

#[test]
fn a_form_keeps_what_was_typed_and_says_what_is_wrong_with_each_field() {
    let (instance, town) = scene();
    let mut editor = arrive(&instance, "editor@example.org");
    let page = editor.get("/challenges/new").expect(200).text;
    let (key, token) = (hidden(&page, "key"), token_of(&page));
    let strange = "<script>alert(1)</script> مرحبا 🌲 \u{202e}abc";
    let long = "å".repeat(20_000);
    let mut fields = need(&town, &key, "", strange);
    fields.retain(|(name, _)| *name != "description");
    fields.extend([
        ("form_token", token.as_str()),
        ("description", long.as_str()),
        ("deadline", "tomorrow"),
        ("bandwidth_at_most_kbit", "much"),
        ("region", "nowhere at all"),
        ("more_codes", "123, 35121700"),
    ]);
    let told = editor.send("/challenges/new", &fields, &[]).expect(422).text;
    assert!(!told.contains("<script>alert"), "what was typed is shown as text");
    assert!(told.contains("&#60;script&#62;alert(1)&#60;/script&#62; مرحبا 🌲") && told.contains(&long));
    for field in ["deadline", "bandwidth_at_most_kbit", "region"] {
        assert!(told.contains(&format!("href=\"#{field}\"")), "{field} is named");
        assert!(told.contains(&format!("id=\"{field}-fault\"")), "{field} is marked");
    }
    assert!(told.contains("value=\"much\"") && told.contains("value=\"nowhere at all\""));
    fields.retain(|(name, _)| !["deadline", "bandwidth_at_most_kbit", "region", "more_codes"].contains(name));
    fields.push(("cpv", "35121700"));
    editor.send("/challenges/new", &fields, &[]).expect(303);
    let stored = instance.member(&town).get(&format!("/api/v1/challenges/{key}")).expect(200).body;
    assert_eq!(stored["texts"][0]["title"], strange);
    assert_eq!(stored["texts"][0]["description"], long.as_str());
    assert_eq!(stored["cpv"][0], "35121700");
}

#[test]
fn a_draft_is_saved_as_it_is_written_and_shows_what_it_matches() {
    let (instance, town) = scene();
    let company = instance.organisation("Alarm AB", "company", "SE");
    instance.published("solutions", &alarm_solution(&company));
    let mut editor = arrive(&instance, "editor@example.org");
    let page = editor.get(&format!("/challenges/new?organisation={town}")).expect(200).text;
    assert!(page.contains("value=\"SE\" selected"), "the need is where the body is");
    let (key, token) = (hidden(&page, "key"), token_of(&page));
    let mut fields = need(&town, &key, "", "Safety alarm for elderly people living at home");
    fields.extend([("form_token", token.as_str()), ("do", "draft")]);
    let beside = editor.send("/challenges/new", &fields, &[]).expect(200).text;
    assert!(beside.contains("data-saved=\"Saved.\"") && beside.contains("data-version=\"1\""), "{beside}");
    assert!(beside.contains("Safety alarm for elderly people living at home"), "what matches is shown: {beside}");
    assert!(beside.contains("value=\"35121700\""), "its code is proposed: {beside}");
    assert!(!beside.contains("<html"), "it is a part of a page");
    // Without a session the script is told so, and nothing is written.
    let mut gone = Browser::new(&instance);
    gone.send("/challenges/new", &fields, &[]).expect(401);
    // What comes near to nothing is told.
    fields.retain(|(name, _)| *name != "description");
    fields.push(("description", "Llamas carry our post up the mountain and want new saddles before the winter."));
    fields.retain(|(name, _)| *name != "title");
    fields.push(("title", "Saddles"));
    let nothing = editor.send(&format!("/challenges/{key}/edit"), &fields, &[]).expect(200).text;
    assert!(nothing.contains("Nothing that is known here comes near"), "{nothing}");
    // An unfinished one is not saved, and matched all the same.
    fields.retain(|(name, _)| *name != "title" && *name != "key");
    let unfinished = editor.send("/challenges/new", &fields, &[]).expect(200).text;
    assert!(unfinished.contains("data-saved=\"\""), "{unfinished}");
}

#[test]
fn a_need_goes_from_copy_to_its_outcome_on_pages() {
    let (instance, town) = scene();
    instance.trusted(&town);
    let mut editor = arrive(&instance, "editor@example.org");
    let address = begun(&mut editor, &town, "Alarms");
    let page = address.trim_end_matches("/edit").to_owned();
    editor.fill(&address, &format!("{page}/publish"), &[]).expect(303);
    let public = Browser::new(&instance).get(&page).expect(200).text;
    assert!(public.contains("Alarms") && !public.contains("/edit\""), "{public}");
    let copied = page.rsplit('/').next().unwrap();
    let copy = editor.get(&format!("/challenges/new?copy={copied}")).expect(200).text;
    assert!(copy.contains("value=\"Alarms\"") && copy.contains(TEXT) && !copy.contains(&format!("value=\"{copied}\"")));
    editor.fill(&format!("{page}/dialogue"), &format!("{page}/dialogue"), &[]).expect(303);
    assert!(Browser::new(&instance).get(&page).expect(200).text.contains("In dialogue"));
    let close = format!("{page}/close");
    editor.fill(&close, &close, &[("outcome", "burnt")]).expect(422);
    editor.fill(&close, &close, &[("outcome", "adopted"), ("reason", "The neighbours run one.")]).expect(303);
    let closed = Browser::new(&instance).get(&page).expect(200).text;
    assert!(closed.contains("The neighbours run one."), "{closed}");
    editor.fill(&close, &close, &[("outcome", "adopted")]).expect(409);
}

#[test]
fn an_organisation_and_its_first_solution_are_entered_on_pages() {
    let instance = Instance::new();
    enter(&instance, "founder@example.org", ServiceRole::None, None);
    let mut founder = arrive(&instance, "founder@example.org");
    let page = founder.get("/organisations/new").expect(200).text;
    let (key, token) = (hidden(&page, "key"), token_of(&page));
    let mut fields = vec![
        ("form_token", token.as_str()),
        ("key", key.as_str()),
        ("name", "Tromsø Alarm AS"),
        ("kind", "company"),
        ("scheme", "NO-BRC"),
        ("value", "123456789"),
        ("country", "NO"),
        ("region", "Troms"),
    ];
    let wrong = founder.send("/organisations/new", &fields, &[]).expect(422).text;
    assert!(wrong.contains("href=\"#value\"") && wrong.contains("value=\"Tromsø Alarm AS\""), "{wrong}");
    fields.retain(|(name, _)| *name != "value");
    fields.push(("value", "974 760 673"));
    founder.send("/organisations/new", &fields, &[]).expect(303);
    let form = founder.get(&format!("/solutions/new?organisation={key}")).expect(200).text;
    assert!(form.contains("Tromsø Alarm AS"), "{form}");
    let (solution, token) = (hidden(&form, "key"), token_of(&form));
    let fields = [
        ("form_token", token.as_str()),
        ("key", solution.as_str()),
        ("organisation", key.as_str()),
        ("kind", "product"),
        ("language", "en"),
        ("title", "Night alarm"),
        ("summary", "Calls home care when somebody falls."),
        ("delivery", "NO"),
        ("delivery", "SE"),
        ("languages", "nb"),
        ("more_languages", "se, sms"),
        ("trl", "9"),
        ("deployments", "Alta; NO; 2023; half the night visits\nInari; FI"),
        ("works_offline", "no"),
        ("do", "publish"),
    ];
    // Nobody knows yet who it is: the draft is saved and cannot be published.
    let told = founder.send("/solutions/new", &fields, &[]).expect(403).text;
    assert!(told.contains("cannot be published until your organisation is verified"), "{told}");
    assert!(told.contains("Alta; NO; 2023; half the night visits"), "{told}");
    let stored = instance.operator().get(&format!("/api/v1/solutions/{solution}")).expect(200).body;
    assert_eq!(stored["delivery"], serde_json::json!(["NO", "SE"]));
    assert_eq!(stored["languages"], serde_json::json!(["nb", "se", "sms"]));
    assert_eq!(stored["deployments"][1], serde_json::json!({"organisation": "Inari", "country": "FI"}));
    assert_eq!(stored["requirements"], serde_json::json!({"works_offline": false}));
    let edited = founder.get(&format!("/solutions/{solution}/edit")).expect(200).text;
    assert!(edited.contains("value=\"se, sms\"") && edited.contains("value=\"NO\" checked"), "{edited}");
}

#[test]
fn a_description_of_software_fills_in_what_is_empty_and_nothing_else() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    enter(&instance, "editor@example.org", ServiceRole::None, Some((&company, Role::Editor)));
    let mut editor = arrive(&instance, "editor@example.org");
    let page = editor.get("/solutions/new").expect(200).text;
    let (key, token) = (hidden(&page, "key"), token_of(&page));
    let file = "name: Nattvakt\ndevelopmentStatus: stable\nlegal:\n  license: EUPL-1.2\ndescription:\n  sv:\n    shortDescription: Vakar om natten.\n";
    let mut fields = vec![
        ("form_token", token.as_str()),
        ("key", key.as_str()),
        ("do", "prefill"),
        ("title", "Our own name for it"),
        ("publiccode", file),
    ];
    let filled = editor.send("/solutions/new", &fields, &[]).expect(200).text;
    assert!(filled.contains("value=\"Our own name for it\"") && filled.contains("Vakar om natten."), "{filled}");
    assert!(filled.contains("value=\"EUPL-1.2\"") && filled.contains("value=\"9\" selected"));
    fields.retain(|(name, _)| *name != "publiccode");
    for (given, why) in [("http://127.0.0.1:1/publiccode.yml", "an address inside"), ("no such file", "no such file")] {
        let mut fields = fields.clone();
        fields.push(("publiccode", given));
        let told = editor.send("/solutions/new", &fields, &[]).expect(422).text;
        assert!(
            told.contains("href=\"#publiccode\"") && told.contains("value=\"Our own name for it\""),
            "{why}: {told}"
        );
    }
    let drafts = instance.member(&company).get("/api/v1/solutions?status=draft").expect(200).body;
    assert_eq!(drafts["total"], 0, "nothing is saved by that");
}

#[test]
fn codes_whose_labels_fit_are_proposed_where_no_record_is_like_the_text() {
    let instance = Instance::new();
    let proposed = |text: &str| {
        let proposed = instance.innocap().propose_codes(RecordKind::Challenge, text, &[], &[]);
        instance.block_on(proposed).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let alarm = "Trygghetsalarm for eldre som bor hjemme. Kommunen vil at eldre skal kunne bo hjemme lenger.";
    // The labels are embedded when they are first asked for.
    let started = Instant::now();
    let codes = loop {
        let codes = proposed(alarm);
        if !codes.is_empty() || started.elapsed() > Duration::from_secs(120) {
            break codes;
        }
        std::thread::sleep(Duration::from_millis(500));
    };
    // Services for the elderly, or devices for them.
    assert!(codes.iter().any(|code| code.starts_with("853") || code.starts_with("33196")), "{codes:?}");
    let others = instance.innocap().propose_codes(RecordKind::Challenge, alarm, &[], &codes);
    assert!(instance.block_on(others).unwrap().iter().all(|code| !codes.contains(&code.to_string())));
}
