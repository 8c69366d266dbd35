//! Throw-away databases for tests, of this crate and of others: a SQLite file in a temporary folder, or a database of
//! its own in a PostgreSQL cluster that lives as long as the test program.

mod cluster;
mod raw;

pub use cluster::PostgresCluster;
pub use raw::RawConnection;

use crate::{DatabaseUrl, RegistryError};

/// A new, empty database, without tables. It is deleted when this is dropped.
pub struct TestDatabase {
    address: String,
    url: DatabaseUrl,
    keeper: Keeper,
}

enum Keeper {
    /// Deletes the folder when dropped.
    Sqlite(#[expect(dead_code, reason = "held for its Drop")] tempfile::TempDir),
    Postgres {
        cluster: &'static PostgresCluster,
        name: String,
    },
}

impl TestDatabase {
    /// A SQLite file.
    ///
    /// # Panics
    /// Where no temporary folder can be made.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = format!("sqlite:{}", folder.path().join("innocap.db").display());
        Self::new(address, Keeper::Sqlite(folder))
    }

    /// A database in this program's PostgreSQL cluster; `None` where PostgreSQL is to be left out, see
    /// [`PostgresCluster::shared`].
    ///
    /// # Panics
    /// Where PostgreSQL is missing or does not start.
    pub fn postgres() -> Option<Self> {
        let cluster = PostgresCluster::shared()?;
        let (name, address) = cluster.create_database();
        Some(Self::new(address, Keeper::Postgres { cluster, name }))
    }

    fn new(address: String, keeper: Keeper) -> Self {
        let url = DatabaseUrl::parse(&address).expect("a valid address");
        Self { address, url, keeper }
    }

    /// Where it is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Where it is, password included, as a program is told.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A connection for statements that the registry does not offer.
    ///
    /// # Errors
    /// What the database says.
    pub fn connect(&self) -> Result<RawConnection, RegistryError> {
        RawConnection::open(&self.url)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Keeper::Postgres { cluster, name } = &self.keeper {
            cluster.drop_database(name);
        }
    }
}
