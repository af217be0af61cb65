//! Indentation, and keys that are known as keys only at their `:`.
//!
//! Each place where a key may start is kept until its line ends, so that at a `:` the tokens that
//! were missing can be put before it.

use super::Stop;
use super::scan::Scanner;
use super::token::{Kind, Token};
use crate::syntax::MAX_DEPTH;
use crate::syntax::failure::Reason;

/// The longest key without `?`, in characters.
const MAX_KEY: usize = 1024;

/// A place where a key may start.
#[derive(Clone, Copy, Default)]
pub(super) struct SimpleKey {
    pub(super) is_possible: bool,
    /// Tells that nothing but a key can stand there.
    is_required: bool,
    /// How many tokens come before it.
    pub(super) n_token: usize,
    pub(super) at: usize,
    pub(super) line: usize,
    pub(super) column: isize,
}

/// An indentation that goes on once the innermost one ends.
pub(super) struct Indent {
    column: isize,
    /// Tells that the inner one is a list or map, and not just a value after a `-` or `:`.
    is_block: bool,
}

impl Scanner<'_> {
    /// Remembers that a key may start here.
    pub(super) fn save_key(&mut self) {
        if !self.is_key_allowed {
            return;
        }
        let is_required = self.flows.is_empty()
            && self.indent == self.column()
            && self.indents.last().is_some_and(|indent| indent.is_block);
        let key = SimpleKey {
            is_possible: true,
            is_required,
            n_token: self.n_taken + self.tokens.len(),
            at: self.at,
            line: self.line,
            column: self.column(),
        };
        *self.last_key() = key;
        self.first_key.get_or_insert(self.flows.len());
    }

    /// Gives up the latest place of a key.
    pub(super) fn remove_key(&mut self) -> Result<(), Stop> {
        let key = *self.last_key();
        if key.is_possible && key.is_required {
            return Stop::new(Reason::MissingColon, key.at);
        }
        self.clear_key();
        Ok(())
    }

    pub(super) fn clear_key(&mut self) {
        self.last_key().is_possible = false;
        if self.first_key == Some(self.flows.len()) {
            self.first_key = None;
        }
    }

    pub(super) fn last_key(&mut self) -> &mut SimpleKey {
        let last = self.keys.last_mut();
        last.expect("scan: there is one place more than there are brackets")
    }

    /// Gives up the places that are too far behind for a key.
    pub(super) fn drop_stale_keys(&mut self) -> Result<(), Stop> {
        while let Some(idx) = self.first_key {
            let key = self.keys[idx];
            let is_over = self.flows.is_empty() && key.line < self.line;
            if !is_over && !self.is_past_key(key.at) {
                break;
            }
            if key.is_required {
                return Stop::new(Reason::MissingColon, key.at);
            }
            self.keys[idx].is_possible = false;
            let inner = &self.keys[idx + 1..];
            let next = inner.iter().position(|key| key.is_possible);
            self.first_key = next.map(|n| idx + 1 + n);
        }
        Ok(())
    }

    fn is_past_key(&self, start: usize) -> bool {
        let n_bytes = self.at - start;
        // A character has up to four bytes; counting them is for keys of just that length.
        n_bytes > MAX_KEY
            && (n_bytes > 4 * MAX_KEY || self.text[start..self.at].chars().count() > MAX_KEY)
    }

    /// Gives up all places, as the text ends.
    pub(super) fn drop_all_keys(&mut self) -> Result<(), Stop> {
        for key in &mut self.keys {
            if key.is_required && key.is_possible {
                return Stop::new(Reason::MissingColon, key.at);
            }
            key.is_possible = false;
        }
        self.first_key = None;
        Ok(())
    }

    /// Checks a key in brackets that is on another line than its `:`.
    pub(super) fn check_flow_key(&self, key: &SimpleKey, colon: usize) -> Result<(), Stop> {
        if self.flows.is_empty() || key.line == self.line {
            return Ok(());
        }
        let limit = self.block_indent();
        let mut is_left = key.column <= limit || (colon - self.line_start) as isize <= limit;
        for token in self.tokens.iter().skip(key.n_token - self.n_taken) {
            is_left |= self.column_of(token.start()) <= limit;
            if !matches!(
                token.kind,
                Kind::Anchor | Kind::Tag(_) | Kind::UndeclaredTag
            ) {
                break;
            }
        }
        if is_left {
            return Stop::other(MISPLACED_COLON, colon);
        }
        Ok(())
    }

    fn column_of(&self, at: usize) -> isize {
        let start = self.text[..at].rfind('\n').map_or(0, |at| at + 1);
        (at - start) as isize
    }

    /// Returns the column of the innermost block list or map.
    pub(super) fn block_indent(&self) -> isize {
        match self.indents.last() {
            Some(indent) if !indent.is_block => indent.column,
            _ => self.indent,
        }
    }

    /// Starts a block list or map whose first element starts at `at` in `column`, if that is
    /// further in; before the token `number`, if that is given.
    pub(super) fn start_block(
        &mut self,
        kind: Kind,
        at: usize,
        column: isize,
        number: Option<usize>,
    ) -> Result<(), Stop> {
        if !self.flows.is_empty() {
            return Ok(());
        }
        if self.indent <= column
            && let Some(indent) = self.indents.pop_if(|indent| !indent.is_block)
        {
            self.indent = indent.column;
        }
        if self.indent >= column {
            return Ok(());
        }
        if self.n_blocks >= MAX_DEPTH {
            return Stop::new(Reason::TooDeep, at);
        }
        self.n_blocks += 1;
        self.indents.push(Indent {
            column: self.indent,
            is_block: true,
        });
        self.indent = column;
        let idx = number.map_or(self.tokens.len(), |number| number - self.n_taken);
        self.tokens.insert(idx, Token::at(kind, at));
        Ok(())
    }

    /// Ends every block list and map that is further in than `column`.
    pub(super) fn end_blocks(&mut self, column: isize) {
        if !self.flows.is_empty() {
            return;
        }
        while self.indent > column {
            let Some(indent) = self.indents.pop() else {
                return;
            };
            self.indent = indent.column;
            if indent.is_block {
                self.n_blocks -= 1;
                self.push(Kind::BlockEnd, self.at..self.at);
            }
        }
    }

    /// Wants a value to stand one column further in than the list or map that it is in.
    pub(super) fn indent_value(&mut self) {
        if self.flows.is_empty() && self.indents.last().is_some_and(|indent| indent.is_block) {
            self.indents.push(Indent {
                column: self.indent,
                is_block: false,
            });
            self.indent += 1;
        }
    }

    pub(super) fn end_value_indents(&mut self) {
        while let Some(indent) = self.indents.pop_if(|indent| !indent.is_block) {
            self.indent = indent.column;
        }
    }
}

pub(super) const MISPLACED_COLON: &str = "a `:` on another line than its key";
