//! Texts that people read, each in its language, possibly in several language versions.

use serde::{Deserialize, Serialize};

use crate::language::LanguageTag;
use crate::limits;
use crate::reader::Reader;

/// A record's text in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextVersion {
    /// The language it is written in.
    pub language: LanguageTag,
    /// What it is, in a line.
    pub title: String,
    /// One or two sentences.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// The whole text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Words by which it should be found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
}

/// One or more language versions; the first is the original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(Vec<TextVersion>);

impl Texts {
    /// Texts with these versions; `None` where there is none.
    pub fn new(versions: Vec<TextVersion>) -> Option<Self> {
        (!versions.is_empty()).then_some(Self(versions))
    }

    /// The version it was written in.
    pub fn original(&self) -> &TextVersion {
        &self.0[0]
    }

    /// All versions, the original first.
    pub fn versions(&self) -> &[TextVersion] {
        &self.0
    }

    /// The version in `language`, else the original.
    pub fn best_for(&self, language: &LanguageTag) -> &TextVersion {
        let wanted = language.language();
        self.0
            .iter()
            .find(|v| v.language == *language || (wanted.is_some() && v.language.language() == wanted))
            .unwrap_or_else(|| self.original())
    }

    /// Reads the member `texts`: one to [`limits::TEXT_VERSIONS`] versions, each language once.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let given = reader.has("texts");
        let versions = reader.objects("texts", limits::TEXT_VERSIONS, |r| {
            let language = r.required_code("language", LanguageTag::parse);
            let title = r.required_text("title", limits::TITLE);
            let summary = r.text("summary", limits::SUMMARY).unwrap_or_default();
            let description = r.text("description", limits::DESCRIPTION).unwrap_or_default();
            let keywords = r.texts("keywords", limits::KEYWORDS, limits::KEYWORD);
            language.map(|language| TextVersion { language, title, summary, description, keywords })
        });
        let complete = versions.iter().all(Option::is_some);
        let versions: Vec<_> = versions.into_iter().flatten().collect();
        if versions.is_empty() && complete {
            let code = if given { "empty" } else { "required" };
            reader.fault("texts", code, "at least one language version with language and title is required");
        }
        for (i, version) in versions.iter().enumerate() {
            if versions[..i].iter().any(|earlier| earlier.language == version.language) {
                reader.fault("texts", "duplicate", format!("the language {} is given twice", version.language));
            }
        }
        Self::new(versions)
    }
}
