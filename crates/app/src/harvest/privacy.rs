//! What notices hold about people and is not kept: mail addresses, telephone numbers, names of contacts; and suppliers who
//! are people.

/// Words of a name that a company, a body or an association bears and a person does not: legal forms of the countries
/// around, and what institutions are called. Compared without dots, in lower case.
const BODIES: &[&str] = &[
    "ab",
    "abp",
    "aktiebolag",
    "aktiebolaget",
    "handelsbolag",
    "kommanditbolag",
    "hb",
    "kb",
    "oy",
    "oyj",
    "ky",
    "osk",
    "osuuskunta",
    "ry",
    "rf",
    "as",
    "asa",
    "a/s",
    "aps",
    "ivs",
    "i/s",
    "k/s",
    "p/s",
    "amba",
    "ans",
    "hf",
    "ehf",
    "ohf",
    "slf",
    "sp/f",
    "p/f",
    "ltd",
    "limited",
    "plc",
    "llp",
    "llc",
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "company",
    "dac",
    "clg",
    "cic",
    "gmbh",
    "ag",
    "kg",
    "ug",
    "mbh",
    "ohg",
    "sa",
    "sas",
    "sasu",
    "sarl",
    "eurl",
    "scop",
    "srl",
    "spa",
    "sl",
    "slu",
    "lda",
    "bv",
    "nv",
    "vof",
    "vzw",
    "asbl",
    "sprl",
    "kft",
    "zrt",
    "oü",
    "ou",
    "sia",
    "uab",
    "doo",
    "dd",
    "sro",
    "spol",
    "zoo",
    "eood",
    "ood",
    "ead",
    "group",
    "holding",
    "konsortium",
    "consortium",
    "university",
    "universitet",
    "universitetet",
    "universität",
    "université",
    "universidad",
    "yliopisto",
    "háskóli",
    "högskola",
    "högskolan",
    "ammattikorkeakoulu",
    "institute",
    "institut",
    "instituttet",
    "institutet",
    "college",
    "school",
    "council",
    "kommun",
    "kommune",
    "kunta",
    "kaupunki",
    "region",
    "regionen",
    "county",
    "municipality",
    "comune",
    "ministry",
    "ministeriet",
    "agency",
    "authority",
    "hospital",
    "foundation",
    "stiftelse",
    "stiftelsen",
    "säätiö",
    "fonden",
    "association",
    "förening",
    "föreningen",
    "forening",
    "foreningen",
    "cooperative",
    "society",
    "trust",
    "services",
    "solutions",
    "systems",
    "technologies",
    "consulting",
    "partners",
];

/// Words before a telephone number.
const BEFORE_NUMBERS: &[&str] = &[
    "tel",
    "tfn",
    "tlf",
    "telefon",
    "telephone",
    "telefax",
    "phone",
    "mobil",
    "mobile",
    "puh",
    "puhelin",
    "sími",
    "fax",
];

/// Whether a name is that of a body rather than a person's, as far as it tells.
pub(super) fn names_a_body(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '"' | '-'))
        .map(|word| word.replace('.', ""))
        .any(|word| BODIES.contains(&word.as_str()) || word.contains("universit"))
        || lower.contains("s.p.a")
        || lower.contains("z o.o")
}

/// A text without mail addresses, telephone numbers and the names given, which are those of contacts. A name of one word
/// stays: it is as often that of an office.
pub(super) fn without_contacts(text: &str, names: &[String]) -> String {
    let mut kept = text.to_owned();
    for name in names.iter().map(|name| name.trim()).filter(|name| name.contains(char::is_whitespace)) {
        kept = kept.replace(name, "…");
    }
    let mut lines: Vec<String> = Vec::new();
    for line in kept.lines() {
        lines.push(without_numbers(&without_mail(line)));
    }
    lines.join("\n")
}

fn without_mail(line: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '%' | '\'');
    let mut kept = line.to_owned();
    let mut from = 0;
    while let Some(at) = kept[from..].find('@').map(|at| from + at) {
        let start =
            kept[..at].rfind(|c| !is_part(c)).map_or(0, |i| i + kept[i..].chars().next().map_or(1, char::len_utf8));
        let end = kept[at + 1..].find(|c| !is_part(c)).map_or(kept.len(), |i| at + 1 + i);
        if start < at && kept[at + 1..end].contains('.') {
            let stop = end - usize::from(kept[..end].ends_with('.'));
            kept.replace_range(start..stop, "…");
            from = start + '…'.len_utf8();
        } else {
            from = at + 1;
        }
    }
    kept
}

