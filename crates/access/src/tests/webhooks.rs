//! Signatures of webhooks are those that any library of the specification makes and accepts.

use innocap_domain::Secret;

use crate::WebhookKey;

/// The example that the specification's own libraries are tested with; Python's `hmac` gives the same.
#[test]
fn a_signature_is_that_of_the_specification() {
    let key = WebhookKey::of(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap();
    let signature = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn what_is_signed_is_the_identifier_the_time_and_the_body() {
    let key = WebhookKey::of(&WebhookKey::generate().unwrap()).unwrap();
    let signature = key.sign("a", 1, b"body");
    for other in [key.sign("b", 1, b"body"), key.sign("a", 2, b"body"), key.sign("a", 1, b"body ")] {
        assert_ne!(signature, other);
    }
    assert_eq!(signature, key.sign("a", 1, b"body"));
}

#[test]
fn each_secret_is_another_and_a_key_is_24_to_64_bytes_in_base64() {
    let (one, two) = (WebhookKey::generate().unwrap(), WebhookKey::generate().unwrap());
    assert_ne!(one, two);
    assert!(WebhookKey::of(&one).is_some());
    // 32 bytes are 44 characters of base64.
    assert_eq!(one.expose().len(), "whsec_".len() + 44);
    let of = |text: &str| WebhookKey::of(&Secret::new(text)).is_some();
    assert!(!of("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "without its prefix");
    assert!(!of("whsec_c2hvcnQ="), "too short");
    assert!(!of("whsec_not base64"));
}
