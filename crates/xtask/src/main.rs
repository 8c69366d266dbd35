//! The repository's own chores: `cargo xtask <command>`.

mod agreement;
mod bench;
mod bundle;
mod lighthouse;
mod means;
mod retold;
mod screenshots;
mod test;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const COMMANDS: &str = "\
test     installs what the tests need and runs them all
tidy     checks what the repository promises about itself
retold   compares our texts with the shared source data
bundle   gives the bundled records identifiers and vectors
means    computes the mean vectors of the languages
token-means  computes those of the tokens of queries and passages
agreement    how far the two readers of judged pairs agree
screenshots  takes pictures of the main pages
lighthouse   what Lighthouse says of the main pages on a phone
bench    measures time and memory; `bench accounts` what signing in and being known costs, `bench pages` the pages,
         `bench webhooks` the sending, `bench bulk [--short]` imports, exports and requests a second
";

/// The repository's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn main() -> ExitCode {
    let result = match std::env::args().nth(1).as_deref() {
        Some("test") => test::run(),
        Some("tidy") => tidy::run(),
        Some("retold") => retold::run(),
        Some("bundle") => bundle::run(),
        Some("bench") => {
            bench::run(std::env::args().nth(2).as_deref(), std::env::args().nth(3).as_deref() == Some("--short"))
        }
        Some("agreement") => agreement::run(),
        Some("screenshots") => screenshots::run(),
        Some("lighthouse") => lighthouse::run(),
        Some("means") => means::run(),
        Some("token-means") => means::run_tokens(),
        _ => Err(COMMANDS.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
