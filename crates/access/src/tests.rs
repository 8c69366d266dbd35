//! Tokens hold what they promise, and the table of permissions denies by default.

#![expect(clippy::disallowed_methods, reason = "these tests need a time and no clock that can be turned")]

use chrono::{TimeDelta, Utc};
use innocap_domain::{OrganisationId, RecordKind, Status};

use crate::{Action, Actor, SigningKey, Target, TokenError, Tokens, may};

fn tokens() -> Tokens {
    Tokens::new(&SigningKey::generate().unwrap()).unwrap()
}

#[test]
fn a_token_tells_its_organisation_until_it_ends() {
    let tokens = tokens();
    let now = Utc::now();
    let organisation = OrganisationId::new();
    let token = tokens.issue("case system", Some(organisation), now, TimeDelta::minutes(5)).unwrap();
    let claims = tokens.verify(&token, now).unwrap();
    assert_eq!(Actor::from(&claims), Actor::Member(organisation));
    assert!(matches!(tokens.verify(&token, now + TimeDelta::minutes(5)), Err(TokenError::Expired)));
}

#[test]
fn a_token_of_another_key_a_changed_one_and_one_without_signature_are_refused() {
    let (ours, theirs) = (tokens(), tokens());
    let now = Utc::now();
    let token = theirs.issue("x", None, now, TimeDelta::hours(1)).unwrap();
    assert!(matches!(ours.verify(&token, now), Err(TokenError::Invalid)));
    let own = ours.issue("x", Some(OrganisationId::new()), now, TimeDelta::hours(1)).unwrap();
    let parts: Vec<_> = own.split('.').collect();
    let operator = ours.issue("x", None, now, TimeDelta::hours(1)).unwrap();
    let other: Vec<_> = operator.split('.').collect();
    let mixed = format!("{}.{}.{}", parts[0], other[1], parts[2]);
    assert!(matches!(ours.verify(&mixed, now), Err(TokenError::Invalid)));
    // {"alg":"none","typ":"JWT"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", parts[1]);
    assert!(matches!(ours.verify(&unsigned, now), Err(TokenError::Invalid)));
}

#[test]
fn a_key_survives_its_text_and_never_prints_itself() {
    let key = SigningKey::generate().unwrap();
    let again = SigningKey::from_text(&key.to_text()).unwrap();
    let token = Tokens::new(&key).unwrap().issue("x", None, Utc::now(), TimeDelta::hours(1)).unwrap();
    assert!(Tokens::new(&again).unwrap().verify(&token, Utc::now()).is_ok());
    assert_eq!(format!("{key:?}"), "SigningKey(***)");
    assert!(SigningKey::from_text("not a key").is_err());
}

#[test]
fn everyone_may_do_exactly_what_the_table_says() {
    let (own, other) = (OrganisationId::new(), OrganisationId::new());
    let actors = [Actor::Anonymous, Actor::Member(own), Actor::Member(other), Actor::Operator];
    let target = |kind, status| Target { kind, status, owner: Some(own) };
    let table = [
        (Action::Read, RecordKind::Challenge, Status::Published, [true, true, true, true]),
        (Action::Read, RecordKind::Challenge, Status::Draft, [false, true, false, true]),
        (Action::Read, RecordKind::Solution, Status::Archived, [true, true, true, true]),
        (Action::Suggest, RecordKind::Challenge, Status::Draft, [false, true, false, true]),
        (Action::Create, RecordKind::Challenge, Status::Draft, [false, true, false, true]),
        (Action::Create, RecordKind::Solution, Status::Draft, [false, true, false, true]),
        (Action::Create, RecordKind::Organisation, Status::Draft, [false, false, false, true]),
        (Action::Change, RecordKind::Solution, Status::Published, [false, true, false, true]),
        (Action::Change, RecordKind::Organisation, Status::Published, [false, true, false, true]),
        (Action::GiveFeedback, RecordKind::Challenge, Status::Published, [false, true, false, true]),
        (Action::GiveFeedback, RecordKind::Challenge, Status::Draft, [false, true, false, true]),
        (Action::GiveFeedback, RecordKind::Solution, Status::Published, [false, false, false, true]),
        (Action::ReadFeedback, RecordKind::Challenge, Status::Published, [false, false, false, true]),
    ];
    for (action, kind, status, expected) in table {
        let found = actors.clone().map(|actor| may(&actor, action, Some(&target(kind, status))));
        assert_eq!(found, expected, "{action:?} {kind} {status}");
    }
    for actor in &actors {
        assert!(may(actor, Action::Consult, None) && may(actor, Action::Suggest, None));
        let operator = *actor == Actor::Operator;
        for action in [Action::Create, Action::Change, Action::GiveFeedback, Action::ReadFeedback] {
            assert_eq!(may(actor, action, None), operator, "{action:?}");
        }
    }
}
