//! Text in quotes.

use super::Stop;
use super::scan::{Scanner, is_blank, is_break, is_break_or_end, is_space};
use super::token::{Kind, Text};
use crate::syntax::failure::Reason;
use crate::syntax::node::Style;

/// Where the text before a gap between two words ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Here,
    /// At a `\` before the end of its line.
    OnLastLine,
}

impl Scanner<'_> {
    /// Reads a scalar in quotes.
    pub(super) fn quoted(&mut self, style: Style) -> Result<(), Stop> {
        self.save_key();
        self.is_key_allowed = false;
        let (start, line) = (self.at, self.line);
        let text = match self.skip_verbatim(style) {
            true => Text::Written,
            false => {
                let decoded = self.decode_quoted(style)?;
                self.texts.push_back(decoded);
                Text::Decoded
            }
        };
        self.push(Kind::Scalar(style, text), start..self.at);
        self.skip_rest_of_line()?;
        let is_in_flow = !self.flows.is_empty();
        let is_end = match self.peek(0) {
            b',' | b'}' | b']' => is_in_flow,
            b':' => is_in_flow || line == self.line,
            byte => is_break_or_end(byte),
        };
        if !is_end {
            return Stop::new(Reason::AfterQuote, self.at);
        }
        let has_comment = self.skip_to_token()?;
        self.adjacent_value = if has_comment { usize::MAX } else { self.at };
        Ok(())
    }

    /// Steps over a scalar of one line without escapes; tells whether it was one.
    fn skip_verbatim(&mut self, style: Style) -> bool {
        let quote = quote(style);
        let rest = &self.text.as_bytes()[self.at + 1..];
        let is_end = |b: &u8| *b == quote || *b == b'\\' || is_break(*b);
        let is_end = |b: &u8| is_end(b) && !(*b == b'\\' && style == Style::Single);
        let Some(len) = rest.iter().position(is_end) else {
            return false;
        };
        let is_escaped = style == Style::Single && rest.get(len + 1) == Some(&quote);
        let is_verbatim = rest[len] == quote && !is_escaped;
        if is_verbatim {
            self.skip(len + 2);
        }
        is_verbatim
    }

    fn decode_quoted(&mut self, style: Style) -> Result<String, Stop> {
        let start = self.at;
        let mut text = String::new();
        self.skip(1);
        loop {
            let is_marker = self.column() == 0 && self.is_document_marker();
            if is_marker || self.is_at_end() {
                return Stop::new(Reason::UnclosedQuote, start);
            }
            let ended = self.quoted_word(style, start, &mut text)?;
            if self.peek(0) == quote(style) && ended == Ended::Here {
                self.skip(1);
                return Ok(text);
            }
            self.quoted_gap(style, ended, &mut text)?;
        }
    }

    /// Reads up to a blank, a break or the closing quote.
    fn quoted_word(
        &mut self,
        style: Style,
        start: usize,
        text: &mut String,
    ) -> Result<Ended, Stop> {
        loop {
            match self.peek(0) {
                b'\'' if style == Style::Single && self.peek(1) == b'\'' => {
                    text.push('\'');
                    self.skip(2);
                }
                b'\\' if style == Style::Double && is_break(self.peek(1)) => {
                    self.skip(1);
                    self.skip_break();
                    return Ok(Ended::OnLastLine);
                }
                b'\\' if style == Style::Double => text.push(self.escape(start)?),
                byte if byte == quote(style) || is_space(byte) => return Ok(Ended::Here),
                _ => {
                    let from = self.at;
                    let rest = &self.text.as_bytes()[from..];
                    let is_end = |b: &u8| is_space(*b) || *b == quote(style) || *b == b'\\';
                    let len = rest.iter().skip(1).position(is_end);
                    self.skip(len.map_or(rest.len(), |len| len + 1));
                    text.push_str(&self.text[from..self.at]);
                }
            }
        }
    }

    /// Reads the blanks and breaks between two words.
    fn quoted_gap(&mut self, style: Style, ended: Ended, text: &mut String) -> Result<(), Stop> {
        let n_text = text.len();
        let mut is_next_line = ended == Ended::OnLastLine;
        let mut has_break = false;
        let mut n_empty = 0;
        while is_blank(self.peek(0)) || is_break(self.peek(0)) {
            match self.peek(0) {
                b'\t' if is_next_line && self.column() < self.indent => {
                    return Stop::new(Reason::Tab, self.at);
                }
                byte if is_blank(byte) => {
                    if !is_next_line {
                        text.push(char::from(byte));
                    }
                    self.at += 1;
                }
                _ if is_next_line => {
                    self.skip_break();
                    text.push('\n');
                    n_empty += 1;
                }
                _ => {
                    text.truncate(n_text);
                    self.skip_break();
                    has_break = true;
                    is_next_line = true;
                }
            }
        }
        let is_left = self.flows.is_empty() && self.column() <= self.block_indent();
        if has_break && is_left && self.peek(0) != quote(style) {
            return Stop::new(Reason::UnclosedQuote, self.at);
        }
        if has_break && n_empty == 0 {
            text.push(' ');
        }
        Ok(())
    }

    /// Reads one escape.
    fn escape(&mut self, start: usize) -> Result<char, Stop> {
        const SIMPLE: &[u8; 18] = b"0abt\tnvfre \"/\\N_LP";
        const MEANING: [char; 18] = [
            '\0', '\x07', '\x08', '\t', '\t', '\n', '\x0b', '\x0c', '\r', '\x1b', ' ', '"', '/',
            '\\', '\u{85}', '\u{a0}', '\u{2028}', '\u{2029}',
        ];
        let letter = self.peek(1);
        let n_digits = match letter {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => {
                let Some(idx) = SIMPLE.iter().position(|b| *b == letter) else {
                    return Stop::new(Reason::Escape, start);
                };
                self.skip(2);
                return Ok(MEANING[idx]);
            }
        };
        self.skip(2);
        let high = self.hex(n_digits, start)?;
        let mut code = high;
        if n_digits == 4 && matches!(high, 0xd800..=0xdfff) {
            if high >= 0xdc00 || self.peek(0) != b'\\' || self.peek(1) != b'u' {
                return Stop::other(HALF_A_CHARACTER, start);
            }
            self.skip(2);
            let low = self.hex(4, start)?;
            if !matches!(low, 0xdc00..=0xdfff) {
                return Stop::other(HALF_A_CHARACTER, start);
            }
            code = 0x10000 + (((high - 0xd800) << 10) | (low - 0xdc00));
        }
        match char::from_u32(code) {
            Some(c) => Ok(c),
            None => Stop::new(Reason::Escape, start),
        }
    }

    fn hex(&mut self, n_digits: usize, start: usize) -> Result<u32, Stop> {
        let mut code = 0;
        for n in 0..n_digits {
            let Some(digit) = char::from(self.peek(n)).to_digit(16) else {
                return Stop::new(Reason::Escape, start);
            };
            code = (code << 4) | digit;
        }
        self.skip(n_digits);
        Ok(code)
    }
}

const HALF_A_CHARACTER: &str = "a `\\u` escape that is half a character";

fn quote(style: Style) -> u8 {
    match style {
        Style::Single => b'\'',
        _ => b'"',
    }
}
