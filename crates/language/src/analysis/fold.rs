//! One spelling for each word: NFKC, lower case, and decorations taken off, but never a letter turned into another one.
//!
//! å, ä, ö, æ, ø, ð and þ are letters of their alphabets, so "råd" and "rad" stay apart in Swedish; é in "idé" is a
//! decoration there. What is a letter differs by language, hence the two steps: [`spell`] gives the form that stop lists and
//! stemmers expect, with the language's own letters, and [`plain`] takes the accents off a finished stem for recall.

use innocap_domain::Language;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Writes the lower-case form of a word with its language's own letters into `out`.
pub(super) fn spell(word: &str, language: Option<Language>, out: &mut String) {
    out.clear();
    if word.is_ascii() {
        out.push_str(word);
        out.make_ascii_lowercase();
    } else {
        for c in word.nfkc().flat_map(char::to_lowercase).nfc() {
            match c {
                '’' | '\u{2bc}' => out.push('\''),
                c if c.is_alphanumeric() || matches!(c, '\'' | '.' | ',') => fold(c, language, out),
                _ => {}
            }
        }
    }
    // The stemmers outside English do not know the genitive's apostrophe.
    if language != Some(Language::En) && out.ends_with("'s") {
        out.truncate(out.len() - 2);
    }
}

/// A finished stem without the accents that stemmers needed: Irish and French write and omit them, and recall counts.
pub(super) fn plain(stem: String, language: Language) -> String {
    if stem.is_ascii() {
        return stem;
    }
    let mut out = String::with_capacity(stem.len());
    for c in stem.chars() {
        if is_letter(c, language) { out.push(c) } else { strip(c, &mut out) }
    }
    out
}

/// The letters that no recall is worth losing.
fn is_letter(c: char, language: Language) -> bool {
    use Language::{Da, De, En, Fi, Fo, Fr, Ga, Is, Nb, Nn, Sv};
    match language {
        Sv | Fi => matches!(c, 'å' | 'ä' | 'ö'),
        Nb | Nn | Da => matches!(c, 'æ' | 'ø' | 'å'),
        Is => matches!(c, 'ð' | 'þ' | 'æ' | 'ö'),
        Fo => matches!(c, 'ð' | 'æ' | 'ø'),
        De => matches!(c, 'ä' | 'ö' | 'ü'),
        Ga | En | Fr => false,
    }
}

/// Accented letters that the language's stemmer or stop list reads.
fn is_read_by_stemmer(c: char, language: Language) -> bool {
    match language {
        Language::Fr => matches!(c, 'à' | 'â' | 'ç' | 'é' | 'è' | 'ê' | 'ë' | 'î' | 'ï' | 'ô' | 'û' | 'ù' | 'ü' | 'ÿ'),
        Language::Ga | Language::Is | Language::Fo => {
            matches!(c, 'á' | 'é' | 'í' | 'ó' | 'ú' | 'ý')
        }
        Language::De => c == 'ß',
        _ => false,
    }
}

fn fold(c: char, language: Option<Language>, out: &mut String) {
    use Language::{Da, Fi, Fo, Is, Nb, Nn, Sv};
    if c.is_ascii() {
        return out.push(c);
    }
    let Some(language) = language else {
        return strip(c, out);
    };
    if is_letter(c, language) || is_read_by_stemmer(c, language) {
        return out.push(c);
    }
    // The same two letters are written differently east and west; names cross that border.
    match (c, language) {
        ('æ', Sv | Fi) => out.push('ä'),
        ('ø', Sv | Fi | Is) => out.push('ö'),
        ('ä', Nb | Nn | Da | Is | Fo) => out.push('æ'),
        ('ö', Nb | Nn | Da | Fo) => out.push('ø'),
        _ => strip(c, out),
    }
}

/// The letter without its marks; letters that Unicode does not decompose by their usual transcription.
fn strip(c: char, out: &mut String) {
    match c {
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'ø' => out.push('o'),
        'ð' | 'đ' => out.push('d'),
        'þ' => out.push_str("th"),
        'ß' => out.push_str("ss"),
        'ł' => out.push('l'),
        'ı' => out.push('i'),
        'ŋ' => out.push('n'),
        'ŧ' => out.push('t'),
        c => decompose_canonical(c, |part| {
            if !is_combining_mark(part) {
                out.push(part);
            }
        }),
    }
}
