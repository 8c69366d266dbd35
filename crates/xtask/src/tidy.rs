//! `cargo xtask tidy`: what the repository promises about itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::root;

/// The rooms, each with those it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("registry", &["domain", "registry"]),
    ("language", &["domain"]),
    ("index", &["domain", "language"]),
    ("ranking", &["domain"]),
    // Its tests start real servers.
    ("exchange", &["domain", "neighbours"]),
    ("access", &["domain"]),
    ("app", &["domain", "registry", "language", "index", "ranking", "exchange", "access"]),
    ("http", &["domain", "access", "app"]),
    ("server", &["domain", "registry", "language", "index", "ranking", "exchange", "access", "app", "http"]),
];
/// Libraries that stand in one crate only.
const ONE_ROOM: &[(&str, &str)] = &[
    ("diesel", "registry"),
    ("tantivy", "index"),
    ("actix-web", "http"),
    ("jsonwebtoken", "access"),
    ("reqwest", "exchange"),
    ("lettre", "exchange"),
    ("openidconnect", "exchange"),
    ("candle-core", "language"),
];
/// Lines of one Rust file.
const MOST_LINES: usize = 650;
const DOCUMENTS: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "NOTICE",
    "publiccode.yml",
    ".env.example",
    "Dockerfile",
    "docker-compose.yml",
    "clippy.toml",
    "deny.toml",
    ".ci/run",
];

/// Checks everything and prints every fault.
///
/// # Errors
/// How many faults there are.
pub fn run() -> Result<(), String> {
    let mut faults = Vec::new();
    dependencies(&mut faults);
    files(&mut faults);
    migrations(&mut faults);
    contract(&mut faults);
    settings(&mut faults);
    weights(&mut faults);
    for document in DOCUMENTS {
        if !root().join(document).exists() {
            faults.push(format!("{document} is missing"));
        }
    }
    for fault in &faults {
        println!("tidy: {fault}");
    }
    if faults.is_empty() {
        println!("── tidy: the repository is as it promises");
        Ok(())
    } else {
        Err(format!("tidy: {} faults", faults.len()))
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// The names in a manifest's dependency tables.
fn named(manifest: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.contains("dependencies");
        } else if inside && let Some((name, _)) = line.split_once(['=', '.', ' ']) {
            names.insert(name.trim().to_owned());
        }
    }
    names
}

fn dependencies(faults: &mut Vec<String>) {
    let mut manifests = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("crates")).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        manifests.insert(name, named(&read(&entry.path().join("Cargo.toml"))));
    }
    for (room, may_use) in ARROWS {
        for used in manifests.get(*room).into_iter().flatten().filter_map(|name| name.strip_prefix("innocap-")) {
            if !may_use.contains(&used) {
                faults.push(format!("crates/{room} must not depend on {used}"));
            }
        }
    }
    for (library, room) in ONE_ROOM {
        for (other, names) in &manifests {
            if other != room && names.contains(*library) {
                faults.push(format!("{library} belongs to crates/{room} alone, and stands in crates/{other}"));
            }
        }
    }
}

/// The weights of the ranking, each of which is published.
fn weights(faults: &mut Vec<String>) {
    let document = read(&root().join("docs/ranking.md"));
    let weights: serde_json::Value =
        serde_json::from_str(&read(&root().join("crates/ranking/weights.json"))).unwrap_or_default();
    let number = |at: &str| weights.pointer(at).and_then(serde_json::Value::as_f64);
    let written = |at: &str| number(at).map_or_else(|| "–".to_owned(), |weight| format!("{weight:?}"));
    let names = |at: &str| {
        let set = weights.pointer(at).and_then(serde_json::Value::as_object);
        set.into_iter().flat_map(|set| set.keys()).cloned().collect::<Vec<_>>()
    };
    let mut rows = vec![format!("version {}", weights["version"].as_str().unwrap_or_default())];
    for (within, shown) in [("", ""), ("/alignment", "alignment, ")] {
        for name in names(&format!("/cross_language{within}")) {
            let sets = ["same_language", "near_language", "cross_language"].map(|set| format!("/{set}{within}/{name}"));
            if sets.iter().any(|at| number(at).is_some()) {
                rows.push(format!("| {shown}{name} | {} |", sets.map(|at| written(&at)).join(" | ")));
            }
        }
    }
    for set in ["fit", "verdict"] {
        rows.extend(
            names(&format!("/{set}")).iter().map(|name| format!("| {name} | {} |", written(&format!("/{set}/{name}")))),
        );
    }
    for row in rows {
        if !document.contains(&row) {
            faults.push(format!("docs/ranking.md does not publish: {row}"));
        }
    }
}

