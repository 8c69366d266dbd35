//! Sentence embedding: a text becomes a unit vector whose cosine with another says how near they are in meaning.
//!
//! - [`embedder`](self) the public [`BertEmbedder`]: tokenizer, batching, pooling.
//! - `bert` the transformer itself, over [`weights`] read from a GGUF file.
//! - `attention`, `matmul` and `elementwise` the arithmetic, vectorised for the processor found at run time.

mod attention;
mod bert;
mod elementwise;
mod embedder;
mod matmul;
mod weights;

use std::fmt::Write as _;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

pub use embedder::BertEmbedder;

use crate::tokens::Reading;

/// What a text is to the search: E5 models were trained with a different prefix for each side
/// (Wang et al. 2024, "Multilingual E5 Text Embeddings", arXiv 2402.05672).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// What is asked for: a need, a search.
    Query,
    /// What is found: a solution, a part of its description.
    Passage,
}

impl Role {
    /// The prefix put before the text, with its trailing space.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Query => "query: ",
            Self::Passage => "passage: ",
        }
    }

    /// A short stable name, for keys in caches and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Passage => "passage",
        }
    }
}

/// Anything that turns texts into unit vectors: the bundled model, one from disk, or a remote service.
pub trait Embedder: Send + Sync {
    /// Name and version of the model, e.g. `multilingual-e5-small-latin-q4_0@8e1e9001`: vectors of different ids must
    /// never be compared.
    fn model_id(&self) -> &str;

    /// Length of every vector.
    fn dimensions(&self) -> usize;

    /// One vector of unit length for each text, in the order given.
    ///
    /// # Errors
    /// [`EmbedError`] where the model cannot be run; a text itself is never an error, however long or empty.
    fn embed(&self, role: Role, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError>;

    /// Each text with the vectors of its tokens, in the order given; `None` from a model that tells one vector a text.
    ///
    /// # Errors
    /// As [`Self::embed`].
    fn read(&self, _role: Role, _texts: &[&str]) -> Result<Option<Vec<Reading>>, EmbedError> {
        Ok(None)
    }
}

/// Why a model could not be loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// A model or tokenizer file could not be read.
    #[error("cannot read {path}: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The model file does not follow the GGUF format.
    #[error("not a readable GGUF model: {0}")]
    NotGguf(String),
    /// The model is of another architecture than BERT.
    #[error("the model's architecture is '{0}', only 'bert' is supported")]
    Architecture(String),
    /// A key of the model's metadata is missing or out of range.
    #[error("the model's metadata '{key}' is unusable: {reason}")]
    Metadata {
        /// The GGUF key.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The model lacks a tensor.
    #[error("the model has no tensor '{0}'")]
    MissingTensor(String),
    /// A tensor has another shape than the metadata say.
    #[error("the tensor '{name}' has shape {found:?}, expected {expected:?}")]
    TensorShape {
        /// The tensor's GGUF name.
        name: String,
        /// Its shape in the file.
        found: Vec<usize>,
        /// The shape that the metadata call for.
        expected: Vec<usize>,
    },
    /// The tokenizer could not be loaded or could not encode a text.
    #[error("the tokenizer failed: {0}")]
    Tokenizer(String),
    /// Tokenizer and model do not belong together.
    #[error("the tokenizer has {tokenizer} pieces but the model {model}: they do not belong together")]
    VocabularyMismatch {
        /// Pieces in the tokenizer.
        tokenizer: usize,
        /// Rows in the model's embedding table.
        model: usize,
    },
    /// The service behind an embedder elsewhere failed; not raised by the models here.
    #[error("the embedding service failed: {0}")]
    Service(String),
}

/// The key of one text in a cache of embeddings: lower-case hexadecimal SHA-256 over model, role and text.
///
/// The parts are separated by a zero byte, which neither a model id nor a role holds, so no two triples share an input.
pub fn content_hash(model_id: &str, role: Role, text: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(model_id.as_bytes());
    hash.update([0]);
    hash.update(role.name().as_bytes());
    hash.update([0]);
    hash.update(text.as_bytes());
    hex(&hash.finalize())
}

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
