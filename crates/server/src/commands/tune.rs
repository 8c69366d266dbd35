//! `innocap tune`: which weights would fit judged pairs of the registry's own records better; a person decides.

use std::fmt::Write as _;

use innocap_app::{Clock, Form};
use innocap_ranking::{Proposal, Weights, tune};

use super::{calibrate, print};
use crate::cli::{Settings, Tune};
use crate::{Failure, wiring};

pub async fn run(settings: &Settings, options: &Tune) -> Result<(), Failure> {
    let mut judgements = Vec::new();
    for path in &options.judgements {
        judgements.extend(calibrate::read(path)?);
    }
    let innocap = wiring::start(settings, Clock::system()).await?;
    innocap.catch_up().await?;
    let cases = innocap.judged(&judgements, Form::Whole).await?.cases;
    let folds = usize::from(options.folds);
    let proposal = tokio::task::spawn_blocking(move || tune(&cases, Weights::bundled(), folds)).await?;
    let Some(proposal) = proposal else {
        return Err(Failure::new(format!(
            "fewer than {folds} needs here have a judgement above 0; nothing can be said of the weights"
        )));
    };
    if let Some(path) = &options.out {
        let mut weights = proposal.weights.clone();
        weights.version.push_str("+tuned");
        std::fs::write(path, serde_json::to_string_pretty(&weights)? + "\n")?;
    }
    print(&told(&proposal))
}

fn told(proposal: &Proposal) -> String {
    let mut text = format!(
        "nDCG@10 over {} judged needs: {:.4} as it is, {:.4} with the weights below, {:.4} to be expected on other needs\n",
        proposal.needs, proposal.before, proposal.fitted, proposal.expected
    );
    if proposal.changes.is_empty() {
        text.push_str("No weight would change.\n");
    }
    for (name, now, proposed) in &proposal.changes {
        let _ = writeln!(text, "  {name}: {now:.3} → {proposed:.3}");
    }
    if proposal.expected <= proposal.before {
        text.push_str("On needs it has not seen this is no gain: leave the weights as they are.\n");
    }
    text.push_str("Nothing has been applied.\n");
    text
}
