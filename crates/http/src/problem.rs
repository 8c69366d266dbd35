//! The one place where an error becomes an answer: RFC 9457 problem details for programs, a page for people.

use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use innocap_app::{AppError, CATALOGUE, ErrorEntry};
use innocap_domain::Violation;
use serde_json::{Value, json};

use crate::extract::MERGE_PATCH;

/// What `WWW-Authenticate` begins with (RFC 6750, section 3).
const CHALLENGE: &str = "Bearer realm=\"innocap\"";

/// An error on its way to the caller.
#[derive(Debug)]
pub(crate) struct Problem {
    entry: &'static ErrorEntry,
    detail: String,
    errors: Vec<Violation>,
    existing: Option<String>,
    /// Names of the quotas that are used up.
    violated: Option<&'static str>,
    headers: Vec<(header::HeaderName, String)>,
}

impl Problem {
    /// A problem of the catalogue.
    pub(crate) fn new(code: &str, detail: impl Into<String>) -> Self {
        let internal = || CATALOGUE.iter().find(|e| e.code == "internal").expect("the catalogue has internal");
        let entry = CATALOGUE.iter().find(|entry| entry.code == code).unwrap_or_else(internal);
        Self { entry, detail: detail.into(), errors: Vec::new(), existing: None, violated: None, headers: Vec::new() }
    }

    /// An error of a list's query parameters.
    pub(crate) fn of_query(error: AppError) -> Self {
        match error {
            AppError::Invalid(violations) => {
                let cursor = violations.0.iter().all(|v| v.code == "invalid_cursor");
                let code = if cursor { "invalid_cursor" } else { "invalid_query" };
                let mut problem = Self::new(code, violations.to_string());
                problem.errors = violations.0;
                problem
            }
            other => Self::from(other),
        }
    }

    /// A bearer token that is of no use (RFC 6750, section 3.1).
    pub(crate) fn invalid_token(detail: &str) -> Self {
        let mut problem = Self::new("unauthenticated", detail);
        problem.headers.push((header::WWW_AUTHENTICATE, format!("{CHALLENGE}, error=\"invalid_token\"")));
        problem
    }

    /// A method that the resource does not know.
    pub(crate) fn method_not_allowed(methods: &[String]) -> Self {
        let allow = methods.join(", ");
        let mut problem = Self::new("method_not_allowed", format!("this resource knows {allow}"));
        problem.headers.push((header::ALLOW, allow));
        problem
    }

    /// More requests than a quota allows.
    pub(crate) fn rate_limited(policy: &'static str, quota: u32, seconds: u64) -> Self {
        let detail = format!("{quota} requests a minute are allowed: try again in {seconds} seconds");
        let mut problem = Self::new("rate_limited", detail);
        problem.violated = Some(policy);
        problem.headers.push((header::RETRY_AFTER, seconds.max(1).to_string()));
        problem
    }

    /// A body of a media type that is not read here.
    pub(crate) fn unsupported_media_type(expected: &str) -> Self {
        let mut problem = Self::new("unsupported_media_type", format!("expected Content-Type: {expected}"));
        if expected == MERGE_PATCH {
            // RFC 5789, section 2.2.
            problem.headers.push((header::HeaderName::from_static("accept-patch"), expected.to_owned()));
        }
        problem
    }

    /// The document that the caller gets.
    fn document(&self) -> Value {
        let mut document = json!({
            "type": format!("/api/v1/docs#error-{}", self.entry.code),
            "title": self.entry.meaning,
            "status": self.entry.status,
            "code": self.entry.code,
            "detail": self.detail,
            "remedy": self.entry.remedy,
        });
        if !self.errors.is_empty() {
            document["errors"] = json!(self.errors);
        }
        if let Some(existing) = &self.existing {
            document["existing"] = json!(existing);
        }
        if let Some(policy) = self.violated {
            // As draft-ietf-httpapi-ratelimit-headers names it.
            document["violated-policies"] = json!([policy]);
        }
        document
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        // What only the log may know goes there and nowhere else.
        match &error {
            AppError::Internal(detail) => tracing::error!(detail, "internal error"),
            AppError::Unavailable { detail, .. } => tracing::warn!(detail, "unavailable"),
            _ => {}
        }
        let mut problem = Self::new(error.code(), error.to_string());
        match error {
            AppError::Invalid(violations) => problem.errors = violations.0,
            AppError::Duplicate { existing } => problem.existing = Some(existing.to_string()),
            AppError::Scope(scope) => {
                let challenge = format!("{CHALLENGE}, error=\"insufficient_scope\", scope=\"{scope}\"");
                problem.headers.push((header::WWW_AUTHENTICATE, challenge));
            }
            AppError::TooMany { seconds } => problem.headers.push((header::RETRY_AFTER, seconds.to_string())),
            AppError::UnderWay => problem.headers.push((header::RETRY_AFTER, "1".to_owned())),
            _ => {}
        }
        problem
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.entry.code, self.detail)
    }
}

/// As an answer that has begun breaks off.
impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.entry.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        match self.entry.code {
            "unauthenticated" if self.headers.is_empty() => {
                response.insert_header((header::WWW_AUTHENTICATE, CHALLENGE));
            }
            "unavailable" | "timed_out" => {
                response.insert_header((header::RETRY_AFTER, "5"));
            }
            _ => {}
        }
        for (name, value) in &self.headers {
            response.insert_header((name.clone(), value.as_str()));
        }
        response.body(self.document().to_string())
    }
}
