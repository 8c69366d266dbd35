//! Catalogues harvested: each source is fetched politely, read by its format, and written as records that keep where they
//! come from. One file a format (`software`, `ocds`, `ted`, `eforms`, `rows`); `run` harvests a source, `walk` leads through it, `writer` and
//! `awards` write what is found, `duplicates` proposes what may be one.

mod awards;
mod duplicates;
mod eforms;
mod found;
mod ocds;
mod organisations;
mod privacy;
mod report;
mod rows;
mod run;
mod schedule;
mod software;
mod sources;
mod ted;
#[cfg(test)]
mod tests;
mod walk;
mod writer;
mod xml;

use innocap_domain::{HarvestFormat, HarvestSettings, Source};
use url::Url;

use crate::import::Form;
use crate::mapping::Mapping;
use found::Found;

pub use duplicates::Duplicate;
pub use report::{HarvestReport, ReportLine, ReportLineKind};

/// Where what is read comes from.
#[derive(Debug, Clone)]
struct Origin {
    name: String,
    licence: Option<String>,
}

impl Origin {
    fn source(&self, id: &str, url: Option<String>) -> Source {
        Source { name: self.name.clone(), id: id.to_owned(), url, licence: self.licence.clone() }
    }
}

/// What a document holds, and the address of the page after it.
#[derive(Debug, Default)]
struct Page {
    found: Vec<Found>,
    next: Option<String>,
}

/// How a source is read.
struct Reading {
    origin: Origin,
    format: HarvestFormat,
    mapping: Option<Mapping>,
}

impl Reading {
    fn of(settings: &HarvestSettings) -> Result<Self, String> {
        let mapping = settings.mapping.as_deref().map(Mapping::parse).transpose()?;
        let origin = Origin { name: settings.name.clone(), licence: settings.licence.clone() };
        Ok(Self { origin, format: settings.format, mapping })
    }

    /// What a document holds.
    fn read(&self, address: &Url, body: &[u8]) -> Result<Page, String> {
        let origin = &self.origin;
        match self.format {
            HarvestFormat::Publiccode | HarvestFormat::PubliccodeList => software::file(origin, address.as_str(), body),
            HarvestFormat::SoftwareCatalogue => software::catalogue(origin, body),
            HarvestFormat::Ocds => ocds::read(origin, body),
            HarvestFormat::Ted | HarvestFormat::TedList => Ok(Page { found: ted::notice(origin, body)?, next: None }),
            HarvestFormat::Csv => Ok(rows::read(origin, Form::Csv, self.mapping.as_ref(), body)),
            HarvestFormat::JsonLines => Ok(rows::read(origin, Form::JsonLines, self.mapping.as_ref(), body)),
        }
    }
}

/// The addresses of a list: one a line, or a JSON list of texts. What begins with # and what is empty is left out.
fn addresses(base: &Url, body: &[u8]) -> Result<Vec<Url>, String> {
    let text = std::str::from_utf8(body).map_err(|_| "the list is not UTF-8".to_owned())?;
    let lines: Vec<String> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(|error| format!("the list is not a list of texts: {error}"))?
    } else {
        text.lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect()
    };
    if lines.is_empty() {
        return Err("the list is empty".to_owned());
    }
    let mut addresses = Vec::new();
    for line in lines {
        // A page of HTML would be thousands of relative addresses.
        if line.contains(['<', '>']) {
            return Err("the list holds something that is no address; an address stands on each line".to_owned());
        }
        let address = base.join(&line).map_err(|_| "the list holds something that is no address".to_owned())?;
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}
