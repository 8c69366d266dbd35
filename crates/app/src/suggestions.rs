//! Suggestions: a need in, explained solutions and an honest verdict out; and the way back.

use std::collections::HashMap;
use std::sync::Arc;

use innocap_access::{Action, Actor};
use innocap_domain::suggestion::{Objection, Reason, Verdict};
use innocap_domain::{
    Challenge, ChallengeId, CpvCode, Language, LanguageTag, OrganisationId, Record, Solution, SolutionId, TextVersion,
    Texts,
};
use innocap_index::{Features, Filter, Hit, Hits, Query, QueryText};
use innocap_language::{Role, TokenCodes, detect};
use innocap_ranking::{Asked, Need, Offer, READ, Scored, Topic, Weights, collapse, mix, rank, topic_value, verdict};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::Innocap;
use crate::alignment::{Asking, Met};
use crate::ask::Ask;
use crate::constraints::{Constraints, Removed};
use crate::embeddings::opening;
use crate::error::AppError;
use crate::indexer::{Indexed, language_of, passages};
use crate::names::without_name;
use crate::options::Options;
use crate::passages::{QueryWords, passages_for};
use crate::views::View;

/// Candidates whose evidence is weighed, the best in topic.
pub(crate) const CANDIDATES: usize = 300;
/// Near-duplicates of one suggestion that are named.
const ALIKE: usize = 10;
/// How much a word of a title weighs against one of the text in a query.
const TITLE_WEIGHT: f32 = 4.0;

/// One suggested solution.
#[derive(Debug, Clone, Serialize)]
pub struct Suggestion {
    /// The solution, without its long texts.
    pub solution: Value,
    /// 0 to 1; the sum of the reasons' shares.
    pub score: f64,
    /// Why, largest share first.
    pub reasons: Vec<Reason>,
    /// What speaks against it.
    pub against: Vec<Objection>,
    /// The language version in which it was found.
    pub match_language: LanguageTag,
    /// Others that say nearly the same and are therefore not listed themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alike: Option<Alike>,
    /// Whether it stands before better ones, so that companies and higher education are both seen.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub lifted: bool,
}

/// Near-duplicates of a suggestion.
#[derive(Debug, Clone, Serialize)]
pub struct Alike {
    /// How many.
    pub count: usize,
    /// The best of them.
    pub solutions: Vec<SolutionId>,
}

/// The answer to a need.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// The verdict over all suggestions.
    pub verdict: Verdict,
    /// The verdict in the reader's language; empty until somebody reads it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub verdict_text: String,
    /// Which weights ranked it.
    pub ranking_version: String,
    /// The language the need was read in; null where it could not be told.
    pub query_language: Option<LanguageTag>,
    /// Best first.
    pub suggestions: Vec<Suggestion>,
    /// Solutions that were looked at.
    pub considered: usize,
    /// What the constraints removed, the most first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<Removed>,
}

/// A need made ready for the index.
struct Prepared {
    texts: Texts,
    language: Option<Language>,
    query: Query,
    /// None from a model that tells one vector a text.
    asking: Option<Asking>,
    need: Need,
    options: Options,
}

impl Prepared {
    fn asked(&self) -> Asked {
        Asked { meaning: self.query.vector.is_some(), words: true, codes: !self.need.cpv.is_empty() }
    }
}

impl Innocap {
    /// Suggests solutions for a stored challenge.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the caller may not see the challenge.
    pub async fn suggest_for_challenge(
        &self,
        actor: &Actor,
        id: ChallengeId,
        options: Options,
    ) -> Result<Answer, AppError> {
        let record: Record<Challenge> = self.visible(actor, Action::Suggest, id).await?;
        self.suggest_for_record(&record, options).await
    }

    /// Suggests solutions for a challenge at hand.
    ///
    /// # Errors
    /// Where registry, index or model fail.
    pub async fn suggest_for_record(&self, record: &Record<Challenge>, options: Options) -> Result<Answer, AppError> {
        let prepared = self.prepare(record, options).await?;
        self.answer(prepared, Some(record.content.organisation.uuid())).await
    }

    /// The best answers to a challenge at hand, best first, each with whose it is and its score.
    pub(crate) async fn best_answers(
        &self,
        record: &Record<Challenge>,
        options: Options,
    ) -> Result<Vec<(SolutionId, OrganisationId, f64)>, AppError> {
        let prepared = Arc::new(self.prepare(record, options).await?);
        let found = self.find_solutions(&prepared, Some(record.content.organisation.uuid())).await?;
        let best = |ranked: &Ranked<Offer>| {
            let owner = OrganisationId::from_uuid(ranked.hit.facts.organisation);
            (SolutionId::from_uuid(ranked.hit.id), owner, round(ranked.scored.score))
        };
        Ok(found.ranked.iter().map(best).collect())
    }

