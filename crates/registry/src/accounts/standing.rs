//! How organisations stand with the service, and which listings are suspended. What is suspended stays as it is and is
//! out of sight; the change feed tells of it, so that followers look again.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, AuditTargetKind, Content, EventData, EventRecord, Id, OrganisationId,
    RecordKind, Standing, Suspension, Trace, Verification, VerifiedBy, WebhookEventKind,
};
use serde_json::json;
use uuid::Uuid;

use super::mail::{self, NewMail};
use super::{Trail, found, memberships, stored, stored_id, stored_optional_id};
use crate::changes::{self, NewChange};
use crate::connection::AnyConnection;
use crate::records::IDS_AT_ONCE;
use crate::registry::Inner;
use crate::rows::{RecordRow, stored_time, stored_uuid};
use crate::schema::{listing_suspension, record, standing};
use crate::transaction::Scope;
use crate::webhooks::{self, NewEvent};
use crate::{Registry, RegistryError, upserts};

const OPERATOR: &str = "operator";
const EMAIL_DOMAIN: &str = "email-domain";

/// A row of `standing`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = standing, treat_none_as_default_value = false)]
pub(crate) struct StandingRow {
    organisation_id: String,
    verified: Option<chrono::NaiveDateTime>,
    verified_by: Option<String>,
    verified_domain: Option<String>,
    suspended: Option<chrono::NaiveDateTime>,
    suspended_reason: Option<String>,
}

impl StandingRow {
    fn standing(self) -> Result<Standing, RegistryError> {
        let verified = match (self.verified, self.verified_by.as_deref(), self.verified_domain) {
            (None, ..) => None,
            (Some(at), Some(OPERATOR), _) => Some(Verification { by: VerifiedBy::Operator, at: at.and_utc() }),
            (Some(at), Some(EMAIL_DOMAIN), Some(domain)) => {
                Some(Verification { by: VerifiedBy::EmailDomain(domain), at: at.and_utc() })
            }
            _ => return Err(RegistryError::Corrupt("how an organisation was verified cannot be read".to_owned())),
        };
        let reason = self.suspended_reason.unwrap_or_default();
        Ok(Standing { verified, suspended: self.suspended.map(|at| Suspension { reason, at: at.and_utc() }) })
    }
}

impl Registry {
    /// How an organisation stands; where nothing is known, neither verified nor suspended.
    ///
    /// # Errors
    /// What the database says.
    pub async fn standing(&self, organisation: OrganisationId) -> Result<Standing, RegistryError> {
        Ok(self.standings(&[organisation]).await?.remove(&organisation).unwrap_or_default())
    }

    /// How organisations stand; those of which nothing is known are left out.
    ///
    /// # Errors
    /// What the database says.
    pub async fn standings(
        &self,
        organisations: &[OrganisationId],
    ) -> Result<HashMap<OrganisationId, Standing>, RegistryError> {
        let ids: Vec<_> = organisations.iter().map(ToString::to_string).collect();
        self.read(move |connection| {
            let mut standings = HashMap::new();
            for ids in ids.chunks(IDS_AT_ONCE) {
                let rows = standing::table
                    .filter(standing::organisation_id.eq_any(ids))
                    .select(StandingRow::as_select())
                    .load(connection)?;
                for row in rows {
                    standings.insert(stored_id(&row.organisation_id)?, row.standing()?);
                }
            }
            Ok(standings)
        })
        .await
    }

