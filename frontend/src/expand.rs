//! Written steps become concrete for one target platform.
//!
//! In: [`Build`](crate::model::Build), the request and one target platform. Out: [`Expansion`]:
//! every stage of the file, in its order, with arguments, platforms, `when` and `by-platform`
//! replaced, named caches, secrets and ssh looked up, stage keys and `image` turned into steps at
//! their place. Only `env.*` is left in texts, as the base images are not known yet.

use buildkit_llb::Platform;

use crate::expr::Text;
use crate::model::{CacheMount, Phase, SecretMount, SshMount, Step};
use crate::preset::Preset;
use crate::text::{Span, Spanned};

/// Arguments and platforms are replaced.
#[derive(Clone, Debug)]
pub enum Expanded {}

impl Phase for Expanded {
    type Text = Text;
    type Input = Input;
    type When = ();
    type Cache = Cache;
    type Secret = SecretMount<Expanded>;
    type Ssh = SshMount<Expanded>;
}

/// A stage's index in the build file; the same in [`Expansion`] and `Plan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StageId(pub usize);

/// What a `from` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Nothing: an empty filesystem.
    Scratch,
    /// A stage of this file.
    Stage(StageId, Span),
    /// An image, by its normalised name (`docker.io/library/alpine:latest`).
    Image(Spanned<String>),
    /// The build context.
    Context(Span),
    /// A named context (`{context: name}`).
    NamedContext(Spanned<String>),
}

/// A cache of a run whose name is resolved.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a step has few of them")]
pub enum Cache {
    /// Paths are known when user and environment are.
    Preset(Preset, Span),
    /// A mount.
    Mount(CacheMount<Expanded>),
}

/// Every stage of the file for one target platform.
#[derive(Clone, Debug)]
pub struct Expansion {
    /// What the image is for.
    pub target: Platform,
    /// Where commands run natively.
    pub build: Platform,
    /// In the order of the file.
    pub stages: Vec<Stage>,
}

/// One stage for one target platform.
#[derive(Clone, Debug)]
pub struct Stage {
    /// As written, lower case.
    pub name: Spanned<String>,
    /// Name and body.
    pub span: Span,
    /// What it starts from.
    pub base: Input,
    /// Where the base is named.
    pub base_span: Span,
    /// Where its base and steps run.
    pub platform: Platform,
    /// Whether a text of several lines stops at its first failing command.
    pub errexit: bool,
    /// Stage keys, steps and image keys, in the order in which they take effect.
    pub steps: Vec<Step<Expanded>>,
}
