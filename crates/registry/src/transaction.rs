//! Transactions that write.

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};

use crate::RegistryError;
use crate::connection::AnyConnection;

/// What a transaction writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Records, and with them the change feed.
    Records,
    /// Anything beside the records.
    Aside,
}

/// Limits of a transaction on PostgreSQL: how long it waits for a lock, and after which silence the server gives a
/// transaction up, so that a replica that lost its network does not hold the others' writes until TCP notices.
/// `SET LOCAL` rather than a setting of the session, which a connection pooler may hand to somebody else.
const LIMITS: &str = "SET LOCAL lock_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '60s';";

/// Takes the turn to write records; see [`run`].
const TURN: &str = "SELECT value FROM sequence WHERE name = 'change' FOR UPDATE;";

/// Runs `work` in a transaction that commits when it succeeds.
///
/// On SQLite the transaction begins as a writer: one that begins as a reader and then writes fails at once, without
/// waiting, when another has written in between. On PostgreSQL one that writes records first locks the row of the
/// change sequence, and each statement sees what was committed before it (READ COMMITTED, whatever the server's
/// default is).
pub(crate) fn run<T>(
    connection: &mut AnyConnection,
    scope: Scope,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, RegistryError>,
) -> Result<T, RegistryError> {
    match connection {
        AnyConnection::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?,
        AnyConnection::Postgres(c) => {
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL READ COMMITTED")?;
        }
    }
    match set_up(connection, scope).and_then(|()| work(connection)) {
        Ok(value) => {
            AnyConnection::commit_transaction(connection)?;
            Ok(value)
        }
        Err(error) => {
            if let Err(rollback) = AnyConnection::rollback_transaction(connection) {
                // The first error is the one to tell; the pool throws the connection away.
                tracing::warn!(error = %RegistryError::from(rollback), "transaction did not roll back");
            }
            Err(error)
        }
    }
}

fn set_up(connection: &mut AnyConnection, scope: Scope) -> Result<(), RegistryError> {
    let AnyConnection::Postgres(connection) = connection else {
        return Ok(());
    };
    let statements = match scope {
        Scope::Records => format!("{LIMITS} {TURN}"),
        Scope::Aside => LIMITS.to_owned(),
    };
    Ok(connection.batch_execute(&statements)?)
}
