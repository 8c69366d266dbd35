//! Meaning: texts to centred unit vectors, each text embedded once and for all.
//!
//! The cache stands in the registry, keyed by model and content hash, so that no text is ever embedded twice, on
//! whichever replica; a small cache in memory holds the queries of late.

use std::collections::HashMap;
use std::sync::Arc;

use innocap_domain::Language;
use innocap_exchange::EmbeddingsClient;
use innocap_language::{Centring, Embedder, Role, TokenCodes, content_hash, sentences, unit};
use innocap_registry::Registry;

use crate::error::AppError;

/// Characters of a passage that are embedded: title, summary and the beginning. The model reads 512 tokens at most,
/// and time grows with each.
pub const PASSAGE_CHARACTERS: usize = 900;
/// Names what [`Passage::parts`] makes of a text; an index made otherwise is made anew.
const PARTS: &str = "parts-2";
/// Names how the codes of tokens are made.
const CODES: &str = "codes-1";
/// Texts embedded in one call; small enough that a query waits for less than a second behind it.
const BATCH: usize = 8;

/// Where vectors come from.
#[derive(Clone)]
pub enum Model {
    /// In this process.
    Local(Arc<dyn Embedder>),
    /// From an OpenAI-compatible endpoint.
    Remote(Arc<EmbeddingsClient>),
}

impl Model {
    /// The model's name; vectors of different names never mix.
    pub fn id(&self) -> &str {
        match self {
            Self::Local(model) => model.model_id(),
            Self::Remote(client) => client.model_id(),
        }
    }

    /// The vectors' width.
    pub fn dimensions(&self) -> usize {
        match self {
            Self::Local(model) => model.dimensions(),
            Self::Remote(client) => client.dimensions(),
        }
    }

    async fn embed(&self, role: Role, texts: Vec<String>) -> Result<Vec<Vec<f32>>, AppError> {
        match self {
            Self::Local(model) => {
                let model = Arc::clone(model);
                let task = tokio::task::spawn_blocking(move || {
                    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                    model.embed(role, &texts)
                });
                task.await
                    .map_err(|e| AppError::Internal(e.to_string()))?
                    .map_err(|e| AppError::Internal(e.to_string()))
            }
            Self::Remote(client) => {
                let prefix = match role {
                    Role::Query => client.query_prefix(),
                    Role::Passage => client.passage_prefix(),
                };
                let texts: Vec<String> = texts.iter().map(|text| format!("{prefix}{text}")).collect();
                client.embed(&texts).await.map_err(|e| AppError::Unavailable {
                    public: "the embedding service cannot be reached just now",
                    detail: e.to_string(),
                })
            }
        }
    }
}

/// What the vector of a listing's title weighs beside that of its text: a title says more than a body.
const TITLE_SHARE: f32 = 0.7;

/// What the vector of the next [`PASSAGE_CHARACTERS`] of a long text weighs.
const REST_SHARE: f32 = 0.5;
/// A shorter rest says nothing of its own.
const SHORTEST_REST: usize = 200;
/// What the vector of its title weighs in a need.
const NEED_TITLE_SHARE: f32 = 0.7;

/// A text to embed, with its language, by which it is centred.
#[derive(Debug, Clone)]
pub struct Passage {
    /// The title; empty where there is none.
    pub title: String,
    /// The whole text, title included.
    pub text: String,
    /// Its language.
    pub language: Option<Language>,
}

/// What of a text has a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Read {
    /// Its beginning, its title, and of a long listing what comes next.
    All,
    /// Not the title.
    WithoutTitle,
    /// The beginning alone.
    Beginning,
}

impl Passage {
    /// What is embedded first, and read token by token.
    pub(crate) fn beginning(&self) -> String {
        begin(&self.text)
    }

    /// The texts that are embedded and what each weighs in the passage's vector, the whole text first. Listing and need
    /// are met by their text and by their title, which says what it is about where the text tells of terms and dates;
    /// the first sentence of a need without a title stands for one. A long listing is met by what comes next as well.
    pub fn parts(&self, role: Role, read: Read) -> Vec<(String, f32)> {
        let mut parts = vec![(begin(&self.text), 1.0)];
        let (title, share) = match role {
            Role::Passage => (self.title.as_str(), TITLE_SHARE),
            Role::Query if self.title.is_empty() => (opening(&self.text), NEED_TITLE_SHARE),
            Role::Query => (self.title.as_str(), NEED_TITLE_SHARE),
        };
        if read == Read::All && !title.is_empty() && title != self.text {
            parts.push((begin(title), share));
        }
        if role == Role::Passage && read != Read::Beginning {
            let rest: String = self.text.chars().skip(PASSAGE_CHARACTERS).take(PASSAGE_CHARACTERS).collect();
            if rest.chars().count() >= SHORTEST_REST {
                parts.push((rest, REST_SHARE));
            }
        }
        parts
    }
}

