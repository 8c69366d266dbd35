//! `innocap harvest`: catalogues to harvest, at the operator's shell.

use innocap_app::{Caller, HarvestReport, Innocap, ReportLineKind};
use innocap_domain::{DuplicateDecision, HarvestFormat, HarvestSettings};

use super::{print, report};
use crate::cli::{HarvestAdd, HarvestCommand, Settings};
use crate::{Failure, wiring};

/// Seconds of an hour.
const HOUR: f64 = 3_600.0;

pub async fn run(settings: &Settings, command: HarvestCommand) -> Result<(), Failure> {
    let office = wiring::office(settings).await?;
    let innocap = &office.innocap;
    let shell = Caller::shell();
    match command {
        HarvestCommand::Add(options) => {
            innocap.add_harvest_source(&shell, source(options)?).await?;
            print("done\n")
        }
        HarvestCommand::List { json } => list(innocap, &shell, json).await,
        HarvestCommand::Run { name: Some(name), dry_run } => harvest(innocap, &shell, &name, dry_run).await,
        HarvestCommand::Run { name: None, dry_run } => {
            let mut failed = Vec::new();
            for source in innocap.harvest_sources(&shell).await? {
                let name = source["name"].as_str().unwrap_or_default().to_owned();
                if let Err(failure) = harvest(innocap, &shell, &name, dry_run).await {
                    eprintln!("{name}: {}", failure.message);
                    failed.push(name);
                }
            }
            if failed.is_empty() { Ok(()) } else { Err(Failure::new(format!("not harvested: {}", failed.join(", ")))) }
        }
        HarvestCommand::Remove { name } => {
            innocap.remove_harvest_source(&shell, &name).await?;
            print("done\n")
        }
        HarvestCommand::Duplicates => {
            for pair in innocap.duplicates(&shell).await? {
                let title = |texts: &innocap_domain::Texts| texts.original().title.clone();
                let (id, reason) = (pair.proposal.id, &pair.proposal.reason);
                print(&format!("{id}\tby {reason}\n"))?;
                for record in [&pair.first, &pair.second] {
                    let source = record.content.source.as_ref().map(|source| source.name.as_str());
                    let (title, source) = (title(&record.content.texts), source.unwrap_or("written here"));
                    print(&format!("\t{}\t{title}\t{source}\n", record.id))?;
                }
            }
            Ok(())
        }
        HarvestCommand::Same { id } => decide(innocap, &shell, &id, DuplicateDecision::Same).await,
        HarvestCommand::Different { id } => decide(innocap, &shell, &id, DuplicateDecision::Different).await,
    }
}

fn source(options: HarvestAdd) -> Result<HarvestSettings, Failure> {
    let refuse = |message: String| Failure { message, code: 2 };
    let format = HarvestFormat::parse(&options.format).map_err(|error| refuse(error.to_string()))?;
    let mapping = match &options.mapping {
        Some(path) => Some(std::fs::read_to_string(path).map_err(|e| refuse(format!("{}: {e}", path.display())))?),
        None => None,
    };
    #[expect(clippy::cast_possible_truncation, reason = "what is out of range is refused afterwards")]
    let interval = options.every.map(|hours| (hours * HOUR) as i64);
    Ok(HarvestSettings {
        name: options.name,
        format,
        address: options.address,
        mapping,
        licence: options.licence,
        interval,
        allow_private: options.allow_private,
        whole: options.whole || (format.is_whole() && !options.news),
    })
}

async fn list(innocap: &Innocap, shell: &Caller, json: bool) -> Result<(), Failure> {
    for source in innocap.harvest_sources(shell).await? {
        if json {
            print(&format!("{source}\n"))?;
            continue;
        }
        let text = |member: &str| source[member].as_str().unwrap_or_default().to_owned();
        let last = source["finished"].as_str().map_or("never", |time| time.get(..16).unwrap_or(time)).to_owned();
        print(&format!(
            "{}\t{}\t{}\tlast run {last}\n\t{}\n",
            text("name"),
            text("format"),
            text("state"),
            text("address")
        ))?;
        if let Some(problem) = source["problem"].as_str() {
            print(&format!("\t{problem}\n"))?;
        }
        if let Ok(report) = serde_json::from_value::<HarvestReport>(source["report"].clone()) {
            print(&format!("\t{}\n", counts(&report)))?;
        }
    }
    Ok(())
}

async fn harvest(innocap: &Innocap, shell: &Caller, name: &str, dry_run: bool) -> Result<(), Failure> {
    let bar = report::counter(&format!("{name}, records:"));
    let done = innocap.harvest(shell, name, dry_run, |report| bar.set_position(report.found as u64)).await;
    bar.finish_and_clear();
    let report = match done {
        Ok(report) => report,
        Err(error) => {
            // What was done before it stopped.
            let sources = innocap.harvest_sources(shell).await?;
            let ours = sources.iter().find(|source| source["name"] == name);
            if let Some(Ok(report)) = ours.map(|source| serde_json::from_value(source["report"].clone())) {
                lines(&report);
            }
            return Err(error.into());
        }
    };
    lines(&report);
    let would = if dry_run { "nothing is written; a run would give " } else { "" };
    print(&format!("{name}: {would}{}\n", counts(&report)))
}

/// What somebody should look at, a line each.
fn lines(report: &HarvestReport) {
    for line in &report.lines {
        let kind = match line.kind {
            ReportLineKind::Refused => "refused",
            ReportLineKind::Note => "note",
            ReportLineKind::Problem => "problem",
        };
        eprintln!("{kind}: {}: {}", line.at, line.why);
    }
    if report.more_lines > 0 {
        eprintln!("… and {} more", report.more_lines);
    }
}

fn counts(report: &HarvestReport) -> String {
    let HarvestReport { created, changed, unchanged, archived, refused, organisations, deployments, .. } = report;
    format!(
        "{created} new, {changed} changed, {unchanged} unchanged, {archived} archived, {refused} refused; \
         {organisations} organisations, {deployments} deployments, {} possible duplicates; {} documents, {} of them as they were",
        report.duplicates,
        report.documents + report.unchanged_documents,
        report.unchanged_documents,
    )
}

async fn decide(innocap: &Innocap, shell: &Caller, id: &str, decision: DuplicateDecision) -> Result<(), Failure> {
    let id =
        id.parse().map_err(|_| Failure { message: "expected the identifier of a proposal".to_owned(), code: 2 })?;
    innocap.decide_duplicate(shell, id, decision).await?;
    print("done\n")
}
