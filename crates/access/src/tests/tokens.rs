//! A token tells who is asking until it ends, and no other text does.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use innocap_domain::{ClientId, KeyState, PersonId, Scope};
use serde_json::{Value, json};
use uuid::Uuid;

use super::noon;
use crate::keys::thumbprint;
use crate::{KeyError, KeySet, SigningKey, Subject, TOKEN_LIFETIME, TokenError, Tokens};

const ISSUER: &str = "https://innocap.example.org";
const AUDIENCE: &str = "https://innocap.example.org/api";

/// The key pair of RFC 8037, appendix A.
const RFC_PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

struct Service {
    key: SigningKey,
    tokens: Tokens,
}

fn service() -> Service {
    let key = SigningKey::generate().unwrap();
    let tokens = Tokens::new(ISSUER, AUDIENCE, KeySet::of(&key).unwrap());
    Service { key, tokens }
}

fn pair(key: &SigningKey) -> Ed25519KeyPair {
    Ed25519KeyPair::from_pkcs8(&URL_SAFE_NO_PAD.decode(key.to_text().as_str()).unwrap()).unwrap()
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token of any header and payload, rightly signed.
fn signed(key: &SigningKey, header: &Value, payload: &Value) -> String {
    let text = format!("{}.{}", part(header), part(payload));
    let signature = pair(key).sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn header(key: &SigningKey) -> Value {
    json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": key.thumbprint().unwrap() })
}

fn payload() -> Value {
    let now = noon().timestamp();
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": Uuid::from_u128(1), "typ": "person", "client_id": "innocap",
        "jti": Uuid::from_u128(2), "iat": now, "nbf": now, "exp": now + 900,
    })
}

/// `value` with one member changed; `null` takes it out.
fn with(mut value: Value, member: &str, new: Value) -> Value {
    let members = value.as_object_mut().unwrap();
    if new.is_null() {
        members.remove(member)
    } else {
        members.insert(member.to_owned(), new)
    };
    value
}

fn is_invalid(tokens: &Tokens, token: &str) -> bool {
    matches!(tokens.verify(token, noon()), Err(TokenError::Invalid))
}

#[test]
fn a_token_tells_a_person_and_their_session_until_it_ends() {
    let tokens = service().tokens;
    let (person, session) = (PersonId::new(), Uuid::from_u128(7));
    let token = tokens.issue(Subject::Person(person), Some(session), &[], noon()).unwrap();
    let claims = tokens.verify(&token.text, noon()).unwrap();
    assert_eq!(claims, token.claims);
    assert_eq!((claims.subject, claims.session), (Subject::Person(person), Some(session)));
    assert_eq!((claims.issued, claims.ends), (noon(), noon() + TimeDelta::minutes(15)));
    assert!(tokens.verify(&token.text, claims.ends - TimeDelta::seconds(1)).is_ok());
    assert!(matches!(tokens.verify(&token.text, claims.ends), Err(TokenError::Expired)));
}

#[test]
fn a_token_tells_a_client_and_its_scopes() {
    let tokens = service().tokens;
    let (client, scopes) = (ClientId::new(), [Scope::ChallengesRead, Scope::FeedbackWrite]);
    let token = tokens.issue(Subject::Client(client), None, &scopes, noon()).unwrap();
    let claims = tokens.verify(&token.text, noon()).unwrap();
    assert_eq!((claims.subject, claims.scopes.as_slice()), (Subject::Client(client), scopes.as_slice()));
    let parts: Vec<_> = token.text.split('.').collect();
    let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    assert_eq!(payload["scope"], "challenges:read feedback:write");
    assert_eq!(payload["client_id"], client.to_string());
    for required in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        assert!(!payload[required].is_null(), "RFC 9068, section 2.2, demands {required}");
    }
    assert!(!format!("{token:?}").contains(parts[2]));
}

#[test]
fn two_tokens_never_have_one_name() {
    let tokens = service().tokens;
    let issue = || tokens.issue(Subject::Person(PersonId::new()), None, &[], noon()).unwrap().claims.id;
    assert_ne!(issue(), issue());
}

#[test]
fn the_hand_made_token_of_these_tests_is_accepted_so_that_each_attack_fails_for_its_own_reason() {
    let Service { key, tokens } = service();
    assert!(tokens.verify(&signed(&key, &header(&key), &payload()), noon()).is_ok());
}

#[test]
fn a_token_without_signature_is_refused() {
    let Service { key, tokens } = service();
    let good = signed(&key, &header(&key), &payload());
    let (_, signature) = good.rsplit_once('.').unwrap();
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let text = format!("{}.{}", part(&with(header(&key), "alg", json!(none))), part(&payload()));
        for end in ["", signature] {
            assert!(is_invalid(&tokens, &format!("{text}.{end}")), "{none}");
        }
    }
    let text = format!("{}.{}", part(&header(&key)), part(&payload()));
    for token in [text.clone(), format!("{text}."), format!("{good}.{signature}")] {
        assert!(is_invalid(&tokens, &token));
    }
}

