//! What can be wrong with a value: one code that does not parse, or a list of faults in a document.

use serde::Serialize;

/// A code that does not parse: which kind of code, what was given, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a valid {kind}: expected {expected}")]
pub struct CodeError {
    /// The kind of code, such as `cpv` or `region`.
    pub kind: &'static str,
    /// What was given, cut to 80 characters.
    pub given: String,
    /// What would be right, in English.
    pub expected: String,
    /// The nearest valid codes, best first; empty where none is near.
    pub nearest: Vec<String>,
}

impl CodeError {
    /// A code error without near codes.
    pub fn new(kind: &'static str, given: &str, expected: impl Into<String>) -> Self {
        Self { kind, given: given.chars().take(80).collect(), expected: expected.into(), nearest: Vec::new() }
    }

    /// The same error with the nearest valid codes.
    #[must_use]
    pub fn with_nearest(mut self, nearest: Vec<String>) -> Self {
        self.nearest = nearest;
        self
    }
}

/// One fault in a document, addressed by an RFC 6901 JSON pointer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// JSON pointer to the faulty value; empty for the whole document.
    pub pointer: String,
    /// A stable code: `required`, `unknown_field`, `wrong_type`, `too_long`, `too_many`, `invalid_code`, `unknown_code`, …
    pub code: &'static str,
    /// What is wrong and what to do, in English.
    pub detail: String,
    /// The nearest valid values, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nearest: Vec<String>,
}

/// All faults found in a document; never empty when returned as an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(|v| format!("{}: {}", if v.pointer.is_empty() { "/" } else { &v.pointer }, v.detail)).collect::<Vec<_>>().join("; "))]
pub struct Violations(pub Vec<Violation>);
