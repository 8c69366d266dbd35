//! People.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, EmailAddress, LanguageTag, Person, PersonId, Secret, ServiceRole, SessionId,
    Suspension, Trace,
};
use serde_json::json;

use super::codes::{self, NewCode};
use super::mail::{self, NewMail};
use super::{found, revocation, rows, stored, stored_id};
use crate::connection::AnyConnection;
use crate::rows::{stored_time, stored_uuid};
use crate::schema::person;
use crate::transaction::Scope;
use crate::{Registry, RegistryError, upserts};

/// A person who gets an account.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Where mail goes, and the name to sign in with.
    pub email: EmailAddress,
    /// Whether the address is known to be theirs already, as an identity provider or the operator says.
    pub email_confirmed: bool,
    /// What they want to be called.
    pub name: String,
    /// The language mail is written in.
    pub language: LanguageTag,
    /// What they are to the service.
    pub service_role: ServiceRole,
    /// The PHC string of their password, where they have one.
    pub password: Option<Secret>,
}

/// A person as operators and they themselves see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The person.
    pub person: Person,
    /// Whether they have a password.
    pub has_password: bool,
    /// Whether they are shut out, and why.
    pub suspension: Option<Suspension>,
    /// Since when they have the account.
    pub created: DateTime<Utc>,
    /// When they last signed in.
    pub signed_in: Option<DateTime<Utc>>,
}

/// What a sign-in with a password is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The person.
    pub person: Person,
    /// The PHC string of their password, where they have one.
    pub password: Option<Secret>,
}

/// Which people are listed; all conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonFilter {
    /// Whose address contains this.
    pub email: Option<String>,
    /// Who are this to the service.
    pub service_role: Option<ServiceRole>,
    /// Who are shut out, or are not.
    pub suspended: Option<bool>,
}

/// A row of `person`.
#[derive(Debug, Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = person, treat_none_as_default_value = false)]
pub(crate) struct PersonRow {
    pub(crate) id: String,
    email: String,
    pub(crate) email_key: String,
    pub(crate) email_confirmed: Option<chrono::NaiveDateTime>,
    name: String,
    language: String,
    service_role: String,
    #[serde(skip)]
    password: Option<String>,
    password_changed: Option<chrono::NaiveDateTime>,
    suspended: Option<chrono::NaiveDateTime>,
    suspended_reason: Option<String>,
    signed_in: Option<chrono::NaiveDateTime>,
    created: chrono::NaiveDateTime,
}

impl PersonRow {
    pub(crate) fn person(&self) -> Result<Person, RegistryError> {
        Ok(Person {
            id: stored_id(&self.id)?,
            email: stored(&self.email, "an e-mail address")?,
            email_confirmed: self.email_confirmed.is_some(),
            name: self.name.clone(),
            language: stored(&self.language, "a language")?,
            service_role: stored(&self.service_role, "a role in the service")?,
            suspended: self.suspended.is_some(),
        })
    }

    fn account(&self) -> Result<Account, RegistryError> {
        let reason = || self.suspended_reason.clone().unwrap_or_default();
        Ok(Account {
            person: self.person()?,
            has_password: self.password.is_some(),
            suspension: self.suspended.map(|at| Suspension { reason: reason(), at: at.and_utc() }),
            created: self.created.and_utc(),
            signed_in: self.signed_in.map(|at| at.and_utc()),
        })
    }

    fn credentials(self) -> Result<Credentials, RegistryError> {
        Ok(Credentials { person: self.person()?, password: self.password.map(Secret::new) })
    }
}

