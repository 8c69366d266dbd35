//! Measuring: any judged collection in BEIR layout, through the very index and ranking that serve users; beside it what
//! is commonly assembled from well-known parts, and the ranking with one ingredient taken away at a time.

mod align;
mod collection;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Instant;

use innocap_domain::{CpvCode, Labels, Language};
use innocap_index::{Batch, Document, DocumentText, Features, Filter, Hit, Index, Query};
use innocap_language::Role;
use innocap_ranking::metrics::{
    average_precision, bootstrap_interval, mean, ndcg, randomisation_test, recall, reciprocal_rank,
};
use innocap_ranking::{Asked, Weights, rank_codes, topic_value};
use serde::Serialize;
use uuid::Uuid;

use crate::embeddings::{Embeddings, Passage, Read};
use crate::indexer::{label_terms, language_of, passages};
use crate::suggestions::{query_texts, topic};
use align::align;
use collection::{Collection, Text};
pub use collection::{Run, read_run};

/// Documents of a run for each query.
const DEPTH: usize = 1_000;
/// Documents embedded and indexed at once.
const CHUNK: usize = 256;
/// The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009).
const RRF_K: f32 = 60.0;

/// What ranks the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ranker {
    /// Words alone: BM25 over title and text.
    Words,
    /// The model's cosine as it comes.
    Embedding,
    /// Reciprocal rank fusion of these two, which is what is commonly assembled.
    Rrf,
    /// Meaning alone: the centred cosine.
    Meaning,
    /// As users are served: where the documents are codes of the Common Procurement Vocabulary, as codes are proposed,
    /// by the whole of their tree.
    Full,
}

impl Ranker {
    /// What is served and what that is held against.
    pub const ALL: [Self; 5] = [Self::Words, Self::Embedding, Self::Rrf, Self::Meaning, Self::Full];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Embedding => "embedding",
            Self::Rrf => "rrf",
            Self::Meaning => "meaning",
            Self::Full => "full",
        }
    }
}

/// Why a collection could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// A file is missing or cannot be read.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// A line is not what the layout says.
    #[error("{file}, line {line}: {why}")]
    Line {
        /// The file.
        file: String,
        /// The line's number.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// Index or model failed.
    #[error(transparent)]
    App(#[from] crate::AppError),
}

/// The figures of one group of queries.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// Queries with judgements.
    pub queries: usize,
    /// nDCG@10.
    pub ndcg_at_10: f64,
    /// Lower end of its 95 % bootstrap interval.
    pub ndcg_at_10_low: f64,
    /// Upper end.
    pub ndcg_at_10_high: f64,
    /// Mean reciprocal rank at 10.
    pub mrr_at_10: f64,
    /// Mean average precision.
    pub map: f64,
    /// Recall at 100.
    pub recall_at_100: f64,
    /// nDCG@1: where each query has one right answer, how often it comes first.
    pub ndcg_at_1: f64,
}

/// The figures of one collection by one ranker.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluation {
    /// The collection's name: its folder's.
    pub collection: String,
    /// Which judgements, such as `dev`.
    pub split: String,
    /// What ranked.
    pub ranker: Ranker,
    /// The weights it ranked by.
    pub ranking_version: String,
    /// Which ingredient was taken away, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without: Option<&'static str>,
    /// Whether the documents carried the labels of the codes that they are named by.
    pub labels: bool,
    /// Documents in the collection.
    pub documents: usize,
    /// All queries together.
    #[serde(flatten)]
    pub figures: Figures,
    /// By the language of the queries.
    pub by_language: BTreeMap<String, Figures>,
    /// Wall-clock time, in seconds, embedding included.
    pub seconds: f64,
    /// nDCG@10 of each query, in the order of the run.
    #[serde(skip)]
    pub gains: Vec<f64>,
    /// The ranked lists.
    #[serde(skip)]
    pub run: Run,
}

impl Evaluation {
    /// How much higher this nDCG@10 is than that of `other` over the same queries, and how likely a difference as large
    /// is by chance (paired randomisation test).
    pub fn against(&self, other: &Self) -> (f64, f64) {
        (self.figures.ndcg_at_10 - other.figures.ndcg_at_10, randomisation_test(&self.gains, &other.gains))
    }
}

