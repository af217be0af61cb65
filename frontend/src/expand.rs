//! Written steps become concrete for one target platform.
//!
//! In: [`Build`](crate::model::Build), the request and one target platform. Out: [`Expansion`]:
//! every stage of the file, in its order, with arguments, platforms, `when` and `by-platform`
//! replaced, named caches, secrets and ssh looked up, stage keys and `image` turned into steps at
//! their place. Only `env.*` is left in texts, as the base images are not known yet.
//!
//! [`check`] looks at the whole file, once, and reports what is wrong for whatever request:
//! names that are not declared above all. [`expand`] runs once per target platform and reports
//! what this request makes wrong, for the stages that its target reaches. The stages it does not
//! reach are expanded as far as they can be, and nothing is said about them.

mod args;
mod check;
mod context;
mod index;
mod input;
mod mount;
mod platform;
mod request;
mod scan;
mod scope;
mod stage;
mod steps;
mod trigger;
mod uses;
mod when;

use std::collections::BTreeMap;
use std::convert::Infallible;

use buildkit_llb::Platform;

use crate::diagnostic::Diagnostics;
use crate::expr::Text;
use crate::model::{Arg, Build, CacheMount, Check, Language, Phase, SecretMount, SshMount, Step};
use crate::preset::Preset;
use crate::request::NamedContexts;
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
    type Arg = Infallible;
}

/// What the request says about the build file; plain data, filled by `build`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The stage that is the result (`--target`).
    pub target: Option<String>,
    /// Build arguments by name (`--build-arg`).
    pub args: BTreeMap<String, String>,
    /// Named contexts (`--build-context`); without them, every one that the file names is left
    /// open.
    pub contexts: Option<NamedContexts>,
    /// The ONBUILD triggers of the bases that are known so far.
    pub triggers: Triggers,
    /// What the expansion is for.
    pub purpose: Purpose,
}

/// What an expansion is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// A build: arguments must have values of their types.
    #[default]
    Build,
    /// An answer about the build (`--call`): an argument may have any value or none.
    Call,
    /// A look at the file (`--check`): as for a call, and unless one stage was asked for, all are
    /// reached.
    Check,
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
    /// A named context, by its key in the request (`assets`, `assets::linux/arm64`).
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
    /// The stage that is the result.
    pub result: StageId,
    /// The stages from which others are reached: the result, and for a check every one.
    pub roots: Vec<StageId>,
    /// The arguments that the stages reached by the result declare or mention.
    pub args: Vec<UsedArg>,
}

/// An argument that a build uses.
#[derive(Clone, Debug)]
pub struct UsedArg {
    /// As declared.
    pub arg: Arg,
    /// Its value, if it has one.
    pub value: Option<String>,
}

/// One stage for one target platform.
#[derive(Clone, Debug)]
pub struct Stage {
    /// As written, lower case.
    pub name: Spanned<String>,
    /// What the log shows in place of the name.
    pub title: Option<String>,
    /// The `FROM` of a Dockerfile, its lines joined.
    pub command: Option<String>,
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
    /// The ONBUILD triggers of its base; the first steps are theirs, one each.
    pub triggers: Vec<Trigger>,
    /// Lint settings.
    pub check: Option<Check>,
    /// What an SBOM looks at besides the image.
    pub scans: Scans,
}

pub use check::check;
pub use request::{result, targets};
pub(crate) use scan::NOT_IN_ENV;
pub use scan::Scans;
pub use trigger::{Trigger, Triggers};
pub use uses::{Use, UseKind};

/// Returns the value that a top-level argument has, and where it is declared.
pub fn argument(
    build: &Build,
    asked: &Asked,
    target: &Platform,
    builder: &Platform,
    name: &str,
) -> Option<(String, Span)> {
    let fixed = scope::Fixed::new(build, asked, StageId(0), target, builder);
    let expander = stage::Expander::new(build, asked, target, builder, fixed);
    expander.sets.top(name)
}

/// Replaces arguments and platforms for one target platform; `builder` is where steps run
/// natively.
///
/// The result is `None` if there is no result stage, which was reported.
pub fn expand(
    build: &Build,
    asked: &Asked,
    target: &Platform,
    builder: &Platform,
    diags: &mut Diagnostics,
) -> Option<Expansion> {
    let result = request::result(build, asked, diags)?;
    request::unknown_args(build, asked, diags);
    let fixed = scope::Fixed::new(build, asked, result, target, builder);
    let mut expander = stage::Expander::new(build, asked, target, builder, fixed);
    let roots = match (asked.purpose, &asked.target) {
        (Purpose::Check, None) => (0..build.stages.len()).map(StageId).collect(),
        _ => vec![result],
    };
    if build.language == Language::Dockerfile {
        expander.report_args(diags);
    }
    let stages = expander.stages(&roots, diags);
    Some(Expansion {
        target: target.clone(),
        build: builder.clone(),
        stages,
        result,
        roots,
        args: expander.used,
    })
}
