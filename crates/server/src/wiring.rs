//! From settings to a running Innocap.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use innocap_access::{SigningKey, Tokens};
use innocap_app::{Clock, Innocap, Model, StartError, StartOptions};
use innocap_exchange::{EmbeddingsClient, EmbeddingsConfig};
use innocap_language::BertEmbedder;
use innocap_registry::RegistryError;

use crate::Failure;
use crate::cli::Settings;

/// Starts an Innocap as the settings say.
///
/// # Errors
/// [`Failure`] with what to do about it.
pub async fn start(settings: &Settings, clock: Clock) -> Result<Innocap, Failure> {
    start_with(settings, model(settings).await?, clock).await
}

/// Starts an Innocap with a model that is loaded already.
///
/// # Errors
/// As [`start`].
pub async fn start_with(settings: &Settings, model: Model, clock: Clock) -> Result<Innocap, Failure> {
    fs::create_dir_all(&settings.data_dir)
        .map_err(|e| Failure::new(format!("the data folder {} cannot be made: {e}", settings.data_dir.display())))?;
    let index_folder = settings.data_dir.join("index");
    let options = StartOptions { database: settings.database()?, index_folder, model, clock };
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

/// The tokens signed by the key in the data folder; the key is made where there is none.
///
/// # Errors
/// A key that cannot be read or written.
pub fn tokens(data_dir: &Path) -> Result<Tokens, Failure> {
    let path = data_dir.join("signing.key");
    let failure = |e: &dyn std::fmt::Display| Failure::new(format!("the signing key {}: {e}", path.display()));
    let key = match fs::read_to_string(&path) {
        Ok(text) => SigningKey::from_text(&text).map_err(|e| failure(&e))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            fs::create_dir_all(data_dir).map_err(|e| failure(&e))?;
            let key = SigningKey::generate().map_err(|e| failure(&e))?;
            write_private(&path, &key.to_text()).map_err(|e| failure(&e))?;
            key
        }
        Err(error) => return Err(failure(&error)),
    };
    Tokens::new(&key).map_err(|e| failure(&e))
}

/// Writes a file that only its owner can read; never over one that exists.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
