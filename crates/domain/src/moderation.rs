//! What the service's moderators decide: whether an organisation is who it says it is, what waits for review, what
//! was reported, and what is suspended.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::ids::{OrganisationId, PersonId, ReportId, ReviewId};
use crate::organisation::word_enum;
use crate::record::RecordKind;

/// How an organisation was found to be who it says it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "by", content = "domain")]
pub enum VerifiedBy {
    /// By an operator or moderator who looked.
    Operator,
    /// By the confirmed e-mail address of a member at this domain.
    EmailDomain(String),
}

/// That an organisation is who it says it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// How that was found.
    #[serde(flatten)]
    pub by: VerifiedBy,
    /// When.
    pub at: DateTime<Utc>,
}

/// That an organisation or a listing is out of sight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suspension {
    /// Why, for its owner to read.
    pub reason: String,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// How an organisation stands with the service. No part of its content, which its owners write.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Whether it was found to be who it says it is.
    pub verified: Option<Verification>,
    /// Whether it is out of sight with all its listings.
    pub suspended: Option<Suspension>,
}

impl Standing {
    /// Whether it may publish.
    pub const fn may_publish(&self) -> bool {
        self.verified.is_some() && self.suspended.is_none()
    }
}

word_enum! {
    /// Why something waits for review.
    ReviewKind, "kind of review" {
        /// An organisation is new.
        NewOrganisation = "new-organisation",
        /// A listing is its organisation's first.
        FirstListing = "first-listing",
    }
}

word_enum! {
    /// What came of a review.
    ReviewDecision, "decision" {
        /// It may be seen.
        Approved = "approved",
        /// It may not.
        Refused = "refused",
    }
}

word_enum! {
    /// What is wrong with a listing.
    ReportReason, "reason of a report" {
        /// It is no solution or need at all.
        Spam = "spam",
        /// It says what is not so.
        Misleading = "misleading",
        /// It is against the law.
        Illegal = "illegal",
        /// It shows personal data.
        PersonalData = "personal-data",
        /// It belongs to somebody else.
        Rights = "rights",
        /// Anything else.
        Other = "other",
    }
}

word_enum! {
    /// What came of a report.
    ReportOutcome, "outcome of a report" {
        /// Something was done about it.
        Upheld = "upheld",
        /// There was nothing to do.
        Dismissed = "dismissed",
    }
}

/// Something that waits, or waited, for a moderator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Review {
    /// Identifier.
    pub id: ReviewId,
    /// Why it waits.
    pub kind: ReviewKind,
    /// What kind of record.
    pub record_kind: RecordKind,
    /// Which record.
    pub record: Uuid,
    /// Whose.
    pub organisation: OrganisationId,
    /// Who asked for it, while they have an account.
    pub requester: Option<PersonId>,
    /// Since when.
    pub created: DateTime<Utc>,
    /// What came of it.
    pub decision: Option<ReviewDecision>,
    /// Why, for the owner to read.
    pub reason: Option<String>,
    /// Who decided, while they have an account.
    pub decider: Option<PersonId>,
    /// When.
    pub decided: Option<DateTime<Utc>>,
}

/// What somebody says is wrong with a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Identifier.
    pub id: ReportId,
    /// What kind of record.
    pub record_kind: RecordKind,
    /// Which record.
    pub record: Uuid,
    /// Who says so, where they were signed in and still have an account.
    pub reporter: Option<PersonId>,
    /// What is wrong.
    pub reason: ReportReason,
    /// In their words.
    pub note: Option<String>,
    /// When.
    pub created: DateTime<Utc>,
    /// What came of it.
    pub outcome: Option<ReportOutcome>,
    /// What the moderator noted.
    pub outcome_note: Option<String>,
    /// Who decided, while they have an account.
    pub decider: Option<PersonId>,
    /// When.
    pub decided: Option<DateTime<Utc>>,
}
