//! What a harvest has done, with a line for everything that somebody should look at.

use serde::{Deserialize, Serialize};

/// Lines kept; the rest is counted.
const LINES: usize = 500;
/// Characters of a line's reason.
const REASON: usize = 600;

/// What a line of a report tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReportLineKind {
    /// A record that was refused.
    Refused,
    /// Something that was left out, or done otherwise than one may expect.
    Note,
    /// A document that could not be read.
    Problem,
}

/// A line of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLine {
    /// What it tells of.
    pub kind: ReportLineKind,
    /// What it is about: an identifier at the source, a line of a file, or an address.
    pub at: String,
    /// Why, in English.
    pub why: String,
}

/// What a harvest has done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HarvestReport {
    /// Documents read.
    pub documents: usize,
    /// Documents that the source says are as they were.
    pub unchanged_documents: usize,
    /// Records and awards found in what was read.
    pub found: usize,
    /// Records that are new.
    pub created: usize,
    /// Records that changed.
    pub changed: usize,
    /// Records that are as they were.
    pub unchanged: usize,
    /// Records archived, as they are gone at the source.
    pub archived: usize,
    /// Organisations entered on the way.
    pub organisations: usize,
    /// Awards that became evidence for a solution.
    pub deployments: usize,
    /// Records refused.
    pub refused: usize,
    /// Pairs of solutions proposed as one.
    pub duplicates: usize,
    /// Whether everything that the source names was read, so that what it does not name is gone.
    pub complete: bool,
    /// What somebody should look at.
    pub lines: Vec<ReportLine>,
    /// Further lines, which are not kept.
    pub more_lines: usize,
}

impl HarvestReport {
    /// That of a run that begins: so far everything could be read.
    pub(super) fn begun() -> Self {
        Self { complete: true, ..Self::default() }
    }

    pub(super) fn refuse(&mut self, at: &str, why: impl Into<String>) {
        self.refused += 1;
        self.line(ReportLineKind::Refused, at, why.into());
    }

    pub(super) fn note(&mut self, at: &str, why: impl Into<String>) {
        self.line(ReportLineKind::Note, at, why.into());
    }

    /// Notes a document that could not be read: what it names may still be there.
    pub(super) fn fail(&mut self, at: &str, why: impl Into<String>) {
        self.complete = false;
        self.line(ReportLineKind::Problem, at, why.into());
    }

    fn line(&mut self, kind: ReportLineKind, at: &str, why: String) {
        if self.lines.len() >= LINES {
            self.more_lines += 1;
            return;
        }
        let short = |text: &str| text.chars().take(REASON).collect::<String>();
        self.lines.push(ReportLine { kind, at: short(at), why: short(&why) });
    }
}
