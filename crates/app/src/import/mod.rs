//! Importing records: our own form as JSON Lines or CSV, or any rows through a mapping. A faulty row is told with its
//! line and the others are kept.
//!
//! Rows are read in `rows.rs`, tables by the columns of `columns.rs`. Here a batch of rows becomes records; `rules.rs`
//! says what somebody may write who is no operator, by the table of permissions as for single records. `stream.rs`
//! lets it all run with little memory, and `report.rs` is what is told of each row.

mod columns;
mod report;
mod rows;
mod rules;
mod spool;
mod stream;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::BufRead;

use innocap_access::Actor;
use innocap_domain::{Challenge, Content, Id, Organisation, OrganisationId, Reader, RecordKind, Solution, Status};
use innocap_registry::{Outcome, Told, Write};
use serde_json::{Map, Value};
use uuid::Uuid;

pub use columns::{Column, columns, template, template_line};
pub(crate) use columns::{harmless, header, write_row};
pub use report::{Became, Line, Refusal, Report, Stopped, Summary};
pub(crate) use rows::Rows;
pub use spool::ReportReader;
pub use stream::{Packing, Piece};

use crate::caller::Caller;
use crate::error::AppError;
use crate::mapping::Mapping;
use crate::{Innocap, documents, organisations};
use rows::Row;

/// Rows written in one transaction.
const BATCH: usize = 500;
/// Bytes of rows that are dealt with at once, however few rows they are.
const BATCH_BYTES: usize = 2_000_000;
/// Bytes of one row; a longer one is refused.
const ROW: usize = 2_000_000;
/// Language versions of a text beside the first, in a table; the reader of records says how many there may be.
pub(crate) const FURTHER: usize = 100;

/// The form of the rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// One JSON object a line.
    #[default]
    JsonLines,
    /// Comma-separated values with a header (RFC 4180); semicolons or tabs will do.
    Csv,
}

/// How rows are read and what is done with them.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// The form of the rows.
    pub form: Form,
    /// What rows are that do not say it themselves.
    pub kind: Option<RecordKind>,
    /// The source of rows that name none: their identifiers are of this catalogue.
    pub source: Option<String>,
    /// The organisation of rows that name none.
    pub organisation: Option<OrganisationId>,
    /// Rows that begin before this line are passed over.
    pub from_line: u64,
    /// Say what would be done, and do nothing.
    pub dry_run: bool,
}

/// A row read into content, ready to be written.
enum Ready {
    Organisation(Prepared<Organisation>),
    Challenge(Prepared<Challenge>),
    Solution(Prepared<Solution>),
}

/// What a row says.
struct Prepared<C> {
    line: u64,
    id: Option<Id<C>>,
    status: Option<Status>,
    reason: Option<String>,
    content: C,
}

/// An import under way.
struct Import<'a> {
    innocap: &'a Innocap,
    caller: &'a Caller,
    options: &'a ImportOptions,
    mapping: Option<&'a Mapping>,
    /// Organisations met so far, by the key of [`organisations::key`]; nothing for those that are not here.
    known: HashMap<String, Option<OrganisationId>>,
    /// Organisations that a dry run would have made.
    assumed: HashSet<OrganisationId>,
    /// The lines of the records met so far, by a hash of what identifies them. `None` where a later row may say more of
    /// the same record.
    met: Option<HashMap<u64, u64>>,
}

impl Innocap {
    /// Imports rows at the operator's shell; `progress` is told the number of rows done after each batch. A row that
    /// says no state is published, and the last of several rows with one identifier holds.
    ///
    /// # Errors
    /// Where the rows cannot be read at all or the registry fails; faults of single rows are in the report.
    pub async fn import(
        &self,
        source: impl BufRead + Send,
        form: Form,
        mapping: Option<&Mapping>,
        mut progress: impl FnMut(usize) + Send,
    ) -> Result<Report, AppError> {
        let (caller, options) = (Caller::shell(), ImportOptions { form, ..ImportOptions::default() });
        let mut import = Import::new(self, &caller, &options, mapping);
        let mut rows = Rows::open(source, form, None, mapping.is_some(), 0)?;
        let mut report = Report::default();
        loop {
            let (batch, end) = portion(&mut rows);
            for line in import.batch(batch).await? {
                report.add(line);
            }
            progress(report.lines);
            match end {
                None => {}
                Some(Ok(())) => break,
                Some(Err(broken)) => return Err(AppError::Internal(format!("the rows break off: {}", broken.detail))),
            }
        }
        report.refused.sort_by_key(|(number, _)| *number);
        Ok(report)
    }
}

