//! The log of deliveries, and what its owner does about it: a ping, and sending again.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditEvent, Delivery, DeliveryState, EventData, OrganisationId, Trace, WebhookEventId,
    WebhookEventKind, WebhookId,
};
use serde_json::json;

use super::endpoints::{lock, own, target};
use super::events::{NewEvent, write};
use super::queue::begin_again;
use super::{DeliveryRow, WebhookEventRow};
use crate::accounts::rows;
use crate::connection::AnyConnection;
use crate::rows::stored_time;
use crate::schema::{webhook_delivery, webhook_event};
use crate::transaction::Scope;
use crate::{Registry, RegistryError};

/// Which deliveries of a webhook are listed.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// Where they stand.
    pub state: Option<DeliveryState>,
    /// What is delivered.
    pub kind: Option<WebhookEventKind>,
    /// Of what happened then or later.
    pub since: Option<DateTime<Utc>>,
}

/// The place of a delivery in the log.
pub type DeliveryPlace = i64;

impl Registry {
    /// At most `limit` deliveries of a webhook, the newest first; `before` is the place of the last one of the page before.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation has no such webhook; what the database says.
    pub async fn deliveries(
        &self,
        organisation: OrganisationId,
        id: WebhookId,
        filter: DeliveryFilter,
        before: Option<DeliveryPlace>,
        limit: usize,
    ) -> Result<Vec<Delivery>, RegistryError> {
        self.read(move |connection| {
            own(connection, organisation, id)?;
            let mut query = webhook_delivery::table
                .inner_join(webhook_event::table.on(webhook_event::seq.eq(webhook_delivery::seq)))
                .filter(webhook_delivery::webhook_id.eq(id.to_string()))
                .into_boxed();
            if let Some(state) = filter.state {
                query = query.filter(webhook_delivery::state.eq(state.as_str()));
            }
            if let Some(kind) = filter.kind {
                query = query.filter(webhook_event::kind.eq(kind.as_str()));
            }
            if let Some(since) = filter.since {
                query = query.filter(webhook_event::at.ge(stored_time(since)));
            }
            if let Some(before) = before {
                query = query.filter(webhook_delivery::seq.lt(before));
            }
            let found: Vec<(DeliveryRow, WebhookEventRow)> = query
                .order(webhook_delivery::seq.desc())
                .limit(rows(limit))
                .select((DeliveryRow::as_select(), WebhookEventRow::as_select()))
                .load(connection)?;
            found.into_iter().map(|(delivery, event)| delivery.delivery(event)).collect()
        })
        .await
    }

    /// A delivery of a webhook, by the event.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation has no such webhook or the webhook no such delivery; what the
    /// database says.
    pub async fn delivery(
        &self,
        organisation: OrganisationId,
        id: WebhookId,
        event: WebhookEventId,
    ) -> Result<Delivery, RegistryError> {
        self.read(move |connection| {
            own(connection, organisation, id)?;
            one(connection, id, event)
        })
        .await
    }

    /// Queues a ping for one webhook.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation has no such webhook; what the database says.
    pub async fn ping_webhook(
        &self,
        organisation: OrganisationId,
        id: WebhookId,
        trace: &Trace,
    ) -> Result<Delivery, RegistryError> {
        let (inner, now) = (std::sync::Arc::clone(&self.inner), stored_time(trace.at));
        self.audited(Scope::Aside, trace, move |connection, trail| {
            own(connection, organisation, id)?;
            let data = EventData { webhook: Some(id), ..EventData::default() };
            let ping = NewEvent { kind: WebhookEventKind::Ping, data, at: now, to: Some(organisation) };
            write(connection, &inner.identifiers, &[ping], |_| vec![id.to_string()])?;
            trail.note(AuditEvent::new(AuditAction::WebhookPing, target(id)).concerning(organisation));
            let (delivery, event): (DeliveryRow, WebhookEventRow) = webhook_delivery::table
                .inner_join(webhook_event::table.on(webhook_event::seq.eq(webhook_delivery::seq)))
                .filter(webhook_delivery::webhook_id.eq(id.to_string()))
                .order(webhook_delivery::seq.desc())
                .select((DeliveryRow::as_select(), WebhookEventRow::as_select()))
                .first(connection)?;
            delivery.delivery(event)
        })
        .await
    }

    /// Sends a delivery again, whatever came of it; what waits before it goes first.
    ///
    /// # Errors
    /// As [`Registry::delivery`].
    pub async fn replay_delivery(
        &self,
        organisation: OrganisationId,
        id: WebhookId,
        event: WebhookEventId,
        trace: &Trace,
    ) -> Result<Delivery, RegistryError> {
        let now = stored_time(trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            lock(connection, organisation, id)?;
            let seq = one(connection, id, event)?.seq;
            begin_again(connection, id, &[seq], now)?;
            let told = AuditEvent::new(AuditAction::WebhookReplay, target(id)).concerning(organisation);
            trail.note(told.with(json!({ "event": event })));
            one(connection, id, event)
        })
        .await
    }

    /// Sends again what is parked of what happened at `since` or later, in the order in which it happened; how much.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation has no such webhook; what the database says.
    pub async fn replay_parked(
        &self,
        organisation: OrganisationId,
        id: WebhookId,
        since: DateTime<Utc>,
        trace: &Trace,
    ) -> Result<usize, RegistryError> {
        let now = stored_time(trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            lock(connection, organisation, id)?;
            let parked: Vec<i64> = webhook_delivery::table
                .inner_join(webhook_event::table.on(webhook_event::seq.eq(webhook_delivery::seq)))
                .filter(webhook_delivery::webhook_id.eq(id.to_string()))
                .filter(webhook_delivery::state.eq(DeliveryState::Parked.as_str()))
                .filter(webhook_event::at.ge(stored_time(since)))
                .select(webhook_delivery::seq)
                .load(connection)?;
            let count = begin_again(connection, id, &parked, now)?;
            let told = AuditEvent::new(AuditAction::WebhookReplay, target(id)).concerning(organisation);
            trail.note(told.with(json!({ "since": since, "count": count })));
            Ok(count)
        })
        .await
    }
}

fn one(connection: &mut AnyConnection, id: WebhookId, event: WebhookEventId) -> Result<Delivery, RegistryError> {
    let (delivery, event): (DeliveryRow, WebhookEventRow) = webhook_delivery::table
        .inner_join(webhook_event::table.on(webhook_event::seq.eq(webhook_delivery::seq)))
        .filter(webhook_delivery::webhook_id.eq(id.to_string()))
        .filter(webhook_event::id.eq(event.to_string()))
        .select((DeliveryRow::as_select(), WebhookEventRow::as_select()))
        .get_result(connection)?;
    delivery.delivery(event)
}

/// Deletes what happened before a time with its deliveries, but for what somebody still waits for; how many events.
pub(crate) fn prune(connection: &mut AnyConnection, before: NaiveDateTime) -> QueryResult<usize> {
    let awaited = webhook_delivery::table
        .filter(webhook_delivery::state.eq(DeliveryState::Waiting.as_str()))
        .select(webhook_delivery::seq);
    diesel::delete(webhook_event::table.filter(webhook_event::at.le(before)).filter(webhook_event::seq.ne_all(awaited)))
        .execute(connection)
}
