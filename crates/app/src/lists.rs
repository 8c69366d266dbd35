//! Lists: filters, text search, cursors that belong to their query.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use innocap_access::{Actor, Drafts, drafts};
use innocap_domain::suggestion::Verdict;
use innocap_domain::{
    Country, CpvCode, Id, LanguageTag, OrganisationId, OrganisationKind, PublicFunction, RecordKind, Region,
    SolutionKind, Status, Violation, Violations,
};
use innocap_registry::{FacetMatch, Filter};
use sha2::{Digest, Sha256};

use crate::Innocap;
use crate::error::AppError;
use crate::records::Resource;
use crate::views::View;

/// The facet of what is delivered anywhere.
pub(crate) const ANYWHERE: &str = "*";
/// Records of one page where nothing is asked.
pub const DEFAULT_LIMIT: usize = 20;
/// Records of one page at most.
pub const MOST: usize = 100;

/// A list's query, parsed.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    filter: Filter,
    text: Option<String>,
    limit: usize,
    after: Option<String>,
    sort: Sort,
    /// Needs over whose suggestions the verdict is one of these; any where empty.
    verdicts: Vec<Verdict>,
    /// Identifies the query without its cursor and limit.
    fingerprint: String,
}

/// In which order a list is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Sort {
    /// The best matches first where a text is searched for, else the newest.
    #[default]
    Relevance,
    /// The newest first, also where a text is searched for.
    Newest,
    /// Those whose answers are wanted soonest first, then those that name no day, then those whose day is past.
    Deadline,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page<T = View> {
    /// The records.
    pub items: Vec<T>,
    /// All records that the query finds.
    pub total: i64,
    /// Where the next page begins, where there is one.
    pub next: Option<String>,
}

impl ListQuery {
    /// Parses a query string's pairs for a kind of record. Values of one parameter are separated by commas and any
    /// of them will do; all parameters must hold.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with a fault for each parameter that is unknown or wrong; the pointer is `/parameter`.
    pub fn parse(kind: RecordKind, pairs: &[(String, String)]) -> Result<Self, AppError> {
        let filter = Filter { statuses: listed(kind), ..Filter::default() };
        let mut query = Self { filter, limit: DEFAULT_LIMIT, ..Self::default() };
        let mut faults = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in pairs {
            if seen.contains(&name.as_str()) {
                faults.push(fault(name, "duplicate", "this parameter is given twice; separate values by commas"));
            } else if let Err(mut found) = query.parameter(kind, name, value) {
                faults.append(&mut found);
            }
            seen.push(name);
        }
        if !faults.is_empty() {
            return Err(AppError::Invalid(Violations(faults)));
        }
        let mut asked: Vec<_> = pairs.iter().filter(|(n, _)| n != "cursor" && n != "limit").collect();
        asked.sort();
        let digest = Sha256::digest(format!("{kind} {asked:?}").as_bytes());
        query.fingerprint = URL_SAFE_NO_PAD.encode(&digest[..9]);
        query.after = match query.after.take() {
            Some(cursor) => Some(open_cursor(&query.fingerprint, &cursor)?),
            None => None,
        };
        Ok(query)
    }

    /// The same query, newest first also where a text is searched for.
    #[must_use]
    pub fn newest_first(mut self) -> Self {
        self.sort = Sort::Newest;
        self
    }

    fn parameter(&mut self, kind: RecordKind, name: &str, value: &str) -> Result<(), Vec<Violation>> {
        let offers = kind == RecordKind::Solution;
        let has_texts = kind != RecordKind::Organisation;
        match name {
            "q" => {
                let text = value.trim();
                if text.chars().count() > 500 {
                    return Err(vec![fault(name, "too_long", "at most 500 characters")]);
                }
                self.text = (!text.is_empty()).then(|| text.to_owned());
            }
            "status" => self.filter.statuses = codes(name, value, Status::parse)?,
            "cpv" if has_texts => {
                // A code stands for everything below it.
                for code in codes(name, value, CpvCode::parse)? {
                    self.facet("cpv", FacetMatch::Prefix(code.prefix().to_owned()));
                }
            }
            "function" if has_texts => self.any("function", codes(name, value, PublicFunction::parse)?),
            "language" if has_texts => self.any("language", codes(name, value, LanguageTag::parse)?),
            "kind" if offers => self.any("kind", codes(name, value, SolutionKind::parse)?),
            "kind" if !has_texts => self.any("kind", codes(name, value, OrganisationKind::parse)?),
            "country" if offers => {
                // What is delivered anywhere is delivered there too.
                let mut values: Vec<String> =
                    codes(name, value, Country::parse)?.iter().map(ToString::to_string).collect();
                values.push(ANYWHERE.to_owned());
                self.facet("delivery", FacetMatch::Any(values));
            }
            "country" => self.any("country", codes(name, value, Country::parse)?),
            "region" => {
                let regions = codes(name, value, Region::parse)?;
                let [region] = regions.as_slice() else {
                    return Err(vec![fault(name, "too_many", "one region; everything within it is found")]);
                };
                if offers {
                    self.facet("area", delivered_in(region));
                } else {
                    self.facet("region", FacetMatch::Prefix(region.to_string()));
                }
            }
            "sort" => {
                self.sort = match value {
                    "relevance" => Sort::Relevance,
                    "newest" => Sort::Newest,
                    "deadline" if kind == RecordKind::Challenge => Sort::Deadline,
                    _ => return Err(vec![fault(name, "invalid_code", "this order is not known here")]),
                }
            }
            "verdict" if kind == RecordKind::Challenge => self.verdicts = codes(name, value, Verdict::parse)?,
            "organisation" if has_texts => {
                let id =
                    value.parse::<OrganisationId>().map_err(|e| vec![fault(name, "invalid_code", e.to_string())])?;
                self.filter.organisation = Some(id);
            }
            "updated_since" => {
                let time = value.parse::<DateTime<Utc>>();
                self.filter.updated_since = Some(time.map_err(|_| {
                    vec![fault(name, "invalid_code", "expected an RFC 3339 time such as 2026-11-23T08:00:00Z")]
                })?);
            }
            "limit" => self.limit = limit(name, value)?,
            "cursor" => self.after = Some(value.to_owned()),
            _ => {
                return Err(vec![fault(name, "unknown_field", "this parameter is not known here")]);
            }
        }
        Ok(())
    }

