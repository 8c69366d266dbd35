//! The sources: set up, listed, asked to run, removed.

use innocap_access::{Action, Target};
use innocap_domain::{HarvestSettings, HarvestSource, Violation, Violations, limits};
use serde_json::{Value, json};
use url::Url;

use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;
use crate::mapping::Mapping;

/// Characters of a source's name.
const NAME: usize = 80;
/// Characters of a mapping file.
const MAPPING: usize = 200_000;
/// Seconds between two runs at least.
const LEAST_INTERVAL: i64 = 300;

impl Innocap {
    /// Sets up a source.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with every fault; [`AppError::Conflict`] where there is one of this name;
    /// [`AppError::Forbidden`] for everyone but the operator.
    pub async fn add_harvest_source(&self, caller: &Caller, settings: HarvestSettings) -> Result<(), AppError> {
        allow(&caller.actor, Action::ManageSources, &Target::Service)?;
        let faults = faults(&settings);
        if !faults.is_empty() {
            return Err(AppError::Invalid(Violations(faults)));
        }
        let name = settings.name.clone();
        let trace = caller.trace(None, self.clock().now());
        if self.registry().add_harvest_source(settings, &trace).await? {
            Ok(())
        } else {
            Err(AppError::Conflict(format!("there is a source named {name} already")))
        }
    }

    /// Removes a source; the records that came from it stay.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Forbidden`] for everyone but the operator.
    pub async fn remove_harvest_source(&self, caller: &Caller, name: &str) -> Result<(), AppError> {
        allow(&caller.actor, Action::ManageSources, &Target::Service)?;
        Ok(self.registry().remove_harvest_source(name, &caller.trace(None, self.clock().now())).await?)
    }

    /// The sources, by name, each with how far it has come and what its last run has done.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but the operator.
    pub async fn harvest_sources(&self, caller: &Caller) -> Result<Vec<Value>, AppError> {
        allow(&caller.actor, Action::ReadSources, &Target::Service)?;
        let now = self.clock().now();
        let sources = self.registry().harvest_sources().await?;
        Ok(sources.into_iter().map(|source| view(&source, now)).collect())
    }

    /// Has a server harvest a source as soon as one gets to it, which is within seconds.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Forbidden`] for everyone but the operator.
    pub async fn ask_for_harvest(&self, caller: &Caller, name: &str) -> Result<(), AppError> {
        allow(&caller.actor, Action::RunSources, &Target::Service)?;
        Ok(self.registry().ask_for_harvest(name, &caller.trace(None, self.clock().now())).await?)
    }
}

fn faults(settings: &HarvestSettings) -> Vec<Violation> {
    let mut faults = Vec::new();
    let mut fault = |pointer: &str, code: &'static str, detail: String| {
        faults.push(Violation { pointer: pointer.to_owned(), code, detail, nearest: Vec::new() });
    };
    let name = &settings.name;
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_');
    if name.trim() != name || name.is_empty() || name.chars().count() > NAME || !name.chars().all(is_plain) {
        let detail = format!("a name has 1 to {NAME} letters, digits, spaces, points and hyphens");
        fault("/name", "invalid_code", detail);
    }
    match Url::parse(&settings.address) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") || url.host().is_none() => {
            fault("/address", "invalid_address", "expected an address that begins with https:// or http://".to_owned());
        }
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            fault("/address", "invalid_address", "an address must not hold credentials".to_owned());
        }
        Ok(_) if settings.address.len() > limits::ADDRESS => {
            fault("/address", "too_long", format!("at most {} characters", limits::ADDRESS));
        }
        Ok(_) => {}
        Err(error) => fault("/address", "invalid_address", error.to_string()),
    }
    match &settings.mapping {
        Some(_) if !settings.format.takes_mapping() => {
            fault("/mapping", "unknown_field", format!("{} needs no mapping", settings.format));
        }
        Some(text) if text.chars().count() > MAPPING => {
            fault("/mapping", "too_long", format!("at most {MAPPING} characters"));
        }
        Some(text) => {
            if let Err(error) = Mapping::parse(text) {
                fault("/mapping", "invalid_code", error);
            }
        }
        None if settings.format == innocap_domain::HarvestFormat::Csv => {
            fault("/mapping", "required", "columns become members of a record through a mapping".to_owned());
        }
        None => {}
    }
    if settings.licence.as_ref().is_some_and(|licence| licence.chars().count() > limits::NAME) {
        fault("/licence", "too_long", format!("at most {} characters", limits::NAME));
    }
    if settings.interval.is_some_and(|seconds| !(LEAST_INTERVAL..=31_622_400).contains(&seconds)) {
        fault("/interval", "out_of_range", format!("{LEAST_INTERVAL} seconds to a year"));
    }
    faults
}

/// A source as an operator sees it.
fn view(source: &HarvestSource, now: chrono::DateTime<chrono::Utc>) -> Value {
    let settings = &source.settings;
    let is_claimed = source.claimed_until.is_some_and(|until| until > now);
    let state = match (is_claimed, &source.problem, &source.checkpoint, source.finished) {
        (true, ..) => "running",
        (_, Some(_), ..) => "failed",
        (_, _, Some(_), _) => "interrupted",
        (_, _, _, Some(_)) => "done",
        _ => "new",
    };
    let mut view = json!({
        "name": settings.name,
        "format": settings.format,
        "address": settings.address,
        "allow_private": settings.allow_private,
        "whole": settings.whole,
        "mapped": settings.mapping.is_some(),
        "state": state,
        "created": source.created,
        "runs": source.run,
    });
    let mut add = |name: &str, value: Value| {
        if !value.is_null() {
            view[name] = value;
        }
    };
    add("licence", json!(settings.licence));
    add("interval", json!(settings.interval));
    add("due", json!(source.due));
    add("started", json!(source.started));
    add("finished", json!(source.finished));
    add("problem", json!(source.problem));
    add("report", json!(source.report));
    view
}