/// What is measured.
#[derive(Debug, Clone)]
pub struct Measure<'a> {
    /// The weights of the full ranking.
    pub weights: &'a Weights,
    /// Labels of the codes that the documents are named by, where they are: each document then carries those of its
    /// code in every language, as a solution with that code does.
    pub labels: Option<&'a Labels>,
}

/// How the vectors of a collection are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Vectors {
    /// Centred by the means that come with the model.
    centred: bool,
    /// Of what of each text.
    read: Read,
    /// Centred by the index's own means, hubness measured.
    learnt: bool,
}

impl Vectors {
    const SERVED: Self = Self { centred: true, read: Read::All, learnt: true };
    const AS_THEY_COME: Self = Self { centred: false, read: Read::Beginning, learnt: false };
}

/// The ingredients that only some collections have.
const LABELS: &str = "labels";
const TREE: &str = "tree of codes";
const ALIGNMENT: &str = "comparison token by token";

/// An ingredient of the ranking that can be taken away.
struct Ablation {
    name: &'static str,
    vectors: Vectors,
    take_away: fn(&mut Weights),
    /// Whether the tree in which codes stand is counted.
    tree: bool,
}

fn each_set(weights: &mut Weights, change: impl Fn(&mut innocap_ranking::TopicWeights)) {
    [&mut weights.same_language, &mut weights.near_language, &mut weights.cross_language].into_iter().for_each(change);
}

/// Nothing taken away.
const WHOLE: Ablation = Ablation { name: "", vectors: Vectors::SERVED, take_away: |_| (), tree: true };

const ABLATIONS: [Ablation; 11] = [
    Ablation { name: "meaning", take_away: |weights| each_set(weights, |of| of.meaning = 0.0), ..WHOLE },
    Ablation { name: "words", take_away: |weights| each_set(weights, |of| of.words = 0.0), ..WHOLE },
    Ablation { name: "words of titles", take_away: |weights| each_set(weights, |of| of.title = 0.0), ..WHOLE },
    Ablation { name: ALIGNMENT, take_away: |weights| each_set(weights, |of| of.alignment = None), ..WHOLE },
    Ablation { name: LABELS, take_away: |weights| each_set(weights, |of| of.labels = 0.0), ..WHOLE },
    Ablation { name: TREE, tree: false, ..WHOLE },
    Ablation { name: "hubness", take_away: |weights| each_set(weights, |of| of.hubness = 0.0), ..WHOLE },
    Ablation { name: "own means and hubness", vectors: Vectors { learnt: false, ..Vectors::SERVED }, ..WHOLE },
    Ablation {
        name: "centring and hubness",
        vectors: Vectors { centred: false, learnt: false, ..Vectors::SERVED },
        ..WHOLE
    },
    Ablation { name: "vectors of titles", vectors: Vectors { read: Read::WithoutTitle, ..Vectors::SERVED }, ..WHOLE },
    Ablation {
        name: "vectors of titles and rest",
        vectors: Vectors { read: Read::Beginning, ..Vectors::SERVED },
        ..WHOLE
    },
];

