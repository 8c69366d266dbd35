//! What is like a record: needs alike elsewhere, and what is open beside something that is open no more.

use innocap_domain::{Challenge, CpvCode, Id, Record, Solution, Texts};
use innocap_index::{Features, Filter, Query};
use innocap_ranking::{Asked, Weights, topic_value};
use uuid::Uuid;

use crate::Innocap;
use crate::error::AppError;
use crate::indexer::{Indexed, passages};
use crate::records::Resource;
use crate::suggestions::{query_texts, topic};
use crate::views::View;

/// Records that are looked through for those of other organisations.
const LOOKED_THROUGH: usize = 30;
/// The topic from which two records are about the same thing. Who looks at what is like a record loses less by a wrong one
/// than who is told that something answers a need: it lies below the score of such a verdict.
const ABOUT_THE_SAME: f64 = 0.36;

impl Innocap {
    /// Open needs that are about the same thing, best first, at most `limit`. `elsewhere` leaves out those of the same
    /// organisation.
    ///
    /// # Errors
    /// Where registry, index or model fail.
    pub async fn similar_challenges(
        &self,
        record: &Record<Challenge>,
        elsewhere: bool,
        limit: usize,
    ) -> Result<Vec<View>, AppError> {
        self.similar(record, elsewhere, limit).await
    }

    /// Solutions that are about the same thing, best first, at most `limit`.
    ///
    /// # Errors
    /// Where registry, index or model fail.
    pub async fn similar_solutions(&self, record: &Record<Solution>, limit: usize) -> Result<Vec<View>, AppError> {
        self.similar(record, false, limit).await
    }

    async fn similar<C: Resource + Indexed>(
        &self,
        record: &Record<C>,
        elsewhere: bool,
        limit: usize,
    ) -> Result<Vec<View>, AppError> {
        let Some(texts) = record.content.texts() else { return Ok(Vec::new()) };
        let vector = self.embeddings().all(C::ROLE, &passages(texts)[..1]).await?.pop();
        let found = self.near::<C>(texts, vector, !record.content.codes().is_empty(), LOOKED_THROUGH).await?;
        let ids: Vec<Id<C>> =
            found.into_iter().map(|(id, _)| Id::from_uuid(id)).filter(|id| *id != record.id).collect();
        let mut records = self.registry().find_many(&ids).await?;
        let own = record.content.organisation();
        records.retain(|other| !elsewhere || other.content.organisation() != own);
        records.truncate(limit);
        self.views(records).await
    }

    /// The open records of a kind that are about what a text is about, each with how much of the topic they share, 0 to
    /// 1.
    pub(crate) async fn near<C: Indexed>(
        &self,
        texts: &Texts,
        vector: Option<Vec<f32>>,
        codes: bool,
        limit: usize,
    ) -> Result<Vec<(Uuid, f64)>, AppError> {
        let query = Query { texts: query_texts(texts), vector };
        let innocap = self.clone();
        tokio::task::spawn_blocking(move || {
            let weights = Weights::bundled();
            let asked = Asked { meaning: query.vector.is_some(), words: true, codes };
            let value = |features: &Features| topic_value(weights, asked, &topic(features)) as f32;
            let hits = C::index(&innocap).search(&query, limit, &Filter::All, &value).hits;
            let near = hits.into_iter().map(|hit| (hit.id, f64::from(hit.value)));
            near.filter(|(_, value)| *value >= ABOUT_THE_SAME).collect()
        })
        .await
        .map_err(|e| AppError::Internal(e.to_string()))
    }

    /// The codes of the open records of a kind that are about what a text is about, each with its nearness.
    pub(crate) async fn codes_of_like<C: Resource + Indexed>(
        &self,
        texts: &Texts,
    ) -> Result<Vec<(Vec<CpvCode>, f64)>, AppError> {
        let vector = self.embeddings().query(&passages(texts)[0]).await?;
        let found = self.near::<C>(texts, Some(vector), false, LOOKED_THROUGH).await?;
        let ids: Vec<Id<C>> = found.iter().map(|(id, _)| Id::from_uuid(*id)).collect();
        let records = self.registry().find_many(&ids).await?;
        let value = |id: Uuid| found.iter().find(|(known, _)| *known == id).map_or(0.0, |(_, value)| *value);
        let codes = |record: &Record<C>| (record.content.codes().to_vec(), value(record.id.uuid()));
        Ok(records.iter().map(codes).collect())
    }
}
