//! Pages of single records: where a need is, how far it has come and whom to ask, what an organisation runs, what is new
//! to somebody since they last looked, and what a page makes of whatever is written into it.

use innocap_domain::{Role, ServiceRole};
use innocap_testkit::{Instance, on_every_backend};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::desks::{arrive, enter};
use crate::support::{alarm_challenge, alarm_solution, snow_solution};

fn read(instance: &Instance, path: &str) -> String {
    instance.anonymous().get(path).expect(200).text
}

/// What stands on a page from a heading on.
fn after<'p>(page: &'p str, heading: &str) -> &'p str {
    page.split_once(heading).unwrap_or_else(|| panic!("{heading} is missing in {page}")).1
}

#[test]
fn a_challenge_shows_where_it_is_how_far_it_has_come_whom_to_ask_and_needs_alike_elsewhere() {
    let instance = Instance::new();
    let operator = instance.operator();
    let municipality = instance.organisation("Vadsø kommune", "public-body", "NO");
    let contact = json!({"contact": "postmottak@vadso.example"});
    operator.patch(&format!("/api/v1/organisations/{municipality}"), &contact).expect(200);
    let mut need = alarm_challenge(&municipality);
    need["region"] = "NO073".into();
    need["deadline"] = "2999-01-31".into();
    need["cpv"] = json!(["35121700"]);
    need["wants"] = json!({"works_offline": true, "bandwidth_at_most_kbit": 2_000});
    let id = instance.published("challenges", &need);
    let own = instance.published("challenges", &alarm_challenge(&municipality));
    let elsewhere = instance.organisation("Inari", "public-body", "FI");
    let mut other = alarm_challenge(&elsewhere);
    other["country"] = "FI".into();
    let other = instance.published("challenges", &other);
    instance.indexed();
    let page = read(&instance, &format!("/challenges/{id}?lang=sv"));
    assert!(page.contains("Finnmark, Nordnorge, Norge"), "{page}");
    assert_eq!(page.matches("class=\"here\"").count(), 1, "it is marked on the small map");
    assert!(page.contains("<a href=\"mailto:postmottak@vadso.example\">"));
    let label = innocap_domain::Labels::bundled()
        .label(innocap_domain::Scheme::Cpv, "35121700", innocap_domain::Language::Sv)
        .unwrap();
    assert!(page.contains(&format!("35121700 {label}")), "the code is told in the reader's language");
    assert!(page.contains("31 januari 2999") && page.contains("2\u{a0}000"), "dates and numbers are the reader's");
    // It was published today, which nobody had to write.
    let stored = instance.anonymous().get(&format!("/api/v1/challenges/{id}")).expect(200).body;
    let today = instance.clock().now().date_naive().to_string();
    assert_eq!(stored["published"], today.as_str());
    assert!(page.contains(&format!("<time datetime=\"{today}\">")));
    let similar = after(&page, "Liknande behov på annat håll");
    assert!(similar.contains(&other) && !similar.contains(&own), "{similar}");
    // What lies nowhere that is drawn is told in words alone.
    need["country"] = "DE".into();
    need["region"] = Value::Null;
    let abroad = instance.published("challenges", &need);
    let page = read(&instance, &format!("/challenges/{abroad}?lang=en"));
    assert!(page.contains("<dd>Germany</dd>") && !page.contains("locator"), "{page}");
    // A person's address of mail is not what is asked for, and what is no address is refused.
    let wrong = operator.patch(&format!("/api/v1/organisations/{municipality}"), &json!({"contact": "ask Eva"}));
    assert_eq!(wrong.expect(422).body["errors"][0]["pointer"], "/contact");
}

#[test]
fn a_link_to_something_that_has_ended_says_so_and_leads_to_what_is_open_and_like_it() {
    let instance = Instance::new();
    let operator = instance.operator();
    let company = instance.organisation("Alarm AB", "company", "SE");
    let municipality = instance.organisation("Vadsø kommune", "public-body", "NO");
    let gone = instance.published("solutions", &alarm_solution(&company));
    let like = instance.published("solutions", &alarm_solution(&instance.organisation("Larm AS", "company", "NO")));
    let unlike = instance.published("solutions", &snow_solution(&company));
    let why = json!({"reason": "Replaced by the next model."});
    operator.post(&format!("/api/v1/solutions/{gone}/archive"), &why).expect(200);
    let closed = instance.published("challenges", &alarm_challenge(&municipality));
    let open = instance.published("challenges", &alarm_challenge(&municipality));
    let outcome = json!({"outcome": "procured", "reason": "Bought in spring."});
    operator.post(&format!("/api/v1/challenges/{closed}/close"), &outcome).expect(200);
    instance.indexed();
    let page = read(&instance, &format!("/solutions/{gone}?lang=en"));
    assert!(page.contains("archived and no longer listed") && page.contains("Replaced by the next model."));
    let instead = after(&page, "What is open and like it");
    assert!(instead.contains(&like) && !instead.contains(&unlike), "{instead}");
    let page = read(&instance, &format!("/challenges/{closed}?lang=en"));
    assert!(page.contains("This challenge is closed. Bought in spring.") && page.contains("Something was bought"));
    assert!(after(&page, "What is open and like it").contains(&open), "{page}");
}

