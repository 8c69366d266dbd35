//! The organisations that harvested records belong to: found by number, else by name and country, and entered where
//! there are none.

use std::collections::HashMap;

use innocap_domain::{Country, Organisation, OrganisationId, Reader, Source, Status};
use innocap_registry::Write;
use serde_json::Value;

use super::Origin;
use crate::Innocap;
use crate::error::AppError;

/// Organisations of one name that are looked through.
const OF_ONE_NAME: usize = 20;

/// The organisations met in a run.
#[derive(Default)]
pub(super) struct Organisations {
    known: HashMap<String, OrganisationId>,
    /// How many were entered, or would be.
    pub(super) entered: usize,
}

impl Organisations {
    /// The organisation of a document, entered where it is not known yet; without `write` it is only counted.
    pub(super) async fn find_or_enter(
        &mut self,
        innocap: &Innocap,
        origin: &Origin,
        document: &Value,
        write: bool,
    ) -> Result<OrganisationId, AppError> {
        let organisation = Reader::document(document, Organisation::read)
            .map_err(|mut violations| {
                for violation in &mut violations.0 {
                    violation.pointer.insert_str(0, "/organisation");
                }
                AppError::Invalid(violations)
            })?
            .ok_or_else(|| AppError::Internal("an organisation without faults gave no content".to_owned()))?;
        let key = key(&organisation);
        if let Some(id) = self.known.get(&key) {
            return Ok(*id);
        }
        let id = match find(innocap, &organisation).await? {
            Some(id) => id,
            None => {
                let id = OrganisationId::new();
                self.entered += 1;
                if write {
                    enter(innocap, origin, id, organisation, &key).await?;
                }
                id
            }
        };
        self.known.insert(key, id);
        Ok(id)
    }
}

/// The organisation with the same number; else of the same name in the same country, unless both have numbers.
pub(super) async fn find(innocap: &Innocap, wanted: &Organisation) -> Result<Option<OrganisationId>, AppError> {
    let registry = innocap.registry();
    if let Some(number) = &wanted.number {
        let value = format!("{}:{}", number.scheme, number.value);
        if let Some(found) = registry.find_by_facet::<Organisation>("number", &value, 1).await?.pop() {
            return Ok(Some(found.id));
        }
    }
    let named = registry.find_by_facet::<Organisation>("name", &wanted.name.to_lowercase(), OF_ONE_NAME).await?;
    let same = |found: &Organisation| {
        found.place.country == wanted.place.country && (found.number.is_none() || wanted.number.is_none())
    };
    Ok(named.into_iter().find(|record| same(&record.content)).map(|record| record.id))
}

async fn enter(
    innocap: &Innocap,
    origin: &Origin,
    id: OrganisationId,
    mut content: Organisation,
    key: &str,
) -> Result<(), AppError> {
    let own: String = key.chars().take(innocap_domain::limits::NAME).collect();
    content.source.get_or_insert(Source { url: None, ..origin.source(&own, None) });
    let write = Write::Create { id: Some(id), status: Status::Published, content, at: innocap.clock().now() };
    match innocap.registry().write(write).await {
        Ok(_) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Two organisations with the same key are one.
fn key(organisation: &Organisation) -> String {
    match &organisation.number {
        Some(number) => format!("{}:{}", number.scheme, number.value),
        None => {
            let country = organisation.place.country.as_ref().map_or("", Country::as_str);
            format!("{country}/{}", organisation.name.to_lowercase())
        }
    }
}
