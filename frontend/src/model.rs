//! The build file as its author wrote it, decoded and checked key by key.
//!
//! In: a `Document`. Out: [`Build`]. Every key was known and every value had the right shape;
//! what was not is left out and was reported. References are parsed, not evaluated.
//!
//! Steps are generic over a [`Phase`]: the same types hold what was written ([`Written`]) and what
//! is left once arguments and platforms are replaced (`expand::Expanded`).

pub mod arg;
pub mod exec;
pub mod image;
pub mod map;
pub mod mount;
pub mod stage;
pub mod step;

use std::fmt::Debug;

use buildkit_llb::Platform;

use crate::expr::{Name, Template};
use crate::text::{Span, Spanned};

pub use arg::{Arg, ArgType};
pub use exec::{Device, Exec, Network, Resources, Security, Ulimit};
pub use image::{Healthcheck, ImageKeys};
pub use mount::{
    Bind, CacheMount, CacheUse, NamedCache, NamedSecret, NamedSsh, SecretMount, SecretUse, Sharing,
    SshMount, SshUse, Tmpfs,
};
pub use stage::{Body, Stage, Variant};
pub use step::{
    Add, Command, Content, Copy, Mkdir, Remove, Run, Script, Source, Step, Symlink, Verb,
};

/// Which pass a step has been through.
pub trait Phase: Clone + Debug {
    /// A string.
    type Text: Clone + Debug;
    /// What `from` names.
    type Input: Clone + Debug;
    /// The condition of a step.
    type When: Clone + Debug;
    /// A `cache` of a run.
    type Cache: Clone + Debug;
    /// A `secrets` entry of a run.
    type Secret: Clone + Debug;
    /// An `ssh` entry of a run.
    type Ssh: Clone + Debug;
}

/// As the author wrote it.
#[derive(Clone, Debug)]
pub enum Written {}

impl Phase for Written {
    type Text = Value;
    type Input = InputName;
    type When = Option<When>;
    type Cache = CacheUse;
    type Secret = SecretUse;
    type Ssh = SshUse;
}

/// A string, or one by platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A string with references.
    Plain(Template<Name>),
    /// `{by-platform: {linux/amd64: …, default: …}}`.
    ByPlatform(ByPlatform),
}

/// One string per platform pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByPlatform {
    /// The map.
    pub span: Span,
    /// Patterns and their strings, as written.
    pub cases: Vec<(Spanned<PlatformPattern>, Template<Name>)>,
    /// The string for every other platform.
    pub default: Option<Template<Name>>,
}

/// `linux/arm64`, `linux/*`, `*/arm64`, `linux/arm/v7`: parts, `None` for `*`.
///
/// Normalised like a platform. A missing variant matches only an empty one, except that
/// `os/*` matches every architecture and variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformPattern {
    /// Operating system.
    pub os: Option<String>,
    /// Architecture.
    pub arch: Option<String>,
    /// Variant: `None` for any.
    pub variant: Option<String>,
}

/// What a `from` key names, before it is known to be a stage or an image.
#[derive(Clone, Debug)]
pub struct InputName {
    /// What the author said it is.
    pub kind: InputKind,
    /// The name.
    pub name: Value,
}

/// How a `from` was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A plain string: `scratch`, else a stage, else an image.
    Any,
    /// `{stage: s}`.
    Stage,
    /// `{image: i}`.
    Image,
    /// `{context: c}`.
    Context,
}

/// `when`: every entry must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// The map.
    pub span: Span,
    /// All must hold.
    pub tests: Vec<WhenTest>,
}

/// One entry of a `when`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhenTest {
    /// `target.arch: [arm64, arm]`: the name has one of these values.
    Is {
        /// `args.debug`, `target.os`, …; never `env`.
        name: Spanned<Name>,
        /// Any of them, as text.
        values: Vec<Spanned<String>>,
    },
    /// `not: {…}`.
    Not(When),
}

/// The whole build file.
#[derive(Clone, Debug, Default)]
pub struct Build {
    /// One line for `--call=targets`.
    pub description: Option<Spanned<String>>,
    /// The stage that is the result; without it the last.
    pub default: Option<Spanned<String>>,
    /// Platforms this file supports; empty for any.
    pub platforms: Vec<Spanned<Platform>>,
    /// Build arguments for every stage.
    pub args: Vec<Arg>,
    /// Named cache mounts.
    pub caches: Vec<NamedCache>,
    /// Named secrets.
    pub secrets: Vec<NamedSecret>,
    /// Named ssh agents and keys.
    pub ssh: Vec<NamedSsh>,
    /// Stages in the order of the file.
    pub stages: Vec<Stage>,
    /// Lint settings of the file.
    pub check: Option<Check>,
}

/// Lint settings: decoded and checked here, used by the lint pass.
#[derive(Clone, Debug, Default)]
pub struct Check {
    /// Where it stands.
    pub span: Option<Span>,
    /// Rules not to report, or `all`.
    pub skip: Vec<Spanned<String>>,
    /// Whether a finding fails the build (a file's or stage's only).
    pub error: Option<Spanned<bool>>,
    /// Experimental rules to report, or `all`.
    pub experimental: Vec<Spanned<String>>,
}
