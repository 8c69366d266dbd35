//! What a batch of writes comes to: the records it touches are read at once, the writes are applied to them one after
//! the other in memory, and the outcome is written at once. This is sound because nobody else writes records
//! meanwhile (see `transaction.rs`), and it lets a faulty write be told in its place without a savepoint for each.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use innocap_domain::{
    AuditEvent, Content, EventData, EventRecord, Facet, Id, OrganisationId, Record, RecordKind, Status,
};
use uuid::{ContextV7, Timestamp, Uuid};

use crate::RegistryError;
use crate::changes::{self, NewChange};
use crate::connection::AnyConnection;
use crate::records::{IDS_AT_ONCE, rows_with_ids};
use crate::rows::{RecordRow, stored_content, stored_uuid};
use crate::schema::{facet, record};
use crate::told;
use crate::upserts;
use crate::webhooks::{self, NewEvent};
use crate::writes::{Outcome, Write, Written, time_of};

/// Name and identifier at a source.
type SourceKey = (String, String);

/// The records that a batch touches, as they are after the writes applied so far.
#[derive(Default)]
pub(crate) struct Batch {
    drafts: HashMap<String, Draft>,
    /// Which record has which identifier at the source, among those of the kind.
    sources: HashMap<SourceKey, String>,
    organisations: HashSet<String>,
    /// The records written, in the order of their first write.
    written: Vec<String>,
    changes: Vec<NewChange>,
    /// What the audit log is to be told, where it is to be told at all.
    events: Option<Vec<AuditEvent>>,
    /// What webhooks are to be told, where any asks.
    news: Vec<NewEvent>,
}

struct Draft {
    row: RecordRow,
    /// The facets that replace those in the database.
    facets: Option<Vec<Facet>>,
    /// Whether the database has the record, and under which identifier at the source.
    stored: Option<Option<SourceKey>>,
    written: bool,
}

impl Batch {
    /// Reads the records that the writes name by identifier or source, and which of the organisations exist.
    pub(crate) fn load<C: Content>(connection: &mut AnyConnection, writes: &[Write<C>]) -> QueryResult<Self> {
        let mut ids = HashSet::new();
        let mut sources: HashMap<&str, HashSet<&str>> = HashMap::new();
        let mut organisations = HashSet::new();
        for write in writes {
            ids.extend(write.id().map(|id| id.to_string()));
            if let Some(source) = write.content().and_then(C::source) {
                sources.entry(&source.name).or_default().insert(&source.id);
            }
            organisations.extend(write.content().and_then(C::organisation).map(|id| id.to_string()));
        }
        let ids: Vec<_> = ids.into_iter().collect();
        let mut rows = rows_with_ids(connection, &ids)?;
        for (name, ids) in sources {
            let ids: Vec<_> = ids.into_iter().collect();
            for ids in ids.chunks(IDS_AT_ONCE) {
                rows.extend(
                    record::table
                        .filter(record::kind.eq(C::KIND.as_str()))
                        .filter(record::source_name.eq(name))
                        .filter(record::source_id.eq_any(ids))
                        .select(RecordRow::as_select())
                        .load::<RecordRow>(connection)?,
                );
            }
        }
        let mut batch = Self::default();
        let organisations: Vec<_> = organisations.into_iter().collect();
        for ids in organisations.chunks(IDS_AT_ONCE) {
            batch.organisations.extend(
                record::table
                    .filter(record::kind.eq(RecordKind::Organisation.as_str()))
                    .filter(record::id.eq_any(ids))
                    .select(record::id)
                    .load::<String>(connection)?,
            );
        }
        for row in rows {
            let source = source_key(&row);
            if row.kind == C::KIND.as_str()
                && let Some(source) = &source
            {
                batch.sources.insert(source.clone(), row.id.clone());
            }
            let draft = Draft { row, facets: None, stored: Some(source), written: false };
            batch.drafts.insert(draft.row.id.clone(), draft);
        }
        Ok(batch)
    }

    /// From now on remembers what the audit log is to be told.
    pub(crate) fn audit(&mut self) {
        self.events = Some(Vec::new());
    }

    /// Takes these organisations to be there.
    pub(crate) fn assume(&mut self, organisations: HashSet<OrganisationId>) {
        self.organisations.extend(organisations.iter().map(ToString::to_string));
    }

    /// Applies one write, and says what it came to.
    pub(crate) fn apply_told<C: Content>(
        &mut self,
        write: Write<C>,
        identifiers: &Mutex<ContextV7>,
    ) -> Result<Written<C>, RegistryError> {
        let before = self.changes.len();
        let record = self.apply(write, identifiers)?;
        let outcome = match self.changes.get(before..) {
            Some([change, ..]) if change.version == 1 => Outcome::Created,
            Some([_, ..]) => Outcome::Updated,
            _ => Outcome::Unchanged,
        };
        Ok(Written { record, outcome })
    }

