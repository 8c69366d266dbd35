//! What the chains must do, word by word and for any text.
