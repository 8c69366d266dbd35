//! Records read.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use innocap_domain::{Content, Id, Record};

use crate::connection::AnyConnection;
use crate::rows::{RecordRow, stored_uuid};
use crate::schema::{facet, record};
use crate::{FacetMatch, Filter, Registry, RegistryError};

/// Identifiers asked for in one statement.
pub(crate) const IDS_AT_ONCE: usize = 500;

impl Registry {
    /// The record with this identifier.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find<C: Content>(&self, id: Id<C>) -> Result<Option<Record<C>>, RegistryError> {
        self.read(move |connection| {
            let row = record::table
                .filter(record::id.eq(id.to_string()))
                .filter(record::kind.eq(C::KIND.as_str()))
                .select(RecordRow::as_select())
                .get_result(connection)
                .optional()?;
            row.map(|row| row.record()).transpose()
        })
        .await
    }

    /// The records with these identifiers, in the order asked; those that are missing are left out.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_many<C: Content>(&self, ids: &[Id<C>]) -> Result<Vec<Record<C>>, RegistryError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        self.read(move |connection| {
            let rows: HashMap<_, _> = rows_with_ids(connection, &ids)?.into_iter().map(|r| (r.id.clone(), r)).collect();
            let kept = ids.iter().filter_map(|id| rows.get(id)).filter(|row| row.kind == C::KIND.as_str());
            kept.map(RecordRow::record).collect()
        })
        .await
    }

    /// Those of some records that meet the conditions of a list, in the order given.
    ///
    /// # Errors
    /// What the database says.
    pub async fn matching<C: Content>(&self, filter: &Filter, ids: &[Id<C>]) -> Result<Vec<Id<C>>, RegistryError> {
        let (filter, ids) = (filter.clone(), ids.to_vec());
        self.read(move |connection| {
            let mut kept = std::collections::HashSet::new();
            for some in ids.chunks(500) {
                let some: Vec<_> = some.iter().map(ToString::to_string).collect();
                let query = filter.query(C::KIND).filter(record::id.eq_any(some)).select(record::id);
                kept.extend(query.load::<String>(connection)?);
            }
            Ok(ids.into_iter().filter(|id| kept.contains(&id.to_string())).collect())
        })
        .await
    }

    /// The record that was imported under this identifier from this source.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_by_source<C: Content>(&self, name: &str, id: &str) -> Result<Option<Record<C>>, RegistryError> {
        let (name, id) = (name.to_owned(), id.to_owned());
        self.read(move |connection| {
            let row = record::table
                .filter(record::kind.eq(C::KIND.as_str()))
                .filter(record::source_name.eq(name))
                .filter(record::source_id.eq(id))
                .select(RecordRow::as_select())
                .get_result(connection)
                .optional()?;
            row.map(|row| row.record()).transpose()
        })
        .await
    }

    /// The records that came under these identifiers from this source, in no order.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_by_sources<C: Content>(
        &self,
        name: &str,
        ids: Vec<String>,
    ) -> Result<Vec<Record<C>>, RegistryError> {
        let name = name.to_owned();
        self.read(move |connection| {
            let mut records = Vec::with_capacity(ids.len());
            for ids in ids.chunks(IDS_AT_ONCE) {
                let rows = record::table
                    .filter(record::kind.eq(C::KIND.as_str()))
                    .filter(record::source_name.eq(&name))
                    .filter(record::source_id.eq_any(ids))
                    .select(RecordRow::as_select())
                    .load::<RecordRow>(connection)?;
                for row in rows {
                    records.push(row.record()?);
                }
            }
            Ok(records)
        })
        .await
    }

    /// At most `limit` records of which a facet has this value, newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_by_facet<C: Content>(
        &self,
        name: &str,
        value: &str,
        limit: usize,
    ) -> Result<Vec<Record<C>>, RegistryError> {
        let facets = vec![(name.to_owned(), FacetMatch::Any(vec![value.to_owned()]))];
        self.list(&Filter { facets, ..Filter::default() }, None, limit).await
    }

    /// At most `limit` records that the filter lets through, newest first: by descending identifier, which begins
    /// with the time of its making. `after` is the last identifier of the page before; what is written between two
    /// pages neither repeats nor hides a record that was there all along.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list<C: Content>(
        &self,
        filter: &Filter,
        after: Option<Id<C>>,
        limit: usize,
    ) -> Result<Vec<Record<C>>, RegistryError> {
        let filter = filter.clone();
        self.read(move |connection| {
            let mut query = filter.query(C::KIND);
            if let Some(after) = after {
                query = query.filter(record::id.lt(after.to_string()));
            }
            let rows = query
                .order(record::id.desc())
                .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                .select(RecordRow::as_select())
                .load(connection)?;
            rows.iter().map(RecordRow::record).collect()
        })
        .await
    }

    /// The records that the filter lets through, each with the day by which it wants answers, where it names one;
    /// newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn deadlines<C: Content>(
        &self,
        filter: &Filter,
    ) -> Result<Vec<(Id<C>, Option<NaiveDate>)>, RegistryError> {
        let filter = filter.clone();
        self.read(move |connection| {
            let ids: Vec<String> =
                filter.query(C::KIND).order(record::id.desc()).select(record::id).load(connection)?;
            let days: HashMap<String, String> = facet::table
                .filter(facet::kind.eq(C::KIND.as_str()))
                .filter(facet::name.eq("deadline"))
                .select((facet::record_id, facet::value))
                .load::<(String, String)>(connection)?
                .into_iter()
                .collect();
            let day = |id: &String| days.get(id).and_then(|day| day.parse().ok());
            ids.iter().map(|id| Ok((Id::from_uuid(stored_uuid(id)?), day(id)))).collect()
        })
        .await
    }

    /// How many records the filter lets through.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count<C: Content>(&self, filter: &Filter) -> Result<i64, RegistryError> {
        let filter = filter.clone();
        self.read(move |connection| Ok(filter.query(C::KIND).count().get_result(connection)?)).await
    }
}

/// The rows with these identifiers, of any kind, in no order.
pub(crate) fn rows_with_ids(connection: &mut AnyConnection, ids: &[String]) -> QueryResult<Vec<RecordRow>> {
    let mut rows = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS_AT_ONCE) {
        rows.extend(
            record::table
                .filter(record::id.eq_any(ids))
                .select(RecordRow::as_select())
                .load::<RecordRow>(connection)?,
        );
    }
    Ok(rows)
}