/// The next rows, as many as are dealt with at once, and how the source ended where it did.
fn portion<R: BufRead>(rows: &mut Rows<R>) -> (Vec<Row>, Option<Result<(), rows::Broken>>) {
    let (mut batch, mut bytes) = (Vec::with_capacity(BATCH), 0);
    while batch.len() < BATCH && bytes < BATCH_BYTES {
        match rows.next() {
            Ok(Some(row)) => {
                bytes += row.bytes;
                batch.push(row);
            }
            Ok(None) => return (batch, Some(Ok(()))),
            Err(broken) => return (batch, Some(Err(broken))),
        }
    }
    (batch, None)
}

impl<'a> Import<'a> {
    fn new(innocap: &'a Innocap, caller: &'a Caller, options: &'a ImportOptions, mapping: Option<&'a Mapping>) -> Self {
        // At the shell, sources that repeat themselves are taken as they are: nobody there can ask for another file.
        let met = (caller.actor != Actor::Shell).then(HashMap::new);
        Self { innocap, caller, options, mapping, known: HashMap::new(), assumed: HashSet::new(), met }
    }

    /// Deals with some rows; what is told of each, in their order.
    ///
    /// # Errors
    /// Where the service fails; what was written before stays.
    async fn batch(&mut self, rows: Vec<Row>) -> Result<Vec<Line>, AppError> {
        let (mut lines, mut ready) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for row in rows {
            let record = match row.content {
                Ok(value) => self.mapping.map_or_else(|| value.clone(), |mapping| mapping.apply(&value)),
                Err(refusal) => {
                    lines.push(Line::refused(row.line, None, refusal));
                    continue;
                }
            };
            match self.take(row.line, record).await {
                Ok(taken) => ready.push(taken),
                Err(error) => lines.push(Line::refused(row.line, None, refusal(error)?)),
            }
        }
        self.flush(ready, &mut lines).await?;
        lines.sort_by_key(|line| line.line);
        Ok(lines)
    }

    async fn take(&mut self, line: u64, mut record: Value) -> Result<Ready, AppError> {
        let Some(members) = record.as_object_mut() else {
            return Err(AppError::at("", "wrong_type", "expected a JSON object"));
        };
        let kind = match (members.get("type").and_then(Value::as_str), self.options.kind) {
            (Some(word), wanted) => {
                let kind = RecordKind::parse(word).map_err(|e| AppError::at("/type", "invalid_code", e.to_string()))?;
                if let Some(wanted) = wanted.filter(|wanted| *wanted != kind) {
                    return Err(AppError::at("/type", "wrong_kind", format!("expected {wanted}, as was asked for")));
                }
                kind
            }
            (None, Some(kind)) => kind,
            (None, None) => guess_kind(members)?,
        };
        let (id, status) = identity(members)?;
        let reason = members.get("status_reason").and_then(Value::as_str).map(str::to_owned);
        self.complete(members, kind);
        if kind != RecordKind::Organisation {
            self.resolve_organisation(members).await?;
        }
        documents::strip_view(&mut record);
        match kind {
            RecordKind::Organisation => {
                let content: Organisation = read(&record)?;
                let id = match id {
                    Some(id) => Some(id),
                    None => self.known_organisation(&content).await?.map(Id::uuid),
                };
                self.meet(line, kind, id, &content, Some(organisations::key(&content)))?;
                Ok(Ready::Organisation(Prepared { line, id: id.map(Id::from_uuid), status, reason, content }))
            }
            RecordKind::Challenge => {
                let content: Challenge = read(&record)?;
                self.meet(line, kind, id, &content, None)?;
                Ok(Ready::Challenge(Prepared { line, id: id.map(Id::from_uuid), status, reason, content }))
            }
            RecordKind::Solution => {
                let content: Solution = read(&record)?;
                self.meet(line, kind, id, &content, None)?;
                Ok(Ready::Solution(Prepared { line, id: id.map(Id::from_uuid), status, reason, content }))
            }
        }
    }

    /// Adds what was said once for all rows.
    fn complete(&self, members: &mut Map<String, Value>, kind: RecordKind) {
        if let Some(name) = &self.options.source
            && let Some(source) = members.get_mut("source").and_then(Value::as_object_mut)
            && source.get("name").is_none_or(Value::is_null)
        {
            source.insert("name".to_owned(), Value::from(name.as_str()));
        }
        let own = match &self.caller.actor {
            Actor::Client { organisation, .. } => Some(*organisation),
            _ => None,
        };
        if let Some(organisation) = self.options.organisation.or(own)
            && kind != RecordKind::Organisation
            && members.get("organisation").is_none_or(Value::is_null)
        {
            members.insert("organisation".to_owned(), Value::from(organisation.to_string()));
        }
    }

