//! How the service stands, for whoever operates it: its indexes, and where its records come from.

use innocap_access::{Action, Target};
use innocap_domain::SourceCount;

use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;
use crate::indexer::Progress;

/// How the indexes stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexState {
    /// Solutions that can be found.
    pub solutions: usize,
    /// Challenges that can be found.
    pub challenges: usize,
    /// The model that their meaning was computed by, and how it is centred.
    pub model: String,
    /// How far indexing has come.
    pub progress: Progress,
    /// Whether the indexes are being built anew.
    pub rebuilding: bool,
}

impl IndexState {
    /// Changes that are not indexed yet.
    pub const fn behind(&self) -> i64 {
        self.progress.latest.saturating_sub(self.progress.indexed)
    }
}

impl Innocap {
    /// How the indexes of this process stand.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but the operator.
    pub async fn index_state(&self, caller: &Caller) -> Result<IndexState, AppError> {
        allow(&caller.actor, Action::ReadIndexState, &Target::Service)?;
        let (solutions, challenges) = (self.solutions_index().status(), self.challenges_index().status());
        let latest = self.registry().last_change().await?;
        let indexed = solutions.checkpoint.min(challenges.checkpoint);
        Ok(IndexState {
            solutions: solutions.records,
            challenges: challenges.records,
            model: solutions.model,
            progress: Progress {
                latest,
                indexed,
                without_vector: solutions.without_vector + challenges.without_vector,
            },
            rebuilding: self.is_rebuilding(),
        })
    }

    /// Begins to build the indexes of this process anew; until that is done, less is found. Asked for
    /// again meanwhile, it is not begun again.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but the operator.
    pub fn rebuild_index(&self, caller: &Caller) -> Result<(), AppError> {
        allow(&caller.actor, Action::RebuildIndex, &Target::Service)?;
        let Some(under_way) = self.begin_rebuilding() else { return Ok(()) };
        let innocap = self.clone();
        tokio::spawn(async move {
            if let Err(error) = innocap.reindex().await {
                tracing::error!(%error, "the indexes could not be built anew");
            }
            drop(under_way);
        });
        Ok(())
    }

    /// Where the records come from.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but the operator.
    pub async fn sources(&self, caller: &Caller) -> Result<Vec<SourceCount>, AppError> {
        allow(&caller.actor, Action::ReadIndexState, &Target::Service)?;
        Ok(self.registry().sources().await?)
    }
}
