//! How each register writes its numbers, and how it computes their check digits.

/// The schemes of a register, what its numbers look like, and what reads a compact number to how the register writes it.
pub(super) type Register = (&'static [&'static str], &'static str, fn(&str) -> Option<String>);

/// The registers whose numbers are known here.
pub(super) const REGISTERS: &[Register] = &[
    (&["SE-ON", "SE-BLV"], "ten digits such as 212000-0142, the last one a check digit", swedish),
    (&["FI-PRO"], "eight digits such as 0201256-6, the last one a check digit", finnish),
    (&["NO-BRC"], "nine digits such as 974760673, the last one a check digit", norwegian),
    (&["DK-CVR"], "eight digits such as 64942212, the last one a check digit", danish),
    (&["IS-KEN", "IS-RSK"], "ten digits such as 530269-7609, the ninth a check digit", icelandic),
    (&["EE-RIK"], "eight digits, the last one a check digit", |n| baltic(n, 8)),
    (&["EE-KMKR"], "EE and nine digits, the last one a check digit", estonian_tax),
    (&["LV-RE"], "eleven digits that begin with 4, 5 or 9, the last one a check digit", latvian),
    (&["LT-RC"], "nine digits, the last one a check digit", |n| baltic(n, 9)),
    (&["GB-COH"], "eight characters such as 01234567 or SC123456", companies_house),
    (&["IE-CRO"], "up to seven digits", |n| (1..=7).contains(&n.len()).then(|| digits(n, n.len()))?.map(written)),
    (&["NL-KVK"], "eight digits", |n| digits(n, 8).map(written)),
    (&["BE-BCE_KBO"], "ten digits, the last two check digits", belgian),
    (&["FR-RCS", "FR-SIREN", "FR-INSEE"], "nine digits (SIREN), the last one a check digit", |n| luhn(n, 9)),
    (&["FR-SIRET"], "fourteen digits (SIRET), the last one a check digit", french_site),
    (&["ROR"], "an identifier such as 03yrm5c26, the last two characters check digits", ror),
    (&["XI-LEI"], "twenty characters (ISO 17442), the last two check digits", legal_entity),
];

/// The text in capitals, without what people put between digits to read them better.
pub(super) fn compact(text: &str) -> String {
    let between = |c: char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '.' | '\u{ad}');
    text.chars().filter(|c| !between(*c)).collect::<String>().to_uppercase()
}

/// The digits of a text of exactly `length` digits.
fn digits(text: &str, length: usize) -> Option<Vec<u32>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
    digits.filter(|digits| digits.len() == length)
}

fn written(digits: Vec<u32>) -> String {
    digits.into_iter().filter_map(|digit| char::from_digit(digit, 10)).collect()
}

/// The text with a hyphen before its last `tail` characters; only for ASCII.
fn hyphenated(text: String, tail: usize) -> String {
    let (head, tail) = text.split_at(text.len() - tail);
    format!("{head}-{tail}")
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// Whether the last digit is right by Luhn's formula (ISO/IEC 7812-1, annex B).
fn is_luhn(digits: &[u32]) -> bool {
    let value = |(place, digit): (usize, &u32)| if place % 2 == 0 { *digit } else { digit * 2 / 10 + digit * 2 % 10 };
    digits.iter().rev().enumerate().map(value).sum::<u32>().is_multiple_of(10)
}

fn luhn(text: &str, length: usize) -> Option<String> {
    digits(text, length).filter(|digits| is_luhn(digits)).map(written)
}

/// Skatteverket, SKV 709: Luhn's formula; the century before it (16 for legal persons) is no part of the number.
fn swedish(text: &str) -> Option<String> {
    let centuries = ["16", "18", "19", "20"];
    let short = if text.len() == 12 { centuries.iter().find_map(|century| text.strip_prefix(century))? } else { text };
    luhn(short, 10).map(|number| hyphenated(number, 4))
}

/// Finnish Tax Administration, "Y-tunnuksen tarkistusmerkin laskenta": weights modulo 11, where a remainder of 1 is
/// never issued. Numbers of before 1978 are written with one digit less.
fn finnish(text: &str) -> Option<String> {
    let padded = if text.len() == 7 { format!("0{text}") } else { text.to_owned() };
    let digits = digits(&padded, 8)?;
    let check = match weighted(&digits, &[7, 9, 10, 5, 8, 4, 2]) % 11 {
        0 => 0,
        1 => return None,
        rest => 11 - rest,
    };
    (digits[7] == check).then(|| hyphenated(written(digits), 1))
}

/// Brønnøysundregistrene, "Organisasjonsnummeret": weights modulo 11.
fn norwegian(text: &str) -> Option<String> {
    digits(text, 9).filter(|d| weighted(d, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)).map(written)
}

/// Erhvervsstyrelsen, "Modulus 11-kontrol af CVR-nummer".
fn danish(text: &str) -> Option<String> {
    digits(text, 8).filter(|d| d[0] > 0 && weighted(d, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)).map(written)
}

/// Þjóðskrá Íslands, "Kennitala": date (for legal persons with 40 added to the day), two digits, a check digit modulo
/// 11, and the century. What begins with 8 or 9 is no date and has no check digit.
fn icelandic(text: &str) -> Option<String> {
    let digits = digits(text, 10)?;
    let (day, month) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3]);
    let dated = matches!(day, 1..=31 | 41..=71) && (1..=12).contains(&month);
    let valid = day >= 80 || dated && weighted(&digits, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11);
    valid.then(|| hyphenated(written(digits), 4))
}

