//! Writing what a source tells: each record is found again by its identifier there, and written only where the source says
//! something else than the last time, so that what was changed here in between stays.

use std::collections::{HashMap, HashSet};

use innocap_domain::{Challenge, Content, HarvestItem, Id, Organisation, Reader, Record, RecordKind, Solution, Status};
use innocap_registry::Write;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::found::{Found, Item};
use super::organisations::Organisations;
use super::report::HarvestReport;
use super::{Origin, Reading};
use crate::Innocap;
use crate::error::AppError;

/// Records written in one transaction.
const BATCH: usize = 200;
/// What the reason of a record begins with that was archived as its source names it no longer.
pub(super) const GONE: &str = "gone at its source";

/// Writes what is found; in a dry run it only counts.
pub(super) struct Writer<'a> {
    pub(super) innocap: &'a Innocap,
    pub(super) origin: &'a Origin,
    pub(super) run: i64,
    pub(super) dry: bool,
    pub(super) report: HarvestReport,
    pub(super) organisations: Organisations,
    /// Solutions that were created or changed.
    pub(super) touched: Vec<Uuid>,
    /// In a dry run, the items that were seen.
    pub(super) seen: HashSet<(String, String)>,
}

/// A record ready to be written.
struct Ready<C> {
    item: HarvestItem,
    is_new: bool,
    write: Write<C>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(innocap: &'a Innocap, reading: &'a Reading, run: i64, dry: bool, report: HarvestReport) -> Self {
        let (touched, seen) = (Vec::new(), HashSet::new());
        let organisations = Organisations::default();
        Self { innocap, origin: &reading.origin, run, dry, report, organisations, touched, seen }
    }

