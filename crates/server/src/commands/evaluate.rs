//! `innocap evaluate`: the figures of a judged collection.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};

use innocap_app::Embeddings;
use innocap_app::evaluate::{Evaluation, Figures, Ranker, evaluate};
use innocap_ranking::Weights;

use super::{print, registry, report};
use crate::cli::{Evaluate, RankerName, Settings};
use crate::{Failure, wiring};

pub async fn run(settings: &Settings, options: &Evaluate) -> Result<(), Failure> {
    let registry = registry(settings).await?;
    registry.migrate().await?;
    let embeddings = Embeddings::new(wiring::model(settings).await?, registry);
    let ranker = match options.ranker {
        RankerName::Words => Ranker::Words,
        RankerName::Meaning => Ranker::Meaning,
        RankerName::Full => Ranker::Full,
    };
    let weights = match &options.weights {
        Some(path) => serde_json::from_str(&std::fs::read_to_string(path)?)?,
        None => Weights::bundled().clone(),
    };
    let bar = report::bar(0, "");
    let progress = |what: &str, done: usize, total: usize| {
        bar.set_message(what.to_owned());
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    };
    let result = evaluate(&embeddings, &options.folder, &options.split, ranker, &weights, progress).await?;
    bar.finish_and_clear();
    if let Some(path) = &options.run {
        write_run(&result, &mut BufWriter::new(File::create(path)?))?;
    }
    if options.json {
        return print(&format!("{}\n", serde_json::to_string(&result)?));
    }
    print(&table(&result))
}

fn table(result: &Evaluation) -> String {
    let mut text = format!(
        "{} ({}), ranker {}, {} documents, {:.1} s\n\n",
        result.collection,
        result.split,
        format!("{:?}", result.ranker).to_lowercase(),
        result.documents,
        result.seconds
    );
    text.push_str("| language | queries | nDCG@10 | 95 %          | MRR@10 | MAP    | R@100  |\n");
    text.push_str("|----------|--------:|--------:|---------------|-------:|-------:|-------:|\n");
    let mut row = |name: &str, f: &Figures| {
        let _ = writeln!(
            text,
            "| {name:<8} | {:>7} |  {:.4} | {:.4}–{:.4} | {:.4} | {:.4} | {:.4} |",
            f.queries, f.ndcg_at_10, f.ndcg_at_10_low, f.ndcg_at_10_high, f.mrr_at_10, f.map, f.recall_at_100
        );
    };
    row("all", &result.figures);
    if result.by_language.len() > 1 {
        for (language, figures) in &result.by_language {
            row(language, figures);
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