    /// Refuses a row that could not be known again when it is sent once more, and a second row of one record: which of
    /// them holds, only their author knows.
    fn meet<C: Content>(
        &mut self,
        line: u64,
        kind: RecordKind,
        id: Option<Uuid>,
        content: &C,
        key: Option<String>,
    ) -> Result<(), AppError> {
        let Some(met) = &mut self.met else { return Ok(()) };
        let source = content.source().map(|source| (&source.name, &source.id));
        if id.is_none() && source.is_none() && key.is_none() {
            let detail = "a row needs the identifier of its source, or the record's own, to be known again";
            return Err(AppError::at("/source/id", "required", detail));
        }
        let mut hasher = DefaultHasher::new();
        match (source, id) {
            (Some(source), _) => (kind.as_str(), source).hash(&mut hasher),
            (None, Some(id)) => (kind.as_str(), id).hash(&mut hasher),
            (None, None) => (kind.as_str(), key).hash(&mut hasher),
        }
        match met.insert(hasher.finish(), line) {
            None => Ok(()),
            Some(earlier) => {
                met.insert(hasher.finish(), earlier);
                Err(AppError::Conflict(format!("line {earlier} has the same identifier")))
            }
        }
    }

    /// Puts an identifier in place of an organisation that is given as an object; one that is not known yet is made,
    /// where an operator asks.
    async fn resolve_organisation(&mut self, members: &mut Map<String, Value>) -> Result<(), AppError> {
        let Some(given) = members.get("organisation") else {
            return Ok(());
        };
        if !given.is_object() || given.get("id").is_some() {
            return Ok(()); // An identifier; the registry checks that it exists.
        }
        let mut document = given.clone();
        documents::strip_view(&mut document);
        let organisation = organisations::read(&document)?;
        let id = match self.known_organisation(&organisation).await? {
            Some(id) => id,
            None if self.caller.actor.is_operator() => self.make_organisation(organisation).await?,
            None => {
                let detail = "there is no organisation with this number, or with this name in this country";
                return Err(AppError::at("/organisation", "unknown_organisation", detail));
            }
        };
        members.insert("organisation".to_owned(), Value::from(id.to_string()));
        Ok(())
    }

    async fn make_organisation(&mut self, organisation: Organisation) -> Result<OrganisationId, AppError> {
        let (id, key) = (OrganisationId::new(), organisations::key(&organisation));
        if self.options.dry_run {
            self.assumed.insert(id);
        } else {
            let trace = self.caller.trace(None, self.innocap.clock().now());
            let write = Write::Create { id: Some(id), status: Status::Published, content: organisation, at: trace.at };
            self.innocap.registry().write_traced(write, &trace).await?;
            if self.caller.actor != Actor::Shell {
                self.innocap.registry().verify_organisations(vec![id], &trace).await?;
            }
        }
        self.known.insert(key, Some(id));
        Ok(id)
    }

    /// The organisation that is meant, if it is here.
    async fn known_organisation(&mut self, organisation: &Organisation) -> Result<Option<OrganisationId>, AppError> {
        let key = organisations::key(organisation);
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let same = self.innocap.organisation_like(organisation).await?;
        self.known.insert(key, same);
        Ok(same)
    }

    async fn flush(&mut self, ready: Vec<Ready>, lines: &mut Vec<Line>) -> Result<(), AppError> {
        let (mut organisations, mut challenges, mut solutions) = (Vec::new(), Vec::new(), Vec::new());
        for row in ready {
            match row {
                Ready::Organisation(row) => organisations.push(row),
                Ready::Challenge(row) => challenges.push(row),
                Ready::Solution(row) => solutions.push(row),
            }
        }
        // Organisations first: the others name them.
        if self.caller.actor.is_operator() {
            self.write_organisations(organisations, lines).await?;
            self.write(challenges, lines).await?;
            return self.write(solutions, lines).await;
        }
        for row in organisations {
            let line = self.organisation_by_rules(row).await?;
            lines.push(line);
        }
        self.write_by_rules(challenges, lines).await?;
        self.write_by_rules(solutions, lines).await
    }

