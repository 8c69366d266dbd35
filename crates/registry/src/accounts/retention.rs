//! What has outlived its time is deleted, all of it by one method: the times are the caller's.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, AuditTargetKind, MailState, ReviewDecision, ReviewKind, Trace,
};
use serde::Serialize;
use serde_json::json;

use super::{audit as log, keys, personal, stored_id, throttle as delays};
use crate::connection::AnyConnection;
use crate::rows::stored_time;
use crate::schema::{
    ceremony, idempotency, invitation, known_address, mail, membership, one_time_code, person, report, review,
    revoked_token, session, throttle, token_family,
};
use crate::transaction::Scope;
use crate::{Registry, RegistryError, webhooks};

/// Accounts that are erased in one transaction.
const ACCOUNTS_AT_ONCE: i64 = 100;

/// Up to when what is kept. What has an end of its own (sessions, codes, invitations, tokens, retired keys) goes when
/// that is past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Now.
    pub now: DateTime<Utc>,
    /// Whole addresses in the audit log older than this leave only their network.
    pub audit_addresses: DateTime<Utc>,
    /// Mails sent or parked before this are deleted.
    pub mail: DateTime<Utc>,
    /// Accounts made before this whose address was never confirmed are erased, unless they belong to an organisation.
    pub unconfirmed_accounts: DateTime<Utc>,
    /// Token families that ended or were revoked before this are deleted with their tokens. Not at once: a token that
    /// is used again should still be known.
    pub token_families: DateTime<Utc>,
    /// Addresses from which a person last signed in before this are forgotten.
    pub known_addresses: DateTime<Utc>,
    /// Reviews and reports decided before this are deleted, but for the approvals of first listings.
    pub decided_cases: DateTime<Utc>,
    /// What happened before this is deleted from the queues and logs of webhooks, unless it still waits.
    pub webhook_events: DateTime<Utc>,
}

/// How much was deleted or shortened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each is the number of what it names")]
pub struct Swept {
    pub sessions: usize,
    pub codes: usize,
    pub invitations: usize,
    pub ceremonies: usize,
    pub token_families: usize,
    pub revoked_tokens: usize,
    pub throttles: usize,
    pub kept_answers: usize,
    pub known_addresses: usize,
    pub mails: usize,
    pub reviews: usize,
    pub reports: usize,
    pub webhook_events: usize,
    pub keys: usize,
    pub audit_addresses: usize,
    pub accounts: usize,
}

impl Registry {
    /// Deletes what has outlived its time. Where there was anything, the audit log tells how much.
    ///
    /// # Errors
    /// What the database says.
    pub async fn apply_retention(&self, times: &Retention, trace: &Trace) -> Result<Swept, RegistryError> {
        let times = *times;
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let mut swept = sweep(connection, &times)?;
            swept.accounts = erase_unconfirmed(connection, times.unconfirmed_accounts, trail)?;
            if swept != Swept::default() {
                let target = AuditTarget::unknown(AuditTargetKind::Service);
                trail.note(AuditEvent::new(AuditAction::RetentionApply, target).with(json!(swept)));
            }
            Ok(swept)
        })
        .await
    }
}

fn sweep(connection: &mut AnyConnection, times: &Retention) -> Result<Swept, RegistryError> {
    let now = stored_time(times.now);
    let (families, known) = (stored_time(times.token_families), stored_time(times.known_addresses));
    let (mails, cases) = (stored_time(times.mail), stored_time(times.decided_cases));
    Ok(Swept {
        sessions: diesel::delete(session::table.filter(session::expires.le(now))).execute(connection)?,
        codes: diesel::delete(one_time_code::table.filter(one_time_code::expires.le(now))).execute(connection)?,
        invitations: diesel::delete(invitation::table.filter(invitation::expires.le(now))).execute(connection)?,
        ceremonies: diesel::delete(ceremony::table.filter(ceremony::expires.le(now))).execute(connection)?,
        token_families: diesel::delete(
            token_family::table.filter(token_family::expires.le(families).or(token_family::revoked.le(families))),
        )
        .execute(connection)?,
        revoked_tokens: diesel::delete(revoked_token::table.filter(revoked_token::expires.le(now)))
            .execute(connection)?,
        throttles: diesel::delete(throttle::table.filter(throttle::last.le(now - delays::MEMORY)))
            .execute(connection)?,
        kept_answers: diesel::delete(idempotency::table.filter(idempotency::expires.le(now))).execute(connection)?,
        known_addresses: diesel::delete(known_address::table.filter(known_address::seen.le(known)))
            .execute(connection)?,
        mails: diesel::delete(
            mail::table.filter(
                mail::sent.le(mails).or(mail::state.eq(MailState::Parked.as_str()).and(mail::created.le(mails))),
            ),
        )
        .execute(connection)?,
        // That a listing was approved is what lets an organisation's further ones pass.
        reviews: diesel::delete(
            review::table.filter(review::decided.le(cases)).filter(
                review::kind
                    .ne(ReviewKind::FirstListing.as_str())
                    .or(review::decision.ne(ReviewDecision::Approved.as_str())),
            ),
        )
        .execute(connection)?,
        reports: diesel::delete(report::table.filter(report::decided.le(cases))).execute(connection)?,
        webhook_events: webhooks::prune(connection, stored_time(times.webhook_events))?,
        keys: keys::prune(connection, times.now)?,
        audit_addresses: log::truncate_addresses(connection, times.audit_addresses)?,
        accounts: 0,
    })
}

fn erase_unconfirmed(
    connection: &mut AnyConnection,
    before: DateTime<Utc>,
    trail: &mut super::Trail,
) -> Result<usize, RegistryError> {
    let ids: Vec<String> = person::table
        .filter(person::email_confirmed.is_null())
        .filter(person::created.lt(stored_time(before)))
        .filter(person::id.ne_all(membership::table.select(membership::person_id)))
        .order(person::id)
        .limit(ACCOUNTS_AT_ONCE)
        .select(person::id)
        .load(connection)?;
    for id in &ids {
        let id = stored_id(id)?;
        personal::erase(connection, id)?;
        trail.note(AuditEvent::new(AuditAction::PersonErase, AuditTarget::person(id)));
    }
    Ok(ids.len())
}
