//! A passkey signs in its person at this service, and nobody else, anywhere else or a second time.

use chrono::TimeDelta;
use innocap_domain::PersonId;
use serde_json::json;

use super::authenticator::Authenticator;
use super::noon;
use crate::{Ceremony, Passkey, PasskeyError, Passkeys};

const ORIGIN: &str = "https://innocap.example.org";
const RP_ID: &str = "innocap.example.org";

fn service() -> Passkeys {
    Passkeys::new(ORIGIN, "Innocap").unwrap()
}

fn begin(service: &Passkeys, person: PersonId) -> Ceremony {
    service.begin_registration(person, "eva@example.org", "Eva", &[], noon()).unwrap()
}

/// A person with a passkey, as it was stored.
fn registered(service: &Passkeys) -> (Authenticator, Passkey) {
    let person = PersonId::new();
    let mut authenticator = Authenticator::new(ORIGIN, RP_ID);
    let begun = begin(service, person);
    let answer = authenticator.register(&begun.options);
    let passkey = service.finish_registration(person, &begun.state, &answer, noon()).unwrap();
    (authenticator, Passkey::from_text(&passkey.to_text().unwrap()).unwrap())
}

fn sign_in(
    service: &Passkeys,
    authenticator: &Authenticator,
    passkey: &Passkey,
) -> Result<Option<Passkey>, PasskeyError> {
    let begun = service.begin_sign_in(noon()).unwrap();
    service.finish_sign_in(&begun.state, &authenticator.sign_in(&begun.options), passkey, noon())
}

fn is_refused<T: std::fmt::Debug>(result: Result<T, PasskeyError>) -> bool {
    matches!(result, Err(PasskeyError::Refused(_)))
}

#[test]
fn a_registered_passkey_signs_its_person_in_without_a_name() {
    let service = service();
    let (authenticator, passkey) = registered(&service);
    let begun = service.begin_sign_in(noon()).unwrap();
    assert_eq!(begun.options["publicKey"]["allowCredentials"], json!([]));
    assert_eq!(begun.options["publicKey"]["userVerification"], "required");
    let answer = authenticator.sign_in(&begun.options);
    let claimed = service.claimed(&answer).unwrap();
    assert_eq!((claimed.person, claimed.credential), (passkey.person(), passkey.id()));
    assert!(service.finish_sign_in(&begun.state, &answer, &passkey, noon()).unwrap().is_none());
}

#[test]
fn an_authenticator_is_asked_to_keep_the_credential_verify_its_user_and_not_register_twice() {
    let service = service();
    let (_, passkey) = registered(&service);
    let known = std::slice::from_ref(&passkey);
    let begun = service.begin_registration(passkey.person(), "eva@example.org", "Eva", known, noon());
    let options = &begun.unwrap().options["publicKey"];
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["rp"]["id"], RP_ID);
    assert_eq!(options["attestation"], "none");
    assert_eq!(options["excludeCredentials"][0]["id"], passkey.id());
}

#[test]
fn an_answer_from_another_page_or_for_another_service_is_refused() {
    let service = service();
    for (origin, rp_id) in [
        ("https://innocap.example.net", RP_ID),
        ("http://innocap.example.org", RP_ID),
        ("https://innocap.example.org:8443", RP_ID),
        ("https://evil.innocap.example.org", RP_ID),
        (ORIGIN, "example.org"),
        (ORIGIN, "evil.example.net"),
    ] {
        let (mut authenticator, passkey) = registered(&service);
        (authenticator.origin, authenticator.rp_id) = (origin.to_owned(), rp_id.to_owned());
        assert!(is_refused(sign_in(&service, &authenticator, &passkey)), "sign-in at {origin} for {rp_id}");
        let begun = begin(&service, passkey.person());
        let answer = authenticator.register(&begun.options);
        let result = service.finish_registration(passkey.person(), &begun.state, &answer, noon());
        assert!(is_refused(result), "registration at {origin} for {rp_id}");
    }
}