/// The first sentence of a text, which says what the rest is about.
pub(crate) fn opening(text: &str) -> &str {
    sentences(text).into_iter().next().map_or("", |range| &text[range])
}

/// As much of a text as is embedded.
fn begin(text: &str) -> String {
    text.chars().take(PASSAGE_CHARACTERS).collect()
}

/// The places of the texts that are not known yet, each once. Texts of like length come together, so that those of a batch
/// take about as long as each other.
fn missing(texts: &[String], hashes: &[String], is_known: impl Fn(&String) -> bool) -> Vec<usize> {
    let mut missing: Vec<usize> = (0..texts.len()).filter(|&i| !is_known(&hashes[i])).collect();
    missing.sort_by_key(|&i| texts[i].len());
    missing.dedup_by_key(|i| hashes[*i].clone());
    missing
}

/// The embedding model with its cache and centring.
#[derive(Clone)]
pub struct Embeddings {
    model: Model,
    registry: Registry,
    centring: Arc<Centring>,
    /// What of each text has a vector.
    read: Read,
    recent: moka::sync::Cache<String, Arc<Vec<f32>>>,
}

impl Embeddings {
    /// Embeddings by `model`, cached in `registry`.
    pub fn new(model: Model, registry: Registry) -> Self {
        let centring = Arc::new(Centring::for_model(model.id()));
        Self { model, registry, centring, read: Read::All, recent: moka::sync::Cache::new(4_096) }
    }

