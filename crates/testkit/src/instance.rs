//! A running Innocap in a folder of its own.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use clap::Parser;
use innocap_access::Subject;
use innocap_app::{Caller, Clock, Innocap, Model};
use innocap_domain::{
    ClientId, EmailAddress, Language, OrganisationId, PersonId, Role, Scope, ServiceRole, SolutionId,
};
use innocap_registry::testing::TestDatabase;
use innocap_server::cli::Settings;
use innocap_server::commands::Running;
use innocap_server::{Cli, wiring};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::client::Client;

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

/// A port that nobody listens on: links in mails, and the tokens' issuer, name it before the server listens.
///
/// # Panics
/// Where there is none.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
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
        Self::made(backend, free_port(), &[], Clock::system())
    }

    /// An instance on SQLite that listens at `port`, with further settings as flags.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn with(port: u16, flags: &[String]) -> Self {
        Self::made(Backend::Sqlite, port, flags, Clock::system()).expect("SQLite is always there")
    }

    /// An instance on a backend with further settings as flags and a clock that can be turned; `None` where the backend is
    /// to be left out.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn at(clock: Clock, backend: Backend, flags: &[String]) -> Option<Self> {
        Self::made(backend, free_port(), flags, clock)
    }

    fn made(backend: Backend, port: u16, flags: &[String], clock: Clock) -> Option<Self> {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let data = folder.path().join("data");
        let mut arguments =
            vec!["innocap".to_owned(), format!("--data-dir={}", data.display()), format!("--listen=127.0.0.1:{port}")];
        arguments.push("--workers=2".to_owned());
        // A test asks more in a second than a caller does in a minute; those about quotas set them.
        for quota in ["client", "person", "address", "pages"] {
            let flag = format!("--rate-{quota}=");
            if !flags.iter().any(|given| given.starts_with(&flag)) {
                arguments.push(format!("{flag}0"));
            }
        }
        arguments.extend(flags.iter().cloned());
        let database = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(Arc::new(TestDatabase::postgres()?)),
        };
        if let Some(database) = &database {
            arguments.push(format!("--database-url={}", database.address()));
        }
        arguments.push("serve".to_owned());
        let settings = Cli::parse_from(arguments).settings;
        Some(Self::start(settings, clock, Kept { folder, database }))
    }

    fn start(settings: Settings, clock: Clock, kept: Kept) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let running = runtime.block_on(async {
            let innocap = wiring::start_with(&settings, model(), clock.clone(), false).await.map_err(|f| f.message);
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

    /// A client that is signed in as an operator.
    pub fn operator(&self) -> Client {
        self.person("operator@example.org", ServiceRole::Operator)
    }

    /// A client that is signed in as a person with this address, who is entered where there is none.
    ///
    /// # Panics
    /// Where `email` is no address.
    pub fn person(&self, email: &str, role: ServiceRole) -> Client {
        let id = self.person_id(email, role);
        Client::new(self.url(""), Some(self.token(Subject::Person(id))))
    }

    /// The person with this address, entered where there is none.
    ///
    /// # Panics
    /// Where `email` is no address.
    pub fn person_id(&self, email: &str, role: ServiceRole) -> PersonId {
        let address: EmailAddress = email.parse().expect("an address");
        self.block_on(async {
            let innocap = self.innocap();
            if let Some(found) = innocap.registry().person_by_email(&address).await.expect("the registry answers") {
                return found.id;
            }
            let name = address.as_str().split('@').next().unwrap_or_default().to_owned();
            let entered = innocap.enter_person(address, name, Language::En.into(), role, None).await;
            entered.expect("a person").0.id
        })
    }

    /// A member of an organisation, signed in; the address tells them apart.
    ///
    /// # Panics
    /// Where `organisation` is no identifier.
    pub fn member_as(&self, organisation: &str, email: &str, role: Role) -> Client {
        let organisation: OrganisationId = organisation.parse().expect("an identifier");
        let person = self.person_id(email, ServiceRole::None);
        self.block_on(async {
            let innocap = self.innocap();
            if innocap.registry().role_in(person, organisation).await.expect("the registry answers").is_none() {
                innocap.add_member(person, organisation, role).await.expect("a member");
            }
        });
        Client::new(self.url(""), Some(self.token(Subject::Person(person))))
    }

    /// An API client of an organisation with these scopes, with a token.
    ///
    /// # Panics
    /// Where `organisation` is no identifier.
    pub fn api_client(&self, organisation: &str, scopes: &[Scope]) -> Client {
        self.api_client_with_id(organisation, scopes).0
    }

    /// As [`Self::api_client`], and its identifier.
    ///
    /// # Panics
    /// Where `organisation` is no identifier.
    pub fn api_client_with_id(&self, organisation: &str, scopes: &[Scope]) -> (Client, ClientId) {
        let organisation = organisation.parse().expect("an identifier");
        let document = json!({"name": "test", "scopes": scopes});
        let made = self.block_on(self.innocap().create_client(&Caller::shell(), organisation, &document));
        let id = made.expect("a client").client.id;
        (Client::new(self.url(""), Some(self.token(Subject::Client(id)))), id)
    }

    /// Takes a report on a solution at the shell, without the slowing down that an address meets.
    ///
    /// # Panics
    /// Where there is no such solution.
    pub fn reported(&self, solution: SolutionId, report: &Value) {
        self.block_on(self.innocap().report(&Caller::shell(), solution, report)).expect("a report");
    }

    /// A client that is signed in as an owner of an organisation.
    ///
    /// # Panics
    /// Where `organisation` is no identifier.
    pub fn member(&self, organisation: &str) -> Client {
        self.member_named(organisation, "owner")
    }

    /// A client that is signed in as an owner of an organisation, who is told apart by `name`.
    ///
    /// # Panics
    /// Where `organisation` is no identifier.
    pub fn member_named(&self, organisation: &str, name: &str) -> Client {
        self.member_as(organisation, &format!("{name}@{organisation}.example.org"), Role::Owner)
    }

    /// An access token.
    ///
    /// # Panics
    /// Where there is no such person or client.
    pub fn token(&self, subject: Subject) -> String {
        self.block_on(self.innocap().token_for(subject)).expect("a token")
    }

    /// The clock, for tests that turn it.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Writes an organisation; its identifier.
    pub fn organisation(&self, name: &str, kind: &str, country: &str) -> String {
        let body = json!({"name": name, "kind": kind, "country": country});
        self.operator().post("/api/v1/organisations", &body).expect(201).id()
    }

    /// Lets the organisation's listings be shown without waiting for a moderator, as after its first one.
    ///
    /// # Panics
    /// Where `organisation` is no identifier.
    pub fn trusted(&self, organisation: &str) {
        let document = json!({
            "organisation": organisation,
            "kind": "service",
            "texts": [{"language": "en", "title": "First listing", "summary": "The first of them."}],
        });
        let (operator, owner) = (self.operator(), self.member(organisation));
        let listing = operator.post("/api/v1/solutions", &document).expect(201).id();
        owner.send("POST", &format!("/api/v1/solutions/{listing}/publish"), &[], None).expect(202);
        let waiting = operator.get("/api/v1/reviews").expect(200).body;
        let reviews = waiting["items"].as_array().expect("a list");
        let review = reviews.iter().find(|review| review["record"] == listing.as_str()).expect("it waits");
        let address = format!("/api/v1/reviews/{}/decision", review["id"].as_str().expect("an identifier"));
        operator.post(&address, &json!({"decision": "approved"})).expect(200);
        // Out of the lists, so that tests count their own records alone.
        owner.post(&format!("/api/v1/solutions/{listing}/archive"), &json!({"reason": "a test"})).expect(200);
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
