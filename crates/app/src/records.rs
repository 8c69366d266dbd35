//! Reading and writing organisations, challenges and solutions: one set of use cases over every kind of record.

use std::sync::Arc;

use innocap_access::{Action, Actor, Target, may};
use innocap_domain::{
    Challenge, Content, Id, Organisation, OrganisationId, Reader, Record, RecordKind, Solution, Status,
};
use innocap_registry::Write;
use serde_json::{Map, Value};

use crate::error::AppError;
use crate::{Innocap, documents};

/// What a kind of record adds to the common use cases.
pub trait Resource: Content {
    /// The organisation a record belongs to; an organisation belongs to itself.
    fn owner(id: Id<Self>, content: &Self) -> OrganisationId;
    /// What must be there before it is shown to everyone, with the pointer of what is missing.
    fn ready_to_publish(&self) -> Result<(), AppError> {
        Ok(())
    }
}

impl Resource for Organisation {
    fn owner(id: Id<Self>, _: &Self) -> OrganisationId {
        id
    }
}

impl Resource for Challenge {
    fn owner(_: Id<Self>, content: &Self) -> OrganisationId {
        content.organisation
    }

    fn ready_to_publish(&self) -> Result<(), AppError> {
        let original = self.texts.original();
        if original.summary.is_empty() && original.description.is_empty() {
            return Err(AppError::at(
                "/texts/0/description",
                "required",
                "a published challenge needs a summary or a description, or nobody can tell what would answer it",
            ));
        }
        Ok(())
    }
}

impl Resource for Solution {
    fn owner(_: Id<Self>, content: &Self) -> OrganisationId {
        content.organisation
    }

    fn ready_to_publish(&self) -> Result<(), AppError> {
        let original = self.texts.original();
        if original.summary.is_empty() && original.description.is_empty() {
            return Err(AppError::at(
                "/texts/0/description",
                "required",
                "a published solution needs a summary or a description, or nobody can find it",
            ));
        }
        Ok(())
    }
}

/// A record as its reader sees it: a JSON document in which the organisation stands by name.
pub type View = Map<String, Value>;

impl Innocap {
    /// One record.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none that the caller may see.
    pub async fn find<C: Resource>(&self, actor: &Actor, id: Id<C>) -> Result<(i64, View), AppError> {
        let record = self.visible(actor, Action::Read, id).await?;
        Ok((record.version, self.view(&record).await?))
    }

