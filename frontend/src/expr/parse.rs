//! The text of a scalar becomes a [`Template`].
//!
//! Grammar: `${{`, blanks, a name, at most one modifier, blanks, `}}`. A modifier's word runs up
//! to `}}`, blanks before it left out, and may hold references. In a word a backslash takes the
//! next character as it is, as in the Dockerfile's `${name:-word}`; in a pattern it is kept for
//! [`pattern`](super::pattern); in a replacement only `\}` is special. `$${{` is a literal `${{`
//! everywhere.
//!
//! Reports `bad-reference` and `unclosed-reference`; what is no reference becomes one to
//! [`Name::Broken`].

use std::ops::Range;

use crate::diagnostic::{Code, Diagnostics};
use crate::text::Span;

use super::name::{self, Parsed};
use super::{Extent, Modifier, Name, Piece, Reference, Template, Test};

/// How deep references may stand in the words of references.
const MAX_DEPTH: usize = 16;

const OPEN: &str = "${{";
const CLOSE: &str = "}}";

/// Reads the text of the scalar at `span`; `place` tells where bytes of `text` stand in the file.
pub fn parse(
    text: &str,
    span: Span,
    place: &dyn Fn(Range<usize>) -> Span,
    diags: &mut Diagnostics,
) -> Template<Name> {
    if !super::has_references(text) {
        return Template::literal(span, text);
    }
    let mut reader = Reader {
        text,
        pos: 0,
        depth: 0,
        place,
        diags,
    };
    let broken = || {
        vec![Piece::Reference(Box::new(Reference {
            span,
            name: Name::Broken,
            modifier: None,
        }))]
    };
    let pieces = reader.pieces(Until::End).unwrap_or_else(broken);
    Template {
        span,
        pieces: pieces.into(),
    }
}

/// Where a run of pieces ends, and so what its backslashes mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// The end of the scalar.
    End,
    /// `}}` after a word.
    Word,
    /// `}}` after a pattern.
    Pattern,
    /// `}}` after a replacement.
    Replacement,
    /// The `/` between pattern and replacement.
    Slash,
}

