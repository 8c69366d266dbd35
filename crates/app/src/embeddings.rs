//! Meaning: texts to centred unit vectors, each text embedded once and for all.
//!
//! The cache stands in the registry, keyed by model and content hash, so that no text is ever embedded twice, on
//! whichever replica; a small cache in memory holds the queries of late.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use innocap_domain::Language;
use innocap_exchange::EmbeddingsClient;
use innocap_language::{Centring, EmbedError, Embedder, Reading, Role, TokenCodes, content_hash, sentences, unit};
use innocap_registry::Registry;

use crate::error::AppError;

/// Characters of a passage that are embedded: title, summary and the beginning. The model reads 512 tokens at most,
/// and time grows with each.
pub const PASSAGE_CHARACTERS: usize = 900;
/// Names what [`Passage::parts`] makes of a text; an index made otherwise is made anew.
const PARTS: &str = "parts-2";
/// Names how the codes of tokens are made.
const CODES: &str = "codes-2";
/// Bytes of codes that are held in memory: of some eight thousand long texts.
const CODES_HELD: u64 = 64 * 1024 * 1024;
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

    /// The vectors of texts, and the codes of their tokens from a model that tells them.
    async fn make(&self, role: Role, texts: Vec<String>, centring: &Arc<Centring>) -> Result<Vec<Made>, AppError> {
        match self {
            Self::Local(model) => {
                let (model, centring) = (Arc::clone(model), Arc::clone(centring));
                let task = tokio::task::spawn_blocking(move || {
                    let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
                    let Some(readings) = model.read(role, &borrowed)? else {
                        let vectors = model.embed(role, &borrowed)?;
                        return Ok(vectors.into_iter().map(|vector| Made { vector, codes: None }).collect());
                    };
                    let made = |(reading, text): (Reading, &str)| Made {
                        codes: Some(Arc::new(codes_of(&centring, role, text, &reading))),
                        vector: reading.vector,
                    };
                    Ok::<_, EmbedError>(readings.into_iter().zip(borrowed).map(made).collect())
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
                let vectors = client.embed(&texts).await.map_err(|e| AppError::Unavailable {
                    public: "the embedding service cannot be reached just now",
                    detail: e.to_string(),
                })?;
                Ok(vectors.into_iter().map(|vector| Made { vector, codes: None }).collect())
            }
        }
    }
}

/// The codes of the tokens of a text, whose first sentence stands for its title.
pub fn codes_of(centring: &Centring, role: Role, text: &str, reading: &Reading) -> TokenCodes {
    centring.codes(role, reading, opening(text).len())
}

/// The name under which the codes of a model are kept, centred so; those made otherwise never mix.
pub fn codes_name(model: &str, centring: &Centring) -> String {
    format!("{model}+{CODES}-{}", centring.token_version())
}

/// What a model makes of a text.
struct Made {
    vector: Vec<f32>,
    /// The codes of its tokens, from a model that tells them.
    codes: Option<Arc<TokenCodes>>,
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
    /// By what vectors are centred.
    centring: Arc<Centring>,
    /// By what tokens are, however vectors are.
    tokens: Arc<Centring>,
    codes_name: Arc<str>,
    /// What of each text has a vector.
    read: Read,
    /// Vectors of the queries of late, by content hash.
    recent: moka::sync::Cache<String, Arc<Vec<f32>>>,
    /// Codes of the texts of late, by content hash.
    codes: moka::sync::Cache<String, Arc<TokenCodes>>,
}

impl Embeddings {
    /// Embeddings by `model`, cached in `registry`.
    pub fn new(model: Model, registry: Registry) -> Self {
        let centring = Arc::new(Centring::for_model(model.id()));
        let size = |_: &String, codes: &Arc<TokenCodes>| u32::try_from(codes.size()).unwrap_or(u32::MAX);
        let codes = moka::sync::Cache::builder().weigher(size).max_capacity(CODES_HELD).build();
        Self {
            codes_name: codes_name(model.id(), &centring).into(),
            tokens: Arc::clone(&centring),
            model,
            registry,
            centring,
            read: Read::All,
            recent: moka::sync::Cache::new(4_096),
            codes,
        }
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
        let (texts, weights): (Vec<String>, Vec<f32>) = passage.parts(Role::Query, self.read).into_iter().unzip();
        let hashes: Vec<String> = texts.iter().map(|text| self.hash(Role::Query, text)).collect();
        let mut known: Vec<Option<Arc<Vec<f32>>>> = hashes.iter().map(|hash| self.recent.get(hash)).collect();
        let missing: Vec<usize> = (0..known.len()).filter(|&part| known[part].is_none()).collect();
        let asked: Vec<String> = missing.iter().map(|&part| texts[part].clone()).collect();
        let made: Vec<Vec<f32>> = if missing.is_empty() {
            Vec::new()
        } else if stored {
            self.cached(Role::Query, asked, &[missing.contains(&0)]).await?
        } else {
            let made = self.model.make(Role::Query, asked, &self.tokens).await?;
            // What may be anything is held in memory alone.
            if let (Some(0), Some(codes)) = (missing.first(), made.first().and_then(|made| made.codes.clone())) {
                self.codes.insert(hashes[0].clone(), codes);
            }
            made.into_iter().map(|made| made.vector).collect()
        };
        for (part, vector) in missing.into_iter().zip(made) {
            let vector = Arc::new(vector);
            self.recent.insert(hashes[part].clone(), Arc::clone(&vector));
            known[part] = Some(vector);
        }
        let vectors: Vec<(Vec<f32>, f32)> =
            known.iter().flatten().zip(weights).map(|(vector, weight)| (vector.as_ref().clone(), weight)).collect();
        Ok(self.combine(Role::Query, passage.language, &vectors))
    }

    /// The key of a text in the caches.
    fn hash(&self, role: Role, text: &str) -> String {
        content_hash(self.model.id(), role, text)
    }

    /// The centred vectors of passages or stored queries; those not yet known are embedded and stored.
    ///
    /// # Errors
    /// As [`Self::stored_query`].
    pub async fn all(&self, role: Role, passages: &[Passage]) -> Result<Vec<Vec<f32>>, AppError> {
        let parts: Vec<Vec<(String, f32)>> = passages.iter().map(|passage| passage.parts(role, self.read)).collect();
        let texts = parts.iter().flatten().map(|(text, _)| text.clone()).collect();
        let read: Vec<bool> = parts.iter().flat_map(|parts| (0..parts.len()).map(|part| part == 0)).collect();
        let mut raw = self.cached(role, texts, &read).await?.into_iter();
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
                parts.map(|(text, weight)| (self.hash(role, &text), weight)).collect()
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

    /// The key under which the codes of a text's tokens are kept; none from a model that tells one vector a text.
    pub(crate) fn key(&self, role: Role, passage: &Passage) -> Option<String> {
        matches!(self.model, Model::Local(_)).then(|| self.hash(role, &passage.beginning()))
    }

    /// The codes of the tokens of a text, of what is embedded first of it; `stored` where it is kept in the registry, so
    /// that its codes may be as well. `None` from a model that tells one vector a text.
    ///
    /// # Errors
    /// As [`Self::stored_query`].
    pub(crate) async fn codes(
        &self,
        role: Role,
        passage: &Passage,
        stored: bool,
    ) -> Result<Option<Arc<TokenCodes>>, AppError> {
        let Some(key) = self.key(role, passage) else {
            return Ok(None);
        };
        if let Some(codes) = self.codes.get(&key) {
            return Ok(Some(codes));
        }
        if stored {
            let keys = [key];
            if let Some(codes) = self.known_codes(&keys).await?.remove(&keys[0]) {
                return Ok(Some(codes));
            }
            self.read(role, &[passage.beginning()]).await?;
            return Ok(self.known_codes(&keys).await?.remove(&keys[0]));
        }
        let made = self.model.make(role, vec![passage.beginning()], &self.tokens).await?.pop();
        let codes = made.and_then(|made| made.codes);
        if let Some(codes) = &codes {
            self.codes.insert(key, Arc::clone(codes));
        }
        Ok(codes)
    }

    /// The codes that are known of these keys.
    ///
    /// # Errors
    /// Where the registry fails.
    pub(crate) async fn known_codes(&self, keys: &[String]) -> Result<HashMap<String, Arc<TokenCodes>>, AppError> {
        let mut known = HashMap::with_capacity(keys.len());
        let mut others = Vec::new();
        for key in keys {
            match self.codes.get(key) {
                Some(codes) => drop(known.insert(key.clone(), codes)),
                None => others.push(key.clone()),
            }
        }
        for (key, bytes) in self.registry.made_of_texts(self.codes_name(), &others).await? {
            if let Some(codes) = TokenCodes::from_bytes(&bytes).map(Arc::new) {
                self.codes.insert(key.clone(), Arc::clone(&codes));
                known.insert(key, codes);
            }
        }
        Ok(known)
    }

    /// Which of these keys the registry keeps codes of.
    ///
    /// # Errors
    /// Where the registry fails.
    pub(crate) async fn kept_codes(&self, keys: &[String]) -> Result<HashSet<String>, AppError> {
        Ok(self.registry.kept_of_texts(self.codes_name(), keys).await?)
    }

    /// Reads those of the texts whose codes are not kept yet, and keeps them.
    ///
    /// # Errors
    /// As [`Self::stored_query`].
    pub(crate) async fn read(&self, role: Role, texts: &[String]) -> Result<(), AppError> {
        let hashes: Vec<String> = texts.iter().map(|text| self.hash(role, text)).collect();
        let kept = self.kept_codes(&hashes).await?;
        for batch in missing(texts, &hashes, |hash| kept.contains(hash)).chunks(BATCH) {
            let made = self.model.make(role, batch.iter().map(|&i| texts[i].clone()).collect(), &self.tokens).await?;
            self.keep_codes(batch.iter().map(|&i| &hashes[i]).zip(&made)).await?;
        }
        Ok(())
    }

    async fn keep_codes(&self, made: impl Iterator<Item = (&String, &Made)>) -> Result<(), AppError> {
        let items = made.filter_map(|(hash, made)| Some((hash.clone(), made.codes.as_ref()?.to_bytes()))).collect();
        Ok(self.registry.store_made_of_texts(self.codes_name(), items).await?)
    }

    /// The name under which codes are kept.
    pub fn codes_name(&self) -> &str {
        &self.codes_name
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

    /// The vectors of texts as they come; those not known yet are made and stored, and of those to be read token by token
    /// the codes as well, which come of the same pass through the model.
    async fn cached(&self, role: Role, texts: Vec<String>, read: &[bool]) -> Result<Vec<Vec<f32>>, AppError> {
        let hashes: Vec<String> = texts.iter().map(|text| self.hash(role, text)).collect();
        let mut known = self.registry.embeddings(self.model.id(), &hashes).await?;
        for batch in missing(&texts, &hashes, |hash| known.contains_key(hash)).chunks(BATCH) {
            let texts = batch.iter().map(|&i| texts[i].clone()).collect();
            let made = self.model.make(role, texts, &self.tokens).await?;
            let with_place = batch.iter().zip(&made);
            let to_read = with_place.filter(|(i, _)| read.get(**i).is_some_and(|read| *read));
            self.keep_codes(to_read.map(|(&i, made)| (&hashes[i], made))).await?;
            let items: Vec<_> =
                batch.iter().map(|&i| hashes[i].clone()).zip(made.into_iter().map(|made| made.vector)).collect();
            self.registry.store_embeddings(self.model.id(), items.clone()).await?;
            known.extend(items);
        }
        hashes
            .iter()
            .map(|hash| known.get(hash).cloned().ok_or_else(|| AppError::Internal("a text was not embedded".into())))
            .collect()
    }
}
