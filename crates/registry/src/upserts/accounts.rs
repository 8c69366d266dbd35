//! The statements of this kind that accounts need.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::{ROWS_AT_ONCE, on_either};
use crate::accounts::rows::{
    AuditAddressRow, AuditDetailRow, AuditRow, IdentityRow, InvitationRow, KnownAddressRow, MembershipRow, PasskeyRow,
    PersonRow, ReviewRow, SigningKeyRow, StandingRow,
};
use crate::connection::AnyConnection;
use crate::schema::{
    audit, audit_address, audit_detail, identity, invitation, known_address, listing_suspension, membership, passkey,
    person, review, revoked_token, signing_key, standing, throttle,
};

/// A function that inserts a row unless one is there that it would collide with; returns how many were inserted, 0 or
/// 1. Asking first would let two through that ask at once.
macro_rules! insert_unless_there {
    ($(#[$doc:meta])* $name:ident, $table:ident, $row:ty) => {
        $(#[$doc])*
        pub(crate) fn $name(connection: &mut AnyConnection, row: &$row) -> QueryResult<usize> {
            on_either!(connection, inner => diesel::insert_into($table::table)
                .values(row)
                .on_conflict_do_nothing()
                .execute(inner))
        }
    };
}

insert_unless_there! {
    /// Inserts a person, unless the address has an account.
    insert_person, person, PersonRow
}
insert_unless_there! {
    /// Inserts a membership, unless the person is a member.
    insert_membership, membership, MembershipRow
}
insert_unless_there! {
    /// Inserts a passkey, unless it is known.
    insert_passkey, passkey, PasskeyRow
}
insert_unless_there! {
    /// Inserts an account at a provider, unless it is linked.
    insert_identity, identity, IdentityRow
}
insert_unless_there! {
    /// Inserts a review, unless the same one waits.
    insert_review, review, ReviewRow
}
insert_unless_there! {
    /// Inserts a signing key, unless there is a key in its state.
    insert_signing_key, signing_key, SigningKeyRow
}

/// Inserts an access token that is revoked, unless it is there; returns how many were inserted.
pub(crate) fn insert_revoked_token(
    connection: &mut AnyConnection,
    jti: &str,
    expires: NaiveDateTime,
) -> QueryResult<usize> {
    on_either!(connection, inner => diesel::insert_into(revoked_token::table)
        .values((revoked_token::jti.eq(jti), revoked_token::expires.eq(expires)))
        .on_conflict_do_nothing()
        .execute(inner))
}

/// Inserts lines of the audit log, which must be new.
pub(crate) fn insert_audit(connection: &mut AnyConnection, rows: &[AuditRow]) -> QueryResult<()> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        on_either!(connection, inner => diesel::insert_into(audit::table).values(rows).execute(inner)?);
    }
    Ok(())
}

/// Inserts details of the audit log, which must be new.
pub(crate) fn insert_audit_details(connection: &mut AnyConnection, rows: &[AuditDetailRow]) -> QueryResult<()> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        on_either!(connection, inner => diesel::insert_into(audit_detail::table).values(rows).execute(inner)?);
    }
    Ok(())
}

/// Inserts addresses of the audit log, which must be new.
pub(crate) fn insert_audit_addresses(connection: &mut AnyConnection, rows: &[AuditAddressRow]) -> QueryResult<()> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        on_either!(connection, inner => diesel::insert_into(audit_address::table).values(rows).execute(inner)?);
    }
    Ok(())
}

/// Makes the row of a throttled name, or locks the one that is there; returns its failures and the time of the last.
pub(crate) fn lock_throttle(
    connection: &mut AnyConnection,
    name: &str,
    at: NaiveDateTime,
) -> QueryResult<(i64, NaiveDateTime)> {
    on_either!(connection, inner => diesel::insert_into(throttle::table)
        .values((throttle::name.eq(name), throttle::failures.eq(0), throttle::last.eq(at)))
        .on_conflict(throttle::name)
        .do_update()
        .set(throttle::name.eq(excluded(throttle::name)))
        .returning((throttle::failures, throttle::last))
        .get_result(inner))
}

