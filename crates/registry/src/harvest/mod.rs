//! Catalogues that are harvested: the sources, how far each harvest has come, what they have told of, and
//! what may be one.

mod duplicates;
mod items;
mod sources;

pub use sources::HarvestEnd;

/// The rows that are inserted or replaced, see `upserts`.
pub(crate) mod rows {
    pub(crate) use super::duplicates::DuplicateRow;
    pub(crate) use super::items::{DocumentRow, ItemRow};
    pub(crate) use super::sources::SourceRow;
}
