//! The best documents of a query compared with it token by token, as users are served.

use innocap_index::Hit;
use innocap_language::Role;
use innocap_ranking::{Asked, READ, Topic, Weights, topic_value};

use super::collection::{Collection, Text};
use crate::alignment::Asking;
use crate::embeddings::Embeddings;
use crate::error::AppError;
use crate::indexer::passages;
use crate::suggestions::topic;

/// Compares the best of the hits of a query with it and puts them in order by that as well.
pub(super) async fn align(
    embeddings: &Embeddings,
    collection: &Collection,
    (weights, asked): (&Weights, Asked),
    query: &Text,
    hits: &mut [Hit<u32>],
) -> Result<(), AppError> {
    let first = |entry: &Text| entry.texts().map(|texts| passages(&texts).swap_remove(0));
    let counts = hits.iter().take(READ).filter(|hit| weights.of(hit.features.kinship).alignment.is_some());
    let texts: Vec<String> = counts
        .filter_map(|hit| first(&collection.corpus[hit.facts as usize]))
        .map(|passage| passage.beginning())
        .collect();
    let Some(query) = first(query).filter(|_| !texts.is_empty()) else {
        return Ok(());
    };
    // Vectors may have been kept from before there were codes.
    embeddings.read(Role::Passage, &texts).await?;
    let asking = embeddings.codes(Role::Query, &query, true).await?.map(|codes| Asking::need(codes, &query));
    let alignments = embeddings.alignments(asking.as_ref(), weights, hits, READ).await?;
    for (hit, alignment) in hits.iter_mut().zip(alignments) {
        if alignment.is_some() {
            let topic = Topic { alignment, ..topic(&hit.features) };
            hit.value = topic_value(weights, asked, &topic) as f32;
        }
    }
    hits.sort_by(|a, b| b.value.total_cmp(&a.value));
    Ok(())
}