struct Reader<'a> {
    text: &'a str,
    pos: usize,
    depth: usize,
    place: &'a dyn Fn(Range<usize>) -> Span,
    diags: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.pos..]
    }

    fn span(&self, range: Range<usize>) -> Span {
        (self.place)(range)
    }

    /// Moves past `word` if it is next.
    fn eat(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.pos += word.len();
        }
        found
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.pos += rest.len() - rest.trim_start().len();
    }

    fn bad(&mut self, range: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let span = self.span(range);
        self.diags
            .report(Code::BadReference, span, message)
            .help(help);
    }

    /// Reads pieces and what ends them; `None` at the end of the text instead.
    fn pieces(&mut self, until: Until) -> Option<Vec<Piece<Name>>> {
        let mut out = Pieces::default();
        loop {
            if self.ends(until) {
                if until != Until::Slash {
                    out.trim_end();
                }
                return Some(out.pieces);
            }
            if self.rest().is_empty() {
                return (until == Until::End).then_some(out.pieces);
            }
            if until == Until::Slash && self.rest().starts_with(CLOSE) {
                return None;
            }
            if self.eat("$${{") {
                out.push_str(OPEN);
            } else if self.rest().starts_with(OPEN) {
                let reference = self.reference();
                out.push(Piece::Reference(Box::new(reference)));
            } else {
                self.character(until, &mut out);
            }
        }
    }

    fn ends(&mut self, until: Until) -> bool {
        match until {
            Until::End => false,
            Until::Slash => self.eat("/"),
            Until::Word | Until::Pattern | Until::Replacement => self.eat(CLOSE),
        }
    }

    /// Reads one character, or one with its backslash.
    fn character(&mut self, until: Until, out: &mut Pieces) {
        if until == Until::End {
            // Up to the next `$` at once: most of a text is no reference.
            let rest = self.rest();
            let first = rest.chars().next().map_or(0, char::len_utf8);
            let length = rest[first..].find('$').map_or(rest.len(), |at| at + first);
            out.push_str(&self.text[self.pos..self.pos + length]);
            self.pos += length;
            return;
        }
        let mut chars = self.rest().chars();
        let (first, second) = (chars.next(), chars.next());
        let Some(first) = first else { return };
        self.pos += first.len_utf8();
        let Some(escaped) = second.filter(|_| first == '\\') else {
            out.push_char(first);
            return;
        };
        let keeps_backslash = match until {
            Until::Pattern | Until::Slash => true,
            Until::Replacement => escaped != '}',
            Until::Word | Until::End => false,
        };
        if keeps_backslash {
            out.push_char(first);
            if until == Until::Replacement {
                return;
            }
        }
        self.pos += escaped.len_utf8();
        out.push_char(escaped);
        out.keep();
    }

    /// Reads a reference, or reports why there is none and moves past it.
    fn reference(&mut self) -> Reference<Name> {
        let start = self.pos;
        let found = if self.depth == MAX_DEPTH {
            self.bad(
                start..start + OPEN.len(),
                format!("references stand more than {MAX_DEPTH} deep in each other"),
                "give parts of it a name under `args`",
            );
            Err(Failure::TooDeep)
        } else {
            self.depth += 1;
            let found = self.inside(start);
            self.depth -= 1;
            found
        };
        let (name, modifier) = match found {
            Ok(found) => found,
            Err(failure) => {
                match failure {
                    Failure::Unclosed => self.unclosed(start),
                    Failure::Reported => self.skip(start),
                    Failure::TooDeep => self.pos = self.text.len(),
                }
                (Name::Broken, None)
            }
        };
        Reference {
            span: self.span(start..self.pos),
            name,
            modifier,
        }
    }

    fn inside(&mut self, start: usize) -> Result<(Name, Option<Modifier<Name>>), Failure> {
        self.pos = start + OPEN.len();
        self.skip_blanks();
        let at = self.pos;
        if self.rest().is_empty() {
            return Err(Failure::Unclosed);
        }
        let name = match name::parse(self.rest()) {
            Parsed::Name(name, length) => {
                self.pos += length;
                name
            }
            Parsed::Bad(bad) => {
                let span = if bad.range.is_empty() {
                    let close = if self.rest().starts_with(CLOSE) { 2 } else { 0 };
                    self.span(start..at + close)
                } else {
                    self.span(at + bad.range.start..at + bad.range.end)
                };
                let diagnostic = self.diags.report(Code::BadReference, span, bad.message);
                if let Some(text) = bad.suggestion {
                    diagnostic.suggest(&text, format!("did you mean `{text}`?"));
                }
                if let Some(help) = bad.help {
                    diagnostic.help(help);
                }
                return Err(Failure::Reported);
            }
        };
        let modifier = self.modifier()?;
        Ok((name, modifier))
    }

    /// Reads a modifier, if there is one, and the `}}`.
    fn modifier(&mut self) -> Result<Option<Modifier<Name>>, Failure> {
        let at = self.pos;
        self.skip_blanks();
        if self.eat(CLOSE) {
            return Ok(None);
        }
        if self.rest().is_empty() {
            return Err(Failure::Unclosed);
        }
        if self.pos > at {
            self.not_a_modifier("a modifier follows the name without a blank");
            return Err(Failure::Reported);
        }
        let test = if self.eat(":") {
            Test::UnsetOrEmpty
        } else {
            Test::Unset
        };
        let Some(sign) = self.rest().chars().next() else {
            return Err(Failure::Unclosed);
        };
        let is_after_colon = test == Test::UnsetOrEmpty;
        match sign {
            '-' | '+' | '?' => {
                self.pos += 1;
                let word = self.word(Until::Word)?;
                Ok(Some(match sign {
                    '-' => Modifier::Default(test, word),
                    '+' => Modifier::Alternate(test, word),
                    _ => Modifier::Require(test, word),
                }))
            }
            '#' | '%' | '/' if !is_after_colon => self.pattern(sign).map(Some),
            _ => {
                self.pos = at;
                self.not_a_modifier(
                    "the modifiers are `:-`, `-`, `:+`, `+`, `:?`, `?`, `#`, `##`, `%`, `%%`, \
                     `/` and `//`",
                );
                Err(Failure::Reported)
            }
        }
    }

    fn pattern(&mut self, sign: char) -> Result<Modifier<Name>, Failure> {
        let at = self.pos;
        self.pos += 1;
        let mut twice = [0; 4];
        let extent = if self.eat(sign.encode_utf8(&mut twice)) {
            Extent::Most
        } else {
            Extent::Least
        };
        if sign != '/' {
            let word = self.word(Until::Pattern)?;
            return Ok(match sign {
                '#' => Modifier::StripPrefix(extent, word),
                _ => Modifier::StripSuffix(extent, word),
            });
        }
        let pattern = match self.word(Until::Slash) {
            Err(Failure::Unclosed) if self.rest().starts_with(CLOSE) => {
                let message = "the pattern has no replacement";
                self.bad(at..self.pos, message, "write `/pattern/replacement`");
                return Err(Failure::Reported);
            }
            word => word?,
        };
        let replacement = self.word(Until::Replacement)?;
        Ok(Modifier::Replace(extent, pattern, replacement))
    }

    fn word(&mut self, until: Until) -> Result<Template<Name>, Failure> {
        let start = self.pos;
        let pieces = self.pieces(until).ok_or(Failure::Unclosed)?;
        let end = self.pos
            - if until == Until::Slash {
                1
            } else {
                CLOSE.len()
            };
        Ok(Template {
            span: self.span(start..end),
            pieces: pieces.into(),
        })
    }

    /// Reports text after a name that is no modifier.
    fn not_a_modifier(&mut self, help: &str) {
        let rest = self.rest();
        let length = rest
            .find(|c: char| c.is_whitespace() || c == '}')
            .unwrap_or(rest.len());
        let length = length.max(rest.chars().next().map_or(0, char::len_utf8));
        let word = &rest[..length];
        let is_modifier = word
            .trim_start_matches(':')
            .starts_with(['-', '+', '?', '#', '%', '/']);
        let (message, help) = match word.chars().next() {
            Some('(') => ("functions are not supported".to_owned(), help),
            Some('[') => (
                "an index is not supported".to_owned(),
                "write the name after a dot",
            ),
            Some('=' | '!' | '<' | '>' | '&' | '|' | '*') => (
                format!("operators such as `{word}` are not supported"),
                "conditions go to `when`; a default is `${{ args.NAME:-default }}`",
            ),
            _ if is_modifier => (format!("`{word}` is no modifier here"), help),
            _ => (format!("unexpected `{word}` after the name"), help),
        };
        self.bad(self.pos..self.pos + length, message, help);
    }

    fn unclosed(&mut self, start: usize) {
        let line = self.text[start..].lines().next().unwrap_or_default();
        let end = start + line.trim_end().len();
        let span = self.span(start..end);
        self.diags
            .report(Code::UnclosedReference, span, "the `${{` is not closed")
            .help("close it with `}}`; a `${{` that is text is written `$${{`");
        self.pos = self.text.len();
    }

    /// Moves past the reference that starts at `start`.
    fn skip(&mut self, start: usize) {
        let bytes = self.text.as_bytes();
        let mut depth = 1;
        let mut pos = start + OPEN.len();
        while pos < bytes.len() {
            match &bytes[pos..] {
                [b'\\', _, ..] => pos += 2,
                [b'$', b'{', b'{', ..] => {
                    depth += 1;
                    pos += 3;
                }
                [b'}', b'}', ..] => {
                    depth -= 1;
                    pos += 2;
                    if depth == 0 {
                        break;
                    }
                }
                _ => pos += 1,
            }
        }
        while !self.text.is_char_boundary(pos) {
            pos += 1;
        }
        self.pos = pos.min(bytes.len());
    }
}

