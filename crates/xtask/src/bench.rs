//! `cargo xtask bench`: what the program does in how much time and memory, on the imported catalogue and on 100,000
//! solutions made by varying it. The real program runs as a child process and is asked over a socket.
//!
//! Filled data folders stay under `target/bench`, so that the texts are embedded once and for all.

pub(crate) mod accounts;
mod bulk;
mod load;
mod pages;
mod variants;
mod webhooks;

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::root;
use accounts::demo;
use load::Latencies;
pub(crate) use load::Target;

/// Solutions of the large registry.
const LARGE: usize = 100_000;
/// Requests a second.
const RATE: f64 = 50.0;
/// Requests of one measurement.
const REQUESTS: usize = 3_000;
/// Free texts asked; each is new to the server, so that none is answered from its cache.
const FREE_TEXTS: usize = 300;
/// How long the program may take to start before the benchmark gives up.
const PATIENCE: Duration = Duration::from_secs(600);

/// The shared source files with their mappings.
const SOURCES: [(&str, &str); 5] = [
    ("catalogue/erdf-projects.jsonl", "erdf-projects.toml"),
    ("catalogue/digital-public-goods.jsonl", "digital-public-goods.toml"),
    ("needs/doffin-notices.jsonl", "doffin-notices.toml"),
    ("needs/ted-notices.jsonl", "ted-notices.toml"),
    ("needs/challenge-gov.jsonl", "challenge-gov.toml"),
];

/// Measures the catalogue, or what `part` names; `short` where that can be measured in little time.
///
/// # Errors
/// Which step failed.
pub fn run(part: Option<&str>, short: bool) -> Result<(), String> {
    match part {
        None => catalogue(),
        Some("accounts") => build().and_then(|()| accounts::run()),
        Some("webhooks") => build().and_then(|()| webhooks::run()),
        Some("bulk") => build().and_then(|()| bulk::run(short)),
        Some("pages") => build().and_then(|()| pages::run()),
        Some(_) => Err("bench takes no argument, or: accounts, pages, webhooks, bulk, bulk --short".to_owned()),
    }
}

/// Measures, prints, and writes `docs/benchmarks.md`.
fn catalogue() -> Result<(), String> {
    let shared = root().join("../shared/data");
    if !shared.join("catalogue").exists() {
        return Err("the benchmark imports the source files in ../shared/data, which are not here".to_owned());
    }
    build()?;
    let mut report = Report::new(
        "# Benchmarks\n\nAs printed by `cargo xtask bench`. The program runs as a child process with its defaults (SQLite, the \
         bundled model)\nand is asked over HTTP on the same machine; the load generator shares its cores. Requests are sent at \
         a fixed rate\nwhether or not earlier ones have been answered, and a latency counts from the moment the request was due. \
         The 100,000\nsolutions are made by mixing the sentences and vectors of imported ones two by two.\n\n\
         Others have files of their own: [bulk and requests a second](benchmarks-bulk.md), [webhooks](benchmarks-webhooks.md),\n\
         [pages](benchmarks-pages.md), [accounts](benchmarks-accounts.md).\n\n",
    );
    let folder = root().join("target/bench");
    let small = folder.join("catalogue");
    import_catalogue(&small, &shared, &mut report)?;
    serve_and_ask("the imported catalogue", &small, &mut report)?;

    let large = folder.join(LARGE.to_string());
    if !large.join("innocap.db").exists() {
        let file = folder.join("variants.jsonl");
        variants::write(&small, &large, &file, LARGE)?;
        let seconds = timed(|| innocap(&large, &["import", path(&file)?, "--no-index"]))?;
        report.row(
            "100,000 solutions and the needs written to the registry by `innocap import`",
            &format!("{seconds:.1} s"),
        );
        let _ = std::fs::remove_file(file);
    }
    let seconds = timed(|| innocap(&large, &["reindex"]))?;
    let speed = 100_000.0 / seconds;
    report.row(
        "`innocap reindex`, the words of all 100,000 solutions and their known vectors",
        &format!("{seconds:.1} s, {speed:.0} solutions/s"),
    );
    serve_and_ask("100,000 solutions", &large, &mut report)?;
    report.write("docs/benchmarks.md")
}

