//! What the audit log is told of a write: the members of the record that changed, before and after.

use innocap_domain::{AuditAction, AuditEvent, AuditTarget, AuditTargetKind, Id, OrganisationId, RecordKind};
use serde_json::{Map, Value, json};

use crate::RegistryError;
use crate::rows::{RecordRow, stored_uuid};

/// The event of a record that was `before` and is now `after`; without a before it is new, without an after gone.
pub(crate) fn event(
    kind: RecordKind,
    before: Option<&RecordRow>,
    after: Option<&RecordRow>,
) -> Result<AuditEvent, RegistryError> {
    let (action, row) = match (before, after) {
        (None, Some(row)) => (AuditAction::RecordCreate, row),
        (Some(_), Some(row)) => (AuditAction::RecordUpdate, row),
        (Some(row), None) => (AuditAction::RecordDelete, row),
        (None, None) => return Err(RegistryError::Internal("a write of nothing".to_owned())),
    };
    let organisation: Option<OrganisationId> = match kind {
        RecordKind::Organisation => Some(Id::from_uuid(stored_uuid(&row.id)?)),
        _ => row.organisation_id.as_deref().map(stored_uuid).transpose()?.map(Id::from_uuid),
    };
    let (mut old, mut new) = (members(before)?, members(after)?);
    if let (Some(old), Some(new)) = (&mut old, &mut new) {
        // With long texts in several languages, what stays would be most of it.
        let same: Vec<String> =
            old.iter().filter(|(name, value)| new.get(*name) == Some(value)).map(|(name, _)| name.clone()).collect();
        for name in same {
            old.remove(&name);
            new.remove(&name);
        }
    }
    let mut details = Map::new();
    details.extend(old.map(|members| ("before".to_owned(), Value::Object(members))));
    details.extend(new.map(|members| ("after".to_owned(), Value::Object(members))));
    let event = AuditEvent::new(action, AuditTarget::new(AuditTargetKind::from(kind), &row.id));
    Ok(event.concerning(organisation).with(Value::Object(details)))
}

/// The members of a record's content, with its state and the reason of it.
fn members(row: Option<&RecordRow>) -> Result<Option<Map<String, Value>>, RegistryError> {
    let Some(row) = row else { return Ok(None) };
    let mut members: Map<String, Value> = serde_json::from_str(&row.content)
        .map_err(|_| RegistryError::Corrupt(format!("{} {}: content", row.kind, row.id)))?;
    members.insert("status".to_owned(), json!(row.status));
    if let Some(reason) = &row.status_reason {
        members.insert("status_reason".to_owned(), json!(reason));
    }
    Ok(Some(members))
}
