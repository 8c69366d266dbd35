//! Exporting everything as JSON Lines in our own form: organisations first, so that an import finds them.

use std::io::Write;

use innocap_domain::{Challenge, Content, Organisation, Solution};
use innocap_registry::Filter;
use serde_json::Value;

use crate::Innocap;
use crate::error::AppError;

/// Records read at once.
const PAGE: usize = 500;

impl Innocap {
    /// Writes every record, drafts and archived ones too; how many.
    ///
    /// # Errors
    /// Where the registry or `out` fails.
    pub async fn export(&self, out: &mut (dyn Write + Send)) -> Result<usize, AppError> {
        let mut written = self.export_kind::<Organisation>(out).await?;
        written += self.export_kind::<Solution>(out).await?;
        written += self.export_kind::<Challenge>(out).await?;
        out.flush().map_err(|e| AppError::Internal(e.to_string()))?;
        Ok(written)
    }

    async fn export_kind<C: Content>(&self, out: &mut (dyn Write + Send)) -> Result<usize, AppError> {
        let mut after = None;
        let mut written = 0;
        loop {
            let page = self.registry().list::<C>(&Filter::default(), after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(written);
            };
            after = Some(last.id);
            for record in &page {
                let mut value = serde_json::to_value(record).map_err(|e| AppError::Internal(e.to_string()))?;
                value["type"] = Value::from(C::KIND.as_str());
                writeln!(out, "{value}").map_err(|e| AppError::Internal(e.to_string()))?;
                written += 1;
            }
        }
    }
}
