//! Opening, writing and watching the index.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, RwLock};

use innocap_domain::Language;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tantivy::directory::error::LockError;
use tantivy::{IndexWriter, TantivyDocument, Term};
use uuid::Uuid;

use crate::IndexError;
use crate::document::{Batch, Document, DocumentText, Facts};
use crate::entries::{Entries, language_byte};
use crate::log::{Frame, Log};
use crate::search::tie;
use crate::sketch::Sketch;
use crate::space::{MOST_QUERIES, Space};
use crate::vectors::quantise;
use crate::words::{self, Fields};

/// Grows whenever what the files mean changes; an index of another format is rebuilt.
const FORMAT: u32 = 5;
/// Bytes the word writer may hold before it flushes a segment; tantivy's least is 15 MB.
const WRITER_BYTES: usize = 48 * 1024 * 1024;

/// What the word index's commit remembers.
#[derive(Debug, Serialize, Deserialize)]
struct Commit {
    format: u32,
    /// The model the vectors are of.
    model: String,
    /// How far the change feed has been read.
    checkpoint: i64,
    /// The length of the entry file that belongs to this commit.
    log_length: u64,
}

/// How the index was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// As it was left.
    Ready,
    /// There was none.
    New,
    /// It could not be used and was emptied; the text says why.
    Emptied(String),
}

/// The index as an operator sees it.
#[derive(Debug, Clone, Serialize)]
pub struct IndexStatus {
    /// Records that can be found.
    pub records: usize,
    /// Their language versions.
    pub entries: usize,
    /// Entries whose meaning is not known yet.
    pub without_vector: usize,
    /// How far the change feed has been read.
    pub checkpoint: i64,
    /// The model the vectors are of.
    pub model: String,
}

/// What searches read; replaced as a whole only while the write lock is held.
pub(crate) struct State<F> {
    pub entries: Entries<F>,
    pub searcher: tantivy::Searcher,
    /// For each segment, the slot of each of its documents.
    pub slots: Vec<Vec<u32>>,
}

struct Writer {
    words: IndexWriter,
    log: Log,
    checkpoint: i64,
}

/// An index of records with facts `F`.
pub struct Index<F> {
    pub(crate) state: RwLock<State<F>>,
    writer: Mutex<Writer>,
    reader: tantivy::IndexReader,
    pub(crate) fields: Fields,
    model: String,
    dimensions: usize,
}

impl<F: Facts> Index<F> {
    /// Opens the index in a folder, or makes it. `model` names the embedding model: vectors of another model are
    /// never compared, so an index of another model is emptied, as is a damaged one.
    ///
    /// # Errors
    /// [`IndexError`] where the folder cannot be used at all.
    pub fn open(folder: &Path, model: &str, dimensions: usize) -> Result<(Self, Opened), IndexError> {
        let existed = folder.join("words/meta.json").exists();
        match Self::try_open(folder, model, dimensions) {
            Ok(index) => Ok((index, if existed { Opened::Ready } else { Opened::New })),
            Err(Failure::Final(error)) => Err(error),
            Err(Failure::Unusable(why)) => {
                for part in ["words", "entries.log"] {
                    let path = folder.join(part);
                    if path.is_dir() {
                        fs::remove_dir_all(&path)?;
                    } else if path.exists() {
                        fs::remove_file(&path)?;
                    }
                }
                match Self::try_open(folder, model, dimensions) {
                    Ok(index) => Ok((index, Opened::Emptied(why))),
                    Err(Failure::Final(error)) => Err(error),
                    Err(Failure::Unusable(why)) => Err(IndexError::Io(std::io::Error::other(why))),
                }
            }
        }
    }

    fn try_open(folder: &Path, model: &str, dimensions: usize) -> Result<Self, Failure> {
        let words_folder: PathBuf = folder.join("words");
        fs::create_dir_all(&words_folder).map_err(IndexError::from)?;
        let (schema, fields) = words::schema();
        let directory = tantivy::directory::MmapDirectory::open(&words_folder).map_err(Failure::unusable)?;
        let index = tantivy::Index::open_or_create(directory, schema).map_err(Failure::unusable)?;
        words::register(&index);
        let payload = index.load_metas().map_err(Failure::unusable)?.payload;
        let commit = match payload {
            None => Commit { format: FORMAT, model: model.to_owned(), checkpoint: 0, log_length: 0 },
            Some(text) => serde_json::from_str(&text).map_err(Failure::unusable)?,
        };
        if commit.format != FORMAT {
            return Err(Failure::Unusable(format!("it has format {}, this program writes {FORMAT}", commit.format)));
        }
        if commit.model != model {
            return Err(Failure::Unusable(format!("its vectors are of the model {}", commit.model)));
        }
        let writer = lock_words(&index, folder)?;
        let mut entries = Entries::new(dimensions);
        let log = Log::open(&folder.join("entries.log"), commit.log_length, |frame| entries.apply(frame))
            .map_err(Failure::unusable)?;
        let reader = index
            .reader_builder()
            .reload_policy(tantivy::ReloadPolicy::Manual)
            .try_into()
            .map_err(Failure::unusable)?;
        let (searcher, slots) = snapshot(&reader, entries.list.len()).map_err(Failure::unusable)?;
        Ok(Self {
            state: RwLock::new(State { entries, searcher, slots }),
            writer: Mutex::new(Writer { words: writer, log, checkpoint: commit.checkpoint }),
            reader,
            fields,
            model: model.to_owned(),
            dimensions,
        })
    }

