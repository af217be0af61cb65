//! What BuildKit says on the wire.
