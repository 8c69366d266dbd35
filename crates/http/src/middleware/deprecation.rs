//! Operations that are to end say so with each answer: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link to what
//! the documentation says about it.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, LINK};
use chrono::{NaiveDate, NaiveTime};
use serde_json::Value;

/// Since when an operation is deprecated and when it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deprecation {
    /// Seconds since 1970.
    since: i64,
    /// The date as HTTP writes it.
    sunset: Option<String>,
    /// Where the documentation tells of it.
    documentation: String,
}

impl Deprecation {
    /// What the contract says of an operation: `deprecated: true` with `x-deprecated` and, once it is known, `x-sunset`,
    /// both dates (2027-01-31).
    pub(crate) fn read(operation: &Value) -> Option<Self> {
        if operation["deprecated"] != true {
            return None;
        }
        let date = |name: &str| operation[name].as_str()?.parse::<NaiveDate>().ok();
        let sunset = date("x-sunset").map(|date| format!("{} 00:00:00 GMT", date.format("%a, %d %b %Y")));
        Some(Self {
            since: date("x-deprecated").map_or(0, |date| date.and_time(NaiveTime::MIN).and_utc().timestamp()),
            sunset,
            documentation: format!("/api/v1/docs#{}", operation["operationId"].as_str().unwrap_or_default()),
        })
    }

    /// Tells of it.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let mut put = |name: HeaderName, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(name, value);
            }
        };
        put(HeaderName::from_static("deprecation"), format!("@{}", self.since));
        if let Some(sunset) = &self.sunset {
            put(HeaderName::from_static("sunset"), sunset.clone());
        }
        put(LINK, format!("<{}>; rel=\"deprecation\"; type=\"text/html\"", self.documentation));
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use serde_json::json;

    use super::*;
    use crate::middleware::operations::{Idempotency, Operations};

    fn contract() -> Value {
        json!({"paths": {"/api/v1/old/{id}": {
            "get": {
                "operationId": "findOld", "deprecated": true, "x-deprecated": "2027-01-31", "x-sunset": "2028-02-29",
                "responses": {"200": {"content": {"application/json": {}}}}
            },
            "post": {
                "operationId": "writeOld", "deprecated": true, "x-idempotency": "once", "x-max-body": 100,
                "x-time-limit": 600, "parameters": [{"$ref": "#/components/parameters/prefer"}],
                "responses": {"204": {}}
            },
            "put": {"operationId": "replaceOld", "x-sunset": "2028-02-29", "responses": {}}
        }}})
    }

    fn told(operation: Option<&Deprecation>) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        if let Some(deprecation) = operation {
            deprecation.tell(&mut headers);
        }
        let mut told: Vec<_> =
            headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        told.sort();
        told
    }

    #[test]
    fn what_is_to_end_says_since_when_and_when() {
        let operations = Operations::read(&contract());
        let find = operations.find(&Method::GET, "/api/v1/old/{id}").unwrap();
        let expected = [
            ("deprecation", "@1801353600"),
            ("link", "</api/v1/docs#findOld>; rel=\"deprecation\"; type=\"text/html\""),
            ("sunset", "Tue, 29 Feb 2028 00:00:00 GMT"),
        ];
        assert_eq!(told(find.deprecation.as_ref()), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let write = operations.find(&Method::POST, "/api/v1/old/{id}").unwrap();
        assert_eq!(told(write.deprecation.as_ref()).len(), 2, "its end is not known");
        let replace = operations.find(&Method::PUT, "/api/v1/old/{id}").unwrap();
        assert_eq!(told(replace.deprecation.as_ref()), [], "it is not deprecated");
    }

    #[test]
    fn what_surrounds_an_operation_stands_in_the_contract() {
        let operations = Operations::read(&contract());
        let write = operations.find(&Method::POST, "/api/v1/old/{id}").unwrap();
        assert_eq!((write.idempotency, write.hears_prefer, write.most_bytes), (Some(Idempotency::Once), true, 100));
        assert_eq!(write.time_limit.map(|limit| limit.as_secs()), Some(600));
        assert!(write.produces.is_empty());
        let find = operations.find(&Method::GET, "/api/v1/old/{id}").unwrap();
        assert_eq!((find.idempotency, find.hears_prefer), (None, false));
        assert_eq!(find.produces, [actix_web::mime::APPLICATION_JSON]);
        assert!(operations.find(&Method::DELETE, "/api/v1/old/{id}").is_none());
    }
}
