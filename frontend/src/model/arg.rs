//! `args`: name, type, default.

use crate::text::{Span, Spanned};

use super::Value;

/// A declared build argument.
#[derive(Clone, Debug)]
pub struct Arg {
    /// `[A-Za-z_][A-Za-z0-9_]*`.
    pub name: Spanned<String>,
    /// Its value without `--build-arg`; may mention earlier arguments.
    pub default: Option<Value>,
    /// What values it takes.
    pub kind: ArgType,
    /// A whole-match regular expression.
    pub pattern: Option<Spanned<String>>,
    /// Where `required: true` stands.
    pub required: Option<Span>,
    /// For `--call=outline`.
    pub description: Option<Spanned<String>>,
}

/// What values an argument takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ArgType {
    /// Any text.
    #[default]
    String,
    /// `true` or `false` (also `1`, `0`, `t`, `f`, as Go's ParseBool): normalised to the words.
    Bool,
    /// A decimal integer.
    Int,
    /// One of these.
    Enum(Vec<Spanned<String>>),
}