    fn any<T: ToString>(&mut self, name: &str, values: Vec<T>) {
        self.facet(name, FacetMatch::Any(values.iter().map(ToString::to_string).collect()));
    }

    fn facet(&mut self, name: &str, wanted: FacetMatch) {
        self.filter.facets.push((name.to_owned(), wanted));
    }

    fn cursor(&self, after: &str) -> String {
        cursor(&self.fingerprint, after)
    }
}

/// What is delivered in a region: anywhere, in its whole country, in what it lies within, in it or in a part of it.
pub(crate) fn delivered_in(region: &Region) -> FacetMatch {
    let code = region.as_str();
    let mut areas = vec![ANYWHERE.to_owned(), region.country().to_string()];
    // NUTS nests by prefix (Regulation (EC) No 1059/2003), ISO 3166-2 does not.
    if !code.contains('-') {
        areas.extend((3..code.len()).map(|length| code[..length].to_owned()));
    }
    FacetMatch::AnyOrPrefix(areas, code.to_owned())
}

/// Where a record of a kind stands that a list shows where nothing else is asked for.
fn listed(kind: RecordKind) -> Vec<Status> {
    match kind {
        RecordKind::Challenge => vec![Status::Published, Status::InDialogue],
        RecordKind::Organisation | RecordKind::Solution => vec![Status::Published],
    }
}

/// What a list shows to everyone who asks for nothing in particular.
pub(crate) fn everyones(kind: RecordKind) -> Filter {
    Filter { statuses: listed(kind), without_suspended: true, ..Filter::default() }
}

/// Where a page ends, for the query with this fingerprint.
pub(crate) fn cursor(fingerprint: &str, after: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{fingerprint} {after}"))
}

/// Where the page before ended, if the cursor belongs to the query with this fingerprint.
pub(crate) fn open_cursor(fingerprint: &str, cursor: &str) -> Result<String, AppError> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    match text.as_deref().and_then(|text| text.split_once(' ')) {
        Some((given, after)) if given == fingerprint => Ok(after.to_owned()),
        _ => Err(wrong_cursor()),
    }
}

/// The identifier at which the page before ended.
pub(crate) fn last_id<C>(after: &str) -> Result<Id<C>, AppError> {
    after.parse().map_err(|_| wrong_cursor())
}

/// Sorts those whose answers are wanted soonest first, those that name no day next, and those whose day is past last.
fn urgency(deadline: Option<NaiveDate>, today: NaiveDate) -> (u8, Option<NaiveDate>) {
    match deadline {
        Some(day) if day >= today => (0, Some(day)),
        None => (1, None),
        Some(_) => (2, None),
    }
}

fn wrong_cursor() -> AppError {
    AppError::at("/cursor", "invalid_cursor", "the cursor is damaged or belongs to another query")
}

/// Reads the most records of a page.
pub(crate) fn limit(name: &str, value: &str) -> Result<usize, Vec<Violation>> {
    let limit = value.parse::<usize>().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| vec![fault(name, "out_of_range", format!("expected 1 to {MOST}"))])
}

pub(crate) fn fault(name: &str, code: &'static str, detail: impl Into<String>) -> Violation {
    let name: String = name.chars().take(80).collect();
    Violation { pointer: format!("/{name}"), code, detail: detail.into(), nearest: Vec::new() }
}

