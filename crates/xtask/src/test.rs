//! `cargo xtask test`: installs what the tests need on Debian and runs them all.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::root;

/// Programs that the tests start, each with the Debian package that brings it.
const NEEDED: &[(&str, &str)] = &[("chromium", "chromium"), ("node", "nodejs"), ("npm", "npm"), ("python3", "python3")];

/// Runs everything, stopping at the first failure.
///
/// # Errors
/// Which step failed.
pub fn run() -> Result<(), String> {
    install()?;
    let mut times = Vec::new();
    let mut step = |name: &str, command: &mut Command| {
        println!("── {name}");
        let started = Instant::now();
        let status = command.current_dir(root()).status().map_err(|e| format!("{name}: {e}"))?;
        times.push(format!("{name}: {:.0} s", started.elapsed().as_secs_f64()));
        if status.success() { Ok(()) } else { Err(format!("{name} failed")) }
    };
    step("format", cargo(&["fmt", "--all", "--check"]))?;
    crate::tidy::run()?;
    crate::retold::run()?;
    let clippy = ["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"];
    step("lints", cargo(&clippy))?;
    // The tests run the program itself, so it is built beside them.
    step("build", cargo(&["build", "--release", "--workspace", "--all-targets"]))?;
    step("tests", cargo(&["test", "--release", "--workspace"]))?;
    println!("── done: {}", times.join(", "));
    Ok(())
}

fn cargo(arguments: &[&str]) -> &'static mut Command {
    let mut command = Command::new("cargo");
    command.args(arguments).stdin(Stdio::null());
    Box::leak(Box::new(command))
}

fn exists(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).stdout(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

/// Whether a PostgreSQL server's programs are there; Debian keeps them out of the path.
fn has_postgres() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    exists("postgres") || versions.map(|v| v.path().join("bin/postgres")).any(|path| path.exists())
}

/// Whether Python can make environments; Debian keeps that in a package of its own.
fn has_venv() -> bool {
    let found = Command::new("python3").args(["-c", "import ensurepip, venv"]).stderr(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

fn install() -> Result<(), String> {
    let mut packages: Vec<&str> = NEEDED.iter().filter(|(p, _)| !exists(p)).map(|(_, package)| *package).collect();
    if !has_postgres() {
        packages.push("postgresql");
    }
    if !has_venv() {
        packages.push("python3-venv");
    }
    if !packages.is_empty() {
        println!("── installing {}", packages.join(", "));
        apt(&["update"])?;
        let mut arguments = vec!["install", "-y", "--no-install-recommends"];
        arguments.extend(&packages);
        apt(&arguments)?;
    }
    let browser = root().join("tests/browser");
    if !browser.join("node_modules/playwright-core").exists() {
        println!("── installing the browser tests' npm packages");
        let status = Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&browser).status();
        if !status.map_err(|e| format!("npm: {e}"))?.success() {
            return Err("npm ci failed in tests/browser".to_owned());
        }
    }
    println!("── the SMTP server and the OpenID provider that the tests start");
    innocap_neighbours::install_smtp()?;
    innocap_neighbours::install_oidc()?;
    println!("── the generators of clients");
    innocap_neighbours::install_typescript_client()?;
    innocap_neighbours::install_python_client()?;
    println!("── what judges the API's contract and its answers");
    innocap_neighbours::install_redocly()?;
    innocap_neighbours::install_schemathesis()?;
    Ok(())
}

fn apt(arguments: &[&str]) -> Result<(), String> {
    let as_root = Path::new("/root").metadata().is_ok() && is_root();
    let mut command = if as_root { Command::new("apt-get") } else { Command::new("sudo") };
    if !as_root {
        command.arg("apt-get");
    }
    let status = command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        _ => Err(format!("apt-get {} failed; install the packages by hand and run this again", arguments.join(" "))),
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}
