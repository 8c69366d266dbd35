//! Rows read one by one from a stream that nobody trusts: each is bounded, and what cannot be read is told with its line.

use std::io::BufRead;

use innocap_domain::RecordKind;
use serde_json::{Map, Value};

use super::columns::{Column, kind_of_header, read_header, read_row};
use super::report::Refusal;
use super::{Form, ROW};
use crate::error::AppError;

/// The byte order mark of UTF-8, which some programs write before everything else.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A row of the source.
#[derive(Debug)]
pub(crate) struct Row {
    /// The line on which it begins, from 1.
    pub(crate) line: u64,
    /// What stands there, or why that cannot be read.
    pub(crate) content: Result<Value, Refusal>,
    /// How many bytes it has.
    pub(crate) bytes: usize,
}

/// Why reading ends before the source does. What stands before it is good; the row it happened in is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) code: &'static str,
    pub(crate) detail: String,
}

impl Broken {
    fn of(error: &std::io::Error) -> Self {
        // The source itself may know better what went wrong, see `stream.rs`.
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<super::stream::Cause>());
        let code = inner.map_or("broken_off", |cause| cause.code);
        Self { code, detail: error.to_string() }
    }
}

/// How the cells of a table become a value.
enum Shape {
    /// Our own columns.
    Own(Vec<Column>),
    /// A member for each column, for a mapping to read.
    Plain(Vec<String>),
}

/// The rows of a source.
pub(crate) struct Rows<R> {
    source: R,
    /// The line that was read last.
    line: u64,
    /// Rows that begin before this line are passed over.
    from_line: u64,
    table: Option<(Shape, u8)>,
    /// The bytes of the row, kept between rows.
    row: Vec<u8>,
    ended: bool,
}

/// What a line was.
enum LineRead {
    Whole,
    /// It has more bytes than a row may have; its end was passed over.
    TooLong,
    End,
}

impl<R: BufRead> Rows<R> {
    /// Begins to read; of a table, the header. With `mapped` a table may have any columns.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a header that is not as it should be.
    pub(crate) fn open(
        source: R,
        form: Form,
        kind: Option<RecordKind>,
        mapped: bool,
        from_line: u64,
    ) -> Result<Self, AppError> {
        let mut rows = Self { source, line: 0, from_line, table: None, row: Vec::new(), ended: false };
        if form == Form::Csv {
            rows.table = Some(rows.header(kind, mapped)?);
        }
        Ok(rows)
    }

