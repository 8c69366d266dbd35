//! What must never be lost: organisations, challenges and solutions, the feed of their changes, feedback on
//! suggestions, accounts with their audit log and mail, webhooks, and what other rooms keep beside them (embeddings, labels,
//! settings, how far harvests have come). SQLite or PostgreSQL; the only crate that names diesel.
//!
//! One writer at a time, on either database. On SQLite it is so by nature; on PostgreSQL every transaction that writes
//! records first locks the row of the change sequence. That makes the feed gap-free and in commit order, and what a
//! transaction has checked (a version, a source, an organisation) stays true until it commits.

mod accounts;
mod batch;
mod changes;
mod connection;
mod counts;
mod embeddings;
mod error;
mod facets;
mod feedback;
mod filter;
mod harvest;
mod idempotency;
mod labels;
mod migrations;
mod records;
mod registry;
mod rows;
mod scan;
mod schema;
mod seen;
mod settings;
mod shortlist;
mod sources;
mod stamps;
mod statistics;
#[cfg(feature = "testing")]
pub mod testing;
mod told;
mod transaction;
mod upserts;
mod url;
mod webhooks;
mod writes;

pub use accounts::{
    Access, Account, AuditCheck, AuditFilter, Case, ClientAccount, Credentials, Erased, Found, Member, NewCeremony,
    NewClient, NewCode, NewFamily, NewInvitation, NewKey, NewMail, NewPasskey, NewPerson, NewReport, NewSession,
    OpenInvitation, OwnerCase, PersonFilter, PersonalData, RecordCase, Retention, Rotation, Swept,
};
pub use changes::Change;
pub use error::RegistryError;
pub use feedback::NewFeedback;
pub use filter::{FacetMatch, Filter};
pub use harvest::HarvestEnd;
pub use idempotency::{KeptAnswer, NewTurn, Turn};
pub use registry::{OpenOptions, Registry};
pub use scan::{Scan, Seen, StoredRecord};
pub use url::DatabaseUrl;
pub use webhooks::{
    DeliveryFilter, DeliveryPlace, Due, NewMatch, NewWebhook, Next, Settled, WebhookChange, WebhookTurn,
};
pub use writes::{Outcome, Told, Write, Written};
