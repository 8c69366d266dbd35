//! The best documents of each query compared with it token by token.

use std::collections::HashMap;

use innocap_language::Role;
use innocap_ranking::{READ, Weights, with_alignment};

use super::EvaluateError;
use super::collection::{Collection, Run, Text};
use crate::embeddings::Embeddings;
use crate::indexer::passages;
use crate::judged::alignment;

/// Compares the best of each list with its query token by token and puts them in order by that as well.
pub(super) async fn align(
    embeddings: &Embeddings,
    collection: &Collection,
    weights: &Weights,
    run: &mut Run,
    progress: &mut impl FnMut(&str, usize, usize),
) -> Result<(), EvaluateError> {
    let beginning = |entry: &Text| entry.texts().map(|texts| passages(&texts).swap_remove(0));
    let documents: HashMap<&str, &Text> = collection.corpus.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    let count = collection.queries.len();
    for (done, (entry, (_, ranked))) in collection.queries.iter().zip(run).enumerate() {
        progress("queries read", done, count);
        let Some(need) = beginning(entry) else {
            continue;
        };
        let read = ranked.len().min(READ);
        let best = &mut ranked[..read];
        let text = |id: &String| {
            documents.get(id.as_str()).and_then(|entry| beginning(entry)).map(|p| p.beginning()).unwrap_or_default()
        };
        let texts: Vec<String> = best.iter().map(|(id, _)| text(id)).collect();
        let need_codes = embeddings.codes(Role::Query, &[need.beginning()]).await?;
        let (Some(need_codes), Some(codes)) = (need_codes, embeddings.codes(Role::Passage, &texts).await?) else {
            return Err(EvaluateError::NoTokens);
        };
        for ((_, value), codes) in best.iter_mut().zip(&codes) {
            let known = alignment(&need_codes[0], &need, codes).unwrap_or_default();
            *value = with_alignment(weights, f64::from(*value), known) as f32;
        }
        best.sort_by(|a, b| b.1.total_cmp(&a.1));
    }
    Ok(())
}
