//! The life of a challenge after it is published: its owner talks with providers, and tells how it ended.

use innocap_access::Action;
use innocap_domain::{Challenge, ChallengeId, Outcome, Reader, Status, limits};
use innocap_registry::Write;
use serde_json::Value;

use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;
use crate::views::View;

impl Innocap {
    /// Says that its owner talks with providers; it stays listed and is answered no differently.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it is not published.
    pub async fn begin_dialogue(
        &self,
        caller: &Caller,
        id: ChallengeId,
        expected: Option<i64>,
    ) -> Result<(i64, View), AppError> {
        let record = self.visible::<Challenge>(&caller.actor, Action::Publish, id).await?;
        match record.status {
            Status::InDialogue => Ok((record.version, self.find(&caller.actor, id).await?.1)),
            Status::Published => self.set_status(caller, &record, expected, Status::InDialogue, None).await,
            status => Err(AppError::Conflict(format!("a challenge that is {status} is in no dialogue"))),
        }
    }

    /// Closes a challenge: `{"outcome": …, "reason"?: …}`. It can be read on and is suggested no more.
    ///
    /// # Errors
    /// [`AppError::Invalid`]; [`AppError::Conflict`] where it is not open.
    pub async fn close_challenge(
        &self,
        caller: &Caller,
        id: ChallengeId,
        expected: Option<i64>,
        document: &Value,
    ) -> Result<(i64, View), AppError> {
        let record = self.visible::<Challenge>(&caller.actor, Action::Archive, id).await?;
        let (outcome, reason) = Reader::document(document, |r| {
            (r.required_code("outcome", Outcome::parse), r.text("reason", limits::NOTE))
        })?;
        if !record.status.is_open() {
            return Err(AppError::Conflict(format!("a challenge that is {} is not open", record.status)));
        }
        let trace = caller.trace(Some(record.content.organisation), self.clock().now());
        let content = Challenge { outcome, ..record.content };
        let write = Write::Update {
            id,
            expected_version: expected,
            content: Some(content),
            status: Some((Status::Closed, reason)),
            at: trace.at,
        };
        let record = self.registry().write_traced(write, &trace).await?;
        Ok((record.version, self.view(&caller.actor, &record).await?))
    }
}
