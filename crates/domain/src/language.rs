//! Languages: any BCP-47 tag a text may carry, and the eleven that Innocap analyses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::CodeError;

/// A language that Innocap detects and analyses; written as its ISO 639-1 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the variants are ISO 639-1 codes")]
pub enum Language {
    Sv,
    Fi,
    Nb,
    Nn,
    Da,
    Is,
    Fo,
    Ga,
    En,
    Fr,
    De,
}

impl Language {
    /// All analysed languages, in the order of the design.
    pub const ALL: [Language; 11] =
        [Self::Sv, Self::Fi, Self::Nb, Self::Nn, Self::Da, Self::Is, Self::Fo, Self::Ga, Self::En, Self::Fr, Self::De];

    /// The ISO 639-1 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sv => "sv",
            Self::Fi => "fi",
            Self::Nb => "nb",
            Self::Nn => "nn",
            Self::Da => "da",
            Self::Is => "is",
            Self::Fo => "fo",
            Self::Ga => "ga",
            Self::En => "en",
            Self::Fr => "fr",
            Self::De => "de",
        }
    }

    /// The other languages that are written so alike that a reader of this one recognises their words: Danish, Norwegian
    /// and Swedish. Bokmål and nynorsk are taken as one.
    pub const fn near(self) -> &'static [Self] {
        match self {
            Self::Nb | Self::Nn => &[Self::Da, Self::Sv],
            Self::Da => &[Self::Nb, Self::Sv],
            Self::Sv => &[Self::Nb, Self::Da],
            _ => &[],
        }
    }

    /// The analysed language of a BCP-47 tag, by its primary subtag; `no` is read as bokmål.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        match primary.as_str() {
            "no" => Some(Self::Nb),
            other => Self::ALL.into_iter().find(|l| l.code() == other),
        }
    }
}

/// How the languages of two texts stand to each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kinship {
    /// One language.
    Same,
    /// Written so alike that a reader of one recognises the words of the other: see [`Language::near`].
    Near,
    /// Words do not cross.
    #[default]
    Other,
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A well-formed BCP-47 language tag (RFC 5646), in its canonical case: `sv`, `nb-NO`, `kl`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LanguageTag(String);

impl LanguageTag {
    /// Parses a tag; `no` becomes `nb`, since analysis and labels know bokmål by that name.
    ///
    /// # Errors
    /// [`CodeError`] where the text is no well-formed tag.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let tag = oxilangtag::LanguageTag::parse_and_normalize(text.trim())
            .map_err(|_| CodeError::new("language", text, "a BCP-47 tag such as sv, nb or en-GB"))?;
        let tag = tag.into_inner();
        // ISO 639 languages have two or three letters; RFC 5646 reserves four and more.
        if tag.split('-').next().is_none_or(|p| !(2..=3).contains(&p.len())) {
            return Err(CodeError::new("language", text, "a BCP-47 tag such as sv, nb or en-GB"));
        }
        Ok(Self(if tag == "no" { "nb".to_owned() } else { tag }))
    }

    /// The tag's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The analysed language, where it is one of ours.
    pub fn language(&self) -> Option<Language> {
        Language::from_tag(&self.0)
    }
}

impl From<Language> for LanguageTag {
    fn from(language: Language) -> Self {
        Self(language.code().to_owned())
    }
}

impl FromStr for LanguageTag {
    type Err = CodeError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::parse(s)
    }
}

impl TryFrom<String> for LanguageTag {
    type Error = CodeError;
    fn try_from(value: String) -> Result<Self, Self::Error> {
        Self::parse(&value)
    }
}

impl From<LanguageTag> for String {
    fn from(tag: LanguageTag) -> Self {
        tag.0
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
