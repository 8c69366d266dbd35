//! Numbers are read as people write them, kept as their register writes them, and refused where a digit is wrong.

use serde_json::json;

use super::*;
use crate::{Organisation, Reader};

fn parse(scheme: &str, value: &str) -> Option<String> {
    OrganisationNumber::parse(NumberScheme::parse(scheme).unwrap(), value).ok().map(|number| number.value)
}

fn number(scheme: &str, value: &str) -> OrganisationNumber {
    OrganisationNumber::parse(NumberScheme::parse(scheme).unwrap(), value).unwrap()
}

/// The number with the check digit that makes it right, if any of the ten does.
fn completed(scheme: &str, before: &str, after: &str) -> Option<String> {
    let right: Vec<String> = (0..10).filter_map(|digit| parse(scheme, &format!("{before}{digit}{after}"))).collect();
    assert!(right.len() <= 1, "{scheme} {before}: one check digit at most, not {right:?}");
    right.into_iter().next()
}

#[test]
fn numbers_of_public_bodies_are_read_however_they_are_spaced_and_kept_as_their_register_writes_them() {
    for (scheme, given, kept) in [
        ("SE-ON", "2120000142", "212000-0142"),
        ("SE-ON", "16 212000-0142", "212000-0142"),
        ("FI-PRO", "02012566", "0201256-6"),
        ("FI-PRO", "201256-6", "0201256-6"),
        ("NO-BRC", "974 760 673", "974760673"),
        ("NO-BRC", "974\u{a0}760\u{a0}673", "974760673"),
        ("DK-CVR", "64 94 22 12", "64942212"),
        ("IS-KEN", "5302697609", "530269-7609"),
        ("EE-RIK", "10060701", "10060701"),
        ("EE-KMKR", "100594102", "EE100594102"),
        ("LV-RE", "40003521600", "40003521600"),
        ("LT-RC", "111791015", "111791015"),
        ("GB-COH", "sc 123456", "SC123456"),
        ("GB-COH", "445790", "00445790"),
        ("GB-COH", "IP12345R", "IP12345R"),
        ("IE-CRO", "123456", "123456"),
        ("NL-KVK", "2700 0001", "27000001"),
        ("BE-BCE_KBO", "BE 0403.019.261", "0403019261"),
        ("FR-RCS", "732 829 320", "732829320"),
        ("FR-SIRET", "356 000 000 00048", "35600000000048"),
        ("ROR", "https://ror.org/03yrm5c26", "03yrm5c26"),
        ("ROR", "03YRM5C26", "03yrm5c26"),
    ] {
        assert_eq!(parse(scheme, given).as_deref(), Some(kept), "{scheme} {given}");
        assert_eq!(parse(scheme, kept).as_deref(), Some(kept), "{scheme} {kept} read again");
    }
}

#[test]
fn of_ten_last_digits_one_at_most_is_right() {
    for (scheme, bodies, after) in [
        ("SE-ON", ["556016068", "802002471", "969621999"], ""),
        ("FI-PRO", ["0112038", "1234567", "2098765"], ""),
        ("NO-BRC", ["98765432", "81234567", "91111111"], ""),
        ("DK-CVR", ["1234567", "3000000", "2765432"], ""),
        ("IS-KEN", ["41010001", "55129920", "71063111"], "0"),
        ("EE-RIK", ["1234567", "9012345", "8000000"], ""),
        ("EE-KMKR", ["10059410", "12345678", "10200300"], ""),
        ("LV-RE", ["4000300000", "5010300000", "9000000000"], ""),
        ("LT-RC", ["12345678", "30012345", "11011011"], ""),
        ("FR-RCS", ["12345678", "55210055", "40483304"], ""),
        ("FR-SIRET", ["1234567820001", "5521005540001", "4048330480003"], ""),
    ] {
        let right = bodies.iter().filter(|body| completed(scheme, body, after).is_some()).count();
        // Registers of modulus 11 leave out bodies whose check digit would have two figures.
        assert!(right >= 1, "{scheme}: {right} of 3 bodies have a check digit");
    }
}

