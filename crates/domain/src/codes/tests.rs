//! Codes parse, and what is no code is refused with the nearest that are.
