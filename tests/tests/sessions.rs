//! Web sessions: cookies, forms that are bound to them, and the ways in which somebody could try to get around that.

use std::path::Path;
use std::process::Command;

use innocap_domain::{EmailAddress, Language, ServiceRole};
use innocap_testkit::Instance;

use crate::browser::{Browser, PASSWORD, token_of};

fn instance() -> Instance {
    let instance = Instance::new();
    let address: EmailAddress = "eva@example.org".parse().unwrap();
    let (name, language) = ("Eva".to_owned(), Language::Sv.into());
    let entered = instance.innocap().enter_person(address, name, language, ServiceRole::None, Some(PASSWORD));
    instance.block_on(entered).unwrap();
    instance
}

#[test]
fn somebody_signs_in_on_a_page_sees_their_account_and_signs_out() {
    let instance = instance();
    let mut browser = Browser::new(&instance);
    assert_eq!(browser.get("/account").expect(303).header("location"), Some("/sign-in?next=%2Faccount"));
    let wrong =
        browser.fill("/sign-in", "/sign-in", &[("email", "eva@example.org"), ("password", "wrong wrong wrong")]);
    let wrong = wrong.expect(401).text;
    assert!(wrong.contains("value=\"eva@example.org\"") && !wrong.contains("wrong wrong wrong"), "{wrong}");
    assert_eq!(browser.sign_in("/challenges").expect(303).header("location"), Some("/challenges"));
    let account = browser.get("/account").expect(200);
    assert_eq!(account.header("cache-control"), Some("no-store"));
    assert!(account.text.contains("eva@example.org"));
    let list = browser.get("/solutions").expect(200);
    assert!(list.text.contains("href=\"/my\""));
    assert_eq!(list.header("cache-control"), Some("no-store"));
    assert!(browser.get("/account/data").expect(200).text.contains("eva@example.org"));
    browser.fill("/account/name", "/account/name", &[("name", "Åsa"), ("language", "fi")]).expect(303);
    assert!(browser.get("/account").expect(200).text.contains("Åsa"));
    let before = browser.cookies.clone();
    browser.fill("/account", "/sign-out", &[]).expect(303);
    browser.cookies = before;
    browser.get("/account").expect(303);
}

