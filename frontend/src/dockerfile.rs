//! A Dockerfile becomes what a build file would be decoded to.
//!
//! In: the text. Out: a [`Build`], in which everything has its place, and the comments with theirs.
//! Every mistake is reported, in the words of Dockerfiles; an instruction with one is left out.
//! Facts are those of `frontend/dockerfile/parser`, `instructions` and `shell` (v0.32.2).
//!
//! `line` finds instructions in text, `words` and `flags` take one apart, `lex` reads variables.
//! The table below says who makes a step of each instruction. [`trigger`] reads one instruction:
//! that of an ONBUILD.

mod config;
mod detect;
mod directive;
mod files;
mod flags;
mod globals;
mod heredoc;
mod lex;
mod line;
mod mount;
mod run;
mod stages;
mod words;

#[cfg(test)]
mod tests;

use crate::diagnostic::suggest::nearest;
use crate::diagnostic::{Code, Diagnostics};
use crate::expr::{Name, Template};
use crate::model::{Build, Step, Value, Verb, Written};
use crate::text::{FileId, Span, Spanned};
use crate::units::Malformed;

use globals::Globals;
use line::{Instruction, Lines, Origin};
use words::Word;

pub use detect::is_dockerfile;

/// Makes a verb of an instruction.
type Reader = fn(&Instruction<'_>) -> Result<Verb<Written>, Wrong>;

/// The instructions that are steps.
const STEPS: &[(&str, Reader)] = &[
    ("ADD", files::add),
    ("ARG", config::arg),
    ("CMD", config::cmd),
    ("COPY", files::copy),
    ("ENTRYPOINT", config::entrypoint),
    ("ENV", config::env),
    ("EXPOSE", config::expose),
    ("HEALTHCHECK", config::healthcheck),
    ("LABEL", config::label),
    ("MAINTAINER", config::maintainer),
    ("ONBUILD", config::onbuild),
    ("RUN", run::run),
    ("SHELL", config::shell),
    ("STOPSIGNAL", config::stop_signal),
    ("USER", config::user),
    ("VOLUME", config::volume),
    ("WORKDIR", config::workdir),
];

/// Starts a stage.
const FROM: &str = "FROM";

/// A Dockerfile that was read.
#[derive(Debug, Default)]
pub struct Reading {
    /// What it says.
    pub build: Build,
    /// Its comments in order, directives not among them.
    pub comments: Vec<Spanned<String>>,
}

/// What is wrong with an instruction, and where if that is known.
#[derive(Debug)]
struct Wrong {
    malformed: Malformed,
    span: Option<Span>,
}

impl Wrong {
    fn new(message: impl Into<String>, help: &'static str) -> Self {
        Malformed::new(message, help).into()
    }

    fn at(span: Span, message: impl Into<String>, help: &'static str) -> Self {
        Self::new(message, help).or_at(span)
    }

    /// Says where it is, unless that is known.
    fn or_at(mut self, span: Span) -> Self {
        self.span = self.span.or(Some(span));
        self
    }

    fn report(self, code: Code, at: Span, diags: &mut Diagnostics) {
        let span = self.span.unwrap_or(at);
        let diagnostic = diags.report(code, span, self.malformed.message);
        diagnostic.help(self.malformed.help);
    }
}

impl From<Malformed> for Wrong {
    fn from(malformed: Malformed) -> Self {
        Self {
            malformed,
            span: None,
        }
    }
}

impl Instruction<'_> {
    /// Returns text that stands for itself.
    fn literal(&self, word: &Word) -> Value {
        self.literal_text(word, self.str(word))
    }

    /// Returns text that stands for itself and is said to be where the word is.
    fn literal_text(&self, word: &Word, text: &str) -> Value {
        Value::Plain(Template::literal(self.span(word.range.clone()), text))
    }

    fn literals(&self, words: &[Word]) -> Vec<Value> {
        words.iter().map(|word| self.literal(word)).collect()
    }

    /// Returns a word whose variables and quotes are read.
    fn value(&self, word: &Word) -> Result<Value, Wrong> {
        lex::word(self, word, lex::Scope::Steps).map(Value::Plain)
    }

    fn values(&self, words: &[Word]) -> Result<Vec<Value>, Wrong> {
        words.iter().map(|word| self.value(word)).collect()
    }

    /// Returns a text whose variables and quotes are read, and that is said to be where the word
    /// is.
    fn template_text(&self, word: &Word, text: &str) -> Result<Template<Name>, Wrong> {
        let word = Word {
            text: Some(text.to_owned()),
            range: word.range.clone(),
        };
        lex::word(self, &word, lex::Scope::Steps)
    }

    fn spanned<T>(&self, word: &Word, value: T) -> Spanned<T> {
        Spanned::new(value, self.span(word.range.clone()))
    }
}

const HELP: &str = "a trigger is one instruction without ONBUILD, such as `COPY . /app`";

