//! What runs beside the answers: mail is sent, keys are read again, what has outlived its time is deleted, the change
//! feed is pruned, and what is public is dumped where that is asked for.

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

/// How often it is looked whether a dump is due.
const DUMPS: Duration = Duration::from_secs(60);

/// How long a change stays in the feed that a later one of the same record supersedes.
const SUPERSEDED: TimeDelta = TimeDelta::days(7);
/// Changes that are pruned in one transaction.
const PRUNED_AT_ONCE: usize = 5_000;

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
        let (house, dumps) = (self.clone().housekeeping(self.stopping()), self.clone().dumping(self.stopping()));
        tokio::spawn(async move {
            tokio::join!(house, dumps);
        })
    }

    /// Prunes what is superseded from the change feed; how much.
    ///
    /// # Errors
    /// What the registry says.
    pub async fn prune_changes(&self) -> Result<usize, AppError> {
        let before = self.clock().now() - SUPERSEDED;
        let mut pruned = 0;
        loop {
            let some = self.registry().prune_changes(before, PRUNED_AT_ONCE).await?;
            pruned += some;
            if some < PRUNED_AT_ONCE || self.is_stopping() {
                return Ok(pruned);
            }
        }
    }

    async fn dumping(self, mut stop: watch::Receiver<bool>) {
        while self.dumps().is_some() {
            match self.dump_if_due().await {
                Ok(None) => {}
                Ok(Some(dump)) => tracing::info!(folder = %dump.folder.display(), records = dump.records, "dumped"),
                Err(error) => tracing::error!(detail = ?error, "what is public cannot be dumped"),
            }
            tokio::select! {
                _ = stop.changed() => return,
                () = tokio::time::sleep(DUMPS) => {}
            }
        }
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
                match self.prune_changes().await {
                    Ok(0) => {}
                    Ok(changes) => tracing::info!(changes, "pruned the change feed"),
                    Err(error) => tracing::error!(%error, "the change feed cannot be pruned"),
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
