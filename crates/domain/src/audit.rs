//! The audit log's words: who did what to what, on whose behalf, when and from where.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::account::{ApiClient, Person};
use crate::ids::{ClientId, Id, OrganisationId, PersonId};
use crate::organisation::word_enum;
use crate::record::RecordKind;

word_enum! {
    /// Who acted, by kind.
    AuditActorKind, "kind of actor" {
        /// A person.
        Person = "person",
        /// An API client.
        Client = "client",
        /// Whoever sits at the operator's shell.
        OperatorShell = "operator-shell",
        /// The service itself, by one of its jobs.
        Service = "service",
        /// Somebody who has not signed in.
        Anonymous = "anonymous",
    }
}

word_enum! {
    /// What was done.
    AuditAction, "action" {
        /// A person signed up or was entered.
        PersonCreate = "person.create",
        /// A person's name or language changed.
        PersonUpdate = "person.update",
        /// An e-mail address was confirmed.
        PersonConfirm = "person.confirm",
        /// The e-mail address changed.
        PersonEmail = "person.email",
        /// The password was set or changed.
        PersonPassword = "person.password",
        /// The role in the service changed.
        PersonRole = "person.role",
        /// A person was shut out.
        PersonSuspend = "person.suspend",
        /// A person was let in again.
        PersonRestore = "person.restore",
        /// A person took away a copy of everything held about them.
        PersonExport = "person.export",
        /// An account was erased.
        PersonErase = "person.erase",
        /// Somebody signed in.
        SignIn = "sign-in",
        /// Somebody tried to sign in and failed.
        SignInFail = "sign-in.fail",
        /// Somebody signed out.
        SignOut = "sign-out",
        /// Sessions or tokens were ended from elsewhere.
        AccessRevoke = "access.revoke",
        /// A refresh token was used a second time, which ended its family.
        TokenReuse = "token.reuse",
        /// A code was sent to an address.
        CodeCreate = "code.create",
        /// A person joined an organisation.
        MembershipCreate = "membership.create",
        /// A member's role changed.
        MembershipUpdate = "membership.update",
        /// A person left an organisation or was removed.
        MembershipDelete = "membership.delete",
        /// Somebody was invited.
        InvitationCreate = "invitation.create",
        /// An invitation was taken back or declined.
        InvitationDelete = "invitation.delete",
        /// An API client was made.
        ClientCreate = "client.create",
        /// An API client's name or scopes changed.
        ClientUpdate = "client.update",
        /// An API client got another secret.
        ClientSecret = "client.secret",
        /// An API client was deleted.
        ClientDelete = "client.delete",
        /// A passkey was added.
        PasskeyCreate = "passkey.create",
        /// A passkey was removed.
        PasskeyDelete = "passkey.delete",
        /// An account at an identity provider was linked.
        IdentityCreate = "identity.create",
        /// An account at an identity provider was unlinked.
        IdentityDelete = "identity.delete",
        /// An organisation was found to be who it says it is.
        OrganisationVerify = "organisation.verify",
        /// That was taken back.
        OrganisationUnverify = "organisation.unverify",
        /// An organisation was suspended.
        OrganisationSuspend = "organisation.suspend",
        /// An organisation's suspension ended.
        OrganisationRestore = "organisation.restore",
        /// A listing was suspended.
        ListingSuspend = "listing.suspend",
        /// A listing's suspension ended.
        ListingRestore = "listing.restore",
        /// Something was put into the review queue.
        ReviewCreate = "review.create",
        /// A review was decided.
        ReviewDecide = "review.decide",
        /// A listing was reported.
        ReportCreate = "report.create",
        /// A report was decided.
        ReportDecide = "report.decide",
        /// A record was written for the first time.
        RecordCreate = "record.create",
        /// A record changed.
        RecordUpdate = "record.update",
        /// A record was deleted.
        RecordDelete = "record.delete",
        /// Records were imported.
        RecordImport = "record.import",
        /// A source to harvest was set up.
        SourceCreate = "source.create",
        /// A source was removed; its records stay.
        SourceDelete = "source.delete",
        /// A source was asked to be harvested now.
        SourceRun = "source.run",
        /// A source was harvested.
        SourceHarvest = "source.harvest",
        /// It was decided whether two solutions are one.
        DuplicateDecide = "duplicate.decide",
        /// Feedback on a suggestion was given.
        FeedbackGive = "feedback.give",
        /// Feedback on a suggestion was taken back.
        FeedbackDelete = "feedback.delete",
        /// A solution was put on the shortlist of a challenge.
        ShortlistPut = "shortlist.put",
        /// One was taken from it.
        ShortlistTake = "shortlist.take",
        /// The keys that sign tokens were made.
        KeyCreate = "key.create",
        /// The keys that sign tokens were rotated.
        KeyRotate = "key.rotate",
        /// A mail that stood still was sent on its way again.
        MailRetry = "mail.retry",
        /// A mail was deleted unsent.
        MailDelete = "mail.delete",
        /// A webhook was made.
        WebhookCreate = "webhook.create",
        /// A webhook was changed, disabled or enabled by its owner.
        WebhookUpdate = "webhook.update",
        /// A webhook got another secret.
        WebhookSecret = "webhook.secret",
        /// A webhook was deleted.
        WebhookDelete = "webhook.delete",
        /// A webhook was disabled because of what its receiver answered.
        WebhookDisable = "webhook.disable",
        /// A webhook was tried.
        WebhookPing = "webhook.ping",
        /// Deliveries of a webhook were sent on their way again.
        WebhookReplay = "webhook.replay",
        /// What had outlived its time was deleted.
        RetentionApply = "retention.apply",
    }
}

