//! `${{ }}`: strings of the build file with references in them.
//!
//! In: the text of a scalar. Out: a [`Template`], literal pieces and references with their
//! modifiers. Evaluation happens twice: `expand` replaces everything but `env.*`, `lower`
//! replaces `env.*` once the base images are known. The type parameter says which references
//! can still be there: [`Name`] before `expand`, [`EnvName`] after.
//!
//! Modifiers mean what they mean in a Dockerfile, with two differences. Quotes in a word are
//! ordinary characters, and blanks before the closing `}}` are not part of the word. The pattern
//! of an `args` reference cannot mention `env`, which is known only later.

mod eval;
mod name;
mod parse;
mod pattern;
mod pieces;
mod write;

use std::fmt;

use crate::text::Span;

pub use eval::{Found, MAX_TEXT, Scope, eval, finish};
pub(crate) use name::{PREDEFINED, dockerfile_name, predefined, predefined_variable};
pub use parse::parse;
pub use pieces::Pieces;
pub use write::write;

/// A string with references: `"v${{ args.version }}"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template<N> {
    /// The whole scalar in the build file.
    pub span: Span,
    /// Literal and reference pieces in order; adjacent literals are merged, none is empty.
    pub pieces: Pieces<N>,
}

/// One part of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<N> {
    /// Text that stands for itself.
    Literal(String),
    /// A `${{ name modifier }}`.
    Reference(Box<Reference<N>>),
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
    /// A variable of a Dockerfile that nobody can set.
    Undeclared(String),
    /// Something that was reported to be no name: nothing more is said about what it is part of.
    Broken,
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
    /// Returns a template that is only a reference.
    pub fn reference(span: Span, name: N) -> Self {
        let reference = Reference {
            span,
            name,
            modifier: None,
        };
        Self {
            span,
            pieces: Pieces::one(Piece::Reference(Box::new(reference))),
        }
    }

    /// Returns a template that is only `text`.
    pub fn literal(span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        let pieces = if text.is_empty() {
            Pieces::default()
        } else {
            Pieces::one(Piece::Literal(text))
        };
        Self { span, pieces }
    }

    /// Returns the text if there is no reference in it.
    pub fn as_literal(&self) -> Option<&str> {
        match &*self.pieces {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }
}

/// Tells whether a text has references.
pub fn has_references(text: &str) -> bool {
    // Looking for one byte is quick, and most texts do not have it.
    text.as_bytes().contains(&b'$') && text.contains("${{")
}

impl<N> Template<N> {
    /// Calls `f` with every reference, also those in the words of modifiers.
    pub fn each_reference<'a>(&'a self, f: &mut dyn FnMut(&'a Reference<N>)) {
        for piece in self.pieces.iter() {
            let Piece::Reference(reference) = piece else {
                continue;
            };
            f(reference);
            let words = reference.modifier.iter().flat_map(Modifier::words);
            words.for_each(|word| word.each_reference(f));
        }
    }
}

impl<N> Modifier<N> {
    /// Returns its words.
    pub fn words(&self) -> impl Iterator<Item = &Template<N>> {
        let words = match self {
            Self::Default(_, word)
            | Self::Alternate(_, word)
            | Self::Require(_, word)
            | Self::StripPrefix(_, word)
            | Self::StripSuffix(_, word) => [Some(word), None],
            Self::Replace(_, pattern, replacement) => [Some(pattern), Some(replacement)],
        };
        words.into_iter().flatten()
    }

    /// Returns its words, to change them.
    pub fn words_mut(&mut self) -> impl Iterator<Item = &mut Template<N>> {
        let words = match self {
            Self::Default(_, word)
            | Self::Alternate(_, word)
            | Self::Require(_, word)
            | Self::StripPrefix(_, word)
            | Self::StripSuffix(_, word) => [Some(word), None],
            Self::Replace(_, pattern, replacement) => [Some(pattern), Some(replacement)],
        };
        words.into_iter().flatten()
    }
}

impl PlatformField {
    /// Returns the word after the dot.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Os => "os",
            Self::Arch => "arch",
            Self::Variant => "variant",
            Self::OsVersion => "os-version",
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arg(name) => write!(f, "args.{name}"),
            Self::Env(name) => name.fmt(f),
            Self::Target(field) => write!(f, "target.{}", field.as_str()),
            Self::Build(field) => write!(f, "build.{}", field.as_str()),
            Self::StageName => f.write_str("stage.name"),
            Self::StageTarget => f.write_str("stage.target"),
            Self::Undeclared(name) => f.write_str(name),
            Self::Broken => f.write_str("?"),
        }
    }
}

impl fmt::Display for EnvName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "env.{}", self.0)
    }
}

/// As it would be written, words with their escapes taken away.
impl<N: fmt::Display> fmt::Display for Template<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in self.pieces.iter() {
            match piece {
                Piece::Literal(text) => f.write_str(text)?,
                Piece::Reference(reference) => reference.fmt(f)?,
            }
        }
        Ok(())
    }
}

impl<N: fmt::Display> fmt::Display for Reference<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${{{{ {}", self.name)?;
        let colon = |test: &Test| match test {
            Test::UnsetOrEmpty => ":",
            Test::Unset => "",
        };
        let repeat = |sign: &str, extent: &Extent| match extent {
            Extent::Least => sign.to_owned(),
            Extent::Most => sign.repeat(2),
        };
        match &self.modifier {
            None => {}
            Some(Modifier::Default(test, word)) => write!(f, "{}-{word}", colon(test))?,
            Some(Modifier::Alternate(test, word)) => write!(f, "{}+{word}", colon(test))?,
            Some(Modifier::Require(test, word)) => write!(f, "{}?{word}", colon(test))?,
            Some(Modifier::StripPrefix(extent, word)) => {
                write!(f, "{}{word}", repeat("#", extent))?;
            }
            Some(Modifier::StripSuffix(extent, word)) => {
                write!(f, "{}{word}", repeat("%", extent))?;
            }
            Some(Modifier::Replace(extent, pattern, replacement)) => {
                write!(f, "{}{pattern}/{replacement}", repeat("/", extent))?;
            }
        }
        f.write_str(" }}")
    }
}

#[cfg(test)]
mod tests;
