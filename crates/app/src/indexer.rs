//! Follows the change feed: one writer keeps the indexes of solutions and of challenges in step with the registry.
//!
//! Words are indexed at once; a text whose meaning is not in the embedding cache is found by its words until its
//! vector has been computed.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use innocap_domain::{
    Challenge, Content, Id, Labels, Language, Organisation, OrganisationId, Record, RecordKind, Scheme, Solution,
    TextVersion, Texts,
};
use innocap_index::{Batch, Document, DocumentText, Index};
use innocap_language::{Role, detect};
use innocap_ranking::{Need, Offer};
use innocap_registry::Change;
use tokio::sync::watch;
use uuid::Uuid;

use crate::Innocap;
use crate::embeddings::Passage;
use crate::error::AppError;

/// Changes read at once.
const CHANGES: usize = 1_000;
/// Texts embedded between two commits.
pub(crate) const EMBEDDED_AT_ONCE: usize = 32;
/// Texts of which it is looked up at once whether they have been read token by token.
const LOOKED_AT: usize = 500;
/// How long until the feed is looked at again without a hint: another process may have written.
const POLL: Duration = Duration::from_secs(1);

/// How far indexing has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// The newest change.
    pub latest: i64,
    /// The change up to which all is indexed.
    pub indexed: i64,
    /// Texts whose meaning is still to be computed.
    pub without_vector: usize,
}

/// A record that an index holds: how it becomes a document.
pub(crate) trait Indexed: Content {
    /// Its facts in the index.
    type Facts: innocap_index::Facts;
    /// As what its texts are embedded.
    const ROLE: Role;
    fn facts(&self, organisation: Option<&Organisation>) -> Self::Facts;
    fn codes(&self) -> &[innocap_domain::CpvCode];
    fn index(innocap: &Innocap) -> &Index<Self::Facts>;
}

impl Indexed for Solution {
    type Facts = Offer;
    const ROLE: Role = Role::Passage;
    fn facts(&self, organisation: Option<&Organisation>) -> Offer {
        Offer::of_solution(self, organisation)
    }
    fn codes(&self) -> &[innocap_domain::CpvCode] {
        &self.cpv
    }
    fn index(innocap: &Innocap) -> &Index<Offer> {
        innocap.solutions_index()
    }
}

impl Indexed for Challenge {
    type Facts = Need;
    // A need is a query: the same vector serves when it asks and when a solution looks for it.
    const ROLE: Role = Role::Query;
    fn facts(&self, organisation: Option<&Organisation>) -> Need {
        Need::of_challenge(self, organisation)
    }
    fn codes(&self) -> &[innocap_domain::CpvCode] {
        &self.cpv
    }
    fn index(innocap: &Innocap) -> &Index<Need> {
        innocap.challenges_index()
    }
}

/// The language a text is analysed in: the one it says, where we know it, else the one it is detected to be in.
pub(crate) fn language_of(tag: &innocap_domain::LanguageTag, text: &str) -> Option<Language> {
    tag.language().or_else(|| detect(text).language)
}

/// What of each language version is embedded: title, summary, beginning of the description.
pub fn passages(texts: &Texts) -> Vec<Passage> {
    texts
        .versions()
        .iter()
        .map(|version| {
            let (text, _) = joined(version);
            Passage { language: language_of(&version.language, &text), title: version.title.clone(), text }
        })
        .collect()
}

