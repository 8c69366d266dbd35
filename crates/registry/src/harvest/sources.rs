//! The sources: set up, claimed by whoever harvests them, and how far that has come.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, AuditTargetKind, HarvestFormat, HarvestSettings, HarvestSource, Trace,
};
use serde_json::{Value, json};

use crate::rows::stored_time;
use crate::schema::harvest_source as source;
use crate::transaction::Scope;
use crate::upserts;
use crate::{Registry, RegistryError};

/// A row of `harvest_source`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = source, treat_none_as_default_value = false)]
pub(crate) struct SourceRow {
    pub(crate) name: String,
    format: String,
    address: String,
    mapping: Option<String>,
    licence: Option<String>,
    every: Option<i64>,
    allow_private: i64,
    whole: i64,
    created: NaiveDateTime,
    due: Option<NaiveDateTime>,
    claimed_until: Option<NaiveDateTime>,
    run: i64,
    started: Option<NaiveDateTime>,
    finished: Option<NaiveDateTime>,
    checkpoint: Option<String>,
    report: Option<String>,
    problem: Option<String>,
}

impl SourceRow {
    fn source(self) -> Result<HarvestSource, RegistryError> {
        let corrupt = |what: &str| RegistryError::Corrupt(format!("a source of harvests: {what}"));
        let json = |text: Option<String>, what: &str| -> Result<Option<Value>, RegistryError> {
            text.map(|text| serde_json::from_str(&text)).transpose().map_err(|_| corrupt(what))
        };
        Ok(HarvestSource {
            settings: HarvestSettings {
                format: HarvestFormat::parse(&self.format).map_err(|_| corrupt("its format"))?,
                name: self.name,
                address: self.address,
                mapping: self.mapping,
                licence: self.licence,
                interval: self.every,
                allow_private: self.allow_private != 0,
                whole: self.whole != 0,
            },
            created: self.created.and_utc(),
            due: self.due.map(|at| at.and_utc()),
            claimed_until: self.claimed_until.map(|at| at.and_utc()),
            run: self.run,
            started: self.started.map(|at| at.and_utc()),
            finished: self.finished.map(|at| at.and_utc()),
            checkpoint: json(self.checkpoint, "its checkpoint")?,
            report: json(self.report, "its report")?,
            problem: self.problem,
        })
    }
}

/// How a run ended.
#[derive(Debug, Clone)]
pub struct HarvestEnd {
    /// When.
    pub at: DateTime<Utc>,
    /// When the next run is due; nothing where it runs when asked alone.
    pub due: Option<DateTime<Utc>>,
    /// Where the next run goes on; nothing where this one came to its end.
    pub checkpoint: Option<Value>,
    /// What it has done.
    pub report: Value,
    /// Why it did not come to its end.
    pub problem: Option<String>,
}

