//! The sending: webhooks side by side, the events of each one after the other.
//!
//! A webhook is claimed before anything is sent to it, and what came of a spell of sending is written before the next one
//! begins. Who is killed in between has the last spell sent again: an event comes at least once, and its identifier
//! tells a receiver that it has come before.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use innocap_access::WebhookKey;
use innocap_domain::{
    Delivery, DeliveryAnswer, Trace, Webhook, WebhookDisabled, WebhookEventId, WebhookEventKind, WebhookId,
    WebhookSecrets,
};
use innocap_exchange::{WebhookMessage, WebhookTry};
use innocap_registry::{Due, Next, Settled, WebhookTurn};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Innocap;
use crate::error::AppError;
use crate::letters::Letter;

/// Webhooks that are served at once.
const AT_ONCE: usize = 16;
/// Events of one webhook that are sent before what came of it is written.
const SPELL: usize = 100;
/// How long such a spell may last before the last of it is sent.
const SPELL_LASTS: Duration = Duration::from_secs(1);
/// How long a webhook belongs to whoever claimed it: longer than a spell with the slowest receiver lasts.
const CLAIM: TimeDelta = TimeDelta::seconds(20);
/// How often the queue is looked at without a hint: another process may have written, or another try be due.
const POLL: Duration = Duration::from_secs(1);
/// The delays between tries, over somewhat more than a day; the specification recommends these.
const DELAYS: [TimeDelta; 7] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(10),
];
/// By how many thousandths a delay is longer at most, so that what failed together is not tried again together.
const JITTER: i64 = 100;
/// After how long without anything taken a webhook is disabled.
const FAILING: TimeDelta = TimeDelta::days(5);

impl Innocap {
    /// Sends what waits for webhooks in the background until [`Self::stop`].
    pub fn deliver_webhooks(&self) -> tokio::task::JoinHandle<()> {
        tokio::spawn(self.clone().delivering(self.stopping()))
    }

