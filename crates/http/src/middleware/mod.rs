//! What surrounds the handlers, one file each. [`wrap`](crate::server) puts them around each other; what differs from one
//! operation to the next stands in the contract and is read by [`operations`].

pub(crate) mod accept;
pub(crate) mod compression;
pub(crate) mod conditional;
pub(crate) mod cors;
pub(crate) mod deprecation;
pub(crate) mod idempotency;
pub(crate) mod operations;
pub(crate) mod prefer;
pub(crate) mod quotas;
pub(crate) mod surround;
pub(crate) mod time;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};

use crate::problem::Problem;

/// What a middleware gives.
pub(crate) type Answered = Result<ServiceResponse<BoxBody>, actix_web::Error>;

/// The answer of a request that goes no further.
fn refuse(request: ServiceRequest, problem: &Problem) -> ServiceResponse<BoxBody> {
    use actix_web::ResponseError;
    let response = problem.error_response();
    request.into_response(response)
}

/// Whether a path belongs to programs; the others are pages for people.
pub(crate) fn is_api(path: &str) -> bool {
    ["/api/", "/health/", "/oauth/", "/.well-known/"].iter().any(|start| path.starts_with(start))
}
