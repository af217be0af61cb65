//! Text after `|` and `>`.

use super::Stop;
use super::scan::{Scanner, is_blank, is_break, is_break_or_end};
use super::token::{Kind, Text};
use crate::syntax::failure::Reason;
use crate::syntax::node::Style;

/// What happens to the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

struct Header {
    chomping: Chomping,
    /// How much further in the text is than what it stands in, if that is said.
    increment: u8,
}

impl Scanner<'_> {
    /// Reads a block scalar.
    pub(super) fn block_scalar(&mut self, style: Style) -> Result<(), Stop> {
        self.save_key();
        self.is_key_allowed = true;
        let (header_at, header_line) = (self.at, self.line);
        self.skip(1);
        self.end_value_indents();
        let header = self.block_header(header_at)?;
        if is_break(self.peek(0)) {
            self.skip_break();
        }
        if self.peek(0) == b'\t' {
            return Stop::new(Reason::Tab, header_at);
        }
        let mut n_breaks = 0;
        let indent = match header.increment {
            0 => self.skip_first_indent(&mut n_breaks),
            increment => {
                let indent = self.indent.max(0) + isize::from(increment);
                self.skip_block_indent(indent, &mut n_breaks);
                indent
            }
        };
        let (start, text) = if self.is_at_end() {
            let is_blank_line = n_breaks == 0 && self.column() > 0;
            let n_kept = match header.chomping {
                Chomping::Keep if self.line == header_line => 0,
                Chomping::Keep if is_blank_line => 1,
                Chomping::Keep => n_breaks,
                _ => 0,
            };
            (header_at, "\n".repeat(n_kept))
        } else {
            self.check_first_line(indent)?;
            let start = self.at;
            (
                start,
                self.block_text(style, header.chomping, indent, n_breaks),
            )
        };
        self.texts.push_back(text);
        self.push(Kind::Scalar(style, Text::Decoded), start..self.at);
        Ok(())
    }

    fn block_header(&mut self, start: usize) -> Result<Header, Stop> {
        let mut header = Header {
            chomping: Chomping::Clip,
            increment: 0,
        };
        for _ in 0..2 {
            let byte = self.peek(0);
            match byte {
                b'+' | b'-' if header.chomping == Chomping::Clip => {
                    header.chomping = match byte {
                        b'+' => Chomping::Keep,
                        _ => Chomping::Strip,
                    };
                }
                b'0' if header.increment == 0 => {
                    return Stop::other("the text of a block is indented", start);
                }
                b'1'..=b'9' if header.increment == 0 => header.increment = byte - b'0',
                _ => break,
            }
            self.skip(1);
        }
        self.skip_rest_of_line()?;
        if !is_break_or_end(self.peek(0)) {
            return Stop::new(Reason::BlockHeader, start);
        }
        Ok(header)
    }

    /// Refuses a first line that is further in than the scalar's place and not far enough.
    fn check_first_line(&self, indent: isize) -> Result<(), Stop> {
        let column = self.column();
        if column >= indent || column <= self.indent {
            return Ok(());
        }
        let is_outside = self.indent < 0 && column == 0;
        if is_outside && (self.is_document_marker() || self.peek(0) == b'#') {
            return Ok(());
        }
        Stop::other("a line of a block that is not indented enough", self.at)
    }

    fn block_text(
        &mut self,
        style: Style,
        chomping: Chomping,
        indent: isize,
        mut n_breaks: usize,
    ) -> String {
        let mut text = String::new();
        let mut is_after_break = false;
        let mut is_after_blank = false;
        while self.column() == indent && !self.is_at_end() {
            if indent == 0 && self.is_document_marker() {
                break;
            }
            let is_blank = is_blank(self.peek(0));
            let is_folded =
                style == Style::Folded && is_after_break && !is_after_blank && !is_blank;
            match (is_folded, n_breaks) {
                (true, 0) => text.push(' '),
                (true, n) => push_breaks(&mut text, n),
                (false, n) => push_breaks(&mut text, n + usize::from(is_after_break)),
            }
            n_breaks = 0;
            is_after_blank = is_blank;
            let rest = &self.text.as_bytes()[self.at..];
            let len = rest.iter().position(|b| is_break(*b));
            let end = self.at + len.unwrap_or(rest.len());
            text.push_str(&self.text[self.at..end]);
            self.at = end;
            is_after_break = !self.is_at_end();
            if is_after_break {
                self.skip_break();
                self.skip_block_indent(indent, &mut n_breaks);
            }
        }
        // The end of the text ends a line, too.
        let is_cut = !is_after_break && self.is_at_end() && self.column() >= indent.max(1);
        if chomping != Chomping::Strip && (is_after_break || is_cut) {
            text.push('\n');
        }
        if chomping == Chomping::Keep {
            push_breaks(&mut text, n_breaks);
        }
        text
    }

    /// Steps over the indentation of a line and over empty lines before it.
    fn skip_block_indent(&mut self, indent: isize, n_breaks: &mut usize) {
        loop {
            while self.column() < indent && self.peek(0) == b' ' {
                self.at += 1;
            }
            if !is_break(self.peek(0)) {
                return;
            }
            self.skip_break();
            *n_breaks += 1;
        }
    }

    /// Does the same where the first line says how far the text is indented; returns that.
    fn skip_first_indent(&mut self, n_breaks: &mut usize) -> isize {
        let mut indent = self.indent + 1;
        loop {
            while self.peek(0) == b' ' {
                self.at += 1;
            }
            indent = indent.max(self.column());
            if !is_break(self.peek(0)) {
                return indent;
            }
            self.skip_break();
            *n_breaks += 1;
        }
    }
}

fn push_breaks(text: &mut String, n: usize) {
    text.extend(std::iter::repeat_n('\n', n));
}
