//! An import of any length in little memory: one thread reads rows and waits where writing is slower, and the source
//! waits with it.

use std::io::{BufReader, Read};

use flate2::read::MultiGzDecoder;
use innocap_access::{Action, Actor, Target};
use innocap_domain::limits;
use tokio::sync::{mpsc, oneshot};

use super::report::{Line, Stopped, Summary};
use super::rows::{Broken, Row, Rows};
use super::spool::{ReportReader, Spool};
use super::{Import, ImportOptions, portion};
use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;
use crate::mapping::Mapping;

/// Batches that are read before one has been written.
const AHEAD: usize = 1;
/// Bytes that are read from a source at once.
const READ: usize = 64 * 1024;

/// How the bytes of a source are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    None,
    /// By gzip (RFC 1952), one member or several.
    Gzip,
}

/// Why a source ends before its time, for the report.
#[derive(Debug)]
pub(super) struct Cause {
    pub(super) code: &'static str,
    detail: String,
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Cause {}

fn cause(code: &'static str, detail: impl Into<String>) -> std::io::Error {
    std::io::Error::other(Cause { code, detail: detail.into() })
}

/// What is sent of a body: its pieces, or why there are no more. A sender that is dropped without a word has sent all.
pub type Piece<T> = Result<T, String>;

/// The pieces of a body as something to read from.
struct Pieces<T> {
    pieces: mpsc::Receiver<Piece<T>>,
    now: Option<(T, usize)>,
}

impl<T: AsRef<[u8]>> Read for Pieces<T> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if let Some((piece, from)) = &mut self.now {
                let mut left = piece.as_ref().get(*from..).unwrap_or_default();
                let read = left.read(buffer)?;
                if read > 0 {
                    *from += read;
                    return Ok(read);
                }
            }
            match self.pieces.blocking_recv() {
                Some(Ok(piece)) => self.now = Some((piece, 0)),
                Some(Err(why)) => return Err(cause("broken_off", why)),
                None => return Ok(0),
            }
        }
    }
}

/// A source that ends with an error where it would be longer than it may be.
struct Bounded<R> {
    source: R,
    left: u64,
    most: u64,
    packing: Packing,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.source.read(buffer).map_err(|error| {
            let known = error.get_ref().is_some_and(|inner| inner.is::<Cause>());
            match self.packing {
                Packing::Gzip if !known => cause("broken_off", format!("the gzip is broken: {error}")),
                _ => error,
            }
        })?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(cause("too_large", format!("an import may hold {} bytes, unpacked", self.most))),
        }
        Ok(read)
    }
}

/// What is read from: unpacked, and with an end.
type Source = BufReader<Bounded<Box<dyn Read + Send>>>;

fn unpacked(source: Box<dyn Read + Send>, packing: Packing, most: u64) -> Source {
    let source: Box<dyn Read + Send> = match packing {
        Packing::None => source,
        Packing::Gzip => Box::new(MultiGzDecoder::new(source)),
    };
    BufReader::with_capacity(READ, Bounded { source, left: most, most, packing })
}

/// Hands on batch after batch, until the source ends or nobody takes them any more.
fn read_all(mut rows: Rows<Source>, hand_on: &mpsc::Sender<Portion>) {
    loop {
        let (batch, end) = portion(&mut rows);
        let read_on = hand_on.blocking_send(Portion::Rows(batch)).is_ok();
        match end {
            Some(end) => return drop(hand_on.blocking_send(Portion::End(end))),
            None if !read_on => return,
            None => {}
        }
    }
}

/// A batch of rows, or how the source ended.
enum Portion {
    Rows(Vec<Row>),
    End(Result<(), Broken>),
}

impl Innocap {
    /// Whether somebody may write anything at all; of each row its own permission is asked.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`], [`AppError::Forbidden`], [`AppError::Scope`].
    pub fn may_import(&self, actor: &Actor) -> Result<(), AppError> {
        allow(actor, Action::Import, &Target::Service)
    }

