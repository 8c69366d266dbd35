//! All settings. Each is a flag and an environment variable, declared once.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// All settings. A flag wins over the environment variable, the variable over the settings file, the file over the
/// default.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// File of settings in TOML: the variables' names without INNOCAP_, in lower case (listen = "0.0.0.0:8080")
    #[arg(long, global = true, env = "INNOCAP_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Folder of the SQLite database and the indexes
    #[arg(long, global = true, env = "INNOCAP_DATA_DIR", value_name = "FOLDER", default_value = "innocap-data")]
    pub data_dir: PathBuf,

    /// Where the registry is: postgres://user:password@host/database or sqlite:FILE; by default a SQLite file in the
    /// data folder
    #[arg(long, global = true, env = "INNOCAP_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, global = true, env = "INNOCAP_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: std::net::SocketAddr,

    /// Threads that answer requests; 0 takes one for each core
    #[arg(long, global = true, env = "INNOCAP_WORKERS", value_name = "NUMBER", default_value_t = 0)]
    pub workers: usize,

    /// The address under which people reach the service, such as https://innocap.example.org; by default
    /// http://localhost with the port of INNOCAP_LISTEN. Links in mails begin with it, and passkeys belong to its host
    #[arg(long, global = true, env = "INNOCAP_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,

    /// Where people turn with questions about the service, shown on its pages on accessibility and privacy: a mail
    /// address, or the address of a page beginning with https://
    #[arg(long, global = true, env = "INNOCAP_CONTACT", value_name = "ADDRESS")]
    pub contact: Option<String>,

    /// What identifiers of processes begin with where challenges are published by the Open Contracting Data Standard:
    /// the prefix that the Open Contracting Partnership has registered for whoever runs the service. The default stands
    /// for none
    #[arg(long, global = true, env = "INNOCAP_OCID_PREFIX", value_name = "PREFIX", default_value = "ocds-000000")]
    pub ocid_prefix: String,

    /// Whether a proxy stands before it that adds the address of whoever asks to X-Forwarded-For
    #[arg(long, global = true, env = "INNOCAP_BEHIND_PROXY")]
    pub behind_proxy: bool,

    /// Requests a minute of one API client; 0 sets no limit, as for all of these, where a gateway in front does that
    #[arg(long, global = true, env = "INNOCAP_RATE_CLIENT", value_name = "NUMBER", default_value_t = 1200)]
    pub rate_client: u32,

    /// Requests a minute of one person who uses the API with a token
    #[arg(long, global = true, env = "INNOCAP_RATE_PERSON", value_name = "NUMBER", default_value_t = 600)]
    pub rate_person: u32,

    /// Requests a minute to the API from one address, of those who are not signed in
    #[arg(long, global = true, env = "INNOCAP_RATE_ADDRESS", value_name = "NUMBER", default_value_t = 300)]
    pub rate_address: u32,

    /// Pages a minute from one address, which a whole town hall may share
    #[arg(long, global = true, env = "INNOCAP_RATE_PAGES", value_name = "NUMBER", default_value_t = 1200)]
    pub rate_pages: u32,

    /// Seconds that an answer may take
    #[arg(long, global = true, env = "INNOCAP_TIME_LIMIT", value_name = "SECONDS", default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub time_limit: u64,

    /// Web origins, separated by commas, whose pages may call the API from a browser, such as https://example.org; * for
    /// all; none by default
    #[arg(long, global = true, env = "INNOCAP_CORS_ORIGINS", value_name = "ORIGINS", value_delimiter = ',')]
    pub cors_origins: Vec<String>,

    /// What is logged: error, warn, info, debug, trace, or a filter such as info,innocap_app=debug
    #[arg(long, global = true, env = "INNOCAP_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,

    /// How it is logged
    #[arg(long, global = true, env = "INNOCAP_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,

    /// Another embedding model of the BERT architecture: a GGUF file; needs INNOCAP_TOKENIZER_FILE
    #[arg(long, global = true, env = "INNOCAP_MODEL_FILE", value_name = "FILE", requires = "tokenizer_file")]
    pub model_file: Option<PathBuf>,

    /// The tokenizer of that model: a tokenizer.json
    #[arg(long, global = true, env = "INNOCAP_TOKENIZER_FILE", value_name = "FILE", requires = "model_file")]
    pub tokenizer_file: Option<PathBuf>,

    /// An OpenAI-compatible endpoint in place of a model in the program, such as https://models.example/v1/embeddings
    #[arg(long, global = true, env = "INNOCAP_EMBEDDINGS_URL", value_name = "URL", conflicts_with = "model_file")]
    pub embeddings_url: Option<String>,

    /// The model's name at that endpoint
    #[arg(long, global = true, env = "INNOCAP_EMBEDDINGS_MODEL", value_name = "NAME", default_value = "default")]
    pub embeddings_model: String,

    /// The bearer token for that endpoint
    #[arg(long, global = true, env = "INNOCAP_EMBEDDINGS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub embeddings_token: Option<String>,

    /// What that model wants before the text of a need
    #[arg(long, global = true, env = "INNOCAP_EMBEDDINGS_QUERY_PREFIX", value_name = "TEXT", default_value = "")]
    pub embeddings_query_prefix: String,

    /// What that model wants before the text of a solution
    #[arg(long, global = true, env = "INNOCAP_EMBEDDINGS_PASSAGE_PREFIX", value_name = "TEXT", default_value = "")]
    pub embeddings_passage_prefix: String,

    /// Whether that endpoint may be at a private address, such as on this machine
    #[arg(long, global = true, env = "INNOCAP_EMBEDDINGS_ALLOW_PRIVATE")]
    pub embeddings_allow_private: bool,

    /// The SMTP server that sends mail; without one mail waits in the outbox for the operator to hand on
    #[arg(long, global = true, env = "INNOCAP_MAIL_HOST", value_name = "NAME", requires = "mail_from")]
    pub mail_host: Option<String>,

    /// Its port; by default that of the encryption: 465, 587 or 25
    #[arg(long, global = true, env = "INNOCAP_MAIL_PORT", value_name = "NUMBER")]
    pub mail_port: Option<u16>,

    /// How the way to it is encrypted
    #[arg(long, global = true, env = "INNOCAP_MAIL_TLS", value_name = "HOW", default_value = "implicit")]
    pub mail_tls: MailEncryption,

    /// File with a certificate authority (PEM) that is trusted for it beside those of the system
    #[arg(long, global = true, env = "INNOCAP_MAIL_AUTHORITY", value_name = "FILE")]
    pub mail_authority: Option<PathBuf>,

    /// User at the SMTP server, where it asks for one
    #[arg(long, global = true, env = "INNOCAP_MAIL_USER", value_name = "NAME", requires = "mail_password")]
    pub mail_user: Option<String>,

    /// Password at the SMTP server
    #[arg(long, global = true, env = "INNOCAP_MAIL_PASSWORD", value_name = "TEXT", hide_env_values = true)]
    pub mail_password: Option<String>,

    /// The address mail is sent from
    #[arg(long, global = true, env = "INNOCAP_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,

    /// Folder into which everything public is dumped once a day, each day in a folder of its own; without one nothing is
    #[arg(long, global = true, env = "INNOCAP_DUMP_DIR", value_name = "FOLDER")]
    pub dump_dir: Option<PathBuf>,

    /// The time of day of the dump, UTC
    #[arg(long, global = true, env = "INNOCAP_DUMP_AT", value_name = "HH:MM", default_value = "02:30")]
    pub dump_at: String,

    /// How many dumps are kept
    #[arg(long, global = true, env = "INNOCAP_DUMP_KEEP", value_name = "NUMBER", default_value_t = 7)]
    pub dump_keep: usize,

    /// File of identity providers in TOML, each an [[issuer]] with id, name, issuer, client_id and client_secret
    #[arg(long, global = true, env = "INNOCAP_OIDC_FILE", value_name = "FILE")]
    pub oidc_file: Option<PathBuf>,

    /// Whether webhooks may be at private addresses and without encryption: for tests and intranets
    #[arg(long, global = true, env = "INNOCAP_WEBHOOKS_ALLOW_PRIVATE")]
    pub webhooks_allow_private: bool,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// How the way to the SMTP server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MailEncryption {
    /// From the first byte.
    Implicit,
    /// After STARTTLS.
    Starttls,
    /// Not at all: to a server on the same machine only.
    None,
}
