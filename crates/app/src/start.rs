//! Starting and stopping: what a running Innocap holds.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};

use innocap_domain::{Labels, RecordKind};
use innocap_index::{Filter, Index, IndexError, Opened, Query, QueryText};
use innocap_language::detect;
use innocap_ranking::{Need, Offer};
use innocap_registry::{DatabaseUrl, Registry, RegistryError};
use tokio::sync::watch;
use uuid::Uuid;

use crate::accounts::{AccountOptions, Accounts};
use crate::answers::LastAnswers;
use crate::clock::Clock;
use crate::codes::Codes;
use crate::dump::DumpOptions;
use crate::embeddings::{Embeddings, Model};
use crate::error::AppError;
use crate::indexer::Progress;
use crate::picture::LastPicture;
use crate::webhooks::{WebhookOptions, Webhooks};

/// Imports by the API at once; each takes a thread, a connection, and the turn to write for most of its time.
const IMPORTS: usize = 4;
/// Records that a search by words looks through.
const SEARCH_DEPTH: usize = 1_000;

/// What a running Innocap needs.
pub struct Options {
    /// Where the registry is.
    pub database: DatabaseUrl,
    /// The folder of the indexes.
    pub index_folder: PathBuf,
    /// Where vectors come from.
    pub model: Model,
    /// The time.
    pub clock: Clock,
    /// Addresses, mail and identity providers.
    pub accounts: AccountOptions,
    /// What the identifiers of processes begin with where challenges are published by OCDS, such as `ocds-a1b2c3`.
    pub ocid_prefix: String,
    /// Where webhooks may be.
    pub webhooks: WebhookOptions,
    /// Where and when everything public is dumped, if it is.
    pub dumps: Option<DumpOptions>,
}

/// Why Innocap did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// Labels in the registry.
    #[error("the vocabularies cannot be read: {0}")]
    Vocabulary(String),
    /// The signing keys.
    #[error("the signing keys cannot be used: {0}")]
    Keys(String),
    /// What sends to webhooks.
    #[error("nothing can be sent to webhooks: {0}")]
    Webhooks(String),
    /// What the indexes hold.
    #[error("the indexes cannot be read: {0}")]
    Space(String),
}

/// A running Innocap; cloning gives another handle to the same one.
#[derive(Clone)]
pub struct Innocap(Arc<Inner>);

struct Inner {
    registry: Registry,
    embeddings: Embeddings,
    solutions: Index<Offer>,
    challenges: Index<Need>,
    codes: Arc<Codes>,
    labels: RwLock<Arc<Labels>>,
    clock: Clock,
    accounts: Accounts,
    ocid_prefix: String,
    webhooks: Webhooks,
    indexing: tokio::sync::Mutex<()>,
    /// One permit: whoever holds it builds the indexes anew.
    rebuilding: Arc<tokio::sync::Semaphore>,
    progress: Mutex<Progress>,
    picture: tokio::sync::Mutex<LastPicture>,
    /// Whoever holds one of its permits imports.
    importing: Arc<tokio::sync::Semaphore>,
    /// Where work goes on that no answer waits for.
    runtime: tokio::runtime::Handle,
    dumps: Option<DumpOptions>,
    answers: tokio::sync::Mutex<LastAnswers>,
    stop: watch::Sender<bool>,
}

