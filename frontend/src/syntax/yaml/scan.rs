//! Bytes -> tokens: where we are, and the blanks, breaks and comments between tokens.
//!
//! Tokens wait in a queue while a key may still turn out to start before them.

use std::collections::VecDeque;
use std::ops::Range;

use super::Stop;
use super::keys::{Indent, SimpleKey};
use super::token::{Kind, Token};
use crate::syntax::failure::Reason;

/// Reads tokens.
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    /// The next byte.
    pub(super) at: usize,
    /// The line of that byte, from 0.
    pub(super) line: usize,
    /// The first byte of that line.
    pub(super) line_start: usize,
    /// Tells that only blanks stand between there and here.
    pub(super) is_line_blank: bool,
    /// What was read and not taken.
    pub(super) tokens: VecDeque<Token>,
    /// The texts of those scalars among them that do not read as they are written.
    pub(super) texts: VecDeque<String>,
    /// How many tokens were taken.
    pub(super) n_taken: usize,
    /// Where the comments so far are.
    pub(super) comments: Vec<Range<usize>>,
    /// The column of the innermost block list or map; -1 outside of all.
    pub(super) indent: isize,
    pub(super) indents: Vec<Indent>,
    pub(super) n_blocks: usize,
    /// The open brackets.
    pub(super) flows: Vec<Flow>,
    /// Tells that a key or a `- ` may start here.
    pub(super) is_key_allowed: bool,
    /// The latest place of a key without `?`, outside of brackets and inside of each.
    pub(super) keys: Vec<SimpleKey>,
    /// The outermost of them that may still be one.
    pub(super) first_key: Option<usize>,
    /// Tells that a `?` is the last token.
    pub(super) is_explicit_key: bool,
    /// Where a `:` needs no blank after it, as what stands before can only be a key.
    pub(super) adjacent_value: usize,
    /// Where a comment ended a plain scalar, and the line.
    pub(super) cut_scalar: Option<(usize, usize)>,
}

