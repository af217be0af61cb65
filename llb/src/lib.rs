//! A typed LLB graph and its exact encoding, for anyone who writes a BuildKit frontend in Rust.
//!
//! Vertices are added to a [`Graph`], each using outputs of those before it; [`Graph::define`]
//! returns what BuildKit solves. A missing output, `None`, is scratch everywhere.
//!
//! ```
//! use buildkit_llb::{Exec, Graph, Image, Vertex};
//!
//! let mut graph = Graph::new();
//! let alpine = graph.add(Image::new("docker.io/library/alpine:latest")).output(0);
//! let hello = Exec::new(Some(alpine), ["/bin/sh", "-c", "echo hello > /hello"]);
//! let hello = graph.add(Vertex::new(hello).name("say hello")).output(0);
//!
//! let definition = graph.define(Some(hello), &[]);
//! assert_eq!(definition.def.len(), 3); // The image, the command, and which of them is wanted.
//! ```
//!
//! - The bytes, and so the digests, are those of BuildKit's own Go builder, v0.32.2: errors of the
//!   daemon are matched with [`Location`]s by digest.
//! - Equal vertices are one vertex. Writing is linear in time and memory, and cannot fail.
//! - No I/O, no clock, no randomness: the same calls give the same bytes.

#![warn(missing_docs)]

mod attr;
mod cap;
mod definition;
mod digest;
mod dot;
mod dump;
mod error;
mod graph;
mod location;
mod metadata;
mod op;
mod output;
mod path;
mod platform;
mod store;
mod vertex;
mod wire;

pub use buildkit_proto::pb;

pub use cap::Cap;
pub use definition::{Read, ReadVertex, read};
pub use digest::Digest;
pub use dot::dot;
pub use dump::dump;
pub use error::ReadError;
pub use graph::Graph;
pub use location::{Location, Position, Range, SourceInfo};
pub use metadata::{ExportCache, GroupWeight, LinuxResources, ProgressGroup};
pub use op::source::{
    Differ, Git, GitBundle, GitMtime, GitSignature, Http, Image, ImageBlob, LayoutBlob, Local,
    OciLayout, ResolveMode, Source,
};
pub use op::{
    Bind, Build, Cache, CdiDevice, ContentCache, Diff, Exec, File, Merge, Mount, Network, Op,
    Passthrough, Proxy, Secret, SecretEnv, Security, Sharing, Ssh, Tmpfs, Ulimit, encode, file,
};
pub use output::{Output, VertexId};
pub use platform::{ARCHITECTURES, OPERATING_SYSTEMS, Platform, PlatformError};
pub use vertex::Vertex;
