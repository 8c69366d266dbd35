//! The queue of mail: rendered when it is queued, claimed by whichever replica sends it, and kept without its content
//! once it is sent.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, AuditTargetKind, EmailAddress, LanguageTag, Mail, MailId, MailState,
    PersonId, Secret, Trace,
};

use super::{found, missing, rows, stored, stored_id, stored_optional_id};
use crate::connection::AnyConnection;
use crate::registry::Inner;
use crate::rows::stored_time;
use crate::schema::mail;
use crate::transaction::Scope;
use crate::{Registry, RegistryError};

/// A mail that is to be sent.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// Who it is for, where they have an account; it goes when they go.
    pub person: Option<PersonId>,
    /// Where it goes.
    pub recipient: EmailAddress,
    /// What it is about, by the name of its template.
    pub template: String,
    /// The language it is written in.
    pub language: LanguageTag,
    /// Its subject.
    pub subject: Secret,
    /// Its plain text.
    pub text: Secret,
    /// The same as HTML.
    pub html: Secret,
}

/// A row of `mail`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = mail, treat_none_as_default_value = false)]
pub(crate) struct MailRow {
    id: String,
    person_id: Option<String>,
    recipient: String,
    recipient_email_key: String,
    template: String,
    language: String,
    subject: Option<String>,
    #[serde(skip)]
    body: Option<String>,
    #[serde(skip)]
    html: Option<String>,
    state: String,
    attempts: i64,
    problem: Option<String>,
    created: chrono::NaiveDateTime,
    due: chrono::NaiveDateTime,
    #[serde(skip)]
    claimed_until: Option<chrono::NaiveDateTime>,
    sent: Option<chrono::NaiveDateTime>,
}

impl MailRow {
    fn mail(self) -> Result<Mail, RegistryError> {
        Ok(Mail {
            id: stored_id(&self.id)?,
            person: stored_optional_id(self.person_id.as_ref())?,
            recipient: stored(&self.recipient, "an e-mail address")?,
            template: self.template,
            language: stored(&self.language, "a language")?,
            subject: self.subject.map(Secret::new),
            text: self.body.map(Secret::new),
            html: self.html.map(Secret::new),
            state: stored(&self.state, "the state of a mail")?,
            attempts: self.attempts,
            problem: self.problem,
            created: self.created.and_utc(),
            due: self.due.and_utc(),
            sent: self.sent.map(|at| at.and_utc()),
        })
    }
}

impl Registry {
    /// Queues mails, to be sent at once. Other methods take mails along that tell of what they do.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where a person they are for is gone; what the database says.
    pub async fn queue_mail(&self, mails: Vec<NewMail>, now: DateTime<Utc>) -> Result<Vec<MailId>, RegistryError> {
        let inner = std::sync::Arc::clone(&self.inner);
        self.transact(Scope::Aside, move |connection| queue(connection, &inner, mails, now)).await
    }

    /// Takes at most `limit` mails that are due. Nobody else is given them before `until`; by then they should be
    /// marked, or they are tried again.
    ///
    /// # Errors
    /// What the database says.
    pub async fn claim_mail(
        &self,
        limit: usize,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Mail>, RegistryError> {
        self.transact(Scope::Aside, move |connection| {
            let now = stored_time(now);
            let free = || mail::claimed_until.is_null().or(mail::claimed_until.le(now));
            let due: Vec<String> = mail::table
                .filter(mail::state.eq(MailState::Queued.as_str()))
                .filter(mail::due.le(now))
                .filter(free())
                .order((mail::due, mail::id))
                .limit(rows(limit))
                .select(mail::id)
                .load(connection)?;
            // The condition stands here again: another replica may have claimed them since.
            let mut claimed: Vec<MailRow> = diesel::update(
                mail::table
                    .filter(mail::id.eq_any(&due))
                    .filter(mail::state.eq(MailState::Queued.as_str()))
                    .filter(free()),
            )
            .set((mail::claimed_until.eq(stored_time(until)), mail::attempts.eq(mail::attempts + 1)))
            .returning(mail::all_columns)
            .get_results(connection)?;
            claimed.sort_by(|a, b| (a.due, &a.id).cmp(&(b.due, &b.id)));
            claimed.into_iter().map(MailRow::mail).collect()
        })
        .await
    }

    /// Marks a mail as sent and deletes its content.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where it is not in the queue; what the database says.
    pub async fn mail_sent(&self, id: MailId, now: DateTime<Utc>) -> Result<(), RegistryError> {
        self.transact(Scope::Aside, move |connection| {
            let content = (
                mail::subject.eq(None::<String>),
                mail::body.eq(None::<String>),
                mail::html.eq(None::<String>),
                mail::problem.eq(None::<String>),
            );
            let sent = (mail::state.eq(MailState::Sent.as_str()), mail::sent.eq(stored_time(now)));
            found(diesel::update(in_queue(id)).set((content, sent)).execute(connection)?)
        })
        .await
    }

    /// Puts a mail back into the queue, to be tried again at `due`. `problem` is a code that tells nobody's address.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where it is not in the queue; what the database says.
    pub async fn retry_mail_later(&self, id: MailId, problem: &str, due: DateTime<Utc>) -> Result<(), RegistryError> {
        let problem = problem.to_owned();
        self.transact(Scope::Aside, move |connection| {
            let back = (mail::problem.eq(problem), mail::due.eq(stored_time(due)), mail::claimed_until.eq(NEVER));
            found(diesel::update(in_queue(id)).set(back).execute(connection)?)
        })
        .await
    }

    /// Takes a mail out of the queue that cannot be sent, for an operator to see.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where it is not in the queue; what the database says.
    pub async fn park_mail(&self, id: MailId, problem: &str) -> Result<(), RegistryError> {
        let problem = problem.to_owned();
        self.transact(Scope::Aside, move |connection| {
            let parked =
                (mail::problem.eq(problem), mail::state.eq(MailState::Parked.as_str()), mail::claimed_until.eq(NEVER));
            found(diesel::update(in_queue(id)).set(parked).execute(connection)?)
        })
        .await
    }

    /// At most `limit` mails, the newest first; `after` is the last identifier of the page before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn outbox(
        &self,
        state: Option<MailState>,
        after: Option<MailId>,
        limit: usize,
    ) -> Result<Vec<Mail>, RegistryError> {
        self.read(move |connection| {
            let mut query = mail::table.into_boxed();
            if let Some(state) = state {
                query = query.filter(mail::state.eq(state.as_str()));
            }
            if let Some(after) = after {
                query = query.filter(mail::id.lt(after.to_string()));
            }
            let found =
                query.order(mail::id.desc()).limit(rows(limit)).select(MailRow::as_select()).load(connection)?;
            found.into_iter().map(MailRow::mail).collect()
        })
        .await
    }

