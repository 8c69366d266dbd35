//! `cargo xtask bench bulk`: many records in and out, on both databases, and how many requests a second are answered
//! over the demo's catalogue. With `--short` a tenth of the records and of the time.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use innocap_registry::testing::TestDatabase;
use serde_json::{Value, json};

use super::accounts::{account, demo_on};
use super::load::Target;
use super::{Report, Server, challenges, suggestions_of};
use crate::root;

/// Records of one import.
const RECORDS: usize = 100_000;
/// Seconds of one measurement of requests.
const SECONDS: u64 = 10;
/// Connections that ask as fast as they are answered.
const CONNECTIONS: usize = 8;

/// Measures, prints, and writes `docs/benchmarks-bulk.md` unless it is a short run.
///
/// # Errors
/// Which step failed.
pub(super) fn run(short: bool) -> Result<(), String> {
    let (records, seconds) = if short { (RECORDS / 10, SECONDS / 3) } else { (RECORDS, SECONDS) };
    let mut report = Report::new(&format!(
        "# Benchmarks of bulk\n\nAs printed by `cargo xtask bench bulk`. The demo runs as a child process and is asked over HTTP on the \
         same machine; the load\ngenerator shares its cores. {records} solutions, mixed from those of the demo, are sent as JSON Lines in one \
         request by an API\nclient of one organisation, with its permissions, its reviews and a line of the audit log for each.\n\n"
    ));
    let folder = root().join("target/bench/bulk");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    one(&folder.join("sqlite"), "SQLite", None, records, seconds, &mut report)?;
    match TestDatabase::postgres() {
        Some(database) => {
            one(&folder.join("postgres"), "PostgreSQL", Some(&database), records, seconds, &mut report)?;
        }
        None => report.row("PostgreSQL", "left out, as INNOCAP_TEST_SKIP_POSTGRES says"),
    }
    let _ = std::fs::remove_dir_all(&folder);
    if short { Ok(()) } else { report.write("docs/benchmarks-bulk.md") }
}

fn one(
    data: &Path,
    name: &str,
    database: Option<&TestDatabase>,
    records: usize,
    seconds: u64,
    report: &mut Report,
) -> Result<(), String> {
    std::fs::create_dir_all(data).map_err(|e| e.to_string())?;
    let printed = data.join("printed.txt");
    let settings: Vec<(&str, &str)> = database.iter().map(|d| ("INNOCAP_DATABASE_URL", d.address())).collect();
    let server = demo_on(data, &printed, &settings)?;
    requests(&server, name, seconds, report)?;
    let token = integrator(&server, &printed)?;
    let body = variants(&server.base, records)?;
    import(&server, name, &token, &body, records, report)?;
    export(&server, name, records, report)
}

/// How many requests a second are answered while nothing else is done.
fn requests(server: &Server, name: &str, seconds: u64, report: &mut Report) -> Result<(), String> {
    let base = &server.base;
    let ids = challenges(base)?;
    let reads: Vec<String> = ids.iter().map(|id| format!("/api/v1/challenges/{id}")).collect();
    let rate = saturate(base, &reads, Duration::from_secs(seconds))?;
    report.row(&format!("{name}: reading a challenge, {CONNECTIONS} connections"), &format!("{rate:.0} requests/s"));
    let asks: Vec<String> = ids.iter().map(|id| suggestions_of("", id)).collect();
    let rate = saturate(base, &asks, Duration::from_secs(seconds))?;
    report.row(
        &format!("{name}: suggestions for a challenge, {CONNECTIONS} connections"),
        &format!("{rate:.0} requests/s"),
    );
    Ok(())
}

