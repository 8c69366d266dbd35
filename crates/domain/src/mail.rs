//! Mail that the service sends: rendered when it is queued, sent later.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::account::EmailAddress;
use crate::ids::{MailId, PersonId};
use crate::language::LanguageTag;
use crate::organisation::word_enum;
use crate::secret::Secret;

word_enum! {
    /// Where a mail stands.
    MailState, "state of a mail" {
        /// It waits for its next try.
        Queued = "queued",
        /// It was handed over.
        Sent = "sent",
        /// It is not tried any more until an operator says so.
        Parked = "parked",
    }
}

/// A mail in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// Identifier, which is all that the log tells of it.
    pub id: MailId,
    /// Who it is for, where they have an account.
    pub person: Option<PersonId>,
    /// Where it goes.
    pub recipient: EmailAddress,
    /// What it is about, by the name of its template.
    pub template: String,
    /// The language it is written in.
    pub language: LanguageTag,
    /// Its subject; gone when it is sent.
    pub subject: Option<Secret>,
    /// Its plain text, which may hold a code; gone when it is sent.
    pub text: Option<Secret>,
    /// The same as HTML; gone when it is sent.
    pub html: Option<Secret>,
    /// Where it stands.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last try failed, as a code without personal data.
    pub problem: Option<String>,
    /// When it was queued.
    pub created: DateTime<Utc>,
    /// When it is tried next.
    pub due: DateTime<Utc>,
    /// When it was sent.
    pub sent: Option<DateTime<Utc>>,
}
