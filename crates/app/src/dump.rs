//! A full dump of what is public, every night: JSON Lines packed with gzip, and a manifest that says what is in it, where
//! it comes from and under which terms. Whoever has it can go on when the service is gone.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveTime};
use flate2::Compression;
use flate2::write::GzEncoder;
use innocap_access::Actor;
use innocap_domain::{Challenge, Content, Organisation, RecordKind, Solution};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::Innocap;
use crate::error::AppError;
use crate::export::lines;
use crate::records::Resource;

/// The file that says what is in a dump.
const MANIFEST: &str = "manifest.json";
/// How the form of a dump is called; another form gets another name.
const FORM: &str = "innocap-dump-1";

/// Where and when everything public is dumped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DumpOptions {
    /// The folder; each dump is a folder in it, named by its day.
    pub folder: PathBuf,
    /// The time of day, UTC.
    pub at: NaiveTime,
    /// How many are kept.
    pub keep: usize,
}

/// A dump that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dump {
    /// Its folder.
    pub folder: PathBuf,
    /// The records in it.
    pub records: usize,
}

/// Where a record comes from, and under which terms it may be reused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Provenance {
    /// The catalogue, or this service for what was written here.
    pub name: String,
    /// Where it can be read there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The terms as the source words them; absent where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
}

/// A file of a dump.
#[derive(Serialize)]
struct Part {
    name: String,
    kind: RecordKind,
    records: usize,
    bytes: u64,
    sha256: String,
}

/// How many records come from a source under the same terms.
type Sources = BTreeMap<(RecordKind, String, Option<String>), usize>;

impl Innocap {
    /// Where a record comes from.
    pub fn provenance<C: Content>(&self, content: &C) -> Provenance {
        match content.source() {
            Some(source) => {
                Provenance { name: source.name.clone(), url: source.url.clone(), licence: source.licence.clone() }
            }
            None => Provenance { name: self.public_url().to_owned(), url: None, licence: None },
        }
    }

    /// Dumps everything that is public into a new folder.
    ///
    /// # Errors
    /// Where the registry or the disk fails, or the folder is there; then no half of a dump is left.
    pub async fn dump(&self, folder: &Path) -> Result<Dump, AppError> {
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or("dump");
        if folder.exists() {
            return Err(AppError::Conflict(format!("{} is there already", folder.display())));
        }
        let part = folder.with_file_name(format!(".{name}.part"));
        let _ = fs::remove_dir_all(&part);
        fs::create_dir_all(&part).map_err(|e| unwritten(&part, &e))?;
        match self.dump_into(&part).await {
            Ok(records) => {
                fs::rename(&part, folder).map_err(|e| unwritten(folder, &e))?;
                Ok(Dump { folder: folder.to_owned(), records })
            }
            Err(error) => {
                let _ = fs::remove_dir_all(&part);
                Err(error)
            }
        }
    }

    async fn dump_into(&self, folder: &Path) -> Result<usize, AppError> {
        let cursor = self.feed_end(&Actor::Anonymous).await?;
        let mut sources = Sources::new();
        let parts = [
            self.dump_kind::<Organisation>(folder, "organisations", &mut sources).await?,
            self.dump_kind::<Solution>(folder, "solutions", &mut sources).await?,
            self.dump_kind::<Challenge>(folder, "challenges", &mut sources).await?,
        ];
        let sources: Vec<_> = sources
            .into_iter()
            .map(|((kind, name, licence), records)| {
                json!({ "kind": kind, "name": name, "licence": licence, "records": records })
            })
            .collect();
        let manifest = json!({
            "form": FORM,
            "made": self.clock().now(),
            "service": self.public_url(),
            "changes_cursor": cursor,
            "files": parts,
            "sources": sources,
        });
        let path = folder.join(MANIFEST);
        let text = serde_json::to_string_pretty(&manifest).map_err(|e| AppError::Internal(e.to_string()))?;
        fs::write(&path, text + "\n").map_err(|e| unwritten(&path, &e))?;
        Ok(parts.iter().map(|part| part.records).sum())
    }

    async fn dump_kind<C: Resource>(&self, folder: &Path, kind: &str, sources: &mut Sources) -> Result<Part, AppError> {
        let name = format!("{kind}.jsonl.gz");
        let path = folder.join(&name);
        let fault = |e: &std::io::Error| unwritten(&path, e);
        let out =
            Digested { out: BufWriter::new(File::create(&path).map_err(|e| fault(&e))?), sha: Sha256::new(), bytes: 0 };
        let mut out = GzEncoder::new(out, Compression::default());
        let (mut after, mut records) = (None, 0);
        loop {
            let page = self.public_page::<C>(after).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.record.id);
            records += page.len();
            for from in page.iter().filter_map(|one| one.provenance.as_ref()) {
                *sources.entry((C::KIND, from.name.clone(), from.licence.clone())).or_default() += 1;
            }
            out.write_all(&lines(&page)?).map_err(|e| fault(&e))?;
        }
        let Digested { out, sha, bytes } = out.finish().map_err(|e| fault(&e))?;
        let file = out.into_inner().map_err(|e| fault(e.error()))?;
        file.sync_all().map_err(|e| fault(&e))?;
        let sha256 = sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Part { name, kind: C::KIND, records, bytes, sha256 })
    }

    /// Makes the dump of today where its time has come and it is not there, and deletes those that are no longer kept.
    ///
    /// # Errors
    /// As [`Self::dump`].
    pub async fn dump_if_due(&self) -> Result<Option<Dump>, AppError> {
        let Some(options) = self.dumps() else { return Ok(None) };
        let now = self.clock().now();
        let folder = options.folder.join(now.date_naive().to_string());
        if now.time() < options.at || folder.exists() {
            return Ok(None);
        }
        let dump = self.dump(&folder).await?;
        forget(options).map_err(|e| unwritten(&options.folder, &e))?;
        Ok(Some(dump))
    }
}

/// Deletes the oldest dumps; a folder that is none is left alone.
fn forget(options: &DumpOptions) -> std::io::Result<()> {
    let mut days: Vec<(NaiveDate, PathBuf)> = fs::read_dir(&options.folder)?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let day = path.file_name()?.to_str()?.parse().ok()?;
            path.join(MANIFEST).is_file().then_some((day, path))
        })
        .collect();
    days.sort_unstable();
    let gone = days.len().saturating_sub(options.keep.max(1));
    days.into_iter().take(gone).try_for_each(|(_, path)| fs::remove_dir_all(path))
}

fn unwritten(path: &Path, error: &std::io::Error) -> AppError {
    AppError::Internal(format!("{} cannot be written: {error}", path.display()))
}

/// A writer that knows the digest and the length of what went through it.
struct Digested<W> {
    out: W,
    sha: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Digested<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.sha.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}
