//! One-time codes that are sent to an address: to confirm it, to set a new password, to change to it.
//!
//! Several codes for one purpose may be on their way, so that whoever asks for them in somebody's name does not make
//! the one they are about to use worthless. The first that is used ends all of them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, CodePurpose, EmailAddress, OneTimeCode, Person, PersonId, Secret, Trace,
};
use serde_json::json;

use super::mail::{self, NewMail};
use super::{missing, persons, revocation, stored, stored_id};
use crate::connection::AnyConnection;
use crate::rows::{stored_time, stored_uuid};
use crate::schema::{one_time_code, person};
use crate::transaction::Scope;
use crate::{Registry, RegistryError};

/// A code that is to be sent.
#[derive(Debug, Clone)]
pub struct NewCode {
    /// What it is good for.
    pub purpose: CodePurpose,
    /// The SHA-256 of the code.
    pub secret_hash: String,
    /// The address that it is sent to; for a change of address the new one.
    pub email: EmailAddress,
    /// When it ends.
    pub expires: DateTime<Utc>,
}

/// A row of `one_time_code`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = one_time_code, treat_none_as_default_value = false)]
pub(crate) struct OneTimeCodeRow {
    #[serde(skip)]
    secret_hash: String,
    person_id: String,
    purpose: String,
    email: String,
    created: chrono::NaiveDateTime,
    expires: chrono::NaiveDateTime,
}

impl OneTimeCodeRow {
    fn code(&self) -> Result<OneTimeCode, RegistryError> {
        Ok(OneTimeCode {
            person: stored_id(&self.person_id)?,
            email: stored(&self.email, "an e-mail address")?,
            expires: self.expires.and_utc(),
        })
    }
}

impl Registry {
    /// Stores a code and queues the mail that brings it.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the person is gone; what the database says.
    pub async fn create_code(
        &self,
        person: PersonId,
        new: NewCode,
        mails: Vec<NewMail>,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let (inner, now) = (std::sync::Arc::clone(&self.inner), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let details = json!({ "purpose": new.purpose, "email": new.email });
            insert(connection, person, new, now)?;
            mail::queue(connection, &inner, mails, now)?;
            let event = AuditEvent::new(AuditAction::CodeCreate, AuditTarget::person(person));
            trail.note(event.about(person, details));
            Ok(())
        })
        .await
    }

    /// What a code is good for, without using it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn code(
        &self,
        secret_hash: &str,
        purpose: CodePurpose,
        now: DateTime<Utc>,
    ) -> Result<Option<OneTimeCode>, RegistryError> {
        let hash = secret_hash.to_owned();
        self.read(move |connection| {
            let row = one_time_code::table
                .find(hash)
                .filter(one_time_code::purpose.eq(purpose.as_str()))
                .filter(one_time_code::expires.gt(stored_time(now)))
                .select(OneTimeCodeRow::as_select())
                .get_result(connection)
                .optional()?;
            row.map(|row| row.code()).transpose()
        })
        .await
    }

    /// Uses a code: the address that it was sent to is theirs, if it is still their address.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where there is no such code, or it was used or has ended; what the database says.
    pub async fn confirm_email(&self, secret_hash: &str, trace: &Trace) -> Result<Person, RegistryError> {
        let (hash, now) = (secret_hash.to_owned(), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let code = take(connection, &hash, CodePurpose::ConfirmEmail, now)?;
            same_address(connection, &code)?;
            confirm(connection, code.person, now)?;
            trail.proven(code.person);
            trail.note(AuditEvent::new(AuditAction::PersonConfirm, AuditTarget::person(code.person)));
            persons::require(connection, code.person)?.person()
        })
        .await
    }

    /// Uses a code: sets a password and ends all sessions and tokens. The address is confirmed by that, too.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where there is no such code, or it was used or has ended; what the database says.
    pub async fn reset_password(
        &self,
        secret_hash: &str,
        password: Secret,
        trace: &Trace,
    ) -> Result<Person, RegistryError> {
        let (hash, now) = (secret_hash.to_owned(), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let code = take(connection, &hash, CodePurpose::ResetPassword, now)?;
            same_address(connection, &code)?;
            confirm(connection, code.person, now)?;
            persons::write_password(connection, code.person, Some(&password), now)?;
            revocation::end_access(connection, code.person, None, now)?;
            trail.proven(code.person);
            trail.note(AuditEvent::new(AuditAction::PersonPassword, AuditTarget::person(code.person)));
            persons::require(connection, code.person)?.person()
        })
        .await
    }

    /// Uses a code: gives the account the address that it was sent to. Codes sent to the old one end.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where there is no such code, or it was used or has ended;
    /// [`RegistryError::Duplicate`] where the address has an account by now; what the database says.
    pub async fn change_email(&self, secret_hash: &str, trace: &Trace) -> Result<Person, RegistryError> {
        let first = self.try_change_email(secret_hash, trace).await;
        match first {
            // Somebody took the address between the look and the change: now the look finds them.
            Err(RegistryError::Locked) => self.try_change_email(secret_hash, trace).await,
            other => other,
        }
    }

    async fn try_change_email(&self, secret_hash: &str, trace: &Trace) -> Result<Person, RegistryError> {
        let (hash, now) = (secret_hash.to_owned(), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let code = take(connection, &hash, CodePurpose::ChangeEmail, now)?;
            let before = persons::require(connection, code.person)?.person()?;
            let id = code.person.to_string();
            let other: Option<String> = person::table
                .filter(person::email_key.eq(code.email.key()))
                .filter(person::id.ne(&id))
                .select(person::id)
                .get_result(connection)
                .optional()?;
            if let Some(other) = other {
                return Err(RegistryError::Duplicate { existing: stored_uuid(&other)? });
            }
            diesel::update(person::table.find(&id))
                .set((
                    person::email.eq(code.email.as_str()),
                    person::email_key.eq(code.email.key()),
                    person::email_confirmed.eq(Some(stored_time(now))),
                ))
                .execute(connection)
                .map_err(taken_meanwhile)?;
            diesel::delete(one_time_code::table.filter(one_time_code::person_id.eq(&id))).execute(connection)?;
            trail.proven(code.person);
            let details = json!({ "before": { "email": before.email }, "after": { "email": code.email } });
            let event = AuditEvent::new(AuditAction::PersonEmail, AuditTarget::person(code.person));
            trail.note(event.about(code.person, details));
            persons::require(connection, code.person)?.person()
        })
        .await
    }
}

