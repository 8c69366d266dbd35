//! Accounts over a socket: signing up and in, tokens, members, moderation; and the attacks that must fail.

use std::net::IpAddr;

use innocap_app::{AppError, Caller, Clock};
use innocap_domain::{EmailAddress, Role, Scope, ServiceRole};
use innocap_testkit::{Answer, Backend, Client, Instance, on_every_backend};
use serde_json::{Value, json};

use crate::support::{alarm_solution, faults};

pub const PASSWORD: &str = "seventeen reindeer on thin ice";
pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The text of the newest mail to an address.
pub fn mail(instance: &Instance, address: &str) -> String {
    let mails = instance.block_on(instance.innocap().registry().outbox(None, None, 100)).unwrap();
    let found = mails.into_iter().find(|mail| mail.recipient.as_str() == address);
    found.and_then(|mail| mail.text).map(|text| text.expose().to_owned()).unwrap_or_default()
}

/// The code of the link in it.
pub fn code(instance: &Instance, address: &str) -> String {
    let text = mail(instance, address);
    let code = text.split("code=").nth(1).unwrap_or_else(|| panic!("no code for {address}: {text}"));
    code.split_whitespace().next().unwrap().to_owned()
}

pub fn sign_up(instance: &Instance, email: &str) -> Answer {
    let body = json!({"email": email, "password": PASSWORD, "name": "Eva", "language": "sv"});
    instance.anonymous().post("/api/v1/accounts", &body)
}

/// Somebody with an account, a confirmed address and a password.
pub fn somebody(instance: &Instance, email: &str) {
    let address: EmailAddress = email.parse().unwrap();
    let (name, language) = ("Eva".to_owned(), innocap_domain::Language::Sv.into());
    let entered = instance.innocap().enter_person(address, name, language, ServiceRole::None, Some(PASSWORD));
    instance.block_on(entered).unwrap();
}

pub fn sign_in(instance: &Instance, email: &str, password: &str) -> Answer {
    instance.anonymous().post("/api/v1/sign-in", &json!({"email": email, "password": password}))
}

pub fn bearer(instance: &Instance, answer: &Answer) -> Client {
    Client::new(instance.url(""), Some(answer.body["access_token"].as_str().unwrap().to_owned()))
}

pub fn token_endpoint(instance: &Instance, form: &str) -> Answer {
    instance.anonymous().send("POST", "/oauth/token", &[FORM], Some(form))
}

