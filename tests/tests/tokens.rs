//! Tokens over a socket: refreshed, revoked, of programs, of keys that rotate; and those that somebody has made up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use innocap_access::{KeySet, SigningKey, Subject, Tokens};
use innocap_domain::EmailAddress;
use innocap_testkit::{Client, Instance, on_every_backend};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::accounts::{FORM, PASSWORD, bearer, mail, sign_in, somebody, token_endpoint};
use crate::support::alarm_solution;

#[test]
fn a_refresh_token_is_used_once_and_its_second_use_ends_everything_of_that_sign_in() {
    on_every_backend(|instance| {
        somebody(instance, "eva@example.org");
        let signed_in = sign_in(instance, "eva@example.org", PASSWORD).expect(200);
        let first = signed_in.body["refresh_token"].as_str().unwrap().to_owned();
        let refresh =
            |token: &str| token_endpoint(instance, &format!("grant_type=refresh_token&refresh_token={token}"));
        let second = refresh(&first).expect(200);
        let eva = bearer(instance, &second);
        eva.get("/api/v1/me").expect(200);
        assert_eq!(refresh(&first).expect(400).body["error"], "invalid_grant");
        eva.get("/api/v1/me").expect(401);
        let stolen = second.body["refresh_token"].as_str().unwrap();
        assert_eq!(refresh(stolen).expect(400).body["error"], "invalid_grant");
        assert!(mail(instance, "eva@example.org").contains("/account"));
        assert_eq!(refresh("icr_nonsense").expect(400).body["error"], "invalid_grant");
    });
}

#[test]
fn a_program_gets_tokens_by_its_secret_for_the_scopes_it_has() {
    on_every_backend(|instance| {
        let company = instance.organisation("Alarm AB", "company", "SE");
        let owner = instance.member(&company);
        let clients = format!("/api/v1/organisations/{company}/clients");
        let scopes = json!({"name": "case system", "scopes": ["solutions:read", "solutions:write"]});
        let made = owner.post(&clients, &scopes).expect(201).body;
        let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
        assert!(!owner.get(&clients).expect(200).text.contains(secret));
        let ask = |rest: &str| token_endpoint(instance, &format!("grant_type=client_credentials{rest}"));
        let proof = format!("&client_id={id}&client_secret={secret}");
        let token = ask(&proof).expect(200);
        assert_eq!(token.header("cache-control"), Some("no-store"));
        assert_eq!(token.body["scope"], "solutions:read solutions:write");
        let program = bearer(instance, &token);
        program.post("/api/v1/solutions", &alarm_solution(&company)).expect(201);
        let reader = bearer(instance, &ask(&format!("{proof}&scope=solutions%3Aread")).expect(200));
        let refused = reader.post("/api/v1/solutions", &alarm_solution(&company)).expect(403);
        assert_eq!(refused.body["code"], "insufficient_scope");
        assert!(refused.header("www-authenticate").unwrap().contains("insufficient_scope"));
        assert_eq!(ask(&format!("{proof}&scope=audit%3Aread")).expect(400).body["error"], "invalid_scope");
        let wrong = ask(&format!("&client_id={id}&client_secret=ick_wrong")).expect(401);
        assert_eq!(wrong.body["error"], "invalid_client");
        assert_eq!(token_endpoint(instance, "grant_type=password").expect(400).body["error"], "unsupported_grant_type");

        // A token that is revoked, and a client that is deleted, are of no use at once.
        let access = token.body["access_token"].as_str().unwrap();
        instance.anonymous().send("POST", "/oauth/revoke", &[FORM], Some(&format!("token={access}"))).expect(200);
        program.get("/api/v1/solutions").expect(401);
        reader.get("/api/v1/solutions").expect(200);
        owner.send("DELETE", &format!("{clients}/{id}"), &[], None).expect(204);
        reader.get("/api/v1/solutions").expect(401);
    });
}

