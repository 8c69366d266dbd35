//! Webhooks: addresses of an organisation's programs that are told what happens, by the Standard Webhooks specification
//! (standardwebhooks.com).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{OrganisationId, WebhookEventId, WebhookId};
use crate::organisation::word_enum;
use crate::record::RecordKind;
use crate::secret::Secret;
use crate::suggestion::Verdict;

word_enum! {
    /// What a webhook may be told of.
    WebhookEventKind, "event" {
        /// A challenge is shown to everyone, for the first time or again.
        ChallengePublished = "challenge.published",
        /// A challenge has ended with an outcome.
        ChallengeClosed = "challenge.closed",
        /// A challenge was taken out of lists.
        ChallengeArchived = "challenge.archived",
        /// A solution is shown to everyone, for the first time or again.
        SolutionPublished = "solution.published",
        /// A solution was taken out of lists.
        SolutionArchived = "solution.archived",
        /// An organisation was found to be who it says it is.
        OrganisationVerified = "organisation.verified",
        /// A solution and a challenge fit, one of which is the organisation's own.
        MatchCreated = "match.created",
        /// Nothing has happened: the owner tries the address.
        Ping = "webhook.ping",
    }
}

impl WebhookEventKind {
    /// Whether a webhook may choose it; a ping is sent to whichever webhook is tried.
    pub const fn is_chosen(self) -> bool {
        !matches!(self, Self::Ping)
    }

    /// What is told of a challenge or a solution that came out of, or went into, sight.
    pub const fn published(kind: RecordKind) -> Option<Self> {
        match kind {
            RecordKind::Challenge => Some(Self::ChallengePublished),
            RecordKind::Solution => Some(Self::SolutionPublished),
            RecordKind::Organisation => None,
        }
    }

    /// What is told of a challenge or a solution that was archived.
    pub const fn archived(kind: RecordKind) -> Option<Self> {
        match kind {
            RecordKind::Challenge => Some(Self::ChallengeArchived),
            RecordKind::Solution => Some(Self::SolutionArchived),
            RecordKind::Organisation => None,
        }
    }
}

word_enum! {
    /// Why a webhook is told nothing.
    WebhookDisabled, "reason" {
        /// Its owner wants it so.
        Owner = "owner",
        /// It has failed for days.
        Failing = "failing",
        /// It answered 410 Gone.
        Gone = "gone",
    }
}

word_enum! {
    /// Where a delivery stands.
    DeliveryState, "state of a delivery" {
        /// It waits for its turn or its next try.
        Waiting = "waiting",
        /// The receiver has taken it.
        Delivered = "delivered",
        /// It is not tried any more until its owner says so.
        Parked = "parked",
    }
}

/// A webhook of an organisation, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Identifier.
    pub id: WebhookId,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Where events are sent.
    pub address: String,
    /// What its owner calls it.
    pub description: Option<String>,
    /// What it is told of.
    pub events: Vec<WebhookEventKind>,
    /// Until when what is sent is signed with the secret before as well.
    pub previous_until: Option<DateTime<Utc>>,
    /// Why it is told nothing, where it is not.
    pub disabled: Option<WebhookDisabled>,
    /// Since when.
    pub disabled_since: Option<DateTime<Utc>>,
    /// Tries in a row that failed.
    pub failures: i64,
    /// When the first of them was.
    pub failing_since: Option<DateTime<Utc>>,
    /// When something was last delivered.
    pub delivered: Option<DateTime<Utc>>,
    /// When it was made.
    pub created: DateTime<Utc>,
}

/// What signs that which is sent to a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookSecrets {
    /// The secret.
    pub current: Secret,
    /// The one before, and until when it signs too.
    pub previous: Option<(Secret, DateTime<Utc>)>,
}

/// A record that an event is about, by what anybody may know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRecord {
    /// Identifier.
    pub id: Uuid,
    /// The version it had.
    pub version: i64,
    /// Whose it is; absent where it is an organisation itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
}

/// What an event is about: identifiers, and nothing of persons.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EventData {
    /// The organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<EventRecord>,
    /// The challenge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<EventRecord>,
    /// The solution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solution: Option<EventRecord>,
    /// Of a match, which of the two is the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<RecordKind>,
    /// Of a match, how well they fit: 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Of a match, what the score means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Of a match, which weights ranked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ranking_version: Option<String>,
    /// Of a ping, the webhook that is tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<WebhookId>,
}

/// Something that has happened.
#[derive(Debug, Clone, PartialEq)]
pub struct WebhookEvent {
    /// Identifier: the same in each try and for each receiver.
    pub id: WebhookEventId,
    /// What.
    pub kind: WebhookEventKind,
    /// When.
    pub at: DateTime<Utc>,
    /// About what.
    pub data: EventData,
}

/// An event on its way to one webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Its place in the order of events.
    pub seq: i64,
    /// To which webhook.
    pub webhook: WebhookId,
    /// What is delivered.
    pub event: WebhookEvent,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, if nothing before it is in the way.
    pub due: DateTime<Utc>,
    /// When it was last tried.
    pub tried: Option<DateTime<Utc>>,
    /// What the last try came to.
    pub answer: Option<DeliveryAnswer>,
}

/// What a try came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryAnswer {
    /// The status of the answer; nothing where none came.
    pub status: Option<u16>,
    /// The beginning of the answer's body.
    pub body: Option<String>,
    /// Why it failed, as a code, where that is not the status.
    pub problem: Option<String>,
    /// How long it took, in milliseconds.
    pub milliseconds: i64,
}
