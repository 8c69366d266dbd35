//! Harvesting a source: claimed so that one does it at a time, walked through, what is gone archived, and told how it went.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use innocap_access::{Action, Target};
use innocap_domain::{HarvestSettings, HarvestSource, Trace};
use innocap_exchange::{Fetcher, Limits, Manners};
use innocap_registry::HarvestEnd;
use serde_json::json;

use super::Reading;
use super::report::HarvestReport;
use super::walk::{Broken, Checkpoint, Progress, Walk};
use super::writer::Writer;
use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;

/// Bytes of a document; a longer catalogue comes in pages.
const BODY_BYTES: usize = 32 * 1024 * 1024;
/// From the first byte sent to the last received.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a source stays taken that nobody says any more is being harvested.
const CLAIM: TimeDelta = TimeDelta::minutes(2);
/// How often whoever harvests says so.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// When a source that failed is tried again, unless its own pace is quicker.
const RETRY: TimeDelta = TimeDelta::minutes(15);

impl Innocap {
    /// Harvests a source now; `progress` is told what has been done so far. A dry run writes nothing and reads everything.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Forbidden`] for everyone but the operator; [`AppError::Conflict`] where
    /// somebody else harvests it, or where the source does not let it be harvested, with why.
    pub async fn harvest(
        &self,
        caller: &Caller,
        name: &str,
        dry: bool,
        mut progress: impl FnMut(&HarvestReport) + Send,
    ) -> Result<HarvestReport, AppError> {
        allow(&caller.actor, Action::RunSources, &Target::Service)?;
        let source = self.registry().harvest_source(name).await?.ok_or(AppError::NotFound)?;
        if dry {
            return self.try_harvest(&source.settings, &mut progress).await;
        }
        self.harvest_as(&caller.trace(None, self.clock().now()), name, &mut progress).await
    }

    /// As [`Self::harvest`], for whoever may.
    pub(super) async fn harvest_as(
        &self,
        trace: &Trace,
        name: &str,
        progress: Progress<'_>,
    ) -> Result<HarvestReport, AppError> {
        let now = self.clock().now();
        let Some(source) = self.registry().claim_harvest(name, now, now + CLAIM).await? else {
            return Err(AppError::Conflict("it is being harvested already".to_owned()));
        };
        tokio::select! {
            result = self.run_claimed(source, trace, progress) => match result {
                Ok((report, None)) => Ok(report),
                Ok((_, Some(problem))) => Err(AppError::Conflict(problem)),
                Err(error) => {
                    // The next run goes on from the checkpoint.
                    let _ = self.registry().release_harvest(name).await;
                    Err(error)
                }
            },
            error = self.keep_claim(name) => Err(error),
        }
    }

    /// What a run would do.
    async fn try_harvest(&self, settings: &HarvestSettings, progress: Progress<'_>) -> Result<HarvestReport, AppError> {
        let reading = Arc::new(Reading::of(settings).map_err(AppError::Conflict)?);
        let mut writer = Writer::new(self, &reading, i64::MAX, true, HarvestReport::begun());
        let fetcher = fetcher(settings)?;
        let mut walk = Walk { innocap: self, settings, fetcher, checkpoint: Checkpoint::default(), resumed: false };
        match walk.through(&mut writer, &reading, progress).await {
            Ok(()) => {}
            Err(Broken::Service(error)) => return Err(error),
            Err(Broken::Source(stop)) => return Err(AppError::Conflict(stop.why)),
        }
        self.archive_gone(&mut writer, settings).await?;
        Ok(writer.report)
    }