/// Title, summary and description in one text, and where in it each of them stands.
pub(crate) fn joined(version: &TextVersion) -> (String, Vec<(&'static str, Range<usize>)>) {
    let mut text = String::new();
    let mut fields = Vec::with_capacity(3);
    for (field, part) in
        [("title", &version.title), ("summary", &version.summary), ("description", &version.description)]
    {
        if part.is_empty() {
            continue;
        }
        text.push_str(match text.chars().last() {
            None => "",
            Some('.' | '!' | '?') => " ",
            Some(_) => ". ",
        });
        fields.push((field, text.len()..text.len() + part.len()));
        text.push_str(part);
    }
    (text, fields)
}

/// The labels of codes in every language there is.
pub(crate) fn label_terms(labels: &Labels, codes: &[innocap_domain::CpvCode]) -> Vec<(Language, String)> {
    let mut terms = Vec::new();
    for code in codes {
        for language in Language::ALL {
            if matches!(language, Language::Nn | Language::Fo) {
                continue; // They are read with the labels of bokmål and Danish.
            }
            if let Some(label) = labels.label(Scheme::Cpv, code.as_str(), language) {
                terms.push((language, label.to_owned()));
            }
        }
    }
    terms
}

impl Innocap {
    /// Follows the change feed until `stop` turns true.
    pub(crate) async fn follow_changes(self, mut stop: watch::Receiver<bool>) {
        let mut hints = self.registry().subscribe();
        loop {
            if *stop.borrow() {
                return;
            }
            match self.catch_up().await {
                Ok(()) => {}
                Err(error) => {
                    tracing::error!(%error, "indexing failed and will be tried again");
                    tokio::time::sleep(POLL).await;
                }
            }
            tokio::select! {
                _ = hints.changed() => {}
                _ = stop.changed() => return,
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    /// Indexes everything that has been written, words and meaning.
    ///
    /// # Errors
    /// Where registry, index or model fail; what was indexed before stays.
    pub async fn catch_up(&self) -> Result<(), AppError> {
        // Two followers would write the same changes twice.
        let _alone = self.indexing().lock().await;
        while !self.is_stopping() {
            // All words before any meaning: what has just been imported is found at once by what it says, and its
            // vectors, which take a hundred times as long, follow.
            if self.index_words().await? {
                continue;
            }
            if self.index_meaning::<Solution>().await? + self.index_meaning::<Challenge>().await? > 0 {
                continue;
            }
            if self.read_tokens::<Solution>().await? + self.read_tokens::<Challenge>().await? > 0 {
                continue;
            }
            self.learn_spaces().await?;
            if self.index_labels().await? > 0 {
                continue;
            }
            if !self.find_matches().await {
                break;
            }
        }
        Ok(())
    }

    /// Lets each index learn its space of meanings, with the other side's texts as the queries to be expected, where
    /// either has changed much.
    pub(crate) async fn learn_spaces(&self) -> Result<(), AppError> {
        if !self.solutions_index().is_space_stale() && !self.challenges_index().is_space_stale() {
            return Ok(());
        }
        let innocap = self.clone();
        tokio::task::spawn_blocking(move || {
            let (needs, offers) = (innocap.challenges_index().sample(), innocap.solutions_index().sample());
            innocap.solutions_index().learn_space(&needs);
            innocap.challenges_index().learn_space(&offers);
        })
        .await
        .map_err(|e| AppError::Internal(e.to_string()))
    }

    /// Indexes the words of one batch of changes; whether there may be more.
    async fn index_words(&self) -> Result<bool, AppError> {
        let from = self.solutions_index().checkpoint().min(self.challenges_index().checkpoint());
        let changes = self.registry().changes_since(from, CHANGES).await?;
        let Some(last) = changes.last() else {
            self.note_progress(from, from);
            return Ok(false);
        };
        let upto = last.seq;
        let touched = self.with_dependants(&changes).await?;
        self.apply_words::<Solution>(&touched.solutions, upto).await?;
        self.apply_words::<Challenge>(&touched.challenges, upto).await?;
        let latest = self.registry().last_change().await?;
        self.note_progress(latest, upto);
        Ok(latest > upto)
    }

    /// The records that a batch of changes touches: themselves, and those of an organisation that changed, whose
    /// place and size are part of their facts.
    async fn with_dependants(&self, changes: &[Change]) -> Result<Touched, AppError> {
        let mut touched = Touched::default();
        for change in changes {
            match change.kind {
                RecordKind::Solution => touched.solutions.push(change.record_id),
                RecordKind::Challenge => touched.challenges.push(change.record_id),
                // A new organisation has no records yet; only a changed one is looked at.
                RecordKind::Organisation if change.version > 1 => {
                    let filter = innocap_registry::Filter {
                        organisation: Some(OrganisationId::from_uuid(change.record_id)),
                        ..Default::default()
                    };
                    let solutions = self.registry().list::<Solution>(&filter, None, 100_000).await?;
                    touched.solutions.extend(solutions.iter().map(|r| r.id.uuid()));
                    let challenges = self.registry().list::<Challenge>(&filter, None, 100_000).await?;
                    touched.challenges.extend(challenges.iter().map(|r| r.id.uuid()));
                }
                RecordKind::Organisation => {}
            }
        }
        touched.solutions.sort_unstable();
        touched.solutions.dedup();
        touched.challenges.sort_unstable();
        touched.challenges.dedup();
        Ok(touched)
    }

    async fn apply_words<C: Indexed>(&self, ids: &[Uuid], checkpoint: i64) -> Result<(), AppError> {
        let typed: Vec<Id<C>> = ids.iter().copied().map(Id::from_uuid).collect();
        let records: Vec<Record<C>> = self.registry().find_many(&typed).await?;
        let suspended = self.registry().suspensions(ids).await?;
        let shown = |r: &Record<C>| r.status.is_open() && !suspended.contains_key(&r.id.uuid());
        let open: Vec<Record<C>> = records.into_iter().filter(shown).collect();
        let mut batch = Batch::new(checkpoint);
        batch.upserts = self.documents(&open).await?;
        batch.deletes = ids.iter().copied().filter(|id| !open.iter().any(|r| r.id.uuid() == *id)).collect();
        self.apply_to::<C>(batch).await
    }

    /// Records as documents, with the vectors that are known already.
    async fn documents<C: Indexed>(&self, records: &[Record<C>]) -> Result<Vec<Document<C::Facts>>, AppError> {
        let organisations = self.organisations(records.iter().filter_map(|r| r.content.organisation())).await?;
        let all: Vec<Vec<Passage>> =
            records.iter().map(|r| r.content.texts().map(passages).unwrap_or_default()).collect();
        let flat: Vec<Passage> = all.iter().flatten().cloned().collect();
        let mut vectors = self.embeddings().known(C::ROLE, &flat).await?.into_iter();
        let labels = self.labels();
        Ok(records
            .iter()
            .zip(&all)
            .map(|(record, passages)| {
                let versions = record.content.texts().map(Texts::versions).unwrap_or_default();
                let texts = versions
                    .iter()
                    .zip(passages)
                    .map(|(version, passage)| DocumentText {
                        language: passage.language,
                        title: version.title.clone(),
                        body: format!("{}\n{}\n{}", version.summary, version.description, version.keywords.join("\n")),
                        vector: vectors.next().flatten(),
                        key: self.embeddings().key(C::ROLE, passage),
                    })
                    .collect();
                let organisation = record.content.organisation().and_then(|id| organisations.get(&id));
                Document {
                    id: record.id.uuid(),
                    texts,
                    labels: label_terms(&labels, record.content.codes()),
                    facts: record.content.facts(organisation.map(AsRef::as_ref)),
                }
            })
            .collect())
    }

    async fn apply_to<C: Indexed>(&self, batch: Batch<C::Facts>) -> Result<(), AppError> {
        let innocap = self.clone();
        tokio::task::spawn_blocking(move || C::index(&innocap).apply(batch))
            .await
            .map_err(|e| AppError::Internal(e.to_string()))??;
        Ok(())
    }

    /// Computes the meaning of some entries that lack it; how many.
    async fn index_meaning<C: Indexed>(&self) -> Result<usize, AppError> {
        let missing = C::index(self).without_vector(EMBEDDED_AT_ONCE);
        if missing.is_empty() {
            return Ok(0);
        }
        let (places, texts): (Vec<_>, Vec<_>) = self.texts_at::<C>(&missing).await?.into_iter().unzip();
        let vectors = self.embeddings().all(C::ROLE, &texts).await?;
        let mut batch = Batch::new(C::index(self).checkpoint());
        batch.vectors = places.into_iter().zip(vectors).map(|((id, position), v)| (id, position, v)).collect();
        let done = batch.vectors.len();
        self.apply_to::<C>(batch).await?;
        let progress = self.progress();
        self.note_progress(progress.latest, progress.indexed);
        Ok(done)
    }

    /// Reads those of some texts token by token that have not been read so: what was embedded before has its vector and
    /// no more. How many were looked at.
    async fn read_tokens<C: Indexed>(&self) -> Result<usize, AppError> {
        let index = C::index(self);
        let texts = index.not_kept(LOOKED_AT);
        if texts.is_empty() {
            return Ok(0);
        }
        let keys: Vec<String> = texts.iter().map(|(_, _, key)| key.clone()).collect();
        let kept = self.embeddings().kept_codes(&keys).await?;
        let (mut done, mut missing): (Vec<_>, Vec<_>) = texts.into_iter().partition(|(_, _, key)| kept.contains(key));
        missing.truncate(EMBEDDED_AT_ONCE);
        let places: Vec<(Uuid, usize)> = missing.iter().map(|(id, position, _)| (*id, *position)).collect();
        let texts: Vec<String> =
            self.texts_at::<C>(&places).await?.iter().map(|(_, passage)| passage.beginning()).collect();
        self.embeddings().read(C::ROLE, &texts).await?;
        done.extend(missing);
        index.note_kept(&done);
        Ok(done.len())
    }

    /// The texts at some places, without those of records that are gone or have lost a version: they come again through
    /// the feed.
    async fn texts_at<C: Indexed>(&self, places: &[(Uuid, usize)]) -> Result<Vec<((Uuid, usize), Passage)>, AppError> {
        let ids: Vec<Id<C>> = places.iter().map(|(id, _)| Id::from_uuid(*id)).collect();
        let records: HashMap<Uuid, Record<C>> =
            self.registry().find_many(&ids).await?.into_iter().map(|r| (r.id.uuid(), r)).collect();
        let text = |&(id, position): &(Uuid, usize)| {
            let texts = records.get(&id)?.content.texts()?;
            Some(((id, position), passages(texts).into_iter().nth(position)?))
        };
        Ok(places.iter().filter_map(text).collect())
    }

    /// The organisations of some records, from memory where they are known.
    pub(crate) async fn organisations(
        &self,
        ids: impl Iterator<Item = OrganisationId>,
    ) -> Result<HashMap<OrganisationId, Arc<Organisation>>, AppError> {
        let mut wanted: Vec<OrganisationId> = ids.collect();
        wanted.sort_unstable();
        wanted.dedup();
        let found = self.registry().find_many(&wanted).await?;
        Ok(found.into_iter().map(|r| (r.id, Arc::new(r.content))).collect())
    }
}

#[derive(Default)]
struct Touched {
    solutions: Vec<Uuid>,
    challenges: Vec<Uuid>,
}