    /// Applies one write.
    pub(crate) fn apply<C: Content>(
        &mut self,
        write: Write<C>,
        identifiers: &Mutex<ContextV7>,
    ) -> Result<Record<C>, RegistryError> {
        let at = time_of(&write);
        match write {
            Write::Create { id, status, content, .. } => {
                let id = id.map_or_else(|| new_id(at, identifiers), |id| Ok(id.uuid()))?;
                self.create(id, status, content, at)
            }
            Write::Update { id, expected_version, content, status, .. } => {
                let key = id.to_string();
                let row = self.row::<C>(&key).ok_or(RegistryError::NotFound)?;
                if expected_version.is_some_and(|expected| expected != row.version) {
                    return Err(RegistryError::Stale { current: row.version });
                }
                let (status, reason) = match status {
                    Some((status, reason)) => (status.as_str().to_owned(), reason),
                    None => (row.status.clone(), row.status_reason.clone()),
                };
                match content {
                    Some(content) => {
                        let text = stored_content(&content)?;
                        self.replace(&key, Some(text), content, status, reason, at)
                    }
                    None => {
                        let content = row.record()?.content;
                        self.replace(&key, None, content, status, reason, at)
                    }
                }
            }
            Write::Upsert { id, status, content, .. } => {
                let by_id = id.map(|id| id.to_string()).filter(|id| self.row::<C>(id).is_some());
                let Some(key) = by_id.or_else(|| self.at_source(&content).cloned()) else {
                    let id = id.map_or_else(|| new_id(at, identifiers), |id| Ok(id.uuid()))?;
                    return self.create(id, status, content, at);
                };
                let row = self.row::<C>(&key).ok_or(RegistryError::NotFound)?;
                let text = stored_content(&content)?;
                let same_status = row.status == status.as_str();
                if same_status && row.content == text {
                    return row.record_with(content);
                }
                let reason = row.status_reason.clone().filter(|_| same_status);
                let text = (row.content != text).then_some(text);
                self.replace(&key, text, content, status.as_str().to_owned(), reason, at)
            }
        }
    }

    /// The record of this kind as it is now.
    fn row<C: Content>(&self, id: &str) -> Option<&RecordRow> {
        self.drafts.get(id).map(|draft| &draft.row).filter(|row| row.kind == C::KIND.as_str())
    }

    /// The record that has the content's identifier at the source.
    fn at_source<C: Content>(&self, content: &C) -> Option<&String> {
        content.source().and_then(|s| self.sources.get(&(s.name.clone(), s.id.clone())))
    }

    /// Refuses content whose source belongs to another record than `id`, or whose organisation is missing.
    fn check<C: Content>(&self, id: &str, content: &C) -> Result<(), RegistryError> {
        if let Some(other) = self.at_source(content).filter(|other| *other != id) {
            return Err(RegistryError::Duplicate { existing: stored_uuid(other)? });
        }
        match content.organisation() {
            Some(organisation) if !self.organisations.contains(&organisation.to_string()) => {
                Err(RegistryError::OrganisationMissing)
            }
            _ => Ok(()),
        }
    }

    fn create<C: Content>(
        &mut self,
        id: Uuid,
        status: Status,
        content: C,
        at: NaiveDateTime,
    ) -> Result<Record<C>, RegistryError> {
        let key = id.to_string();
        // Of whatever kind: an identifier names one record.
        if self.drafts.contains_key(&key) {
            return Err(RegistryError::Duplicate { existing: id });
        }
        self.check(&key, &content)?;
        let mut row = RecordRow {
            id: key.clone(),
            kind: C::KIND.as_str().to_owned(),
            version: 1,
            status: status.as_str().to_owned(),
            status_reason: None,
            organisation_id: None,
            source_name: None,
            source_id: None,
            content: String::new(),
            created: at,
            updated: at,
        };
        row.set_content(&content, stored_content(&content)?);
        let draft = Draft { row, facets: Some(content.facets()), stored: None, written: false };
        self.drafts.insert(key.clone(), draft);
        self.wrote::<C>(&key, None);
        self.tell::<C>(&key, None)?;
        self.note_news::<C>(&key, None)?;
        self.drafts[&key].row.record_with(content)
    }

    /// Gives the record its next version; `text` is the content as it is stored, where it is another.
    fn replace<C: Content>(
        &mut self,
        key: &str,
        text: Option<String>,
        content: C,
        status: String,
        reason: Option<String>,
        at: NaiveDateTime,
    ) -> Result<Record<C>, RegistryError> {
        if text.is_some() {
            self.check(key, &content)?;
        }
        let draft = self.drafts.get_mut(key).ok_or(RegistryError::NotFound)?;
        let before = source_key(&draft.row);
        let former = draft.row.owner().to_owned();
        let old = self.events.is_some().then(|| draft.row.clone());
        if let Some(text) = text {
            draft.row.set_content(&content, text);
            draft.facets = Some(content.facets());
        }
        draft.row.version += 1;
        let status_before = std::mem::replace(&mut draft.row.status, status);
        draft.row.status_reason = reason;
        draft.row.updated = at;
        if draft.row.owner() != former {
            // For whoever saw it as that organisation's alone: it is gone from there.
            let mut gone = NewChange::again(C::KIND, &draft.row, at.and_utc());
            gone.organisation_id = former;
            self.changes.push(gone);
        }
        self.wrote::<C>(key, before);
        if old.is_some() {
            self.tell::<C>(key, old.as_ref())?;
        }
        self.note_news::<C>(key, Some(&status_before))?;
        self.drafts[key].row.record_with(content)
    }

