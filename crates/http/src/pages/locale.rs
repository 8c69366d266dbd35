//! What differs from language to language beside the texts: how dates and numbers are written, and in which order names
//! stand. The rules are those of CLDR (cldr.unicode.org) for the languages of the interface; a library for all the
//! world's languages would weigh more than the rest of the pages.

use chrono::{Datelike, NaiveDate};
use fluent_templates::fluent_bundle::FluentValue;

use super::texts::InterfaceTexts;

/// The letters of each language in their order; a letter that is missing stands where the one does that it is made of.
const ALPHABETS: [(&str, &str); 5] = [
    ("sv", "abcdefghijklmnopqrstuvwxyzåäö"),
    ("fi", "abcdefghijklmnopqrstuvwxyzåäö"),
    ("nb", "abcdefghijklmnopqrstuvwxyzæøå"),
    ("da", "abcdefghijklmnopqrstuvwxyzæøå"),
    ("is", "aábcdðeéfghiíjklmnoópqrstuúvwxyýzþæö"),
];
const LATIN: &str = "abcdefghijklmnopqrstuvwxyz";

/// What a letter is read as where it has no place of its own; the nearest of the neighbours' letters first.
fn alike(letter: char) -> &'static str {
    match letter {
        'á' | 'à' | 'â' | 'ã' => "a",
        'ä' | 'æ' => "äæa",
        'å' => "åa",
        'ç' | 'č' => "c",
        'ð' | 'đ' => "d",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'í' | 'ì' | 'î' | 'ï' => "i",
        'ñ' | 'ŋ' => "n",
        'ö' | 'ø' => "öøo",
        'ó' | 'ò' | 'ô' | 'õ' => "o",
        'š' => "s",
        'þ' | 'ŧ' => "t",
        'ü' => "yu",
        'ú' | 'ù' | 'û' => "u",
        'ý' | 'ÿ' => "y",
        'ž' => "z",
        _ => "",
    }
}

/// A key by which texts of a language are sorted: the places of their letters, and whatever is no letter before them.
pub(crate) fn sort_key(language: &str, text: &str) -> Vec<usize> {
    let alphabet = ALPHABETS.iter().find(|(code, _)| *code == language).map_or(LATIN, |(_, alphabet)| *alphabet);
    let place = |letter: char| alphabet.chars().position(|known| known == letter).map(|place| place + 1);
    let key = |letter: char| match place(letter) {
        Some(place) => place,
        None => alike(letter).chars().find_map(place).unwrap_or(0),
    };
    let mut keys = Vec::new();
    for letter in text.to_lowercase().chars() {
        keys.push(key(letter));
        // Where there is no letter for it, it is the two that it is written from.
        if letter == 'æ' && place('æ').or(place('ä')).is_none() {
            keys.extend(place('e'));
        }
    }
    keys
}

/// What parts the thousands of a number in a language.
fn thousands(language: &str) -> &'static str {
    match language {
        "da" | "is" => ".",
        "sv" | "fi" | "nb" => "\u{a0}",
        _ => ",",
    }
}

/// A whole number as it is written in a language.
pub(crate) fn number(language: &str, number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut written = String::from(if number < 0 { "\u{2212}" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        let left = digits.len() - place;
        if place > 0 && left.is_multiple_of(3) {
            written.push_str(thousands(language));
        }
        written.push(digit);
    }
    written
}

/// How the messages of a language write the numbers in them; nothing for what is no whole number. The bundles of messages
/// take a function without a state, hence one for each way.
fn formatted(language: &str, value: &FluentValue<'_>) -> Option<String> {
    match value {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number, far below the largest")]
        FluentValue::Number(found) if found.value.fract() == 0.0 && found.value.abs() < 1e15 => {
            Some(number(language, found.value as i64))
        }
        _ => None,
    }
}

pub(super) fn with_commas<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    formatted("en", value)
}

pub(super) fn with_spaces<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    formatted("sv", value)
}

pub(super) fn with_points<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    formatted("da", value)
}

/// A day as it is written in the reader's language; what is no day of the calendar stays as it is.
pub(crate) fn day(texts: &InterfaceTexts, text: &str) -> String {
    let Ok(day) = text.parse::<NaiveDate>() else { return text.to_owned() };
    let month = texts.get(match day.month0() {
        0 => "month-1",
        1 => "month-2",
        2 => "month-3",
        3 => "month-4",
        4 => "month-5",
        5 => "month-6",
        6 => "month-7",
        7 => "month-8",
        8 => "month-9",
        9 => "month-10",
        10 => "month-11",
        _ => "month-12",
    });
    let parts = [("day", day.day().to_string()), ("month", month), ("year", day.year().to_string())];
    texts.with_all("day-of-year", &parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(language: &str, mut names: Vec<&'static str>) -> Vec<&'static str> {
        names.sort_by_key(|name| sort_key(language, name));
        names
    }

    #[test]
    fn names_stand_in_the_order_of_the_readers_alphabet() {
        let names = || vec!["Österrike", "Åland", "Ungern", "Ærø", "Danmark", "Estland"];
        assert_eq!(sorted("sv", names()), ["Danmark", "Estland", "Ungern", "Åland", "Ærø", "Österrike"]);
        assert_eq!(sorted("nb", names()), ["Danmark", "Estland", "Ungern", "Ærø", "Österrike", "Åland"]);
        assert_eq!(sorted("en", names()), ["Ærø", "Åland", "Danmark", "Estland", "Österrike", "Ungern"]);
        assert_eq!(
            sorted("is", vec!["Þýskaland", "Ítalía", "Indland", "Austurríki", "Álandseyjar"]),
            ["Austurríki", "Álandseyjar", "Indland", "Ítalía", "Þýskaland"]
        );
    }

    #[test]
    fn a_number_is_parted_as_the_language_does() {
        assert_eq!(number("en", 1_234_567), "1,234,567");
        assert_eq!(number("da", 12_345), "12.345");
        assert_eq!(number("fi", 1_868), "1\u{a0}868");
        assert_eq!(number("sv", 999), "999");
        assert_eq!(number("nb", -1_000), "\u{2212}1\u{a0}000");
    }
}
