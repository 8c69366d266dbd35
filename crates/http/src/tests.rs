//! What surrounds the handlers: negotiation, patterns, the interface texts.
