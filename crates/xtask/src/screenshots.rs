//! `cargo xtask screenshots`: pictures of the main pages in `docs/screenshots/`, taken by Chromium of the running demo.

use std::process::Command;

use serde_json::{Value, json};

use crate::bench::accounts::{account, demo};
use crate::root;

/// Starts the demo and takes the pictures.
///
/// # Errors
/// Which step failed.
pub fn run() -> Result<(), String> {
    let data = root().join("target/screenshots");
    let _ = std::fs::remove_dir_all(&data);
    std::fs::create_dir_all(&data).map_err(|e| e.to_string())?;
    let printed = data.join("printed.txt");
    let server = demo(&data, &printed)?;
    let mut accounts = serde_json::Map::new();
    for what in ["municipality", "company", "operator"] {
        let account = account(&printed, what)?;
        accounts.insert(what.to_owned(), json!({ "name": account.name, "secret": account.secret }));
    }
    let folder = root().join("docs/screenshots");
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let status = Command::new("node")
        .arg(root().join("tests/browser/screenshots.mjs"))
        .args([&server.base, &Value::Object(accounts).to_string()])
        .arg(folder)
        .status()
        .map_err(|e| format!("node: {e} (cargo xtask test installs it)"))?;
    if status.success() { Ok(()) } else { Err("the pictures could not be taken".to_owned()) }
}
