//! The same product from two sources: found by its address, by its provider and name, or by its text, and proposed to an
//! operator, who says whether they are one.

use std::collections::{HashMap, HashSet};

use innocap_access::{Action, Target};
use innocap_domain::{
    DuplicateDecision, DuplicateProposal, OrganisationId, Reader, Record, Solution, SolutionId, Status, limits,
};
use innocap_index::Sketch;
use innocap_registry::{Filter, Write};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;

/// Records read at once.
const AT_ONCE: usize = 500;
/// From this share of common wording two texts are nearly the same; half would be the branches of one programme, which
/// a list collapses and which are not one product.
const NEARLY_THE_SAME: f64 = 0.8;
/// New or changed solutions of a run whose text is held against all others; of a larger run, the first ones.
const MOST_BY_TEXT: usize = 2_000;
/// Pairs proposed by one run.
const MOST_PAIRS: usize = 1_000;
/// Proposals shown.
const SHOWN: usize = 100;

/// A proposal with what the two are called.
#[derive(Debug, Clone)]
pub struct Duplicate {
    /// The proposal.
    pub proposal: DuplicateProposal,
    /// The one that would be kept.
    pub first: Record<Solution>,
    /// The one that would be archived.
    pub second: Record<Solution>,
}

/// What of a solution tells whether another is the same.
struct Traits {
    id: SolutionId,
    address: Option<String>,
    provider: (OrganisationId, String),
    sketch: Sketch,
    sources: HashSet<String>,
}

impl Traits {
    fn of(record: &Record<Solution>) -> Self {
        let content = &record.content;
        let original = content.texts.original();
        let sources = content.source.iter().chain(&content.other_sources).map(|source| source.name.clone()).collect();
        Self {
            id: record.id,
            address: content.link.as_deref().and_then(normal),
            provider: (content.organisation, words(&original.title)),
            sketch: Sketch::of(&[&original.title, &original.summary, &original.description]),
            sources,
        }
    }
}

/// An address by which the same page is the same: without scheme, `www.`, query, the ending of a repository or a slash at
/// its end. Nothing where it is only a host, which holds many things.
fn normal(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    let host = url.host_str()?.to_lowercase();
    let path = url.path().trim_end_matches('/').trim_end_matches(".git").to_lowercase();
    (!path.is_empty()).then(|| format!("{}{path}", host.trim_start_matches("www.")))
}

fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