/// Ranks the queries of a collection by each of `rankers` and holds the results against its judgements; with `ablate`
/// then by the full ranking with one ingredient taken away at a time.
///
/// # Errors
/// [`EvaluateError`] with file and line where the collection is not in BEIR layout.
pub async fn evaluate(
    embeddings: &Embeddings,
    folder: &Path,
    split: &str,
    rankers: &[Ranker],
    ablate: bool,
    measure: &Measure<'_>,
    mut progress: impl FnMut(&str, usize, usize),
) -> Result<Vec<Evaluation>, EvaluateError> {
    let collection = Collection::read(folder, split)?;
    let mut indexed: HashMap<Option<Vectors>, Indexed> = HashMap::new();
    let mut results = Vec::new();
    for ranker in rankers {
        let started = Instant::now();
        let vectors =
            if matches!(ranker, Ranker::Embedding | Ranker::Rrf) { Vectors::AS_THEY_COME } else { Vectors::SERVED };
        // Words alone need no vectors, and a run of them alone should not wait for any.
        let key = (*ranker != Ranker::Words).then_some(vectors);
        let index = index(&mut indexed, embeddings, &collection, key, measure, &mut progress).await?;
        let run = index.run(embeddings, &collection, *ranker, measure.weights, true).await?;
        results.push(figures_of(&collection, *ranker, None, measure, run, started));
    }
    if ablate {
        for ablation in &ABLATIONS {
            let is_absent = match ablation.name {
                LABELS => measure.labels.is_none(),
                TREE => collection.codes.is_none(),
                ALIGNMENT => collection.codes.is_some() || collection.is_in_one_language(),
                _ => false,
            };
            if is_absent {
                continue;
            }
            let started = Instant::now();
            let mut weights = measure.weights.clone();
            (ablation.take_away)(&mut weights);
            let vectors = Some(ablation.vectors);
            let index = index(&mut indexed, embeddings, &collection, vectors, measure, &mut progress).await?;
            let run = index.run(embeddings, &collection, Ranker::Full, &weights, ablation.tree).await?;
            results.push(figures_of(&collection, Ranker::Full, Some(ablation.name), measure, run, started));
        }
    }
    Ok(results)
}

/// The figures of a run made elsewhere, over the queries of a collection.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_run(folder: &Path, split: &str, run: &Run, like: &Evaluation) -> Result<Evaluation, EvaluateError> {
    let collection = Collection::read(folder, split)?;
    let by_query: HashMap<&str, &Vec<(String, f32)>> = run.iter().map(|(id, ranked)| (id.as_str(), ranked)).collect();
    let ranked = |query: &Text| by_query.get(query.id.as_str()).map(|r| (*r).clone()).unwrap_or_default();
    let run = collection.queries.iter().map(|query| (query.id.clone(), ranked(query))).collect();
    let (gains, figures, by_language) = measure_run(&collection, &run);
    Ok(Evaluation { gains, figures, by_language, run, ..like.clone() })
}

/// A collection in an index of its own, with its queries.
struct Indexed {
    index: Index<u32>,
    queries: Vec<Query>,
    _folder: tempfile::TempDir,
}

/// The index of a collection with vectors of a kind, or without any; it is made when first asked for.
async fn index<'i>(
    indexed: &'i mut HashMap<Option<Vectors>, Indexed>,
    embeddings: &Embeddings,
    collection: &Collection,
    vectors: Option<Vectors>,
    measure: &Measure<'_>,
    progress: &mut impl FnMut(&str, usize, usize),
) -> Result<&'i Indexed, EvaluateError> {
    match indexed.entry(vectors) {
        Entry::Occupied(known) => Ok(known.into_mut()),
        Entry::Vacant(place) => {
            Ok(place.insert(Indexed::new(embeddings, collection, vectors, measure, progress).await?))
        }
    }
}

