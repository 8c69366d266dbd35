//! Renewing: whoever offers a solution says that what stands there still holds.

use innocap_access::Action;
use innocap_domain::{Record, Solution, SolutionId, Status};
use innocap_registry::Write;

use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;
use crate::records::Publication;
use crate::views::View;

impl Innocap {
    /// Says that a solution still holds: one that is published is written anew as it is, one that was archived is shown
    /// to everyone again.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it is still a draft; [`AppError::Stale`].
    pub async fn renew_solution(
        &self,
        caller: &Caller,
        id: SolutionId,
        expected: Option<i64>,
    ) -> Result<Publication, AppError> {
        let record: Record<Solution> = self.visible(&caller.actor, Action::Publish, id).await?;
        match record.status {
            Status::Archived => return self.publish(caller, id, expected).await,
            Status::Published => {}
            status => return Err(AppError::Conflict(format!("a solution that is {status} cannot be renewed"))),
        }
        let trace = caller.trace(Some(record.content.organisation), self.clock().now());
        let write = Write::Update { id, expected_version: expected, content: None, status: None, at: trace.at };
        let record: Record<Solution> = self.registry().write_traced(write, &trace).await?;
        let view: View = self.view(&caller.actor, &record).await?;
        Ok(Publication { version: record.version, view, waits: false })
    }
}
