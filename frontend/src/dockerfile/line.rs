//! Text becomes instructions: continued lines are joined, comments dropped, heredocs collected
//! (`parser/parser.go`, `parser/split_command.go`, v0.32.2).

use std::iter::Peekable;
use std::str::{Chars, SplitInclusive};

use crate::units::Malformed;

use super::words;

/// The escape character; the directive that changes it cannot be in a trigger.
pub(super) const ESCAPE: char = '\\';

/// One instruction, in parts.
#[derive(Debug)]
pub(super) struct Instruction {
    /// Upper case.
    pub(super) word: String,
    /// What stands after the word, flags included.
    pub(super) shown: String,
    /// `--name=value`, quotes removed.
    pub(super) flags: Vec<String>,
    /// What stands after the flags.
    pub(super) rest: String,
    /// The heredocs that it opens.
    pub(super) heredocs: Vec<Heredoc>,
}

/// Lines up to a terminator.
#[derive(Clone, Debug)]
pub(super) struct Heredoc {
    /// The terminator.
    pub(super) name: String,
    /// Whether variables in it are replaced.
    pub(super) expansion: Expansion,
    is_chomped: bool,
    /// What is in it, as written.
    pub(super) written: String,
}

/// Whether variables are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expansion {
    On,
    Off,
}

impl Heredoc {
    /// Reads `<<EOF`, `<<-EOF`, `<<"EOF"`.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let (descriptor, rest) = word.split_once("<<")?;
        let is_number = descriptor.bytes().all(|byte| byte.is_ascii_digit());
        let dashless = rest.strip_prefix('-');
        let raw = dashless.unwrap_or(rest).trim_start();
        if !is_number || raw.is_empty() || raw.contains('<') {
            return None;
        }
        let name = unquoted(raw)?;
        let n_quotes = |text: &str| text.matches(['"', '\'']).count();
        Some(Self {
            expansion: if n_quotes(&name) == n_quotes(raw) {
                Expansion::On
            } else {
                Expansion::Off
            },
            name,
            is_chomped: dashless.is_some(),
            written: String::new(),
        })
    }

    /// Returns what is in it; `<<-` takes leading tabs away.
    pub(super) fn content(&self) -> String {
        if !self.is_chomped {
            return self.written.clone();
        }
        let lines = self.written.split_inclusive('\n');
        lines.map(|line| line.trim_start_matches('\t')).collect()
    }
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

/// The instructions of a text.
pub(super) struct Lines<'a> {
    lines: SplitInclusive<'a, char>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            lines: text.trim_start_matches('\u{feff}').split_inclusive('\n'),
        }
    }

    /// Returns the next line, joined with those that continue it.
    fn joined(&mut self) -> Option<String> {
        let mut joined = String::new();
        for line in self.lines.by_ref() {
            let bare = line.trim_start();
            if bare.is_empty() || bare.starts_with('#') {
                continue;
            }
            let line = if joined.is_empty() { bare } else { line };
            let line = line.trim_end_matches(['\r', '\n']);
            match continued(line) {
                Some(part) => joined.push_str(part),
                None => {
                    joined.push_str(line);
                    return Some(joined);
                }
            }
        }
        Some(joined).filter(|line| !line.trim().is_empty())
    }

    fn instruction(&mut self, line: &str) -> Result<Instruction, Malformed> {
        let line = line.trim();
        let (word, shown) = line.split_once(words::is_blank).unwrap_or((line, ""));
        let shown = shown.trim();
        let (flags, rest) = flags(shown);
        let mut instruction = Instruction {
            word: word.to_ascii_uppercase(),
            shown: shown.to_owned(),
            flags,
            rest: rest.trim().to_owned(),
            heredocs: Vec::new(),
        };
        let takes_heredocs = matches!(instruction.word.as_str(), "ADD" | "COPY" | "RUN")
            && line.contains("<<")
            && !matches!(words::json(rest), Ok(Some(_)));
        if takes_heredocs {
            let opened = raw_words(line);
            for mut heredoc in opened.iter().filter_map(|word| Heredoc::parse(word)) {
                self.collect(&mut heredoc)?;
                instruction.heredocs.push(heredoc);
            }
        }
        Ok(instruction)
    }

    fn collect(&mut self, heredoc: &mut Heredoc) -> Result<(), Malformed> {
        for line in self.lines.by_ref() {
            let mut end = line.trim_end_matches(['\r', '\n']);
            if heredoc.is_chomped {
                end = end.trim_start_matches('\t');
            }
            if end == heredoc.name {
                return Ok(());
            }
            heredoc.written.push_str(line);
        }
        let message = format!("the heredoc `{}` does not end", heredoc.name);
        Err(Malformed::new(
            message,
            "its name stands alone on the line after it",
        ))
    }
}

impl Iterator for Lines<'_> {
    type Item = Result<Instruction, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.joined()?;
        Some(self.instruction(&line))
    }
}

/// Returns the line without the escape at its end, if there is one that nothing escapes.
fn continued(line: &str) -> Option<&str> {
    let part = line.trim_end_matches([' ', '\t']).strip_suffix(ESCAPE)?;
    (!part.ends_with(ESCAPE)).then_some(part)
}

/// Splits the flags from what follows them.
fn flags(text: &str) -> (Vec<String>, &str) {
    let mut flags = Vec::new();
    let mut rest = text.trim_start();
    while rest.starts_with("--") {
        let mut flag = String::new();
        let mut quote = None;
        let mut chars = rest.char_indices();
        let mut end = rest.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' | '\'' if quote == Some(c) => quote = None,
                '"' | '\'' if quote.is_none() => quote = Some(c),
                ESCAPE => flag.extend(chars.next().map(|(_, c)| c)),
                c if c.is_whitespace() && quote.is_none() => {
                    end = at;
                    break;
                }
                c => flag.push(c),
            }
        }
        rest = rest[end..].trim_start();
        if flag == "--" {
            break;
        }
        flags.push(flag);
    }
    (flags, rest)
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
