//! Looking for matches that somebody wants to be told of: challenges and solutions that fit, one of which is new or has
//! changed. A pair is a match where the solution is among the first answers to the challenge, as its suggestions show
//! them, and the verdict over it is at least that it fits in part.
//!
//! How far it has come is kept in the registry, and is moved in the transaction that queues what was found. It follows
//! the index: what a process has not indexed yet, it has not looked through.

use std::collections::{HashMap, HashSet};

use innocap_domain::{Challenge, Content, EventRecord, Id, OrganisationId, Record, RecordKind, Solution, SolutionId};
use innocap_ranking::{Weights, verdict};
use innocap_registry::NewMatch;
use uuid::Uuid;

use crate::Innocap;
use crate::error::AppError;
use crate::options::Options;

/// Changes that are looked through in one go.
const CHANGES: usize = 200;
/// Challenges of which a new solution may be among the first answers, the nearest.
const NEAREST: usize = 20;

/// Whose matches are looked for.
type Awaiting = HashSet<OrganisationId>;

impl Innocap {
    /// Looks through some of the changes that are indexed; whether there may be more. Where it fails, the same changes are
    /// looked through again.
    pub(crate) async fn find_matches(&self) -> bool {
        match self.look_through_changes().await {
            Ok(more) => more,
            Err(error) => {
                tracing::error!(%error, "looking for matches failed and will be tried again");
                false
            }
        }
    }

    async fn look_through_changes(&self) -> Result<bool, AppError> {
        let indexed = self.solutions_index().checkpoint().min(self.challenges_index().checkpoint());
        let from = self.registry().matched_until().await?;
        if indexed <= from {
            return Ok(false);
        }
        let awaiting: Awaiting = self.registry().awaiting_matches().await?.into_iter().collect();
        let now = self.clock().now();
        if awaiting.is_empty() {
            // Whoever asks later is told of what comes then.
            self.registry().tell_matches((from, indexed), Vec::new(), now).await?;
            return Ok(false);
        }
        let mut changes = self.registry().changes_since(from, CHANGES).await?;
        changes.retain(|change| change.seq <= indexed && !change.deleted);
        // The feed has no gaps.
        let upto = indexed.min(from + i64::try_from(CHANGES).unwrap_or(i64::MAX));
        let changed = |kind| {
            let mut ids: Vec<Uuid> = changes.iter().filter(|c| c.kind == kind).map(|c| c.record_id).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let challenges = self.in_sight::<Challenge>(&changed(RecordKind::Challenge)).await?;
        let solutions = self.in_sight::<Solution>(&changed(RecordKind::Solution)).await?;
        let matches = self.matches_of(&awaiting, challenges, solutions).await?;
        let found = matches.len();
        if self.registry().tell_matches((from, upto), matches, now).await? && found > 0 {
            self.wake_webhooks();
        }
        Ok(upto < indexed)
    }

    /// The matches of changed challenges and changed solutions.
    async fn matches_of(
        &self,
        awaiting: &Awaiting,
        challenges: Vec<Record<Challenge>>,
        solutions: Vec<Record<Solution>>,
    ) -> Result<Vec<NewMatch>, AppError> {
        let changed: HashSet<Uuid> =
            challenges.iter().map(|r| r.id.uuid()).chain(solutions.iter().map(|r| r.id.uuid())).collect();
        let mut near: HashSet<Uuid> = HashSet::new();
        for solution in &solutions {
            let owner_asks = awaiting.contains(&solution.content.organisation);
            let options = Options { limit: NEAREST, ..Options::default() };
            for (challenge, owner) in self.nearest_needs(&solution.content, options).await? {
                if !changed.contains(&challenge.uuid()) && (owner_asks || owner.is_some_and(|o| awaiting.contains(&o)))
                {
                    near.insert(challenge.uuid());
                }
            }
        }
        let near: Vec<Uuid> = near.into_iter().collect();
        let others = self.in_sight::<Challenge>(&near).await?;
        let mut pairs: Vec<(Record<Challenge>, SolutionId, f64)> = Vec::new();
        for challenge in challenges.into_iter().chain(others) {
            let least = Weights::bundled().verdict.partial;
            for (solution, owner, score) in self.best_answers(&challenge, Options::default()).await? {
                let is_new = changed.contains(&challenge.id.uuid()) || changed.contains(&solution.uuid());
                let is_asked = awaiting.contains(&challenge.content.organisation) || awaiting.contains(&owner);
                if is_new && is_asked && score >= least {
                    pairs.push((challenge.clone(), solution, score));
                }
            }
        }
        let ids: Vec<Uuid> = pairs.iter().map(|(_, solution, _)| solution.uuid()).collect();
        let solutions: HashMap<Uuid, Record<Solution>> =
            self.in_sight::<Solution>(&ids).await?.into_iter().map(|record| (record.id.uuid(), record)).collect();
        let weights = Weights::bundled();
        Ok(pairs
            .into_iter()
            .filter_map(|(challenge, solution, score)| {
                Some(NewMatch {
                    challenge: event_record(&challenge),
                    solution: event_record(solutions.get(&solution.uuid())?),
                    score,
                    verdict: verdict(weights, Some(score)),
                    ranking_version: weights.version.clone(),
                })
            })
            .collect())
    }

    /// The records of these that everyone sees and that are suggested.
    async fn in_sight<C: Content>(&self, ids: &[Uuid]) -> Result<Vec<Record<C>>, AppError> {
        let typed: Vec<Id<C>> = ids.iter().copied().map(Id::from_uuid).collect();
        let records = self.registry().find_many(&typed).await?;
        let suspended = self.registry().suspensions(ids).await?;
        Ok(records.into_iter().filter(|r| r.status.is_open() && !suspended.contains_key(&r.id.uuid())).collect())
    }
}

fn event_record<C: Content>(record: &Record<C>) -> EventRecord {
    EventRecord { id: record.id.uuid(), version: record.version, organisation: record.content.organisation() }
}