    /// One record with its organisation, as the domain knows them.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub async fn find_whole<C: Resource>(
        &self,
        actor: &Actor,
        id: Id<C>,
    ) -> Result<(Record<C>, Option<Arc<Organisation>>), AppError> {
        let record = self.visible(actor, Action::Read, id).await?;
        let owner = C::owner(record.id, &record.content);
        let organisation = self.organisations(std::iter::once(owner)).await?.get(&owner).cloned();
        Ok((record, organisation))
    }

    /// The record, if the caller may do `action` with it; what may not be seen does not exist.
    pub(crate) async fn visible<C: Resource>(
        &self,
        actor: &Actor,
        action: Action,
        id: Id<C>,
    ) -> Result<Record<C>, AppError> {
        let record = self.registry().find(id).await?.ok_or(AppError::NotFound)?;
        if may(actor, action, Some(&target(&record))) { Ok(record) } else { Err(AppError::NotFound) }
    }

    async fn changeable<C: Resource>(&self, actor: &Actor, id: Id<C>) -> Result<Record<C>, AppError> {
        if *actor == Actor::Anonymous {
            return Err(AppError::Unauthenticated);
        }
        let record = self.visible(actor, Action::Read, id).await?;
        if may(actor, Action::Change, Some(&target(&record))) {
            Ok(record)
        } else {
            Err(AppError::Forbidden("the record belongs to another organisation"))
        }
    }

    /// Writes a new record, as a draft; organisations are public at once.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with every fault of the document, or what forbids the writing.
    pub async fn create<C: Resource>(&self, actor: &Actor, document: Value) -> Result<(i64, View), AppError> {
        if *actor == Actor::Anonymous {
            return Err(AppError::Unauthenticated);
        }
        let content: C = read_content(document)?;
        let status = if C::KIND == RecordKind::Organisation { Status::Published } else { Status::Draft };
        self.may_own(actor, Action::Create, &content, status)?;
        let write = Write::Create { id: None, status, content, at: self.clock().now() };
        let record = self.registry().write(write).await?;
        Ok((record.version, self.view(&record).await?))
    }

    /// Replaces a record's content.
    ///
    /// # Errors
    /// As [`Self::create`], and [`AppError::Stale`] where `expected` is no longer its version.
    pub async fn replace<C: Resource>(
        &self,
        actor: &Actor,
        id: Id<C>,
        expected: Option<i64>,
        document: Value,
    ) -> Result<(i64, View), AppError> {
        let before = self.changeable(actor, id).await?;
        let content: C = read_content(document)?;
        self.update(actor, before, expected, content).await
    }

    /// Changes the members that `patch` names (JSON Merge Patch, RFC 7396).
    ///
    /// # Errors
    /// As [`Self::replace`].
    pub async fn patch<C: Resource>(
        &self,
        actor: &Actor,
        id: Id<C>,
        expected: Option<i64>,
        patch: &Value,
    ) -> Result<(i64, View), AppError> {
        let before = self.changeable(actor, id).await?;
        if !patch.is_object() {
            return Err(AppError::at("", "wrong_type", "a merge patch is a JSON object"));
        }
        let mut document = serde_json::to_value(&before.content).map_err(|e| AppError::Internal(e.to_string()))?;
        documents::merge_patch(&mut document, patch);
        let content: C = read_content(document)?;
        // Without If-Match the version that was just read is the one that is changed, so that no write in between
        // is lost.
        let expected = expected.or(Some(before.version));
        self.update(actor, before, expected, content).await
    }

    async fn update<C: Resource>(
        &self,
        actor: &Actor,
        before: Record<C>,
        expected: Option<i64>,
        content: C,
    ) -> Result<(i64, View), AppError> {
        if C::KIND != RecordKind::Organisation {
            self.may_own(actor, Action::Change, &content, before.status)?;
        }
        if before.status.is_open() {
            content.ready_to_publish()?;
        }
        let write = Write::Update {
            id: before.id,
            expected_version: expected,
            content: Some(content),
            status: None,
            at: self.clock().now(),
        };
        let record = self.registry().write(write).await?;
        Ok((record.version, self.view(&record).await?))
    }

    /// A member may not hand a record to another organisation, nor write in its name.
    fn may_own<C: Resource>(&self, actor: &Actor, action: Action, content: &C, status: Status) -> Result<(), AppError> {
        let target = Target { kind: C::KIND, status, owner: content.organisation() };
        if may(actor, action, Some(&target)) {
            Ok(())
        } else {
            Err(AppError::Forbidden("records may be written for the token's own organisation only"))
        }
    }

    /// Shows a draft, or an archived record again, to everyone.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where something needed is missing, [`AppError::Conflict`] where it is closed.
    pub async fn publish<C: Resource>(
        &self,
        actor: &Actor,
        id: Id<C>,
        expected: Option<i64>,
    ) -> Result<(i64, View), AppError> {
        let record = self.changeable(actor, id).await?;
        record.content.ready_to_publish()?;
        match record.status {
            Status::Published => return Ok((record.version, self.view(&record).await?)),
            Status::Draft | Status::Archived => {}
            Status::InDialogue | Status::Closed => {
                return Err(AppError::Conflict(format!("a record that is {} cannot be published", record.status)));
            }
        }
        self.set_status(id, expected, Status::Published, None).await
    }

    /// Takes a record out of lists and suggestions, with a reason.
    ///
    /// # Errors
    /// [`AppError::Invalid`] without a reason, [`AppError::Stale`].
    pub async fn archive<C: Resource>(
        &self,
        actor: &Actor,
        id: Id<C>,
        expected: Option<i64>,
        document: &Value,
    ) -> Result<(i64, View), AppError> {
        self.changeable(actor, id).await?;
        let reason = Reader::document(document, |r| r.required_text("reason", innocap_domain::limits::NOTE))?;
        self.set_status(id, expected, Status::Archived, Some(reason)).await
    }

    async fn set_status<C: Resource>(
        &self,
        id: Id<C>,
        expected: Option<i64>,
        status: Status,
        reason: Option<String>,
    ) -> Result<(i64, View), AppError> {
        let write = Write::Update {
            id,
            expected_version: expected,
            content: None,
            status: Some((status, reason)),
            at: self.clock().now(),
        };
        let record: Record<C> = self.registry().write(write).await?;
        Ok((record.version, self.view(&record).await?))
    }

    /// A record as its reader sees it.
    pub(crate) async fn view<C: Content>(&self, record: &Record<C>) -> Result<View, AppError> {
        let mut views = self.views(std::slice::from_ref(record)).await?;
        views.pop().ok_or_else(|| AppError::Internal("a view is missing".to_owned()))
    }

    /// Records as their reader sees them, each with its organisation's name, kind and place.
    pub(crate) async fn views<C: Content>(&self, records: &[Record<C>]) -> Result<Vec<View>, AppError> {
        let organisations = self.organisations(records.iter().filter_map(|r| r.content.organisation())).await?;
        records
            .iter()
            .map(|record| {
                let value = serde_json::to_value(record).map_err(|e| AppError::Internal(e.to_string()))?;
                let Value::Object(mut view) = value else {
                    return Err(AppError::Internal("a record is no object".to_owned()));
                };
                if let Some(id) = record.content.organisation() {
                    let organisation = organisations.get(&id).map(|o| documents::organisation_summary(id, o));
                    view.insert("organisation".to_owned(), organisation.unwrap_or(Value::Null));
                }
                Ok(view)
            })
            .collect()
    }
}

/// What the permissions need to know of a record.
pub(crate) fn target<C: Resource>(record: &Record<C>) -> Target {
    Target { kind: C::KIND, status: record.status, owner: Some(C::owner(record.id, &record.content)) }
}

/// Reads a document as content of its kind. What the service itself writes into a record's view (identifier,
/// version, state, times, the organisation's summary) is accepted and ignored, so that what was read can be sent back.
pub(crate) fn read_content<C: Content>(mut document: Value) -> Result<C, AppError> {
    documents::strip_view(&mut document);
    let content = Reader::document(&document, C::read)?;
    content.ok_or_else(|| AppError::Internal("a document without faults gave no content".to_owned()))
}