    /// The solutions that are suggested for a challenge at hand, each with its score, best first; without the reasons,
    /// which take most of the time.
    pub(crate) async fn scores_for_record(
        &self,
        record: &Record<Challenge>,
        options: Options,
    ) -> Result<Vec<(Uuid, f64)>, AppError> {
        let prepared = Arc::new(self.prepare(record, options).await?);
        Ok(self.find_solutions(&prepared, Some(record.content.organisation.uuid())).await?.scores())
    }

    async fn prepare(&self, record: &Record<Challenge>, options: Options) -> Result<Prepared, AppError> {
        let organisations = self.organisations(std::iter::once(record.content.organisation)).await?;
        let organisation = organisations.get(&record.content.organisation);
        let need = Need::of_challenge(&record.content, organisation.map(AsRef::as_ref));
        let texts = record.content.texts.clone();
        let named = organisation.map_or_else(|| texts.clone(), |buyer| without_name(&texts, &buyer.name));
        let passages = passages(&texts);
        let first = &passages[0];
        let vector = self.embeddings().stored_query(first).await?;
        let codes = self.embeddings().codes(Role::Query, first, true).await?;
        Ok(Prepared {
            language: first.language,
            query: Query { texts: query_texts(&named), vector: Some(vector) },
            asking: codes.map(|codes| Asking::need(codes, first)),
            texts,
            need,
            options,
        })
    }

    /// Suggests solutions for a need that is not stored; nothing of it is kept.
    ///
    /// # Errors
    /// Where registry, index or model fail.
    pub async fn suggest(&self, ask: Ask) -> Result<Answer, AppError> {
        let passages = passages(&ask.texts);
        let first = &passages[0];
        let vector = self.embeddings().query(first).await?;
        let codes = self.embeddings().codes(Role::Query, first, false).await?;
        let prepared = Prepared {
            language: first.language.filter(|_| ask.language_known),
            query: Query { texts: query_texts(&ask.texts), vector: Some(vector) },
            asking: codes.map(|codes| Asking::need(codes, first)),
            texts: ask.texts,
            need: ask.need,
            options: ask.options,
        };
        self.answer(prepared, None).await
    }

    async fn answer(&self, prepared: Prepared, own: Option<Uuid>) -> Result<Answer, AppError> {
        let prepared = Arc::new(prepared);
        let found = self.find_solutions(&prepared, own).await?;
        let codes = self.embeddings().known_codes(&found.keys()).await?;
        let ids: Vec<SolutionId> = found.ids().map(SolutionId::from_uuid).collect();
        let records = self.registry().find_many::<Solution>(&ids).await?;
        let views = self.views(records.clone()).await?;
        let words = QueryWords::new(&prepared.query, self.solutions_index(), found.languages());
        let labels = self.labels();
        let mut suggestions = Vec::with_capacity(records.len());
        for (record, view) in records.iter().zip(views) {
            let Some(Ranked { hit, scored, alike, lifted }) = found.of(record.id.uuid()) else {
                continue;
            };
            let Some((version, key)) = self.found_in(record, hit) else {
                continue;
            };
            let met = met(scored, prepared.asking.as_ref(), key, &codes, version);
            suggestions.push(Suggestion {
                solution: short(view, version),
                score: round(scored.score),
                reasons: reasons(scored, (version, hit.language), &record.content.cpv, &words, &met, &labels),
                against: scored.against.clone(),
                match_language: version.language.clone(),
                alike: (!alike.is_empty()).then(|| Alike {
                    count: alike.len(),
                    solutions: alike.iter().take(ALIKE).map(|id| SolutionId::from_uuid(*id)).collect(),
                }),
                lifted: *lifted,
            });
        }
        let best = suggestions.iter().map(|s| s.score).reduce(f64::max);
        let weights = Weights::bundled();
        let query_language = prepared.language.map(LanguageTag::from).or_else(|| {
            let stated = &prepared.texts.original().language;
            (stated.as_str() != "und" && stated.language().is_none()).then(|| stated.clone())
        });
        Ok(Answer {
            verdict: verdict(weights, best),
            verdict_text: String::new(),
            ranking_version: weights.version.clone(),
            query_language,
            suggestions,
            considered: found.considered,
            removed: found.removed,
        })
    }

