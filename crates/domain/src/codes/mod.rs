//! The codes of the field, parsed once at the edge: behind it there are no raw strings.

mod country;
mod cpv;
mod function;
mod licence;
mod region;
#[cfg(test)]
mod tests;
mod trl;

pub use country::Country;
pub use cpv::{CpvCode, Nature};
pub use function::PublicFunction;
pub use licence::Licence;
pub use region::Region;
pub use trl::Trl;

/// Implements the text conversions (`FromStr`, `Display`, serde) of a code type that has `parse` and `as_str`.
macro_rules! text_code {
    ($type:ty) => {
        impl std::str::FromStr for $type {
            type Err = crate::error::CodeError;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Self::parse(s)
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use text_code;

/// The `max` entries of a sorted list that are nearest to `given`: those that share its longest prefix,
/// the others by edit distance.
pub fn nearest<'a>(given: &str, list: impl Iterator<Item = &'a str>, max: usize) -> Vec<String> {
    let prefix = |code: &str| given.bytes().zip(code.bytes()).take_while(|(a, b)| a == b).count();
    let mut scored: Vec<_> = list.map(|code| (prefix(code), strsim::levenshtein(given, code), code)).collect();
    scored.retain(|(shared, distance, _)| *shared >= 2 || *distance <= 2);
    scored.sort_by_key(|&(shared, distance, code)| (distance, std::cmp::Reverse(shared), code));
    scored.into_iter().take(max).map(|(_, _, code)| code.to_owned()).collect()
}