impl Innocap {
    /// Proposes what may be the same as one of these solutions, from another source; how many proposals are new.
    pub(super) async fn propose_duplicates(&self, touched: &[Uuid]) -> Result<usize, AppError> {
        if touched.is_empty() {
            return Ok(0);
        }
        let mut all = Vec::new();
        let filter = Filter { statuses: vec![Status::Published], ..Filter::default() };
        let mut after = None;
        loop {
            let page = self.registry().list::<Solution>(&filter, after, AT_ONCE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            all.extend(page.iter().map(Traits::of));
        }
        let touched: HashSet<Uuid> = touched.iter().copied().collect();
        let pairs = tokio::task::spawn_blocking(move || pairs(&all, &touched)).await;
        let pairs = pairs.map_err(|error| AppError::Internal(error.to_string()))?;
        Ok(self.registry().propose_duplicates(pairs, self.clock().now()).await?)
    }

    /// What waits for a decision, the oldest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but the operator.
    pub async fn duplicates(&self, caller: &Caller) -> Result<Vec<Duplicate>, AppError> {
        allow(&caller.actor, Action::ReadSources, &Target::Service)?;
        let proposals = self.registry().open_duplicates(SHOWN).await?;
        let ids: Vec<SolutionId> = proposals.iter().flat_map(|proposal| [proposal.first, proposal.second]).collect();
        let records = self.registry().find_many(&ids).await?;
        let records: HashMap<SolutionId, Record<Solution>> =
            records.into_iter().map(|record| (record.id, record)).collect();
        let named = |proposal: DuplicateProposal| {
            let (first, second) = (records.get(&proposal.first)?.clone(), records.get(&proposal.second)?.clone());
            Some(Duplicate { proposal, first, second })
        };
        Ok(proposals.into_iter().filter_map(named).collect())
    }

    /// As [`Self::decide_duplicate`], by a document with `decision`.
    ///
    /// # Errors
    /// As there; [`AppError::Invalid`] where the document does not say which.
    pub async fn decide_duplicate_by(&self, caller: &Caller, id: Uuid, document: &Value) -> Result<(), AppError> {
        allow(&caller.actor, Action::RunSources, &Target::Service)?;
        let decision = Reader::document(document, |r| r.required_code("decision", DuplicateDecision::parse))?;
        let decision = decision.ok_or_else(|| AppError::Internal("a decision is missing".to_owned()))?;
        self.decide_duplicate(caller, id, decision).await
    }

    /// Decides about a proposal.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where nothing of that identifier waits; [`AppError::Forbidden`] for everyone but the
    /// operator.
    pub async fn decide_duplicate(
        &self,
        caller: &Caller,
        id: Uuid,
        decision: DuplicateDecision,
    ) -> Result<(), AppError> {
        allow(&caller.actor, Action::RunSources, &Target::Service)?;
        let proposal = self.registry().duplicate(id).await?.filter(|proposal| proposal.decision.is_none());
        let proposal = proposal.ok_or(AppError::NotFound)?;
        if decision == DuplicateDecision::Same {
            self.make_one(caller, &proposal).await?;
        }
        let trace = caller.trace(None, self.clock().now());
        let same = decision == DuplicateDecision::Same;
        Ok(self.registry().decide_duplicate(id, same, &trace).await?)
    }

    /// Keeps the first of two with the provenance and the users of both, and archives the second.
    async fn make_one(&self, caller: &Caller, proposal: &DuplicateProposal) -> Result<(), AppError> {
        let registry = self.registry();
        let first = registry.find::<Solution>(proposal.first).await?.ok_or(AppError::NotFound)?;
        let second = registry.find::<Solution>(proposal.second).await?.ok_or(AppError::NotFound)?;
        let mut content = first.content.clone();
        for source in second.content.source.iter().chain(&second.content.other_sources) {
            let known = content.source.iter().chain(&content.other_sources).any(|known| known == source);
            if !known && content.other_sources.len() < limits::SOURCES {
                content.other_sources.push(source.clone());
            }
        }
        for deployment in &second.content.deployments {
            if !content.deployments.contains(deployment) && content.deployments.len() < limits::DEPLOYMENTS {
                content.deployments.push(deployment.clone());
            }
        }
        let at = self.clock().now();
        let trace = caller.trace(None, at);
        let kept = Write::Update {
            id: first.id,
            expected_version: Some(first.version),
            content: Some(content),
            status: None,
            at,
        };
        let reason = format!("the same as {}", first.id);
        let archived = Write::Update {
            id: second.id,
            expected_version: Some(second.version),
            content: None,
            status: Some((Status::Archived, Some(reason))),
            at,
        };
        // Where somebody has changed one of them in between, the decision is asked for again, and adds nothing twice.
        for result in registry.write_all_traced(vec![kept, archived], &trace).await? {
            result?;
        }
        Ok(())
    }
}

/// Pairs of which one was touched, from different sources, each once, the older first; and by what.
fn pairs(all: &[Traits], touched: &HashSet<Uuid>) -> Vec<(SolutionId, SolutionId, &'static str)> {
    let mut found: Vec<(SolutionId, SolutionId, &'static str)> = Vec::new();
    let mut told = HashSet::new();
    let mut propose = |a: &Traits, b: &Traits, reason: &'static str| {
        let one_source = a.sources == b.sources;
        let (first, second) = if a.id < b.id { (a.id, b.id) } else { (b.id, a.id) };
        if a.id != b.id && !one_source && found.len() < MOST_PAIRS && told.insert((first, second)) {
            found.push((first, second, reason));
        }
    };
    let mut by_address: HashMap<&str, Vec<&Traits>> = HashMap::new();
    let mut by_provider: HashMap<&(OrganisationId, String), Vec<&Traits>> = HashMap::new();
    for traits in all {
        if let Some(address) = &traits.address {
            by_address.entry(address).or_default().push(traits);
        }
        by_provider.entry(&traits.provider).or_default().push(traits);
    }
    let is_touched = |traits: &&Traits| touched.contains(&traits.id.uuid());
    for traits in all.iter().filter(is_touched) {
        let address = traits.address.as_deref().and_then(|address| by_address.get(address));
        for other in address.into_iter().flatten() {
            propose(traits, other, "address");
        }
        for other in by_provider.get(&traits.provider).into_iter().flatten() {
            propose(traits, other, "provider");
        }
    }
    for traits in all.iter().filter(is_touched).take(MOST_BY_TEXT) {
        for other in all {
            if traits.sketch.resemblance(&other.sketch) >= NEARLY_THE_SAME {
                propose(traits, other, "text");
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_has_one_address_however_it_is_written() {
        let page = normal("https://www.example.org/a/b.git").unwrap();
        for other in ["http://example.org/a/b", "https://EXAMPLE.org/A/b/", "https://example.org/a/b?ref=1#top"] {
            assert_eq!(normal(other).unwrap(), page, "{other}");
        }
        assert_eq!(normal("https://example.org/"), None);
    }
}
