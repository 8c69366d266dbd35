//! A need that is asked about without being stored: what a caller may send, and what is refused.

use innocap_domain::{
    Country, CpvCode, Language, LanguageTag, PublicFunction, Reader, Region, TextVersion, Texts, Wants, limits,
};
use innocap_language::detect;
use innocap_ranking::{Need, WantFacts};
use serde_json::Value;

use crate::error::AppError;
use crate::options::{MOST, Options};

/// A need that is asked about without being stored.
#[derive(Debug, Clone)]
pub struct Ask {
    pub(crate) texts: Texts,
    pub(crate) language_known: bool,
    pub(crate) need: Need,
    pub(crate) options: Options,
}

impl Ask {
    /// Reads `{"text": …, "language"?: …}` or `{"texts": […]}`, either with `cpv`, `functions`, `country`, `region`,
    /// `wants`, `limit`, `delivered_here`, `collapse`, `mix`.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with every fault.
    pub fn read(document: &Value) -> Result<Self, AppError> {
        let ask = Reader::document(document, |r| {
            let before = r.faults();
            let text = r.text("text", limits::FREE_TEXT);
            let faulty = r.faults() > before;
            let language = r.code("language", LanguageTag::parse);
            let drafted = r.has("texts").then(|| Texts::read(r));
            r.skip("texts");
            let cpv = r.codes("cpv", limits::CPV_CODES, CpvCode::parse);
            let functions = r.codes("functions", limits::FUNCTIONS, PublicFunction::parse);
            let country = r.code("country", Country::parse);
            let region = r.code("region", Region::parse);
            let wants = r.object("wants", Wants::read).unwrap_or_default();
            let limit = r.integer("limit", 1..=i64::try_from(MOST).unwrap_or(i64::MAX));
            let usual = Options::default();
            let delivered_here = r.boolean("delivered_here").unwrap_or(usual.delivered_here);
            let collapse = r.boolean("collapse").unwrap_or(usual.collapse);
            let mix = r.boolean("mix").unwrap_or(usual.mix);
            for name in ["organisation", "published", "deadline", "outcome", "source"] {
                r.skip(name); // A draft challenge may be sent as it is.
            }
            let (texts, language_known) = match (text, drafted) {
                (Some(_), Some(_)) => {
                    r.fault("text", "conflict", "give either text or texts, not both");
                    (None, false)
                }
                (None, Some(texts)) => (texts, true),
                (Some(text), None) => {
                    let detected = detect(&text).language;
                    let known = language.is_some() || detected.is_some();
                    let language = language.or_else(|| detected.map(LanguageTag::from));
                    let language = language.or_else(|| LanguageTag::parse("und").ok());
                    let version = language.map(|language| TextVersion {
                        language,
                        title: String::new(),
                        summary: String::new(),
                        description: text,
                        keywords: Vec::new(),
                    });
                    (Texts::new(version.into_iter().collect()), known)
                }
                (None, None) => {
                    // A text that is there but faulty has its own fault already; one of spaces has not.
                    if !faulty {
                        r.fault("text", "required", "say what is needed, in text or in texts");
                    }
                    (None, false)
                }
            };
            if let Some(texts) = &texts
                && !texts.versions().iter().any(has_words)
            {
                let member = if language_known && texts.original().title.is_empty() { "text" } else { "" };
                r.fault(
                    if member.is_empty() { "text" } else { member },
                    "no_words",
                    "nothing in this text can be searched for: it has no words, or only words such as 'and' and 'the'",
                );
            }
            texts.map(|texts| Self {
                need: Need {
                    cpv,
                    functions,
                    country: country.or_else(|| region.as_ref().map(Region::country)),
                    region,
                    text_languages: texts
                        .versions()
                        .iter()
                        .filter_map(|v| v.language.language())
                        .map(|l| l.code().to_owned())
                        .collect(),
                    wants: WantFacts::from(&wants),
                    ..Need::default()
                },
                texts,
                language_known,
                options: Options {
                    limit: limit.and_then(|l| usize::try_from(l).ok()).unwrap_or(usual.limit),
                    delivered_here,
                    collapse,
                    mix,
                },
            })
        })?;
        ask.ok_or_else(|| AppError::Internal("a need without faults has no text".to_owned()))
    }

    /// A need in free text.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn text(text: &str) -> Result<Self, AppError> {
        Self::read(&serde_json::json!({"text": text}))
    }
}

/// Whether anything of a text is left after analysis. Where the language is not known, a word counts unless it is a
/// stop word in one of the languages there are.
fn has_words(version: &TextVersion) -> bool {
    let language = version.language.language();
    let says_something =
        |term: &str| language.is_some() || !Language::ALL.into_iter().any(|l| innocap_language::is_stop_word(term, l));
    [&version.title, &version.summary, &version.description]
        .iter()
        .any(|text| innocap_language::analyze(text, language).iter().any(|token| says_something(&token.term)))
}
