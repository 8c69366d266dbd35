//! What holds of passwords, passkeys, secrets, tokens, permissions and signatures, one file each.

mod authenticator;
mod passkeys;
mod passwords;
mod permissions;
mod secrets;
mod tokens;
mod webhooks;

use chrono::{DateTime, Utc};

/// A Monday in November.
fn noon() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}