#[test]
fn somebody_signs_up_enters_an_organisation_and_is_seen_once_a_moderator_has_looked() {
    on_every_backend(|instance| {
        sign_up(instance, "eva@alarm.example").expect(202);
        let signed_in = sign_in(instance, "eva@alarm.example", PASSWORD).expect(200);
        let eva = bearer(instance, &signed_in);
        let company = json!({"name": "Alarm AB", "kind": "company", "country": "SE"});
        eva.post("/api/v1/organisations", &company).expect(403);
        let confirm = json!({"code": code(instance, "eva@alarm.example")});
        instance.anonymous().post("/api/v1/accounts/confirm", &confirm).expect(204);
        instance.anonymous().post("/api/v1/accounts/confirm", &confirm).expect(410);

        // Nothing in the body makes it verified or public.
        let mut greedy = company.clone();
        greedy["status"] = json!("published");
        greedy["verified"] = json!(true);
        let entered = eva.post("/api/v1/organisations", &greedy).expect(201).body;
        assert_eq!((&entered["status"], &entered["verified"]), (&json!("draft"), &json!(false)));
        let id = entered["id"].as_str().unwrap();
        let address = format!("/api/v1/organisations/{id}");
        instance.anonymous().get(&address).expect(404);
        assert_eq!(eva.get(&address).expect(200).body["in_review"], true);
        eva.send("POST", &format!("{address}/publish"), &[], None).expect(403);
        let listing = eva.post("/api/v1/solutions", &alarm_solution(id)).expect(201).id();
        eva.send("POST", &format!("/api/v1/solutions/{listing}/publish"), &[], None).expect(403);

        let moderator = instance.person("moderator@example.org", ServiceRole::Moderator);
        let decide = |decision: &Value| {
            let waiting = moderator.get("/api/v1/reviews").expect(200).body;
            let review = waiting["items"][0]["id"].as_str().expect("something waits").to_owned();
            moderator.post(&format!("/api/v1/reviews/{review}/decision"), decision)
        };
        decide(&json!({"decision": "refused"})).expect(422);
        decide(&json!({"decision": "approved"})).expect(200);
        assert_eq!(instance.anonymous().get(&address).expect(200).body["verified"], true);
        assert!(mail(instance, "eva@alarm.example").contains(&address[7..]), "{}", mail(instance, "eva@alarm.example"));

        // A draft that nobody has looked at is not shown by way of the archive either.
        let hidden = eva.post("/api/v1/solutions", &alarm_solution(id)).expect(201).id();
        let archive = format!("/api/v1/solutions/{hidden}/archive");
        eva.post(&archive, &json!({"reason": "not needed"})).expect(409);
        instance.anonymous().get(&format!("/api/v1/solutions/{hidden}")).expect(404);
        let waits = eva.send("POST", &format!("/api/v1/solutions/{listing}/publish"), &[], None).expect(202);
        assert_eq!((&waits.body["status"], &waits.body["in_review"]), (&json!("draft"), &json!(true)));
        decide(&json!({"decision": "approved"})).expect(200);
        instance.anonymous().get(&format!("/api/v1/solutions/{listing}")).expect(200);
        let second = eva.post("/api/v1/solutions", &alarm_solution(id)).expect(201).id();
        eva.send("POST", &format!("/api/v1/solutions/{second}/publish"), &[], None).expect(200);

        // Another name is another organisation until somebody has looked.
        eva.patch(&address, &json!({"name": "Stockholms stad"})).expect(200);
        assert_eq!(instance.anonymous().get(&address).expect(200).body["verified"], false);
        eva.patch(&address, &json!({"name": "Once more"})).expect(403);
        let log = eva.get(&format!("{address}/audit")).expect(200).body;
        let actions: Vec<&str> = log["items"].as_array().unwrap().iter().filter_map(|e| e["action"].as_str()).collect();
        assert!(actions.contains(&"organisation.unverify") && actions.contains(&"record.create"), "{actions:?}");
    });
}

#[test]
fn whether_an_address_has_an_account_is_for_nobody_to_learn() {
    let instance = Instance::new();
    somebody(&instance, "eva@example.org");
    let (known, unknown) = (sign_up(&instance, "eva@example.org"), sign_up(&instance, "new@example.org"));
    assert_eq!((known.status, &known.text), (202, &unknown.text));
    assert_eq!(unknown.status, 202);
    assert!(mail(&instance, "eva@example.org").contains("/sign-in"));
    let ask = |email: &str| instance.anonymous().post("/api/v1/accounts/reset", &json!({"email": email}));
    let (known, unknown) = (ask("eva@example.org"), ask("nobody@example.org"));
    assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
    let wrong = sign_in(&instance, "eva@example.org", "another password entirely").expect(401);
    let nobody = sign_in(&instance, "nobody@example.org", "another password entirely").expect(401);
    assert_eq!(wrong.text, nobody.text);
}