/// Reads a Dockerfile.
pub fn read(file: FileId, text: &str, diags: &mut Diagnostics) -> Reading {
    let mut reading = Reading::default();
    let start = Span::new(file, 0..0);
    let mut lines = match Lines::new(text, Origin::File(file)) {
        Ok(lines) => lines,
        Err(wrong) => {
            wrong.report(Code::BadInstruction, start, diags);
            return reading;
        }
    };
    let mut globals = Globals::default();
    let mut has_instruction = false;
    while let Some(next) = lines.next() {
        has_instruction = true;
        match next {
            Ok(it) => {
                let all = it.all;
                if let Err((code, wrong)) = add(&it, &mut reading.build, &mut globals) {
                    wrong.report(code, all, diags);
                }
            }
            Err(wrong) => wrong.report(Code::BadInstruction, start, diags),
        }
    }
    let message = match has_instruction {
        _ if text.is_empty() => "the Dockerfile cannot be empty",
        false => "file with no instructions",
        true => "dockerfile contains no stages to build",
    };
    if reading.build.stages.is_empty() && !diags.has_errors() {
        let help = "a Dockerfile starts with FROM, such as `FROM alpine:3.20`";
        diags.report(Code::NoStages, start, message).help(help);
    }
    reading.build.args = globals.args;
    let comments = lines.comments.iter();
    let comments = comments.map(|comment| Spanned::new(comment.text.to_owned(), comment.span));
    reading.comments = comments.collect();
    reading
}

/// Adds an instruction to what was read.
fn add(
    it: &Instruction<'_>,
    build: &mut Build,
    globals: &mut Globals,
) -> Result<(), (Code, Wrong)> {
    let bad = |wrong| (Code::BadInstruction, wrong);
    let word = it.str(&it.word);
    let number = build.stages.len();
    if word.eq_ignore_ascii_case(FROM) {
        build
            .stages
            .push(stages::from(it, number, globals).map_err(bad)?);
        return Ok(());
    }
    let known = STEPS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(word));
    let Some((known, reader)) = known else {
        let known = STEPS.iter().map(|(known, _)| *known).chain([FROM]);
        let upper = word.to_ascii_uppercase();
        let message = suggested(format!("unknown instruction: {word}"), &upper, known);
        let help = "the Dockerfile reference lists the instructions";
        return Err((Code::UnknownInstruction, it.wrong(&it.word, message, help)));
    };
    if number == 0 && *known == "ARG" {
        return globals.add(it).map_err(bad);
    }
    let step = step(it, *reader).map_err(bad);
    let Some(stage) = build.stages.last_mut() else {
        step?;
        let message = "no build stage in current context";
        return Err(bad(Wrong::new(
            message,
            "only ARG can stand before the first FROM",
        )));
    };
    stage.body.steps.get_or_insert_default().push(step?);
    Ok(())
}

fn step(it: &Instruction<'_>, reader: Reader) -> Result<Step<Written>, Wrong> {
    Ok(Step {
        span: it.all,
        name: None,
        when: None,
        no_cache: None,
        check: None,
        verb: reader(it)?,
    })
}

/// Adds to a message the name that was probably meant (`util/suggest`, v0.32.2).
fn suggested<'a>(message: String, name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(name, known) {
        Some(near) => format!("{message} (did you mean {near}?)"),
        None => message,
    }
}

/// Reads an ONBUILD trigger: one instruction, which is one step.
///
/// Everything in the step is at `span`; the step's name is the trigger as BuildKit shows it.
///
/// # Errors
///
/// The text is not one instruction, the instruction is wrong, or no trigger can be it.
pub fn trigger(text: &str, span: Span) -> Result<Step<Written>, Malformed> {
    read_trigger(text, span).map_err(|wrong| wrong.malformed)
}

fn read_trigger(text: &str, span: Span) -> Result<Step<Written>, Wrong> {
    let mut lines = Lines::new(text, Origin::At(span))?;
    let it = lines
        .next()
        .unwrap_or_else(|| Err(Wrong::new("an empty text is not an instruction", HELP)))?;
    if lines.next().is_some() {
        return Err(Wrong::new("there is more than one instruction", HELP));
    }
    let word = it.str(&it.word).to_ascii_uppercase();
    if let Some(wrong) = config::no_trigger(&word) {
        return Err(wrong);
    }
    let Some((_, reader)) = STEPS.iter().find(|(known, _)| *known == word) else {
        let known = STEPS.iter().map(|(known, _)| *known);
        let message = suggested(format!("unknown instruction: {word}"), &word, known);
        return Err(Wrong::new(message, HELP));
    };
    let mut step = step(&it, *reader)?;
    let name = format!("ONBUILD {word} {}", it.str(&it.shown));
    let shown = Word {
        text: Some(name),
        range: it.shown.range.clone(),
    };
    // A name is for people: what cannot be read is shown as it is.
    step.name = Some(it.value(&shown).unwrap_or_else(|_| it.literal(&shown)));
    Ok(step)
}
