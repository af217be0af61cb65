//! Text becomes instructions: continued lines are joined, comments kept apart, heredocs collected
//! (`parser/parser.go`, `parser/directives.go`, `parser/split_command.go`, v0.32.2).
//!
//! Everything of an instruction is a range of its joined text, and [`Instruction::span`] says where
//! that is in the file.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use crate::text::{FileId, Span};
use crate::units::Malformed;

use super::heredoc::{self, Heredoc};
use super::words::{self, Word, is_blank};
use super::{Wrong, directive};

/// The escape character, unless a directive says otherwise.
pub(super) const ESCAPE: char = '\\';

/// Where a text is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// The text is that of the file.
    File(FileId),
    /// All of it is said to be here.
    At(Span),
}

/// One instruction, in parts.
#[derive(Debug)]
pub(super) struct Instruction<'t> {
    /// Its lines, joined, without blanks around them.
    pub(super) text: Cow<'t, str>,
    /// The word that says what it is.
    pub(super) word: Word,
    /// What stands after the word, flags included.
    pub(super) shown: Word,
    /// `--name=value`, quotes removed.
    pub(super) flags: Vec<Word>,
    /// What stands after the flags.
    pub(super) rest: Word,
    /// The heredocs that it opens.
    pub(super) heredocs: Vec<Heredoc<'t>>,
    /// The comments before it; none from before an empty one.
    pub(super) comments: Vec<Comment<'t>>,
    /// The escape character.
    pub(super) escape: char,
    /// The end of its last line, if there is a line with nothing in it between its lines.
    pub(super) gap: Option<Span>,
    /// The blanks after its text.
    pub(super) blanks: String,
    /// All lines of it.
    pub(super) all: Span,
    /// Mistakes that count if the stage is built, and the request does not set the argument.
    pub(super) late: RefCell<Vec<(Wrong, Option<String>)>>,
    origin: Origin,
    /// Where parts of the text start, in it and in the file.
    parts: Vec<(usize, usize)>,
}

/// A line that starts with `#`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Comment<'t> {
    /// Without `#` and the blanks around it.
    pub(super) text: &'t str,
    /// From `#` to the end of the line.
    pub(super) span: Span,
}

impl Instruction<'_> {
    /// Returns the text of a word.
    pub(super) fn str<'w>(&'w self, word: &'w Word) -> &'w str {
        match &word.text {
            Some(text) => text,
            None => &self.text[word.range.clone()],
        }
    }

    /// Tells whether the text is that of the file.
    pub(super) fn is_in_file(&self) -> bool {
        matches!(self.origin, Origin::File(_))
    }

    /// Returns where a range of the text is.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        match self.origin {
            Origin::At(span) => span,
            Origin::File(file) => {
                let start = self.offset(range.start);
                // The end of a part is no start of the next one.
                let end = match range.is_empty() {
                    true => start,
                    false => self.offset(range.end - 1) + 1,
                };
                Span::new(file, start..end)
            }
        }
    }

    fn offset(&self, at: usize) -> usize {
        let idx = self.parts.partition_point(|(start, _)| *start <= at);
        let (start, offset) = self.parts[idx.saturating_sub(1)];
        offset + at - start
    }

    /// Says what is wrong at a word.
    pub(super) fn wrong(
        &self,
        word: &Word,
        message: impl Into<String>,
        help: &'static str,
    ) -> Wrong {
        Wrong::at(self.span(word.range.clone()), message, help)
    }
}

/// The instructions of a text.
pub(super) struct Lines<'t> {
    text: &'t str,
    /// The next byte.
    at: usize,
    origin: Origin,
    escape: char,
    /// Every comment of the text, in order.
    pub(super) comments: Vec<Comment<'t>>,
    /// The first of `comments` that belongs to the next instruction.
    first: usize,
}

/// A line, and where it starts.
struct Line<'t> {
    text: &'t str,
    start: usize,
}