#[test]
fn an_organisation_shows_what_it_needs_offers_and_runs() {
    on_every_backend(|instance| {
        let town = instance.organisation("Åsele Kommun", "public-body", "SE");
        let company = instance.organisation("Alarm AB", "company", "NO");
        let need = instance.published("challenges", &alarm_challenge(&town));
        let mut running = alarm_solution(&company);
        running["deployments"] = json!([{"organisation": "ÅSELE  kommun", "country": "SE", "since": "2019"}]);
        let running = instance.published("solutions", &running);
        let mut namesake = snow_solution(&company);
        namesake["deployments"] = json!([{"organisation": "Åsele kommun", "country": "FI"}]);
        let namesake = instance.published("solutions", &namesake);
        let mut own = snow_solution(&town);
        own["deployments"] = json!([{"organisation": "Åsele kommun"}]);
        let own = instance.published("solutions", &own);
        let page = read(instance, &format!("/organisations/{town}?lang=en"));
        assert!(after(&page, "What it needs").contains(&need));
        let (offers, runs) = after(&page, "What it offers").split_once("What it runs").expect("what it runs");
        assert!(offers.contains(&own) && !offers.contains(&running));
        assert!(runs.contains(&running) && !runs.contains(&namesake) && !runs.contains(&own), "{runs}");
        let page = read(instance, &format!("/organisations/{company}?lang=en"));
        assert!(!page.contains("What it needs") && page.contains(&running), "a company has no needs here");
    });
}

