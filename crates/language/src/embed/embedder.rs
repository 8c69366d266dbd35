//! The embedder that applications use: tokenizer and encoder together, long texts cut, many texts in batches.

use std::borrow::Cow;
use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use tokenizers::Tokenizer;

use super::bert::Bert;
use super::{EmbedError, Embedder, Role, hex};

/// intfloat/multilingual-e5-small (MIT licence), 4-bit, its vocabulary reduced to pieces in the Latin script.
static BUNDLED_MODEL: &[u8] = include_bytes!("../../model/multilingual-e5-small-latin-q4_0.gguf");
static BUNDLED_TOKENIZER: &[u8] = include_bytes!("../../model/tokenizer.json");
const BUNDLED_NAME: &str = "multilingual-e5-small-latin-q4_0";

/// Tokens computed together: enough to keep every core busy, few enough that activations stay within some ten megabytes.
const BATCH_TOKENS: usize = 2_048;

/// Bytes of a text given to the tokenizer for each token that the model can read. Pieces hold about four bytes, the longest
/// sixteen characters; what lies beyond could not be read anyway and would only cost time.
const BYTES_PER_TOKEN: usize = 64;

/// A sentence embedding model of the BERT architecture, run in this process on all cores.
pub struct BertEmbedder {
    id: String,
    bert: Bert,
    tokenizer: Tokenizer,
}

impl BertEmbedder {
    /// The model compiled into the program.
    ///
    /// # Errors
    /// None in a sound build; the tests load it.
    pub fn bundled() -> Result<Self, EmbedError> {
        Self::new(BUNDLED_NAME, Cow::Borrowed(BUNDLED_MODEL), BUNDLED_TOKENIZER)
    }

    /// A model from disk: a GGUF file of the architecture `bert`, and its `tokenizer.json` in the Hugging Face format.
    ///
    /// # Errors
    /// [`EmbedError`] where a file is missing, not of its format, of another architecture, or where the two do not match.
    pub fn from_files(gguf: &Path, tokenizer: &Path) -> Result<Self, EmbedError> {
        let read =
            |path: &Path| std::fs::read(path).map_err(|source| EmbedError::Read { path: path.to_owned(), source });
        let name = gguf.file_stem().map_or_else(|| "model".into(), |stem| stem.to_string_lossy());
        Self::new(&name, Cow::Owned(read(gguf)?), &read(tokenizer)?)
    }

    fn new(name: &str, gguf: Cow<'static, [u8]>, tokenizer: &[u8]) -> Result<Self, EmbedError> {
        let id = format!("{name}@{}", &hex(&Sha256::digest(&gguf))[..8]);
        let bert = Bert::read(gguf)?;
        let mut tokenizer = Tokenizer::from_bytes(tokenizer).map_err(|e| EmbedError::Tokenizer(e.to_string()))?;
        let pieces = tokenizer.get_vocab_size(true);
        if pieces != bert.vocabulary() {
            return Err(EmbedError::VocabularyMismatch { tokenizer: pieces, model: bert.vocabulary() });
        }
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|e| EmbedError::Tokenizer(e.to_string()))?;
        // A user's text that spells "</s>" is text, not the end of a sentence.
        tokenizer.set_encode_special_tokens(true);
        Ok(Self { id, bert, tokenizer })
    }

    /// The token ids of a text with its role's prefix, between the model's begin and end marks, cut at what the model can
    /// read (512 tokens for the bundled one).
    ///
    /// # Errors
    /// [`EmbedError::Tokenizer`] where the tokenizer fails.
    pub fn tokenize(&self, role: Role, text: &str) -> Result<Vec<u32>, EmbedError> {
        let most = self.bert.positions();
        let text = format!("{}{}", role.prefix(), &text[..text.floor_char_boundary(most * BYTES_PER_TOKEN)]);
        let encoding = self.tokenizer.encode_fast(text, true).map_err(|e| EmbedError::Tokenizer(e.to_string()))?;
        let mut ids = encoding.get_ids().to_vec();
        if ids.len() > most {
            // The end mark stays the last token.
            ids[most - 1] = ids[ids.len() - 1];
            ids.truncate(most);
        }
        Ok(ids)
    }
}

impl Embedder for BertEmbedder {
    fn model_id(&self) -> &str {
        &self.id
    }

    fn dimensions(&self) -> usize {
        self.bert.width()
    }

    fn embed(&self, role: Role, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let tokens: Vec<Vec<u32>> = texts.par_iter().map(|text| self.tokenize(role, text)).collect::<Result<_, _>>()?;
        let mut vectors = Vec::with_capacity(texts.len());
        let mut rest = &tokens[..];
        while !rest.is_empty() {
            let mut total = 0;
            let fits = rest.iter().take_while(|ids| {
                total += ids.len();
                total <= BATCH_TOKENS
            });
            let (batch, after) = rest.split_at(fits.count().max(1));
            vectors.extend(self.bert.encode(&batch.iter().map(Vec::as_slice).collect::<Vec<_>>())?);
            rest = after;
        }
        Ok(vectors)
    }
}