    /// A mail.
    ///
    /// # Errors
    /// What the database says.
    pub async fn mail(&self, id: MailId) -> Result<Option<Mail>, RegistryError> {
        self.read(move |connection| {
            let row =
                mail::table.find(id.to_string()).select(MailRow::as_select()).get_result(connection).optional()?;
            row.map(MailRow::mail).transpose()
        })
        .await
    }

    /// Sends a mail that is parked, or that waits for its next try, on its way again.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where there is none or it was sent; what the database says.
    pub async fn retry_mail_now(&self, id: MailId, trace: &Trace) -> Result<(), RegistryError> {
        let due = stored_time(trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let again = (mail::state.eq(MailState::Queued.as_str()), mail::due.eq(due), mail::claimed_until.eq(NEVER));
            let unsent = mail::table.find(id.to_string()).filter(mail::state.ne(MailState::Sent.as_str()));
            found(diesel::update(unsent).set(again).execute(connection)?)?;
            trail.note(AuditEvent::new(AuditAction::MailRetry, AuditTarget::new(AuditTargetKind::Mail, id)));
            Ok(())
        })
        .await
    }

    /// Deletes a mail.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; what the database says.
    pub async fn delete_mail(&self, id: MailId, trace: &Trace) -> Result<(), RegistryError> {
        self.audited(Scope::Aside, trace, move |connection, trail| {
            found(diesel::delete(mail::table.find(id.to_string())).execute(connection)?)?;
            trail.note(AuditEvent::new(AuditAction::MailDelete, AuditTarget::new(AuditTargetKind::Mail, id)));
            Ok(())
        })
        .await
    }
}

const NEVER: Option<chrono::NaiveDateTime> = None;

/// The mail, if it waits to be sent.
#[diesel::dsl::auto_type(no_type_alias)]
fn in_queue(id: MailId) -> _ {
    let id: String = id.to_string();
    let queued: &'static str = MailState::Queued.as_str();
    mail::table.filter(mail::id.eq(id)).filter(mail::state.eq(queued))
}

/// Queues mails in a transaction that goes on.
pub(crate) fn queue(
    connection: &mut AnyConnection,
    inner: &Inner,
    mails: Vec<NewMail>,
    now: DateTime<Utc>,
) -> Result<Vec<MailId>, RegistryError> {
    let at = stored_time(now);
    mails
        .into_iter()
        .map(|new| {
            let id = MailId::from_uuid(crate::batch::new_id(at, &inner.identifiers)?);
            let row = MailRow {
                id: id.to_string(),
                person_id: new.person.map(|id| id.to_string()),
                recipient: new.recipient.as_str().to_owned(),
                recipient_email_key: new.recipient.key(),
                template: new.template,
                language: new.language.as_str().to_owned(),
                subject: Some(new.subject.into_text()),
                body: Some(new.text.into_text()),
                html: Some(new.html.into_text()),
                state: MailState::Queued.as_str().to_owned(),
                attempts: 0,
                problem: None,
                created: at,
                due: at,
                claimed_until: None,
                sent: None,
            };
            diesel::insert_into(mail::table).values(&row).execute(connection).map_err(missing)?;
            Ok(id)
        })
        .collect()
}
