//! Exporting records, as far as somebody may see them: as JSON Lines in our own form, which imports again, or as CSV
//! with the columns of `import/columns.rs`. Records are read page by page, so that any number takes the same memory.

use std::borrow::Cow;
use std::io::Write;

use innocap_access::{Actor, Drafts, drafts};
use innocap_domain::{
    Challenge, Content, Id, Organisation, OrganisationId, Record, RecordKind, Solution, Status, Violation, Violations,
};
use innocap_registry::{Scan, Seen, StoredRecord};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::Innocap;
use crate::dump::Provenance;
use crate::error::AppError;
use crate::import::{Form, header, write_row};
use crate::lists::fault;
use crate::records::Resource;

/// Records read at once.
const PAGE: usize = 500;
/// Pages that are made before one has been taken.
const AHEAD: usize = 2;

/// A record as it is exported and as followers get it: what is stored, with its kind. Its organisation stands in it by
/// identifier, so that it changes only when the record does.
#[derive(Debug, Clone, Serialize)]
#[serde(bound = "C: Serialize")]
pub struct Exported<C> {
    /// The record.
    #[serde(flatten)]
    pub record: Record<C>,
    /// Its kind.
    pub r#type: RecordKind,
    /// Where it comes from and under which terms, where that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

/// What is exported.
#[derive(Debug, Clone, Default)]
pub struct ExportOptions {
    /// The kinds; all where empty, organisations first so that an import finds them.
    pub kinds: Vec<RecordKind>,
    /// The form. A table holds one kind.
    pub form: Form,
    /// What is public alone.
    pub public: bool,
}

/// Which records are exported by the API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportQuery(Scan);

/// An export under way.
pub struct Export {
    /// Where to begin to follow the change feed, to keep up what is exported here.
    pub cursor: String,
    pages: mpsc::Receiver<Result<Vec<u8>, AppError>>,
}

impl Export {
    /// The next piece of the file; nothing at its end.
    pub async fn next(&mut self) -> Option<Result<Vec<u8>, AppError>> {
        self.pages.recv().await
    }
}

impl ExportQuery {
    /// Parses a query string's pairs: `status`, `organisation`, `updated_since`.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with a fault for each parameter that is unknown or wrong.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, AppError> {
        let (mut scan, mut faults) = (Scan::default(), Vec::<Violation>::new());
        for (name, value) in pairs {
            match name.as_str() {
                "status" => {
                    for word in value.split(',').map(str::trim).take(50) {
                        match Status::parse(word) {
                            Ok(status) => scan.statuses.push(status),
                            Err(error) => {
                                faults.push(Violation {
                                    nearest: error.nearest.clone(),
                                    ..fault(name, "invalid_code", error.to_string())
                                });
                            }
                        }
                    }
                }
                "organisation" => match value.parse::<OrganisationId>() {
                    Ok(id) => scan.organisation = Some(id),
                    Err(error) => faults.push(fault(name, "invalid_code", error.to_string())),
                },
                "updated_since" => match value.parse() {
                    Ok(time) => scan.updated_since = Some(time),
                    Err(_) => {
                        let detail = "expected an RFC 3339 time such as 2026-11-23T08:00:00Z";
                        faults.push(fault(name, "invalid_code", detail));
                    }
                },
                _ => faults.push(fault(name, "unknown_field", "this parameter is not known here")),
            }
        }
        if faults.is_empty() { Ok(Self(scan)) } else { Err(AppError::Invalid(Violations(faults))) }
    }
}

/// What of a kind a caller sees, as lists show it: what is public, and all that is their own.
pub(crate) fn seen(actor: &Actor, kind: RecordKind) -> Seen {
    match drafts(actor, kind) {
        Drafts::All => Seen::All,
        Drafts::Of(mut own) => {
            own.sort_unstable();
            own.dedup();
            Seen::PublicAndOf(own)
        }
    }
}

