//! The table of entries in memory: who they are, how long, in which language, with which facts and meaning.

use std::collections::HashMap;

use innocap_domain::Language;
use uuid::Uuid;

use crate::log::Frame;
use crate::sketch::Sketch;
use crate::space::Space;
use crate::vectors::Vectors;

/// One language version of one record.
pub(crate) struct Entry<F> {
    pub id: Uuid,
    pub position: u16,
    pub language: Option<Language>,
    pub title_length: f32,
    pub body_length: f32,
    pub label_length: f32,
    pub alive: bool,
    /// What tells near-duplicates.
    pub sketch: Sketch,
    /// Under which what else was made of the text is kept.
    pub key: Option<Box<str>>,
    /// Whether that is known to be there; never stored, since another may take it away.
    pub is_kept: bool,
    pub facts: F,
}

/// What a search reads of every entry.
#[derive(Clone, Copy)]
pub(crate) struct Hot {
    pub alive: bool,
    /// Under which its words are counted.
    pub key: Option<Language>,
    pub title_length: f32,
    pub text_length: f32,
    pub label_length: f32,
}

/// Counts of one language's living entries, for BM25's statistics.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LanguageStatistics {
    pub entries: f64,
    pub title_length: f64,
    pub body_length: f64,
}

pub(crate) struct Entries<F> {
    pub list: Vec<Entry<F>>,
    /// What a search reads of every entry, apart from the rest, so that it lies close together.
    pub hot: Vec<Hot>,
    pub space: Space,
    pub by_id: HashMap<Uuid, Vec<u32>>,
    pub vectors: Vectors,
    pub statistics: HashMap<Option<Language>, LanguageStatistics>,
    /// Entries with labels, and the sum of the labels' lengths.
    pub with_labels: f64,
    pub label_length: f64,
}

impl<F> Entries<F> {
    pub(crate) fn new(dimensions: usize) -> Self {
        Self {
            list: Vec::new(),
            hot: Vec::new(),
            space: Space::default(),
            by_id: HashMap::new(),
            vectors: Vectors::new(dimensions),
            statistics: HashMap::new(),
            with_labels: 0.0,
            label_length: 0.0,
        }
    }

    pub(crate) fn apply(&mut self, frame: Frame<F>) {
        match frame {
            Frame::Added { id, position, language, title_length, body_length, label_length, sketch, key, facts } => {
                let id = Uuid::from_bytes(id);
                let slot = u32::try_from(self.list.len()).expect("an index holds fewer than 2^32 entries");
                #[expect(clippy::cast_precision_loss, reason = "lengths of texts are far below 2^24 words")]
                let entry = Entry {
                    id,
                    position,
                    language: language_of(language),
                    title_length: title_length as f32,
                    body_length: body_length as f32,
                    label_length: label_length as f32,
                    alive: true,
                    sketch,
                    key: key.map(String::into_boxed_str),
                    is_kept: false,
                    facts,
                };
                self.count(&entry, 1.0);
                self.hot.push(Hot {
                    alive: true,
                    key: statistics_key(entry.language),
                    title_length: entry.title_length,
                    text_length: entry.title_length + entry.body_length,
                    label_length: entry.label_length,
                });
                self.list.push(entry);
                self.vectors.push_unknown();
                self.space.push_unknown();
                self.by_id.entry(id).or_default().push(slot);
            }
            Frame::Vector { slot, scale, components } => {
                let slot = slot as usize;
                self.vectors.set(slot, scale, &components);
                if let Some(hot) = self.hot.get(slot) {
                    self.space.place(slot, hot.key, &self.vectors);
                }
            }
            Frame::Removed { id } => {
                for slot in self.by_id.remove(&Uuid::from_bytes(id)).unwrap_or_default() {
                    self.list[slot as usize].alive = false;
                    self.hot[slot as usize].alive = false;
                    let entry = &self.list[slot as usize];
                    let (language, title, body, labels) =
                        (entry.language, entry.title_length, entry.body_length, entry.label_length);
                    self.add_to_statistics(language, title, body, labels, -1.0);
                }
            }
        }
    }

    fn count(&mut self, entry: &Entry<F>, sign: f64) {
        self.add_to_statistics(entry.language, entry.title_length, entry.body_length, entry.label_length, sign);
    }

    fn add_to_statistics(&mut self, language: Option<Language>, title: f32, body: f32, labels: f32, sign: f64) {
        let statistics = self.statistics.entry(statistics_key(language)).or_default();
        statistics.entries += sign;
        statistics.title_length += sign * f64::from(title);
        statistics.body_length += sign * f64::from(body);
        if labels > 0.0 {
            self.with_labels += sign;
            self.label_length += sign * f64::from(labels);
        }
    }
}

/// Bokmål and nynorsk are written alike enough to share an analysis and its statistics.
pub(crate) fn statistics_key(language: Option<Language>) -> Option<Language> {
    match language {
        Some(Language::Nn) => Some(Language::Nb),
        other => other,
    }
}

/// The byte that stands for a language in the log: its place in [`Language::ALL`] plus one, 0 for none.
pub(crate) fn language_byte(language: Option<Language>) -> u8 {
    language.map_or(0, |l| {
        let place = Language::ALL.iter().position(|known| *known == l).expect("ALL holds every language");
        u8::try_from(place + 1).expect("there are eleven languages")
    })
}

fn language_of(byte: u8) -> Option<Language> {
    byte.checked_sub(1).and_then(|place| Language::ALL.get(place as usize).copied())
}