    /// Verifies an organisation.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; what the database says.
    pub async fn verify_organisation(
        &self,
        organisation: OrganisationId,
        by: VerifiedBy,
        mails: Vec<NewMail>,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let (inner, now) = (std::sync::Arc::clone(&self.inner), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            verify(connection, &inner, organisation, &by, now, trail)?;
            mail::queue(connection, &inner, mails, now)?;
            Ok(())
        })
        .await
    }

    /// Verifies organisations that an operator has entered, in one transaction.
    ///
    /// # Errors
    /// As [`Registry::verify_organisation`].
    pub async fn verify_organisations(&self, ids: Vec<OrganisationId>, trace: &Trace) -> Result<(), RegistryError> {
        let (inner, now) = (std::sync::Arc::clone(&self.inner), trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            ids.into_iter().try_for_each(|id| verify(connection, &inner, id, &VerifiedBy::Operator, now, trail))
        })
        .await
    }

    /// Takes an organisation's verification back.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where it was not verified; what the database says.
    pub async fn unverify_organisation(
        &self,
        organisation: OrganisationId,
        reason: &str,
        mails: Vec<NewMail>,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let (inner, now, reason) = (std::sync::Arc::clone(&self.inner), trace.at, reason.to_owned());
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let verified = standing::table.find(organisation.to_string()).filter(standing::verified.is_not_null());
            let nothing = (
                standing::verified.eq(None::<chrono::NaiveDateTime>),
                standing::verified_by.eq(None::<String>),
                standing::verified_domain.eq(None::<String>),
            );
            found(diesel::update(verified).set(nothing).execute(connection)?)?;
            mail::queue(connection, &inner, mails, now)?;
            let event = AuditEvent::new(AuditAction::OrganisationUnverify, AuditTarget::organisation(organisation));
            trail.note(event.concerning(organisation).with(json!({ "reason": reason })));
            Ok(())
        })
        .await
    }

    /// Suspends an organisation with all its listings, and queues the notice to its owners.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; what the database says.
    pub async fn suspend_organisation(
        &self,
        organisation: OrganisationId,
        reason: &str,
        mails: Vec<NewMail>,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let (inner, now, reason) = (std::sync::Arc::clone(&self.inner), trace.at, reason.to_owned());
        self.audited(Scope::Records, trace, move |connection, trail| {
            memberships::require_organisation(connection, organisation)?;
            upserts::put_suspension(connection, &organisation.to_string(), stored_time(now), &reason)?;
            tell_followers(connection, organisation, now)?;
            mail::queue(connection, &inner, mails, now)?;
            let event = AuditEvent::new(AuditAction::OrganisationSuspend, AuditTarget::organisation(organisation));
            trail.note(event.concerning(organisation).with(json!({ "reason": reason })));
            Ok(())
        })
        .await
    }

    /// Ends an organisation's suspension, and queues the notice to its owners.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where it was not suspended; what the database says.
    pub async fn restore_organisation(
        &self,
        organisation: OrganisationId,
        reason: &str,
        mails: Vec<NewMail>,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let (inner, now, reason) = (std::sync::Arc::clone(&self.inner), trace.at, reason.to_owned());
        self.audited(Scope::Records, trace, move |connection, trail| {
            let suspended = standing::table.find(organisation.to_string()).filter(standing::suspended.is_not_null());
            let nothing =
                (standing::suspended.eq(None::<chrono::NaiveDateTime>), standing::suspended_reason.eq(None::<String>));
            found(diesel::update(suspended).set(nothing).execute(connection)?)?;
            tell_followers(connection, organisation, now)?;
            mail::queue(connection, &inner, mails, now)?;
            let event = AuditEvent::new(AuditAction::OrganisationRestore, AuditTarget::organisation(organisation));
            trail.note(event.concerning(organisation).with(json!({ "reason": reason })));
            Ok(())
        })
        .await
    }

    /// Suspends a challenge or a solution, and queues the notice to its owners.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; what the database says.
    pub async fn suspend_listing<C: Content>(
        &self,
        id: Id<C>,
        reason: &str,
        mails: Vec<NewMail>,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let (inner, now, reason) = (std::sync::Arc::clone(&self.inner), trace.at, reason.to_owned());
        self.audited(Scope::Records, trace, move |connection, trail| {
            let organisation = listing_changed::<C>(connection, id, now)?;
            upserts::put_listing_suspension(connection, &id.to_string(), stored_time(now), &reason)?;
            mail::queue(connection, &inner, mails, now)?;
            let event = AuditEvent::new(AuditAction::ListingSuspend, listing_target(id));
            trail.note(event.concerning(organisation).with(json!({ "reason": reason })));
            Ok(())
        })
        .await
    }

    /// Ends a listing's suspension, and queues the notice to its owners.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where it was not suspended; what the database says.
    pub async fn restore_listing<C: Content>(
        &self,
        id: Id<C>,
        reason: &str,
        mails: Vec<NewMail>,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let (inner, now, reason) = (std::sync::Arc::clone(&self.inner), trace.at, reason.to_owned());
        self.audited(Scope::Records, trace, move |connection, trail| {
            let organisation = listing_changed::<C>(connection, id, now)?;
            found(diesel::delete(listing_suspension::table.find(id.to_string())).execute(connection)?)?;
            mail::queue(connection, &inner, mails, now)?;
            let event = AuditEvent::new(AuditAction::ListingRestore, listing_target(id));
            trail.note(event.concerning(organisation).with(json!({ "reason": reason })));
            Ok(())
        })
        .await
    }

    /// Which of these records are out of sight and why: suspended themselves, or by their organisation.
    ///
    /// # Errors
    /// What the database says.
    pub async fn suspensions(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Suspension>, RegistryError> {
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        self.read(move |connection| {
            let mut suspensions = HashMap::new();
            for ids in ids.chunks(IDS_AT_ONCE) {
                let by_organisation: Vec<(String, Option<chrono::NaiveDateTime>, Option<String>)> = record::table
                    .inner_join(
                        standing::table.on(record::organisation_id
                            .eq(standing::organisation_id.nullable())
                            .or(record::id.eq(standing::organisation_id))),
                    )
                    .filter(record::id.eq_any(ids))
                    .filter(standing::suspended.is_not_null())
                    .select((record::id, standing::suspended, standing::suspended_reason))
                    .load(connection)?;
                for (id, at, reason) in by_organisation {
                    let at = at.unwrap_or_default().and_utc();
                    suspensions.insert(stored_uuid(&id)?, Suspension { reason: reason.unwrap_or_default(), at });
                }
                let own: Vec<(String, String, chrono::NaiveDateTime)> = listing_suspension::table
                    .filter(listing_suspension::record_id.eq_any(ids))
                    .select((listing_suspension::record_id, listing_suspension::reason, listing_suspension::since))
                    .load(connection)?;
                // Its own reason says more than that of its organisation.
                for (id, reason, since) in own {
                    suspensions.insert(stored_uuid(&id)?, Suspension { reason, at: since.and_utc() });
                }
            }
            Ok(suspensions)
        })
        .await
    }
}

