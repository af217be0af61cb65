//! `stages`: what a stage starts from, its steps, and what differs by platform.

use crate::text::{Span, Spanned};

use super::{Arg, Check, ImageKeys, InputName, PlatformPattern, Step, Value, Written};

/// A named sequence of steps on a base.
#[derive(Clone, Debug)]
pub struct Stage {
    /// `[a-z][a-z0-9_.-]*`, unique without case.
    pub name: Spanned<String>,
    /// Name and body.
    pub span: Span,
    /// For `--call=targets`.
    pub description: Option<Spanned<String>>,
    /// The keys as written.
    pub body: Body,
    /// The keys that differ by target platform.
    pub by_platform: Vec<Variant>,
}

/// One entry of a stage's `by-platform`.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Which target platforms.
    pub pattern: Spanned<PlatformPattern>,
    /// A key replaces, maps (`args`, `env`, `build-env`, `image`) merge.
    pub body: Body,
}

/// The keys of a stage that a variant may replace; `None` where the key was not written.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// What the stage starts from.
    pub from: Option<InputName>,
    /// `target`, `build` or a literal platform.
    pub platform: Option<Value>,
    /// Arguments of this stage and of stages built from it.
    pub args: Vec<Arg>,
    /// Environment of steps and image.
    pub env: Vec<(Spanned<String>, Value)>,
    /// Environment of the steps only; no value is a declaration without one.
    pub build_env: Vec<(Spanned<String>, Option<Value>)>,
    /// The shell of the stage.
    pub shell: Option<Spanned<Vec<Value>>>,
    /// The user of the stage.
    pub user: Option<Value>,
    /// The working directory, made if it is not there.
    pub workdir: Option<Value>,
    /// `false` leaves `set -e` out of scripts of several lines.
    pub errexit: Option<Spanned<bool>>,
    /// The steps.
    pub steps: Option<Vec<Step<Written>>>,
    /// What the image config adds.
    pub image: Option<ImageKeys<Written>>,
    /// Lint settings.
    pub check: Option<Check>,
}