    /// The solutions for a need, as many as are asked for: by what the index measures of all of them, then of the best by
    /// what they say token by token.
    async fn find_solutions(&self, prepared: &Arc<Prepared>, own: Option<Uuid>) -> Result<Found<Offer>, AppError> {
        let (innocap, for_search) = (self.clone(), Arc::clone(prepared));
        let (hits, removed) = tokio::task::spawn_blocking(move || innocap.search_solutions(&for_search, own))
            .await
            .map_err(|e| AppError::Internal(e.to_string()))?;
        let weights = Weights::bundled();
        let alignments = self.embeddings().alignments(prepared.asking.as_ref(), weights, &hits.hits, READ).await?;
        let mut scored: Vec<_> = hits
            .hits
            .into_iter()
            .zip(alignments)
            .map(|(hit, alignment)| {
                let topic = Topic { alignment, ..topic(&hit.features) };
                let scored = rank(weights, prepared.asked(), &topic, &prepared.need, &hit.facts);
                (hit, scored)
            })
            .filter(|(_, scored)| scored.score >= weights.verdict.shown)
            .collect();
        // The sort is stable: equal scores stay in the order of the index, which is that of a hash of the id.
        scored.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
        let Options { limit, collapse, mix, .. } = prepared.options;
        let ranked = arrange(scored, limit, collapse, mix.then_some(weights.verdict.partial));
        Ok(Found { ranked, considered: hits.considered, removed })
    }

    /// The language version of a record that was found, and under which key the codes of its tokens are kept; no key where
    /// the text was changed since the index read it, for its words stand elsewhere now.
    pub(crate) fn found_in<'r, C: Indexed>(
        &self,
        record: &'r Record<C>,
        hit: &'r Hit<C::Facts>,
    ) -> Option<(&'r TextVersion, Option<&'r str>)> {
        let texts = record.content.texts()?;
        let position = hit.position.min(texts.versions().len() - 1);
        let current = self.embeddings().key(C::ROLE, &passages(texts)[position]);
        let key = hit.key.as_deref().filter(|key| current.as_deref() == Some(*key));
        Some((&texts.versions()[position], key))
    }

    fn search_solutions(&self, prepared: &Prepared, own: Option<Uuid>) -> (Hits<Offer>, Vec<Removed>) {
        let constraints = Constraints::new(&prepared.need, prepared.options.delivered_here);
        let filter = |_: Uuid, offer: &Offer| {
            // A body that asks does not need to be shown its own offers.
            own.is_none_or(|own| offer.organisation != own) && constraints.pass(offer)
        };
        let value = |features: &Features| topic_value(Weights::bundled(), prepared.asked(), &topic(features)) as f32;
        // What the constraints remove is told, so each record is looked at; without any, those near the top will do.
        let filter = if constraints.any() { Filter::Each(&filter) } else { Filter::Top(&filter) };
        let hits = self.solutions_index().search(&prepared.query, CANDIDATES, &filter, &value);
        (hits, constraints.removed())
    }
}

/// What was found and scored, in the order that is shown.
pub(crate) struct Found<F> {
    pub(crate) ranked: Vec<Ranked<F>>,
    pub(crate) considered: usize,
    pub(crate) removed: Vec<Removed>,
}

impl<F> Found<F> {
    pub(crate) fn ids(&self) -> impl Iterator<Item = Uuid> {
        self.ranked.iter().map(|ranked| ranked.hit.id)
    }

    pub(crate) fn scores(&self) -> Vec<(Uuid, f64)> {
        self.ranked.iter().map(|ranked| (ranked.hit.id, ranked.scored.score)).collect()
    }

    /// Under which keys the codes of their tokens are kept.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.ranked.iter().filter_map(|ranked| ranked.hit.key.as_deref().map(str::to_owned)).collect()
    }

    pub(crate) fn languages(&self) -> impl Iterator<Item = Option<Language>> {
        self.ranked.iter().map(|ranked| ranked.hit.language)
    }

    pub(crate) fn of(&self, id: Uuid) -> Option<&Ranked<F>> {
        self.ranked.iter().find(|ranked| ranked.hit.id == id)
    }
}

/// A listing in its place.
pub(crate) struct Ranked<F> {
    pub(crate) hit: Hit<F>,
    pub(crate) scored: Scored,
    /// Near-duplicates behind it.
    pub(crate) alike: Vec<Uuid>,
    pub(crate) lifted: bool,
}

/// The list that is shown of all that was scored, best first: near-duplicates once, and both companies and higher
/// education among the first where the score of the best of either is at least `mixed_from`.
fn arrange(
    scored: Vec<(Hit<Offer>, Scored)>,
    limit: usize,
    collapsed: bool,
    mixed_from: Option<f64>,
) -> Vec<Ranked<Offer>> {
    let resemblance =
        |a: usize, b: usize| if collapsed { scored[a].0.sketch.resemblance(&scored[b].0.sketch) } else { 0.0 };
    // Who is to be lifted may stand behind the last that is shown.
    let most = if mixed_from.is_some() { scored.len() } else { limit };
    let mut kept = collapse(scored.len(), most, resemblance);
    if let Some(relevant) = mixed_from {
        mix(&mut kept, limit, relevant, |place| (scored[place].1.score, scored[place].0.facts.provider));
    }
    kept.truncate(limit);
    let ids: Vec<Uuid> = scored.iter().map(|(hit, _)| hit.id).collect();
    let mut scored: Vec<_> = scored.into_iter().map(Some).collect();
    kept.into_iter()
        .filter_map(|kept| {
            let (hit, scored) = scored[kept.place].take()?;
            Some(Ranked {
                hit,
                scored,
                alike: kept.alike.iter().map(|&place| ids[place]).collect(),
                lifted: kept.lifted,
            })
        })
        .collect()
}

