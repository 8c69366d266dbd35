//! Identifiers: UUID version 7 (RFC 9562), typed by what they name.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::account::{ApiClient, Invitation, Person};
use crate::error::CodeError;
use crate::mail::Mail;
use crate::moderation::{Report, Review};
use crate::session::{Session, TokenFamily};
use crate::webhook::{Webhook, WebhookEvent};
use crate::{Challenge, Feedback, Organisation, Solution};

/// The identifier of a record with content `C`, or of another thing of type `C`.
pub struct Id<C>(Uuid, PhantomData<fn() -> C>);

/// Names an organisation.
pub type OrganisationId = Id<Organisation>;
/// Names a challenge.
pub type ChallengeId = Id<Challenge>;
/// Names a solution.
pub type SolutionId = Id<Solution>;
/// Names a feedback.
pub type FeedbackId = Id<Feedback>;
/// Names a person.
pub type PersonId = Id<Person>;
/// Names an API client.
pub type ClientId = Id<ApiClient>;
/// Names an invitation.
pub type InvitationId = Id<Invitation>;
/// Names a web session.
pub type SessionId = Id<Session>;
/// Names a family of refresh tokens.
pub type FamilyId = Id<TokenFamily>;
/// Names a review.
pub type ReviewId = Id<Review>;
/// Names a report.
pub type ReportId = Id<Report>;
/// Names a mail.
pub type MailId = Id<Mail>;
/// Names a webhook.
pub type WebhookId = Id<Webhook>;
/// Names something that webhooks are told of.
pub type WebhookEventId = Id<WebhookEvent>;

impl<C> Id<C> {
    /// A new identifier, ordered by the time of its making.
    #[expect(clippy::new_without_default, reason = "each call gives another identifier")]
    pub fn new() -> Self {
        Self::from_uuid(Uuid::now_v7())
    }

    /// The identifier with this value.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// Its value.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<C> FromStr for Id<C> {
    type Err = CodeError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(s)
            .map(Self::from_uuid)
            .map_err(|_| CodeError::new("id", s, "a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057"))
    }
}

impl<C> Clone for Id<C> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<C> Copy for Id<C> {}
impl<C> PartialEq for Id<C> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<C> Eq for Id<C> {}
impl<C> PartialOrd for Id<C> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<C> Ord for Id<C> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<C> Hash for Id<C> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<C> fmt::Display for Id<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<C> fmt::Debug for Id<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<C> Serialize for Id<C> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(s)
    }
}
impl<'de, C> Deserialize<'de> for Id<C> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Uuid::deserialize(d).map(Self::from_uuid)
    }
}
