//! Accounts: people, what they are in which organisation, how they sign in, what moderators decide, the mail that is
//! sent, and the audit log of all of it. One file a resource.
//!
//! What the audit log must know takes a [`Trace`] and writes its line in the same transaction, as the transaction's
//! last statement: the lock that keeps the log in one order is then held for as short as can be, and no transaction
//! that holds it waits for another lock.

mod audit;
mod cases;
mod ceremonies;
mod chain;
mod clients;
mod codes;
mod identities;
mod invitations;
mod keys;
mod mail;
pub(crate) mod memberships;
mod passkeys;
mod personal;
mod persons;
mod refresh;
mod reports;
mod retention;
mod reviews;
mod revocation;
mod sessions;
mod standing;
mod throttle;

use std::str::FromStr;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use innocap_domain::{AuditActor, AuditEvent, Id, PersonId, Trace};

pub use audit::AuditFilter;
pub use cases::{Case, Found, OwnerCase, RecordCase};
pub use ceremonies::NewCeremony;
pub use chain::AuditCheck;
pub use clients::{ClientAccount, NewClient};
pub use codes::NewCode;
pub use invitations::{NewInvitation, OpenInvitation};
pub use keys::NewKey;
pub use mail::NewMail;
pub use memberships::{Access, Member};
pub use passkeys::NewPasskey;
pub use personal::{Erased, PersonalData};
pub use persons::{Account, Credentials, NewPerson, PersonFilter};
pub use refresh::{NewFamily, Rotation};
pub use reports::NewReport;
pub use retention::{Retention, Swept};
pub use sessions::NewSession;

pub(crate) use chain::append;
pub(crate) use mail::queue as queue_mail;

/// The rows that are inserted unless they are there, see `upserts`.
pub(crate) mod rows {
    pub(crate) use super::chain::{AuditAddressRow, AuditDetailRow, AuditRow};
    pub(crate) use super::identities::IdentityRow;
    pub(crate) use super::invitations::InvitationRow;
    pub(crate) use super::keys::SigningKeyRow;
    pub(crate) use super::memberships::MembershipRow;
    pub(crate) use super::passkeys::PasskeyRow;
    pub(crate) use super::persons::PersonRow;
    pub(crate) use super::reviews::ReviewRow;
    pub(crate) use super::standing::StandingRow;
    pub(crate) use super::throttle::KnownAddressRow;
}

use crate::batch::new_id;
use crate::connection::AnyConnection;
use crate::rows::{stored_time, stored_uuid};
use crate::transaction::Scope;
use crate::{Registry, RegistryError};

/// What a transaction will write into the audit log when its work is done.
#[derive(Default)]
pub(crate) struct Trail {
    events: Vec<AuditEvent>,
    proven: Option<PersonId>,
    forget_address: bool,
}

impl Trail {
    pub(crate) fn note(&mut self, event: AuditEvent) {
        self.events.push(event);
    }

    /// Says that whoever asks has proved to be this person, by a code or a password, though they came as nobody.
    fn proven(&mut self, person: PersonId) {
        self.proven = Some(person);
    }

    /// Keeps the address of whoever asks out of the log.
    fn forget_address(&mut self) {
        self.forget_address = true;
    }
}

impl Registry {
    /// Runs writing statements in a transaction and then writes what they noted into the audit log.
    pub(crate) async fn audited<T: Send + 'static>(
        &self,
        scope: Scope,
        trace: &Trace,
        work: impl FnOnce(&mut AnyConnection, &mut Trail) -> Result<T, RegistryError> + Send + 'static,
    ) -> Result<T, RegistryError> {
        let mut trace = *trace;
        self.transact(scope, move |connection| {
            let mut trail = Trail::default();
            let value = work(connection, &mut trail)?;
            if let (AuditActor::Anonymous, Some(person)) = (trace.actor, trail.proven) {
                trace.actor = AuditActor::Person(person);
            }
            if trail.forget_address {
                trace.address = None;
            }
            append(connection, &trace, trail.events)?;
            Ok(value)
        })
        .await
    }

    /// A new identifier made at this time.
    pub(crate) fn id_at<C>(&self, at: chrono::DateTime<chrono::Utc>) -> Result<Id<C>, RegistryError> {
        new_id(stored_time(at), &self.inner.identifiers).map(Id::from_uuid)
    }
}

/// A foreign key of accounts that is broken: the person or the organisation is gone.
fn missing(error: DieselError) -> RegistryError {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => RegistryError::NotFound,
        other => RegistryError::from(other),
    }
}

/// A word, code or address read from the database. What it is stands in the error, what it holds does not.
pub(crate) fn stored<T: FromStr>(text: &str, what: &str) -> Result<T, RegistryError> {
    text.parse().map_err(|_| RegistryError::Corrupt(format!("{what} cannot be read")))
}

pub(crate) fn stored_id<C>(text: &str) -> Result<Id<C>, RegistryError> {
    stored_uuid(text).map(Id::from_uuid)
}

/// An identifier that may be absent.
fn stored_optional_id<C>(text: Option<&String>) -> Result<Option<Id<C>>, RegistryError> {
    text.map(|text| stored_id(text)).transpose()
}

/// A limit as a statement takes it.
pub(crate) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// An error where a statement that should have changed something found nothing.
pub(crate) fn found(count: usize) -> Result<(), RegistryError> {
    if count == 0 { Err(RegistryError::NotFound) } else { Ok(()) }
}
