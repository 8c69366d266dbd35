//! What ends access: all sessions and token families of a person at once, and single access tokens.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{AuditAction, AuditEvent, AuditTarget, AuditTargetKind, PersonId, SessionId, Trace};

use crate::connection::AnyConnection;
use crate::rows::stored_time;
use crate::schema::{revoked_token, session, token_family};
use crate::transaction::Scope;
use crate::{Registry, RegistryError, upserts};

impl Registry {
    /// Ends all sessions and token families of a person but the session `keep`. Returns how many it ended.
    ///
    /// # Errors
    /// What the database says.
    pub async fn revoke_access(
        &self,
        person: PersonId,
        keep: Option<SessionId>,
        trace: &Trace,
    ) -> Result<usize, RegistryError> {
        let now = trace.at;
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let ended = end_access(connection, person, keep, now)?;
            trail.note(AuditEvent::new(AuditAction::AccessRevoke, AuditTarget::person(person)));
            Ok(ended)
        })
        .await
    }

    /// Revokes an access token (RFC 7009); `expires` is its end, after which it needs no mention.
    ///
    /// # Errors
    /// What the database says.
    pub async fn revoke_access_token(
        &self,
        jti: &str,
        expires: DateTime<Utc>,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let jti = jti.to_owned();
        self.audited(Scope::Aside, trace, move |connection, trail| {
            if upserts::insert_revoked_token(connection, &jti, stored_time(expires))? > 0 {
                let target = AuditTarget::new(AuditTargetKind::Token, jti);
                trail.note(AuditEvent::new(AuditAction::AccessRevoke, target));
            }
            Ok(())
        })
        .await
    }

    /// The access tokens that are revoked and have not ended: few, so that a process may hold them all.
    ///
    /// # Errors
    /// What the database says.
    pub async fn revoked_access_tokens(&self, now: DateTime<Utc>) -> Result<Vec<String>, RegistryError> {
        self.read(move |connection| {
            Ok(revoked_token::table
                .filter(revoked_token::expires.gt(stored_time(now)))
                .order(revoked_token::jti)
                .select(revoked_token::jti)
                .load(connection)?)
        })
        .await
    }
}

/// Ends all sessions and families of a person but the session `keep`.
pub(super) fn end_access(
    connection: &mut AnyConnection,
    person: PersonId,
    keep: Option<SessionId>,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    let person = person.to_string();
    // No identifier is empty, so that an absent one keeps nothing.
    let keep = keep.map(|id| id.to_string()).unwrap_or_default();
    let sessions = diesel::delete(session::table.filter(session::person_id.eq(&person)).filter(session::id.ne(keep)))
        .execute(connection)?;
    let families = diesel::update(
        token_family::table.filter(token_family::person_id.eq(&person)).filter(token_family::revoked.is_null()),
    )
    .set(token_family::revoked.eq(Some(stored_time(now))))
    .execute(connection)?;
    Ok(sessions + families)
}
