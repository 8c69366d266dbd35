//! Solutions that may be one, for an operator to decide about.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use innocap_domain::{DuplicateProposal, Id, SolutionId, Trace};
use uuid::Uuid;

use crate::batch::new_id;
use crate::rows::{stored_time, stored_uuid};
use crate::schema::duplicate;
use crate::transaction::Scope;
use crate::upserts;
use crate::{Registry, RegistryError};

/// A row of `duplicate`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = duplicate, treat_none_as_default_value = false)]
pub(crate) struct DuplicateRow {
    id: String,
    first_id: String,
    second_id: String,
    reason: String,
    proposed: NaiveDateTime,
    decision: Option<String>,
    decided: Option<NaiveDateTime>,
}

impl DuplicateRow {
    fn proposal(self) -> Result<DuplicateProposal, RegistryError> {
        Ok(DuplicateProposal {
            id: stored_uuid(&self.id)?,
            first: Id::from_uuid(stored_uuid(&self.first_id)?),
            second: Id::from_uuid(stored_uuid(&self.second_id)?),
            reason: self.reason,
            proposed: self.proposed.and_utc(),
            decision: self.decision,
            decided: self.decided.map(|at| at.and_utc()),
        })
    }
}

impl Registry {
    /// Proposes pairs of solutions as one; how many are new. A pair that was proposed before, or decided, stays as it is.
    ///
    /// # Errors
    /// What the database says.
    pub async fn propose_duplicates(
        &self,
        pairs: Vec<(SolutionId, SolutionId, &'static str)>,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Result<usize, RegistryError> {
        let inner = std::sync::Arc::clone(&self.inner);
        self.transact(Scope::Aside, move |connection| {
            let proposed = stored_time(at);
            let mut rows = Vec::new();
            for (first, second, reason) in pairs {
                rows.push(DuplicateRow {
                    id: new_id(proposed, &inner.identifiers)?.to_string(),
                    first_id: first.to_string(),
                    second_id: second.to_string(),
                    reason: reason.to_owned(),
                    proposed,
                    decision: None,
                    decided: None,
                });
            }
            Ok(upserts::insert_duplicates(connection, &rows)?)
        })
        .await
    }

    /// At most `limit` proposals that wait for a decision, the oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn open_duplicates(&self, limit: usize) -> Result<Vec<DuplicateProposal>, RegistryError> {
        self.read(move |connection| {
            let rows: Vec<DuplicateRow> = duplicate::table
                .filter(duplicate::decision.is_null())
                .order((duplicate::proposed, duplicate::id))
                .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                .select(DuplicateRow::as_select())
                .load(connection)?;
            rows.into_iter().map(DuplicateRow::proposal).collect()
        })
        .await
    }

    /// A proposal.
    ///
    /// # Errors
    /// What the database says.
    pub async fn duplicate(&self, id: Uuid) -> Result<Option<DuplicateProposal>, RegistryError> {
        self.read(move |connection| {
            let row: Option<DuplicateRow> = duplicate::table
                .find(id.to_string())
                .select(DuplicateRow::as_select())
                .get_result(connection)
                .optional()?;
            row.map(DuplicateRow::proposal).transpose()
        })
        .await
    }

    /// Decides about a proposal: `same` or `different`. Where they are the same, what the second has become of its source
    /// is the first from now on, and other proposals with the second are settled with it.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where nothing of that identifier waits; what the database says.
    pub async fn decide_duplicate(&self, id: Uuid, same: bool, trace: &Trace) -> Result<(), RegistryError> {
        use crate::schema::harvest_item as item;
        let at = stored_time(trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let waits = duplicate::table.find(id.to_string()).filter(duplicate::decision.is_null());
            let row: DuplicateRow = waits.select(DuplicateRow::as_select()).get_result(connection)?;
            let word = if same { "same" } else { "different" };
            let decided = (duplicate::decision.eq(word), duplicate::decided.eq(at));
            diesel::update(duplicate::table.find(id.to_string())).set(decided).execute(connection)?;
            if same {
                let of_second = item::table.filter(item::record_id.eq(&row.second_id));
                diesel::update(of_second).set(item::record_id.eq(&row.first_id)).execute(connection)?;
                let with_second = duplicate::table
                    .filter(duplicate::decision.is_null())
                    .filter(duplicate::first_id.eq(&row.second_id).or(duplicate::second_id.eq(&row.second_id)));
                diesel::update(with_second).set(decided).execute(connection)?;
            }
            let details = serde_json::json!({ "first": row.first_id, "second": row.second_id, "decision": word });
            let target = innocap_domain::AuditTarget::new(innocap_domain::AuditTargetKind::Solution, &row.first_id);
            trail.note(
                innocap_domain::AuditEvent::new(innocap_domain::AuditAction::DuplicateDecide, target).with(details),
            );
            Ok(())
        })
        .await
    }
}
