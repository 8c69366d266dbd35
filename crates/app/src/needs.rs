//! The way back: which open needs a solution could answer, one that is stored or one that is being written.

use std::sync::Arc;

use innocap_access::{Action, Actor};
use innocap_domain::suggestion::{Objection, Reason};
use innocap_domain::{Challenge, ChallengeId, LanguageTag, OrganisationId, Record, Solution, SolutionId};
use innocap_index::{Features, Filter, Query};
use innocap_language::Role;
use innocap_ranking::{Asked, Need, Offer, READ, Topic, Weights, rank, topic_value};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::Innocap;
use crate::alignment::Asking;
use crate::error::AppError;
use crate::indexer::passages;
use crate::options::Options;
use crate::passages::QueryWords;
use crate::suggestions::{CANDIDATES, Found, Ranked, met, query_texts, reasons, round, short, topic};

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

/// A solution made ready for the index.
struct Offering {
    offer: Offer,
    query: Query,
    /// None from a model that tells one vector a text.
    asking: Option<Asking>,
    options: Options,
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
        self.needs_for(record.content, true, options).await
    }

    /// The open needs that a solution at hand could answer, each with its score, best first; without the reasons.
    pub(crate) async fn scores_for_solution(
        &self,
        record: &Record<Solution>,
        options: Options,
    ) -> Result<Vec<(Uuid, f64)>, AppError> {
        let offering = Arc::new(self.offering(&record.content, true, options).await?);
        Ok(self.find_needs(&offering).await?.scores())
    }

    /// Which open needs a solution could answer that is not stored; nothing of it is kept.
    ///
    /// # Errors
    /// Where registry, index or model fail.
    pub async fn challenges_for_draft(&self, solution: Solution, options: Options) -> Result<OpenNeeds, AppError> {
        self.needs_for(solution, false, options).await
    }

    async fn needs_for(&self, solution: Solution, stored: bool, options: Options) -> Result<OpenNeeds, AppError> {
        let offering = Arc::new(self.offering(&solution, stored, options).await?);
        let found = self.find_needs(&offering).await?;
        let codes = self.embeddings().known_codes(&found.keys()).await?;
        let words = QueryWords::new(&offering.query, self.challenges_index(), found.languages());
        let ids: Vec<ChallengeId> = found.ids().map(ChallengeId::from_uuid).collect();
        let records = self.registry().find_many::<Challenge>(&ids).await?;
        let views = self.views(records.clone()).await?;
        let labels = self.labels();
        let mut challenges = Vec::with_capacity(records.len());
        for (record, view) in records.iter().zip(views) {
            let Some(Ranked { hit, scored, .. }) = found.of(record.id.uuid()) else {
                continue;
            };
            let Some((version, key)) = self.found_in(record, hit) else {
                continue;
            };
            let met = met(scored, offering.asking.as_ref(), key, &codes, version);
            challenges.push(OpenNeed {
                challenge: short(view, version),
                score: round(scored.score),
                reasons: reasons(scored, (version, hit.language), &record.content.cpv, &words, &met, &labels),
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
        let offering = Arc::new(self.offering(solution, true, options).await?);
        let found = self.find_needs(&offering).await?;
        let near = |ranked: &Ranked<Need>| {
            let owner = ranked.hit.facts.organisation.map(OrganisationId::from_uuid);
            (ChallengeId::from_uuid(ranked.hit.id), owner)
        };
        Ok(found.ranked.iter().map(near).collect())
    }

    /// A solution made ready for the index; `stored` where the registry holds it.
    async fn offering(&self, solution: &Solution, stored: bool, options: Options) -> Result<Offering, AppError> {
        let organisations = self.organisations(std::iter::once(solution.organisation)).await?;
        let organisation = organisations.get(&solution.organisation).cloned();
        let first = passages(&solution.texts).swap_remove(0);
        let vector = if stored {
            self.embeddings().all(Role::Passage, std::slice::from_ref(&first)).await?.pop()
        } else {
            Some(self.embeddings().query(&first).await?)
        };
        let codes = self.embeddings().codes(Role::Passage, &first, stored).await?;
        Ok(Offering {
            offer: Offer::of_solution(solution, organisation.as_deref()),
            query: Query { texts: query_texts(&solution.texts), vector },
            asking: codes.map(|codes| Asking::listing(codes, &first)),
            options,
        })
    }

    async fn find_needs(&self, offering: &Arc<Offering>) -> Result<Found<Need>, AppError> {
        let weights = Weights::bundled();
        let offer = &offering.offer;
        let asked = Asked { meaning: offering.query.vector.is_some(), words: true, codes: !offer.cpv.is_empty() };
        let (innocap, for_search) = (self.clone(), Arc::clone(offering));
        let search = move || {
            let organisation = for_search.offer.organisation;
            let filter = |_: Uuid, need: &Need| need.organisation != Some(organisation);
            let value = |features: &Features| topic_value(weights, asked, &topic(features)) as f32;
            innocap.challenges_index().search(&for_search.query, CANDIDATES, &Filter::Top(&filter), &value)
        };
        let hits = tokio::task::spawn_blocking(search).await.map_err(|e| AppError::Internal(e.to_string()))?;
        let alignments = self.embeddings().alignments(offering.asking.as_ref(), weights, &hits.hits, READ).await?;
        let mut scored: Vec<_> = hits
            .hits
            .into_iter()
            .zip(alignments)
            .map(|(hit, alignment)| {
                let topic = Topic { alignment, ..topic(&hit.features) };
                let scored = rank(weights, asked, &topic, &hit.facts, offer);
                (hit, scored)
            })
            .filter(|(_, scored)| scored.score >= weights.verdict.shown)
            .collect();
        scored.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
        scored.truncate(offering.options.limit);
        let ranked =
            scored.into_iter().map(|(hit, scored)| Ranked { hit, scored, alike: Vec::new(), lifted: false }).collect();
        Ok(Found { ranked, considered: hits.considered, removed: Vec::new() })
    }
}
