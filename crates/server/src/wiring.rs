//! From settings to a running Innocap.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use innocap_app::{AccountOptions, Clock, Innocap, Model, StartError, StartOptions, WebhookOptions};
use innocap_domain::{EmailAddress, Secret};
use innocap_exchange::{EmbeddingsClient, EmbeddingsConfig, MailConfig, MailTls, Mailer, OidcIssuer, RelyingParty};
use innocap_language::{BertEmbedder, EmbedError, Embedder, Role};
use innocap_registry::RegistryError;

use crate::Failure;
use crate::cli::{MailEncryption, Settings};

/// The most that sending one mail may take.
const MAIL_TIMEOUT: Duration = Duration::from_secs(60);

/// Starts an Innocap as the settings say.
///
/// # Errors
/// [`Failure`] with what to do about it.
pub async fn start(settings: &Settings, clock: Clock) -> Result<Innocap, Failure> {
    start_with(settings, model(settings).await?, clock, false).await
}

/// As [`start`], with the demo's accounts let in.
///
/// # Errors
/// As [`start`].
pub async fn start_demo(settings: &Settings, clock: Clock) -> Result<Innocap, Failure> {
    start_with(settings, model(settings).await?, clock, true).await
}

/// Starts an Innocap with a model that is loaded already.
///
/// # Errors
/// As [`start`].
pub async fn start_with(settings: &Settings, model: Model, clock: Clock, demo: bool) -> Result<Innocap, Failure> {
    fs::create_dir_all(&settings.data_dir)
        .map_err(|e| Failure::new(format!("the data folder {} cannot be made: {e}", settings.data_dir.display())))?;
    let index_folder = settings.data_dir.join("index");
    let accounts = accounts(settings, demo)?;
    let options = StartOptions {
        database: settings.database()?,
        index_folder,
        model,
        clock,
        accounts,
        ocid_prefix: settings.ocid_prefix()?,
        webhooks: webhooks(settings),
        dumps: settings.dumps()?,
    };
    Innocap::start(options).await.map_err(start_failure)
}

/// What an operator is told when Innocap does not start.
fn start_failure(error: StartError) -> Failure {
    let code = match &error {
        StartError::Registry(RegistryError::Locked | RegistryError::Unavailable(_)) => 69,
        StartError::Index(innocap_index::IndexError::InUse(_)) => 69,
        _ => 1,
    };
    Failure { message: error.to_string(), code }
}

/// The embedding model that the settings name, by default the one in the program.
///
/// # Errors
/// A model that cannot be loaded or reached.
pub async fn model(settings: &Settings) -> Result<Model, Failure> {
    if let Some(url) = &settings.embeddings_url {
        let config = EmbeddingsConfig {
            url: url.parse().map_err(|e| Failure { message: format!("INNOCAP_EMBEDDINGS_URL: {e}"), code: 2 })?,
            model: settings.embeddings_model.clone(),
            token: settings.embeddings_token.clone(),
            query_prefix: settings.embeddings_query_prefix.clone(),
            passage_prefix: settings.embeddings_passage_prefix.clone(),
            allow_private: settings.embeddings_allow_private,
        };
        let client = EmbeddingsClient::connect(config)
            .await
            .map_err(|e| Failure::unavailable(format!("the embedding endpoint does not answer: {e}")))?;
        return Ok(Model::Remote(Arc::new(client)));
    }
    let files = settings.model_file.clone().zip(settings.tokenizer_file.clone());
    let load = move || match files {
        Some((model, tokenizer)) => BertEmbedder::from_files(&model, &tokenizer),
        None => BertEmbedder::bundled(),
    };
    let model = tokio::task::spawn_blocking(load).await??;
    Ok(Model::Local(Arc::new(model)))
}

/// What accounts need: the public address, what sends mail, and where people may sign in.
fn accounts(settings: &Settings, demo: bool) -> Result<AccountOptions, Failure> {
    Ok(AccountOptions {
        public_url: settings.public_url()?,
        contact: settings.contact()?,
        mailer: mailer(settings)?,
        relying_party: relying_party(settings)?,
        demo,
    })
}