    async fn delivering(self, mut stop: watch::Receiver<bool>) {
        if let Err(error) = self.registry().release_webhooks().await {
            tracing::error!(%error, "the queue of webhooks cannot be worked on");
        }
        let mut hints = self.registry().subscribe();
        let mut serving = JoinSet::new();
        while !self.is_stopping() {
            if serving.len() < AT_ONCE
                && let Err(error) = self.begin_serving(&mut serving).await
            {
                tracing::error!(%error, "the queue of webhooks cannot be worked on");
            }
            tokio::select! {
                _ = stop.changed() => {}
                _ = hints.changed() => {}
                () = self.webhooks_state().queued.notified() => {}
                Some(_) = serving.join_next() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
        // What is under way is waited for, so that it is not sent again after a restart.
        while serving.join_next().await.is_some() {}
    }

    async fn begin_serving(&self, serving: &mut JoinSet<()>) -> Result<(), AppError> {
        let now = self.clock().now();
        // Another name each time: a task that has outlived its claim finds it gone, even if this process has it.
        let claim = WebhookEventId::new().to_string();
        let free = AT_ONCE - serving.len();
        for webhook in self.registry().claim_webhooks(free, &claim, now, now + CLAIM).await? {
            serving.spawn(self.clone().serve(webhook, claim.clone()));
        }
        Ok(())
    }

    /// Sends what is due to a webhook, as long as it is one's turn.
    async fn serve(self, webhook: WebhookId, claim: String) {
        if let Err(error) = self.serve_until_done(webhook, claim).await {
            tracing::error!(webhook.id = %webhook, %error, "what was sent to a webhook is not noted and will be sent again");
        }
    }

    async fn serve_until_done(&self, webhook: WebhookId, claim: String) -> Result<(), AppError> {
        let mut settled = Vec::new();
        loop {
            let now = self.clock().now();
            let turn = WebhookTurn { webhook, claim: claim.clone(), now, until: now + CLAIM };
            let limit = if self.is_stopping() { 0 } else { SPELL };
            let due = self.registry().deliver_next(&turn, std::mem::take(&mut settled), limit).await?;
            let Some(due) = due else { return Ok(()) };
            settled = self.send_in_order(&due).await;
            if let Some(why) = settled.last().and_then(|last| reason_to_disable(&due.webhook, last)) {
                return self.disable(&due.webhook, &turn, settled, why).await;
            }
        }
    }

    /// Sends deliveries one after the other, until one is not taken or the spell has lasted long enough.
    async fn send_in_order(&self, due: &Due) -> Vec<Settled> {
        let started = Instant::now();
        let mut settled = Vec::with_capacity(due.deliveries.len());
        for delivery in &due.deliveries {
            if !settled.is_empty() && (started.elapsed() >= SPELL_LASTS || self.is_stopping()) {
                break;
            }
            let tried = self.clock().now();
            let outcome = self.send_message(&due.webhook, &due.secrets, delivery, tried).await;
            let is_taken = outcome.is_taken();
            settled.push(settle(delivery, outcome, tried, self.clock().now()));
            if !is_taken {
                break;
            }
        }
        settled
    }

    async fn send_message(
        &self,
        webhook: &Webhook,
        secrets: &WebhookSecrets,
        delivery: &Delivery,
        now: DateTime<Utc>,
    ) -> WebhookTry {
        let (id, timestamp) = (delivery.event.id.to_string(), now.timestamp());
        let body = self.payload(&delivery.event).to_string().into_bytes();
        let signatures = signatures(secrets, &id, now, &body);
        let message = WebhookMessage { address: &webhook.address, id, timestamp, signatures, body };
        let outcome = self.webhooks_state().sender.send(message).await;
        if !outcome.is_taken() {
            tracing::warn!(
                webhook.id = %webhook.id,
                event.id = %delivery.event.id,
                status = outcome.status,
                problem = outcome.problem,
                "a webhook was not taken"
            );
        }
        outcome
    }

    /// Disables a webhook and writes to the owners of its organisation.
    async fn disable(
        &self,
        webhook: &Webhook,
        turn: &WebhookTurn,
        settled: Vec<Settled>,
        why: WebhookDisabled,
    ) -> Result<(), AppError> {
        let host = innocap_exchange::WebhookSender::host_of(&webhook.address);
        let link = self.webhooks_link(webhook.organisation);
        let letter = match why {
            WebhookDisabled::Gone => Letter::WebhookGone { host: &host, link: &link },
            _ => Letter::WebhookFailing { host: &host, link: &link, days: FAILING.num_days() },
        };
        let mails = self.letters_to_owners(webhook.organisation, &letter).await?;
        let trace = Trace::service(self.clock().now());
        tracing::warn!(webhook.id = %webhook.id, reason = %why, "a webhook is disabled");
        Ok(self.registry().disable_webhook(turn, settled, why, mails, &trace).await?)
    }
}

/// The signatures of a message: by the secret, and as long as it holds by the one before.
fn signatures(secrets: &WebhookSecrets, id: &str, now: DateTime<Utc>, body: &[u8]) -> String {
    let previous = secrets.previous.as_ref().filter(|(_, until)| now < *until).map(|(secret, _)| secret);
    let keys = std::iter::once(&secrets.current).chain(previous).filter_map(WebhookKey::of);
    keys.map(|key| key.sign(id, now.timestamp(), body)).collect::<Vec<_>>().join(" ")
}

/// What a try comes to.
fn settle(delivery: &Delivery, outcome: WebhookTry, tried: DateTime<Utc>, now: DateTime<Utc>) -> Settled {
    let is_ping = delivery.event.kind == WebhookEventKind::Ping;
    let next = match next_delay(delivery) {
        _ if outcome.is_taken() => Next::Done,
        // Whoever tries an address looks at once; it must not keep others waiting for a day.
        Some(delay) if !is_ping => Next::Retry(now + delay),
        _ => Next::Park,
    };
    let answer = DeliveryAnswer {
        status: outcome.status,
        body: outcome.body,
        problem: outcome.problem.map(str::to_owned),
        milliseconds: i64::try_from(outcome.took.as_millis()).unwrap_or(i64::MAX),
    };
    Settled { seq: delivery.seq, tried, answer, next, counts: !is_ping }
}

/// How long to wait after a try that failed; nothing where it was the last.
fn next_delay(delivery: &Delivery) -> Option<TimeDelta> {
    let delay = DELAYS.get(usize::try_from(delivery.attempts).ok()?)?;
    // Another for each event and each webhook, without asking for random bytes.
    let spread = (delivery.event.id.uuid().as_u128() ^ delivery.webhook.uuid().as_u128()) % 1_000;
    let milliseconds = delay.num_milliseconds();
    let longer = milliseconds * JITTER / 1_000 * i64::try_from(spread).unwrap_or(0) / 1_000;
    Some(TimeDelta::milliseconds(milliseconds + longer))
}

/// Why a webhook is to be disabled after this try, if it is.
fn reason_to_disable(webhook: &Webhook, last: &Settled) -> Option<WebhookDisabled> {
    if last.next == Next::Done || !last.counts {
        return None;
    }
    if last.answer.status == Some(410) {
        return Some(WebhookDisabled::Gone);
    }
    let since = webhook.failing_since?;
    (last.tried - since >= FAILING).then_some(WebhookDisabled::Failing)
}

#[cfg(test)]
mod tests {
    use innocap_domain::{DeliveryState, EventData, Id, WebhookEvent};

    use super::*;

    fn delivery(attempts: i64) -> Delivery {
        let at = DateTime::UNIX_EPOCH;
        let event =
            WebhookEvent { id: Id::new(), kind: WebhookEventKind::ChallengeClosed, at, data: EventData::default() };
        let (webhook, state) = (Id::new(), DeliveryState::Waiting);
        Delivery { seq: 1, webhook, event, state, attempts, due: at, tried: None, answer: None }
    }

    #[test]
    fn tries_are_spread_over_somewhat_more_than_a_day_and_then_end() {
        let mut total = TimeDelta::zero();
        for attempts in 0..7 {
            let plain = DELAYS[usize::try_from(attempts).unwrap()];
            let delays: Vec<_> = (0..50).map(|_| next_delay(&delivery(attempts)).unwrap()).collect();
            assert!(delays.iter().all(|delay| *delay >= plain && *delay <= plain + plain / 10));
            assert!(delays.iter().any(|delay| *delay != delays[0]), "those of many events are not the same");
            total += plain;
        }
        assert!(total > TimeDelta::hours(24) && total < TimeDelta::hours(30), "{total}");
        assert_eq!(next_delay(&delivery(7)), None);
    }

    #[test]
    fn the_secret_before_signs_until_its_time_is_up() {
        let (current, before) = (WebhookKey::generate().unwrap(), WebhookKey::generate().unwrap());
        let until = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let secrets = WebhookSecrets { current, previous: Some((before.clone(), until)) };
        let both = signatures(&secrets, "a", until - TimeDelta::seconds(1), b"{}");
        let old = WebhookKey::of(&before).unwrap().sign("a", 3_599, b"{}");
        assert_eq!(both.split(' ').nth(1), Some(old.as_str()));
        assert_eq!(signatures(&secrets, "a", until, b"{}").split(' ').count(), 1);
    }
}
