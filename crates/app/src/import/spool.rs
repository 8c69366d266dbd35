//! The report of an import on its way to whoever sent the rows. Many programs send a whole body before they read a word
//! of the answer; were the import to wait for its reader, both would wait for ever. So what is told is kept until it is
//! read, beyond a little in a file that goes with it.

use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::SpooledTempFile;
use tokio::sync::Notify;

use crate::error::AppError;

/// Bytes kept in memory; what comes after goes to a temporary file.
const IN_MEMORY: usize = 1_000_000;
/// Bytes handed on at once.
const PIECE: usize = 64 * 1024;

struct Kept {
    file: SpooledTempFile,
    written: u64,
    ended: bool,
}

/// What is told so far.
pub(super) struct Spool {
    kept: Mutex<Kept>,
    more: Notify,
}

impl Spool {
    pub(super) fn new() -> Arc<Self> {
        let kept = Kept { file: SpooledTempFile::new(IN_MEMORY), written: 0, ended: false };
        Arc::new(Self { kept: Mutex::new(kept), more: Notify::new() })
    }

    /// Adds to what is told.
    pub(super) fn write(&self, text: &[u8]) -> std::io::Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.file.seek(SeekFrom::End(0))?;
        kept.file.write_all(text)?;
        kept.written += text.len() as u64;
        drop(kept);
        self.more.notify_one();
        Ok(())
    }

    /// Says that nothing more is told.
    pub(super) fn end(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
        self.more.notify_one();
    }
}

/// The reader of an import's report: JSON Lines, the summary last.
pub struct ReportReader {
    spool: Arc<Spool>,
    read: u64,
}

impl ReportReader {
    pub(super) fn new(spool: Arc<Spool>) -> Self {
        Self { spool, read: 0 }
    }

    /// The next piece, as soon as there is one; nothing at the end.
    ///
    /// # Errors
    /// Where what was kept cannot be read.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, AppError> {
        loop {
            match self.piece().map_err(|e| AppError::Internal(format!("the report cannot be read: {e}")))? {
                Some(piece) if piece.is_empty() => self.spool.more.notified().await,
                other => return Ok(other),
            }
        }
    }

    /// What is there now: empty where that is nothing yet.
    fn piece(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut kept = self.spool.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let left = usize::try_from(kept.written - self.read).unwrap_or(usize::MAX).min(PIECE);
        if left == 0 && kept.ended {
            return Ok(None);
        }
        let mut piece = vec![0; left];
        kept.file.seek(SeekFrom::Start(self.read))?;
        kept.file.read_exact(&mut piece)?;
        self.read += left as u64;
        Ok(Some(piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_told_before_anyone_reads_is_kept_and_comes_in_its_order() {
        let spool = Spool::new();
        let mut expected = Vec::new();
        for i in 0..40_000 {
            let line = format!("{{\"line\":{i},\"outcome\":\"unchanged\"}}\n");
            spool.write(line.as_bytes()).unwrap();
            expected.extend_from_slice(line.as_bytes());
        }
        assert!(expected.len() > IN_MEMORY);
        let mut reader = ReportReader::new(Arc::clone(&spool));
        let reading = tokio::spawn(async move {
            let mut read = Vec::new();
            while let Some(piece) = reader.next().await.unwrap() {
                read.extend(piece);
            }
            read
        });
        tokio::task::yield_now().await;
        spool.write(b"last\n").unwrap();
        spool.end();
        expected.extend_from_slice(b"last\n");
        assert!(reading.await.unwrap() == expected);
    }
}
