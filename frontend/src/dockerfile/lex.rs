//! Words with variables, quotes and escapes become templates (`shell/lex.go`, v0.32.2).
//!
//! In a step a variable is one of the environment, empty if it is not set. Before the first stage,
//! and in `FROM`, it is an argument of the file ([`Globals`]).

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::CharIndices;

use crate::diagnostic::Diagnostics;
use crate::expr::{
    EnvName, Extent, Found, Modifier, Name, Piece, Reference, Scope as Variables, Template, Test,
    eval,
};
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
    /// Variables of the environment; those that are not set are left as they are written.
    Set(&'a dyn Fn(&str) -> bool),
}

/// How an instruction is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// As one word, without quotes.
    Word,
    /// As it is, but for variables that are set.
    Raw,
}

/// Whether quotes are taken away.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Processed,
    /// They are ordinary characters.
    Kept,
    /// They are read, and stay.
    Shown,
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

/// Returns an instruction as the log shows it, its variables replaced; one that cannot be read is
/// shown as it is written.
pub(crate) fn shown(
    text: &str,
    escape: char,
    how: Shown,
    find: &dyn Fn(&str) -> Option<String>,
) -> String {
    let has_quotes = how == Shown::Word && text.contains(['"', '\'']);
    if !has_quotes && !text.contains(['$', escape]) {
        return text.to_owned();
    }
    let span = Span::new(crate::text::FileId::ROOT, 0..0);
    let is_set = |name: &str| find(name).is_some();
    let lexer = Lexer {
        chars: text.char_indices().peekable(),
        length: text.len(),
        span,
        place: &|_, _| span,
        escape,
        quotes: match how {
            Shown::Word => Quotes::Processed,
            Shown::Raw => Quotes::Shown,
        },
        scope: match how {
            Shown::Word => Scope::Steps,
            Shown::Raw => Scope::Set(&is_set),
        },
        depth: 0,
    };
    let Ok(template) = lexer.read() else {
        return text.to_owned();
    };
    let mut names = Values::default();
    template.each_reference(&mut |reference| {
        if let Name::Env(name) = &reference.name
            && let Some(value) = find(&name.0)
        {
            names.0.insert(name.0.clone(), value);
        }
    });
    let found = eval(&template, &names, &mut Diagnostics::new());
    let found = found.and_then(|found| found.as_literal().map(str::to_owned));
    found.unwrap_or_else(|| text.to_owned())
}

/// Variables and their values.
#[derive(Default)]
struct Values(BTreeMap<String, String>);

impl Variables<Name> for Values {
    fn find(&self, name: &Name) -> Found<'_> {
        let Name::Env(name) = name else {
            return Found::Unset;
        };
        match self.0.get(&name.0) {
            Some(value) => Found::Set(value),
            None => Found::Unset,
        }
    }

    fn unset(&self, _: &Reference<Name>, _: &mut Diagnostics) {}
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
                '\'' if self.quotes != Quotes::Kept => self.single(&mut out)?,
                '"' if self.quotes != Quotes::Kept => self.double(&mut out, escapes)?,
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

    fn quote(&self, out: &mut Text, quote: char) {
        if self.quotes == Quotes::Shown {
            push(out, quote);
        }
    }

    fn single(&mut self, out: &mut Text) -> Result<(), Failed> {
        self.quote(out, '\'');
        loop {
            match self.next() {
                Some('\'') => {
                    self.quote(out, '\'');
                    return Ok(());
                }
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
        self.quote(out, '"');
        loop {
            match self.next() {
                Some('"') => {
                    self.quote(out, '"');
                    return Ok(());
                }
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
                name if self.is_left(&name) => {
                    append(out, Template::literal(self.span, format!("${name}")));
                }
                name => self.variable(out, start, name, None),
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
        if self.is_left(&name) {
            self.left(out, &name, modifier);
            return Ok(());
        }
        self.variable(out, start, name, modifier);
        Ok(())
    }

    /// Tells whether a variable stays as it is written.
    fn is_left(&self, name: &str) -> bool {
        matches!(self.scope, Scope::Set(is_set) if !is_set(name))
    }

    /// Writes a variable, the word after it read.
    fn left(&self, out: &mut Text, name: &str, modifier: Option<Modifier<Name>>) {
        let mut add = |text: &str| append(out, Template::literal(self.span, text));
        add("${");
        add(name);
        let colon = |test| if test == Test::UnsetOrEmpty { ":" } else { "" };
        let times = |extent| if extent == Extent::Most { 2 } else { 1 };
        let words = match modifier {
            None => Vec::new(),
            Some(Modifier::Default(test, word)) => vec![(format!("{}-", colon(test)), word)],
            Some(Modifier::Alternate(test, word)) => vec![(format!("{}+", colon(test)), word)],
            Some(Modifier::Require(test, word)) => vec![(format!("{}?", colon(test)), word)],
            Some(Modifier::StripPrefix(extent, word)) => vec![("#".repeat(times(extent)), word)],
            Some(Modifier::StripSuffix(extent, word)) => vec![("%".repeat(times(extent)), word)],
            Some(Modifier::Replace(_, pattern, by)) => {
                vec![("/".to_owned(), pattern), ("/".to_owned(), by)]
            }
        };
        for (sign, word) in words {
            append(out, Template::literal(self.span, sign));
            append(out, word);
        }
        append(out, Template::literal(self.span, "}"));
    }

    /// Adds what a variable stands for.
    fn variable(
        &mut self,
        out: &mut Text,
        start: usize,
        name: String,
        modifier: Option<Modifier<Name>>,
    ) {
        let span = (self.place)(start, self.at());
        let found = match self.scope {
            Scope::Steps | Scope::Set(_) => Name::Env(EnvName(name)),
            Scope::File(globals) => globals.find(name),
        };
        let empty = Template::literal(span, "");
        out.pieces.push(Piece::Reference(Box::new(Reference {
            span,
            name: found,
            modifier: modifier.or(Some(Modifier::Default(Test::Unset, empty))),
        })));
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
