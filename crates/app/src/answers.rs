//! Which open needs have an answer: the verdict over the suggestions for each of them.
//!
//! The verdicts are worked out again after a change of the indexes. Where there are so many needs that a reader would
//! wait, that happens in the background, and the last ones are shown meanwhile.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use innocap_domain::suggestion::Verdict;
use innocap_domain::{Challenge, ChallengeId, Record, RecordKind};
use innocap_language::Role;
use innocap_ranking::{Weights, verdict};
use uuid::Uuid;

use crate::Innocap;
use crate::error::AppError;
use crate::indexer::passages;
use crate::lists::everyones;
use crate::options::Options;

/// Needs whose verdicts a reader waits for where none are known yet. With 272 solutions a verdict takes half a
/// millisecond, with 100,000 some twenty.
const FEW: usize = 200;
/// The verdicts that took less than this are worked out while a reader waits.
const QUICK: Duration = Duration::from_millis(250);
/// Verdicts that took longer are worked out again after so many times what they took.
const REST: u32 = 20;
/// Needs read at once.
const AT_ONCE: usize = 200;

/// An open need, what answers it, and what it is counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredNeed {
    /// The verdict over the suggestions for it.
    pub verdict: Verdict,
    /// Its public functions.
    pub functions: Vec<String>,
    /// Its country.
    pub country: Option<String>,
}

/// The verdicts over all open needs.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// When they were worked out; nothing where that has not happened yet.
    pub at: Option<DateTime<Utc>>,
    needs: HashMap<Uuid, AnsweredNeed>,
}

impl Answers {
    /// The verdict over the suggestions for a need, where it is known.
    pub fn verdict_of(&self, need: Uuid) -> Option<Verdict> {
        self.needs.get(&need).map(|need| need.verdict)
    }

    /// The needs.
    pub fn needs(&self) -> impl Iterator<Item = &AnsweredNeed> {
        self.needs.values()
    }
}

/// What the indexes had read when verdicts were worked out.
type State = (i64, i64, usize);

/// The last verdicts.
#[derive(Default)]
pub(crate) struct LastAnswers {
    answers: Arc<Answers>,
    state: Option<State>,
    /// How long they took, and when they were done.
    took: Option<(Duration, Instant)>,
    running: bool,
}

impl Innocap {
    /// The verdicts over all open needs, as of the last time that they were worked out.
    ///
    /// # Errors
    /// Where registry or index fail.
    pub async fn answers(&self) -> Result<Arc<Answers>, AppError> {
        // Held while working them out, so that many who ask at once wait for one.
        let mut last = self.last_answers().lock().await;
        let (solutions, challenges) = (self.solutions_index().status(), self.challenges_index().status());
        let missing = solutions.without_vector + challenges.without_vector;
        let state = (solutions.checkpoint, challenges.checkpoint, missing);
        if last.state == Some(state) || last.running {
            return Ok(Arc::clone(&last.answers));
        }
        let quick = match last.took {
            Some((took, _)) => took < QUICK,
            None => challenges.records <= FEW,
        };
        if quick {
            let started = Instant::now();
            last.answers = Arc::new(self.work_out_answers().await?);
            (last.state, last.took) = (Some(state), Some((started.elapsed(), Instant::now())));
        } else if last.took.is_none_or(|(took, done)| done.elapsed() > took * REST) {
            last.running = true;
            tokio::spawn(self.clone().answer_in_background(state));
        }
        Ok(Arc::clone(&last.answers))
    }

    async fn answer_in_background(self, state: State) {
        let started = Instant::now();
        let found = self.work_out_answers().await;
        let mut last = self.last_answers().lock().await;
        last.running = false;
        last.took = Some((started.elapsed(), Instant::now()));
        match found {
            Ok(answers) => {
                last.answers = Arc::new(answers);
                last.state = Some(state);
            }
            Err(error) => tracing::warn!(%error, "the verdicts over open needs could not be worked out"),
        }
    }

    async fn work_out_answers(&self) -> Result<Answers, AppError> {
        let open = everyones(RecordKind::Challenge);
        let mut answers = Answers { at: Some(self.clock().now()), needs: HashMap::new() };
        let mut after: Option<ChallengeId> = None;
        while !self.is_stopping() {
            let records = self.registry().list::<Challenge>(&open, after, AT_ONCE).await?;
            let Some(last) = records.last() else { break };
            after = Some(last.id);
            for record in &records {
                if let Some(verdict) = self.verdict_over(record).await? {
                    let content = &record.content;
                    let need = AnsweredNeed {
                        verdict,
                        functions: content.functions.iter().map(ToString::to_string).collect(),
                        country: content.place.country.map(|country| country.to_string()),
                    };
                    answers.needs.insert(record.id.uuid(), need);
                }
            }
        }
        Ok(answers)
    }

    /// The verdict over the suggestions for a need; nothing where its meaning is still to be computed.
    async fn verdict_over(&self, record: &Record<Challenge>) -> Result<Option<Verdict>, AppError> {
        let first = &passages(&record.content.texts)[..1];
        if self.embeddings().known(Role::Query, first).await?.first().is_none_or(Option::is_none) {
            return Ok(None);
        }
        let best = Options { limit: 1, collapse: false, mix: false, ..Options::default() };
        let scores = self.scores_for_record(record, best).await?;
        Ok(Some(verdict(Weights::bundled(), scores.first().map(|(_, score)| *score))))
    }
}