impl Indexed {
    async fn new(
        embeddings: &Embeddings,
        collection: &Collection,
        vectors: Option<Vectors>,
        measure: &Measure<'_>,
        progress: &mut impl FnMut(&str, usize, usize),
    ) -> Result<Self, EvaluateError> {
        let embeddings = vectors.map(|kind| embeddings.made_otherwise(kind.centred, kind.read));
        let folder = tempfile::tempdir().map_err(|e| EvaluateError::File("temporary folder".into(), e))?;
        let (model, dimensions) =
            embeddings.as_ref().map_or((String::new(), 1), |e| (e.index_id(), e.model().dimensions()));
        let (index, _) = Index::<u32>::open(folder.path(), &model, dimensions).map_err(crate::AppError::from)?;
        for (done, chunk) in collection.corpus.chunks(CHUNK).enumerate() {
            progress("documents", (done * CHUNK).min(collection.corpus.len()), collection.corpus.len());
            let meanings = meanings(embeddings.as_ref(), Role::Passage, chunk).await?;
            let mut batch = Batch::new(0);
            for (offset, (entry, vector)) in chunk.iter().zip(meanings).enumerate() {
                let number = done * CHUNK + offset;
                batch.upserts.extend(document(entry, number, vector, embeddings.as_ref(), measure.labels));
            }
            index.apply(batch).map_err(crate::AppError::from)?;
        }
        let mut queries: Vec<Query> = Vec::with_capacity(collection.queries.len());
        for (done, chunk) in collection.queries.chunks(CHUNK).enumerate() {
            progress("queries", (done * CHUNK).min(collection.queries.len()), collection.queries.len());
            let meanings = meanings(embeddings.as_ref(), Role::Query, chunk).await?;
            let texts = chunk.iter().map(|entry| entry.texts().map(|t| query_texts(&t)).unwrap_or_default());
            queries.extend(texts.zip(meanings).map(|(texts, vector)| Query { texts, vector }));
        }
        if vectors.is_some_and(|kind| kind.learnt) {
            // In service the stored needs are the sample of what is asked; here the collection's queries stand for
            // them. Of their judgements nothing is used.
            let language = |query: &Query| query.texts.first().and_then(|text| text.language);
            let sample: Vec<_> = queries.iter().filter_map(|q| Some((language(q), q.vector.clone()?))).collect();
            index.learn_space(&sample);
        }
        Ok(Self { index, queries, _folder: folder })
    }

    async fn run(
        &self,
        embeddings: &Embeddings,
        collection: &Collection,
        ranker: Ranker,
        weights: &Weights,
        tree: bool,
    ) -> Result<Run, crate::AppError> {
        let asked = Asked { meaning: true, words: true, codes: false };
        let by_words = |features: &Features| if features.words > 0.0 { features.words } else { f32::NAN };
        let by_meaning = |features: &Features| features.meaning.unwrap_or(f32::NAN);
        let in_full = |features: &Features| topic_value(weights, asked, &topic(features)) as f32;
        let search = |query: &Query, value: &(dyn Fn(&Features) -> f32 + Sync)| {
            self.index.search(query, DEPTH, &Filter::All, value).hits
        };
        let list = |hits: Vec<Hit<u32>>| hits.into_iter().map(|hit| (hit.facts, hit.value)).collect::<Vec<_>>();
        let named = |ranked: Vec<(u32, f32)>| {
            ranked.into_iter().map(|(number, value)| (collection.corpus[number as usize].id.clone(), value)).collect()
        };
        let in_tree = |ranked: Vec<(u32, f32)>, codes: &[CpvCode]| {
            let labels: Vec<_> =
                ranked.iter().map(|(number, value)| (codes[*number as usize], (*value).into())).collect();
            rank_codes(&labels).into_iter().map(|(code, value)| (code.to_string(), value as f32)).collect()
        };
        let mut run = Run::with_capacity(self.queries.len());
        for (entry, query) in collection.queries.iter().zip(&self.queries) {
            let ranked = match ranker {
                Ranker::Words => list(search(query, &by_words)),
                Ranker::Embedding | Ranker::Meaning => list(search(query, &by_meaning)),
                Ranker::Rrf => fuse(&list(search(query, &by_words)), &list(search(query, &by_meaning))),
                Ranker::Full => {
                    let mut hits = search(query, &in_full);
                    // A label of a code is some words and no text.
                    if collection.codes.is_none() {
                        align(embeddings, collection, (weights, asked), entry, &mut hits).await?;
                    }
                    list(hits)
                }
            };
            let ranked = match &collection.codes {
                Some(codes) if tree && ranker == Ranker::Full => in_tree(ranked, codes),
                _ => named(ranked),
            };
            run.push((entry.id.clone(), ranked));
        }
        Ok(run)
    }
}

/// Reciprocal rank fusion of two lists.
fn fuse(first: &[(u32, f32)], second: &[(u32, f32)]) -> Vec<(u32, f32)> {
    let mut values: BTreeMap<u32, f32> = BTreeMap::new();
    for list in [first, second] {
        for (place, (document, _)) in list.iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a place in a list of a thousand")]
            let place = (place + 1) as f32;
            *values.entry(*document).or_default() += 1.0 / (RRF_K + place);
        }
    }
    let mut fused: Vec<_> = values.into_iter().collect();
    fused.sort_by(|a, b| b.1.total_cmp(&a.1));
    fused
}

