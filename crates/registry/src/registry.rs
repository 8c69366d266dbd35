//! The registry: a pool of connections behind async methods. The methods stand with what they are about, in
//! `records.rs`, `writes.rs`, `changes.rs`, `feedback.rs`, `embeddings.rs`, `labels.rs`, `settings.rs`, `migrations.rs`
//! and the files of `accounts`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use diesel::r2d2::{HandleError, Pool};
use tokio::sync::watch;
use uuid::ContextV7;

use crate::connection::{AnyConnection, Manager};
use crate::statistics::Statistics;
use crate::transaction::{self, Scope};
use crate::{DatabaseUrl, RegistryError};

/// How the database is opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// The most connections held at once.
    pub connections: u32,
    /// How long to wait for another process's lock on SQLite before [`RegistryError::Locked`].
    pub busy_timeout: Duration,
    /// How long to wait for a free or new connection before [`RegistryError::Unavailable`].
    pub connection_timeout: Duration,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { connections: 8, busy_timeout: Duration::from_secs(10), connection_timeout: Duration::from_secs(15) }
    }
}

/// The database. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Registry {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pool: Pool<Manager>,
    /// Held by the one task that writes to SQLite. SQLite's own waiting is a sleep of growing length, unfair and slow
    /// among many writers; it is left to other processes.
    turn: Option<Arc<tokio::sync::Mutex<()>>>,
    committed: watch::Sender<u64>,
    /// Keeps the identifiers made here in the order of their making, also within one millisecond.
    pub(crate) identifiers: Mutex<ContextV7>,
    pub(crate) statistics: Statistics,
}

/// Sends what the pool has to say to the log.
#[derive(Debug)]
struct PoolLog;

impl HandleError<RegistryError> for PoolLog {
    fn handle_error(&self, error: RegistryError) {
        tracing::warn!(%error, "database connection failed");
    }
}

impl Registry {
    /// Opens the database with the usual options.
    ///
    /// # Errors
    /// As [`Registry::open_with`].
    pub async fn open(url: &DatabaseUrl) -> Result<Self, RegistryError> {
        Self::open_with(url, OpenOptions::default()).await
    }

    /// Opens the database; a SQLite file and its folder are created where there is none. The tables are left as they
    /// are: see [`Registry::migrate`].
    ///
    /// # Errors
    /// [`RegistryError::Unavailable`], [`RegistryError::Locked`], [`RegistryError::Corrupt`] for a file that is not
    /// a database, [`RegistryError::SchemaNewer`].
    pub async fn open_with(url: &DatabaseUrl, options: OpenOptions) -> Result<Self, RegistryError> {
        let url = url.clone();
        blocking(move || {
            let turn = match url.sqlite_path() {
                Some(path) => {
                    create_folder(path)?;
                    Some(Arc::new(tokio::sync::Mutex::new(())))
                }
                None => None,
            };
            let manager = Manager { url, busy_timeout: options.busy_timeout };
            // The pool would only say that it waited in vain; the first connection says why.
            let mut connection = manager.establish()?;
            crate::migrations::refuse_newer(&mut connection)?;
            drop(connection);
            let pool = Pool::builder()
                .max_size(options.connections.max(1))
                .min_idle(Some(1))
                .connection_timeout(options.connection_timeout)
                .error_handler(Box::new(PoolLog))
                .build_unchecked(manager);
            let committed = watch::Sender::new(0);
            Ok(Self {
                inner: Arc::new(Inner {
                    pool,
                    turn,
                    committed,
                    identifiers: Mutex::new(ContextV7::new()),
                    statistics: Statistics::new(),
                }),
            })
        })
        .await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`RegistryError::Unavailable`] and its like where it does not.
    pub async fn ping(&self) -> Result<(), RegistryError> {
        use diesel::r2d2::R2D2Connection as _;
        self.read(|connection| Ok(connection.ping()?)).await
    }

    /// A counter that grows after each write of records committed through this registry: a hint to read the change
    /// feed now. What other processes write is not seen here; a follower polls for it.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.committed.subscribe()
    }

    /// Runs reading statements.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, RegistryError> + Send + 'static,
    ) -> Result<T, RegistryError> {
        let inner = Arc::clone(&self.inner);
        blocking(move || work(&mut *inner.connection()?)).await
    }

    /// Runs writing statements in a transaction, see [`transaction::run`].
    pub(crate) async fn transact<T: Send + 'static>(
        &self,
        scope: Scope,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, RegistryError> + Send + 'static,
    ) -> Result<T, RegistryError> {
        let turn = self.turn().await;
        let inner = Arc::clone(&self.inner);
        // All of it happens in the blocking task, which runs to its end even when nobody waits for it any more.
        blocking(move || {
            let mut connection = inner.connection()?;
            let value = transaction::run(&mut connection, scope, work)?;
            drop(turn);
            if scope == Scope::Records {
                inner.committed.send_modify(|count| *count += 1);
                inner.statistics.refresh(&mut connection);
            }
            Ok(value)
        })
        .await
    }

    /// This process's turn to write, where the database lets only one.
    pub(crate) async fn turn(&self) -> Option<tokio::sync::OwnedMutexGuard<()>> {
        match &self.inner.turn {
            Some(turn) => Some(Arc::clone(turn).lock_owned().await),
            None => None,
        }
    }
}

impl Inner {
    pub(crate) fn connection(&self) -> Result<diesel::r2d2::PooledConnection<Manager>, RegistryError> {
        self.pool.get().map_err(|error| RegistryError::from_message(&error.to_string()))
    }
}

/// Runs blocking work off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RegistryError> + Send + 'static,
) -> Result<T, RegistryError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(RegistryError::Internal("the work on the database was interrupted".to_owned())))
}

fn create_folder(path: &std::path::Path) -> Result<(), RegistryError> {
    let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) else {
        return Ok(());
    };
    std::fs::create_dir_all(folder).map_err(|error| {
        RegistryError::Unavailable(format!("the folder {} cannot be created: {error}", folder.display()))
    })
}
