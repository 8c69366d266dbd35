//! Records as their readers see them: JSON documents in which the organisation stands by name, and for those inside it how
//! the record stands.

use std::collections::HashMap;
use std::sync::Arc;

use innocap_access::{Actor, Drafts, drafts};
use innocap_domain::{Id, Organisation, OrganisationId, Record, RecordKind};
use serde_json::{Map, Value, json};

use crate::error::AppError;
use crate::records::Resource;
use crate::{Innocap, documents};

/// A record as its reader sees it: a JSON document in which the organisation stands by name.
pub type View = Map<String, Value>;

impl Innocap {
    /// A record as this reader sees it, with what its organisation is to know beside it.
    pub(crate) async fn view<C: Resource>(&self, actor: &Actor, record: &Record<C>) -> Result<View, AppError> {
        if is_own(actor, record) {
            return self.view_unguarded(record).await;
        }
        let mut views = self.views(vec![record.clone()]).await?;
        views.pop().ok_or_else(|| AppError::Internal("a view is missing".to_owned()))
    }

    /// As [`Self::view`], for a reader who sees all of it.
    pub(crate) async fn view_unguarded<C: Resource>(&self, record: &Record<C>) -> Result<View, AppError> {
        let mut views = self.views_of(std::slice::from_ref(record)).await?;
        let mut view = views.pop().ok_or_else(|| AppError::Internal("a view is missing".to_owned()))?;
        let case = self.registry().case(record.id.uuid(), C::owner(record.id, &record.content)).await?;
        if case.in_review {
            view.insert("in_review".to_owned(), json!(true));
        }
        if case.suspended || case.organisation_suspended {
            let found = self.registry().suspensions(&[record.id.uuid()]).await?;
            if let Some(suspension) = found.get(&record.id.uuid()) {
                view.insert("suspended".to_owned(), json!(suspension));
            }
        }
        Ok(view)
    }

    /// Records as everyone sees them, each with its organisation's name, kind and place.
    pub(crate) async fn views<C: Resource>(&self, records: Vec<Record<C>>) -> Result<Vec<View>, AppError> {
        let public = |record: Record<C>| Record { content: record.content.public(), ..record };
        self.views_of(&records.into_iter().map(public).collect::<Vec<_>>()).await
    }

    async fn views_of<C: Resource>(&self, records: &[Record<C>]) -> Result<Vec<View>, AppError> {
        let organisations = self.organisations(records.iter().filter_map(|r| r.content.organisation())).await?;
        let standings = match C::KIND {
            RecordKind::Organisation => {
                let ids: Vec<OrganisationId> = records.iter().map(|r| Id::from_uuid(r.id.uuid())).collect();
                self.registry().standings(&ids).await?
            }
            _ => HashMap::new(),
        };
        let view = |record: &Record<C>| {
            let organisation = record.content.organisation().and_then(|id| organisations.get(&id));
            let standing = standings.get(&Id::from_uuid(record.id.uuid()));
            let verified = standing.is_some_and(|standing| standing.verified.is_some());
            view_of(record, organisation.map(Arc::as_ref), verified)
        };
        records.iter().map(view).collect()
    }
}

/// Whether a caller sees all of a record, as its organisation does.
pub(crate) fn is_own<C: Resource>(actor: &Actor, record: &Record<C>) -> bool {
    match drafts(actor, C::KIND) {
        Drafts::All => true,
        Drafts::Of(own) => own.contains(&C::owner(record.id, &record.content)),
    }
}

/// A record as a document, with its organisation by name; of an organisation, whether it is verified.
pub(crate) fn view_of<C: Resource>(
    record: &Record<C>,
    organisation: Option<&Organisation>,
    verified: bool,
) -> Result<View, AppError> {
    let Value::Object(mut view) = serde_json::to_value(record).map_err(|e| AppError::Internal(e.to_string()))? else {
        return Err(AppError::Internal("a record is no object".to_owned()));
    };
    match record.content.organisation() {
        Some(id) => {
            let summary = organisation.map(|organisation| documents::organisation_summary(id, organisation));
            view.insert("organisation".to_owned(), summary.unwrap_or(Value::Null));
        }
        None => drop(view.insert("verified".to_owned(), json!(verified))),
    }
    Ok(view)
}
