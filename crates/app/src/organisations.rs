//! Which organisation a row or a harvested document means: the one with its number, else the one with its name in its
//! country.

use innocap_domain::{Country, Organisation, OrganisationId, Reader};
use serde_json::Value;

use crate::Innocap;
use crate::error::AppError;

/// Organisations of one name that are looked through.
const OF_ONE_NAME: usize = 20;

/// Reads the organisation that stands in a document as its member `organisation`, to which faults point.
///
/// # Errors
/// [`AppError::Invalid`] with every fault.
pub(crate) fn read(document: &Value) -> Result<Organisation, AppError> {
    Reader::document(document, Organisation::read)
        .map_err(|mut violations| {
            for violation in &mut violations.0 {
                violation.pointer.insert_str(0, "/organisation");
            }
            AppError::Invalid(violations)
        })?
        .ok_or_else(|| AppError::Internal("an organisation without faults gave no content".to_owned()))
}

/// Two organisations with the same key are one.
pub(crate) fn key(organisation: &Organisation) -> String {
    match &organisation.number {
        Some(number) => format!("{}:{}", number.scheme, number.value),
        None => {
            let country = organisation.place.country.as_ref().map_or("", Country::as_str);
            format!("{country}/{}", organisation.name.to_lowercase())
        }
    }
}

impl Innocap {
    /// The organisation with the same number; else of the same name in the same country, unless both have numbers.
    ///
    /// # Errors
    /// Where the registry fails.
    pub(crate) async fn organisation_like(&self, wanted: &Organisation) -> Result<Option<OrganisationId>, AppError> {
        if wanted.number.is_some() {
            let found = self.registry().find_by_facet::<Organisation>("number", &key(wanted), 1).await?.pop();
            if let Some(found) = found {
                return Ok(Some(found.id));
            }
        }
        let name = wanted.name.to_lowercase();
        let named = self.registry().find_by_facet::<Organisation>("name", &name, OF_ONE_NAME).await?;
        let same = |found: &Organisation| {
            found.place.country == wanted.place.country && (found.number.is_none() || wanted.number.is_none())
        };
        Ok(named.into_iter().find(|record| same(&record.content)).map(|record| record.id))
    }
}
