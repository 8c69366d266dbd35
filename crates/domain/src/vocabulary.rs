//! Labels of codes in the languages of the region: a bundled set written for Innocap, and whatever official lists
//! an operator imports on top.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use serde::Deserialize;

use crate::codes::CpvCode;
use crate::language::Language;
use crate::organisation::word_enum;

word_enum! {
    /// The code lists that have labels.
    Scheme, "scheme" {
        /// What is bought.
        Cpv = "cpv",
        /// Where.
        Region = "region",
        /// Which public function.
        Function = "function",
    }
}

/// The labels of one code, by language code.
pub type LabelSet = BTreeMap<String, String>;

/// Labels by scheme and code.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    entries: HashMap<(Scheme, String), LabelSet>,
    descriptions: HashMap<(Scheme, String), LabelSet>,
}

#[derive(Deserialize)]
struct RegionLine {
    code: String,
    name: String,
    #[serde(default)]
    labels: LabelSet,
}

#[derive(Deserialize)]
struct FunctionLine {
    code: String,
    label: LabelSet,
    #[serde(default)]
    description: LabelSet,
}

fn lines<T: for<'de> Deserialize<'de>>(text: &'static str) -> impl Iterator<Item = T> {
    text.lines().map(|line| serde_json::from_str(line).expect("bundled vocabulary lines are tested to parse"))
}

impl Labels {
    /// The labels that come with Innocap, in English, Swedish, Finnish, Norwegian, Danish and Icelandic.
    pub fn bundled() -> &'static Self {
        static BUNDLED: OnceLock<Labels> = OnceLock::new();
        BUNDLED.get_or_init(|| {
            let mut labels = Self::default();
            for mut line in lines::<LabelSet>(include_str!("../data/cpv.jsonl")) {
                let code = line.remove("code").expect("bundled CPV lines have a code");
                labels.entries.insert((Scheme::Cpv, code), line);
            }
            for line in lines::<RegionLine>(include_str!("../data/regions.jsonl")) {
                let mut set = line.labels;
                set.insert("*".to_owned(), line.name);
                labels.entries.insert((Scheme::Region, line.code), set);
            }
            for line in lines::<FunctionLine>(include_str!("../data/functions.jsonl")) {
                labels.descriptions.insert((Scheme::Function, line.code.clone()), line.description);
                labels.entries.insert((Scheme::Function, line.code), line.label);
            }
            labels
        })
    }

    /// Adds or replaces a label.
    pub fn insert(&mut self, scheme: Scheme, code: &str, language: &str, label: String) {
        self.entries.entry((scheme, code.to_owned())).or_default().insert(language.to_owned(), label);
    }

    /// All labels of a code.
    pub fn all(&self, scheme: Scheme, code: &str) -> Option<&LabelSet> {
        self.entries.get(&(scheme, code.to_owned()))
    }

    /// A code's label in a language; else in a language close to it, in English, or the local name; for a CPV code
    /// without any label, that of the nearest code above it.
    pub fn label(&self, scheme: Scheme, code: &str, language: Language) -> Option<&str> {
        let pick = |set: &'_ LabelSet| -> Option<String> {
            let near: &[&str] = match language {
                Language::Nn => &["nn", "nb"],
                Language::Fo => &["fo", "da"],
                other => &[other.code()],
            };
            near.iter().copied().chain(["en", "*"]).find(|l| set.contains_key(*l)).map(str::to_owned)
        };
        if let Some(set) = self.all(scheme, code)
            && let Some(key) = pick(set)
        {
            return set.get(&key).map(String::as_str);
        }
        if scheme == Scheme::Cpv {
            let parent = CpvCode::parse(code).ok()?.parent()?;
            return self.label(scheme, parent.as_str(), language);
        }
        None
    }

    /// What a public function covers, in a line.
    pub fn description(&self, scheme: Scheme, code: &str, language: Language) -> Option<&str> {
        let set = self.descriptions.get(&(scheme, code.to_owned()))?;
        set.get(language.code()).or_else(|| set.get("en")).map(String::as_str)
    }

    /// All codes of a scheme that have a label, in order.
    pub fn codes(&self, scheme: Scheme) -> Vec<&str> {
        let mut codes: Vec<_> = self.entries.keys().filter(|(s, _)| *s == scheme).map(|(_, c)| c.as_str()).collect();
        codes.sort_unstable();
        codes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_label_stands_in_six_languages() {
        let labels = Labels::bundled();
        for scheme in [Scheme::Cpv, Scheme::Function] {
            for code in labels.codes(scheme) {
                for language in ["en", "sv", "fi", "nb", "da", "is"] {
                    assert!(
                        labels.all(scheme, code).unwrap().contains_key(language),
                        "{code} has no label in {language}"
                    );
                }
            }
        }
        for code in CpvCode::all().filter(|code| code.depth() <= 3) {
            assert!(labels.all(Scheme::Cpv, code.as_str()).is_some(), "the division or group {code} has no label");
        }
    }

    #[test]
    fn a_code_without_a_label_is_called_by_the_one_above_it() {
        let labels = Labels::bundled();
        assert_eq!(labels.label(Scheme::Cpv, "90620000", Language::Is), Some("Snjómokstur"));
        assert_eq!(labels.label(Scheme::Region, "SE332", Language::Fi), Some("Norrbotten"));
        assert!(labels.label(Scheme::Cpv, "03111100", Language::Sv).is_some());
    }
}
