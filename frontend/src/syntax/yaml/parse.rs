//! Tokens -> events: which tokens may follow each other, and the nodes that are left out.
//!
//! A machine with a stack of states, one for each list or map that is open: nothing recurses.

use std::ops::Range;

use super::property::BAD_TAG;
use super::scan::Scanner;
use super::token::{Kind, Text, Token};
use super::{Event, Layout, Properties, Stop, Style, What};
use crate::syntax::failure::Reason;

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A document, with or without `---`.
    ImplicitDocument,
    /// A document, with `---`.
    Document,
    /// The node of a document after its `---`.
    DocumentNode,
    DocumentEnd,
    /// The node of a document that has none.
    Node,
    BlockEntry,
    /// A `- ` in a list that is not further in than the key it belongs to.
    IndentlessEntry,
    BlockKey,
    BlockValue,
    FlowFirstEntry,
    FlowEntry,
    FlowFirstKey,
    FlowKey,
    FlowValue,
    /// The value of a lone node in `{}`, which has none.
    FlowNoValue,
    /// A lone `? key : value` in a list in brackets.
    PairKey,
    PairValue,
    PairEnd,
    End,
}

/// Where a node stands, as far as that says what it can be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Site {
    Flow,
    Block,
    /// After a key, where a list may be as far out as the key.
    AfterKey,
}

/// Reads events.
pub(in crate::syntax) struct Parser<'t> {
    scanner: Scanner<'t>,
    /// The next token, if it was looked at.
    token: Option<Token>,
    state: State,
    /// What comes after the innermost open list, map or node.
    states: Vec<State>,
    /// The end of the last event.
    end: usize,
}

impl<'t> Parser<'t> {
    /// Prepares to read a text.
    pub(in crate::syntax) fn new(text: &'t str) -> Self {
        Self {
            scanner: Scanner::new(text),
            token: None,
            state: State::ImplicitDocument,
            states: Vec::new(),
            end: 0,
        }
    }

    /// Returns the comments of everything that was read, in order.
    pub(in crate::syntax) fn into_comments(self) -> Vec<Range<usize>> {
        self.scanner.comments
    }

    /// Reads the next event. After [`What::StreamEnd`] there is none to ask for.
    pub(in crate::syntax) fn next(&mut self) -> Result<Event, Stop> {
        if self.state == State::DocumentEnd {
            self.document_end()?;
        }
        let event = match self.state {
            State::ImplicitDocument | State::Document => self.document_start()?,
            State::DocumentNode => self.document_node()?,
            State::Node => self.node(Site::Block)?,
            State::BlockEntry | State::IndentlessEntry => self.block_entry()?,
            State::BlockKey => self.block_key()?,
            State::BlockValue => self.block_value()?,
            State::FlowFirstEntry | State::FlowEntry => self.flow_entry()?,
            State::FlowFirstKey | State::FlowKey => self.flow_key()?,
            State::FlowValue => self.flow_value()?,
            State::FlowNoValue => self.absent_here(State::FlowKey)?,
            State::PairKey => self.pair_key()?,
            State::PairValue => self.pair_value()?,
            State::PairEnd => {
                self.state = State::FlowEntry;
                let at = self.peek()?.start();
                event(What::End, at..at)
            }
            State::DocumentEnd | State::End => event(What::StreamEnd, self.end..self.end),
        };
        self.end = event.range.end;
        Ok(event)
    }

    fn peek(&mut self) -> Result<Token, Stop> {
        match self.token {
            Some(token) => Ok(token),
            None => Ok(*self.token.insert(self.scanner.next()?)),
        }
    }

    fn take(&mut self) {
        self.token = None;
    }

    /// Returns to what comes after the innermost list, map or node.
    fn pop(&mut self) {
        let state = self.states.pop();
        self.state = state.expect("parse: each list and map was pushed");
    }

    fn document_start(&mut self) -> Result<Event, Stop> {
        while self.peek()?.kind == Kind::DocumentEnd {
            self.take();
        }
        let token = self.peek()?;
        let state = match token.kind {
            Kind::StreamEnd => {
                self.state = State::End;
                return Ok(event(What::StreamEnd, token.range()));
            }
            Kind::DocumentStart => {
                self.take();
                State::DocumentNode
            }
            _ if self.state == State::ImplicitDocument => State::Node,
            _ => return Stop::other("text after the end of the document", token.start()),
        };
        self.states.push(State::DocumentEnd);
        self.state = state;
        Ok(event(What::DocumentStart, token.range()))
    }

