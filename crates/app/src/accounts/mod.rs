//! Accounts: signing up and in, tokens, members, moderation, mail and the audit log. One file a resource; who may do
//! what is asked of the table in `innocap_access` at the beginning of each use case.

mod audit;
mod clients;
mod codes;
mod demo;
mod hashing;
mod housekeeping;
mod identity;
mod invitations;
mod keys;
mod links;
mod me;
mod members;
mod moderation;
mod outbox;
mod passkeys;
mod passwords;
mod people;
mod providers;
mod reports;
mod sessions;
mod shell;
mod sign_in;
mod sign_up;
mod tokens;
mod verification;

use std::collections::HashSet;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use innocap_access::{Passkeys, SecretDigest, Tokens};
use innocap_domain::{
    ApiClient, ClientId, EmailAddress, FamilyId, LanguageTag, OrganisationId, Person, PersonId, Role, Secret,
};
use innocap_exchange::{Mailer, RelyingParty};
use innocap_registry::{Access, NewMail};
use moka::sync::Cache;
use serde_json::Value;

use crate::Innocap;
use crate::error::AppError;
use crate::letters::Letter;
use hashing::Hashers;

pub use audit::AuditQuery;
pub use clients::{NewSecret, Shown};
pub use demo::{DEMO_DOMAIN, DemoAccount};
pub use identity::{MySession, SESSION_LIFETIME};
pub use innocap_exchange::Callback;
pub use links::LINKED_PAGES;
pub use outbox::OutboxQuery;
pub use passkeys::Begun;
pub use people::PeopleQuery;
pub use providers::Departure;
pub use sessions::{SessionKind, SessionView};
pub use sign_in::{Browser, SignedIn};
pub use tokens::{Grant, OAuthError, TokenAnswer};

/// How long a membership that has ended may still count: what a removed member holds ends within a minute, on every
/// replica.
const REMEMBERED: Duration = Duration::from_secs(30);
/// People, clients and token families remembered at most.
const MOST_REMEMBERED: u64 = 10_000;
/// Passwords that may wait for their turn to be hashed; who comes after is asked to come again.
const MOST_WAITING: usize = 64;
/// How long a password waits for what the cores have left.
const PATIENCE: Duration = Duration::from_secs(2);

/// What accounts need of the settings.
pub struct AccountOptions {
    /// The address under which people reach the service, without a slash at its end: the issuer and audience of
    /// tokens, the beginning of every link in a mail.
    pub public_url: String,
    /// Where people turn with questions about the service: an address of mail or of a page.
    pub contact: Option<String>,
    /// What sends mail; without it mail waits in the outbox.
    pub mailer: Option<Mailer>,
    /// Where people may sign in beside here.
    pub relying_party: RelyingParty,
    /// Whether the accounts of the demo are let in; anywhere else they are refused.
    pub demo: bool,
}

/// What a running Innocap holds for accounts.
pub(crate) struct Accounts {
    public_url: String,
    contact: Option<String>,
    mailer: Option<Mailer>,
    relying_party: RelyingParty,
    demo: bool,
    /// Passkeys belong to a domain name; an address without one has none.
    passkeys: Option<Passkeys>,
    tokens: RwLock<Option<Arc<Tokens>>>,
    revoked: RwLock<Arc<HashSet<String>>>,
    people: Cache<PersonId, Option<Arc<Access>>>,
    clients: Cache<ClientId, Option<Arc<ApiClient>>>,
    families: Cache<FamilyId, bool>,
    hashers: Hashers,
}

impl Accounts {
    pub(crate) fn new(options: AccountOptions) -> Self {
        let passkeys = Passkeys::new(&options.public_url, "Innocap").ok();
        // At most half of the cores: whoever asks for suggestions does not wait for those who sign in.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            public_url: options.public_url,
            contact: options.contact,
            mailer: options.mailer,
            relying_party: options.relying_party,
            demo: options.demo,
            passkeys,
            tokens: RwLock::new(None),
            revoked: RwLock::default(),
            people: remembering(),
            clients: remembering(),
            families: remembering(),
            hashers: Hashers::new((cores / 2).max(1), MOST_WAITING, PATIENCE),
        }
    }
}

fn remembering<K, V>() -> Cache<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder().max_capacity(MOST_REMEMBERED).time_to_live(REMEMBERED).build()
}

impl Innocap {
    /// Whether mail can be sent, or waits in the outbox.
    pub fn sends_mail(&self) -> bool {
        self.accounts().mailer.is_some()
    }

    /// The owners of an organisation, to write to.
    pub(crate) async fn letters_to_owners(
        &self,
        organisation: OrganisationId,
        letter: &Letter<'_>,
    ) -> Result<Vec<NewMail>, AppError> {
        let members = self.registry().members(organisation).await?;
        let owners = members.iter().filter(|member| member.role == Role::Owner);
        Ok(owners.map(|member| mail_to(&member.person, letter)).collect())
    }
}

/// A letter to somebody with an account.
pub(crate) fn mail_to(person: &Person, letter: &Letter<'_>) -> NewMail {
    let mail = mail_to_address(&person.email, &person.language, Some(&person.name), letter);
    NewMail { person: Some(person.id), ..mail }
}

/// A letter to an address.
pub(crate) fn mail_to_address(
    recipient: &EmailAddress,
    language: &LanguageTag,
    name: Option<&str>,
    letter: &Letter<'_>,
) -> NewMail {
    let rendered = letter.render(language, name);
    NewMail {
        person: None,
        recipient: recipient.clone(),
        template: rendered.template.to_owned(),
        language: rendered.language,
        subject: Secret::new(rendered.subject),
        text: Secret::new(rendered.text),
        html: Secret::new(rendered.html),
    }
}

/// What is stored of a secret.
pub(crate) fn stored(digest: &SecretDigest) -> String {
    digest.as_str().to_owned()
}

/// A secret that a document brings, whatever stands in it: it is not trimmed and no fault quotes it.
pub(crate) fn secret_text<'a>(document: &'a Value, member: &str) -> Result<&'a str, AppError> {
    let text = document.get(member).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| AppError::at(&format!("/{member}"), "required", "this field is required and must not be empty"))
}
