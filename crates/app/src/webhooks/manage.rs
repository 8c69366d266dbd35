//! The webhooks of an organisation: made, changed, given another secret, tried and deleted by its owners and by its clients
//! with the scope.

use chrono::TimeDelta;
use innocap_access::{Action, WebhookKey};
use innocap_domain::{OrganisationId, Reader, Webhook, WebhookEventKind, WebhookId, limits};
use innocap_exchange::WebhookSender;
use innocap_registry::{NewWebhook, WebhookChange};
use serde_json::{Value, json};

use crate::Innocap;
use crate::caller::Caller;
use crate::documents::merge_patch;
use crate::error::AppError;

/// Webhooks of an organisation at most.
const MOST: usize = 20;
/// Characters of what its owner calls it.
const DESCRIPTION: usize = 200;
/// How long the secret before signs too.
const ROTATION: TimeDelta = TimeDelta::hours(24);

impl Innocap {
    /// The webhooks of an organisation, the oldest first.
    ///
    /// # Errors
    /// [`AppError::NotFound`] or [`AppError::Forbidden`] for everyone but its owners and clients with the scope.
    pub async fn webhooks(&self, caller: &Caller, organisation: OrganisationId) -> Result<Vec<Value>, AppError> {
        self.inside(&caller.actor, Action::ManageWebhooks, organisation).await?;
        Ok(self.registry().webhooks(organisation).await?.iter().map(view).collect())
    }

    /// A webhook.
    ///
    /// # Errors
    /// As [`Self::webhooks`]; [`AppError::NotFound`] where it is another organisation's.
    pub async fn webhook(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        id: WebhookId,
    ) -> Result<Value, AppError> {
        self.inside(&caller.actor, Action::ManageWebhooks, organisation).await?;
        Ok(view(&self.registry().webhook(organisation, id).await?))
    }

    /// Makes a webhook; its secret is in the answer, this once.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with every fault; [`AppError::Conflict`] where there are as many as may be.
    pub async fn create_webhook(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        document: &Value,
    ) -> Result<Value, AppError> {
        self.inside(&caller.actor, Action::ManageWebhooks, organisation).await?;
        let wanted = read(document, &self.webhooks_state().sender, None)?;
        if !wanted.enabled {
            return Err(AppError::at("/enabled", "not_applicable", "a new webhook is enabled"));
        }
        let secret = WebhookKey::generate()?;
        let WebhookChange { address, description, events, .. } = wanted;
        let new = NewWebhook { organisation, address, description, events, secret: secret.clone() };
        let trace = caller.trace(Some(organisation), self.clock().now());
        let made = self.registry().create_webhook(new, MOST, &trace).await?;
        let made = made.ok_or_else(|| AppError::Conflict(format!("an organisation has at most {MOST} webhooks")))?;
        Ok(with_secret(&made, &secret))
    }

    /// Changes the members that `patch` names (JSON Merge Patch, RFC 7396).
    ///
    /// # Errors
    /// [`AppError::Invalid`]; [`AppError::NotFound`] where it is another organisation's.
    pub async fn change_webhook(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        id: WebhookId,
        patch: &Value,
    ) -> Result<Value, AppError> {
        self.inside(&caller.actor, Action::ManageWebhooks, organisation).await?;
        if !patch.is_object() {
            return Err(AppError::at("", "wrong_type", "a merge patch is a JSON object"));
        }
        let before = self.registry().webhook(organisation, id).await?;
        let mut document = json!({
            "address": before.address,
            "description": before.description,
            "events": before.events,
            "enabled": before.disabled.is_none(),
        });
        merge_patch(&mut document, patch);
        let change = read(&document, &self.webhooks_state().sender, Some(&before.address))?;
        let trace = caller.trace(Some(organisation), self.clock().now());
        let changed = self.registry().change_webhook(organisation, id, change, &trace).await?;
        self.wake_webhooks();
        Ok(view(&changed))
    }

    /// Gives a webhook another secret, which is in the answer, this once. For a day what is sent is signed with the one
    /// before as well, so that its receiver can be changed in between; a second change within that day ends the oldest.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is another organisation's.
    pub async fn rotate_webhook_secret(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        id: WebhookId,
    ) -> Result<Value, AppError> {
        self.inside(&caller.actor, Action::ManageWebhooks, organisation).await?;
        let secret = WebhookKey::generate()?;
        let trace = caller.trace(Some(organisation), self.clock().now());
        let until = trace.at + ROTATION;
        let changed = self.registry().rotate_webhook_secret(organisation, id, secret.clone(), until, &trace).await?;
        Ok(with_secret(&changed, &secret))
    }

    /// Deletes a webhook with what waits for it and its log.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is another organisation's.
    pub async fn delete_webhook(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        id: WebhookId,
    ) -> Result<(), AppError> {
        self.inside(&caller.actor, Action::ManageWebhooks, organisation).await?;
        let trace = caller.trace(Some(organisation), self.clock().now());
        Ok(self.registry().delete_webhook(organisation, id, &trace).await?)
    }

    /// The webhook, if something can be sent to it.
    pub(super) async fn enabled_webhook(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        id: WebhookId,
    ) -> Result<(), AppError> {
        self.inside(&caller.actor, Action::ManageWebhooks, organisation).await?;
        match self.registry().webhook(organisation, id).await?.disabled {
            None => Ok(()),
            Some(_) => Err(AppError::Conflict("the webhook is disabled: enable it first".to_owned())),
        }
    }
}

/// Reads what a webhook is to be. An address that it has already is not looked at again.
fn read(document: &Value, sender: &WebhookSender, known: Option<&str>) -> Result<WebhookChange, AppError> {
    Ok(Reader::document(document, |r| {
        let address = r.required_text("address", limits::ADDRESS);
        if !address.is_empty()
            && known != Some(&address)
            && let Err(fault) = sender.check(&address)
        {
            r.fault("address", "invalid_address", fault.to_string());
        }
        let description = r.text("description", DESCRIPTION);
        let before = r.faults();
        let events = r.codes("events", WebhookEventKind::ALL.len(), WebhookEventKind::parse);
        if events.contains(&WebhookEventKind::Ping) {
            r.fault("events", "invalid_code", "a ping is sent when it is asked for");
        } else if events.is_empty() && r.faults() == before {
            r.fault("events", "required", "a webhook without an event is told nothing");
        }
        let enabled = r.boolean("enabled").unwrap_or(true);
        WebhookChange { address, description, events, enabled }
    })?)
}

/// A webhook as its owner sees it.
fn view(webhook: &Webhook) -> Value {
    let mut view = json!({
        "id": webhook.id,
        "address": webhook.address,
        "events": webhook.events,
        "enabled": webhook.disabled.is_none(),
        "failures": webhook.failures,
        "created": webhook.created,
    });
    let optional = [
        ("description", webhook.description.as_ref().map(|text| json!(text))),
        (
            "disabled",
            webhook
                .disabled
                .zip(webhook.disabled_since)
                .map(|(reason, since)| json!({ "reason": reason, "since": since })),
        ),
        ("failing_since", webhook.failing_since.map(|at| json!(at))),
        ("delivered", webhook.delivered.map(|at| json!(at))),
        ("previous_secret_until", webhook.previous_until.map(|at| json!(at))),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            view[name] = value;
        }
    }
    view
}

fn with_secret(webhook: &Webhook, secret: &innocap_domain::Secret) -> Value {
    let mut view = view(webhook);
    view["secret"] = json!(secret.expose());
    view
}
