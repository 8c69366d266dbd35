//! `cargo xtask bench pages`: how long the server takes for each page, and how large a page is over the wire, over the
//! demo's catalogue.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::load::{Latencies, Target};
use super::{Report, challenges, demo};
use crate::root;

/// Requests for each page, one after the other.
const REQUESTS: usize = 300;
/// Requests before that, which fill what is remembered.
const WARMING: usize = 20;
/// The most that a page may take at p50: without suggestions, and with stored ones.
const MOST: Duration = Duration::from_millis(10);
const MOST_WITH_SUGGESTIONS: Duration = Duration::from_millis(25);
/// Bytes over the wire: of a first visit of the front page, and of any page.
const FIRST_VISIT: usize = 60_000;
const ANY_PAGE: usize = 100_000;

/// A page that is measured.
struct Page {
    name: &'static str,
    /// The addresses in turn, so that no page is measured for one record alone.
    paths: Vec<String>,
    most: Duration,
}

/// Measures, prints, and writes `docs/benchmarks-pages.md`.
///
/// # Errors
/// Which step failed, or which page is too slow or too large.
pub(super) fn run() -> Result<(), String> {
    let data = root().join("target/bench/pages");
    let _ = std::fs::remove_dir_all(&data);
    std::fs::create_dir_all(&data).map_err(|e| e.to_string())?;
    let mut report = Report::new(
        "# Benchmarks of pages\n\nAs printed by `cargo xtask bench pages`. The demo runs as a child process on an empty folder and is \
         asked over HTTP on\nthe same machine, one request after the other, in turn for different records; times are from sending to \
         the last byte.\nBytes are those of a browser's first visit, compressed: the page, its style and its icon.\n\n",
    );
    let server = demo(&data, &data.join("printed.txt"))?;
    let base = &server.base;
    let mut faults = Vec::new();
    let rest: usize = ["/style.css", "/icon.svg"].iter().map(|path| wire(base, path)).sum::<Result<usize, _>>()?;
    for page in pages(base)? {
        let urls: Vec<String> = page.paths.iter().map(|path| format!("{base}{path}")).collect();
        let target = Target::new();
        let mut taken = Vec::with_capacity(REQUESTS);
        for request in 0..WARMING + REQUESTS {
            let started = Instant::now();
            target.get(&urls[request % urls.len()])?;
            if request >= WARMING {
                taken.push(started.elapsed());
            }
        }
        let taken = Latencies::new(taken);
        let bytes = page.paths.iter().take(20).map(|path| wire(base, path)).collect::<Result<Vec<_>, _>>()?;
        let most = bytes.into_iter().max().unwrap_or_default() + rest;
        let [p50, p99] = [0.5, 0.99].map(|q| taken.quantile(q).as_secs_f64() * 1_000.0);
        report.row(page.name, &format!("p50 {p50:.1} ms, p99 {p99:.1} ms, at most {most} bytes"));
        if taken.quantile(0.5) > page.most {
            faults.push(format!("{} takes more than {} ms", page.name, page.most.as_millis()));
        }
        if most > if page.paths == ["/"] { FIRST_VISIT } else { ANY_PAGE } {
            faults.push(format!("{} takes {most} bytes", page.name));
        }
    }
    report.write("docs/benchmarks-pages.md")?;
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}

fn pages(base: &str) -> Result<Vec<Page>, String> {
    let challenges = challenges(base)?;
    let solutions: Value = serde_json::from_str(&Target::new().get(&format!("{base}/api/v1/solutions?limit=100"))?)
        .map_err(|e| e.to_string())?;
    let solutions: Vec<&Value> = solutions["items"].as_array().into_iter().flatten().collect();
    let of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let ids: Vec<String> = solutions.iter().map(|solution| of(&solution["id"])).collect();
    let providers = solutions.iter().map(|solution| format!("/organisations/{}", of(&solution["organisation"]["id"])));
    let each = |ids: &[String], before: &str, after: &str| -> Vec<String> {
        ids.iter().map(|id| format!("{before}/{id}{after}")).collect()
    };
    let one = |path: &str| vec![path.to_owned()];
    let plain = |name, paths| Page { name, paths, most: MOST };
    let suggested = |name, paths| Page { name, paths, most: MOST_WITH_SUGGESTIONS };
    Ok(vec![
        plain("front page", one("/")),
        plain("challenges", one("/challenges")),
        plain("challenges, by words", one("/challenges?q=school&sort=newest")),
        plain("solutions", one("/solutions")),
        plain("solutions, by function, country and kind", one("/solutions?function=health&country=NO&kind=service")),
        plain("a challenge", each(&challenges, "/challenges", "")),
        plain("a solution", each(&ids, "/solutions", "")),
        plain("an organisation", providers.collect()),
        plain("demand and supply", one("/picture")),
        plain("how the ranking works", one("/ranking")),
        plain("API documentation", one("/api/v1/docs")),
        suggested("suggestions for a stored challenge", each(&challenges, "/challenges", "/suggestions")),
        suggested("open needs that a solution could answer", each(&ids, "/solutions", "/challenges")),
    ])
}

/// The bytes of an answer as a browser gets it.
fn wire(base: &str, path: &str) -> Result<usize, String> {
    Target::new().compressed(&format!("{base}{path}"))
}
