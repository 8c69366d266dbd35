//! A light stemmer for Icelandic and Faroese, which Snowball lacks.
//!
//! It takes off, once each and in this order, keeping at least three letters with a vowel:
//! 1. the longest ending of a noun or adjective, with or without the suffixed article. Nouns take the article after their
//!    case ending (veg-ur-inn, þjónust-u-nnar, skól-a-num; Faroese veg-ur-in, tænast-u-na), so each pair is one ending here;
//! 2. the adjective-forming -legur / -ligur is left as -leg / -lig, so that its cases and genders meet;
//! 3. umlaut: before an ending with u an a becomes ö (Icelandic) or ø (Faroese) (barn, börn; félag, félögum; havn, høvn).
//!    A stem's last vowel is turned back, whether or not the ending is still there to show it.
//!
//! Sources of the paradigms: S. Einarsson, "Icelandic" (1945), and W. B. Lockwood, "An Introduction to Modern Faroese" (1955).
//! Strong verbs and irregular plurals (kona, kvenna) are beyond it.

use innocap_domain::Language;

/// Icelandic endings, longest first within each length so that the first match is the longest.
const ICELANDIC: &[&str] = &[
    // article after a case ending
    "arinnar", "urinnar", "ununum", "innanna", "unnar", "innar", "arnir", "irnir", "arnar", "irnar", "urnar", "urinn",
    "anna", "unni", "inni", "unum", "anum", "inum", "arna", "sins", "una", "ina", "inn", "ana", "ans", "ins", "inu",
    "num", "nir", "nar", "unn", "ann", "ðið", "in", "ið", "an", "að", // comparison and participles
    "astur", "ustum", "andi", "aðir", "aðar", "aður", "aðri", "uðum", "aðan", "aðra", "uðu", "aði", "ari", "ast",
    "ust", "ist", // case endings
    "num", "ur", "ar", "ir", "um", "ri", "ra", "rar", "a", "i", "u", "s", "r", "t",
];

/// Faroese endings.
const FAROESE: &[&str] = &[
    "arinnar", "urnar", "irnar", "arnar", "irnir", "arnir", "innar", "unnar", "sins", "unum", "anum", "inum", "inar",
    "inir", "anna", "unni", "inni", "urin", "ini", "ina", "una", "ins", "ans", "num", "nar", "nir", "in", "ið", "an",
    "un", "að", "astur", "andi", "aðir", "aðar", "aður", "aðu", "aði", "ari", "ast", "ist", "ur", "ar", "ir", "um",
    "ri", "ra", "a", "i", "u", "s", "r", "t",
];

/// The fewest letters of a stem.
const SHORTEST: usize = 3;

/// The stem of a lower-case word; `language` is Icelandic, or else Faroese is meant.
pub(super) fn stem(word: &str, language: Language) -> String {
    let (endings, adjective, umlaut) = match language {
        Language::Is => (ICELANDIC, "leg", 'ö'),
        _ => (FAROESE, "lig", 'ø'),
    };
    let mut stem = word;
    let longest = endings
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .filter(|rest| rest.chars().count() >= SHORTEST && rest.contains(is_vowel))
        .min_by_key(|rest| rest.len());
    if let Some(rest) = longest {
        stem = rest;
    }
    // "nauðsynlegur" and "nauðsynlegust" meet in "nauðsynleg".
    if let Some(at) = stem.rfind(adjective)
        && at >= 2 * SHORTEST
        && stem.len() <= at + adjective.len() + 3
    {
        stem = &stem[..at + adjective.len()];
    }
    match stem.char_indices().rfind(|(_, c)| is_vowel(*c)) {
        Some((at, vowel)) if vowel == umlaut => {
            format!("{}a{}", &stem[..at], &stem[at + vowel.len_utf8()..])
        }
        _ => stem.to_owned(),
    }
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'á' | 'e' | 'é' | 'i' | 'í' | 'o' | 'ó' | 'u' | 'ú' | 'y' | 'ý' | 'æ' | 'ö' | 'ø')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meet(language: Language, forms: &[&str]) {
        let first = stem(forms[0], language);
        for form in forms {
            assert_eq!(stem(form, language), first, "{form} against {}", forms[0]);
        }
    }

    #[test]
    fn icelandic_case_and_article_forms_meet() {
        meet(Language::Is, &["vegur", "vegi", "vegir", "vegum", "vega", "veginn", "vegurinn", "vegirnir", "vegunum"]);
        meet(Language::Is, &["þjónusta", "þjónustu", "þjónustan", "þjónustuna", "þjónustunni", "þjónustunnar"]);
        meet(Language::Is, &["sveitarfélag", "sveitarfélagið", "sveitarfélaga", "sveitarfélögum", "sveitarfélaginu"]);
        meet(Language::Is, &["skóli", "skóla", "skólinn", "skólans", "skólanum", "skólar", "skólarnir", "skólunum"]);
        meet(Language::Is, &["nauðsynlegur", "nauðsynleg", "nauðsynlegt", "nauðsynlegir", "nauðsynlegum"]);
    }

    #[test]
    fn faroese_case_and_article_forms_meet() {
        meet(Language::Fo, &["vegur", "vegir", "vegin", "vegurin", "vegirnir", "vegunum", "vegum"]);
    }

    #[test]
    fn short_words_keep_three_letters() {
        assert_eq!(stem("hús", Language::Is), "hús");
        assert_eq!(stem("ár", Language::Is), "ár");
    }
}
