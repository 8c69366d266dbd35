//! Interface texts in the reader's language.

use std::collections::HashMap;

use actix_web::HttpRequest;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};

use crate::reader::negotiate;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // Isolation marks around numbers would be read out by some screen readers.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The texts of one language.
pub(crate) struct InterfaceTexts {
    identifier: LanguageIdentifier,
    code: &'static str,
}

impl InterfaceTexts {
    /// The texts for whoever sent the request.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let code = negotiate(request);
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
