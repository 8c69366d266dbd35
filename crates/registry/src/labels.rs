//! Labels of codes that an operator has imported on top of the bundled ones.

use std::collections::BTreeMap;

use diesel::prelude::*;
use innocap_domain::Scheme;

use crate::rows::LabelRow;
use crate::schema::vocabulary_label;
use crate::transaction::Scope;
use crate::upserts;
use crate::{Registry, RegistryError};

/// A label: scheme, code, language, text.
type Label = (Scheme, String, String, String);

impl Registry {
    /// All imported labels as scheme, code, language and label, in this order.
    ///
    /// # Errors
    /// What the database says.
    pub async fn labels(&self) -> Result<Vec<Label>, RegistryError> {
        self.read(|connection| {
            let rows = vocabulary_label::table
                .order((vocabulary_label::scheme, vocabulary_label::code, vocabulary_label::language))
                .select(LabelRow::as_select())
                .load(connection)?;
            rows.into_iter()
                .map(|row| {
                    let scheme = Scheme::parse(&row.scheme)
                        .map_err(|_| RegistryError::Corrupt("a label is of an unknown scheme".to_owned()))?;
                    Ok((scheme, row.code, row.language, row.label))
                })
                .collect()
        })
        .await
    }

    /// Stores labels given as scheme, code, language and label; those that are there are replaced, and of two for the
    /// same code and language the last one stays. Returns how many were stored.
    ///
    /// # Errors
    /// What the database says.
    pub async fn store_labels(&self, labels: Vec<Label>) -> Result<usize, RegistryError> {
        if labels.is_empty() {
            return Ok(0);
        }
        self.transact(Scope::Aside, move |connection| {
            let labels: BTreeMap<_, _> = labels.into_iter().map(|(s, c, lang, label)| ((s, c, lang), label)).collect();
            let rows: Vec<_> = labels
                .into_iter()
                .map(|((scheme, code, language), label)| {
                    let scheme = scheme.as_str().to_owned();
                    LabelRow { scheme, code, language, label }
                })
                .collect();
            upserts::put_labels(connection, &rows)?;
            Ok(rows.len())
        })
        .await
    }
}
