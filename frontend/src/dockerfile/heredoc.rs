//! Heredocs: `<<EOF`, `<<-EOF`, `<<"EOF"` (`parser/parser.go:heredocFromMatch`, v0.32.2).
//!
//! Their escape character is always `\`.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

use crate::text::Span;

use super::line::{ESCAPE, Instruction};
use super::{Wrong, lex, words};

/// Lines up to a terminator.
#[derive(Clone, Debug)]
pub(super) struct Heredoc<'t> {
    /// The terminator.
    pub(super) name: String,
    /// Whether variables in it are replaced.
    pub(super) expansion: Expansion,
    /// Whether leading tabs are taken away.
    pub(super) is_chomped: bool,
    /// What is in it, as written.
    pub(super) written: &'t str,
    /// Where that is.
    pub(super) span: Span,
}

/// Whether variables are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expansion {
    On,
    Off,
}

impl Heredoc<'_> {
    /// Reads what opens a heredoc.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let (descriptor, rest) = word.split_once("<<")?;
        let is_number = descriptor.bytes().all(|byte| byte.is_ascii_digit());
        let dashless = rest.strip_prefix('-');
        let raw = dashless.unwrap_or(rest).trim_start();
        if !is_number || raw.is_empty() || raw.contains('<') {
            return None;
        }
        let name = unquoted(raw).filter(|name| !name.is_empty())?;
        let n_quotes = |text: &str| text.matches(['"', '\'']).count();
        Some(Self {
            expansion: if n_quotes(&name) == n_quotes(raw) {
                Expansion::On
            } else {
                Expansion::Off
            },
            name,
            is_chomped: dashless.is_some(),
            written: "",
            span: Span::new(crate::text::FileId::ROOT, 0..0),
        })
    }
}

impl<'t> Heredoc<'t> {
    /// Returns what is in it; `<<-` takes leading tabs away.
    pub(super) fn content(&self, opened: &Heredoc<'_>) -> Cow<'t, str> {
        if !opened.is_chomped {
            return Cow::Borrowed(self.written);
        }
        let lines = self.written.split_inclusive('\n');
        Cow::Owned(lines.map(|line| line.trim_start_matches('\t')).collect())
    }
}

/// Returns the heredocs that an instruction opens.
pub(super) fn opened<'t>(it: &Instruction<'_>) -> Result<Vec<Heredoc<'t>>, Wrong> {
    if !it.text.contains("<<") || !takes_heredocs(it) {
        return Ok(Vec::new());
    }
    // What cannot be read as a shell's line has none.
    if it.text.contains('$') && lex::is_broken(&it.text) {
        return Ok(Vec::new());
    }
    let words = raw_words(&it.text);
    Ok(words
        .iter()
        .filter_map(|word| Heredoc::parse(word))
        .collect())
}

/// Tells whether the instruction, or the one that its ONBUILD is about, can have heredocs. One that
/// does not exist is probably one that can: what is in them is no mistake besides.
fn takes_heredocs(it: &Instruction<'_>) -> bool {
    let mut word = it.str(&it.word);
    let mut rest = it.str(&it.rest);
    if word.eq_ignore_ascii_case("ONBUILD") {
        (word, rest) = rest.split_once(words::is_blank).unwrap_or((rest, ""));
    }
    let can = ["ADD", "COPY", "RUN"];
    let can = can.iter().any(|can| can.eq_ignore_ascii_case(word));
    (can || !super::is_known(word)) && !words::is_json(rest)
}

/// Returns one word without its quotes and escapes.
fn unquoted(word: &str) -> Option<String> {
    let mut out = String::new();
    let mut quote = None;
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\'' if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            ESCAPE if quote != Some('\'') => out.extend(chars.next()),
            c if c.is_whitespace() && quote.is_none() => return None,
            c => out.push(c),
        }
    }
    quote.is_none().then_some(out)
}

/// Splits a line as a shell does, quotes and escapes kept; blanks after `<<` are part of a word.
fn raw_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            continue;
        }
        word.push(c);
        match c {
            ESCAPE => word.extend(chars.next()),
            '"' | '\'' if !raw_quote(c, &mut chars, &mut word) => return Vec::new(),
            '<' if chars.next_if_eq(&'<').is_some() => {
                word.push('<');
                while let Some(blank) = chars.next_if(|c| matches!(c, ' ' | '\t' | '\r')) {
                    word.push(blank);
                }
            }
            _ => {}
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// Copies what is in quotes; tells whether they are closed.
fn raw_quote(quote: char, chars: &mut Peekable<Chars<'_>>, word: &mut String) -> bool {
    while let Some(c) = chars.next() {
        word.push(c);
        if c == quote {
            return true;
        }
        if c == ESCAPE && quote == '"' {
            word.extend(chars.next());
        }
    }
    false
}