pub(super) fn insert(
    connection: &mut AnyConnection,
    person: PersonId,
    new: NewCode,
    now: DateTime<Utc>,
) -> Result<(), RegistryError> {
    let row = OneTimeCodeRow {
        secret_hash: new.secret_hash,
        person_id: person.to_string(),
        purpose: new.purpose.as_str().to_owned(),
        email: new.email.as_str().to_owned(),
        created: stored_time(now),
        expires: stored_time(new.expires),
    };
    diesel::insert_into(one_time_code::table).values(&row).execute(connection).map_err(missing)?;
    Ok(())
}

/// Takes a code: of several who try at once, the one whose statement deletes it. The person's other codes for the same
/// purpose go with it.
fn take(
    connection: &mut AnyConnection,
    hash: &str,
    purpose: CodePurpose,
    now: DateTime<Utc>,
) -> Result<OneTimeCode, RegistryError> {
    let taken: Vec<OneTimeCodeRow> = diesel::delete(
        one_time_code::table
            .find(hash)
            .filter(one_time_code::purpose.eq(purpose.as_str()))
            .filter(one_time_code::expires.gt(stored_time(now))),
    )
    .returning(one_time_code::all_columns)
    .get_results(connection)?;
    let code = taken.first().ok_or(RegistryError::NotFound)?.code()?;
    diesel::delete(
        one_time_code::table
            .filter(one_time_code::person_id.eq(code.person.to_string()))
            .filter(one_time_code::purpose.eq(purpose.as_str())),
    )
    .execute(connection)?;
    Ok(code)
}

/// A code that was sent to an address that is no longer theirs is worth nothing.
fn same_address(connection: &mut AnyConnection, code: &OneTimeCode) -> Result<(), RegistryError> {
    let row = persons::require(connection, code.person)?;
    if row.email_key == code.email.key() { Ok(()) } else { Err(RegistryError::NotFound) }
}

/// Notes that a person's address is theirs, where that is new.
pub(super) fn confirm(connection: &mut AnyConnection, id: PersonId, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(person::table.find(id.to_string()).filter(person::email_confirmed.is_null()))
        .set(person::email_confirmed.eq(Some(stored_time(now))))
        .execute(connection)?;
    Ok(())
}

/// That the address was taken by another transaction: trying again will tell by whom.
fn taken_meanwhile(error: DieselError) -> RegistryError {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => RegistryError::Locked,
        other => RegistryError::from(other),
    }
}
