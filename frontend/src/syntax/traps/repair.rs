//! Stepping over a mistake, and the quotes that would have avoided it.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::syntax::line::quote;

/// Bytes that are filled in so that the rest of the file can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::syntax) struct Repair {
    /// The bytes.
    pub(in crate::syntax) range: Range<usize>,
    filler: Filler,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filler {
    /// A scalar of the same length.
    Scalar,
    /// Spaces.
    Blank,
    /// A comment.
    Comment,
}

impl Repair {
    pub(super) fn new(range: Range<usize>, filler: Filler) -> Option<Self> {
        (!range.is_empty()).then_some(Self { range, filler })
    }

    /// Fills the bytes in; the text keeps its length.
    pub(in crate::syntax) fn apply(&self, text: &mut String) {
        let len = self.range.len();
        let filler = match self.filler {
            Filler::Scalar if len < 2 => "x".to_owned(),
            Filler::Scalar => format!("\"{}\"", "x".repeat(len - 2)),
            Filler::Blank => " ".repeat(len),
            Filler::Comment => "#".repeat(len),
        };
        if text.is_char_boundary(self.range.start) && text.is_char_boundary(self.range.end) {
            text.replace_range(self.range.clone(), &filler);
        }
    }
}

/// Text longer than this is not repeated in a suggestion.
const LONG: usize = 300;

/// Suggesting quotes.
pub(super) trait Quoted {
    /// Suggests the marked text in quotes.
    fn quoted(&mut self, text: &str);
}

impl Quoted for Diagnostic {
    fn quoted(&mut self, text: &str) {
        if text.len() > LONG {
            self.help("put the text in quotes");
        } else {
            self.suggest(quote(text), "put the text in quotes");
        }
    }
}
