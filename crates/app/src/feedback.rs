//! Feedback on suggestions: given, taken back and listed; and judgements made of it, by which a ranking is measured.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use innocap_access::{Action, Actor, Target};
use innocap_domain::{
    Challenge, ChallengeId, Content, Feedback, FeedbackId, Id, Judgement, Opinion, Reader, Solution, SolutionId, Trace,
    Violations,
};
use innocap_ranking::Weights;
use innocap_registry::{NewFeedback, Registry};
use serde_json::Value;

use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;
use crate::judged::Judged;
use crate::lists::{DEFAULT_LIMIT, Page, cursor, fault, last_id, limit, open_cursor};

/// Feedback and records read at once.
const PAGE: usize = 500;
/// The list's mark in its cursors; it has no conditions that could differ.
const FINGERPRINT: &str = "feedback";

/// The query of a list of feedback, parsed.
#[derive(Debug, Clone, Copy)]
pub struct FeedbackQuery {
    limit: usize,
    after: Option<FeedbackId>,
}

impl FeedbackQuery {
    /// Parses a query string's pairs.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with a fault for each parameter that is unknown or wrong; the pointer is `/parameter`.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, AppError> {
        let mut query = Self { limit: DEFAULT_LIMIT, after: None };
        let mut faults = Vec::new();
        let mut given = None;
        for (place, (name, value)) in pairs.iter().enumerate() {
            match name.as_str() {
                _ if pairs[..place].iter().any(|(earlier, _)| earlier == name) => {
                    faults.push(fault(name, "duplicate", "this parameter is given twice"));
                }
                "limit" => match limit(name, value) {
                    Ok(limit) => query.limit = limit,
                    Err(mut found) => faults.append(&mut found),
                },
                "cursor" => given = Some(value),
                _ => faults.push(fault(name, "unknown_field", "this parameter is not known here")),
            }
        }
        if !faults.is_empty() {
            return Err(AppError::Invalid(Violations(faults)));
        }
        if let Some(given) = given {
            query.after = Some(last_id(&open_cursor(FINGERPRINT, given)?)?);
        }
        Ok(query)
    }
}

impl Innocap {
    /// Stores what a person or an API client says of a suggestion, in place of what they have said of it before.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] without signing in, [`AppError::NotFound`] where the caller may not see the
    /// challenge or the solution, [`AppError::Forbidden`] where the challenge is another organisation's,
    /// [`AppError::Invalid`] with every fault of the document.
    pub async fn give_feedback(
        &self,
        caller: &Caller,
        challenge: ChallengeId,
        solution: SolutionId,
        document: &Value,
    ) -> Result<Feedback, AppError> {
        let (subject, trace) = self.may_judge(caller, challenge, solution).await?;
        let opinion = Reader::document(document, Opinion::read)?;
        let opinion = opinion.ok_or_else(|| AppError::Internal("a document without faults gave no opinion".into()))?;
        let new = NewFeedback {
            challenge,
            solution,
            subject,
            opinion,
            ranking_version: Weights::bundled().version.clone(),
            at: trace.at,
        };
        Ok(self.registry().store_feedback_traced(new, &trace).await?)
    }

    /// Deletes what a person or an API client has said of a suggestion.
    ///
    /// # Errors
    /// As [`Self::give_feedback`]; [`AppError::NotFound`] also where it has said nothing.
    pub async fn withdraw_feedback(
        &self,
        caller: &Caller,
        challenge: ChallengeId,
        solution: SolutionId,
    ) -> Result<(), AppError> {
        let (subject, trace) = self.may_judge(caller, challenge, solution).await?;
        Ok(self.registry().delete_feedback_traced(challenge, solution, &subject, &trace).await?)
    }

    /// In whose name feedback is kept, where the caller may give it.
    async fn may_judge(
        &self,
        caller: &Caller,
        challenge: ChallengeId,
        solution: SolutionId,
    ) -> Result<(String, Trace), AppError> {
        let challenge = self.visible::<Challenge>(&caller.actor, Action::GiveFeedback, challenge).await?;
        self.visible::<Solution>(&caller.actor, Action::Read, solution).await?;
        let subject = caller.subject().ok_or(AppError::Unauthenticated)?;
        Ok((subject, caller.trace(Some(challenge.content.organisation), self.clock().now())))
    }

    /// A page of all feedback, newest first.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] or [`AppError::Forbidden`] for everyone but the operator.
    pub async fn list_feedback(&self, actor: &Actor, query: FeedbackQuery) -> Result<Page<Feedback>, AppError> {
        allow(actor, Action::ReadFeedback, &Target::Service)?;
        let mut items = self.registry().feedback(query.after, query.limit + 1).await?;
        let more = items.len() > query.limit;
        items.truncate(query.limit);
        let next = items.last().filter(|_| more).map(|last| cursor(FINGERPRINT, &last.id.to_string()));
        Ok(Page { items, total: self.registry().count_feedback().await?, next })
    }
}

