//! The outbox: mail that waits or could not be sent, as the operator sees it, and the job that sends it.

use std::time::Duration;

use chrono::TimeDelta;
use innocap_access::{Action, Target};
use innocap_domain::{Mail, MailId, MailState};
use innocap_exchange::{MailError, Mailer, OutgoingMail};
use serde_json::{Value, json};

use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;
use crate::lists::{Page, fault};
use crate::queue::Plain;

/// Mails sent in one go.
const AT_ONCE: usize = 20;
/// How long a mail belongs to whoever claimed it: longer than sending it may take.
const CLAIM: TimeDelta = TimeDelta::minutes(5);
/// The delay after the first failed try; each further one waits three times as long.
const FIRST_DELAY: TimeDelta = TimeDelta::minutes(1);
/// Tries before a mail is set aside: the last comes 3,280 minutes, somewhat over two days, after the first.
const MOST_TRIES: i64 = 9;

/// The query of the outbox.
pub struct OutboxQuery {
    state: Option<MailState>,
    plain: Plain,
}

impl OutboxQuery {
    /// Parses a query string's pairs: `state`, `limit` and `cursor`.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with a fault for each parameter that is unknown or wrong.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, AppError> {
        let mut state = None;
        let plain = Plain::parse("outbox", pairs, |name, value| {
            (name == "state").then(|| {
                let found = MailState::parse(value).map_err(|e| vec![fault(name, "invalid_code", e.to_string())])?;
                state = Some(found);
                Ok(())
            })
        })?;
        Ok(Self { state, plain })
    }
}

impl Innocap {
    /// A page of mail, the newest first. Where no mail can be sent, what waits is shown with its text, for the operator
    /// to hand on; else it is nobody's to read but its recipient's.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but the operator.
    pub async fn outbox(&self, caller: &Caller, query: &OutboxQuery) -> Result<Page<Value>, AppError> {
        allow(&caller.actor, Action::ReadOutbox, &Target::Service)?;
        let after: Option<MailId> = query.plain.after()?;
        let found = self.registry().outbox(query.state, after, query.plain.limit + 1).await?;
        let page = query.plain.page(found, |mail| mail.id.to_string());
        let with_text = !self.sends_mail();
        let items = page.items.iter().map(|mail| mail_view(mail, with_text)).collect();
        Ok(Page { items, total: page.total, next: page.next })
    }

    /// Sends a mail on its way again.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but the operator; [`AppError::NotFound`] where it was sent.
    pub async fn retry_mail(&self, caller: &Caller, id: MailId) -> Result<(), AppError> {
        allow(&caller.actor, Action::ReadOutbox, &Target::Service)?;
        Ok(self.registry().retry_mail_now(id, &caller.trace(None, self.clock().now())).await?)
    }

    /// Deletes a mail unsent.
    ///
    /// # Errors
    /// As [`Self::retry_mail`].
    pub async fn delete_mail(&self, caller: &Caller, id: MailId) -> Result<(), AppError> {
        allow(&caller.actor, Action::ReadOutbox, &Target::Service)?;
        Ok(self.registry().delete_mail(id, &caller.trace(None, self.clock().now())).await?)
    }

    /// Sends what is due; how many mails were tried. Without a server nothing is.
    ///
    /// # Errors
    /// What the registry says.
    pub async fn send_mail(&self) -> Result<usize, AppError> {
        let Some(mailer) = &self.accounts().mailer else { return Ok(0) };
        let now = self.clock().now();
        let mails = self.registry().claim_mail(AT_ONCE, now, now + CLAIM).await?;
        let tried = mails.len();
        for mail in mails {
            self.send_one(mailer, mail).await?;
        }
        Ok(tried)
    }

    async fn send_one(&self, mailer: &Mailer, mail: Mail) -> Result<(), AppError> {
        let (id, attempts) = (mail.id, mail.attempts);
        let Some(outgoing) = outgoing(mail, self.public_url()) else {
            return Ok(self.registry().park_mail(id, "no-content").await?);
        };
        let sent = mailer.send(&outgoing, self.clock().now()).await;
        let now = self.clock().now();
        match sent {
            Ok(()) => {
                tracing::info!(mail.id = %id, "mail sent");
                Ok(self.registry().mail_sent(id, now).await?)
            }
            Err(MailError::Temporary(fault)) if attempts < MOST_TRIES => {
                tracing::warn!(mail.id = %id, %fault, "mail not sent, to be tried again");
                let exponent = u32::try_from(attempts.max(1) - 1).unwrap_or(0);
                let delay = FIRST_DELAY * 3_i32.saturating_pow(exponent);
                Ok(self.registry().retry_mail_later(id, &fault.to_string(), now + delay).await?)
            }
            Err(error) => {
                tracing::error!(mail.id = %id, %error, "mail set aside");
                Ok(self.registry().park_mail(id, &error.to_string()).await?)
            }
        }
    }
}

/// How often the queue is looked at.
pub(super) const PAUSE: Duration = Duration::from_secs(2);

fn outgoing(mail: Mail, public_url: &str) -> Option<OutgoingMail> {
    let host = public_url.split("://").nth(1).unwrap_or("localhost");
    let host = host.split([':', '/']).next().unwrap_or("localhost");
    Some(OutgoingMail {
        to: mail.recipient,
        subject: mail.subject?.into_text(),
        text: mail.text?.into_text(),
        html: mail.html?.into_text(),
        message_id: format!("{}@{host}", mail.id),
        language: mail.language,
    })
}

fn mail_view(mail: &Mail, with_text: bool) -> Value {
    let mut view = json!({
        "id": mail.id,
        "recipient": mail.recipient,
        "template": mail.template,
        "language": mail.language,
        "state": mail.state,
        "attempts": mail.attempts,
        "problem": mail.problem,
        "created": mail.created,
        "due": mail.due,
        "sent": mail.sent,
    });
    if with_text {
        view["subject"] = json!(mail.subject.as_ref().map(innocap_domain::Secret::expose));
        view["text"] = json!(mail.text.as_ref().map(innocap_domain::Secret::expose));
    }
    view
}
