//! The shortlist of a challenge: the solutions that its public body looks at more closely, with its notes.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::ids::{ChallengeId, SolutionId};

/// One solution on the shortlist of a challenge.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShortlistEntry {
    /// For which challenge.
    pub challenge: ChallengeId,
    /// Which solution.
    pub solution: SolutionId,
    /// What the body notes of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The score it was suggested with when it was put there, 0 to 1; absent where it was not suggested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The version of the ranking then.
    pub ranking_version: String,
    /// When it was put there.
    pub added: DateTime<Utc>,
    /// When the note was last changed.
    pub updated: DateTime<Utc>,
}
