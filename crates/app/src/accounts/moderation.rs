//! What moderators decide: what waits for review, and what is taken from the public and given back.

use innocap_access::{Action, Target};
use innocap_domain::{
    Challenge, Id, OrganisationId, Reader, Record, RecordKind, Review, ReviewDecision, ReviewId, ReviewKind, Solution,
    Status, limits,
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
    /// [`AppError::NotFound`] where nothing of that identifier waits; [`AppError::Invalid`] where a refusal has no reason.
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
        match (review.kind, review.record_kind) {
            (ReviewKind::NewOrganisation, _) => self.decide_organisation(caller, &review, decision, reason).await,
            (_, RecordKind::Challenge) => {
                self.decide_listing::<Challenge>(caller, &review, decision, reason, "challenges").await
            }
            _ => self.decide_listing::<Solution>(caller, &review, decision, reason, "solutions").await,
        }
    }

    async fn decide_organisation(
        &self,
        caller: &Caller,
        review: &Review,
        decision: ReviewDecision,
        reason: Option<String>,
    ) -> Result<Review, AppError> {
        self.inside(&caller.actor, Action::DecideReview, review.organisation).await?;
        let record = self.organisation_record(review.organisation).await?;
        let link = self.link(&format!("/organisations/{}", record.id));
        let mails = match decision {
            ReviewDecision::Approved => self.verified_letters(&record).await?,
            ReviewDecision::Refused => {
                let reason = reason.as_deref().unwrap_or_default();
                let letter = Letter::OrganisationRefused { organisation: &record.content.name, reason, link: &link };
                self.letters_to_owners(record.id, &letter).await?
            }
        };
        let trace = caller.trace(Some(record.id), self.clock().now());
        let decided = self.registry().decide_review(review.id, decision, reason, mails, &trace).await?;
        if decision == ReviewDecision::Approved {
            self.show_verified(caller, &record).await?;
        }
        Ok(decided)
    }

    async fn decide_listing<C: Resource>(
        &self,
        caller: &Caller,
        review: &Review,
        decision: ReviewDecision,
        reason: Option<String>,
        path: &str,
    ) -> Result<Review, AppError> {
        let record: Record<C> = self.registry().find(Id::from_uuid(review.record)).await?.ok_or(AppError::NotFound)?;
        allow(&caller.actor, Action::DecideReview, &self.target_of(&record).await?)?;
        let title = title_of(&record);
        let link = self.link(&format!("/{path}/{}", record.id));
        let letter = match decision {
            ReviewDecision::Approved => Letter::ListingApproved { title: &title, link: &link },
            ReviewDecision::Refused => {
                Letter::ListingRefused { title: &title, reason: reason.as_deref().unwrap_or_default(), link: &link }
            }
        };
        let mails = self.letters_to_owners(review.organisation, &letter).await?;
        let trace = caller.trace(Some(review.organisation), self.clock().now());
        let decided = self.registry().decide_review(review.id, decision, reason.clone(), mails, &trace).await?;
        if decision == ReviewDecision::Approved && record.status == Status::Draft {
            record.content.ready_to_publish()?;
            self.set_status(caller, &record, None, Status::Published, None).await?;
        }
        Ok(decided)
    }

    /// Takes a challenge or a solution from the public, with a reason that its owners are told.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but moderators; [`AppError::Invalid`] without a reason.
    pub async fn suspend_listing<C: Resource>(
        &self,
        caller: &Caller,
        id: Id<C>,
        path: &str,
        document: &Value,
    ) -> Result<(), AppError> {
        self.move_listing(caller, Action::Suspend, id, path, document).await
    }

    /// Gives it back.
    ///
    /// # Errors
    /// As [`Self::suspend_listing`]; [`AppError::NotFound`] where it was not suspended.
    pub async fn restore_listing<C: Resource>(
        &self,
        caller: &Caller,
        id: Id<C>,
        path: &str,
        document: &Value,
    ) -> Result<(), AppError> {
        self.move_listing(caller, Action::Restore, id, path, document).await
    }

    async fn move_listing<C: Resource>(
        &self,
        caller: &Caller,
        action: Action,
        id: Id<C>,
        path: &str,
        document: &Value,
    ) -> Result<(), AppError> {
        let record = self.visible(&caller.actor, action, id).await?;
        let reason = reason_of(document)?;
        let owner = C::owner(id, &record.content);
        let (title, link) = (title_of(&record), self.link(&format!("/{path}/{id}")));
        let (title, told) = (title.as_str(), reason.as_str());
        let suspend = action == Action::Suspend;
        let letter = match suspend {
            true => Letter::ListingSuspended { title, reason: told, link: &link },
            false => Letter::ListingRestored { title, reason: told, link: &link },
        };
        let mails = self.letters_to_owners(owner, &letter).await?;
        let trace = caller.trace(Some(owner), self.clock().now());
        match suspend {
            true => self.registry().suspend_listing(id, &reason, mails, &trace).await?,
            false => self.registry().restore_listing(id, &reason, mails, &trace).await?,
        }
        Ok(())
    }

    /// Takes an organisation with all its listings from the public, with a reason that its owners are told.
    ///
    /// # Errors
    /// As [`Self::suspend_listing`].
    pub async fn suspend_organisation(
        &self,
        caller: &Caller,
        id: OrganisationId,
        document: &Value,
    ) -> Result<(), AppError> {
        self.move_organisation(caller, Action::Suspend, id, document).await
    }

    /// Gives it back.
    ///
    /// # Errors
    /// As [`Self::restore_listing`].
    pub async fn restore_organisation(
        &self,
        caller: &Caller,
        id: OrganisationId,
        document: &Value,
    ) -> Result<(), AppError> {
        self.move_organisation(caller, Action::Restore, id, document).await
    }

    async fn move_organisation(
        &self,
        caller: &Caller,
        action: Action,
        id: OrganisationId,
        document: &Value,
    ) -> Result<(), AppError> {
        self.inside(&caller.actor, action, id).await?;
        let record = self.organisation_record(id).await?;
        let reason = reason_of(document)?;
        let link = self.link(&format!("/organisations/{id}"));
        let (name, told) = (record.content.name.as_str(), reason.as_str());
        let suspend = action == Action::Suspend;
        let letter = match suspend {
            true => Letter::OrganisationSuspended { organisation: name, reason: told, link: &link },
            false => Letter::OrganisationRestored { organisation: name, reason: told, link: &link },
        };
        let mails = self.letters_to_owners(id, &letter).await?;
        let trace = caller.trace(Some(id), self.clock().now());
        match suspend {
            true => self.registry().suspend_organisation(id, &reason, mails, &trace).await?,
            false => self.registry().restore_organisation(id, &reason, mails, &trace).await?,
        }
        Ok(())
    }
}

/// What a listing is called in its first language.
fn title_of<C: Resource>(record: &Record<C>) -> String {
    record.content.texts().map(|texts| texts.original().title.clone()).unwrap_or_default()
}