/// Why there is no reference.
enum Failure {
    /// The text ended.
    Unclosed,
    /// It was said.
    Reported,
    /// It was said, and the rest of the text is not looked at.
    TooDeep,
}

/// Pieces under construction: adjacent literals are merged.
#[derive(Default)]
struct Pieces {
    pieces: Vec<Piece<Name>>,
    /// Bytes of the last literal that trimming must not take.
    kept: usize,
}

impl Pieces {
    fn push(&mut self, piece: Piece<Name>) {
        self.pieces.push(piece);
        self.kept = 0;
    }

    fn push_str(&mut self, text: &str) {
        if let Some(Piece::Literal(last)) = self.pieces.last_mut() {
            last.push_str(text);
        } else {
            self.push(Piece::Literal(text.to_owned()));
        }
    }

    fn push_char(&mut self, c: char) {
        self.push_str(c.encode_utf8(&mut [0; 4]));
    }

    /// Protects what was pushed last from trimming.
    fn keep(&mut self) {
        if let Some(Piece::Literal(last)) = self.pieces.last() {
            self.kept = last.len();
        }
    }

    fn trim_end(&mut self) {
        let Some(Piece::Literal(last)) = self.pieces.last_mut() else {
            return;
        };
        last.truncate(last.trim_end().len().max(self.kept));
        if last.is_empty() {
            self.pieces.pop();
        }
    }
}
