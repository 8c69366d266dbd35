//! What an organisation runs: solutions of others that name it among those who use them.

use innocap_domain::{Organisation, Record, RecordKind, Solution};
use innocap_registry::{FacetMatch, Filter};

use crate::Innocap;
use crate::error::AppError;
use crate::lists::everyones;
use crate::views::View;

/// Solutions that are looked at: namesakes in other countries are among them.
const LOOKED_AT: usize = 100;

impl Innocap {
    /// The solutions of others that are said to run at an organisation, by its name and, where a deployment tells it, its
    /// country; the newest first, at most `limit`.
    ///
    /// # Errors
    /// Where the registry fails.
    pub async fn run_by(&self, body: &Record<Organisation>, limit: usize) -> Result<Vec<View>, AppError> {
        let key = Solution::runner_key(&body.content.name);
        let facets = vec![("run-by".to_owned(), FacetMatch::Any(vec![key.clone()]))];
        let filter = Filter { facets, ..everyones(RecordKind::Solution) };
        let mut records = self.registry().list::<Solution>(&filter, None, LOOKED_AT).await?;
        let country = body.content.place.country;
        records.retain(|record| {
            let there = record.content.deployments.iter().any(|deployment| {
                let named = deployment.organisation.as_deref().map(Solution::runner_key);
                let elsewhere = country.zip(deployment.place.country).is_some_and(|(ours, theirs)| ours != theirs);
                named.as_ref() == Some(&key) && !elsewhere
            });
            there && record.content.organisation != body.id
        });
        records.truncate(limit);
        self.views(records).await
    }
}
