//! The audit log as it is read: by owners what concerns their organisation, by operators all of it.

use innocap_access::{Action, Target};
use innocap_domain::{AuditAction, AuditEntry, OrganisationId, PersonId};
use innocap_registry::{AuditCheck, AuditFilter};
use serde_json::{Value, json};

use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;
use crate::lists::{Page, fault};
use crate::queue::Plain;

/// The query of the audit log.
pub struct AuditQuery {
    filter: AuditFilter,
    plain: Plain,
}

impl AuditQuery {
    /// Parses a query string's pairs: `action` (several separated by commas), `person`, `organisation`, `limit` and
    /// `cursor`.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with a fault for each parameter that is unknown or wrong.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, AppError> {
        let mut filter = AuditFilter::default();
        let plain = Plain::parse("audit", pairs, |name, value| {
            let wrong = |e: &dyn std::fmt::Display| vec![fault(name, "invalid_code", e.to_string())];
            Some(match name {
                "action" => value
                    .split(',')
                    .map(|action| AuditAction::parse(action.trim()))
                    .collect::<Result<_, _>>()
                    .map(|actions| filter.actions = actions)
                    .map_err(|e| wrong(&e)),
                "person" => value.parse::<PersonId>().map(|id| filter.person = Some(id)).map_err(|e| wrong(&e)),
                "organisation" => {
                    value.parse::<OrganisationId>().map(|id| filter.organisation = Some(id)).map_err(|e| wrong(&e))
                }
                _ => return None,
            })
        })?;
        Ok(Self { filter, plain })
    }
}

impl Innocap {
    /// A page of the audit log, the newest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but the operator.
    pub async fn audit(&self, caller: &Caller, query: &AuditQuery) -> Result<Page<Value>, AppError> {
        allow(&caller.actor, Action::ReadAudit, &Target::Service)?;
        self.audit_page(query.filter.clone(), &query.plain).await
    }

    /// A page of what concerns an organisation.
    ///
    /// # Errors
    /// [`AppError::NotFound`] or [`AppError::Forbidden`] for everyone but its owners and clients with the scope.
    pub async fn organisation_audit(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        query: &AuditQuery,
    ) -> Result<Page<Value>, AppError> {
        self.inside(&caller.actor, Action::ReadOrganisationAudit, organisation).await?;
        let filter = AuditFilter { organisation: Some(organisation), ..query.filter.clone() };
        self.audit_page(filter, &query.plain).await
    }

    async fn audit_page(&self, filter: AuditFilter, plain: &Plain) -> Result<Page<Value>, AppError> {
        let before = match &plain.after {
            Some(text) => Some(text.parse::<i64>().map_err(|_| AppError::at("/cursor", "invalid_cursor", "damaged"))?),
            None => None,
        };
        let found = self.registry().audit(&filter, before, plain.limit + 1).await?;
        let page = plain.page(found, |entry| entry.seq.to_string());
        Ok(Page { items: page.items.iter().map(entry_view).collect(), total: page.total, next: page.next })
    }

    /// Checks the chain of the audit log, as the operator's shell does.
    ///
    /// # Errors
    /// What the registry says.
    pub async fn verify_audit(&self) -> Result<AuditCheck, AppError> {
        Ok(self.registry().verify_audit().await?)
    }
}

fn entry_view(entry: &AuditEntry) -> Value {
    json!({
        "seq": entry.seq,
        "at": entry.at,
        "actor": { "kind": entry.actor.kind(), "id": entry.actor.id() },
        "on_behalf_of": entry.on_behalf_of,
        "action": entry.action,
        "target": entry.target,
        "organisation": entry.organisation,
        "details": entry.details,
        "address": entry.address,
        "hash": entry.hash,
    })
}
