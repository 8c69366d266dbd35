//! CPV 2008, the Common Procurement Vocabulary (Regulation (EC) No 213/2008): what is bought.

use std::sync::OnceLock;

use super::{nearest, text_code};
use crate::error::CodeError;

/// A CPV 2008 code: eight digits, one of the 9,454 of the official list, kept without its check digit.
///
/// The tree stands in the digits: the first two are the division, the third the group, the fourth the class, the
/// fifth the category, the last three finer still; trailing zeros mean "not further specified".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CpvCode([u8; 8]);

/// What sort of thing is bought, as the division of a code tells (Regulation (EC) No 213/2008; Directive 2014/24/EU,
/// article 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Nature {
    /// Goods: divisions 03 to 44.
    Supplies,
    /// Construction: division 45.
    Works,
    /// Software and services in information technology: divisions 48 and 72.
    Software,
    /// Other services, research and development among them: divisions 49 to 98.
    Services,
}

fn official() -> &'static [&'static str] {
    static LIST: OnceLock<Vec<&'static str>> = OnceLock::new();
    LIST.get_or_init(|| include_str!("../../data/cpv-codes.txt").lines().collect())
}

impl CpvCode {
    /// Parses `85312000` or `85312000-9`. The check digit is read and dropped: its rule is not published, and
    /// the eight digits alone decide.
    ///
    /// # Errors
    /// [`CodeError`] for anything else, and for eight digits that are not in CPV 2008 (with the nearest that are).
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let shape = || CodeError::new("cpv", text, "a CPV 2008 code of eight digits such as 85312000 or 85312000-9");
        let trimmed = text.trim();
        let digits = match trimmed.split_once('-') {
            Some((code, check)) if check.len() == 1 && check.as_bytes()[0].is_ascii_digit() => code,
            Some(_) => return Err(shape()),
            None => trimmed,
        };
        let code: [u8; 8] = digits.as_bytes().try_into().map_err(|_| shape())?;
        if !code.iter().all(u8::is_ascii_digit) {
            return Err(shape());
        }
        if official().binary_search(&digits).is_err() {
            return Err(CodeError::new("cpv", text, "a code of the CPV 2008 list").with_nearest(nearest(
                digits,
                official().iter().copied(),
                3,
            )));
        }
        Ok(Self(code))
    }

    /// The eight digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("CPV codes are ASCII digits")
    }

    /// What sort of thing it is.
    pub fn nature(&self) -> Nature {
        match &self.0[..2] {
            b"45" => Nature::Works,
            b"48" | b"72" => Nature::Software,
            division if division < b"45" => Nature::Supplies,
            _ => Nature::Services,
        }
    }

    /// The digits that say something: without trailing zeros, at least the division's two.
    pub fn prefix(&self) -> &str {
        let end = self.0.iter().rposition(|&d| d != b'0').map_or(2, |last| (last + 1).max(2));
        &self.as_str()[..end]
    }

    /// How deep in the tree: 2 for a division, 3 a group, 4 a class, 5 a category, up to 8.
    pub fn depth(&self) -> usize {
        self.prefix().len()
    }

    /// The nearest code above that the official list holds; `None` for a division.
    pub fn parent(&self) -> Option<Self> {
        (2..self.depth()).rev().find_map(|len| {
            let mut digits = [b'0'; 8];
            digits[..len].copy_from_slice(&self.0[..len]);
            let parent = Self(digits);
            official().binary_search(&parent.as_str()).is_ok().then_some(parent)
        })
    }

    /// Whether `other` is this code or stands below it.
    pub fn covers(&self, other: &Self) -> bool {
        other.as_str().starts_with(self.prefix())
    }

    /// The number of leading digits that both share, 0 where even the division differs.
    pub fn shared_depth(&self, other: &Self) -> usize {
        let shared = self.prefix().bytes().zip(other.prefix().bytes()).take_while(|(a, b)| a == b).count();
        if shared < 2 { 0 } else { shared }
    }

    /// All codes of the official list, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        official()
            .iter()
            .map(|code| Self(code.as_bytes().try_into().expect("the bundled list has eight digits a line")))
    }
}

text_code!(CpvCode);
