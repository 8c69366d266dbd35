//! Texts in brief: cut at a word, as paragraphs, and without what a format cannot write.

/// A text cut at a word, with an ellipsis where something is left out; two characters longer than `most` at most.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let start: String = text.chars().take(most).collect();
    let whole = start.rsplit_once(char::is_whitespace).map_or(start.as_str(), |(whole, _)| whole);
    format!("{} …", whole.trim_end_matches([',', ';', ':', '.']))
}

/// A text of at most so many characters, cut at a word where it is longer.
pub(crate) fn within(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { cut(text, most - 2) }
}

/// The paragraphs of texts, without those that repeat an earlier one.
pub fn paragraphs(parts: &[&str]) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    for paragraph in parts.iter().flat_map(|part| part.lines()).map(str::trim).filter(|line| !line.is_empty()) {
        let said = |known: &String| known == paragraph;
        if !paragraphs.iter().any(said) {
            paragraphs.push(paragraph.to_owned());
        }
    }
    paragraphs
}

/// The text without the characters that XML has no way to write (XML 1.0, section 2.2).
pub fn xml_text(text: &str) -> String {
    let is_character = |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{FFFD}' | '\u{10000}'..);
    text.chars().filter(is_character).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_a_word() {
        assert_eq!(cut("snow, ice and slush", 9), "snow …");
        assert_eq!(cut("snow", 9), "snow");
        assert_eq!(cut(&"x".repeat(20), 9).chars().count(), 11);
        assert_eq!(within(&"x".repeat(20), 9).chars().count(), 9);
        assert_eq!(within(&"x".repeat(9), 9).chars().count(), 9);
    }

    #[test]
    fn a_paragraph_that_is_there_already_is_not_said_again() {
        assert_eq!(paragraphs(&["Snow.", "Snow.\n\n Ice. \nSnow."]), ["Snow.", "Ice."]);
    }

    #[test]
    fn what_cannot_be_written_as_xml_is_left_out() {
        assert_eq!(xml_text("snow\u{1} and\u{FFFE} ice\n❄"), "snow and ice\n❄");
    }
}
