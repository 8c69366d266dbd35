//! Who may do what: one table, and how it is read. What stands nowhere in it is denied.

mod words;

use innocap_domain::{OrganisationKind, RecordKind, Role, Scope, Status};

pub use words::{Action, Actor, Decision, Drafts, Owner, Target, Why};

/// Who a line of the table lets do something.
#[derive(Debug, Clone, Copy)]
enum Grant {
    /// Whoever asks.
    Everyone,
    /// Whoever asks, where everyone sees the record.
    EveryoneIfShown,
    /// Every person whose address is confirmed.
    ConfirmedPerson,
    /// The person whose account it is.
    Themself,
    /// Members of the organisation, with this role or a higher one.
    Member(Role),
    /// The organisation's API clients with this scope.
    Client(Scope),
    /// API clients of any organisation with one of these scopes, for what is about no organisation yet.
    AnyClient(&'static [Scope]),
    /// Moderators who do not belong to the organisation: for what is public, even if suspended, or waits for review.
    Moderator,
}

/// What an organisation has to be for its own members and clients to do something in its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Anything.
    Any,
    /// Not suspended.
    Active,
    /// Not suspended, and verified where the record is public already: to change what is public is to publish.
    ActiveOrVerified,
    /// Verified and not suspended.
    Verified,
}

/// One line: who, and what their organisation has to be.
type Line = (&'static [Grant], Standing);

/// What a target is, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Service,
    Record(RecordKind),
    Organisation,
    Account,
}

/// The table. Operators may do whatever stands in it, but for what is a person's own alone.
#[rustfmt::skip]
const fn line(action: Action, about: About) -> Option<Line> {
    use About::{Account, Organisation as Inside, Record, Service};
    use Action as A;
    use Grant::{AnyClient, Client, ConfirmedPerson, Everyone, EveryoneIfShown, Member, Moderator, Themself};
    use RecordKind::{Challenge, Organisation, Solution};
    use Role::{Editor, Owner, Viewer};
    use Scope as S;
    use Standing::{Active, ActiveOrVerified, Any, Verified};

    let line: Line = match (action, about) {
        // Open to everyone.
        (A::Consult, Service)        => (&[Everyone], Any),
        (A::Authenticate, Service)   => (&[Everyone], Any),
        (A::SuggestForText, Service) => (&[Everyone], Any),

        // Records. What is published is read by everyone; a draft by its organisation; what is suspended also by
        // whoever decides about it.
        (A::Read, Record(Organisation)) => (&[EveryoneIfShown, Member(Viewer), Client(S::OrganisationsRead), Moderator], Any),
        (A::Read, Record(Challenge))    => (&[EveryoneIfShown, Member(Viewer), Client(S::ChallengesRead), Moderator], Any),
        (A::Read, Record(Solution))     => (&[EveryoneIfShown, Member(Viewer), Client(S::SolutionsRead), Moderator], Any),
        (A::Suggest, Record(Challenge | Solution)) => (&[EveryoneIfShown, Member(Viewer), Client(S::SuggestionsRead)], Any),

        // Anyone may enter an organisation, as a draft, and is its owner; whether it is who it says is found out then.
        (A::Create, Record(Organisation)) => (&[ConfirmedPerson], Any),
        (A::Create, Record(Challenge))    => (&[Member(Editor), Client(S::ChallengesWrite)], Active),
        (A::Create, Record(Solution))     => (&[Member(Editor), Client(S::SolutionsWrite)], Active),

        (A::Change, Record(Organisation)) => (&[Member(Owner), Client(S::OrganisationsWrite)], ActiveOrVerified),
        (A::Change, Record(Challenge))    => (&[Member(Editor), Client(S::ChallengesWrite)], ActiveOrVerified),
        (A::Change, Record(Solution))     => (&[Member(Editor), Client(S::SolutionsWrite)], ActiveOrVerified),

        // What is archived leaves the lists and is still read by whoever has its address: a draft that is archived is
        // published by that.
        (A::Publish | A::Archive, Record(Organisation)) => (&[Member(Owner)], Verified),
        (A::Publish | A::Archive, Record(Challenge))    => (&[Member(Editor), Client(S::ChallengesWrite)], Verified),
        (A::Publish | A::Archive, Record(Solution))     => (&[Member(Editor), Client(S::SolutionsWrite)], Verified),

        // Whoever may write anything at all; each record is then looked at by itself.
        (A::Import, Service) => (
            &[ConfirmedPerson, AnyClient(&[S::OrganisationsWrite, S::ChallengesWrite, S::SolutionsWrite])], Any
        ),

        // Whose need it is knows what answers it; others could talk a rival's solution down.
        (A::GiveFeedback, Record(Challenge)) => (&[Member(Editor), Client(S::FeedbackWrite)], Active),
        (A::ReadShortlist, Record(Challenge))   => (&[Member(Viewer), Client(S::ChallengesRead)], Any),
        (A::ChangeShortlist, Record(Challenge)) => (&[Member(Editor), Client(S::ChallengesWrite)], Active),

        // Moderation.
        (A::Report, Record(_))                                          => (&[EveryoneIfShown], Any),
        (A::Suspend | A::Restore, Record(Challenge | Solution) | Inside) => (&[Moderator], Any),
        (A::DecideReview, Record(_) | Inside)                           => (&[Moderator], Any),
        (A::ListReviews | A::ListReports | A::CloseReport, Service)     => (&[Moderator], Any),

        // Inside an organisation.
        (A::ListMembers, Inside)                                        => (&[Member(Viewer)], Any),
        (A::Leave, Inside)                                              => (&[Member(Viewer)], Any),
        (A::ListInvitations, Inside)                                    => (&[Member(Owner)], Any),
        (A::Invite | A::WithdrawInvitation, Inside)                     => (&[Member(Owner)], Active),
        (A::ChangeMember | A::RemoveMember, Inside)                     => (&[Member(Owner)], Active),
        (A::ListClients, Inside)                                        => (&[Member(Owner)], Any),
        (A::CreateClient | A::ChangeClient, Inside)                     => (&[Member(Owner)], Active),
        (A::ManageWebhooks, Inside)                                     => (&[Member(Owner), Client(S::WebhooksManage)], Active),
        (A::ReadOrganisationAudit, Inside)                              => (&[Member(Owner), Client(S::AuditRead)], Any),
        (A::ProveDomain, Inside)                                        => (&[Member(Owner)], Active),

        // People.
        (A::AcceptInvitation, Service)                                  => (&[ConfirmedPerson], Any),
        (A::ReadAccount | A::ChangeAccount | A::EraseAccount, Account)  => (&[Themself], Any),

        // Operators alone.
        (A::Verify, Inside)                                             => (&[], Any),
        (A::ReadFeedback | A::ReadAudit | A::ManagePeople, Service)     => (&[], Any),
        (A::ReadOutbox | A::ReadIndexState, Service)                    => (&[], Any),
        (A::ReadSources | A::ManageSources | A::RunSources, Service)    => (&[], Any),

        (A::RebuildIndex | A::RotateKeys, Service)                      => (&[], Any),

        _ => return None,
    };
    Some(line)
}

