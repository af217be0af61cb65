//! A Dockerfile becomes what a build file would be decoded to.
//!
//! In: the text. Out: a [`Build`], in which everything has its place, and the comments with theirs.
//! Every mistake is reported, in the words of Dockerfiles; an instruction with one is left out.
//! Facts are those of `frontend/dockerfile/parser`, `instructions` and `shell` (v0.32.2).
//!
//! `line` finds instructions in text, `words` and `flags` take one apart, `lex` reads variables.
//! The table below says who makes a step of each instruction. [`trigger`] reads one instruction:
//! that of an ONBUILD.

mod check;
mod config;
mod detect;
mod device;
mod directive;
mod files;
mod flags;
mod globals;
mod heredoc;
mod lex;
mod line;
pub(crate) mod mount;
mod notes;
mod run;
mod stages;
mod words;

#[cfg(test)]
mod tests;

use crate::diagnostic::suggest::{closest, nearest};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::expr::{Name, Template};
use std::sync::Arc;

use crate::model::{self, Build, Language, Mistake, Step, Value, Verb, Written};
use crate::text::{FileId, Span, Spanned};
use crate::units::Malformed;

use globals::Globals;
use line::{Instruction, Lines, Origin};
use notes::Notes;
use words::Word;

pub(crate) use check::options;
pub(crate) use config::is_legacy;
pub use detect::is_dockerfile;
pub(crate) use lex::{Shown, shown};

/// Makes a verb of an instruction.
type Maker = fn(&Instruction<'_>) -> Result<Verb<Written>, Wrong>;

/// The instructions that are steps.
const STEPS: &[(&str, Maker)] = &[
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

/// Returns every instruction.
fn instructions() -> impl Iterator<Item = &'static str> {
    STEPS.iter().map(|(known, _)| *known).chain([FROM])
}

/// Tells whether there is such an instruction.
fn is_known(word: &str) -> bool {
    instructions().any(|known| known.eq_ignore_ascii_case(word))
}

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
    code: Code,
}

impl Wrong {
    fn new(message: impl Into<String>, help: &'static str) -> Self {
        Malformed::new(message, help).into()
    }

    fn at(span: Span, message: impl Into<String>, help: &'static str) -> Self {
        Self::new(message, help).or_at(span)
    }

    /// Says what kind of mistake it is.
    fn of(self, code: Code) -> Self {
        Self { code, ..self }
    }

    /// Says where it is, unless that is known.
    fn or_at(mut self, span: Span) -> Self {
        self.span = self.span.or(Some(span));
        self
    }

    fn diagnostic(self, at: Span) -> Diagnostic {
        let span = self.span.unwrap_or(at);
        let mut diagnostic = Diagnostic::new(self.code, span.into(), self.malformed.message);
        if !self.malformed.help.is_empty() {
            diagnostic.help(self.malformed.help);
        }
        diagnostic
    }

    fn report(self, at: Span, diags: &mut Diagnostics) {
        diags.add(self.diagnostic(at));
    }
}

