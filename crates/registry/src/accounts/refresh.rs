//! Families of refresh tokens. Each token is used once and replaced by the next; the second use of one means that two
//! have it, of whom one has stolen it, and ends the family. No grace is given: a client that did not get the answer
//! to a refresh signs in again.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, AuditTargetKind, FamilyId, Person, PersonId, SignInMethod, TokenFamily, Trace,
};
use serde_json::json;

use super::{found, missing, persons, stored, stored_id};
use crate::connection::AnyConnection;
use crate::rows::stored_time;
use crate::schema::{person, refresh_token, token_family};
use crate::transaction::Scope;
use crate::{Registry, RegistryError};

/// A family that begins with its first token.
#[derive(Debug, Clone)]
pub struct NewFamily {
    /// Whose.
    pub person: PersonId,
    /// How they signed in.
    pub method: SignInMethod,
    /// With which program, as it names itself.
    pub user_agent: Option<String>,
    /// When the family ends, however often it is refreshed.
    pub expires: DateTime<Utc>,
    /// The SHA-256 of the first token.
    pub secret_hash: String,
    /// When the first token ends.
    pub token_expires: DateTime<Utc>,
}

/// What came of the use of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// It was replaced by the next.
    Rotated {
        /// The family.
        family: TokenFamily,
        /// Whose it is.
        person: Person,
    },
    /// It had been used before; its family is revoked now.
    Reused {
        /// The family.
        family: FamilyId,
        /// Whose it is, to tell them.
        person: PersonId,
    },
    /// It is not known, has ended, or its family has.
    Unknown,
}

/// A row of `token_family`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = token_family, treat_none_as_default_value = false)]
pub(crate) struct TokenFamilyRow {
    id: String,
    person_id: String,
    method: String,
    address: Option<String>,
    user_agent: Option<String>,
    created: chrono::NaiveDateTime,
    seen: chrono::NaiveDateTime,
    expires: chrono::NaiveDateTime,
    revoked: Option<chrono::NaiveDateTime>,
}

/// A row of `refresh_token`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_token, treat_none_as_default_value = false)]
struct RefreshTokenRow {
    secret_hash: String,
    family_id: String,
    created: chrono::NaiveDateTime,
    expires: chrono::NaiveDateTime,
    used: Option<chrono::NaiveDateTime>,
}

impl TokenFamilyRow {
    fn family(self) -> Result<TokenFamily, RegistryError> {
        Ok(TokenFamily {
            id: stored_id(&self.id)?,
            person: stored_id(&self.person_id)?,
            method: stored(&self.method, "a way to sign in")?,
            created: self.created.and_utc(),
            seen: self.seen.and_utc(),
            expires: self.expires.and_utc(),
            revoked: self.revoked.map(|at| at.and_utc()),
            address: self.address,
            user_agent: self.user_agent,
        })
    }
}

