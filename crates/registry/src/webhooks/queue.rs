//! What waits for webhooks, claimed by whichever process delivers it, one process a webhook.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditEvent, Delivery, DeliveryAnswer, DeliveryState, OrganisationId, Trace, Webhook, WebhookDisabled,
    WebhookId, WebhookSecrets,
};
use serde_json::json;

use super::endpoints::{disable, target};
use super::{DeliveryRow, WebhookEventRow, WebhookRow, look_again};
use crate::accounts::{NewMail, queue_mail, rows, stored_id};
use crate::connection::AnyConnection;
use crate::rows::stored_time;
use crate::schema::{webhook, webhook_delivery, webhook_event};
use crate::transaction::Scope;
use crate::{Registry, RegistryError};

/// Whose turn it is to deliver to a webhook, and for how long.
#[derive(Debug, Clone)]
pub struct WebhookTurn {
    /// The webhook.
    pub webhook: WebhookId,
    /// What the claim was made with.
    pub claim: String,
    /// Now.
    pub now: DateTime<Utc>,
    /// Until when nobody else delivers.
    pub until: DateTime<Utc>,
}

/// What comes after a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: the receiver has taken it.
    Done,
    /// Another try.
    Retry(DateTime<Utc>),
    /// Nothing until its owner says so.
    Park,
}

/// What a try came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The delivery's place in the order of events.
    pub seq: i64,
    /// When it was tried.
    pub tried: DateTime<Utc>,
    /// What was answered.
    pub answer: DeliveryAnswer,
    /// What comes after.
    pub next: Next,
    /// Whether it counts as a failure of the webhook; a ping that fails does not.
    pub counts: bool,
}

/// What is to be delivered now, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// To which webhook.
    pub webhook: Webhook,
    /// What signs.
    pub secrets: WebhookSecrets,
    /// The deliveries, the earliest first.
    pub deliveries: Vec<Delivery>,
}

impl Registry {
    /// Takes at most `limit` webhooks for which something is due. Nobody else is given them before `until`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn claim_webhooks(
        &self,
        limit: usize,
        claim: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<WebhookId>, RegistryError> {
        let (claim, at) = (claim.to_owned(), stored_time(now));
        let due = self
            .read(move |connection| {
                let due: Vec<String> = webhook::table
                    .filter(webhook::disabled.is_null())
                    .filter(webhook::next_due.le(at))
                    .filter(webhook::claimed_until.is_null().or(webhook::claimed_until.le(at)))
                    .order((webhook::next_due, webhook::id))
                    .limit(rows(limit))
                    .select(webhook::id)
                    .load(connection)?;
                Ok(due)
            })
            .await?;
        // Most often nothing is due, and then nothing is written.
        if due.is_empty() {
            return Ok(Vec::new());
        }
        self.transact(Scope::Aside, move |connection| {
            // The condition stands here again: another process may have claimed them since.
            let claimed: Vec<String> = diesel::update(
                webhook::table
                    .filter(webhook::id.eq_any(&due))
                    .filter(webhook::disabled.is_null())
                    .filter(webhook::next_due.le(at))
                    .filter(webhook::claimed_until.is_null().or(webhook::claimed_until.le(at))),
            )
            .set((webhook::claim.eq(Some(claim)), webhook::claimed_until.eq(Some(stored_time(until)))))
            .returning(webhook::id)
            .get_results(connection)?;
            claimed.iter().map(|id| stored_id(id)).collect()
        })
        .await
    }

    /// Lets go of all claims where this process is the only one that delivers, as it is on SQLite: they are those of a
    /// process that ended without giving them back.
    ///
    /// # Errors
    /// What the database says.
    pub async fn release_webhooks(&self) -> Result<(), RegistryError> {
        self.transact(Scope::Aside, move |connection| {
            if matches!(connection, AnyConnection::Sqlite(_)) {
                diesel::update(webhook::table.filter(webhook::claim.is_not_null()))
                    .set((webhook::claim.eq(None::<String>), webhook::claimed_until.eq(None::<NaiveDateTime>)))
                    .execute(connection)?;
            }
            Ok(())
        })
        .await
    }

    /// Notes what the last tries came to and gives what is to be delivered next, at most `limit`, for as long as it is
    /// one's turn. Where nothing is due, or the turn has gone to somebody else, nothing; then the webhook is given back.
    ///
    /// # Errors
    /// What the database says.
    pub async fn deliver_next(
        &self,
        turn: &WebhookTurn,
        settled: Vec<Settled>,
        limit: usize,
    ) -> Result<Option<Due>, RegistryError> {
        let turn = turn.clone();
        self.transact(Scope::Aside, move |connection| {
            let Some(row) = hold(connection, &turn)? else { return Ok(None) };
            settle(connection, &turn, &settled, &row)?;
            if row.disabled.is_none() && limit > 0 {
                let now = stored_time(turn.now);
                let found: Vec<(DeliveryRow, WebhookEventRow)> = webhook_delivery::table
                    .inner_join(webhook_event::table.on(webhook_event::seq.eq(webhook_delivery::seq)))
                    .filter(webhook_delivery::webhook_id.eq(turn.webhook.to_string()))
                    .filter(webhook_delivery::state.eq(DeliveryState::Waiting.as_str()))
                    .order(webhook_delivery::seq)
                    .limit(rows(limit))
                    .select((DeliveryRow::as_select(), WebhookEventRow::as_select()))
                    .load(connection)?;
                // Whatever comes after one that waits for its next try waits for it.
                let due = found.into_iter().take_while(|(delivery, _)| delivery.due <= now);
                let deliveries: Vec<Delivery> =
                    due.map(|(delivery, event)| delivery.delivery(event)).collect::<Result<_, _>>()?;
                if !deliveries.is_empty() {
                    let secrets = row.secrets();
                    return Ok(Some(Due { webhook: row.webhook()?, secrets, deliveries }));
                }
            }
            give_back(connection, turn.webhook)?;
            Ok(None)
        })
        .await
    }