    fn document_node(&mut self) -> Result<Event, Stop> {
        match self.peek()?.kind {
            Kind::DocumentStart | Kind::DocumentEnd | Kind::StreamEnd => {
                self.pop();
                Ok(absent(self.end))
            }
            _ => self.node(Site::Block),
        }
    }

    fn document_end(&mut self) -> Result<(), Stop> {
        self.state = State::Document;
        if self.peek()?.kind == Kind::DocumentEnd {
            self.take();
            self.state = State::ImplicitDocument;
        }
        Ok(())
    }

    /// Reads a node that ends at once, or the start of one that does not; the state on the stack
    /// comes after it.
    fn node(&mut self, site: Site) -> Result<Event, Stop> {
        let token = self.peek()?;
        if token.kind == Kind::Alias {
            self.take();
            self.pop();
            return Ok(event(What::Alias, token.range()));
        }
        let (properties, end) = self.properties()?;
        let token = self.peek()?;
        let (what, state) = match token.kind {
            Kind::BlockEntry if site == Site::AfterKey => {
                // The first `- ` is read as every other.
                self.state = State::IndentlessEntry;
                let start = event(What::SequenceStart(Layout::Block), token.range());
                return Ok(Event {
                    properties,
                    ..start
                });
            }
            Kind::Scalar(style, text) => {
                let text = match text {
                    Text::Written => None,
                    Text::Decoded => self.scanner.texts.pop_front(),
                };
                (What::Scalar(style, text), None)
            }
            kind => match (start(kind, site), end) {
                (Some((what, state)), _) => (what, Some(state)),
                (None, Some(end)) => {
                    self.pop();
                    return Ok(Event {
                        properties,
                        ..absent(end)
                    });
                }
                (None, None) => {
                    return Stop::other("a value is missing before this", token.start());
                }
            },
        };
        self.take();
        match state {
            Some(state) => self.state = state,
            None => self.pop(),
        }
        Ok(Event {
            properties,
            ..event(what, token.range())
        })
    }

    /// Reads the anchor and the tag before a node, in either order, and where they end.
    fn properties(&mut self) -> Result<(Properties, Option<usize>), Stop> {
        let mut properties = Properties::default();
        let mut end = None;
        loop {
            let token = self.peek()?;
            match token.kind {
                Kind::Anchor if properties.anchor.is_none() => {
                    properties.anchor = Some(token.range());
                }
                Kind::Tag(core) if properties.tag.is_none() => {
                    properties.tag = Some((token.range(), core));
                }
                Kind::UndeclaredTag if properties.tag.is_none() => {
                    return Stop::other(BAD_TAG, token.start());
                }
                _ => return Ok((properties, end)),
            }
            end = Some(token.range().end);
            self.take();
        }
    }

    /// Reads a node and then goes on with `next`; or takes it for absent, if one of `ends` is
    /// there already.
    fn node_or_absent(
        &mut self,
        site: Site,
        next: State,
        ends: &[Kind],
        absent_at: Option<usize>,
    ) -> Result<Event, Stop> {
        let token = self.peek()?;
        if ends.contains(&token.kind) {
            self.state = next;
            return Ok(absent(absent_at.unwrap_or(token.start())));
        }
        self.states.push(next);
        self.node(site)
    }

    /// Takes a node for absent.
    fn absent_here(&mut self, next: State) -> Result<Event, Stop> {
        self.state = next;
        Ok(absent(self.peek()?.start()))
    }

    /// Ends the innermost list or map.
    fn end(&mut self, range: Range<usize>) -> Event {
        self.pop();
        event(What::End, range)
    }

    fn block_entry(&mut self) -> Result<Event, Stop> {
        let state = self.state;
        let token = self.peek()?;
        match (token.kind, state) {
            (Kind::BlockEntry, _) => {
                self.take();
                let ends: &[Kind] = match state {
                    State::BlockEntry => &[Kind::BlockEntry, Kind::BlockEnd],
                    _ => &[Kind::BlockEntry, Kind::Key, Kind::Value, Kind::BlockEnd],
                };
                self.node_or_absent(Site::Block, state, ends, Some(token.start()))
            }
            (_, State::IndentlessEntry) => Ok(self.end(token.start()..token.start())),
            (Kind::BlockEnd, _) => {
                self.take();
                Ok(self.end(token.range()))
            }
            _ => Stop::new(Reason::Indentation, token.start()),
        }
    }

