//! The queries of lists that have few parameters: what waits or is decided, people, mail, the audit log.

use innocap_domain::{Id, Violation, Violations};

use crate::error::AppError;
use crate::lists::{DEFAULT_LIMIT, Page, cursor, fault, last_id, limit, open_cursor};

/// The pairs of a query string with those taken out that every list has.
pub(crate) struct Plain {
    /// Records of one page.
    pub(crate) limit: usize,
    /// Where the page before ended.
    pub(crate) after: Option<String>,
    /// Marks the list and its conditions in its cursors.
    pub(crate) fingerprint: String,
}

impl Plain {
    /// Parses a query string's pairs; `own` reads a parameter of this list, and gives nothing for one it does not know.
    pub(crate) fn parse(
        list: &str,
        pairs: &[(String, String)],
        mut own: impl FnMut(&str, &str) -> Option<Result<(), Vec<Violation>>>,
    ) -> Result<Self, AppError> {
        let mut plain = Self { limit: DEFAULT_LIMIT, after: None, fingerprint: list.to_owned() };
        let (mut faults, mut given) = (Vec::new(), None);
        for (place, (name, value)) in pairs.iter().enumerate() {
            match name.as_str() {
                _ if pairs[..place].iter().any(|(earlier, _)| earlier == name) => {
                    faults.push(fault(name, "duplicate", "this parameter is given twice"));
                }
                "limit" => match limit(name, value) {
                    Ok(limit) => plain.limit = limit,
                    Err(mut found) => faults.append(&mut found),
                },
                "cursor" => given = Some(value),
                _ => match own(name, value) {
                    Some(Ok(())) => plain.fingerprint.push_str(&format!("&{name}={value}")),
                    Some(Err(mut found)) => faults.append(&mut found),
                    None => faults.push(fault(name, "unknown_field", "this parameter is not known here")),
                },
            }
        }
        if !faults.is_empty() {
            return Err(AppError::Invalid(Violations(faults)));
        }
        // A blank parts the mark from the place in a cursor.
        plain.fingerprint = plain.fingerprint.replace(' ', "+");
        if let Some(given) = given {
            plain.after = Some(open_cursor(&plain.fingerprint, given)?);
        }
        Ok(plain)
    }

    /// The identifier at which the page before ended.
    pub(crate) fn after<C>(&self) -> Result<Option<Id<C>>, AppError> {
        self.after.as_deref().map(last_id).transpose()
    }

    /// A page of what was found, of which one more was asked for than is shown. How many there are in all is counted
    /// only as far as it was read.
    pub(crate) fn page<T>(&self, mut found: Vec<T>, id: impl Fn(&T) -> String) -> Page<T> {
        let more = found.len() > self.limit;
        found.truncate(self.limit);
        let next = found.last().filter(|_| more).map(|last| cursor(&self.fingerprint, &id(last)));
        let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
        Page { items: found, total, next }
    }
}

/// The query of what waits for a moderator, or was decided.
pub struct QueueQuery {
    /// Whether it waits.
    pub(crate) open: bool,
    pub(crate) limit: usize,
    plain: Plain,
}

impl QueueQuery {
    /// Parses a query string's pairs: `state` (`open`, which is the default, or `decided`), `limit` and `cursor`.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with a fault for each parameter that is unknown or wrong.
    pub fn parse(list: &str, pairs: &[(String, String)]) -> Result<Self, AppError> {
        let mut open = true;
        let plain = Plain::parse(list, pairs, |name, value| {
            (name == "state").then(|| {
                open = match value {
                    "open" => true,
                    "decided" => false,
                    _ => return Err(vec![fault(name, "invalid_code", "expected open or decided")]),
                };
                Ok(())
            })
        })?;
        Ok(Self { open, limit: plain.limit, plain })
    }

    pub(crate) fn after<C>(&self) -> Result<Option<Id<C>>, AppError> {
        self.plain.after()
    }

    pub(crate) fn page<T>(&self, found: Vec<T>, id: impl Fn(&T) -> String) -> Page<T> {
        self.plain.page(found, id)
    }
}