/// Whether `actor` may do `action` with `target`, and if not, how they are told.
///
/// Who may not see a target gets the answer that [`absent`] gives, so that nobody learns what is there by trying.
pub fn decide(actor: &Actor, action: Action, target: &Target) -> Decision {
    match allows(actor, action, target) {
        Ok(()) => Decision::Allow,
        Err(_) if !sees(actor, action, target) => absent(actor, action),
        Err(_) if *actor == Actor::Anonymous => Decision::SignIn,
        Err(why) => Decision::Forbid(why),
    }
}

/// The answer where the target is not there.
pub fn absent(actor: &Actor, action: Action) -> Decision {
    // Without signing in nobody gets any further, so there is no need to look.
    if *actor == Actor::Anonymous && !is_open(action) { Decision::SignIn } else { Decision::Hide }
}

/// Whether `actor` may do `action` with `target`.
pub fn may(actor: &Actor, action: Action, target: &Target) -> bool {
    decide(actor, action, target).is_allowed()
}

/// Whose records of a kind a list may show `actor` that not everyone sees.
pub fn drafts(actor: &Actor, kind: RecordKind) -> Drafts {
    let scope = match kind {
        RecordKind::Organisation => Scope::OrganisationsRead,
        RecordKind::Challenge => Scope::ChallengesRead,
        RecordKind::Solution => Scope::SolutionsRead,
    };
    match actor {
        _ if actor.is_operator() => Drafts::All,
        Actor::Person { email_confirmed: true, memberships, .. } => {
            Drafts::Of(memberships.iter().map(|membership| membership.organisation).collect())
        }
        Actor::Client { organisation, scopes, .. } if scopes.contains(&scope) => Drafts::Of(vec![*organisation]),
        _ => Drafts::Of(Vec::new()),
    }
}

/// Whether there is anything that anyone may do it with, without signing in.
const fn is_open(action: Action) -> bool {
    use Action::{Authenticate, Consult, Read, Report, Suggest, SuggestForText};
    matches!(action, Consult | Authenticate | SuggestForText | Read | Suggest | Report)
}

/// Whether `actor` knows that `target` is there.
fn sees(actor: &Actor, action: Action, target: &Target) -> bool {
    match target {
        Target::Service => true,
        // What is to be created is there for nobody yet.
        Target::Record { .. } => action == Action::Create || allows(actor, Action::Read, target).is_ok(),
        Target::Organisation(owner) => {
            let its_client = matches!(actor, Actor::Client { organisation, .. } if *organisation == owner.id);
            its_client || actor.role_in(owner.id).is_some() || actor.is_moderator() || actor.is_operator()
        }
        Target::Account(person) => matches!(actor, Actor::Person { id, .. } if id == person),
    }
}

