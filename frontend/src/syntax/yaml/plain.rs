//! Text without quotes.

use super::Stop;
use super::scan::{Scanner, is_blank, is_break, is_break_or_end, is_flow, is_space};
use super::token::{Kind, Text};
use crate::syntax::failure::Reason;
use crate::syntax::node::Style;

/// What stands between two words.
#[derive(Default)]
struct Gap {
    /// Blanks in the middle of a line.
    blanks: std::ops::Range<usize>,
    n_breaks: usize,
}

impl Scanner<'_> {
    /// Reads a plain scalar.
    pub(super) fn plain(&mut self) -> Result<(), Stop> {
        self.save_key();
        self.is_key_allowed = false;
        self.end_value_indents();
        let start = self.at;
        let mut end = start;
        let mut decoded: Option<String> = None;
        let mut gap = Gap::default();
        loop {
            if self.ends_plain(&gap) {
                break;
            }
            if end == start
                && !self.flows.is_empty()
                && self.peek(0) == b'-'
                && is_flow(self.peek(1))
            {
                return Stop::other("text cannot start with a `-` before this", self.at);
            }
            if !is_space(self.peek(0)) && self.is_plain() {
                let from = self.at;
                self.skip_word();
                if gap.n_breaks > 0 && end > start {
                    let decoded = decoded.get_or_insert_with(|| self.text[start..end].to_owned());
                    match gap.n_breaks {
                        1 => decoded.push(' '),
                        n => decoded.extend(std::iter::repeat_n('\n', n - 1)),
                    }
                    decoded.push_str(&self.text[from..self.at]);
                } else if let Some(decoded) = &mut decoded {
                    decoded.push_str(&self.text[gap.blanks.start..self.at]);
                }
                end = self.at;
            }
            if !is_blank(self.peek(0)) && !is_break(self.peek(0)) {
                break;
            }
            gap = self.gap(start)?;
            if self.flows.is_empty() && self.column() <= self.indent {
                break;
            }
        }
        self.is_key_allowed |= self.is_line_blank;
        if end == start {
            return Stop::other("text is missing here", start);
        }
        let text = match decoded {
            None => Text::Written,
            Some(decoded) => {
                self.texts.push_back(decoded);
                Text::Decoded
            }
        };
        self.push(Kind::Scalar(Style::Plain, text), start..end);
        Ok(())
    }

    /// Tells whether a document marker or a comment stands here.
    fn ends_plain(&mut self, gap: &Gap) -> bool {
        if self.peek(0) == b'#' {
            if !gap.blanks.is_empty() && self.flows.is_empty() {
                self.cut_scalar = Some((self.at, self.line));
            }
            return true;
        }
        self.column() == 0 && self.is_document_marker()
    }

    /// Tells whether what stands here can be part of a plain scalar.
    pub(super) fn is_plain(&self) -> bool {
        let is_in_flow = !self.flows.is_empty();
        let ends = |b: u8| is_space(b) || (is_in_flow && is_flow(b));
        match self.peek(0) {
            b':' => !ends(self.peek(1)),
            byte => !(is_in_flow && is_flow(byte)),
        }
    }

    fn skip_word(&mut self) {
        let is_in_flow = !self.flows.is_empty();
        let ends = |b: u8| is_space(b) || (is_in_flow && is_flow(b));
        let rest = &self.text.as_bytes()[self.at..];
        let mut idx = 0;
        while let Some(&byte) = rest.get(idx) {
            let next = || rest.get(idx + 1).copied().unwrap_or_default();
            if ends(byte) || (byte == b':' && ends(next())) {
                break;
            }
            idx += 1;
        }
        self.skip(idx);
    }

    /// Steps over the blanks and breaks after a word.
    fn gap(&mut self, start: usize) -> Result<Gap, Stop> {
        let from = self.at;
        self.skip_blanks();
        let mut gap = Gap {
            blanks: from..self.at,
            n_breaks: 0,
        };
        while is_break(self.peek(0)) {
            gap.blanks = self.at..self.at;
            gap.n_breaks += 1;
            self.skip_break();
            self.skip_indentation(start)?;
        }
        Ok(gap)
    }

    /// Steps over the blanks that a line of the scalar starts with.
    fn skip_indentation(&mut self, start: usize) -> Result<(), Stop> {
        while is_blank(self.peek(0)) {
            if self.peek(0) == b'\t' && self.column() <= self.indent {
                // A line of nothing but blanks may have them.
                self.skip_rest_of_line()?;
                if !is_break_or_end(self.peek(0)) {
                    return Stop::new(Reason::Tab, start);
                }
            } else {
                self.at += 1;
            }
        }
        Ok(())
    }
}