    fn block_key(&mut self) -> Result<Event, Stop> {
        let token = self.peek()?;
        match token.kind {
            Kind::Key => {
                self.take();
                let ends = &[Kind::Key, Kind::Value, Kind::BlockEnd];
                self.node_or_absent(Site::AfterKey, State::BlockValue, ends, None)
            }
            Kind::Value => self.absent_here(State::BlockValue),
            Kind::BlockEnd => {
                self.take();
                Ok(self.end(token.range()))
            }
            _ => Stop::new(Reason::Indentation, token.start()),
        }
    }

    fn block_value(&mut self) -> Result<Event, Stop> {
        let token = self.peek()?;
        if token.kind != Kind::Value {
            return self.absent_here(State::BlockKey);
        }
        self.take();
        let ends = &[Kind::Key, Kind::Value, Kind::BlockEnd];
        let at = Some(token.start());
        self.node_or_absent(Site::AfterKey, State::BlockKey, ends, at)
    }

    /// Steps over the comma before an element; before the first, in the state `first`, is none.
    fn separator(&mut self, first: State) -> Result<(), Stop> {
        let token = self.peek()?;
        match token.kind {
            _ if self.state == first => Ok(()),
            Kind::FlowEntry => {
                self.take();
                Ok(())
            }
            _ => Stop::new(Reason::FlowSeparator, token.start()),
        }
    }

    fn flow_entry(&mut self) -> Result<Event, Stop> {
        if self.peek()?.kind != Kind::FlowSequenceEnd {
            self.separator(State::FlowFirstEntry)?;
        }
        let token = self.peek()?;
        match token.kind {
            Kind::FlowSequenceEnd => {
                self.take();
                Ok(self.end(token.range()))
            }
            Kind::Key => {
                self.take();
                self.state = State::PairKey;
                Ok(event(What::MappingStart(Layout::Flow), token.range()))
            }
            _ => {
                self.states.push(State::FlowEntry);
                self.node(Site::Flow)
            }
        }
    }

    fn flow_key(&mut self) -> Result<Event, Stop> {
        if self.peek()?.kind != Kind::FlowMappingEnd {
            self.separator(State::FlowFirstKey)?;
        }
        let token = self.peek()?;
        match token.kind {
            Kind::FlowMappingEnd => {
                self.take();
                Ok(self.end(token.range()))
            }
            Kind::Key => {
                self.take();
                let ends = &[Kind::Value, Kind::FlowEntry, Kind::FlowMappingEnd];
                self.node_or_absent(Site::Flow, State::FlowValue, ends, None)
            }
            Kind::Value => self.absent_here(State::FlowValue),
            _ => {
                self.states.push(State::FlowNoValue);
                self.node(Site::Flow)
            }
        }
    }

    fn flow_value(&mut self) -> Result<Event, Stop> {
        let token = self.peek()?;
        if token.kind != Kind::Value {
            return self.absent_here(State::FlowKey);
        }
        self.take();
        let ends = &[Kind::FlowEntry, Kind::FlowMappingEnd];
        self.node_or_absent(Site::Flow, State::FlowKey, ends, Some(token.start()))
    }

    fn pair_key(&mut self) -> Result<Event, Stop> {
        let ends = &[Kind::FlowEntry, Kind::FlowSequenceEnd];
        self.node_or_absent(Site::Flow, State::PairValue, ends, None)
    }

    fn pair_value(&mut self) -> Result<Event, Stop> {
        if self.peek()?.kind != Kind::Value {
            return self.absent_here(State::PairEnd);
        }
        self.take();
        let ends = &[Kind::FlowEntry, Kind::FlowSequenceEnd];
        self.node_or_absent(Site::Flow, State::PairEnd, ends, None)
    }
}

/// Returns what a token starts, and what comes first in it.
fn start(kind: Kind, site: Site) -> Option<(What, State)> {
    match kind {
        Kind::FlowSequenceStart => Some((What::SequenceStart(Layout::Flow), State::FlowFirstEntry)),
        Kind::FlowMappingStart => Some((What::MappingStart(Layout::Flow), State::FlowFirstKey)),
        Kind::BlockSequenceStart if site != Site::Flow => {
            Some((What::SequenceStart(Layout::Block), State::BlockEntry))
        }
        Kind::BlockMappingStart if site != Site::Flow => {
            Some((What::MappingStart(Layout::Block), State::BlockKey))
        }
        _ => None,
    }
}

fn event(what: What, range: Range<usize>) -> Event {
    Event {
        range,
        what,
        properties: Properties::default(),
    }
}

/// Returns the null that stands for a node which is not there.
fn absent(at: usize) -> Event {
    event(What::Scalar(Style::Plain, None), at..at)
}
