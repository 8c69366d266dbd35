//! The desks of members, moderators and the operator as pages: who may open them, and what they do.

use innocap_domain::{EmailAddress, Language, OrganisationId, Role, ServiceRole};
use innocap_testkit::Instance;
use serde_json::json;

use crate::browser::{Browser, PASSWORD};
use crate::support::alarm_solution;

/// Somebody who can sign in on pages, with this role in the service and in an organisation.
pub fn enter(instance: &Instance, email: &str, role: ServiceRole, body: Option<(&str, Role)>) {
    let address: EmailAddress = email.parse().unwrap();
    let name = address.as_str().split('@').next().unwrap().to_owned();
    let entered = instance.innocap().enter_person(address, name, Language::En.into(), role, Some(PASSWORD));
    let person = instance.block_on(entered).unwrap().0.id;
    if let Some((organisation, role)) = body {
        let organisation: OrganisationId = organisation.parse().unwrap();
        instance.block_on(instance.innocap().add_member(person, organisation, role)).unwrap();
    }
}

/// A browser in which they are signed in.
pub fn arrive<'i>(instance: &'i Instance, email: &str) -> Browser<'i> {
    let mut browser = Browser::new(instance);
    browser.fill("/sign-in", "/sign-in", &[("email", email), ("password", PASSWORD), ("next", "/my")]).expect(303);
    browser
}

const DESKS: [&str; 8] = ["", "/reviews", "/reports", "/people", "/outbox", "/index", "/sources", "/audit"];

#[test]
fn the_operators_desks_open_for_those_whose_work_they_are_and_nobody_else() {
    let instance = Instance::new();
    enter(&instance, "op@example.org", ServiceRole::Operator, None);
    enter(&instance, "moderator@example.org", ServiceRole::Moderator, None);
    enter(&instance, "somebody@example.org", ServiceRole::None, None);
    let mut operator = arrive(&instance, "op@example.org");
    let mut moderator = arrive(&instance, "moderator@example.org");
    let mut somebody = arrive(&instance, "somebody@example.org");
    for desk in DESKS {
        let path = format!("/operator{desk}");
        operator.get(&path).expect(200);
        let moderates = ["", "/reviews", "/reports"].contains(&desk);
        moderator.get(&path).expect(if moderates { 200 } else { 403 });
        somebody.get(&path).expect(403);
        let away = Browser::new(&instance).get(&path).expect(303);
        assert!(away.header("location").unwrap().starts_with("/sign-in?next="), "{path}");
    }
    assert!(operator.get("/").expect(200).text.contains("href=\"/operator\""));
    assert!(!somebody.get("/").expect(200).text.contains("href=\"/operator\""));
    somebody.fill("/account", "/operator/index", &[]).expect(403);
}

#[test]
fn a_first_listing_is_approved_and_a_reported_one_suspended_on_pages() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    enter(&instance, "op@example.org", ServiceRole::Operator, None);
    let mut operator = arrive(&instance, "op@example.org");
    let owner = instance.member(&company);
    let listing = owner.post("/api/v1/solutions", &alarm_solution(&company)).expect(201).id();
    owner.send("POST", &format!("/api/v1/solutions/{listing}/publish"), &[], None).expect(202);
    let waiting = operator.get("/operator/reviews").expect(200).text;
    assert!(waiting.contains("Safety alarm for elderly people living at home"), "{waiting}");
    let action = part(&waiting, "action=\"/operator/reviews/", "\"");
    let path = format!("/operator/reviews/{action}");
    let refused = operator.fill("/operator/reviews", &path, &[("decision", "refused")]).expect(422).text;
    assert!(refused.contains("this is needed") && refused.contains("role=\"alert\""), "{refused}");
    operator.fill("/operator/reviews", &path, &[("decision", "approved")]).expect(303);
    let page = format!("/solutions/{listing}");
    let mut anyone = Browser::new(&instance);
    anyone.get(&page).expect(200);

    let report = format!("{page}/report");
    let unsaid = anyone.fill(&report, &report, &[("reason", "other")]).expect(422).text;
    assert!(unsaid.contains("In your own words: this is needed"), "{unsaid}");
    anyone.fill(&report, &report, &[("reason", "misleading"), ("note", "It does not exist <script>")]).expect(200);
    let reports = operator.get("/operator/reports").expect(200).text;
    assert!(reports.contains("It does not exist &#60;script&#62;"), "{reports}");
    let path = format!("/operator/reports/{}", part(&reports, "action=\"/operator/reports/", "\""));
    let unsaid = operator.fill("/operator/reports", &path, &[("outcome", "upheld")]).expect(422).text;
    assert!(unsaid.contains("this is needed"), "its owner is told why: {unsaid}");
    anyone.get(&page).expect(200);
    let upheld = [("outcome", "upheld"), ("reason", "No proof of it.")];
    operator.fill("/operator/reports", &path, &upheld).expect(303);
    operator.fill("/account", &path, &upheld).expect(404);
    anyone.get(&page).expect(404);
    let decided = operator.get("/operator/reports?state=decided").expect(200).text;
    assert!(decided.contains("Upheld") && decided.contains("No proof of it."), "{decided}");
}

