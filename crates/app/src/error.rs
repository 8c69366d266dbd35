//! What a use case can answer instead of a result. Each error has a text for its reader and, where there is more to
//! know, a text for the log that never leaves.

use innocap_domain::{Violation, Violations};
use innocap_registry::RegistryError;

/// Why a use case did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The document has faults.
    #[error("the document has faults: {0}")]
    Invalid(Violations),
    /// There is no such record, or the caller may not know of it.
    #[error("there is no such record")]
    NotFound,
    /// Who calls is not known.
    #[error("this needs a bearer token")]
    Unauthenticated,
    /// Who calls may not do this.
    #[error("this token does not allow it: {0}")]
    Forbidden(&'static str),
    /// The record has changed since it was read.
    #[error("the record has changed: it is at version {current}")]
    Stale {
        /// Its version now.
        current: i64,
    },
    /// Such a record exists already.
    #[error("such a record exists already: {existing}")]
    Duplicate {
        /// Which one.
        existing: uuid::Uuid,
    },
    /// The record's state does not allow it.
    #[error("{0}")]
    Conflict(String),
    /// The service cannot answer now, but will.
    #[error("{public}")]
    Unavailable {
        /// For the reader.
        public: &'static str,
        /// For the log.
        detail: String,
    },
    /// A fault of ours.
    #[error("an internal error")]
    Internal(String),
}

/// One line of the error catalogue.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct ErrorEntry {
    /// The stable code.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What it means.
    pub meaning: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

/// Every error code that the API answers with.
pub const CATALOGUE: &[ErrorEntry] = &[
    ErrorEntry {
        code: "invalid_document",
        status: 422,
        meaning: "Fields of the document have faults; each is listed with its JSON pointer.",
        remedy: "Mend the fields listed under errors and send the document again.",
    },
    ErrorEntry {
        code: "invalid_query",
        status: 400,
        meaning: "A query parameter has a fault.",
        remedy: "Mend the parameter named under errors; /api/v1/docs lists them.",
    },
    ErrorEntry {
        code: "invalid_json",
        status: 400,
        meaning: "The body is not valid JSON.",
        remedy: "Send one JSON object in UTF-8; the detail names line and column.",
    },
    ErrorEntry {
        code: "invalid_cursor",
        status: 400,
        meaning: "The cursor is damaged or belongs to another query.",
        remedy: "Start again without cursor, or repeat the query that gave it.",
    },
    ErrorEntry {
        code: "unauthenticated",
        status: 401,
        meaning: "The request needs a valid bearer token.",
        remedy: "Send Authorization: Bearer with a token; the operator issues one with `innocap token`.",
    },
    ErrorEntry {
        code: "forbidden",
        status: 403,
        meaning: "The token does not allow this.",
        remedy: "Ask the operator for a token of the organisation concerned.",
    },
    ErrorEntry {
        code: "not_found",
        status: 404,
        meaning: "There is no such resource, or you may not see it.",
        remedy: "Check the address and the identifier.",
    },
    ErrorEntry {
        code: "method_not_allowed",
        status: 405,
        meaning: "The resource does not know this method.",
        remedy: "Use a method listed in the Allow header.",
    },
    ErrorEntry {
        code: "duplicate",
        status: 409,
        meaning: "A record with this identifier or source exists already.",
        remedy: "Update the existing record, whose address is given.",
    },
    ErrorEntry {
        code: "conflict",
        status: 409,
        meaning: "The record's state does not allow this.",
        remedy: "Read the record; the detail says which state it is in.",
    },
    ErrorEntry {
        code: "stale_version",
        status: 412,
        meaning: "The record has changed since you read it.",
        remedy: "Read it again, apply your change to it, and send the new ETag in If-Match.",
    },
    ErrorEntry {
        code: "too_large",
        status: 413,
        meaning: "The body is larger than this operation accepts.",
        remedy: "Send less; the detail gives the limit in bytes.",
    },
    ErrorEntry {
        code: "unsupported_media_type",
        status: 415,
        meaning: "The body's media type is not accepted.",
        remedy: "Send application/json, or application/merge-patch+json with PATCH.",
    },
    ErrorEntry {
        code: "unavailable",
        status: 503,
        meaning: "The service cannot answer just now.",
        remedy: "Try again after the seconds given in Retry-After.",
    },
    ErrorEntry {
        code: "internal",
        status: 500,
        meaning: "A fault of the service.",
        remedy: "Try again later; tell the operator the request id if it stays.",
    },
];

impl AppError {
    /// The stable code, one of [`CATALOGUE`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_document",
            Self::NotFound => "not_found",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden(_) => "forbidden",
            Self::Stale { .. } => "stale_version",
            Self::Duplicate { .. } => "duplicate",
            Self::Conflict(_) => "conflict",
            Self::Unavailable { .. } => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// An error at one place of the document.
    pub fn at(pointer: &str, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid(Violations(vec![Violation {
            pointer: pointer.to_owned(),
            code,
            detail: detail.into(),
            nearest: Vec::new(),
        }]))
    }
}

impl From<Violations> for AppError {
    fn from(violations: Violations) -> Self {
        Self::Invalid(violations)
    }
}

impl From<RegistryError> for AppError {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::NotFound => Self::NotFound,
            RegistryError::Stale { current } => Self::Stale { current },
            RegistryError::Duplicate { existing } => Self::Duplicate { existing },
            RegistryError::OrganisationMissing => {
                Self::at("/organisation", "unknown_organisation", "there is no organisation with this identifier")
            }
            RegistryError::Locked | RegistryError::Unavailable(_) => {
                Self::Unavailable { public: "the registry cannot be reached just now", detail: error.to_string() }
            }
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<innocap_index::IndexError> for AppError {
    fn from(error: innocap_index::IndexError) -> Self {
        Self::Internal(error.to_string())
    }
}