/// Verifies an organisation in a transaction that goes on.
pub(super) fn verify(
    connection: &mut AnyConnection,
    inner: &Inner,
    organisation: OrganisationId,
    by: &VerifiedBy,
    now: DateTime<Utc>,
    trail: &mut Trail,
) -> Result<(), RegistryError> {
    memberships::require_organisation(connection, organisation)?;
    let (word, domain) = match by {
        VerifiedBy::Operator => (OPERATOR, None),
        VerifiedBy::EmailDomain(domain) => (EMAIL_DOMAIN, Some(domain.clone())),
    };
    let row = StandingRow {
        organisation_id: organisation.to_string(),
        verified: Some(stored_time(now)),
        verified_by: Some(word.to_owned()),
        verified_domain: domain,
        suspended: None,
        suspended_reason: None,
    };
    let verified_before: i64 = standing::table
        .find(organisation.to_string())
        .filter(standing::verified.is_not_null())
        .count()
        .get_result(connection)?;
    upserts::put_verification(connection, &row)?;
    if verified_before == 0 {
        let version = record::table.find(organisation.to_string()).select(record::version).get_result(connection)?;
        let about = Some(EventRecord { id: organisation.uuid(), version, organisation: None });
        let data = EventData { organisation: about, ..EventData::default() };
        let kind = WebhookEventKind::OrganisationVerified;
        let verified = NewEvent { kind, data, at: stored_time(now), to: None };
        webhooks::tell(connection, &inner.identifiers, vec![verified])?;
    }
    let event = AuditEvent::new(AuditAction::OrganisationVerify, AuditTarget::organisation(organisation));
    trail.note(event.concerning(organisation).with(json!({ "after": by })));
    Ok(())
}

fn listing_target<C: Content>(id: Id<C>) -> AuditTarget {
    AuditTarget::new(AuditTargetKind::from(C::KIND), id)
}

/// Lets the change feed tell that a listing came into or out of sight, at the version it has. Returns whose it is.
fn listing_changed<C: Content>(
    connection: &mut AnyConnection,
    id: Id<C>,
    now: DateTime<Utc>,
) -> Result<Option<OrganisationId>, RegistryError> {
    if C::KIND == RecordKind::Organisation {
        return Err(RegistryError::NotFound);
    }
    let row = record::table
        .find(id.to_string())
        .filter(record::kind.eq(C::KIND.as_str()))
        .select(RecordRow::as_select())
        .get_result(connection)?;
    changes::append(connection, vec![NewChange::again(C::KIND, &row, now)])?;
    stored_optional_id(row.organisation_id.as_ref())
}

/// Lets the change feed tell that an organisation came into or out of sight with all that belongs to it.
fn tell_followers(
    connection: &mut AnyConnection,
    organisation: OrganisationId,
    now: DateTime<Utc>,
) -> Result<(), RegistryError> {
    let id = organisation.to_string();
    let touched: Vec<RecordRow> = record::table
        .filter(record::id.eq(&id).or(record::organisation_id.eq(&id)))
        .order(record::id)
        .select(RecordRow::as_select())
        .load(connection)?;
    let changes = touched
        .iter()
        .map(|row| Ok(NewChange::again(stored::<RecordKind>(&row.kind, "a kind of record")?, row, now)))
        .collect::<Result<_, RegistryError>>()?;
    changes::append(connection, changes)
}