/// A token of the demo's API client, whose organisation a moderator knows: its listings wait for nobody.
fn integrator(server: &Server, printed: &Path) -> Result<String, String> {
    let (target, base) = (Target::new(), &server.base);
    let program = account(printed, "integrator")?;
    let grant = [
        ("grant_type", "client_credentials"),
        ("client_id", program.name.as_str()),
        ("client_secret", program.secret.as_str()),
    ];
    let token = field(&target.form(&format!("{base}/oauth/token"), &grant)?, "access_token")?;
    let first = json!({"kind": "service", "source": {"name": "bench", "id": "first"}, "texts": [
        {"language": "en", "title": "First listing", "summary": "The first of them."}]});
    send(base, &token, format!("{first}\n").as_bytes())?;
    let operator = account(printed, "operator")?;
    let sign_in = json!({"email": operator.name, "password": operator.secret});
    let operator = field(&target.post(&format!("{base}/api/v1/sign-in"), &sign_in)?, "access_token")?;
    let waiting: Value = serde_json::from_str(&target.get_as(&format!("{base}/api/v1/reviews"), Some(&operator))?)
        .map_err(|e| e.to_string())?;
    let review = waiting["items"].as_array().into_iter().flatten().find(|r| r["kind"] == "first-listing");
    let review = review.and_then(|r| r["id"].as_str()).ok_or("the first listing does not wait")?;
    let decision = format!("{base}/api/v1/reviews/{review}/decision");
    target.post_as(&decision, &json!({"decision": "approved"}), &operator)?;
    Ok(token)
}

fn field(answer: &str, name: &str) -> Result<String, String> {
    let answer: Value = serde_json::from_str(answer).map_err(|e| e.to_string())?;
    answer[name].as_str().map(str::to_owned).ok_or_else(|| format!("the answer has no {name}"))
}

/// Solutions as JSON Lines: the sentences of two of the demo's after one another, under an identifier of their own.
fn variants(base: &str, records: usize) -> Result<Vec<u8>, String> {
    let text = Target::new().get(&format!("{base}/api/v1/exports/solutions.jsonl"))?;
    let known: Vec<Value> =
        text.lines().map(serde_json::from_str).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
    let part = |record: &Value, name: &str| record["texts"][0][name].as_str().unwrap_or_default().to_owned();
    let mut body = Vec::with_capacity(records * 1_200);
    for i in 0..records {
        // Two numbers without a common divisor with the catalogue's size would do; so does going through pairs.
        let first = &known[i % known.len()];
        let second = &known[(i / known.len() + i * 7 + 1) % known.len()];
        let mut record = first.clone();
        let members = record.as_object_mut().ok_or("a record is no object")?;
        for name in ["id", "version", "created", "updated", "status", "organisation"] {
            members.remove(name);
        }
        record["source"] = json!({"name": "bench", "id": i.to_string()});
        let title: String =
            format!("{} {i}: {}", part(first, "title"), part(second, "title")).chars().take(290).collect();
        let language = first["texts"][0]["language"].clone();
        record["texts"] = json!([{
            "language": language,
            "title": title,
            "summary": part(first, "summary"),
            "description": format!("{}\n{}\n{}", part(second, "summary"), part(first, "description"), part(second, "description")),
        }]);
        serde_json::to_writer(&mut body, &record).map_err(|e| e.to_string())?;
        body.push(b'\n');
    }
    Ok(body)
}

/// The import in one request, and until the last of its words is found; the server's memory meanwhile.
fn import(
    server: &Server,
    name: &str,
    token: &str,
    body: &[u8],
    records: usize,
    report: &mut Report,
) -> Result<(), String> {
    let (idle, _) = server.memory()?;
    let (most, done) = (AtomicU64::new(0), AtomicBool::new(false));
    let (written, searchable) = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                if let Ok((now, _)) = server.memory() {
                    most.fetch_max(now, Ordering::Relaxed);
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        let measured = timed_import(server, token, body, records);
        done.store(true, Ordering::Relaxed);
        measured
    })?;
    #[expect(clippy::cast_precision_loss, reason = "a hundred thousand")]
    let count = records as f64;
    let mib = body.len() / 1024 / 1024;
    report.row(
        &format!("{name}: {records} solutions ({mib} MiB) sent and written"),
        &format!("{:.1} s, {:.0} solutions/s", written.as_secs_f64(), count / written.as_secs_f64()),
    );
    report.row(
        &format!("{name}: until the words of the last one are found"),
        &format!("{:.1} s, {:.0} solutions/s", searchable.as_secs_f64(), count / searchable.as_secs_f64()),
    );
    let above = most.load(Ordering::Relaxed).saturating_sub(idle);
    report.row(
        &format!("{name}: resident memory before, and at most above it until then"),
        &format!("{idle} MiB, {above} MiB"),
    );
    Ok(())
}

