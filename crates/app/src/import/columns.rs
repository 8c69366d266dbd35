//! The columns of our own CSV form: one list, from which rows are read, exports are written, and the template files
//! and their documentation are made. The list stands in `columns/list.rs`.

mod list;

use std::borrow::Cow;

use innocap_domain::{RecordKind, Violation, Violations, nearest};
use serde_json::{Map, Value, json};

use crate::error::AppError;
use crate::mapping::set;

/// What separates the values of a list within a cell; a backslash before it makes it part of a value.
const SEPARATOR: char = '|';
/// What a spreadsheet would take for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// What stands in the cells of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Text,
    Integer,
    Boolean,
    /// Values between separators.
    List,
    /// JSON, for what has members of its own.
    Json,
    /// JSON: the entries of a list after its first, which has columns of its own.
    Further,
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// What it says, for the documentation.
    pub meaning: &'static str,
    /// What it holds in the template.
    pub example: &'static str,
    /// Whether the header must have it.
    pub required: bool,
    /// The member of our own form that it fills, with dots between the steps.
    path: &'static str,
    cell: Cell,
}

/// The columns of a kind of record, in the order of the template.
pub fn columns(kind: RecordKind) -> &'static [Column] {
    match kind {
        RecordKind::Organisation => list::ORGANISATIONS,
        RecordKind::Challenge => list::CHALLENGES,
        RecordKind::Solution => list::SOLUTIONS,
    }
}

impl Column {
    /// The JSON pointer of the member that it fills.
    pub fn pointer(&self) -> String {
        format!("/{}", self.path.replace('.', "/"))
    }

    /// Puts what a cell says into a record.
    fn read(&self, cell: &str, record: &mut Value) -> Result<(), Violation> {
        let cell = cell.trim();
        if cell.is_empty() {
            return Ok(());
        }
        let fault = |code, detail: String| Violation { pointer: self.pointer(), code, detail, nearest: Vec::new() };
        let wrong = |what: &str| fault("wrong_type", format!("expected {what} in the column {}", self.name));
        let json = || serde_json::from_str::<Value>(cell);
        let value = match self.cell {
            Cell::Text => Value::from(cell),
            Cell::Integer => Value::from(cell.parse::<i64>().map_err(|_| wrong("a whole number"))?),
            Cell::Boolean => match cell.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => Value::from(true),
                "false" | "no" | "0" => Value::from(false),
                _ => return Err(wrong("true or false")),
            },
            Cell::List => Value::from(split(cell)),
            Cell::Json => json().map_err(|e| wrong(&format!("JSON ({e})")))?,
            Cell::Further => {
                let more = json().map_err(|e| wrong(&format!("JSON ({e})")))?;
                let Value::Array(more) = more else { return Err(wrong("a JSON list")) };
                for (place, entry) in more.into_iter().take(crate::import::FURTHER).enumerate() {
                    set(record, &format!("{}.{}", self.path, place + 1), entry);
                }
                return Ok(());
            }
        };
        set(record, self.path, value);
        Ok(())
    }

    /// The cell for a record.
    fn write<'r>(&self, record: &'r Value) -> Cow<'r, str> {
        match (self.cell, member(record, self.path)) {
            (_, None | Some(Value::Null)) => "".into(),
            (Cell::Further, Some(Value::Array(all))) => match all.get(1..) {
                Some(more) if !more.is_empty() => json!(more).to_string().into(),
                _ => "".into(),
            },
            (Cell::List, Some(Value::Array(values))) => joined(values).into(),
            (Cell::Text, Some(Value::String(text))) => text.into(),
            // An organisation in place of its identifier.
            (Cell::Text, Some(Value::Object(_))) => "".into(),
            (_, Some(other)) => other.to_string().into(),
        }
    }
}

