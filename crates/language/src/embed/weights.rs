//! A BERT model's parameters, read from a GGUF file with the names and keys that llama.cpp's converter writes.
//!
//! The embedding table, three quarters of the file, stays quantised: only the rows of a text's tokens are ever expanded.
//! The layers are expanded to single precision and packed for the processor, which costs four bytes a weight and
//! measured twice as fast as multiplying quantised weights.

use std::borrow::Cow;
use std::io::Cursor;

use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use candle_core::{Device, Shape};
use pulp::Arch;

use super::EmbedError;
use super::elementwise::LayerNorm;
use super::matmul::Panels;

/// A linear map with its bias.
pub(super) struct Linear {
    /// Transposed and packed.
    pub weight: Panels,
    /// One value per output.
    pub bias: Vec<f32>,
}

/// One transformer block, post-norm as in the original BERT.
pub(super) struct Layer {
    /// Query, key and value in one product: width → 3 × width.
    pub qkv: Linear,
    pub output: Linear,
    pub output_norm: LayerNorm,
    pub up: Linear,
    pub down: Linear,
    pub layer_norm: LayerNorm,
}

/// How token vectors become one text vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pooling {
    /// The mean of all tokens; E5 and most sentence models.
    Mean,
    /// The first token's vector.
    First,
}

/// Everything a forward pass needs.
pub(super) struct Weights {
    pub width: usize,
    pub heads: usize,
    /// The most tokens that a text can have.
    pub positions: usize,
    pub pooling: Pooling,
    pub embedding: EmbeddingTable,
    /// Position plus first token-type vector, one row per position.
    pub position: Vec<f32>,
    pub embedding_norm: LayerNorm,
    pub layers: Vec<Layer>,
}

/// The token embedding table in the file's own quantisation.
pub(super) struct EmbeddingTable {
    rows: usize,
    width: usize,
    kind: GgmlDType,
    bytes: Cow<'static, [u8]>,
}

impl EmbeddingTable {
    /// Rows, one per piece of the vocabulary.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The vectors of `ids`, one after the other.
    pub(super) fn look_up(&self, ids: &[u32]) -> Result<Vec<f32>, EmbedError> {
        let row_bytes = self.width / self.kind.block_size() * self.kind.type_size();
        let mut bytes = Vec::with_capacity(ids.len() * row_bytes);
        for id in ids {
            let start = *id as usize * row_bytes;
            let row = self
                .bytes
                .get(start..start + row_bytes)
                .ok_or(EmbedError::VocabularyMismatch { tokenizer: *id as usize + 1, model: self.rows })?;
            bytes.extend_from_slice(row);
        }
        let storage = QStorage::from_data(Cow::Owned(bytes), &Device::Cpu, self.kind).map_err(unreadable)?;
        expand(&QTensor::new(storage, (ids.len(), self.width)).map_err(unreadable)?)
    }
}

impl Weights {
    /// Reads a model from the bytes of a GGUF file.
    ///
    /// # Errors
    /// [`EmbedError`] saying which part of the file is missing or of the wrong shape.
    pub(super) fn read(arch: Arch, file: Cow<'static, [u8]>) -> Result<Self, EmbedError> {
        if file.get(..4) != Some(b"GGUF") {
            return Err(EmbedError::NotGguf("the first four bytes are not 'GGUF'".into()));
        }
        let content = Content::read(&mut Cursor::new(&file[..])).map_err(unreadable)?;
        let reader = Reader { arch, file: &file, content: &content };
        match content.metadata.get("general.architecture") {
            Some(Value::String(name)) if name == "bert" => {}
            Some(Value::String(name)) => return Err(EmbedError::Architecture(name.clone())),
            _ => return Err(EmbedError::Architecture("unknown".into())),
        }
        let blocks = reader.size("bert.block_count")?;
        let width = reader.size("bert.embedding_length")?;
        let heads = reader.size("bert.attention.head_count")?;
        let inner = reader.size("bert.feed_forward_length")?;
        if width % heads != 0 {
            return Err(bad_key("bert.attention.head_count", "does not divide the width"));
        }
        // Gives BERT's own value where the key is missing.
        let epsilon = match content.metadata.get("bert.attention.layer_norm_epsilon") {
            Some(value) => value.to_f32().map_err(|e| bad_key("bert.attention.layer_norm_epsilon", &e.to_string()))?,
            None => 1e-12,
        };
        let pooling = match content.metadata.get("bert.pooling_type").map(Value::to_u32) {
            // llama.cpp: 0 none, 1 mean, 2 first token.
            None | Some(Ok(0 | 1)) => Pooling::Mean,
            Some(Ok(2)) => Pooling::First,
            Some(_) => {
                return Err(bad_key("bert.pooling_type", "only mean (1) and first token (2) are supported"));
            }
        };
        let norm = |name: &str| -> Result<LayerNorm, EmbedError> {
            Ok(LayerNorm {
                weight: reader.dense(&format!("{name}.weight"), &[width])?,
                bias: reader.dense(&format!("{name}.bias"), &[width])?,
                epsilon,
            })
        };
        let (position, positions) = reader.positions(width)?;
        let layers = (0..blocks)
            .map(|n| {
                Ok(Layer {
                    qkv: reader.linear(
                        &[format!("blk.{n}.attn_q"), format!("blk.{n}.attn_k"), format!("blk.{n}.attn_v")],
                        width,
                        width,
                    )?,
                    output: reader.linear(&[format!("blk.{n}.attn_output")], width, width)?,
                    output_norm: norm(&format!("blk.{n}.attn_output_norm"))?,
                    up: reader.linear(&[format!("blk.{n}.ffn_up")], width, inner)?,
                    down: reader.linear(&[format!("blk.{n}.ffn_down")], inner, width)?,
                    layer_norm: norm(&format!("blk.{n}.layer_output_norm"))?,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            width,
            heads,
            positions,
            pooling,
            position,
            embedding_norm: norm("token_embd_norm")?,
            layers,
            embedding: embedding_table(&content, width, file.clone())?,
        })
    }
}

/// The table as a part of the file: borrowed where the file is compiled in, copied where it was read from disk.
fn embedding_table(content: &Content, width: usize, file: Cow<'static, [u8]>) -> Result<EmbeddingTable, EmbedError> {
    let name = "token_embd.weight";
    let info = content.tensor_infos.get(name).ok_or_else(|| EmbedError::MissingTensor(name.into()))?;
    let kind = info.ggml_dtype;
    let [rows, found] = info.shape.dims() else {
        return Err(bad_shape(name, &info.shape, &[0, width]));
    };
    if *found != width || !width.is_multiple_of(kind.block_size()) {
        return Err(bad_shape(name, &info.shape, &[*rows, width]));
    }
    let truncated = || EmbedError::NotGguf(format!("the file ends within '{name}'"));
    let start = usize::try_from(content.tensor_data_offset + info.offset).map_err(|_| truncated())?;
    let length = rows.checked_mul(width / kind.block_size() * kind.type_size()).ok_or_else(truncated)?;
    let end = start.checked_add(length).ok_or_else(truncated)?;
    let bytes = match file {
        Cow::Borrowed(file) => Cow::Borrowed(file.get(start..end).ok_or_else(truncated)?),
        Cow::Owned(file) => Cow::Owned(file.get(start..end).ok_or_else(truncated)?.to_vec()),
    };
    Ok(EmbeddingTable { rows: *rows, width, kind, bytes })
}

/// Access to one file's keys and tensors.
struct Reader<'a> {
    arch: Arch,
    file: &'a [u8],
    content: &'a Content,
}

impl Reader<'_> {
    /// A metadata value that is a size: 1 to a million.
    fn size(&self, key: &str) -> Result<usize, EmbedError> {
        let value = self.content.metadata.get(key).ok_or_else(|| bad_key(key, "missing"))?;
        match value.to_u64() {
            Ok(size @ 1..=1_000_000) => Ok(size as usize),
            Ok(size) => Err(bad_key(key, &format!("{size} is out of range"))),
            Err(error) => Err(bad_key(key, &error.to_string())),
        }
    }

