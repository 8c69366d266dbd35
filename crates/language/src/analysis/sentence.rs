//! Where sentences begin and end, for passages that are shown to a reader as evidence.
//!
//! A full stop ends a sentence unless an abbreviation or a number stands before it, or the text goes on in lower case. A line
//! break ends one unless the next line goes on in lower case, so that list items and headings stand alone and wrapped text does
//! not fall apart. No language is asked for: the abbreviations of all eleven are one list.

use std::ops::Range;

/// The most bytes of a passage: about what a reader takes in at a glance.
const LONGEST: usize = 400;
/// Bytes before which a long sentence is not cut, so that no stump is left.
const SHORTEST_CUT: usize = 160;

/// Abbreviations after which a sentence goes on, without their last full stop.
const GO_ON: &[&str] = &[
    // Swedish, Norwegian, Danish
    "ca", "c:a", "bl.a", "t.ex", "d.v.s", "dvs", "f.eks", "fx", "f.x", "nr", "kl", "kap", "jf", "jfr", "pga", "p.g.a",
    "inkl", "exkl", "ekskl", "ev", "evt", "resp", "fr.o.m", "t.o.m", "f.o.m", "fom", "tom", "s.k", "s.a.s", "m.h.t",
    "mht", "iht", "vedr", "ang", "avd", "st", "str", "tel", "tlf", "max", "maks", "min", "mill", "mio", "mia", "milj",
    "gj", "pkt", "p.t", "i.h.t", "mvh", "f.d", "e.d", "o.d", "h.v", "sk", "dir", "art", "gnr", "bnr", "kvm", "adr",
    "bla", "el", "hhv", "ifm", "ift", "vha", "iflg", "bl.a", "m.a.o", "s", "sid", "tab", "fig", "jan", "feb", "aug",
    "sept", "okt", "nov", "dec", "des", // Icelandic, Faroese
    "t.d", "þ.e", "þ.e.a.s", "u.þ.b", "m.a", "o.fl", "sbr", "skv", "f.h", "e.h", "kr", "t.v", "t.e", "gr", "bls",
    "millj", // Finnish
    "esim", "mm", "ns", "klo", "n", "noin", "puh", "vrt", "ks", "ko", "em", "ent", "mrd", "milj", "v", "os", "kpl",
    "eli", // English, Irish
    "e.g", "i.e", "cf", "no", "nos", "vol", "approx", "dr", "mr", "mrs", "ms", "prof", "sr", "jr", "st", "dept", "inc",
    "ltd", "co", "fig", "ch", "sec", "vs", "al", "m.sh", "lch", // French
    "p.ex", "ex", "c.-à-d", "env", "m", "mme", "mlle", "mm", "art", "av", "bd", "n°", "réf", "tél",
    "éd", // German
    "z.b", "d.h", "u.a", "bzw", "ggf", "vgl", "evtl", "inkl", "zzgl", "abs", "bspw", "sog", "i.d.r", "str", "hr", "fr",
    "rd",
];

/// Abbreviations that often stand last: a capital after them begins a new sentence.
const MAY_END: &[&str] = &[
    "m.m", "m.fl", "mfl", "m.v", "mv", "osv", "o.s.v", "mm", "etc", "e.l", "e.dyl", "o.dyl", "jne", "yms", "ym", "ymv",
    "tms", "o.s.frv", "o.fl", "usw", "u.s.w", "o.ä", "u.v.m", "p.m", "a.m", "srl", "agus.rl", "kr", "mkr", "tkr", "kl",
];

