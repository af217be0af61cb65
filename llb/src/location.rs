//! Which lines of which file a vertex came from.
//!
//! The daemon attaches these to the error of a vertex, and clients print the marked lines.

use buildkit_proto::pb;

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

impl From<&Range> for pb::Range {
    fn from(range: &Range) -> Self {
        let position = |place: Position| pb::Position {
            line: i32::try_from(place.line).unwrap_or(i32::MAX),
            character: i32::try_from(place.column).unwrap_or(i32::MAX),
        };
        Self {
            start: Some(position(range.start)),
            end: Some(position(range.end)),
        }
    }
}

impl From<&SourceInfo> for pb::SourceInfo {
    fn from(info: &SourceInfo) -> Self {
        Self {
            filename: info.filename.clone(),
            data: info.data.clone(),
            definition: info.definition.clone(),
            language: info.language.clone(),
        }
    }
}
