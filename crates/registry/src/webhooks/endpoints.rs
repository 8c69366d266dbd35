//! The webhooks of organisations: made, changed, disabled and deleted by their owners.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, AuditTargetKind, DeliveryState, OrganisationId, Secret, Trace, Webhook,
    WebhookDisabled, WebhookEventKind, WebhookId,
};
use serde_json::json;

use super::{WebhookRow, look_again, words};
use crate::accounts::{found, memberships};
use crate::connection::AnyConnection;
use crate::rows::stored_time;
use crate::schema::{webhook, webhook_delivery};
use crate::transaction::Scope;
use crate::{Registry, RegistryError};

/// A webhook that is to be made.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Where events are sent.
    pub address: String,
    /// What its owner calls it.
    pub description: Option<String>,
    /// What it is told of.
    pub events: Vec<WebhookEventKind>,
    /// What signs.
    pub secret: Secret,
}

/// What a webhook is to be from now on.
#[derive(Debug, Clone)]
pub struct WebhookChange {
    /// Where events are sent.
    pub address: String,
    /// What its owner calls it.
    pub description: Option<String>,
    /// What it is told of.
    pub events: Vec<WebhookEventKind>,
    /// Whether it is told anything.
    pub enabled: bool,
}

impl Registry {
    /// Makes a webhook; nothing where the organisation has `most` of them.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation is gone; what the database says.
    pub async fn create_webhook(
        &self,
        new: NewWebhook,
        most: usize,
        trace: &Trace,
    ) -> Result<Option<Webhook>, RegistryError> {
        let id: WebhookId = self.id_at(trace.at)?;
        let now = stored_time(trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            memberships::require_organisation(connection, new.organisation)?;
            let organisation = new.organisation.to_string();
            let there: i64 =
                webhook::table.filter(webhook::organisation_id.eq(&organisation)).count().get_result(connection)?;
            if usize::try_from(there).is_ok_and(|there| there >= most) {
                return Ok(None);
            }
            let row = WebhookRow {
                id: id.to_string(),
                organisation_id: organisation,
                address: new.address,
                description: new.description,
                events: words(&new.events),
                secret: new.secret.into_text(),
                previous_secret: None,
                previous_until: None,
                disabled: None,
                disabled_since: None,
                failures: 0,
                failing_since: None,
                delivered: None,
                created: now,
                queued: 0,
                next_due: None,
                claim: None,
                claimed_until: None,
            };
            diesel::insert_into(webhook::table).values(&row).execute(connection)?;
            let details = json!({ "after": { "address": row.address, "events": new.events } });
            let event = AuditEvent::new(AuditAction::WebhookCreate, target(id));
            trail.note(event.concerning(new.organisation).with(details));
            row.webhook().map(Some)
        })
        .await
    }

    /// The webhooks of an organisation, the oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn webhooks(&self, organisation: OrganisationId) -> Result<Vec<Webhook>, RegistryError> {
        self.read(move |connection| {
            let rows = webhook::table
                .filter(webhook::organisation_id.eq(organisation.to_string()))
                .order(webhook::id)
                .select(WebhookRow::as_select())
                .load(connection)?;
            rows.into_iter().map(WebhookRow::webhook).collect()
        })
        .await
    }

    /// A webhook of an organisation.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation has none such; what the database says.
    pub async fn webhook(&self, organisation: OrganisationId, id: WebhookId) -> Result<Webhook, RegistryError> {
        self.read(move |connection| own(connection, organisation, id)?.webhook()).await
    }

    /// Changes a webhook. One that is disabled gets nothing queued, and what waited for it is parked; one that is enabled
    /// again, or sent elsewhere, begins with a clean slate.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation has none such; what the database says.
    pub async fn change_webhook(
        &self,
        organisation: OrganisationId,
        id: WebhookId,
        change: WebhookChange,
        trace: &Trace,
    ) -> Result<Webhook, RegistryError> {
        let now = stored_time(trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            lock(connection, organisation, id)?;
            let before = own(connection, organisation, id)?;
            let was_enabled = before.disabled.is_none();
            let own = || webhook::table.find(id.to_string());
            diesel::update(own())
                .set((
                    webhook::address.eq(&change.address),
                    webhook::description.eq(&change.description),
                    webhook::events.eq(words(&change.events)),
                ))
                .execute(connection)?;
            if was_enabled && !change.enabled {
                disable(connection, id, WebhookDisabled::Owner, now)?;
            }
            if change.enabled && (!was_enabled || before.address != change.address) {
                diesel::update(own())
                    .set((
                        webhook::disabled.eq(None::<String>),
                        webhook::disabled_since.eq(None::<NaiveDateTime>),
                        webhook::failures.eq(0),
                        webhook::failing_since.eq(None::<NaiveDateTime>),
                    ))
                    .execute(connection)?;
                // What waits for its next try need not wait for a receiver that is another.
                diesel::update(waiting(id)).set(webhook_delivery::due.eq(now)).execute(connection)?;
                look_again(connection, id)?;
            }
            let details = json!({
                "before": { "address": before.address, "events": before.events, "enabled": was_enabled },
                "after": { "address": change.address, "events": words(&change.events), "enabled": change.enabled },
            });
            let event = AuditEvent::new(AuditAction::WebhookUpdate, target(id));
            trail.note(event.concerning(organisation).with(details));
            super::endpoints::own(connection, organisation, id)?.webhook()
        })
        .await
    }

    /// Gives a webhook another secret; the one it had signs too until `until`, and one from before that no more.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation has none such; what the database says.
    pub async fn rotate_webhook_secret(
        &self,
        organisation: OrganisationId,
        id: WebhookId,
        secret: Secret,
        until: DateTime<Utc>,
        trace: &Trace,
    ) -> Result<Webhook, RegistryError> {
        self.audited(Scope::Aside, trace, move |connection, trail| {
            lock(connection, organisation, id)?;
            let before = own(connection, organisation, id)?;
            diesel::update(webhook::table.find(id.to_string()))
                .set((
                    webhook::secret.eq(secret.into_text()),
                    webhook::previous_secret.eq(Some(before.secret)),
                    webhook::previous_until.eq(Some(stored_time(until))),
                ))
                .execute(connection)?;
            trail.note(AuditEvent::new(AuditAction::WebhookSecret, target(id)).concerning(organisation));
            own(connection, organisation, id)?.webhook()
        })
        .await
    }

    /// Deletes a webhook with everything that waits for it and its log.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation has none such; what the database says.
    pub async fn delete_webhook(
        &self,
        organisation: OrganisationId,
        id: WebhookId,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let before = own(connection, organisation, id)?;
            found(diesel::delete(webhook::table.find(id.to_string())).execute(connection)?)?;
            let details = json!({ "before": { "address": before.address, "events": before.events } });
            let event = AuditEvent::new(AuditAction::WebhookDelete, target(id));
            trail.note(event.concerning(organisation).with(details));
            Ok(())
        })
        .await
    }
}

