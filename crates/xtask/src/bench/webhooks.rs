//! `cargo xtask bench webhooks`: how fast events are queued for webhooks and delivered to a receiver on the same machine,
//! and whether any is lost when the program is killed in between.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use innocap_domain::{Challenge, Organisation, OrganisationId, Secret, Status, Trace, WebhookEventKind};
use innocap_registry::{DatabaseUrl, NewWebhook, Registry, Write};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{Report, Server, path};
use crate::root;

/// Webhooks, each told of every event.
const WEBHOOKS: usize = 4;
/// Events.
const EVENTS: usize = 3_000;
/// Events that are written in one transaction, as an import does.
const BATCH: usize = 100;
/// How long nothing may arrive before what is missing counts as lost.
const PATIENCE: Duration = Duration::from_secs(45);

/// Identifiers in the order of their arrival, by webhook.
type Arrived = Arc<Mutex<HashMap<String, Vec<String>>>>;

/// Measures, prints, and writes `docs/benchmarks-webhooks.md`.
///
/// # Errors
/// Which step failed.
pub(super) fn run() -> Result<(), String> {
    let data = root().join("target/bench/webhooks");
    let _ = std::fs::remove_dir_all(&data);
    std::fs::create_dir_all(&data).map_err(|e| e.to_string())?;
    let mut report = Report::new(&format!(
        "# Benchmark of webhooks\n\nAs printed by `cargo xtask bench webhooks`. {EVENTS} challenges are published in one go, each told to \
         {WEBHOOKS} webhooks; the program\n(SQLite) then delivers to a receiver on the same machine, is killed with SIGKILL when half has \
         arrived, and started again.\n\n",
    ));
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    let arrived = Arrived::default();
    let receiver = runtime.block_on(receive(Arc::clone(&arrived)))?;
    let seconds = runtime.block_on(queue(&data, &receiver))?;
    let all = WEBHOOKS * EVENTS;
    report.row("queued, in transactions of 100 challenges", &rate(all, seconds));

    let count = || arrived.lock().map(|arrived| arrived.values().map(Vec::len).sum::<usize>()).unwrap_or_default();
    let server = serve(&data)?;
    let (started, before) = (first_arrival(&count, 0)?, all / 2);
    wait(&count, before)?;
    report.row("delivered until the kill", &rate(count(), started.elapsed().as_secs_f64()));
    // Dropping it kills it with SIGKILL.
    drop(server);
    std::thread::sleep(Duration::from_millis(200));
    let at_kill = count();
    let server = serve(&data)?;
    let started = first_arrival(&count, at_kill)?;
    let arrived_once = || {
        let arrived = arrived.lock().map(|arrived| arrived.values().map(|ids| distinct(ids)).sum::<usize>());
        arrived.unwrap_or_default()
    };
    wait(&arrived_once, all)?;
    report.row("delivered after it was started again", &rate(count() - at_kill, started.elapsed().as_secs_f64()));
    drop(server);
    report.row("lost", &format!("{} of {all}", all - arrived_once()));
    report.row("came twice, and are told apart by their identifier", &format!("{}", count() - arrived_once()));
    let arrived = arrived.lock().map_err(|e| e.to_string())?;
    let in_order = arrived.values().filter(|ids| in_order(ids)).count();
    report.row("webhooks whose events came in the order in which they happened", &format!("{in_order} of {WEBHOOKS}"));
    report.write("docs/benchmarks-webhooks.md")
}

fn rate(count: usize, seconds: f64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let rate = count as f64 / seconds;
    format!("{count} in {seconds:.2} s, {rate:.0}/s")
}

fn distinct(ids: &[String]) -> usize {
    ids.iter().collect::<HashSet<_>>().len()
}

/// Whether the identifiers, which are in the order of their making, came so for the first time.
fn in_order(ids: &[String]) -> bool {
    let mut seen = HashSet::new();
    ids.iter().filter(|id| seen.insert(*id)).is_sorted()
}

