//! The buyer's own name, which says nothing of what is needed: "Perth and Kinross Council" asks for care at home, not for
//! whatever else exists in Perth.

use std::collections::HashSet;

use innocap_domain::{TextVersion, Texts};

/// Letters of a name's word at least; shorter ones are abbreviations and articles.
const LEAST: usize = 3;

/// The texts of a need without the words of its buyer's name. Only words that the name writes with a capital and the need
/// never without one are taken for a name: a department of energy that asks about energy keeps the word.
pub(crate) fn without_name(texts: &Texts, name: &str) -> Texts {
    let capital = |word: &&str| word.chars().next().is_some_and(char::is_uppercase) && word.chars().count() >= LEAST;
    let mut names: HashSet<String> = words(name).filter(capital).map(str::to_lowercase).collect();
    for version in texts.versions() {
        for text in fields(version) {
            for word in words(text).filter(|word| word.chars().next().is_some_and(char::is_lowercase)) {
                names.remove(&word.to_lowercase());
            }
        }
    }
    if names.is_empty() {
        return texts.clone();
    }
    let stripped = texts.versions().iter().map(|version| TextVersion {
        language: version.language.clone(),
        title: strip(&version.title, &names),
        summary: strip(&version.summary, &names),
        description: strip(&version.description, &names),
        keywords: version.keywords.clone(),
    });
    let stripped: Vec<TextVersion> = stripped.collect();
    // A need that consists of its buyer's name is asked as it is.
    let says_something = |version: &TextVersion| fields(version).iter().any(|text| words(text).next().is_some());
    if !stripped.iter().all(says_something) {
        return texts.clone();
    }
    Texts::new(stripped).unwrap_or_else(|| texts.clone())
}

fn fields(version: &TextVersion) -> [&str; 3] {
    [&version.title, &version.summary, &version.description]
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The text without the names, also in the genitive that the Nordic languages and English write with an s.
fn strip(text: &str, names: &HashSet<String>) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let start = rest.find(char::is_alphanumeric).unwrap_or(rest.len());
        kept.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let word = rest[..end].to_lowercase();
        let named = names.contains(&word) || word.strip_suffix('s').is_some_and(|stem| names.contains(stem));
        if !named {
            kept.push_str(&rest[..end]);
        }
        rest = &rest[end..];
    }
    kept
}

#[cfg(test)]
mod tests {
    use innocap_domain::LanguageTag;

    use super::*;

    fn need(title: &str, description: &str) -> Texts {
        let language = LanguageTag::parse("en").unwrap();
        let (title, description) = (title.to_owned(), description.to_owned());
        Texts::new(vec![TextVersion { language, title, summary: String::new(), description, keywords: Vec::new() }])
            .unwrap()
    }

    fn stripped(title: &str, description: &str, name: &str) -> (String, String) {
        let texts = without_name(&need(title, description), name);
        (texts.original().title.clone(), texts.original().description.clone())
    }

    #[test]
    fn the_buyers_name_is_left_out_and_what_it_is_about_is_kept() {
        let (title, text) =
            stripped("Care at Home in Perth & Kinross", "Perth's residents need care.", "Perth and Kinross Council");
        assert_eq!((title.as_str(), text.as_str()), ("Care at Home in  & ", "'s residents need care."));
        let (title, _) = stripped("Energy storage", "Storing energy for a week.", "Department of Energy");
        assert_eq!(title, "Energy storage");
        let (_, text) = stripped("Snöröjning", "Kirunas vägar plogas av Kiruna kommun.", "Kiruna kommun");
        assert_eq!(text, " vägar plogas av  kommun.");
    }

    #[test]
    fn a_need_that_is_nothing_but_a_name_is_asked_as_it_is() {
        assert_eq!(stripped("Luleå", "", "Luleå kommun").0, "Luleå");
        assert_eq!(stripped("Oslo", "", "Oslo kommune").0, "Oslo");
    }
}
