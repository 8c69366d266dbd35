//! Walking through a source: page by page, or through a list; remembered after each document, so that a run that is cut
//! off goes on where it was.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use innocap_access::{Action, Target};
use innocap_domain::{HarvestDocument, HarvestFormat, HarvestSettings, HarvestSource, Trace};
use innocap_exchange::{FetchError, Fetched, Fetcher, Limits, Manners, Validators};
use innocap_registry::HarvestEnd;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use super::report::HarvestReport;
use super::writer::Writer;
use super::{Reading, addresses};
use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;

/// Bytes of a document; a longer catalogue comes in pages.
const BODY_BYTES: usize = 32 * 1024 * 1024;
/// From the first byte sent to the last received.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Pages of one run at most, should a source lead on for ever.
const MOST_PAGES: usize = 20_000;
/// How long a source stays taken that nobody says any more is being harvested.
const CLAIM: TimeDelta = TimeDelta::minutes(2);
/// How often whoever harvests says so.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// When a source that failed is tried again, unless its own pace is quicker.
const RETRY: TimeDelta = TimeDelta::minutes(15);

/// Where a run goes on.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Checkpoint {
    /// The page to be read next.
    next: Option<String>,
    /// How many of a list have been read.
    position: usize,
    /// Whether everything so far could be read.
    complete: bool,
}

impl Default for Checkpoint {
    fn default() -> Self {
        Self { next: None, position: 0, complete: true }
    }
}

/// Why a run does not come to its end.
struct Stop {
    why: String,
    /// When the source wants to be asked again.
    later: Option<Duration>,
    /// Whether the next run begins anew.
    anew: bool,
}

impl Stop {
    fn at(why: impl Into<String>) -> Self {
        Self { why: why.into(), later: None, anew: false }
    }

    fn fetching(url: &Url, error: &FetchError) -> Self {
        let later = if let FetchError::Later(after) = error { Some(*after) } else { None };
        Self { why: format!("{}: {error}", shown(url)), later, anew: false }
    }
}

/// What ends a walk early: the source, or this service itself.
enum Broken {
    Source(Stop),
    Service(AppError),
}

impl From<AppError> for Broken {
    fn from(error: AppError) -> Self {
        Self::Service(error)
    }
}

impl From<innocap_registry::RegistryError> for Broken {
    fn from(error: innocap_registry::RegistryError) -> Self {
        Self::Service(error.into())
    }
}

type Progress<'p> = &'p mut (dyn FnMut(&HarvestReport) + Send);

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
        let mut writer = Writer::new(self, &reading, i64::MAX, true, HarvestReport::new());
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
        let report = report.unwrap_or_else(HarvestReport::new);
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

/// An address without its query, which may hold a key.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

struct Walk<'w> {
    innocap: &'w Innocap,
    settings: &'w HarvestSettings,
    fetcher: Fetcher,
    checkpoint: Checkpoint,
    /// Whether it goes on with a run that was cut off.
    resumed: bool,
}

