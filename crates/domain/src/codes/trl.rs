//! Technology readiness levels, as in the annexes of the EU's work programmes.

use serde::{Deserialize, Serialize};

use crate::error::CodeError;

/// A technology readiness level, 1 (basic principles observed) to 9 (proven in operation).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Trl(u8);

impl Trl {
    /// The level as a number, 1–9.
    pub const fn level(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Trl {
    type Error = CodeError;
    fn try_from(level: u8) -> Result<Self, Self::Error> {
        if (1..=9).contains(&level) {
            Ok(Self(level))
        } else {
            Err(CodeError::new("trl", &level.to_string(), "a technology readiness level from 1 to 9"))
        }
    }
}

impl From<Trl> for u8 {
    fn from(trl: Trl) -> Self {
        trl.0
    }
}
