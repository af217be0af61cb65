//! The next token: which one, and the tokens that are a sign and nothing more.

use super::Stop;
use super::keys::{MISPLACED_COLON, SimpleKey};
use super::scan::{Flow, Scanner, is_blank, is_break, is_break_or_end, is_flow, is_space};
use super::token::{Kind, Token};
use crate::syntax::MAX_DEPTH;
use crate::syntax::failure::Reason;
use crate::syntax::node::Style;

impl Scanner<'_> {
    /// Reads on until there is one more token, or several; after a comment maybe none, as that
    /// can end what the tokens so far were kept for.
    pub(super) fn fetch(&mut self) -> Result<(), Stop> {
        if self.skip_to_token()? {
            return Ok(());
        }
        self.drop_stale_keys()?;
        self.end_blocks(self.column());
        if self.is_at_end() {
            return self.stream_end();
        }
        if self.column() == 0 {
            if self.peek(0) == b'%' {
                return Stop::new(Reason::Directive, self.at);
            }
            if self.is_document_marker() {
                return self.document_marker();
            }
        }
        let is_in_flow = !self.flows.is_empty();
        let next = self.peek(1);
        match self.peek(0) {
            open @ (b'[' | b'{') => self.flow_start(open),
            close @ (b']' | b'}') => self.flow_end(close),
            b',' => self.flow_entry(),
            b'-' if is_space(next) => self.block_entry(),
            b'?' if is_space(next) => self.key(),
            b':' if is_space(next) => self.value(),
            b':' if is_in_flow && (is_flow(next) || self.at == self.adjacent_value) => {
                if self.at != self.adjacent_value && matches!(next, b'[' | b'{') {
                    return Stop::other("a list or map right after a `:`", self.at);
                }
                self.value()
            }
            b'*' => self.name(Kind::Alias),
            b'&' => self.name(Kind::Anchor),
            b'!' => self.tag(),
            b'|' if !is_in_flow => self.block_scalar(Style::Literal),
            b'>' if !is_in_flow => self.block_scalar(Style::Folded),
            b'\'' => self.quoted(Style::Single),
            b'"' => self.quoted(Style::Double),
            b'|' | b'>' | b'%' | b'@' | b'`' => {
                Stop::other("text cannot start with this character", self.at)
            }
            _ => self.plain(),
        }
    }

    fn stream_end(&mut self) -> Result<(), Stop> {
        if let Some(flow) = self.flows.pop() {
            return Stop::new(Reason::UnclosedBracket, flow.at);
        }
        self.drop_all_keys()?;
        self.end_blocks(-1);
        self.is_key_allowed = false;
        self.push(Kind::StreamEnd, self.at..self.at);
        Ok(())
    }

    fn document_marker(&mut self) -> Result<(), Stop> {
        if let Some(flow) = self.flows.pop() {
            return Stop::new(Reason::UnclosedBracket, flow.at);
        }
        self.end_blocks(-1);
        self.remove_key()?;
        self.is_key_allowed = false;
        let start = self.at;
        let is_end = self.peek(0) == b'.';
        self.skip(3);
        if !is_end {
            self.push(Kind::DocumentStart, start..self.at);
            return Ok(());
        }
        self.push(Kind::DocumentEnd, start..self.at);
        self.skip_rest_of_line()?;
        if !is_break_or_end(self.peek(0)) {
            return Stop::other("text after the `...` that ends a document", self.at);
        }
        Ok(())
    }

    fn flow_start(&mut self, open: u8) -> Result<(), Stop> {
        self.save_key();
        self.indent_value();
        if self.flows.len() >= MAX_DEPTH {
            return Stop::new(Reason::TooDeep, self.at);
        }
        let start = self.at;
        self.flows.push(Flow {
            at: start,
            open,
            is_map: open == b'{',
            is_pair: false,
        });
        self.keys.push(SimpleKey::default());
        self.is_key_allowed = true;
        self.skip(1);
        let kind = match open {
            b'{' => Kind::FlowMappingStart,
            _ => Kind::FlowSequenceStart,
        };
        self.push(kind, start..self.at);
        self.skip_rest_of_line()?;
        Ok(())
    }

    fn flow_end(&mut self, close: u8) -> Result<(), Stop> {
        let Some(flow) = self.flows.last() else {
            return Stop::other("misplaced bracket", self.at);
        };
        let is_map = close == b'}';
        if is_map != (flow.open == b'{') {
            let (open, close) = (flow.open.into(), close.into());
            return Stop::new(Reason::Mismatch { open, close }, flow.at);
        }
        self.remove_key()?;
        if !is_map {
            self.end_pair();
        }
        self.flows.pop();
        self.keys.pop();
        self.is_key_allowed = false;
        let start = self.at;
        self.skip(1);
        let kind = match is_map {
            true => Kind::FlowMappingEnd,
            false => Kind::FlowSequenceEnd,
        };
        self.push(kind, start..self.at);
        self.skip_rest_of_line()?;
        if !self.flows.is_empty() {
            self.adjacent_value = self.at;
        }
        Ok(())
    }

    fn flow_entry(&mut self) -> Result<(), Stop> {
        self.remove_key()?;
        self.is_key_allowed = true;
        self.end_pair();
        if let Some(flow) = self.flows.last_mut() {
            flow.is_map = flow.open == b'{';
        }
        let start = self.at;
        self.skip(1);
        self.push(Kind::FlowEntry, start..self.at);
        self.skip_rest_of_line()?;
        Ok(())
    }

    /// Ends the lone `key: value` of a list in brackets, if one is open.
    fn end_pair(&mut self) {
        if let Some(flow) = self.flows.last_mut()
            && flow.is_pair
        {
            flow.is_pair = false;
            flow.is_map = false;
            self.push(Kind::FlowMappingEnd, self.at..self.at);
        }
    }

    fn block_entry(&mut self) -> Result<(), Stop> {
        if !self.flows.is_empty() {
            return Stop::other("a `- ` inside brackets", self.at);
        }
        if !self.is_key_allowed {
            return Stop::new(Reason::Dash, self.at);
        }
        let (start, column) = (self.at, self.column());
        self.skip(1);
        self.start_block(Kind::BlockSequenceStart, start, column, None)?;
        let has_tab = self.skip_rest_of_line()?;
        if has_tab && self.peek(0) == b'-' && is_space(self.peek(1)) {
            return Stop::other("a tab between two `-`", self.at);
        }
        if is_break(self.peek(0)) || is_flow(self.peek(0)) {
            self.indent_value();
        }
        self.remove_key()?;
        self.is_key_allowed = true;
        self.push(Kind::BlockEntry, self.at..self.at);
        Ok(())
    }

    /// Reads the `?` of a key.
    fn key(&mut self) -> Result<(), Stop> {
        let (start, column) = (self.at, self.column());
        let is_in_block = self.flows.is_empty();
        if let Some(flow) = self.flows.last_mut() {
            flow.is_map = true;
        } else {
            if !self.is_key_allowed {
                return Stop::other("a key cannot start here", start);
            }
            self.start_block(Kind::BlockMappingStart, start, column, None)?;
        }
        self.remove_key()?;
        self.is_key_allowed = is_in_block;
        self.is_explicit_key = is_in_block;
        self.skip(1);
        self.push(Kind::Key, start..self.at);
        if is_in_block {
            self.skip_to_token()?;
        }
        Ok(())
    }

    /// Reads the `:` before a value, and makes what stands before it a key.
    fn value(&mut self) -> Result<(), Stop> {
        let key = *self.last_key();
        let (start, column) = (self.at, self.column());
        let pair = match self.flows.last_mut() {
            Some(flow) if flow.open == b'[' && !flow.is_map => {
                flow.is_pair = true;
                Some(Kind::FlowMappingStart)
            }
            _ => None,
        };
        self.skip(1);
        let has_tab = is_blank(self.peek(0)) && self.skip_rest_of_line()?;
        if key.is_possible {
            self.value_of_simple_key(&key, start, pair)?;
        } else {
            if let Some(pair) = pair {
                self.push(pair, start..start);
            }
            let is_in_block = self.flows.is_empty();
            if is_in_block {
                if !self.is_key_allowed {
                    return Stop::new(Reason::Colon, start);
                }
                self.start_block(Kind::BlockMappingStart, start, column, None)?;
            }
            self.indent_value();
            // A list or map on the line of its `:` is indented by blanks alone.
            self.is_key_allowed = is_in_block && !has_tab;
        }
        self.push(Kind::Value, start..start);
        Ok(())
    }

    fn value_of_simple_key(
        &mut self,
        key: &SimpleKey,
        colon: usize,
        pair: Option<Kind>,
    ) -> Result<(), Stop> {
        let is_multiline = !self.flows.is_empty() && key.line < self.line;
        if is_multiline && (pair.is_some() || key.column <= self.block_indent()) {
            return Stop::other(MISPLACED_COLON, colon);
        }
        self.check_flow_key(key, colon)?;
        let idx = key.n_token - self.n_taken;
        self.tokens.insert(idx, Token::at(Kind::Key, key.at));
        if let Some(pair) = pair {
            self.tokens.insert(idx, Token::at(pair, key.at));
        }
        let kind = Kind::BlockMappingStart;
        self.start_block(kind, key.at, key.column, Some(key.n_token))?;
        self.indent_value();
        self.clear_key();
        self.is_key_allowed = false;
        Ok(())
    }
}
