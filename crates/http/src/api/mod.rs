//! The JSON API: one file per resource; organisations, challenges and solutions share the handlers of `records`.

pub(crate) mod accounts;
pub(crate) mod bulk;
pub(crate) mod documents;
pub(crate) mod feedback;
pub(crate) mod formats;
pub(crate) mod health;
pub(crate) mod inside;
pub(crate) mod me;
pub(crate) mod moderation;
pub(crate) mod oauth;
pub(crate) mod operation;
pub(crate) mod records;
pub(crate) mod shortlist;
pub(crate) mod suggestions;
pub(crate) mod vocabularies;
pub(crate) mod webhooks;
