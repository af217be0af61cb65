//! Words with variables, quotes and escapes become templates (`shell/lex.go`, v0.32.2).
//!
//! A variable is one of the step's environment, empty if it is not set.

use std::iter::Peekable;
use std::str::Chars;

use crate::expr::{EnvName, Extent, Modifier, Name, Piece, Reference, Template, Test};
use crate::text::Span;
use crate::units::Malformed;

use super::line::ESCAPE;

/// How deep substitutions may stand in each other.
const MAX_DEPTH: usize = 32;

const HELP: &str = "write `$NAME`, `${NAME}` or `${NAME:-default}`; `\\$` is a dollar sign";

/// Whether quotes are taken away.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Processed,
    Kept,
}

/// Whether escapes stay in the text, for a pattern to read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    Processed,
    Kept,
}

struct Lexer<'a> {
    chars: Peekable<Chars<'a>>,
    span: Span,
    quotes: Quotes,
    depth: usize,
}

type Text = Template<Name>;

/// Reads a word.
pub(super) fn word(text: &str, span: Span) -> Result<Text, Malformed> {
    read(text, span, Quotes::Processed)
}

/// Reads the content of a heredoc, in which quotes mean nothing.
pub(super) fn content(text: &str, span: Span) -> Result<Text, Malformed> {
    read(text, span, Quotes::Kept)
}

fn read(text: &str, span: Span, quotes: Quotes) -> Result<Text, Malformed> {
    let mut lexer = Lexer {
        chars: text.chars().peekable(),
        span,
        quotes,
        depth: 0,
    };
    lexer.until(None, Escapes::Processed)
}

fn wrong<T>(message: &str) -> Result<T, Malformed> {
    Err(Malformed::new(message, HELP))
}

fn push(text: &mut Text, c: char) {
    match text.pieces.last_mut() {
        Some(Piece::Literal(last)) => last.push(c),
        _ => text.pieces.push(Piece::Literal(c.to_string())),
    }
}

impl Lexer<'_> {
    fn until(&mut self, stop: Option<char>, escapes: Escapes) -> Result<Text, Malformed> {
        let mut out = Template::literal(self.span, "");
        while let Some(c) = self.chars.next() {
            match c {
                c if Some(c) == stop => return Ok(out),
                '$' => self.dollar(&mut out)?,
                '\'' if self.quotes == Quotes::Processed => self.single(&mut out)?,
                '"' if self.quotes == Quotes::Processed => self.double(&mut out, escapes)?,
                ESCAPE => {
                    if escapes == Escapes::Kept {
                        push(&mut out, c);
                    }
                    if let Some(next) = self.chars.next() {
                        push(&mut out, next);
                    }
                }
                c => push(&mut out, c),
            }
        }
        match stop {
            None => Ok(out),
            Some('/') => wrong("a `/` is missing in `${`"),
            Some(_) => wrong("a `}` is missing after `${`"),
        }
    }

    fn single(&mut self, out: &mut Text) -> Result<(), Malformed> {
        loop {
            match self.chars.next() {
                Some('\'') => return Ok(()),
                Some(c) => push(out, c),
                None => return wrong("a single quote is not closed"),
            }
        }
    }

    fn double(&mut self, out: &mut Text, escapes: Escapes) -> Result<(), Malformed> {
        loop {
            match self.chars.next() {
                Some('"') => return Ok(()),
                Some('$') => self.dollar(out)?,
                Some(ESCAPE) => {
                    if escapes == Escapes::Kept {
                        push(out, ESCAPE);
                    }
                    match self.chars.next_if(|c| matches!(c, '"' | '$' | &ESCAPE)) {
                        Some(escaped) => push(out, escaped),
                        None if self.chars.peek().is_some() => push(out, ESCAPE),
                        None => {}
                    }
                }
                Some(c) => push(out, c),
                None => return wrong("a double quote is not closed"),
            }
        }
    }

    /// Reads what follows a `$`.
    fn dollar(&mut self, out: &mut Text) -> Result<(), Malformed> {
        if self.chars.next_if_eq(&'{').is_none() {
            match self.name() {
                name if name.is_empty() => push(out, '$'),
                name => self.push_variable(out, name, None),
            }
            return Ok(());
        }
        if let Some('{' | '}' | ':') = self.chars.peek() {
            return wrong("`${` is followed by no name");
        }
        let name = self.name();
        if self.depth == MAX_DEPTH {
            return wrong("substitutions stand too deep in each other");
        }
        self.depth += 1;
        let modifier = self.modifier();
        self.depth -= 1;
        let modifier = modifier?;
        self.push_variable(out, name, modifier);
        Ok(())
    }

    fn push_variable(&self, out: &mut Text, name: String, modifier: Option<Modifier<Name>>) {
        let empty = Template::literal(self.span, "");
        out.pieces.push(Piece::Reference(Box::new(Reference {
            span: self.span,
            name: Name::Env(EnvName(name)),
            modifier: modifier.or(Some(Modifier::Default(Test::Unset, empty))),
        })));
    }

    /// Reads a modifier and the brace after it.
    fn modifier(&mut self) -> Result<Option<Modifier<Name>>, Malformed> {
        let has_colon = self.chars.next_if_eq(&':').is_some();
        let test = match has_colon {
            true => Test::UnsetOrEmpty,
            false => Test::Unset,
        };
        let sign = self.chars.next();
        let close = Some('}');
        Ok(Some(match sign {
            None => return wrong("a `}` is missing after `${`"),
            Some('}') if !has_colon => return Ok(None),
            Some('-') => Modifier::Default(test, self.until(close, Escapes::Processed)?),
            Some('+') => Modifier::Alternate(test, self.until(close, Escapes::Processed)?),
            Some('?') => Modifier::Require(test, self.until(close, Escapes::Processed)?),
            Some(sign @ '#') if !has_colon => {
                Modifier::StripPrefix(self.extent(sign), self.until(close, Escapes::Kept)?)
            }
            Some(sign @ '%') if !has_colon => {
                Modifier::StripSuffix(self.extent(sign), self.until(close, Escapes::Kept)?)
            }
            Some(sign @ '/') if !has_colon => Modifier::Replace(
                self.extent(sign),
                self.until(Some('/'), Escapes::Kept)?,
                self.until(close, Escapes::Kept)?,
            ),
            Some(sign) => {
                let colon = if has_colon { ":" } else { "" };
                return wrong(&format!("`{colon}{sign}` is no modifier"));
            }
        }))
    }

    fn extent(&mut self, sign: char) -> Extent {
        match self.chars.next_if_eq(&sign) {
            Some(_) => Extent::Most,
            None => Extent::Least,
        }
    }

    /// Reads a name: letters, digits and `_`; digits alone; or one special character.
    fn name(&mut self) -> String {
        let mut name = String::new();
        let is_special = |c: &char| matches!(c, '@' | '*' | '#' | '?' | '-' | '$' | '!');
        let is_number = self.chars.peek().is_some_and(char::is_ascii_digit);
        if let Some(special) = self.chars.next_if(is_special) {
            name.push(special);
            return name;
        }
        let is_part = |c: &char| match is_number {
            true => c.is_ascii_digit(),
            false => c.is_alphanumeric() || *c == '_',
        };
        while let Some(c) = self.chars.next_if(is_part) {
            name.push(c);
        }
        name
    }
}
