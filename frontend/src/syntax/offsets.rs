//! From a byte of a decoded scalar back to the bytes of the file.
//!
//! Quotes, escapes, folded lines and the indentation of blocks stand between the two. A
//! [`ScalarText`] knows for every byte of the value which bytes it came from, so that a mistake
//! on the third line of a `run: |` is marked on that line.

use std::ops::Range;

use super::node::{Document, Kind, NodeId, Style};
use crate::text::{FileId, Span};

/// The value of a scalar and where each part of it is written.
#[derive(Clone, Debug)]
pub struct ScalarText<'d> {
    /// The decoded text.
    pub value: &'d str,
    /// The whole scalar.
    pub span: Span,
    pieces: Vec<Piece>,
}

/// A part of the value that came from one stretch of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    value: Range<usize>,
    source: Range<usize>,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Byte for byte.
    Same,
    /// An escape or a fold: all of the source makes all of the value.
    Changed,
}

impl ScalarText<'_> {
    /// Returns the file.
    pub fn file(&self) -> FileId {
        self.span.file
    }

    /// Returns where the bytes `range` of the value are written.
    pub fn span_of(&self, range: Range<usize>) -> Span {
        let start = self.place(range.start).start;
        let end = match range.is_empty() {
            true => start,
            false => self.place(range.end - 1).end,
        };
        Span::new(self.span.file, start..end)
    }

    /// Returns the source of one byte of the value; past the end, the end of the text.
    fn place(&self, at: usize) -> Range<usize> {
        let idx = self.pieces.partition_point(|piece| piece.value.end <= at);
        match self.pieces.get(idx) {
            Some(piece) if piece.form == Form::Same => {
                let start = piece.source.start + (at - piece.value.start);
                start..start + 1
            }
            Some(piece) => piece.source.clone(),
            None => {
                let end = self
                    .pieces
                    .last()
                    .map_or(self.span.start as usize, |p| p.source.end);
                end..end
            }
        }
    }
}

impl Document {
    /// Returns the value of a scalar with its places; for an alias, of what it stands for.
    pub fn scalar_text(&self, id: NodeId) -> Option<ScalarText<'_>> {
        let target = self.resolve(id);
        let node = self.node(target);
        let Kind::Scalar { style, .. } = node.kind else {
            return None;
        };
        let value = self.scalar_value(target);
        let range = node.span.range();
        let mut aligner = Aligner {
            text: &self.text,
            value,
            pieces: Vec::new(),
            at: 0,
        };
        let end = match style {
            Style::Plain => aligner.flow(range.clone(), style),
            // A plain scalar with the tag of text is kept as if it had quotes.
            Style::Double if !self.text[range.clone()].starts_with('"') => {
                aligner.flow(range.clone(), Style::Plain)
            }
            Style::Single | Style::Double => aligner.flow(range.start + 1..range.end - 1, style),
            Style::Literal | Style::Folded => aligner.block(range.start, style),
        };
        aligner.rest(end, range.end);
        Some(ScalarText {
            value,
            span: node.span,
            pieces: aligner.pieces,
        })
    }
}

/// Walks source and value side by side. Where they do not fit, it stops, and the rest of the
/// value is placed at the rest of the source: a message is then less exact, never wrong in line.
struct Aligner<'d> {
    text: &'d str,
    value: &'d str,
    pieces: Vec<Piece>,
    /// How much of the value is placed.
    at: usize,
}