    /// How far the change feed has been read.
    pub fn checkpoint(&self) -> i64 {
        self.lock_writer().checkpoint
    }

    /// How the index stands.
    pub fn status(&self) -> IndexStatus {
        let checkpoint = self.checkpoint();
        let state = self.read();
        let alive = || state.entries.list.iter().enumerate().filter(|(_, e)| e.alive);
        IndexStatus {
            records: state.entries.by_id.len(),
            entries: alive().count(),
            without_vector: alive().filter(|(slot, _)| !state.entries.vectors.known(*slot)).count(),
            checkpoint,
            model: self.model.clone(),
        }
    }

    /// The entries whose meaning is not known yet: record and position among its texts, at most `limit`.
    pub fn without_vector(&self, limit: usize) -> Vec<(Uuid, usize)> {
        let state = self.read();
        let entries = state.entries.list.iter().enumerate();
        entries
            .filter(|(slot, entry)| entry.alive && !state.entries.vectors.known(*slot))
            .map(|(_, entry)| (entry.id, usize::from(entry.position)))
            .take(limit)
            .collect()
    }

    /// How many entries' meaning is not known yet.
    pub fn count_without_vector(&self) -> usize {
        let state = self.read();
        let entries = state.entries.list.iter().enumerate();
        entries.filter(|(slot, entry)| entry.alive && !state.entries.vectors.known(*slot)).count()
    }

    /// The texts of which it is not known whether what else was made of them is there: record, position among its texts
    /// and key, at most `limit`.
    pub fn not_kept(&self, limit: usize) -> Vec<(Uuid, usize, String)> {
        let state = self.read();
        let open = state.entries.list.iter().filter(|entry| entry.alive && !entry.is_kept);
        open.filter_map(|entry| Some((entry.id, usize::from(entry.position), entry.key.as_deref()?.to_owned())))
            .take(limit)
            .collect()
    }

    /// Remembers that what else was made of these texts is there, or that nothing can be made of them.
    pub fn note_kept(&self, texts: &[(Uuid, usize, String)]) {
        let mut state = self.state.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let entries = &mut state.entries;
        for (id, position, _) in texts {
            for slot in entries.by_id.get(id).into_iter().flatten() {
                let entry = &mut entries.list[*slot as usize];
                entry.is_kept |= usize::from(entry.position) == *position;
            }
        }
    }

    /// Empties the index; its checkpoint is 0 then.
    ///
    /// # Errors
    /// [`IndexError`] where the disk or the word index fails.
    pub fn clear(&self) -> Result<(), IndexError> {
        let mut writer = self.lock_writer();
        writer.words.delete_all_documents()?;
        writer.log.commit(0);
        let commit = Commit { format: FORMAT, model: self.model.clone(), checkpoint: 0, log_length: 0 };
        let mut prepared = writer.words.prepare_commit()?;
        prepared.set_payload(&serde_json::to_string(&commit).map_err(std::io::Error::other)?);
        prepared.commit()?;
        writer.checkpoint = 0;
        self.reader.reload()?;
        let (searcher, slots) = snapshot(&self.reader, 0)?;
        let mut state = self.state.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        *state = State { entries: Entries::new(self.dimensions), searcher, slots };
        Ok(())
    }

    /// Learns the space of meanings from the entries there are and a sample of the queries to be expected (unit
    /// vectors with their languages): see [`Self::sample`]. Searches go on meanwhile.
    pub fn learn_space(&self, queries: &[(Option<Language>, Vec<f32>)]) {
        // No vector may come in between learning and taking over.
        let _writer = self.lock_writer();
        let space = {
            let entries = &self.read().entries;
            let known: Vec<_> = entries.hot.iter().map(|hot| (hot.alive, hot.key)).collect();
            Space::learn(&entries.vectors, &known, queries)
        };
        self.state.write().unwrap_or_else(std::sync::PoisonError::into_inner).entries.space = space;
    }

