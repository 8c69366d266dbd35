//! Where words begin and end: runs of letters, marks and digits, close to the default word boundaries of Unicode Standard
//! Annex #29 but with hyphens always separating and apostrophes read as each language uses them.

use innocap_domain::Language;

/// Calls `found` with the byte range of each word, first to last.
pub(super) fn for_each(text: &str, language: Option<Language>, mut found: impl FnMut(usize, usize)) {
    let mut start = None;
    let mut chars = text.char_indices().peekable();
    let mut previous = ' ';
    while let Some((at, c)) = chars.next() {
        if is_inner(c) {
            start.get_or_insert(at);
            previous = c;
            continue;
        }
        let Some(begin) = start else { continue };
        let next = chars.peek().map_or(' ', |(_, c)| *c);
        let after = text[at + c.len_utf8()..].chars();
        let joins = match c {
            // Soft hyphens and zero-width marks are there for typesetting.
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' => next.is_alphanumeric(),
            // "1,500" and "3.14" are one number.
            '.' | ',' => previous.is_ascii_digit() && next.is_ascii_digit(),
            '\'' | '’' | '\u{2bc}' => next.is_alphanumeric() && joins_at_apostrophe(after, language),
            _ => false,
        };
        if !joins {
            found(begin, at);
            start = None;
        }
        previous = c;
    }
    if let Some(begin) = start {
        found(begin, text.len());
    }
}

/// Whether an apostrophe inside a word belongs to it: English has contractions and the genitive, which its stemmer knows;
/// elsewhere only a final s is a genitive. French and Irish elide (l'eau, d'fhág), where the word begins after it.
fn joins_at_apostrophe(mut after: impl Iterator<Item = char>, language: Option<Language>) -> bool {
    match language {
        Some(Language::En) => true,
        Some(Language::Fr | Language::Ga) => false,
        _ => matches!(after.next(), Some('s' | 'S')) && !after.next().is_some_and(is_inner),
    }
}

fn is_inner(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}
