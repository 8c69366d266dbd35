//! How much of the service one caller may use: a quota of requests a minute for each API client, each person, each
//! address of those who are not signed in, and, wider, each address that reads pages. The quota is told with each answer
//! (draft-ietf-httpapi-ratelimit-headers-10); what is beyond it is refused with 429.
//!
//! Each process counts for itself. It remembers the callers of the last minute, at most [`MOST_CALLERS`] of each kind:
//! then it forgets the one that has been quiet for longest.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use governor::clock::Clock as _;
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use innocap_access::Actor;
use innocap_app::Clock;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::{Answered, is_api, refuse};
use crate::extract;
use crate::problem::Problem;

/// Seconds of the window that a quota is for.
const WINDOW: u32 = 60;
/// Callers of a kind that are remembered: some 20 MB for all kinds.
const MOST_CALLERS: u64 = 25_000;

/// Requests a minute; 0 sets no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// For an API client.
    pub client: u32,
    /// For a person with a token.
    pub person: u32,
    /// For an address whose callers are not signed in; of IPv6 for a network of 64 bits, which is what one household has.
    pub address: u32,
    /// For an address that reads pages, signed in or not: many people may share one.
    pub pages: u32,
}

/// The quotas and what is left of them.
pub(crate) struct Quotas {
    client: Option<Policy>,
    person: Option<Policy>,
    address: Option<Policy>,
    pages: Option<Policy>,
}

/// One quota, the same for many callers.
struct Policy {
    name: &'static str,
    quota: Quota,
    clock: Ticks,
    callers: Cache<u128, Arc<Bucket>>,
}

type Bucket = RateLimiter<NotKeyed, InMemoryState, Ticks, StateInformationMiddleware>;

/// The service's clock, as the limiter reads it.
#[derive(Clone)]
struct Ticks(Clock);

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.now().timestamp_micros()).unwrap_or(0))
    }
}

/// What a caller has left.
struct Left {
    name: &'static str,
    quota: u32,
    requests: u32,
    /// Seconds until the quota is whole again, or, where nothing is left, until there is something.
    seconds: u64,
}

impl Quotas {
    pub(crate) fn new(limits: &RateLimits, clock: &Clock) -> Self {
        let policy = |name, most| Policy::new(name, most, clock);
        Self {
            client: policy("client", limits.client),
            person: policy("person", limits.person),
            address: policy("address", limits.address),
            pages: policy("pages", limits.pages),
        }
    }
}

impl Policy {
    fn new(name: &'static str, most: u32, clock: &Clock) -> Option<Self> {
        let quota = Quota::per_minute(NonZeroU32::new(most)?);
        // Who has been quiet for a whole window has the whole quota, and needs no memory.
        let callers = Cache::builder()
            .max_capacity(MOST_CALLERS)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(Duration::from_secs(u64::from(WINDOW)))
            .build();
        Some(Self { name, quota, clock: Ticks(clock.clone()), callers })
    }

    /// Takes one request off a caller's quota; `Err` where there is none left.
    fn take(&self, caller: u128) -> Result<Left, Left> {
        let bucket = self.callers.get_with(caller, || {
            Arc::new(RateLimiter::direct_with_clock(self.quota, self.clock.clone()).with_middleware())
        });
        let quota = self.quota.burst_size().get();
        let left = |requests, seconds| Left { name: self.name, quota, requests, seconds };
        match bucket.check() {
            Ok(snapshot) => {
                let requests = snapshot.remaining_burst_capacity().min(quota - 1);
                Ok(left(requests, (u64::from(quota - requests) * u64::from(WINDOW)).div_ceil(u64::from(quota))))
            }
            Err(until) => {
                let wait = until.wait_time_from(self.clock.now());
                Err(left(0, wait.as_secs() + u64::from(wait.subsec_nanos() > 0)))
            }
        }
    }
}

