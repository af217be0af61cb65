//! What BuildKit says on the wire, as of moby/buildkit v0.32.2.
//!
//! In: `proto/*.proto`, our own description of the messages. Out: the messages and the client of
//! the `LLBBridge` service, generated into `src/generated` and committed, so that a build needs
//! neither `protoc` nor a generator. `cargo xtask proto` rewrites them.
//!
//! No logic and no hand-written types here. Maps are ordered. The maps that take part in a vertex
//! digest (`SourceOp.attrs`, `BuildOp.inputs`, `BuildOp.attrs`) are lists of entries, to be kept in
//! key order with both fields present: Go writes them so, and the daemon compares bytes. An [`pb::Op`]
//! is written with its `oneof` last, which `prost` alone does not do; `buildkit-llb` does.

mod generated;

pub use generated::errdefs;
pub use generated::fsutil::types as fsutil;
pub use generated::google::rpc;
pub use generated::moby::buildkit::v1::apicaps as caps;
pub use generated::moby::buildkit::v1::frontend as gateway;
pub use generated::moby::buildkit::v1::sourcepolicy as policy;
pub use generated::moby::buildkit::v1::types as worker;
pub use generated::pb;
pub use prost_types::{Any, Timestamp};

/// The fields of every message of [`pb`], for those who show messages that they do not know.
///
/// A paragraph a message, its name first; then a line a field: number, name, what it holds. That is
/// `string`, `bytes`, `bool`, `int` (32 bits), `long` (64 bits), the names of an enum after `=`, or
/// a message. `*` stands before what is repeated, `%` before the values of a map with text as keys.
pub const FIELDS: &str = include_str!("generated/fields.txt");