#[test]
fn owners_run_their_organisation_on_pages_and_others_do_not_learn_of_it() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    enter(&instance, "owner@example.org", ServiceRole::None, Some((&company, Role::Owner)));
    enter(&instance, "viewer@example.org", ServiceRole::None, Some((&company, Role::Viewer)));
    enter(&instance, "stranger@example.org", ServiceRole::None, None);
    let mut owner = arrive(&instance, "owner@example.org");
    let mut viewer = arrive(&instance, "viewer@example.org");
    let mut stranger = arrive(&instance, "stranger@example.org");
    let base = format!("/organisations/{company}");
    for (desk, as_viewer) in [("members", 200), ("standing", 200), ("clients", 403), ("audit", 403), ("edit", 403)] {
        let path = format!("{base}/{desk}");
        owner.get(&path).expect(200);
        viewer.get(&path).expect(as_viewer);
        let refused = if desk == "edit" { 403 } else { 404 };
        assert_eq!(stranger.get(&path).status, refused, "{path}");
    }
    let (members, clients) = (format!("{base}/members"), format!("{base}/clients"));
    let invited = [("email", "new@example.org"), ("role", "editor")];
    owner.fill(&members, &format!("{base}/invitations"), &invited).expect(303);
    assert!(owner.get(&members).expect(200).text.contains("new@example.org"));
    let wrong = owner.fill(&members, &format!("{base}/invitations"), &[("email", "nobody"), ("role", "editor")]);
    assert!(wrong.expect(422).text.contains("value=\"nobody\""));
    // The last owner stays, and what a form does not say is not guessed.
    let own = format!("{members}/{}", instance.person_id("owner@example.org", ServiceRole::None));
    owner.fill(&members, &own, &[("do", "remove")]).expect(409);
    owner.fill(&members, &own, &[("do", "role"), ("role", "viewer")]).expect(409);
    owner.fill(&members, &own, &[]).expect(400);
    let other = format!("{members}/{}", instance.person_id("viewer@example.org", ServiceRole::None));
    owner.fill(&members, &other, &[("do", "role"), ("role", "editor")]).expect(303);
    assert!(owner.get(&members).expect(200).text.contains("value=\"editor\" selected"));
    let made =
        owner.fill(&clients, &clients, &[("name", "case system"), ("scopes", "challenges:read")]).expect(200).text;
    assert!(made.contains("client_secret="), "{made}");
    assert!(!owner.get(&clients).expect(200).text.contains("client_secret="), "it is shown once");
    viewer.fill(&members, &format!("{base}/invitations"), &invited).expect(403);
    stranger.fill("/account", &clients, &[("name", "x"), ("scopes", "challenges:read")]).expect(404);
}

#[test]
fn a_shortlist_is_kept_on_pages_and_taken_along_as_a_table() {
    let instance = Instance::new();
    let town = instance.organisation("Boden", "public-body", "SE");
    let company = instance.organisation("Alarm AB", "company", "SE");
    let solution = instance.published("solutions", &alarm_solution(&company));
    let need = instance.published("challenges", &crate::support::alarm_challenge(&town));
    enter(&instance, "editor@example.org", ServiceRole::None, Some((&town, Role::Editor)));
    enter(&instance, "rival@example.org", ServiceRole::None, Some((&company, Role::Owner)));
    let mut editor = arrive(&instance, "editor@example.org");
    let (page, list) = (format!("/challenges/{need}/suggestions"), format!("/challenges/{need}/shortlist"));
    let put = format!("{list}/{solution}");
    editor.fill(&page, &put, &[("do", "put")]).expect(303);
    editor.fill(&list, &put, &[("do", "note"), ("note", "=1+1 <b>ask</b>")]).expect(303);
    // Put there once more, it keeps its note.
    editor.fill(&page, &put, &[("do", "put")]).expect(303);
    let shown = editor.get(&list).expect(200).text;
    assert!(shown.contains("=1+1 &#60;b&#62;ask&#60;/b&#62;"), "{shown}");
    let table = editor.get(&format!("{list}.csv")).expect(200);
    assert!(table.text.contains("'=1+1 <b>ask</b>") && table.text.contains("Alarm AB"), "{}", table.text);
    let whole = editor.get(&format!("{list}.json")).expect(200);
    assert!(whole.body["items"][0]["score"].as_f64().unwrap() > 0.0 && whole.body["exported"].is_string());
    assert_eq!(whole.body["items"][0]["note"], "=1+1 <b>ask</b>");
    let judged = editor.fill(&page, &format!("{page}/{solution}"), &[("judgement", "wrong_place")]).expect(303);
    assert!(judged.header("location").unwrap().contains("done=saved"));
    let compared =
        editor.get(&format!("/compare?challenge={need}&solution={solution}&solution={solution}")).expect(200);
    assert!(compared.text.contains("Bodens kommun"));
    editor.fill(&list, &put, &[("do", "take")]).expect(303);
    editor.fill(&page, &put, &[("do", "take")]).expect(303);
    let mut rival = arrive(&instance, "rival@example.org");
    rival.get(&list).expect(403);
    rival.fill("/account", &put, &[("do", "put")]).expect(403);
    assert!(!rival.get(&page).expect(200).text.contains("/shortlist/"));
    let api = instance.member(&town);
    let address = format!("/api/v1/challenges/{need}/shortlist/{solution}");
    api.put(&address, &json!({"note": "by program", "added": "2020-01-01T00:00:00Z"})).expect(422);
    api.put(&address, &json!({"note": "by program"})).expect(200);
    assert_eq!(
        api.get(&format!("/api/v1/challenges/{need}/shortlist")).expect(200).body["items"][0]["note"],
        "by program"
    );
}

/// What stands in a text between two others.
fn part(text: &str, from: &str, to: &str) -> String {
    text.split(from).nth(1).and_then(|rest| rest.split(to).next()).unwrap_or_default().to_owned()
}
