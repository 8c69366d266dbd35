//! Statements that insert many rows, or insert or replace: the one place where the code must match on the database,
//! because diesel's `MultiConnection` knows neither. The text of each statement is the same for both.
//!
//! SQLite takes at most 32,766 parameters in a statement and PostgreSQL 65,535, so rows go in pieces.

mod accounts;
mod harvest;
mod webhooks;

use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::connection::AnyConnection;
use crate::idempotency::IdempotencyRow;
use crate::rows::{ChangeRow, EmbeddingRow, FacetRow, FeedbackRow, LabelRow, RecordRow};
use crate::schema::{
    change, embedding, facet, feedback, idempotency, record, seen, setting, shortlist, vocabulary_label,
};
use crate::seen::SeenRow;
use crate::shortlist::ShortlistRow;

/// Rows in one statement. The widest row, a record, has eleven columns.
const ROWS_AT_ONCE: usize = 1_000;
/// Embeddings in one statement: fewer, for each is some 1.5 kB.
const EMBEDDINGS_AT_ONCE: usize = 250;

/// The same expression for either kind of connection.
macro_rules! on_either {
    ($connection:expr, $inner:ident => $body:expr) => {
        match $connection {
            AnyConnection::Sqlite($inner) => $body,
            AnyConnection::Postgres($inner) => $body,
        }
    };
}

use on_either;

pub(crate) use accounts::*;
pub(crate) use harvest::*;
pub(crate) use webhooks::*;

/// Inserts records, or replaces what can change of those that are there.
pub(crate) fn put_records(connection: &mut AnyConnection, rows: &[RecordRow]) -> QueryResult<()> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        on_either!(connection, inner => diesel::insert_into(record::table)
            .values(rows)
            .on_conflict(record::id)
            .do_update()
            .set((
                record::version.eq(excluded(record::version)),
                record::status.eq(excluded(record::status)),
                record::status_reason.eq(excluded(record::status_reason)),
                record::organisation_id.eq(excluded(record::organisation_id)),
                record::source_name.eq(excluded(record::source_name)),
                record::source_id.eq(excluded(record::source_id)),
                record::content.eq(excluded(record::content)),
                record::updated.eq(excluded(record::updated)),
            ))
            .execute(inner)?);
    }
    Ok(())
}

/// Inserts facets, which must be new.
pub(crate) fn insert_facets(connection: &mut AnyConnection, rows: &[FacetRow]) -> QueryResult<()> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        on_either!(connection, inner => diesel::insert_into(facet::table).values(rows).execute(inner)?);
    }
    Ok(())
}

/// Inserts changes, which must be new.
pub(crate) fn insert_changes(connection: &mut AnyConnection, rows: &[ChangeRow]) -> QueryResult<()> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        on_either!(connection, inner => diesel::insert_into(change::table).values(rows).execute(inner)?);
    }
    Ok(())
}

/// Inserts or replaces embeddings; no two rows may have the same key.
pub(crate) fn put_embeddings(connection: &mut AnyConnection, rows: &[EmbeddingRow]) -> QueryResult<()> {
    for rows in rows.chunks(EMBEDDINGS_AT_ONCE) {
        on_either!(connection, inner => diesel::insert_into(embedding::table)
            .values(rows)
            .on_conflict((embedding::model, embedding::hash))
            .do_update()
            .set(embedding::vector.eq(excluded(embedding::vector)))
            .execute(inner)?);
    }
    Ok(())
}

/// Inserts or replaces labels; no two rows may have the same key.
pub(crate) fn put_labels(connection: &mut AnyConnection, rows: &[LabelRow]) -> QueryResult<()> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        on_either!(connection, inner => diesel::insert_into(vocabulary_label::table)
            .values(rows)
            .on_conflict((vocabulary_label::scheme, vocabulary_label::code, vocabulary_label::language))
            .do_update()
            .set(vocabulary_label::label.eq(excluded(vocabulary_label::label)))
            .execute(inner)?);
    }
    Ok(())
}

/// Inserts or replaces a setting.
pub(crate) fn put_setting(connection: &mut AnyConnection, name: &str, value: &str) -> QueryResult<()> {
    on_either!(connection, inner => diesel::insert_into(setting::table)
        .values((setting::name.eq(name), setting::value.eq(value)))
        .on_conflict(setting::name)
        .do_update()
        .set(setting::value.eq(excluded(setting::value)))
        .execute(inner)?);
    Ok(())
}

/// Inserts a feedback, or replaces what the same subject has said of the same suggestion and keeps its identifier.
/// Returns what is stored.
pub(crate) fn put_feedback(connection: &mut AnyConnection, row: &FeedbackRow) -> QueryResult<FeedbackRow> {
    on_either!(connection, inner => diesel::insert_into(feedback::table)
        .values(row)
        .on_conflict((feedback::challenge_id, feedback::solution_id, feedback::subject))
        .do_update()
        .set((
            feedback::judgement.eq(excluded(feedback::judgement)),
            feedback::note.eq(excluded(feedback::note)),
            feedback::ranking_version.eq(excluded(feedback::ranking_version)),
            feedback::given.eq(excluded(feedback::given)),
        ))
        .returning(FeedbackRow::as_returning())
        .get_result(inner))
}

/// Puts a solution on a shortlist, or changes the note of one that is there. Returns what is stored.
pub(crate) fn put_on_shortlist(connection: &mut AnyConnection, row: &ShortlistRow) -> QueryResult<ShortlistRow> {
    on_either!(connection, inner => diesel::insert_into(shortlist::table)
        .values(row)
        .on_conflict((shortlist::challenge_id, shortlist::solution_id))
        .do_update()
        .set((shortlist::note.eq(excluded(shortlist::note)), shortlist::updated.eq(excluded(shortlist::updated))))
        .returning(ShortlistRow::as_returning())
        .get_result(inner))
}

/// Inserts a request under its key, unless one is there; returns how many were inserted.
pub(crate) fn insert_idempotency(connection: &mut AnyConnection, row: &IdempotencyRow) -> QueryResult<usize> {
    on_either!(connection, inner => diesel::insert_into(idempotency::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(inner))
}

/// Inserts when somebody has looked at something, or replaces when they last did.
pub(crate) fn put_seen(connection: &mut AnyConnection, row: &SeenRow) -> QueryResult<()> {
    on_either!(connection, inner => diesel::insert_into(seen::table)
        .values(row)
        .on_conflict((seen::person_id, seen::record_id))
        .do_update()
        .set(seen::at.eq(excluded(seen::at)))
        .execute(inner)?);
    Ok(())
}
