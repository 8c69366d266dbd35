//! Long passwords of any kind are taken, the first that would be tried are not, and nothing tells who has an account.

use std::time::Instant;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};

use crate::passwords::{LANES, MEMORY_KIB, PASSES};
use crate::{Password, PasswordCheck, PasswordFault, PasswordHash};

fn fault(text: &str) -> Option<PasswordFault> {
    fault_of(text, "eva.lindqvist@example.org", "Eva Lindqvist Åström")
}

fn fault_of(text: &str, email: &str, name: &str) -> Option<PasswordFault> {
    Password::parse(text).and_then(|password| password.check_new(email, name)).err()
}

#[test]
fn a_long_password_needs_no_digits_capitals_or_signs() {
    for good in [
        "korrekt häst batteri klammer",
        "kuusi peltoa yöllä sininen",
        "vjfqzmxkwplt",
        "Xk7#pQ9!vLm2",
        "бумага облако чайник",
        "正しい馬の電池のホチキスの針です",
        "🦊🐻🪵🌧️🧭🪶🫐🧂🪨🛶🧄🪕",
        &"two snowploughs cross the bridge ".repeat(7),
    ] {
        assert_eq!(fault(good), None, "{good}");
    }
}

#[test]
fn a_password_has_12_to_256_characters_however_many_bytes_they_take() {
    assert_eq!(fault("vjfqzmxkwpl"), Some(PasswordFault::TooShort));
    assert_eq!(fault(""), Some(PasswordFault::TooShort));
    // Twelve letters typed as letter and mark are twelve, not twenty-four; eleven are eleven.
    assert_eq!(fault("o\u{308}vjfqzmxkwpl"), None);
    assert_eq!(fault("o\u{308}vjfqzmxkwp"), Some(PasswordFault::TooShort));
    let long: String = ('a'..='z').cycle().step_by(7).take(256).collect();
    assert!(Password::parse(&long).is_ok());
    assert_eq!(Password::parse(&format!("{long}a")).err(), Some(PasswordFault::TooLong));
    assert!(Password::parse(&"🦊".repeat(256)).is_ok());
    assert_eq!(Password::parse(&"🦊".repeat(257)).err(), Some(PasswordFault::TooLong));
}

#[test]
fn a_megabyte_is_refused_before_anything_is_computed() {
    let megabyte = "a".repeat(1024 * 1024);
    let begun = Instant::now();
    assert_eq!(Password::parse(&megabyte).err(), Some(PasswordFault::TooLong));
    assert!(begun.elapsed().as_millis() < 5);
}

#[test]
fn the_passwords_that_are_tried_first_are_refused() {
    for common in [
        "password1234",
        "passwordpassword",
        "123456789012",
        "qwertyuiop12",
        "111111111111",
        "P@ssw0rd1234",
        "abcdefghijklmn",
        "iloveyou1234",
        "lösenord1234",
        "salasana2026",
        "passord12345",
        "adgangskode1",
        "Velkommen2026",
        "innocap12345",
        "InnocapInnocap",
        "2311202623112026",
    ] {
        assert_eq!(fault(common), Some(PasswordFault::Common), "{common}");
    }
}

#[test]
fn a_password_is_not_made_of_its_owners_name_or_address() {
    for personal in [
        "eva.lindqvist@example.org",
        "xx EVA.Lindqvist xx 9",
        "Lindqvist vjfqzmx",
        "my a\u{30a}stro\u{308}m garden 7",
        "evalindqviståström",
    ] {
        assert_eq!(fault(personal), Some(PasswordFault::Personal), "{personal}");
    }
    // A short name stands within many words.
    assert_eq!(fault_of("bananskalet anna gled på", "a@example.org", "Anna"), None);
    assert_eq!(fault_of("vjfqzmxkwplt", "", ""), None);
}