/// The files that git tracks or would track.
pub fn tracked() -> Vec<String> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .map(|o| String::from_utf8_lossy(&o.stdout).into_owned())
        .unwrap_or_default();
    output.lines().filter(|path| root().join(path).is_file()).map(str::to_owned).collect()
}

fn files(faults: &mut Vec<String>) {
    // Put together here so that this file does not hold what it looks for.
    let unfinished = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["todo", "!("].concat()];
    let paths = [["/wo", "rk/"].concat(), ["/ro", "ot/"].concat(), ["/ho", "me/"].concat()];
    for path in tracked() {
        let binary = [".gguf", ".bin", "tokenizer.json", "Cargo.lock", "package-lock.json"];
        if binary.iter().any(|end| path.ends_with(end)) {
            continue;
        }
        let text = read(&root().join(&path));
        if path.ends_with(".rs") {
            if !text.starts_with("//!") {
                faults.push(format!("{path} does not open with //! and what lives there"));
            }
            if text.lines().count() > MOST_LINES {
                faults.push(format!("{path} has more than {MOST_LINES} lines"));
            }
        }
        for (number, line) in text.lines().enumerate() {
            if paths.iter().any(|word| line.contains(word.as_str())) && !path.starts_with("crates/xtask/src/test.rs") {
                faults.push(format!("{path}:{} names a path of some machine", number + 1));
            }
            if path.ends_with(".rs") && unfinished.iter().any(|word| line.contains(word.as_str())) {
                faults.push(format!("{path}:{} is unfinished", number + 1));
            }
        }
    }
}

fn migrations(faults: &mut Vec<String>) {
    let of = |backend: &str| -> BTreeSet<String> {
        let folder = root().join("migrations").join(backend);
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    let (sqlite, postgres) = (of("sqlite"), of("postgres"));
    if sqlite.is_empty() || sqlite != postgres {
        faults.push(format!("migrations differ: {sqlite:?} and {postgres:?}"));
    }
    for (backend, name) in sqlite.iter().map(|n| ("sqlite", n)).chain(postgres.iter().map(|n| ("postgres", n))) {
        for file in ["up.sql", "down.sql"] {
            if !root().join("migrations").join(backend).join(name).join(file).exists() {
                faults.push(format!("migrations/{backend}/{name}/{file} is missing"));
            }
        }
    }
}

fn contract(faults: &mut Vec<String>) {
    let routes: BTreeSet<String> = read(&root().join("crates/http/src/routes.rs"))
        .lines()
        // The pages come before; they are for people and promise nothing to programs.
        .skip_while(|line| *line != "contract {")
        .filter_map(|line| line.trim().split_once(" \""))
        .filter(|(method, _)| ["get", "post", "put", "patch", "delete"].contains(method))
        .filter_map(|(_, rest)| rest.split('"').next().map(str::to_owned))
        .collect();
    let described: BTreeSet<String> = read(&root().join("api-spec/openapi.yaml"))
        .lines()
        .skip_while(|line| *line != "paths:")
        .skip(1)
        // A description may have paragraphs.
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .filter_map(|line| line.strip_prefix("  /").and_then(|path| path.strip_suffix(':')))
        .map(|path| format!("/{path}"))
        .collect();
    for path in routes.symmetric_difference(&described) {
        faults.push(format!("{path} stands in the routes or in the contract, not in both"));
    }
}

fn settings(faults: &mut Vec<String>) {
    if read(&root().join(".env.example")) != innocap_server::config::example() {
        faults.push(".env.example is stale: innocap config --example > .env.example".to_owned());
    }
}