impl Registry {
    /// Gives a person an account, and where asked a code and mails about it in the same transaction. Mails to nobody's
    /// account go to theirs.
    ///
    /// # Errors
    /// [`RegistryError::Duplicate`] where the address has an account; what the database says.
    pub async fn create_person(
        &self,
        new: NewPerson,
        code: Option<NewCode>,
        mails: Vec<NewMail>,
        trace: &Trace,
    ) -> Result<Person, RegistryError> {
        let id: PersonId = self.id_at(trace.at)?;
        let (inner, now) = (std::sync::Arc::clone(&self.inner), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let at = stored_time(now);
            let row = PersonRow {
                id: id.to_string(),
                email_key: new.email.key(),
                email: new.email.as_str().to_owned(),
                email_confirmed: new.email_confirmed.then_some(at),
                name: new.name,
                language: new.language.as_str().to_owned(),
                service_role: new.service_role.as_str().to_owned(),
                password_changed: new.password.as_ref().map(|_| at),
                password: new.password.map(Secret::into_text),
                suspended: None,
                suspended_reason: None,
                signed_in: None,
                created: at,
            };
            if upserts::insert_person(connection, &row)? == 0 {
                let existing: String = person::table
                    .filter(person::email_key.eq(&row.email_key))
                    .select(person::id)
                    .get_result(connection)?;
                return Err(RegistryError::Duplicate { existing: stored_uuid(&existing)? });
            }
            if let Some(code) = code {
                codes::insert(connection, id, code, now)?;
            }
            let mails = mails.into_iter().map(|mail| NewMail { person: mail.person.or(Some(id)), ..mail }).collect();
            mail::queue(connection, &inner, mails, now)?;
            let after = json!({ "email": row.email, "name": row.name, "service_role": row.service_role });
            let event = AuditEvent::new(AuditAction::PersonCreate, AuditTarget::person(id));
            trail.note(event.about(id, json!({ "after": after })));
            row.person()
        })
        .await
    }

    /// A person.
    ///
    /// # Errors
    /// What the database says.
    pub async fn person(&self, id: PersonId) -> Result<Option<Person>, RegistryError> {
        self.read(move |connection| find(connection, id)?.map(|row| row.person()).transpose()).await
    }

    /// A person with what else is known of the account.
    ///
    /// # Errors
    /// What the database says.
    pub async fn account(&self, id: PersonId) -> Result<Option<Account>, RegistryError> {
        self.read(move |connection| find(connection, id)?.map(|row| row.account()).transpose()).await
    }

    /// Whose address this is.
    ///
    /// # Errors
    /// What the database says.
    pub async fn person_by_email(&self, email: &EmailAddress) -> Result<Option<Person>, RegistryError> {
        let key = email.key();
        self.read(move |connection| find_by_key(connection, &key)?.map(|row| row.person()).transpose()).await
    }

    /// What a sign-in with this address and a password is held against.
    ///
    /// # Errors
    /// What the database says.
    pub async fn credentials(&self, email: &EmailAddress) -> Result<Option<Credentials>, RegistryError> {
        let key = email.key();
        self.read(move |connection| find_by_key(connection, &key)?.map(PersonRow::credentials).transpose()).await
    }

    /// What a person who is signed in proves themselves with before a change.
    ///
    /// # Errors
    /// What the database says.
    pub async fn credentials_of(&self, id: PersonId) -> Result<Option<Credentials>, RegistryError> {
        self.read(move |connection| find(connection, id)?.map(PersonRow::credentials).transpose()).await
    }

    /// At most `limit` people, the newest first; `after` is the last identifier of the page before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn persons(
        &self,
        filter: &PersonFilter,
        after: Option<PersonId>,
        limit: usize,
    ) -> Result<Vec<Account>, RegistryError> {
        let filter = filter.clone();
        self.read(move |connection| {
            let mut query = person::table.into_boxed();
            if let Some(part) = filter.email {
                let escaped = part.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
                query = query.filter(person::email_key.like(format!("%{escaped}%")).escape('\\'));
            }
            if let Some(role) = filter.service_role {
                query = query.filter(person::service_role.eq(role.as_str()));
            }
            query = match filter.suspended {
                Some(true) => query.filter(person::suspended.is_not_null()),
                Some(false) => query.filter(person::suspended.is_null()),
                None => query,
            };
            if let Some(after) = after {
                query = query.filter(person::id.lt(after.to_string()));
            }
            let found =
                query.order(person::id.desc()).limit(rows(limit)).select(PersonRow::as_select()).load(connection)?;
            found.iter().map(PersonRow::account).collect()
        })
        .await
    }

    /// Changes a person's name and language; what is absent stays.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; what the database says.
    pub async fn update_person(
        &self,
        id: PersonId,
        name: Option<String>,
        language: Option<LanguageTag>,
        trace: &Trace,
    ) -> Result<Person, RegistryError> {
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let before = require(connection, id)?;
            let name = name.unwrap_or_else(|| before.name.clone());
            let language = language.map_or_else(|| before.language.clone(), String::from);
            if (&name, &language) == (&before.name, &before.language) {
                return before.person();
            }
            diesel::update(person::table.find(id.to_string()))
                .set((person::name.eq(&name), person::language.eq(&language)))
                .execute(connection)?;
            let details = json!({
                "before": { "name": before.name, "language": before.language },
                "after": { "name": name, "language": language },
            });
            let event = AuditEvent::new(AuditAction::PersonUpdate, AuditTarget::person(id));
            trail.note(event.about(id, details));
            PersonRow { name, language, ..before }.person()
        })
        .await
    }

    /// Sets a person's password, or takes it away, and ends all their sessions and tokens but `keep`.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; what the database says.
    pub async fn set_password(
        &self,
        id: PersonId,
        password: Option<Secret>,
        keep: Option<SessionId>,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let now = trace.at;
        self.audited(Scope::Aside, trace, move |connection, trail| {
            write_password(connection, id, password.as_ref(), now)?;
            revocation::end_access(connection, id, keep, now)?;
            trail.note(AuditEvent::new(AuditAction::PersonPassword, AuditTarget::person(id)));
            Ok(())
        })
        .await
    }

    /// Replaces the hash of a password by another hash of the same password, if it is still `old`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn upgrade_password(&self, id: PersonId, old: Secret, new: Secret) -> Result<(), RegistryError> {
        self.transact(Scope::Aside, move |connection| {
            diesel::update(person::table.find(id.to_string()).filter(person::password.eq(old.expose())))
                .set(person::password.eq(new.expose()))
                .execute(connection)?;
            Ok(())
        })
        .await
    }

    /// Changes what a person is to the service.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; what the database says.
    pub async fn set_service_role(&self, id: PersonId, role: ServiceRole, trace: &Trace) -> Result<(), RegistryError> {
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let before = require(connection, id)?;
            if before.service_role == role.as_str() {
                return Ok(());
            }
            diesel::update(person::table.find(id.to_string()))
                .set(person::service_role.eq(role.as_str()))
                .execute(connection)?;
            let details = json!({
                "before": { "service_role": before.service_role },
                "after": { "service_role": role },
            });
            trail.note(AuditEvent::new(AuditAction::PersonRole, AuditTarget::person(id)).about(id, details));
            Ok(())
        })
        .await
    }

    /// Shuts a person out: they cannot sign in, and what they are signed in with ends.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; what the database says.
    pub async fn suspend_person(&self, id: PersonId, reason: &str, trace: &Trace) -> Result<(), RegistryError> {
        let (reason, now) = (reason.to_owned(), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let suspended =
                (person::suspended.eq(Some(stored_time(now))), person::suspended_reason.eq(Some(reason.clone())));
            found(diesel::update(person::table.find(id.to_string())).set(suspended).execute(connection)?)?;
            revocation::end_access(connection, id, None, now)?;
            let event = AuditEvent::new(AuditAction::PersonSuspend, AuditTarget::person(id));
            trail.note(event.about(id, json!({ "reason": reason })));
            Ok(())
        })
        .await
    }

    /// Lets a person in again.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; what the database says.
    pub async fn restore_person(&self, id: PersonId, trace: &Trace) -> Result<(), RegistryError> {
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let free =
                (person::suspended.eq(None::<chrono::NaiveDateTime>), person::suspended_reason.eq(None::<String>));
            found(diesel::update(person::table.find(id.to_string())).set(free).execute(connection)?)?;
            trail.note(AuditEvent::new(AuditAction::PersonRestore, AuditTarget::person(id)));
            Ok(())
        })
        .await
    }
}

