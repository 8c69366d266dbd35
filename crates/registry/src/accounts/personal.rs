//! Everything held about a person: given to them, or erased.
//!
//! Each member of [`PersonalData`] is a table by its name; a test walks the schema for columns that name people and
//! fails where a table has no member here. Secrets are not among it, nor is what tells of somebody else. All times
//! are in UTC.

use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditActorKind, AuditEvent, AuditTarget, AuditTargetKind, OrganisationId, PersonId, Trace,
};
use serde::Serialize;
use serde_json::Value;

use super::ceremonies::CeremonyRow;
use super::chain::AuditRow;
use super::clients::ApiClientRow;
use super::codes::OneTimeCodeRow;
use super::identities::IdentityRow;
use super::invitations::InvitationRow;
use super::mail::MailRow;
use super::memberships::{self, MembershipRow};
use super::passkeys::PasskeyRow;
use super::persons::{self, PersonRow};
use super::refresh::TokenFamilyRow;
use super::reports::ReportRow;
use super::reviews::ReviewRow;
use super::sessions::SessionRow;
use super::throttle::KnownAddressRow;
use crate::connection::AnyConnection;
use crate::idempotency::IdempotencyRow;
use crate::rows::FeedbackRow;
use crate::schema::{
    api_client, audit, audit_address, audit_detail, ceremony, feedback, idempotency, identity, invitation,
    known_address, mail, membership, one_time_code, passkey, person, report, review, seen, session, token_family,
};
use crate::seen::SeenRow;
use crate::transaction::Scope;
use crate::{Registry, RegistryError};

/// Everything held about a person, by table. To be written as JSON.
#[derive(Serialize)]
pub struct PersonalData {
    person: PersonRow,
    has_password: bool,
    membership: Vec<MembershipRow>,
    /// Sent to them, or by them; of the latter without the address.
    invitation: Vec<InvitationRow>,
    one_time_code: Vec<OneTimeCodeRow>,
    session: Vec<SessionRow>,
    token_family: Vec<TokenFamilyRow>,
    passkey: Vec<PasskeyRow>,
    identity: Vec<IdentityRow>,
    ceremony: Vec<CeremonyRow>,
    known_address: Vec<KnownAddressRow>,
    api_client: Vec<ApiClientRow>,
    review: Vec<ReviewRow>,
    report: Vec<ReportRow>,
    mail: Vec<MailRow>,
    feedback: Vec<FeedbackRow>,
    idempotency: Vec<IdempotencyRow>,
    seen: Vec<SeenRow>,
    /// What they did, and what was done to them.
    audit: Vec<AuditRow>,
    audit_detail: Vec<Told>,
    audit_address: Vec<From>,
}

/// What the audit log tells of a person.
#[derive(Serialize)]
struct Told {
    seq: i64,
    details: Value,
}

/// From where they did something.
#[derive(Serialize)]
struct From {
    seq: i64,
    address: String,
}

/// What came of an erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The organisations that have no owner now.
    pub without_owner: Vec<OrganisationId>,
}

impl std::fmt::Debug for PersonalData {
    /// Personal data stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonalData(***)")
    }
}

/// The rows of a table on which a condition holds, in the order of a column.
macro_rules! rows_of {
    ($connection:expr, $table:ident, $row:ty, $order:expr, $condition:expr) => {
        $table::table.filter($condition).order($order).select(<$row>::as_select()).load($connection)?
    };
}

impl Registry {
    /// Everything held about a person; nothing where there is no such person.
    ///
    /// # Errors
    /// What the database says.
    pub async fn personal_data(&self, id: PersonId) -> Result<Option<PersonalData>, RegistryError> {
        self.read(move |connection| persons::find(connection, id)?.map(|row| gather(connection, row)).transpose()).await
    }

    /// Erases a person: their account, everything of theirs, what the audit log tells of them, and the addresses from
    /// which they did things. Their identifier stays in the log and names nobody. What their organisations published
    /// stays the organisations'.
    ///
    /// A last owner may go too, for that is their right; who wants to keep an organisation from that asks
    /// [`Registry::sole_ownerships`] before.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; what the database says.
    pub async fn erase_person(&self, id: PersonId, trace: &Trace) -> Result<Erased, RegistryError> {
        let own = trace.actor == innocap_domain::AuditActor::Person(id);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let without_owner = erase(connection, id)?;
            if own {
                // The line that tells of the erasure would else hold the one address that is left.
                trail.forget_address();
            }
            trail.note(AuditEvent::new(AuditAction::PersonErase, AuditTarget::person(id)));
            Ok(Erased { without_owner })
        })
        .await
    }
}

