//! A connection for the statements of tests.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::connection::{AnyConnection, Manager};
use crate::{DatabaseUrl, RegistryError, migrations};

/// A connection outside the pool.
pub struct RawConnection(AnyConnection);

#[derive(QueryableByName)]
struct TextRow {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

impl RawConnection {
    /// Connects.
    ///
    /// # Errors
    /// What the database says.
    pub fn open(url: &DatabaseUrl) -> Result<Self, RegistryError> {
        let manager = Manager { url: url.clone(), busy_timeout: Duration::from_secs(10) };
        manager.establish().map(Self)
    }

    /// Whether it is a connection to SQLite; tests of the schema ask each database in its own words.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.0, AnyConnection::Sqlite(_))
    }

    /// Executes statements.
    ///
    /// # Errors
    /// What the database says.
    pub fn execute(&mut self, statements: &str) -> Result<(), RegistryError> {
        Ok(self.0.batch_execute(statements)?)
    }

    /// The rows of a query with one column, named `text`.
    ///
    /// # Errors
    /// What the database says.
    pub fn texts(&mut self, query: &str) -> Result<Vec<String>, RegistryError> {
        let rows: Vec<TextRow> = diesel::sql_query(query).load(&mut self.0)?;
        Ok(rows.into_iter().map(|row| row.text).collect())
    }

    /// Undoes all migrations, the last one first, and returns their versions.
    ///
    /// # Errors
    /// What the database says.
    pub fn revert_migrations(&mut self) -> Result<Vec<String>, RegistryError> {
        migrations::revert(&mut self.0)
    }
}
