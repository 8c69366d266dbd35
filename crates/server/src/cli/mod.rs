//! What the program can be told: subcommands and flags. Each setting is a flag and an environment variable, declared
//! once; a file of settings may stand behind both.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

mod accounts;
mod harvest;
mod settings;

pub use accounts::{AuditCommand, ClientMade, KeysCommand, OrganisationCommand, UserCommand};
pub use harvest::{HarvestAdd, HarvestCommand};
pub use settings::{LogFormat, MailEncryption, Settings};

use innocap_domain::RecordKind;

use crate::Failure;

/// Innocap puts a public body's need beside the solutions that already exist.
#[derive(Debug, Parser)]
#[command(name = "innocap", version, args_override_self = true, max_term_width = 110)]
pub struct Cli {
    /// The settings.
    #[command(flatten)]
    pub settings: Settings,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Loads the bundled catalogue, prints worked examples and serves the API
    Demo(Demo),
    /// Serves the API and follows the change feed
    Serve,
    /// Suggests solutions for a need in free text
    Suggest(Suggest),
    /// Imports organisations, challenges and solutions
    Import(Import),
    /// Exports organisations, solutions and challenges as JSON Lines or CSV
    Export(Export),
    /// Writes everything public as a website of plain files, readable without the service
    Archive(Archive),
    /// Catalogues to harvest: set up, list, run, remove; what may be one
    #[command(subcommand)]
    Harvest(HarvestCommand),
    /// Rebuilds the indexes from the registry
    Reindex,
    /// Applies pending migrations
    Migrate,
    /// People: enter, list, give a role, suspend; the first operator too
    #[command(subcommand)]
    User(UserCommand),
    /// Organisations: verify, suspend, members, API clients
    #[command(subcommand)]
    Organisation(OrganisationCommand),
    /// The keys that sign tokens
    #[command(subcommand)]
    Keys(KeysCommand),
    /// The audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Measures the ranking on a judged collection in BEIR layout
    Evaluate(Evaluate),
    /// Holds scores and verdicts against judged pairs of the registry's own records
    Calibrate(Calibrate),
    /// Fits the weights to judged pairs and prints what would change; nothing is applied
    Tune(Tune),
    /// What users say of suggestions
    #[command(subcommand)]
    Feedback(Feedback),
    /// Labels of codes
    #[command(subcommand)]
    Vocabulary(Vocabulary),
    /// Prints the effective configuration, secrets hidden
    Config(Config),
}

/// See [`Command::Demo`].
#[derive(Debug, Args)]
pub struct Demo {
    /// Print the worked examples and end, without serving
    #[arg(long)]
    pub no_serve: bool,
}

/// See [`Command::Suggest`].
#[derive(Debug, Args)]
pub struct Suggest {
    /// The need, in your own words; - reads it from standard input
    pub text: String,
    /// Its language (BCP-47), where it should not be detected
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
    /// The country of the need (ISO 3166-1)
    #[arg(long, value_name = "CODE")]
    pub country: Option<String>,
    /// The region of the need (NUTS or ISO 3166-2)
    #[arg(long, value_name = "CODE")]
    pub region: Option<String>,
    /// What would be bought (CPV), several separated by commas
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub cpv: Vec<String>,
    /// Which public functions it serves, several separated by commas
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub function: Vec<String>,
    /// Only these kinds of solution, several separated by commas
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    pub kind: Vec<String>,
    /// Only solutions known to be at least this ripe, or of unknown ripeness
    #[arg(long, value_name = "1-9")]
    pub trl_at_least: Option<u8>,
    /// Leave out what is known not to be delivered at the place of the need
    #[arg(long)]
    pub delivered_here: bool,
    /// The language of the reasons: en, sv, fi, nb, da or is
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = ["en", "sv", "fi", "nb", "da", "is"])]
    pub answer_in: String,
    /// The order of the scores alone: near-duplicates each for itself, and no provider lifted for variety
    #[arg(long)]
    pub raw: bool,
    /// At most so many suggestions
    #[arg(long, default_value_t = 5)]
    pub limit: usize,
    /// The whole answer as JSON
    #[arg(long)]
    pub json: bool,
}

