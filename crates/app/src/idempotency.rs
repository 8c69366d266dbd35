//! Requests that are done once although they may be sent twice (draft-ietf-httpapi-idempotency-key-header): the answer to
//! the first is kept for a day and given again to the same caller.
//!
//! What is kept tells nothing to who reads the database alone: a key is stored as a digest together with its caller, and
//! the request's fingerprint is taken under the key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
pub use innocap_registry::KeptAnswer;
use innocap_registry::{NewTurn, Turn};
use sha2::{Digest, Sha256};

use innocap_access::Actor;

use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// How long a request may be under way. Whoever stopped in the middle, as by losing power, is waited for no longer.
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// The turn of a request that is being done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    id: String,
    started: DateTime<Utc>,
}

/// What is to be done with a request that carries a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Once {
    /// It is to be done now; then [`Innocap::keep_answer`] or [`Innocap::give_turn_back`].
    Do(Ticket),
    /// It was done, and this was the answer.
    Answered(KeptAnswer),
}

impl Innocap {
    /// Asks for the turn of a caller's request under a key; `request` are the parts that make it this one. `None` for
    /// who is not signed in: nobody knows whose answer it would be.
    ///
    /// # Errors
    /// [`AppError::KeyReused`], [`AppError::UnderWay`]; what the registry says.
    pub async fn once(&self, caller: &Caller, key: &str, request: &[&[u8]]) -> Result<Option<Once>, AppError> {
        let (person, client) = match &caller.actor {
            Actor::Person { id, .. } => (Some(*id), None),
            Actor::Client { id, .. } => (None, Some(*id)),
            Actor::Anonymous | Actor::Shell => return Ok(None),
        };
        let started = self.clock().now();
        let subject = caller.subject().unwrap_or_default();
        let id = digest(&[b"idempotency key", subject.as_bytes(), key.as_bytes()]);
        let under_the_key = [&[b"idempotent request" as &[u8], key.as_bytes()], request].concat();
        let fingerprint = digest(&under_the_key);
        let turn = NewTurn { id: id.clone(), person, client, fingerprint, started, lease: started + LEASE };
        match self.registry().take_turn(turn).await? {
            Turn::First => Ok(Some(Once::Do(Ticket { id, started }))),
            Turn::Answered(answer) => Ok(Some(Once::Answered(answer))),
            Turn::UnderWay => Err(AppError::UnderWay),
            Turn::Reused => Err(AppError::KeyReused),
        }
    }

    /// Keeps the answer to a request for a day.
    ///
    /// # Errors
    /// What the registry says.
    pub async fn keep_answer(&self, ticket: Ticket, answer: KeptAnswer) -> Result<(), AppError> {
        let expires = self.clock().now() + KEPT;
        Ok(self.registry().keep_answer(&ticket.id, ticket.started, answer, expires).await?)
    }

    /// Frees the key of a request that came to nothing.
    ///
    /// # Errors
    /// What the registry says.
    pub async fn give_turn_back(&self, ticket: Ticket) -> Result<(), AppError> {
        Ok(self.registry().give_turn_back(&ticket.id, ticket.started).await?)
    }
}

/// SHA-256 of parts, each with its length before it, so that no two lists of parts are one.
fn digest(parts: &[&[u8]]) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    }
    URL_SAFE_NO_PAD.encode(sha.finalize())
}
