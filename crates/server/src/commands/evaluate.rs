//! `innocap evaluate`: the figures of judged collections.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use innocap_app::evaluate::{Evaluation, Figures, Measure, Ranker, evaluate, evaluate_run, read_run};
use innocap_app::{Embeddings, known_labels};
use innocap_ranking::Weights;

use super::{print, registry, report};
use crate::cli::{Evaluate, RankerName, Settings};
use crate::{Failure, wiring};

pub async fn run(settings: &Settings, options: &Evaluate) -> Result<(), Failure> {
    let registry = registry(settings).await?;
    registry.migrate().await?;
    let labels = if options.labels { Some(known_labels(&registry).await?) } else { None };
    let embeddings = Embeddings::new(wiring::model(settings).await?, registry);
    let rankers = rankers(&options.ranker);
    let weights = weights(options.weights.as_deref())?;
    let measure = Measure { weights: &weights, labels: labels.as_ref() };
    for folder in &options.folders {
        let bar = report::bar(0, "");
        let progress = |what: &str, done: usize, total: usize| {
            bar.set_message(what.to_owned());
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        };
        let results =
            evaluate(&embeddings, folder, &options.split, &rankers, options.ablate, &measure, progress).await?;
        bar.finish_and_clear();
        let last = results.iter().rev().find(|result| result.without.is_none());
        if let (Some(path), Some(last)) = (&options.run, last) {
            write_run(last, &mut BufWriter::new(File::create(path)?))?;
        }
        if options.json {
            for result in &results {
                print(&format!("{}\n", serde_json::to_string(result)?))?;
            }
            continue;
        }
        print(&table(&results))?;
        if let (Some(path), Some(last)) = (&options.against, last) {
            let other = evaluate_run(folder, &options.split, &read_run(path)?, last)?;
            let (difference, p) = last.against(&other);
            print(&format!(
                "\n{} has nDCG@10 {:.4}; {} is {difference:+.4} to it, p = {p:.4}\n",
                path.display(),
                other.figures.ndcg_at_10,
                last.ranker.name()
            ))?;
        }
        print("\n")?;
    }
    Ok(())
}

/// The weights in a file, or those in the program.
pub fn weights(path: Option<&Path>) -> Result<Weights, Failure> {
    let Some(path) = path else {
        return Ok(Weights::bundled().clone());
    };
    let named = |e: &dyn std::fmt::Display| Failure::new(format!("{}: {e}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| named(&e))?;
    serde_json::from_str(&text).map_err(|e| named(&e))
}

fn rankers(names: &[RankerName]) -> Vec<Ranker> {
    let mut rankers = Vec::new();
    for name in names {
        match name {
            RankerName::Words => rankers.push(Ranker::Words),
            RankerName::Embedding => rankers.push(Ranker::Embedding),
            RankerName::Rrf => rankers.push(Ranker::Rrf),
            RankerName::Meaning => rankers.push(Ranker::Meaning),
            RankerName::Full => rankers.push(Ranker::Full),
            RankerName::All => rankers.extend(Ranker::ALL),
        }
    }
    rankers
}

fn table(results: &[Evaluation]) -> String {
    let Some(first) = results.first() else {
        return String::new();
    };
    let mut text = format!(
        "{} ({}): {} queries, {} documents{}, ranking {}, {:.1} s\n\n",
        first.collection,
        first.split,
        first.figures.queries,
        first.documents,
        if first.labels { " with the labels of their codes" } else { "" },
        first.ranking_version,
        results.iter().map(|result| result.seconds).sum::<f64>()
    );
    let full = results.iter().find(|result| result.ranker == Ranker::Full && result.without.is_none());
    text.push_str(
        "| ranker                                 | nDCG@10 | 95 %          | nDCG@1 | MRR@10 | MAP    | R@100  | to full | p      |\n",
    );
    text.push_str(
        "|----------------------------------------|--------:|---------------|-------:|-------:|-------:|-------:|--------:|-------:|\n",
    );
    let mut row = |name: &str, f: &Figures, compared: Option<(f64, f64)>| {
        let (to_full, p) = compared.map_or_else(Default::default, |(d, p)| (format!("{d:+.4}"), format!("{p:.4}")));
        let _ = writeln!(
            text,
            "| {name:<38} |  {:.4} | {:.4}–{:.4} | {:.4} | {:.4} | {:.4} | {:.4} | {to_full:>7} | {p:>6} |",
            f.ndcg_at_10, f.ndcg_at_10_low, f.ndcg_at_10_high, f.ndcg_at_1, f.mrr_at_10, f.map, f.recall_at_100
        );
    };
    for result in results {
        let name = match result.without {
            Some(ingredient) => format!("full without {ingredient}"),
            None => result.ranker.name().to_owned(),
        };
        let other = full.filter(|full| !std::ptr::eq(*full, result));
        row(&name, &result.figures, other.map(|full| result.against(full)));
    }
    let last = full.unwrap_or(first);
    if last.by_language.len() > 1 {
        for (language, figures) in &last.by_language {
            row(&format!("{} {language} ({})", last.ranker.name(), figures.queries), figures, None);
        }
    }
    text
}

/// The form of trec_eval: query Q0 document rank value name.
fn write_run(result: &Evaluation, out: &mut impl Write) -> std::io::Result<()> {
    for (query, ranked) in &result.run {
        for (place, (document, value)) in ranked.iter().enumerate() {
            writeln!(out, "{query} Q0 {document} {} {value} innocap", place + 1)?;
        }
    }
    out.flush()
}
