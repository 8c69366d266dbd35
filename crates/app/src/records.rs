//! Reading and writing organisations, challenges and solutions: one set of use cases over every kind of record.

use std::sync::Arc;

use chrono::NaiveDate;
use innocap_access::{Action, Actor, Target};
use innocap_domain::{
    Challenge, Content, Id, Organisation, OrganisationId, Reader, Record, RecordKind, Solution, Status, VerifiedBy,
};
use innocap_registry::{Found, Write};
use serde_json::Value;

use crate::caller::{Caller, allow, missing, target_in};
use crate::error::AppError;
use crate::views::{View, is_own, view_of};
use crate::{Innocap, documents};

/// What a kind of record adds to the common use cases.
pub trait Resource: Content {
    /// Whether the public may see all of the content.
    const PUBLIC_WHOLE: bool;

    /// The organisation a record belongs to; an organisation belongs to itself.
    fn owner(id: Id<Self>, content: &Self) -> OrganisationId;
    /// What must be there before it is shown to everyone, with the pointer of what is missing.
    fn ready_to_publish(&self) -> Result<(), AppError> {
        Ok(())
    }
    /// What it is called in its first language.
    fn name(&self) -> String;
    /// The content as the public may see it.
    #[must_use]
    fn public(self) -> Self {
        self
    }
    /// The content as it is shown to everyone from this day on; nothing where that changes nothing.
    fn shown_from(&self, _day: NaiveDate) -> Option<Self> {
        None
    }
    /// Whether what was found out about `before` holds no more for this.
    fn is_another_than(&self, _before: &Self) -> bool {
        false
    }
}

impl Resource for Organisation {
    const PUBLIC_WHOLE: bool = false;

    fn owner(id: Id<Self>, _: &Self) -> OrganisationId {
        id
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn public(self) -> Self {
        self.without_personal_number()
    }

    fn is_another_than(&self, before: &Self) -> bool {
        (&self.name, self.kind, &self.number) != (&before.name, before.kind, &before.number)
    }
}

impl Resource for Challenge {
    const PUBLIC_WHOLE: bool = true;

    fn shown_from(&self, day: NaiveDate) -> Option<Self> {
        self.published.is_none().then(|| Self { published: Some(day), ..self.clone() })
    }

    fn owner(_: Id<Self>, content: &Self) -> OrganisationId {
        content.organisation
    }

