//! Interface texts in the reader's language.

use std::collections::HashMap;

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // Isolation marks around numbers would be read out by some screen readers.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The languages of the interface, each with its own name.
pub(crate) const LANGUAGES: [(&str, &str); 6] =
    [("en", "English"), ("sv", "Svenska"), ("fi", "Suomi"), ("nb", "Norsk"), ("da", "Dansk"), ("is", "Íslenska")];

/// The texts of one language.
pub(crate) struct InterfaceTexts {
    identifier: LanguageIdentifier,
    code: &'static str,
}

impl InterfaceTexts {
    /// The language that the address asks for (`?lang=sv`), else the first of Accept-Language that there is.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let asked = request.query_string().split('&').find_map(|pair| pair.strip_prefix("lang="));
        let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut accepted: Vec<(f32, &str)> = header
            .split(',')
            .filter_map(|part| {
                let (tag, quality) = part.trim().split_once(";q=").unwrap_or((part.trim(), "1"));
                Some((quality.trim().parse().ok()?, tag))
            })
            .collect();
        accepted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let code = asked.into_iter().chain(accepted.into_iter().map(|(_, tag)| tag)).find_map(known).unwrap_or("en");
        Self { identifier: code.parse().expect("the codes of the interface are language identifiers"), code }
    }

    /// The language's code.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// A text.
    pub(crate) fn get(&self, id: &str) -> String {
        LOCALES.lookup(&self.identifier, id)
    }

    /// A text with a number in it.
    pub(crate) fn count(&self, id: &str, number: usize) -> String {
        let arguments = HashMap::from([("count".into(), FluentValue::from(number))]);
        LOCALES.lookup_with_args(&self.identifier, id, &arguments)
    }
}

/// The interface language of a tag; Norwegian of every kind reads bokmål.
fn known(tag: &str) -> Option<&'static str> {
    let primary = tag.split('-').next()?.to_ascii_lowercase();
    let primary = if matches!(primary.as_str(), "no" | "nn") { "nb" } else { &primary };
    LANGUAGES.into_iter().map(|(code, _)| code).find(|code| *code == primary)
}
