//! Catalogues that are harvested: what an operator has set up, and what has come of it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::ids::SolutionId;
use crate::organisation::word_enum;

word_enum! {
    /// The form of what a source answers.
    HarvestFormat, "format of a source" {
        /// One `publiccode.yml`.
        Publiccode = "publiccode",
        /// A list of addresses of such files.
        PubliccodeList = "publiccode-list",
        /// The Software Catalog API, as developers.italia.it publishes it: pages of `publiccode.yml` files.
        SoftwareCatalogue = "software-catalogue",
        /// Release or record packages of the Open Contracting Data Standard, a page each.
        Ocds = "ocds",
        /// One notice of Tenders Electronic Daily: TED XML R2.0.9 or eForms.
        Ted = "ted",
        /// A list of addresses of such notices.
        TedList = "ted-list",
        /// Comma-separated values with a header, through a mapping.
        Csv = "csv",
        /// A JSON object a line, in our own form or through a mapping.
        JsonLines = "json-lines",
    }
}

impl HarvestFormat {
    /// Whether a source of this form names everything it has each time, unless its operator says otherwise: lists and
    /// files do, feeds of notices and releases tell what is new.
    pub const fn is_whole(self) -> bool {
        !matches!(self, Self::Ocds | Self::Ted | Self::TedList)
    }

    /// Whether rows come through a mapping, or may.
    pub const fn takes_mapping(self) -> bool {
        matches!(self, Self::Csv | Self::JsonLines)
    }
}

/// What an operator says of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarvestSettings {
    /// Its name, which stands as provenance at every record that comes from it.
    pub name: String,
    /// The form of what it answers.
    pub format: HarvestFormat,
    /// Where it is.
    pub address: String,
    /// How its rows become records, as a mapping file says it.
    pub mapping: Option<String>,
    /// Under which terms its records may be reused.
    pub licence: Option<String>,
    /// Seconds from the end of a run to the next; nothing where it runs when asked alone.
    pub interval: Option<i64>,
    /// Whether it may stand at a private address.
    pub allow_private: bool,
    /// Whether it names everything it has each time, so that what it names no longer is gone.
    pub whole: bool,
}

/// A source, and how far its harvest has come.
#[derive(Debug, Clone, PartialEq)]
pub struct HarvestSource {
    /// What its operator has said.
    pub settings: HarvestSettings,
    /// When it was set up.
    pub created: DateTime<Utc>,
    /// When it is to run next; nothing where it runs when asked alone.
    pub due: Option<DateTime<Utc>>,
    /// Until when whoever harvests it now has said that they do.
    pub claimed_until: Option<DateTime<Utc>>,
    /// The number of the run under way, or of the last one; 0 before the first.
    pub run: i64,
    /// When that run began.
    pub started: Option<DateTime<Utc>>,
    /// When the last run ended.
    pub finished: Option<DateTime<Utc>>,
    /// Where a run that was cut off goes on.
    pub checkpoint: Option<Value>,
    /// What that run has done.
    pub report: Option<Value>,
    /// Why the last run did not come to its end.
    pub problem: Option<String>,
}

/// What an item of a source is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HarvestItem {
    /// `organisation`, `challenge`, `solution` or `award`.
    pub kind: String,
    /// Its identifier at the source.
    pub id: String,
    /// The record it has become, or for an award the solution it is evidence for.
    pub record: Option<uuid::Uuid>,
    /// The document it was told in.
    pub address: String,
    /// A hash of what was told.
    pub digest: String,
    /// The source's own time of it.
    pub stamp: Option<String>,
    /// The run that saw it last.
    pub seen: i64,
    /// When it was found to be gone.
    pub gone: Option<DateTime<Utc>>,
    /// For an award, the deployment it is evidence of.
    pub evidence: Option<Value>,
}

/// A document of a source as it was last read whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HarvestDocument {
    /// Its entity tag.
    pub etag: Option<String>,
    /// When it was last modified, as the source words it.
    pub modified: Option<String>,
    /// The address of the page after it.
    pub next: Option<String>,
}

word_enum! {
    /// What an operator says of two solutions that may be one.
    DuplicateDecision, "decision" {
        /// They are one: the first is kept with the provenance of both, the second is archived.
        Same = "same",
        /// They are two, and are not proposed again.
        Different = "different",
    }
}

/// Two solutions that may be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DuplicateProposal {
    /// Its identifier.
    pub id: uuid::Uuid,
    /// The one that would be kept.
    pub first: SolutionId,
    /// The one that would be archived.
    pub second: SolutionId,
    /// By what they were found: `address`, `provider` or `text`.
    pub reason: String,
    /// When it was proposed.
    pub proposed: DateTime<Utc>,
    /// What was decided: `same` or `different`.
    pub decision: Option<String>,
    /// When.
    pub decided: Option<DateTime<Utc>>,
}