fn gather(connection: &mut AnyConnection, row: PersonRow) -> Result<PersonalData, RegistryError> {
    let id = row.id.clone();
    let key = row.email_key.clone();
    let mine = Some(id.clone());
    let received = rows_of!(connection, invitation, InvitationRow, invitation::id, invitation::email_key.eq(&key));
    let sent: Vec<InvitationRow> = rows_of!(
        connection,
        invitation,
        InvitationRow,
        invitation::id,
        invitation::inviter_person_id.eq(&mine).and(invitation::email_key.ne(&key))
    );
    let invitation = received.into_iter().chain(sent.into_iter().map(InvitationRow::without_address)).collect();
    let told: Vec<(i64, String)> = audit_detail::table
        .filter(audit_detail::person_id.eq(&mine))
        .order(audit_detail::seq)
        .select((audit_detail::seq, audit_detail::details))
        .load(connection)?;
    let from: Vec<(i64, Option<String>, String)> = audit_address::table
        .inner_join(audit::table.on(audit::seq.eq(audit_address::seq)))
        .filter(audit::actor_id.eq(&mine))
        .order(audit_address::seq)
        .select((audit_address::seq, audit_address::address, audit_address::network))
        .load(connection)?;
    let reviews: Vec<ReviewRow> = rows_of!(
        connection,
        review,
        ReviewRow,
        review::id,
        review::requester_person_id.eq(&mine).or(review::decider_person_id.eq(&mine))
    );
    let reports: Vec<ReportRow> = rows_of!(
        connection,
        report,
        ReportRow,
        report::id,
        report::reporter_person_id.eq(&mine).or(report::decider_person_id.eq(&mine))
    );
    let lines: Vec<AuditRow> =
        rows_of!(connection, audit, AuditRow, audit::seq, audit::actor_id.eq(&mine).or(audit::target_id.eq(&mine)));
    Ok(PersonalData {
        has_password: persons::has_password(&row),
        membership: rows_of!(
            connection,
            membership,
            MembershipRow,
            membership::organisation_id,
            membership::person_id.eq(&id)
        ),
        invitation,
        one_time_code: rows_of!(
            connection,
            one_time_code,
            OneTimeCodeRow,
            one_time_code::created,
            one_time_code::person_id.eq(&id)
        ),
        session: rows_of!(connection, session, SessionRow, session::id, session::person_id.eq(&id)),
        token_family: rows_of!(
            connection,
            token_family,
            TokenFamilyRow,
            token_family::id,
            token_family::person_id.eq(&id)
        ),
        passkey: rows_of!(connection, passkey, PasskeyRow, passkey::created, passkey::person_id.eq(&id)),
        identity: rows_of!(connection, identity, IdentityRow, identity::created, identity::person_id.eq(&id)),
        ceremony: rows_of!(connection, ceremony, CeremonyRow, ceremony::created, ceremony::person_id.eq(&mine)),
        known_address: rows_of!(
            connection,
            known_address,
            KnownAddressRow,
            known_address::seen,
            known_address::person_id.eq(&id)
        ),
        api_client: rows_of!(
            connection,
            api_client,
            ApiClientRow,
            api_client::id,
            api_client::creator_person_id.eq(&mine)
        ),
        review: reviews.into_iter().map(|row| row.seen_by(&id)).collect(),
        report: reports.into_iter().map(|row| row.seen_by(&id)).collect(),
        mail: rows_of!(
            connection,
            mail,
            MailRow,
            mail::id,
            mail::person_id.eq(&mine).or(mail::recipient_email_key.eq(&key))
        ),
        feedback: rows_of!(connection, feedback, FeedbackRow, feedback::id, feedback::subject.eq(&id)),
        idempotency: rows_of!(
            connection,
            idempotency,
            IdempotencyRow,
            idempotency::id,
            idempotency::person_id.eq(&mine)
        ),
        seen: rows_of!(connection, seen, SeenRow, seen::record_id, seen::person_id.eq(&id)),
        audit: lines.into_iter().map(|row| row.seen_by(&id)).collect(),
        audit_detail: told
            .into_iter()
            .map(|(seq, text)| Told { seq, details: serde_json::from_str(&text).unwrap_or(Value::Null) })
            .collect(),
        audit_address: from
            .into_iter()
            .map(|(seq, address, network)| From { seq, address: address.unwrap_or(network) })
            .collect(),
        person: row,
    })
}

/// Erases a person in a transaction that goes on; returns the organisations that have no owner now.
pub(super) fn erase(connection: &mut AnyConnection, id: PersonId) -> Result<Vec<OrganisationId>, RegistryError> {
    let row = persons::require(connection, id)?;
    let without_owner = memberships::owned_alone(connection, id)?;
    let text = id.to_string();
    // What they did, and what somebody unknown did to their account, which mostly were they.
    let theirs = audit::table
        .filter(
            audit::actor_id.eq(&text).or(audit::actor_kind
                .eq(AuditActorKind::Anonymous.as_str())
                .and(audit::target_kind.eq(AuditTargetKind::Person.as_str()))
                .and(audit::target_id.eq(&text))),
        )
        .select(audit::seq);
    diesel::delete(audit_address::table.filter(audit_address::seq.eq_any(theirs))).execute(connection)?;
    diesel::delete(feedback::table.filter(feedback::subject.eq(&text))).execute(connection)?;
    diesel::delete(mail::table.filter(mail::recipient_email_key.eq(&row.email_key))).execute(connection)?;
    diesel::delete(invitation::table.filter(invitation::email_key.eq(&row.email_key))).execute(connection)?;
    // Everything else goes with the person, or forgets them: see the foreign keys.
    diesel::delete(person::table.find(&text)).execute(connection)?;
    Ok(without_owner)
}
