//! The words of the table: who asks, what is to be done, what it is about, and what the answer is.

use innocap_domain::{
    ClientId, Membership, OrganisationId, OrganisationKind, PersonId, RecordKind, Role, Scope, ServiceRole, Status,
};

/// Who is asking. Memberships, roles and scopes are those of this moment, not those of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody known.
    Anonymous,
    /// Someone who is signed in. Who is suspended from the service cannot be.
    Person {
        /// Who.
        id: PersonId,
        /// Whether their address is confirmed; until it is, no role counts.
        email_confirmed: bool,
        /// What they are to the service.
        service_role: ServiceRole,
        /// What they are in organisations.
        memberships: Vec<Membership>,
    },
    /// A program.
    Client {
        /// Which.
        id: ClientId,
        /// For whom it acts.
        organisation: OrganisationId,
        /// What its token allows; at most what its owner allowed it.
        scopes: Vec<Scope>,
    },
    /// Whoever has the operator's shell, and with it the data itself.
    Shell,
}

impl Actor {
    /// Whether they run the service.
    pub fn is_operator(&self) -> bool {
        matches!(self, Self::Shell) || self.service_role() == ServiceRole::Operator
    }

    /// Whether they decide about what waits for review or was reported.
    pub fn is_moderator(&self) -> bool {
        self.service_role() >= ServiceRole::Moderator
    }

    fn service_role(&self) -> ServiceRole {
        match self {
            Self::Person { email_confirmed: true, service_role, .. } => *service_role,
            _ => ServiceRole::None,
        }
    }

    /// What they are in an organisation, once their address is confirmed.
    pub fn role_in(&self, organisation: OrganisationId) -> Option<Role> {
        match self {
            Self::Person { email_confirmed: true, memberships, .. } => {
                memberships.iter().filter(|m| m.organisation == organisation).map(|m| m.role).max()
            }
            _ => None,
        }
    }
}

/// Names each action once, in an enum and in a list of all.
macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident),+ $(,)?) => {
        /// What is to be done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[$doc])* $action),+ }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$action),+];
        }
    };
}

actions! {
    /// Read what is about no record: vocabularies, documents, published keys, the pages that explain.
    Consult,
    /// Sign up, sign in or out, confirm an address, reset a password, get or revoke a token: proven by what is presented.
    Authenticate,
    /// Ask for suggestions for a text that is not stored.
    SuggestForText,

    /// Read a record.
    Read,
    /// Write a new record.
    Create,
    /// Change a record's content.
    Change,
    /// Show a record to everyone, or move it on: into dialogue, closed with an outcome.
    Publish,
    /// Take a record out of lists.
    Archive,
    /// Ask for suggestions for a challenge, or for the challenges that a solution answers.
    Suggest,
    /// Say what a suggestion for a challenge is worth, or take it back.
    GiveFeedback,
    /// Send many records at once; of each its own permission is asked.
    Import,
    /// Report a record, with a reason.
    Report,
    /// Take an organisation or a listing from the public, with a reason.
    Suspend,
    /// Give it back.
    Restore,
    /// Accept or refuse what waits for review.
    DecideReview,

    /// See who belongs to an organisation.
    ListMembers,
    /// See who is invited.
    ListInvitations,
    /// Invite someone.
    Invite,
    /// Take an invitation back.
    WithdrawInvitation,
    /// Give a member another role.
    ChangeMember,
    /// Take a member out.
    RemoveMember,
    /// Leave an organisation oneself.
    Leave,
    /// See an organisation's API clients.
    ListClients,
    /// Make one; its secret is shown once.
    CreateClient,
    /// Change one, give it another secret, or revoke it.
    ChangeClient,
    /// List, make, change and delete webhooks.
    ManageWebhooks,
    /// Read what was done in an organisation's name.
    ReadOrganisationAudit,
    /// Have an organisation verified by a confirmed address under its domain.
    ProveDomain,
    /// Verify an organisation, or take that back.
    Verify,

    /// Join the organisation one was invited to.
    AcceptInvitation,
    /// See one's own account, its sessions and passkeys, and everything held about oneself.
    ReadAccount,
    /// Change one's own account, its password, passkeys and sessions.
    ChangeAccount,
    /// Erase one's own account.
    EraseAccount,

    /// Read the shortlist of a challenge.
    ReadShortlist,
    /// Put solutions on it, and take them from it.
    ChangeShortlist,

    /// See what waits for review.
    ListReviews,
    /// See what was reported.
    ListReports,
    /// Close a report.
    CloseReport,
    /// Read what everyone has said of suggestions.
    ReadFeedback,
    /// Read everything that was done.
    ReadAudit,
    /// List people, suspend them, give them a role in the service.
    ManagePeople,
    /// Read the mail that waits or could not be sent.
    ReadOutbox,
    /// See how far the index has come.
    ReadIndexState,
    /// See the sources that are harvested, how far that has come, and what may be one.
    ReadSources,
    /// Set sources up and remove them.
    ManageSources,
    /// Harvest a source now, and decide what is one.
    RunSources,
    /// Build the index anew.
    RebuildIndex,
    /// Rotate the keys that sign tokens.
    RotateKeys,
}