/// A record as somebody sees it to whom these are shown.
pub(crate) fn exported<C: Resource>(seen: &Seen, record: Record<C>) -> Exported<C> {
    let own = match seen {
        Seen::All => true,
        Seen::PublicAndOf(own) => own.contains(&C::owner(record.id, &record.content)),
    };
    let record = if own { record } else { Record { content: record.content.public(), ..record } };
    Exported { record, r#type: C::KIND, provenance: None }
}

impl Innocap {
    /// Every record of a kind that the caller sees, as it is made.
    ///
    /// # Errors
    /// Where the registry fails.
    pub async fn export_stream(
        &self,
        actor: &Actor,
        kind: RecordKind,
        form: Form,
        query: ExportQuery,
    ) -> Result<Export, AppError> {
        // Taken before the first record is read, so that the feed from here on tells of all that changes meanwhile.
        let cursor = self.feed_end(actor).await?;
        let (hand_on, pages) = mpsc::channel(AHEAD);
        let (innocap, seen) = (self.clone(), seen(actor, kind));
        self.runtime().spawn(async move {
            let made = match kind {
                RecordKind::Organisation => innocap.pages::<Organisation>(&seen, &query.0, form, &hand_on).await,
                RecordKind::Challenge => innocap.pages::<Challenge>(&seen, &query.0, form, &hand_on).await,
                RecordKind::Solution => innocap.pages::<Solution>(&seen, &query.0, form, &hand_on).await,
            };
            if let Err(error) = made {
                tracing::error!(%error, "an export breaks off");
                let _ = hand_on.send(Err(error)).await;
            }
        });
        Ok(Export { cursor, pages })
    }

    /// Hands on page after page until all is read or nobody takes them any more.
    async fn pages<C: Resource>(
        &self,
        seen: &Seen,
        scan: &Scan,
        form: Form,
        hand_on: &mpsc::Sender<Result<Vec<u8>, AppError>>,
    ) -> Result<(), AppError> {
        if form == Form::Csv && hand_on.send(Ok(table(|table| table.write_record(header(C::KIND)))?)).await.is_err() {
            return Ok(());
        }
        let registry = self.registry();
        let mut page = registry.scan_stored::<C>(seen, scan, None, PAGE).await?;
        while let Some(last) = page.last() {
            // The database reads the next page while this one is written.
            let next = registry.scan_stored::<C>(seen, scan, Some(last.id()?), PAGE);
            let (next, piece) = tokio::join!(next, self.piece(seen, &page, form));
            if hand_on.send(Ok(piece?)).await.is_err() {
                return Ok(());
            }
            page = next?;
        }
        Ok(())
    }

    /// A page in the form that is wanted.
    async fn piece<C: Resource>(&self, seen: &Seen, page: &[StoredRecord<C>], form: Form) -> Result<Vec<u8>, AppError> {
        let mut lines = Vec::with_capacity(page.len() * 1_500);
        for one in page {
            write_line(seen, one, &mut lines)?;
        }
        match form {
            Form::JsonLines => Ok(lines),
            Form::Csv => self.cells(C::KIND, &lines).await,
        }
    }

    /// Lines of JSON as rows of a table, each with the name of its organisation for the eye.
    async fn cells(&self, kind: RecordKind, lines: &[u8]) -> Result<Vec<u8>, AppError> {
        let records: Vec<Value> =
            serde_json::Deserializer::from_slice(lines).into_iter().collect::<Result<_, _>>().map_err(internal)?;
        let owner = |record: &Value| record["organisation"].as_str().and_then(|id| id.parse::<OrganisationId>().ok());
        let organisations = self.organisations(records.iter().filter_map(owner)).await?;
        let columns = crate::import::columns(kind);
        let place = columns.iter().position(|column| column.name == "organisation_name");
        table(|table| {
            for record in &records {
                let mut row: Vec<Cow<'_, str>> = write_row(kind, record).collect();
                let name = owner(record).and_then(|id| organisations.get(&id)).map(|o| o.name.as_str());
                if let Some((cell, name)) = place.and_then(|place| row.get_mut(place)).zip(name) {
                    *cell = crate::import::harmless(name);
                }
                table.write_record(row.iter().map(|cell| cell.as_bytes()))?;
            }
            Ok(())
        })
    }

    /// Writes records to a file; how many. Everything, drafts and archived ones too, or what is public alone.
    ///
    /// # Errors
    /// Where the registry or `out` fails; [`AppError::Invalid`] for a table of several kinds.
    pub async fn export(&self, options: &ExportOptions, out: &mut (dyn Write + Send)) -> Result<usize, AppError> {
        let all = [RecordKind::Organisation, RecordKind::Solution, RecordKind::Challenge];
        let kinds = if options.kinds.is_empty() { &all[..] } else { &options.kinds };
        if options.form == Form::Csv && kinds.len() != 1 {
            return Err(AppError::at("/kind", "required", "a table holds records of one kind: say which"));
        }
        let mut written = 0;
        for kind in all.iter().filter(|kind| kinds.contains(kind)) {
            written += match kind {
                RecordKind::Organisation => self.export_kind::<Organisation>(options, out).await?,
                RecordKind::Challenge => self.export_kind::<Challenge>(options, out).await?,
                RecordKind::Solution => self.export_kind::<Solution>(options, out).await?,
            };
        }
        out.flush().map_err(internal)?;
        Ok(written)
    }

    async fn export_kind<C: Resource>(
        &self,
        options: &ExportOptions,
        out: &mut (dyn Write + Send),
    ) -> Result<usize, AppError> {
        let seen = if options.public { Seen::PublicAndOf(Vec::new()) } else { Seen::All };
        if options.form == Form::Csv {
            out.write_all(&table(|table| table.write_record(header(C::KIND)))?).map_err(internal)?;
        }
        let (mut after, mut written) = (None, 0);
        loop {
            let page = self.registry().scan_stored::<C>(&seen, &Scan::default(), after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(written) };
            after = Some(last.id()?);
            written += page.len();
            let piece = self.piece(&seen, &page, options.form).await?;
            out.write_all(&piece).map_err(internal)?;
        }
    }

    /// The next public records of a kind, oldest first, each with where it comes from; none at the end.
    ///
    /// # Errors
    /// Where the registry fails.
    pub async fn public_page<C: Resource>(&self, after: Option<Id<C>>) -> Result<Vec<Exported<C>>, AppError> {
        let page = self.page_after(&Seen::PublicAndOf(Vec::new()), after).await?;
        let told = |one: Exported<C>| {
            let provenance = Some(self.provenance(&one.record.content));
            Exported { provenance, ..one }
        };
        Ok(page.into_iter().map(told).collect())
    }

    /// The next records of a kind, oldest first.
    pub(crate) async fn page_after<C: Resource>(
        &self,
        seen: &Seen,
        after: Option<Id<C>>,
    ) -> Result<Vec<Exported<C>>, AppError> {
        let page = self.registry().scan::<C>(seen, &Scan::default(), after, PAGE).await?;
        Ok(page.into_iter().map(|record| exported(seen, record)).collect())
    }
}

/// Appends a line with a record as somebody sees it to whom these are shown: as [`exported`] writes it, but with the
/// content as it is stored, where all of it is shown.
fn write_line<C: Resource>(seen: &Seen, one: &StoredRecord<C>, text: &mut Vec<u8>) -> Result<(), AppError> {
    let whole = C::PUBLIC_WHOLE
        || match seen {
            Seen::All => true,
            Seen::PublicAndOf(own) => own.contains(&one.owner()?),
        };
    if whole {
        one.write_members(text)?;
        text.extend_from_slice(b",\"type\":\"");
        text.extend_from_slice(C::KIND.as_str().as_bytes());
        text.extend_from_slice(b"\"}");
    } else {
        serde_json::to_writer(&mut *text, &exported(seen, one.record()?)).map_err(internal)?;
    }
    text.push(b'\n');
    Ok(())
}

/// Records as JSON Lines.
pub(crate) fn lines<C: Content>(page: &[Exported<C>]) -> Result<Vec<u8>, AppError> {
    let mut text = Vec::with_capacity(page.len() * 1_500);
    for one in page {
        serde_json::to_writer(&mut text, one).map_err(internal)?;
        text.push(b'\n');
    }
    Ok(text)
}

fn table(write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> Result<Vec<u8>, AppError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    write(&mut table).map_err(internal)?;
    table.into_inner().map_err(internal)
}

fn internal(error: impl std::fmt::Display) -> AppError {
    AppError::Internal(format!("an export cannot be written: {error}"))
}
