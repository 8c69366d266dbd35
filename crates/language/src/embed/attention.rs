//! Multi-head self-attention (Vaswani et al. 2017, arXiv 1706.03762), one task per text and head.
//!
//! Texts of a batch lie one after the other without padding, so a text only ever sees its own tokens and no mask is needed.

use std::ops::Range;

use pulp::Arch;
use rayon::prelude::*;

use super::elementwise::softmax;
use super::matmul::{Panels, RowBlocks, multiply};

/// Query rows scored at once: bounds the table of scores to `QUERIES` × tokens per task.
const QUERIES: usize = 48;

/// Attends within each text.
///
/// `qkv` holds for every token of the batch its query, key and value side by side (3 × width); `texts` are the token
/// ranges. The answer is laid out text by text, within a text head by head, within a head token by token.
pub(super) fn attend(arch: Arch, qkv: &[f32], texts: &[Range<usize>], width: usize, heads: usize) -> Vec<f32> {
    let head_width = width / heads;
    let mut out = vec![0.0; qkv.len() / 3];
    let mut tasks = Vec::with_capacity(texts.len() * heads);
    let mut rest = &mut out[..];
    for text in texts {
        for head in 0..heads {
            let (part, after) = rest.split_at_mut(text.len() * head_width);
            tasks.push((text.clone(), head, part));
            rest = after;
        }
    }
    tasks.into_par_iter().for_each(|(text, head, out)| attend_head(arch, qkv, text, width, head, head_width, out));
    out
}

/// One head of one text; `out` is tokens × `head_width`.
fn attend_head(
    arch: Arch,
    qkv: &[f32],
    text: Range<usize>,
    width: usize,
    head: usize,
    head_width: usize,
    out: &mut [f32],
) {
    let tokens = text.len();
    // The slice of one token that holds the query (0), key (1) or value (2) of this head.
    let vector = |which: usize, token: usize| {
        let at = (text.start + token) * 3 * width + which * width + head * head_width;
        &qkv[at..at + head_width]
    };
    let keys = Panels::pack(arch, head_width, tokens, |k, token| vector(1, token)[k]);
    let values = Panels::pack(arch, tokens, head_width, |token, k| vector(2, token)[k]);
    let scale = 1.0 / (head_width as f32).sqrt();
    let mut scores = vec![0.0; QUERIES.min(tokens) * tokens];
    for (index, out) in out.chunks_mut(QUERIES * head_width).enumerate() {
        let rows = out.len() / head_width;
        let queries = RowBlocks::pack(rows, head_width, |row| vector(0, index * QUERIES + row));
        let scores = &mut scores[..rows * tokens];
        multiply(arch, &queries, &keys, &[], scores, tokens);
        for row in scores.chunks_exact_mut(tokens) {
            softmax(arch, row, scale);
        }
        let weights = RowBlocks::pack(rows, tokens, |row| &scores[row * tokens..(row + 1) * tokens]);
        multiply(arch, &weights, &values, &[], out, head_width);
    }
}