/// What stands at a path of names and places, parted by dots.
fn member<'r>(record: &'r Value, path: &str) -> Option<&'r Value> {
    path.split('.').try_fold(record, |value, name| match value {
        Value::Array(values) => values.get(name.parse::<usize>().ok()?),
        _ => value.get(name),
    })
}

/// The record that a row of cells says, in our own form.
///
/// # Errors
/// [`AppError::Invalid`] with every cell that cannot be read.
pub(crate) fn read_row<'a>(columns: &[Column], cells: impl Iterator<Item = &'a str>) -> Result<Value, AppError> {
    let mut record = Value::Object(Map::new());
    let mut faults = Vec::new();
    let mut named = false;
    for (column, cell) in columns.iter().zip(cells) {
        // Who names the organisation by its identifier has said all; its name beside it is for the eye.
        if named && column.path.starts_with("organisation.") {
            continue;
        }
        faults.extend(column.read(&unguarded(cell), &mut record).err());
        named |= column.path == "organisation" && record.get("organisation").is_some();
    }
    if faults.is_empty() { Ok(record) } else { Err(AppError::Invalid(Violations(faults))) }
}

/// The columns that a header names.
///
/// # Errors
/// [`AppError::Invalid`] with every name that is unknown, stands twice or is missing; the pointer is `/header`.
pub(crate) fn read_header(kind: RecordKind, names: &[String]) -> Result<Vec<Column>, AppError> {
    let known = columns(kind);
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    let fault = |name: &str, code, detail: String, nearest| Violation {
        pointer: format!("/header/{}", name.chars().take(80).collect::<String>().replace('~', "~0").replace('/', "~1")),
        code,
        detail,
        nearest,
    };
    for (place, name) in names.iter().map(|name| name.trim()).enumerate() {
        if names[..place].iter().any(|before| before.trim() == name) {
            faults.push(fault(name, "duplicate", "this column stands twice".to_owned(), Vec::new()));
        }
        match known.iter().find(|column| column.name == name) {
            Some(column) => found.push(*column),
            None => {
                let detail = format!("there is no such column for a {kind}; the template has them all");
                faults.push(fault(
                    name,
                    "unknown_field",
                    detail,
                    nearest(name, known.iter().map(|column| column.name), 2),
                ));
            }
        }
    }
    for column in known.iter().filter(|column| column.required && !found.iter().any(|f| f.name == column.name)) {
        faults.push(fault(column.name, "required", format!("a {kind} needs this column"), Vec::new()));
    }
    if faults.is_empty() { Ok(found) } else { Err(AppError::Invalid(Violations(faults))) }
}

/// What a header is of, where nobody says it: only a solution has a kind and a title, only an organisation a name.
pub(crate) fn kind_of_header(names: &[String]) -> Option<RecordKind> {
    let has = |name: &str| names.iter().any(|given| given.trim() == name);
    match (has("title"), has("kind"), has("name")) {
        (true, true, _) => Some(RecordKind::Solution),
        (true, false, _) => Some(RecordKind::Challenge),
        (false, _, true) => Some(RecordKind::Organisation),
        _ => None,
    }
}

/// The names of the columns, as a header has them.
pub(crate) fn header(kind: RecordKind) -> impl Iterator<Item = &'static str> {
    columns(kind).iter().map(|column| column.name)
}

/// The cells of a record in our own form; safe in a spreadsheet.
pub(crate) fn write_row(kind: RecordKind, record: &Value) -> impl Iterator<Item = Cow<'_, str>> {
    columns(kind).iter().map(move |column| harmless(column.write(record)))
}

/// The template of a kind: the header and one row that shows each form of cell.
///
/// # Errors
/// [`AppError::Internal`] where it cannot be written.
pub fn template(kind: RecordKind) -> Result<Vec<u8>, AppError> {
    let internal = |e: &dyn std::fmt::Display| AppError::Internal(format!("a template cannot be written: {e}"));
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(header(kind)).map_err(|e| internal(&e))?;
    table.write_record(columns(kind).iter().map(|column| column.example)).map_err(|e| internal(&e))?;
    table.into_inner().map_err(|e| internal(&e))
}

