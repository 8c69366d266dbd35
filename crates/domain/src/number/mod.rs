//! Numbers of organisations in registers: which register, whether the check digits are right, how the register writes
//! them, and whether a number is a person's.

mod registers;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::codes::{Country, text_code};
use crate::error::CodeError;
use crate::reader::Reader;

/// The most characters of a number in a register that is not known here.
const LONGEST: usize = 60;

/// The scheme of an organisation number, by org-id.guide: `NO-BRC`, `SE-ON`, `FI-PRO`, or `ROR`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberScheme(String);

impl NumberScheme {
    /// Parses a scheme code.
    ///
    /// # Errors
    /// [`CodeError`] for another shape.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let code = text.trim().to_uppercase();
        let listed = code.split_once('-').is_some_and(|(country, register)| {
            (Country::parse(country).is_ok() || country == "XI")
                && (2..=12).contains(&register.len())
                && register.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        });
        if listed || code == "ROR" {
            Ok(Self(code))
        } else {
            Err(CodeError::new("number scheme", text, "a scheme such as SE-ON, FI-PRO, NO-BRC, IS-KEN, GB-COH or ROR"))
        }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_code!(NumberScheme);

/// An organisation's number in a register.
///
/// Read from the registry as it stands; whatever comes from outside goes through [`Self::parse`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationNumber {
    /// The register.
    pub scheme: NumberScheme,
    /// The number there, as the register writes it.
    pub value: String,
}

impl OrganisationNumber {
    /// Parses a number as it stands in a register, with or without the spaces and hyphens that people put into it, and
    /// checks its check digits where the register has them. Where the register is not known here, any short text does.
    ///
    /// # Errors
    /// [`CodeError`] with what the register's numbers look like. It does not quote the number, which may be a person's.
    pub fn parse(scheme: NumberScheme, text: &str) -> Result<Self, CodeError> {
        let error = |expected: &str| CodeError::new("organisation number", "", expected);
        let value = match registers::REGISTERS.iter().find(|(schemes, ..)| schemes.contains(&scheme.as_str())) {
            Some((_, expected, read)) => read(&registers::compact(text)).ok_or_else(|| error(expected))?,
            None => {
                let text = text.trim();
                let shaped = (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
                shaped.then(|| text.to_owned()).ok_or_else(|| error("1 to 60 characters"))?
            }
        };
        Ok(Self { scheme, value })
    }

    /// Reads `scheme` and `value`.
    pub(crate) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let scheme = r.required_code("scheme", NumberScheme::parse);
        let value = r.required_text("value", LONGEST);
        if value.is_empty() {
            return None;
        }
        match Self::parse(scheme?, &value) {
            Ok(number) => Some(number),
            Err(error) => {
                r.fault("value", "invalid_code", format!("expected {}", error.expected));
                None
            }
        }
    }

    /// Whether the number is a person's, as that of a sole trader in Sweden or Iceland: personal data, which is never
    /// shown to the public.
    pub fn is_personal(&self) -> bool {
        let digits: Vec<u8> = self.value.bytes().filter(u8::is_ascii_digit).collect();
        match (self.scheme.as_str(), digits.as_slice()) {
            // A legal person's number has at least 20 where a person's has the month of birth (Act 1974:174). Twelve
            // digits are a person's number with the century, unless the century is the 16 of legal persons.
            ("SE-ON" | "SE-BLV", [_, _, tens, ..]) if digits.len() == 10 => *tens < b'2',
            ("SE-ON" | "SE-BLV", _) if digits.len() == 12 => !digits.starts_with(b"16"),
            // A legal person's kennitala has 40 added to the day; what begins with 8 or 9 is issued to people who are
            // not registered as inhabitants.
            ("IS-KEN" | "IS-RSK", [first, ..]) => !(b'4'..=b'7').contains(first),
            _ => false,
        }
    }
}

impl std::fmt::Debug for OrganisationNumber {
    /// A person's number stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = if self.is_personal() { "***" } else { self.value.as_str() };
        write!(f, "OrganisationNumber({}:{value})", self.scheme)
    }
}
