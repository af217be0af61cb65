//! Which lines of which file a vertex came from.
//!
//! The daemon attaches these to the error of a vertex, and clients print the marked lines.

use buildkit_proto::pb;
use prost::Message as _;

use crate::wire::Wire;

/// Holds lines of one file. Lines count from one, columns from zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Index of the file in the list given to [`crate::Graph::define`].
    pub source: usize,
    /// The lines.
    pub ranges: Vec<Range>,
}

impl Location {
    /// Returns the location of whole lines, `first` to `last`.
    pub fn lines(source: usize, first: u32, last: u32) -> Self {
        let [start, end] = [first, last].map(|line| Position { line, column: 0 });
        Self {
            source,
            ranges: vec![Range { start, end }],
        }
    }
}

impl Location {
    /// Returns the location of whole lines, each for itself, as the Dockerfile frontend has them.
    pub fn each_line(source: usize, first: u32, last: u32) -> Self {
        let line = |line| Position { line, column: 0 };
        let range = |at| Range {
            start: line(at),
            end: line(at),
        };
        Self {
            source,
            ranges: (first..=last).map(range).collect(),
        }
    }
}

/// Holds a stretch of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Where it begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
}

/// Holds a place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line, counted from one.
    pub line: u32,
    /// The column, counted from zero.
    pub column: u32,
}

/// Holds a file that locations point into.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceInfo {
    /// Its name as the user knows it.
    pub filename: String,
    /// Its whole text.
    pub data: Vec<u8>,
    /// Its language, as linguist calls it.
    pub language: String,
    /// How the file was loaded; clients and provenance use it.
    pub definition: Option<pb::Definition>,
}

/// What makes a file itself: name, language and text, and the op that loaded it.
#[derive(Clone, Copy)]
pub(crate) struct Identity<'a> {
    said: (&'a str, &'a str, &'a [u8]),
    loaded_by: Option<&'a [u8]>,
}

impl<'a> Identity<'a> {
    pub(crate) fn own(file: &'a SourceInfo) -> Self {
        Self {
            said: (&file.filename, &file.language, &file.data),
            loaded_by: end(file.definition.as_ref()),
        }
    }

    pub(crate) fn imported(file: &'a pb::SourceInfo) -> Self {
        Self {
            said: (&file.filename, &file.language, &file.data),
            loaded_by: end(file.definition.as_ref()),
        }
    }

    /// Returns whether both are one file (`client/llb/sourcemap.go:equalSourceMap`, v0.32.2).
    pub(crate) fn is(self, other: Self) -> bool {
        let is_loaded_alike = match (self.loaded_by, other.loaded_by) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        self.said == other.said && is_loaded_alike
    }
}

fn end(definition: Option<&pb::Definition>) -> Option<&[u8]> {
    definition?.def.last().map(Vec::as_slice)
}

impl Range {
    /// Writes it as `pb.Range`.
    pub(crate) fn write(self, wire: &mut Wire<'_>) {
        for (field, place) in [(1, self.start), (2, self.end)] {
            wire.message(field, |wire| {
                wire.int(1, i32::try_from(place.line).unwrap_or(i32::MAX).into());
                wire.int(2, i32::try_from(place.column).unwrap_or(i32::MAX).into());
            });
        }
    }

    /// Reads it from `pb.Range`.
    pub(crate) fn read(range: &pb::Range) -> Self {
        let [start, end] = [range.start, range.end].map(|place| {
            let place = place.unwrap_or_default();
            let [line, column] =
                [place.line, place.character].map(|number| u32::try_from(number).unwrap_or(0));
            Position { line, column }
        });
        Self { start, end }
    }
}

impl SourceInfo {
    /// Writes it as `pb.SourceInfo`.
    pub(crate) fn write(&self, wire: &mut Wire<'_>) {
        wire.text(1, &self.filename);
        if !self.data.is_empty() {
            wire.element(2, &self.data);
        }
        if let Some(definition) = &self.definition {
            wire.element(3, &definition.encode_to_vec());
        }
        wire.text(4, &self.language);
    }
}