    /// Whether the space of meanings has yet to be learnt, or the entries have changed by a tenth since.
    pub fn is_space_stale(&self) -> bool {
        let status = self.status();
        self.read().entries.space.is_stale(status.entries - status.without_vector)
    }

    /// Some entries' languages and unit vectors, the same ones as long as the index holds the same: a sample of the
    /// queries to be expected by an index of the other side.
    pub fn sample(&self) -> Vec<(Option<Language>, Vec<f32>)> {
        let state = self.read();
        let entries = &state.entries;
        let mut slots: Vec<(u64, usize)> = (0..entries.list.len())
            .filter(|&slot| entries.hot[slot].alive && entries.vectors.known(slot))
            .map(|slot| (tie(entries.list[slot].id), slot))
            .collect();
        slots.sort_unstable();
        slots.truncate(MOST_QUERIES);
        slots.into_iter().map(|(_, slot)| (entries.list[slot].language, entries.vectors.get(slot))).collect()
    }

    /// The facts of a record.
    pub fn facts(&self, id: Uuid) -> Option<F> {
        let state = self.read();
        let slot = *state.entries.by_id.get(&id)?.first()?;
        Some(state.entries.list[slot as usize].facts.clone())
    }

    /// Applies a batch; when this returns, searches see all of it and it is on disk.
    ///
    /// # Errors
    /// [`IndexError`] where the disk or the word index fails; the index then stays as it was.
    pub fn apply(&self, batch: Batch<F>) -> Result<(), IndexError> {
        self.check_dimensions(&batch)?;
        // Analysis is the expensive part and needs no lock.
        let prepared: Vec<_> = batch.upserts.into_par_iter().map(Prepared::new).collect();
        let mut writer = self.lock_writer();
        let result = self.write(&mut writer, prepared, &batch.deletes, batch.vectors, batch.checkpoint);
        if result.is_err() {
            // What was added but not committed must not come along with the next batch.
            let _ = writer.words.rollback();
        }
        result
    }

    fn write(
        &self,
        writer: &mut Writer,
        prepared: Vec<Prepared<F>>,
        deletes: &[Uuid],
        vectors: Vec<(Uuid, usize, Vec<f32>)>,
        checkpoint: i64,
    ) -> Result<(), IndexError> {
        let mut frames = Vec::new();
        let mut next_slot = self.read().entries.list.len();
        let replaced = prepared.iter().map(|document| document.id);
        for id in deletes.iter().copied().chain(replaced) {
            if self.read().entries.by_id.contains_key(&id) {
                writer.words.delete_term(Term::from_field_text(self.fields.id, &id.to_string()));
                frames.push(Frame::Removed { id: id.into_bytes() });
            }
        }
        let mut slots_of = std::collections::HashMap::new();
        for document in prepared {
            for (position, text) in document.texts.into_iter().enumerate() {
                let mut words = TantivyDocument::new();
                words.add_text(self.fields.id, document.id.to_string());
                words.add_u64(self.fields.slot, next_slot as u64);
                words.add_text(self.fields.title, &text.title);
                words.add_text(self.fields.body, &text.body);
                words.add_text(self.fields.labels, &document.labels);
                writer.words.add_document(words)?;
                frames.push(Frame::Added {
                    id: document.id.into_bytes(),
                    position: u16::try_from(position).unwrap_or(u16::MAX),
                    language: language_byte(text.language),
                    title_length: text.title_length,
                    body_length: text.body_length,
                    label_length: document.label_length,
                    sketch: text.sketch,
                    key: text.key,
                    facts: document.facts.clone(),
                });
                let slot = u32::try_from(next_slot).expect("an index holds fewer than 2^32 entries");
                if let Some((scale, components)) = text.vector {
                    frames.push(Frame::Vector { slot, scale, components });
                }
                slots_of.insert((document.id, position), slot);
                next_slot += 1;
            }
        }
        for (id, position, vector) in vectors {
            let slot = slots_of.get(&(id, position)).copied().or_else(|| self.slot_of(id, position));
            if let Some(slot) = slot {
                let (scale, components) = quantise(&vector);
                frames.push(Frame::Vector { slot, scale, components });
            }
        }
        let log_length = writer.log.append(&frames)?;
        let commit = Commit { format: FORMAT, model: self.model.clone(), checkpoint, log_length };
        let mut prepared_commit = writer.words.prepare_commit()?;
        prepared_commit.set_payload(&serde_json::to_string(&commit).map_err(std::io::Error::other)?);
        prepared_commit.commit()?;
        writer.log.commit(log_length);
        writer.checkpoint = checkpoint;
        self.reader.reload()?;
        let (searcher, slots) = snapshot(&self.reader, next_slot)?;
        let mut state = self.state.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        for frame in frames {
            state.entries.apply(frame);
        }
        state.searcher = searcher;
        state.slots = slots;
        Ok(())
    }