    fn name(&self) -> String {
        self.texts.original().title.clone()
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
    const PUBLIC_WHOLE: bool = true;

    fn owner(_: Id<Self>, content: &Self) -> OrganisationId {
        content.organisation
    }

    fn name(&self) -> String {
        self.texts.original().title.clone()
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

/// What came of an attempt to publish.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The record's version.
    pub version: i64,
    /// The record as it is now.
    pub view: View,
    /// Whether it waits for a moderator, as an organisation's first listing does.
    pub waits: bool,
}

impl Innocap {
    /// One record.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none that the caller may see.
    pub async fn find<C: Resource>(&self, actor: &Actor, id: Id<C>) -> Result<(i64, View), AppError> {
        let Found { record, owner, case } = self.found(actor, Action::Read, id).await?;
        if is_own(actor, &record) {
            return Ok((record.version, self.view_unguarded(&record).await?));
        }
        let record = Record { content: record.content.public(), ..record };
        Ok((record.version, view_of(&record, owner.as_ref(), case.verified)?))
    }

    /// One record with its organisation, as the public may see them.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub async fn find_whole<C: Resource>(
        &self,
        actor: &Actor,
        id: Id<C>,
    ) -> Result<(Record<C>, Option<Arc<Organisation>>), AppError> {
        let Found { mut record, owner, .. } = self.found(actor, Action::Read, id).await?;
        record.content = record.content.public();
        Ok((record, owner.map(Arc::new)))
    }

    /// One record for whoever may change it, drafts of its organisation included.
    ///
    /// # Errors
    /// [`AppError::NotFound`] or [`AppError::Forbidden`] for everyone else.
    pub async fn find_to_change<C: Resource>(&self, actor: &Actor, id: Id<C>) -> Result<(i64, View), AppError> {
        let record = self.visible(actor, Action::Change, id).await?;
        Ok((record.version, self.view(actor, &record).await?))
    }

    /// The record, if the caller may do `action` with it; what may not be seen does not exist.
    pub(crate) async fn visible<C: Resource>(
        &self,
        actor: &Actor,
        action: Action,
        id: Id<C>,
    ) -> Result<Record<C>, AppError> {
        Ok(self.found(actor, action, id).await?.record)
    }

    /// As [`Self::visible`], with what stands about the record.
    async fn found<C: Resource>(&self, actor: &Actor, action: Action, id: Id<C>) -> Result<Found<C>, AppError> {
        let found = self.registry().find_with_case(id).await?.ok_or_else(|| missing(actor, action))?;
        let owner = C::owner(id, &found.record.content);
        allow(actor, action, &target_in(found.case, C::KIND, found.record.status, owner))?;
        Ok(found)
    }

    /// Writes a new record, as a draft. Whoever enters an organisation becomes its owner; it is shown when it is
    /// verified. What the operator enters stands for somebody else: it has no owner, and is verified and shown at once.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with every fault of the document, or what forbids the writing.
    pub async fn create<C: Resource>(&self, caller: &Caller, document: Value) -> Result<(i64, View), AppError> {
        self.create_as::<C>(caller, None, document).await
    }

    /// As [`Self::create`], under an identifier that the caller has made up, so that what is sent twice is written once.
    ///
    /// # Errors
    /// As [`Self::create`], and [`AppError::Conflict`] where the identifier is taken.
    pub async fn create_as<C: Resource>(
        &self,
        caller: &Caller,
        id: Option<Id<C>>,
        document: Value,
    ) -> Result<(i64, View), AppError> {
        if caller.actor == Actor::Anonymous {
            return Err(AppError::Unauthenticated);
        }
        let content: C = read_content(document)?;
        let owner = content.organisation();
        self.may_own(&caller.actor, Action::Create, &content, Status::Draft).await?;
        let (actor, at) = (&caller.actor, self.clock().now());
        let trace = caller.trace(owner, at);
        let entered = C::KIND == RecordKind::Organisation && actor.is_operator();
        let status = if entered { Status::Published } else { Status::Draft };
        let id = match caller.person() {
            Some(person) if C::KIND == RecordKind::Organisation && !entered => {
                let organisation: Organisation = read_content(stored_document(&content)?)?;
                let id = id.map(|id| Id::from_uuid(id.uuid()));
                let write = Write::Create { id, status, content: organisation, at };
                let record = self.registry().create_organisation(write, person, &trace).await?;
                self.forget_person(person);
                record.id.uuid()
            }
            _ => {
                let write = Write::Create { id, status, content, at };
                let record = self.registry().write_traced(write, &trace).await?;
                if entered {
                    let id = Id::from_uuid(record.id.uuid());
                    self.registry().verify_organisation(id, VerifiedBy::Operator, Vec::new(), &trace).await?;
                }
                record.id.uuid()
            }
        };
        let record = self.registry().find::<C>(Id::from_uuid(id)).await?.ok_or(AppError::NotFound)?;
        // Whoever entered an organisation is its owner from now on, which `actor` does not know yet.
        let view = self.view_unguarded(&record).await?;
        Ok((record.version, view))
    }

    /// Replaces a record's content.
    ///
    /// # Errors
    /// As [`Self::create`], and [`AppError::Stale`] where `expected` is no longer its version.
    pub async fn replace<C: Resource>(
        &self,
        caller: &Caller,
        id: Id<C>,
        expected: Option<i64>,
        document: Value,
    ) -> Result<(i64, View), AppError> {
        let before = self.visible(&caller.actor, Action::Change, id).await?;
        let content: C = read_content(document)?;
        self.update(caller, before, expected, content).await
    }

    /// Changes the members that `patch` names (JSON Merge Patch, RFC 7396).
    ///
    /// # Errors
    /// As [`Self::replace`].
    pub async fn patch<C: Resource>(
        &self,
        caller: &Caller,
        id: Id<C>,
        expected: Option<i64>,
        patch: &Value,
    ) -> Result<(i64, View), AppError> {
        let before = self.visible(&caller.actor, Action::Change, id).await?;
        if !patch.is_object() {
            return Err(AppError::at("", "wrong_type", "a merge patch is a JSON object"));
        }
        let mut document = stored_document(&before.content)?;
        documents::merge_patch(&mut document, patch);
        let content: C = read_content(document)?;
        // Without If-Match the version that was just read is the one that is changed, so that no write in between
        // is lost.
        let expected = expected.or(Some(before.version));
        self.update(caller, before, expected, content).await
    }

    async fn update<C: Resource>(
        &self,
        caller: &Caller,
        before: Record<C>,
        expected: Option<i64>,
        content: C,
    ) -> Result<(i64, View), AppError> {
        if content.organisation() != before.content.organisation() {
            // A member may not hand a record to an organisation in whose name they could not have written it.
            self.may_own(&caller.actor, Action::Create, &content, Status::Draft).await?;
        }
        if before.status.is_open() {
            content.ready_to_publish()?;
        }
        let owner = C::owner(before.id, &before.content);
        let trace = caller.trace(Some(owner), self.clock().now());
        let becomes_another = content.is_another_than(&before.content) && !caller.actor.is_operator();
        let write = Write::Update {
            id: before.id,
            expected_version: expected,
            content: Some(content),
            status: None,
            at: trace.at,
        };
        let record = self.registry().write_traced(write, &trace).await?;
        if becomes_another && self.registry().standing(owner).await?.verified.is_some() {
            let reason = "its name, kind or number has changed";
            self.registry().unverify_organisation(owner, reason, Vec::new(), &trace).await?;
            self.registry().open_review(record.id, caller.person(), &trace).await?;
        }
        Ok((record.version, self.view(&caller.actor, &record).await?))
    }

    /// A member may not write in the name of another organisation.
    async fn may_own<C: Resource>(
        &self,
        actor: &Actor,
        action: Action,
        content: &C,
        status: Status,
    ) -> Result<(), AppError> {
        let Some(owner) = content.organisation() else {
            let new = Target::Record { kind: C::KIND, status, suspended: false, in_review: false, owner: None };
            return allow(actor, action, &new);
        };
        let target = self.target(C::KIND, owner.uuid(), status, owner).await?;
        if target.owner().is_none() && actor.is_operator() {
            return Err(AppError::unknown_organisation());
        }
        allow(actor, action, &target)
    }

    /// Shows a draft, or an archived record again, to everyone. An organisation's first listing waits for a moderator.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where something needed is missing, [`AppError::Conflict`] where it is closed.
    pub async fn publish<C: Resource>(
        &self,
        caller: &Caller,
        id: Id<C>,
        expected: Option<i64>,
    ) -> Result<Publication, AppError> {
        let actor = &caller.actor;
        let record = self.visible(actor, Action::Publish, id).await?;
        record.content.ready_to_publish()?;
        match record.status {
            Status::Published => {
                let view = self.view(actor, &record).await?;
                return Ok(Publication { version: record.version, view, waits: false });
            }
            Status::Draft | Status::Archived => {}
            Status::InDialogue | Status::Closed => {
                return Err(AppError::Conflict(format!("a record that is {} cannot be published", record.status)));
            }
        }
        if expected.is_some_and(|expected| expected != record.version) {
            return Err(AppError::Stale { current: record.version });
        }
        let owner = C::owner(id, &record.content);
        if self.is_first_listing(actor, &record, owner).await? {
            let trace = caller.trace(Some(owner), self.clock().now());
            self.registry().open_review(id, caller.person(), &trace).await?;
            let view = self.view(actor, &record).await?;
            return Ok(Publication { version: record.version, view, waits: true });
        }
        let (version, view) = self.set_status(caller, &record, expected, Status::Published, None).await?;
        Ok(Publication { version, view, waits: false })
    }

    /// Whether a moderator is to see it before everyone does.
    async fn is_first_listing<C: Resource>(
        &self,
        actor: &Actor,
        record: &Record<C>,
        owner: OrganisationId,
    ) -> Result<bool, AppError> {
        let is_listing = C::KIND != RecordKind::Organisation && record.status == Status::Draft;
        Ok(is_listing && !actor.is_operator() && !self.registry().has_approved_listing(owner).await?)
    }

    /// Takes a record out of lists and suggestions, with a reason.
    ///
    /// # Errors
    /// [`AppError::Invalid`] without a reason, [`AppError::Stale`].
    pub async fn archive<C: Resource>(
        &self,
        caller: &Caller,
        id: Id<C>,
        expected: Option<i64>,
        document: &Value,
    ) -> Result<(i64, View), AppError> {
        let record = self.visible(&caller.actor, Action::Archive, id).await?;
        // What is archived is still read by whoever has its address, and could be published again from there.
        if self.is_first_listing(&caller.actor, &record, C::owner(id, &record.content)).await? {
            return Err(AppError::Conflict(
                "a moderator has not seen it yet: publish it first, or leave it a draft".into(),
            ));
        }
        let reason = Reader::document(document, |r| r.required_text("reason", innocap_domain::limits::NOTE))?;
        self.set_status(caller, &record, expected, Status::Archived, Some(reason)).await
    }

    pub(crate) async fn set_status<C: Resource>(
        &self,
        caller: &Caller,
        record: &Record<C>,
        expected: Option<i64>,
        status: Status,
        reason: Option<String>,
    ) -> Result<(i64, View), AppError> {
        let trace = caller.trace(Some(C::owner(record.id, &record.content)), self.clock().now());
        let content = match status {
            Status::Published => record.content.shown_from(trace.at.date_naive()),
            _ => None,
        };
        let write = Write::Update {
            id: record.id,
            // Content is written as it was read, or what somebody has changed meanwhile would be lost.
            expected_version: expected.or(content.as_ref().map(|_| record.version)),
            content,
            status: Some((status, reason)),
            at: trace.at,
        };
        let record: Record<C> = self.registry().write_traced(write, &trace).await?;
        Ok((record.version, self.view(&caller.actor, &record).await?))
    }
}

fn stored_document(content: &impl Content) -> Result<Value, AppError> {
    serde_json::to_value(content).map_err(|e| AppError::Internal(e.to_string()))
}

/// Reads a document as content of its kind. What the service itself writes into a record's view (identifier,
/// version, state, times, the organisation's summary) is accepted and ignored, so that what was read can be sent back.
pub(crate) fn read_content<C: Content>(mut document: Value) -> Result<C, AppError> {
    documents::strip_view(&mut document);
    let content = Reader::document(&document, C::read)?;
    content.ok_or_else(|| AppError::Internal("a document without faults gave no content".to_owned()))
}
