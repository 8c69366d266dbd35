//! Installs the neighbours from their package registries, at the versions that the lock files name.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The repository's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Installs aiosmtpd in an environment under `target`, where it is not there already.
///
/// Gives the Python to run it with.
///
/// # Errors
/// What failed, and what to do about it.
pub fn install_smtp() -> Result<PathBuf, String> {
    let environment = root().join("target/neighbours/python");
    let requirements = root().join("tests/smtp/requirements.txt");
    let python = environment.join("bin/python");
    once(&environment, &requirements, || {
        let help = "Debian has it in python3-venv";
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment), help)?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"];
        run(Command::new(&python).args(pip).arg(&requirements), "PyPI must be in reach")
    })?;
    Ok(python)
}

/// Installs oidc-provider beside its script in `tests/oidc`, where it is not there already.
///
/// Gives that folder.
///
/// # Errors
/// What failed, and what to do about it.
pub fn install_oidc() -> Result<PathBuf, String> {
    let folder = root().join("tests/oidc");
    once(&folder.join("node_modules"), &folder.join("package-lock.json"), || {
        run(
            Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder),
            "Debian has it in nodejs and npm, and the npm registry must be in reach",
        )
    })?;
    Ok(folder)
}

/// Runs `install` unless `into` was installed from this very `lock` file; one process at a time.
fn once(into: &Path, lock: &Path, install: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let told = |path: &Path, e: std::io::Error| format!("{}: {e}", path.display());
    let name = into.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    let guards = root().join("target/neighbours");
    fs::create_dir_all(&guards).map_err(|e| told(&guards, e))?;
    let guard = guards.join(format!("{name}.lock"));
    let guard = File::create(&guard).map_err(|e| told(&guard, e))?;
    guard.lock().map_err(|e| format!("the lock of the installation: {e}"))?;
    let wanted = fs::read(lock).map_err(|e| told(lock, e))?;
    let mark = into.join(".installed-from");
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    install()?;
    fs::write(&mark, wanted).map_err(|e| told(&mark, e))
}

fn run(command: &mut Command, help: &str) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.stdin(Stdio::null()).status().map_err(|e| format!("{name}: {e}; {help}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed ({status}); {help}")) }
}