    /// Writes organisations for an operator. As with a single one, whoever enters them by the API vouches for them;
    /// what comes from a catalogue at the shell has been seen by nobody.
    async fn write_organisations(
        &mut self,
        rows: Vec<Prepared<Organisation>>,
        lines: &mut Vec<Line>,
    ) -> Result<(), AppError> {
        let keys: Vec<String> = rows.iter().map(|row| organisations::key(&row.content)).collect();
        let before = lines.len();
        self.write(rows, lines).await?;
        let written: Vec<(OrganisationId, Became)> =
            lines[before..].iter().filter_map(|line| Some((Id::from_uuid(line.id?), line.outcome))).collect();
        if written.len() == keys.len() {
            self.known.extend(keys.into_iter().zip(written.iter().map(|(id, _)| Some(*id))));
        } else {
            self.known.retain(|key, _| !keys.contains(key));
        }
        let made: Vec<OrganisationId> =
            written.into_iter().filter(|(_, became)| *became == Became::Created).map(|(id, _)| id).collect();
        if self.options.dry_run || self.caller.actor == Actor::Shell || made.is_empty() {
            return Ok(());
        }
        let trace = self.caller.trace(None, self.innocap.clock().now());
        Ok(self.innocap.registry().verify_organisations(made, &trace).await?)
    }

    /// Writes rows for an operator: each says what the record is and in which state, published where it says none.
    async fn write<C: Content>(&mut self, rows: Vec<Prepared<C>>, lines: &mut Vec<Line>) -> Result<(), AppError> {
        let trace = self.caller.trace(None, self.innocap.clock().now());
        let numbers: Vec<u64> = rows.iter().map(|row| row.line).collect();
        let writes: Vec<Write<C>> = rows
            .into_iter()
            .map(|row| {
                let status = row.status.unwrap_or(Status::Published);
                Write::Upsert { id: row.id, status, content: row.content, at: trace.at }
            })
            .collect();
        let told = self.put(writes, &trace).await?;
        for (number, result) in numbers.into_iter().zip(told) {
            lines.push(match result {
                Ok(written) => self.line(number, written),
                Err(error) => Line::refused(number, Some(C::KIND), refusal(error.into())?),
            });
        }
        Ok(())
    }

    /// Writes, or only says what writing would come to.
    async fn put<C: Content>(
        &mut self,
        writes: Vec<Write<C>>,
        trace: &innocap_domain::Trace,
    ) -> Result<Told<C>, AppError> {
        if writes.is_empty() {
            return Ok(Vec::new());
        }
        let registry = self.innocap.registry();
        if !self.options.dry_run {
            return Ok(registry.write_told(writes, Some(*trace)).await?);
        }
        let told = registry.rehearse(writes, &self.assumed).await?;
        if C::KIND == RecordKind::Organisation {
            let made = told.iter().flatten().filter(|written| written.outcome == Outcome::Created);
            self.assumed.extend(made.map(|written| OrganisationId::from_uuid(written.record.id.uuid())));
        }
        Ok(told)
    }

    /// What is told of a row that was written.
    fn line<C: Content>(&self, line: u64, written: innocap_registry::Written<C>) -> Line {
        let imagined = self.options.dry_run && written.outcome == Outcome::Created;
        Line {
            line,
            outcome: written.outcome.into(),
            kind: Some(C::KIND),
            id: (!imagined).then(|| written.record.id.uuid()),
            status: Some(written.record.status),
            waits: false,
            note: None,
            refusal: None,
        }
    }
}

/// A fault of one row is told; one of the service ends the import.
fn refusal(error: AppError) -> Result<Refusal, AppError> {
    match error {
        AppError::Unavailable { .. } | AppError::Internal(_) => Err(error),
        other => Ok(Refusal::from(other)),
    }
}

fn read<C: Content>(record: &Value) -> Result<C, AppError> {
    Reader::document(record, C::read)?
        .ok_or_else(|| AppError::Internal("a document without faults gave no content".to_owned()))
}

/// A record without `type` is what its members say: only a solution has `kind` and texts, only an organisation a name.
fn guess_kind(members: &Map<String, Value>) -> Result<RecordKind, AppError> {
    match (members.contains_key("texts"), members.contains_key("kind"), members.contains_key("name")) {
        (true, true, _) => Ok(RecordKind::Solution),
        (true, false, _) => Ok(RecordKind::Challenge),
        (false, _, true) => Ok(RecordKind::Organisation),
        _ => Err(AppError::at("/type", "required", "expected organisation, challenge or solution")),
    }
}

fn identity(members: &Map<String, Value>) -> Result<(Option<Uuid>, Option<Status>), AppError> {
    let id = match members.get("id").and_then(Value::as_str) {
        Some(text) => Some(text.parse().map_err(|_| AppError::at("/id", "invalid_code", "expected a UUID"))?),
        None => None,
    };
    let status = match members.get("status").and_then(Value::as_str) {
        Some(word) => Some(Status::parse(word).map_err(|e| AppError::at("/status", "invalid_code", e.to_string()))?),
        None => None,
    };
    Ok((id, status))
}
