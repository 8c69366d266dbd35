//! Structured logs on standard error.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::Failure;
use crate::cli::LogFormat;

/// Starts logging; a second call does nothing, so that tests may start many servers.
///
/// # Errors
/// A filter that cannot be understood.
pub fn start(filter: &str, format: LogFormat) -> Result<(), Failure> {
    // tantivy tells of every commit at the level info.
    let filter = EnvFilter::try_new(format!("tantivy=warn,{filter}"))
        .map_err(|e| Failure { message: format!("INNOCAP_LOG: {e}"), code: 2 })?;
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let _ = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    Ok(())
}