impl Aligner<'_> {
    fn push(&mut self, n_value: usize, source: Range<usize>, form: Form) {
        if n_value == 0 {
            return;
        }
        let value = self.at..self.at + n_value;
        self.at = value.end;
        if let Some(last) = self.pieces.last_mut()
            && (last.form, form) == (Form::Same, Form::Same)
            && last.source.end == source.start
        {
            last.value.end = value.end;
            last.source.end = source.end;
            return;
        }
        self.pieces.push(Piece {
            value,
            source,
            form,
        });
    }

    fn left(&self) -> &str {
        &self.value[self.at..]
    }

    /// Places the value's line breaks or the blank that a fold of `n_breaks` left.
    fn fold(&mut self, source: Range<usize>, n_breaks: usize) {
        let n_kept = self
            .left()
            .bytes()
            .take(n_breaks)
            .take_while(|b| *b == b'\n')
            .count();
        let n_value = if n_kept > 0 {
            n_kept
        } else {
            usize::from(self.left().starts_with(' '))
        };
        self.push(n_value, source, Form::Changed);
    }

    fn rest(&mut self, from: usize, to: usize) {
        self.push(self.left().len(), from.min(to)..to, Form::Changed);
    }

    /// Places plain and quoted text; returns where it stopped.
    fn flow(&mut self, range: Range<usize>, style: Style) -> usize {
        let mut at = range.start;
        while at < range.end && !self.left().is_empty() {
            let rest = &self.text[at..range.end];
            let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            let n_breaks = rest[..blank].matches('\n').count();
            let next = rest.chars().next().map_or(1, char::len_utf8);
            let step = if n_breaks > 0 {
                self.fold(at..at + blank, n_breaks);
                blank
            } else if style == Style::Double && rest.starts_with('\\') {
                self.escape(at, rest)
            } else if style == Style::Single && rest.starts_with("''") {
                self.push(1, at..at + 2, Form::Changed);
                2
            } else if self.left().starts_with(&rest[..next]) {
                self.push(next, at..at + next, Form::Same);
                next
            } else {
                break;
            };
            at += step;
        }
        at
    }

    /// Places one `\x`; returns its length.
    fn escape(&mut self, at: usize, rest: &str) -> usize {
        let len = match rest.as_bytes().get(1) {
            Some(b'x') => 4,
            Some(b'u') if is_high_surrogate(rest) => 12,
            Some(b'u') => 6,
            Some(b'U') => 10,
            Some(b'\r' | b'\n') => {
                let after = rest[1..]
                    .trim_start_matches('\r')
                    .strip_prefix('\n')
                    .unwrap_or("");
                return rest.len() - after.trim_start_matches([' ', '\t']).len();
            }
            _ => 2,
        };
        let len = len.min(rest.len());
        let n_value = self.left().chars().next().map_or(0, char::len_utf8);
        self.push(n_value, at..at + len, Form::Changed);
        len
    }

    /// Places a block scalar whose text starts at `start`; returns where it stopped.
    fn block(&mut self, start: usize, style: Style) -> usize {
        let indent = self.indent(start);
        let mut at = start;
        if self.text[start..].starts_with(|c| c != '\r' && c != '\n') {
            let n_leading = self.left().bytes().take_while(|b| *b == b'\n').count();
            self.push(n_leading, start..start, Form::Changed);
        }
        while !self.left().is_empty() {
            let line = line_at(self.text, at);
            if !self.left().starts_with(line) {
                break;
            }
            self.push(line.len(), at..at + line.len(), Form::Same);
            let mut end = at + line.len();
            let from = end;
            let mut n_breaks = 0;
            while let Some(next) = after_break(self.text, end) {
                n_breaks += 1;
                let blanks = self.text[next..]
                    .bytes()
                    .take(indent)
                    .take_while(|b| *b == b' ');
                end = next + blanks.count();
                if style == Style::Literal || !line_at(self.text, end).is_empty() {
                    break;
                }
            }
            if n_breaks == 0 {
                return end;
            }
            self.fold(from..end, n_breaks);
            at = end;
        }
        at
    }

    /// Returns how many blanks each line of a block starts with.
    fn indent(&self, start: usize) -> usize {
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        if !line_at(self.text, start).is_empty() {
            return start - line_start;
        }
        let has_text = |line: &&str| !line.trim_matches(' ').is_empty();
        let source = self.text[line_start..]
            .lines()
            .find(has_text)
            .unwrap_or_default();
        let value = self.value.lines().find(has_text).unwrap_or_default();
        // A folded line may go on in the value, but it starts with the same blanks.
        let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
        blanks(source).saturating_sub(blanks(value))
    }
}

fn line_at(text: &str, at: usize) -> &str {
    let line = text[at..].split('\n').next().unwrap_or_default();
    line.strip_suffix('\r').unwrap_or(line)
}

fn after_break(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let rest = rest.strip_prefix('\r').unwrap_or(rest);
    rest.strip_prefix('\n').map(|rest| text.len() - rest.len())
}

