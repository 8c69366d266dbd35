//! Importing records: our own form, or any rows through a mapping. A faulty line is reported and the others are kept.

use std::collections::HashMap;
use std::io::BufRead;

use innocap_domain::{
    Challenge, Content, Country, Id, Organisation, OrganisationId, Reader, RecordKind, Solution, Status,
};
use innocap_registry::Write;
use serde_json::{Map, Value};

use crate::Innocap;
use crate::documents;
use crate::error::AppError;
use crate::mapping::Mapping;

/// Records written in one transaction.
const BATCH: usize = 500;
/// Characters of one line; a longer one is refused.
const LINE: usize = 2_000_000;

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
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

/// The form of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON object a line.
    JsonLines,
    /// Comma-separated values with a header (RFC 4180).
    Csv,
}

/// A line read into content, ready to be written.
enum Ready {
    Organisation(Line<Organisation>),
    Challenge(Line<Challenge>),
    Solution(Line<Solution>),
}

struct Line<C> {
    number: usize,
    id: Option<Id<C>>,
    status: Status,
    content: C,
}

/// An import under way.
struct Import<'a> {
    innocap: &'a Innocap,
    report: Report,
    ready: Vec<Ready>,
    /// Organisations met so far, by the key of [`organisation_key`].
    known: HashMap<String, OrganisationId>,
}

impl Innocap {
    /// Imports rows; `progress` is told the number of lines done after each batch.
    ///
    /// # Errors
    /// Where the rows cannot be read at all or the registry fails; faults of single lines are in the report.
    pub async fn import(
        &self,
        rows: impl BufRead + Send,
        form: Form,
        mapping: Option<&Mapping>,
        mut progress: impl FnMut(usize) + Send,
    ) -> Result<Report, AppError> {
        let mut import = Import { innocap: self, report: Report::default(), ready: Vec::new(), known: HashMap::new() };
        for row in rows_of(rows, form) {
            let (number, row) = row;
            import.report.lines += 1;
            match row {
                Ok(row) => {
                    let record = mapping.map_or_else(|| row.clone(), |mapping| mapping.apply(&row));
                    if let Err(error) = import.take(number, record).await {
                        import.refuse(number, error)?;
                    }
                }
                Err(why) => import.report.refused.push((number, why)),
            }
            if import.ready.len() >= BATCH {
                import.flush().await?;
                progress(import.report.lines);
            }
        }
        import.flush().await?;
        progress(import.report.lines);
        import.report.refused.sort_by_key(|(number, _)| *number);
        Ok(import.report)
    }
}