#[test]
fn what_is_new_since_somebody_last_looked_stands_on_their_page_and_is_theirs_alone() {
    on_every_backend(|instance| {
        let town = instance.organisation("Boden", "public-body", "SE");
        let company = instance.organisation("Alarm AB", "company", "SE");
        enter(instance, "editor@example.org", ServiceRole::None, Some((&town, Role::Editor)));
        enter(instance, "second@example.org", ServiceRole::None, Some((&town, Role::Viewer)));
        enter(instance, "maker@example.org", ServiceRole::None, Some((&company, Role::Owner)));
        let need = instance.published("challenges", &alarm_challenge(&town));
        let first = instance.published("solutions", &alarm_solution(&company));
        instance.indexed();
        let news =
            |browser: &mut Browser<'_>| after(&browser.get("/my").expect(200).text, "new since you last").to_owned();
        let mut editor = arrive(instance, "editor@example.org");
        let told = news(&mut editor);
        assert!(told.contains("1 suggestion") && told.contains(&format!("/solutions/{first}")), "{told}");
        editor.get(&format!("/challenges/{need}/suggestions")).expect(200);
        assert!(news(&mut editor).contains("Nothing new has come."));
        // A colleague has not looked yet.
        let mut second = arrive(instance, "second@example.org");
        assert!(news(&mut second).contains("1 suggestion"));
        let third =
            instance.published("solutions", &alarm_solution(&instance.organisation("Larm AS", "company", "NO")));
        instance.indexed();
        let told = news(&mut editor);
        assert!(told.contains("1 suggestion") && told.contains(&third) && !told.contains(&first), "{told}");
        assert!(told.contains("since "), "it is told since when: {told}");
        // The other side: a need that the solution could answer.
        let mut maker = arrive(instance, "maker@example.org");
        assert!(news(&mut maker).contains("1 need"));
        maker.get(&format!("/solutions/{first}/challenges")).expect(200);
        assert!(!maker.get("/my").expect(200).text.contains("new since you last"));
        let later = alarm_challenge(&instance.organisation("Inari", "public-body", "FI"));
        let later = instance.published("challenges", &later);
        instance.indexed();
        let told = news(&mut maker);
        assert!(told.contains("1 need") && told.contains(&later), "{told}");
        // What is remembered of them is among their data, and nothing is of those who do not belong there.
        let data = |browser: &mut Browser<'_>| browser.get("/account/data").expect(200).body;
        assert_eq!(data(&mut editor)["seen"][0]["record_id"], need.as_str());
        maker.get(&format!("/challenges/{need}/suggestions")).expect(200);
        assert_eq!(data(&mut maker)["seen"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn a_solution_is_renewed_by_its_organisation_and_shown_again_where_it_was_archived() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    instance.trusted(&company);
    let solution = instance.published("solutions", &alarm_solution(&company));
    enter(&instance, "maker@example.org", ServiceRole::None, Some((&company, Role::Editor)));
    enter(&instance, "rival@example.org", ServiceRole::None, None);
    let (mut maker, mut rival) = (arrive(&instance, "maker@example.org"), arrive(&instance, "rival@example.org"));
    let api = format!("/api/v1/solutions/{solution}");
    let stored = || instance.anonymous().get(&api).expect(200).body;
    let before = stored();
    let (page, renew) = (format!("/solutions/{solution}"), format!("/solutions/{solution}/renew"));
    rival.get(&renew).expect(403);
    maker.fill(&renew, &renew, &[]).expect(303);
    let after = stored();
    assert_eq!(after["version"].as_i64(), before["version"].as_i64().map(|version| version + 1));
    assert_eq!(after["texts"], before["texts"]);
    assert!(after["updated"].as_str() > before["updated"].as_str());
    let archive = format!("{page}/archive");
    maker.fill(&archive, &archive, &[("reason", "Sold out.")]).expect(303);
    maker.fill(&renew, &renew, &[]).expect(303);
    assert_eq!(stored()["status"], "published");
    let draft = instance.operator().post("/api/v1/solutions", &snow_solution(&company)).expect(201).id();
    let refused = instance.member(&company).send("POST", &format!("/api/v1/solutions/{draft}/renew"), &[], None);
    refused.expect(409);
}

#[test]
fn scripts_in_every_field_are_shown_as_text_wherever_they_come_up() {
    let instance = Instance::new();
    let evil = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}";
    let town = instance.organisation(&format!("Town {evil}"), "public-body", "SE");
    let company = instance.organisation(&format!("Firm {evil}"), "company", "SE");
    let text = json!([{"language": "en", "title": format!("Alarm for elderly people {evil}"),
        "summary": format!("An alarm {evil}"), "description": format!("It calls home care. {evil}"), "keywords": [evil]}]);
    let source = |id: &str| json!({"name": evil, "id": id, "licence": evil});
    let mut need = alarm_challenge(&town);
    need["texts"] = text.clone();
    need["source"] = source("1");
    let need = instance.published("challenges", &need);
    let mut offer = alarm_solution(&company);
    offer["texts"] = text;
    offer["source"] = source("2");
    offer["deployments"] = json!([{"organisation": format!("Town {evil}"), "country": "SE", "outcome": evil}]);
    let offer = instance.published("solutions", &offer);
    let listed = format!("/api/v1/challenges/{need}/shortlist/{offer}");
    instance.operator().put(&listed, &json!({"note": evil})).expect(200);
    let gone = instance.published("solutions", &snow_solution(&company));
    let why = json!({"reason": evil});
    instance.operator().post(&format!("/api/v1/solutions/{gone}/archive"), &why).expect(200);
    instance.reported(offer.parse().unwrap(), &json!({"reason": "other", "note": evil}));
    enter(&instance, "owner@example.org", ServiceRole::None, Some((&town, Role::Owner)));
    enter(&instance, "op@example.org", ServiceRole::Operator, None);
    let (mut owner, mut operator) = (arrive(&instance, "owner@example.org"), arrive(&instance, "op@example.org"));
    instance.indexed();
    let asked = "%22%3E%3Cscript%3Ealert(1)%3C/script%3Ealarm+for+elderly+people";
    let mut shown = 0;
    let mut check = |path: &str, page: &str| {
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{path}: {page}");
        assert!(!page.contains("\"'><") && !page.contains(">49"), "{path}: {page}");
        shown += page.matches("alert(1)").count();
    };
    for path in [
        "/challenges".to_owned(),
        "/solutions".to_owned(),
        format!("/challenges?q={asked}"),
        format!("/challenges/{need}"),
        format!("/solutions/{offer}"),
        format!("/solutions/{gone}"),
        format!("/organisations/{town}"),
        format!("/organisations/{company}"),
        format!("/challenges/{need}/suggestions"),
        format!("/solutions/{offer}/challenges"),
        format!("/suggestions?need={asked}"),
        format!("/compare?solution={offer}"),
        "/challenges.atom".to_owned(),
    ] {
        check(&path, &instance.anonymous().get(&path).expect(200).text);
    }
    for path in [
        "/my".to_owned(),
        format!("/organisations/{town}/edit"),
        format!("/organisations/{town}/members"),
        format!("/organisations/{town}/audit"),
        format!("/challenges/{need}/edit"),
        format!("/challenges/{need}/close"),
        format!("/challenges/{need}/shortlist"),
        format!("/challenges/new?title={asked}&description={asked}"),
    ] {
        check(&path, &owner.get(&path).expect(200).text);
    }
    for path in ["/operator/reports", "/operator/audit", "/operator/index"] {
        check(path, &operator.get(path).expect(200).text);
    }
    assert!(shown > 40, "what was written is shown, {shown} times");
}
