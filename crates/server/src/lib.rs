//! The program `innocap`: configuration, wiring and subcommands, as a library so that tests run the real thing.

pub mod bundle;
pub mod cli;
pub mod commands;
pub mod config;
pub mod logging;
pub mod wiring;

pub use cli::{Cli, Command, arguments};
pub use commands::run;

/// Why the program ends without having done what was asked: a text for the operator and an exit code.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong and what to do about it.
    pub message: String,
    /// The process's exit code: 1 for a fault, 2 for a call that cannot be understood, 69 where something needed is
    /// not available (sysexits.h).
    pub code: u8,
}

impl Failure {
    /// A fault.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }

    /// Something needed is not available.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 69 }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(error.to_string())
    }
}

/// The embedding model in the program.
///
/// # Errors
/// Where it cannot be loaded.
pub fn bundled_model() -> Result<std::sync::Arc<dyn innocap_language::Embedder>, Failure> {
    Ok(std::sync::Arc::new(innocap_language::BertEmbedder::bundled()?))
}