impl From<Malformed> for Wrong {
    fn from(malformed: Malformed) -> Self {
        Self {
            malformed,
            span: None,
            code: Code::BadInstruction,
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
    fn value(&self, word: &Word) -> Value {
        Value::Plain(self.template(word, lex::Scope::Steps, None))
    }

    fn values(&self, words: &[Word]) -> Vec<Value> {
        words.iter().map(|word| self.value(word)).collect()
    }

    /// Reads a word; one that cannot be read is empty, and a mistake if the instruction counts,
    /// unless the request sets the argument.
    fn template(&self, word: &Word, scope: lex::Scope<'_>, unless: Option<&str>) -> Template<Name> {
        let read = lex::word(self, word, scope);
        read.unwrap_or_else(|wrong| {
            self.late(wrong, unless);
            Template::literal(self.span(word.range.clone()), "")
        })
    }

    /// Notes a mistake that counts if the stage is built and the request does not set the
    /// argument.
    fn late(&self, wrong: Wrong, unless: Option<&str>) {
        let unless = unless.map(str::to_owned);
        self.late.borrow_mut().push((wrong, unless));
    }

    /// Returns a text whose variables and quotes are read, and that is said to be where the word
    /// is.
    fn template_text(&self, word: &Word, text: &str) -> Template<Name> {
        let word = Word {
            text: Some(text.to_owned()),
            range: word.range.clone(),
        };
        self.template(&word, lex::Scope::Steps, None)
    }

    fn spanned<T>(&self, word: &Word, value: T) -> Spanned<T> {
        Spanned::new(value, self.span(word.range.clone()))
    }
}

const HELP: &str = "a trigger is one instruction without ONBUILD, such as `COPY . /app`";

/// Reads a Dockerfile.
pub fn read(file: FileId, text: &str, diags: &mut Diagnostics) -> Reading {
    let start = Span::new(file, 0..0);
    let mut reader = Reader {
        build: Build {
            language: Language::Dockerfile,
            check: settings(file, text, diags),
            ..Build::default()
        },
        globals: Globals::default(),
        notes: Notes::default(),
        goes_on: false,
        diags,
    };
    let mut lines = match Lines::new(text, Origin::File(file)) {
        Ok(lines) => lines,
        Err(wrong) => {
            wrong.report(start, reader.diags);
            return Reading::default();
        }
    };
    let mut has_instruction = false;
    while let Some(next) = lines.next() {
        has_instruction = true;
        match next {
            Ok(it) => reader.add(&it),
            Err(wrong) => wrong.report(start, reader.diags),
        }
    }
    let message = match has_instruction {
        _ if text.is_empty() => "the Dockerfile cannot be empty",
        false => "file with no instructions",
        true => "dockerfile contains no stages to build",
    };
    if reader.build.stages.is_empty() && !reader.diags.has_mistakes() {
        let help = "a Dockerfile starts with FROM, such as `FROM alpine:3.20`";
        reader
            .diags
            .report(Code::NoStages, start, message)
            .help(help);
    }
    let comments = lines.comments.iter();
    let comments = comments.map(|comment| Spanned::new(comment.text.to_owned(), comment.span));
    Reading {
        build: reader.finish(),
        comments: comments.collect(),
    }
}

/// Returns the settings in the first lines.
fn settings(file: FileId, text: &str, diags: &mut Diagnostics) -> Option<model::Check> {
    let (value, at) = directive::find(text, "check")?;
    let value = value.split(' ').next().unwrap_or_default();
    let span = Span::new(file, at..at + value.len());
    match check::options(value, span) {
        Ok(check) => Some(check),
        Err(message) => {
            let message = format!("failed to parse check options: {message}");
            diags.report(Code::BadOption, span, message);
            None
        }
    }
}

/// A Dockerfile while it is read.
struct Reader<'d> {
    build: Build,
    globals: Globals,
    notes: Notes,
    /// Whether the instruction before looks as if it were not at its end.
    goes_on: bool,
    diags: &'d mut Diagnostics,
}

impl Reader<'_> {
    /// Adds an instruction to what was read.
    fn add(&mut self, it: &Instruction<'_>) {
        if let Some(gap) = it.gap {
            let message = "Empty continuation line";
            self.diags.report(Code::NoEmptyContinuation, gap, message);
        }
        let word = it.str(&it.word);
        let made = if word.eq_ignore_ascii_case(FROM) {
            self.from(it)
        } else {
            self.other(it, word)
        };
        if let Err(wrong) = made {
            wrong.report(it.all, self.diags);
        }
        let ends = ["&&", "||", "|", ";"];
        self.goes_on = ends.iter().any(|end| it.text.ends_with(end));
        let mistakes = match self.build.stages.last_mut() {
            Some(stage) => &mut stage.mistakes,
            None => &mut self.build.mistakes,
        };
        let late = it.late.take().into_iter();
        mistakes.extend(late.map(|(wrong, unless)| Mistake {
            diagnostic: wrong.diagnostic(it.all),
            unless,
        }));
    }

    fn from(&mut self, it: &Instruction<'_>) -> Result<(), Wrong> {
        let number = self.build.stages.len();
        let stage = match stages::from(it, number, &self.globals) {
            Ok(stage) => stage,
            Err(wrong) => {
                // What follows is no mistake for that.
                self.build.stages.push(stages::unknown(it, number));
                notes::undeclared(it, &self.globals, self.diags);
                return Err(wrong);
            }
        };
        self.notes.instruction(it, self.diags);
        self.notes.from(it, &stage, &self.globals, self.diags);
        self.build.stages.push(stage);
        Ok(())
    }

