//! A judged collection in BEIR layout: `corpus.jsonl`, `queries.jsonl`, `qrels/SPLIT.tsv`; and TREC runs.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;

use innocap_domain::{CpvCode, LanguageTag, TextVersion, Texts};
use innocap_ranking::metrics::Judgements;
use serde::Deserialize;

use super::EvaluateError;

/// The ranked lists of a run: by query its documents, best first, with their values.
pub type Run = Vec<(String, Vec<(String, f32)>)>;

/// A document or query.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Text {
    #[serde(rename = "_id")]
    pub id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    pub language: Option<String>,
}

impl Text {
    /// The text as a record would have it; `None` for an empty one.
    pub fn texts(&self) -> Option<Texts> {
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

/// What a folder holds.
pub(super) struct Collection {
    pub name: String,
    pub split: String,
    pub corpus: Vec<Text>,
    /// The documents as codes, where each is named by one.
    pub codes: Option<Vec<CpvCode>>,
    /// Those with judgements.
    pub queries: Vec<Text>,
    pub judged: HashMap<String, Judgements>,
}

impl Collection {
    pub fn read(folder: &Path, split: &str) -> Result<Self, EvaluateError> {
        let judged = read_judgements(&folder.join("qrels").join(format!("{split}.tsv")))?;
        let corpus = read_entries(&folder.join("corpus.jsonl"))?;
        let mut queries = read_entries(&folder.join("queries.jsonl"))?;
        queries.retain(|query| judged.contains_key(&query.id));
        let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let code = |entry: &Text| CpvCode::parse(&entry.id).ok().filter(|code| code.as_str() == entry.id);
        let codes = corpus.iter().map(code).collect();
        Ok(Self { name, split: split.to_owned(), corpus, codes, queries, judged })
    }

    /// Whether all its texts are said to be in one language, or none of them says.
    pub fn is_in_one_language(&self) -> bool {
        let mut languages = self.corpus.iter().chain(&self.queries).map(|entry| &entry.language);
        let first = languages.next();
        languages.all(|language| Some(language) == first)
    }
}

/// Reads a run in the form of trec_eval: query, Q0, document, rank, value, name.
///
/// # Errors
/// [`EvaluateError`] with file and line where it is none.
pub fn read_run(path: &Path) -> Result<Run, EvaluateError> {
    let mut run: Run = Vec::new();
    let mut places = HashMap::new();
    for line in lines(path)? {
        let (number, line) = line?;
        let columns: Vec<&str> = line.split_whitespace().collect();
        let [query, _, document, _, value, _] = columns.as_slice() else {
            return Err(fault(path, number, "expected query, Q0, document, rank, value and name".to_owned()));
        };
        let value: f32 = value.parse().map_err(|_| fault(path, number, format!("{value:?} is no value")))?;
        let place = *places.entry((*query).to_owned()).or_insert_with(|| {
            run.push(((*query).to_owned(), Vec::new()));
            run.len() - 1
        });
        run[place].1.push(((*document).to_owned(), value));
    }
    for (_, ranked) in &mut run {
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    }
    Ok(run)
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

fn read_entries(path: &Path) -> Result<Vec<Text>, EvaluateError> {
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
