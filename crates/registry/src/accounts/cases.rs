//! What stands about one record beside its content: whose it is, how that organisation stands, and whether the record
//! is suspended or waits for review. One look, since every request that names a record needs it.

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;
use innocap_domain::{Content, Id, Organisation, OrganisationId, OrganisationKind, Record, ReviewDecision, ReviewKind};
use uuid::Uuid;

use super::stored;
use crate::connection::AnyConnection;
use crate::records::IDS_AT_ONCE;
use crate::rows::{RecordRow, stored_uuid};
use crate::schema::{facet, listing_suspension, record, review, standing};
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

/// A record with what it needs to be shown.
#[derive(Debug, Clone)]
pub struct Found<C> {
    /// The record.
    pub record: Record<C>,
    /// The organisation it belongs to, itself where it is one; absent where that is gone.
    pub owner: Option<Organisation>,
    /// How both stand.
    pub case: Case,
}

/// How an organisation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnerCase {
    /// What it is.
    pub kind: OrganisationKind,
    /// Whether it is known to be who it says.
    pub verified: bool,
    /// Whether it is suspended.
    pub suspended: bool,
    /// Whether a listing of it was ever approved.
    pub approved: bool,
    /// How many first listings of it wait for a moderator.
    pub waiting: i64,
}

/// How a record stands beside its organisation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecordCase {
    /// Whether it is suspended itself.
    pub suspended: bool,
    /// Whether it waits for a moderator's decision.
    pub in_review: bool,
    /// Whether a moderator has refused it, when last asked.
    pub refused: bool,
}

impl Registry {
    /// How an organisation stands; nothing where there is none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn owner_case(&self, owner: OrganisationId) -> Result<Option<OwnerCase>, RegistryError> {
        let case = self.case(owner.uuid(), owner).await?;
        let Some(kind) = case.kind else { return Ok(None) };
        self.read(move |connection| {
            let first = || {
                review::table
                    .filter(review::organisation_id.eq(owner.to_string()))
                    .filter(review::kind.eq(ReviewKind::FirstListing.as_str()))
            };
            let approved = first().filter(review::decision.eq(ReviewDecision::Approved.as_str()));
            Ok(Some(OwnerCase {
                kind,
                verified: case.verified,
                suspended: case.organisation_suspended,
                approved: diesel::select(exists(approved)).get_result(connection)?,
                waiting: first().filter(review::decided.is_null()).count().get_result(connection)?,
            }))
        })
        .await
    }

    /// How records stand beside their organisations; those of which there is nothing to tell are left out.
    ///
    /// # Errors
    /// What the database says.
    pub async fn record_cases(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, RecordCase>, RegistryError> {
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        self.read(move |connection| {
            let mut cases: HashMap<Uuid, RecordCase> = HashMap::new();
            for ids in ids.chunks(IDS_AT_ONCE) {
                let suspended = listing_suspension::table
                    .filter(listing_suspension::record_id.eq_any(ids))
                    .select(listing_suspension::record_id);
                for id in suspended.load::<String>(connection)? {
                    cases.entry(stored_uuid(&id)?).or_default().suspended = true;
                }
                // In the order of their making, so that the last word counts.
                let reviews = review::table
                    .filter(review::record_id.eq_any(ids))
                    .order(review::id)
                    .select((review::record_id, review::decision));
                for (id, decision) in reviews.load::<(String, Option<String>)>(connection)? {
                    let case = cases.entry(stored_uuid(&id)?).or_default();
                    case.in_review |= decision.is_none();
                    case.refused = decision.is_some_and(|word| word != ReviewDecision::Approved.as_str());
                }
            }
            Ok(cases)
        })
        .await
    }

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
                .get_result(connection)
                .optional()?;
            let kind = kind.as_deref().map(|kind| stored(kind, "a kind of organisation")).transpose()?;
            case(connection, &record, &owner, kind)
        })
        .await
    }

    /// A record, the organisation it belongs to, and how both stand: what is needed to show it, in one turn on the
    /// database. Nothing where there is no such record.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_with_case<C: Content>(&self, id: Id<C>) -> Result<Option<Found<C>>, RegistryError> {
        self.read(move |connection| {
            let row = record::table
                .find(id.to_string())
                .filter(record::kind.eq(C::KIND.as_str()))
                .select(RecordRow::as_select())
                .get_result(connection)
                .optional()?;
            let Some(row) = row else { return Ok(None) };
            let owner: Option<RecordRow> = match &row.organisation_id {
                None => Some(row.clone()),
                Some(owner) => {
                    record::table.find(owner).select(RecordRow::as_select()).get_result(connection).optional()?
                }
            };
            let owner = owner.map(|owner| owner.record::<Organisation>()).transpose()?.map(|owner| owner.content);
            let case = case(connection, &row.id, row.owner(), owner.as_ref().map(|owner| owner.kind))?;
            Ok(Some(Found { record: row.record()?, owner, case }))
        })
        .await
    }
}

/// How the record stands, and its owner, which is of this kind.
fn case(
    connection: &mut AnyConnection,
    record: &str,
    owner: &str,
    kind: Option<OrganisationKind>,
) -> Result<Case, RegistryError> {
    let standing: Option<(Option<chrono::NaiveDateTime>, Option<chrono::NaiveDateTime>)> = standing::table
        .find(owner)
        .select((standing::verified, standing::suspended))
        .get_result(connection)
        .optional()?;
    let (verified, organisation_suspended) = standing.unwrap_or_default();
    let suspended = exists(listing_suspension::table.find(record));
    let waiting = exists(review::table.filter(review::record_id.eq(record)).filter(review::decided.is_null()));
    let (suspended, in_review) = diesel::select((suspended, waiting)).get_result(connection)?;
    Ok(Case {
        kind,
        verified: verified.is_some(),
        organisation_suspended: organisation_suspended.is_some(),
        suspended,
        in_review,
    })
}
