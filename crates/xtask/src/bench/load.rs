//! A load generator with a fixed rate: a request is sent when it is due, however long earlier ones take, and its
//! latency counts from that moment, so that a stall is not hidden by the pause it causes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Connections, and so requests under way at once at most.
const CONNECTIONS: usize = 16;

/// One connection to the server.
pub(crate) struct Target {
    agent: ureq::Agent,
}

impl Target {
    pub(crate) fn new() -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(30))).build();
        Self { agent: config.into() }
    }

    /// The body of an answer with a status of success.
    pub(crate) fn get(&self, url: &str) -> Result<String, String> {
        let answer = self.agent.get(url).call().map_err(|e| format!("{url}: {e}"))?;
        answer.into_body().read_to_string().map_err(|e| e.to_string())
    }

    /// How many bytes an answer takes to a browser, compressed.
    pub(super) fn compressed(&self, url: &str) -> Result<usize, String> {
        let answer =
            self.agent.get(url).header("accept-encoding", "br, gzip").call().map_err(|e| format!("{url}: {e}"))?;
        answer.into_body().read_to_vec().map(|body| body.len()).map_err(|e| e.to_string())
    }

    /// As [`Self::get`], with a bearer token.
    pub(super) fn get_as(&self, url: &str, token: Option<&str>) -> Result<String, String> {
        let request = self.agent.get(url);
        let request = match token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        };
        let answer = request.call().map_err(|e| format!("{url}: {e}"))?;
        answer.into_body().read_to_string().map_err(|e| e.to_string())
    }

    /// As [`Self::post`], through a proxy that says it comes from the `address`th of all addresses in 10.0.0.0/8.
    pub(super) fn post_from(&self, url: &str, body: &Value, address: usize) -> Result<String, String> {
        let [.., a, b, c] = address.to_be_bytes();
        let request = self.agent.post(url).header("x-forwarded-for", format!("10.{a}.{b}.{c}"));
        let answer = request.send_json(body).map_err(|e| format!("{url}: {e}"))?;
        answer.into_body().read_to_string().map_err(|e| e.to_string())
    }

    /// Sends JSON Lines with a bearer token, however long that takes.
    pub(super) fn lines(&self, url: &str, body: &[u8], token: &str) -> Result<String, String> {
        let request = self.agent.post(url).config().timeout_global(None).build();
        let request = request.header("content-type", "application/jsonl");
        let request = request.header("authorization", format!("Bearer {token}"));
        let answer = request.send(body).map_err(|e| format!("{url}: {e}"))?;
        answer.into_body().with_config().limit(u64::MAX).read_to_string().map_err(|e| e.to_string())
    }

    /// As [`Self::post`], with a bearer token.
    pub(super) fn post_as(&self, url: &str, body: &Value, token: &str) -> Result<String, String> {
        let request = self.agent.post(url).header("authorization", format!("Bearer {token}"));
        let answer = request.send_json(body).map_err(|e| format!("{url}: {e}"))?;
        answer.into_body().read_to_string().map_err(|e| e.to_string())
    }

    /// Sends a form.
    pub(super) fn form(&self, url: &str, fields: &[(&str, &str)]) -> Result<String, String> {
        let answer = self.agent.post(url).send_form(fields.iter().copied()).map_err(|e| format!("{url}: {e}"))?;
        answer.into_body().read_to_string().map_err(|e| e.to_string())
    }

    pub(super) fn post(&self, url: &str, body: &Value) -> Result<String, String> {
        let answer = self.agent.post(url).send_json(body).map_err(|e| format!("{url}: {e}"))?;
        answer.into_body().read_to_string().map_err(|e| e.to_string())
    }
}

/// Latencies, sorted.
pub(super) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(super) fn new(mut taken: Vec<Duration>) -> Self {
        taken.sort_unstable();
        Self(taken)
    }

    /// The latency below which the share `q` (0 to 1) of the requests stayed (nearest rank).
    pub(super) fn quantile(&self, q: f64) -> Duration {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a rank"
        )]
        let rank = (q * self.0.len() as f64).ceil() as usize;
        self.0.get(rank.clamp(1, self.0.len().max(1)) - 1).copied().unwrap_or_default()
    }
}

/// Sends `count` requests, `rate` a second.
pub(super) fn at_rate(
    rate: f64,
    count: usize,
    send: impl Fn(&Target, usize) -> Result<String, String> + Sync,
) -> Result<Latencies, String> {
    let next = AtomicUsize::new(0);
    let taken = Mutex::new(Vec::with_capacity(count));
    let failure = Mutex::new(None);
    let started = Instant::now() + Duration::from_millis(100);
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let target = Target::new();
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= count {
                        return;
                    }
                    #[expect(clippy::cast_precision_loss, reason = "thousands of requests")]
                    let due = started + Duration::from_secs_f64(i as f64 / rate);
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    match send(&target, i) {
                        Ok(_) => taken.lock().expect("no thread panics").push(due.elapsed()),
                        Err(why) => *failure.lock().expect("no thread panics") = Some(why),
                    }
                }
            });
        }
    });
    if let Some(why) = failure.into_inner().expect("no thread panics") {
        return Err(why);
    }
    Ok(Latencies::new(taken.into_inner().expect("no thread panics")))
}

/// Sends requests one after the other.
pub(super) fn sequential(urls: impl Iterator<Item = String>) -> Result<(), String> {
    let target = Target::new();
    urls.map(|url| target.get(&url)).try_for_each(|answer| answer.map(drop))
}
