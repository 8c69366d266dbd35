//! Public functions: the ten COFOG divisions (UN, 1999) and the utility sectors, as coded in the eForms list
//! `main-activity`.

use super::{nearest, text_code};
use crate::error::CodeError;

/// What a public body does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicFunction(&'static str);

impl PublicFunction {
    /// All codes: the COFOG divisions first, then the utilities.
    pub const ALL: [&'static str; 20] = [
        "gen-pub",
        "defence",
        "pub-os",
        "econ-aff",
        "env-pro",
        "hc-am",
        "health",
        "rcr",
        "education",
        "soc-pro",
        "airport",
        "electricity",
        "gas-heat",
        "gas-oil",
        "port",
        "post",
        "rail",
        "solid-fuel",
        "urttb",
        "water",
    ];

    /// Parses a code such as `soc-pro`.
    ///
    /// # Errors
    /// [`CodeError`] for anything else, with the nearest codes.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let code = text.trim().to_lowercase();
        Self::ALL.into_iter().find(|known| *known == code).map(Self).ok_or_else(|| {
            CodeError::new("public function", text, format!("one of {}", Self::ALL.join(", "))).with_nearest(nearest(
                &code,
                Self::ALL.into_iter(),
                3,
            ))
        })
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        self.0
    }
}

text_code!(PublicFunction);
