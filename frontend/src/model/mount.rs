//! What a run mounts: caches, secrets, ssh, binds and tmpfs.

pub(super) mod decode;

pub use buildkit_llb::Sharing;

use crate::text::{Span, Spanned};

use super::{Phase, Value, Written};

/// An entry of the top-level `caches`.
#[derive(Clone, Debug)]
pub struct NamedCache {
    /// The name steps use.
    pub name: Spanned<String>,
    /// What it stands for.
    pub mount: CacheMount<Written>,
}

/// A `cache` of a run as written.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a step has few of them")]
pub enum CacheUse {
    /// A path (it holds a `/`), a name from `caches`, or a preset.
    Name(Value),
    /// A map.
    Mount(CacheMount<Written>),
}

/// One cache mount.
#[derive(Clone, Debug)]
pub struct CacheMount<P: Phase> {
    /// Where it was written.
    pub span: Span,
    /// Where it is mounted.
    pub path: P::Text,
    /// Which cache; default the path as written, cleaned.
    pub id: Option<P::Text>,
    /// Who may use it at a time.
    pub sharing: Option<Spanned<Sharing>>,
    /// What seeds it.
    pub from: Option<P::Input>,
    /// The directory of `from` that seeds it.
    pub source: Option<P::Text>,
    /// Mode of the directory, octal.
    pub chmod: Option<P::Text>,
    /// Owner of the directory.
    pub uid: Option<P::Text>,
    /// Group of the directory.
    pub gid: Option<P::Text>,
    /// `false` refuses writes.
    pub writable: Option<Spanned<bool>>,
}

/// A mount of a Dockerfile whose type or another word is a variable.
#[derive(Clone, Debug)]
pub struct OpenMount<P: Phase> {
    /// Where it was written.
    pub span: Span,
    /// What `from` of it names.
    pub from: Option<P::Input>,
    /// Its other keys and values, as they are written.
    pub fields: Vec<(String, Option<P::Text>)>,
}

/// An entry of the top-level `secrets`.
#[derive(Clone, Debug)]
pub struct NamedSecret {
    /// The name steps use.
    pub name: Spanned<String>,
    /// What it stands for; its default id is the name.
    pub mount: SecretMount<Written>,
    /// For `--call=outline`.
    pub description: Option<Spanned<String>>,
}

/// A `secrets` entry of a run as written.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a step has few of them")]
pub enum SecretUse {
    /// A name from `secrets`, else an id.
    Name(Value),
    /// A map. Its `id` may be a name from `secrets`, whose keys it then overrides.
    Mount(SecretMount<Written>),
}

/// One secret for a run.
#[derive(Clone, Debug)]
pub struct SecretMount<P: Phase> {
    /// Where it was written.
    pub span: Span,
    /// Which secret; in a top-level entry the default is its name.
    pub id: Option<P::Text>,
    /// The file; default `/run/secrets/<base name of id>` unless there is only `env`.
    pub target: Option<P::Text>,
    /// The variable.
    pub env: Option<P::Text>,
    /// Whether a missing secret fails the build; default true.
    pub required: Option<Spanned<bool>>,
    /// Mode of the file, octal, default 0400.
    pub chmod: Option<P::Text>,
    /// Owner of the file.
    pub uid: Option<P::Text>,
    /// Group of the file.
    pub gid: Option<P::Text>,
}

/// An entry of the top-level `ssh`.
#[derive(Clone, Debug)]
pub struct NamedSsh {
    /// The id.
    pub name: Spanned<String>,
    /// Whether a missing agent fails the build; default true.
    pub required: Option<Spanned<bool>>,
    /// For `--call=outline`.
    pub description: Option<Spanned<String>>,
}

/// An `ssh` entry of a run as written.
#[derive(Clone, Debug)]
pub enum SshUse {
    /// `true`: the default agent.
    Default(Span),
    /// An id.
    Name(Value),
    /// A map.
    Mount(Box<SshMount<Written>>),
}

/// One forwarded ssh agent.
#[derive(Clone, Debug)]
pub struct SshMount<P: Phase> {
    /// Where it was written.
    pub span: Span,
    /// Which agent; default `default`.
    pub id: Option<P::Text>,
    /// The socket; default `/run/buildkit/ssh_agent.N`.
    pub target: Option<P::Text>,
    /// Whether a missing agent fails the build; default true.
    pub required: Option<Spanned<bool>>,
    /// Mode of the socket, octal, default 0600.
    pub chmod: Option<P::Text>,
    /// Owner of the socket.
    pub uid: Option<P::Text>,
    /// Group of the socket.
    pub gid: Option<P::Text>,
}

/// `{bind: source, from, target, writable}`.
#[derive(Clone, Debug)]
pub struct Bind<P: Phase> {
    /// Where it was written.
    pub span: Span,
    /// What is mounted, in `from`.
    pub source: P::Text,
    /// Where the source is; default the build context.
    pub from: Option<P::Input>,
    /// Where it is mounted.
    pub target: P::Text,
    /// Whether the step may write; what it writes is dropped.
    pub writable: Option<Spanned<bool>>,
}

/// `{tmpfs: target, size, writable}`.
#[derive(Clone, Debug)]
pub struct Tmpfs<P: Phase> {
    /// Where it was written.
    pub span: Span,
    /// Where it is mounted.
    pub target: P::Text,
    /// Bytes with a unit (`64m`); unlimited without.
    pub size: Option<P::Text>,
    /// Whether the step may write; default yes.
    pub writable: Option<Spanned<bool>>,
}
