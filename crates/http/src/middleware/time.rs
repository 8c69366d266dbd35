//! An answer that takes too long is given up: whoever waits learns so, and what it held is free for others.

use actix_web::body::BoxBody;
use actix_web::dev::ServiceRequest;
use actix_web::middleware::Next;

use super::{Answered, operations};
use crate::extract;
use crate::problem::Problem;

/// Gives a request up after the time that the contract or the settings allow. The request itself is gone by then, so
/// that the answer goes outward as an error, which [`super::surround`] completes.
pub(crate) async fn limit(request: ServiceRequest, next: Next<BoxBody>) -> Answered {
    let of_settings = extract::state(request.request())?.time_limit;
    let limit = operations::asked(&request).and_then(|operation| operation.time_limit).unwrap_or(of_settings);
    match tokio::time::timeout(limit, next.call(request)).await {
        Ok(answered) => answered,
        Err(_) => Err(Problem::new(
            "timed_out",
            format!("there was no answer within {} seconds, and the request was given up", limit.as_secs()),
        )
        .into()),
    }
}
