//! `innocap feedback export`: what users say of suggestions, as judgements by which a ranking can be measured.

use std::fmt::Write;
use std::path::Path;

use innocap_app::Judged;
use innocap_app::feedback::judgements;

use super::{print, registry, report};
use crate::Failure;
use crate::cli::{Feedback, FeedbackFormat, Settings};

/// Reads the registry alone, so that it runs beside a server that holds the index.
pub async fn run(settings: &Settings, command: Feedback) -> Result<(), Failure> {
    let Feedback::Export(options) = command;
    let registry = registry(settings).await?;
    registry.migrate().await?;
    let bar = report::counter("feedback read:");
    let judged = judgements(&registry, |read| bar.set_position(read as u64)).await?;
    bar.finish_and_clear();
    let text = match options.format {
        FeedbackFormat::Judgements => json_lines(&judged)?,
        FeedbackFormat::Qrels => qrels(&judged),
    };
    let Some(path) = &options.file else {
        return print(&text);
    };
    write(path, &text).map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
    print(&format!("{} judgements written to {}\n", judged.len(), path.display()))
}

/// Written beside it and moved, so that a failed export never takes the place of a good one.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let part = path.with_extension("part");
    std::fs::write(&part, text)?;
    std::fs::rename(&part, path)
}

fn json_lines(judged: &[Judged]) -> Result<String, Failure> {
    let mut text = String::new();
    for one in judged {
        text.push_str(&serde_json::to_string(one)?);
        text.push('\n');
    }
    Ok(text)
}

/// The form that `innocap evaluate` reads from qrels/SPLIT.tsv.
fn qrels(judged: &[Judged]) -> String {
    let mut text = "query-id\tcorpus-id\tscore\n".to_owned();
    for Judged { need, solution, grade, .. } in judged {
        let _ = writeln!(text, "{need}\t{solution}\t{grade}");
    }
    text
}
