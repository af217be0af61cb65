//! Anchors, aliases and tags.

use super::Stop;
use super::scan::{Scanner, is_flow, is_space};
use super::token::Kind;

/// A tag that says what YAML would take the node for anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::syntax) enum Core {
    /// `!!str`.
    Text,
    /// `!!seq`.
    Sequence,
    /// `!!map`.
    Mapping,
}

const CORE: [(&str, Core); 3] = [
    ("str", Core::Text),
    ("seq", Core::Sequence),
    ("map", Core::Mapping),
];

/// What `!!` stands for.
const NAMESPACE: &str = "tag:yaml.org,2002:";

impl Scanner<'_> {
    /// Reads `*name` or `&name`.
    pub(super) fn name(&mut self, kind: Kind) -> Result<(), Stop> {
        self.save_key();
        self.is_key_allowed = false;
        let start = self.at;
        self.skip(1);
        while !is_space(self.peek(0)) && !is_flow(self.peek(0)) {
            self.at += 1;
        }
        if self.at == start + 1 {
            return Stop::other("a name is missing after this", start);
        }
        self.push(kind, start..self.at);
        Ok(())
    }

    /// Reads a tag.
    pub(super) fn tag(&mut self) -> Result<(), Stop> {
        self.save_key();
        self.is_key_allowed = false;
        let start = self.at;
        self.skip(1);
        let kind = if self.peek(0) == b'<' {
            self.at += 1;
            let uri = self.uri(start, is_uri)?;
            if uri.is_empty() || self.peek(0) != b'>' {
                return Stop::other(BAD_TAG, start);
            }
            self.at += 1;
            Kind::Tag(uri.strip_prefix(NAMESPACE).and_then(core))
        } else {
            self.short_tag(start)?
        };
        let is_in_flow = !self.flows.is_empty();
        let is_end = |b: u8| is_space(b) || (is_in_flow && matches!(b, b',' | b']' | b'}'));
        if !is_end(self.peek(0)) {
            return Stop::other(BAD_TAG, start);
        }
        self.push(kind, start..self.at);
        Ok(())
    }

    /// Reads what stands after the first `!` of a tag.
    fn short_tag(&mut self, start: usize) -> Result<Kind, Stop> {
        while matches!(self.peek(0), b'-' | b'_') || self.peek(0).is_ascii_alphanumeric() {
            self.at += 1;
        }
        if self.peek(0) != b'!' {
            self.uri(start, is_tag)?;
            return Ok(Kind::Tag(None));
        }
        self.at += 1;
        let is_declared = self.at == start + 2;
        let suffix = self.uri(start, is_tag)?;
        if suffix.is_empty() {
            return Stop::other(BAD_TAG, start);
        }
        Ok(match is_declared {
            true => Kind::Tag(core(&suffix)),
            false => Kind::UndeclaredTag,
        })
    }

    /// Reads a part of a tag; returns it without escapes.
    fn uri(&mut self, start: usize, is_part: fn(u8) -> bool) -> Result<String, Stop> {
        let mut uri = Vec::new();
        while is_part(self.peek(0)) {
            let digit = |n| char::from(self.peek(n)).to_digit(16);
            match (self.peek(0), digit(1), digit(2)) {
                (b'%', Some(high), Some(low)) => {
                    uri.push((high << 4 | low) as u8);
                    self.at += 3;
                }
                (b'%', ..) => return Stop::other(BAD_TAG, start),
                (byte, ..) => {
                    uri.push(byte);
                    self.at += 1;
                }
            }
        }
        match String::from_utf8(uri) {
            Ok(uri) => Ok(uri),
            Err(_) => Stop::other(BAD_TAG, start),
        }
    }
}

pub(super) const BAD_TAG: &str = "a tag that is not written as one";

fn core(name: &str) -> Option<Core> {
    let known = CORE.iter().find(|(known, _)| *known == name);
    known.map(|(_, core)| *core)
}

fn is_uri(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-#;/?:@&=+$,_.!~*'()[]%".contains(&byte)
}

fn is_tag(byte: u8) -> bool {
    is_uri(byte) && !is_flow(byte) && byte != b'!'
}