    fn other(&mut self, it: &Instruction<'_>, word: &str) -> Result<(), Wrong> {
        let known = STEPS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(word));
        let Some((known, maker)) = known else {
            let upper = word.to_ascii_uppercase();
            // Of instructions as near to it, a swap of letters is the likelier slip.
            let near = nearest(&upper, instructions()).or_else(|| closest(&upper, instructions()));
            let message = did_you_mean(format!("unknown instruction: {word}"), near, "");
            let help = match self.goes_on {
                true => "if it goes on with the command above, that line has to end with `\\`",
                false => "",
            };
            let wrong = it.wrong(&it.word, message, help);
            return Err(wrong.of(Code::UnknownInstruction));
        };
        if self.build.stages.is_empty() && *known == "ARG" {
            self.globals.add(it)?;
            self.describes(it);
            return Ok(());
        }
        let step = step(it, *maker)?;
        let Some(stage) = self.build.stages.last_mut() else {
            if self.diags.has_mistakes() {
                return Ok(());
            }
            let help = "only ARG can stand before the first FROM";
            return Err(Wrong::new("no build stage in current context", help));
        };
        stage.body.steps.get_or_insert_default().push(step);
        self.notes.instruction(it, self.diags);
        if *known == "ARG" {
            self.describes(it);
        }
        Ok(())
    }

    /// Looks at the comment above an ARG.
    fn describes(&mut self, it: &Instruction<'_>) {
        let words = words::quoted(it);
        let name = |word| it.str(word).split('=').next().unwrap_or_default();
        let names: Vec<&str> = words.iter().map(name).collect();
        notes::describes(it, "ARG", &names, self.diags);
    }

    fn finish(self) -> Build {
        let mut build = self.build;
        match self.diags.has_mistakes() {
            false => self.notes.finish(&build, &self.globals, self.diags),
            // Nothing is built, and all is told at once.
            true => {
                let late = build.stages.iter_mut().flat_map(|it| it.mistakes.drain(..));
                let late = late.filter(|it| it.unless.is_none());
                late.for_each(|it| self.diags.add(it.diagnostic));
            }
        }
        build.args = self.globals.args;
        // The log calls a stage that is alone by no name.
        if let [stage] = build.stages.as_mut_slice()
            && !stage.body.steps.iter().flatten().any(takes)
        {
            stage.title = Some(String::new());
        }
        build
    }
}

/// Tells whether a step takes something from elsewhere, which then counts as one more stage
/// (`dockerfile2llb/convert.go:buildStageDependencyGraph`, v0.32.2).
fn takes(step: &Step<Written>) -> bool {
    match &step.verb {
        Verb::Copy(copy) => copy.from.is_some(),
        Verb::Run(model::Run { exec, .. }) => has_mounts(exec),
        Verb::Script(script) => has_mounts(&script.exec),
        _ => false,
    }
}

fn has_mounts(exec: &model::Exec<Written>) -> bool {
    let n_mounts = exec.caches.len() + exec.secrets.len() + exec.ssh.len();
    n_mounts + exec.binds.len() + exec.tmpfs.len() + exec.open.len() > 0
}

fn step(it: &Instruction<'_>, maker: Maker) -> Result<Step<Written>, Wrong> {
    Ok(Step {
        span: it.all,
        name: None,
        when: None,
        no_cache: None,
        check: check::above(it).map(Box::new),
        instruction: Some(Arc::new(model::Instruction {
            text: it.text.clone().into_owned(),
            escape: it.escape,
            is_trigger: false,
        })),
        verb: maker(it)?,
    })
}

/// Tells whether the command of a RUN is one heredoc.
pub(crate) fn is_heredoc(text: &str) -> bool {
    let (_, rest) = text.split_once(words::is_blank).unwrap_or((text, ""));
    let (_, start) = words::flags(rest, 0, line::ESCAPE);
    let command = rest.get(start..).unwrap_or_default();
    heredoc::Heredoc::parse(command.trim()).is_some()
}

/// Adds to a message the name that was probably meant (`util/suggest`, v0.32.2).
fn suggested<'a>(message: String, name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let near = closest(name, known);
    did_you_mean(message, near, "")
}

/// Adds to a message the name that was probably meant, with a sign before it.
fn did_you_mean(message: String, near: Option<&str>, sign: &str) -> String {
    match near {
        Some(near) => format!("{message} (did you mean {sign}{near}?)"),
        None => message,
    }
}

/// Reads an ONBUILD trigger: one instruction, which is one step.
///
/// Everything in the step is at `span`.
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
    let Some((_, maker)) = STEPS.iter().find(|(known, _)| *known == word) else {
        let known = STEPS.iter().map(|(known, _)| *known);
        let message = suggested(format!("unknown instruction: {word}"), &word, known);
        return Err(Wrong::new(message, HELP));
    };
    let mut step = step(&it, *maker)?;
    if let Some((wrong, _)) = it.late.take().into_iter().next() {
        return Err(wrong);
    }
    step.instruction = Some(Arc::new(model::Instruction {
        text: it.text.clone().into_owned(),
        escape: it.escape,
        is_trigger: true,
    }));
    Ok(step)
}