impl Left {
    fn tell(&self, headers: &mut HeaderMap) {
        let policy = format!("\"{}\";q={};w={WINDOW}", self.name, self.quota);
        let left = format!("\"{}\";r={};t={}", self.name, self.requests, self.seconds);
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// Takes each request off its caller's quota.
pub(crate) async fn limit(request: ServiceRequest, next: Next<BoxBody>) -> Answered {
    match taken(&request).await? {
        None => next.call(request).await,
        Some(Ok(left)) => {
            let mut response = next.call(request).await?;
            left.tell(response.headers_mut());
            Ok(response)
        }
        Some(Err(left)) => {
            let mut response = refuse(request, &Problem::rate_limited(left.name, left.quota, left.seconds));
            left.tell(response.headers_mut());
            Ok(response)
        }
    }
}

/// What a request leaves of its caller's quota; `None` where there is no limit.
async fn taken(request: &ServiceRequest) -> Result<Option<Result<Left, Left>>, Problem> {
    let state = extract::state(request.request())?;
    let quotas = &state.quotas;
    let path = request.path();
    // Whoever watches over the process is not to be kept from it.
    if path.starts_with("/health/") {
        return Ok(None);
    }
    let address = network(extract::client_address(request.request(), state));
    if !is_api(path) {
        return Ok(quotas.pages.as_ref().map(|policy| policy.take(address)));
    }
    // Who shows a token that is of no use is nobody known; what that means for the request is not decided here.
    let actor = extract::caller(request.request()).await.map(|caller| caller.actor).unwrap_or(Actor::Anonymous);
    let (policy, caller) = match actor {
        Actor::Client { id, .. } => (&quotas.client, id.uuid().as_u128()),
        Actor::Person { id, .. } => (&quotas.person, id.uuid().as_u128()),
        Actor::Anonymous | Actor::Shell => (&quotas.address, address),
    };
    Ok(policy.as_ref().map(|policy| policy.take(caller)))
}

/// An IPv4 address, or the network of an IPv6 address; all unknown ones are one.
fn network(address: Option<IpAddr>) -> u128 {
    match address {
        Some(IpAddr::V4(address)) => address.to_ipv6_mapped().to_bits(),
        Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => mapped.to_ipv6_mapped().to_bits(),
            None => address.to_bits() & !u128::from(u64::MAX),
        },
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    fn policy(most: u32) -> (Policy, Clock) {
        let clock = Clock::standing_at(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        (Policy::new("address", most, &clock).unwrap(), clock)
    }

    #[test]
    fn a_quota_is_used_up_and_comes_back_little_by_little() {
        let (policy, clock) = policy(6);
        for left in (0..6).rev() {
            let taken = policy.take(1).unwrap_or_else(|_| panic!("{left} are left"));
            assert_eq!((taken.requests, taken.seconds), (left, u64::from(6 - left) * 10));
        }
        assert_eq!(policy.take(1).err().unwrap().seconds, 10);
        assert_eq!(policy.take(2).ok().unwrap().requests, 5, "another caller has a quota of their own");
        clock.turn_to(clock.now() + TimeDelta::seconds(10));
        assert_eq!(policy.take(1).ok().unwrap().requests, 0);
        clock.turn_to(clock.now() + TimeDelta::seconds(60));
        assert_eq!(policy.take(1).ok().unwrap().requests, 5);
    }

    #[test]
    fn however_many_ask_no_more_than_so_many_are_remembered() {
        let (policy, _) = policy(6);
        for caller in 0..u128::from(MOST_CALLERS) * 3 {
            assert!(policy.take(caller).is_ok());
        }
        policy.callers.run_pending_tasks();
        assert!(policy.callers.entry_count() <= MOST_CALLERS);
        for _ in 0..6 {
            let _ = policy.take(u128::MAX);
        }
        assert!(policy.take(u128::MAX).is_err(), "a newcomer is counted as everyone is");
    }

    #[test]
    fn a_household_of_ipv6_is_one_caller_and_a_mapped_address_is_the_address() {
        let of = |text: &str| network(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("192.0.2.7"), of("::ffff:192.0.2.7"));
        assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
    }

    #[test]
    fn no_limit_is_no_policy() {
        assert!(Policy::new("address", 0, &Clock::system()).is_none());
    }
}
