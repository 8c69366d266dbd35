//! Web sessions: found by the hash of the secret in the cookie, listed and ended by their owner.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, AuditTargetKind, Person, PersonId, Session, SessionId, SignInMethod, Trace,
};
use serde_json::json;

use super::persons::{self, PersonRow};
use super::{found, missing, stored, stored_id};
use crate::rows::stored_time;
use crate::schema::{person, session};
use crate::transaction::Scope;
use crate::{Registry, RegistryError};

/// A session that begins.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Whose.
    pub person: PersonId,
    /// The SHA-256 of the secret in the cookie.
    pub secret_hash: String,
    /// How they signed in.
    pub method: SignInMethod,
    /// With which program, as it names itself.
    pub user_agent: Option<String>,
    /// When it ends.
    pub expires: DateTime<Utc>,
}

/// A row of `session`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = session, treat_none_as_default_value = false)]
pub(crate) struct SessionRow {
    id: String,
    #[serde(skip)]
    secret_hash: String,
    person_id: String,
    method: String,
    address: Option<String>,
    user_agent: Option<String>,
    created: chrono::NaiveDateTime,
    seen: chrono::NaiveDateTime,
    expires: chrono::NaiveDateTime,
}

impl SessionRow {
    fn session(self) -> Result<Session, RegistryError> {
        Ok(Session {
            id: stored_id(&self.id)?,
            person: stored_id(&self.person_id)?,
            method: stored(&self.method, "a way to sign in")?,
            created: self.created.and_utc(),
            seen: self.seen.and_utc(),
            expires: self.expires.and_utc(),
            address: self.address,
            user_agent: self.user_agent,
        })
    }
}

impl Registry {
    /// Begins a session: somebody has signed in.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the person is gone or suspended; what the database says.
    pub async fn create_session(&self, new: NewSession, trace: &Trace) -> Result<Session, RegistryError> {
        let id: SessionId = self.id_at(trace.at)?;
        let (now, address) = (trace.at, trace.address);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            persons::signs_in(connection, new.person, now)?;
            let row = SessionRow {
                id: id.to_string(),
                secret_hash: new.secret_hash,
                person_id: new.person.to_string(),
                method: new.method.as_str().to_owned(),
                address: address.map(|address| address.to_canonical().to_string()),
                user_agent: new.user_agent,
                created: stored_time(now),
                seen: stored_time(now),
                expires: stored_time(new.expires),
            };
            diesel::insert_into(session::table).values(&row).execute(connection).map_err(missing)?;
            trail.proven(new.person);
            let event = AuditEvent::new(AuditAction::SignIn, AuditTarget::new(AuditTargetKind::Session, id));
            trail.note(event.about(new.person, json!({ "method": new.method })));
            row.session()
        })
        .await
    }

    /// The session that a secret opens, and who has it; nothing where it has ended or the person is suspended.
    ///
    /// # Errors
    /// What the database says.
    pub async fn session_by_secret(
        &self,
        secret_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<(Session, Person)>, RegistryError> {
        let hash = secret_hash.to_owned();
        self.read(move |connection| {
            let found: Option<(SessionRow, PersonRow)> = session::table
                .inner_join(person::table.on(person::id.eq(session::person_id)))
                .filter(session::secret_hash.eq(hash))
                .filter(session::expires.gt(stored_time(now)))
                .filter(person::suspended.is_null())
                .select((SessionRow::as_select(), PersonRow::as_select()))
                .get_result(connection)
                .optional()?;
            found.map(|(session, person)| Ok((session.session()?, person.person()?))).transpose()
        })
        .await
    }

    /// Notes that a session was used and when it now ends. Where it was used less than a minute ago nothing is written,
    /// so that reading a page is not a write.
    ///
    /// # Errors
    /// What the database says.
    pub async fn touch_session(
        &self,
        id: SessionId,
        now: DateTime<Utc>,
        expires: DateTime<Utc>,
    ) -> Result<(), RegistryError> {
        self.transact(Scope::Aside, move |connection| {
            let stale =
                session::table.find(id.to_string()).filter(session::seen.lt(stored_time(now - TimeDelta::minutes(1))));
            diesel::update(stale)
                .set((session::seen.eq(stored_time(now)), session::expires.eq(stored_time(expires))))
                .execute(connection)?;
            Ok(())
        })
        .await
    }

    /// A person's sessions that have not ended, the newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sessions_of(&self, person: PersonId, now: DateTime<Utc>) -> Result<Vec<Session>, RegistryError> {
        self.read(move |connection| {
            let found = session::table
                .filter(session::person_id.eq(person.to_string()))
                .filter(session::expires.gt(stored_time(now)))
                .order(session::id.desc())
                .select(SessionRow::as_select())
                .load(connection)?;
            found.into_iter().map(SessionRow::session).collect()
        })
        .await
    }

    /// Ends the session that a secret opens: its owner signs out. Where there is none, there is nothing to do.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_session(&self, secret_hash: &str, trace: &Trace) -> Result<(), RegistryError> {
        let hash = secret_hash.to_owned();
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let ended: Vec<(String, String)> = diesel::delete(session::table.filter(session::secret_hash.eq(hash)))
                .returning((session::id, session::person_id))
                .get_results(connection)?;
            for (id, person) in ended {
                trail.proven(stored_id(&person)?);
                let target = AuditTarget::new(AuditTargetKind::Session, id);
                trail.note(AuditEvent::new(AuditAction::SignOut, target));
            }
            Ok(())
        })
        .await
    }

    /// Ends one of a person's sessions.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where it is none of theirs; what the database says.
    pub async fn revoke_session(&self, person: PersonId, id: SessionId, trace: &Trace) -> Result<(), RegistryError> {
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let own = session::table.find(id.to_string()).filter(session::person_id.eq(person.to_string()));
            found(diesel::delete(own).execute(connection)?)?;
            let target = AuditTarget::new(AuditTargetKind::Session, id);
            trail.note(AuditEvent::new(AuditAction::AccessRevoke, target));
            Ok(())
        })
        .await
    }
}
