//! The organisations that harvested records belong to: found by number, else by name and country, and entered where
//! there are none.

use std::collections::HashMap;

use innocap_domain::{Organisation, OrganisationId, Source, Status};
use innocap_registry::Write;
use serde_json::Value;

use super::Origin;
use crate::error::AppError;
use crate::{Innocap, organisations};

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
        let organisation = organisations::read(document)?;
        let key = organisations::key(&organisation);
        if let Some(id) = self.known.get(&key) {
            return Ok(*id);
        }
        let id = match innocap.organisation_like(&organisation).await? {
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