#[test]
fn a_token_signed_by_hmac_with_the_public_key_is_refused() {
    let Service { key, tokens } = service();
    let pair = pair(&key);
    let public = pair.public_key().as_ref();
    let x = URL_SAFE_NO_PAD.encode(public);
    let der = [hex("302a300506032b6570032100").as_slice(), public].concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(&der));
    let jwks = tokens.keys().published().to_string();
    for secret in [public, x.as_bytes(), &der, pem.as_bytes(), pem.trim().as_bytes(), jwks.as_bytes()] {
        for (name, algorithm) in
            [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)]
        {
            let text = format!("{}.{}", part(&with(header(&key), "alg", json!(name))), part(&payload()));
            let tag = hmac::sign(&hmac::Key::new(algorithm, secret), text.as_bytes());
            assert!(is_invalid(&tokens, &format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag))), "{name}");
        }
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

#[test]
fn a_token_of_a_foreign_key_is_refused_whatever_it_calls_the_key() {
    let Service { key, tokens } = service();
    let foreign = SigningKey::generate().unwrap();
    let ours = key.thumbprint().unwrap();
    for kid in
        [json!(foreign.thumbprint().unwrap()), json!(ours), json!(""), json!("../../etc/passwd"), json!(7), Value::Null]
    {
        let header = with(header(&key), "kid", kid.clone());
        assert!(is_invalid(&tokens, &signed(&foreign, &header, &payload())), "{kid}");
    }
}

#[test]
fn a_token_that_names_no_key_or_another_is_refused_though_rightly_signed() {
    let Service { key, tokens } = service();
    for kid in [Value::Null, json!(""), json!("other")] {
        assert!(is_invalid(&tokens, &signed(&key, &with(header(&key), "kid", kid.clone()), &payload())), "{kid}");
    }
}

#[test]
fn keys_and_addresses_of_keys_in_a_header_are_not_looked_at() {
    let Service { key, tokens } = service();
    let foreign = SigningKey::generate().unwrap();
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(pair(&foreign).public_key()) });
    for (member, value) in [
        ("jwk", jwk),
        ("jku", json!("https://evil.example.net/jwks.json")),
        ("x5u", json!("https://evil.example.net/cert.pem")),
        ("x5c", json!(["AAAA"])),
    ] {
        for kid in [json!(key.thumbprint().unwrap()), json!(foreign.thumbprint().unwrap()), Value::Null] {
            let header = with(with(header(&key), member, value.clone()), "kid", kid.clone());
            assert!(is_invalid(&tokens, &signed(&foreign, &header, &payload())), "{member} {kid}");
        }
        // Beside our own key and signature they change nothing.
        let header = with(header(&key), member, value);
        assert!(tokens.verify(&signed(&key, &header, &payload()), noon()).is_ok(), "{member}");
    }
}