impl Registry {
    /// Sets up a source, due at once where it runs by itself; `false` where there is one of this name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn add_harvest_source(&self, settings: HarvestSettings, trace: &Trace) -> Result<bool, RegistryError> {
        let at = stored_time(trace.at);
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let details = json!({ "name": settings.name, "format": settings.format.as_str() });
            let row = SourceRow {
                name: settings.name,
                format: settings.format.as_str().to_owned(),
                address: settings.address,
                mapping: settings.mapping,
                licence: settings.licence,
                every: settings.interval,
                allow_private: i64::from(settings.allow_private),
                whole: i64::from(settings.whole),
                created: at,
                due: settings.interval.map(|_| at),
                claimed_until: None,
                run: 0,
                started: None,
                finished: None,
                checkpoint: None,
                report: None,
                problem: None,
            };
            let is_new = upserts::insert_harvest_source(connection, &row)?;
            if is_new {
                trail.note(event(AuditAction::SourceCreate, details));
            }
            Ok(is_new)
        })
        .await
    }

    /// Removes a source with what is remembered of it; the records that came from it stay.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; what the database says.
    pub async fn remove_harvest_source(&self, name: &str, trace: &Trace) -> Result<(), RegistryError> {
        let name = name.to_owned();
        self.audited(Scope::Aside, trace, move |connection, trail| {
            if diesel::delete(source::table.find(&name)).execute(connection)? == 0 {
                return Err(RegistryError::NotFound);
            }
            trail.note(event(AuditAction::SourceDelete, json!({ "name": name })));
            Ok(())
        })
        .await
    }

    /// The sources, by name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn harvest_sources(&self) -> Result<Vec<HarvestSource>, RegistryError> {
        self.read(|connection| {
            let rows = source::table.order(source::name).select(SourceRow::as_select()).load(connection)?;
            rows.into_iter().map(SourceRow::source).collect()
        })
        .await
    }

    /// The source of this name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn harvest_source(&self, name: &str) -> Result<Option<HarvestSource>, RegistryError> {
        let name = name.to_owned();
        self.read(move |connection| {
            let row = source::table.find(name).select(SourceRow::as_select()).get_result(connection).optional()?;
            row.map(SourceRow::source).transpose()
        })
        .await
    }

    /// Has a source run as soon as a server gets to it.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; what the database says.
    pub async fn ask_for_harvest(&self, name: &str, trace: &Trace) -> Result<(), RegistryError> {
        let (name, at) = (name.to_owned(), stored_time(trace.at));
        self.audited(Scope::Aside, trace, move |connection, trail| {
            if diesel::update(source::table.find(&name)).set(source::due.eq(at)).execute(connection)? == 0 {
                return Err(RegistryError::NotFound);
            }
            trail.note(event(AuditAction::SourceRun, json!({ "name": name })));
            Ok(())
        })
        .await
    }

    /// The source that has been due for longest and that nobody harvests.
    ///
    /// # Errors
    /// What the database says.
    pub async fn due_harvest(&self, now: DateTime<Utc>) -> Result<Option<String>, RegistryError> {
        self.read(move |connection| {
            let now = stored_time(now);
            Ok(source::table
                .filter(source::due.le(now))
                .filter(source::claimed_until.is_null().or(source::claimed_until.le(now)))
                .order((source::due, source::name))
                .select(source::name)
                .first(connection)
                .optional()?)
        })
        .await
    }

    /// Takes a source to harvest it until `until`: a run that was cut off is gone on with, else the next one begins.
    /// Nothing where somebody else has it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn claim_harvest(
        &self,
        name: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<HarvestSource>, RegistryError> {
        let (name, now, until) = (name.to_owned(), stored_time(now), stored_time(until));
        self.transact(Scope::Aside, move |connection| {
            let free = source::claimed_until.is_null().or(source::claimed_until.le(now));
            let claimed = diesel::update(source::table.find(&name).filter(free))
                .set(source::claimed_until.eq(until))
                .execute(connection)?;
            if claimed == 0 {
                return Ok(None);
            }
            diesel::update(source::table.find(&name).filter(source::checkpoint.is_null()))
                .set((source::run.eq(source::run + 1), source::started.eq(now), source::report.eq(None::<String>)))
                .execute(connection)?;
            let row: SourceRow = source::table.find(&name).select(SourceRow::as_select()).get_result(connection)?;
            row.source().map(Some)
        })
        .await
    }

    /// Says that a source is still being harvested, until `until`; `false` where it was removed meanwhile.
    ///
    /// # Errors
    /// What the database says.
    pub async fn renew_harvest(&self, name: &str, until: DateTime<Utc>) -> Result<bool, RegistryError> {
        let name = name.to_owned();
        self.transact(Scope::Aside, move |connection| {
            let renewed = source::claimed_until.eq(stored_time(until));
            Ok(diesel::update(source::table.find(name)).set(renewed).execute(connection)? > 0)
        })
        .await
    }

    /// Remembers how far a run has come.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the source was removed; what the database says.
    pub async fn checkpoint_harvest(
        &self,
        name: &str,
        checkpoint: &Value,
        report: &Value,
    ) -> Result<(), RegistryError> {
        let (name, checkpoint, report) = (name.to_owned(), checkpoint.to_string(), report.to_string());
        self.transact(Scope::Aside, move |connection| {
            let come = (source::checkpoint.eq(checkpoint), source::report.eq(report));
            match diesel::update(source::table.find(name)).set(come).execute(connection)? {
                0 => Err(RegistryError::NotFound),
                _ => Ok(()),
            }
        })
        .await
    }

    /// Ends a run, and lets the source go.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the source was removed; what the database says.
    pub async fn end_harvest(&self, name: &str, end: HarvestEnd, trace: &Trace) -> Result<(), RegistryError> {
        let name = name.to_owned();
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let mut details = json!({ "name": name, "problem": end.problem });
            for count in ["created", "changed", "archived"] {
                details[count] = end.report[count].clone();
            }
            let ended = (
                source::claimed_until.eq(None::<NaiveDateTime>),
                source::finished.eq(stored_time(end.at)),
                source::due.eq(end.due.map(stored_time)),
                source::checkpoint.eq(end.checkpoint.map(|checkpoint| checkpoint.to_string())),
                source::report.eq(end.report.to_string()),
                source::problem.eq(end.problem),
            );
            if diesel::update(source::table.find(&name)).set(ended).execute(connection)? == 0 {
                return Err(RegistryError::NotFound);
            }
            trail.note(event(AuditAction::SourceHarvest, details));
            Ok(())
        })
        .await
    }

    /// Lets a source go in the middle of a run, so that somebody else goes on at once.
    ///
    /// # Errors
    /// What the database says.
    pub async fn release_harvest(&self, name: &str) -> Result<(), RegistryError> {
        let name = name.to_owned();
        self.transact(Scope::Aside, move |connection| {
            let free = source::claimed_until.eq(None::<NaiveDateTime>);
            diesel::update(source::table.find(name)).set(free).execute(connection)?;
            Ok(())
        })
        .await
    }
}

fn event(action: AuditAction, details: Value) -> AuditEvent {
    AuditEvent::new(action, AuditTarget::unknown(AuditTargetKind::Service)).with(details)
}
