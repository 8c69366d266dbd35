//! What may be asked of an answer besides the need itself.

use crate::error::AppError;

/// Suggestions of one answer where nothing is asked.
pub const DEFAULT_LIMIT: usize = 10;
/// Suggestions of one answer at most.
pub const MOST: usize = 50;

/// What is asked of an answer besides the need itself.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// At most so many suggestions.
    pub limit: usize,
    /// Leave out what is known not to be delivered at the place of the need.
    pub delivered_here: bool,
    /// Show near-duplicates once.
    pub collapse: bool,
    /// Let both companies and higher education be seen among the first where both have something relevant.
    pub mix: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { limit: DEFAULT_LIMIT, delivered_here: false, collapse: true, mix: false }
    }
}

impl Options {
    /// Reads `limit`, `delivered_here`, `collapse` and `mix` from a query string's pairs.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for other parameters and other values.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, AppError> {
        let mut options = Self::default();
        for (name, value) in pairs {
            match (name.as_str(), value.as_str()) {
                ("limit", value) => {
                    let limit = value.parse::<usize>().ok().filter(|limit| (1..=MOST).contains(limit));
                    options.limit =
                        limit.ok_or_else(|| AppError::at("/limit", "out_of_range", format!("expected 1 to {MOST}")))?;
                }
                ("delivered_here", value) => options.delivered_here = truth(name, value)?,
                ("collapse", value) => options.collapse = truth(name, value)?,
                ("mix", value) => options.mix = truth(name, value)?,
                _ => {
                    let name: String = name.chars().take(80).collect();
                    return Err(AppError::at(&format!("/{name}"), "unknown_field", "this parameter is not known here"));
                }
            }
        }
        Ok(options)
    }
}

fn truth(name: &str, value: &str) -> Result<bool, AppError> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(AppError::at(&format!("/{name}"), "wrong_type", "expected true or false")),
    }
}
