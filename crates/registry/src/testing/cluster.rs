//! A PostgreSQL cluster that lives as long as the program that started it.

#![expect(
    clippy::disallowed_methods,
    reason = "tests are steered by variables of their own, and look for PostgreSQL in the path"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use diesel::connection::{Connection, SimpleConnection};
use diesel::{PgConnection, RunQueryDsl};
use uuid::Uuid;

/// A server to use instead of starting one: an address whose user may create databases.
const URL_VARIABLE: &str = "INNOCAP_TEST_POSTGRES_URL";
/// Set to 1 to leave PostgreSQL out.
const SKIP_VARIABLE: &str = "INNOCAP_TEST_SKIP_POSTGRES";
/// What starts, watches and removes the cluster.
const SCRIPT: &str = include_str!("cluster.sh");
const MISSING: &str = "PostgreSQL is missing: run `cargo xtask test`, which installs it, or set \
     INNOCAP_TEST_SKIP_POSTGRES=1 to test without it";

/// A PostgreSQL server for tests.
pub struct PostgresCluster {
    address: String,
    /// A shell around the server. It stops the server and removes its folder when its standard input ends, and the
    /// other end of that pipe is ours: it closes when this is dropped and also when the program is killed.
    supervisor: Option<Mutex<Child>>,
    admin: Mutex<PgConnection>,
}

impl PostgresCluster {
    /// The cluster of this program, started when first asked for; the server named by `INNOCAP_TEST_POSTGRES_URL`
    /// where that is set; `None` where `INNOCAP_TEST_SKIP_POSTGRES` is 1.
    ///
    /// # Panics
    /// Where PostgreSQL is missing or does not start, with what to do about it.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Result<PostgresCluster, String>> = OnceLock::new();
        if std::env::var(SKIP_VARIABLE).is_ok_and(|value| value == "1") {
            return None;
        }
        let cluster = SHARED.get_or_init(|| match std::env::var(URL_VARIABLE) {
            Ok(address) if !address.is_empty() => Self::at(address),
            _ => Self::start(),
        });
        match cluster {
            Ok(cluster) => Some(cluster),
            Err(why) => panic!("{why}"),
        }
    }

    /// Uses a server that runs already.
    ///
    /// # Errors
    /// Why it does not answer.
    pub fn at(address: String) -> Result<Self, String> {
        let admin = PgConnection::establish(&address)
            .map_err(|_| format!("the server that {URL_VARIABLE} names does not answer"))?;
        Ok(Self { address, supervisor: None, admin: Mutex::new(admin) })
    }

    /// Starts a cluster of its own in a new folder, reachable by a socket there and in no other way.
    ///
    /// # Errors
    /// Why it does not start.
    pub fn start() -> Result<Self, String> {
        let programs = programs().ok_or(MISSING)?;
        let mut command = if is_root()? {
            // The server refuses to run as root.
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "sh"]);
            command
        } else {
            Command::new("sh")
        };
        command.args(["-c", SCRIPT, "innocap-postgres"]).arg(&programs);
        // The user `postgres` may not be let into the folder that we are in.
        command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|error| format!("PostgreSQL does not start: {error}"))?;
        let mut folder = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut folder).map_err(|e| format!("PostgreSQL does not start: {e}"))?;
        }
        let folder = folder.trim();
        if !folder.starts_with('/') {
            return Err(format!("PostgreSQL does not start: {folder}"));
        }
        let address = format!("postgres://innocap@/postgres?host={}", folder.replace('/', "%2F"));
        let admin = wait_for(&address)?;
        Ok(Self { address, supervisor: Some(Mutex::new(child)), admin: Mutex::new(admin) })
    }

    /// Creates a database and returns its name and its address.
    ///
    /// # Panics
    /// Where the server refuses.
    pub fn create_database(&self) -> (String, String) {
        let name = format!("innocap_test_{}", Uuid::now_v7().simple());
        self.execute(&format!("CREATE DATABASE {name}")).expect("a new database");
        let address = with_database(&self.address, &name);
        (name, address)
    }

    /// Drops a database and ends the sessions in it.
    pub fn drop_database(&self, name: &str) {
        // Where this fails the server is gone or going, and the database with it.
        let _ = self.execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    }

    fn execute(&self, statement: &str) -> diesel::QueryResult<()> {
        let mut admin = self.admin.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        admin.batch_execute(statement)
    }
}

impl Drop for PostgresCluster {
    fn drop(&mut self) {
        if let Some(supervisor) = self.supervisor.take() {
            let mut supervisor = supervisor.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
            // Closes its input first, and so tells it to stop.
            let _ = supervisor.wait();
        }
    }
}

/// The folder of PostgreSQL's programs: the newest that Debian has installed, or one in the search path.
fn programs() -> Option<PathBuf> {
    let complete = |folder: &Path| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| complete(folder))
        .max();
    let searched = || std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| complete(folder));
    newest.map(|(_, folder)| folder).or_else(searched)
}

fn is_root() -> Result<bool, String> {
    let output = Command::new("id").arg("-u").output().map_err(|error| format!("`id -u` does not run: {error}"))?;
    Ok(output.stdout.trim_ascii() == b"0")
}

/// Connects to a server that is starting.
fn wait_for(address: &str) -> Result<PgConnection, String> {
    let start = Instant::now();
    loop {
        match PgConnection::establish(address) {
            Ok(mut connection) => match diesel::sql_query("SELECT 1").execute(&mut connection) {
                Ok(_) => return Ok(connection),
                Err(error) => return Err(format!("PostgreSQL does not answer: {error}")),
            },
            Err(error) if start.elapsed() > Duration::from_secs(60) => {
                return Err(format!("PostgreSQL does not start: {error}"));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// The address with another database: `postgres://user@host/THIS?parameters`.
fn with_database(address: &str, name: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
    let (rest, parameters) = rest.split_once('?').map_or((rest, None), |(rest, p)| (rest, Some(p)));
    let server = rest.split_once('/').map_or(rest, |(server, _)| server);
    let parameters = parameters.map(|p| format!("?{p}")).unwrap_or_default();
    format!("{scheme}://{server}/{name}{parameters}")
}
