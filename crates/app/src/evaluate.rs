//! Measuring: any judged collection in BEIR layout, through the very index and ranking that serve users.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Instant;

use innocap_domain::{Language, LanguageTag, TextVersion, Texts};
use innocap_index::{Batch, Document, DocumentText, Features, Filter, Index, Query};
use innocap_language::Role;
use innocap_ranking::metrics::{
    Judgements, average_precision, bootstrap_interval, mean, ndcg, recall, reciprocal_rank,
};
use innocap_ranking::{Asked, Weights, topic_value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::embeddings::{Embeddings, Passage};
use crate::indexer::{language_of, passages};
use crate::suggestions::{query_texts, topic};

/// Documents of a run for each query.
const DEPTH: usize = 1_000;

/// What ranks the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ranker {
    /// Words alone.
    Words,
    /// Meaning alone.
    Meaning,
    /// As users are served.
    Full,
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
}

/// The figures of one collection.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluation {
    /// The collection's name: its folder's.
    pub collection: String,
    /// Which judgements, such as `dev`.
    pub split: String,
    /// What ranked.
    pub ranker: Ranker,
    /// Documents in the collection.
    pub documents: usize,
    /// All queries together.
    #[serde(flatten)]
    pub figures: Figures,
    /// By the language of the queries.
    pub by_language: BTreeMap<String, Figures>,
    /// Wall-clock time, in seconds, embedding included.
    pub seconds: f64,
    /// The ranked lists: query → documents with their values.
    #[serde(skip)]
    pub run: Vec<(String, Vec<(String, f32)>)>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "_id")]
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    language: Option<String>,
}

impl Entry {
    fn texts(&self) -> Option<Texts> {
        let tag = self.language.as_deref().and_then(|tag| LanguageTag::parse(tag).ok());
        let language = tag.or_else(|| LanguageTag::parse("und").ok())?;
        Texts::new(vec![TextVersion {
            language,
            title: self.title.clone(),
            summary: String::new(),
            description: self.text.clone(),
            keywords: Vec::new(),
        }])
    }
}

/// Ranks the queries of a collection by `weights` and holds the result against its judgements.
///
/// # Errors
/// [`EvaluateError`] with file and line where the collection is not in BEIR layout.
pub async fn evaluate(
    embeddings: &Embeddings,
    collection: &Path,
    split: &str,
    ranker: Ranker,
    weights: &Weights,
    mut progress: impl FnMut(&str, usize, usize),
) -> Result<Evaluation, EvaluateError> {
    let started = Instant::now();
    let judged = read_judgements(&collection.join("qrels").join(format!("{split}.tsv")))?;
    let corpus = read_entries(&collection.join("corpus.jsonl"))?;
    let mut queries = read_entries(&collection.join("queries.jsonl"))?;
    queries.retain(|query| judged.contains_key(&query.id));

    let folder = tempfile::tempdir().map_err(|e| EvaluateError::File("temporary folder".into(), e))?;
    let dimensions = embeddings.model().dimensions();
    let (index, _) =
        Index::<u32>::open(folder.path(), &embeddings.index_id(), dimensions).map_err(crate::AppError::from)?;
    let with_meaning = ranker != Ranker::Words;
    for (done, chunk) in corpus.chunks(256).enumerate() {
        progress("documents", (done * 256).min(corpus.len()), corpus.len());
        let texts: Vec<Texts> = chunk.iter().filter_map(Entry::texts).collect();
        let vectors = vectors(embeddings, Role::Passage, &texts, with_meaning).await?;
        let mut batch = Batch::new(0);
        for (offset, (texts, vector)) in texts.iter().zip(vectors).enumerate() {
            let version = texts.original();
            let number = done * 256 + offset;
            batch.upserts.push(Document {
                id: Uuid::from_u128(number as u128),
                texts: vec![DocumentText {
                    language: language_of(&version.language, &version.description),
                    title: version.title.clone(),
                    body: version.description.clone(),
                    vector,
                }],
                labels: Vec::new(),
                facts: u32::try_from(number).unwrap_or(u32::MAX),
            });
        }
        index.apply(batch).map_err(crate::AppError::from)?;
    }

    let asked = Asked { meaning: ranker != Ranker::Words, words: ranker != Ranker::Meaning, codes: false };
    let value = |features: &Features| match ranker {
        // Words alone is plain BM25 with the title as a part of the text.
        Ranker::Words => {
            if features.words > 0.0 {
                features.words
            } else {
                f32::NAN
            }
        }
        Ranker::Meaning => features.meaning.unwrap_or(f32::NAN),
        Ranker::Full => topic_value(weights, asked, &topic(features)) as f32,
    };
    let mut asked_for: Vec<Query> = Vec::with_capacity(queries.len());
    for (done, chunk) in queries.chunks(64).enumerate() {
        progress("queries", (done * 64).min(queries.len()), queries.len());
        let texts: Vec<Texts> = chunk.iter().filter_map(Entry::texts).collect();
        let vectors = vectors(embeddings, Role::Query, &texts, with_meaning).await?;
        asked_for.extend(texts.iter().zip(vectors).map(|(texts, vector)| Query { texts: query_texts(texts), vector }));
    }
    // In service the stored needs are the sample of what is asked; here the collection's queries stand for them. Of
    // their judgements nothing is used.
    let language = |query: &Query| query.texts.first().and_then(|text| text.language);
    let sample: Vec<_> = asked_for.iter().filter_map(|q| Some((language(q), q.vector.clone()?))).collect();
    index.learn_space(&sample);
    let mut run: Vec<(String, Vec<(String, f32)>)> = Vec::with_capacity(queries.len());
    for (entry, query) in queries.iter().zip(&asked_for) {
        let hits = index.search(query, DEPTH, &Filter::All, &value).hits;
        let ranked = hits.into_iter().map(|hit| (corpus[hit.facts as usize].id.clone(), hit.value)).collect();
        run.push((entry.id.clone(), ranked));
    }

    let mut groups: BTreeMap<String, Vec<[f64; 4]>> = BTreeMap::new();
    let mut all = Vec::new();
    for ((id, ranked), query) in run.iter().zip(&queries) {
        let ranked: Vec<&str> = ranked.iter().map(|(id, _)| id.as_str()).collect();
        let judged = &judged[id];
        let figures = [
            ndcg(&ranked, judged, 10),
            reciprocal_rank(&ranked, judged, 10),
            average_precision(&ranked, judged),
            recall(&ranked, judged, 100),
        ];
        all.push(figures);
        let language = query.language.as_deref().and_then(Language::from_tag);
        groups.entry(language.map_or("und", Language::code).to_owned()).or_default().push(figures);
    }
    Ok(Evaluation {
        collection: collection.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
        split: split.to_owned(),
        ranker,
        documents: corpus.len(),
        figures: figures(&all),
        by_language: groups.iter().map(|(language, values)| (language.clone(), figures(values))).collect(),
        seconds: started.elapsed().as_secs_f64(),
        run,
    })
}