impl<'t> Lines<'t> {
    /// Reads a text from its start; directives are read at once.
    pub(super) fn new(text: &'t str, origin: Origin) -> Result<Self, Wrong> {
        Self::with_escape(text, origin, ESCAPE)
    }

    /// The same, with another escape character to begin with.
    pub(super) fn with_escape(text: &'t str, origin: Origin, escape: char) -> Result<Self, Wrong> {
        let mut lines = Self {
            text,
            at: text.len() - text.trim_start_matches('\u{feff}').len(),
            origin,
            escape,
            comments: Vec::new(),
            first: 0,
        };
        let mut seen = Vec::new();
        while let Some((name, value, line)) = lines.directive() {
            let range = line.start..line.start + line.text.trim_end().len();
            if seen.contains(&name) {
                let message = format!("only one {name} parser directive can be used");
                return Err(lines.wrong(range, message, "remove all but the first"));
            }
            if name == "escape" {
                lines.escape = match value {
                    "\\" => '\\',
                    "`" => '`',
                    _ => {
                        let message =
                            format!("invalid escape token '{value}' does not match ` or \\");
                        return Err(lines.wrong(range, message, "write one of the two"));
                    }
                };
            }
            seen.push(name);
            lines.at += line.text.len();
        }
        Ok(lines)
    }

    /// Returns the directive that the next line is.
    fn directive(&self) -> Option<(&'static str, &'t str, Line<'t>)> {
        let line = self.peek()?;
        let (name, value) = directive::read(line.text.trim_start())?;
        Some((name, value, line))
    }

    fn wrong(&self, range: Range<usize>, message: String, help: &'static str) -> Wrong {
        Wrong::at(self.span(range), message, help)
    }

    fn span(&self, range: Range<usize>) -> Span {
        match self.origin {
            Origin::At(span) => span,
            Origin::File(file) => Span::new(file, range),
        }
    }