#[test]
fn another_type_another_algorithm_and_what_we_cannot_heed_are_refused() {
    let Service { key, tokens } = service();
    for (member, value) in [
        ("typ", json!("JWT")),
        ("typ", json!("logout+jwt")),
        ("typ", Value::Null),
        ("alg", json!("ES256")),
        ("alg", json!("RS256")),
        ("alg", json!("Ed448")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
    ] {
        let token = signed(&key, &with(header(&key), member, value.clone()), &payload());
        assert!(is_invalid(&tokens, &token), "{member} {value}");
    }
}

#[test]
fn an_ended_token_and_one_that_has_not_begun_are_refused() {
    let Service { key, tokens } = service();
    let now = noon().timestamp();
    let token = |member, value| signed(&key, &header(&key), &with(payload(), member, json!(value)));
    assert!(matches!(tokens.verify(&token("exp", now), noon()), Err(TokenError::Expired)));
    assert!(matches!(tokens.verify(&token("exp", now - 3600), noon()), Err(TokenError::Expired)));
    assert!(is_invalid(&tokens, &token("nbf", now + 60)));
    assert!(is_invalid(&tokens, &token("iat", now + 60)));
    // Two replicas' clocks are not one.
    assert!(tokens.verify(&token("nbf", now + 5), noon()).is_ok());
    assert!(is_invalid(&tokens, &token("exp", i64::MAX)));
}

#[test]
fn a_token_for_someone_else_or_of_someone_else_is_refused() {
    let Service { key, tokens } = service();
    for (member, value) in [
        ("iss", json!("https://evil.example.net")),
        ("iss", json!(format!("{ISSUER}/"))),
        ("iss", json!([ISSUER])),
        ("aud", json!("https://other.example.org/api")),
        ("aud", json!([AUDIENCE, "https://other.example.org/api"])),
        ("aud", json!("")),
        ("sub", json!("eva")),
        ("typ", json!("operator")),
        ("scope", json!("everything")),
        ("exp", json!("never")),
        ("exp", json!(1e300)),
    ] {
        let token = signed(&key, &header(&key), &with(payload(), member, value.clone()));
        assert!(is_invalid(&tokens, &token), "{member} {value}");
    }
    for member in ["iss", "aud", "sub", "typ", "client_id", "jti", "iat", "nbf", "exp"] {
        let token = signed(&key, &header(&key), &with(payload(), member, Value::Null));
        assert!(is_invalid(&tokens, &token), "without {member}");
    }
}

#[test]
fn a_token_with_any_part_changed_is_refused() {
    let Service { key, tokens } = service();
    let good = signed(&key, &header(&key), &payload());
    let parts: Vec<&str> = good.split('.').collect();
    let other = part(&with(payload(), "sub", json!(Uuid::from_u128(9))));
    assert!(is_invalid(&tokens, &format!("{}.{other}.{}", parts[0], parts[2])));
    let spaced = URL_SAFE_NO_PAD.encode(format!("{} ", header(&key)));
    assert!(is_invalid(&tokens, &format!("{spaced}.{}.{}", parts[1], parts[2])));
    let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    for place in 0..signature.len() {
        let mut changed = signature.clone();
        changed[place] ^= 1;
        let token = format!("{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode(changed));
        assert!(is_invalid(&tokens, &token), "byte {place}");
    }
    for place in 0..good.len() {
        let mut changed = good.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let token = String::from_utf8(changed).unwrap();
        assert!(tokens.verify(&token, noon()).is_err(), "character {place}");
    }
}

#[test]
fn what_is_no_token_is_refused_and_what_is_long_is_not_even_read() {
    let Service { key, tokens } = service();
    for text in ["", ".", "..", "a.b.c", "Bearer", "ics_AAAA", "{}", "\u{0}", "å.ä.ö"] {
        assert!(is_invalid(&tokens, text), "{text:?}");
    }
    let padded = |length: usize| signed(&key, &header(&key), &with(payload(), "pad", json!("x".repeat(length))));
    assert!(tokens.verify(&padded(4_000), noon()).is_ok());
    assert!(is_invalid(&tokens, &padded(8_000)));
    assert!(is_invalid(&tokens, &"a".repeat(10 * 1024 * 1024)));
}

#[test]
fn keys_rotate_without_a_token_that_fails_in_between() {
    let [old, new, newer] = [(); 3].map(|()| SigningKey::generate().unwrap());
    let set = |keys: &[(&SigningKey, KeyState)]| KeySet::new(keys.iter().copied()).unwrap();
    let before = Tokens::new(ISSUER, AUDIENCE, set(&[(&old, KeyState::Current), (&new, KeyState::Next)]));
    let rotated = set(&[(&old, KeyState::Retired), (&new, KeyState::Current), (&newer, KeyState::Next)]);
    let after = before.with_keys(rotated);
    assert_eq!(after.keys().current(), new.thumbprint().unwrap());
    let issue = |tokens: &Tokens| tokens.issue(Subject::Person(PersonId::new()), None, &[], noon()).unwrap().text;
    // A replica that has not heard of the rotation yet knows the next key already, and the other way round.
    assert!(before.verify(&issue(&after), noon()).is_ok());
    assert!(after.verify(&issue(&before), noon()).is_ok());
    let later = after.with_keys(set(&[(&new, KeyState::Current), (&newer, KeyState::Next)]));
    assert!(later.verify(&issue(&after), noon() + TOKEN_LIFETIME - TimeDelta::seconds(1)).is_ok());
    assert!(is_invalid(&later, &issue(&before)));
}

#[test]
fn exactly_one_key_signs() {
    let [one, two] = [(); 2].map(|()| SigningKey::generate().unwrap());
    let both = KeySet::new([(&one, KeyState::Current), (&two, KeyState::Current)]);
    assert!(matches!(both, Err(KeyError::Current(2))));
    assert!(matches!(KeySet::new([(&one, KeyState::Retired)]), Err(KeyError::Current(0))));
}

#[test]
fn the_published_keys_are_public_okp_keys_found_by_their_thumbprint() {
    let [current, next] = [(); 2].map(|()| SigningKey::generate().unwrap());
    let set = KeySet::new([(&current, KeyState::Current), (&next, KeyState::Next)]).unwrap();
    let published = set.published();
    let keys = published["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    for (found, key) in keys.iter().zip([&current, &next]) {
        let members: Vec<&str> = found.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["kty", "crv", "x", "kid", "use", "alg"], "and no d");
        assert_eq!((found["kty"].as_str(), found["crv"].as_str()), (Some("OKP"), Some("Ed25519")));
        assert_eq!(found["x"], URL_SAFE_NO_PAD.encode(pair(key).public_key()));
        assert_eq!(found["kid"], key.thumbprint().unwrap());
    }
    assert!(!format!("{set:?}").contains(current.to_text().as_str()));
}

#[test]
fn a_thumbprint_is_that_of_rfc_8037() {
    assert_eq!(thumbprint(RFC_PUBLIC), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn a_key_survives_its_text_and_never_prints_itself() {
    let key = SigningKey::generate().unwrap();
    let again = SigningKey::from_text(&key.to_text()).unwrap();
    assert_eq!(key.thumbprint().unwrap(), again.thumbprint().unwrap());
    assert_eq!(format!("{key:?}"), "SigningKey(***)");
    for wrong in ["", "not a key", "AAAA"] {
        assert!(SigningKey::from_text(wrong).is_err());
    }
}