fn document(
    entry: &Text,
    number: usize,
    vector: Option<Vec<f32>>,
    embeddings: Option<&Embeddings>,
    labels: Option<&Labels>,
) -> Option<Document<u32>> {
    let texts = entry.texts()?;
    let version = texts.original();
    let code = labels.and_then(|labels| Some((labels, CpvCode::parse(&entry.id).ok()?)));
    Some(Document {
        id: Uuid::from_u128(number as u128),
        texts: vec![DocumentText {
            language: language_of(&version.language, &version.description),
            title: version.title.clone(),
            body: version.description.clone(),
            vector,
            key: embeddings.and_then(|embeddings| embeddings.key(Role::Passage, &passages(&texts)[0])),
        }],
        labels: code.map(|(labels, code)| label_terms(labels, &[code])).unwrap_or_default(),
        facts: u32::try_from(number).unwrap_or(u32::MAX),
    })
}

/// The vectors of some texts, none where meaning is not asked for.
async fn meanings(
    embeddings: Option<&Embeddings>,
    role: Role,
    entries: &[Text],
) -> Result<Vec<Option<Vec<f32>>>, crate::AppError> {
    let Some(embeddings) = embeddings else {
        return Ok(vec![None; entries.len()]);
    };
    let texts: Vec<Option<Passage>> = entries.iter().map(|e| e.texts().map(|t| passages(&t).swap_remove(0))).collect();
    let known: Vec<Passage> = texts.iter().flatten().cloned().collect();
    let mut vectors = embeddings.all(role, &known).await?.into_iter();
    Ok(texts.iter().map(|text| text.as_ref().and_then(|_| vectors.next())).collect())
}

fn figures_of(
    collection: &Collection,
    ranker: Ranker,
    without: Option<&'static str>,
    measure: &Measure<'_>,
    run: Run,
    started: Instant,
) -> Evaluation {
    let (gains, figures, by_language) = measure_run(collection, &run);
    Evaluation {
        collection: collection.name.clone(),
        split: collection.split.clone(),
        ranker,
        ranking_version: measure.weights.version.clone(),
        without,
        labels: measure.labels.is_some(),
        documents: collection.corpus.len(),
        figures,
        by_language,
        seconds: started.elapsed().as_secs_f64(),
        gains,
        run,
    }
}

fn measure_run(collection: &Collection, run: &Run) -> (Vec<f64>, Figures, BTreeMap<String, Figures>) {
    let mut groups: BTreeMap<String, Vec<[f64; 5]>> = BTreeMap::new();
    let mut all = Vec::new();
    for ((id, ranked), query) in run.iter().zip(&collection.queries) {
        let ranked: Vec<&str> = ranked.iter().map(|(id, _)| id.as_str()).collect();
        let judged = &collection.judged[id];
        let figures = [
            ndcg(&ranked, judged, 10),
            reciprocal_rank(&ranked, judged, 10),
            average_precision(&ranked, judged),
            recall(&ranked, judged, 100),
            ndcg(&ranked, judged, 1),
        ];
        all.push(figures);
        let language = query.language.as_deref().and_then(Language::from_tag);
        groups.entry(language.map_or("und", Language::code).to_owned()).or_default().push(figures);
    }
    let by_language = groups.iter().map(|(language, values)| (language.clone(), figures(values))).collect();
    (all.iter().map(|figures| figures[0]).collect(), figures(&all), by_language)
}

fn figures(values: &[[f64; 5]]) -> Figures {
    let column = |i: usize| values.iter().map(|v| v[i]).collect::<Vec<f64>>();
    let gains = column(0);
    let (low, high) = bootstrap_interval(&gains);
    Figures {
        queries: values.len(),
        ndcg_at_10: mean(&gains),
        ndcg_at_10_low: low,
        ndcg_at_10_high: high,
        mrr_at_10: mean(&column(1)),
        map: mean(&column(2)),
        recall_at_100: mean(&column(3)),
        ndcg_at_1: mean(&column(4)),
    }
}
