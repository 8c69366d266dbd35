//! What holds of passwords, passkeys, secrets, tokens and permissions, one file each.

mod authenticator;
mod passkeys;
mod passwords;
mod permissions;
mod secrets;
mod tokens;

use chrono::{DateTime, Utc};

/// A Monday in November.
fn noon() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}