fn webhooks(settings: &Settings) -> WebhookOptions {
    WebhookOptions { allow_private: settings.webhooks_allow_private }
}

fn mailer(settings: &Settings) -> Result<Option<Mailer>, Failure> {
    let Some(host) = &settings.mail_host else { return Ok(None) };
    let refuse = |name: &str, why: String| Failure { message: format!("{name}: {why}"), code: 2 };
    let tls = match settings.mail_tls {
        MailEncryption::Implicit => MailTls::Implicit,
        MailEncryption::Starttls => MailTls::StartTls,
        MailEncryption::None => MailTls::None,
    };
    let usual = match tls {
        MailTls::Implicit => 465,
        MailTls::StartTls => 587,
        MailTls::None => 25,
    };
    let authority = settings.mail_authority.as_ref().map(fs::read_to_string).transpose();
    let authority = authority.map_err(|e| refuse("INNOCAP_MAIL_AUTHORITY", e.to_string()))?;
    let sender = settings.mail_from.as_deref().unwrap_or_default();
    let sender =
        EmailAddress::parse(sender).map_err(|e| refuse("INNOCAP_MAIL_FROM", format!("expected {}", e.expected)))?;
    let login = settings.mail_user.clone().zip(settings.mail_password.clone().map(Secret::new));
    let config = MailConfig {
        host: host.clone(),
        port: settings.mail_port.unwrap_or(usual),
        tls,
        authority,
        login,
        sender,
        sender_name: "Innocap".to_owned(),
        timeout: MAIL_TIMEOUT,
    };
    Ok(Some(Mailer::new(&config).map_err(|e| refuse("INNOCAP_MAIL_HOST", e.to_string()))?))
}

/// The identity providers' file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Providers {
    #[serde(default)]
    issuer: Vec<OidcIssuer>,
}

fn relying_party(settings: &Settings) -> Result<RelyingParty, Failure> {
    let refuse = |why: String| Failure { message: format!("INNOCAP_OIDC_FILE: {why}"), code: 2 };
    let issuers = match &settings.oidc_file {
        None => Vec::new(),
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|e| refuse(e.to_string()))?;
            // The parser's own message would quote the line, and with it a secret.
            let file: Providers = toml::from_str(&text).map_err(|e| refuse(e.message().to_owned()))?;
            file.issuer
        }
    };
    RelyingParty::new(issuers).map_err(|e| refuse(e.to_string()))
}

/// An Innocap for the operator's shell: registry and accounts, without the indexes, which a running server holds. Its
/// indexes are empty ones in a folder that goes with it.
pub struct Office {
    /// The use cases.
    pub innocap: Innocap,
    #[expect(dead_code, reason = "held for its Drop, which removes the folder")]
    folder: tempfile::TempDir,
}

/// Starts one.
///
/// # Errors
/// As [`start`].
pub async fn office(settings: &Settings) -> Result<Office, Failure> {
    fs::create_dir_all(&settings.data_dir)?;
    let folder = tempfile::tempdir()?;
    let options = StartOptions {
        database: settings.database()?,
        index_folder: folder.path().to_owned(),
        model: Model::Local(Arc::new(NoModel)),
        clock: Clock::system(),
        accounts: accounts(settings, false)?,
        ocid_prefix: settings.ocid_prefix()?,
        webhooks: webhooks(settings),
        dumps: None,
    };
    let innocap = Innocap::start(options).await.map_err(start_failure)?;
    Ok(Office { innocap, folder })
}

/// In place of a model where no text is embedded: loading the real one takes longer than what the shell does.
struct NoModel;

impl Embedder for NoModel {
    fn model_id(&self) -> &str {
        "none"
    }

    fn dimensions(&self) -> usize {
        1
    }

    fn embed(&self, _: Role, _: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let source = std::io::Error::other("no model is loaded at the operator's shell");
        Err(EmbedError::Read { path: "model".into(), source })
    }
}
