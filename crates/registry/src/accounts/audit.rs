//! The audit log: appending what changes nothing else, reading it, and shortening the addresses in it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditActor, AuditActorKind, AuditEntry, AuditEvent, AuditTarget, AuditTargetKind, OrganisationId,
    PersonId, Trace,
};

use super::chain::AuditRow;
use super::{append, rows, stored, stored_optional_id};
use crate::connection::AnyConnection;
use crate::rows::stored_time;
use crate::schema::{audit, audit_address, audit_detail};
use crate::transaction::Scope;
use crate::{Registry, RegistryError};

/// Which lines of the log are read; all conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Concerning this organisation, or done on its behalf.
    pub organisation: Option<OrganisationId>,
    /// Done by this person, or to them.
    pub person: Option<PersonId>,
    /// Of these kinds; of any where empty.
    pub actions: Vec<AuditAction>,
}

impl Registry {
    /// Writes something into the log that no other method does: a failed sign-in, an export, an import.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the person that the details tell of is gone; what the database says.
    pub async fn append_audit(&self, event: AuditEvent, trace: &Trace) -> Result<(), RegistryError> {
        let trace = *trace;
        self.transact(Scope::Aside, move |connection| {
            append(connection, &trace, vec![event]).map_err(|error| match error {
                RegistryError::OrganisationMissing => RegistryError::NotFound,
                other => other,
            })
        })
        .await
    }

    /// At most `limit` lines, the newest first; `before` is the number of the last line of the page before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn audit(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, RegistryError> {
        let filter = filter.clone();
        self.read(move |connection| {
            let mut query = audit::table.into_boxed();
            if let Some(organisation) = filter.organisation {
                let id = organisation.to_string();
                query = query.filter(audit::organisation_id.eq(id.clone()).or(audit::on_behalf_of.eq(id)));
            }
            if let Some(person) = filter.person {
                let id = person.to_string();
                query = query.filter(audit::actor_id.eq(id.clone()).or(audit::target_id.eq(id)));
            }
            if !filter.actions.is_empty() {
                let actions: Vec<_> = filter.actions.iter().map(AuditAction::as_str).collect();
                query = query.filter(audit::action.eq_any(actions));
            }
            if let Some(before) = before {
                query = query.filter(audit::seq.lt(before));
            }
            let lines =
                query.order(audit::seq.desc()).limit(rows(limit)).select(AuditRow::as_select()).load(connection)?;
            entries(connection, lines)
        })
        .await
    }

    /// Leaves of the addresses of lines written before `older_than` only their networks, and returns of how many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn truncate_audit_addresses(&self, older_than: DateTime<Utc>) -> Result<usize, RegistryError> {
        self.transact(Scope::Aside, move |connection| Ok(truncate_addresses(connection, older_than)?)).await
    }
}

pub(super) fn truncate_addresses(connection: &mut AnyConnection, older_than: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(
        audit_address::table
            .filter(audit_address::at.lt(stored_time(older_than)))
            .filter(audit_address::address.is_not_null()),
    )
    .set(audit_address::address.eq(None::<String>))
    .execute(connection)
}

/// The lines with their details and addresses, as far as they are still there.
pub(super) fn entries(connection: &mut AnyConnection, lines: Vec<AuditRow>) -> Result<Vec<AuditEntry>, RegistryError> {
    let numbers: Vec<i64> = lines.iter().map(|line| line.seq).collect();
    let mut details = std::collections::HashMap::new();
    let mut addresses = std::collections::HashMap::new();
    for numbers in numbers.chunks(crate::records::IDS_AT_ONCE) {
        let found: Vec<(i64, String)> = audit_detail::table
            .filter(audit_detail::seq.eq_any(numbers))
            .select((audit_detail::seq, audit_detail::details))
            .load(connection)?;
        details.extend(found);
        let found: Vec<(i64, Option<String>, String)> = audit_address::table
            .filter(audit_address::seq.eq_any(numbers))
            .select((audit_address::seq, audit_address::address, audit_address::network))
            .load(connection)?;
        addresses.extend(found.into_iter().map(|(seq, address, network)| (seq, address.unwrap_or(network))));
    }
    lines
        .into_iter()
        .map(|line| {
            let (details, address) = (details.remove(&line.seq), addresses.remove(&line.seq));
            entry(line, details, address)
        })
        .collect()
}

fn entry(line: AuditRow, details: Option<String>, address: Option<String>) -> Result<AuditEntry, RegistryError> {
    let unreadable = |what: &str| RegistryError::Corrupt(format!("audit {}: {what}", line.seq));
    let actor_kind: AuditActorKind = stored(&line.actor_kind, "an actor")?;
    let target_kind: AuditTargetKind = stored(&line.target_kind, "a target")?;
    Ok(AuditEntry {
        seq: line.seq,
        at: line.at.and_utc(),
        actor: AuditActor::from_parts(actor_kind, line.actor_id.as_deref()).ok_or_else(|| unreadable("actor"))?,
        on_behalf_of: stored_optional_id(line.on_behalf_of.as_ref())?,
        action: stored(&line.action, "an action")?,
        target: AuditTarget { kind: target_kind, id: line.target_id.clone() },
        organisation: stored_optional_id(line.organisation_id.as_ref())?,
        details: details
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|_: serde_json::Error| unreadable("details"))?,
        address,
        hash: line.hash,
    })
}
