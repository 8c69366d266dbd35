//! Feedback on suggestions.

use innocap_domain::{Challenge, ChallengeId, Id, Judgement, Opinion, OrganisationId, Solution, SolutionId, WhyNot};
use innocap_registry::testing::TestDatabase;
use innocap_registry::{NewFeedback, Registry, RegistryError};

use crate::support::*;

const NOT_HERE: Judgement = Judgement::Not(WhyNot::WrongPlace);

/// A challenge and so many solutions.
async fn scene(registry: &Registry, solutions: usize) -> (ChallengeId, Vec<SolutionId>) {
    let owner: OrganisationId = some_organisation(registry).await;
    let need = registry.write(create(challenge(owner, "a"), 0)).await.expect("a record").id;
    let writes = (0..solutions).map(|i| create(solution(owner, "b", &i.to_string()), 0)).collect();
    let written = registry.write_all::<Solution>(writes).await.expect("a batch");
    (need, written.into_iter().map(|record| record.expect("a record").id).collect())
}

fn said(challenge: ChallengeId, solution: SolutionId, subject: &str, judgement: Judgement, second: i64) -> NewFeedback {
    let opinion = Opinion { judgement, note: None };
    NewFeedback {
        challenge,
        solution,
        subject: subject.to_owned(),
        opinion,
        ranking_version: "1".to_owned(),
        at: at(second),
    }
}

on_both_databases! {
    async fn feedback_is_found_as_it_was_given(registry: Registry, _database: &TestDatabase) {
        let (need, offers) = scene(&registry, 1).await;
        let mut new = said(need, offers[0], "case-system", NOT_HERE, 1);
        new.opinion.note = Some("Bara i Åbo – inte här".to_owned());
        let stored = registry.store_feedback(new.clone()).await.expect("stored");
        assert_eq!((stored.challenge, stored.solution), (need, offers[0]));
        assert_eq!((&stored.opinion, stored.subject.as_str()), (&new.opinion, "case-system"));
        assert_eq!((stored.ranking_version.as_str(), stored.given), ("1", at(1)));
        assert_eq!(registry.feedback(None, 10).await, Ok(vec![stored]));
    }

    async fn the_same_subject_replaces_what_it_has_said_and_another_does_not(
        registry: Registry, _database: &TestDatabase
    ) {
        let (need, offers) = scene(&registry, 1).await;
        let first = registry.store_feedback(said(need, offers[0], "one", NOT_HERE, 1)).await.expect("stored");
        let other = registry.store_feedback(said(need, offers[0], "two", NOT_HERE, 2)).await.expect("stored");
        let mut again = said(need, offers[0], "one", Judgement::Relevant, 3);
        again.ranking_version = "2".to_owned();
        let second = registry.store_feedback(again).await.expect("stored");
        assert_eq!((second.id, second.given, second.ranking_version.as_str()), (first.id, at(3), "2"));
        assert_eq!(second.opinion.judgement, Judgement::Relevant);
        assert_eq!(registry.feedback(None, 10).await, Ok(vec![other, second]));
        assert_eq!(registry.count_feedback().await, Ok(2));
    }

    async fn feedback_on_what_is_not_there_is_refused(registry: Registry, _database: &TestDatabase) {
        let (need, offers) = scene(&registry, 1).await;
        for (challenge, solution) in [(Id::new(), offers[0]), (need, Id::new())] {
            let refused = registry.store_feedback(said(challenge, solution, "one", NOT_HERE, 1)).await;
            assert_eq!(refused, Err(RegistryError::NotFound));
        }
        assert_eq!(registry.count_feedback().await, Ok(0));
    }

    async fn a_subject_takes_back_its_own_feedback_alone(registry: Registry, _database: &TestDatabase) {
        let (need, offers) = scene(&registry, 2).await;
        let kept = registry.store_feedback(said(need, offers[0], "one", NOT_HERE, 1)).await.expect("stored");
        registry.store_feedback(said(need, offers[1], "two", NOT_HERE, 2)).await.expect("stored");
        assert_eq!(registry.delete_feedback(need, offers[0], "two").await, Err(RegistryError::NotFound));
        assert_eq!(registry.delete_feedback(need, offers[1], "two").await, Ok(()));
        assert_eq!(registry.delete_feedback(need, offers[1], "two").await, Err(RegistryError::NotFound));
        assert_eq!(registry.feedback(None, 10).await, Ok(vec![kept]));
    }

    async fn feedback_goes_with_its_challenge_and_with_its_solution(registry: Registry, _database: &TestDatabase) {
        let (need, offers) = scene(&registry, 2).await;
        for offer in &offers {
            registry.store_feedback(said(need, *offer, "one", NOT_HERE, 1)).await.expect("stored");
        }
        registry.delete::<Solution>(offers[0], None).await.expect("deleted");
        assert_eq!(registry.count_feedback().await, Ok(1));
        registry.delete::<Challenge>(need, None).await.expect("deleted");
        assert_eq!(registry.count_feedback().await, Ok(0));
    }

    async fn pages_of_feedback_follow_each_other_while_others_give_theirs(
        registry: Registry, _database: &TestDatabase
    ) {
        let (need, offers) = scene(&registry, 8).await;
        let mut expected = Vec::new();
        for offer in &offers[..5] {
            expected.push(registry.store_feedback(said(need, *offer, "one", NOT_HERE, 1)).await.expect("stored").id);
        }
        expected.reverse();
        let (mut seen, mut after, mut late) = (Vec::new(), None, offers[5..].iter());
        loop {
            let page = registry.feedback(after, 2).await.expect("a page");
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            seen.extend(page.iter().map(|feedback| feedback.id));
            // Somebody has something new to say, and somebody thinks again.
            let new = late.next().expect("one for each page");
            registry.store_feedback(said(need, *new, "one", NOT_HERE, 2)).await.expect("stored");
            registry.store_feedback(said(need, offers[0], "one", Judgement::Relevant, 3)).await.expect("stored");
        }
        assert_eq!(seen, expected);
    }
}