#[test]
fn an_answer_to_another_challenge_is_refused() {
    let service = service();
    let (mut authenticator, passkey) = registered(&service);
    let (begun, other) = (service.begin_sign_in(noon()).unwrap(), service.begin_sign_in(noon()).unwrap());
    let answer = authenticator.sign_in(&other.options);
    assert!(is_refused(service.finish_sign_in(&begun.state, &answer, &passkey, noon())));
    let made_up = authenticator.sign(&json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    assert!(is_refused(service.finish_sign_in(&begun.state, &made_up, &passkey, noon())));
    let (first, second) = (begin(&service, passkey.person()), begin(&service, passkey.person()));
    let answer = authenticator.register(&first.options);
    assert!(is_refused(service.finish_registration(passkey.person(), &second.state, &answer, noon())));
}

#[test]
fn a_replayed_answer_fits_no_later_ceremony() {
    let service = service();
    let (authenticator, passkey) = registered(&service);
    let begun = service.begin_sign_in(noon()).unwrap();
    let overheard = authenticator.sign_in(&begun.options);
    assert!(service.finish_sign_in(&begun.state, &overheard, &passkey, noon()).is_ok());
    let later = service.begin_sign_in(noon()).unwrap();
    assert!(is_refused(service.finish_sign_in(&later.state, &overheard, &passkey, noon())));
}

#[test]
fn a_replay_into_the_same_state_fails_where_the_authenticator_counts() {
    let service = service();
    let (mut authenticator, passkey) = registered(&service);
    authenticator.counter = 7;
    let begun = service.begin_sign_in(noon()).unwrap();
    let overheard = authenticator.sign_in(&begun.options);
    let moved_on = service.finish_sign_in(&begun.state, &overheard, &passkey, noon()).unwrap().unwrap();
    assert!(is_refused(service.finish_sign_in(&begun.state, &overheard, &moved_on, noon())));
}

#[test]
fn a_counter_that_stands_still_or_goes_back_tells_of_a_copy() {
    let service = service();
    let (mut authenticator, passkey) = registered(&service);
    authenticator.counter = 7;
    let passkey = sign_in(&service, &authenticator, &passkey).unwrap().expect("the counter is stored");
    for copied in [7, 6, 0] {
        authenticator.counter = copied;
        assert!(is_refused(sign_in(&service, &authenticator, &passkey)), "counter {copied}");
    }
    authenticator.counter = 8;
    assert!(sign_in(&service, &authenticator, &passkey).unwrap().is_some());
}

#[test]
fn another_persons_credential_opens_nothing() {
    let service = service();
    let (eva, evas) = registered(&service);
    let (mut mallory, mallorys) = registered(&service);
    // Mallory's credential for Eva's stored passkey, under either name.
    assert!(is_refused(sign_in(&service, &mallory, &evas)));
    mallory.user_handle = eva.user_handle.clone();
    assert!(is_refused(sign_in(&service, &mallory, &evas)));
    // Mallory's own credential, said to be Eva's: the name in an answer is not signed.
    assert!(is_refused(sign_in(&service, &mallory, &mallorys)));
    // Eva's credential identifier on what Mallory's key has signed.
    mallory.credential = eva.credential.clone();
    assert!(is_refused(sign_in(&service, &mallory, &evas)));
}

#[test]
fn a_user_who_was_not_verified_is_refused() {
    let service = service();
    let (mut authenticator, passkey) = registered(&service);
    authenticator.verifies_user = false;
    assert!(is_refused(sign_in(&service, &authenticator, &passkey)));
    let begun = begin(&service, passkey.person());
    let answer = authenticator.register(&begun.options);
    assert!(is_refused(service.finish_registration(passkey.person(), &begun.state, &answer, noon())));
}

#[test]
fn a_ceremony_belongs_to_its_person_its_kind_and_its_five_minutes() {
    let service = service();
    let (mut authenticator, passkey) = registered(&service);
    let person = passkey.person();
    let late = noon() + TimeDelta::minutes(5);
    let (registration, begun) = (begin(&service, person), service.begin_sign_in(noon()).unwrap());
    let (created, signed) = (authenticator.register(&registration.options), authenticator.sign_in(&begun.options));
    for ended in [
        service.finish_registration(PersonId::new(), &registration.state, &created, noon()).err(),
        service.finish_registration(person, &begun.state, &created, noon()).err(),
        service.finish_registration(person, &registration.state, &created, late).err(),
        service.finish_sign_in(&registration.state, &signed, &passkey, noon()).err(),
        service.finish_sign_in(&begun.state, &signed, &passkey, late).err(),
    ] {
        assert!(matches!(ended, Some(PasskeyError::Ended)), "{ended:?}");
    }
}

#[test]
fn what_is_no_answer_is_refused_without_quoting_it() {
    let service = service();
    let begun = service.begin_sign_in(noon()).unwrap();
    let (_, passkey) = registered(&service);
    let long = format!("\"{}\"", "a".repeat(64 * 1024));
    for text in ["", "{}", "[]", "{\"id\":\"secret-text\"}", long.as_str()] {
        let Err(error) = service.claimed(text) else { panic!("{text}") };
        assert!(!error.to_string().contains("secret-text"));
        assert!(is_refused(service.finish_sign_in(&begun.state, text, &passkey, noon())));
    }
    assert!(matches!(
        service.finish_sign_in("{}", &Authenticator::new(ORIGIN, RP_ID).sign_in(&begun.options), &passkey, noon()),
        Err(PasskeyError::Stored(_))
    ));
}

#[test]
fn passkeys_need_a_domain_name_and_a_secure_page() {
    for good in ["https://innocap.example.org", "https://innocap.example.org:8443/", "http://localhost:8080"] {
        assert!(Passkeys::new(good, "Innocap").is_ok(), "{good}");
    }
    for bad in ["http://innocap.example.org", "http://127.0.0.1:8080", "https://[::1]", "innocap", ""] {
        assert!(matches!(Passkeys::new(bad, "Innocap"), Err(PasskeyError::Address)), "{bad}");
    }
}
