//! What sources have told of: each thing by its identifier there, and each document as it was last read.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{HarvestDocument, HarvestItem};
use uuid::Uuid;

use crate::records::IDS_AT_ONCE;
use crate::rows::{stored_time, stored_uuid};
use crate::schema::{harvest_document as document, harvest_item as item};
use crate::transaction::Scope;
use crate::upserts;
use crate::{Registry, RegistryError};

/// A row of `harvest_document`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = document, treat_none_as_default_value = false)]
pub(crate) struct DocumentRow {
    source_name: String,
    address: String,
    etag: Option<String>,
    modified: Option<String>,
    next: Option<String>,
}

/// A row of `harvest_item`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = item, treat_none_as_default_value = false)]
pub(crate) struct ItemRow {
    source_name: String,
    kind: String,
    item_id: String,
    record_id: Option<String>,
    address: String,
    digest: String,
    stamp: Option<String>,
    seen: i64,
    gone: Option<NaiveDateTime>,
    evidence: Option<String>,
}

impl ItemRow {
    fn of(source: &str, item: &HarvestItem) -> Self {
        Self {
            source_name: source.to_owned(),
            kind: item.kind.clone(),
            item_id: item.id.clone(),
            record_id: item.record.map(|id| id.to_string()),
            address: item.address.clone(),
            digest: item.digest.clone(),
            stamp: item.stamp.clone(),
            seen: item.seen,
            gone: item.gone.map(stored_time),
            evidence: item.evidence.as_ref().map(ToString::to_string),
        }
    }

    fn item(self) -> Result<HarvestItem, RegistryError> {
        let evidence = self.evidence.map(|text| serde_json::from_str(&text)).transpose();
        Ok(HarvestItem {
            kind: self.kind,
            id: self.item_id,
            record: self.record_id.as_deref().map(stored_uuid).transpose()?,
            address: self.address,
            digest: self.digest,
            stamp: self.stamp,
            seen: self.seen,
            gone: self.gone.map(|at| at.and_utc()),
            evidence: evidence.map_err(|_| RegistryError::Corrupt("the evidence of an award".to_owned()))?,
        })
    }
}

impl Registry {
    /// A document as it was last read whole.
    ///
    /// # Errors
    /// What the database says.
    pub async fn harvest_document(
        &self,
        source: &str,
        address: &str,
    ) -> Result<Option<HarvestDocument>, RegistryError> {
        let (source, address) = (source.to_owned(), address.to_owned());
        self.read(move |connection| {
            let row: Option<DocumentRow> = document::table
                .find((source, address))
                .select(DocumentRow::as_select())
                .get_result(connection)
                .optional()?;
            Ok(row.map(|row| HarvestDocument { etag: row.etag, modified: row.modified, next: row.next }))
        })
        .await
    }

    /// Remembers a document as it was read whole; without one, forgets it, so that it is read again.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_harvest_document(
        &self,
        source: &str,
        address: &str,
        read: Option<HarvestDocument>,
    ) -> Result<(), RegistryError> {
        let (source, address) = (source.to_owned(), address.to_owned());
        self.transact(Scope::Aside, move |connection| {
            match read {
                Some(HarvestDocument { etag, modified, next }) => {
                    let row = DocumentRow { source_name: source, address, etag, modified, next };
                    upserts::put_harvest_document(connection, &row)?;
                }
                None => {
                    diesel::delete(document::table.find((source, address))).execute(connection)?;
                }
            }
            Ok(())
        })
        .await
    }

    /// The items of a source with these identifiers, by identifier.
    ///
    /// # Errors
    /// What the database says.
    pub async fn harvest_items(
        &self,
        source: &str,
        kind: &str,
        ids: Vec<String>,
    ) -> Result<HashMap<String, HarvestItem>, RegistryError> {
        let (source, kind) = (source.to_owned(), kind.to_owned());
        self.read(move |connection| {
            let mut found = HashMap::new();
            for ids in ids.chunks(IDS_AT_ONCE) {
                let rows: Vec<ItemRow> = item::table
                    .filter(item::source_name.eq(&source))
                    .filter(item::kind.eq(&kind))
                    .filter(item::item_id.eq_any(ids))
                    .select(ItemRow::as_select())
                    .load(connection)?;
                for row in rows {
                    found.insert(row.item_id.clone(), row.item()?);
                }
            }
            Ok(found)
        })
        .await
    }

    /// Remembers items; no two may have the same kind and identifier.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_harvest_items(&self, source: &str, items: &[HarvestItem]) -> Result<(), RegistryError> {
        let rows: Vec<ItemRow> = items.iter().map(|item| ItemRow::of(source, item)).collect();
        self.transact(Scope::Aside, move |connection| Ok(upserts::put_harvest_items(connection, &rows)?)).await
    }

    /// Says that a run has seen everything that stood in a document; how much that is.
    ///
    /// # Errors
    /// What the database says.
    pub async fn see_harvest_document(&self, source: &str, address: &str, run: i64) -> Result<usize, RegistryError> {
        let (source, address) = (source.to_owned(), address.to_owned());
        self.transact(Scope::Aside, move |connection| {
            let inside = item::table
                .filter(item::source_name.eq(source))
                .filter(item::address.eq(address))
                .filter(item::gone.is_null());
            Ok(diesel::update(inside).set(item::seen.eq(run)).execute(connection)?)
        })
        .await
    }

    /// The items that a run has not seen and that were there before, awards left out: what was awarded once stays so.
    ///
    /// # Errors
    /// What the database says.
    pub async fn unseen_harvest_items(&self, source: &str, run: i64) -> Result<Vec<HarvestItem>, RegistryError> {
        let source = source.to_owned();
        self.read(move |connection| {
            let rows: Vec<ItemRow> = item::table
                .filter(item::source_name.eq(source))
                .filter(item::kind.ne("award"))
                .filter(item::seen.lt(run))
                .filter(item::gone.is_null())
                .order((item::kind, item::item_id))
                .select(ItemRow::as_select())
                .load(connection)?;
            rows.into_iter().map(ItemRow::item).collect()
        })
        .await
    }

    /// How many items of a source are there, awards left out, and not gone.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count_harvest_items(&self, source: &str) -> Result<i64, RegistryError> {
        let source = source.to_owned();
        self.read(move |connection| {
            let there = item::table
                .filter(item::source_name.eq(source))
                .filter(item::kind.ne("award"))
                .filter(item::gone.is_null());
            Ok(there.count().get_result(connection)?)
        })
        .await
    }

    /// Says that an item is gone at its source.
    ///
    /// # Errors
    /// What the database says.
    pub async fn lose_harvest_item(
        &self,
        source: &str,
        lost: &HarvestItem,
        at: DateTime<Utc>,
    ) -> Result<(), RegistryError> {
        let key = (source.to_owned(), lost.kind.clone(), lost.id.clone());
        self.transact(Scope::Aside, move |connection| {
            diesel::update(item::table.find(key)).set(item::gone.eq(stored_time(at))).execute(connection)?;
            Ok(())
        })
        .await
    }

    /// The awards, of any source, that are evidence for a solution.
    ///
    /// # Errors
    /// What the database says.
    pub async fn awards_of(&self, solution: Uuid) -> Result<Vec<HarvestItem>, RegistryError> {
        self.read(move |connection| {
            let rows: Vec<ItemRow> = item::table
                .filter(item::record_id.eq(solution.to_string()))
                .filter(item::kind.eq("award"))
                .order((item::source_name, item::item_id))
                .select(ItemRow::as_select())
                .load(connection)?;
            rows.into_iter().map(ItemRow::item).collect()
        })
        .await
    }
}
