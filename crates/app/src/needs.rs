//! The way back: which open needs a solution could answer, one that is stored or one that is being written.

use std::sync::Arc;

use innocap_access::{Action, Actor};
use innocap_domain::suggestion::{Objection, Reason};
use innocap_domain::{Challenge, ChallengeId, LanguageTag, OrganisationId, Record, Solution, SolutionId};
use innocap_index::{Features, Filter, Query};
use innocap_ranking::{Asked, Need, Offer, Weights, rank, topic_value};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::Innocap;
use crate::error::AppError;
use crate::indexer::passages;
use crate::options::Options;
use crate::passages::QueryWords;
use crate::suggestions::{CANDIDATES, Found, Ranked, query_texts, reasons, round, short, topic};

/// One challenge that a solution could answer.
#[derive(Debug, Clone, Serialize)]
pub struct OpenNeed {
    /// The challenge, without its long texts.
    pub challenge: Value,
    /// 0 to 1.
    pub score: f64,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What speaks against it.
    pub against: Vec<Objection>,
    /// The language version of the solution that was found near.
    pub match_language: LanguageTag,
}

/// The way back: which open needs a solution could answer.
#[derive(Debug, Clone, Serialize)]
pub struct OpenNeeds {
    /// Which weights ranked it.
    pub ranking_version: String,
    /// Best first.
    pub challenges: Vec<OpenNeed>,
    /// Challenges that were looked at.
    pub considered: usize,
}

impl Innocap {
    /// Which open needs a solution could answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the caller may not see the solution.
    pub async fn challenges_for_solution(
        &self,
        actor: &Actor,
        id: SolutionId,
        options: Options,
    ) -> Result<OpenNeeds, AppError> {
        let record: Record<Solution> = self.visible(actor, Action::Suggest, id).await?;
        let passages = passages(&record.content.texts);
        let vectors = self.embeddings().all(innocap_language::Role::Passage, &passages[..1]).await?;
        self.needs_for(record.content, vectors.into_iter().next(), options).await
    }

    /// The open needs that a solution at hand could answer, each with its score, best first; without the reasons.
    pub(crate) async fn scores_for_solution(
        &self,
        record: &Record<Solution>,
        options: Options,
    ) -> Result<Vec<(Uuid, f64)>, AppError> {
        let solution = &record.content;
        let vectors = self.embeddings().all(innocap_language::Role::Passage, &passages(&solution.texts)[..1]).await?;
        let organisations = self.organisations(std::iter::once(solution.organisation)).await?;
        let offer = Offer::of_solution(solution, organisations.get(&solution.organisation).map(AsRef::as_ref));
        let query = Query { texts: query_texts(&solution.texts), vector: vectors.into_iter().next() };
        let innocap = self.clone();
        let found = tokio::task::spawn_blocking(move || innocap.rank_challenges(&query, &offer, options)).await;
        Ok(found.map_err(|e| AppError::Internal(e.to_string()))?.scores())
    }

    /// Which open needs a solution could answer that is not stored; nothing of it is kept.
    ///
    /// # Errors
    /// Where registry, index or model fail.
    pub async fn challenges_for_draft(&self, solution: Solution, options: Options) -> Result<OpenNeeds, AppError> {
        let vector = self.embeddings().query(&passages(&solution.texts)[0]).await?;
        self.needs_for(solution, Some(vector), options).await
    }

    async fn needs_for(
        &self,
        solution: Solution,
        vector: Option<Vec<f32>>,
        options: Options,
    ) -> Result<OpenNeeds, AppError> {
        let (query, found) = self.search_needs(&solution, vector, options).await?;
        let words = QueryWords::new(&query, self.challenges_index(), found.languages());
        let ids: Vec<ChallengeId> = found.ids().map(ChallengeId::from_uuid).collect();
        let records = self.registry().find_many::<Challenge>(&ids).await?;
        let views = self.views(records.clone()).await?;
        let labels = self.labels();
        let mut challenges = Vec::with_capacity(records.len());
        for (record, view) in records.iter().zip(views) {
            let Some(Ranked { hit, scored, .. }) = found.of(record.id.uuid()) else {
                continue;
            };
            let version = &record.content.texts.versions()[hit.position.min(record.content.texts.versions().len() - 1)];
            challenges.push(OpenNeed {
                challenge: short(view, version),
                score: round(scored.score),
                reasons: reasons(scored, (version, hit.language), &record.content.cpv, &words, &labels),
                against: scored.against.clone(),
                match_language: version.language.clone(),
            });
        }
        Ok(OpenNeeds { ranking_version: Weights::bundled().version.clone(), challenges, considered: found.considered })
    }

    /// The open needs that a stored solution is nearest to, best first, each with whose it is.
    pub(crate) async fn nearest_needs(
        &self,
        solution: &Solution,
        options: Options,
    ) -> Result<Vec<(ChallengeId, Option<OrganisationId>)>, AppError> {
        let passages = passages(&solution.texts);
        let vectors = self.embeddings().all(innocap_language::Role::Passage, &passages[..1]).await?;
        let (_, found) = self.search_needs(solution, vectors.into_iter().next(), options).await?;
        let near = |ranked: &Ranked<Need>| {
            let owner = ranked.hit.facts.organisation.map(OrganisationId::from_uuid);
            (ChallengeId::from_uuid(ranked.hit.id), owner)
        };
        Ok(found.ranked.iter().map(near).collect())
    }

    async fn search_needs(
        &self,
        solution: &Solution,
        vector: Option<Vec<f32>>,
        options: Options,
    ) -> Result<(Arc<Query>, Found<Need>), AppError> {
        let organisations = self.organisations(std::iter::once(solution.organisation)).await?;
        let organisation = organisations.get(&solution.organisation).cloned();
        let offer = Offer::of_solution(solution, organisation.as_deref());
        let query = Arc::new(Query { texts: query_texts(&solution.texts), vector });
        let (innocap, for_search) = (self.clone(), Arc::clone(&query));
        let found = tokio::task::spawn_blocking(move || innocap.rank_challenges(&for_search, &offer, options))
            .await
            .map_err(|e| AppError::Internal(e.to_string()))?;
        Ok((query, found))
    }

    fn rank_challenges(&self, query: &Query, offer: &Offer, options: Options) -> Found<Need> {
        let weights = Weights::bundled();
        let asked = Asked { meaning: query.vector.is_some(), words: true, codes: !offer.cpv.is_empty() };
        let filter = |_: Uuid, need: &Need| need.organisation != Some(offer.organisation);
        let value = |features: &Features| topic_value(weights, asked, &topic(features)) as f32;
        let hits = self.challenges_index().search(query, CANDIDATES, &Filter::Top(&filter), &value);
        let mut scored: Vec<_> = hits
            .hits
            .into_iter()
            .map(|hit| {
                let scored = rank(weights, asked, &topic(&hit.features), &hit.facts, offer);
                (hit, scored)
            })
            .filter(|(_, scored)| scored.score >= weights.verdict.shown)
            .collect();
        scored.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
        scored.truncate(options.limit);
        let ranked =
            scored.into_iter().map(|(hit, scored)| Ranked { hit, scored, alike: Vec::new(), lifted: false }).collect();
        Found { ranked, considered: hits.considered, removed: Vec::new() }
    }
}