/// The features of the index as the ranking knows them.
pub(crate) fn topic(features: &Features) -> Topic {
    Topic {
        meaning: features.meaning,
        hubness: features.hubness,
        words: features.words,
        title: features.title,
        labels: features.labels,
        kinship: features.kinship,
        alignment: None,
    }
}

/// The words of a need, in each language it is written in; a text whose language cannot be told is read in each of
/// those it may be in.
pub(crate) fn query_texts(texts: &Texts) -> Vec<QueryText> {
    let mut read = Vec::new();
    let mut unknown = Vec::new();
    for version in texts.versions() {
        // The first sentence of a text without a title stands for one.
        let title = if version.title.is_empty() { opening(&version.description) } else { version.title.as_str() };
        let parts = vec![
            (title.to_owned(), if version.title.is_empty() { TITLE_WEIGHT - 1.0 } else { TITLE_WEIGHT }),
            (version.summary.clone(), 1.0),
            (version.description.clone(), 1.0),
            (version.keywords.join("\n"), 1.0),
        ];
        let whole = format!("{}. {} {}", version.title, version.summary, version.description);
        let languages: Vec<Language> = match language_of(&version.language, &whole) {
            Some(language) => vec![language],
            None => detect(&whole).candidates.into_iter().map(|(language, _)| language).collect(),
        };
        for language in languages {
            read.push(QueryText { language: Some(language), near: false, parts: parts.clone() });
        }
        unknown.push(QueryText { language: None, near: false, parts });
    }
    // What is written in one language is read in those near to it as well, unless it is written in them too.
    let mut known: Vec<Language> = read.iter().filter_map(|text| text.language).collect();
    for text in read.clone() {
        for language in text.language.map_or(&[][..], Language::near) {
            let is_new = !known.iter().any(|k| k == language || (is_norwegian(*k) && is_norwegian(*language)));
            if is_new {
                known.push(*language);
                read.push(QueryText { language: Some(*language), near: true, parts: text.parts.clone() });
            }
        }
    }
    read.extend(unknown);
    read
}

fn is_norwegian(language: Language) -> bool {
    matches!(language, Language::Nb | Language::Nn)
}

/// A score as it is shown: four digits.
pub(crate) fn round(score: f64) -> f64 {
    (score * 10_000.0).round() / 10_000.0
}

/// A record's view for a list of suggestions: the title, summary and language of the version that was found, and not
/// the long texts.
pub(crate) fn short(mut view: View, version: &TextVersion) -> Value {
    view.remove("texts");
    view.insert("title".to_owned(), Value::from(version.title.clone()));
    view.insert("language".to_owned(), Value::from(version.language.as_str()));
    if !version.summary.is_empty() {
        view.insert("summary".to_owned(), Value::from(version.summary.clone()));
    }
    Value::Object(view)
}

/// The words of what asks and of a version that was found that met; none where that is no part of the score.
pub(crate) fn met(
    scored: &Scored,
    asking: Option<&Asking>,
    key: Option<&str>,
    codes: &HashMap<String, Arc<TokenCodes>>,
    found: &TextVersion,
) -> Met {
    let counts = scored.parts.iter().any(|part| part.code == "alignment");
    let codes = key.and_then(|key| codes.get(key));
    match (asking, codes) {
        (Some(asking), Some(codes)) if counts => Met::new(asking, codes, found),
        _ => Met::default(),
    }
}

pub(crate) fn reasons(
    scored: &Scored,
    found_in: (&TextVersion, Option<Language>),
    cpv: &[CpvCode],
    words: &QueryWords,
    met: &Met,
    labels: &innocap_domain::Labels,
) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = scored
        .parts
        .iter()
        .map(|part| {
            let (facts, passages) = match part.code {
                "labels" => (words.matched_codes(cpv, labels), Vec::new()),
                "alignment" => (met.facts(), met.passages.clone()),
                code => (part.facts.clone(), passages_for(code, part.share, found_in, words)),
            };
            Reason { code: part.code.to_owned(), share: round(part.share), passages, facts, text: String::new() }
        })
        .collect();
    // Rounding each part may leave a ten-thousandth over; the largest part takes it, so that the shown shares sum to
    // the shown score.
    let shown: f64 = reasons.iter().map(|reason| reason.share).sum();
    if let Some(first) = reasons.first_mut() {
        first.share = round(first.share + round(scored.score) - shown);
    }
    reasons
}
