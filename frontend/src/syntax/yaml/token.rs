//! What the scanner hands to the parser.

use std::ops::Range;

use super::property::Core;
use crate::syntax::node::Style;

/// A token and its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    start: u32,
    end: u32,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The end of the text.
    StreamEnd,
    /// `---`.
    DocumentStart,
    /// `...`.
    DocumentEnd,
    /// The indentation of the first `-` of a list.
    BlockSequenceStart,
    /// The indentation of the first key of a map.
    BlockMappingStart,
    /// Less indentation than the innermost list or map has.
    BlockEnd,
    /// `[`.
    FlowSequenceStart,
    /// `]`.
    FlowSequenceEnd,
    /// `{`, or the first bytes of a lone `key: value` in a list.
    FlowMappingStart,
    /// `}`, or the end of a lone `key: value` in a list.
    FlowMappingEnd,
    /// `,`.
    FlowEntry,
    /// `-`.
    BlockEntry,
    /// `?`, or the place before a key that has none.
    Key,
    /// `:`.
    Value,
    /// `*name`.
    Alias,
    /// `&name`.
    Anchor,
    /// `!tag`.
    Tag(Option<Core>),
    /// `!handle!tag`, whose handle only a directive could declare.
    UndeclaredTag,
    /// Text.
    Scalar(Style, Text),
}

/// Where the text of a scalar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// In the file, as it is.
    Written,
    /// Next in the scanner's queue of texts.
    Decoded,
}

impl Token {
    pub(super) fn new(kind: Kind, range: Range<usize>) -> Self {
        Self {
            kind,
            start: range.start as u32,
            end: range.end as u32,
        }
    }

    /// Returns a token without bytes.
    pub(super) fn at(kind: Kind, at: usize) -> Self {
        Self::new(kind, at..at)
    }

    pub(super) fn start(self) -> usize {
        self.start as usize
    }

    pub(super) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}
