//! What search engines are told of: every record that everyone may see, in parts.

use chrono::{DateTime, Utc};
use innocap_domain::Id;

use crate::Innocap;
use crate::error::AppError;
use crate::lists::everyones;
use crate::records::Resource;

/// Records of one part. A sitemap may hold 50,000 addresses and 50 MB (sitemaps.org); with its address in seven
/// languages a record takes a kilobyte.
pub const PART: usize = 10_000;

impl Innocap {
    /// How many parts the public records of a kind fill.
    ///
    /// # Errors
    /// Where the registry fails.
    pub async fn sitemap_parts<C: Resource>(&self) -> Result<usize, AppError> {
        let records = self.registry().count::<C>(&everyones(C::KIND)).await?;
        Ok(usize::try_from(records).unwrap_or_default().div_ceil(PART))
    }

    /// The records of a part, counted from 1, each with the time of its last write.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such part.
    pub async fn sitemap_part<C: Resource>(&self, part: usize) -> Result<Vec<(Id<C>, DateTime<Utc>)>, AppError> {
        let offset = part.checked_sub(1).and_then(|before| before.checked_mul(PART)).ok_or(AppError::NotFound)?;
        let records = self.registry().stamps::<C>(&everyones(C::KIND), offset, PART).await?;
        if records.is_empty() { Err(AppError::NotFound) } else { Ok(records) }
    }
}