/// The formulas as their registers publish them, written a second time in the simplest way.
#[test]
fn check_digits_agree_with_the_published_formulas() {
    let digits = |text: &str| text.bytes().map(|b| i64::from(b - b'0')).collect::<Vec<_>>();
    let sum = |text: &str, weights: &[i64]| digits(text).iter().zip(weights).map(|(a, b)| a * b).sum::<i64>();
    for seed in 0..500_u64 {
        let body = format!("{:08}", (seed * 7_919_317 + 12_345_678) % 100_000_000);
        let check = 11 - sum(&body, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        let expected = match check {
            11 => Some(format!("{body}0")),
            10 => None,
            check => Some(format!("{body}{check}")),
        };
        assert_eq!(completed("NO-BRC", &body, ""), expected);

        let check = (11 - sum(&body[1..], &[7, 9, 10, 5, 8, 4, 2]) % 11) % 11;
        let expected = (check < 10).then(|| format!("{}-{check}", &body[1..]));
        assert_eq!(completed("FI-PRO", &body[1..], ""), expected);

        let values = digits(&body).into_iter().enumerate().map(|(i, d)| if i % 2 == 1 { d * 2 } else { d });
        let check = (10 - values.map(|d| d / 10 + d % 10).sum::<i64>() % 10) % 10;
        assert_eq!(completed("FR-RCS", &body, ""), Some(format!("{body}{check}")));

        let value: u64 = body.parse::<u64>().unwrap() % 20_000_000;
        assert!(parse("BE-BCE_KBO", &format!("{value:08}{:02}", 97 - value % 97)).is_some());
        assert!(parse("BE-BCE_KBO", &format!("{value:08}{:02}", 96 - value % 97)).is_none());

        // ROR and LEI are one ISO/IEC 7064 system: append 00, and 98 less the remainder of 97 are the check digits.
        let letters = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut rest = seed * 2_147_001;
        let body: String = (0..6)
            .map(|_| {
                let c = letters[(rest % 32) as usize] as char;
                rest /= 32;
                c
            })
            .collect();
        let value = body.bytes().fold(0, |v, b| v * 32 + letters.iter().position(|c| *c == b).unwrap() as u64);
        let check = 98 - (value * 100) % 97;
        assert!(parse("ROR", &format!("0{body}{check:02}")).is_some(), "0{body}{check:02}");
        assert!(parse("ROR", &format!("0{body}{:02}", (check + 1) % 98)).is_none());
    }
    let body = "ABCD00EFGHIJKLMNOP";
    let number: String = body.chars().map(|c| c.to_digit(36).unwrap().to_string()).collect();
    let rest = format!("{number}00").bytes().fold(0_u64, |rest, b| (rest * 10 + u64::from(b - b'0')) % 97);
    assert!(parse("XI-LEI", &format!("{body}{:02}", 98 - rest)).is_some());
    assert!(parse("XI-LEI", &format!("{body}{:02}", 97 - rest)).is_none());
}

#[test]
fn a_wrong_digit_a_wrong_length_and_a_foreign_letter_are_refused() {
    for (scheme, wrong) in [
        ("SE-ON", "212000-0143"),
        ("SE-ON", "212000-014"),
        ("SE-ON", "17 212000-0142"),
        ("FI-PRO", "0201256-7"),
        ("NO-BRC", "974760674"),
        ("NO-BRC", "97476067"),
        ("DK-CVR", "64942213"),
        ("DK-CVR", "00000000"),
        ("IS-KEN", "530269-7619"),
        ("IS-KEN", "531369-7609"),
        ("GB-COH", "123456789"),
        ("GB-COH", "SCOTLAND"),
        ("GB-COH", ""),
        ("IE-CRO", "12345678"),
        ("NL-KVK", "2700000A"),
        ("ROR", "03yrm5c27"),
        ("ROR", "13yrm5c26"),
        ("ROR", "0åäö"),
        ("LV-RE", "10003521600"),
        ("SE-ON", "２１２０００-0142"),
    ] {
        let error = OrganisationNumber::parse(NumberScheme::parse(scheme).unwrap(), wrong).unwrap_err();
        assert!(error.given.is_empty(), "{scheme} {wrong}: the error does not quote what may be a person's number");
    }
}

#[test]
fn a_register_that_is_not_known_keeps_its_numbers_as_they_are() {
    assert_eq!(parse("DE-CR", " HRB 12345 B ").as_deref(), Some("HRB 12345 B"));
    assert_eq!(parse("US-EIN", "12-3456789").as_deref(), Some("12-3456789"));
    assert_eq!(parse("US-EIN", "1\n2"), None);
    assert_eq!(parse("US-EIN", &"1".repeat(61)), None);
}

#[test]
fn a_sole_traders_number_is_a_persons_where_the_register_uses_the_persons() {
    // Months and days that do not exist, so that the numbers are nobody's.
    let trader = completed("SE-ON", "900000123", "").unwrap();
    assert!(number("SE-ON", &trader).is_personal());
    assert!(number("SE-ON", &format!("19{}", trader.replace('-', ""))).is_personal());
    let february: Vec<_> =
        (20..=99).filter_map(|serial| completed("IS-KEN", &format!("300290{serial}"), "9")).collect();
    assert!(!february.is_empty() && february.iter().all(|kennitala| number("IS-KEN", kennitala).is_personal()));
    assert!(number("IS-KEN", "800000-0000").is_personal());
    for (scheme, body) in [("SE-ON", "212000-0142"), ("IS-KEN", "530269-7609"), ("NO-BRC", "974760673")] {
        assert!(!number(scheme, body).is_personal(), "{scheme} {body}");
    }
    assert_eq!(format!("{:?}", number("SE-ON", &trader)), "OrganisationNumber(SE-ON:***)");
    assert_eq!(format!("{:?}", number("NO-BRC", "974760673")), "OrganisationNumber(NO-BRC:974760673)");
}

#[test]
fn an_organisation_says_where_its_number_is_wrong_and_keeps_a_right_one_in_its_registers_writing() {
    let document = |value: &str| {
        json!({ "name": "Stockholms stad", "kind": "public-body", "country": "SE",
                "number": { "scheme": "se-on", "value": value } })
    };
    let read = |value: &str| Reader::document(&document(value), Organisation::read);
    let organisation = read("2120000142").unwrap().unwrap();
    assert_eq!(organisation.number.as_ref().unwrap().value, "212000-0142");
    assert_eq!(organisation.clone().without_personal_number(), organisation);
    let faults = read("2120000143").unwrap_err().0;
    assert_eq!((faults.len(), faults[0].pointer.as_str(), faults[0].code), (1, "/number/value", "invalid_code"));
    assert!(faults[0].detail.starts_with("expected ten digits"), "{}", faults[0].detail);
    let trader = completed("SE-ON", "900000123", "").unwrap();
    assert_eq!(read(&trader).unwrap().unwrap().without_personal_number().number, None);
}