    /// A tensor in single precision; `shape` as in the model, outputs before inputs.
    fn dense(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, EmbedError> {
        let info = self.content.tensor_infos.get(name).ok_or_else(|| EmbedError::MissingTensor(name.into()))?;
        if info.shape.dims() != shape {
            return Err(bad_shape(name, &info.shape, shape));
        }
        let tensor = self.content.tensor(&mut Cursor::new(self.file), name, &Device::Cpu).map_err(unreadable)?;
        expand(&tensor)
    }

    /// One or more linear maps of the same inputs, side by side in one product.
    fn linear(&self, names: &[String], inputs: usize, outputs: usize) -> Result<Linear, EmbedError> {
        let mut weight = Vec::with_capacity(names.len() * inputs * outputs);
        let mut bias = Vec::with_capacity(names.len() * outputs);
        for name in names {
            weight.extend(self.dense(&format!("{name}.weight"), &[outputs, inputs])?);
            bias.extend(self.dense(&format!("{name}.bias"), &[outputs])?);
        }
        let weight = Panels::pack(self.arch, inputs, bias.len(), |k, n| weight[n * inputs + k]);
        Ok(Linear { weight, bias })
    }

    /// Position vectors with the first token type's vector added, since every token here is of that type.
    fn positions(&self, width: usize) -> Result<(Vec<f32>, usize), EmbedError> {
        let name = "position_embd.weight";
        let info = self.content.tensor_infos.get(name).ok_or_else(|| EmbedError::MissingTensor(name.into()))?;
        let rows = info.shape.dims().first().copied().unwrap_or(0);
        let mut position = self.dense(name, &[rows, width])?;
        if let Some(info) = self.content.tensor_infos.get("token_types.weight") {
            let types = self.dense("token_types.weight", info.shape.dims())?;
            if types.len() < width {
                return Err(bad_shape("token_types.weight", &info.shape, &[2, width]));
            }
            for row in position.chunks_exact_mut(width) {
                row.iter_mut().zip(&types).for_each(|(p, t)| *p += t);
            }
        }
        let positions = match self.content.metadata.contains_key("bert.context_length") {
            true => self.size("bert.context_length")?.min(rows),
            false => rows,
        };
        if positions < 3 {
            return Err(bad_key("bert.context_length", "leaves no room for a text"));
        }
        Ok((position, positions))
    }
}

fn expand(tensor: &QTensor) -> Result<Vec<f32>, EmbedError> {
    tensor.dequantize(&Device::Cpu).and_then(|t| t.flatten_all()?.to_vec1()).map_err(unreadable)
}

fn unreadable(error: candle_core::Error) -> EmbedError {
    EmbedError::NotGguf(error.to_string())
}

fn bad_key(key: &str, reason: &str) -> EmbedError {
    EmbedError::Metadata { key: key.to_owned(), reason: reason.to_owned() }
}

fn bad_shape(name: &str, found: &Shape, expected: &[usize]) -> EmbedError {
    EmbedError::TensorShape { name: name.to_owned(), found: found.dims().to_vec(), expected: expected.to_vec() }
}
