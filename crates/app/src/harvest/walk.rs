//! Walking through a source: page by page, or through a list; remembered after each document, so that a run that is cut
//! off goes on where it was.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use innocap_domain::{HarvestDocument, HarvestFormat, HarvestSettings};
use innocap_exchange::{FetchError, Fetched, Fetcher, Validators};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use super::report::HarvestReport;
use super::writer::Writer;
use super::{Reading, addresses};
use crate::Innocap;
use crate::error::AppError;

/// Pages of one run at most, should a source lead on for ever.
const MOST_PAGES: usize = 20_000;

/// Where a run goes on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// The page to be read next.
    pub(super) next: Option<String>,
    /// How many of a list have been read.
    pub(super) position: usize,
    /// Whether everything so far could be read.
    pub(super) complete: bool,
}

impl Default for Checkpoint {
    fn default() -> Self {
        Self { next: None, position: 0, complete: true }
    }
}

/// Why a run does not come to its end.
pub(super) struct Stop {
    pub(super) why: String,
    /// When the source wants to be asked again.
    pub(super) later: Option<Duration>,
    /// Whether the next run begins anew.
    pub(super) anew: bool,
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
pub(super) enum Broken {
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

/// Who is told how far a run has come.
pub(super) type Progress<'p> = &'p mut (dyn FnMut(&HarvestReport) + Send);

/// A walk through a source.
pub(super) struct Walk<'w> {
    pub(super) innocap: &'w Innocap,
    pub(super) settings: &'w HarvestSettings,
    pub(super) fetcher: Fetcher,
    pub(super) checkpoint: Checkpoint,
    /// Whether it goes on with a run that was cut off.
    pub(super) resumed: bool,
}

impl Walk<'_> {
    /// Walks to its end.
    pub(super) async fn through(
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
        let mut read = HashSet::new();
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
            read.insert(next.clone());
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
                if !writer.dry {
                    // Should it come back just as it was, it is to be read again.
                    self.innocap.registry().put_harvest_document(&self.settings.name, address.as_str(), None).await?;
                }
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

/// An address without its query, which may hold a key.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}
