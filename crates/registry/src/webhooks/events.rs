//! Events, written with their deliveries in the transaction in which they happen.

use std::collections::HashSet;
use std::sync::Mutex;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use innocap_domain::{DeliveryState, EventData, OrganisationId, RecordKind, Status, WebhookEventId, WebhookEventKind};
use uuid::ContextV7;

use super::{DeliveryRow, WebhookEventRow, kinds};
use crate::RegistryError;
use crate::batch::new_id;
use crate::connection::AnyConnection;
use crate::records::IDS_AT_ONCE;
use crate::schema::{record, sequence, standing, webhook};
use crate::upserts;

/// The row of `sequence` that counts events.
const SEQUENCE: &str = "webhook-event";

/// Something that has happened and has no place in the order of events yet.
pub(crate) struct NewEvent {
    pub(crate) kind: WebhookEventKind,
    pub(crate) data: EventData,
    pub(crate) at: NaiveDateTime,
    /// Whose webhooks are told; everyone's where it is nobody's.
    pub(crate) to: Option<OrganisationId>,
}

impl NewEvent {
    /// What is told of a record whose state was `before` and is now `after`; nothing of what the public does not see.
    pub(crate) fn of_record(
        kind: RecordKind,
        data: EventData,
        (before, after): (Option<Status>, Status),
        at: NaiveDateTime,
    ) -> Option<Self> {
        let was_open = before.is_some_and(Status::is_open);
        let told = match after {
            after if after.is_open() && !was_open => match kind {
                // Whether it is verified is seen when it is told.
                RecordKind::Organisation => Some(WebhookEventKind::OrganisationVerified),
                _ => WebhookEventKind::published(kind),
            },
            Status::Closed if was_open => Some(WebhookEventKind::ChallengeClosed),
            // What was never shown does not leave the lists.
            Status::Archived if before.is_some_and(|before| before.is_public() && before != Status::Archived) => {
                WebhookEventKind::archived(kind)
            }
            _ => None,
        };
        told.map(|kind| Self { kind, data, at, to: None })
    }

    fn owner(&self) -> Option<OrganisationId> {
        let data = &self.data;
        let record = data.challenge.or(data.solution).or(data.organisation)?;
        // An organisation is its own.
        Some(record.organisation.unwrap_or(OrganisationId::from_uuid(record.id)))
    }
}

/// A webhook that is told something.
struct Listener {
    id: String,
    organisation: String,
    kinds: Vec<WebhookEventKind>,
}

impl Listener {
    fn hears(&self, event: &NewEvent) -> bool {
        event.to.is_none_or(|to| to.to_string() == self.organisation) && self.kinds.contains(&event.kind)
    }
}

/// Writes events that some webhook has asked for, with a delivery for each that has; how many deliveries. Where nobody
/// has asked, nothing is written.
///
/// Their numbers come from a row that stays locked until the transaction ends, as those of the change feed do: the
/// order of events is that in which they were committed.
pub(crate) fn tell(
    connection: &mut AnyConnection,
    identifiers: &Mutex<ContextV7>,
    events: Vec<NewEvent>,
) -> Result<usize, RegistryError> {
    if events.is_empty() {
        return Ok(0);
    }
    let listeners = listeners(connection)?;
    let mut events: Vec<NewEvent> =
        events.into_iter().filter(|event| listeners.iter().any(|listener| listener.hears(event))).collect();
    keep_what_is_shown(connection, &mut events)?;
    write(connection, identifiers, &events, |event| {
        listeners.iter().filter(|listener| listener.hears(event)).map(|listener| listener.id.clone()).collect()
    })
}