/// See [`Command::Import`].
#[derive(Debug, Args)]
pub struct Import {
    /// The file, packed with gzip or not; - reads standard input
    pub file: PathBuf,
    /// A mapping file, for rows that are not in our own form; see mappings/
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// The rows are comma-separated values with a header; by default told by the file's name (.csv, .csv.gz)
    #[arg(long)]
    pub csv: bool,
    /// What rows are that do not say it themselves: organisation, challenge or solution
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Option<RecordKind>,
    /// The source of rows that name none: their identifiers are of this catalogue
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Pass over rows that begin before this line, to go on with an import that ended early
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub from_line: u64,
    /// Say what would be done, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write what became of each row into this file, as JSON Lines
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Do not index now; a running server does it, or the next start
    #[arg(long)]
    pub no_index: bool,
}

/// See [`Command::Export`].
#[derive(Debug, Args)]
pub struct Export {
    /// The file; by default standard output
    pub file: Option<PathBuf>,
    /// Only this kind: organisation, challenge or solution
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Option<RecordKind>,
    /// As a table with a header; needs --kind
    #[arg(long, requires = "kind")]
    pub csv: bool,
    /// Only what is public, without drafts and what is suspended
    #[arg(long)]
    pub public: bool,
}

/// See [`Command::Archive`].
#[derive(Debug, Args)]
pub struct Archive {
    /// The folder, which must be new or empty
    pub folder: PathBuf,
    /// The language of the pages: en, sv, fi, nb, da or is; records keep their own
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = ["en", "sv", "fi", "nb", "da", "is"])]
    pub language: String,
}

fn kind(word: &str) -> Result<RecordKind, String> {
    RecordKind::parse(word.strip_suffix('s').unwrap_or(word)).map_err(|e| e.to_string())
}

/// See [`Command::Evaluate`].
#[derive(Debug, Args)]
pub struct Evaluate {
    /// The collections' folders: corpus.jsonl, queries.jsonl, qrels/
    #[arg(required = true)]
    pub folders: Vec<PathBuf>,
    /// Which judgements: qrels/SPLIT.tsv
    #[arg(long, default_value = "dev")]
    pub split: String,
    /// What ranks, several separated by commas: each is then held against the full ranking
    #[arg(long, value_enum, default_value = "full", value_delimiter = ',')]
    pub ranker: Vec<RankerName>,
    /// Takes one ingredient of the full ranking away at a time and prints what that costs
    #[arg(long)]
    pub ablate: bool,
    /// Gives documents that are named by a CPV code the code's labels in all languages, as a solution with that code
    /// has them; part of the answer is then in the vocabulary
    #[arg(long)]
    pub labels: bool,
    /// Holds the full ranking against a TREC run made elsewhere, by a paired randomisation test
    #[arg(long, value_name = "FILE", conflicts_with = "ablate")]
    pub against: Option<PathBuf>,
    /// Weights to try in place of those in the program; the form is that of crates/ranking/weights.json
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// The figures as JSON, one line for each collection and ranker
    #[arg(long)]
    pub json: bool,
    /// Writes the ranked lists of the last ranker and collection as a TREC run
    #[arg(long, value_name = "FILE")]
    pub run: Option<PathBuf>,
}

/// See [`Command::Calibrate`].
#[derive(Debug, Args)]
pub struct Calibrate {
    /// Judgements: JSON Lines of {"need", "solution", "grade"}, by identifier here or at the source
    #[arg(required = true)]
    pub judgements: Vec<PathBuf>,
    /// Ask with the needs' titles alone, as a person types into a box
    #[arg(long)]
    pub titles: bool,
    /// Weights to try in place of those in the program; the form is that of crates/ranking/weights.json
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// The figures as JSON
    #[arg(long)]
    pub json: bool,
    /// Writes what the index measured of every candidate, a need in each line
    #[arg(long, value_name = "FILE")]
    pub cases: Option<PathBuf>,
}