/// Takes out what is written like a telephone number: with a country's prefix, with a leading zero and in groups, or after
/// a word that says so.
fn without_numbers(line: &str) -> String {
    let characters: Vec<(usize, char)> = line.char_indices().collect();
    let mut kept = String::with_capacity(line.len());
    let mut i = 0;
    while i < characters.len() {
        let (start, c) = characters[i];
        let begins = (c.is_ascii_digit() || c == '+') && !ends_in_word(&line[..start]);
        if !begins {
            kept.push(c);
            i += 1;
            continue;
        }
        let mut j = i + 1;
        let mut last_digit = i;
        while j < characters.len() {
            let c = characters[j].1;
            if c.is_ascii_digit() {
                last_digit = j;
            } else if !matches!(c, ' ' | '-' | '\u{a0}' | '(' | ')' | '/' | '.') || j - last_digit > 3 {
                break;
            }
            j += 1;
        }
        let end = characters[last_digit].0 + characters[last_digit].1.len_utf8();
        let number = &line[start..end];
        if is_telephone(number, &line[..start], &line[end..]) {
            kept.push('…');
        } else {
            kept.push_str(number);
        }
        i = last_digit + 1;
    }
    kept
}

fn ends_in_word(before: &str) -> bool {
    before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | ','))
}

fn is_telephone(number: &str, before: &str, after: &str) -> bool {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let said = before.to_lowercase();
    let said = said.trim_end_matches(|c: char| !c.is_alphanumeric());
    let said = said.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    if BEFORE_NUMBERS.contains(&said) {
        return (5..=15).contains(&digits);
    }
    if after.starts_with(|c: char| c.is_alphanumeric()) {
        return false;
    }
    let groups: Vec<usize> = number.split(|c: char| !c.is_ascii_digit()).map(str::len).filter(|n| *n > 0).collect();
    if let Some(rest) = number.strip_prefix('+').or_else(|| number.strip_prefix("00")) {
        return rest.starts_with(|c: char| c.is_ascii_digit() && c != '0') && (8..=15).contains(&digits);
    }
    // Dates, Finnish business identifiers and the numbers of the Official Journal have few groups or set lengths.
    let is_other = matches!(groups.as_slice(), [2, 2, 4] | [7, 1] | [8, 1] | [3, 6] | [1, 2, 4] | [2, 1, 4]);
    number.starts_with('0') && groups.len() > 1 && (8..=11).contains(&digits) && !is_other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_mail_numbers_and_names_of_contacts_are_taken_out_of_a_text() {
        let names = ["Anna Andersson".to_owned(), "Registry".to_owned()];
        for (text, kept) in [
            ("Ask Anna Andersson <anna.andersson@kommun.example>.", "Ask … <…>."),
            ("Skriv till upphandling@kommun.example. Svar lämnas", "Skriv till …. Svar lämnas"),
            ("Tel. 0911-123 45, kvällstid", "Tel. …, kvällstid"),
            ("ring +46 (0)911 12 34 56 eller 070-123 45 67", "ring … eller …"),
            ("puh. 040 1234567", "puh. …"),
            ("The Registry answers.", "The Registry answers."),
            (
                "12 000 m2, 48 månader, CPV 85312000, 2021/S 033-085984",
                "12 000 m2, 48 månader, CPV 85312000, 2021/S 033-085984",
            ),
            (
                "Y-tunnus 0209602-6, 01.02.2021–03.04.2022, kl. 08.30",
                "Y-tunnus 0209602-6, 01.02.2021–03.04.2022, kl. 08.30",
            ),
            ("@home, 5 @ 3 kr", "@home, 5 @ 3 kr"),
        ] {
            assert_eq!(without_contacts(text, &names), kept, "{text}");
        }
    }

    #[test]
    fn a_body_is_told_from_a_person_by_its_name() {
        for name in
            ["Alarm AB", "Kone Oy", "FMI A/S", "Bosques SRL", "Umeå universitet", "Lulea kommun", "Smith & Sons Ltd."]
        {
            assert!(names_a_body(name), "{name}");
        }
        for name in ["Per Hansen", "Anna-Maija Virtanen", "Dr. Jane Doe", "O'Brien"] {
            assert!(!names_a_body(name), "{name}");
        }
    }
}
