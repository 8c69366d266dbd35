//! `innocap import`: rows of our own form, or of any form through a mapping file.

use std::fs::File;
use std::io::{BufRead, BufReader, stdin};

use innocap_app::Clock;
use innocap_app::import::Form;
use innocap_app::mapping::Mapping;

use super::{print, report};
use crate::cli::{Import, Settings};
use crate::{Failure, wiring};

/// Faults shown; the rest is counted.
const SHOWN: usize = 50;

pub async fn run(settings: &Settings, options: &Import) -> Result<(), Failure> {
    let mapping = match &options.mapping {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
            Some(Mapping::parse(&text).map_err(|e| Failure { message: format!("{}: {e}", path.display()), code: 2 })?)
        }
        None => None,
    };
    let from_stdin = options.file.as_os_str() == "-";
    let rows: Box<dyn BufRead + Send> = if from_stdin {
        Box::new(BufReader::new(stdin()))
    } else {
        let file = File::open(&options.file).map_err(|e| Failure::new(format!("{}: {e}", options.file.display())))?;
        Box::new(BufReader::new(file))
    };
    let is_csv = options.csv || options.file.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
    let form = if is_csv { Form::Csv } else { Form::JsonLines };
    let innocap = wiring::start(settings, Clock::system()).await?;
    let bar = report::counter("lines read:");
    let result = innocap.import(rows, form, mapping.as_ref(), |lines| bar.set_position(lines as u64)).await?;
    bar.finish_and_clear();
    for (line, why) in result.refused.iter().take(SHOWN) {
        eprintln!("line {line}: {why}");
    }
    if result.refused.len() > SHOWN {
        eprintln!("… and {} more", result.refused.len() - SHOWN);
    }
    print(&format!(
        "{} lines: {} new, {} changed, {} unchanged, {} refused\n",
        result.lines,
        result.created,
        result.updated,
        result.unchanged,
        result.refused.len()
    ))?;
    if !options.no_index {
        let bar = report::indexing(&innocap);
        innocap.catch_up().await?;
        bar.finish();
    }
    if result.lines > 0 && result.refused.len() == result.lines {
        return Err(Failure::new("no line could be imported"));
    }
    Ok(())
}
