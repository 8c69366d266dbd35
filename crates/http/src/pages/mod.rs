//! Pages for people: a typed struct and a template file each; every text through Fluent.

pub(crate) mod docs;
pub(crate) mod start;
mod texts;
