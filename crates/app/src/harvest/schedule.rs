//! Harvesting in the background: what is due runs, one source after the other; several servers share the work.

use std::time::Duration;

use innocap_domain::Trace;

use super::report::HarvestReport;
use crate::Innocap;
use crate::error::AppError;

/// How often it is looked whether something is due.
const PAUSE: Duration = Duration::from_secs(3);

impl Innocap {
    /// Harvests what is due in the background until [`Self::stop`].
    pub fn keep_harvesting(&self) -> tokio::task::JoinHandle<()> {
        let innocap = self.clone();
        let mut stop = self.stopping();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = stop.changed() => return,
                    () = tokio::time::sleep(PAUSE) => {}
                }
                let due = match innocap.registry().due_harvest(innocap.clock().now()).await {
                    Ok(Some(name)) => name,
                    Ok(None) => continue,
                    Err(error) => {
                        tracing::error!(%error, "the sources cannot be read");
                        continue;
                    }
                };
                let trace = Trace::service(innocap.clock().now());
                let mut unwatched = |_: &HarvestReport| {};
                tokio::select! {
                    _ = stop.changed() => {
                        // What is written stays; whoever comes next goes on from the checkpoint.
                        if let Err(error) = innocap.registry().release_harvest(&due).await {
                            tracing::warn!(%error, "a source could not be let go");
                        }
                        return;
                    }
                    result = innocap.harvest_as(&trace, &due, &mut unwatched) => match result {
                        Ok(_) => {}
                        // Told at the source, for its operator.
                        Err(AppError::Conflict(problem)) => tracing::warn!(source = due, problem, "not harvested"),
                        Err(error) => {
                            tracing::error!(source = due, %error, "not harvested");
                            tokio::time::sleep(Duration::from_secs(30)).await;
                        }
                    },
                }
            }
        })
    }
}
