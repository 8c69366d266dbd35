//! A running Innocap in a folder of its own.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use innocap_app::{Clock, Innocap, Model};
use innocap_domain::OrganisationId;
use innocap_registry::testing::TestDatabase;
use innocap_server::cli::Settings;
use innocap_server::commands::Running;
use innocap_server::{Cli, wiring};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::client::Client;

/// What a token is for where a test does not care.
const SUBJECT: &str = "test";

/// Where the registry of an instance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file in the instance's folder.
    Sqlite,
    /// A database of its own in a throw-away cluster.
    Postgres,
}

/// A running instance with its own data, stopped when dropped.
pub struct Instance {
    runtime: Runtime,
    running: Option<Running>,
    settings: Settings,
    clock: Clock,
    kept: Kept,
}

/// What an instance's data stand in, kept over a restart.
#[derive(Clone)]
struct Kept {
    #[expect(dead_code, reason = "held for its Drop, which removes the folder")]
    folder: Arc<TempDir>,
    #[expect(dead_code, reason = "held for its Drop, which removes the database")]
    database: Option<Arc<TestDatabase>>,
}

/// Runs a test on SQLite and on PostgreSQL, on the latter unless it is to be left out.
pub fn on_every_backend(test: impl Fn(&Instance)) {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        match Instance::on(backend) {
            Some(instance) => test(&instance),
            None => eprintln!("{backend:?} is left out, as INNOCAP_TEST_SKIP_POSTGRES says"),
        }
    }
}

/// The model in the program, loaded once for all tests.
fn model() -> Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL
        .get_or_init(|| {
            let embedder = innocap_server::bundled_model().expect("the model in the program loads");
            Model::Local(embedder)
        })
        .clone()
}

impl Instance {
    /// An instance on SQLite.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn new() -> Self {
        Self::on(Backend::Sqlite).expect("SQLite is always there")
    }

    /// An instance on a backend; `None` where that is to be left out.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn on(backend: Backend) -> Option<Self> {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let data = folder.path().join("data");
        let mut arguments =
            vec!["innocap".to_owned(), format!("--data-dir={}", data.display()), "--listen=127.0.0.1:0".to_owned()];
        arguments.push("--workers=2".to_owned());
        let database = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(Arc::new(TestDatabase::postgres()?)),
        };
        if let Some(database) = &database {
            arguments.push(format!("--database-url={}", database.address()));
        }
        arguments.push("serve".to_owned());
        let settings = Cli::parse_from(arguments).settings;
        Some(Self::start(settings, Clock::system(), Kept { folder, database }))
    }

    fn start(settings: Settings, clock: Clock, kept: Kept) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let running = runtime.block_on(async {
            let innocap = wiring::start_with(&settings, model(), clock.clone()).await.map_err(|f| f.message);
            Running::start(&settings, innocap.expect("it starts")).await.map_err(|f| f.message).expect("it listens")
        });
        Self { runtime, running: Some(running), settings, clock, kept }
    }

    /// Stops it and starts it again on the same data; `between` may touch the data folder meanwhile.
    #[must_use]
    pub fn restart(mut self, between: impl FnOnce(&std::path::Path)) -> Self {
        self.stop();
        between(&self.settings.data_dir);
        Self::start(self.settings.clone(), self.clock.clone(), self.kept.clone())
    }

    fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("the instance is running")
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running().address)
    }

    /// The use cases behind it.
    pub fn innocap(&self) -> &Innocap {
        &self.running().innocap
    }

    /// Its data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.settings.data_dir.clone()
    }

    /// Where its registry is, password included, as a program is told; `None` for a file in the data folder.
    pub fn database_url(&self) -> Option<&str> {
        self.settings.database_url.as_deref()
    }

    /// Runs a future of the use cases.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// A client that is nobody.
    pub fn anonymous(&self) -> Client {
        Client::new(self.url(""), None)
    }

    /// A client with a token of the operator.
    pub fn operator(&self) -> Client {
        Client::new(self.url(""), Some(self.token(None, TimeDelta::hours(1))))
    }

    /// A client with a token of an organisation.
    ///
    /// # Panics
    /// Where `organisation` is no identifier.
    pub fn member(&self, organisation: &str) -> Client {
        self.member_named(organisation, SUBJECT)
    }

    /// A client with a token of an organisation that is for `subject`.
    ///
    /// # Panics
    /// Where `organisation` is no identifier.
    pub fn member_named(&self, organisation: &str, subject: &str) -> Client {
        let organisation = organisation.parse().expect("an identifier");
        Client::new(self.url(""), Some(self.issue(subject, Some(organisation), TimeDelta::hours(1))))
    }

    /// A token that ends after `lifetime`, which may be negative.
    ///
    /// # Panics
    /// Where it cannot be issued.
    pub fn token(&self, organisation: Option<OrganisationId>, lifetime: TimeDelta) -> String {
        self.issue(SUBJECT, organisation, lifetime)
    }

    fn issue(&self, subject: &str, organisation: Option<OrganisationId>, lifetime: TimeDelta) -> String {
        let tokens = wiring::tokens(&self.settings.data_dir).map_err(|f| f.message).expect("the key is there");
        let now: DateTime<Utc> = self.clock.now();
        tokens.issue(subject, organisation, now, lifetime).expect("a token")
    }

    /// Writes an organisation; its identifier.
    pub fn organisation(&self, name: &str, kind: &str, country: &str) -> String {
        let body = json!({"name": name, "kind": kind, "country": country});
        self.operator().post("/api/v1/organisations", &body).expect(201).id()
    }

    /// Writes and publishes a record of `resource` and waits until it is indexed; its identifier.
    pub fn published(&self, resource: &str, body: &Value) -> String {
        let operator = self.operator();
        let id = operator.post(&format!("/api/v1/{resource}"), body).expect(201).id();
        operator.send("POST", &format!("/api/v1/{resource}/{id}/publish"), &[], None).expect(200);
        self.indexed();
        id
    }

    /// Waits until everything that has been written is indexed, words and meaning.
    ///
    /// # Panics
    /// After a minute.
    pub fn indexed(&self) {
        let started = Instant::now();
        loop {
            self.block_on(self.innocap().catch_up()).expect("indexing works");
            let latest = self.block_on(self.innocap().registry().last_change()).expect("the registry answers");
            let progress = self.innocap().progress();
            if progress.indexed >= latest && progress.without_vector == 0 {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "indexing does not come to an end: {progress:?}");
        }
    }
}

impl Default for Instance {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.stop();
    }
}
