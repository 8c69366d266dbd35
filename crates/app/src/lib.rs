//! The use cases: one file per resource, combining registry, language, index and ranking. Nothing here knows HTTP.

mod accounts;
mod ask;
mod caller;
mod challenges;
mod clock;
mod constraints;
mod documents;
mod drafting;
mod embeddings;
mod error;
pub mod evaluate;
pub mod export;
pub mod feedback;
mod harvest;
pub mod import;
mod indexer;
mod judged;
mod letters;
mod lists;
mod locales;
pub mod mapping;
mod names;
mod needs;
mod operation;
mod options;
mod passages;
mod phrases;
mod picture;
mod publiccode;
mod queue;
mod records;
mod shortlist;
mod sitemap;
mod start;
mod suggestions;
mod vocabulary;

pub use accounts::{
    AccountOptions, AuditQuery, Begun, Browser, Callback, DEMO_DOMAIN, DemoAccount, Departure, Grant, LINKED_PAGES,
    MySession, NewSecret, OAuthError, OutboxQuery, PeopleQuery, SESSION_LIFETIME, SessionKind, SessionView, Shown,
    SignedIn, TokenAnswer,
};
pub use ask::Ask;
pub use caller::{Caller, SignedInBy};
pub use clock::Clock;
pub use constraints::Removed;
pub use drafting::{Part, completeness, proposed_codes};
pub use embeddings::{Embeddings, Model, PASSAGE_CHARACTERS, Passage, Read};
pub use error::{AppError, CATALOGUE, ErrorEntry};
pub use feedback::FeedbackQuery;
pub use harvest::{Duplicate, DuplicateDecision, HarvestReport, ReportLine, ReportLineKind};
pub use indexer::{Progress, passages};
pub use innocap_ranking::{TopicWeights, Weights};
pub use judged::{Cases, Form, Judged};
pub use lists::{DEFAULT_LIMIT, ListQuery, MOST, Page};
pub use needs::{OpenNeed, OpenNeeds};
pub use operation::IndexState;
pub use options::{MOST as MOST_SUGGESTIONS, Options};
pub use phrases::Phrases;
pub use picture::{Pair, Picture};
pub use queue::QueueQuery;
pub use records::{Publication, Resource, View};
pub use shortlist::{Shortlisted, shortlist_table};
pub use sitemap::PART;
pub use start::{Innocap, Options as StartOptions, StartError};
pub use suggestions::{Alike, Answer, Suggestion};
pub use vocabulary::{VocabularyEntry, known_labels};
