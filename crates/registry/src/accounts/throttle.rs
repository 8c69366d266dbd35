//! Growing delays after failures, by name: the hash of an account and an address, or of an address alone. And the
//! addresses from which a person has signed in, so that what strangers fail at elsewhere does not slow those down.
//!
//! Three failures are free; the fourth costs a second, and each further one twice as long as the one before, up to a
//! quarter of an hour. After a day without failure all is forgotten.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;
use innocap_domain::PersonId;

use super::missing;
use crate::connection::AnyConnection;
use crate::rows::stored_time;
use crate::schema::{known_address, throttle};
use crate::transaction::Scope;
use crate::{Registry, RegistryError, upserts};

/// Failures that cost nothing.
const FREE: i64 = 3;
/// The longest delay, in seconds.
const LONGEST: i64 = 15 * 60;
/// After how much quiet all is forgotten.
pub(super) const MEMORY: TimeDelta = TimeDelta::days(1);

/// A row of `known_address`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = known_address, treat_none_as_default_value = false)]
pub(crate) struct KnownAddressRow {
    pub(crate) person_id: String,
    pub(crate) address_hash: String,
    pub(crate) seen: NaiveDateTime,
}

impl Registry {
    /// How long to wait under this name before the next try; zero where it may be now.
    ///
    /// # Errors
    /// What the database says.
    pub async fn throttle_wait(&self, name: &str, now: DateTime<Utc>) -> Result<TimeDelta, RegistryError> {
        let name = name.to_owned();
        self.read(move |connection| {
            let found: Option<(i64, NaiveDateTime)> = throttle::table
                .find(name)
                .select((throttle::failures, throttle::last))
                .get_result(connection)
                .optional()?;
            Ok(found.map_or(TimeDelta::zero(), |(failures, last)| wait(failures, last, now)))
        })
        .await
    }

    /// Asks to try under this name and counts the try as a failure until [`Registry::throttle_success`] says otherwise.
    /// Zero where it may be now; else how long to wait, and nothing is counted. Of many tries at once only as many go
    /// through as would one after the other: who merely looked first and counted later would let all of them through.
    ///
    /// # Errors
    /// What the database says.
    pub async fn throttle_attempt(&self, name: &str, now: DateTime<Utc>) -> Result<TimeDelta, RegistryError> {
        let name = name.to_owned();
        self.transact(Scope::Aside, move |connection| {
            // Makes the row, or locks it: the next one waits here until this one has counted.
            let (failures, last) = upserts::lock_throttle(connection, &name, stored_time(now))?;
            let wait = wait(failures, last, now);
            if wait <= TimeDelta::zero() {
                count(connection, &name, now)?;
            }
            Ok(wait)
        })
        .await
    }

    /// Counts a failure under this name and tells how long to wait before the next try.
    ///
    /// # Errors
    /// What the database says.
    pub async fn throttle_failure(&self, name: &str, now: DateTime<Utc>) -> Result<TimeDelta, RegistryError> {
        let name = name.to_owned();
        self.transact(Scope::Aside, move |connection| {
            let failures = count(connection, &name, now)?;
            Ok(delay(failures))
        })
        .await
    }

    /// Forgets the failures under this name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn throttle_success(&self, name: &str) -> Result<(), RegistryError> {
        let name = name.to_owned();
        self.transact(Scope::Aside, move |connection| {
            diesel::delete(throttle::table.find(name)).execute(connection)?;
            Ok(())
        })
        .await
    }

    /// Remembers that a person has signed in from this address.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the person is gone; what the database says.
    pub async fn remember_address(
        &self,
        person: PersonId,
        address_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<(), RegistryError> {
        let row = KnownAddressRow {
            person_id: person.to_string(),
            address_hash: address_hash.to_owned(),
            seen: stored_time(now),
        };
        self.transact(Scope::Aside, move |connection| upserts::put_known_address(connection, &row).map_err(missing))
            .await
    }

    /// Whether a person has signed in from this address.
    ///
    /// # Errors
    /// What the database says.
    pub async fn is_known_address(&self, person: PersonId, address_hash: &str) -> Result<bool, RegistryError> {
        let key = (person.to_string(), address_hash.to_owned());
        self.read(move |connection| {
            let count: i64 = known_address::table.find(key).count().get_result(connection)?;
            Ok(count > 0)
        })
        .await
    }
}

/// Counts a failure; what lies longer back than the memory reaches is not counted with it.
fn count(connection: &mut AnyConnection, name: &str, now: DateTime<Utc>) -> Result<i64, RegistryError> {
    let at = stored_time(now);
    Ok(upserts::count_failure(connection, name, at, at - MEMORY)?)
}

/// How long to wait after so many failures.
fn delay(failures: i64) -> TimeDelta {
    let beyond = failures - FREE;
    if beyond <= 0 {
        return TimeDelta::zero();
    }
    // 2^10 is longer than the longest, and further shifts would run over.
    TimeDelta::seconds((1 << (beyond - 1).min(10)).min(LONGEST))
}

/// How long to wait now.
fn wait(failures: i64, last: NaiveDateTime, now: DateTime<Utc>) -> TimeDelta {
    let since = now - last.and_utc();
    if since >= MEMORY { TimeDelta::zero() } else { (delay(failures) - since).max(TimeDelta::zero()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_from_a_second_to_a_quarter_of_an_hour() {
        let seconds: Vec<i64> = (0..16).map(|failures| delay(failures).num_seconds()).collect();
        assert_eq!(seconds, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(delay(i64::MAX).num_seconds(), 900);
    }
}
