//! `${{ }}`: strings of the build file with references in them.
//!
//! In: the text of a scalar. Out: a [`Template`], literal pieces and references with their
//! modifiers. Evaluation happens twice: `expand` replaces everything but `env.*`, `lower`
//! replaces `env.*` once the base images are known. The type parameter says which references
//! can still be there: [`Name`] before `expand`, [`EnvName`] after.

use crate::text::Span;

/// A string with references: `"v${{ args.version }}"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template<N> {
    /// The whole scalar in the build file.
    pub span: Span,
    /// Literal and reference pieces in order; adjacent literals are merged, none is empty.
    pub pieces: Vec<Piece<N>>,
}

/// One part of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<N> {
    /// Text that stands for itself.
    Literal(String),
    /// A `${{ name modifier }}`.
    Reference(Reference<N>),
}

/// `args.NAME` and its like, with at most one modifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference<N> {
    /// From `${{` to `}}`.
    pub span: Span,
    /// What is referred to.
    pub name: N,
    /// What follows the name.
    pub modifier: Option<Modifier<N>>,
}

/// What a reference may name in the build file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// `args.NAME`: a build argument.
    Arg(String),
    /// `env.NAME`: the steps' environment at that point.
    Env(EnvName),
    /// `target.platform` and its parts.
    Target(PlatformField),
    /// `build.platform` and its parts.
    Build(PlatformField),
    /// `stage.name`: the stage that is being read.
    StageName,
    /// `stage.target`: the stage that was asked for, as `TARGETSTAGE`.
    StageTarget,
}

/// The name of an environment variable: the only reference left after `expand`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EnvName(pub String);

/// A part of a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlatformField {
    /// `linux/arm64/v8`, normalised.
    Platform,
    /// `linux`.
    Os,
    /// `arm64`.
    Arch,
    /// `v7`, often empty.
    Variant,
    /// Windows build number, often empty.
    OsVersion,
}

/// What a modifier tests for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// `:-`, `:+`, `:?`: unset or empty.
    UnsetOrEmpty,
    /// `-`, `+`, `?`: unset.
    Unset,
}

/// How much of a match `#`, `%` and `/` take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// `#`, `%`: the shortest match; `/`: the first.
    Least,
    /// `##`, `%%`: the longest match; `//`: all.
    Most,
}

/// The modifiers of the Dockerfile reference
/// (`frontend/dockerfile/shell/lex.go`, v0.32.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modifier<N> {
    /// `:-word`, `-word`: the word when the test holds.
    Default(Test, Template<N>),
    /// `:+word`, `+word`: the word when the test does not hold, else empty.
    Alternate(Test, Template<N>),
    /// `:?word`, `?word`: an error with the word when the test holds.
    Require(Test, Template<N>),
    /// `#pattern`, `##pattern`.
    StripPrefix(Extent, Template<N>),
    /// `%pattern`, `%%pattern`.
    StripSuffix(Extent, Template<N>),
    /// `/pattern/replacement`, `//pattern/replacement`.
    Replace(Extent, Template<N>, Template<N>),
}

/// A string in which only `env.*` is left.
pub type Text = Template<EnvName>;

impl<N> Template<N> {
    /// Returns a template that is only `text`.
    pub fn literal(span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        let pieces = if text.is_empty() {
            Vec::new()
        } else {
            vec![Piece::Literal(text)]
        };
        Self { span, pieces }
    }

    /// Returns the text if there is no reference in it.
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }
}