#[test]
fn a_token_that_was_tampered_with_signed_elsewhere_or_not_at_all_is_refused() {
    let instance = Instance::new();
    somebody(&instance, "eva@example.org");
    let token =
        sign_in(&instance, "eva@example.org", PASSWORD).expect(200).body["access_token"].as_str().unwrap().to_owned();
    let parts: Vec<&str> = token.split('.').collect();
    let none = format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{}.", parts[1]);
    let mut other = parts[1].to_owned();
    other.replace_range(20..21, if &other[20..21] == "A" { "B" } else { "A" });
    let tampered = format!("{}.{other}.{}", parts[0], parts[2]);
    let keys = instance.anonymous().get("/.well-known/jwks.json").expect(200).body;
    let forged = forgeries(&instance, &keys);
    let own = forged.iter().find(|(what, _)| *what == "rightly made").unwrap().1.clone();
    Client::new(instance.url(""), Some(own)).get("/api/v1/me").expect(200);
    let forged = forged.into_iter().filter(|(what, _)| *what != "rightly made");
    let broken = [none, tampered, format!("{}.{}.", parts[0], parts[1]), "x".repeat(9_000)];
    for (what, token) in forged.chain(broken.into_iter().map(|token| ("broken", token))) {
        let answer = Client::new(instance.url(""), Some(token)).get("/api/v1/me");
        assert_eq!(answer.status, 401, "{what}: {}", answer.text);
        assert!(answer.header("www-authenticate").unwrap().contains("invalid_token"), "{what}");
    }
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
    assert!(!keys.to_string().contains("\"d\""));
}

/// Tokens made by hand, each with one thing wrong: a signature by HMAC with the public key (RFC 8725, section 2.1), a key
/// of somebody else under our name for it, a time to come, a time past, another audience, another issuer; and one that is
/// as it should be, so that each of the others fails for its own reason.
fn forgeries(instance: &Instance, keys: &Value) -> Vec<(&'static str, String)> {
    let stored = instance.block_on(instance.innocap().registry().signing_keys()).unwrap();
    let ours: Vec<SigningKey> =
        stored.iter().filter_map(|key| SigningKey::from_text(key.private.as_ref()?.expose()).ok()).collect();
    let kid = keys["keys"][0]["kid"].as_str().unwrap();
    let signing = ours.iter().find(|key| key.thumbprint().unwrap() == kid).expect("our own key");
    let base = instance.innocap().public_url().to_owned();
    let eva: EmailAddress = "eva@example.org".parse().unwrap();
    let person = instance.block_on(instance.innocap().registry().person_by_email(&eva)).unwrap().unwrap().id;
    let now = instance.clock().now();
    let issue = |issuer: &str, audience: &str, key: &SigningKey, at| {
        let tokens = Tokens::new(issuer, audience, KeySet::of(key).unwrap());
        tokens.issue(Subject::Person(person), None, &[], at).unwrap().text
    };
    let rightly = issue(&base, &base, signing, now);
    let parts: Vec<&str> = rightly.split('.').collect();
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let public = URL_SAFE_NO_PAD.decode(keys["keys"][0]["x"].as_str().unwrap()).unwrap();
    let header = encode(json!({"alg": "HS256", "typ": "at+jwt", "kid": kid}).to_string().as_bytes());
    let unsigned = format!("{header}.{}", parts[1]);
    let hmac = format!("{unsigned}.{}", encode(&hmac_sha256(&public, unsigned.as_bytes())));
    // Somebody else's key, called by our name.
    let foreign = issue(&base, &base, &SigningKey::generate().unwrap(), now);
    let foreign: Vec<&str> = foreign.split('.').collect();
    let renamed = format!("{}.{}.{}", parts[0], foreign[1], foreign[2]);
    vec![
        ("HMAC with the public key", hmac),
        ("a foreign key under our name", renamed),
        ("a foreign key", foreign.join(".")),
        ("a time to come", issue(&base, &base, signing, now + chrono::TimeDelta::hours(1))),
        ("a time past", issue(&base, &base, signing, now - chrono::TimeDelta::hours(1))),
        ("another audience", issue(&base, "https://other.example", signing, now)),
        ("another issuer", issue("https://other.example", &base, signing, now)),
        ("rightly made", rightly),
    ]
}

/// HMAC (RFC 2104) with SHA-256, for a key of at most 64 bytes.
fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
    let padded = |with: u8| -> Vec<u8> { (0..64).map(|i| key.get(i).copied().unwrap_or(0) ^ with).collect() };
    let inner = Sha256::digest([&padded(0x36), text].concat());
    Sha256::digest([padded(0x5c), inner.to_vec()].concat()).to_vec()
}

#[test]
fn keys_rotate_and_tokens_of_the_old_one_hold_on() {
    let instance = Instance::new();
    let operator = instance.operator();
    let before = instance.anonymous().get("/.well-known/jwks.json").expect(200).body;
    let current = operator.send("POST", "/api/v1/keys/rotate", &[], None).expect(200).body["current"].clone();
    assert_eq!(current, before["keys"][1]["kid"]);
    operator.get("/api/v1/me").expect(200);
    operator.send("POST", "/api/v1/keys/rotate", &[], None).expect(200);
    operator.get("/api/v1/me").expect(200);
    assert_eq!(
        instance.anonymous().get("/.well-known/jwks.json").expect(200).body["keys"].as_array().unwrap().len(),
        4
    );
}
