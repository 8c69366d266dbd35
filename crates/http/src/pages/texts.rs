//! Interface texts in the reader's language, and the address of the page in the other languages.

use std::borrow::Cow;
use std::collections::HashMap;

use actix_web::{HttpMessage, HttpRequest};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use innocap_domain::Language;

use super::locale;
use super::visitor::SignedInMark;
use crate::extract::state;
use crate::reader::{LANGUAGES, negotiate};

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        customise: |bundle| {
            // Isolation marks around numbers would be read out by some screen readers.
            bundle.set_use_isolating(false);
            match bundle.locales.first().map(|locale| locale.language.as_str()) {
                Some("da" | "is") => bundle.set_formatter(Some(locale::with_points)),
                Some("sv" | "fi" | "nb") => bundle.set_formatter(Some(locale::with_spaces)),
                _ => bundle.set_formatter(Some(locale::with_commas)),
            }
        },
    };
}

/// The texts of one language, for one page.
pub(crate) struct InterfaceTexts {
    identifier: LanguageIdentifier,
    code: &'static str,
    /// The page's path, and its query without the language.
    path: String,
    query: Vec<(String, String)>,
    /// Whether the address says the language; then links keep it.
    asked: bool,
    signed_in: bool,
    moderates: bool,
    /// The address under which people reach the service.
    base: String,
}

/// The page in another language.
pub(crate) struct LanguageLink {
    pub code: &'static str,
    pub name: &'static str,
    pub href: String,
}

impl InterfaceTexts {
    /// The texts for whoever sent the request.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let mark = request.extensions().get::<SignedInMark>().cloned();
        let code = negotiate(request, mark.as_ref().map(|mark| mark.language.as_str()));
        let pairs = url_pairs(request.query_string());
        let (asked, query): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(name, _)| name == "lang");
        Self {
            identifier: code.parse().expect("the codes of the interface are language identifiers"),
            code,
            path: request.path().to_owned(),
            query,
            asked: !asked.is_empty(),
            signed_in: mark.is_some(),
            moderates: mark.is_some_and(|mark| mark.moderates),
            base: state(request).map(|state| state.innocap.public_url().to_owned()).unwrap_or_default(),
        }
    }

    /// The texts of a language of the interface, for a page that nobody asked for; English where it is none.
    pub(crate) fn in_language(code: &str) -> Self {
        let code = LANGUAGES.into_iter().map(|(known, _)| known).find(|known| *known == code).unwrap_or("en");
        Self {
            identifier: code.parse().expect("the codes of the interface are language identifiers"),
            code,
            path: String::new(),
            query: Vec::new(),
            asked: false,
            signed_in: false,
            moderates: false,
            base: String::new(),
        }
    }

    /// The language's code.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// The language.
    pub(crate) fn language(&self) -> Language {
        Language::from_tag(self.code).unwrap_or(Language::En)
    }

    /// A text.
    pub(crate) fn get(&self, id: &str) -> String {
        LOCALES.lookup(&self.identifier, id)
    }

    /// A text with a number in it.
    pub(crate) fn count<N: Into<FluentValue<'static>>>(&self, id: &str, number: N) -> String {
        self.with(id, "count", number)
    }

    /// A text with one thing in it.
    pub(crate) fn with<V: Into<FluentValue<'static>>>(&self, id: &str, name: &'static str, value: V) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> = HashMap::from([(name.into(), value.into())]);
        LOCALES.lookup_with_args(&self.identifier, id, &arguments)
    }

    /// A text with several things in it.
    pub(crate) fn with_all(&self, id: &str, things: &[(&'static str, String)]) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> =
            things.iter().map(|(name, value)| ((*name).into(), value.as_str().into())).collect();
        LOCALES.lookup_with_args(&self.identifier, id, &arguments)
    }

    /// A whole number as it is written in the reader's language.
    pub(crate) fn number(&self, number: i64) -> String {
        locale::number(self.code, number)
    }

    /// A day of the calendar, `2026-11-23`, as it is written in the reader's language.
    pub(crate) fn day(&self, text: &str) -> String {
        locale::day(self, text)
    }

    /// Whether this page is the one at a path, or lies below it.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// This page in each language of the interface.
    pub(crate) fn languages(&self) -> Vec<LanguageLink> {
        let link = |(code, name)| {
            let mut query = self.query.clone();
            query.push(("lang".to_owned(), String::from(code)));
            LanguageLink { code, name, href: format!("{}?{}", self.path, encode_pairs(&query)) }
        };
        LANGUAGES.into_iter().map(link).collect()
    }

    /// The whole address that stands for this page in its language: without filters, cursors or what somebody asked.
    pub(crate) fn canonical(&self) -> String {
        format!("{}{}", self.base, self.to(&self.path))
    }

    /// The whole address of this page in each language of the interface, and in the reader's own (`x-default`).
    pub(crate) fn alternates(&self) -> Vec<(&'static str, String)> {
        let plain = format!("{}{}", self.base, self.path);
        let of = |(code, _)| (code, format!("{plain}?lang={code}"));
        LANGUAGES.into_iter().map(of).chain(std::iter::once(("x-default", plain.clone()))).collect()
    }

    /// The language with the place it is spoken in, as Open Graph names languages.
    pub(crate) fn locale(&self) -> &'static str {
        match self.code {
            "sv" => "sv_SE",
            "fi" => "fi_FI",
            "nb" => "nb_NO",
            "da" => "da_DK",
            "is" => "is_IS",
            _ => "en_GB",
        }
    }

    /// An address on this site that keeps the language which this page's address asks for.
    pub(crate) fn to(&self, address: &str) -> String {
        if !self.asked {
            return address.to_owned();
        }
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}lang={}", self.code)
    }

    /// Whether somebody is signed in, for what every page shows of it.
    pub(crate) fn signed_in(&self) -> bool {
        self.signed_in
    }

    /// Whether whoever is signed in decides about what waits for review.
    pub(crate) fn moderates(&self) -> bool {
        self.moderates
    }

    /// Whether forms have to pass the language on.
    pub(crate) fn asked(&self) -> bool {
        self.asked
    }

    /// A parameter of the page's address; empty where there is none.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.query.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The parameters of the page's address that say something.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        self.query.iter().filter(|(_, value)| !value.trim().is_empty()).cloned().collect()
    }
}

fn url_pairs(query: &str) -> Vec<(String, String)> {
    actix_web::web::Query::<Vec<(String, String)>>::from_query(query).map(|q| q.into_inner()).unwrap_or_default()
}

/// Pairs as a query string.
pub(crate) fn encode_pairs(pairs: &[(String, String)]) -> String {
    let encode = crate::api::records::encode;
    pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}