fn serve(data: &Path) -> Result<Server, String> {
    let data = path(data)?;
    Server::spawn(
        |listen| {
            ["serve", "--log", "error", "--webhooks-allow-private", "--data-dir", data, "--listen", listen]
                .map(str::to_owned)
                .into()
        },
        &[],
        Stdio::null(),
    )
}

/// When the first one after so many arrives.
fn first_arrival(count: &impl Fn() -> usize, after: usize) -> Result<Instant, String> {
    wait(count, after + 1)?;
    Ok(Instant::now())
}

/// Waits until there are so many, or nothing has arrived for long.
fn wait(count: &impl Fn() -> usize, wanted: usize) -> Result<(), String> {
    let (mut last, mut since) = (count(), Instant::now());
    while count() < wanted {
        if count() != last {
            (last, since) = (count(), Instant::now());
        }
        if since.elapsed() > PATIENCE {
            return Err(format!("{last} of {wanted} have arrived, and nothing for {} s", PATIENCE.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

/// Writes an organisation, its webhooks and what they are told of; how long the last took, in seconds.
async fn queue(data: &Path, receiver: &str) -> Result<f64, String> {
    let url =
        DatabaseUrl::parse(&format!("sqlite:{}", data.join("innocap.db").display())).map_err(|e| e.to_string())?;
    let registry = Registry::open(&url).await.map_err(|e| e.to_string())?;
    registry.migrate().await.map_err(|e| e.to_string())?;
    let at = innocap_app::Clock::system().now();
    let content: Organisation = read(json!({ "name": "Boden", "kind": "public-body", "country": "SE" }))?;
    let organisation = Write::Create { id: None, status: Status::Published, content, at };
    let organisation: OrganisationId = registry.write(organisation).await.map_err(|e| e.to_string())?.id;
    for number in 0..WEBHOOKS {
        let new = NewWebhook {
            organisation,
            address: format!("{receiver}/{number}"),
            description: None,
            events: vec![WebhookEventKind::ChallengePublished],
            secret: Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        };
        let made = registry.create_webhook(new, WEBHOOKS, &Trace::service(at)).await.map_err(|e| e.to_string())?;
        made.ok_or("there is no room for a webhook")?;
    }
    let content: Challenge = read(json!({
        "organisation": organisation,
        "texts": [{ "language": "sv", "title": "Trygghetslarm", "summary": "Larm för äldre som bor hemma." }],
        "country": "SE",
    }))?;
    let started = Instant::now();
    for _ in 0..EVENTS / BATCH {
        let new = || Write::Create { id: None, status: Status::Published, content: content.clone(), at };
        let written = registry.write_all((0..BATCH).map(|_| new()).collect()).await.map_err(|e| e.to_string())?;
        written.into_iter().collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
    }
    Ok(started.elapsed().as_secs_f64())
}

fn read<T: serde::de::DeserializeOwned>(document: Value) -> Result<T, String> {
    serde_json::from_value(document).map_err(|e| e.to_string())
}

/// Takes everything that is posted; where it listens.
async fn receive(arrived: Arrived) -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|e| e.to_string())?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(take(socket, Arc::clone(&arrived)));
        }
    });
    Ok(format!("http://{address}"))
}

/// Takes what comes over one connection, until it ends.
async fn take(socket: TcpStream, arrived: Arrived) -> Option<()> {
    let (reader, mut writer) = socket.into_split();
    let mut reader = BufReader::new(reader);
    let mut line = String::new();
    loop {
        line.clear();
        reader.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
        let webhook = line.split(' ').nth(1)?.to_owned();
        let (mut length, mut id) = (0, String::new());
        loop {
            line.clear();
            reader.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
            match line.trim_end().split_once(": ") {
                None => break,
                Some(("content-length", value)) => length = value.parse().ok()?,
                Some(("webhook-id", value)) => value.clone_into(&mut id),
                Some(_) => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).await.ok()?;
        serde_json::from_slice::<Value>(&body).ok()?;
        arrived.lock().ok()?.entry(webhook).or_default().push(id);
        writer.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.ok()?;
    }
}
