//! The solution index: tantivy for words, int8 vectors for meaning, and the facts that filters and evidence need.
//!
//! It is a cache of the registry and never the only holder of a fact: delete its folder and it is rebuilt. It knows
//! how far it has read the change feed ([`Index::checkpoint`]), and a crash at any moment leaves it at an earlier
//! checkpoint, never at a wrong one.
//!
//! One *entry* is one language version of one record.

mod document;
mod entries;
mod index;
mod log;
mod search;
mod sketch;
mod space;
mod vectors;
mod words;

pub use document::{Batch, Document, DocumentText, Facts};
pub use index::{Index, IndexStatus, Opened};
pub use search::{Features, Filter, Hit, Hits, Query, QueryText};
pub use sketch::Sketch;
pub use words::K1;

/// What can go wrong with the index.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The folder cannot be read or written.
    #[error("the index folder cannot be used: {0}")]
    Io(#[from] std::io::Error),
    /// Another process uses the folder.
    #[error("the index folder is in use by another process: {0}")]
    InUse(String),
    /// tantivy reports a fault.
    #[error("the word index reports: {0}")]
    Words(#[from] tantivy::TantivyError),
    /// A vector has another width than the index.
    #[error("a vector has {given} dimensions, the index has {expected}")]
    Dimensions {
        /// The width given.
        given: usize,
        /// The index's width.
        expected: usize,
    },
}