/// See [`Command::Tune`].
#[derive(Debug, Args)]
pub struct Tune {
    /// Judgements: JSON Lines of {"need", "solution", "grade"}, such as innocap feedback export writes
    #[arg(required = true)]
    pub judgements: Vec<PathBuf>,
    /// Folds of the cross-validation
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(2..=50))]
    pub folds: u8,
    /// Writes the proposed weights, to be tried with innocap evaluate --weights and innocap calibrate --weights
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What ranks in [`Command::Evaluate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RankerName {
    /// BM25 alone
    Words,
    /// The model's cosine as it comes
    Embedding,
    /// Reciprocal rank fusion of these two
    Rrf,
    /// Cosine of the centred meanings alone
    Meaning,
    /// As users are served
    Full,
    /// All of them
    All,
}

/// See [`Command::Feedback`].
#[derive(Debug, Subcommand)]
pub enum Feedback {
    /// Exports it as judgements by which a ranking can be measured, without notes and without who said so
    Export(FeedbackExport),
}

/// See [`Feedback::Export`].
#[derive(Debug, Args)]
pub struct FeedbackExport {
    /// The form
    #[arg(long, value_enum, default_value = "judgements")]
    pub format: FeedbackFormat,
    /// The file; by default standard output
    pub file: Option<PathBuf>,
}

/// The forms of [`Feedback::Export`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FeedbackFormat {
    /// JSON Lines of {"need", "solution", "grade", "reason"}.
    Judgements,
    /// Tab-separated relevance judgements with a header, as in collections of BEIR.
    Qrels,
}

/// See [`Command::Vocabulary`].
#[derive(Debug, Subcommand)]
pub enum Vocabulary {
    /// Imports labels: JSON Lines of {"code", "label": {language: text}}, or the eForms SDK's code_xx.xml
    Import(VocabularyImport),
}

/// See [`Vocabulary::Import`].
#[derive(Debug, Args)]
pub struct VocabularyImport {
    /// The file
    pub file: PathBuf,
    /// What the codes are (cpv, region, function); by default told by the file's name
    #[arg(long, value_name = "SCHEME")]
    pub scheme: Option<String>,
    /// The language of an XML file; by default told by its name
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
}

/// See [`Command::Config`].
#[derive(Debug, Args)]
pub struct Config {
    /// Print the settings with their defaults in the form of .env.example instead
    #[arg(long)]
    pub example: bool,
}

/// The command line with the settings file's values put before it, for every setting that has no variable of its own
/// in the environment.
///
/// # Errors
/// A file that cannot be read, or that names an unknown setting.
pub fn arguments(given: impl Iterator<Item = OsString>) -> Result<Vec<OsString>, Failure> {
    let given: Vec<OsString> = given.collect();
    let named = given.iter().enumerate().find_map(|(i, argument)| {
        let text = argument.to_str()?;
        match text.strip_prefix("--config=") {
            Some(path) => Some(PathBuf::from(path)),
            None if text == "--config" => given.get(i + 1).map(PathBuf::from),
            None => None,
        }
    });
    let Some(path) = named.or_else(|| variable("INNOCAP_CONFIG").map(PathBuf::from)) else {
        return Ok(given);
    };
    let refuse = |why: String| Failure { message: format!("{}: {why}", path.display()), code: 2 };
    let text = std::fs::read_to_string(&path).map_err(|e| refuse(e.to_string()))?;
    let file: toml::Table = toml::from_str(&text).map_err(|e| refuse(e.to_string()))?;
    let known = settings();
    let mut arguments: Vec<OsString> = given.first().cloned().into_iter().collect();
    for (key, value) in file {
        let variable_name = format!("INNOCAP_{}", key.to_uppercase());
        let Some(setting) = known.iter().find(|s| s.variable == variable_name) else {
            return Err(refuse(format!("there is no setting named {key}")));
        };
        if variable(&variable_name).is_some() {
            continue;
        }
        match value {
            toml::Value::Boolean(true) if setting.switch => arguments.push(format!("--{}", setting.flag).into()),
            toml::Value::Boolean(false) if setting.switch => {}
            toml::Value::String(text) => arguments.push(format!("--{}={text}", setting.flag).into()),
            toml::Value::Integer(number) => arguments.push(format!("--{}={number}", setting.flag).into()),
            _ => return Err(refuse(format!("{key} has a value of the wrong type"))),
        }
    }
    arguments.extend(given.into_iter().skip(1));
    Ok(arguments)
}

fn variable(name: &str) -> Option<OsString> {
    #[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// One setting as it is declared in [`Settings`].
#[derive(Debug, Clone)]
pub struct Setting {
    /// The flag without its dashes.
    pub flag: String,
    /// The environment variable.
    pub variable: String,
    /// What it means.
    pub help: String,
    /// The default as text.
    pub default: Option<String>,
    /// Whether its value must not be shown.
    pub secret: bool,
    /// Whether it takes no value.
    pub switch: bool,
}

/// All settings, in the order of their declaration.
pub fn settings() -> Vec<Setting> {
    let command = Cli::command();
    let of = |argument: &clap::Arg| {
        Some(Setting {
            flag: argument.get_long()?.to_owned(),
            variable: argument.get_env()?.to_str()?.to_owned(),
            help: argument.get_help()?.to_string(),
            default: argument.get_default_values().first().and_then(|d| d.to_str()).map(str::to_owned),
            secret: argument.is_hide_env_values_set(),
            switch: !argument.get_action().takes_values(),
        })
    };
    command.get_arguments().filter_map(of).collect()
}