/// The template's row as JSON Lines.
///
/// # Errors
/// As [`template`].
pub fn template_line(kind: RecordKind) -> Result<Vec<u8>, AppError> {
    let mut record = read_row(columns(kind), columns(kind).iter().map(|column| column.example))?;
    record["type"] = Value::from(kind.as_str());
    Ok(format!("{record}\n").into_bytes())
}

/// A cell that a spreadsheet does not run as a formula: one that looks like one is given a quote before it, and so is
/// one that already begins so, that reading it back is exact.
pub(crate) fn harmless<'c>(cell: impl Into<Cow<'c, str>>) -> Cow<'c, str> {
    let cell = cell.into();
    if cell.trim_start_matches('\'').starts_with(FORMULA) { format!("'{cell}").into() } else { cell }
}

/// What [`harmless`] was given.
fn unguarded(cell: &str) -> Cow<'_, str> {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(FORMULA) => rest.into(),
        _ => cell.into(),
    }
}

fn split(cell: &str) -> Vec<String> {
    let (mut values, mut value) = (Vec::new(), String::new());
    let mut characters = cell.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(escaped @ ('\\' | SEPARATOR)) => value.push(escaped),
                Some(other) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
            SEPARATOR => values.push(std::mem::take(&mut value)),
            other => value.push(other),
        }
    }
    values.push(value);
    values.into_iter().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
}

fn joined(values: &[Value]) -> String {
    let escaped = |value: &Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text.replace('\\', "\\\\").replace(SEPARATOR, "\\|")
    };
    values.iter().map(escaped).collect::<Vec<_>>().join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_as_cells_is_read_back_as_it_was() {
        let record = json!({
            "source": {"name": "list", "id": "=1+1"},
            "organisation": "01890a5d-ac96-774b-bcce-b302099a8057",
            "kind": "product",
            "texts": [
                {"language": "sv", "title": "-minus", "summary": "'=quoted", "keywords": ["a|b", "c\\d", "e"]},
                {"language": "en", "title": "second", "keywords": []}
            ],
            "trl": 9,
            "delivery": ["*", "SE"],
            "requirements": {"works_offline": false, "least_bandwidth_kbit": 64},
            "deployments": [{"organisation": "Boden", "country": "SE"}]
        });
        let cells: Vec<String> = write_row(RecordKind::Solution, &record).map(Cow::into_owned).collect();
        assert!(cells.iter().all(|cell| !cell.starts_with(FORMULA)), "{cells:?}");
        let read = read_row(columns(RecordKind::Solution), cells.iter().map(String::as_str)).unwrap();
        assert_eq!(read, record);
    }

    #[test]
    fn a_header_with_faults_names_them_all() {
        let names = ["id", "tittle", "id", "summary"].map(str::to_owned);
        let AppError::Invalid(Violations(faults)) = read_header(RecordKind::Solution, &names).unwrap_err() else {
            panic!("faults")
        };
        let found: Vec<_> = faults.iter().map(|f| (f.pointer.as_str(), f.code)).collect();
        assert_eq!(
            found,
            [
                ("/header/tittle", "unknown_field"),
                ("/header/id", "duplicate"),
                ("/header/kind", "required"),
                ("/header/language", "required"),
                ("/header/title", "required")
            ]
        );
        assert_eq!(faults[0].nearest, ["title"]);
    }

    #[test]
    fn no_column_stands_twice_and_each_kind_is_told_by_its_header() {
        for kind in RecordKind::ALL {
            let names: Vec<String> = header(*kind).map(str::to_owned).collect();
            let unique: std::collections::BTreeSet<_> = names.iter().collect();
            assert_eq!(unique.len(), names.len(), "{kind}");
            assert_eq!(kind_of_header(&names), Some(*kind));
        }
    }
}
