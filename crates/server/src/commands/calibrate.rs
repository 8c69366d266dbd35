//! `innocap calibrate`: how far scores and verdicts can be trusted, by judged pairs of the registry's own records.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use innocap_app::{Clock, Form, Judged};
use innocap_ranking::{Bin, Calibration, calibrate};

use super::{evaluate, print};
use crate::cli::{Calibrate, Settings};
use crate::{Failure, wiring};

pub async fn run(settings: &Settings, options: &Calibrate) -> Result<(), Failure> {
    let mut judgements = Vec::new();
    for path in &options.judgements {
        judgements.extend(read(path)?);
    }
    let weights = evaluate::weights(options.weights.as_deref())?;
    let innocap = wiring::start(settings, Clock::system()).await?;
    innocap.catch_up().await?;
    let form = if options.titles { Form::Title } else { Form::Whole };
    let judged = innocap.judged(&judgements, form).await?;
    if let Some(path) = &options.cases {
        let mut out = BufWriter::new(File::create(path)?);
        for case in &judged.cases {
            writeln!(out, "{}", serde_json::to_string(case)?)?;
        }
        out.flush()?;
    }
    let figures = calibrate(&judged.cases, &weights);
    if options.json {
        return print(&format!("{}\n", serde_json::to_string(&figures)?));
    }
    let known = judgements.len() - judged.unknown;
    print(&format!("{known} of {} judgements are of records here\n\n{}", judgements.len(), table(&figures)))
}

/// Reads judgements, one in each line.
///
/// # Errors
/// A file that cannot be read, or a line that is none, with its number.
pub fn read(path: &Path) -> Result<Vec<Judged>, Failure> {
    let mut read = Vec::new();
    for (number, line) in BufReader::new(File::open(path)?).lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let judgement = serde_json::from_str(&line)
            .map_err(|e| Failure::new(format!("{}, line {}: {e}", path.display(), number + 1)))?;
        read.push(judgement);
    }
    Ok(read)
}

fn table(figures: &Calibration) -> String {
    let mut text = format!(
        "ranking {}: {} needs, {} of them with something graded 2 or 3, nDCG@10 {:.4}\n\n",
        figures.version, figures.needs, figures.with_good, figures.ndcg_at_10
    );
    text.push_str("| score     | shown | judged | graded 1 | graded 2 or 3 | share |\n");
    text.push_str("|-----------|------:|-------:|---------:|--------------:|------:|\n");
    let mut row = |bin: &Bin| {
        let share = if bin.judged == 0 { "–".to_owned() } else { format!("{:.2}", share(bin.good, bin.judged)) };
        let _ = writeln!(
            text,
            "| {:.1}–{:.1}   | {:>5} | {:>6} | {:>8} | {:>13} | {share:>5} |",
            bin.from, bin.to, bin.shown, bin.judged, bin.same_field, bin.good
        );
    };
    figures.bins.iter().for_each(&mut row);
    row(&figures.trusted);
    let _ = writeln!(
        text,
        "\nverdict 'none found': {} of {} needs that have something good, {} of {} needs once that is taken out",
        figures.missed, figures.with_good, figures.none_without_good, figures.needs
    );
    text
}

#[expect(clippy::cast_precision_loss, reason = "counts of suggestions")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}
