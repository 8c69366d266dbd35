//! Webhooks: who is told, what is told, and how the telling goes.
//!
//! An event is written with its deliveries in the transaction in which it happens, so that none is lost, and gets its
//! place in one order for all. A process that delivers claims a webhook, not a delivery: what waits for a webhook
//! is sent by one process at a time, the earliest first.
//!
//! Locks are taken in one order: the row of `sequence`, then rows of `webhook`, then their deliveries, the audit log last.

mod endpoints;
mod events;
mod log;
mod matches;
mod queue;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use innocap_domain::{
    Delivery, DeliveryAnswer, Secret, Webhook, WebhookEvent, WebhookEventKind, WebhookId, WebhookSecrets,
};

pub use endpoints::{NewWebhook, WebhookChange};
pub(crate) use events::{NewEvent, tell};
pub(crate) use log::prune;
pub use log::{DeliveryFilter, DeliveryPlace};
pub use matches::NewMatch;
pub use queue::{Due, Next, Settled, WebhookTurn};

use crate::RegistryError;
use crate::accounts::{stored, stored_id};
use crate::connection::AnyConnection;
use crate::schema::{webhook, webhook_delivery, webhook_event};

/// A row of `webhook`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook, treat_none_as_default_value = false)]
pub(crate) struct WebhookRow {
    id: String,
    organisation_id: String,
    address: String,
    description: Option<String>,
    events: String,
    secret: String,
    previous_secret: Option<String>,
    previous_until: Option<NaiveDateTime>,
    disabled: Option<String>,
    disabled_since: Option<NaiveDateTime>,
    failures: i64,
    failing_since: Option<NaiveDateTime>,
    delivered: Option<NaiveDateTime>,
    created: NaiveDateTime,
    queued: i64,
    next_due: Option<NaiveDateTime>,
    claim: Option<String>,
    claimed_until: Option<NaiveDateTime>,
}

impl WebhookRow {
    fn secrets(&self) -> WebhookSecrets {
        let previous = self.previous_secret.as_ref().zip(self.previous_until);
        WebhookSecrets {
            current: Secret::new(&self.secret),
            previous: previous.map(|(secret, until)| (Secret::new(secret), until.and_utc())),
        }
    }

    fn webhook(self) -> Result<Webhook, RegistryError> {
        Ok(Webhook {
            id: stored_id(&self.id)?,
            organisation: stored_id(&self.organisation_id)?,
            events: kinds(&self.events)?,
            address: self.address,
            description: self.description,
            previous_until: self.previous_until.map(|at| at.and_utc()),
            disabled: self.disabled.map(|word| stored(&word, "why a webhook is disabled")).transpose()?,
            disabled_since: self.disabled_since.map(|at| at.and_utc()),
            failures: self.failures,
            failing_since: self.failing_since.map(|at| at.and_utc()),
            delivered: self.delivered.map(|at| at.and_utc()),
            created: self.created.and_utc(),
        })
    }
}

/// A row of `webhook_event`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_event, treat_none_as_default_value = false)]
pub(crate) struct WebhookEventRow {
    seq: i64,
    id: String,
    kind: String,
    at: NaiveDateTime,
    data: String,
}

impl WebhookEventRow {
    fn event(self) -> Result<WebhookEvent, RegistryError> {
        let data = serde_json::from_str(&self.data);
        Ok(WebhookEvent {
            id: stored_id(&self.id)?,
            kind: stored(&self.kind, "an event of a webhook")?,
            at: self.at.and_utc(),
            data: data.map_err(|_| RegistryError::Corrupt(format!("webhook event {}: data", self.seq)))?,
        })
    }
}

/// A row of `webhook_delivery`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_delivery, treat_none_as_default_value = false)]
pub(crate) struct DeliveryRow {
    webhook_id: String,
    seq: i64,
    state: String,
    attempts: i64,
    due: NaiveDateTime,
    tried: Option<NaiveDateTime>,
    status: Option<i64>,
    body: Option<String>,
    problem: Option<String>,
    milliseconds: Option<i64>,
}

impl DeliveryRow {
    fn delivery(self, event: WebhookEventRow) -> Result<Delivery, RegistryError> {
        let status = self.status.map(u16::try_from).transpose();
        let status = status.map_err(|_| RegistryError::Corrupt("the status of an answer is none".to_owned()))?;
        let (body, problem) = (self.body, self.problem);
        Ok(Delivery {
            seq: self.seq,
            webhook: stored_id(&self.webhook_id)?,
            event: event.event()?,
            state: stored(&self.state, "the state of a delivery")?,
            attempts: self.attempts,
            due: self.due.and_utc(),
            tried: self.tried.map(|at| at.and_utc()),
            answer: self.milliseconds.map(|milliseconds| DeliveryAnswer { status, body, problem, milliseconds }),
        })
    }
}

/// The words of a list of events.
fn kinds(words: &str) -> Result<Vec<WebhookEventKind>, RegistryError> {
    words.split_whitespace().map(|word| stored(word, "an event of a webhook")).collect()
}

fn words(kinds: &[WebhookEventKind]) -> String {
    kinds.iter().map(WebhookEventKind::as_str).collect::<Vec<_>>().join(" ")
}

/// Works out again when the first that waits for a webhook is to be tried. The webhook's row must be locked, so that
/// nothing joins the queue unseen meanwhile.
fn look_again(connection: &mut AnyConnection, id: WebhookId) -> Result<Option<NaiveDateTime>, RegistryError> {
    let first: Option<NaiveDateTime> = webhook_delivery::table
        .filter(webhook_delivery::webhook_id.eq(id.to_string()))
        .filter(webhook_delivery::state.eq(innocap_domain::DeliveryState::Waiting.as_str()))
        .order(webhook_delivery::seq)
        .select(webhook_delivery::due)
        .first(connection)
        .optional()?;
    diesel::update(webhook::table.find(id.to_string())).set(webhook::next_due.eq(first)).execute(connection)?;
    Ok(first)
}