#[test]
fn a_document_brings_no_role_and_a_mail_no_header() {
    let instance = Instance::new();
    let with = |extra: Value| {
        let mut body = json!({"email": "eva@example.org", "password": PASSWORD, "name": "Eva", "language": "sv"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        instance.anonymous().post("/api/v1/accounts", &body)
    };
    for extra in [json!({"service_role": "operator"}), json!({"email_confirmed": true}), json!({"id": "1"})] {
        with(extra).expect(422);
    }
    with(json!({"email": "eva@example.org\r\nBcc: all@example.org"})).expect(422);
    with(json!({"name": "Eva\r\nBcc: all@example.org"})).expect(422);
    let refused = with(json!({"password": "short"})).expect(422);
    assert_eq!(faults(&refused.body), [("/password", "too_short")]);
    with(json!({"password": "passwordpassword"})).expect(422);
    let eva = instance.person("eva@example.org", ServiceRole::None);
    eva.patch("/api/v1/me", &json!({"service_role": "operator"})).expect(422);
    eva.patch("/api/v1/me", &json!({"email": "other@example.org"})).expect(422);
    assert_eq!(eva.patch("/api/v1/me", &json!({"name": "Åsa"})).expect(200).body["name"], "Åsa");
}

#[test]
fn an_invitation_is_for_one_address_and_for_one_time() {
    on_every_backend(|instance| {
        let company = instance.organisation("Alarm AB", "company", "SE");
        let inside = format!("/api/v1/organisations/{company}");
        let owner = instance.member(&company);
        let invitation = json!({"email": "eva@example.org", "role": "editor"});
        owner.post(&format!("{inside}/invitations"), &invitation).expect(201);
        let accept = json!({"code": code(instance, "eva@example.org")});
        let (eva, other) = (
            instance.person("eva@example.org", ServiceRole::None),
            instance.person("o@example.org", ServiceRole::None),
        );
        other.post("/api/v1/me/invitations", &accept).expect(410);
        eva.get(&format!("{inside}/members")).expect(404);
        assert_eq!(eva.post("/api/v1/me/invitations", &accept).expect(200).body["role"], "editor");
        eva.get(&format!("{inside}/members")).expect(200);
        eva.post("/api/v1/me/invitations", &accept).expect(410);
        eva.post(&format!("{inside}/invitations"), &invitation).expect(403);

        // Who is removed has nothing left, whatever their token says.
        let id = instance.person_id("eva@example.org", ServiceRole::None);
        owner.send("DELETE", &format!("{inside}/members/{id}"), &[], None).expect(204);
        eva.get(&format!("{inside}/members")).expect(404);
        let email = format!("owner@{company}.example.org");
        let own = instance.person_id(&email, ServiceRole::None);
        owner.send("DELETE", &format!("{inside}/members/{own}"), &[], None).expect(409);
        owner.patch(&format!("{inside}/members/{own}"), &json!({"role": "viewer"})).expect(409);
    });
}

#[test]
fn what_belongs_to_another_organisation_is_not_there() {
    let instance = Instance::new();
    let (own, other) = (instance.organisation("Own", "company", "SE"), instance.organisation("Other", "company", "SE"));
    let (mine, theirs) = (instance.member(&own), instance.member(&other));
    let client = json!({"name": "x", "scopes": ["solutions:read"]});
    let client = theirs.post(&format!("/api/v1/organisations/{other}/clients"), &client).expect(201).id();
    let invitation = json!({"email": "i@example.org", "role": "viewer"});
    let invitation = theirs.post(&format!("/api/v1/organisations/{other}/invitations"), &invitation).expect(201).id();
    let person = instance.person_id(&format!("owner@{other}.example.org"), ServiceRole::None);
    for organisation in [&own, &other] {
        let inside = format!("/api/v1/organisations/{organisation}");
        let delete = |path: String| mine.send("DELETE", &path, &[], None).expect(404);
        delete(format!("{inside}/clients/{client}"));
        delete(format!("{inside}/invitations/{invitation}"));
        delete(format!("{inside}/members/{person}"));
        mine.send("POST", &format!("{inside}/clients/{client}/secret"), &[], None).expect(404);
        mine.patch(&format!("{inside}/members/{person}"), &json!({"role": "viewer"})).expect(404);
    }
    mine.get(&format!("/api/v1/organisations/{other}/audit")).expect(404);
    somebody(&instance, "eva@example.org");
    let eva = bearer(&instance, &sign_in(&instance, "eva@example.org", PASSWORD).expect(200));
    let session = eva.get("/api/v1/me/sessions").expect(200).body["items"][0]["id"].as_str().unwrap().to_owned();
    mine.send("DELETE", &format!("/api/v1/me/sessions/{session}"), &[], None).expect(404);
    eva.send("DELETE", &format!("/api/v1/me/sessions/{session}"), &[], None).expect(204);
    eva.get("/api/v1/me").expect(401);
}

#[test]
fn a_new_password_by_mail_ends_what_was_signed_in_by_the_old_one() {
    let instance = Instance::new();
    somebody(&instance, "eva@example.org");
    let eva = bearer(&instance, &sign_in(&instance, "eva@example.org", PASSWORD).expect(200));
    instance.anonymous().post("/api/v1/accounts/reset", &json!({"email": "eva@example.org"})).expect(202);
    let started = std::time::Instant::now();
    while !mail(&instance, "eva@example.org").contains("code=") {
        assert!(started.elapsed().as_secs() < 20, "no mail came");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let code = code(&instance, "eva@example.org");
    let set = |password: &str| {
        instance.anonymous().post("/api/v1/accounts/reset/confirm", &json!({"code": code, "password": password}))
    };
    set("short").expect(422);
    set("eighteen lakes in the morning").expect(204);
    set("eighteen lakes in the evening").expect(410);
    eva.get("/api/v1/me").expect(401);
    sign_in(&instance, "eva@example.org", PASSWORD).expect(401);
    sign_in(&instance, "eva@example.org", "eighteen lakes in the morning").expect(200);
}

#[test]
fn strangers_are_slowed_down_and_lock_nobody_out() {
    // The clock stands: what is refused does not depend on how long ten thousand attempts take.
    let instance = Instance::at(Clock::standing_at(Clock::system().now()), Backend::Sqlite, &[]).unwrap();
    somebody(&instance, "eva@example.org");
    let innocap = instance.innocap();
    let from = |address: &str| Caller::anonymous(Some(address.parse::<IpAddr>().unwrap()));
    let attempt = |address: &str, password: &str| {
        let document = json!({"email": "eva@example.org", "password": password});
        instance.block_on(innocap.sign_in(&from(address), &document))
    };
    attempt("192.0.2.1", PASSWORD).expect("Eva signs in at home");
    let mut refused = 0;
    for _ in 0..10_000 {
        match attempt("198.51.100.7", "not the password of Eva") {
            Err(AppError::WrongCredentials) => {}
            Err(AppError::TooMany { seconds }) => {
                assert!(seconds > 0);
                refused += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(refused > 9_900, "{refused} of 10,000 were refused unseen");
    attempt("192.0.2.1", PASSWORD).expect("Eva still signs in at home");
    assert!(
        matches!(attempt("203.0.113.9", PASSWORD), Err(AppError::TooMany { .. })),
        "a stranger waits elsewhere too"
    );
}

#[test]
fn a_password_of_a_megabyte_is_refused_unhashed() {
    let instance = Instance::new();
    somebody(&instance, "eva@example.org");
    sign_in(&instance, "eva@example.org", &"a".repeat(1_000_000)).expect(413);
    sign_in(&instance, "eva@example.org", &"a".repeat(10_000)).expect(401);
    let long = json!({"email": "x@example.org", "password": "a".repeat(10_000), "name": "X", "language": "sv"});
    assert_eq!(
        faults(&instance.anonymous().post("/api/v1/accounts", &long).expect(422).body),
        [("/password", "too_long")]
    );
}

#[test]
fn what_is_suspended_is_seen_by_its_organisation_alone_and_comes_back() {
    on_every_backend(|instance| {
        let company = instance.organisation("Alarm AB", "company", "SE");
        let id = instance.published("solutions", &alarm_solution(&company));
        let (owner, anonymous) = (instance.member(&company), instance.anonymous());
        let moderator = instance.person("moderator@example.org", ServiceRole::Moderator);
        let address = format!("/api/v1/solutions/{id}");
        anonymous.post(&format!("{address}/reports"), &json!({"reason": "other"})).expect(422);
        anonymous
            .post(&format!("{address}/reports"), &json!({"reason": "misleading", "note": "It is a toy."}))
            .expect(204);
        assert_eq!(moderator.get("/api/v1/reports").expect(200).body["items"][0]["note"], "It is a toy.");
        moderator.post(&format!("{address}/suspend"), &json!({})).expect(422);
        let why = json!({"reason": "It is a toy."});
        moderator.post(&format!("{address}/suspend"), &why).expect(204);
        instance.indexed();
        anonymous.get(&address).expect(404);
        assert_eq!(anonymous.get("/api/v1/solutions").expect(200).body["total"], 0);
        assert_eq!(anonymous.get("/api/v1/solutions?q=alarm").expect(200).body["total"], 0);
        let asked = json!({"text": "safety alarm for elderly people at home"});
        assert_eq!(anonymous.post("/api/v1/suggestions", &asked).expect(200).body["suggestions"], json!([]));
        assert_eq!(owner.get(&address).expect(200).body["suspended"]["reason"], "It is a toy.");
        assert!(mail(instance, &format!("owner@{company}.example.org")).contains("> It is a toy."));
        owner.send("POST", &format!("{address}/publish"), &[], None).expect(403);
        owner.post(&format!("{address}/restore"), &why).expect(403);
        moderator.post(&format!("{address}/restore"), &why).expect(204);
        instance.indexed();
        anonymous.get(&address).expect(200);

        let organisation = format!("/api/v1/organisations/{company}");
        moderator.post(&format!("{organisation}/suspend"), &why).expect(204);
        instance.indexed();
        anonymous.get(&address).expect(404);
        anonymous.get(&organisation).expect(404);
        assert_eq!(anonymous.post("/api/v1/suggestions", &asked).expect(200).body["suggestions"], json!([]));
        owner.post("/api/v1/solutions", &alarm_solution(&company)).expect(403);
        moderator.post(&format!("{organisation}/restore"), &why).expect(204);
        instance.indexed();
        anonymous.get(&address).expect(200);
    });
}

#[test]
fn a_person_takes_everything_away_and_leaves_and_the_log_still_holds() {
    on_every_backend(|instance| {
        somebody(instance, "eva@example.org");
        let eva = bearer(instance, &sign_in(instance, "eva@example.org", PASSWORD).expect(200));
        let data = eva.get("/api/v1/me/data").expect(200);
        assert!(data.text.contains("eva@example.org") && !data.text.contains("argon2"), "{}", data.text);
        eva.post("/api/v1/me/erase", &json!({"password": "not this one at all"})).expect(401);
        eva.post("/api/v1/me/erase", &json!({"password": PASSWORD})).expect(204);
        eva.get("/api/v1/me").expect(401);
        sign_in(instance, "eva@example.org", PASSWORD).expect(401);
        let check = instance.block_on(instance.innocap().verify_audit()).unwrap();
        assert_eq!(check.first_broken, None);
        let log = instance.operator().get("/api/v1/audit?limit=100").expect(200);
        assert!(log.text.contains("person.erase") && !log.text.contains("eva@example.org"), "{}", log.text);
    });
}

#[test]
fn a_sole_traders_number_is_seen_inside_the_organisation_only() {
    let instance = Instance::new();
    let body = json!({"name": "Eva Bygg", "kind": "company", "country": "SE", "number": {"scheme": "SE-ON", "value": "811218-9876"}});
    let id = instance.operator().post("/api/v1/organisations", &body).expect(201).id();
    let address = format!("/api/v1/organisations/{id}");
    assert!(instance.anonymous().get(&address).expect(200).body.get("number").is_none());
    assert!(!instance.anonymous().get("/api/v1/organisations").expect(200).text.contains("9876"));
    assert!(!instance.anonymous().get(&format!("/organisations/{id}")).expect(200).text.contains("9876"));
    let read = instance.member(&id).get(&address).expect(200).body;
    assert_eq!(read["number"]["scheme"], "SE-ON");
    instance.member(&id).put(&address, &read).expect(200);
    assert!(instance.api_client(&id, &[Scope::WebhooksManage]).get(&address).expect(200).body.get("number").is_none());
    assert!(
        instance.api_client(&id, &[Scope::OrganisationsRead]).get(&address).expect(200).body.get("number").is_some()
    );
    let wrong = json!({"name": "X", "kind": "company", "number": {"scheme": "SE-ON", "value": "811218-9875"}});
    assert_eq!(
        faults(&instance.operator().post("/api/v1/organisations", &wrong).expect(422).body)[0].0,
        "/number/value"
    );
}

#[test]
fn an_owner_with_an_address_at_the_organisations_domain_verifies_it() {
    let instance = Instance::new();
    let eva = instance.person("eva@alarm.example", ServiceRole::None);
    let company = json!({"name": "Alarm AB", "kind": "company", "website": "https://www.alarm.example/om"});
    let id = eva.post("/api/v1/organisations", &company).expect(201).id();
    eva.send("POST", &format!("/api/v1/organisations/{id}/domain"), &[], None).expect(204);
    assert_eq!(instance.anonymous().get(&format!("/api/v1/organisations/{id}")).expect(200).body["verified"], true);
    let other = json!({"name": "Another AB", "kind": "company", "website": "https://notalarm.example"});
    let id = eva.post("/api/v1/organisations", &other).expect(201).id();
    eva.send("POST", &format!("/api/v1/organisations/{id}/domain"), &[], None).expect(409);
}

#[test]
fn the_demos_accounts_are_refused_outside_the_demo() {
    let instance = Instance::new();
    let email = format!("operator@{}", innocap_app::DEMO_DOMAIN);
    let (address, language) = (email.parse().unwrap(), innocap_domain::Language::En.into());
    let entered = instance.innocap().enter_person(
        address,
        "Operator".to_owned(),
        language,
        ServiceRole::Operator,
        Some(PASSWORD),
    );
    let person = instance.block_on(entered).unwrap().0;
    sign_in(&instance, &email, PASSWORD).expect(403);
    let token = instance.token(innocap_access::Subject::Person(person.id));
    Client::new(instance.url(""), Some(token)).get("/api/v1/me").expect(401);
    assert!(instance.block_on(instance.innocap().open_demo()).is_err());
}

#[test]
fn mail_waits_in_the_outbox_with_its_text_where_none_can_be_sent() {
    let instance = Instance::new();
    sign_up(&instance, "eva@example.org").expect(202);
    let operator = instance.operator();
    let outbox = operator.get("/api/v1/outbox").expect(200).body;
    let waiting = &outbox["items"][0];
    assert_eq!((&waiting["template"], &waiting["state"]), (&json!("confirm-address"), &json!("queued")));
    assert!(waiting["text"].as_str().unwrap().contains("/confirm?code="));
    let id = waiting["id"].as_str().unwrap();
    operator.send("DELETE", &format!("/api/v1/outbox/{id}"), &[], None).expect(204);
    instance.person("m@example.org", ServiceRole::Moderator).get("/api/v1/outbox").expect(403);
    let scopes: Vec<Scope> = Scope::ALL.to_vec();
    let organisation = instance.organisation("Own", "company", "SE");
    instance.api_client(&organisation, &scopes).get("/api/v1/outbox").expect(403);
    instance.member_as(&organisation, "v@example.org", Role::Viewer).get("/api/v1/outbox").expect(403);
}

#[test]
fn nobody_decides_about_a_report_on_their_own_organisation() {
    let instance = Instance::new();
    let company = instance.organisation("Alarm AB", "company", "SE");
    let solution = instance.published("solutions", &alarm_solution(&company));
    instance.reported(solution.parse().unwrap(), &json!({"reason": "spam"}));
    instance.person_id("partial@example.org", ServiceRole::Moderator);
    let partial = instance.member_as(&company, "partial@example.org", Role::Viewer);
    let report =
        instance.operator().get("/api/v1/reports").expect(200).body["items"][0]["id"].as_str().unwrap().to_owned();
    let decide =
        |client: &Client| client.post(&format!("/api/v1/reports/{report}/decision"), &json!({"outcome": "dismissed"}));
    decide(&partial).expect(403);
    let other = instance.person("moderator@example.org", ServiceRole::Moderator);
    decide(&other).expect(200);
    decide(&other).expect(404);
}
