//! Who is asking, and who may do what: bearer tokens and one readable table of permissions, deny by default.

mod permissions;
#[cfg(test)]
mod tests;
mod tokens;

pub use permissions::{Action, Actor, Target, may};
pub use tokens::{Claims, SigningKey, TokenError, Tokens};