impl Import<'_> {
    /// A fault of one line is noted; one of the service ends the import.
    fn refuse(&mut self, number: usize, error: AppError) -> Result<(), AppError> {
        match error {
            AppError::Unavailable { .. } | AppError::Internal(_) => Err(error),
            AppError::Duplicate { existing } => {
                self.report.refused.push((number, format!("another record with this source exists: {existing}")));
                Ok(())
            }
            other => {
                self.report.refused.push((number, other.to_string()));
                Ok(())
            }
        }
    }

    async fn take(&mut self, number: usize, mut record: Value) -> Result<(), AppError> {
        let Some(members) = record.as_object_mut() else {
            return Err(AppError::at("", "wrong_type", "expected a JSON object"));
        };
        let kind = match members.get("type").and_then(Value::as_str) {
            Some(word) => RecordKind::parse(word).map_err(|e| AppError::at("/type", "invalid_code", e.to_string()))?,
            None => guess_kind(members)?,
        };
        let (id, status) = identity(members)?;
        if kind != RecordKind::Organisation {
            self.resolve_organisation(members).await?;
        }
        documents::strip_view(&mut record);
        let line = match kind {
            RecordKind::Organisation => {
                let content = read::<Organisation>(&record)?;
                let known = self.known_organisation(&content).await?;
                Ready::Organisation(Line {
                    number,
                    id: id.map(Id::from_uuid).or(known),
                    status: status.unwrap_or(Status::Published),
                    content,
                })
            }
            RecordKind::Challenge => Ready::Challenge(Line {
                number,
                id: id.map(Id::from_uuid),
                status: status.unwrap_or(Status::Published),
                content: read(&record)?,
            }),
            RecordKind::Solution => Ready::Solution(Line {
                number,
                id: id.map(Id::from_uuid),
                status: status.unwrap_or(Status::Published),
                content: read(&record)?,
            }),
        };
        self.ready.push(line);
        Ok(())
    }

    /// Puts an identifier in place of an organisation that is given as an object; one that is not known yet is made.
    async fn resolve_organisation(&mut self, members: &mut Map<String, Value>) -> Result<(), AppError> {
        let Some(given) = members.get("organisation") else {
            return Ok(());
        };
        if !given.is_object() || given.get("id").is_some() {
            return Ok(()); // An identifier; the registry checks that it exists.
        }
        let mut document = given.clone();
        documents::strip_view(&mut document);
        let organisation = Reader::document(&document, Organisation::read)
            .map_err(|mut violations| {
                for violation in &mut violations.0 {
                    violation.pointer.insert_str(0, "/organisation");
                }
                AppError::Invalid(violations)
            })?
            .ok_or_else(|| AppError::Internal("an organisation without faults gave no content".to_owned()))?;
        let key = organisation_key(&organisation);
        let id = match self.known_organisation(&organisation).await? {
            Some(id) => id,
            None => {
                let id = OrganisationId::new();
                let write = Write::Create {
                    id: Some(id),
                    status: Status::Published,
                    content: organisation,
                    at: self.innocap.clock().now(),
                };
                self.innocap.registry().write(write).await?;
                self.known.insert(key, id);
                id
            }
        };
        members.insert("organisation".to_owned(), Value::from(id.to_string()));
        Ok(())
    }

    /// The organisation with the same number, or the same name in the same country.
    async fn known_organisation(&mut self, organisation: &Organisation) -> Result<Option<OrganisationId>, AppError> {
        let key = organisation_key(organisation);
        if let Some(id) = self.known.get(&key) {
            return Ok(Some(*id));
        }
        let registry = self.innocap.registry();
        let found = match &organisation.number {
            Some(number) => {
                let value = format!("{}:{}", number.scheme, number.value);
                registry.find_by_facet::<Organisation>("number", &value, 1).await?
            }
            None => registry.find_by_facet::<Organisation>("name", &organisation.name.to_lowercase(), 20).await?,
        };
        let same = found.into_iter().find(|record| organisation_key(&record.content) == key);
        if let Some(record) = &same {
            self.known.insert(key, record.id);
        }
        Ok(same.map(|record| record.id))
    }

    async fn flush(&mut self) -> Result<(), AppError> {
        let (mut organisations, mut challenges, mut solutions) = (Vec::new(), Vec::new(), Vec::new());
        for line in std::mem::take(&mut self.ready) {
            match line {
                Ready::Organisation(line) => organisations.push(line),
                Ready::Challenge(line) => challenges.push(line),
                Ready::Solution(line) => solutions.push(line),
            }
        }
        // Organisations first: the others name them.
        self.write(organisations).await?;
        self.write(challenges).await?;
        self.write(solutions).await
    }

    async fn write<C: Content>(&mut self, lines: Vec<Line<C>>) -> Result<(), AppError> {
        if lines.is_empty() {
            return Ok(());
        }
        let at = self.innocap.clock().now();
        let numbers: Vec<usize> = lines.iter().map(|line| line.number).collect();
        let writes = lines
            .into_iter()
            .map(|line| Write::Upsert { id: line.id, status: line.status, content: line.content, at })
            .collect();
        let results = self.innocap.registry().write_all(writes).await?;
        for (number, result) in numbers.into_iter().zip(results) {
            match result {
                Ok(record) if record.version == 1 && record.created == at => self.report.created += 1,
                Ok(record) if record.updated == at => self.report.updated += 1,
                Ok(_) => self.report.unchanged += 1,
                Err(error) => self.refuse(number, error.into())?,
            }
        }
        Ok(())
    }
}

fn read<C: Content>(record: &Value) -> Result<C, AppError> {
    Reader::document(record, C::read)?
        .ok_or_else(|| AppError::Internal("a document without faults gave no content".to_owned()))
}

/// Two organisations with the same key are one.
fn organisation_key(organisation: &Organisation) -> String {
    match &organisation.number {
        Some(number) => format!("{}:{}", number.scheme, number.value),
        None => {
            let country = organisation.place.country.as_ref().map_or("", Country::as_str);
            format!("{country}/{}", organisation.name.to_lowercase())
        }
    }
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

fn identity(members: &Map<String, Value>) -> Result<(Option<uuid::Uuid>, Option<Status>), AppError> {
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

pub(crate) type Row = (usize, Result<Value, String>);

pub(crate) fn rows_of<'a>(rows: impl BufRead + Send + 'a, form: Form) -> Box<dyn Iterator<Item = Row> + Send + 'a> {
    match form {
        Form::JsonLines => Box::new(rows.split(b'\n').enumerate().filter_map(|(i, line)| {
            let line = match line {
                Ok(line) => line,
                Err(error) => return Some((i + 1, Err(error.to_string()))),
            };
            let line = line.strip_suffix(b"\r").unwrap_or(&line);
            let line = if i == 0 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
            if line.iter().all(u8::is_ascii_whitespace) {
                return None;
            }
            if line.len() > LINE {
                return Some((i + 1, Err(format!("the line is longer than {LINE} bytes"))));
            }
            let text = match std::str::from_utf8(line) {
                Ok(text) => text,
                Err(_) => return Some((i + 1, Err("the line is not UTF-8".to_owned()))),
            };
            Some((i + 1, serde_json::from_str(text).map_err(|e| format!("not valid JSON: {e}"))))
        })),
        Form::Csv => {
            let reader = csv::ReaderBuilder::new().flexible(false).from_reader(rows);
            let mut records = reader.into_deserialize::<HashMap<String, String>>();
            let mut number = 1;
            Box::new(std::iter::from_fn(move || {
                let record = records.next()?;
                number += 1;
                Some(match record {
                    Ok(row) => {
                        let members = row.into_iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k, Value::from(v)));
                        (number, Ok(Value::Object(members.collect())))
                    }
                    Err(error) => {
                        let line = error.position().and_then(|p| usize::try_from(p.line()).ok()).unwrap_or(number);
                        (line, Err(error.to_string()))
                    }
                })
            }))
        }
    }
}