fn allows(actor: &Actor, action: Action, target: &Target) -> Result<(), Why> {
    let about = match target {
        Target::Service => About::Service,
        Target::Record { kind, .. } => About::Record(*kind),
        Target::Organisation(_) => About::Organisation,
        Target::Account(_) => About::Account,
    };
    let Some((grants, standing)) = line(action, about) else { return Err(Why::NotYours) };
    if actor.is_operator() && about != About::Account {
        return Ok(());
    }
    // The first grant that holds, or the refusal that comes nearest to one.
    let mut nearest = Why::NotYours;
    for grant in grants {
        match holds(*grant, actor, action, target, standing) {
            Ok(()) => return Ok(()),
            Err(why) => nearest = nearest.max(why),
        }
    }
    Err(nearest)
}

/// Whether a grant covers `actor`.
fn holds(grant: Grant, actor: &Actor, action: Action, target: &Target, standing: Standing) -> Result<(), Why> {
    let when = |holds: bool, why: Why| if holds { Ok(()) } else { Err(why) };
    match (grant, actor) {
        (Grant::Everyone, _) => Ok(()),
        (Grant::EveryoneIfShown, _) => when(target.is_shown(), Why::NotYours),
        (Grant::ConfirmedPerson, Actor::Person { email_confirmed, .. }) => {
            // A new organisation belongs to nobody yet.
            when(target.owner().is_none(), Why::NotYours)?;
            when(*email_confirmed, Why::Unconfirmed)?;
            begins_as_draft(action, target)
        }
        (Grant::Themself, Actor::Person { id, .. }) => when(*target == Target::Account(*id), Why::NotYours),
        (Grant::Member(least), Actor::Person { email_confirmed, memberships, .. }) => {
            let owner = target.owner().ok_or(Why::NotYours)?;
            when(memberships.iter().any(|m| m.organisation == owner.id), Why::NotYours)?;
            when(*email_confirmed, Why::Unconfirmed)?;
            when(actor.role_in(owner.id) >= Some(least), Why::Role)?;
            stands(owner, action, target, standing)
        }
        (Grant::Client(scope), Actor::Client { organisation, scopes, .. }) => {
            let owner = target.owner().ok_or(Why::NotYours)?;
            when(*organisation == owner.id, Why::NotYours)?;
            when(scopes.contains(&scope), Why::Scope(scope))?;
            stands(owner, action, target, standing)
        }
        (Grant::AnyClient(any), Actor::Client { scopes, .. }) => {
            let wanted = any.first().copied().ok_or(Why::NotYours)?;
            when(any.iter().any(|scope| scopes.contains(scope)), Why::Scope(wanted))
        }
        (Grant::Moderator, _) => {
            when(actor.is_moderator(), Why::NotYours)?;
            if let Target::Record { status, in_review, .. } = target {
                when(status.is_public() || *in_review, Why::NotYours)?;
            }
            when(target.owner().is_none_or(|owner| actor.role_in(owner.id).is_none()), Why::OwnOrganisation)
        }
        _ => Err(Why::NotYours),
    }
}

/// Whether an organisation is what it has to be, and the record what it may be, for something to be done in its name.
fn stands(owner: Owner, action: Action, target: &Target, standing: Standing) -> Result<(), Why> {
    let public = matches!(target, Target::Record { status, .. } if status.is_public());
    let verified = match standing {
        Standing::Any => return Ok(()),
        Standing::Active => false,
        Standing::ActiveOrVerified => public,
        Standing::Verified => true,
    };
    if owner.suspended {
        return Err(Why::OrganisationSuspended);
    }
    if verified && !owner.verified {
        return Err(Why::NotVerified);
    }
    if matches!(action, Action::Create | Action::Publish) && !suits(owner.kind, target) {
        return Err(Why::WrongKind);
    }
    // Its owner may mend what is suspended; only who suspended it shows it again.
    if action == Action::Publish && matches!(target, Target::Record { suspended: true, .. }) {
        return Err(Why::RecordSuspended);
    }
    begins_as_draft(action, target)
}

/// Nothing is public from its first moment: a review could come before it no more.
fn begins_as_draft(action: Action, target: &Target) -> Result<(), Why> {
    match target {
        Target::Record { status, .. } if action == Action::Create && *status != Status::Draft => Err(Why::NotADraft),
        _ => Ok(()),
    }
}

/// Public bodies post challenges; companies, higher education and associations register solutions, and so do public
/// bodies that have one to offer.
fn suits(kind: OrganisationKind, target: &Target) -> bool {
    match target {
        Target::Record { kind: RecordKind::Challenge, .. } => kind == OrganisationKind::PublicBody,
        _ => true,
    }
}