/// Writes events, each with its deliveries.
pub(super) fn write(
    connection: &mut AnyConnection,
    identifiers: &Mutex<ContextV7>,
    events: &[NewEvent],
    to: impl Fn(&NewEvent) -> Vec<String>,
) -> Result<usize, RegistryError> {
    let Some(last_event) = events.last() else { return Ok(0) };
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let last: i64 = diesel::update(sequence::table.find(SEQUENCE))
        .set(sequence::value.eq(sequence::value + count))
        .returning(sequence::value)
        .get_result(connection)?;
    let (mut rows, mut deliveries) = (Vec::with_capacity(events.len()), Vec::new());
    for (seq, event) in (last - count + 1..).zip(events) {
        let id = WebhookEventId::from_uuid(new_id(event.at, identifiers)?);
        let data = serde_json::to_string(&event.data)
            .map_err(|_| RegistryError::Internal("an event cannot be written as JSON".to_owned()))?;
        rows.push(WebhookEventRow {
            seq,
            id: id.to_string(),
            kind: event.kind.as_str().to_owned(),
            at: event.at,
            data,
        });
        deliveries.extend(to(event).into_iter().map(|webhook_id| DeliveryRow {
            webhook_id,
            seq,
            state: DeliveryState::Waiting.as_str().to_owned(),
            attempts: 0,
            due: event.at,
            tried: None,
            status: None,
            body: None,
            problem: None,
            milliseconds: None,
        }));
    }
    upserts::insert_webhook_events(connection, &rows)?;
    let mut told: Vec<&str> = deliveries.iter().map(|delivery| delivery.webhook_id.as_str()).collect();
    told.sort_unstable();
    let first_due = last_event.at;
    for same in told.chunk_by(|a, b| a == b) {
        // The first statement locks the row; the second then sees whether its queue has run empty meanwhile.
        let count = i64::try_from(same.len()).unwrap_or(i64::MAX);
        diesel::update(webhook::table.find(same[0]))
            .set(webhook::queued.eq(webhook::queued + count))
            .execute(connection)?;
        diesel::update(webhook::table.find(same[0]).filter(webhook::next_due.is_null()))
            .set(webhook::next_due.eq(Some(first_due)))
            .execute(connection)?;
    }
    upserts::insert_deliveries(connection, &deliveries)?;
    Ok(deliveries.len())
}

/// The webhooks that are told anything: enabled, and of organisations that are not suspended.
fn listeners(connection: &mut AnyConnection) -> Result<Vec<Listener>, RegistryError> {
    let suspended = standing::table.filter(standing::suspended.is_not_null()).select(standing::organisation_id);
    let rows: Vec<(String, String, String)> = webhook::table
        .filter(webhook::disabled.is_null())
        .filter(webhook::organisation_id.ne_all(suspended))
        .order(webhook::id)
        .select((webhook::id, webhook::organisation_id, webhook::events))
        .load(connection)?;
    rows.into_iter().map(|(id, organisation, words)| Ok(Listener { id, organisation, kinds: kinds(&words)? })).collect()
}

/// Leaves out what belongs to a suspended organisation, and organisations that are not both verified and shown.
fn keep_what_is_shown(connection: &mut AnyConnection, events: &mut Vec<NewEvent>) -> Result<(), RegistryError> {
    let owners: HashSet<String> = events.iter().filter_map(NewEvent::owner).map(|id| id.to_string()).collect();
    let owners: Vec<String> = owners.into_iter().collect();
    let (mut suspended, mut verified) = (HashSet::new(), HashSet::new());
    for ids in owners.chunks(IDS_AT_ONCE) {
        suspended.extend(
            standing::table
                .filter(standing::organisation_id.eq_any(ids))
                .filter(standing::suspended.is_not_null())
                .select(standing::organisation_id)
                .load::<String>(connection)?,
        );
        if events.iter().any(|event| event.kind == WebhookEventKind::OrganisationVerified) {
            verified.extend(
                standing::table
                    .inner_join(record::table.on(record::id.eq(standing::organisation_id)))
                    .filter(standing::organisation_id.eq_any(ids))
                    .filter(standing::verified.is_not_null())
                    .filter(record::status.ne(Status::Draft.as_str()))
                    .select(standing::organisation_id)
                    .load::<String>(connection)?,
            );
        }
    }
    events.retain(|event| {
        let owner = event.owner().map(|id| id.to_string()).unwrap_or_default();
        let is_verified = event.kind != WebhookEventKind::OrganisationVerified || verified.contains(&owner);
        !suspended.contains(&owner) && is_verified
    });
    Ok(())
}