    /// Takes the rows of a body as they come and tells of each once it is written. The report is there to be read while
    /// the body is still being sent, and need not be. Where the sender goes away, what came whole is still written.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] and [`AppError::Forbidden`] for who may write nothing at all;
    /// [`AppError::Invalid`] for a header that is not as it should be; [`AppError::Unavailable`] where there are too many
    /// imports at once.
    pub async fn import_stream<T: AsRef<[u8]> + Send + 'static>(
        &self,
        caller: Caller,
        options: ImportOptions,
        packing: Packing,
        body: mpsc::Receiver<Piece<T>>,
    ) -> Result<ReportReader, AppError> {
        self.may_import(&caller.actor)?;
        let permit = self.begin_importing().ok_or_else(|| AppError::Unavailable {
            public: "other imports are under way: try again when one of them has ended",
            detail: "too many imports at once".to_owned(),
        })?;
        let (spool, (begun, begins)) = (Spool::new(), oneshot::channel());
        let (innocap, sink) = (self.clone(), std::sync::Arc::clone(&spool));
        // Not by whoever answers requests: a batch keeps a thread busy for a while, and goes on when the sender is gone.
        self.runtime().spawn(async move {
            let _permit = permit;
            let source = Pieces { pieces: body, now: None };
            let told = innocap
                .run_import(&caller, &options, None, packing, source, begun, |lines, summary| {
                    let mut text = Vec::new();
                    for line in lines {
                        serde_json::to_writer(&mut text, line)?;
                        text.push(b'\n');
                    }
                    if let Some(summary) = summary {
                        serde_json::to_writer(&mut text, &serde_json::json!({ "summary": summary }))?;
                        text.push(b'\n');
                    }
                    sink.write(&text)
                })
                .await;
            if let Err(error) = told {
                tracing::error!(%error, "the report of an import cannot be kept");
            }
            sink.end();
        });
        begins.await.map_err(|_| AppError::Internal("an import ended before it began".to_owned()))??;
        Ok(ReportReader::new(spool))
    }

    /// Imports a file or another source as `caller`; `told` gets each row's line as it is written.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a header that is not as it should be. What happens later is in the summary.
    pub async fn import_from(
        &self,
        caller: &Caller,
        options: &ImportOptions,
        mapping: Option<&Mapping>,
        packing: Packing,
        source: impl Read + Send + 'static,
        mut told: impl FnMut(&Line) + Send,
    ) -> Result<Summary, AppError> {
        let (begun, mut begins) = oneshot::channel();
        let mut last = Summary::default();
        let each = |lines: &[Line], summary: Option<&Summary>| {
            lines.iter().for_each(&mut told);
            if let Some(summary) = summary {
                last = summary.clone();
            }
            Ok(())
        };
        self.run_import(caller, options, mapping, packing, source, begun, each)
            .await
            .map_err(|e| AppError::Internal(e.to_string()))?;
        match begins.try_recv() {
            Ok(Err(error)) => Err(error),
            _ => Ok(last),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the two ways in, above, are what is called")]
    async fn run_import(
        &self,
        caller: &Caller,
        options: &ImportOptions,
        mapping: Option<&Mapping>,
        packing: Packing,
        source: impl Read + Send + 'static,
        begun: oneshot::Sender<Result<(), AppError>>,
        mut told: impl FnMut(&[Line], Option<&Summary>) -> std::io::Result<()> + Send,
    ) -> std::io::Result<()> {
        let (hand_on, mut portions) = mpsc::channel(AHEAD);
        let (asked, mapped) = (options.clone(), mapping.is_some());
        let most = if caller.actor == Actor::Shell { u64::MAX } else { limits::IMPORT_BYTES };
        let source: Box<dyn Read + Send> = Box::new(source);
        let reading = tokio::task::spawn_blocking(move || {
            let source = unpacked(source, packing, most);
            match Rows::open(source, asked.form, asked.kind, mapped, asked.from_line) {
                Ok(rows) => {
                    let _ = begun.send(Ok(()));
                    read_all(rows, &hand_on);
                }
                Err(error) => drop(begun.send(Err(error))),
            }
        });
        let mut import = Import::new(self, caller, options, mapping);
        let mut summary = Summary { dry_run: options.dry_run, ..Summary::default() };
        summary.done_through_line = options.from_line.saturating_sub(1);
        let mut began = false;
        let end = loop {
            let Some(portion) = portions.recv().await else {
                // The header was refused, and the caller is told so.
                break began.then_some(Err(Stopped { code: "internal", detail: "an internal error".to_owned() }));
            };
            began = true;
            match portion {
                Portion::Rows(rows) => {
                    let last = rows.last().map(|row| row.line);
                    match import.batch(rows).await {
                        Ok(lines) => {
                            lines.iter().for_each(|line| summary.count(line));
                            summary.done_through_line = last.unwrap_or(summary.done_through_line);
                            told(&lines, None)?;
                        }
                        Err(error) => {
                            tracing::error!(%error, "an import stops");
                            break Some(Err(Stopped::from(&error)));
                        }
                    }
                    if self.is_stopping() {
                        let detail = "the service is stopping: send the rest when it is back".to_owned();
                        break Some(Err(Stopped { code: "unavailable", detail }));
                    }
                }
                Portion::End(end) => break Some(end.map_err(Stopped::from)),
            }
        };
        // What is not read any more lets its sender go.
        drop(portions);
        if let Some(end) = end {
            summary.end(end);
            told(&[], Some(&summary))?;
        }
        let _ = reading.await;
        Ok(())
    }
}
