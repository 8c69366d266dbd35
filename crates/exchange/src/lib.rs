//! The outside world. Everything that leaves this program leaves through [`Client`], which refuses private
//! addresses, unbounded bodies and endless redirects.

mod client;
mod embeddings;
#[cfg(test)]
mod tests;

pub use client::{Client, ClientError, Limits};
pub use embeddings::{EmbeddingsClient, EmbeddingsConfig};
