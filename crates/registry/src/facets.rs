//! Facets made anew. They say of a record by what it is found and are derived from its content alone: where a newer
//! version of the program derives more of them, those of the records that are there are made again, once.

use diesel::prelude::*;
use innocap_domain::{Challenge, Content, Facet, Organisation, Solution};

use crate::RegistryError;
use crate::connection::AnyConnection;
use crate::rows::{FacetRow, RecordRow};
use crate::schema::{facet, record, setting};
use crate::upserts;

/// Which facets [`Content::facets`] gives; to be raised when it gives others.
const VERSION: &str = "2";
/// The setting that says which ones are stored.
const SETTING: &str = "facets";
/// Records read at once.
const RECORDS_AT_ONCE: i64 = 500;

/// Makes the facets of every record anew, where those that are stored are of another version.
pub(crate) fn refresh(connection: &mut AnyConnection) -> Result<(), RegistryError> {
    let stored: Option<String> =
        setting::table.find(SETTING).select(setting::value).get_result(connection).optional()?;
    if stored.as_deref() == Some(VERSION) {
        return Ok(());
    }
    refresh_kind::<Organisation>(connection)?;
    refresh_kind::<Challenge>(connection)?;
    refresh_kind::<Solution>(connection)?;
    upserts::put_setting(connection, SETTING, VERSION)?;
    Ok(())
}

fn refresh_kind<C: Content>(connection: &mut AnyConnection) -> Result<(), RegistryError> {
    let mut after = String::new();
    loop {
        let rows: Vec<RecordRow> = record::table
            .filter(record::kind.eq(C::KIND.as_str()))
            .filter(record::id.gt(after.clone()))
            .order(record::id)
            .limit(RECORDS_AT_ONCE)
            .select(RecordRow::as_select())
            .load(connection)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after.clone_from(&last.id);
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        diesel::delete(facet::table.filter(facet::record_id.eq_any(ids))).execute(connection)?;
        let mut facets = Vec::new();
        for row in &rows {
            facets.extend(facet_rows(row, row.record::<C>()?.content.facets()));
        }
        upserts::insert_facets(connection, &facets)?;
    }
}

/// The rows of a record's facets, each once.
pub(crate) fn facet_rows(record: &RecordRow, mut facets: Vec<Facet>) -> Vec<FacetRow> {
    facets.sort_unstable();
    facets.dedup();
    let row = |facet: Facet| FacetRow {
        record_id: record.id.clone(),
        kind: record.kind.clone(),
        name: facet.name,
        value: facet.value,
    };
    facets.into_iter().map(row).collect()
}