word_enum! {
    /// What an action was about, by kind.
    AuditTargetKind, "kind of target" {
        /// A person.
        Person = "person",
        /// An organisation.
        Organisation = "organisation",
        /// A challenge.
        Challenge = "challenge",
        /// A solution.
        Solution = "solution",
        /// An API client.
        Client = "client",
        /// An invitation.
        Invitation = "invitation",
        /// A web session.
        Session = "session",
        /// A family of refresh tokens.
        TokenFamily = "token-family",
        /// An access token.
        Token = "token",
        /// A passkey.
        Passkey = "passkey",
        /// An account at an identity provider.
        Identity = "identity",
        /// A review.
        Review = "review",
        /// A report.
        Report = "report",
        /// A signing key.
        Key = "key",
        /// A mail.
        Mail = "mail",
        /// A webhook.
        Webhook = "webhook",
        /// The service as a whole.
        Service = "service",
    }
}

impl From<RecordKind> for AuditTargetKind {
    fn from(kind: RecordKind) -> Self {
        match kind {
            RecordKind::Organisation => Self::Organisation,
            RecordKind::Challenge => Self::Challenge,
            RecordKind::Solution => Self::Solution,
        }
    }
}

/// Who acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditActor {
    /// A person. Their identifier stays in the log when their account is erased, and then names nobody.
    Person(PersonId),
    /// An API client.
    Client(ClientId),
    /// Whoever sits at the operator's shell.
    OperatorShell,
    /// The service itself, by one of its jobs.
    Service,
    /// Somebody who has not signed in.
    Anonymous,
}

impl AuditActor {
    /// Its kind.
    pub const fn kind(self) -> AuditActorKind {
        match self {
            Self::Person(_) => AuditActorKind::Person,
            Self::Client(_) => AuditActorKind::Client,
            Self::OperatorShell => AuditActorKind::OperatorShell,
            Self::Service => AuditActorKind::Service,
            Self::Anonymous => AuditActorKind::Anonymous,
        }
    }

    /// Its identifier, where the kind alone does not say who it is.
    pub fn id(self) -> Option<String> {
        match self {
            Self::Person(id) => Some(id.to_string()),
            Self::Client(id) => Some(id.to_string()),
            _ => None,
        }
    }

    /// The actor of a kind and an identifier; `None` where they do not fit together.
    pub fn from_parts(kind: AuditActorKind, id: Option<&str>) -> Option<Self> {
        match (kind, id) {
            (AuditActorKind::Person, Some(id)) => id.parse::<Id<Person>>().ok().map(Self::Person),
            (AuditActorKind::Client, Some(id)) => id.parse::<Id<ApiClient>>().ok().map(Self::Client),
            (AuditActorKind::OperatorShell, None) => Some(Self::OperatorShell),
            (AuditActorKind::Service, None) => Some(Self::Service),
            (AuditActorKind::Anonymous, None) => Some(Self::Anonymous),
            _ => None,
        }
    }
}

