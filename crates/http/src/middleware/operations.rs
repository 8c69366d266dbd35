//! What the contract says of each operation that its surroundings keep to: how large a body may be (`x-max-body`), how
//! long an answer may take (`x-time-limit`), whether it is done once under an Idempotency-Key (`x-idempotency`), whether
//! `Prefer` is heard, what it answers with, and whether it is to end (`deprecated`, `x-deprecated`, `x-sunset`).

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::mime::Mime;
use innocap_domain::limits::BODY_BYTES;
use serde_json::Value;

use super::deprecation::Deprecation;
use crate::spec;

/// What happens to the answer of a request with an Idempotency-Key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Idempotency {
    /// It is kept and given again.
    Replayed,
    /// That it was given is kept, and not the answer: it holds a secret.
    Once,
}

/// What an operation's surroundings keep to.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) idempotency: Option<Idempotency>,
    pub(crate) hears_prefer: bool,
    /// Bytes of a body.
    pub(crate) most_bytes: usize,
    /// Where it is another than that of the settings.
    pub(crate) time_limit: Option<Duration>,
    /// The media types of its answers; none where those have no body.
    pub(crate) produces: Vec<Mime>,
    pub(crate) deprecation: Option<Deprecation>,
}

/// The operations of a contract.
#[derive(Debug)]
pub(crate) struct Operations(HashMap<String, Vec<(Method, Operation)>>);

impl Operations {
    /// Those of the committed contract.
    pub(crate) fn committed() -> &'static Self {
        static OPERATIONS: OnceLock<Operations> = OnceLock::new();
        OPERATIONS.get_or_init(|| Self::read(spec::openapi()))
    }

    /// Those of a contract.
    pub(crate) fn read(spec: &Value) -> Self {
        let mut operations: HashMap<String, Vec<(Method, Operation)>> = HashMap::new();
        for (path, item) in spec["paths"].as_object().into_iter().flatten() {
            for (name, operation) in item.as_object().into_iter().flatten() {
                let Ok(method) = Method::from_bytes(name.to_uppercase().as_bytes()) else { continue };
                if operation["operationId"].is_string() {
                    operations.entry(path.clone()).or_default().push((method, Operation::read(operation)));
                }
            }
        }
        Self(operations)
    }

    /// The operation of a method at a path as the routes write it.
    pub(crate) fn find(&self, method: &Method, pattern: &str) -> Option<&Operation> {
        self.0.get(pattern)?.iter().find(|(known, _)| known == method).map(|(_, operation)| operation)
    }
}

impl Operation {
    fn read(operation: &Value) -> Self {
        let number = |name: &str| operation[name].as_u64();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let hears_prefer = parameters.into_iter().any(|parameter| {
            parameter["name"] == "Prefer"
                || parameter["$ref"].as_str().is_some_and(|r| r.ends_with("/parameters/prefer"))
        });
        let successes = operation["responses"].as_object().into_iter().flatten().filter(|(s, _)| s.starts_with('2'));
        let contents = successes.filter_map(|(_, response)| response["content"].as_object());
        let produces = contents.flat_map(|content| content.keys()).filter_map(|name| name.parse().ok()).collect();
        Self {
            id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
            idempotency: match operation["x-idempotency"].as_str() {
                Some("replayed") => Some(Idempotency::Replayed),
                Some("once") => Some(Idempotency::Once),
                _ => None,
            },
            hears_prefer,
            most_bytes: number("x-max-body").and_then(|n| usize::try_from(n).ok()).unwrap_or(BODY_BYTES),
            time_limit: number("x-time-limit").map(Duration::from_secs),
            produces,
            deprecation: Deprecation::read(operation),
        }
    }
}

/// The operation that a request is for, found once by [`super::surround`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked(pub(crate) &'static Operation);

/// The operation that a request is for; `None` for pages and unknown addresses.
pub(crate) fn asked(request: &ServiceRequest) -> Option<&'static Operation> {
    request.extensions().get::<Asked>().map(|asked| asked.0)
}
