//! Connections to either database: how they are made, set up and pooled.
//!
//! What a key names is read with `get_result`, not with `first`: that adds `LIMIT ?`, and SQLite as it is bundled (3.53)
//! prepares a statement anew each time the number of a limit is bound, to plan for it (`sqlite3ExprIsInteger`). It took a
//! quarter of the time in which a record was read and answered.

use std::time::{Duration, Instant};

use diesel::connection::{Connection as _, SimpleConnection};
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::{ConnectionError, MultiConnection, PgConnection, SqliteConnection};

use crate::{DatabaseUrl, RegistryError};

/// A connection to either database.
#[derive(MultiConnection)]
pub(crate) enum AnyConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Makes the connections of the pool.
pub(crate) struct Manager {
    pub(crate) url: DatabaseUrl,
    /// How long a statement on SQLite waits for another connection's lock.
    pub(crate) busy_timeout: Duration,
}

impl Manager {
    pub(crate) fn establish(&self) -> Result<AnyConnection, RegistryError> {
        match (self.url.sqlite_path(), self.url.postgres_address()) {
            (Some(path), _) => self.establish_sqlite(path).map(AnyConnection::Sqlite),
            (None, Some(address)) => establish_postgres(address).map(AnyConnection::Postgres),
            (None, None) => Err(RegistryError::Internal("an address of no kind".to_owned())),
        }
    }

    fn establish_sqlite(&self, path: &std::path::Path) -> Result<SqliteConnection, RegistryError> {
        let name = path.to_str().ok_or_else(|| unavailable("the path of the database is not UTF-8"))?;
        let mut connection = SqliteConnection::establish(name).map_err(|error| match error {
            ConnectionError::BadConnection(message) => unavailable(&format!("{message}: {name}")),
            other => RegistryError::from_message(&other.to_string()),
        })?;
        let milliseconds = self.busy_timeout.as_millis();
        connection.batch_execute(&format!("PRAGMA busy_timeout = {milliseconds}; PRAGMA foreign_keys = ON;"))?;
        // The change to WAL does not wait as statements do, so two processes that open a new file at once would
        // refuse each other.
        let start = Instant::now();
        loop {
            match connection.batch_execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;") {
                Ok(()) => return Ok(connection),
                Err(error) => match RegistryError::from(error) {
                    RegistryError::Locked if start.elapsed() < self.busy_timeout => {
                        std::thread::sleep(Duration::from_millis(10));
                    }
                    other => return Err(other),
                },
            }
        }
    }
}

fn establish_postgres(address: &str) -> Result<PgConnection, RegistryError> {
    let mut address = address.to_owned();
    if !address.contains("connect_timeout=") {
        // libpq waits for ever by default.
        address.push_str(if address.contains('?') { "&" } else { "?" });
        address.push_str("connect_timeout=5");
    }
    PgConnection::establish(&address).map_err(|error| match error {
        // libpq quotes the whole address, password included, when it cannot parse it.
        ConnectionError::BadConnection(message) if message.contains("URI") => {
            unavailable("the address is not a valid PostgreSQL URL")
        }
        ConnectionError::BadConnection(message) => unavailable(message.lines().next().unwrap_or_default()),
        other => RegistryError::from_message(&other.to_string()),
    })
}

fn unavailable(why: &str) -> RegistryError {
    RegistryError::Unavailable(why.to_owned())
}

impl ManageConnection for Manager {
    type Connection = AnyConnection;
    type Error = RegistryError;

    fn connect(&self) -> Result<AnyConnection, RegistryError> {
        self.establish()
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), RegistryError> {
        match connection {
            AnyConnection::Sqlite(_) => Ok(()),
            // A server may have been restarted or replaced since the connection was last used.
            AnyConnection::Postgres(connection) => connection.ping().map_err(RegistryError::from),
        }
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        // Also true of a connection that a panic left in the middle of a transaction.
        std::thread::panicking() || connection.is_broken()
    }
}