fn is_high_surrogate(rest: &str) -> bool {
    matches!(
        rest.as_bytes().get(2..4),
        Some([b'd' | b'D', b'8' | b'9' | b'a' | b'b' | b'A' | b'B'])
    ) && rest.get(6..8) == Some("\\u")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::text::Files;

    /// Checks what `word` of the value of `a` is in the file: line, column, and text.
    #[track_caller]
    fn check(text: &str, word: &str, expected: &str) {
        let mut files = Files::new();
        let file = files.add("build.yaml", text);
        let doc = super::super::parse(file, text, &mut Diagnostics::new()).expect("a document");
        let super::super::View::Mapping(mapping) = doc.view(doc.root()) else {
            panic!("not a mapping");
        };
        let id = mapping.get("a").expect("the key `a`");
        let scalar = doc.scalar_text(id).expect("a scalar");
        for piece in scalar
            .pieces
            .iter()
            .filter(|piece| piece.form == Form::Same)
        {
            assert_eq!(
                &scalar.value[piece.value.clone()],
                &text[piece.source.clone()]
            );
        }
        let last = scalar.pieces.last().map_or(0, |piece| piece.value.end);
        assert_eq!(last, scalar.value.len(), "every byte has a place");
        let at = scalar.value.find(word).expect("the word is in the value");
        let span = scalar.span_of(at..at + word.len());
        let start = files.start(span);
        let actual = format!("{}:{} {:?}", start.line, start.column, files.slice(span));
        assert_eq!(actual, expected);
    }

    #[test]
    fn plain_text_is_in_place() {
        check("a: foo ${{ x }} bar\n", "${{ x }}", r#"1:8 "${{ x }}""#);
        check("a: å ${{ x }}\n", "${{ x }}", r#"1:6 "${{ x }}""#);
    }

    #[test]
    fn folded_plain_text_keeps_its_lines() {
        check("a: foo\n  bar\n\n  baz x\n", "x", r#"4:7 "x""#);
        check("a: foo\r\n  bar\r\n\r\n  baz x\r\n", "x", r#"4:7 "x""#);
        check("a: foo\n  bar x\n", "foo bar", r#"1:4 "foo\n  bar""#);
    }

    #[test]
    fn quotes_and_escapes_are_stepped_over() {
        check("a: 'it''s x'\n", "x", r#"1:11 "x""#);
        check("a: \"\\t\\x41\\u00e5\\U0001F600 x\"\n", "x", r#"1:28 "x""#);
        check("a: \"\\uD83D\\uDE00x\"\n", "x", r#"1:17 "x""#);
        check("a: \"b\\\n   c x\"\n", "x", r#"2:6 "x""#);
        check("a: \"b\n\n   c\\tx\"\n", "x", r#"3:7 "x""#);
        check("a: \"b\\tc\"\n", "\t", r#"1:6 "\\t""#);
        check("a: \"b \\\n\n   c x\"\n", "x", r#"3:6 "x""#);
    }

    #[test]
    fn a_literal_block_is_exact_on_each_line() {
        let text = "a: |\n    one\n      two x\n\n    three y\nb: c\n";
        check(text, "x", r#"3:11 "x""#);
        check(text, "y", r#"5:11 "y""#);
        check(text, "two x\n\nthree", r#"3:7 "two x\n\n    three""#);
        check(&text.replace('\n', "\r\n"), "y", r#"5:11 "y""#);
    }

    #[test]
    fn a_literal_block_may_start_with_blank_lines_or_blanks() {
        check("a: |\n\n\n  one x\n", "x", r#"4:7 "x""#);
        check("a: |2\n\n    one x\n  two y\n", "x", r#"3:9 "x""#);
        check("a: |2\n\n    one x\n  two y\n", "y", r#"4:7 "y""#);
        check("a: |+\n  x\n\n\n", "x\n\n", "2:3 \"x\\n\\n\"");
    }

    #[test]
    fn a_folded_block_is_exact_on_each_line() {
        let text = "a: >-\n  one\n  two x\n\n  three\n    four y\n  five z\n";
        check(text, "x", r#"3:7 "x""#);
        check(text, "y", r#"6:10 "y""#);
        check(text, "z", r#"7:8 "z""#);
        check(&text.replace('\n', "\r\n"), "z", r#"7:8 "z""#);
        check("a: >\n\n  one\n\n\n  two x\n", "x", r#"6:7 "x""#);
    }

    #[test]
    fn an_alias_leads_to_the_text_it_stands_for() {
        check("b: &t foo x\na: *t\n", "x", r#"1:11 "x""#);
    }

    #[test]
    fn the_end_of_the_value_has_a_place() {
        check("a: \"foo\"\n", "", r#"1:5 """#);
    }
}
