//! Where and why reading YAML stopped.

use std::ops::Range;

/// The place and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// Why.
    pub(super) reason: Reason,
    /// The byte at which the reader noticed.
    pub(super) at: usize,
    /// The bytes of the last thing that was read whole.
    pub(super) last: Range<usize>,
    /// The innermost bracket that is still open.
    pub(super) bracket: Option<usize>,
}

/// Why reading stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// A `:` where no key can be.
    Colon,
    /// Something in brackets that is neither a separator nor the end.
    FlowSeparator,
    /// A bracket is not closed; the place is the bracket.
    UnclosedBracket,
    /// A bracket is closed by one of another kind.
    Mismatch {
        /// The bracket that was opened.
        open: char,
        /// The one that came.
        close: char,
    },
    /// A quote is not closed.
    UnclosedQuote,
    /// Text after a closing quote.
    AfterQuote,
    /// A `\` with something unknown after it.
    Escape,
    /// A tab in the indentation.
    Tab,
    /// A line that starts with `%`.
    Directive,
    /// Text after `|` or `>`.
    BlockHeader,
    /// A `- ` where no list can start.
    Dash,
    /// A line without the `:` of its key.
    MissingColon,
    /// A line that fits neither the mapping nor the list it is in.
    Indentation,
    /// A key that starts with `*`.
    GlobKey,
    /// Nested too deep.
    TooDeep,
    /// Too many values, aliases expanded.
    TooManyValues,
    /// Anything else, in words.
    Other(&'static str),
}
