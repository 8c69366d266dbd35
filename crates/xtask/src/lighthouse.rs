//! `cargo xtask lighthouse`: what Lighthouse says of the main pages of the running demo on a phone, as a table that is
//! printed and written to `docs/lighthouse.md`.

use std::fmt::Write as _;
use std::process::Command;

use serde_json::Value;

use crate::bench::accounts::demo;
use crate::bench::{Target, build, challenges, machine};
use crate::root;

/// Least score that each page is to have in each category.
const LEAST: u64 = 95;
const CATEGORIES: [(&str, &str); 4] = [
    ("performance", "performance"),
    ("accessibility", "accessibility"),
    ("best-practices", "best practices"),
    ("seo", "SEO"),
];

/// Starts the demo, runs Lighthouse, prints and writes the table.
///
/// # Errors
/// Which step failed, or which page has too low a score.
pub fn run() -> Result<(), String> {
    let folder = root().join("tests/lighthouse");
    if !folder.join("node_modules/lighthouse").exists() {
        println!("── installing Lighthouse");
        let arguments = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
        let status = Command::new("npm").args(arguments).current_dir(&folder).status();
        if !status.map_err(|e| format!("npm: {e}"))?.success() {
            return Err("npm ci failed in tests/lighthouse".to_owned());
        }
    }
    build()?;
    let data = root().join("target/lighthouse");
    let _ = std::fs::remove_dir_all(&data);
    std::fs::create_dir_all(&data).map_err(|e| e.to_string())?;
    let server = demo(&data, &data.join("printed.txt"))?;
    let challenge = challenges(&server.base)?.swap_remove(0);
    let solution = first_solution(&server.base)?;
    let pages = [
        "front page=/".to_owned(),
        "list of challenges=/challenges".to_owned(),
        "list of solutions=/solutions".to_owned(),
        format!("a challenge=/challenges/{challenge}"),
        format!("a solution=/solutions/{solution}"),
        format!("suggestions for a challenge=/challenges/{challenge}/suggestions"),
    ];
    let output = Command::new("node")
        .arg(folder.join("lighthouse.mjs"))
        .arg(&server.base)
        .args(&pages)
        .output()
        .map_err(|e| format!("node: {e}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let results: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if results.len() != pages.len() {
        return Err(format!("{} of {} pages have a result", results.len(), pages.len()));
    }
    let table = table(&results);
    print!("{table}");
    std::fs::write(root().join("docs/lighthouse.md"), table).map_err(|e| e.to_string())?;
    let low: Vec<String> = results.iter().flat_map(low).collect();
    if low.is_empty() { Ok(()) } else { Err(format!("below {LEAST}: {}", low.join("; "))) }
}

fn first_solution(base: &str) -> Result<String, String> {
    let answer = Target::new().get(&format!("{base}/api/v1/solutions?limit=1"))?;
    let answer: Value = serde_json::from_str(&answer).map_err(|e| e.to_string())?;
    answer["items"][0]["id"].as_str().map(str::to_owned).ok_or_else(|| "there are no solutions".to_owned())
}

fn table(results: &[Value]) -> String {
    let mut text = format!(
        "# Lighthouse\n\nAs printed by `cargo xtask lighthouse`: Lighthouse {} in its mobile setting (a slow phone on a slow line, \
         simulated) with\nChromium, the demo on the same machine, the median of three runs.\n\nMeasured on: {}\n\n",
        results[0]["version"].as_str().unwrap_or_default(),
        machine()
    );
    let names: Vec<&str> = CATEGORIES.iter().map(|(_, name)| *name).collect();
    let _ = writeln!(text, "| page | {} | largest paint | blocked | layout shift |", names.join(" | "));
    text.push_str("|---|---|---|---|---|---|---|---|\n");
    for result in results {
        let of = |name: &str| result[name].as_str().unwrap_or_default();
        let scores: Vec<String> = CATEGORIES.iter().map(|(id, _)| result["scores"][id].to_string()).collect();
        let figures = [of("largest"), of("blocked"), of("shift")].join(" | ");
        let _ = writeln!(text, "| {} | {} | {figures} |", of("name"), scores.join(" | "));
    }
    text
}

/// Where a page's scores are too low, with what Lighthouse found there.
fn low(result: &Value) -> Vec<String> {
    let low = CATEGORIES.iter().filter(|(id, _)| result["scores"][id].as_u64().unwrap_or_default() < LEAST);
    low.map(|(_, name)| format!("{}: {name} ({})", result["name"], result["short"])).collect()
}
