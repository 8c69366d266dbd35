//! What stands about one record beside its content: whose it is, how that organisation stands, and whether the record
//! is suspended or waits for review. One look, since every request that names a record needs it.

use diesel::prelude::*;
use innocap_domain::{OrganisationId, OrganisationKind};
use uuid::Uuid;

use super::stored;
use crate::schema::{facet, listing_suspension, review, standing};
use crate::{Registry, RegistryError};

/// How a record and its organisation stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// What the organisation is; absent where there is no such organisation.
    pub kind: Option<OrganisationKind>,
    /// Whether the organisation is known to be who it says.
    pub verified: bool,
    /// Whether the organisation is suspended.
    pub organisation_suspended: bool,
    /// Whether the record itself is suspended.
    pub suspended: bool,
    /// Whether the record waits for a moderator's decision.
    pub in_review: bool,
}

impl Registry {
    /// How a record and the organisation it belongs to stand. For the organisation alone, `record` is its identifier.
    ///
    /// # Errors
    /// What the database says.
    pub async fn case(&self, record: Uuid, owner: OrganisationId) -> Result<Case, RegistryError> {
        self.read(move |connection| {
            let (record, owner) = (record.to_string(), owner.to_string());
            let kind: Option<String> = facet::table
                .filter(facet::record_id.eq(&owner))
                .filter(facet::name.eq("kind"))
                .select(facet::value)
                .first(connection)
                .optional()?;
            let standing: Option<(Option<chrono::NaiveDateTime>, Option<chrono::NaiveDateTime>)> = standing::table
                .find(&owner)
                .select((standing::verified, standing::suspended))
                .first(connection)
                .optional()?;
            let suspended = diesel::select(diesel::dsl::exists(listing_suspension::table.find(&record)));
            let waiting = review::table.filter(review::record_id.eq(&record)).filter(review::decided.is_null());
            let (verified, organisation_suspended) = standing.unwrap_or_default();
            Ok(Case {
                kind: kind.as_deref().map(|kind| stored(kind, "a kind of organisation")).transpose()?,
                verified: verified.is_some(),
                organisation_suspended: organisation_suspended.is_some(),
                suspended: suspended.get_result(connection)?,
                in_review: diesel::select(diesel::dsl::exists(waiting)).get_result(connection)?,
            })
        })
        .await
    }
}