/// Builds the program that is measured.
pub(crate) fn build() -> Result<(), String> {
    let status = Command::new("cargo")
        .args(["build", "--release", "--workspace", "--bins"])
        .current_dir(root())
        .status()
        .map_err(|e| e.to_string())?;
    if status.success() { Ok(()) } else { Err("the build failed".to_owned()) }
}

fn path(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("{} is not UTF-8", path.display()))
}

fn program() -> PathBuf {
    root().join("target/release/innocap")
}

fn innocap(data: &Path, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program())
        .args(arguments)
        .args(["--data-dir", path(data)?, "--log", "warn"])
        .stdin(Stdio::null())
        .output()
        .map_err(|e| e.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("innocap {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)))
}

fn timed(work: impl FnOnce() -> Result<(), String>) -> Result<f64, String> {
    let started = Instant::now();
    work()?;
    Ok(started.elapsed().as_secs_f64())
}

fn import_catalogue(data: &Path, shared: &Path, report: &mut Report) -> Result<(), String> {
    if data.join("innocap.db").exists() {
        return Ok(());
    }
    let fresh = data.with_extension("new");
    let _ = std::fs::remove_dir_all(&fresh);
    let seconds = timed(|| {
        SOURCES.iter().try_for_each(|(file, mapping)| {
            let mapping = root().join("mappings").join(mapping);
            innocap(&fresh, &["import", path(&shared.join(file))?, "--mapping", path(&mapping)?])
        })
    })?;
    std::fs::rename(&fresh, data).map_err(|e| e.to_string())?;
    report.row("2,222 solutions and 1,868 needs imported, embedding included", &format!("{seconds:.0} s"));
    Ok(())
}

/// A server as a child process; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) base: String,
    ready: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(data: &Path) -> Result<Self, String> {
        let data = path(data)?;
        Self::spawn(
            |listen| ["serve", "--log", "warn", "--data-dir", data, "--listen", listen].map(str::to_owned).into(),
            &[],
            Stdio::null(),
        )
    }

    /// Starts the program with these arguments, which are told the address to listen at, and waits until it is ready.
    fn spawn(
        arguments: impl Fn(&str) -> Vec<String>,
        settings: &[(&str, &str)],
        output: Stdio,
    ) -> Result<Self, String> {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).map_err(|e| e.to_string())?.port();
        let started = Instant::now();
        let child = Command::new(program())
            .args(arguments(&format!("127.0.0.1:{port}")))
            // What one caller can ask is measured, not what one caller may.
            .envs(["CLIENT", "PERSON", "ADDRESS", "PAGES"].map(|quota| (format!("INNOCAP_RATE_{quota}"), "0")))
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(output)
            .spawn()
            .map_err(|e| e.to_string())?;
        let mut server = Self { child, base: format!("http://127.0.0.1:{port}"), ready: Duration::ZERO };
        let target = Target::new();
        while started.elapsed() < PATIENCE {
            if target.get(&format!("{}/health/ready", server.base)).is_ok() {
                server.ready = started.elapsed();
                return Ok(server);
            }
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!("the server ended with {status}"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err("the server was not ready in time".to_owned())
    }

    /// Resident memory in MiB: now, and at most so far (`VmRSS` and `VmHWM` of proc(5)).
    fn memory(&self) -> Result<(u64, u64), String> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).map_err(|e| e.to_string())?;
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1024)
        };
        of("VmRSS:").zip(of("VmHWM:")).ok_or_else(|| "no memory figures".to_owned())
    }
}