    /// Writes what a document holds; whether all of it could be read. `progress` is told after each batch.
    pub(super) async fn take(
        &mut self,
        address: &str,
        found: Vec<Found>,
        progress: &mut (dyn FnMut(&HarvestReport) + Send),
    ) -> Result<bool, AppError> {
        let refused = self.report.refused;
        let (mut items, mut awards, mut met) = (Vec::new(), Vec::new(), Vec::new());
        for found in found {
            match found {
                Found::Item(item) => items.push(*item),
                Found::Award(award) => awards.push(*award),
                Found::Met(id) => met.push(id),
                Found::Note { at, why } => self.report.note(&at, why),
                Found::Fault { at, why } => self.fault(&at, why).await?,
            }
        }
        self.report.found += items.len() + awards.len();
        // Organisations first: the others name them. Awards last: they are about the others.
        for kind in [RecordKind::Organisation, RecordKind::Challenge, RecordKind::Solution] {
            let mut batch: Vec<Item> = Vec::new();
            let (of_kind, others): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| item.kind == kind);
            items = others;
            for item in of_kind {
                if batch.len() >= BATCH || batch.iter().any(|earlier| earlier.id == item.id) {
                    self.put_kind(kind, address, std::mem::take(&mut batch)).await?;
                    progress(&self.report);
                }
                batch.push(item);
            }
            self.put_kind(kind, address, batch).await?;
        }
        for award in awards {
            self.award(address, award).await?;
        }
        for id in met {
            self.met(&id).await?;
        }
        self.report.organisations += std::mem::take(&mut self.organisations.entered);
        progress(&self.report);
        Ok(self.report.refused == refused)
    }

    /// Notes what could not be read. Where it was there before, it is still there; where nobody can tell what it is,
    /// the run does not tell what is gone.
    async fn fault(&mut self, at: &str, why: String) -> Result<(), AppError> {
        self.report.refuse(at, why);
        let mut known = false;
        for kind in ["challenge", "solution"] {
            known |= self.see(kind, &[at.to_owned()]).await? > 0;
        }
        if !known {
            self.report.complete = false;
        }
        Ok(())
    }

    /// Says that these items are still there, whatever else is wrong with them; how many were known.
    async fn see(&mut self, kind: &str, ids: &[String]) -> Result<usize, AppError> {
        let known = self.innocap.registry().harvest_items(&self.origin.name, kind, ids.to_vec()).await?;
        self.seen.extend(known.keys().map(|id| (kind.to_owned(), id.clone())));
        let items: Vec<HarvestItem> = known.into_values().map(|item| HarvestItem { seen: self.run, ..item }).collect();
        if !self.dry && !items.is_empty() {
            self.innocap.registry().put_harvest_items(&self.origin.name, &items).await?;
        }
        Ok(items.len())
    }

    async fn put_kind(&mut self, kind: RecordKind, address: &str, items: Vec<Item>) -> Result<(), AppError> {
        if items.is_empty() {
            return Ok(());
        }
        match kind {
            RecordKind::Organisation => self.put::<Organisation>(address, items).await,
            RecordKind::Challenge => self.put::<Challenge>(address, items).await,
            RecordKind::Solution => self.put::<Solution>(address, items).await,
        }
    }

    async fn put<C: Content>(&mut self, address: &str, items: Vec<Item>) -> Result<(), AppError> {
        let registry = self.innocap.registry();
        let kind = C::KIND.as_str();
        let ids: Vec<String> = items.iter().map(|item| item.id.clone()).collect();
        let mut known = registry.harvest_items(&self.origin.name, kind, ids).await?;
        let records: Vec<Id<C>> = known.values().filter_map(|item| item.record).map(Id::from_uuid).collect();
        let records = registry.find_many(&records).await?;
        let mut records: HashMap<Uuid, Record<C>> =
            records.into_iter().map(|record| (record.id.uuid(), record)).collect();
        let (mut ready, mut seen) = (Vec::new(), Vec::new());
        for item in items {
            self.seen.insert((kind.to_owned(), item.id.clone()));
            let before = known.remove(&item.id);
            let mut record = before.as_ref().and_then(|before| records.remove(&before.record?));
            if record.is_none() {
                // It may have been imported before it was harvested.
                record = registry.find_by_source::<C>(&self.origin.name, &item.id).await?;
            }
            let id = item.id.clone();
            match self.decide(address, item, before.clone(), record).await {
                Ok(Decided::Write(one)) => ready.push(*one),
                Ok(Decided::AsItWas(one)) => {
                    self.report.unchanged += 1;
                    seen.push(*one);
                }
                Err(error @ (AppError::Unavailable { .. } | AppError::Internal(_))) => return Err(error),
                Err(error) => {
                    self.report.refuse(&id, error.to_string());
                    seen.extend(before.map(|before| HarvestItem { seen: self.run, ..before }));
                }
            }
        }
        if !self.dry {
            self.write(&mut ready, &mut seen).await?;
            registry.put_harvest_items(&self.origin.name, &seen).await?;
        } else {
            for one in ready {
                if one.is_new { self.report.created += 1 } else { self.report.changed += 1 }
            }
        }
        Ok(())
    }

    async fn write<C: Content>(
        &mut self,
        ready: &mut Vec<Ready<C>>,
        seen: &mut Vec<HarvestItem>,
    ) -> Result<(), AppError> {
        let (items, writes): (Vec<_>, Vec<_>) = ready.drain(..).map(|one| ((one.item, one.is_new), one.write)).unzip();
        let results = self.innocap.registry().write_all(writes).await?;
        for ((item, is_new), result) in items.into_iter().zip(results) {
            match result {
                Ok(record) => {
                    if is_new {
                        self.report.created += 1
                    } else {
                        self.report.changed += 1
                    }
                    if C::KIND == RecordKind::Solution {
                        self.touched.push(record.id.uuid());
                    }
                    seen.push(HarvestItem { record: Some(record.id.uuid()), ..item });
                }
                Err(error) => match AppError::from(error) {
                    error @ (AppError::Unavailable { .. } | AppError::Internal(_)) => return Err(error),
                    error => self.report.refuse(&item.id, error.to_string()),
                },
            }
        }
        Ok(())
    }

    /// What is to be done about an item, with what was known of it and the record it has become.
    async fn decide<C: Content>(
        &mut self,
        address: &str,
        item: Item,
        before: Option<HarvestItem>,
        record: Option<Record<C>>,
    ) -> Result<Decided<C>, AppError> {
        let now = HarvestItem {
            kind: C::KIND.as_str().to_owned(),
            id: item.id.clone(),
            record: record.as_ref().map(|record| record.id.uuid()),
            address: address.to_owned(),
            digest: digest(&item),
            stamp: item.stamp.clone(),
            seen: self.run,
            gone: None,
            evidence: None,
        };
        if let (Some(before), Some(record)) = (&before, &record) {
            let is_older = before.stamp.is_some() && item.stamp < before.stamp;
            // What an operator has found to be the same as a record of another source is that source's to describe.
            let is_another = record.content.source().is_none_or(|source| source.name != self.origin.name);
            if before.gone.is_none() && (before.digest == now.digest || is_older || is_another) {
                let stays = HarvestItem { seen: self.run, address: now.address, record: now.record, ..before.clone() };
                return Ok(Decided::AsItWas(Box::new(stays)));
            }
        }
        let came_back = before.is_some_and(|before| before.gone.is_some());
        let content: C = self.content(item.document.clone(), &item, record.as_ref()).await?;
        let at = self.innocap.clock().now();
        let Some(record) = record else {
            let status = if item.closed.is_some() { Status::Closed } else { Status::Published };
            let write = Write::Create { id: None, status, content, at };
            return Ok(Decided::Write(Box::new(Ready { item: now, is_new: true, write })));
        };
        let status = match record.status {
            Status::Published | Status::InDialogue | Status::Draft if item.closed.is_some() => Status::Closed,
            // Somebody here has archived it for a reason of their own, unless it was gone and is there again.
            Status::Archived
                if came_back && record.status_reason.as_deref().is_some_and(|why| why.starts_with(GONE)) =>
            {
                if item.closed.is_some() { Status::Closed } else { Status::Published }
            }
            other => other,
        };
        let same = |a: &C, b: &C| serde_json::to_value(a).ok() == serde_json::to_value(b).ok();
        if status == record.status && same(&content, &record.content) {
            return Ok(Decided::AsItWas(Box::new(now)));
        }
        let status = (status != record.status).then_some((status, None));
        let write = Write::Update { id: record.id, expected_version: None, content: Some(content), status, at };
        Ok(Decided::Write(Box::new(Ready { item: now, is_new: false, write })))
    }

    /// The content of a document, with what is known here beside it: how a need has ended, who runs a solution by the
    /// awards of other sources, and where else it is listed.
    async fn content<C: Content>(
        &mut self,
        mut document: Value,
        item: &Item,
        record: Option<&Record<C>>,
    ) -> Result<C, AppError> {
        let organisation = document.get("organisation").filter(|given| given.is_object()).cloned();
        if let Some(given) = organisation {
            let (innocap, origin, write) = (self.innocap, self.origin, !self.dry);
            let id = self.organisations.find_or_enter(innocap, origin, &given, write).await?;
            document["organisation"] = json!(id);
        }
        let before = record.map(|record| serde_json::to_value(&record.content)).transpose();
        let before = before.map_err(|error| AppError::Internal(error.to_string()))?.unwrap_or_default();
        match (C::KIND, item.closed) {
            (RecordKind::Challenge, Some(outcome)) => document["outcome"] = json!(outcome),
            (RecordKind::Challenge, None) if before["outcome"].is_string() => {
                document["outcome"] = before["outcome"].clone();
            }
            (RecordKind::Solution, _) => {
                if before["other_sources"].is_array() {
                    document["other_sources"] = before["other_sources"].clone();
                    // Those who run it by what the other sources say.
                    super::awards::add_deployments(
                        &mut document,
                        before["deployments"].as_array().into_iter().flatten(),
                    );
                }
                if let Some(record) = record {
                    let awards = self.innocap.registry().awards_of(record.id.uuid()).await?;
                    super::awards::add_evidence(&mut document, &awards);
                }
            }
            _ => {}
        }
        let content = Reader::document(&document, C::read)?;
        content.ok_or_else(|| AppError::Internal("a document without faults gave no content".to_owned()))
    }

    /// Archives what the source names no longer.
    pub(super) async fn archive_gone(&mut self, item: &HarvestItem) -> Result<(), AppError> {
        match item.kind.as_str() {
            "solution" => self.archive::<Solution>(item).await,
            "challenge" => self.archive::<Challenge>(item).await,
            // Others may belong to it; whoever has it entered says what becomes of it.
            _ => {
                self.report.note(&item.id, "the organisation is gone at its source and stays here");
                Ok(())
            }
        }
    }

    async fn archive<C: Content>(&mut self, item: &HarvestItem) -> Result<(), AppError> {
        let registry = self.innocap.registry();
        let at = self.innocap.clock().now();
        let record = match item.record {
            Some(id) => registry.find::<C>(Id::from_uuid(id)).await?,
            None => None,
        };
        if let Some(record) = record {
            let own = record.content.source().is_some_and(|source| source.name == self.origin.name);
            let elsewhere = serde_json::to_value(&record.content)
                .is_ok_and(|content| content["other_sources"].as_array().is_some_and(|others| !others.is_empty()));
            if !own || elsewhere {
                self.report.note(&item.id, "it is gone here and still listed at another source");
            } else if record.status.is_open() {
                let reason = format!("{GONE}, {} ({})", self.origin.name, at.format("%Y-%m-%d"));
                let status = Some((Status::Archived, Some(reason)));
                let write = Write::Update { id: record.id, expected_version: None, content: None, status, at };
                if !self.dry {
                    registry.write(write).await?;
                }
                self.report.archived += 1;
            }
        }
        if !self.dry {
            registry.lose_harvest_item(&self.origin.name, item, at).await?;
        }
        Ok(())
    }
}

/// What is to be done about an item.
enum Decided<C> {
    Write(Box<Ready<C>>),
    AsItWas(Box<HarvestItem>),
}

/// A hash of what was told of an item.
fn digest(item: &Item) -> String {
    let told = json!([item.document, item.closed]).to_string();
    Sha256::digest(told.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