    fn header(&mut self, kind: Option<RecordKind>, mapped: bool) -> Result<(Shape, u8), AppError> {
        let fault = |code, detail: &str| AppError::at("/header", code, detail);
        let mut delimiter = b',';
        loop {
            match self.read_row(None) {
                Ok(LineRead::Whole) if self.row.trim_ascii().is_empty() => {}
                Ok(LineRead::Whole) => break,
                Ok(LineRead::TooLong) => return Err(fault("too_long", "the header is longer than a row may be")),
                Ok(LineRead::End) => return Err(fault("required", "there is no header, and no row")),
                Err(error) => return Err(fault("broken_off", &error.to_string())),
            }
        }
        // Where a comma parts kroner from öre, spreadsheets part the columns by something else.
        let count = |byte: u8| self.row.iter().filter(|b| **b == byte).count();
        for other in [b';', b'\t'] {
            if count(other) > count(delimiter) {
                delimiter = other;
            }
        }
        let names = cells(&self.row, delimiter).map_err(|refusal| fault("not_utf8", &refusal.detail))?;
        if mapped {
            return Ok((Shape::Plain(names), delimiter));
        }
        let kind = kind
            .or_else(|| kind_of_header(&names))
            .ok_or_else(|| fault("required", "this is the header of no kind of record; the templates have them all"))?;
        let columns = read_header(kind, &names)?;
        Ok((Shape::Own(columns), delimiter))
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// [`Broken`] where the source breaks off.
    pub(crate) fn next(&mut self) -> Result<Option<Row>, Broken> {
        loop {
            if self.ended {
                return Ok(None);
            }
            let begins = self.line + 1;
            let delimiter = self.table.as_ref().map(|(_, delimiter)| *delimiter);
            let read = match self.read_row(delimiter) {
                Ok(read) => read,
                Err(error) => {
                    self.ended = true;
                    return Err(Broken::of(&error));
                }
            };
            let bytes = self.row.len();
            let content = match read {
                LineRead::End => {
                    self.ended = true;
                    return Ok(None);
                }
                _ if begins < self.from_line => continue,
                LineRead::Whole if self.row.trim_ascii().is_empty() => continue,
                LineRead::TooLong => {
                    let detail = format!("the row is longer than {ROW} bytes");
                    if delimiter.is_some() {
                        // A quote that is not closed takes the rows after it into its cell; nobody can tell where it
                        // should have ended.
                        self.ended = true;
                        let detail = format!("{detail}, from line {begins} on: is a quote not closed?");
                        return Err(Broken { code: "too_long", detail });
                    }
                    Err(Refusal::new("too_long", detail))
                }
                LineRead::Whole => match &self.table {
                    None => json(&self.row),
                    Some((shape, delimiter)) => {
                        cells(&self.row, *delimiter).and_then(|cells| shaped(shape, &cells, self.line - begins))
                    }
                },
            };
            return Ok(Some(Row { line: begins, content, bytes }));
        }
    }

    /// Reads a row: a line, or of a table as many as its quoted cells reach over.
    fn read_row(&mut self, delimiter: Option<u8>) -> std::io::Result<LineRead> {
        self.row.clear();
        let mut quotes = Quotes::default();
        loop {
            let start = self.row.len();
            match self.read_line()? {
                LineRead::End if start == 0 => return Ok(LineRead::End),
                // A quote is open where the source ends: the cells say so.
                LineRead::End => return Ok(LineRead::Whole),
                LineRead::TooLong => return Ok(LineRead::TooLong),
                LineRead::Whole => {}
            }
            self.line += 1;
            if self.line == 1 && self.row.starts_with(MARK) {
                self.row.drain(..MARK.len());
            }
            let Some(delimiter) = delimiter else { return Ok(LineRead::Whole) };
            if !quotes.still_open(&self.row[start.min(self.row.len())..], delimiter) {
                return Ok(LineRead::Whole);
            }
        }
    }

    /// Adds a line to the row, with its end.
    fn read_line(&mut self) -> std::io::Result<LineRead> {
        let before = self.row.len();
        let mut too_long = false;
        loop {
            let available = match self.source.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                return Ok(match (too_long, self.row.len() > before) {
                    (true, _) => {
                        self.line += 1;
                        LineRead::TooLong
                    }
                    (false, true) => LineRead::Whole,
                    (false, false) => LineRead::End,
                });
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(available.len(), |end| end + 1);
            if self.row.len() + taken > ROW {
                too_long = true;
            }
            if !too_long {
                self.row.extend_from_slice(&available[..taken]);
            }
            self.source.consume(taken);
            if end.is_some() {
                if too_long {
                    self.line += 1;
                    return Ok(LineRead::TooLong);
                }
                return Ok(LineRead::Whole);
            }
        }
    }
}

/// Where a reader of a table is, as far as quotes go (RFC 4180, section 2): a quote opens a cell at its beginning alone.
#[derive(Default)]
enum Quotes {
    #[default]
    Start,
    Plain,
    Quoted,
    /// After a quote inside a quoted cell: it closes the cell, or another one follows and both stand for one.
    Closing,
}

impl Quotes {
    /// Reads on; whether a quoted cell is open at the end.
    fn still_open(&mut self, bytes: &[u8], delimiter: u8) -> bool {
        for byte in bytes {
            *self = match (&self, *byte) {
                (Self::Start, b'"') => Self::Quoted,
                (Self::Quoted, b'"') => Self::Closing,
                (Self::Closing, b'"') => Self::Quoted,
                (Self::Quoted, _) => Self::Quoted,
                (_, byte) if byte == delimiter || byte == b'\n' => Self::Start,
                _ => Self::Plain,
            };
        }
        matches!(self, Self::Quoted)
    }
}

fn not_utf8(error: std::str::Utf8Error) -> Refusal {
    let place = error.valid_up_to() + 1;
    Refusal::new("not_utf8", format!("byte {place} of the row is not UTF-8: is it another encoding, such as Latin-1?"))
}

fn json(row: &[u8]) -> Result<Value, Refusal> {
    let text = std::str::from_utf8(row).map_err(not_utf8)?;
    serde_json::from_str(text).map_err(|e| Refusal::new("invalid_json", format!("not valid JSON: {e}")))
}

/// The cells of a row.
fn cells(row: &[u8], delimiter: u8) -> Result<Vec<String>, Refusal> {
    std::str::from_utf8(row).map_err(not_utf8)?;
    let mut quotes = Quotes::default();
    if quotes.still_open(row, delimiter) {
        return Err(Refusal::new("invalid_csv", "a quoted cell is not closed"));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(row.len().max(1))
        .from_reader(row);
    let mut record = csv::StringRecord::new();
    reader.read_record(&mut record).map_err(|e| Refusal::new("invalid_csv", e.to_string()))?;
    Ok(record.iter().map(str::to_owned).collect())
}

fn shaped(shape: &Shape, cells: &[String], more_lines: u64) -> Result<Value, Refusal> {
    let expected = match shape {
        Shape::Own(columns) => columns.len(),
        Shape::Plain(names) => names.len(),
    };
    if cells.len() != expected {
        let mut detail = format!("the header has {expected} columns, the row {}", cells.len());
        if more_lines > 0 {
            detail.push_str(&format!(" and {} lines: is a quote not closed?", more_lines + 1));
        }
        return Err(Refusal::new("wrong_columns", detail));
    }
    match shape {
        Shape::Own(columns) => Ok(read_row(columns, cells.iter().map(String::as_str))?),
        Shape::Plain(names) => {
            let filled = names.iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
            let members: Map<String, Value> =
                filled.map(|(name, cell)| (name.clone(), Value::from(cell.as_str()))).collect();
            Ok(Value::Object(members))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], form: Form) -> Vec<(u64, Result<Value, &'static str>)> {
        let mut rows = Rows::open(text, form, None, true, 0).expect("a header");
        std::iter::from_fn(|| rows.next().expect("the source is whole"))
            .map(|row| (row.line, row.content.map_err(|refusal| refusal.code)))
            .collect()
    }

    #[test]
    fn lines_of_json_are_told_apart_whatever_ends_them() {
        let text = b"\xef\xbb\xbf{\"a\":1}\r\n\n  \n[2]\n{\"l\xe5\":1}\nnull";
        let found = read(text, Form::JsonLines);
        assert_eq!(
            found,
            [
                (1, Ok(serde_json::json!({"a": 1}))),
                (4, Ok(serde_json::json!([2]))),
                (5, Err("not_utf8")),
                (6, Ok(Value::Null))
            ]
        );
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_one_is_read() {
        let mut text = vec![b'x'; ROW + 1];
        text.extend_from_slice(b"\n{}\n");
        text.extend(vec![b'y'; ROW + 1]);
        assert_eq!(
            read(&text, Form::JsonLines),
            [(1, Err("too_long")), (2, Ok(serde_json::json!({}))), (3, Err("too_long"))]
        );
    }

    #[test]
    fn a_table_is_read_by_its_quotes_and_by_what_parts_its_columns() {
        let row = |a: &str, b: &str| Ok(serde_json::json!({"a": a, "b": b}));
        let text = b"a,b\r\n1,\"two\nlines, \"\"quoted\"\"\"\r\n3\n5\"6,7\n\n8,\"9";
        assert_eq!(
            read(text, Form::Csv),
            [
                (2, row("1", "two\nlines, \"quoted\"")),
                (4, Err("wrong_columns")),
                (5, row("5\"6", "7")),
                (7, Err("invalid_csv"))
            ]
        );
        assert_eq!(read(b"a;b\n1;2,5\n", Form::Csv), [(2, row("1", "2,5"))]);
        assert_eq!(read(b"a\tb\n1\t2\n", Form::Csv), [(2, row("1", "2"))]);
    }

    #[test]
    fn a_source_that_breaks_off_gives_no_half_row() {
        struct BreaksOff(&'static [u8]);
        impl std::io::Read for BreaksOff {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                match std::io::Read::read(&mut self.0, buffer)? {
                    0 => Err(std::io::Error::other("gone")),
                    some => Ok(some),
                }
            }
        }
        let source = std::io::BufReader::new(BreaksOff(b"a,b\n1,2\n3,4567"));
        let mut rows = Rows::open(source, Form::Csv, None, true, 0).expect("a header");
        assert_eq!(rows.next().unwrap().unwrap().line, 2);
        assert_eq!(rows.next().unwrap_err().code, "broken_off");
        assert!(rows.next().unwrap().is_none());
    }
}
