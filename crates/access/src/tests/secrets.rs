//! Secrets are random, tell their kind, are stored as a digest only, and bind a form to its session.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{Secret, SecretDigest, SecretKind};

#[test]
fn a_secret_tells_its_kind_and_comes_back_as_what_it_is() {
    for kind in SecretKind::ALL {
        let secret = Secret::generate(*kind).unwrap();
        let text = secret.expose().to_owned();
        assert!(text.starts_with(kind.prefix()) && text.len() == 47, "{kind:?}");
        let again = Secret::parse(*kind, &text).unwrap();
        assert_eq!((again.kind(), again.digest()), (*kind, secret.digest()));
        for other in SecretKind::ALL.iter().filter(|other| *other != kind) {
            assert!(Secret::parse(*other, &text).is_none(), "a {kind:?} is no {other:?}");
        }
    }
    let all: std::collections::HashSet<String> =
        (0..1_000).map(|_| Secret::generate(SecretKind::Refresh).unwrap().expose().to_owned()).collect();
    assert_eq!(all.len(), 1_000);
}

#[test]
fn what_has_not_the_shape_of_a_secret_is_none() {
    let text = Secret::generate(SecretKind::Session).unwrap().expose().to_owned();
    let long = format!("ics_{}", "A".repeat(1024 * 1024));
    for wrong in
        ["", "ics_", &text[..46], &format!("{text}A"), &format!(" {text}"), &text.replace("ics_", "ics-"), &long]
    {
        assert!(Secret::parse(SecretKind::Session, wrong).is_none(), "{}", &wrong[..wrong.len().min(60)]);
    }
}

#[test]
fn what_is_stored_is_the_sha_256_of_the_text() {
    let secret = Secret::parse(SecretKind::Client, "ick_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
    // printf ick_AAAA… | sha256sum
    let digest = secret.digest();
    assert_eq!(digest.as_str(), "0c61c0b62dd5e66135830bf0ee3443e2a3c769b8bb448ad6b4e639862c1bcd2a");
    let stored = SecretDigest::stored(digest.as_str());
    assert!(stored.is_of(&secret));
    assert!(!stored.is_of(&Secret::generate(SecretKind::Client).unwrap()));
    assert!(!SecretDigest::stored("").is_of(&secret));
    assert_eq!(format!("{secret:?} {digest:?}"), "Secret(ick_***) SecretDigest(***)");
}

#[test]
fn a_forms_token_is_another_in_each_answer_and_good_for_its_session_alone() {
    let (session, other) =
        (Secret::generate(SecretKind::Session).unwrap(), Secret::generate(SecretKind::Session).unwrap());
    let (first, second) = (session.csrf_token().unwrap(), session.csrf_token().unwrap());
    assert_ne!(first, second);
    for token in [&first, &second] {
        assert!(session.is_csrf_token(token));
        assert!(!other.is_csrf_token(token));
        assert!(!token.contains(&session.expose()[4..]));
    }
    let bytes = URL_SAFE_NO_PAD.decode(&first).unwrap();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert!(!session.is_csrf_token(&URL_SAFE_NO_PAD.encode(changed)), "byte {place}");
    }
    let zeros = URL_SAFE_NO_PAD.encode([0; 64]);
    for wrong in ["", "AAAA", &first[1..], &zeros, session.expose(), &"A".repeat(1024 * 1024)] {
        assert!(!session.is_csrf_token(wrong));
    }
}
