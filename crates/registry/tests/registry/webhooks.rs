//! Webhooks: what is queued for whom, who delivers it, and what comes of it.

use chrono::TimeDelta;
use innocap_domain::suggestion::Verdict;
use innocap_domain::{
    Challenge, DeliveryAnswer, DeliveryState, EventRecord, Id, Organisation, OrganisationId, Record, RecordKind,
    Secret, Solution, Status, Trace, VerifiedBy, Webhook, WebhookDisabled, WebhookEventKind, WebhookId,
};
use innocap_registry::testing::TestDatabase;
use innocap_registry::{
    DeliveryFilter, Due, NewMatch, NewWebhook, Next, Registry, RegistryError, Settled, WebhookChange, WebhookTurn,
    Write,
};

use crate::support::*;
use WebhookEventKind as Kind;

fn trace(second: i64) -> Trace {
    Trace::service(at(second))
}

async fn webhook(registry: &Registry, organisation: OrganisationId, events: &[Kind]) -> Webhook {
    let new = NewWebhook {
        organisation,
        address: "https://example.org/hook".to_owned(),
        description: Some("Ärenden".to_owned()),
        events: events.to_vec(),
        secret: Secret::new("whsec_first"),
    };
    registry.create_webhook(new, 20, &trace(1)).await.expect("a webhook").expect("there is room")
}

fn draft(organisation: OrganisationId, second: i64) -> Write<Challenge> {
    Write::Create { id: None, status: Status::Draft, content: challenge(organisation, "a"), at: at(second) }
}

fn into(record: &Record<Challenge>, status: Status, second: i64) -> Write<Challenge> {
    let status = Some((status, None));
    Write::Update { id: record.id, expected_version: None, content: None, status, at: at(second) }
}

/// The kinds of what is queued for a webhook, the earliest first.
async fn queued(registry: &Registry, webhook: &Webhook) -> Vec<(Kind, DeliveryState)> {
    let log = registry.deliveries(webhook.organisation, webhook.id, DeliveryFilter::default(), None, 100).await;
    log.expect("a log").into_iter().rev().map(|delivery| (delivery.event.kind, delivery.state)).collect()
}

/// Somebody's turn to deliver, some seconds into the tests' day.
fn turn(webhook: WebhookId, claim: &str, second: i64) -> WebhookTurn {
    WebhookTurn { webhook, claim: claim.to_owned(), now: at(second), until: at(second + 20) }
}

async fn claimed(registry: &Registry, claim: &str, second: i64) -> Vec<WebhookId> {
    registry.claim_webhooks(10, claim, at(second), at(second + 20)).await.expect("a claim")
}

async fn due(registry: &Registry, turn: &WebhookTurn, settled: Vec<Settled>) -> Option<Due> {
    registry.deliver_next(turn, settled, 100).await.expect("the queue")
}

fn settled(seq: i64, second: i64, next: Next) -> Settled {
    let (status, body) = if next == Next::Done { (204, None) } else { (500, Some("nej\n".to_owned())) };
    let answer = DeliveryAnswer { status: Some(status), body, problem: None, milliseconds: 12 };
    Settled { seq, tried: at(second), answer, next, counts: true }
}

fn change(webhook: &Webhook, enabled: bool) -> WebhookChange {
    let (address, description) = (webhook.address.clone(), webhook.description.clone());
    WebhookChange { address, description, events: webhook.events.clone(), enabled }
}

/// An organisation, its webhook, and this many challenges published while it listens.
async fn busy(registry: &Registry, events: usize) -> (OrganisationId, Webhook) {
    let organisation = some_organisation(registry).await;
    let webhook = webhook(registry, organisation, &[Kind::ChallengePublished]).await;
    let writes = (0..events).map(|_| create(challenge(organisation, "a"), 2)).collect();
    for written in registry.write_all::<Challenge>(writes).await.expect("a batch") {
        written.expect("a record");
    }
    (organisation, webhook)
}

