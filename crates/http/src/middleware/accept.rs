//! What the caller accepts: 406 where no answer of the operation would do (RFC 9110, section 12.5.1).

use actix_web::HttpMessage;
use actix_web::body::BoxBody;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{Accept, QualityItem};
use actix_web::middleware::Next;
use actix_web::mime::{self, Mime};

use super::{Answered, is_api, operations, refuse};
use crate::problem::Problem;

/// Refuses what could not be answered. Who says nothing, or nothing that can be read, takes what comes.
pub(crate) async fn check(request: ServiceRequest, next: Next<BoxBody>) -> Answered {
    let produces = match operations::asked(&request) {
        Some(operation) if is_api(request.path()) => operation.produces.as_slice(),
        _ => &[],
    };
    if let Some(accept) = request.get_header::<Accept>()
        && !accept.0.is_empty()
        && !produces.is_empty()
        && !produces.iter().any(|media_type| accepts(&accept.0, media_type))
    {
        let names: Vec<&str> = produces.iter().map(Mime::essence_str).collect();
        let detail = format!("this operation answers with {}", names.join(", "));
        return Ok(refuse(request, &Problem::new("not_acceptable", detail)));
    }
    next.call(request).await
}

/// Whether the range that says most about a media type accepts it.
fn accepts(ranges: &[QualityItem<Mime>], media_type: &Mime) -> bool {
    let precision = |range: &Mime| match (range.type_(), range.subtype()) {
        (mime::STAR, mime::STAR) => Some(0),
        (kind, mime::STAR) if kind == media_type.type_() => Some(1),
        _ if range.essence_str() == media_type.essence_str() => Some(2),
        _ => None,
    };
    let fitting = ranges.iter().filter_map(|item| Some((precision(&item.item)?, item.quality)));
    fitting
        .max_by_key(|(precision, _)| *precision)
        .is_some_and(|(_, quality)| quality > actix_web::http::header::q(0.0))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::Header;
    use actix_web::test::TestRequest;

    use super::*;

    fn accepted(header: &str) -> bool {
        let request = TestRequest::default().insert_header(("accept", header)).to_http_request();
        accepts(&Accept::parse(&request).unwrap().0, &mime::APPLICATION_JSON)
    }

    #[test]
    fn the_range_that_says_most_decides() {
        for header in ["application/json", "*/*", "application/*", "text/html, */*;q=0.1", "application/json;q=0.2"] {
            assert!(accepted(header), "{header}");
        }
        for header in ["text/html", "application/xml, text/*", "application/json;q=0", "application/json;q=0, */*"] {
            assert!(!accepted(header), "{header}");
        }
    }
}
