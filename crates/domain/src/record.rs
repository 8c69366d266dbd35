//! A record: content with identity, version, state and times. What every kind of content must tell of itself.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::ids::{Id, OrganisationId};
use crate::organisation::word_enum;
use crate::place::Place;
use crate::reader::Reader;
use crate::source::Source;
use crate::text::Texts;

word_enum! {
    /// The kinds of record.
    RecordKind, "kind of record" {
        /// See [`crate::Organisation`].
        Organisation = "organisation",
        /// See [`crate::Challenge`].
        Challenge = "challenge",
        /// See [`crate::Solution`].
        Solution = "solution",
    }
}

word_enum! {
    /// Where a record stands in its life.
    Status, "status" {
        /// Seen by its organisation only.
        Draft = "draft",
        /// Seen by everyone and suggested.
        Published = "published",
        /// A challenge whose owner talks with providers; seen by everyone.
        InDialogue = "in-dialogue",
        /// A challenge that has ended, with an outcome; seen by everyone.
        Closed = "closed",
        /// Taken out of lists and suggestions, with a reason.
        Archived = "archived",
    }
}

impl Status {
    /// Whether everyone may read a record in this state.
    pub const fn is_public(self) -> bool {
        !matches!(self, Self::Draft)
    }

    /// Whether a record in this state is suggested and searched.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Published | Self::InDialogue)
    }
}

/// One searchable property of a record, such as (`cpv`, `85312000`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Facet {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: String,
}

impl Facet {
    /// A facet.
    pub fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into() }
    }

    /// The facets of a place.
    pub fn of_place(place: &Place) -> impl Iterator<Item = Self> {
        let country = place.country.map(|c| Self::new("country", c.as_str()));
        let region = place.region.as_ref().map(|r| Self::new("region", r.as_str()));
        country.into_iter().chain(region)
    }
}

/// What a record is about: an organisation, a challenge or a solution.
pub trait Content: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its kind.
    const KIND: RecordKind;

    /// Reads it from a document; faults are gathered by the reader.
    fn read(reader: &mut Reader<'_>) -> Option<Self>;

    /// By what it is filtered in lists.
    fn facets(&self) -> Vec<Facet>;

    /// The organisation it belongs to.
    fn organisation(&self) -> Option<OrganisationId> {
        None
    }

    /// Where it comes from.
    fn source(&self) -> Option<&Source>;

    /// Its texts, where it has any.
    fn texts(&self) -> Option<&Texts> {
        None
    }
}

/// Content with identity, version, state and times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record<C> {
    /// Its identifier.
    #[serde(bound = "")]
    pub id: Id<C>,
    /// Grows by one with every write; a write may demand the version it has read.
    pub version: i64,
    /// Where it stands.
    pub status: Status,
    /// Why it was archived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// When it was first written.
    pub created: DateTime<Utc>,
    /// When it was last written.
    pub updated: DateTime<Utc>,
    /// The content.
    #[serde(flatten)]
    pub content: C,
}
