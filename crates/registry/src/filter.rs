//! Which records a list shows.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{OrganisationId, RecordKind, Status};

use crate::connection::MultiBackend;
use crate::rows::stored_time;
use crate::schema::{facet, listing_suspension, record, standing};

/// Conditions on records; all of them hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In one of these states; any where empty.
    pub statuses: Vec<Status>,
    /// By the name of a facet, what its value must be. A record with several values needs one that matches.
    pub facets: Vec<(String, FacetMatch)>,
    /// Belonging to this organisation.
    pub organisation: Option<OrganisationId>,
    /// Written at this time or later.
    pub updated_since: Option<DateTime<Utc>>,
    /// Neither suspended nor of a suspended organisation.
    pub without_suspended: bool,
}

/// What the value of a facet must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FacetMatch {
    /// One of these; nothing matches an empty list.
    Any(Vec<String>),
    /// Anything that begins so, such as a CPV subtree or a NUTS subtree.
    Prefix(String),
    /// One of these, or anything that begins so.
    AnyOrPrefix(Vec<String>, String),
    /// None of these.
    Without(Vec<String>),
}

/// The records of a kind, boxed so that conditions can be added one by one.
pub(crate) type RecordQuery = record::BoxedQuery<'static, MultiBackend>;

// The facets that conditions look at, beside those that a query may count.
diesel::alias!(pub(crate) const CONDITION: Alias<Condition> = facet as condition);

/// Puts a filter's conditions on a boxed query over `record`: the records themselves, or what is joined to them. A macro
/// because each query has a type of its own, and conditions are boxed for one type.
macro_rules! narrowed {
    ($filter:expr, $kind:expr, $query:expr) => {{
        let mut query = $query.filter(record::kind.eq($kind.as_str()));
        if !$filter.statuses.is_empty() {
            let statuses: Vec<_> = $filter.statuses.iter().map(Status::as_str).collect();
            query = query.filter(record::status.eq_any(statuses));
        }
        if let Some(organisation) = $filter.organisation {
            query = query.filter(record::organisation_id.eq(organisation.to_string()));
        }
        if let Some(since) = $filter.updated_since {
            query = query.filter(record::updated.ge(stored_time(since)));
        }
        if $filter.without_suspended {
            let suspended = standing::table.filter(standing::suspended.is_not_null());
            let ids = || suspended.select(standing::organisation_id);
            query = query
                .filter(record::id.ne_all(listing_suspension::table.select(listing_suspension::record_id)))
                .filter(record::id.ne_all(ids()))
                .filter(record::organisation_id.is_null().or(record::organisation_id.ne_all(ids().nullable())));
        }
        for (name, wanted) in &$filter.facets {
            let value = CONDITION.field(facet::value);
            let named = CONDITION
                .select(CONDITION.field(facet::record_id))
                .filter(CONDITION.field(facet::kind).eq($kind.as_str()))
                .filter(CONDITION.field(facet::name).eq(name.clone()));
            query = match wanted {
                FacetMatch::Any(values) => query.filter(record::id.eq_any(named.filter(value.eq_any(values.clone())))),
                FacetMatch::AnyOrPrefix(values, prefix) => match after_all_with(prefix) {
                    Some(end) => query.filter(record::id.eq_any(
                        named.filter(value.eq_any(values.clone()).or(value.ge(prefix.clone()).and(value.lt(end)))),
                    )),
                    None => query.filter(
                        record::id.eq_any(named.filter(value.eq_any(values.clone()).or(value.ge(prefix.clone())))),
                    ),
                },
                FacetMatch::Without(values) => {
                    query.filter(record::id.ne_all(named.filter(value.eq_any(values.clone()))))
                }
                // Compared as a range rather than with LIKE: SQLite's LIKE takes no heed of case and so uses no
                // index, and there is nothing to escape.
                FacetMatch::Prefix(prefix) => {
                    let from = named.filter(value.ge(prefix.clone()));
                    match after_all_with(prefix) {
                        Some(end) => query.filter(record::id.eq_any(from.filter(value.lt(end)))),
                        None => query.filter(record::id.eq_any(from)),
                    }
                }
            };
        }
        query
    }};
}
pub(crate) use narrowed;

impl Filter {
    /// The query for the records of a kind that meet the conditions, in no order.
    pub(crate) fn query(&self, kind: RecordKind) -> RecordQuery {
        narrowed!(self, kind, record::table.into_boxed())
    }
}

/// The first text, by code points, after all texts that begin with `prefix`: the last character that has a successor
/// is replaced by it. `None` where nothing comes after, as for the empty prefix.
pub(crate) fn after_all_with(prefix: &str) -> Option<String> {
    let mut end = prefix.to_owned();
    while let Some(last) = end.pop() {
        // The step from U+D7FF leads over the surrogates, which are no characters.
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            other => char::from_u32(u32::from(other) + 1),
        };
        if let Some(next) = next {
            end.push(next);
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::after_all_with;

    #[test]
    fn a_prefix_ends_before_its_successor() {
        assert_eq!(after_all_with("853"), Some("854".to_owned()));
        assert_eq!(after_all_with("SE"), Some("SF".to_owned()));
        assert_eq!(after_all_with("a\u{10FFFF}"), Some("b".to_owned()));
        assert_eq!(after_all_with("\u{D7FF}"), Some("\u{E000}".to_owned()));
        assert_eq!(after_all_with(""), None);
        assert_eq!(after_all_with("\u{10FFFF}"), None);
    }
}
