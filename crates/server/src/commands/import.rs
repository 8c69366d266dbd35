//! `innocap import`: rows of our own form, or of any form through a mapping file.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write, stdin};
use std::path::Path;

use innocap_app::import::{Became, Form, Summary};
use innocap_app::mapping::Mapping;
use innocap_app::{Caller, Clock, ImportOptions, Innocap, Packing};

use super::{print, report};
use crate::cli::{Import, Settings};
use crate::{Failure, wiring};

/// Faults shown; the rest is counted.
const SHOWN: usize = 50;
/// The bytes that every gzip member begins with (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

pub async fn run(settings: &Settings, options: &Import) -> Result<(), Failure> {
    let mapping = match &options.mapping {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
            Some(Mapping::parse(&text).map_err(|e| Failure { message: format!("{}: {e}", path.display()), code: 2 })?)
        }
        None => None,
    };
    let (source, packing) = source(&options.file)?;
    let name = options.file.to_string_lossy().to_lowercase();
    let is_csv = options.csv || name.trim_end_matches(".gz").ends_with(".csv");
    let rows = ImportOptions {
        form: if is_csv { Form::Csv } else { Form::JsonLines },
        kind: options.kind,
        source: options.source.clone(),
        organisation: None,
        from_line: options.from_line,
        dry_run: options.dry_run,
    };
    let innocap = wiring::start(settings, Clock::system()).await?;
    let summary = rows_of(&innocap, options, &rows, mapping.as_ref(), packing, source).await?;
    if !options.no_index && !options.dry_run {
        let bar = report::indexing(&innocap);
        innocap.catch_up().await?;
        bar.finish();
    }
    if let Some(stopped) = &summary.stopped {
        let next = summary.done_through_line + 1;
        return Err(Failure::new(format!("{} ({}); to go on: --from-line {next}", stopped.detail, stopped.code)));
    }
    if summary.rows > 0 && summary.refused == summary.rows {
        return Err(Failure::new("no line could be imported"));
    }
    Ok(())
}

/// The file, and whether it is packed: told by how it begins, for standard input has no name.
fn source(file: &Path) -> Result<(Box<dyn Read + Send>, Packing), Failure> {
    let mut source: Box<dyn Read + Send> = if file.as_os_str() == "-" {
        Box::new(stdin())
    } else {
        Box::new(File::open(file).map_err(|e| Failure::new(format!("{}: {e}", file.display())))?)
    };
    let mut start = Vec::with_capacity(GZIP.len());
    source.by_ref().take(GZIP.len() as u64).read_to_end(&mut start)?;
    let packing = if start == GZIP { Packing::Gzip } else { Packing::None };
    Ok((Box::new(BufReader::new(std::io::Cursor::new(start).chain(source))), packing))
}

/// Imports, and says what became of the rows.
async fn rows_of(
    innocap: &Innocap,
    options: &Import,
    rows: &ImportOptions,
    mapping: Option<&Mapping>,
    packing: Packing,
    source: Box<dyn Read + Send>,
) -> Result<Summary, Failure> {
    let mut told = match &options.report {
        Some(path) => {
            let file = File::create(path).map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
            Some(BufWriter::new(file))
        }
        None => None,
    };
    let mut unwritten = None;
    let mut shown = 0;
    let bar = report::counter("lines read:");
    let each = |line: &innocap_app::import::Line| {
        bar.inc(1);
        if let (Became::Refused, Some(refusal)) = (line.outcome, &line.refusal) {
            shown += 1;
            if shown <= SHOWN {
                bar.suspend(|| eprintln!("line {}: {}", line.line, refusal.detail));
            }
        }
        if let (Some(file), None) = (&mut told, &unwritten) {
            let written = serde_json::to_writer(&mut *file, line).map_err(std::io::Error::from);
            unwritten = written.and_then(|()| file.write_all(b"\n")).err();
        }
    };
    let summary = innocap.import_from(&Caller::shell(), rows, mapping, packing, source, each).await;
    bar.finish_and_clear();
    let summary = summary?;
    if shown > SHOWN {
        eprintln!("… and {} more", shown - SHOWN);
    }
    if let Some(file) = &mut told {
        serde_json::to_writer(&mut *file, &serde_json::json!({ "summary": summary }))?;
        file.write_all(b"\n").and_then(|()| file.flush()).map_err(|e| Failure::new(e.to_string()))?;
    }
    if let Some(error) = unwritten {
        return Err(Failure::new(format!("the report cannot be written: {error}")));
    }
    let rehearsed = if summary.dry_run { " (nothing was written)" } else { "" };
    print(&format!(
        "{} lines: {} new, {} changed, {} unchanged, {} refused{rehearsed}\n",
        summary.rows, summary.created, summary.updated, summary.unchanged, summary.refused
    ))?;
    Ok(summary)
}