impl Innocap {
    /// Opens registry and indexes; migrations are applied. Indexing begins with [`Self::follow`].
    ///
    /// # Errors
    /// [`StartError`], whose text tells an operator what to do.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let registry = Registry::open(&options.database).await?;
        for name in registry.migrate().await? {
            tracing::info!(migration = name, "migration applied");
        }
        let embeddings = Embeddings::new(options.model, registry.clone());
        let (model, dimensions) = (embeddings.index_id(), embeddings.model().dimensions());
        let latest = registry.last_change().await?;
        let solutions = open_index(&options.index_folder.join("solutions"), &model, dimensions, latest)?;
        let challenges = open_index(&options.index_folder.join("challenges"), &model, dimensions, latest)?;
        let codes = Codes::open(&options.index_folder.join("codes"), &model, dimensions)?;
        let labels =
            crate::vocabulary::known_labels(&registry).await.map_err(|e| StartError::Vocabulary(e.to_string()))?;
        let webhooks = Webhooks::new(options.webhooks).map_err(|e| StartError::Webhooks(e.to_string()))?;
        let innocap = Self(Arc::new(Inner {
            registry,
            embeddings,
            solutions,
            challenges,
            codes: Arc::new(codes),
            labels: RwLock::new(Arc::new(labels)),
            clock: options.clock,
            accounts: Accounts::new(options.accounts),
            ocid_prefix: options.ocid_prefix,
            webhooks,
            indexing: tokio::sync::Mutex::new(()),
            rebuilding: Arc::new(tokio::sync::Semaphore::new(1)),
            progress: Mutex::new(Progress::default()),
            picture: tokio::sync::Mutex::default(),
            importing: Arc::new(tokio::sync::Semaphore::new(IMPORTS)),
            runtime: tokio::runtime::Handle::current(),
            dumps: options.dumps,
            answers: tokio::sync::Mutex::default(),
            stop: watch::Sender::new(false),
        }));
        innocap.load_keys().await.map_err(|e| StartError::Keys(e.to_string()))?;
        // Before the first answer, so that it is the same as after a restart.
        innocap.learn_spaces().await.map_err(|e| StartError::Space(e.to_string()))?;
        Ok(innocap)
    }

    /// Follows the change feed in the background until [`Self::stop`].
    pub fn follow(&self) -> tokio::task::JoinHandle<()> {
        tokio::spawn(self.clone().follow_changes(self.0.stop.subscribe()))
    }

    /// Asks the background work to end; what has been committed stays.
    pub fn stop(&self) {
        self.0.stop.send_replace(true);
    }

    /// Turns true when the background work is to end.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stop.subscribe()
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    pub(crate) fn ocid_prefix(&self) -> &str {
        &self.0.ocid_prefix
    }

    pub(crate) fn webhooks_state(&self) -> &Webhooks {
        &self.0.webhooks
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.0.stop.borrow()
    }

    /// Empties both indexes and reads the whole change feed again.
    ///
    /// # Errors
    /// Where registry, index or model fail.
    pub async fn reindex(&self) -> Result<(), AppError> {
        {
            let _alone = self.0.indexing.lock().await;
            let innocap = self.clone();
            tokio::task::spawn_blocking(move || {
                innocap.0.solutions.clear()?;
                innocap.0.challenges.clear()
            })
            .await
            .map_err(|e| AppError::Internal(e.to_string()))??;
        }
        self.catch_up().await
    }

    /// The registry.
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// The embedding model with its cache.
    pub fn embeddings(&self) -> &Embeddings {
        &self.0.embeddings
    }

    /// The index of solutions.
    pub fn solutions_index(&self) -> &Index<Offer> {
        &self.0.solutions
    }

    /// The index of challenges.
    pub fn challenges_index(&self) -> &Index<Need> {
        &self.0.challenges
    }

    /// The index of the labels of codes.
    pub(crate) fn codes(&self) -> &Arc<Codes> {
        &self.0.codes
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The labels of all codes.
    pub fn labels(&self) -> Arc<Labels> {
        Arc::clone(&self.0.labels.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    pub(crate) fn set_labels(&self, labels: Labels) {
        *self.0.labels.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(labels);
    }

    pub(crate) fn indexing(&self) -> &tokio::sync::Mutex<()> {
        &self.0.indexing
    }

    /// The right to build the indexes anew, until it is dropped; nothing where somebody has it.
    pub(crate) fn begin_rebuilding(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        Arc::clone(&self.0.rebuilding).try_acquire_owned().ok()
    }

    pub(crate) fn is_rebuilding(&self) -> bool {
        self.0.rebuilding.available_permits() == 0
    }

    /// The right to import by the API, until it is dropped; nothing where as many as may do.
    pub(crate) fn begin_importing(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        Arc::clone(&self.0.importing).try_acquire_owned().ok()
    }

    /// Where work goes on that no answer waits for.
    pub(crate) fn runtime(&self) -> &tokio::runtime::Handle {
        &self.0.runtime
    }

    /// Where and when everything public is dumped, if it is.
    pub(crate) fn dumps(&self) -> Option<&DumpOptions> {
        self.0.dumps.as_ref()
    }

    pub(crate) fn last_picture(&self) -> &tokio::sync::Mutex<LastPicture> {
        &self.0.picture
    }

    pub(crate) fn last_answers(&self) -> &tokio::sync::Mutex<LastAnswers> {
        &self.0.answers
    }

    /// How far indexing has come.
    pub fn progress(&self) -> Progress {
        *self.0.progress.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn note_progress(&self, latest: i64, indexed: i64) {
        let without_vector = self.0.solutions.count_without_vector() + self.0.challenges.count_without_vector();
        let progress = Progress { latest, indexed, without_vector };
        *self.0.progress.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = progress;
    }

    /// Whether suggestions can be answered: the registry answers, and every change known at the last look is indexed
    /// by its words.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] with what is missing.
    pub async fn ready(&self) -> Result<(), AppError> {
        self.0.registry.ping().await?;
        let latest = self.0.registry.last_change().await?;
        let indexed = self.0.solutions.checkpoint().min(self.0.challenges.checkpoint());
        // A few changes behind is everyday business; far behind means that a rebuild is under way.
        if latest - indexed > 1_000 {
            return Err(AppError::Unavailable {
                public: "the index is being built",
                detail: format!("indexed {indexed} of {latest} changes"),
            });
        }
        Ok(())
    }

    /// The records of a kind that hold the words of a text, best first.
    pub(crate) async fn search_words(&self, kind: RecordKind, text: &str) -> Result<Vec<Uuid>, AppError> {
        let language = detect(text).language;
        // A few words seldom tell their language: they are looked for in the one detected and in all the others.
        let mut texts = vec![QueryText { language, near: false, parts: vec![(text.to_owned(), 1.0)] }];
        for other in innocap_domain::Language::ALL {
            if Some(other) != language && other != innocap_domain::Language::Nn {
                texts.push(QueryText { language: Some(other), near: false, parts: vec![(text.to_owned(), 1.0)] });
            }
        }
        let query = Query { texts, vector: None };
        let innocap = self.clone();
        tokio::task::spawn_blocking(move || {
            let value = |f: &innocap_index::Features| {
                let sum = f.words + f.title;
                if sum > 0.0 { sum } else { f32::NAN }
            };
            match kind {
                RecordKind::Challenge => ids(innocap.0.challenges.search(&query, SEARCH_DEPTH, &Filter::All, &value)),
                _ => ids(innocap.0.solutions.search(&query, SEARCH_DEPTH, &Filter::All, &value)),
            }
        })
        .await
        .map_err(|e| AppError::Internal(e.to_string()))
    }
}

fn ids<F>(hits: innocap_index::Hits<F>) -> Vec<Uuid> {
    hits.hits.into_iter().map(|hit| hit.id).collect()
}

/// Opens an index, says what was done where it could not be used, and empties one that has read further than the
/// registry has been written: it belongs to another registry, or the registry was restored from a backup.
fn open_index<F: innocap_index::Facts>(
    folder: &std::path::Path,
    model: &str,
    dimensions: usize,
    latest: i64,
) -> Result<Index<F>, IndexError> {
    let (index, opened) = Index::open(folder, model, dimensions)?;
    match opened {
        Opened::Emptied(why) => {
            tracing::warn!(folder = %folder.display(), why, "the index could not be used and is built anew");
        }
        Opened::New | Opened::Ready => {}
    }
    if index.checkpoint() > latest {
        tracing::warn!(folder = %folder.display(), "the index is ahead of the registry and is built anew");
        index.clear()?;
    }
    Ok(index)
}