fn timed_import(server: &Server, token: &str, body: &[u8], records: usize) -> Result<(Duration, Duration), String> {
    let started = Instant::now();
    let summary = send(&server.base, token, body)?;
    let written = started.elapsed();
    if summary["created"] != records {
        return Err(format!("not all was taken: {summary}"));
    }
    let target = Target::new();
    let address = format!("{}/api/v1/solutions?limit=1&q={}", server.base, records - 1);
    loop {
        let found: Value = serde_json::from_str(&target.get(&address)?).map_err(|e| e.to_string())?;
        if found["total"].as_i64() > Some(0) {
            return Ok((written, started.elapsed()));
        }
        if started.elapsed() > super::PATIENCE {
            return Err("the last record is not found by its words".to_owned());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Sends rows; the summary of the report.
fn send(base: &str, token: &str, body: &[u8]) -> Result<Value, String> {
    let text = Target::new().lines(&format!("{base}/api/v1/imports"), body, token)?;
    let last = text.lines().last().ok_or("the report is empty")?;
    let last: Value = serde_json::from_str(last).map_err(|e| e.to_string())?;
    Ok(last["summary"].clone())
}

/// The export of everything, while vectors are computed beside it.
fn export(server: &Server, name: &str, records: usize, report: &mut Report) -> Result<(), String> {
    for form in ["jsonl", "csv"] {
        let started = Instant::now();
        let mut stream = request(&server.base, &format!("/api/v1/exports/solutions.{form}"))?;
        let (mut bytes, mut lines) = (0, 0);
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let read = stream.read(&mut buffer).map_err(|e| e.to_string())?;
            if read == 0 {
                break;
            }
            bytes += read;
            lines += buffer[..read].iter().filter(|byte| **byte == b'\n').count();
        }
        if lines < records {
            return Err(format!("the export has {lines} lines"));
        }
        let taken = started.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a hundred thousand")]
        let rate = records as f64 / taken;
        report.row(
            &format!("{name}: export as {form} ({} MiB), vectors being computed beside it", bytes / 1024 / 1024),
            &format!("{taken:.1} s, {rate:.0} rows/s"),
        );
    }
    Ok(())
}

/// Asks once, without keeping the connection.
fn request(base: &str, path: &str) -> Result<TcpStream, String> {
    let address = base.strip_prefix("http://").unwrap_or(base);
    let mut stream = TcpStream::connect(address).map_err(|e| e.to_string())?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").map_err(|e| e.to_string())?;
    Ok(stream)
}

/// Requests a second that are answered with success while some connections each ask again as soon as they are answered.
/// Plain sockets, so that the generator takes as little of the shared cores as can be.
fn saturate(base: &str, paths: &[String], time: Duration) -> Result<f64, String> {
    let (next, answered) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let address = base.strip_prefix("http://").unwrap_or(base);
    let started = Instant::now();
    let outcome: Result<(), String> = std::thread::scope(|scope| {
        let connections: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(|| -> Result<(), String> {
                    let stream = TcpStream::connect(address).map_err(|e| e.to_string())?;
                    stream.set_nodelay(true).map_err(|e| e.to_string())?;
                    let mut reader = BufReader::new(stream.try_clone().map_err(|e| e.to_string())?);
                    let mut writer = stream;
                    while started.elapsed() < time {
                        let path = &paths[next.fetch_add(1, Ordering::Relaxed) % paths.len()];
                        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
                        writer.write_all(request.as_bytes()).map_err(|e| e.to_string())?;
                        answer(&mut reader)?;
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(())
                })
            })
            .collect();
        connections.into_iter().try_for_each(|one| one.join().map_err(|_| "a connection broke down".to_owned())?)
    });
    outcome?;
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    Ok(answered.into_inner() as f64 / started.elapsed().as_secs_f64())
}

/// Reads one answer of a known length, which must be a success.
fn answer(reader: &mut BufReader<TcpStream>) -> Result<(), String> {
    let (mut line, mut length, mut first) = (String::new(), 0, true);
    loop {
        line.clear();
        reader.read_line(&mut line).map_err(|e| e.to_string())?;
        if first && !line.starts_with("HTTP/1.1 200") {
            return Err(format!("an answer begins {line:?}"));
        }
        first = false;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().map_err(|_| "a length that is no number".to_owned())?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let read = std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).map_err(|e| e.to_string())?;
    if read == length && length > 0 { Ok(()) } else { Err("an answer breaks off".to_owned()) }
}
