//! Which codes of the Common Procurement Vocabulary a text asks for: an index of their labels, words in every language and
//! meaning, and the ranking by their tree.
//!
//! It is filled when first asked for: what only serves suggestions, or a test, has no use for it. Its vectors are computed
//! behind those of records, once and for all; until then nothing is proposed by it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use innocap_domain::{CpvCode, Labels, Language, Scheme, Texts};
use innocap_index::{Batch, Document, DocumentText, Features, Filter, Index, IndexError, Query};
use innocap_language::Role;
use innocap_ranking::{Asked, Weights, rank_codes, topic_value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Innocap;
use crate::embeddings::Passage;
use crate::error::AppError;
use crate::indexer::{EMBEDDED_AT_ONCE, label_terms, passages};
use crate::suggestions::{query_texts, topic};

/// Labels that are looked at.
const DEPTH: usize = 1_000;
/// Labels indexed at once.
const AT_ONCE: usize = 1_000;

/// The index of labels.
pub(crate) struct Codes {
    /// Its checkpoint tells which labels it holds.
    index: Index<u32>,
    wanted: AtomicBool,
    /// The labels that it was last filled with; held by whoever fills it.
    filled: Mutex<Option<Arc<Labels>>>,
}

impl Codes {
    /// Opens the index in a folder.
    ///
    /// # Errors
    /// [`IndexError`] where the disk fails.
    pub(crate) fn open(folder: &Path, model: &str, dimensions: usize) -> Result<Self, IndexError> {
        let (index, _) = Index::open(folder, model, dimensions)?;
        Ok(Self { index, wanted: AtomicBool::new(false), filled: Mutex::default() })
    }

    /// Puts the words of these labels in place of others.
    fn fill(&self, labels: &Arc<Labels>) -> Result<(), IndexError> {
        let mut filled = self.filled.lock().unwrap_or_else(PoisonError::into_inner);
        if filled.as_ref().is_some_and(|known| Arc::ptr_eq(known, labels)) {
            return Ok(());
        }
        let stamp = stamp(labels);
        if self.index.checkpoint() != stamp {
            self.index.clear()?;
            let mut documents = CpvCode::all().filter_map(|code| document(labels, code)).peekable();
            while documents.peek().is_some() {
                let upserts: Vec<_> = documents.by_ref().take(AT_ONCE).collect();
                // Only with the last of them it holds them all.
                let mut batch = Batch::new(if documents.peek().is_some() { 0 } else { stamp });
                batch.upserts = upserts;
                self.index.apply(batch)?;
            }
        }
        *filled = Some(Arc::clone(labels));
        Ok(())
    }
}

/// Names the labels there are.
fn stamp(labels: &Labels) -> i64 {
    let all: String = CpvCode::all()
        .flat_map(|code| label_terms(labels, &[code]))
        .map(|(language, label)| format!("{language}{label}\n"))
        .collect();
    let digest: [u8; 32] = Sha256::digest(all).into();
    let first = digest.iter().take(7).fold(0, |number, byte| (number << 8) | i64::from(*byte));
    first.max(1)
}

/// A label as what is embedded of it.
fn passage(labels: &Labels, code: CpvCode) -> Option<Passage> {
    let text = labels.label(Scheme::Cpv, code.as_str(), Language::En)?.to_owned();
    Some(Passage { language: Some(Language::En), title: text.clone(), text })
}

fn number(code: CpvCode) -> u32 {
    code.as_str().parse().unwrap_or_default()
}

fn document(labels: &Labels, code: CpvCode) -> Option<Document<u32>> {
    let passage = passage(labels, code)?;
    Some(Document {
        id: Uuid::from_u128(number(code).into()),
        texts: vec![DocumentText { language: passage.language, title: passage.title, ..DocumentText::default() }],
        labels: label_terms(labels, &[code]),
        facts: number(code),
    })
}

fn code(number: u32) -> Option<CpvCode> {
    CpvCode::parse(&format!("{number:08}")).ok()
}

impl Innocap {
    /// Codes by how likely a text asks for them, best first, each with its value: see [`rank_codes`]. None until the
    /// meaning of all labels is known, for by words alone they fit by chance.
    ///
    /// # Errors
    /// Where index or model fail.
    pub(crate) async fn codes_for(&self, texts: &Texts) -> Result<Vec<(CpvCode, f64)>, AppError> {
        let codes = Arc::clone(self.codes());
        codes.wanted.store(true, Ordering::Relaxed);
        let vector = Some(self.embeddings().query(&passages(texts)[0]).await?);
        let (labels, query) = (self.labels(), Query { texts: query_texts(texts), vector });
        let ranked = tokio::task::spawn_blocking(move || {
            codes.fill(&labels)?;
            if codes.index.count_without_vector() > 0 {
                return Ok(Vec::new());
            }
            let asked = Asked { meaning: true, words: true, codes: false };
            #[expect(clippy::cast_possible_truncation, reason = "a score")]
            let value = |features: &Features| topic_value(Weights::bundled(), asked, &topic(features)) as f32;
            let hits = codes.index.search(&query, DEPTH, &Filter::All, &value).hits;
            let labels: Vec<_> =
                hits.into_iter().filter_map(|hit| Some((code(hit.facts)?, f64::from(hit.value)))).collect();
            Ok::<_, AppError>(rank_codes(&labels))
        });
        ranked.await.map_err(|e| AppError::Internal(e.to_string()))?
    }

    /// Computes the meaning of some labels that lack it, where they are wanted; how many.
    pub(crate) async fn index_labels(&self) -> Result<usize, AppError> {
        let codes = Arc::clone(self.codes());
        if !codes.wanted.load(Ordering::Relaxed) {
            return Ok(0);
        }
        let labels = self.labels();
        let missing = codes.index.without_vector(EMBEDDED_AT_ONCE);
        let missing: Vec<(Uuid, Passage)> = missing
            .into_iter()
            .filter_map(|(id, _)| Some((id, passage(&labels, code(u32::try_from(id.as_u128()).ok()?)?)?)))
            .collect();
        if missing.is_empty() {
            return Ok(0);
        }
        let (ids, texts): (Vec<_>, Vec<_>) = missing.into_iter().unzip();
        let vectors = self.embeddings().all(Role::Passage, &texts).await?;
        let done = vectors.len();
        let mut batch = Batch::new(codes.index.checkpoint());
        batch.vectors = ids.into_iter().zip(vectors).map(|(id, vector)| (id, 0, vector)).collect();
        tokio::task::spawn_blocking(move || codes.index.apply(batch))
            .await
            .map_err(|e| AppError::Internal(e.to_string()))??;
        Ok(done)
    }
}