/// The registry codes of Estonia and Lithuania: weights 1, 2, 3 …, and where these leave 10, weights 3, 4, 5 …; both
/// run to 9 and begin again with 1.
fn baltic(text: &str, length: usize) -> Option<String> {
    let digits = digits(text, length)?;
    let body = &digits[..length - 1];
    let rest = |first: u32| {
        let weights: Vec<u32> = (0..9).map(|place| (first - 1 + place) % 9 + 1).collect();
        weighted(body, &weights) % 11
    };
    let check = match rest(1) {
        10 => rest(3) % 10,
        rest => rest,
    };
    (digits[length - 1] == check).then(|| written(digits))
}

/// Estonian Tax and Customs Board, KMKR number: weights 3, 7, 1 modulo 10.
fn estonian_tax(text: &str) -> Option<String> {
    let digits = digits(text.strip_prefix("EE").unwrap_or(text), 9)?;
    let right = weighted(&digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10);
    right.then(|| format!("EE{}", written(digits)))
}

/// Uzņēmumu reģistrs: weights modulo 11 that leave 3; a first digit below 4 would be a person's code.
fn latvian(text: &str) -> Option<String> {
    let right = |d: &[u32]| matches!(d[0], 4 | 5 | 9) && weighted(d, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3;
    digits(text, 11).filter(|d| right(d)).map(written)
}

/// Companies House, "Uniform Resource Identifiers": eight digits, or letters for the part of the kingdom or the kind of
/// body before (and for registered societies after) the digits. Leading zeros are often left out.
fn companies_house(text: &str) -> Option<String> {
    if !text.is_empty() && text.len() <= 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(format!("{text:0>8}"));
    }
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 8
        && bytes[0].is_ascii_uppercase()
        && bytes[1].is_ascii_alphanumeric()
        && bytes[2..7].iter().all(u8::is_ascii_digit)
        && bytes[7].is_ascii_alphanumeric();
    shaped.then(|| text.to_owned())
}

/// Banque-Carrefour des Entreprises: 97 less the first eight digits modulo 97; older numbers lack the leading zero.
fn belgian(text: &str) -> Option<String> {
    let number = text.strip_prefix("BE").unwrap_or(text);
    let padded = if number.len() == 9 { format!("0{number}") } else { number.to_owned() };
    let digits = digits(&padded, 10)?;
    let value = digits.iter().fold(0_u64, |value, digit| value * 10 + u64::from(*digit));
    (digits[0] < 2 && 97 - value / 100 % 97 == value % 100).then(|| written(digits))
}

/// INSEE: Luhn's formula, but for the post offices of La Poste, whose digits sum to a multiple of five.
fn french_site(text: &str) -> Option<String> {
    let digits = digits(text, 14)?;
    let post_office = text.starts_with("356000000") && digits.iter().sum::<u32>().is_multiple_of(5);
    (is_luhn(&digits) || post_office).then(|| written(digits))
}

/// ROR, "The ROR identifier": 0, six characters of Crockford's base 32 and 98 less a hundred times their value modulo
/// 97 (ISO/IEC 7064). Taken from an address too.
fn ror(text: &str) -> Option<String> {
    // The full stop of the address went with the others.
    let id = text.rsplit('/').next()?;
    let (body, check) = (id.get(1..7)?, id.get(7..)?);
    let value = body.chars().try_fold(0_u64, |value, c| {
        "0123456789ABCDEFGHJKMNPQRSTVWXYZ".find(c).map(|digit| value * 32 + digit as u64)
    })?;
    let right = id.starts_with('0') && check == format!("{:02}", 98 - value * 100 % 97);
    right.then(|| id.to_lowercase())
}

/// ISO 17442: the whole, letters read as 10 to 35, leaves 1 modulo 97 (ISO/IEC 7064).
fn legal_entity(text: &str) -> Option<String> {
    let rest = text.chars().try_fold(0_u32, |rest, c| {
        let value = c.to_digit(36)?;
        Some(if value < 10 { rest * 10 + value } else { rest * 100 + value } % 97)
    })?;
    (text.len() == 20 && rest == 1).then(|| text.to_owned())
}
