//! The embedder that applications use: tokenizer and encoder together, long texts cut, many texts in batches.

use std::borrow::Cow;
use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use tokenizers::{ModelWrapper, Tokenizer};

use super::bert::Bert;
use super::{EmbedError, Embedder, Role, hex};
use crate::tokens::{Reading, TokenVector};

/// intfloat/multilingual-e5-small (MIT licence), 4-bit, its vocabulary reduced to pieces in the Latin script.
static BUNDLED_MODEL: &[u8] = include_bytes!("../../model/multilingual-e5-small-latin-q4_0.gguf");
static BUNDLED_TOKENIZER: &[u8] = include_bytes!("../../model/tokenizer.json");
const BUNDLED_NAME: &str = "multilingual-e5-small-latin-q4_0";

/// Tokens computed together: enough to keep every core busy, few enough that activations stay within some ten megabytes.
const BATCH_TOKENS: usize = 2_048;

/// Bytes of a text given to the tokenizer for each token that the model can read. Pieces hold about four bytes, the longest
/// sixteen characters; what lies beyond could not be read anyway and would only cost time.
const BYTES_PER_TOKEN: usize = 64;

/// Pieces more frequent than e to the power of minus this say nothing: the commonest words, endings and joints.
const FREQUENT: f32 = 6.0;

/// A sentence embedding model of the BERT architecture, run in this process on all cores.
pub struct BertEmbedder {
    id: String,
    bert: Bert,
    tokenizer: Tokenizer,
    /// What each piece of the vocabulary says, see [`TokenVector::weight`].
    weights: Vec<f32>,
}

/// The token ids of a text, and where each token begins in it.
struct Tokens {
    ids: Vec<u32>,
    starts: Vec<usize>,
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
        let weights = piece_weights(&tokenizer);
        Ok(Self { id, bert, tokenizer, weights })
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

    /// As [`Self::tokenize`], with the places of the tokens in bytes of the text.
    fn tokenize_with_places(&self, role: Role, text: &str) -> Result<Tokens, EmbedError> {
        let most = self.bert.positions();
        let prefix = role.prefix();
        let text = format!("{prefix}{}", &text[..text.floor_char_boundary(most * BYTES_PER_TOKEN)]);
        let encoding = self.tokenizer.encode(text, true).map_err(|e| EmbedError::Tokenizer(e.to_string()))?;
        let mut ids = encoding.get_ids().to_vec();
        // What belongs to the prefix and the marks is placed before the text, where no token counts.
        let place = |(start, end): &(usize, usize)| {
            if *end <= prefix.len() { usize::MAX } else { start.saturating_sub(prefix.len()) }
        };
        let mut starts: Vec<usize> = encoding.get_offsets().iter().map(place).collect();
        if ids.len() > most {
            ids[most - 1] = ids[ids.len() - 1];
            ids.truncate(most);
            starts.truncate(most);
            starts[most - 1] = usize::MAX;
        }
        Ok(Tokens { ids, starts })
    }

    /// The tokens of a text that weigh something, from the vectors of all of them.
    fn weighty(&self, tokens: &Tokens, vectors: &[f32]) -> Vec<TokenVector> {
        let rows = vectors.chunks_exact(self.bert.width());
        let all = tokens.ids.iter().zip(&tokens.starts).zip(rows);
        all.filter_map(|((id, start), row)| {
            let weight = self.weights.get(*id as usize).copied().unwrap_or_default();
            (weight > 0.0 && *start != usize::MAX).then(|| TokenVector { start: *start, weight, vector: row.to_vec() })
        })
        .collect()
    }
}

/// What each piece says: minus the logarithm of how frequent the tokenizer takes it to be, as far as it is above that of
/// the commonest; alike for all pieces with letters where it knows no frequencies.
fn piece_weights(tokenizer: &Tokenizer) -> Vec<f32> {
    let says = |piece: &str, weight: f32| if piece.chars().any(char::is_alphabetic) { weight.max(0.0) } else { 0.0 };
    if let ModelWrapper::Unigram(unigram) = tokenizer.get_model() {
        #[expect(clippy::cast_possible_truncation, reason = "a logarithm of a few digits")]
        return unigram.iter().map(|(piece, score)| says(piece, -(*score as f32) - FREQUENT)).collect();
    }
    let pieces = u32::try_from(tokenizer.get_vocab_size(true)).unwrap_or(u32::MAX);
    (0..pieces).map(|id| tokenizer.id_to_token(id).map_or(0.0, |piece| says(&piece, 1.0))).collect()
}

/// Batches of at most [`BATCH_TOKENS`] tokens, at least one text each.
fn batches<T>(texts: &[T], length: impl Fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    let mut rest = texts;
    std::iter::from_fn(move || {
        let mut total = 0;
        let fits = rest.iter().take_while(|text| {
            total += length(text);
            total <= BATCH_TOKENS
        });
        let (batch, after) = rest.split_at_checked(fits.count().max(1))?;
        rest = after;
        Some(batch)
    })
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
        for batch in batches(&tokens, Vec::len) {
            vectors.extend(self.bert.encode(&batch.iter().map(Vec::as_slice).collect::<Vec<_>>())?);
        }
        Ok(vectors)
    }

    fn read(&self, role: Role, texts: &[&str]) -> Result<Option<Vec<Reading>>, EmbedError> {
        let tokens: Vec<Tokens> =
            texts.par_iter().map(|text| self.tokenize_with_places(role, text)).collect::<Result<_, _>>()?;
        let mut readings = Vec::with_capacity(texts.len());
        for batch in batches(&tokens, |tokens| tokens.ids.len()) {
            let ids: Vec<&[u32]> = batch.iter().map(|tokens| tokens.ids.as_slice()).collect();
            let vectors = self.bert.read_tokens(&ids)?;
            let read = |(tokens, vectors): (&Tokens, &Vec<f32>)| Reading {
                vector: self.bert.pool(vectors),
                tokens: self.weighty(tokens, vectors),
            };
            readings.extend(batch.iter().zip(&vectors).map(read));
        }
        Ok(Some(readings))
    }
}
