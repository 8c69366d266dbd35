//! The log of a webhook's deliveries as its owner reads it, a ping, and sending again.

use chrono::{DateTime, Utc};
use innocap_access::Action;
use innocap_domain::{
    CodeError, Delivery, DeliveryState, OrganisationId, Reader, WebhookEventId, WebhookEventKind, WebhookId,
};
use innocap_registry::DeliveryFilter;
use serde_json::{Value, json};

use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;
use crate::lists::{Page, fault};
use crate::queue::Plain;

/// The query of a webhook's log.
pub struct DeliveryQuery {
    filter: DeliveryFilter,
    plain: Plain,
}

impl DeliveryQuery {
    /// Parses a query string's pairs: `state`, `type`, `since`, `limit` and `cursor`.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with a fault for each parameter that is unknown or wrong.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, AppError> {
        let mut filter = DeliveryFilter::default();
        let plain = Plain::parse("deliveries", pairs, |name, value| {
            let wrong = |e: CodeError| vec![fault(name, "invalid_code", e.to_string())];
            Some(match name {
                "state" => DeliveryState::parse(value).map(|state| filter.state = Some(state)).map_err(wrong),
                "type" => WebhookEventKind::parse(value).map(|kind| filter.kind = Some(kind)).map_err(wrong),
                "since" => time(value).map(|since| filter.since = Some(since)).map_err(wrong),
                _ => return None,
            })
        })?;
        Ok(Self { filter, plain })
    }
}

impl Innocap {
    /// A page of what was sent or is to be sent to a webhook, the newest first.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is another organisation's.
    pub async fn deliveries(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        id: WebhookId,
        query: &DeliveryQuery,
    ) -> Result<Page<Value>, AppError> {
        self.inside(&caller.actor, Action::ManageWebhooks, organisation).await?;
        let plain = &query.plain;
        let before = match &plain.after {
            Some(text) => Some(text.parse::<i64>().map_err(|_| AppError::at("/cursor", "invalid_cursor", "damaged"))?),
            None => None,
        };
        let found = self.registry().deliveries(organisation, id, query.filter.clone(), before, plain.limit + 1).await?;
        let page = plain.page(found, |delivery| delivery.seq.to_string());
        let items = page.items.iter().map(|delivery| self.delivery_view(delivery)).collect();
        Ok(Page { items, total: page.total, next: page.next })
    }

    /// One of them.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none such, or the webhook is another organisation's.
    pub async fn delivery(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        id: WebhookId,
        event: WebhookEventId,
    ) -> Result<Value, AppError> {
        self.inside(&caller.actor, Action::ManageWebhooks, organisation).await?;
        Ok(self.delivery_view(&self.registry().delivery(organisation, id, event).await?))
    }

    /// Sends a ping to a webhook, after what waits already. One that fails is not tried again.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is another organisation's; [`AppError::Conflict`] where it is disabled.
    pub async fn ping_webhook(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        id: WebhookId,
    ) -> Result<Value, AppError> {
        self.enabled_webhook(caller, organisation, id).await?;
        let trace = caller.trace(Some(organisation), self.clock().now());
        let ping = self.registry().ping_webhook(organisation, id, &trace).await?;
        self.wake_webhooks();
        Ok(self.delivery_view(&ping))
    }

    /// Sends a delivery again, whatever came of it, under the identifier that it had.
    ///
    /// # Errors
    /// As [`Self::delivery`]; [`AppError::Conflict`] where the webhook is disabled.
    pub async fn replay_delivery(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        id: WebhookId,
        event: WebhookEventId,
    ) -> Result<Value, AppError> {
        self.enabled_webhook(caller, organisation, id).await?;
        let trace = caller.trace(Some(organisation), self.clock().now());
        let again = self.registry().replay_delivery(organisation, id, event, &trace).await?;
        self.wake_webhooks();
        Ok(self.delivery_view(&again))
    }

    /// Sends again what is parked of what happened since a time: `{"since": …}`; how much.
    ///
    /// # Errors
    /// [`AppError::Invalid`]; [`AppError::NotFound`] where it is another organisation's; [`AppError::Conflict`] where it
    /// is disabled.
    pub async fn replay_parked(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        id: WebhookId,
        document: &Value,
    ) -> Result<usize, AppError> {
        self.enabled_webhook(caller, organisation, id).await?;
        let since = Reader::document(document, |r| r.required_code("since", time))?;
        let since = since.ok_or_else(|| AppError::Internal("a time without fault is missing".to_owned()))?;
        let trace = caller.trace(Some(organisation), self.clock().now());
        let count = self.registry().replay_parked(organisation, id, since, &trace).await?;
        self.wake_webhooks();
        Ok(count)
    }

    /// A delivery with what is sent and what was answered.
    fn delivery_view(&self, delivery: &Delivery) -> Value {
        let Delivery { event, state, attempts, .. } = delivery;
        let mut view = json!({
            "id": event.id,
            "type": event.kind,
            "happened": event.at,
            "state": state,
            "attempts": attempts,
            "payload": self.payload(event),
        });
        if *state == DeliveryState::Waiting {
            view["due"] = json!(delivery.due);
        }
        if let Some(tried) = delivery.tried {
            view["tried"] = json!(tried);
        }
        if let Some(answer) = &delivery.answer {
            let mut shown = json!({ "duration_ms": answer.milliseconds });
            let told = [
                ("status", answer.status.map(|status| json!(status))),
                ("body", answer.body.as_ref().map(|body| json!(body))),
                ("problem", answer.problem.as_ref().map(|problem| json!(problem))),
            ];
            for (name, value) in told {
                if let Some(value) = value {
                    shown[name] = value;
                }
            }
            view["answer"] = shown;
        }
        view
    }
}

/// A time by RFC 3339.
fn time(text: &str) -> Result<DateTime<Utc>, CodeError> {
    text.parse().map_err(|_| CodeError::new("time", text, "a time such as 2026-11-23T12:00:00Z"))
}
