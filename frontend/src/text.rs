//! Files and places in them.
//!
//! A [`Span`] is a byte range of one file; every later pass carries spans and nothing else.
//! [`Files`] turns a span into a line and a column, for people (both from 1, columns in
//! characters) and for BuildKit (lines from 1, characters from 0).
//!
//! Lines end at `\n`; a `\r` before it belongs to the line break. A byte-order mark at the start
//! of a file is not part of its first line.

use std::ops::Range;

/// Names one file of a [`Files`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    /// The first file added to a [`Files`]: the build file itself.
    pub const ROOT: Self = Self(0);
}

/// The bytes `start..end` of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Returns the span of `range`. Offsets past 4 GiB are cut: no file is that long.
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        let cut = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self {
            file,
            start: cut(range.start),
            end: cut(range.end.max(range.start)),
        }
    }

    /// Returns the byte range.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Returns the smallest span that holds both; `self` when they are of different files.
    pub fn to(self, other: Self) -> Self {
        if self.file != other.file {
            return self;
        }
        Self {
            file: self.file,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// Returns the empty span at the start of this one.
    pub fn at_start(self) -> Self {
        Self {
            end: self.start,
            ..self
        }
    }

    /// Returns the empty span at the end of this one.
    pub fn at_end(self) -> Self {
        Self {
            start: self.end,
            ..self
        }
    }

    /// Tells whether the span covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// A value and the place it was written at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Puts a value and its place together.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// Changes the value and keeps the place.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned {
            value: f(self.value),
            span: self.span,
        }
    }

    /// Borrows the value at the same place.
    pub fn as_ref(&self) -> Spanned<&T> {
        Spanned {
            value: &self.value,
            span: self.span,
        }
    }
}

/// A line and a column, both from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// One file: its name as people know it, its text, and where its lines start.
#[derive(Clone, Debug)]
pub struct File {
    name: String,
    text: String,
    line_starts: Vec<u32>,
}

impl File {
    fn new(name: String, text: String) -> Self {
        let mut line_starts = vec![if text.starts_with('\u{feff}') { 3 } else { 0 }];
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        line_starts.extend(breaks.map(|(offset, _)| u32::try_from(offset + 1).unwrap_or(u32::MAX)));
        Self {
            name,
            text,
            line_starts,
        }
    }

    /// Returns the name that messages use.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the number of lines; a final line break does not open another one.
    pub fn line_count(&self) -> u32 {
        let starts = self.line_starts.len() as u32;
        let last = self.line_starts.last().copied().unwrap_or_default() as usize;
        if starts > 1 && last == self.text.len() {
            starts - 1
        } else {
            starts
        }
    }

    /// Returns the line (from 1) that holds the byte `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        (self.line_starts.partition_point(|start| *start <= offset) as u32).max(1)
    }

    /// Returns the bytes of a line (from 1) without its line break; empty past the end.
    pub fn line_range(&self, line: u32) -> Range<usize> {
        let end_of_text = self.text.len();
        let idx = (line as usize).saturating_sub(1);
        let Some(&start) = self.line_starts.get(idx) else {
            return end_of_text..end_of_text;
        };
        let start = (start as usize).min(end_of_text);
        let end = self
            .line_starts
            .get(idx + 1)
            .map_or(end_of_text, |next| *next as usize);
        let line = &self.text[start..end];
        let line = line.strip_suffix('\n').unwrap_or(line);
        start..start + line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// Returns a line (from 1) without its line break.
    pub fn line_text(&self, line: u32) -> &str {
        &self.text[self.line_range(line)]
    }

    /// Returns line and column, both from 1, of a byte.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let line = self.line(offset);
        LineColumn {
            line,
            column: self.character(offset) + 1,
        }
    }

    /// Returns the character of its line, from 0, that the byte `offset` is in: BuildKit's
    /// `Position.character`.
    pub fn character(&self, offset: u32) -> u32 {
        let start = self.line_starts[self.line(offset) as usize - 1] as usize;
        let end = (offset as usize).min(self.text.len());
        let bytes = self.text.as_bytes().get(start..end).unwrap_or_default();
        bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u32
    }
}

/// All files of a build, in the order they were added.
#[derive(Clone, Debug, Default)]
pub struct Files {
    files: Vec<File>,
}

impl Files {
    /// Returns a collection without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file under the name that messages use.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = FileId(self.files.len() as u32);
        self.files.push(File::new(name.into(), text.into()));
        id
    }

    /// Returns a file.
    ///
    /// # Panics
    ///
    /// When `id` came from another [`Files`].
    pub fn get(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    /// Returns every file with its id.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &File)> {
        (0u32..).map(FileId).zip(&self.files)
    }

    /// Returns where a span starts, for people.
    pub fn start(&self, span: Span) -> LineColumn {
        self.get(span.file).line_column(span.start)
    }

    /// Returns where a span ends, for people: the column after its last character.
    pub fn end(&self, span: Span) -> LineColumn {
        self.get(span.file).line_column(span.end)
    }

    /// Returns the first and the last line, from 1, that the span touches.
    pub fn lines(&self, span: Span) -> Range<u32> {
        let file = self.get(span.file);
        let last = if span.is_empty() {
            span.end
        } else {
            span.end - 1
        };
        file.line(span.start)..file.line(last) + 1
    }

    /// Returns the bytes of the span as text; empty when it lies outside the file.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file)
            .text
            .get(span.range())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, word: &str, expected: &str) {
        let mut files = Files::new();
        let id = files.add("build.yaml", text);
        let start = text.find(word).expect("the word is in the text");
        let span = Span::new(id, start..start + word.len());
        let (from, to, lines) = (files.start(span), files.end(span), files.lines(span));
        let actual = format!(
            "{}:{} to {}:{}, lines {}..{}, character {}",
            from.line,
            from.column,
            to.line,
            to.column,
            lines.start,
            lines.end - 1,
            files.get(id).character(span.start),
        );
        assert_eq!(actual, expected);
    }

    #[test]
    fn columns_count_characters() {
        check(
            "a: b\nå€𝄞: word\n",
            "word",
            "2:6 to 2:10, lines 2..2, character 5",
        );
    }

    #[test]
    fn a_carriage_return_belongs_to_the_break() {
        check(
            "a: b\r\nc: d\r\n",
            "d",
            "2:4 to 2:5, lines 2..2, character 3",
        );
        let mut files = Files::new();
        let id = files.add("f", "a\r\nb\r\n");
        assert_eq!(files.get(id).line_text(1), "a");
        assert_eq!(files.get(id).line_count(), 2);
    }

    #[test]
    fn a_span_over_lines_has_a_line_range() {
        check(
            "a:\n  b\n  c\n",
            "b\n  c",
            "2:3 to 3:4, lines 2..3, character 2",
        );
    }

    #[test]
    fn a_span_that_ends_with_a_break_stays_on_its_line() {
        check("a:\n  b\n", "b\n", "2:3 to 3:1, lines 2..2, character 2");
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        check("\u{feff}a: b\n", "b", "1:4 to 1:5, lines 1..1, character 3");
    }

    #[test]
    fn an_offset_past_the_end_is_on_the_last_line() {
        let mut files = Files::new();
        let id = files.add("f", "a\nb");
        assert_eq!(
            files.get(id).line_column(99),
            LineColumn { line: 2, column: 2 }
        );
        assert_eq!(files.slice(Span::new(id, 5..9)), "");
    }
}