impl Walk<'_> {
    async fn through(
        &mut self,
        writer: &mut Writer<'_>,
        reading: &Arc<Reading>,
        progress: Progress<'_>,
    ) -> Result<(), Broken> {
        let start = Url::parse(&self.settings.address)
            .map_err(|error| Broken::Source(Stop::at(format!("the address cannot be read: {error}"))))?;
        let is_list = matches!(self.settings.format, HarvestFormat::PubliccodeList | HarvestFormat::TedList);
        if is_list {
            self.list(&start, writer, reading, progress).await
        } else {
            self.pages(start, writer, reading, progress).await
        }
    }

    /// Page after page, from where it was.
    async fn pages(
        &mut self,
        start: Url,
        writer: &mut Writer<'_>,
        reading: &Arc<Reading>,
        progress: Progress<'_>,
    ) -> Result<(), Broken> {
        let mut next = match self.checkpoint.next.as_deref().map(Url::parse) {
            Some(Ok(url)) => url,
            _ => start.clone(),
        };
        let mut read = Vec::new();
        for _ in 0..MOST_PAGES {
            if self.settings.format == HarvestFormat::Publiccode {
                next = innocap_exchange::publiccode_address(&next);
            }
            let found = match self.document(&next, writer, reading, progress).await {
                Ok(found) => found,
                Err(Broken::Source(stop)) => {
                    // The place where the last run stopped may be one that the source forgets.
                    let anew = self.resumed && read.is_empty() && stop.later.is_none();
                    return Err(Broken::Source(Stop { anew, ..stop }));
                }
                Err(other) => return Err(other),
            };
            read.push(next.clone());
            let Some(after) = found else { return Ok(()) };
            if read.contains(&after) {
                return Err(Broken::Source(Stop { anew: true, ..Stop::at("the pages lead in a circle") }));
            }
            next = after;
            self.checkpoint.next = Some(next.to_string());
            self.remember(writer).await?;
        }
        Err(Broken::Source(Stop { anew: true, ..Stop::at(format!("the source has more than {MOST_PAGES} pages")) }))
    }

    /// Each document of a list. One that is not there is gone; one that cannot be read is noted, and the others follow.
    async fn list(
        &mut self,
        start: &Url,
        writer: &mut Writer<'_>,
        reading: &Arc<Reading>,
        progress: Progress<'_>,
    ) -> Result<(), Broken> {
        let fetched = self.fetcher.get(start, &Validators::default()).await;
        let body = match fetched {
            Ok(Fetched::Document { body, .. }) => body,
            Ok(Fetched::Unchanged) => return Err(Broken::Source(Stop::at("the list came without its content"))),
            Err(error) => return Err(Broken::Source(Stop::fetching(start, &error))),
        };
        let listed =
            addresses(start, &body).map_err(|why| Broken::Source(Stop::at(format!("{}: {why}", shown(start)))))?;
        writer.report.documents += 1;
        for (number, address) in listed.iter().enumerate().skip(self.checkpoint.position) {
            let address = match self.settings.format {
                HarvestFormat::PubliccodeList => innocap_exchange::publiccode_address(address),
                _ => address.clone(),
            };
            match self.member(&address, writer, reading, progress).await? {
                None => {}
                Some(stop) if stop.later.is_some() => return Err(Broken::Source(stop)),
                Some(stop) => {
                    writer.report.fail(address.as_str(), stop.why);
                    let (name, run) = (&self.settings.name, writer.run);
                    if !writer.dry {
                        self.innocap.registry().see_harvest_document(name, address.as_str(), run).await?;
                    }
                }
            }
            self.checkpoint.position = number + 1;
            self.remember(writer).await?;
        }
        Ok(())
    }

    /// A document of a list; why it cannot be read, where it cannot.
    async fn member(
        &mut self,
        address: &Url,
        writer: &mut Writer<'_>,
        reading: &Arc<Reading>,
        progress: Progress<'_>,
    ) -> Result<Option<Stop>, Broken> {
        match self.fetch(address, writer).await? {
            Err(FetchError::Gone(status)) => {
                let why = format!("it is listed and not there (status {status}): what came from it counts as gone");
                writer.report.note(address.as_str(), why);
                Ok(None)
            }
            Err(error) => Ok(Some(Stop::fetching(address, &error))),
            Ok(fetched) => match self.digest(address, fetched, writer, reading, progress).await {
                Ok(_) => Ok(None),
                Err(Broken::Source(stop)) => Ok(Some(stop)),
                Err(other) => Err(other),
            },
        }
    }

    /// Reads a document and writes what it holds; the address of the page after it.
    async fn document(
        &mut self,
        address: &Url,
        writer: &mut Writer<'_>,
        reading: &Arc<Reading>,
        progress: Progress<'_>,
    ) -> Result<Option<Url>, Broken> {
        match self.fetch(address, writer).await? {
            Ok(fetched) => self.digest(address, fetched, writer, reading, progress).await,
            Err(error) => Err(Broken::Source(Stop::fetching(address, &error))),
        }
    }

    async fn fetch(
        &mut self,
        address: &Url,
        writer: &Writer<'_>,
    ) -> Result<Result<(Fetched, HarvestDocument), FetchError>, Broken> {
        let registry = self.innocap.registry();
        let known = match writer.dry {
            true => None,
            false => registry.harvest_document(&self.settings.name, address.as_str()).await?,
        };
        let known = known.unwrap_or_default();
        let validators = Validators { etag: known.etag.clone(), modified: known.modified.clone() };
        Ok(self.fetcher.get(address, &validators).await.map(|fetched| (fetched, known)))
    }

    async fn digest(
        &mut self,
        address: &Url,
        (fetched, known): (Fetched, HarvestDocument),
        writer: &mut Writer<'_>,
        reading: &Arc<Reading>,
        progress: Progress<'_>,
    ) -> Result<Option<Url>, Broken> {
        let (registry, name) = (self.innocap.registry(), &self.settings.name);
        let Fetched::Document { body, media_type, validators } = fetched else {
            writer.report.unchanged_documents += 1;
            writer.report.unchanged += registry.see_harvest_document(name, address.as_str(), writer.run).await?;
            return Ok(known.next.and_then(|next| address.join(&next).ok()));
        };
        let (at, with) = (address.clone(), Arc::clone(reading));
        let read = tokio::task::spawn_blocking(move || with.read(&at, &body)).await;
        let read = read.map_err(|error| AppError::Internal(error.to_string()))?;
        let page = read.map_err(|why| {
            let answered = if media_type.is_empty() { String::new() } else { format!(" (answered as {media_type})") };
            Broken::Source(Stop::at(format!("{}: {why}{answered}", shown(address))))
        })?;
        writer.report.documents += 1;
        let next = page.next.clone();
        let whole = writer.take(address.as_str(), page.found, progress).await?;
        if !writer.dry {
            // What had faults is read again the next time, so that its report does not go silent.
            let read = HarvestDocument { etag: validators.etag, modified: validators.modified, next: next.clone() };
            let read = Some(read).filter(|_| whole);
            registry.put_harvest_document(name, address.as_str(), read).await?;
        }
        match next.map(|next| address.join(&next)) {
            None => Ok(None),
            Some(Ok(url)) => Ok(Some(url)),
            Some(Err(_)) => Err(Broken::Source(Stop::at("the address of the next page cannot be read"))),
        }
    }

    async fn remember(&mut self, writer: &Writer<'_>) -> Result<(), Broken> {
        self.checkpoint.complete = writer.report.complete;
        if !writer.dry {
            let (checkpoint, report) = (json!(self.checkpoint), json!(writer.report));
            self.innocap.registry().checkpoint_harvest(&self.settings.name, &checkpoint, &report).await?;
        }
        Ok(())
    }
}
