//! Speaking the field's formats outward: a record as a document that other systems read. One file a format, each a pure
//! function of the record and its organisation; docs/formats.md tells what becomes of which field.
//!
//! Nothing of a person goes out: records name no contact, and a number that is a person's is taken off before.

mod authority;
mod eforms;
mod linked;
mod ocds;
pub(crate) mod publiccode;
#[cfg(test)]
mod tests;

use innocap_access::Actor;
use innocap_domain::{Challenge, ChallengeId, Id, Language, Organisation, Record, Solution, SolutionId, SolutionKind};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Innocap;
use crate::error::AppError;
use crate::records::Resource;

pub use linked::Linked;

/// A record in one of the field's formats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatDocument {
    /// Its media type.
    pub media_type: &'static str,
    /// The whole document.
    pub text: String,
    /// Changes whenever the document does: it also tells of the organisation, whose name may change without the record.
    pub digest: String,
}

impl FormatDocument {
    fn new(media_type: &'static str, text: String) -> Self {
        use std::fmt::Write;
        let digest = Sha256::digest(text.as_bytes()).iter().take(16).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self { media_type, text, digest }
    }

    fn json(media_type: &'static str, value: &Value) -> Self {
        Self::new(media_type, format!("{value:#}\n"))
    }
}

impl Innocap {
    /// A challenge as an OCDS release package with one planning release.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none that the caller may see.
    pub async fn challenge_as_ocds(&self, actor: &Actor, id: ChallengeId) -> Result<FormatDocument, AppError> {
        let (record, organisation) = self.to_tell_of::<Challenge>(actor, id).await?;
        let labels = self.labels();
        let publisher = ocds::Publisher { base: self.public_url(), prefix: self.ocid_prefix(), labels: &labels };
        Ok(FormatDocument::json("application/json", &publisher.release_package(&record, organisation.as_ref())))
    }

    /// A challenge as the skeleton of an eForms notice of subtype E1, a voluntary pre-market consultation.
    ///
    /// # Errors
    /// As [`Self::challenge_as_ocds`].
    pub async fn challenge_as_eforms(&self, actor: &Actor, id: ChallengeId) -> Result<FormatDocument, AppError> {
        let (record, organisation) = self.to_tell_of::<Challenge>(actor, id).await?;
        let labels = self.labels();
        let text = eforms::notice(&record, organisation.as_ref(), self.public_url(), &labels);
        let text = text.map_err(|error| AppError::Internal(format!("the notice cannot be written: {error}")))?;
        Ok(FormatDocument::new("application/xml; charset=utf-8", text))
    }

    /// A challenge as linked data in the words of schema.org, with names in `language` where there are any.
    ///
    /// # Errors
    /// As [`Self::challenge_as_ocds`].
    pub async fn challenge_as_linked_data(
        &self,
        actor: &Actor,
        id: ChallengeId,
        language: Language,
    ) -> Result<FormatDocument, AppError> {
        let (record, organisation) = self.to_tell_of::<Challenge>(actor, id).await?;
        let labels = self.labels();
        let linked = Linked { base: self.public_url(), labels: &labels, language };
        Ok(FormatDocument::json("application/ld+json", &linked.challenge(&record, organisation.as_ref())))
    }

    /// A solution as linked data in the words of schema.org, with names in `language` where there are any.
    ///
    /// # Errors
    /// As [`Self::challenge_as_ocds`].
    pub async fn solution_as_linked_data(
        &self,
        actor: &Actor,
        id: SolutionId,
        language: Language,
    ) -> Result<FormatDocument, AppError> {
        let (record, organisation) = self.to_tell_of::<Solution>(actor, id).await?;
        let labels = self.labels();
        let linked = Linked { base: self.public_url(), labels: &labels, language };
        Ok(FormatDocument::json("application/ld+json", &linked.solution(&record, organisation.as_ref())))
    }

    /// Open software as a `publiccode.yml`.
    ///
    /// # Errors
    /// As [`Self::challenge_as_ocds`]; [`AppError::NotInThisFormat`] where the solution is of another kind.
    pub async fn solution_as_publiccode(&self, actor: &Actor, id: SolutionId) -> Result<FormatDocument, AppError> {
        let (record, organisation) = self.to_tell_of::<Solution>(actor, id).await?;
        if record.content.kind != SolutionKind::OpenSourceSoftware {
            return Err(AppError::NotInThisFormat(format!(
                "a publiccode.yml describes open-source software, and this solution is of the kind {}",
                record.content.kind
            )));
        }
        let text = publiccode::written(&record, organisation.as_ref(), self.public_url());
        let text = text.map_err(|error| AppError::Internal(format!("the file cannot be written: {error}")))?;
        Ok(FormatDocument::new("application/yaml; charset=utf-8", text))
    }

    /// A record that the caller may see, with its organisation as the public may see it.
    async fn to_tell_of<C: Resource>(
        &self,
        actor: &Actor,
        id: Id<C>,
    ) -> Result<(Record<C>, Option<Organisation>), AppError> {
        let (record, organisation) = self.find_whole(actor, id).await?;
        Ok((record, organisation.map(|organisation| (*organisation).clone().without_personal_number())))
    }
}