pub(super) fn target(id: WebhookId) -> AuditTarget {
    AuditTarget::new(AuditTargetKind::Webhook, id)
}

pub(super) fn own(
    connection: &mut AnyConnection,
    organisation: OrganisationId,
    id: WebhookId,
) -> Result<WebhookRow, RegistryError> {
    Ok(webhook::table
        .find(id.to_string())
        .filter(webhook::organisation_id.eq(organisation.to_string()))
        .select(WebhookRow::as_select())
        .get_result(connection)?)
}

/// Keeps others from the webhook until the transaction ends: a write that changes nothing, which locks its row on
/// PostgreSQL; on SQLite there is one writer anyway.
pub(super) fn lock(
    connection: &mut AnyConnection,
    organisation: OrganisationId,
    id: WebhookId,
) -> Result<(), RegistryError> {
    let own = webhook::table.find(id.to_string()).filter(webhook::organisation_id.eq(organisation.to_string()));
    found(diesel::update(own).set(webhook::queued.eq(webhook::queued + 0)).execute(connection)?)
}

/// What waits for a webhook.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn waiting(id: WebhookId) -> _ {
    let id: String = id.to_string();
    let waits: &'static str = DeliveryState::Waiting.as_str();
    webhook_delivery::table.filter(webhook_delivery::webhook_id.eq(id)).filter(webhook_delivery::state.eq(waits))
}

/// Disables a webhook whose row is locked, and parks what waits for it.
pub(super) fn disable(
    connection: &mut AnyConnection,
    id: WebhookId,
    why: WebhookDisabled,
    now: NaiveDateTime,
) -> Result<(), RegistryError> {
    diesel::update(waiting(id)).set(webhook_delivery::state.eq(DeliveryState::Parked.as_str())).execute(connection)?;
    diesel::update(webhook::table.find(id.to_string()))
        .set((
            webhook::disabled.eq(Some(why.as_str())),
            webhook::disabled_since.eq(Some(now)),
            webhook::next_due.eq(None::<NaiveDateTime>),
        ))
        .execute(connection)?;
    Ok(())
}
