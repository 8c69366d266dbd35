//! When records were last written, for whoever walks through all of them without reading what they say.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{Content, Id};

use crate::rows::stored_uuid;
use crate::schema::record;
use crate::{Filter, Registry, RegistryError};

impl Registry {
    /// The records that the filter lets through, each with the time of its last write, oldest first: `limit` of them
    /// after the first `offset`. New ones come at the end, so that what stands in a part stays there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn stamps<C: Content>(
        &self,
        filter: &Filter,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<(Id<C>, DateTime<Utc>)>, RegistryError> {
        let filter = filter.clone();
        self.read(move |connection| {
            let rows: Vec<(String, chrono::NaiveDateTime)> = filter
                .query(C::KIND)
                .order(record::id.asc())
                .offset(i64::try_from(offset).unwrap_or(i64::MAX))
                .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                .select((record::id, record::updated))
                .load(connection)?;
            rows.into_iter().map(|(id, at)| Ok((Id::from_uuid(stored_uuid(&id)?), at.and_utc()))).collect()
        })
        .await
    }
}