    /// Notes what the last tries came to and disables the webhook: what waits for it is parked, and its owners are
    /// written to.
    ///
    /// # Errors
    /// What the database says.
    pub async fn disable_webhook(
        &self,
        turn: &WebhookTurn,
        settled: Vec<Settled>,
        why: WebhookDisabled,
        mails: Vec<NewMail>,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let (turn, inner, now) = (turn.clone(), std::sync::Arc::clone(&self.inner), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let Some(row) = hold(connection, &turn)? else { return Ok(()) };
            settle(connection, &turn, &settled, &row)?;
            if row.disabled.is_none() {
                disable(connection, turn.webhook, why, stored_time(now))?;
                queue_mail(connection, &inner, mails, now)?;
                let event = AuditEvent::new(AuditAction::WebhookDisable, target(turn.webhook));
                let owner: OrganisationId = stored_id(&row.organisation_id)?;
                trail.note(event.concerning(owner).with(json!({ "reason": why })));
            }
            give_back(connection, turn.webhook)
        })
        .await
    }
}

/// Prolongs one's turn and locks the webhook; nothing where the turn is somebody else's, or the webhook is gone.
fn hold(connection: &mut AnyConnection, turn: &WebhookTurn) -> Result<Option<WebhookRow>, RegistryError> {
    let own = webhook::table.find(turn.webhook.to_string()).filter(webhook::claim.eq(&turn.claim));
    let rows: Vec<WebhookRow> = diesel::update(own)
        .set(webhook::claimed_until.eq(Some(stored_time(turn.until))))
        .returning(webhook::all_columns)
        .get_results(connection)?;
    Ok(rows.into_iter().next())
}

/// Writes what tries came to. What its owner has parked or sent again meanwhile is marked all the same if it was taken.
fn settle(
    connection: &mut AnyConnection,
    turn: &WebhookTurn,
    settled: &[Settled],
    row: &WebhookRow,
) -> Result<(), RegistryError> {
    if settled.is_empty() {
        return Ok(());
    }
    let (mut failures, mut failing_since, mut delivered) = (row.failures, row.failing_since, row.delivered);
    for one in settled {
        let tried = stored_time(one.tried);
        let (state, due) = match one.next {
            Next::Done => (DeliveryState::Delivered, tried),
            // Disabled meanwhile, it stays parked.
            Next::Retry(_) | Next::Park if row.disabled.is_some() => (DeliveryState::Parked, tried),
            Next::Retry(due) => (DeliveryState::Waiting, stored_time(due)),
            Next::Park => (DeliveryState::Parked, tried),
        };
        if one.next == Next::Done {
            (failures, failing_since, delivered) = (0, None, Some(tried));
        } else if one.counts {
            failures += 1;
            failing_since = failing_since.or(Some(tried));
        }
        diesel::update(webhook_delivery::table.find((turn.webhook.to_string(), one.seq)))
            .set((
                webhook_delivery::state.eq(state.as_str()),
                webhook_delivery::attempts.eq(webhook_delivery::attempts + 1),
                webhook_delivery::due.eq(due),
                webhook_delivery::tried.eq(Some(tried)),
                webhook_delivery::status.eq(one.answer.status.map(i64::from)),
                webhook_delivery::body.eq(&one.answer.body),
                webhook_delivery::problem.eq(&one.answer.problem),
                webhook_delivery::milliseconds.eq(Some(one.answer.milliseconds)),
            ))
            .execute(connection)?;
    }
    diesel::update(webhook::table.find(turn.webhook.to_string()))
        .set((
            webhook::failures.eq(failures),
            webhook::failing_since.eq(failing_since),
            webhook::delivered.eq(delivered),
        ))
        .execute(connection)?;
    Ok(())
}

/// Lets others deliver, once something is due.
fn give_back(connection: &mut AnyConnection, id: WebhookId) -> Result<(), RegistryError> {
    diesel::update(webhook::table.find(id.to_string()))
        .set((webhook::claim.eq(None::<String>), webhook::claimed_until.eq(None::<NaiveDateTime>)))
        .execute(connection)?;
    look_again(connection, id)?;
    Ok(())
}

/// Sends what is parked on its way again in a transaction that goes on; the webhook's row must be locked.
pub(super) fn begin_again(
    connection: &mut AnyConnection,
    id: WebhookId,
    seqs: &[i64],
    now: NaiveDateTime,
) -> Result<usize, RegistryError> {
    let mut count = 0;
    for seqs in seqs.chunks(crate::records::IDS_AT_ONCE) {
        let again = webhook_delivery::table
            .filter(webhook_delivery::webhook_id.eq(id.to_string()))
            .filter(webhook_delivery::seq.eq_any(seqs));
        count += diesel::update(again)
            .set((
                webhook_delivery::state.eq(DeliveryState::Waiting.as_str()),
                webhook_delivery::attempts.eq(0),
                webhook_delivery::due.eq(now),
            ))
            .execute(connection)?;
    }
    look_again(connection, id)?;
    Ok(count)
}
