//! What goes into the index: documents, their texts and facts, and batches of changes.

use innocap_domain::Language;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// The structured facts of a record that filters and evidence need, held in memory for every entry.
///
/// They are stored in a compact binary form that does not describe itself: no `#[serde(flatten)]`, no skipped fields.
pub trait Facts: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static> Facts for T {}

/// One language version of a record.
#[derive(Debug, Clone, Default)]
pub struct DocumentText {
    /// Its language, where analysed.
    pub language: Option<Language>,
    /// The title.
    pub title: String,
    /// Summary, description and keywords.
    pub body: String,
    /// The unit vector of its meaning, where it is known already.
    pub vector: Option<Vec<f32>>,
    /// Under which key what else was made of the text is kept; none where nothing is.
    pub key: Option<String>,
}

/// A record as the index sees it.
#[derive(Debug, Clone)]
pub struct Document<F> {
    /// The record.
    pub id: Uuid,
    /// Its language versions, at least one.
    pub texts: Vec<DocumentText>,
    /// Labels of its codes in every language there is: a bridge for words across languages.
    pub labels: Vec<(Language, String)>,
    /// Its facts.
    pub facts: F,
}

/// Changes to be applied at once: all of them become visible together.
#[derive(Debug, Clone)]
pub struct Batch<F> {
    /// Records to add or replace.
    pub upserts: Vec<Document<F>>,
    /// Records to remove.
    pub deletes: Vec<Uuid>,
    /// Vectors that have become known: record, position among its texts, unit vector.
    pub vectors: Vec<(Uuid, usize, Vec<f32>)>,
    /// How far the change feed has been read once this batch is applied.
    pub checkpoint: i64,
}

impl<F> Batch<F> {
    /// An empty batch that moves the checkpoint.
    pub fn new(checkpoint: i64) -> Self {
        Self { upserts: Vec::new(), deletes: Vec::new(), vectors: Vec::new(), checkpoint }
    }
}