fn serve_and_ask(what: &str, data: &Path, report: &mut Report) -> Result<(), String> {
    let server = Server::start(data)?;
    report.row(
        &format!("{what}: from the program's start to `/health/ready`"),
        &format!("{:.2} s", server.ready.as_secs_f64()),
    );
    let challenges = challenges(&server.base)?;
    // A first round over all needs, so that the measurement is not that of the first disk reads.
    load::sequential(challenges.iter().take(200).map(|id| suggestions_of(&server.base, id)))?;
    let urls: Vec<String> =
        (0..REQUESTS).map(|i| suggestions_of(&server.base, &challenges[i * 37 % challenges.len()])).collect();
    let stored = load::at_rate(RATE, urls.len(), |target, i| target.get(&urls[i]))?;
    report.latencies(&format!("{what}: suggestions for a stored challenge, {REQUESTS} at {RATE}/s"), &stored);
    let texts = variants::free_texts(&server.base, &challenges, FREE_TEXTS)?;
    let url = format!("{}/api/v1/suggestions", server.base);
    let free = load::at_rate(5.0, texts.len(), |target, i| target.post(&url, &json!({"text": texts[i]})))?;
    report.latencies(&format!("{what}: suggestions for a new text of 60 words, {FREE_TEXTS} at 5/s"), &free);
    let (now, most) = server.memory()?;
    report.row(&format!("{what}: resident memory after that, and at most"), &format!("{now} MiB, {most} MiB"));
    Ok(())
}

fn suggestions_of(base: &str, id: &str) -> String {
    format!("{base}/api/v1/challenges/{id}/suggestions")
}

/// The identifiers of all challenges, page by page.
pub(crate) fn challenges(base: &str) -> Result<Vec<String>, String> {
    let target = Target::new();
    let mut ids = Vec::new();
    let mut next = Some("/api/v1/challenges?limit=100".to_owned());
    while let Some(page) = next {
        let answer: Value =
            serde_json::from_str(&target.get(&format!("{base}{page}"))?).map_err(|e| format!("{page}: {e}"))?;
        let items = answer["items"].as_array().ok_or_else(|| format!("{page} has no items"))?;
        ids.extend(items.iter().filter_map(|item| item["id"].as_str()).map(str::to_owned));
        next = answer["next"].as_str().map(str::to_owned);
    }
    if ids.is_empty() { Err("there are no challenges".to_owned()) } else { Ok(ids) }
}

/// What is printed and written.
struct Report {
    text: String,
}

impl Report {
    fn new(introduction: &str) -> Self {
        let mut text = introduction.to_owned();
        let _ = writeln!(text, "Measured on: {}\n", machine());
        text.push_str("| what | figure |\n|---|---|\n");
        print!("{text}");
        Self { text }
    }

    fn row(&mut self, what: &str, figure: &str) {
        let line = format!("| {what} | {figure} |\n");
        print!("{line}");
        self.text.push_str(&line);
    }

    fn latencies(&mut self, what: &str, latencies: &Latencies) {
        let [p50, p90, p99, most] = [0.5, 0.9, 0.99, 1.0].map(|q| latencies.quantile(q).as_secs_f64() * 1_000.0);
        self.row(what, &format!("p50 {p50:.1} ms, p90 {p90:.1} ms, p99 {p99:.1} ms, slowest {most:.1} ms"));
    }

    fn write(&self, file: &str) -> Result<(), String> {
        std::fs::write(root().join(file), &self.text).map_err(|e| e.to_string())
    }
}

/// Processor, cores, memory, compiler and revision.
pub(crate) fn machine() -> String {
    let read = |file: &str, name: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map_or("unknown", |(_, value)| value.trim()).to_owned()
    };
    let printed = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(root()).output();
        output.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory: u64 = read("/proc/meminfo", "MemTotal").split(' ').next().and_then(|kib| kib.parse().ok()).unwrap_or(0);
    format!(
        "{} ({cores} cores), {} GiB, {}, revision {}, {}",
        read("/proc/cpuinfo", "model name"),
        memory / 1024 / 1024,
        printed("rustc", &["--version"]),
        printed("git", &["describe", "--always", "--dirty"]),
        printed("date", &["-I"]),
    )
}
