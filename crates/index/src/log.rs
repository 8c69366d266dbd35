//! The append-only file beside the word index that holds each entry's identity, lengths, facts and vector.
//!
//! A frame is its payload's length and CRC-32 (both little-endian u32) and the payload. The word index's commit names
//! the length of this file that belongs to it, so that after a crash the file is cut back to that length.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::sketch::Sketch;

/// No frame is longer; a larger length is damage.
const MAX_FRAME: u32 = 16 * 1024 * 1024;

/// One event in the life of the entries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Frame<F> {
    /// An entry was added; its slot is the number of entries added before it.
    Added {
        id: [u8; 16],
        position: u16,
        language: u8,
        title_length: u32,
        body_length: u32,
        label_length: u32,
        sketch: Sketch,
        key: Option<String>,
        facts: F,
    },
    /// The meaning of a slot became known.
    Vector { slot: u32, scale: f32, components: Vec<i8> },
    /// All slots of a record were removed.
    Removed { id: [u8; 16] },
}

pub(crate) struct Log {
    file: File,
    length: u64,
}

impl Log {
    /// Opens the file, cut back to `length` bytes, and hands every frame to `replay` in order.
    pub(crate) fn open<F: serde::de::DeserializeOwned>(
        path: &Path,
        length: u64,
        mut replay: impl FnMut(Frame<F>),
    ) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        if file.metadata()?.len() < length {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the entry file is shorter than its commit says"));
        }
        file.set_len(length)?;
        let mut reader = BufReader::with_capacity(1 << 20, &file);
        let mut read = 0;
        let mut payload = Vec::new();
        while read < length {
            let mut head = [0; 8];
            reader.read_exact(&mut head)?;
            let size = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
            let sum = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
            if size > MAX_FRAME {
                return Err(damaged());
            }
            payload.resize(size as usize, 0);
            reader.read_exact(&mut payload)?;
            if crc32fast::hash(&payload) != sum {
                return Err(damaged());
            }
            replay(postcard::from_bytes(&payload).map_err(|_| damaged())?);
            read += 8 + u64::from(size);
        }
        drop(reader);
        file.seek(SeekFrom::End(0))?;
        Ok(Self { file, length })
    }

    /// Appends frames and waits until they are on disk.
    pub(crate) fn append<F: Serialize>(&mut self, frames: &[Frame<F>]) -> io::Result<u64> {
        let mut buffer = Vec::new();
        for frame in frames {
            let payload = postcard::to_allocvec(frame).map_err(io::Error::other)?;
            buffer.extend_from_slice(&u32::try_from(payload.len()).map_err(io::Error::other)?.to_le_bytes());
            buffer.extend_from_slice(&crc32fast::hash(&payload).to_le_bytes());
            buffer.extend_from_slice(&payload);
        }
        // What a failed earlier commit left behind is written over, not kept.
        self.file.set_len(self.length)?;
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(&buffer)?;
        self.file.sync_data()?;
        Ok(self.length + buffer.len() as u64)
    }

    /// Takes the appended frames for good, once the word index has committed.
    pub(crate) fn commit(&mut self, length: u64) {
        self.length = length;
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the entry file is damaged")
}
