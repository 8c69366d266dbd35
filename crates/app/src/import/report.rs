//! What an import tells of each row, and of all of them at its end.

use innocap_domain::{RecordKind, Status, Violation};
use innocap_registry::Outcome;
use serde::Serialize;
use uuid::Uuid;

use super::rows::Broken;
use crate::error::AppError;

/// Why a row was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// A code of the error catalogue, or of a row that cannot be read: `invalid_json`, `invalid_csv`, `not_utf8`,
    /// `too_long`, `wrong_columns`, `repeated`.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub detail: String,
    /// The faults of the record, each with its JSON pointer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Violation>,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new() }
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        let (code, detail) = (error.code(), error.to_string());
        match error {
            AppError::Invalid(violations) => Self { code, detail, errors: violations.0 },
            AppError::Duplicate { existing } => {
                Self::new(code, format!("another record with this source exists: {existing}"))
            }
            _ => Self::new(code, detail),
        }
    }
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Became {
    /// A new record.
    Created,
    /// Another version of a record.
    Updated,
    /// Nothing: the record stood there already, just so.
    Unchanged,
    /// Nothing: it was refused.
    Refused,
}

impl From<Outcome> for Became {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Created => Self::Created,
            Outcome::Updated => Self::Updated,
            Outcome::Unchanged => Self::Unchanged,
        }
    }
}

/// What is told of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The line on which it begins, from 1; the header of a table is counted.
    pub line: u64,
    /// What became of it.
    pub outcome: Became,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<RecordKind>,
    /// The record's identifier; absent of what a dry run would create.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The state it is in now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Whether it waits for a moderator before it is shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
    /// Why the state is not the one that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Refusal>,
    /// Why it was refused.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
}

impl Line {
    pub(crate) fn refused(line: u64, kind: Option<RecordKind>, refusal: Refusal) -> Self {
        let outcome = Became::Refused;
        Self { line, outcome, kind, id: None, status: None, waits: false, note: None, refusal: Some(refusal) }
    }
}

/// Why an import ended before its source did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stopped {
    /// `broken_off`, `too_large`, `too_long`, `unavailable` or `internal`.
    pub code: &'static str,
    /// What happened and how to go on.
    pub detail: String,
}

/// What is told of all rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Rows read, empty lines not counted.
    pub rows: u64,
    /// Records that are new.
    pub created: u64,
    /// Records that changed.
    pub updated: u64,
    /// Records that stood there already, just so.
    pub unchanged: u64,
    /// Rows that were refused.
    pub refused: u64,
    /// Records that wait for a moderator.
    pub waiting: u64,
    /// Every row that begins on this line or before it has been dealt with and stays so; to go on, begin with the next.
    pub done_through_line: u64,
    /// Whether nothing was written, because that was asked for.
    pub dry_run: bool,
    /// Whether the whole source was read.
    pub complete: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
}

impl Summary {
    pub(crate) fn count(&mut self, line: &Line) {
        self.rows += 1;
        match line.outcome {
            Became::Created => self.created += 1,
            Became::Updated => self.updated += 1,
            Became::Unchanged => self.unchanged += 1,
            Became::Refused => self.refused += 1,
        }
        self.waiting += u64::from(line.waits);
    }

    /// Ends with the source, or before it.
    pub(crate) fn end(&mut self, end: Result<(), Stopped>) {
        self.complete = end.is_ok();
        self.stopped = end.err();
    }
}

impl From<Broken> for Stopped {
    fn from(broken: Broken) -> Self {
        Self { code: broken.code, detail: broken.detail }
    }
}

impl From<&AppError> for Stopped {
    fn from(error: &AppError) -> Self {
        Self { code: error.code(), detail: error.to_string() }
    }
}

/// An import's faults and counts, as a caller in the program is given them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Lines read, empty ones not counted.
    pub lines: usize,
    /// Records that are new.
    pub created: usize,
    /// Records that changed.
    pub updated: usize,
    /// Records that stood there already, just so.
    pub unchanged: usize,
    /// Lines that were refused, each with its number and why.
    pub refused: Vec<(usize, String)>,
}

impl Report {
    pub(super) fn add(&mut self, line: Line) {
        self.lines += 1;
        match line.outcome {
            Became::Created => self.created += 1,
            Became::Updated => self.updated += 1,
            Became::Unchanged => self.unchanged += 1,
            Became::Refused => {
                let why = line.refusal.map(|refusal| refusal.detail).unwrap_or_default();
                self.refused.push((usize::try_from(line.line).unwrap_or(usize::MAX), why));
            }
        }
    }
}