/// The vectors of some texts, none where meaning is not asked for.
async fn vectors(
    embeddings: &Embeddings,
    role: Role,
    texts: &[Texts],
    with_meaning: bool,
) -> Result<Vec<Option<Vec<f32>>>, crate::AppError> {
    if !with_meaning {
        return Ok(vec![None; texts.len()]);
    }
    let passages: Vec<Passage> = texts.iter().map(|texts| passages(texts).swap_remove(0)).collect();
    Ok(embeddings.all(role, &passages).await?.into_iter().map(Some).collect())
}

fn figures(values: &[[f64; 4]]) -> Figures {
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
    }
}

fn lines(path: &Path) -> Result<impl Iterator<Item = Result<(usize, String), EvaluateError>>, EvaluateError> {
    let name = path.display().to_string();
    let file = fs::File::open(path).map_err(|e| EvaluateError::File(name.clone(), e))?;
    Ok(BufReader::new(file).lines().enumerate().filter_map(move |(i, line)| match line {
        Ok(line) if line.trim().is_empty() => None,
        Ok(line) => Some(Ok((i + 1, line))),
        Err(error) => Some(Err(EvaluateError::File(name.clone(), error))),
    }))
}

fn read_entries(path: &Path) -> Result<Vec<Entry>, EvaluateError> {
    lines(path)?
        .map(|line| {
            let (number, line) = line?;
            serde_json::from_str(&line).map_err(|e| fault(path, number, e.to_string()))
        })
        .collect()
}

fn read_judgements(path: &Path) -> Result<HashMap<String, Judgements>, EvaluateError> {
    let mut judged: HashMap<String, Judgements> = HashMap::new();
    for line in lines(path)? {
        let (number, line) = line?;
        if number == 1 && line.starts_with("query-id") {
            continue;
        }
        let columns: Vec<&str> = line.split('\t').collect();
        let [query, document, grade] = columns.as_slice() else {
            return Err(fault(path, number, "expected query, document and grade separated by tabs".to_owned()));
        };
        let grade: f64 = grade.trim().parse().map_err(|_| fault(path, number, format!("{grade:?} is no grade")))?;
        judged.entry((*query).to_owned()).or_default().insert((*document).to_owned(), grade);
    }
    Ok(judged)
}

fn fault(path: &Path, line: usize, why: String) -> EvaluateError {
    EvaluateError::Line { file: path.display().to_string(), line, why }
}