/// Makes judgements of all feedback, one for each pair, in the order in which challenges and solutions were entered.
/// `progress` is told how much feedback has been read.
///
/// # Errors
/// What the registry says.
pub async fn judgements(registry: &Registry, progress: impl Fn(usize)) -> Result<Vec<Judged>, AppError> {
    let mut pairs: BTreeMap<(ChallengeId, SolutionId), Vec<Judgement>> = BTreeMap::new();
    let (mut after, mut read) = (None, 0);
    loop {
        let page = registry.feedback(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        read += page.len();
        for feedback in &page {
            pairs.entry((feedback.challenge, feedback.solution)).or_default().push(feedback.opinion.judgement);
        }
        progress(read);
    }
    let needs = names::<Challenge>(registry, pairs.keys().map(|(need, _)| *need).collect()).await?;
    let solutions = names::<Solution>(registry, pairs.keys().map(|(_, solution)| *solution).collect()).await?;
    // A record that has been deleted in the meantime took its feedback with it.
    let judged = pairs.into_iter().filter_map(|((need, solution), said)| {
        Some(judged(needs.get(&need)?.clone(), solutions.get(&solution)?.clone(), &said))
    });
    Ok(judged.collect())
}

/// What all feedback on one pair comes to: the mean of the grades over everyone who judged, rounded, a half upwards.
fn judged(need: String, solution: String, said: &[Judgement]) -> Judged {
    let words: BTreeSet<Judgement> = said.iter().copied().collect();
    let reason = words.iter().map(Judgement::as_str).collect::<Vec<_>>().join(", ");
    Judged { need, solution, grade: mean_grade(said), reason }
}

fn mean_grade(said: &[Judgement]) -> u8 {
    let sum: usize = said.iter().map(|judgement| usize::from(judgement.grade())).sum();
    u8::try_from((2 * sum + said.len()) / (2 * said.len().max(1))).unwrap_or(u8::MAX)
}

/// The names of records: the identifier at the source where it tells the record apart, else its own.
async fn names<C: Content>(registry: &Registry, ids: BTreeSet<Id<C>>) -> Result<HashMap<Id<C>, String>, AppError> {
    let ids: Vec<_> = ids.into_iter().collect();
    let mut at_source = HashMap::new();
    for ids in ids.chunks(PAGE) {
        for record in registry.find_many::<C>(ids).await? {
            at_source.insert(record.id, record.content.source().map(|source| source.id.clone()));
        }
    }
    Ok(distinct(at_source))
}

fn distinct<C>(at_source: HashMap<Id<C>, Option<String>>) -> HashMap<Id<C>, String> {
    let mut uses: HashMap<String, usize> = HashMap::new();
    for name in at_source.values().flatten() {
        *uses.entry(name.clone()).or_default() += 1;
    }
    // Two sources may number alike, and a tab or line break would not stand in a column.
    let usable = |name: &String| uses.get(name) == Some(&1) && !name.contains(char::is_control);
    at_source.into_iter().map(|(id, name)| (id, name.filter(usable).unwrap_or_else(|| id.to_string()))).collect()
}

#[cfg(test)]
mod tests {
    use innocap_domain::WhyNot::{NotRipe, Other, WrongPlace, WrongTopic};

    use super::*;

    #[test]
    fn several_judgements_come_to_their_rounded_mean() {
        use Judgement::{Not, Relevant};
        for (said, grade, reason) in [
            (vec![Relevant], 2, "relevant"),
            (vec![Not(WrongPlace)], 1, "wrong_place"),
            (vec![Not(NotRipe)], 1, "not_ripe"),
            (vec![Not(Other)], 0, "other"),
            (vec![Not(WrongTopic), Relevant], 1, "relevant, wrong_topic"),
            (vec![Relevant, Not(NotRipe)], 2, "relevant, not_ripe"),
            (vec![Not(WrongTopic), Not(WrongTopic), Not(WrongPlace)], 0, "wrong_topic, wrong_place"),
            (vec![Not(WrongTopic), Not(WrongPlace), Not(WrongPlace), Not(WrongTopic)], 1, "wrong_topic, wrong_place"),
        ] {
            let judged = judged("need".to_owned(), "solution".to_owned(), &said);
            assert_eq!((judged.grade, judged.reason.as_str()), (grade, reason), "{said:?}");
        }
    }

    #[test]
    fn a_name_at_the_source_that_two_records_share_or_that_breaks_a_column_gives_way_to_their_own() {
        let ids: Vec<SolutionId> = (0..5).map(|_| Id::new()).collect();
        let at_source = [Some("17"), Some("17"), Some("18"), Some("a\tb"), None].map(|name| name.map(str::to_owned));
        let names = distinct(ids.iter().copied().zip(at_source).collect());
        let found: Vec<&str> = ids.iter().map(|id| names[id].as_str()).collect();
        let own: Vec<String> = ids.iter().map(ToString::to_string).collect();
        assert_eq!(found, [&own[0], &own[1], "18", &own[3], &own[4]]);
    }
}