    fn check_dimensions(&self, batch: &Batch<F>) -> Result<(), IndexError> {
        let texts = batch.upserts.iter().flat_map(|d| &d.texts).filter_map(|t| t.vector.as_ref());
        let later = batch.vectors.iter().map(|(_, _, vector)| vector);
        match texts.chain(later).find(|vector| vector.len() != self.dimensions) {
            Some(vector) => Err(IndexError::Dimensions { given: vector.len(), expected: self.dimensions }),
            None => Ok(()),
        }
    }

    fn slot_of(&self, id: Uuid, position: usize) -> Option<u32> {
        let state = self.read();
        let slots = state.entries.by_id.get(&id)?;
        slots.iter().copied().find(|slot| usize::from(state.entries.list[*slot as usize].position) == position)
    }

    pub(crate) fn read(&self) -> std::sync::RwLockReadGuard<'_, State<F>> {
        self.state.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn lock_writer(&self) -> std::sync::MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The one writer of the word index. A process that is just ending may hold it for a moment more, as in a restart, so
/// it is waited for.
fn lock_words(index: &tantivy::Index, folder: &Path) -> Result<IndexWriter, Failure> {
    let mut patience = 50;
    loop {
        match index.writer_with_num_threads::<TantivyDocument>(1, WRITER_BYTES) {
            Ok(writer) => return Ok(writer),
            Err(tantivy::TantivyError::LockFailure(LockError::LockBusy, _)) if patience > 0 => {
                patience -= 1;
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            Err(tantivy::TantivyError::LockFailure(LockError::LockBusy, _)) => {
                return Err(Failure::Final(IndexError::InUse(folder.display().to_string())));
            }
            Err(other) => return Err(Failure::unusable(other)),
        }
    }
}

/// Why an index did not open.
enum Failure {
    /// It can be emptied and rebuilt.
    Unusable(String),
    /// Emptying would not help.
    Final(IndexError),
}

impl Failure {
    fn unusable(error: impl std::fmt::Display) -> Self {
        Self::Unusable(error.to_string())
    }
}

impl From<IndexError> for Failure {
    fn from(error: IndexError) -> Self {
        Self::Final(error)
    }
}

/// A document after analysis.
struct Prepared<F> {
    id: Uuid,
    texts: Vec<PreparedText>,
    labels: String,
    label_length: u32,
    facts: F,
}

struct PreparedText {
    language: Option<Language>,
    title: String,
    title_length: u32,
    body: String,
    body_length: u32,
    sketch: Sketch,
    vector: Option<(f32, Vec<i8>)>,
    key: Option<String>,
}

impl<F> Prepared<F> {
    fn new(document: Document<F>) -> Self {
        let mut labels = String::new();
        let mut label_length = 0;
        for (language, label) in &document.labels {
            label_length += words::index_terms(label, Some(*language), &mut labels);
        }
        let texts = document
            .texts
            .into_iter()
            .map(|text| {
                let (mut title, mut body) = (String::new(), String::new());
                let title_length = words::index_terms(&text.title, text.language, &mut title);
                let body_length = words::index_terms(&text.body, text.language, &mut body);
                let vector = text.vector.as_deref().map(quantise);
                let sketch = Sketch::of(&[&text.title, &text.body]);
                let DocumentText { language, key, .. } = text;
                PreparedText { language, title, title_length, body, body_length, sketch, vector, key }
            })
            .collect();
        Self { id: document.id, texts, labels, label_length, facts: document.facts }
    }
}

/// The current searcher and, for each of its segments, the slot of each document.
fn snapshot(
    reader: &tantivy::IndexReader,
    entries: usize,
) -> Result<(tantivy::Searcher, Vec<Vec<u32>>), tantivy::TantivyError> {
    let searcher = reader.searcher();
    let mut slots = Vec::with_capacity(searcher.segment_readers().len());
    for segment in searcher.segment_readers() {
        let column = segment.fast_fields().u64("slot")?;
        let of_segment: Vec<u32> = (0..segment.max_doc())
            .map(|doc| column.first(doc).and_then(|slot| u32::try_from(slot).ok()).unwrap_or(u32::MAX))
            .collect();
        if of_segment.iter().any(|&slot| slot as usize >= entries) {
            return Err(tantivy::TantivyError::InternalError(
                "the word index names entries that the entry file lacks".to_owned(),
            ));
        }
        slots.push(of_segment);
    }
    Ok((searcher, slots))
}