/// An open bracket.
pub(super) struct Flow {
    pub(super) at: usize,
    pub(super) open: u8,
    /// Tells that a `?` or the bracket itself started a map.
    pub(super) is_map: bool,
    /// Tells that a lone `key: value` of a list is open.
    pub(super) is_pair: bool,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            line: 0,
            line_start: 0,
            is_line_blank: true,
            tokens: VecDeque::new(),
            texts: VecDeque::new(),
            n_taken: 0,
            comments: Vec::new(),
            indent: -1,
            indents: Vec::new(),
            n_blocks: 0,
            flows: Vec::new(),
            is_key_allowed: true,
            keys: vec![SimpleKey::default()],
            first_key: None,
            is_explicit_key: false,
            adjacent_value: usize::MAX,
            cut_scalar: None,
        }
    }

    /// Returns the next token; after the end of the text there is none.
    pub(super) fn next(&mut self) -> Result<Token, Stop> {
        while self.needs_more()? {
            self.fetch()?;
        }
        self.n_taken += 1;
        let token = self.tokens.pop_front();
        Ok(token.expect("scan: more is read until there is a token"))
    }

    /// Tells whether a token that is not read yet may come before those that are.
    fn needs_more(&mut self) -> Result<bool, Stop> {
        let Some(last) = self.tokens.back() else {
            return Ok(true);
        };
        let is_marker = matches!(last.kind, Kind::DocumentStart | Kind::DocumentEnd);
        self.drop_stale_keys()?;
        let is_first = |key: usize| self.keys[key].n_token == self.n_taken;
        Ok(!is_marker && self.first_key.is_some_and(is_first))
    }

    /// Returns the byte `n` bytes on; past the end 0, which no text has.
    pub(super) fn peek(&self, n: usize) -> u8 {
        self.text
            .as_bytes()
            .get(self.at + n)
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(super) fn column(&self) -> isize {
        (self.at - self.line_start) as isize
    }

    pub(super) fn push(&mut self, kind: Kind, range: Range<usize>) {
        self.tokens.push_back(Token::new(kind, range));
    }

    /// Steps over `n` bytes of content.
    pub(super) fn skip(&mut self, n: usize) {
        self.at += n;
        self.is_line_blank = false;
    }

    /// Steps over a line break.
    pub(super) fn skip_break(&mut self) {
        self.at += match (self.peek(0), self.peek(1)) {
            (b'\r', b'\n') => 2,
            _ => 1,
        };
        self.line += 1;
        self.line_start = self.at;
        self.is_line_blank = true;
    }

    fn skip_comment(&mut self) {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        self.at += rest.iter().position(|b| is_break(*b)).unwrap_or(rest.len());
        self.comments.push(start..self.at);
    }

    /// Steps over blanks and tabs; tells whether there was a tab.
    pub(super) fn skip_blanks(&mut self) -> bool {
        let mut has_tab = false;
        while is_blank(self.peek(0)) {
            has_tab |= self.peek(0) == b'\t';
            self.at += 1;
        }
        has_tab
    }

    /// Steps over blanks, tabs and a comment; tells whether there was a tab.
    pub(super) fn skip_rest_of_line(&mut self) -> Result<bool, Stop> {
        let start = self.at;
        let has_tab = self.skip_blanks();
        if self.peek(0) == b'#' {
            if self.at == start {
                return Stop::other("a comment needs a space before its `#`", self.at);
            }
            self.skip_comment();
        }
        Ok(has_tab)
    }

    /// Steps over what stands before the next token, or up to the end of a line with a comment;
    /// tells whether there was one.
    pub(super) fn skip_to_token(&mut self) -> Result<bool, Stop> {
        loop {
            match self.peek(0) {
                b' ' => self.at += 1,
                b'\t' if self.is_explicit_key => self.skip_explicit_key_tab()?,
                b'\t' => self.skip_tab()?,
                b'\n' | b'\r' => self.skip_line_end(),
                b'#' => {
                    self.skip_comment();
                    self.skip_line_end();
                    return Ok(true);
                }
                _ => break,
            }
        }
        self.is_explicit_key = false;
        match self.cut_scalar.take() {
            Some((at, line)) if self.line == line + 1 && self.goes_on() => {
                Stop::other("a comment in the middle of text", at)
            }
            _ => Ok(false),
        }
    }

    fn skip_line_end(&mut self) {
        if is_break(self.peek(0)) {
            self.skip_break();
            self.is_key_allowed |= self.flows.is_empty();
        }
    }

    /// Steps over a tab, which may stand anywhere but in the indentation of content.
    fn skip_tab(&mut self) -> Result<(), Stop> {
        if self.indents.is_empty() || !self.is_line_blank || self.column() >= self.indent {
            self.at += 1;
            return Ok(());
        }
        self.skip_blanks();
        if self.peek(0) == b'#' || is_break_or_end(self.peek(0)) {
            return Ok(());
        }
        Stop::new(Reason::Tab, self.at)
    }

    /// Tells whether the text of a plain scalar could go on here.
    fn goes_on(&self) -> bool {
        self.flows.is_empty()
            && self.column() > self.indent
            && !self.is_at_end()
            && !self.is_document_marker()
            && self.is_plain()
    }

    /// Steps over a tab between a `?` and its key.
    fn skip_explicit_key_tab(&mut self) -> Result<(), Stop> {
        let at = self.at;
        if self.is_line_blank && self.column() <= self.indent {
            self.skip_blanks();
            if self.peek(0) != b'#' && !is_break_or_end(self.peek(0)) {
                return Stop::new(Reason::Tab, at);
            }
        } else {
            self.at += 1;
        }
        // A list or map on the line of its `?` is indented by blanks alone.
        self.is_key_allowed = false;
        Ok(())
    }

    /// Tells whether `---` or `...` stands here.
    pub(super) fn is_document_marker(&self) -> bool {
        self.is_marker(b'-') || self.is_marker(b'.')
    }

    pub(super) fn is_marker(&self, mark: u8) -> bool {
        (0..3).all(|n| self.peek(n) == mark) && is_space(self.peek(3))
    }
}

pub(super) fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

pub(super) fn is_break_or_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | 0)
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Tells whether the byte ends a word: a blank, a break or the end.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0)
}

/// Tells whether the byte is one of brackets or the comma in them.
pub(super) fn is_flow(byte: u8) -> bool {
    matches!(byte, b',' | b'[' | b']' | b'{' | b'}')
}
