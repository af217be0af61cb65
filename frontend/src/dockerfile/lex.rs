//! Words with variables, quotes and escapes become templates (`shell/lex.go`, v0.32.2).
//!
//! In a step a variable is one of the environment, empty if it is not set. Before the first stage,
//! and in `FROM`, it is an argument of the file ([`Globals`]).

use std::iter::Peekable;
use std::str::CharIndices;

use crate::expr::{EnvName, Extent, Modifier, Name, Piece, Reference, Template, Test};
use crate::text::Span;

use super::Wrong;
use super::globals::Globals;
use super::line::{ESCAPE, Instruction};
use super::words::Word;

/// How deep substitutions may stand in each other.
const MAX_DEPTH: usize = 32;

const HELP: &str = "write `$NAME`, `${NAME}` or `${NAME:-default}`; `\\$` is a dollar sign";

/// What names mean.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    /// Variables of the environment.
    Steps,
    /// Arguments of the file.
    File(&'a Globals),
}

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
    chars: Peekable<CharIndices<'a>>,
    length: usize,
    span: Span,
    place: &'a dyn Fn(usize, usize) -> Span,
    escape: char,
    quotes: Quotes,
    scope: Scope<'a>,
    depth: usize,
}

type Text = Template<Name>;

/// Reads a word.
pub(super) fn word(it: &Instruction<'_>, word: &Word, scope: Scope<'_>) -> Result<Text, Wrong> {
    let text = it.str(word);
    let span = it.span(word.range.clone());
    if !text.contains(['$', '\'', '"', it.escape]) {
        return Ok(Template::literal(span, text));
    }
    let from = word.range.start;
    let place = |start: usize, end: usize| match word.text {
        None => it.span(from + start..from + end),
        Some(_) => span,
    };
    let lexer = Lexer {
        chars: text.char_indices().peekable(),
        length: text.len(),
        span,
        place: &place,
        escape: it.escape,
        quotes: Quotes::Processed,
        scope,
        depth: 0,
    };
    lexer
        .read()
        .map_err(|(message, at)| failed(text, message, at))
}

/// Reads the content of a heredoc, in which quotes mean nothing. `written` is where it is, if it
/// stands there as it is.
pub(super) fn content(text: &str, span: Span, written: Option<Span>) -> Result<Text, Wrong> {
    if !text.contains(['$', ESCAPE]) {
        return Ok(Template::literal(span, text));
    }
    let place = |start: usize, end: usize| match written {
        Some(span) => {
            let from = span.start as usize;
            Span::new(span.file, from + start..from + end)
        }
        None => span,
    };
    let lexer = Lexer {
        chars: text.char_indices().peekable(),
        length: text.len(),
        span,
        place: &place,
        escape: ESCAPE,
        quotes: Quotes::Kept,
        scope: Scope::Steps,
        depth: 0,
    };
    lexer
        .read()
        .map_err(|(message, at)| failed(text, message, at))
}

/// Tells whether a line cannot be read as a shell's.
pub(super) fn is_broken(text: &str) -> bool {
    let span = Span::new(crate::text::FileId::ROOT, 0..0);
    let lexer = Lexer {
        chars: text.char_indices().peekable(),
        length: text.len(),
        span,
        place: &|_, _| span,
        escape: ESCAPE,
        quotes: Quotes::Processed,
        scope: Scope::Steps,
        depth: 0,
    };
    lexer.read().is_err()
}

fn failed(text: &str, message: String, at: Span) -> Wrong {
    Wrong::at(at, format!("failed to process {text:?}: {message}"), HELP)
}

type Failed = (String, Span);

fn push(text: &mut Text, c: char) {
    match text.pieces.last_mut() {
        Some(Piece::Literal(last)) => last.push(c),
        _ => text.pieces.push(Piece::Literal(c.to_string())),
    }
}

fn append(text: &mut Text, more: Text) {
    for piece in more.pieces {
        match (piece, text.pieces.last_mut()) {
            (Piece::Literal(more), Some(Piece::Literal(last))) => last.push_str(&more),
            (piece, _) => text.pieces.push(piece),
        }
    }
}

