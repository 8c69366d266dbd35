//! The service beside its neighbours: mail by a real SMTP server, signing in at a real OpenID provider.

use innocap_domain::{EmailAddress, Language, ServiceRole};
use innocap_neighbours::{Callback, OidcProvider, SmtpServer, SmtpTls};
use innocap_testkit::{Answer, Instance, free_port};
use serde_json::json;

use crate::browser::{Browser, PASSWORD, encode};

#[test]
fn a_mail_goes_out_by_smtp_and_only_its_name_stays() {
    let server = SmtpServer::start(SmtpTls::Implicit, Some(("innocap", "correct horse")));
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority.pem");
    std::fs::write(&authority, server.authority()).unwrap();
    let instance = Instance::with(
        free_port(),
        &[
            "--mail-host=localhost".to_owned(),
            format!("--mail-port={}", server.port()),
            format!("--mail-authority={}", authority.display()),
            "--mail-user=innocap".to_owned(),
            "--mail-password=correct horse".to_owned(),
            "--mail-from=no-reply@innocap.example".to_owned(),
        ],
    );
    let body = json!({"email": "eva@example.org", "password": PASSWORD, "name": "Eva Öberg", "language": "sv"});
    instance.anonymous().post("/api/v1/accounts", &body).expect(202);
    let received = server.receive();
    assert!(received.encrypted);
    assert_eq!(
        (received.from.as_str(), received.to.as_slice()),
        ("no-reply@innocap.example", &["eva@example.org".to_owned()][..])
    );
    assert!(received.data.contains("Content-Language: sv") && received.data.contains("text/html"), "{}", received.data);
    let started = std::time::Instant::now();
    let sent = loop {
        let outbox = instance.operator().get("/api/v1/outbox?state=sent").expect(200).body;
        if let Some(mail) = outbox["items"].as_array().and_then(|items| items.first()) {
            break mail.clone();
        }
        assert!(started.elapsed().as_secs() < 20, "the mail is not marked as sent");
        std::thread::sleep(std::time::Duration::from_millis(50));
    };
    assert_eq!(sent["template"], "confirm-address");
    assert!(sent.get("text").is_none());
    let kept = instance.block_on(instance.innocap().registry().outbox(None, None, 10)).unwrap();
    assert!(kept[0].text.is_none() && kept[0].html.is_none() && kept[0].subject.is_none());
}

/// An instance whose people may sign in at a provider, and the provider.
fn with_provider() -> (Instance, OidcProvider, tempfile::TempDir) {
    let port = free_port();
    let provider = OidcProvider::start(&[&format!("http://localhost:{port}/sign-in/callback")]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("providers.toml");
    let text = format!(
        "[[issuer]]\nid = \"town\"\nname = \"Exempelby\"\nissuer = \"{}\"\nclient_id = \"ES256\"\n\
         client_secret = \"ES256-secret\"\nallow_private = true\n",
        provider.issuer()
    );
    std::fs::write(&file, text).unwrap();
    (Instance::with(port, &[format!("--oidc-file={}", file.display())]), provider, folder)
}

/// The address that a browser comes back to.
fn back(callback: &Callback) -> String {
    let fields = serde_json::to_value(callback).unwrap();
    let pairs = fields.as_object().unwrap().iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
    let query: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", encode(value))).collect();
    format!("/sign-in/callback?{}", query.join("&"))
}

/// Sets out to the provider and does what is asked there; the address to come back to.
fn away(browser: &mut Browser<'_>, provider: &OidcProvider, page: &str, login: &str) -> String {
    let answer: Answer = browser.fill(page, "/sign-in/provider/town", &[]).expect(303);
    let address = answer.header("location").unwrap().parse().unwrap();
    back(&provider.sign_in(&address, login))
}

#[test]
fn somebody_signs_in_at_their_own_directory_and_nobody_with_what_they_brought_back() {
    let (instance, provider, _folder) = with_provider();
    let mut eva = Browser::new(&instance);
    assert!(eva.get("/sign-in").expect(200).text.contains("Sign in with Exempelby"));
    let address = away(&mut eva, &provider, "/sign-in", "eva");
    // Who steals the way back has not set out: the browser that did keeps a cookie.
    let mut thief = Browser::new(&instance);
    thief.get(&address).expect(410);
    assert_eq!(eva.get(&address).expect(303).header("location"), Some("/account"));
    let page = eva.get("/account").expect(200).text;
    assert!(page.contains("eva@example.org") && page.contains("eva Öberg"), "{page}");
    // It is good for once, in whichever browser.
    let mut again = Browser::new(&instance);
    again.cookies.clone_from(&eva.cookies);
    again.cookies.retain(|(name, _)| name != "innocap-session");
    again.get(&address).expect(410);
    // The way there keeps the language that an address asks for.
    let page = Browser::new(&instance).get("/sign-in?lang=sv").expect(200).text;
    assert!(page.contains("action=\"/sign-in/provider/town?lang=sv\""), "{page}");
    // A second sign-in finds the same account.
    let mut later = Browser::new(&instance);
    let address = away(&mut later, &provider, "/sign-in", "eva");
    later.get(&address).expect(303);
    assert_eq!(
        instance.operator().get("/api/v1/people?email=eva%40example.org").expect(200).body["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_provider_that_names_somebody_elses_address_gets_nowhere_until_they_link_it() {
    let (instance, provider, _folder) = with_provider();
    let address: EmailAddress = "eva@example.org".parse().unwrap();
    let (name, language) = ("Eva".to_owned(), Language::Sv.into());
    let entered = instance.innocap().enter_person(address, name, language, ServiceRole::Operator, Some(PASSWORD));
    instance.block_on(entered).unwrap();
    let mut stranger = Browser::new(&instance);
    let way = away(&mut stranger, &provider, "/sign-in", "eva");
    let told = stranger.get(&way).expect(409).text;
    assert!(told.contains("link the identity provider"), "{told}");
    stranger.get("/account").expect(303);

    let mut eva = Browser::new(&instance);
    eva.sign_in("/").expect(303);
    let way = away(&mut eva, &provider, "/account", "eva");
    assert_eq!(eva.get(&way).expect(303).header("location"), Some("/account?done=saved"));
    let mut later = Browser::new(&instance);
    let way = away(&mut later, &provider, "/sign-in", "eva");
    later.get(&way).expect(303);
    assert!(later.get("/account").expect(200).text.contains(provider.issuer()));
}

#[test]
fn a_provider_that_tells_another_story_is_not_believed() {
    let (instance, provider, _folder) = with_provider();
    for story in [
        json!({"claims": {"nonce": "another"}}),
        json!({"claims": {"aud": "another"}}),
        json!({"claims": {"iss": "https://another.example"}}),
    ] {
        let mut eva = Browser::new(&instance);
        provider.bend_id_token(&story);
        let way = away(&mut eva, &provider, "/sign-in", "eva");
        eva.get(&way).expect(401);
        eva.get("/account").expect(303);
    }
}
