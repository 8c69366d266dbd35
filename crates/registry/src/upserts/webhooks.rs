//! The statements of this kind that webhooks need.

use diesel::prelude::*;

use super::{ROWS_AT_ONCE, on_either};
use crate::connection::AnyConnection;
use crate::schema::{webhook_delivery, webhook_event, webhook_match};
use crate::webhooks::{DeliveryRow, WebhookEventRow};

/// Inserts events, which must be new.
pub(crate) fn insert_webhook_events(connection: &mut AnyConnection, rows: &[WebhookEventRow]) -> QueryResult<()> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        on_either!(connection, inner => diesel::insert_into(webhook_event::table).values(rows).execute(inner)?);
    }
    Ok(())
}

/// Inserts deliveries, which must be new.
pub(crate) fn insert_deliveries(connection: &mut AnyConnection, rows: &[DeliveryRow]) -> QueryResult<()> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        on_either!(connection, inner => diesel::insert_into(webhook_delivery::table).values(rows).execute(inner)?);
    }
    Ok(())
}

/// Remembers a pair that is told, unless it was told before; returns how many were inserted, 0 or 1.
pub(crate) fn insert_match(connection: &mut AnyConnection, challenge: &str, solution: &str) -> QueryResult<usize> {
    on_either!(connection, inner => diesel::insert_into(webhook_match::table)
        .values((webhook_match::challenge_id.eq(challenge), webhook_match::solution_id.eq(solution)))
        .on_conflict_do_nothing()
        .execute(inner))
}