#[test]
fn the_estimate_takes_no_time_worth_attacking() {
    for hard in ["a".repeat(256), "aB3$".repeat(64), "qwerty".repeat(42), "1l!|".repeat(64), "password".repeat(32)] {
        let begun = Instant::now();
        let _ = fault(&hard);
        assert!(begun.elapsed().as_secs() < 2, "{hard}: {:?}", begun.elapsed());
    }
}

#[test]
fn a_hash_is_argon2id_with_owasps_parameters_and_its_own_salt() {
    let password = Password::parse("korrekt häst batteri klammer").unwrap();
    let (first, second) = (password.hash().unwrap(), password.hash().unwrap());
    assert!(first.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", first.as_str());
    assert_ne!(first, second);
    for hash in [&first, &second] {
        let stored = PasswordHash::stored(hash.as_str());
        assert_eq!(password.check(Some(&stored)).unwrap(), PasswordCheck::Right);
    }
    let other = Password::parse("korrekt häst batteri klamme").unwrap();
    assert_eq!(other.check(Some(&first)).unwrap(), PasswordCheck::Wrong);
    assert_eq!(other.check(None).unwrap(), PasswordCheck::Wrong);
}

#[test]
fn the_same_letters_from_another_keyboard_are_the_same_password() {
    let hash = Password::parse("fågelsången i häcken").unwrap().hash().unwrap();
    let decomposed = Password::parse("fa\u{30a}gelsa\u{30a}ngen i ha\u{308}cken").unwrap();
    assert_eq!(decomposed.check(Some(&hash)).unwrap(), PasswordCheck::Right);
}

#[test]
fn a_hash_of_other_parameters_is_right_and_outdated() {
    let text = "korrekt häst batteri klammer";
    let password = Password::parse(text).unwrap();
    for (algorithm, memory, passes) in [
        (Algorithm::Argon2id, 8_192, 2),
        (Algorithm::Argon2id, MEMORY_KIB, 1),
        (Algorithm::Argon2i, MEMORY_KIB, PASSES),
    ] {
        let params = Params::new(memory, passes, LANES, None).unwrap();
        let argon2 = Argon2::new(algorithm, Version::V0x13, params);
        let old = argon2.hash_password_with_salt(text.as_bytes(), b"sixteen bytes ok").unwrap().to_string();
        assert_eq!(password.check(Some(&PasswordHash::stored(&old))).unwrap(), PasswordCheck::Outdated, "{old}");
        let wrong = Password::parse("something else altogether").unwrap();
        assert_eq!(wrong.check(Some(&PasswordHash::stored(&old))).unwrap(), PasswordCheck::Wrong, "{old}");
    }
    assert!(password.check(Some(&PasswordHash::stored("not a hash"))).is_err());
}

#[test]
fn an_account_that_is_not_there_costs_the_same_hash() {
    let password = Password::parse("korrekt häst batteri klammer").unwrap();
    let stored = password.hash().unwrap();
    let nobody = Phc::new(crate::passwords::NOBODY).unwrap();
    let params = |hash: &Phc| (hash.algorithm.as_str().to_owned(), hash.version, hash.params.to_string());
    assert_eq!(params(&nobody), params(&Phc::new(stored.as_str()).unwrap()));
    let wrong = Password::parse("something else altogether").unwrap();
    let time = |stored: Option<&PasswordHash>| {
        let times = (0..9).map(|_| {
            let begun = Instant::now();
            assert_eq!(wrong.check(stored).unwrap(), PasswordCheck::Wrong);
            begun.elapsed()
        });
        // The shortest of some is the one that nothing else disturbed.
        times.min().unwrap().as_secs_f64()
    };
    let (known, unknown) = (time(Some(&stored)), time(None));
    // Without the hash the difference would be a thousandfold.
    assert!((0.5..2.0).contains(&(known / unknown)), "known {known} s, unknown {unknown} s");
}

#[test]
fn nothing_of_a_password_is_printed() {
    let password = Password::parse("korrekt häst batteri klammer").unwrap();
    let printed = format!("{password:?} {:?}", password.hash().unwrap());
    assert_eq!(printed, "Password(***) PasswordHash(***)");
}
