//! Text in: language detection, one analysis chain per language, and sentence embedding in-process.
//!
//! - [`detect`] says which of the eleven languages a text is written in, or that it is unsure.
//! - [`analyze`] turns a text into index terms: folded, stopped, stemmed, compounds split;
//!   [`sentences`] cuts it into passages that can be shown as evidence.
//! - [`BertEmbedder`] turns a text into a unit vector, with the model compiled into the program.
//! - [`TokenCodes`] keep a text token by token, so that two can be held against each other word for word.
//!
//! Everything here is pure computation over text: no network, no clock, no database. This is the only
//! crate that names candle.

mod analysis;
mod centring;
mod detect;
mod embed;
mod tokens;

pub use analysis::{Token, TokenKind, analyze, is_stop_word, sentences};
pub use centring::{Centring, Means, TokenMeans, unit};
pub use detect::{Detection, detect};
pub use embed::{BertEmbedder, EmbedError, Embedder, Role, content_hash};
pub use tokens::{Alignment, Meeting, Reading, TokenCodes, TokenVector};
