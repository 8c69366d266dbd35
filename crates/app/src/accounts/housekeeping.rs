//! What runs beside the answers: mail is sent, keys are read again, and what has outlived its time is deleted.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use innocap_domain::Trace;
use innocap_registry::{Retention, Swept};
use tokio::sync::watch;

use super::outbox::PAUSE;
use crate::Innocap;
use crate::error::AppError;

/// How often keys and revoked tokens are read again.
const KEYS: Duration = Duration::from_secs(20);
/// How often what has outlived its time is deleted.
const SWEEP: Duration = Duration::from_secs(3_600);

/// How long what is kept that has no end of its own. `docs/privacy.md` says the same in words.
const AUDIT_ADDRESSES: TimeDelta = TimeDelta::days(30);
const MAIL: TimeDelta = TimeDelta::days(30);
const UNCONFIRMED: TimeDelta = TimeDelta::days(7);
const TOKEN_FAMILIES: TimeDelta = TimeDelta::days(30);
const KNOWN_ADDRESSES: TimeDelta = TimeDelta::days(180);
const DECIDED_CASES: TimeDelta = TimeDelta::days(730);
/// How long the log of webhooks is kept, which tells of no person; `docs/webhooks.md` says the same.
const WEBHOOK_EVENTS: TimeDelta = TimeDelta::days(30);

impl Innocap {
    /// Deletes what has outlived its time.
    ///
    /// # Errors
    /// What the registry says.
    pub async fn apply_retention(&self) -> Result<Swept, AppError> {
        let now = self.clock().now();
        Ok(self.registry().apply_retention(&retention(now), &Trace::service(now)).await?)
    }

    /// Keeps house in the background until [`Self::stop`].
    pub fn keep_house(&self) -> tokio::task::JoinHandle<()> {
        tokio::spawn(self.clone().housekeeping(self.stopping()))
    }

    async fn housekeeping(self, mut stop: watch::Receiver<bool>) {
        let (mut keys, mut sweep) = (Instant::now(), None::<Instant>);
        loop {
            if let Err(error) = self.send_mail().await {
                tracing::error!(%error, "the queue of mail cannot be worked on");
            }
            if keys.elapsed() >= KEYS {
                keys = Instant::now();
                if let Err(error) = self.load_keys().await {
                    tracing::error!(%error, "the signing keys cannot be read");
                }
            }
            if sweep.is_none_or(|last| last.elapsed() >= SWEEP) {
                sweep = Some(Instant::now());
                match self.apply_retention().await {
                    Ok(swept) if swept == Swept::default() => {}
                    Ok(swept) => tracing::info!(?swept, "deleted what had outlived its time"),
                    Err(error) => tracing::error!(%error, "what has outlived its time cannot be deleted"),
                }
            }
            tokio::select! {
                _ = stop.changed() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}

fn retention(now: DateTime<Utc>) -> Retention {
    Retention {
        now,
        audit_addresses: now - AUDIT_ADDRESSES,
        mail: now - MAIL,
        unconfirmed_accounts: now - UNCONFIRMED,
        token_families: now - TOKEN_FAMILIES,
        known_addresses: now - KNOWN_ADDRESSES,
        decided_cases: now - DECIDED_CASES,
        webhook_events: now - WEBHOOK_EVENTS,
    }
}
