//! Every page there is, in a real browser: for everyone, for members of an organisation, for moderators and the operator;
//! and what a form answers that was filled in wrongly.

use std::path::Path;
use std::process::Command;

use innocap_domain::{Role, ServiceRole};
use innocap_testkit::Instance;
use serde_json::{Value, json};

use crate::browser::PASSWORD;
use crate::desks::enter;
use crate::support::{alarm_challenge, alarm_solution, snow_solution};

/// Addresses at which there is no page for people to look at: programs, scripts, files, and what only sends on.
const NOT_PAGES: [&str; 12] = [
    "/integrators.md",
    "/sign-in/callback",
    "/account/data",
    "/passkeys.js",
    "/writing.js",
    "/icon.svg",
    "/challenges/{id}/shortlist.csv",
    "/challenges/{id}/shortlist.json",
    "/robots.txt",
    "/sitemap.xml",
    "/challenges.atom",
    "/solutions.atom",
];

/// An instance in which there is something on every page, and the addresses of the pages with who may open them.
struct Scene {
    instance: Instance,
    pages: Vec<Value>,
}

impl Scene {
    fn new() -> Self {
        let instance = Instance::new();
        let municipality = instance.organisation("Vadsø kommune", "public-body", "NO");
        let company = instance.organisation("Alarm AB", "company", "SE");
        let operator = instance.operator();
        let functional = json!({"contact": "postmottak@vadso.example", "website": "https://vadso.example"});
        operator.patch(&format!("/api/v1/organisations/{municipality}"), &functional).expect(200);
        let mut alarm = alarm_solution(&company);
        alarm["deployments"][0]["organisation"] = "Vadsø kommune".into();
        alarm["deployments"][0]["country"] = "NO".into();
        alarm["deployments"][0]["region"] = "NO073".into();
        let alarm = instance.published("solutions", &alarm);
        let snow = instance.published("solutions", &snow_solution(&company));
        let mut need = alarm_challenge(&municipality);
        need["region"] = "NO073".into();
        need["deadline"] = "2030-01-31".into();
        need["wants"] = json!({"works_offline": true, "languages": ["nb"]});
        let need = instance.published("challenges", &need);
        instance.published("challenges", &alarm_challenge(&instance.organisation("Inari", "public-body", "FI")));
        let ended = instance.published("challenges", &alarm_challenge(&municipality));
        let outcome = json!({"outcome": "adopted", "reason": "Taken into use in 2026."});
        operator.post(&format!("/api/v1/challenges/{ended}/close"), &outcome).expect(200);
        let gone = instance.published("solutions", &alarm_solution(&company));
        let why = json!({"reason": "No longer offered."});
        operator.post(&format!("/api/v1/solutions/{gone}/archive"), &why).expect(200);
        let draft = operator.post("/api/v1/challenges", &alarm_challenge(&municipality)).expect(201).id();
        let sketch = operator.post("/api/v1/solutions", &snow_solution(&municipality)).expect(201).id();
        let listed = format!("/api/v1/challenges/{need}/shortlist/{alarm}");
        operator.put(&listed, &json!({"note": "Ask what it costs."})).expect(200);
        enter(&instance, "op@example.org", ServiceRole::Operator, None);
        enter(&instance, "owner@example.org", ServiceRole::None, Some((&municipality, Role::Owner)));
        enter(&instance, "nobody@example.org", ServiceRole::None, None);
        // Something waits on each of the operator's desks.
        let founder = instance.person("founder@example.org", ServiceRole::None);
        founder.post("/api/v1/organisations", &json!({"name": "New AB", "kind": "company"})).expect(201);
        instance.reported(snow.parse().unwrap(), &json!({"reason": "spam", "note": "Nothing but words."}));
        let inside = format!("/api/v1/organisations/{municipality}");
        let owner = instance.member_as(&municipality, "second@example.org", Role::Owner);
        let invited = json!({"email": "invited@example.org", "role": "viewer"});
        owner.post(&format!("{inside}/invitations"), &invited).expect(201);
        let client = json!({"name": "case system", "scopes": ["challenges:read"]});
        owner.post(&format!("{inside}/clients"), &client).expect(201);
        let hook = json!({"address": "https://hooks.vadso.example/innocap", "events": ["challenge.published"]});
        let hook = owner.post(&format!("{inside}/webhooks"), &hook).expect(201).id();
        let mut scene = Self { instance, pages: Vec::new() };
        scene.open_to_everyone(&[&need, &ended, &alarm, &gone, &municipality, &company]);
        scene.of_a_member([&municipality, &need, &draft, &alarm, &sketch]);
        let hooks = format!("/organisations/{municipality}/webhooks");
        scene.page(&hooks, Some("owner"), 200);
        scene.page(&format!("{hooks}/{hook}/deliveries"), Some("owner"), 200);
        for desk in
            ["", "/reviews", "/reviews?state=decided", "/reports", "/people", "/outbox", "/index", "/sources", "/audit"]
        {
            scene.page(&format!("/operator{desk}"), Some("operator"), 200);
        }
        scene
    }

    fn page(&mut self, path: &str, who: Option<&str>, status: u16) {
        let mut page = json!({"path": path, "status": status});
        if let Some(who) = who {
            page["as"] = who.into();
        }
        self.pages.push(page);
    }

    /// A page whose form is sent as it stands, which is refused.
    fn refused(&mut self, path: &str, who: Option<&str>, button: &str, status: u16) {
        self.page(path, who, status);
        if let Some(page) = self.pages.last_mut() {
            page["submit"] = button.into();
        }
    }

