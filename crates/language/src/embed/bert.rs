//! The BERT encoder (Devlin et al. 2019, arXiv 1810.04805): token ids in, one vector per text out.
//!
//! A layer is two parallel steps. Attention needs all tokens of a text; everything after it, up to and including the next
//! layer's queries, keys and values, needs only a token's own row, so one task takes some rows through all of it while
//! they lie in its cache.

use std::borrow::Cow;
use std::ops::Range;

use pulp::Arch;
use rayon::prelude::*;

use super::EmbedError;
use super::attention::attend;
use super::elementwise::{add, gelu};
use super::matmul::{ROWS, RowBlocks, multiply};
use super::weights::{Layer, Linear, Pooling, Weights};

/// The most rows in one task: with 1,536 inner values each they fill about half a megabyte, a usual second-level cache.
const MOST_ROWS: usize = 96;

/// A loaded encoder.
pub(super) struct Bert {
    arch: Arch,
    weights: Weights,
}

impl Bert {
    /// Reads the encoder from the bytes of a GGUF file.
    pub(super) fn read(file: Cow<'static, [u8]>) -> Result<Self, EmbedError> {
        let arch = Arch::new();
        Ok(Self { arch, weights: Weights::read(arch, file)? })
    }

    /// Length of the vectors.
    pub(super) fn width(&self) -> usize {
        self.weights.width
    }

    /// The most tokens of a text.
    pub(super) fn positions(&self) -> usize {
        self.weights.positions
    }

    /// Pieces in the vocabulary.
    pub(super) fn vocabulary(&self) -> usize {
        self.weights.embedding.rows()
    }

    /// One vector of unit length for each text; each text has 1 to [`Self::positions`] token ids.
    pub(super) fn encode(&self, texts: &[&[u32]]) -> Result<Vec<Vec<f32>>, EmbedError> {
        Ok(self.read_tokens(texts)?.into_iter().map(|tokens| self.pool(&tokens)).collect())
    }

    /// One vector of unit length from the vectors of the tokens of one text.
    pub(super) fn pool(&self, tokens: &[f32]) -> Vec<f32> {
        pool(tokens, self.weights.width, self.weights.pooling)
    }

    /// For each text the vectors of its tokens one after the other, tokens × width.
    pub(super) fn read_tokens(&self, texts: &[&[u32]]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let Weights { width, heads, .. } = self.weights;
        let ids = texts.concat();
        let mut ranges: Vec<Range<usize>> = Vec::with_capacity(texts.len());
        for text in texts {
            let start = ranges.last().map_or(0, |r| r.end);
            ranges.push(start..start + text.len());
        }
        let mut x = self.embed_tokens(&ids, &ranges)?;
        let layers = &self.weights.layers;
        let mut qkv = vec![0.0; if layers.is_empty() { 0 } else { ids.len() * 3 * width }];
        let rows = rows_per_task(ids.len());
        if let Some(first) = layers.first() {
            x.par_chunks_mut(rows * width)
                .zip(qkv.par_chunks_mut(rows * 3 * width))
                .for_each(|(x, qkv)| self.linear(x, &first.qkv, qkv));
        }
        for (index, layer) in layers.iter().enumerate() {
            let context = attend(self.arch, &qkv, &ranges, width, heads);
            let context = HeadMajor { context: &context, ranges: &ranges, width, heads };
            let next = layers.get(index + 1);
            let tasks = x.par_chunks_mut(rows * width).zip(qkv.par_chunks_mut(rows * 3 * width)).enumerate();
            tasks.for_each(|(task, (x, qkv))| {
                let mine = task * rows..task * rows + x.len() / width;
                self.after_attention(layer, &context.rows(mine), x);
                if let Some(next) = next {
                    self.linear(x, &next.qkv, qkv);
                }
            });
        }
        Ok(ranges.iter().map(|range| x[range.start * width..range.end * width].to_vec()).collect())
    }

    /// Token plus position vectors, normalised.
    fn embed_tokens(&self, ids: &[u32], ranges: &[Range<usize>]) -> Result<Vec<f32>, EmbedError> {
        let mut x = self.weights.embedding.look_up(ids)?;
        let width = self.weights.width;
        for range in ranges {
            add(self.arch, &mut x[range.start * width..range.end * width], &self.weights.position);
        }
        self.weights.embedding_norm.apply(self.arch, &mut x);
        Ok(x)
    }

    /// The rest of a layer for some rows: output projection, then the feed-forward network, each with its residual and norm.
    fn after_attention(&self, layer: &Layer, context: &[f32], x: &mut [f32]) {
        let mut y = vec![0.0; x.len()];
        self.linear(context, &layer.output, &mut y);
        add(self.arch, x, &y);
        layer.output_norm.apply(self.arch, x);
        let mut inner = vec![0.0; x.len() / self.weights.width * layer.up.bias.len()];
        self.linear(x, &layer.up, &mut inner);
        gelu(self.arch, &mut inner);
        self.linear(&inner, &layer.down, &mut y);
        add(self.arch, x, &y);
        layer.layer_norm.apply(self.arch, x);
    }

    /// `out = x · weight + bias` for the rows of `x`.
    fn linear(&self, x: &[f32], linear: &Linear, out: &mut [f32]) {
        let columns = linear.weight.columns();
        let rows = out.len() / columns;
        let depth = x.len() / rows.max(1);
        let left = RowBlocks::pack(rows, depth, |row| &x[row * depth..(row + 1) * depth]);
        multiply(self.arch, &left, &linear.weight, &linear.bias, out, columns);
    }
}

/// Attention's answer, which lies head by head within each text.
struct HeadMajor<'a> {
    context: &'a [f32],
    ranges: &'a [Range<usize>],
    width: usize,
    heads: usize,
}

impl HeadMajor<'_> {
    /// The given tokens with their heads side by side again.
    fn rows(&self, tokens: Range<usize>) -> Vec<f32> {
        let head_width = self.width / self.heads;
        let mut out = Vec::with_capacity(tokens.len() * self.width);
        let mut text = self.ranges.partition_point(|range| range.end <= tokens.start);
        for token in tokens {
            while self.ranges[text].end <= token {
                text += 1;
            }
            let range = &self.ranges[text];
            for head in 0..self.heads {
                let at = range.start * self.width + (head * range.len() + token - range.start) * head_width;
                out.extend_from_slice(&self.context[at..at + head_width]);
            }
        }
        out
    }
}

/// Rows per task: an even share for every thread, in whole blocks, so that no thread waits for another's last block.
fn rows_per_task(rows: usize) -> usize {
    let threads = rayon::current_num_threads().max(1);
    let tasks = rows.div_ceil(MOST_ROWS).next_multiple_of(threads);
    rows.div_ceil(tasks).next_multiple_of(ROWS)
}

/// One vector of unit length from the token vectors of one text.
fn pool(x: &[f32], width: usize, pooling: Pooling) -> Vec<f32> {
    let mut vector = vec![0.0; width];
    let rows = match pooling {
        Pooling::Mean => x,
        Pooling::First => &x[..width],
    };
    // The mean's divisor falls out of the normalisation that follows.
    for row in rows.chunks_exact(width) {
        vector.iter_mut().zip(row).for_each(|(v, r)| *v += r);
    }
    let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    vector.iter_mut().for_each(|v| *v /= length);
    vector
}
