//! What is new to somebody who belongs to an organisation: suggestions for its open needs, and open needs that its
//! solutions could answer, that have come or changed since they last looked.

use chrono::{DateTime, Utc};
use innocap_access::Actor;
use innocap_domain::{Challenge, Id, OrganisationId, Record, RecordKind, Solution};
use innocap_ranking::Weights;
use innocap_registry::Filter;
use uuid::Uuid;

use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;
use crate::lists::everyones;
use crate::options::Options;
use crate::records::Resource;
use crate::views::View;

/// An organisation's records of one kind that are looked at, the newest first.
const LOOKED_AT: usize = 10;
/// What is shown of what is new to one record.
const SHOWN: usize = 3;

/// What is new to one record.
#[derive(Debug, Clone)]
pub struct News {
    /// What the record is: a challenge has new suggestions, a solution new needs.
    pub kind: RecordKind,
    /// The record.
    pub record: View,
    /// When they last looked; nothing where they never have.
    pub since: Option<DateTime<Utc>>,
    /// How much is new, up to the length of a page of suggestions.
    pub count: usize,
    /// The best of it.
    pub best: Vec<View>,
}

impl Innocap {
    /// Remembers that somebody has looked at what matches a record of an organisation. Nothing is remembered of those
    /// who do not belong to it.
    ///
    /// # Errors
    /// Where the registry fails.
    pub async fn looked_at(&self, caller: &Caller, owner: OrganisationId, record: Uuid) -> Result<(), AppError> {
        match (caller.person(), caller.actor.role_in(owner)) {
            (Some(person), Some(_)) => Ok(self.registry().look(person, record, self.clock().now()).await?),
            _ => Ok(()),
        }
    }

    /// What is new to a member of an organisation since they last looked, record by record; nothing for anybody else.
    ///
    /// # Errors
    /// Where registry, index or model fail.
    pub async fn news(&self, caller: &Caller, organisation: OrganisationId) -> Result<Vec<News>, AppError> {
        if caller.actor.role_in(organisation).is_none() {
            return Ok(Vec::new());
        }
        let mut news = Vec::new();
        for record in self.open_records::<Challenge>(organisation).await? {
            let since = self.last_look(caller, record.id.uuid()).await?;
            if let Some(newer) = self.newer::<Solution>(since).await? {
                let options = Options { collapse: false, ..Options::default() };
                let scores = self.scores_for_record(&record, options).await?;
                news.extend(self.news_of::<Challenge, Solution>(&caller.actor, record, since, scores, &newer).await?);
            }
        }
        for record in self.open_records::<Solution>(organisation).await? {
            let since = self.last_look(caller, record.id.uuid()).await?;
            if let Some(newer) = self.newer::<Challenge>(since).await? {
                let scores = self.scores_for_solution(&record, Options::default()).await?;
                news.extend(self.news_of::<Solution, Challenge>(&caller.actor, record, since, scores, &newer).await?);
            }
        }
        Ok(news)
    }

    async fn open_records<C: Resource>(&self, organisation: OrganisationId) -> Result<Vec<Record<C>>, AppError> {
        let filter = Filter { organisation: Some(organisation), ..everyones(C::KIND) };
        Ok(self.registry().list(&filter, None, LOOKED_AT).await?)
    }

    async fn last_look(&self, caller: &Caller, record: Uuid) -> Result<Option<DateTime<Utc>>, AppError> {
        let Some(person) = caller.person() else { return Ok(None) };
        Ok(self.registry().looked(person, &[record]).await?.remove(&record))
    }

    /// The filter for what was written since then; nothing where nothing was.
    async fn newer<C: Resource>(&self, since: Option<DateTime<Utc>>) -> Result<Option<Filter>, AppError> {
        let filter = Filter { updated_since: since, ..everyones(C::KIND) };
        Ok((self.registry().count::<C>(&filter).await? > 0).then_some(filter))
    }

    async fn news_of<C: Resource, M: Resource>(
        &self,
        actor: &Actor,
        record: Record<C>,
        since: Option<DateTime<Utc>>,
        scores: Vec<(Uuid, f64)>,
        newer: &Filter,
    ) -> Result<Option<News>, AppError> {
        let least = Weights::bundled().verdict.partial;
        let good: Vec<Id<M>> =
            scores.into_iter().filter(|(_, score)| *score >= least).map(|(id, _)| Id::from_uuid(id)).collect();
        let new = self.registry().matching(newer, &good).await?;
        if new.is_empty() {
            return Ok(None);
        }
        let best = self.registry().find_many(&new[..new.len().min(SHOWN)]).await?;
        let best = self.views(best).await?;
        Ok(Some(News { kind: C::KIND, record: self.view(actor, &record).await?, since, count: new.len(), best }))
    }
}
