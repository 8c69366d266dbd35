//! What the words of Innocap mean: organisations, challenges, solutions, suggestions, feedback on them, and the
//! codes and texts they are made of. Parsing only: no I/O, nothing async; every other crate may use it.

pub mod account;
pub mod audit;
pub mod challenge;
pub mod codes;
pub mod error;
pub mod feedback;
pub mod harvest;
pub mod ids;
pub mod language;
pub mod limits;
pub mod mail;
pub mod moderation;
pub mod number;
pub mod organisation;
pub mod place;
pub mod reader;
pub mod record;
pub mod secret;
pub mod session;
mod shortlist;
pub mod solution;
pub mod source;
pub mod suggestion;
pub mod text;
pub mod vocabulary;
pub mod webhook;

pub use account::{ApiClient, EmailAddress, Invitation, Membership, Person, Role, Scope, ServiceRole};
pub use audit::{AuditAction, AuditActor, AuditActorKind, AuditEntry, AuditEvent, AuditTarget, AuditTargetKind, Trace};
pub use challenge::{Challenge, Outcome, Wants};
pub use codes::{Country, CpvCode, Licence, Nature, PublicFunction, Region, Trl, nearest};
pub use error::{CodeError, Violation, Violations};
pub use feedback::{Feedback, Judgement, Opinion, WhyNot};
pub use harvest::{
    DuplicateDecision, DuplicateProposal, HarvestDocument, HarvestFormat, HarvestItem, HarvestSettings, HarvestSource,
};
pub use ids::{
    ChallengeId, ClientId, FamilyId, FeedbackId, Id, InvitationId, MailId, OrganisationId, PersonId, ReportId,
    ReviewId, SessionId, SolutionId, WebhookEventId, WebhookId,
};
pub use language::{Kinship, Language, LanguageTag};
pub use mail::{Mail, MailState};
pub use moderation::{
    Report, ReportOutcome, ReportReason, Review, ReviewDecision, ReviewKind, Standing, Suspension, Verification,
    VerifiedBy,
};
pub use number::{NumberScheme, OrganisationNumber};
pub use organisation::{Organisation, OrganisationKind, Size, Urbanisation};
pub use place::{DeliveryArea, PartialDate, Place};
pub use reader::Reader;
pub use record::{Content, Facet, Record, RecordKind, Status};
pub use secret::Secret;
pub use session::{
    Ceremony, CeremonyKind, CodePurpose, Identity, KeyState, OneTimeCode, Passkey, Session, SignInMethod,
    SigningKeyPair, TokenFamily,
};
pub use shortlist::ShortlistEntry;
pub use solution::{Deployment, Requirements, Solution, SolutionKind};
pub use source::{Source, SourceCount};
pub use text::{TextVersion, Texts};
pub use vocabulary::{Labels, Scheme};
pub use webhook::{
    Delivery, DeliveryAnswer, DeliveryState, EventData, EventRecord, Webhook, WebhookDisabled, WebhookEvent,
    WebhookEventKind, WebhookSecrets,
};
