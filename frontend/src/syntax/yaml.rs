//! YAML 1.2 text -> events.
//!
//! In: text without control characters, lone carriage returns and byte-order marks, as
//! [`super::guard`] lets it through. Out: [`Event`]s in the order of the file, each with its bytes,
//! up to the first thing that is not YAML, which comes as a [`Stop`].
//!
//! Two layers, as the specification's reference parser has them: [`scan`] turns bytes into tokens
//! and knows about indentation and about keys that turn out to be keys only at their `:`;
//! [`parse`] turns tokens into events. A token is twelve bytes and holds no text: a scalar that is
//! written as it reads stays in the file.
//!
//! Directives are refused. Aliases are not followed; tags are not resolved but for the three that
//! say what is there anyway.

mod block_scalar;
mod fetch;
mod keys;
mod parse;
mod plain;
mod property;
mod quoted;
mod scan;
mod token;

use std::ops::Range;

use super::failure::Reason;
use super::node::{Layout, Style};

pub(super) use parse::Parser;
pub(super) use property::Core;

/// What was read, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// Its bytes; for a block scalar those of its text.
    pub(super) range: Range<usize>,
    /// What it is.
    pub(super) what: What,
    /// What stands before it.
    pub(super) properties: Properties,
}

/// What an [`Event`] is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A document starts: every node from here on belongs to it.
    DocumentStart,
    /// A scalar; without a text it reads as it is written, inside its quotes.
    Scalar(Style, Option<String>),
    /// `*name`.
    Alias,
    /// A list starts.
    SequenceStart(Layout),
    /// A map starts; keys and values take turns in it, and none is missing.
    MappingStart(Layout),
    /// The innermost list or map ends.
    End,
    /// The text ends.
    StreamEnd,
}

/// The anchor and the tag of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Properties {
    /// `&name`.
    pub(super) anchor: Option<Range<usize>>,
    /// `!tag`, and which of those that every YAML reader knows it is.
    pub(super) tag: Option<(Range<usize>, Option<Core>)>,
}

/// Why and where the text is not YAML.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stop {
    /// Why.
    pub(super) reason: Reason,
    /// The byte that says so.
    pub(super) at: usize,
}

impl Stop {
    fn new<T>(reason: Reason, at: usize) -> Result<T, Self> {
        Err(Self { reason, at })
    }

    fn other<T>(words: &'static str, at: usize) -> Result<T, Self> {
        Self::new(Reason::Other(words), at)
    }
}

#[cfg(test)]
mod oracle;

#[cfg(test)]
mod tests;