    fn open_to_everyone(&mut self, [need, ended, alarm, gone, municipality, company]: &[&str; 6]) {
        for path in [
            "/",
            "/api/v1/docs",
            "/suggestions",
            "/suggestions?need=alarm+for+elderly+people+at+home&country=NO",
            "/suggestions?need=",
            "/challenges",
            "/challenges?sort=deadline&language=nb",
            "/challenges?q=nothing+of+the+sort",
            "/solutions",
            "/picture",
            "/ranking",
            "/accessibility",
            "/privacy",
            "/sign-in",
            "/sign-up",
            "/forgot",
            "/confirm?code=x",
            "/confirm-address?code=x",
            "/reset?code=x",
            "/compare",
            &format!("/compare?solution={alarm}&solution={gone}"),
            &format!("/challenges/{need}"),
            &format!("/challenges/{ended}"),
            &format!("/challenges/{need}/suggestions"),
            &format!("/challenges/{need}/report"),
            &format!("/solutions/{alarm}"),
            &format!("/solutions/{gone}"),
            &format!("/solutions/{alarm}/challenges"),
            &format!("/solutions/{alarm}/report"),
            &format!("/organisations/{municipality}"),
            &format!("/organisations/{company}"),
            &format!("/organisations/{company}/report"),
        ] {
            self.page(path, None, 200);
        }
        self.page("/invitation?code=x", None, 410);
        self.page("/nothing", None, 404);
        self.page("/challenges?function=nonsense", None, 400);
        self.refused("/sign-in", None, "form.form button", 422);
        self.refused("/sign-up", None, "form.form button", 422);
        self.refused("/forgot", None, "form.form button", 422);
    }

    fn of_a_member(&mut self, [municipality, need, draft, alarm, sketch]: [&str; 5]) {
        let inside = format!("/organisations/{municipality}");
        for path in [
            "/my",
            "/account",
            "/account/name",
            "/account/password",
            "/account/address",
            "/account/erase",
            "/challenges/new",
            "/solutions/new",
            "/solutions/new?kind=expertise",
            "/organisations/new",
            &format!("{inside}/edit"),
            &format!("{inside}/members"),
            &format!("{inside}/clients"),
            &format!("{inside}/standing"),
            &format!("{inside}/audit"),
            &format!("/challenges/{draft}"),
            &format!("/challenges/{draft}/edit"),
            &format!("/challenges/{draft}/publish"),
            &format!("/challenges/{need}"),
            &format!("/challenges/{need}/edit"),
            &format!("/challenges/{need}/suggestions"),
            &format!("/challenges/{need}/shortlist"),
            &format!("/challenges/{need}/dialogue"),
            &format!("/challenges/{need}/close"),
            &format!("/challenges/{need}/archive"),
            &format!("/solutions/{sketch}/edit"),
            &format!("/solutions/{sketch}/publish"),
            &format!("/solutions/{sketch}/archive"),
            &format!("/solutions/{sketch}/renew"),
            &format!("/compare?challenge={need}&solution={alarm}"),
        ] {
            self.page(path, Some("owner"), 200);
        }
        self.page("/operator", Some("owner"), 403);
        self.page("/my", Some("nobody"), 200);
        self.page("/challenges/new", Some("nobody"), 200);
        self.refused("/challenges/new", Some("owner"), "button[value=publish]", 422);
        self.refused("/solutions/new", Some("owner"), "button[value=save]", 422);
        self.refused("/organisations/new", Some("owner"), "button[value=save]", 422);
        self.refused("/account/password", Some("owner"), "form.form button", 422);
        self.refused(&format!("{inside}/members"), Some("owner"), "form:has(input[type=email]) button", 422);
        self.refused(&format!("/challenges/{need}/archive"), Some("owner"), "form.form button", 422);
    }
}

/// Whether a path is one of a route's.
fn is_of(path: &str, route: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let (given, wanted): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), route.split('/').collect());
    given.len() == wanted.len()
        && given.iter().zip(&wanted).all(|(given, wanted)| given == wanted || wanted.starts_with('{'))
}

#[test]
fn every_page_is_accessible_in_a_real_browser_in_both_themes_three_languages_and_without_javascript() {
    let scene = Scene::new();
    let routes = innocap_http::PAGES.iter().filter(|(method, _)| *method == "get").map(|(_, route)| *route);
    let shown = |route: &str| scene.pages.iter().any(|page| is_of(page["path"].as_str().unwrap(), route));
    let missing: Vec<&str> = routes
        .filter(|route| !NOT_PAGES.contains(route) && !route.starts_with("/sitemap/"))
        .filter(|route| !shown(route))
        .collect();
    assert!(missing.is_empty(), "nobody looks at {missing:?}");
    // What remains of it as plain files, read without a server.
    let folder = scene.instance.data_dir().join("archive");
    scene.instance.block_on(innocap_http::archive::write(scene.instance.innocap(), &folder, "fi")).unwrap();
    let account = |who: &str| json!({"email": format!("{who}@example.org"), "password": PASSWORD});
    let told = json!({
        "base": scene.instance.url(""),
        "accounts": {"owner": account("owner"), "operator": account("op"), "nobody": account("nobody")},
        "pages": scene.pages,
        "archive": folder,
    });
    let file = scene.instance.data_dir().join("pages.json");
    std::fs::write(&file, told.to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/pages.mjs");
    let output = Command::new("node").arg(script).arg(file).output();
    let output = output.expect("node is there: cargo xtask test installs it");
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert!(told.contains("pages checked"), "{told}");
}
