//! The use cases against a real registry and index.