/// The organisation something belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// Which.
    pub id: OrganisationId,
    /// What it is.
    pub kind: OrganisationKind,
    /// Whether it is known to be who it says.
    pub verified: bool,
    /// Whether it is suspended.
    pub suspended: bool,
}

/// What something is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The service as a whole.
    Service,
    /// An organisation, a challenge or a solution, as a record.
    Record {
        /// Which kind.
        kind: RecordKind,
        /// Its state; for a new one the state it is to have.
        status: Status,
        /// Whether this record itself is suspended.
        suspended: bool,
        /// Whether it waits for a moderator's decision.
        in_review: bool,
        /// The organisation it belongs to, or itself where it is one; none for an organisation that is new.
        owner: Option<Owner>,
    },
    /// What is inside an organisation: members, invitations, clients, webhooks, audit, standing.
    Organisation(Owner),
    /// A person's account.
    Account(PersonId),
}

impl Target {
    /// The organisation concerned.
    pub const fn owner(&self) -> Option<Owner> {
        match self {
            Self::Record { owner, .. } => *owner,
            Self::Organisation(owner) => Some(*owner),
            Self::Service | Self::Account(_) => None,
        }
    }

    /// Whether everyone sees it.
    pub(super) fn is_shown(&self) -> bool {
        match self {
            Self::Record { status, suspended, owner, .. } => {
                status.is_public() && !suspended && owner.is_none_or(|owner| !owner.suspended)
            }
            _ => false,
        }
    }
}

/// Why something is forbidden to someone who may see it. The last that applies is told: it is the nearest to a yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It is not theirs to do.
    NotYours,
    /// Their address is not confirmed yet.
    Unconfirmed,
    /// Their role in the organisation is too small.
    Role,
    /// The client's token lacks the scope.
    Scope(Scope),
    /// Nobody decides about their own organisation.
    OwnOrganisation,
    /// The organisation is suspended.
    OrganisationSuspended,
    /// The organisation is not verified yet.
    NotVerified,
    /// This kind of organisation does not do this: only public bodies post challenges.
    WrongKind,
    /// The record is suspended.
    RecordSuspended,
    /// A record begins as a draft.
    NotADraft,
}

/// What the table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allow,
    /// As if it were not there (404).
    Hide,
    /// No (403).
    Forbid(Why),
    /// Not without signing in (401).
    SignIn,
}

impl Decision {
    /// Whether it is a yes.
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allow)
    }
}

/// Whose records a list may show that not everyone sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drafts {
    /// Everyone's.
    All,
    /// Those of these organisations, which may be none.
    Of(Vec<OrganisationId>),
}
