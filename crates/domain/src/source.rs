//! Where a record comes from, when it was not written here.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::limits;
use crate::reader::Reader;
use crate::record::RecordKind;

/// The provenance of an imported record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The catalogue or register.
    pub name: String,
    /// The record's identifier there; with `name` it finds the record again.
    pub id: String,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Under which terms it may be reused, as the source words it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
}

impl Source {
    /// Reads the members of a source.
    pub fn read(r: &mut Reader<'_>) -> Self {
        Self {
            name: r.required_text("name", limits::NAME),
            id: r.required_text("id", limits::NAME),
            url: r.address("url"),
            licence: r.text("licence", limits::NAME),
        }
    }
}

/// The records of one kind from one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceCount {
    /// The source's name.
    pub name: String,
    /// What its records are.
    pub kind: RecordKind,
    /// How many there are, archived ones included.
    pub records: i64,
    /// When one of them was last written.
    pub updated: DateTime<Utc>,
}
