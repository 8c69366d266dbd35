//! Licences by SPDX expression.

use super::text_code;
use crate::error::CodeError;

/// A valid SPDX licence expression, such as `EUPL-1.2` or `MIT OR Apache-2.0`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Licence(String);

impl Licence {
    /// Parses an expression; an older short form such as `GPL-3.0` or `AGPL-3.0+` is accepted and kept in its
    /// canonical form.
    ///
    /// # Errors
    /// [`CodeError`] where it is no SPDX expression, with the nearest identifiers.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        let canonical = spdx::Expression::canonicalize(text).ok().flatten();
        let text = canonical.as_deref().unwrap_or(text);
        match spdx::Expression::parse_mode(text, spdx::ParseMode::LAX) {
            Ok(_) if text.len() <= 200 => Ok(Self(text.to_owned())),
            _ => {
                let upper = text.to_uppercase();
                let mut near: Vec<_> = spdx::identifiers::LICENSES
                    .iter()
                    .map(|licence| (strsim::levenshtein(&upper, &licence.name.to_uppercase()), licence.name))
                    .collect();
                near.sort_unstable();
                let nearest =
                    near.iter().take(3).filter(|(distance, _)| *distance <= 6).map(|(_, name)| (*name).to_owned());
                Err(CodeError::new("licence", text, "an SPDX identifier or expression such as EUPL-1.2")
                    .with_nearest(nearest.collect()))
            }
        }
    }

    /// The expression.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_code!(Licence);
