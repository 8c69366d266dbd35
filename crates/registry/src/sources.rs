//! Where records come from: how many of each source there are, and when one of them last changed.

use chrono::NaiveDateTime;
use diesel::dsl::{count_star, max};
use diesel::prelude::*;
use innocap_domain::{RecordKind, SourceCount};

use crate::schema::record;
use crate::{Registry, RegistryError};

impl Registry {
    /// What has come from which source, by name and kind.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sources(&self) -> Result<Vec<SourceCount>, RegistryError> {
        self.read(|connection| {
            let rows: Vec<(Option<String>, String, i64, Option<NaiveDateTime>)> = record::table
                .filter(record::source_name.is_not_null())
                .group_by((record::source_name, record::kind))
                .select((record::source_name, record::kind, count_star(), max(record::updated)))
                .order((record::source_name, record::kind))
                .load(connection)?;
            let count = |(name, kind, records, updated): (Option<String>, String, i64, Option<NaiveDateTime>)| {
                Some(SourceCount {
                    name: name?,
                    kind: RecordKind::parse(&kind).ok()?,
                    records,
                    updated: updated?.and_utc(),
                })
            };
            Ok(rows.into_iter().filter_map(count).collect())
        })
        .await
    }
}
