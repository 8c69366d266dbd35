//! The policy, row by row: who gets which answer.

use innocap_domain::{
    ClientId, Membership, OrganisationId, OrganisationKind, PersonId, RecordKind, Role, Scope, ServiceRole, Status,
};

use crate::{Action, Actor, Decision, Drafts, Owner, Target, Why, absent, decide, drafts, may};

/// Everyone there is, in the order of the table's columns.
struct World {
    own: OrganisationId,
    viewer: PersonId,
    actors: Vec<(&'static str, Actor)>,
}

const COLUMNS: &str = "anon unconf none | viewer editor owner | foreign | client -scope foreign | moder operator shell";

fn person(id: PersonId, confirmed: bool, service_role: ServiceRole, role: Option<(OrganisationId, Role)>) -> Actor {
    let memberships = role.map(|(organisation, role)| Membership { organisation, role }).into_iter().collect();
    Actor::Person { id, email_confirmed: confirmed, service_role, memberships }
}

fn client(organisation: OrganisationId, scopes: &[Scope]) -> Actor {
    Actor::Client { id: ClientId::new(), organisation, scopes: scopes.to_vec() }
}

fn world() -> World {
    let (own, other, viewer) = (OrganisationId::new(), OrganisationId::new(), PersonId::new());
    let someone = |role| person(PersonId::new(), true, ServiceRole::None, role);
    let actors = vec![
        ("anonymous", Actor::Anonymous),
        ("owner with an unconfirmed address", {
            person(PersonId::new(), false, ServiceRole::Operator, Some((own, Role::Owner)))
        }),
        ("person without organisation", someone(None)),
        ("viewer", person(viewer, true, ServiceRole::None, Some((own, Role::Viewer)))),
        ("editor", someone(Some((own, Role::Editor)))),
        ("owner", someone(Some((own, Role::Owner)))),
        ("owner of another organisation", someone(Some((other, Role::Owner)))),
        ("client", client(own, Scope::ALL)),
        ("client without scopes", client(own, &[])),
        ("client of another organisation", client(other, Scope::ALL)),
        ("moderator", person(PersonId::new(), true, ServiceRole::Moderator, None)),
        ("operator", person(PersonId::new(), true, ServiceRole::Operator, None)),
        ("shell", Actor::Shell),
    ];
    World { own, viewer, actors }
}

/// A verified public body.
fn body(id: OrganisationId) -> Owner {
    Owner { id, kind: OrganisationKind::PublicBody, verified: true, suspended: false }
}

fn record(kind: RecordKind, status: Status, owner: Owner) -> Target {
    Target::Record { kind, status, suspended: false, in_review: false, owner: Some(owner) }
}

fn reviewed(mut target: Target) -> Target {
    if let Target::Record { in_review, .. } = &mut target {
        *in_review = true;
    }
    target
}

fn taken_down(mut target: Target) -> Target {
    if let Target::Record { suspended, .. } = &mut target {
        *suspended = true;
    }
    target
}

fn letter(decision: Decision) -> char {
    match decision {
        Decision::Allow => 'A',
        Decision::Hide => 'H',
        Decision::Forbid(_) => 'F',
        Decision::SignIn => 'S',
    }
}

/// A: allowed. H: as if it were not there. F: forbidden. S: sign in first.
#[test]
#[rustfmt::skip]
fn everyone_may_do_exactly_what_the_table_says() {
    use Action as A;
    use RecordKind::{Challenge, Organisation, Solution};
    use Status::{Archived, Closed, Draft, InDialogue, Published};

    let world = world();
    let verified = body(world.own);
    let unverified = Owner { verified: false, ..verified };
    let suspended = Owner { suspended: true, ..verified };
    let company = Owner { kind: OrganisationKind::Company, ..verified };
    let university = Owner { kind: OrganisationKind::HigherEducation, ..verified };
    let association = Owner { kind: OrganisationKind::Association, ..verified };
    let inside = Target::Organisation(verified);
    let newcomer = |status| Target::Record { kind: Organisation, status, suspended: false, in_review: false, owner: None };

    let rows: &[(&str, &[Action], Target, &str)] = &[
        //                                                                       anon unconf none | viewer editor owner | foreign | client -scope foreign | moder operator shell
        ("consult what is about no record, sign in, ask with a text", &[A::Consult, A::Authenticate, A::SuggestForText], Target::Service,
                                                                                      "A A A | A A A | A | A A A | A A A"),
        ("read what is published",            &[A::Read, A::Suggest], record(Challenge, Published, verified),  "A A A | A A A | A | A A A | A A A"),
        ("read a need in dialogue",           &[A::Read], record(Challenge, InDialogue, verified),             "A A A | A A A | A | A A A | A A A"),
        ("read a closed need",                &[A::Read], record(Challenge, Closed, verified),                 "A A A | A A A | A | A A A | A A A"),
        ("read what is archived",             &[A::Read], record(Solution, Archived, verified),                "A A A | A A A | A | A A A | A A A"),
        ("read what an import published",     &[A::Read], record(Solution, Published, unverified),             "A A A | A A A | A | A A A | A A A"),
        ("read an organisation",              &[A::Read], record(Organisation, Published, verified),           "A A A | A A A | A | A A A | A A A"),
        ("read a draft",                      &[A::Read, A::Suggest], record(Challenge, Draft, verified),      "H H H | A A A | H | A H H | H A A"),
        ("read a solution's draft",           &[A::Read, A::Suggest], record(Solution, Draft, company),        "H H H | A A A | H | A H H | H A A"),
        ("read a new organisation",           &[A::Read], record(Organisation, Draft, unverified),             "H H H | A A A | H | A H H | H A A"),
        ("read a draft in review",            &[A::Read], reviewed(record(Solution, Draft, company)),          "H H H | A A A | H | A H H | A A A"),
        ("read a suspended listing",          &[A::Read], taken_down(record(Solution, Published, company)),    "H H H | A A A | H | A H H | A A A"),
        ("read of a suspended organisation",  &[A::Read], record(Challenge, Published, suspended),             "H H H | A A A | H | A H H | A A A"),
        ("read a suspended organisation",     &[A::Read], record(Organisation, Published, suspended),          "H H H | A A A | H | A H H | A A A"),

        ("enter an organisation",             &[A::Create], newcomer(Draft),                                   "S F A | A A A | A | F F F | A A A"),
        ("enter a public organisation",       &[A::Create], newcomer(Published),                               "S F F | F F F | F | F F F | F A A"),
        ("write a public body's need",        &[A::Create], record(Challenge, Draft, verified),                "S F F | F A A | F | A F F | F A A"),
        ("write it before verification",      &[A::Create], record(Challenge, Draft, unverified),              "S F F | F A A | F | A F F | F A A"),
        ("write a company's need",            &[A::Create], record(Challenge, Draft, company),                 "S F F | F F F | F | F F F | F A A"),
        ("write a university's need",         &[A::Create], record(Challenge, Draft, university),              "S F F | F F F | F | F F F | F A A"),
        ("write a company's solution",        &[A::Create], record(Solution, Draft, company),                  "S F F | F A A | F | A F F | F A A"),
        ("write a university's solution",     &[A::Create], record(Solution, Draft, university),               "S F F | F A A | F | A F F | F A A"),
        ("write an association's solution",   &[A::Create], record(Solution, Draft, association),              "S F F | F A A | F | A F F | F A A"),
        ("write a public body's solution",    &[A::Create], record(Solution, Draft, verified),                 "S F F | F A A | F | A F F | F A A"),
        ("write for a suspended one",         &[A::Create], record(Solution, Draft, suspended),                "S F F | F F F | F | F F F | F A A"),
        ("write what is public at once",      &[A::Create], record(Solution, Published, company),              "S F F | F F F | F | F F F | F A A"),

        ("change a draft",                    &[A::Change], record(Challenge, Draft, verified),                "S H H | F A A | H | A H H | H A A"),
        ("change it before verification",     &[A::Change], record(Challenge, Draft, unverified),              "S H H | F A A | H | A H H | H A A"),
        ("change it while suspended",         &[A::Change], record(Challenge, Draft, suspended),               "S H H | F F F | H | F H H | H A A"),
        ("change what is public",             &[A::Change], record(Challenge, Published, verified),            "S F F | F A A | F | A F F | F A A"),
        ("change a public solution",          &[A::Change], record(Solution, Published, company),              "S F F | F A A | F | A F F | F A A"),
        ("change it unverified",              &[A::Change], record(Solution, Published, unverified),           "S F F | F F F | F | F F F | F A A"),
        ("mend a suspended listing",          &[A::Change], taken_down(record(Solution, Published, company)),  "S H H | F A A | H | A H H | F A A"),
        ("change an organisation",            &[A::Change], record(Organisation, Published, verified),         "S F F | F F A | F | A F F | F A A"),
        ("change a new organisation",         &[A::Change], record(Organisation, Draft, unverified),           "S H H | F F A | H | A H H | H A A"),

        ("publish, archive a need",           &[A::Publish, A::Archive], record(Challenge, Draft, verified),   "S H H | F A A | H | A H H | H A A"),
        ("publish a solution",                &[A::Publish, A::Archive], record(Solution, Draft, company),     "S H H | F A A | H | A H H | H A A"),
        ("publish before verification",       &[A::Publish, A::Archive], record(Solution, Draft, unverified),  "S H H | F F F | H | F H H | H A A"),
        ("publish while suspended",           &[A::Publish, A::Archive], record(Solution, Draft, suspended),   "S H H | F F F | H | F H H | H A A"),
        ("publish a company's need",          &[A::Publish], record(Challenge, Draft, company),                "S H H | F F F | H | F H H | H A A"),
        ("publish what is suspended",         &[A::Publish], taken_down(record(Solution, Published, company)), "S H H | F F F | H | F H H | F A A"),
        ("archive what is suspended",         &[A::Archive], taken_down(record(Solution, Published, company)), "S H H | F A A | H | A H H | F A A"),
        ("archive what is public",            &[A::Archive], record(Solution, Published, company),             "S F F | F A A | F | A F F | F A A"),
        ("publish, archive an organisation",  &[A::Publish, A::Archive], record(Organisation, Published, verified), "S F F | F F A | F | F F F | F A A"),
        ("publish a new organisation",        &[A::Publish], record(Organisation, Draft, unverified),          "S H H | F F F | H | F H H | H A A"),

        ("judge a need's suggestions",        &[A::GiveFeedback], record(Challenge, Published, verified),      "S F F | F A A | F | A F F | F A A"),
        ("judge a draft's suggestions",       &[A::GiveFeedback], record(Challenge, Draft, verified),          "S H H | F A A | H | A H H | H A A"),
        ("judge a solution's suggestions",    &[A::GiveFeedback], record(Solution, Published, verified),       "S F F | F F F | F | F F F | F F F"),
        ("keep a need's shortlist",           &[A::ChangeShortlist], record(Challenge, Published, verified),   "S F F | F A A | F | A F F | F A A"),
        ("read a need's shortlist",           &[A::ReadShortlist], record(Challenge, Published, verified),     "S F F | A A A | F | A F F | F A A"),
        ("read a draft's shortlist",          &[A::ReadShortlist], record(Challenge, Draft, verified),         "S H H | A A A | H | A H H | H A A"),
        ("read all feedback",                 &[A::ReadFeedback], Target::Service,                             "S F F | F F F | F | F F F | F A A"),

        ("report a listing",                  &[A::Report], record(Solution, Published, company),              "A A A | A A A | A | A A A | A A A"),
        ("report a draft",                    &[A::Report], record(Solution, Draft, company),                  "H H H | F F F | H | F H H | H A A"),
        ("see reviews and reports",           &[A::ListReviews, A::ListReports, A::CloseReport], Target::Service, "S F F | F F F | F | F F F | A A A"),
        ("decide a first listing",            &[A::DecideReview], reviewed(record(Solution, Draft, company)),  "S H H | F F F | H | F H H | A A A"),
        ("decide a new organisation",         &[A::DecideReview], inside,                                      "S H H | F F F | H | F F H | A A A"),
        ("suspend a listing",                 &[A::Suspend], record(Solution, Published, company),             "S F F | F F F | F | F F F | A A A"),
        ("restore a listing",                 &[A::Restore], taken_down(record(Solution, Published, company)), "S H H | F F F | H | F H H | A A A"),
        ("suspend a draft",                   &[A::Suspend], record(Solution, Draft, company),                 "S H H | F F F | H | F H H | H A A"),
        ("suspend, restore an organisation",  &[A::Suspend, A::Restore], inside,                               "S H H | F F F | H | F F H | A A A"),
        ("verify an organisation",            &[A::Verify], inside,                                            "S H H | F F F | H | F F H | F A A"),

        ("see the members, leave",            &[A::ListMembers, A::Leave], inside,                             "S H H | A A A | H | F F H | F A A"),
        ("leave a suspended organisation",    &[A::Leave], Target::Organisation(suspended),                    "S H H | A A A | H | F F H | F A A"),
        ("manage members",                    &[A::ListInvitations, A::Invite, A::WithdrawInvitation, A::ChangeMember, A::RemoveMember], inside,
                                                                                      "S H H | F F A | H | F F H | F A A"),
        ("manage clients",                    &[A::ListClients, A::CreateClient, A::ChangeClient], inside,     "S H H | F F A | H | F F H | F A A"),
        ("prove a domain",                    &[A::ProveDomain], Target::Organisation(unverified),             "S H H | F F A | H | F F H | F A A"),
        ("manage webhooks",                   &[A::ManageWebhooks], inside,                                    "S H H | F F A | H | A F H | F A A"),
        ("read the organisation's audit",     &[A::ReadOrganisationAudit], Target::Organisation(suspended),    "S H H | F F A | H | A F H | F A A"),
        ("manage while suspended",            &[A::Invite, A::WithdrawInvitation, A::ChangeMember, A::RemoveMember, A::CreateClient, A::ChangeClient, A::ManageWebhooks, A::ProveDomain],
                                              Target::Organisation(suspended),                                 "S H H | F F F | H | F F H | F A A"),

        ("send many records",                 &[A::Import], Target::Service,                                   "S F A | A A A | A | A F A | A A A"),
        ("accept an invitation",              &[A::AcceptInvitation], Target::Service,                         "S F A | A A A | A | F F F | A A A"),
        ("use the viewer's account",          &[A::ReadAccount, A::ChangeAccount, A::EraseAccount], Target::Account(world.viewer),
                                                                                      "S H H | A H H | H | H H H | H H H"),
        ("run the service",                   &[A::ReadAudit, A::ManagePeople, A::ReadOutbox, A::ReadIndexState, A::ReadSources, A::ManageSources, A::RunSources, A::RebuildIndex, A::RotateKeys], Target::Service,
                                                                                      "S F F | F F F | F | F F F | F A A"),
    ];

    for (sentence, actions, target, expected) in rows {
        let expected: Vec<char> = expected.chars().filter(|c| c.is_alphabetic()).collect();
        assert_eq!(expected.len(), world.actors.len(), "{sentence}: a column for each of {COLUMNS}");
        for action in *actions {
            for ((who, actor), expected) in world.actors.iter().zip(&expected) {
                let found = decide(actor, *action, target);
                assert_eq!(letter(found), *expected, "{sentence}: {action:?} by {who} gives {found:?}");
            }
        }
    }
    for action in Action::ALL {
        assert!(rows.iter().any(|(_, actions, ..)| actions.contains(action)), "{action:?} stands in a row above");
    }
}

/// Every target there is around one organisation.
fn targets(id: OrganisationId) -> Vec<Target> {
    let mut targets = vec![Target::Service];
    for kind in OrganisationKind::ALL {
        for (verified, suspended) in [(true, false), (false, false), (true, true), (false, true)] {
            let owner = Owner { id, kind: *kind, verified, suspended };
            targets.push(Target::Organisation(owner));
            for kind in RecordKind::ALL {
                for status in Status::ALL {
                    let plain = record(*kind, *status, owner);
                    targets.extend([plain, reviewed(plain), taken_down(plain), taken_down(reviewed(plain))]);
                }
            }
        }
    }
    targets
}

/// What only looks, or does what concerns the caller alone.
const LOOKS: &[Action] = &[
    Action::Consult,
    Action::Authenticate,
    Action::SuggestForText,
    Action::Read,
    Action::ReadShortlist,
    Action::Suggest,
    Action::Report,
    Action::ListMembers,
    Action::ListInvitations,
    Action::ListClients,
    Action::ReadOrganisationAudit,
    Action::Leave,
];

#[test]
fn no_stranger_ever_sees_a_draft_or_changes_anything() {
    let world = world();
    let strangers =
        ["anonymous", "owner with an unconfirmed", "person without", "owner of another", "client of another"];
    let of = |who: &str| strangers.iter().any(|stranger| who.starts_with(stranger));
    for target in targets(world.own) {
        let shown = match target {
            Target::Record { status, suspended, owner, .. } => {
                status != Status::Draft && !suspended && !owner.unwrap().suspended
            }
            _ => false,
        };
        for (who, actor) in world.actors.iter().filter(|(who, _)| of(who)) {
            for action in Action::ALL {
                let decision = decide(actor, *action, &target);
                let open = target == Target::Service && matches!(action, Action::AcceptInvitation | Action::Import);
                if decision.is_allowed() && !open {
                    assert!(LOOKS.contains(action), "{who}: {action:?} {target:?}");
                    assert!(shown || target == Target::Service, "{who}: {action:?} {target:?}");
                }
                // What is hidden cannot be told from what is not there, whatever is tried.
                let record = matches!(target, Target::Record { .. }) && *action != Action::Create;
                if record && !may(actor, Action::Read, &target) {
                    assert_eq!(decision, absent(actor, *action), "{who}: {action:?} {target:?}");
                }
            }
        }
    }
}

#[test]
fn whoever_belongs_to_it_changes_nothing_while_it_is_suspended_and_publishes_nothing_before_it_is_verified() {
    let world = world();
    let insiders = &world.actors[3..6];
    for target in targets(world.own) {
        let Some(owner) = target.owner() else { continue };
        let public = matches!(target, Target::Record { status, .. } if status != Status::Draft);
        for (who, actor) in insiders.iter().chain(&world.actors[7..9]) {
            for action in Action::ALL.iter().filter(|action| may(actor, **action, &target)) {
                assert!(!owner.suspended || LOOKS.contains(action), "{who}: {action:?} {target:?}");
                let publishes = matches!(action, Action::Publish | Action::Archive)
                    || public && matches!(action, Action::Change | Action::Create);
                assert!(owner.verified || !publishes, "{who}: {action:?} {target:?}");
            }
        }
    }
}

#[test]
fn a_higher_role_may_do_whatever_a_lower_one_may() {
    let world = world();
    for target in targets(world.own) {
        for action in Action::ALL {
            let [viewer, editor, owner] = [3, 4, 5].map(|column| may(&world.actors[column].1, *action, &target));
            assert!(editor >= viewer && owner >= editor, "{action:?} {target:?}");
            let [moderator, operator, shell] =
                [10, 11, 12].map(|column| may(&world.actors[column].1, *action, &target));
            assert!(operator >= moderator && operator == shell, "{action:?} {target:?}");
        }
    }
}

#[test]
fn each_scope_opens_what_it_names_and_nothing_else() {
    let world = world();
    let without = client(world.own, &[]);
    for scope in Scope::ALL {
        let with = client(world.own, &[*scope]);
        let (subject, verb) = scope.as_str().split_once(':').unwrap();
        let mut opened = 0;
        for target in targets(world.own) {
            for action in Action::ALL {
                let (before, after) = (may(&without, *action, &target), may(&with, *action, &target));
                assert!(after >= before, "{scope} takes nothing away: {action:?} {target:?}");
                if after == before {
                    continue;
                }
                opened += 1;
                let about = match target {
                    Target::Record { kind: RecordKind::Challenge, .. } => "challenges",
                    Target::Record { kind: RecordKind::Solution, .. } => "solutions",
                    Target::Record { kind: RecordKind::Organisation, .. } => "organisations",
                    _ => "inside",
                };
                let fits = match (subject, verb) {
                    ("suggestions", _) => *action == Action::Suggest,
                    ("feedback", _) => *action == Action::GiveFeedback,
                    ("webhooks", _) => *action == Action::ManageWebhooks,
                    ("audit", _) => *action == Action::ReadOrganisationAudit,
                    // What is sent is then looked at by itself.
                    (_, "write") if target == Target::Service => *action == Action::Import,
                    (_, "read") => about == subject && matches!(action, Action::Read | Action::ReadShortlist),
                    _ => about == subject && !LOOKS.contains(action),
                };
                assert!(fits, "{scope} opens {action:?} {target:?}");
            }
        }
        assert!(opened > 0, "{scope} opens something");
    }
}

#[test]
fn a_moderator_does_not_decide_about_their_own_organisation() {
    let own = OrganisationId::new();
    let insider = person(PersonId::new(), true, ServiceRole::Moderator, Some((own, Role::Viewer)));
    let listing = reviewed(record(RecordKind::Challenge, Status::Draft, body(own)));
    for (action, target) in [
        (Action::DecideReview, listing),
        (Action::DecideReview, Target::Organisation(body(own))),
        (Action::Restore, Target::Organisation(Owner { suspended: true, ..body(own) })),
    ] {
        assert_eq!(decide(&insider, action, &target), Decision::Forbid(Why::OwnOrganisation), "{action:?}");
    }
}

#[test]
fn who_is_refused_learns_what_is_missing() {
    let world = world();
    let draft = |owner| record(RecordKind::Challenge, Status::Draft, owner);
    let verified = body(world.own);
    let unverified = Owner { verified: false, ..verified };
    let suspended = Owner { suspended: true, ..verified };
    let company = Owner { kind: OrganisationKind::Company, ..verified };
    let down = taken_down(record(RecordKind::Challenge, Status::Published, verified));
    let at = |column: usize, action, target| decide(&world.actors[column].1, action, &target);
    for (column, action, target, why) in [
        (3, Action::Change, draft(verified), Why::Role),
        (5, Action::Publish, draft(unverified), Why::NotVerified),
        (5, Action::Publish, draft(suspended), Why::OrganisationSuspended),
        (5, Action::Create, draft(company), Why::WrongKind),
        (5, Action::Publish, down, Why::RecordSuspended),
        (5, Action::Create, record(RecordKind::Solution, Status::Published, verified), Why::NotADraft),
        (1, Action::Create, draft(verified), Why::Unconfirmed),
        (1, Action::AcceptInvitation, Target::Service, Why::Unconfirmed),
        (8, Action::Create, draft(verified), Why::Scope(Scope::ChallengesWrite)),
        (6, Action::Change, record(RecordKind::Solution, Status::Published, verified), Why::NotYours),
    ] {
        assert_eq!(at(column, action, target), Decision::Forbid(why), "{} {action:?}", world.actors[column].0);
    }
}

#[test]
fn a_list_shows_the_drafts_that_may_be_read() {
    let world = world();
    for kind in RecordKind::ALL {
        let draft = record(*kind, Status::Draft, body(world.own));
        for (who, actor) in &world.actors {
            let listed = match drafts(actor, *kind) {
                Drafts::All => true,
                Drafts::Of(organisations) => organisations.contains(&world.own),
            };
            assert_eq!(listed, may(actor, Action::Read, &draft), "{who} {kind}");
        }
    }
}

#[test]
fn whether_something_is_open_without_signing_in_is_said_alike_in_both_places() {
    let world = world();
    for action in Action::ALL {
        let open = targets(world.own).iter().any(|target| may(&Actor::Anonymous, *action, target));
        assert_eq!(open, absent(&Actor::Anonymous, *action) == Decision::Hide, "{action:?}");
    }
}
