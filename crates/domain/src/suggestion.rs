//! Suggestions: one solution for one challenge, with its score, its reasons and what speaks against it.

use serde::{Deserialize, Serialize};

use crate::error::CodeError;
use crate::language::LanguageTag;

/// The honest answer over all suggestions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Existing solutions fit.
    Fit,
    /// Existing solutions fit in part.
    Partial,
    /// Nothing was found that fits.
    None,
}

impl Verdict {
    /// All of them, the best first.
    pub const ALL: [Self; 3] = [Self::Fit, Self::Partial, Self::None];

    /// The word it is written as.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Partial => "partial",
            Self::None => "none",
        }
    }

    /// Parses the word.
    ///
    /// # Errors
    /// [`CodeError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let found = Self::ALL.into_iter().find(|verdict| verdict.as_str() == text.trim());
        found.ok_or_else(|| CodeError::new("verdict", text, "fit, partial or none"))
    }
}

/// A passage of a solution's text, and the words in it that matched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// `title`, `summary`, `description` or `keywords`.
    pub field: String,
    /// The language version it stands in.
    pub language: LanguageTag,
    /// The passage as it stands there.
    pub text: String,
    /// What of the reason's share it carries: about what the score would lack without the passage. Absent where a reason
    /// is not made of passages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// The matched words as they stand in the passage: start and end in characters (Unicode scalar values).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub highlights: Vec<(usize, usize)>,
    /// The matched words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
}

/// One part of a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// Which part: `meaning`, `alignment`, `words`, `title`, `labels`, `codes`, `function`, `place`, `maturity`,
    /// `evidence`, `language`, `connection`. A reader's words for it come from the interface.
    pub code: String,
    /// Its share of the score; all shares of a suggestion sum to the score.
    pub share: f64,
    /// The passages that carry it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passages: Vec<Passage>,
    /// The codes both sides share, words of both texts that met, or other facts that carry it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<String>,
    /// The reason in a sentence of the reader's language; empty until somebody reads it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// Something that speaks against a suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// `not_delivered_here`, `delivery_unknown`, `not_ripe_enough`, `maturity_unknown`, `other_language`,
    /// `needs_connection`, `needs_staff_on_site`, `no_known_use`, `other_kind`, `other_nature`.
    pub code: String,
    /// The facts behind it, as codes and numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<String>,
    /// The objection in a sentence of the reader's language; empty until somebody reads it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}