fn codes<T>(
    name: &str,
    value: &str,
    parse: impl Fn(&str) -> Result<T, innocap_domain::CodeError>,
) -> Result<Vec<T>, Vec<Violation>> {
    let mut found = Vec::new();
    let mut faults = Vec::new();
    for part in value.split(',').map(str::trim).filter(|part| !part.is_empty()).take(50) {
        match parse(part) {
            Ok(code) => found.push(code),
            Err(error) => {
                let mut violation = fault(name, "invalid_code", error.to_string());
                violation.nearest = error.nearest;
                faults.push(violation);
            }
        }
    }
    if found.is_empty() && faults.is_empty() {
        faults.push(fault(name, "required", "the parameter is empty"));
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

impl Innocap {
    /// A page of a list: newest first, or the best matches first where a text is searched for.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] where drafts are asked for that are not the caller's.
    pub async fn list<C: Resource>(&self, actor: &Actor, query: &ListQuery) -> Result<Page, AppError> {
        let mut filter = query.filter.clone();
        filter.without_suspended = true;
        let asks_for_drafts = filter.statuses.iter().any(|status| !status.is_public());
        match (drafts(actor, C::KIND), filter.organisation) {
            (Drafts::All, _) => filter.without_suspended = false,
            // Its own list shows an organisation what is out of everyone's sight.
            (Drafts::Of(own), Some(asked)) if own.contains(&asked) => filter.without_suspended = false,
            _ if !asks_for_drafts => {}
            // A member's list with drafts is a list of its own records.
            (Drafts::Of(own), None) if own.len() == 1 && C::KIND != RecordKind::Organisation => {
                filter.organisation = own.first().copied();
                filter.without_suspended = false;
            }
            (Drafts::Of(own), None) if own.len() > 1 && C::KIND != RecordKind::Organisation => {
                let detail = "you belong to several organisations: name the one whose drafts you ask for";
                return Err(AppError::at("/organisation", "required", detail));
            }
            _ if *actor == Actor::Anonymous => return Err(AppError::Unauthenticated),
            _ => return Err(AppError::Forbidden("drafts are seen by their own organisation only")),
        }
        match &query.text {
            // Organisations stand in no index: they are found by how their name begins.
            Some(text) if C::KIND == RecordKind::Organisation => {
                filter.facets.push(("name".to_owned(), FacetMatch::Prefix(text.to_lowercase())));
                self.plain_list::<C>(query, &filter).await
            }
            // The index ranks, the registry decides who passes.
            Some(text) => {
                let ranked = self.search_words(C::KIND, text).await?;
                let ids: Vec<Id<C>> = ranked.into_iter().map(Id::from_uuid).collect();
                let passing = self.registry().matching(&filter, &ids).await?;
                self.arranged_list(query, &filter, passing).await
            }
            None if query.sort == Sort::Deadline || !query.verdicts.is_empty() => {
                let all = self.registry().deadlines::<C>(&filter).await?;
                self.arranged_list(query, &filter, all.into_iter().map(|(id, _)| id).collect()).await
            }
            None => self.plain_list::<C>(query, &filter).await,
        }
    }

    async fn plain_list<C: Resource>(&self, query: &ListQuery, filter: &Filter) -> Result<Page, AppError> {
        let after = query.after.as_deref().map(last_id::<C>).transpose()?;
        let mut records = self.registry().list::<C>(filter, after, query.limit + 1).await?;
        let more = records.len() > query.limit;
        records.truncate(query.limit);
        let next = records.last().filter(|_| more).map(|last| query.cursor(&last.id.to_string()));
        let total = self.registry().count::<C>(filter).await?;
        Ok(Page { items: self.views(records).await?, total, next })
    }

    /// A page of records that pass the filter, in the order that is asked for; they come with the best match or the
    /// newest first.
    async fn arranged_list<C: Resource>(
        &self,
        query: &ListQuery,
        filter: &Filter,
        mut passing: Vec<Id<C>>,
    ) -> Result<Page, AppError> {
        let start: usize = match &query.after {
            Some(after) => after.parse().map_err(|_| wrong_cursor())?,
            None => 0,
        };
        if !query.verdicts.is_empty() {
            let answers = self.answers().await?;
            passing.retain(|id| answers.verdict_of(id.uuid()).is_some_and(|verdict| query.verdicts.contains(&verdict)));
        }
        match query.sort {
            Sort::Relevance => {}
            // Identifiers begin with the time of their making.
            Sort::Newest => passing.sort_unstable_by_key(|id| std::cmp::Reverse(id.uuid())),
            Sort::Deadline => {
                let today = self.clock().now().date_naive();
                let days: HashMap<Id<C>, Option<NaiveDate>> =
                    self.registry().deadlines(filter).await?.into_iter().collect();
                passing.sort_by_key(|id| urgency(days.get(id).copied().flatten(), today));
            }
        }
        let page: Vec<Id<C>> = passing.iter().copied().skip(start).take(query.limit).collect();
        let records = self.registry().find_many(&page).await?;
        let end = start + page.len();
        let next = (end < passing.len() && !page.is_empty()).then(|| query.cursor(&end.to_string()));
        let total = i64::try_from(passing.len()).unwrap_or(i64::MAX);
        Ok(Page { items: self.views(records).await?, total, next })
    }
}