/// Who asks for a change, on whose behalf, from where and when: what goes along with every change that is audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    /// Who acts.
    pub actor: AuditActor,
    /// The organisation that a member or an API client acts for.
    pub on_behalf_of: Option<OrganisationId>,
    /// From where.
    pub address: Option<IpAddr>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Trace {
    /// Something the service does by itself.
    pub const fn service(at: DateTime<Utc>) -> Self {
        Self { actor: AuditActor::Service, on_behalf_of: None, address: None, at }
    }

    /// Something done at the operator's shell.
    pub const fn shell(at: DateTime<Utc>) -> Self {
        Self { actor: AuditActor::OperatorShell, on_behalf_of: None, address: None, at }
    }

    /// Something done by somebody who has not signed in.
    pub const fn anonymous(address: Option<IpAddr>, at: DateTime<Utc>) -> Self {
        Self { actor: AuditActor::Anonymous, on_behalf_of: None, address, at }
    }

    /// Something done by a person.
    pub const fn person(person: PersonId, address: Option<IpAddr>, at: DateTime<Utc>) -> Self {
        Self { actor: AuditActor::Person(person), on_behalf_of: None, address, at }
    }
}

/// What an action was about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct AuditTarget {
    /// Its kind.
    pub kind: AuditTargetKind,
    /// Its identifier, where it has one.
    pub id: Option<String>,
}

impl AuditTarget {
    /// A target with an identifier.
    pub fn new(kind: AuditTargetKind, id: impl std::fmt::Display) -> Self {
        Self { kind, id: Some(id.to_string()) }
    }

    /// A target of which only the kind is known, such as the account of a sign-in under an unknown name.
    pub const fn unknown(kind: AuditTargetKind) -> Self {
        Self { kind, id: None }
    }

    /// A person.
    pub fn person(id: PersonId) -> Self {
        Self::new(AuditTargetKind::Person, id)
    }

    /// An organisation.
    pub fn organisation(id: OrganisationId) -> Self {
        Self::new(AuditTargetKind::Organisation, id)
    }
}

/// Something to be written into the log.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    /// What was done.
    pub action: AuditAction,
    /// To what.
    pub target: AuditTarget,
    /// The organisation that it concerns and whose owners may read of it.
    pub organisation: Option<OrganisationId>,
    /// Whom the details tell of; when that person is erased, so are the details.
    pub person: Option<PersonId>,
    /// What it was before and after, as far as it changed.
    pub details: Option<Value>,
}

impl AuditEvent {
    /// An event without details.
    pub const fn new(action: AuditAction, target: AuditTarget) -> Self {
        Self { action, target, organisation: None, person: None, details: None }
    }

    /// The same event, concerning an organisation.
    #[must_use]
    pub fn concerning(mut self, organisation: impl Into<Option<OrganisationId>>) -> Self {
        self.organisation = organisation.into();
        self
    }

    /// The same event with details that tell of nobody.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = Some(details);
        self
    }

    /// The same event with details that tell of a person.
    #[must_use]
    pub fn about(mut self, person: PersonId, details: Value) -> Self {
        self.person = Some(person);
        self.details = Some(details);
        self
    }
}

/// A line of the log as it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Its place in the log, from 1, without gaps.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: AuditActor,
    /// For which organisation the actor acted.
    pub on_behalf_of: Option<OrganisationId>,
    /// What was done.
    pub action: AuditAction,
    /// To what.
    pub target: AuditTarget,
    /// The organisation that it concerns.
    pub organisation: Option<OrganisationId>,
    /// What it was before and after; `None` where there was nothing to tell or it has been erased.
    pub details: Option<Value>,
    /// From where: an address, later only its network, see [`network`].
    pub address: Option<String>,
    /// The hash that ties the line to all before it, in hexadecimal.
    pub hash: String,
}

/// What is kept of an address for long: its first 24 bits (IPv4) or 48 bits (IPv6), which a provider shares among
/// many, as `192.0.2.0/24` or `2001:db8:1::/48`.
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => format!("{}/24", Ipv4Addr::from_bits(v4.to_bits() & !0xff)),
        IpAddr::V6(v6) => format!("{}/48", Ipv6Addr::from_bits(v6.to_bits() & !(u128::MAX >> 48))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_tells_no_single_address() {
        for (address, expected) in [
            ("192.0.2.77", "192.0.2.0/24"),
            ("::ffff:192.0.2.77", "192.0.2.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ] {
            assert_eq!(network(address.parse().unwrap()), expected);
        }
    }

    #[test]
    fn an_actor_is_found_again_by_kind_and_identifier() {
        let (person, client) = (PersonId::new(), ClientId::new());
        for actor in [
            AuditActor::Person(person),
            AuditActor::Client(client),
            AuditActor::OperatorShell,
            AuditActor::Service,
            AuditActor::Anonymous,
        ] {
            assert_eq!(AuditActor::from_parts(actor.kind(), actor.id().as_deref()), Some(actor));
        }
        assert_eq!(AuditActor::from_parts(AuditActorKind::Person, None), None);
    }
}
