//! What moderators decide: what waits for review, and what is taken from the public and given back.

use innocap_access::{Action, Target};
use innocap_domain::{
    Challenge, Id, Organisation, Reader, Record, RecordKind, Review, ReviewDecision, ReviewId, Solution, Status, limits,
};
use serde_json::Value;

use super::verification::reason_of;
use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;
use crate::letters::Letter;
use crate::lists::Page;
use crate::queue::QueueQuery;
use crate::records::Resource;

impl Innocap {
    /// What waits for review, or was decided.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but moderators.
    pub async fn reviews(&self, caller: &Caller, query: &QueueQuery) -> Result<Page<Review>, AppError> {
        allow(&caller.actor, Action::ListReviews, &Target::Service)?;
        let after = query.after()?;
        let found = self.registry().reviews(query.open, after, query.limit + 1).await?;
        Ok(query.page(found, |review| review.id.to_string()))
    }

    /// Decides a review: an organisation is verified and shown, a listing is shown; or neither, with a reason.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where nothing of that identifier waits; [`AppError::Invalid`] where a refusal has no
    /// reason, or the listing lacks what a published one needs; [`AppError::Conflict`] where its organisation may not
    /// publish.
    pub async fn decide_review(&self, caller: &Caller, id: ReviewId, document: &Value) -> Result<Review, AppError> {
        allow(&caller.actor, Action::ListReviews, &Target::Service)?;
        let review = self.registry().review(id).await?.filter(|review| review.decided.is_none());
        let review = review.ok_or(AppError::NotFound)?;
        let (decision, reason) = Reader::document(document, |r| {
            let decision = r.required_code("decision", ReviewDecision::parse);
            let reason = r.text("reason", limits::NOTE);
            if decision == Some(ReviewDecision::Refused) && reason.is_none() && r.faults() == 0 {
                r.fault("reason", "required", "its owner is told why");
            }
            (decision, reason)
        })?;
        let decision = decision.ok_or_else(|| AppError::Internal("a decision is missing".to_owned()))?;
        match review.record_kind {
            RecordKind::Organisation => self.decide::<Organisation>(caller, &review, decision, reason).await,
            RecordKind::Challenge => self.decide::<Challenge>(caller, &review, decision, reason).await,
            RecordKind::Solution => self.decide::<Solution>(caller, &review, decision, reason).await,
        }
    }

    async fn decide<C: Resource>(
        &self,
        caller: &Caller,
        review: &Review,
        decision: ReviewDecision,
        reason: Option<String>,
    ) -> Result<Review, AppError> {
        let record: Record<C> = self.visible(&caller.actor, Action::DecideReview, Id::from_uuid(review.record)).await?;
        let approved = decision == ReviewDecision::Approved;
        // An organisation is verified by the approval; a listing needs one that is.
        if approved && C::KIND != RecordKind::Organisation {
            record.content.ready_to_publish()?;
            if !self.registry().standing(review.organisation).await?.may_publish() {
                return Err(AppError::Conflict("its organisation may not publish".to_owned()));
            }
        }
        let (name, told) = (record.content.name(), reason.as_deref().unwrap_or_default());
        let link = self.record_link(C::KIND, review.record);
        let letter = match (C::KIND, approved) {
            (RecordKind::Organisation, true) => Letter::OrganisationVerified { organisation: &name, link: &link },
            (RecordKind::Organisation, false) => {
                Letter::OrganisationRefused { organisation: &name, reason: told, link: &link }
            }
            (_, true) => Letter::ListingApproved { title: &name, link: &link },
            (_, false) => Letter::ListingRefused { title: &name, reason: told, link: &link },
        };
        let mails = self.letters_to_owners(review.organisation, &letter).await?;
        let trace = caller.trace(Some(review.organisation), self.clock().now());
        let decided = self.registry().decide_review(review.id, decision, reason.clone(), mails, &trace).await?;
        if approved && record.status == Status::Draft {
            self.set_status(caller, &record, None, Status::Published, None).await?;
        }
        Ok(decided)
    }

    /// Takes a listing, or an organisation with all its listings, from the public, with a reason that its owners are
    /// told.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but moderators; [`AppError::Invalid`] without a reason.
    pub async fn suspend<C: Resource>(&self, caller: &Caller, id: Id<C>, document: &Value) -> Result<(), AppError> {
        self.set_suspended(caller, id, document, true).await
    }

    /// Gives back what was taken from the public.
    ///
    /// # Errors
    /// As [`Self::suspend`]; [`AppError::NotFound`] where it was not suspended.
    pub async fn restore<C: Resource>(&self, caller: &Caller, id: Id<C>, document: &Value) -> Result<(), AppError> {
        self.set_suspended(caller, id, document, false).await
    }

    async fn set_suspended<C: Resource>(
        &self,
        caller: &Caller,
        id: Id<C>,
        document: &Value,
        suspended: bool,
    ) -> Result<(), AppError> {
        use RecordKind::Organisation as Body;
        let action = if suspended { Action::Suspend } else { Action::Restore };
        let record = match C::KIND {
            Body => {
                self.inside(&caller.actor, action, Id::from_uuid(id.uuid())).await?;
                self.registry().find(id).await?.ok_or(AppError::NotFound)?
            }
            _ => self.visible(&caller.actor, action, id).await?,
        };
        let reason = reason_of(document)?;
        let owner = C::owner(id, &record.content);
        let (name, link) = (record.content.name(), self.record_link(C::KIND, id.uuid()));
        let (name, link, told) = (name.as_str(), link.as_str(), reason.as_str());
        let letter = match (C::KIND, suspended) {
            (Body, true) => Letter::OrganisationSuspended { organisation: name, reason: told, link },
            (Body, false) => Letter::OrganisationRestored { organisation: name, reason: told, link },
            (_, true) => Letter::ListingSuspended { title: name, reason: told, link },
            (_, false) => Letter::ListingRestored { title: name, reason: told, link },
        };
        let mails = self.letters_to_owners(owner, &letter).await?;
        let (registry, trace) = (self.registry(), caller.trace(Some(owner), self.clock().now()));
        Ok(match (C::KIND, suspended) {
            (Body, true) => registry.suspend_organisation(owner, told, mails, &trace).await,
            (Body, false) => registry.restore_organisation(owner, told, mails, &trace).await,
            (_, true) => registry.suspend_listing(id, told, mails, &trace).await,
            (_, false) => registry.restore_listing(id, told, mails, &trace).await,
        }?)
    }
}
