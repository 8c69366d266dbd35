//! PostgreSQL's planner needs to know what the tables hold. Its autovacuum looks once a minute; in the minute after a
//! first large import it still plans for empty tables. Measured with 50,000 solutions: a list filtered by two facets
//! took 38 s before the tables were analysed and 8 ms after, and the import itself slowed down with every batch.
//! So who writes much analyses along the way.

use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::SimpleConnection;

use crate::RegistryError;
use crate::connection::AnyConnection;

/// Records to write before the first analysis, and between two in any case: a batch.
const BATCH: u64 = 500;

/// All columns that conditions stand on; not the content, which is long and would be read for nothing.
const ANALYSE: &str =
    "ANALYZE record (id, kind, status, organisation_id, source_name, source_id, updated); ANALYZE facet;";

/// Counts what has been written through one pool, to know when the planner's picture is out of date.
pub(crate) struct Statistics {
    written: AtomicU64,
    due: AtomicU64,
}

impl Statistics {
    pub(crate) const fn new() -> Self {
        Self { written: AtomicU64::new(0), due: AtomicU64::new(BATCH) }
    }

    /// Counts records that have been written.
    pub(crate) fn wrote(&self, records: usize) {
        self.written.fetch_add(records as u64, Ordering::Relaxed);
    }

    /// Analyses the tables when what has been written has grown by a fifth since the last time, so that the number of
    /// analyses grows with the logarithm of the records. What has been committed stays so whatever happens here.
    pub(crate) fn refresh(&self, connection: &mut AnyConnection) {
        let AnyConnection::Postgres(connection) = connection else { return };
        let (written, due) = (self.written.load(Ordering::Relaxed), self.due.load(Ordering::Relaxed));
        let next = written + written / 5 + BATCH;
        if written < due || self.due.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return;
        }
        if let Err(error) = connection.batch_execute(ANALYSE) {
            tracing::warn!(error = %RegistryError::from(error), "tables not analysed");
        }
    }
}
