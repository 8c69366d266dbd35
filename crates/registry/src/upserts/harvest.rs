//! Upserts of what is harvested.

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::{ROWS_AT_ONCE, on_either};
use crate::connection::AnyConnection;
use crate::harvest::rows::{DocumentRow, DuplicateRow, ItemRow, SourceRow};
use crate::schema::{duplicate, harvest_document, harvest_item, harvest_source};

/// Inserts a source unless there is one of its name; whether it is new.
pub(crate) fn insert_harvest_source(connection: &mut AnyConnection, row: &SourceRow) -> QueryResult<bool> {
    let inserted = on_either!(connection, inner => diesel::insert_into(harvest_source::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(inner)?);
    Ok(inserted > 0)
}

/// Inserts or replaces a document.
pub(crate) fn put_harvest_document(connection: &mut AnyConnection, row: &DocumentRow) -> QueryResult<()> {
    on_either!(connection, inner => diesel::insert_into(harvest_document::table)
        .values(row)
        .on_conflict((harvest_document::source_name, harvest_document::address))
        .do_update()
        .set((
            harvest_document::etag.eq(excluded(harvest_document::etag)),
            harvest_document::modified.eq(excluded(harvest_document::modified)),
            harvest_document::next.eq(excluded(harvest_document::next)),
        ))
        .execute(inner)?);
    Ok(())
}

/// Inserts or replaces items; no two rows may have the same key.
pub(crate) fn put_harvest_items(connection: &mut AnyConnection, rows: &[ItemRow]) -> QueryResult<()> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        on_either!(connection, inner => diesel::insert_into(harvest_item::table)
            .values(rows)
            .on_conflict((harvest_item::source_name, harvest_item::kind, harvest_item::item_id))
            .do_update()
            .set((
                harvest_item::record_id.eq(excluded(harvest_item::record_id)),
                harvest_item::address.eq(excluded(harvest_item::address)),
                harvest_item::digest.eq(excluded(harvest_item::digest)),
                harvest_item::stamp.eq(excluded(harvest_item::stamp)),
                harvest_item::seen.eq(excluded(harvest_item::seen)),
                harvest_item::gone.eq(excluded(harvest_item::gone)),
                harvest_item::evidence.eq(excluded(harvest_item::evidence)),
            ))
            .execute(inner)?);
    }
    Ok(())
}

/// Inserts proposals whose pair is not there yet; how many are new.
pub(crate) fn insert_duplicates(connection: &mut AnyConnection, rows: &[DuplicateRow]) -> QueryResult<usize> {
    let mut inserted = 0;
    for rows in rows.chunks(ROWS_AT_ONCE) {
        inserted += on_either!(connection, inner => diesel::insert_into(duplicate::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(inner)?);
    }
    Ok(inserted)
}