    /// Remembers that a record was written whose source was `before`.
    fn wrote<C: Content>(&mut self, key: &str, before: Option<SourceKey>) {
        let Some(draft) = self.drafts.get_mut(key) else {
            return;
        };
        let now = source_key(&draft.row);
        let organisation_id = draft.row.owner().to_owned();
        let public = draft.row.is_public();
        if before != now {
            if let Some(before) = before {
                self.sources.remove(&before);
            }
            if let Some(now) = now {
                self.sources.insert(now, key.to_owned());
            }
        }
        if !std::mem::replace(&mut draft.written, true) {
            self.written.push(key.to_owned());
        }
        let (version, at) = (draft.row.version, draft.row.updated);
        self.changes.push(NewChange {
            kind: C::KIND,
            record_id: key.to_owned(),
            organisation_id,
            public,
            version,
            deleted: false,
            at,
        });
    }

    /// Remembers for the audit log what a record was `before` and is now.
    fn tell<C: Content>(&mut self, key: &str, before: Option<&RecordRow>) -> Result<(), RegistryError> {
        if let (Some(events), Some(draft)) = (&mut self.events, self.drafts.get(key)) {
            events.push(told::event(C::KIND, before, Some(&draft.row))?);
        }
        Ok(())
    }

    /// Remembers for webhooks that a record has come into another state than `before`.
    fn note_news<C: Content>(&mut self, key: &str, before: Option<&str>) -> Result<(), RegistryError> {
        let Some(row) = self.drafts.get(key).map(|draft| &draft.row).filter(|row| before != Some(row.status.as_str()))
        else {
            return Ok(());
        };
        let state =
            |word: &str| Status::parse(word).map_err(|_| RegistryError::Corrupt(format!("{} {key}: status", row.kind)));
        let states = (before.map(state).transpose()?, state(&row.status)?);
        let organisation = row.organisation_id.as_deref().map(stored_uuid).transpose()?.map(Id::from_uuid);
        let about = Some(EventRecord { id: row.uuid()?, version: row.version, organisation });
        let data = match C::KIND {
            RecordKind::Organisation => EventData { organisation: about, ..EventData::default() },
            RecordKind::Challenge => EventData { challenge: about, ..EventData::default() },
            RecordKind::Solution => EventData { solution: about, ..EventData::default() },
        };
        let news = NewEvent::of_record(C::KIND, data, states, row.updated);
        self.news.extend(news);
        Ok(())
    }

    /// Writes the outcome, and returns what the audit log is to be told.
    pub(crate) fn flush(
        mut self,
        connection: &mut AnyConnection,
        identifiers: &Mutex<ContextV7>,
    ) -> Result<Vec<AuditEvent>, RegistryError> {
        let mut rows = Vec::with_capacity(self.written.len());
        let mut facets = Vec::new();
        let (mut moved, mut refaceted) = (Vec::new(), Vec::new());
        for key in self.written {
            let Some(draft) = self.drafts.remove(&key) else {
                continue;
            };
            if let Some(before) = &draft.stored {
                if before.is_some() && *before != source_key(&draft.row) {
                    moved.push(key.clone());
                }
                if draft.facets.is_some() {
                    refaceted.push(key.clone());
                }
            }
            facets.extend(crate::facets::facet_rows(&draft.row, draft.facets.unwrap_or_default()));
            rows.push(draft.row);
        }
        // Two records may have exchanged their identifiers at the source; row by row, the first would run into the
        // second. So those that change let go of theirs first.
        for ids in moved.chunks(IDS_AT_ONCE) {
            diesel::update(record::table.filter(record::id.eq_any(ids)))
                .set((record::source_name.eq(None::<String>), record::source_id.eq(None::<String>)))
                .execute(connection)?;
        }
        upserts::put_records(connection, &rows)?;
        for ids in refaceted.chunks(IDS_AT_ONCE) {
            diesel::delete(facet::table.filter(facet::record_id.eq_any(ids))).execute(connection)?;
        }
        upserts::insert_facets(connection, &facets)?;
        changes::append(connection, self.changes)?;
        webhooks::tell(connection, identifiers, self.news)?;
        Ok(self.events.unwrap_or_default())
    }
}

fn source_key(row: &RecordRow) -> Option<SourceKey> {
    Some((row.source_name.clone()?, row.source_id.clone()?))
}

/// A new identifier made at this time. Should the clock have gone back, it still sorts after the last one made here.
pub(crate) fn new_id(at: NaiveDateTime, identifiers: &Mutex<ContextV7>) -> Result<Uuid, RegistryError> {
    let at = at.and_utc();
    let seconds = u64::try_from(at.timestamp())
        .map_err(|_| RegistryError::Internal("the time of the write lies before 1970".to_owned()))?;
    Ok(Uuid::new_v7(Timestamp::from_unix(identifiers, seconds, at.timestamp_subsec_nanos())))
}
