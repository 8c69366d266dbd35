//! The Fluent files in `locales/`, loaded once, and which of their languages a reader is spoken to in.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use innocap_domain::Language;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // Isolation marks around facts would be read out by some screen readers, and stand in terminals as boxes.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The messages of one language.
pub(crate) struct Messages {
    language: Language,
    identifier: LanguageIdentifier,
}

impl Messages {
    /// The messages of a reader's language, or where there are none those of the nearest: bokmål for nynorsk, Danish
    /// for Faroese, else English.
    pub(crate) fn new(reader: Language) -> Self {
        let language = match reader {
            Language::Nn => Language::Nb,
            Language::Fo => Language::Da,
            Language::Ga | Language::Fr | Language::De => Language::En,
            spoken => spoken,
        };
        let identifier = language.code().parse().expect("a language's code is a language identifier");
        Self { language, identifier }
    }

    /// The language that is spoken.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// A message without arguments.
    pub(crate) fn text(&self, id: &str) -> String {
        LOCALES.lookup(&self.identifier, id)
    }

    /// A message without arguments, where there is one.
    pub(crate) fn find(&self, id: &str) -> Option<String> {
        LOCALES.try_lookup(&self.identifier, id)
    }

    /// A message with its arguments. They are put in as they are: Fluent reads nothing in them.
    pub(crate) fn with(&self, id: &str, arguments: &[(&'static str, FluentValue<'static>)]) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> =
            arguments.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        LOCALES.lookup_with_args(&self.identifier, id, &arguments)
    }
}
