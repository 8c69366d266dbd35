//! Judged needs of the registry: for each the candidates with what the index measured, so that weights and thresholds
//! can be held against what people judged.

use std::collections::HashMap;

use innocap_domain::{Challenge, ChallengeId, Content, Record, Solution, SolutionId, TextVersion, Texts};
use innocap_index::{Features, Filter, Hit, Query};
use innocap_language::Role;
use innocap_ranking::{Asked, Case, Need, Pair, Topic, Weights, topic_value};
use innocap_registry::Filter as RegistryFilter;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Innocap;
use crate::alignment::Asking;
use crate::error::AppError;
use crate::indexer::passages;
use crate::names::without_name;
use crate::suggestions::{query_texts, topic};

/// Records read at once.
const PAGE: usize = 500;
/// Candidates kept of each need besides those that were judged: more than any weights worth trying would bring up.
const CANDIDATES: usize = 300;

/// One judged pair, in the form of `tests/fixtures/judgements`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The need: its identifier here, or at the source it was imported from.
    pub need: String,
    /// The solution, likewise.
    pub solution: String,
    /// 0 something else, 1 the same field, 2 meets an important part, 3 what is asked for.
    pub grade: u8,
    /// Why, in the words of who judged, or as the words for feedback separated by commas.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// How much of a need is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Everything that was published, with its codes and place.
    Whole,
    /// Its title alone, as a person types a question into a box.
    Title,
}

/// The judged needs that the registry holds.
#[derive(Debug)]
pub struct Cases {
    /// One for each need.
    pub cases: Vec<Case>,
    /// Judgements whose need or solution the registry does not hold.
    pub unknown: usize,
}

impl Innocap {
    /// The judged needs with their candidates, in the order of the judgements.
    ///
    /// # Errors
    /// Where registry, index or model fail.
    pub async fn judged(&self, judgements: &[Judged], form: Form) -> Result<Cases, AppError> {
        let needs = self.by_name::<Challenge>().await?;
        let solutions = self.by_name::<Solution>().await?;
        let mut order: Vec<&Record<Challenge>> = Vec::new();
        let mut grades: HashMap<ChallengeId, HashMap<SolutionId, u8>> = HashMap::new();
        let mut unknown = 0;
        for judgement in judgements {
            let (Some(need), Some(solution)) = (needs.get(&judgement.need), solutions.get(&judgement.solution)) else {
                unknown += 1;
                continue;
            };
            let of_need = grades.entry(need.id).or_insert_with(|| {
                order.push(need);
                HashMap::new()
            });
            of_need.insert(solution.id, judgement.grade);
        }
        let names: HashMap<Uuid, String> = solutions.values().map(|record| (record.id.uuid(), name(record))).collect();
        let mut cases = Vec::with_capacity(order.len());
        for record in order {
            cases.push(self.case(record, &grades[&record.id], &names, form).await?);
        }
        Ok(Cases { cases, unknown })
    }

    async fn case(
        &self,
        record: &Record<Challenge>,
        grades: &HashMap<SolutionId, u8>,
        names: &HashMap<Uuid, String>,
        form: Form,
    ) -> Result<Case, AppError> {
        let organisations = self.organisations(std::iter::once(record.content.organisation)).await?;
        let organisation = organisations.get(&record.content.organisation);
        let mut need = Need::of_challenge(&record.content, organisation.map(AsRef::as_ref));
        let mut texts = record.content.texts.clone();
        if form == Form::Title {
            need = Need { text_languages: need.text_languages, ..Need::default() };
            let original = texts.original();
            let title = TextVersion {
                language: original.language.clone(),
                title: original.title.clone(),
                summary: String::new(),
                description: String::new(),
                keywords: Vec::new(),
            };
            texts = Texts::new(vec![title]).unwrap_or(texts);
        }
        let first = passages(&texts).swap_remove(0);
        let vector = match form {
            Form::Whole => self.embeddings().stored_query(&first).await?,
            Form::Title => self.embeddings().query(&first).await?,
        };
        let codes = self.embeddings().codes(Role::Query, &first, form == Form::Whole).await?;
        let named = organisation.map_or_else(|| texts.clone(), |buyer| without_name(&texts, &buyer.name));
        let query = Query { texts: query_texts(&named), vector: Some(vector) };
        let asked = Asked { meaning: true, words: true, codes: !need.cpv.is_empty() };
        let weights = Weights::bundled();
        let value = |features: &Features| topic_value(weights, asked, &topic(features)) as f32;
        let mut hits = self.solutions_index().search(&query, usize::MAX / 16, &Filter::All, &value).hits;
        let grade = |hit: &Hit<_>| grades.get(&SolutionId::from_uuid(hit.id)).copied();
        let mut place = 0;
        hits.retain(|hit| {
            place += 1;
            place <= CANDIDATES || grade(hit).is_some()
        });
        let asking = codes.map(|codes| Asking::need(codes, &first));
        let alignments = self.embeddings().alignments(asking.as_ref(), weights, &hits, CANDIDATES).await?;
        let pairs = hits
            .into_iter()
            .zip(alignments)
            .map(|(hit, alignment)| Pair {
                solution: names.get(&hit.id).cloned().unwrap_or_else(|| hit.id.to_string()),
                grade: grade(&hit),
                topic: Topic { alignment, ..topic(&hit.features) },
                offer: hit.facts,
            })
            .collect();
        Ok(Case { name: name(record), language: first.language, asked, need, pairs })
    }

    /// All published records by their identifiers, here and at their sources.
    async fn by_name<C: Content>(&self) -> Result<HashMap<String, Record<C>>, AppError> {
        let mut found = HashMap::new();
        let mut after = None;
        loop {
            let page = self.registry().list::<C>(&RegistryFilter::default(), after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(found);
            };
            after = Some(last.id);
            for record in page {
                if let Some(source) = record.content.source() {
                    found.insert(source.id.clone(), record.clone());
                }
                found.insert(record.id.to_string(), record);
            }
        }
    }
}

fn name<C: Content>(record: &Record<C>) -> String {
    record.content.source().map_or_else(|| record.id.to_string(), |source| source.id.clone())
}
