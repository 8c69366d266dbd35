//! The shortlist of a challenge: kept by the body whose need it is, with its notes, for the procurement file.

use innocap_access::Action;
use innocap_domain::{Challenge, ChallengeId, Reader, ShortlistEntry, Solution, SolutionId, limits};
use innocap_ranking::Weights;
use serde::Serialize;
use serde_json::{Value, json};

use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;
use crate::import::harmless;
use crate::options::{MOST, Options};
use crate::views::View;

/// A solution on a shortlist, as its reader sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Shortlisted {
    /// The entry.
    #[serde(flatten)]
    pub entry: ShortlistEntry,
    /// The solution as it is now; absent where it is no longer shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<View>,
}

impl Innocap {
    /// The shortlist of a challenge.
    ///
    /// # Errors
    /// [`AppError::NotFound`] or [`AppError::Forbidden`] for everyone who does not belong to its organisation.
    pub async fn shortlist(&self, caller: &Caller, challenge: ChallengeId) -> Result<Vec<Shortlisted>, AppError> {
        self.visible::<Challenge>(&caller.actor, Action::ReadShortlist, challenge).await?;
        let mut list = Vec::new();
        for entry in self.registry().shortlist(challenge).await? {
            let record = match self.find::<Solution>(&caller.actor, entry.solution).await {
                Ok((_, view)) => Some(view),
                Err(AppError::NotFound) => None,
                Err(error) => return Err(error),
            };
            list.push(Shortlisted { entry, record });
        }
        Ok(list)
    }

    /// Puts a solution on the shortlist with `{"note"?: …}`, or changes the note of one that is there. The score it is
    /// suggested with at this moment is kept for the record.
    ///
    /// # Errors
    /// As [`Self::shortlist`]; [`AppError::Invalid`].
    pub async fn put_on_shortlist(
        &self,
        caller: &Caller,
        challenge: ChallengeId,
        solution: SolutionId,
        document: &Value,
    ) -> Result<ShortlistEntry, AppError> {
        let record = self.visible::<Challenge>(&caller.actor, Action::ChangeShortlist, challenge).await?;
        self.visible::<Solution>(&caller.actor, Action::Read, solution).await?;
        let note = Reader::document(document, |r| r.text("note", limits::NOTE))?;
        let options = Options { limit: MOST, collapse: false, ..Options::default() };
        let answer = self.suggest_for_record(&record, options).await?;
        let wanted = solution.to_string();
        let suggested = answer.suggestions.iter().find(|one| one.solution["id"] == wanted.as_str());
        let trace = caller.trace(Some(record.content.organisation), self.clock().now());
        let entry = ShortlistEntry {
            challenge,
            solution,
            note,
            score: suggested.map(|suggested| suggested.score),
            ranking_version: Weights::bundled().version.clone(),
            added: trace.at,
            updated: trace.at,
        };
        Ok(self.registry().put_on_shortlist(entry, &trace).await?)
    }

    /// Puts a solution on the shortlist; one that is there stays as it is, with its note.
    ///
    /// # Errors
    /// As [`Self::put_on_shortlist`].
    pub async fn keep_on_shortlist(
        &self,
        caller: &Caller,
        challenge: ChallengeId,
        solution: SolutionId,
    ) -> Result<(), AppError> {
        self.visible::<Challenge>(&caller.actor, Action::ChangeShortlist, challenge).await?;
        if self.registry().shortlist(challenge).await?.iter().any(|entry| entry.solution == solution) {
            return Ok(());
        }
        self.put_on_shortlist(caller, challenge, solution, &json!({})).await.map(drop)
    }

    /// Takes a solution from the shortlist.
    ///
    /// # Errors
    /// As [`Self::shortlist`]; [`AppError::NotFound`] also where it is not there.
    pub async fn take_from_shortlist(
        &self,
        caller: &Caller,
        challenge: ChallengeId,
        solution: SolutionId,
    ) -> Result<(), AppError> {
        let record = self.visible::<Challenge>(&caller.actor, Action::ChangeShortlist, challenge).await?;
        let trace = caller.trace(Some(record.content.organisation), self.clock().now());
        Ok(self.registry().take_from_shortlist(challenge, solution, &trace).await?)
    }
}

/// A shortlist as a table (RFC 4180) for the file: in the order of the list, the headings in English as the members of the
/// JSON. A cell that a spreadsheet would run as a formula is given a quote before it.
///
/// # Errors
/// [`AppError::Internal`] where the table cannot be written.
pub fn shortlist_table(list: &[Shortlisted]) -> Result<Vec<u8>, AppError> {
    let internal = |e: &dyn std::fmt::Display| AppError::Internal(format!("a table cannot be written: {e}"));
    let mut table = csv::Writer::from_writer(Vec::new());
    let headings = [
        "solution",
        "title",
        "provider",
        "kind",
        "trl",
        "link",
        "score",
        "ranking_version",
        "note",
        "added",
        "updated",
    ];
    table.write_record(headings).map_err(|e| internal(&e))?;
    for Shortlisted { entry, record } in list {
        let record = record.clone().map(Value::Object).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let cells = [
            entry.solution.to_string(),
            text(&record["texts"][0]["title"]),
            text(&record["organisation"]["name"]),
            text(&record["kind"]),
            record["trl"].as_u64().map(|trl| trl.to_string()).unwrap_or_default(),
            text(&record["link"]),
            entry.score.map(|score| score.to_string()).unwrap_or_default(),
            entry.ranking_version.clone(),
            entry.note.clone().unwrap_or_default(),
            entry.added.to_rfc3339(),
            entry.updated.to_rfc3339(),
        ];
        table.write_record(cells.iter().map(|cell| harmless(cell).into_owned())).map_err(|e| internal(&e))?;
    }
    table.into_inner().map_err(|e| internal(&e))
}

#[cfg(test)]
mod tests {
    use innocap_domain::Id;

    use super::*;

    #[test]
    fn a_table_keeps_what_was_written_and_runs_nothing() {
        let at = chrono::DateTime::UNIX_EPOCH;
        let entry = ShortlistEntry {
            challenge: Id::new(),
            solution: Id::new(),
            note: Some("=HYPERLINK(\"https://evil.example\")".to_owned()),
            score: Some(0.5),
            ranking_version: "1".to_owned(),
            added: at,
            updated: at,
        };
        let record = json!({"texts": [{"title": "Larm, \"tyst\""}], "organisation": {"name": "Åbo"}, "trl": 9});
        let list = [Shortlisted { entry, record: record.as_object().cloned() }];
        let table = String::from_utf8(shortlist_table(&list).unwrap()).unwrap();
        let line = table.lines().nth(1).unwrap();
        assert!(line.contains("\"Larm, \"\"tyst\"\"\",Åbo,,9,,0.5,1,\"'=HYPERLINK("), "{table}");
    }
}