#[test]
fn a_session_that_was_planted_is_not_the_one_that_is_signed_in() {
    let instance = instance();
    let mut attacker = Browser::new(&instance);
    attacker.get("/sign-in").expect(200);
    let planted = attacker.cookies.clone();
    let mut victim = Browser::new(&instance);
    victim.cookies.clone_from(&planted);
    victim.cookies.push(("innocap-session".to_owned(), "ics_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned()));
    victim.sign_in("/").expect(303);
    let session = victim.value("innocap-session").unwrap().to_owned();
    assert!(session.starts_with("ics_") && !session.contains("AAAAAAAA"));
    attacker.get("/account").expect(303);
    // Signing in again gives another one.
    let mut again = Browser::new(&instance);
    again.sign_in("/").expect(303);
    assert_ne!(again.value("innocap-session"), Some(session.as_str()));
}

#[test]
fn no_form_is_taken_that_was_not_filled_in_on_a_page_of_ours() {
    let instance = instance();
    let mut eva = Browser::new(&instance);
    eva.sign_in("/").expect(303);
    let mut stranger = Browser::new(&instance);
    let foreign = token_of(&stranger.get("/sign-in").expect(200).text);
    let own = token_of(&eva.get("/account").expect(200).text);
    let mut walked = 0;
    for (method, path) in innocap_http::PAGES {
        if *method != "post" {
            continue;
        }
        let path = path.replace("{id}", "x");
        if path.starts_with("/sign-in/passkey") {
            let cookie = eva.cookie();
            for token in ["", &foreign] {
                let headers =
                    [("cookie", cookie.as_str()), ("x-form-token", token), ("content-type", "application/json")];
                instance.anonymous().send("POST", &path, &headers, Some("{}")).expect(403);
            }
            continue;
        }
        for token in ["", &foreign] {
            let answer = eva.send(&path, &[("form_token", token)], &[]);
            // What somebody has written is handed back to them to look at, and is not taken.
            let refused = if path.ends_with("/new") {
                200
            } else if path.ends_with("/edit") {
                404
            } else {
                403
            };
            assert_eq!(answer.status, refused, "{path}: {}", answer.text);
        }
        eva.send(&path, &[("form_token", &own)], &[("sec-fetch-site", "cross-site")]).expect(403);
        eva.send(&path, &[("form_token", &own)], &[("origin", "https://evil.example")]).expect(403);
        walked += 1;
    }
    assert!(walked > 40, "{walked} forms");
    let latest = instance.block_on(instance.innocap().registry().last_change()).unwrap();
    assert_eq!(latest, 0, "nothing was written");
    eva.get("/account").expect(200);
    // The API does not look at cookies.
    let cookie = eva.cookie();
    instance.anonymous().send("GET", "/api/v1/me", &[("cookie", &cookie)], None).expect(401);
}

#[test]
fn nobody_is_sent_to_another_site_after_signing_in() {
    let instance = instance();
    for next in ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"] {
        let mut browser = Browser::new(&instance);
        assert_eq!(browser.sign_in(next).expect(303).header("location"), Some("/account"), "{next}");
        let page = browser.get(&format!("/sign-in?next={}", next.replace('/', "%2F")));
        assert_eq!(page.expect(303).header("location"), Some("/account"), "{next}");
    }
}

#[test]
fn sessions_are_listed_and_ended_by_their_owner() {
    let instance = instance();
    let (mut here, mut there) = (Browser::new(&instance), Browser::new(&instance));
    here.sign_in("/").expect(303);
    there.sign_in("/").expect(303);
    let page = here.get("/account").expect(200).text;
    let id =
        page.split("name=\"id\" value=\"").nth(1).expect("the other session").split('"').next().unwrap().to_owned();
    here.fill("/account", "/account/sessions", &[("id", &id)]).expect(303);
    there.get("/account").expect(303);
    here.get("/account").expect(200);
}

#[test]
fn the_link_in_a_mail_asks_before_it_does_anything() {
    let instance = instance();
    let mut browser = Browser::new(&instance);
    let fields = [("name", "New"), ("email", "new@example.org"), ("password", PASSWORD), ("language", "sv")];
    let page = browser.fill("/sign-up", "/sign-up", &fields).expect(200).text;
    assert!(page.contains("on its way"), "{page}");
    let mails = instance.block_on(instance.innocap().registry().outbox(None, None, 10)).unwrap();
    let text = mails[0].text.as_ref().unwrap().expose().to_owned();
    let code = text.split("code=").nth(1).unwrap().split_whitespace().next().unwrap();
    let address = format!("/confirm?code={code}");
    // A program that looks through mail may follow the link as often as it likes.
    for _ in 0..3 {
        browser.get(&address).expect(200);
    }
    browser.fill(&address, "/confirm", &[("code", code)]).expect(200);
    let again = browser.fill(&address, "/confirm", &[("code", code)]).expect(410).text;
    assert!(again.contains("has ended"), "{again}");
}

#[test]
fn somebody_signs_in_with_a_passkey_in_a_real_browser() {
    let instance = instance();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/account.mjs");
    let base = instance.innocap().public_url().to_owned();
    let output = Command::new("node")
        .arg(script)
        .args([base.as_str(), "eva@example.org", PASSWORD])
        .output()
        .expect("node is there: cargo xtask test installs it");
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert!(told.contains("account walked"), "{told}");
}

#[test]
fn every_page_that_a_mail_leads_to_is_there() {
    for page in innocap_app::LINKED_PAGES {
        assert!(innocap_http::PAGES.contains(&("get", page)), "{page}");
    }
}

#[test]
fn two_pages_opened_at_once_by_a_new_browser_both_take_their_forms() {
    let instance = instance();
    let mut eva = Browser::new(&instance);
    let first = token_of(&eva.get("/sign-in").expect(200).text);
    // The second answer, asked for before the first one's cookie was kept, brings the cookie that stays.
    let mut beside = Browser::new(&instance);
    beside.get("/sign-in").expect(200);
    let fields = [("form_token", first.as_str()), ("email", "eva@example.org"), ("password", PASSWORD), ("next", "/")];
    beside.send("/sign-in", &fields, &[]).expect(403);
    beside.send("/sign-in", &fields, &[("sec-fetch-site", "same-site")]).expect(403);
    beside.send("/sign-in", &fields, &[("sec-fetch-site", "same-origin")]).expect(303);
    // Once somebody is signed in, the token has to be the session's.
    beside.send("/sign-out", &[("form_token", &first)], &[("sec-fetch-site", "same-origin")]).expect(403);
}
