//! The subcommands, one file each where they are more than a call.

mod calibrate;
mod demo;
mod evaluate;
mod feedback;
mod harvest;
mod import;
mod operation;
mod organisation;
mod report;
mod serve;
mod suggest;
mod tune;
mod user;
mod vocabulary;

use std::fs::File;
use std::io::{BufWriter, Write};

use innocap_app::import::Form;
use innocap_app::{Clock, ExportOptions};
use innocap_registry::Registry;

pub use serve::Running;

use crate::cli::{Archive, Cli, Command, Export, Settings};
use crate::{Failure, config, logging, wiring};

/// Does what the command line says.
///
/// # Errors
/// [`Failure`] with what went wrong and the exit code.
pub async fn run(cli: Cli) -> Result<(), Failure> {
    let settings = cli.settings;
    logging::start(&settings.log, settings.log_format)?;
    match cli.command {
        Command::Demo(options) => demo::run(&settings, &options).await,
        Command::Serve => serve::run(&settings).await,
        Command::Suggest(options) => suggest::run(&settings, options).await,
        Command::Import(options) => import::run(&settings, &options).await,
        Command::Export(options) => export(&settings, &options).await,
        Command::Archive(options) => archive(&settings, &options).await,
        Command::Harvest(command) => harvest::run(&settings, command).await,
        Command::Reindex => reindex(&settings).await,
        Command::Migrate => migrate(&settings).await,
        Command::User(command) => user::run(&settings, command).await,
        Command::Organisation(command) => organisation::run(&settings, command).await,
        Command::Keys(command) => operation::keys(&settings, &command).await,
        Command::Audit(command) => operation::audit(&settings, &command).await,
        Command::Evaluate(options) => evaluate::run(&settings, &options).await,
        Command::Calibrate(options) => calibrate::run(&settings, &options).await,
        Command::Tune(options) => tune::run(&settings, &options).await,
        Command::Feedback(command) => feedback::run(&settings, command).await,
        Command::Vocabulary(command) => vocabulary::run(&settings, command).await,
        Command::Config(options) => {
            let text = if options.example { config::example() } else { config::effective(&settings)? };
            print(&text)
        }
    }
}

/// Prints to standard output; a reader that has gone away, as in `innocap config | head`, is no fault.
fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

async fn registry(settings: &Settings) -> Result<Registry, Failure> {
    std::fs::create_dir_all(&settings.data_dir)?;
    Ok(Registry::open(&settings.database()?).await?)
}

async fn migrate(settings: &Settings) -> Result<(), Failure> {
    let applied = registry(settings).await?.migrate().await?;
    match applied.as_slice() {
        [] => print("the registry is up to date\n"),
        names => print(&format!("applied {}\n", names.join(", "))),
    }
}

async fn export(settings: &Settings, options: &Export) -> Result<(), Failure> {
    let office = wiring::office(settings).await?;
    let what = ExportOptions {
        kinds: options.kind.into_iter().collect(),
        form: if options.csv { Form::Csv } else { Form::JsonLines },
        public: options.public,
    };
    match &options.file {
        Some(path) => {
            // Written beside it and moved, so that a failed export never takes the place of a good one.
            let part = path.with_extension("part");
            let written = office.innocap.export(&what, &mut BufWriter::new(File::create(&part)?)).await?;
            std::fs::rename(&part, path)?;
            print(&format!("{written} records written to {}\n", path.display()))
        }
        None => {
            let written = office.innocap.export(&what, &mut BufWriter::new(std::io::stdout())).await;
            written.map(drop).map_err(Failure::from)
        }
    }
}

async fn archive(settings: &Settings, options: &Archive) -> Result<(), Failure> {
    let office = wiring::office(settings).await?;
    let written = innocap_http::archive::write(&office.innocap, &options.folder, &options.language).await?;
    let index = options.folder.join("index.html");
    print(&format!("{written} records written; open {}\n", index.display()))
}

async fn reindex(settings: &Settings) -> Result<(), Failure> {
    let innocap = wiring::start(settings, Clock::system()).await?;
    let bar = report::indexing(&innocap);
    innocap.reindex().await?;
    bar.finish();
    let status = innocap.solutions_index().status();
    let needs = innocap.challenges_index().status();
    print(&format!("indexed {} solutions and {} challenges\n", status.records, needs.records))
}
