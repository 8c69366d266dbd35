//! Who asks, and from where: what every use case that changes something is given. And how the table of permissions is
//! asked about something in the registry.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use innocap_access::{Action, Actor, Decision, Owner, Target, Why, absent, decide};
use innocap_domain::{AuditActor, FamilyId, OrganisationId, PersonId, RecordKind, SessionId, Status, Trace};
use innocap_registry::Case;
use uuid::Uuid;

use crate::Innocap;
use crate::error::AppError;

/// By what somebody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedInBy {
    /// A web session.
    Session(SessionId),
    /// A token of this family of refresh tokens.
    Family(FamilyId),
    /// A token without one.
    Token,
}

/// Who asks, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// By what they are signed in; nothing for whoever is not.
    pub by: Option<SignedInBy>,
    /// From where, as far as it is known.
    pub address: Option<IpAddr>,
}

impl Caller {
    /// Nobody known.
    pub const fn anonymous(address: Option<IpAddr>) -> Self {
        Self { actor: Actor::Anonymous, by: None, address }
    }

    /// Whoever has the operator's shell.
    pub const fn shell() -> Self {
        Self { actor: Actor::Shell, by: None, address: None }
    }

    /// The person.
    pub const fn person(&self) -> Option<PersonId> {
        match &self.actor {
            Actor::Person { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// The web session they are signed in by.
    pub const fn session(&self) -> Option<SessionId> {
        match self.by {
            Some(SignedInBy::Session(id)) => Some(id),
            _ => None,
        }
    }

    /// The name under which something is kept once for each caller, such as feedback.
    pub fn subject(&self) -> Option<String> {
        match &self.actor {
            Actor::Person { id, .. } => Some(id.to_string()),
            Actor::Client { id, .. } => Some(id.to_string()),
            Actor::Shell => Some("operator-shell".to_owned()),
            Actor::Anonymous => None,
        }
    }

    /// What the audit log is told of something this caller does, about what belongs to `owner`.
    pub fn trace(&self, owner: Option<OrganisationId>, at: DateTime<Utc>) -> Trace {
        let actor = match &self.actor {
            Actor::Anonymous => AuditActor::Anonymous,
            Actor::Person { id, .. } => AuditActor::Person(*id),
            Actor::Client { id, .. } => AuditActor::Client(*id),
            Actor::Shell => AuditActor::OperatorShell,
        };
        let theirs = |id: &OrganisationId| match &self.actor {
            Actor::Client { organisation, .. } => organisation == id,
            actor => actor.role_in(*id).is_some(),
        };
        Trace { actor, on_behalf_of: owner.filter(theirs), address: self.address, at }
    }
}

/// The error of a caller who may not do something, or nothing.
pub(crate) fn allow(actor: &Actor, action: Action, target: &Target) -> Result<(), AppError> {
    refusal(decide(actor, action, target))
}

/// The error where the target is not there.
pub(crate) fn missing(actor: &Actor, action: Action) -> AppError {
    refusal(absent(actor, action)).err().unwrap_or(AppError::NotFound)
}

fn refusal(decision: Decision) -> Result<(), AppError> {
    match decision {
        Decision::Allow => Ok(()),
        Decision::Hide => Err(AppError::NotFound),
        Decision::SignIn => Err(AppError::Unauthenticated),
        Decision::Forbid(why) => Err(AppError::Forbidden(match why {
            Why::NotYours => "this is for others to do",
            Why::Unconfirmed => "confirm your e-mail address first",
            Why::Role => "your role in the organisation does not allow this",
            Why::Scope(scope) => return Err(AppError::Scope(scope)),
            Why::OwnOrganisation => "nobody decides about their own organisation",
            Why::OrganisationSuspended => "the organisation is suspended",
            Why::NotVerified => "the organisation is not verified yet",
            Why::WrongKind => "only public bodies post challenges",
            Why::RecordSuspended => "a moderator has suspended this; only they show it again",
            Why::NotADraft => "a record begins as a draft",
        })),
    }
}

impl Innocap {
    /// What the table needs to know of a record of `owner`.
    pub(crate) async fn target(
        &self,
        kind: RecordKind,
        record: Uuid,
        status: Status,
        owner: OrganisationId,
    ) -> Result<Target, AppError> {
        Ok(target_in(self.registry().case(record, owner).await?, kind, status, owner))
    }

    /// The organisation, if the caller may do `action` inside it.
    pub(crate) async fn inside(
        &self,
        actor: &Actor,
        action: Action,
        organisation: OrganisationId,
    ) -> Result<Owner, AppError> {
        let case = self.registry().case(organisation.uuid(), organisation).await?;
        let Some(kind) = case.kind else { return Err(missing(actor, action)) };
        let owner = Owner { id: organisation, kind, verified: case.verified, suspended: case.organisation_suspended };
        allow(actor, action, &Target::Organisation(owner))?;
        Ok(owner)
    }
}

/// What the table of permissions needs to know of a record that stands like this.
pub(crate) fn target_in(case: Case, kind: RecordKind, status: Status, owner: OrganisationId) -> Target {
    let owner = case.kind.map(|kind| Owner {
        id: owner,
        kind,
        verified: case.verified,
        suspended: case.organisation_suspended,
    });
    Target::Record { kind, status, suspended: case.suspended, in_review: case.in_review, owner }
}