impl Registry {
    /// Begins a family: somebody has signed in.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the person is gone or suspended; what the database says.
    pub async fn create_token_family(&self, new: NewFamily, trace: &Trace) -> Result<TokenFamily, RegistryError> {
        let id: FamilyId = self.id_at(trace.at)?;
        let (now, address) = (trace.at, trace.address);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            persons::signs_in(connection, new.person, now)?;
            let row = TokenFamilyRow {
                id: id.to_string(),
                person_id: new.person.to_string(),
                method: new.method.as_str().to_owned(),
                address: address.map(|address| address.to_canonical().to_string()),
                user_agent: new.user_agent,
                created: stored_time(now),
                seen: stored_time(now),
                expires: stored_time(new.expires),
                revoked: None,
            };
            diesel::insert_into(token_family::table).values(&row).execute(connection).map_err(missing)?;
            insert_token(connection, &row.id, new.secret_hash, new.token_expires, now)?;
            trail.proven(new.person);
            let event = AuditEvent::new(AuditAction::SignIn, AuditTarget::new(AuditTargetKind::TokenFamily, id));
            trail.note(event.about(new.person, json!({ "method": new.method })));
            row.family()
        })
        .await
    }

    /// Uses a refresh token and puts the next in its place.
    ///
    /// # Errors
    /// What the database says; that a token is of no use is a [`Rotation`].
    pub async fn rotate_refresh_token(
        &self,
        used_hash: &str,
        next_hash: &str,
        next_expires: DateTime<Utc>,
        trace: &Trace,
    ) -> Result<Rotation, RegistryError> {
        let (used_hash, next_hash, now) = (used_hash.to_owned(), next_hash.to_owned(), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let at = stored_time(now);
            let Some(family) = family_of_token(connection, &used_hash)? else { return Ok(Rotation::Unknown) };
            let fresh = refresh_token::table.find(&used_hash).filter(refresh_token::used.is_null());
            if diesel::update(fresh).set(refresh_token::used.eq(Some(at))).execute(connection)? == 0 {
                let (family, owner) = (stored_id(&family.id)?, stored_id(&family.person_id)?);
                if revoke(connection, family, now)? {
                    let target = AuditTarget::new(AuditTargetKind::TokenFamily, family);
                    trail.note(AuditEvent::new(AuditAction::TokenReuse, target));
                }
                return Ok(Rotation::Reused { family, person: owner });
            }
            let ended: bool =
                refresh_token::table.find(&used_hash).select(refresh_token::expires.le(at)).get_result(connection)?;
            let live = token_family::table
                .find(&family.id)
                .filter(token_family::revoked.is_null())
                .filter(token_family::expires.gt(at));
            let owner = persons::require(connection, stored_id(&family.person_id)?)?.person()?;
            if ended || owner.suspended {
                return Ok(Rotation::Unknown);
            }
            let seen: Vec<TokenFamilyRow> = diesel::update(live)
                .set(token_family::seen.eq(at))
                .returning(token_family::all_columns)
                .get_results(connection)?;
            let Some(family) = seen.into_iter().next() else { return Ok(Rotation::Unknown) };
            // No token outlives its family.
            let expires = next_expires.min(family.expires.and_utc());
            insert_token(connection, &family.id, next_hash, expires, now)?;
            Ok(Rotation::Rotated { family: family.family()?, person: owner })
        })
        .await
    }

    /// Whether a family still stands: what an access token says that came of it is to be believed only then.
    ///
    /// # Errors
    /// What the database says.
    pub async fn token_family_is_live(&self, id: FamilyId, now: DateTime<Utc>) -> Result<bool, RegistryError> {
        self.read(move |connection| {
            let live: i64 = token_family::table
                .inner_join(person::table.on(person::id.eq(token_family::person_id)))
                .filter(token_family::id.eq(id.to_string()))
                .filter(token_family::revoked.is_null())
                .filter(token_family::expires.gt(stored_time(now)))
                .filter(person::suspended.is_null())
                .count()
                .get_result(connection)?;
            Ok(live > 0)
        })
        .await
    }

    /// A person's families that still stand, the newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn token_families_of(
        &self,
        person: PersonId,
        now: DateTime<Utc>,
    ) -> Result<Vec<TokenFamily>, RegistryError> {
        self.read(move |connection| {
            let found = token_family::table
                .filter(token_family::person_id.eq(person.to_string()))
                .filter(token_family::revoked.is_null())
                .filter(token_family::expires.gt(stored_time(now)))
                .order(token_family::id.desc())
                .select(TokenFamilyRow::as_select())
                .load(connection)?;
            found.into_iter().map(TokenFamilyRow::family).collect()
        })
        .await
    }

    /// Revokes one of a person's families.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where it is none of theirs or is revoked; what the database says.
    pub async fn revoke_token_family(
        &self,
        person: PersonId,
        id: FamilyId,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let now = trace.at;
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let own = token_family::table
                .find(id.to_string())
                .filter(token_family::person_id.eq(person.to_string()))
                .filter(token_family::revoked.is_null());
            found(diesel::update(own).set(token_family::revoked.eq(Some(stored_time(now)))).execute(connection)?)?;
            trail.note(AuditEvent::new(AuditAction::AccessRevoke, AuditTarget::new(AuditTargetKind::TokenFamily, id)));
            Ok(())
        })
        .await
    }

    /// Revokes the family of a refresh token, used or not (RFC 7009). Returns which, where the token is known.
    ///
    /// # Errors
    /// What the database says.
    pub async fn revoke_refresh_token(
        &self,
        secret_hash: &str,
        trace: &Trace,
    ) -> Result<Option<FamilyId>, RegistryError> {
        let (hash, now) = (secret_hash.to_owned(), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let Some(row) = family_of_token(connection, &hash)? else { return Ok(None) };
            let family = stored_id(&row.id)?;
            if revoke(connection, family, now)? {
                trail.proven(stored_id(&row.person_id)?);
                let target = AuditTarget::new(AuditTargetKind::TokenFamily, family);
                trail.note(AuditEvent::new(AuditAction::SignOut, target));
            }
            Ok(Some(family))
        })
        .await
    }
}

fn family_of_token(connection: &mut AnyConnection, hash: &str) -> QueryResult<Option<TokenFamilyRow>> {
    token_family::table
        .inner_join(refresh_token::table.on(refresh_token::family_id.eq(token_family::id)))
        .filter(refresh_token::secret_hash.eq(hash))
        .select(TokenFamilyRow::as_select())
        .get_result(connection)
        .optional()
}

/// Revokes a family; whether that was news.
fn revoke(connection: &mut AnyConnection, id: FamilyId, now: DateTime<Utc>) -> QueryResult<bool> {
    let standing = token_family::table.find(id.to_string()).filter(token_family::revoked.is_null());
    let changed = diesel::update(standing).set(token_family::revoked.eq(Some(stored_time(now)))).execute(connection)?;
    Ok(changed > 0)
}

fn insert_token(
    connection: &mut AnyConnection,
    family: &str,
    secret_hash: String,
    expires: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), RegistryError> {
    let row = RefreshTokenRow {
        secret_hash,
        family_id: family.to_owned(),
        created: stored_time(now),
        expires: stored_time(expires),
        used: None,
    };
    diesel::insert_into(refresh_token::table).values(&row).execute(connection).map_err(missing)?;
    Ok(())
}
