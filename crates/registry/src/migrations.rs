//! The tables are made and changed by migrations that are compiled in: the same names for both databases.

use std::collections::HashSet;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationConnection, MigrationSource};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::{AnyConnection, MultiBackend};
use crate::transaction::Scope;
use crate::{Registry, RegistryError};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Any number that other programs on the same PostgreSQL database are unlikely to lock: "innocap" in ASCII.
const LOCK: &str = "SET LOCAL lock_timeout = '120s'; SELECT pg_advisory_xact_lock(29676293148860784);";

type Embedded = Box<dyn Migration<MultiBackend>>;

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
        run_on -> Timestamp,
    }
}

impl Registry {
    /// Brings the tables and what is derived in them up to date, all or nothing, and returns the names of the migrations it has applied. Several
    /// processes may do so at once: one works, the others wait and then find nothing to do.
    ///
    /// # Errors
    /// [`RegistryError::SchemaNewer`], [`RegistryError::Locked`], or what the database says.
    pub async fn migrate(&self) -> Result<Vec<String>, RegistryError> {
        self.transact(Scope::Aside, |connection| {
            if let AnyConnection::Postgres(connection) = connection {
                connection.batch_execute(LOCK)?;
            }
            connection.setup()?;
            let pending = pending(connection)?;
            for migration in &pending {
                connection.run_migration(migration.as_ref()).map_err(failed)?;
            }
            crate::facets::refresh(connection)?;
            Ok(pending.iter().map(|m| m.name().to_string()).collect())
        })
        .await
    }

    /// The names of the migrations that [`Registry::migrate`] would apply; nothing is written.
    ///
    /// # Errors
    /// [`RegistryError::SchemaNewer`], or what the database says.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, RegistryError> {
        self.read(|connection| Ok(pending(connection)?.iter().map(|m| m.name().to_string()).collect())).await
    }
}

/// Undoes all migrations; every record is lost. For tests of the migrations alone.
#[cfg(feature = "testing")]
pub(crate) fn revert(connection: &mut AnyConnection) -> Result<Vec<String>, RegistryError> {
    let migrations = match connection {
        AnyConnection::Sqlite(_) => SQLITE,
        AnyConnection::Postgres(_) => POSTGRES,
    };
    crate::transaction::run(connection, Scope::Aside, |connection| {
        let reverted = connection.revert_all_migrations(migrations).map_err(failed)?;
        Ok(reverted.iter().map(ToString::to_string).collect())
    })
}

/// An error where the database has a migration that is not known here.
pub(crate) fn refuse_newer(connection: &mut AnyConnection) -> Result<(), RegistryError> {
    pending(connection).map(drop)
}

fn pending(connection: &mut AnyConnection) -> Result<Vec<Embedded>, RegistryError> {
    let mut known = embedded(connection)?;
    let applied = applied(connection)?;
    let names: HashSet<_> = known.iter().map(|m| m.name().version().to_string()).collect();
    if let Some(newer) = applied.iter().find(|version| !names.contains(*version)) {
        return Err(RegistryError::SchemaNewer(newer.clone()));
    }
    known.retain(|m| !applied.contains(&m.name().version().to_string()));
    known.sort_by_key(|m| m.name().version().to_string());
    Ok(known)
}

fn embedded(connection: &AnyConnection) -> Result<Vec<Embedded>, RegistryError> {
    let source = match connection {
        AnyConnection::Sqlite(_) => SQLITE,
        AnyConnection::Postgres(_) => POSTGRES,
    };
    source.migrations().map_err(failed)
}

/// The versions that have been applied; none where even the table that remembers them is missing.
fn applied(connection: &mut AnyConnection) -> Result<HashSet<String>, RegistryError> {
    #[derive(QueryableByName)]
    struct FoundRow {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        found: i64,
    }
    let exists = match connection {
        AnyConnection::Sqlite(_) => {
            "SELECT count(*) AS found FROM sqlite_master WHERE type = 'table' AND name = '__diesel_schema_migrations'"
        }
        AnyConnection::Postgres(_) => "SELECT count(to_regclass('__diesel_schema_migrations')) AS found",
    };
    let row: FoundRow = diesel::sql_query(exists).get_result(connection)?;
    if row.found == 0 {
        return Ok(HashSet::new());
    }
    let versions: Vec<String> =
        __diesel_schema_migrations::table.select(__diesel_schema_migrations::version).load(connection)?;
    Ok(versions.into_iter().collect())
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> RegistryError {
    RegistryError::from_message(&error.to_string())
}
