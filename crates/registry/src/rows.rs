//! The rows of the tables, and how a record becomes one.

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};
use diesel::prelude::*;
use innocap_domain::{Content, Feedback, Id, Judgement, Opinion, Record, Status};
use uuid::Uuid;

use crate::RegistryError;
use crate::schema::{change, embedding, facet, feedback, record, vocabulary_label};

/// A row of `record`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = record, treat_none_as_default_value = false)]
pub(crate) struct RecordRow {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) version: i64,
    pub(crate) status: String,
    pub(crate) status_reason: Option<String>,
    pub(crate) organisation_id: Option<String>,
    pub(crate) source_name: Option<String>,
    pub(crate) source_id: Option<String>,
    pub(crate) content: String,
    pub(crate) created: NaiveDateTime,
    pub(crate) updated: NaiveDateTime,
}

/// A row of `facet`.
#[derive(Insertable)]
#[diesel(table_name = facet, treat_none_as_default_value = false)]
pub(crate) struct FacetRow {
    pub(crate) record_id: String,
    pub(crate) kind: String,
    pub(crate) name: &'static str,
    pub(crate) value: String,
}

/// A row of `change`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = change, treat_none_as_default_value = false)]
pub(crate) struct ChangeRow {
    pub(crate) seq: i64,
    pub(crate) kind: String,
    pub(crate) record_id: String,
    pub(crate) version: i64,
    pub(crate) action: String,
    pub(crate) at: NaiveDateTime,
    pub(crate) organisation_id: String,
    pub(crate) shown: i64,
}

/// A row of `embedding`.
#[derive(Insertable)]
#[diesel(table_name = embedding, treat_none_as_default_value = false)]
pub(crate) struct EmbeddingRow {
    pub(crate) model: String,
    pub(crate) hash: String,
    pub(crate) vector: Vec<u8>,
}

/// A row of `vocabulary_label`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = vocabulary_label, treat_none_as_default_value = false)]
pub(crate) struct LabelRow {
    pub(crate) scheme: String,
    pub(crate) code: String,
    pub(crate) language: String,
    pub(crate) label: String,
}

/// A row of `feedback`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = feedback, treat_none_as_default_value = false)]
pub(crate) struct FeedbackRow {
    pub(crate) id: String,
    pub(crate) challenge_id: String,
    pub(crate) solution_id: String,
    pub(crate) subject: String,
    pub(crate) judgement: String,
    pub(crate) note: Option<String>,
    pub(crate) ranking_version: String,
    pub(crate) given: NaiveDateTime,
}

impl FeedbackRow {
    /// The feedback.
    pub(crate) fn feedback(self) -> Result<Feedback, RegistryError> {
        let judgement = Judgement::parse(&self.judgement)
            .map_err(|_| RegistryError::Corrupt(format!("feedback {}: judgement", self.id)))?;
        Ok(Feedback {
            id: Id::from_uuid(stored_uuid(&self.id)?),
            challenge: Id::from_uuid(stored_uuid(&self.challenge_id)?),
            solution: Id::from_uuid(stored_uuid(&self.solution_id)?),
            opinion: Opinion { judgement, note: self.note },
            ranking_version: self.ranking_version,
            given: self.given.and_utc(),
            subject: self.subject,
        })
    }
}

/// The time as it is stored: UTC in microseconds, which is as fine as PostgreSQL keeps it. Cut before it is written,
/// so that the record that a write returns equals the one that is read later.
pub(crate) fn stored_time(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc().trunc_subsecs(6)
}

impl RecordRow {
    /// Takes over what stands in the columns beside the content.
    pub(crate) fn set_content<C: Content>(&mut self, content: &C, text: String) {
        self.content = text;
        self.organisation_id = content.organisation().map(|id| id.to_string());
        self.source_name = content.source().map(|s| s.name.clone());
        self.source_id = content.source().map(|s| s.id.clone());
    }

    /// The organisation it belongs to; an organisation belongs to itself.
    pub(crate) fn owner(&self) -> &str {
        self.organisation_id.as_deref().unwrap_or(&self.id)
    }

    /// Whether everyone may read it where nothing is suspended.
    pub(crate) fn is_public(&self) -> bool {
        Status::parse(&self.status).is_ok_and(Status::is_public)
    }

    /// The identifier.
    pub(crate) fn uuid(&self) -> Result<Uuid, RegistryError> {
        stored_uuid(&self.id)
    }

    /// The record with content that has been read before.
    pub(crate) fn record_with<C>(&self, content: C) -> Result<Record<C>, RegistryError> {
        Ok(Record {
            id: Id::from_uuid(self.uuid()?),
            version: self.version,
            status: Status::parse(&self.status).map_err(|_| self.unreadable("status"))?,
            status_reason: self.status_reason.clone(),
            created: self.created.and_utc(),
            updated: self.updated.and_utc(),
            content,
        })
    }

    /// The record.
    pub(crate) fn record<C: Content>(&self) -> Result<Record<C>, RegistryError> {
        // What serde says may quote the content, so only the place is passed on.
        let content = serde_json::from_str(&self.content)
            .map_err(|e: serde_json::Error| self.unreadable(&format!("content, column {}", e.column())))?;
        self.record_with(content)
    }

    fn unreadable(&self, what: &str) -> RegistryError {
        RegistryError::Corrupt(format!("{} {}: {what}", self.kind, self.id))
    }
}

/// An identifier read from the database.
pub(crate) fn stored_uuid(text: &str) -> Result<Uuid, RegistryError> {
    Uuid::try_parse(text).map_err(|_| RegistryError::Corrupt("an identifier is not a UUID".to_owned()))
}

/// Content as it is stored.
pub(crate) fn stored_content<C: Content>(content: &C) -> Result<String, RegistryError> {
    serde_json::to_string(content)
        .map_err(|_| RegistryError::Internal(format!("a {} cannot be written as JSON", C::KIND.as_str())))
}