pub(super) fn has_password(row: &PersonRow) -> bool {
    row.password.is_some()
}

pub(super) fn find(connection: &mut AnyConnection, id: PersonId) -> QueryResult<Option<PersonRow>> {
    person::table.find(id.to_string()).select(PersonRow::as_select()).get_result(connection).optional()
}

/// The person, or an error where there is none.
pub(super) fn require(connection: &mut AnyConnection, id: PersonId) -> Result<PersonRow, RegistryError> {
    find(connection, id)?.ok_or(RegistryError::NotFound)
}

fn find_by_key(connection: &mut AnyConnection, key: &str) -> QueryResult<Option<PersonRow>> {
    person::table.filter(person::email_key.eq(key)).select(PersonRow::as_select()).get_result(connection).optional()
}

pub(super) fn write_password(
    connection: &mut AnyConnection,
    id: PersonId,
    password: Option<&Secret>,
    now: DateTime<Utc>,
) -> Result<(), RegistryError> {
    let changed =
        (person::password.eq(password.map(Secret::expose)), person::password_changed.eq(Some(stored_time(now))));
    found(diesel::update(person::table.find(id.to_string())).set(changed).execute(connection)?)
}

/// Notes that a person signs in now, and who they are. Somebody suspended does not.
pub(super) fn signs_in(connection: &mut AnyConnection, id: PersonId, now: DateTime<Utc>) -> Result<(), RegistryError> {
    let active = person::table.find(id.to_string()).filter(person::suspended.is_null());
    found(diesel::update(active).set(person::signed_in.eq(Some(stored_time(now)))).execute(connection)?)
}