/// The byte ranges of the sentences, list items and lines of a text: trimmed, none empty, none above 400 bytes, in order.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = at + c.len_utf8();
        let ends = match c {
            '\n' | '\u{2028}' | '\u{2029}' => !continues_on_next_line(&text[after..]),
            '!' | '?' | '…' | '.' => {
                // Closing quotes and brackets, and further marks, belong to the sentence they end.
                let rest = text[after..].trim_start_matches(is_closing);
                let closing = text[after..].len() - rest.len();
                if ends_at_mark(c, &text[start..at], rest) {
                    let end = after + closing;
                    push(text, start..end, &mut found);
                    start = end;
                    while chars.next_if(|(next, _)| *next < end).is_some() {}
                }
                false
            }
            '•' | '▪' | '●' | '◦' | '\u{f0b7}' => true,
            _ => false,
        };
        if ends {
            push(text, start..after, &mut found);
            start = after;
        }
    }
    push(text, start..text.len(), &mut found);
    found
}

fn is_closing(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | ')' | ']' | '"' | '\'' | '”' | '’' | '»')
}

/// Whether a mark after `before` (the sentence so far) and before `rest` ends the sentence.
fn ends_at_mark(mark: char, before: &str, rest: &str) -> bool {
    let mut following = rest.chars();
    match following.next() {
        None => return true,
        Some(c) if !c.is_whitespace() => return false,
        Some(_) => {}
    }
    let next = rest.trim_start().trim_start_matches(['"', '\'', '“', '”', '«', '»', '(', '[']);
    let Some(next) = next.chars().next() else {
        return true;
    };
    if next.is_lowercase() {
        // "Yahoo! har …" and "… 3. mars": the text goes on.
        return false;
    }
    if mark != '.' {
        return true;
    }
    let word =
        before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '”' | '“' | '/')).next().unwrap_or("");
    let lower = word.to_lowercase();
    if MAY_END.contains(&lower.as_str()) {
        return next.is_uppercase();
    }
    if GO_ON.contains(&lower.as_str()) || is_initial(word) {
        return false;
    }
    // "1. Inledning": the number of a list item or heading, not a sentence.
    let is_number = !word.is_empty() && word.len() <= 4 && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    !(is_number && before.trim().len() == word.len())
}

/// "A. Lindgren", "J.R. Dahl".
fn is_initial(word: &str) -> bool {
    !word.is_empty() && word.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_uppercase))
}

/// Whether the line after a break goes on with the sentence: it begins in lower case.
fn continues_on_next_line(rest: &str) -> bool {
    let line = rest.trim_start_matches([' ', '\t', '\r']);
    line.chars().next().is_some_and(char::is_lowercase)
}

/// Adds a trimmed range, cut where it is too long; nothing where it holds neither letter nor digit.
fn push(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let mut range = trim(text, range);
    while range.len() > LONGEST {
        let piece = &text[range.start..text.floor_char_boundary(range.start + LONGEST)];
        let late = |at: &usize| *at >= SHORTEST_CUT;
        let cut = piece
            .rmatch_indices([',', ';', ':', '–', '—'])
            .map(|(at, mark)| at + mark.len())
            .find(|at| late(at) && text[range.start + at..].starts_with(char::is_whitespace))
            .or_else(|| piece.rfind(char::is_whitespace).filter(late))
            .unwrap_or(piece.len());
        let head = trim(text, range.start..range.start + cut);
        if text[head.clone()].contains(char::is_alphanumeric) {
            found.push(head);
        }
        range = trim(text, range.start + cut..range.end);
    }
    if text[range.clone()].contains(char::is_alphanumeric) {
        found.push(range);
    }
}

/// The range without surrounding space, control characters and leading list marks.
fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let blank = |c: char| c.is_whitespace() || c.is_control();
    let slice = &text[range.clone()];
    let mut head = slice.trim_start_matches(blank);
    for mark in ["- ", "– ", "— ", "* ", "• ", "▪ ", "● ", "◦ ", "· ", "•", "▪", "●", "◦", "\u{f0b7}"]
    {
        if let Some(item) = head.strip_prefix(mark) {
            head = item.trim_start_matches(blank);
            break;
        }
    }
    let start = range.start + (slice.len() - head.len());
    start..start + head.trim_end_matches(|c: char| blank(c) || matches!(c, '•' | '▪' | '●' | '◦' | '\u{f0b7}')).len()
}