    /// Runs a source that was claimed: what was done, and why it did not come to its end where it did not.
    async fn run_claimed(
        &self,
        source: HarvestSource,
        trace: &Trace,
        progress: Progress<'_>,
    ) -> Result<(HarvestReport, Option<String>), AppError> {
        let settings = &source.settings;
        let name = &settings.name;
        let resumed = source.checkpoint.is_some();
        let checkpoint: Checkpoint =
            source.checkpoint.and_then(|json| serde_json::from_value(json).ok()).unwrap_or_default();
        let report = source.report.filter(|_| resumed).and_then(|json| serde_json::from_value(json).ok());
        let report = report.unwrap_or_else(HarvestReport::begun);
        let report = HarvestReport { complete: checkpoint.complete, ..report };
        // It was read when the source was set up, perhaps by another version.
        let reading = Arc::new(Reading::of(settings).map_err(AppError::Internal)?);
        let mut writer = Writer::new(self, &reading, source.run, false, report);
        let fetcher = fetcher(settings)?;
        let mut walk = Walk { innocap: self, settings, fetcher, checkpoint, resumed };
        let walked = walk.through(&mut writer, &reading, progress).await;
        let every = settings.interval.and_then(TimeDelta::try_seconds);
        let (checkpoint, due, problem) = match walked {
            Ok(()) => {
                self.archive_gone(&mut writer, settings).await?;
                let touched = std::mem::take(&mut writer.touched);
                writer.report.duplicates = self.propose_duplicates(&touched).await?;
                (None, every.map(|every| self.clock().now() + every), None)
            }
            Err(Broken::Service(error)) => return Err(error),
            Err(Broken::Source(stop)) => {
                // The checkpoint keeps whether what was read so far was complete.
                writer.report.complete = false;
                let wait = match stop.later {
                    Some(later) => TimeDelta::from_std(later).ok(),
                    None => every.map(|every| every.min(RETRY)),
                };
                let checkpoint = (!stop.anew).then(|| json!(walk.checkpoint));
                (checkpoint, wait.map(|wait| self.clock().now() + wait), Some(stop.why))
            }
        };
        let report = writer.report;
        let end =
            HarvestEnd { at: self.clock().now(), due, checkpoint, report: json!(report), problem: problem.clone() };
        self.registry().end_harvest(name, end, &Trace { at: self.clock().now(), ..*trace }).await?;
        tracing::info!(
            source = name,
            created = report.created,
            changed = report.changed,
            archived = report.archived,
            refused = report.refused,
            complete = problem.is_none(),
            "harvested"
        );
        Ok((report, problem))
    }

    /// Says from time to time that a source is being harvested; returns only where that cannot be said any more.
    async fn keep_claim(&self, name: &str) -> AppError {
        let mut failures = 0;
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            match self.registry().renew_harvest(name, self.clock().now() + CLAIM).await {
                Ok(true) => failures = 0,
                Ok(false) => return AppError::NotFound,
                Err(error) if failures >= 3 => return error.into(),
                Err(_) => failures += 1,
            }
        }
    }

    /// Archives what a whole and complete run has not seen, unless that is everything there was.
    async fn archive_gone(&self, writer: &mut Writer<'_>, settings: &HarvestSettings) -> Result<(), AppError> {
        if !settings.whole {
            return Ok(());
        }
        let unseen = self.registry().unseen_harvest_items(&settings.name, writer.run).await?;
        let seen = |item: &innocap_domain::HarvestItem| writer.seen.contains(&(item.kind.clone(), item.id.clone()));
        let unseen: Vec<_> = unseen.into_iter().filter(|item| !writer.dry || !seen(item)).collect();
        if unseen.is_empty() {
            return Ok(());
        }
        if !writer.report.complete {
            let why = format!(
                "{} records were not seen; as not everything could be read, nothing was archived",
                unseen.len()
            );
            writer.report.note(&settings.address, why);
            return Ok(());
        }
        let there = usize::try_from(self.registry().count_harvest_items(&settings.name).await?).unwrap_or(usize::MAX);
        if unseen.len() >= there {
            let why = "the source names none of what it had any more; nothing was archived";
            writer.report.fail(&settings.address, why);
            return Ok(());
        }
        for item in unseen {
            writer.archive_gone(&item).await?;
        }
        Ok(())
    }
}

fn fetcher(settings: &HarvestSettings) -> Result<Fetcher, AppError> {
    let limits =
        Limits { timeout: TIMEOUT, body_bytes: BODY_BYTES, allow_private: settings.allow_private, ..Limits::default() };
    let manners = if settings.allow_private { Manners::at_home() } else { Manners::default() };
    Fetcher::new(limits, manners).map_err(|error| AppError::Internal(error.to_string()))
}
