//! `Prefer: return=minimal` (RFC 7240): who needs no more than that it worked gets no more.

use actix_web::body::BoxBody;
use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;

use super::{Answered, operations};

/// Leaves the body of a success away where the caller prefers that and the operation hears it: 200 becomes 204, while
/// 201 and 202 say more than that it worked and stay.
pub(crate) async fn minimal(request: ServiceRequest, next: Next<BoxBody>) -> Answered {
    let heard = operations::asked(&request).is_some_and(|operation| operation.hears_prefer);
    let asked = heard && prefers_minimal(request.headers());
    let response = next.call(request).await?;
    if !asked || !response.status().is_success() {
        return Ok(response);
    }
    let mut response = response.map_body(|_, _| BoxBody::new(()));
    if response.status() == StatusCode::OK {
        *response.response_mut().status_mut() = StatusCode::NO_CONTENT;
    }
    let headers = response.headers_mut();
    headers.remove(CONTENT_TYPE);
    headers.remove(CONTENT_LANGUAGE);
    headers.insert(HeaderName::from_static("preference-applied"), HeaderValue::from_static("return=minimal"));
    Ok(response)
}

/// Of several wishes about the same thing the first counts.
fn prefers_minimal(headers: &HeaderMap) -> bool {
    let wishes = headers.get_all("prefer").filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let mut returns = wishes.filter_map(|wish| {
        let (name, value) = wish.split(';').next()?.split_once('=')?;
        name.trim().eq_ignore_ascii_case("return").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    });
    returns.next().is_some_and(|value| value == "minimal")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minimal(values: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HeaderName::from_static("prefer"), HeaderValue::from_str(value).unwrap());
        }
        prefers_minimal(&headers)
    }

    #[test]
    fn a_preference_stands_alone_among_others_or_in_a_header_of_its_own() {
        assert!(minimal(&["return=minimal"]));
        assert!(minimal(&["respond-async, return = \"minimal\"; foo=1"]));
        assert!(minimal(&["wait=10", "Return=minimal"]));
        assert!(!minimal(&["return=representation, return=minimal"]));
        assert!(!minimal(&["minimal"]));
        assert!(!minimal(&[]));
    }
}
