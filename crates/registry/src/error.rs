//! What can go wrong between a use case and the database, told apart by what the caller can do about it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use uuid::Uuid;

/// Why the registry did not do as asked. No message holds a password or the contents of a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// There is no record with this identifier and of this kind.
    #[error("there is no such record")]
    NotFound,
    /// The record is at another version than the write expected.
    #[error("the record has changed since it was read and is now at version {current}")]
    Stale {
        /// The version it is at.
        current: i64,
    },
    /// The identifier, or the identifier at the source, belongs to another record.
    #[error("the record exists already as {existing}")]
    Duplicate {
        /// The record that has it.
        existing: Uuid,
    },
    /// The organisation that the record names does not exist.
    #[error("the organisation that the record belongs to does not exist")]
    OrganisationMissing,
    /// Another connection held the database longer than the time to wait; trying again may help.
    #[error("the database is locked by another process")]
    Locked,
    /// The database cannot be reached, opened or written.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The file is not a database, or what stands in it cannot be read.
    #[error("the database cannot be read: {0}")]
    Corrupt(String),
    /// A newer version of Innocap has migrated the database.
    #[error("a newer version of Innocap has migrated the database: migration {0} is not known here")]
    SchemaNewer(String),
    /// Other records belong to the one that should be deleted.
    #[error("other records belong to it")]
    InUse,
    /// The organisation would be left without an owner.
    #[error("the organisation {organisation} would be left without an owner")]
    LastOwner {
        /// The organisation.
        organisation: Uuid,
    },
    /// Anything else: a fault in this crate or in the database.
    #[error("unexpected answer of the database: {0}")]
    Internal(String),
}

/// What the two databases say when somebody else holds a lock: SQLite's SQLITE_BUSY and SQLITE_LOCKED; PostgreSQL's
/// 55P03 and 40P01. Diesel passes no error codes on, so the words must do.
const LOCKED: &[&str] = &["is locked", "lock timeout", "deadlock detected"];

/// SQLite's SQLITE_NOTADB and SQLITE_CORRUPT.
const CORRUPT: &[&str] = &["file is not a database", "disk image is malformed", "cannot be read"];

/// A file that cannot be opened or written; a server that is away, starting, stopping, full or a standby.
const UNAVAILABLE: &[&str] = &[
    "unable to open",
    "readonly database",
    "disk i/o error",
    "disk is full",
    "no space left",
    "terminating connection",
    "server closed the connection",
    "connection to server",
    "could not connect",
    "shutting down",
    "starting up",
    "recovery mode",
    "too many clients",
    "connection slots",
    "read-only transaction",
    "timed out waiting for connection",
    "not available",
];

impl RegistryError {
    /// Sorts a message of a database by what it says.
    pub(crate) fn from_message(message: &str) -> Self {
        let lower = message.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|w| lower.contains(w));
        // Only the first line: those below it may quote the statement.
        let line: String = message.lines().next().unwrap_or_default().chars().take(300).collect();
        if says(LOCKED) {
            Self::Locked
        } else if says(CORRUPT) {
            Self::Corrupt(line)
        } else if says(UNAVAILABLE) {
            Self::Unavailable(line)
        } else if lower.contains("no such table") || (lower.contains("relation") && lower.contains("does not exist")) {
            Self::Internal("the tables are missing or of another version; migrate the database".to_owned())
        } else {
            Self::Internal(line)
        }
    }
}

impl From<DieselError> for RegistryError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(kind, info) => match kind {
                DatabaseErrorKind::SerializationFailure => Self::Locked,
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::ReadOnlyTransaction => {
                    Self::Unavailable(info.message().lines().next().unwrap_or_default().to_owned())
                }
                // The one foreign key that a write of a record can break; a deletion checks before.
                DatabaseErrorKind::ForeignKeyViolation => Self::OrganisationMissing,
                _ => Self::from_message(info.message()),
            },
            DieselError::DeserializationError(_) => Self::Corrupt("a column holds another type".to_owned()),
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            other => Self::from_message(&other.to_string()),
        }
    }
}