/// Counts one more failure of a name, from the beginning where the last one lies before `since`; returns how many
/// there are.
pub(crate) fn count_failure(
    connection: &mut AnyConnection,
    name: &str,
    at: NaiveDateTime,
    since: NaiveDateTime,
) -> QueryResult<i64> {
    on_either!(connection, inner => diesel::insert_into(throttle::table)
        .values((throttle::name.eq(name), throttle::failures.eq(1), throttle::last.eq(at)))
        .on_conflict(throttle::name)
        .do_update()
        .set((
            throttle::failures.eq(
                diesel::dsl::case_when(throttle::last.gt(since), throttle::failures + 1).otherwise(1),
            ),
            throttle::last.eq(excluded(throttle::last)),
        ))
        .returning(throttle::failures)
        .get_result(inner))
}

/// Inserts an address of a person, or notes that it was seen again.
pub(crate) fn put_known_address(connection: &mut AnyConnection, row: &KnownAddressRow) -> QueryResult<()> {
    on_either!(connection, inner => diesel::insert_into(known_address::table)
        .values(row)
        .on_conflict((known_address::person_id, known_address::address_hash))
        .do_update()
        .set(known_address::seen.eq(excluded(known_address::seen)))
        .execute(inner)?);
    Ok(())
}

/// Inserts an invitation, or puts it in the place of the one that the same address has to the same organisation.
pub(crate) fn put_invitation(connection: &mut AnyConnection, row: &InvitationRow) -> QueryResult<()> {
    on_either!(connection, inner => diesel::insert_into(invitation::table)
        .values(row)
        .on_conflict((invitation::organisation_id, invitation::email_key))
        .do_update()
        .set((
            invitation::id.eq(excluded(invitation::id)),
            invitation::email.eq(excluded(invitation::email)),
            invitation::role.eq(excluded(invitation::role)),
            invitation::inviter_person_id.eq(excluded(invitation::inviter_person_id)),
            invitation::secret_hash.eq(excluded(invitation::secret_hash)),
            invitation::created.eq(excluded(invitation::created)),
            invitation::expires.eq(excluded(invitation::expires)),
        ))
        .execute(inner)?);
    Ok(())
}

/// Verifies an organisation and leaves its suspension as it is.
pub(crate) fn put_verification(connection: &mut AnyConnection, row: &StandingRow) -> QueryResult<()> {
    on_either!(connection, inner => diesel::insert_into(standing::table)
        .values(row)
        .on_conflict(standing::organisation_id)
        .do_update()
        .set((
            standing::verified.eq(excluded(standing::verified)),
            standing::verified_by.eq(excluded(standing::verified_by)),
            standing::verified_domain.eq(excluded(standing::verified_domain)),
        ))
        .execute(inner)?);
    Ok(())
}

/// Suspends an organisation and leaves its verification as it is.
pub(crate) fn put_suspension(
    connection: &mut AnyConnection,
    organisation: &str,
    at: NaiveDateTime,
    reason: &str,
) -> QueryResult<()> {
    on_either!(connection, inner => diesel::insert_into(standing::table)
        .values((
            standing::organisation_id.eq(organisation),
            standing::suspended.eq(Some(at)),
            standing::suspended_reason.eq(Some(reason)),
        ))
        .on_conflict(standing::organisation_id)
        .do_update()
        .set((
            standing::suspended.eq(excluded(standing::suspended)),
            standing::suspended_reason.eq(excluded(standing::suspended_reason)),
        ))
        .execute(inner)?);
    Ok(())
}

/// Suspends a listing, or gives its suspension another reason.
pub(crate) fn put_listing_suspension(
    connection: &mut AnyConnection,
    record: &str,
    at: NaiveDateTime,
    reason: &str,
) -> QueryResult<()> {
    on_either!(connection, inner => diesel::insert_into(listing_suspension::table)
        .values((
            listing_suspension::record_id.eq(record),
            listing_suspension::reason.eq(reason),
            listing_suspension::since.eq(at),
        ))
        .on_conflict(listing_suspension::record_id)
        .do_update()
        .set((
            listing_suspension::reason.eq(excluded(listing_suspension::reason)),
            listing_suspension::since.eq(excluded(listing_suspension::since)),
        ))
        .execute(inner)?);
    Ok(())
}
