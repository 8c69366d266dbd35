//! The size limits of everything a client may send, in one place; the API's documentation repeats them.

/// Characters in a name of an organisation.
pub const NAME: usize = 300;
/// Characters in a title.
pub const TITLE: usize = 300;
/// Characters in a summary.
pub const SUMMARY: usize = 1_000;
/// Characters in a description.
pub const DESCRIPTION: usize = 30_000;
/// Characters in one keyword.
pub const KEYWORD: usize = 80;
/// Keywords of one language version.
pub const KEYWORDS: usize = 30;
/// Language versions of one text.
pub const TEXT_VERSIONS: usize = 12;
/// CPV codes of one record.
pub const CPV_CODES: usize = 100;
/// Public functions of one record.
pub const FUNCTIONS: usize = 20;
/// Languages of one record.
pub const LANGUAGES: usize = 40;
/// Countries and regions a solution is delivered to.
pub const DELIVERY: usize = 200;
/// Deployments of one solution.
pub const DEPLOYMENTS: usize = 300;
/// Further sources of one record.
pub const SOURCES: usize = 20;
/// Characters in an address (URL).
pub const ADDRESS: usize = 2_000;
/// Characters in any other short text: a reason, an outcome, an identifier at the source.
pub const NOTE: usize = 2_000;
/// Characters of a free text for which suggestions are asked.
pub const FREE_TEXT: usize = 20_000;
/// Bytes of one request body.
pub const BODY_BYTES: usize = 512 * 1024;
/// Bytes of the rows of one import, unpacked.
pub const IMPORT_BYTES: u64 = 1024 * 1024 * 1024;
