//! A client over a real socket.

use serde_json::Value;
use ureq::http::{Request, Response};

use crate::contract::Contract;

/// Lines of an answer that are held against the contract.
const CHECKED: usize = 50;
/// Bytes of an answer that are read at most.
const MOST: u64 = 500_000_000;

/// A client with or without a token.
#[derive(Clone)]
pub struct Client {
    base: String,
    token: Option<String>,
    agent: ureq::Agent,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub text: String,
    /// The body as JSON, null where it is none.
    pub body: Value,
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The answer, if it has this status.
    ///
    /// # Panics
    /// Where it has another.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The address of another page of a list, such as `next`, in the Link header.
    pub fn link(&self, relation: &str) -> Option<String> {
        let relation = format!("rel=\"{relation}\"");
        let links = self.header("link")?.split(", <").map(|link| link.trim_start_matches('<'));
        let found = links.into_iter().find(|link| link.contains(&relation))?;
        found.split('>').next().map(str::to_owned)
    }

    /// The body as JSON Lines.
    ///
    /// # Panics
    /// Where a line is no JSON.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        self.text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
    }

    /// The identifier of the record in the body.
    ///
    /// # Panics
    /// Where there is none.
    pub fn id(&self) -> String {
        self.body["id"].as_str().expect("the body is a record").to_owned()
    }
}

impl Client {
    /// A client of an address such as `http://127.0.0.1:8080`.
    pub fn new(base: String, token: Option<String>) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        Self { base, token, agent }
    }

    /// Reads.
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    /// Posts JSON.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], Some(&body.to_string()))
    }

    /// Puts JSON.
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, &[("content-type", "application/json")], Some(&body.to_string()))
    }

    /// Sends a merge patch.
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, &[("content-type", "application/merge-patch+json")], Some(&body.to_string()))
    }

    /// Sends anything. Every answer is held against the contract.
    ///
    /// # Panics
    /// Where no answer comes, or it is not as the contract says.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
        self.send_bytes(method, path, headers, body.map(|body| body.as_bytes().to_vec()))
    }

    /// As [`Self::send`], a body that need not be text.
    ///
    /// # Panics
    /// As [`Self::send`].
    #[track_caller]
    pub fn send_bytes(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = match body {
            Some(body) => self.agent.run(request.body(body).expect("a request")),
            None => self.agent.run(request.body(()).expect("a request")),
        };
        let answer = read(response.expect("the server answers"));
        let media_type = answer.header("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().to_owned();
        // Who wants no body is given none, and the contract describes those that come.
        let minimal = answer.header("preference-applied") == Some("return=minimal");
        let check = |body: &Value| {
            Contract::committed().check(method, path, answer.status, &media_type, (!minimal).then_some(body));
        };
        if media_type == "application/jsonl" {
            // Of many lines the first and the last: what comes between is of one form with them.
            let lines: Vec<&str> = answer.text.lines().collect();
            let looked_at = lines.iter().take(CHECKED).chain(lines.last());
            looked_at.map(|line| serde_json::from_str(line).expect("a line is JSON")).for_each(|line| check(&line));
        } else {
            check(&answer.body);
        }
        answer
    }
}

fn read(mut response: Response<ureq::Body>) -> Answer {
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    let text = response.body_mut().with_config().limit(MOST).read_to_string().unwrap_or_default();
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Answer { status: response.status().as_u16(), headers, text, body }
}