    /// The same model with vectors as they come, or of less of each text, to measure what the rest is worth.
    pub(crate) fn made_otherwise(&self, centred: bool, read: Read) -> Self {
        let centring = if centred { Arc::clone(&self.centring) } else { Arc::new(Centring::none()) };
        Self { centring, read, ..self.clone() }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The name under which an index of these vectors is kept: the model, how it is centred and what makes up a vector.
    pub fn index_id(&self) -> String {
        format!("{}+{}+{PARTS}", self.model.id(), self.centring.version())
    }

    /// The centred vector of a query. A free text is asked once and may hold anything: it stays in memory and is not
    /// stored.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where a remote model does not answer.
    pub async fn query(&self, passage: &Passage) -> Result<Vec<f32>, AppError> {
        self.recent(passage, false).await
    }

    /// The centred vector of a stored need, cached in the registry.
    ///
    /// # Errors
    /// As [`Self::query`], and where the registry fails.
    pub async fn stored_query(&self, passage: &Passage) -> Result<Vec<f32>, AppError> {
        self.recent(passage, true).await
    }

    async fn recent(&self, passage: &Passage, stored: bool) -> Result<Vec<f32>, AppError> {
        let mut vectors = Vec::new();
        for (text, weight) in passage.parts(Role::Query, self.read) {
            let hash = content_hash(self.model.id(), Role::Query, &text);
            let vector = match self.recent.get(&hash) {
                Some(vector) => vector,
                None => {
                    let made = if stored {
                        self.cached(Role::Query, vec![text]).await?
                    } else {
                        self.model.embed(Role::Query, vec![text]).await?
                    };
                    let vector = Arc::new(made.into_iter().next().unwrap_or_default());
                    self.recent.insert(hash, Arc::clone(&vector));
                    vector
                }
            };
            vectors.push((vector.as_ref().clone(), weight));
        }
        Ok(self.combine(Role::Query, passage.language, &vectors))
    }

    /// The centred vectors of passages or stored queries; those not yet known are embedded and stored.
    ///
    /// # Errors
    /// As [`Self::stored_query`].
    pub async fn all(&self, role: Role, passages: &[Passage]) -> Result<Vec<Vec<f32>>, AppError> {
        let parts: Vec<Vec<(String, f32)>> = passages.iter().map(|passage| passage.parts(role, self.read)).collect();
        let texts = parts.iter().flatten().map(|(text, _)| text.clone()).collect();
        let mut raw = self.cached(role, texts).await?.into_iter();
        let of = |(parts, passage): (&Vec<(String, f32)>, &Passage)| {
            let vectors: Vec<_> = parts.iter().zip(raw.by_ref()).map(|((_, weight), raw)| (raw, *weight)).collect();
            self.combine(role, passage.language, &vectors)
        };
        Ok(parts.iter().zip(passages).map(of).collect())
    }

    /// Those of the passages whose vectors are known already, centred.
    ///
    /// # Errors
    /// Where the registry fails.
    pub async fn known(&self, role: Role, passages: &[Passage]) -> Result<Vec<Option<Vec<f32>>>, AppError> {
        let hashed: Vec<Vec<(String, f32)>> = passages
            .iter()
            .map(|passage| {
                let parts = passage.parts(role, self.read).into_iter();
                parts.map(|(text, weight)| (content_hash(self.model.id(), role, &text), weight)).collect()
            })
            .collect();
        let hashes: Vec<String> = hashed.iter().flatten().map(|(hash, _)| hash.clone()).collect();
        let known = self.registry.embeddings(self.model.id(), &hashes).await?;
        let of = |(parts, passage): (&Vec<(String, f32)>, &Passage)| {
            let vectors: Option<Vec<_>> =
                parts.iter().map(|(hash, weight)| known.get(hash).map(|raw| (raw.clone(), *weight))).collect();
            vectors.map(|vectors| self.combine(role, passage.language, &vectors))
        };
        Ok(hashed.iter().zip(passages).map(of).collect())
    }

    /// The codes of the tokens of passages or queries, of what is embedded first of each; those not yet known are read
    /// and stored. `None` from a model that tells one vector a text.
    ///
    /// # Errors
    /// As [`Self::stored_query`].
    pub async fn codes(&self, role: Role, texts: &[String]) -> Result<Option<Vec<TokenCodes>>, AppError> {
        let Model::Local(model) = &self.model else {
            return Ok(None);
        };
        let name = format!("{}+{CODES}-{}", model.model_id(), self.centring.token_version());
        let hashes: Vec<String> = texts.iter().map(|text| content_hash(model.model_id(), role, text)).collect();
        let known = self.registry.made_of_texts(&name, &hashes).await?;
        let mut codes: HashMap<String, TokenCodes> =
            known.into_iter().filter_map(|(hash, bytes)| Some((hash, TokenCodes::from_bytes(&bytes)?))).collect();
        for batch in missing(texts, &hashes, |hash| codes.contains_key(hash)).chunks(BATCH) {
            let (model, these) = (Arc::clone(model), batch.iter().map(|&i| texts[i].clone()).collect::<Vec<_>>());
            let task = tokio::task::spawn_blocking(move || {
                let these: Vec<&str> = these.iter().map(String::as_str).collect();
                model.read(role, &these)
            });
            let read = task.await.map_err(|e| AppError::Internal(e.to_string()))?;
            let Some(readings) = read.map_err(|e| AppError::Internal(e.to_string()))? else {
                return Ok(None);
            };
            let made: Vec<(String, TokenCodes)> = batch
                .iter()
                .zip(&readings)
                .map(|(&i, reading)| (hashes[i].clone(), self.centring.codes(role, reading)))
                .collect();
            let items = made.iter().map(|(hash, codes)| (hash.clone(), codes.to_bytes())).collect();
            self.registry.store_made_of_texts(&name, items).await?;
            codes.extend(made);
        }
        let found = hashes.iter().map(|hash| codes.get(hash).cloned());
        found.collect::<Option<_>>().map(Some).ok_or_else(|| AppError::Internal("a text was not read".into()))
    }

    /// The unit vector of a passage: the weighted sum of its parts' centred vectors.
    fn combine(&self, role: Role, language: Option<Language>, parts: &[(Vec<f32>, f32)]) -> Vec<f32> {
        let mut sum: Vec<f32> = vec![0.0; self.model.dimensions()];
        for (raw, weight) in parts {
            let centred = self.centring.centre(role, language, raw);
            sum.iter_mut().zip(&centred).for_each(|(s, x)| *s += weight * x);
        }
        unit(sum)
    }

    async fn cached(&self, role: Role, texts: Vec<String>) -> Result<Vec<Vec<f32>>, AppError> {
        let hashes: Vec<String> = texts.iter().map(|text| content_hash(self.model.id(), role, text)).collect();
        let mut known = self.registry.embeddings(self.model.id(), &hashes).await?;
        for batch in missing(&texts, &hashes, |hash| known.contains_key(hash)).chunks(BATCH) {
            let vectors = self.model.embed(role, batch.iter().map(|&i| texts[i].clone()).collect()).await?;
            let items: Vec<_> = batch.iter().map(|&i| hashes[i].clone()).zip(vectors).collect();
            self.registry.store_embeddings(self.model.id(), items.clone()).await?;
            known.extend(items);
        }
        hashes
            .iter()
            .map(|hash| known.get(hash).cloned().ok_or_else(|| AppError::Internal("a text was not embedded".into())))
            .collect()
    }
}