impl Lexer<'_> {
    fn read(mut self) -> Result<Text, Failed> {
        self.until(None, Escapes::Processed)
    }

    fn wrong<T>(&self, message: impl Into<String>) -> Result<T, Failed> {
        Err((message.into(), self.span))
    }

    /// Returns the byte that is next.
    fn at(&mut self) -> usize {
        self.chars.peek().map_or(self.length, |(at, _)| *at)
    }

    fn next(&mut self) -> Option<char> {
        self.chars.next().map(|(_, c)| c)
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().map(|(_, c)| *c)
    }

    fn next_if(&mut self, is_wanted: impl FnOnce(char) -> bool) -> Option<char> {
        self.chars.next_if(|(_, c)| is_wanted(*c)).map(|(_, c)| c)
    }

    fn until(&mut self, stop: Option<char>, escapes: Escapes) -> Result<Text, Failed> {
        let mut out = Template::literal(self.span, "");
        while let Some(c) = self.next() {
            match c {
                c if Some(c) == stop => return Ok(out),
                '$' => self.dollar(&mut out)?,
                '\'' if self.quotes == Quotes::Processed => self.single(&mut out)?,
                '"' if self.quotes == Quotes::Processed => self.double(&mut out, escapes)?,
                c if c == self.escape => {
                    if escapes == Escapes::Kept {
                        push(&mut out, c);
                    }
                    if let Some(next) = self.next() {
                        push(&mut out, next);
                    }
                }
                c => push(&mut out, c),
            }
        }
        match stop {
            None => Ok(out),
            Some('/') => self.wrong("syntax error: missing '/' in ${}"),
            Some(_) => self.wrong("syntax error: missing '}'"),
        }
    }

    fn single(&mut self, out: &mut Text) -> Result<(), Failed> {
        loop {
            match self.next() {
                Some('\'') => return Ok(()),
                Some(c) => push(out, c),
                None => return self.unclosed("single-quote"),
            }
        }
    }

    fn unclosed(&self, what: &str) -> Result<(), Failed> {
        self.wrong(format!(
            "unexpected end of statement while looking for matching {what}"
        ))
    }

    fn double(&mut self, out: &mut Text, escapes: Escapes) -> Result<(), Failed> {
        let escape = self.escape;
        loop {
            match self.next() {
                Some('"') => return Ok(()),
                Some('$') => self.dollar(out)?,
                Some(c) if c == escape => {
                    if escapes == Escapes::Kept {
                        push(out, c);
                    }
                    match self.next_if(|c| matches!(c, '"' | '$') || c == escape) {
                        Some(escaped) => push(out, escaped),
                        None if self.peek().is_some() => push(out, c),
                        None => {}
                    }
                }
                Some(c) => push(out, c),
                None => return self.unclosed("double-quote"),
            }
        }
    }

    /// Reads what follows a `$`.
    fn dollar(&mut self, out: &mut Text) -> Result<(), Failed> {
        let start = self.at() - 1;
        if self.next_if(|c| c == '{').is_none() {
            match self.name() {
                name if name.is_empty() => push(out, '$'),
                name => self.variable(out, start, name, None)?,
            }
            return Ok(());
        }
        match self.peek() {
            None => return self.wrong("syntax error: missing '}'"),
            Some('{' | '}' | ':') => return self.wrong("syntax error: bad substitution"),
            Some(_) => {}
        }
        let name = self.name();
        if self.depth == MAX_DEPTH {
            return self.wrong("substitutions stand too deep in each other");
        }
        self.depth += 1;
        let modifier = self.modifier();
        self.depth -= 1;
        let modifier = modifier?;
        self.variable(out, start, name, modifier)
    }

    /// Adds what a variable stands for.
    fn variable(
        &mut self,
        out: &mut Text,
        start: usize,
        name: String,
        modifier: Option<Modifier<Name>>,
    ) -> Result<(), Failed> {
        let span = (self.place)(start, self.at());
        let found = match self.scope {
            Scope::Steps => Some(Name::Env(EnvName(name.clone()))),
            Scope::File(globals) => globals.find(&name),
        };
        if let Some(found) = found {
            let empty = Template::literal(span, "");
            out.pieces.push(Piece::Reference(Box::new(Reference {
                span,
                name: found,
                modifier: modifier.or(Some(Modifier::Default(Test::Unset, empty))),
            })));
            return Ok(());
        }
        // Nothing can set it.
        match modifier {
            Some(Modifier::Default(_, word)) => append(out, word),
            Some(Modifier::Require(_, word)) => {
                let reason = match word.as_literal() {
                    Some("") => "is not allowed to be unset",
                    Some(reason) => reason,
                    None => "is required",
                };
                return Err((format!("{name}: {reason}"), span));
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads a modifier and the brace after it.
    fn modifier(&mut self) -> Result<Option<Modifier<Name>>, Failed> {
        let has_colon = self.next_if(|c| c == ':').is_some();
        let test = match has_colon {
            true => Test::UnsetOrEmpty,
            false => Test::Unset,
        };
        let close = Some('}');
        Ok(Some(match self.next() {
            None if has_colon => return self.wrong("syntax error: missing '}'"),
            None => return self.wrong("unsupported modifier () in substitution"),
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
                return self.wrong(format!(
                    "unsupported modifier ({colon}{sign}) in substitution"
                ));
            }
        }))
    }

    fn extent(&mut self, sign: char) -> Extent {
        match self.next_if(|c| c == sign) {
            Some(_) => Extent::Most,
            None => Extent::Least,
        }
    }

    /// Reads a name: letters, digits and `_`; digits alone; or one special character.
    fn name(&mut self) -> String {
        let mut name = String::new();
        let is_special = |c| matches!(c, '@' | '*' | '#' | '?' | '-' | '$' | '!');
        let is_number = self.peek().is_some_and(|c| c.is_ascii_digit());
        if let Some(special) = self.next_if(is_special) {
            name.push(special);
            return name;
        }
        let is_part = |c: char| match is_number {
            true => c.is_ascii_digit(),
            false => c.is_alphanumeric() || c == '_',
        };
        while let Some(c) = self.next_if(is_part) {
            name.push(c);
        }
        name
    }
}