    fn peek(&self) -> Option<Line<'t>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
        Some(Line {
            text: &rest[..length],
            start: self.at,
        })
    }

    fn line(&mut self) -> Option<Line<'t>> {
        let line = self.peek()?;
        self.at += line.text.len();
        Some(line)
    }

    fn comment(&mut self, line: &Line<'t>) {
        let whole = line.text.trim_end();
        let bare = whole.trim_start();
        let start = line.start + whole.len() - bare.len();
        // Of a line with blanks before its `#` upstream takes away a blank, not the `#`.
        let text = whole.get(1..).unwrap_or_default().trim();
        self.comments.push(Comment {
            text,
            span: self.span(start..start + bare.len()),
        });
        if text.is_empty() {
            self.first = self.comments.len();
        }
    }

    /// Returns the next instruction.
    pub(super) fn next(&mut self) -> Option<Result<Instruction<'t>, Wrong>> {
        let line = loop {
            let line = self.line()?;
            let bare = line.text.trim();
            if bare.starts_with('#') {
                self.comment(&line);
            } else if !bare.is_empty() {
                break line;
            }
        };
        let comments = self.comments[self.first..].to_vec();
        let mut instruction = self.joined(&line, comments);
        let split = split(&mut instruction);
        let collected = split.and_then(|()| self.collect(&mut instruction));
        instruction.all = self.span(line.start..self.end());
        self.first = self.comments.len();
        Some(match collected {
            Ok(()) => Ok(instruction),
            Err(wrong) => Err(wrong.or_at(instruction.all)),
        })
    }

    /// Returns where the lines read so far end, without their line break.
    fn end(&self) -> usize {
        self.text[..self.at].trim_end_matches(['\r', '\n']).len()
    }

    /// Joins a line with those that continue it.
    fn joined(&mut self, line: &Line<'t>, comments: Vec<Comment<'t>>) -> Instruction<'t> {
        let bare = line.text.trim_end_matches(['\r', '\n']);
        let text = bare.trim_start();
        let start = line.start + bare.len() - text.len();
        let mut parts = vec![(0, start)];
        let (first, mut is_open) = match self.continued(text) {
            Some(part) => (part, true),
            None => (text, false),
        };
        let mut joined = Cow::Borrowed(first);
        let mut has_gap = false;
        while is_open {
            let Some(line) = self.line() else { break };
            let text = line.text.trim_end_matches(['\r', '\n']);
            let bare = text.trim_start();
            if bare.starts_with('#') {
                self.comment(&line);
                continue;
            }
            if bare.is_empty() {
                has_gap = true;
                continue;
            }
            let part = self.continued(text);
            is_open = part.is_some();
            parts.push((joined.len(), line.start));
            joined.to_mut().push_str(part.unwrap_or(text));
        }
        let end = self.end();
        let blanks = joined[joined.trim_end().len()..].to_owned();
        trimmed(&mut joined, &mut parts);
        Instruction {
            text: joined,
            word: Word::default(),
            shown: Word::default(),
            flags: Vec::new(),
            rest: Word::default(),
            heredocs: Vec::new(),
            comments,
            escape: self.escape,
            blanks,
            gap: has_gap.then(|| self.span(end..end)),
            all: self.span(line.start..end),
            late: RefCell::default(),
            origin: self.origin,
            parts,
        }
    }

    /// Returns the line without the escape at its end, if there is one that nothing escapes.
    fn continued(&self, line: &'t str) -> Option<&'t str> {
        let part = line
            .trim_end_matches([' ', '\t'])
            .strip_suffix(self.escape)?;
        (!part.ends_with(self.escape)).then_some(part)
    }

    /// Reads the heredocs that an instruction opens.
    fn collect(&mut self, instruction: &mut Instruction<'t>) -> Result<(), Wrong> {
        for mut heredoc in heredoc::opened(instruction)? {
            let start = self.at;
            loop {
                let end = self.at;
                let Some(line) = self.line() else {
                    if !super::is_known(instruction.str(&instruction.word)) {
                        self.at = start;
                        return Ok(());
                    }
                    let message = format!("unterminated heredoc: `{}` does not end", heredoc.name);
                    let help = "its name stands alone on the line after it";
                    return Err(Malformed::new(message, help).into());
                };
                let mut last = line.text.trim_end_matches(['\r', '\n']);
                if heredoc.is_chomped {
                    last = last.trim_start_matches('\t');
                }
                if last == heredoc.name {
                    heredoc.written = &self.text[start..end];
                    heredoc.span = self.span(start..end);
                    break;
                }
            }
            instruction.heredocs.push(heredoc);
        }
        Ok(())
    }
}

/// Takes away the blanks around a text.
fn trimmed(text: &mut Cow<'_, str>, parts: &mut Vec<(usize, usize)>) {
    let length = text.trim_end().len();
    let start = text.len() - text.trim_start().len();
    match text {
        Cow::Borrowed(text) => *text = &text[start.min(length)..length],
        Cow::Owned(text) => {
            text.truncate(length);
            text.drain(..start.min(length));
        }
    }
    if start == 0 {
        return;
    }
    let first = parts.partition_point(|(at, _)| *at <= start);
    parts.drain(..first.saturating_sub(1));
    for (at, offset) in parts {
        match at.checked_sub(start) {
            Some(less) => *at = less,
            None => {
                *offset += start - *at;
                *at = 0;
            }
        }
    }
}

/// Splits an instruction into its word, its flags and the rest.
fn split(it: &mut Instruction<'_>) -> Result<(), Wrong> {
    let text: &str = &it.text;
    let end = text.find(is_blank).unwrap_or(text.len());
    let shown = text.len() - text[end..].trim_start().len();
    let (flags, rest) = words::flags(text, shown, it.escape);
    let Some(after) = text.get(rest..) else {
        let message = "the flags end within a letter";
        return Err(Wrong::new(
            message,
            "put flags with letters other than ASCII into variables",
        ));
    };
    let rest = rest + after.len() - after.trim_start().len();
    let length = text.len();
    it.word = Word::at(0..end);
    it.shown = Word::at(shown..length);
    it.flags = flags;
    it.rest = Word::at(rest.min(length)..length);
    Ok(())
}
