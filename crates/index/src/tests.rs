//! What the index promises, on real files.
