//! What a use case can answer instead of a result. Each error has a text for its reader and, where there is more to
//! know, a text for the log that never leaves.

use innocap_domain::{Scope, Violation, Violations};
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
    #[error("sign in first")]
    Unauthenticated,
    /// What was presented to sign in is not right, or there is no such account: nobody learns which.
    #[error("the address or the password is not right")]
    WrongCredentials,
    /// A code, an invitation or a ceremony is not known, was used, or has ended: nobody learns which.
    #[error("this is not known, was used already, or has ended")]
    Ended,
    /// Who calls may not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// The client's token lacks a scope.
    #[error("the token lacks the scope {0}")]
    Scope(Scope),
    /// Too many tries.
    #[error("too many tries: try again in {seconds} seconds")]
    TooMany {
        /// How long to wait.
        seconds: i64,
    },
    /// The idempotency key was used for another request.
    #[error("the Idempotency-Key was used for another request")]
    KeyReused,
    /// The request with this idempotency key is being done.
    #[error("the request with this Idempotency-Key is under way")]
    UnderWay,
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
    /// The record cannot be given in the format asked for.
    #[error("{0}")]
    NotInThisFormat(String),
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
        code: "invalid_idempotency_key",
        status: 400,
        meaning: "The Idempotency-Key is none.",
        remedy: "Send one string of 1 to 255 printable ASCII characters, such as a UUID in double quotes.",
    },
    ErrorEntry {
        code: "unauthenticated",
        status: 401,
        meaning: "The request needs a valid bearer token.",
        remedy: "Send Authorization: Bearer with an access token of /oauth/token or of signing in; it holds 15 minutes.",
    },
    ErrorEntry {
        code: "wrong_credentials",
        status: 401,
        meaning: "The address or the password, the passkey or the identity is not right, or there is no such account.",
        remedy: "Check both, or have a new password set by mail.",
    },
    ErrorEntry {
        code: "forbidden",
        status: 403,
        meaning: "Who asks may not do this; the detail says why.",
        remedy: "Ask an owner of the organisation concerned, or do what the detail names first.",
    },
    ErrorEntry {
        code: "insufficient_scope",
        status: 403,
        meaning: "The API client's token lacks the scope that this operation needs.",
        remedy: "Ask for a token with the scope named; where the client does not have it, its owner gives it.",
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
        code: "not_acceptable",
        status: 406,
        meaning: "None of the media types that are accepted can be answered with.",
        remedy: "Let Accept name a media type of the operation; /api/v1/docs lists them, and most answer with application/json.",
    },
    ErrorEntry {
        code: "body_timeout",
        status: 408,
        meaning: "The body did not arrive in time.",
        remedy: "Send the request again, over a better connection or in smaller parts.",
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
        code: "not_in_this_format",
        status: 409,
        meaning: "The record cannot be given in this format; the detail says why.",
        remedy: "Read the record itself, or in another of the formats that its page names.",
    },
    ErrorEntry {
        code: "idempotency_in_progress",
        status: 409,
        meaning: "The request with this Idempotency-Key is under way.",
        remedy: "Send the same request again after the seconds given in Retry-After.",
    },
    ErrorEntry {
        code: "answer_not_kept",
        status: 409,
        meaning: "The request with this Idempotency-Key was done; its answer held a secret, which is not kept.",
        remedy: "Look at what was made; where its secret was lost, have it renewed.",
    },
    ErrorEntry {
        code: "ended",
        status: 410,
        meaning: "The code, invitation or ceremony is not known, was used already, or has ended.",
        remedy: "Ask for a new one.",
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
        remedy: "Send the media type that the detail names: application/json, or application/merge-patch+json with PATCH.",
    },
    ErrorEntry {
        code: "idempotency_key_reused",
        status: 422,
        meaning: "The Idempotency-Key was used for another request.",
        remedy: "Use a new key for each new request, and an old one only to send the same request again.",
    },
    ErrorEntry {
        code: "too_many_requests",
        status: 429,
        meaning: "There were too many tries; each further one makes the wait longer.",
        remedy: "Try again after the seconds given in Retry-After.",
    },
    ErrorEntry {
        code: "rate_limited",
        status: 429,
        meaning: "There were more requests than the quota allows.",
        remedy: "Wait for the seconds given in Retry-After; RateLimit and RateLimit-Policy tell the quota with each answer.",
    },
    ErrorEntry {
        code: "unavailable",
        status: 503,
        meaning: "The service cannot answer just now.",
        remedy: "Try again after the seconds given in Retry-After.",
    },
    ErrorEntry {
        code: "timed_out",
        status: 503,
        meaning: "The answer took too long, and the request was given up.",
        remedy: "Try again after the seconds given in Retry-After, with an Idempotency-Key where it writes.",
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
            Self::WrongCredentials => "wrong_credentials",
            Self::Ended => "ended",
            Self::Forbidden(_) => "forbidden",
            Self::Scope(_) => "insufficient_scope",
            Self::TooMany { .. } => "too_many_requests",
            Self::KeyReused => "idempotency_key_reused",
            Self::UnderWay => "idempotency_in_progress",
            Self::Stale { .. } => "stale_version",
            Self::Duplicate { .. } => "duplicate",
            Self::Conflict(_) => "conflict",
            Self::NotInThisFormat(_) => "not_in_this_format",
            Self::Unavailable { .. } => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// A document names an organisation that is not there.
    pub(crate) fn unknown_organisation() -> Self {
        Self::at("/organisation", "unknown_organisation", "there is no organisation with this identifier")
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
            RegistryError::OrganisationMissing => Self::unknown_organisation(),
            RegistryError::LastOwner { .. } => {
                Self::Conflict("an organisation keeps an owner: give the role to somebody else first".to_owned())
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

impl From<innocap_access::NoRandomness> for AppError {
    fn from(error: innocap_access::NoRandomness) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<innocap_access::TokenError> for AppError {
    fn from(error: innocap_access::TokenError) -> Self {
        match error {
            innocap_access::TokenError::Issue(_) => Self::Internal(error.to_string()),
            _ => Self::Unauthenticated,
        }
    }
}
