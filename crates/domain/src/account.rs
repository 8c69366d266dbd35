//! People and programs that use the service: what they are called, which role they have, and what a program may do.

use serde::{Deserialize, Serialize};

use crate::error::CodeError;
use crate::ids::{ClientId, InvitationId, OrganisationId, PersonId};
use crate::language::LanguageTag;
use crate::organisation::word_enum;

word_enum! {
    /// What a person is in an organisation; each may do what the one before may.
    Role, "role" {
        /// Sees the organisation's drafts.
        Viewer = "viewer",
        /// Writes its challenges and solutions.
        Editor = "editor",
        /// Writes the organisation itself, its members and its API clients.
        Owner = "owner",
    }
}

word_enum! {
    /// What a person is to the service as a whole; each may do what the one before may.
    ServiceRole, "role in the service" {
        /// Nothing beyond what their organisations give.
        None = "none",
        /// Decides about organisations and listings that wait for review or were reported.
        Moderator = "moderator",
        /// Runs the service.
        Operator = "operator",
    }
}

word_enum! {
    /// What an API client may do (scope, RFC 6749, section 3.3).
    Scope, "scope" {
        /// Read its organisation.
        OrganisationsRead = "organisations:read",
        /// Change its organisation.
        OrganisationsWrite = "organisations:write",
        /// Read its organisation's challenges, drafts included.
        ChallengesRead = "challenges:read",
        /// Write its organisation's challenges.
        ChallengesWrite = "challenges:write",
        /// Read its organisation's solutions, drafts included.
        SolutionsRead = "solutions:read",
        /// Write its organisation's solutions.
        SolutionsWrite = "solutions:write",
        /// Ask for suggestions for its organisation's drafts.
        SuggestionsRead = "suggestions:read",
        /// Say what suggestions are worth.
        FeedbackWrite = "feedback:write",
        /// Manage its organisation's webhooks.
        WebhooksManage = "webhooks:manage",
        /// Read its organisation's audit log.
        AuditRead = "audit:read",
    }
}

/// The most characters of an e-mail address (RFC 5321, section 4.5.3.1.3, less the angle brackets).
const EMAIL_LENGTH: usize = 254;

/// An e-mail address as it was given; compared by [`Self::key`].
///
/// Only addresses as mailbox providers give them: a local part of RFC 5322 atoms and a domain with a dot. Quoted local
/// parts, comments and address literals are refused, and with them everything that could leave a header line.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Parses an address; white space around it is dropped.
    ///
    /// # Errors
    /// [`CodeError`] for anything that is not one address. The error does not quote it.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        let valid = text.len() <= EMAIL_LENGTH
            && text.rsplit_once('@').is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain));
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(CodeError::new("e-mail address", "", "an address such as name@example.org"))
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two addresses of one mailbox share: all in lower case.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// The domain, in lower case.
    pub fn domain(&self) -> String {
        self.0.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default()
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::parse(text)
    }
}

impl std::fmt::Debug for EmailAddress {
    /// Personal data stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EmailAddress(***)")
    }
}

impl Serialize for EmailAddress {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Dot-separated atoms (RFC 5322, section 3.2.3), letters of any script included (RFC 6531); at most 64 bytes.
fn is_local_part(local: &str) -> bool {
    let atom = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    (1..=64).contains(&local.len()) && local.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
}

/// Two or more labels of letters, digits and hyphens; the last one no number.
fn is_domain(domain: &str) -> bool {
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    domain.contains('.')
        && domain.split('.').all(label)
        && domain.rsplit('.').next().is_some_and(|top| !top.chars().all(|c| c.is_ascii_digit()))
}

/// Someone with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Identifier.
    pub id: PersonId,
    /// Where mail goes, and the name to sign in with.
    pub email: EmailAddress,
    /// Whether the address was confirmed to be theirs.
    pub email_confirmed: bool,
    /// What they want to be called.
    pub name: String,
    /// The language mail is written in.
    pub language: LanguageTag,
    /// What they are to the service.
    pub service_role: ServiceRole,
    /// Whether an operator has shut them out.
    pub suspended: bool,
}

/// A person's place in an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The organisation.
    pub organisation: OrganisationId,
    /// What the person is there.
    pub role: Role,
}

/// A program that acts for an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiClient {
    /// Identifier, which is also its `client_id`.
    pub id: ClientId,
    /// For whom it acts.
    pub organisation: OrganisationId,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

/// An invitation to join an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Identifier.
    pub id: InvitationId,
    /// Into which organisation.
    pub organisation: OrganisationId,
    /// Who is invited.
    pub email: EmailAddress,
    /// As what.
    pub role: Role,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_mailbox_and_nothing_that_could_leave_its_header() {
        for good in ["eva@example.org", " o'neil+x@sub.example.ie ", "åsa.öberg@exempel.se", "a@xn--exmpel-xva.se"] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        for bad in [
            "",
            "eva",
            "eva@",
            "@example.org",
            "eva@example",
            "eva@@example.org",
            "eva@example.org\r\nBcc: x@y.se",
            "eva@example.org,x@y.se",
            "Eva <eva@example.org>",
            "\"a b\"@example.org",
            "e va@example.org",
            "a..b@x.se",
            "a@10.0.0.1",
            "a@[10.0.0.1]",
            "a@-x.se",
            "a@x.se\0",
            &long,
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad:?}");
        }
        let address = EmailAddress::parse("Eva@Example.ORG").unwrap();
        assert_eq!((address.key().as_str(), address.domain().as_str()), ("eva@example.org", "example.org"));
        assert_eq!(format!("{address:?}"), "EmailAddress(***)");
    }

    #[test]
    fn a_higher_role_is_greater() {
        assert!(Role::Owner > Role::Editor && Role::Editor > Role::Viewer);
        assert!(ServiceRole::Operator > ServiceRole::Moderator && ServiceRole::Moderator > ServiceRole::None);
    }
}
