//! Who may do what, as pure functions over who asks and what it is about.

use innocap_domain::{OrganisationId, RecordKind, Status};

use crate::tokens::Claims;

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody known.
    Anonymous,
    /// The bearer of a token that belongs to an organisation.
    Member(OrganisationId),
    /// Who runs the service.
    Operator,
}

impl From<&Claims> for Actor {
    fn from(claims: &Claims) -> Self {
        match claims.org {
            Some(organisation) => Self::Member(organisation),
            None => Self::Operator,
        }
    }
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read a record.
    Read,
    /// Write a new record.
    Create,
    /// Change, publish or archive a record.
    Change,
    /// Read what is not about any record: vocabularies, documents.
    Consult,
    /// Ask for suggestions.
    Suggest,
    /// Say what a suggestion for a challenge is worth, or take it back.
    GiveFeedback,
    /// Read what everyone has said of suggestions.
    ReadFeedback,
}

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The kind of record.
    pub kind: RecordKind,
    /// Its state; for a new one the state it is to have.
    pub status: Status,
    /// The organisation it belongs to, or itself where it is one.
    pub owner: Option<OrganisationId>,
}

/// Whether `actor` may do `action`; `target` is `None` for what is about no record.
pub fn may(actor: &Actor, action: Action, target: Option<&Target>) -> bool {
    match (actor, action, target) {
        (Actor::Operator, ..) => true,
        (_, Action::Consult | Action::Suggest, None) => true,
        // What is published may be read by everyone, a draft by its organisation.
        (_, Action::Read | Action::Suggest, Some(target)) if target.status.is_public() => true,
        (Actor::Member(own), Action::Read | Action::Suggest, Some(target)) => target.owner == Some(*own),
        // New organisations are entered by the operator; until accounts exist nobody else is known well enough.
        (Actor::Member(own), Action::Create, Some(target)) => {
            target.kind != RecordKind::Organisation && target.owner == Some(*own)
        }
        (Actor::Member(own), Action::Change, Some(target)) => target.owner == Some(*own),
        // Whose need it is knows what answers it; others could talk a rival's solution down.
        (Actor::Member(own), Action::GiveFeedback, Some(target)) => {
            target.kind == RecordKind::Challenge && target.owner == Some(*own)
        }
        _ => false,
    }
}