on_both_databases! {
    async fn what_happens_is_queued_for_those_who_asked_and_drafts_are_never_told_of(
        registry: Registry, _database: &TestDatabase
    ) {
        let owner = some_organisation(&registry).await;
        let all = webhook(&registry, owner, &[Kind::ChallengePublished, Kind::ChallengeClosed, Kind::ChallengeArchived]).await;
        let offers = webhook(&registry, owner, &[Kind::SolutionPublished]).await;
        let record = registry.write(draft(owner, 2)).await.expect("a draft");
        registry.write(into(&record, Status::Published, 3)).await.expect("published");
        registry.write(update(&record, challenge(owner, "b"), 4)).await.expect_err("another version by now");
        for (status, second) in [
            (Status::InDialogue, 5), (Status::Closed, 6), (Status::Archived, 7), (Status::Published, 8)
        ] {
            registry.write(into(&record, status, second)).await.expect("moved on");
        }
        let never_shown = registry.write(draft(owner, 9)).await.expect("a draft");
        registry.write(into(&never_shown, Status::Archived, 10)).await.expect("archived");
        registry.write(upsert(solution(owner, "c", "1"), 11)).await.expect("a solution");
        registry.write(upsert(solution(owner, "c", "1"), 12)).await.expect("the same again");
        registry.write(upsert(solution(owner, "d", "1"), 13)).await.expect("with another text");
        let waits = DeliveryState::Waiting;
        assert_eq!(
            queued(&registry, &all).await,
            [
                (Kind::ChallengePublished, waits),
                (Kind::ChallengeClosed, waits),
                (Kind::ChallengeArchived, waits),
                (Kind::ChallengePublished, waits),
            ]
        );
        assert_eq!(queued(&registry, &offers).await, [(Kind::SolutionPublished, waits)]);
        let log = registry.deliveries(owner, all.id, DeliveryFilter::default(), None, 1).await.expect("a log");
        let told = log[0].event.data.challenge.expect("a challenge");
        assert_eq!((told.id, told.version, told.organisation), (record.id.uuid(), 6, Some(owner)));
        assert_eq!(log[0].event.at, at(8));
    }

    async fn a_write_that_fails_queues_nothing(registry: Registry, _database: &TestDatabase) {
        let (owner, webhook) = busy(&registry, 0).await;
        refusal(&registry, create(challenge(Id::new(), "a"), 3)).await;
        let duplicate = registry.write(create(challenge(owner, "a"), 4)).await.expect("a record").id;
        let again = Write::Create { id: Some(duplicate), status: Status::Published, content: challenge(owner, "a"), at: at(5) };
        refusal(&registry, again).await;
        assert_eq!(queued(&registry, &webhook).await.len(), 1);
    }

    async fn an_organisation_is_told_of_once_when_it_is_verified_and_shown(
        registry: Registry, _database: &TestDatabase
    ) {
        let listener = some_organisation(&registry).await;
        let webhook = webhook(&registry, listener, &[Kind::OrganisationVerified]).await;
        let new = Write::Create { id: None, status: Status::Draft, content: organisation("Ny"), at: at(2) };
        let id = registry.write(new).await.expect("an organisation").id;
        registry.verify_organisation(id, VerifiedBy::Operator, vec![], &trace(3)).await.expect("verified");
        assert_eq!(queued(&registry, &webhook).await, [], "it is not shown yet");
        let shown = Some((Status::Published, None));
        let publish: Write<Organisation> =
            Write::Update { id, expected_version: None, content: None, status: shown, at: at(4) };
        registry.write(publish).await.expect("shown");
        registry.verify_organisation(id, VerifiedBy::Operator, vec![], &trace(5)).await.expect("verified again");
        assert_eq!(queued(&registry, &webhook).await, [(Kind::OrganisationVerified, DeliveryState::Waiting)]);
        // The other way round: shown by an import, verified later.
        let other = registry.write(create(organisation("Annan"), 6)).await.expect("an organisation").id;
        assert_eq!(queued(&registry, &webhook).await.len(), 1);
        registry.verify_organisation(other, VerifiedBy::Operator, vec![], &trace(7)).await.expect("verified");
        assert_eq!(queued(&registry, &webhook).await.len(), 2);
    }

    async fn a_suspended_organisation_is_neither_told_nor_told_of(registry: Registry, _database: &TestDatabase) {
        let (owner, own) = busy(&registry, 0).await;
        let other = registry.write(create(organisation("Annan"), 1)).await.expect("an organisation").id;
        let others = webhook(&registry, other, &[Kind::ChallengePublished]).await;
        registry.suspend_organisation(owner, "a test", vec![], &trace(2)).await.expect("suspended");
        registry.write(create(challenge(owner, "a"), 3)).await.expect("a record");
        registry.write(create(challenge(other, "a"), 4)).await.expect("a record");
        assert_eq!(queued(&registry, &own).await.len(), 0);
        assert_eq!(queued(&registry, &others).await.len(), 1);
    }

    async fn events_come_in_order_and_a_later_one_waits_for_an_earlier_one(
        registry: Registry, _database: &TestDatabase
    ) {
        let (_, webhook) = busy(&registry, 3).await;
        assert_eq!(claimed(&registry, "one", 3).await, [webhook.id]);
        assert_eq!(claimed(&registry, "two", 4).await, [], "one process at a time");
        let mine = turn(webhook.id, "one", 5);
        let first = due(&registry, &mine, vec![]).await.expect("something is due");
        let seqs: Vec<i64> = first.deliveries.iter().map(|delivery| delivery.seq).collect();
        assert_eq!(seqs, [1, 2, 3]);
        assert_eq!(first.secrets.current, Secret::new("whsec_first"));
        let outcomes = vec![settled(1, 5, Next::Done), settled(2, 5, Next::Retry(at(60)))];
        assert_eq!(due(&registry, &mine, outcomes).await, None, "the third waits for the second");
        assert_eq!(claimed(&registry, "two", 59).await, []);
        assert_eq!(claimed(&registry, "two", 60).await, [webhook.id]);
        let now = turn(webhook.id, "two", 60);
        let rest = due(&registry, &now, vec![]).await.expect("something is due");
        assert_eq!(rest.deliveries.iter().map(|d| (d.seq, d.attempts)).collect::<Vec<_>>(), [(2, 1), (3, 0)]);
        assert_eq!((rest.webhook.failures, rest.webhook.failing_since), (1, Some(at(5))));
        let done = vec![settled(2, 61, Next::Done), settled(3, 61, Next::Done)];
        assert_eq!(due(&registry, &now, done).await, None);
        assert_eq!(claimed(&registry, "three", 1_000).await, []);
        let after = registry.webhook(webhook.organisation, webhook.id).await.expect("a webhook");
        assert_eq!((after.failures, after.failing_since, after.delivered), (0, None, Some(at(61))));
        // What comes later is due at once.
        registry.write(create(challenge(webhook.organisation, "a"), 70)).await.expect("a record");
        assert_eq!(claimed(&registry, "three", 71).await, [webhook.id]);
    }

    async fn who_was_too_slow_has_lost_its_turn_and_what_it_says(registry: Registry, _database: &TestDatabase) {
        let (owner, webhook) = busy(&registry, 2).await;
        assert_eq!(claimed(&registry, "slow", 3).await, [webhook.id]);
        let slow = turn(webhook.id, "slow", 3);
        due(&registry, &slow, vec![]).await.expect("something is due");
        assert_eq!(claimed(&registry, "quick", 24).await, [webhook.id], "its time is up");
        let late = WebhookTurn { now: at(25), until: at(45), ..slow };
        assert_eq!(due(&registry, &late, vec![settled(1, 4, Next::Done)]).await, None);
        let quick = due(&registry, &turn(webhook.id, "quick", 25), vec![]).await.expect("something is due");
        assert_eq!(quick.deliveries.len(), 2);
        registry.delete_webhook(owner, webhook.id, &trace(26)).await.expect("deleted");
        assert_eq!(due(&registry, &turn(webhook.id, "quick", 27), vec![settled(1, 26, Next::Done)]).await, None);
    }

    async fn of_many_that_claim_at_once_one_gets_the_webhook(registry: Registry, database: &TestDatabase) {
        let (_, webhook) = busy(&registry, 1).await;
        let mut claiming = tokio::task::JoinSet::new();
        for process in 0..6 {
            let url = database.url().clone();
            claiming.spawn(async move {
                let own = Registry::open(&url).await.expect("opens");
                own.claim_webhooks(10, &process.to_string(), at(3), at(23)).await.expect("a claim")
            });
        }
        let claims: Vec<WebhookId> = claiming.join_all().await.into_iter().flatten().collect();
        assert_eq!(claims, [webhook.id]);
    }

    async fn the_order_of_events_is_that_of_their_commits_also_with_many_writers(
        registry: Registry, database: &TestDatabase
    ) {
        let (owner, webhook) = busy(&registry, 0).await;
        let mut writing = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let url = database.url().clone();
            writing.spawn(async move {
                let own = Registry::open(&url).await.expect("opens");
                for _ in 0..5 {
                    own.write(create(challenge(owner, "a"), 3)).await.expect("a record");
                }
            });
        }
        writing.join_all().await;
        let log = registry.deliveries(owner, webhook.id, DeliveryFilter::default(), None, 100).await.expect("a log");
        let seqs: Vec<i64> = log.iter().map(|delivery| delivery.seq).collect();
        assert_eq!(seqs, (1..=20).rev().collect::<Vec<_>>(), "without gaps");
        let told: Vec<_> = log.iter().rev().map(|d| d.event.data.challenge.expect("a challenge").id).collect();
        let changes = registry.changes_since(0, 100).await.expect("the feed");
        let written: Vec<_> =
            changes.iter().filter(|c| c.kind == RecordKind::Challenge).map(|c| c.record_id).collect();
        assert_eq!(told, written);
    }

    async fn a_webhook_that_is_disabled_gets_nothing_and_what_waited_can_be_sent_again(
        registry: Registry, _database: &TestDatabase
    ) {
        let (owner, webhook) = busy(&registry, 2).await;
        claimed(&registry, "one", 3).await;
        let mine = turn(webhook.id, "one", 3);
        due(&registry, &mine, vec![]).await.expect("something is due");
        let failed = vec![settled(1, 4, Next::Retry(at(500)))];
        registry.disable_webhook(&mine, failed, WebhookDisabled::Gone, vec![], &trace(5)).await.expect("disabled");
        registry.write(create(challenge(owner, "a"), 6)).await.expect("a record");
        let parked = (Kind::ChallengePublished, DeliveryState::Parked);
        assert_eq!(queued(&registry, &webhook).await, [parked, parked]);
        assert_eq!(claimed(&registry, "two", 1_000).await, []);
        let enabled = registry.change_webhook(owner, webhook.id, change(&webhook, true), &trace(7)).await;
        let enabled = enabled.expect("enabled");
        assert_eq!((enabled.disabled, enabled.failures), (None, 0));
        assert_eq!(claimed(&registry, "two", 8).await, [], "what is parked stays there");
        assert_eq!(registry.replay_parked(owner, webhook.id, at(3), &trace(9)).await, Ok(0), "it happened before");
        assert_eq!(registry.replay_parked(owner, webhook.id, at(2), &trace(9)).await, Ok(2));
        claimed(&registry, "two", 10).await;
        let again = due(&registry, &turn(webhook.id, "two", 10), vec![]).await.expect("something is due");
        assert_eq!(again.deliveries.iter().map(|d| (d.seq, d.attempts)).collect::<Vec<_>>(), [(1, 0), (2, 0)]);
        // Its owner disables it while it is being delivered to: what was taken is marked as such.
        registry.change_webhook(owner, webhook.id, change(&webhook, false), &trace(11)).await.expect("disabled");
        let outcomes = vec![settled(1, 11, Next::Done), settled(2, 11, Next::Retry(at(12)))];
        assert_eq!(due(&registry, &turn(webhook.id, "two", 12), outcomes).await, None);
        assert_eq!(
            queued(&registry, &webhook).await,
            [(Kind::ChallengePublished, DeliveryState::Delivered), parked]
        );
    }

    async fn what_was_delivered_is_sent_again_under_the_same_identifier(registry: Registry, _database: &TestDatabase) {
        let (owner, webhook) = busy(&registry, 2).await;
        claimed(&registry, "one", 3).await;
        let mine = turn(webhook.id, "one", 3);
        let first = due(&registry, &mine, vec![]).await.expect("something is due");
        let done = vec![settled(1, 4, Next::Done), settled(2, 4, Next::Retry(at(900)))];
        assert_eq!(due(&registry, &mine, done).await, None);
        let event = first.deliveries[0].event.id;
        let again = registry.replay_delivery(owner, webhook.id, event, &trace(5)).await.expect("queued");
        assert_eq!((again.state, again.attempts, again.event.id), (DeliveryState::Waiting, 0, event));
        claimed(&registry, "two", 6).await;
        let sent = due(&registry, &turn(webhook.id, "two", 6), vec![]).await.expect("something is due");
        assert_eq!(sent.deliveries.iter().map(|d| d.seq).collect::<Vec<_>>(), [1], "the second waits for its time");
        let answer = sent.deliveries[0].answer.as_ref().expect("of the first time");
        assert_eq!((answer.status, answer.milliseconds), (Some(204), 12));
        let unknown = registry.replay_delivery(owner, webhook.id, Id::new(), &trace(7)).await;
        assert_eq!(unknown, Err(RegistryError::NotFound));
    }

    async fn a_ping_goes_to_one_webhook_and_a_page_of_the_log_leads_to_the_next(
        registry: Registry, _database: &TestDatabase
    ) {
        let (owner, first) = busy(&registry, 3).await;
        let second = webhook(&registry, owner, &[Kind::MatchCreated]).await;
        let ping = registry.ping_webhook(owner, second.id, &trace(4)).await.expect("queued");
        assert_eq!((ping.event.kind, ping.event.data.webhook), (Kind::Ping, Some(second.id)));
        assert_eq!(queued(&registry, &first).await.len(), 3);
        assert_eq!(queued(&registry, &second).await.len(), 1);
        let page = |before| registry.deliveries(owner, first.id, DeliveryFilter::default(), before, 2);
        let newest = page(None).await.expect("a page");
        let rest = page(Some(newest[1].seq)).await.expect("a page");
        let seqs = |page: &[innocap_domain::Delivery]| page.iter().map(|d| d.seq).collect::<Vec<_>>();
        assert_eq!((seqs(&newest), seqs(&rest)), (vec![3, 2], vec![1]));
        let none = DeliveryFilter { state: Some(DeliveryState::Parked), ..DeliveryFilter::default() };
        assert_eq!(registry.deliveries(owner, first.id, none, None, 10).await, Ok(vec![]));
        let late = DeliveryFilter { since: Some(at(3)), kind: Some(Kind::Ping), ..DeliveryFilter::default() };
        assert_eq!(registry.deliveries(owner, second.id, late, None, 10).await.expect("a page").len(), 1);
    }

    async fn what_is_another_organisations_is_not_there(registry: Registry, _database: &TestDatabase) {
        let (owner, webhook) = busy(&registry, 1).await;
        let other = registry.write(create(organisation("Annan"), 1)).await.expect("an organisation").id;
        let gone = || RegistryError::NotFound;
        let log = registry.deliveries(owner, webhook.id, DeliveryFilter::default(), None, 1).await.expect("a log");
        let (id, event) = (webhook.id, log[0].event.id);
        assert_eq!(registry.webhook(other, id).await, Err(gone()));
        assert_eq!(registry.change_webhook(other, id, change(&webhook, false), &trace(3)).await, Err(gone()));
        let rotated = registry.rotate_webhook_secret(other, id, Secret::new("whsec_x"), at(9), &trace(3)).await;
        assert_eq!(rotated, Err(gone()));
        assert_eq!(registry.delete_webhook(other, id, &trace(3)).await, Err(gone()));
        assert_eq!(registry.deliveries(other, id, DeliveryFilter::default(), None, 1).await, Err(gone()));
        assert_eq!(registry.delivery(other, id, event).await, Err(gone()));
        assert_eq!(registry.ping_webhook(other, id, &trace(3)).await, Err(gone()));
        assert_eq!(registry.replay_delivery(other, id, event, &trace(3)).await, Err(gone()));
        assert_eq!(registry.replay_parked(other, id, at(0), &trace(3)).await, Err(gone()));
        assert_eq!(registry.webhooks(other).await, Ok(vec![]));
        let new = NewWebhook {
            organisation: Id::new(),
            address: String::new(),
            description: None,
            events: vec![],
            secret: Secret::new("x"),
        };
        assert_eq!(registry.create_webhook(new, 20, &trace(3)).await, Err(gone()));
    }

    async fn there_are_at_most_so_many_and_a_secret_that_is_changed_signs_on_for_a_while(
        registry: Registry, _database: &TestDatabase
    ) {
        let (owner, webhook) = busy(&registry, 1).await;
        let new = NewWebhook {
            organisation: owner,
            address: "https://example.org/".to_owned(),
            description: None,
            events: vec![Kind::ChallengeClosed],
            secret: Secret::new("whsec_x"),
        };
        assert_eq!(registry.create_webhook(new, 1, &trace(3)).await, Ok(None));
        for (secret, until) in [("whsec_second", at(100)), ("whsec_third", at(200))] {
            let rotated =
                registry.rotate_webhook_secret(owner, webhook.id, Secret::new(secret), until, &trace(4)).await;
            assert_eq!(rotated.expect("rotated").previous_until, Some(until));
        }
        claimed(&registry, "one", 6).await;
        let due = due(&registry, &turn(webhook.id, "one", 6), vec![]).await.expect("something is due");
        assert_eq!(due.secrets.current, Secret::new("whsec_third"));
        assert_eq!(due.secrets.previous, Some((Secret::new("whsec_second"), at(200))));
    }

    async fn a_match_is_told_once_to_both_sides_and_its_changes_are_looked_through_once(
        registry: Registry, _database: &TestDatabase
    ) {
        let town = some_organisation(&registry).await;
        let company = registry.write(create(organisation("Annan"), 0)).await.expect("an organisation").id;
        let need = registry.write(create(challenge(town, "a"), 1)).await.expect("a record").id;
        let offer = registry.write(create::<Solution>(solution(company, "b", "1"), 1)).await.expect("a record").id;
        assert_eq!(registry.awaiting_matches().await, Ok(vec![]));
        let (of_town, of_company) = (
            webhook(&registry, town, &[Kind::MatchCreated]).await,
            webhook(&registry, company, &[Kind::MatchCreated, Kind::ChallengeClosed]).await,
        );
        let mut awaiting = vec![town, company];
        awaiting.sort_unstable();
        assert_eq!(registry.awaiting_matches().await, Ok(awaiting));
        assert_eq!(registry.matched_until().await, Ok(0));
        let pair = NewMatch {
            challenge: EventRecord { id: need.uuid(), version: 1, organisation: Some(town) },
            solution: EventRecord { id: offer.uuid(), version: 1, organisation: Some(company) },
            score: 0.6321,
            verdict: Verdict::Fit,
            ranking_version: "1".to_owned(),
        };
        assert_eq!(registry.tell_matches((0, 3), vec![pair.clone()], at(2)).await, Ok(true));
        assert_eq!(registry.tell_matches((0, 3), vec![pair.clone()], at(3)).await, Ok(false), "somebody has done it");
        assert_eq!(registry.tell_matches((3, 4), vec![pair], at(4)).await, Ok(true));
        assert_eq!(registry.matched_until().await, Ok(4));
        for (webhook, own) in [(&of_town, RecordKind::Challenge), (&of_company, RecordKind::Solution)] {
            let log = registry.deliveries(webhook.organisation, webhook.id, DeliveryFilter::default(), None, 9).await;
            let log = log.expect("a log");
            assert_eq!(log.len(), 1);
            let data = &log[0].event.data;
            assert_eq!((data.own, data.score, data.verdict), (Some(own), Some(0.6321), Some(Verdict::Fit)));
        }
    }

    async fn what_is_old_goes_unless_somebody_still_waits_for_it(registry: Registry, _database: &TestDatabase) {
        let (owner, webhook) = busy(&registry, 3).await;
        claimed(&registry, "one", 3).await;
        let mine = turn(webhook.id, "one", 3);
        due(&registry, &mine, vec![]).await.expect("something is due");
        let outcomes = vec![settled(1, 4, Next::Done), settled(2, 4, Next::Park), settled(3, 4, Next::Retry(at(9)))];
        assert_eq!(due(&registry, &mine, outcomes).await, None);
        let before = at(100) - TimeDelta::days(30);
        let times = innocap_registry::Retention {
            now: at(100),
            audit_addresses: before,
            mail: before,
            unconfirmed_accounts: before,
            token_families: before,
            known_addresses: before,
            decided_cases: before,
            webhook_events: at(50),
        };
        let swept = registry.apply_retention(&times, &trace(100)).await.expect("swept");
        assert_eq!(swept.webhook_events, 2);
        assert_eq!(queued(&registry, &webhook).await, [(Kind::ChallengePublished, DeliveryState::Waiting)]);
        registry.delete_webhook(owner, webhook.id, &trace(101)).await.expect("deleted");
        let swept = registry.apply_retention(&times, &trace(102)).await.expect("swept");
        assert_eq!(swept.webhook_events, 1, "nobody waits for it any more");
    }
}
