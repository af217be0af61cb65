//! Instructions of a Dockerfile become steps.
//!
//! In: the text of an ONBUILD trigger. Out: the [`Step`] that the YAML of a build file would be
//! decoded to, so that every later pass is shared. What is wrong comes back as one sentence; the
//! caller knows where the text is from. Facts are those of `frontend/dockerfile/parser`,
//! `instructions` and `shell` (v0.32.2).
//!
//! `line` finds instructions in text, `words` and `flags` take one apart, `lex` reads variables.
//! The table below says who makes a step of each instruction.

mod config;
mod files;
mod flags;
mod lex;
mod line;
mod mount;
mod run;
mod words;

#[cfg(test)]
mod tests;

use crate::diagnostic::suggest::nearest;
use crate::expr::Template;
use crate::model::{Step, Value, Verb, Written};
use crate::text::{Span, Spanned};
use crate::units::Malformed;

use line::{Instruction, Lines};

/// Makes a verb of an instruction.
type Reader = fn(&Instruction, At) -> Result<Verb<Written>, Malformed>;

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
    ("RUN", run::run),
    ("SHELL", config::shell),
    ("STOPSIGNAL", config::stop_signal),
    ("USER", config::user),
    ("VOLUME", config::volume),
    ("WORKDIR", config::workdir),
];

/// Where everything of an instruction is said to be.
#[derive(Clone, Copy)]
struct At(Span);

impl At {
    /// Returns text that stands for itself.
    fn literal(self, text: &str) -> Value {
        Value::Plain(Template::literal(self.0, text))
    }

    /// Returns text whose variables and quotes are read.
    fn text(self, text: &str) -> Result<Value, Malformed> {
        lex::word(text, self.0).map(Value::Plain)
    }

    fn texts(self, texts: &[String]) -> Result<Vec<Value>, Malformed> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    fn optional(self, text: Option<&str>) -> Result<Option<Value>, Malformed> {
        text.map(|text| self.text(text)).transpose()
    }

    fn literals(self, texts: &[String]) -> Vec<Value> {
        texts.iter().map(|text| self.literal(text)).collect()
    }

    fn spanned<T>(self, value: T) -> Spanned<T> {
        Spanned::new(value, self.0)
    }
}

const HELP: &str = "a trigger is one instruction without ONBUILD, such as `COPY . /app`";

/// Reads an ONBUILD trigger: one instruction, which is one step.
///
/// Everything in the step is at `span`; the step's name is the trigger as BuildKit shows it.
///
/// # Errors
///
/// The text is not one instruction, the instruction is wrong, or no trigger can be it.
pub fn trigger(text: &str, span: Span) -> Result<Step<Written>, Malformed> {
    let mut lines = Lines::new(text);
    let instruction = lines
        .next()
        .unwrap_or_else(|| Err(Malformed::new("an empty text is not an instruction", HELP)))?;
    if lines.next().is_some() {
        return Err(Malformed::new("there is more than one instruction", HELP));
    }
    let word = instruction.word.as_str();
    let Some((_, reader)) = STEPS.iter().find(|(known, _)| *known == word) else {
        return Err(unknown(word));
    };
    let at = At(span);
    let verb = reader(&instruction, at)?;
    let name = format!("ONBUILD {word} {}", instruction.shown);
    // A name is for people: what cannot be read is shown as it is.
    let name = at.text(&name).unwrap_or_else(|_| at.literal(&name));
    Ok(Step {
        span,
        name: Some(name),
        when: None,
        no_cache: None,
        check: None,
        verb,
    })
}

fn unknown(word: &str) -> Malformed {
    let message = match word {
        "FROM" | "MAINTAINER" | "ONBUILD" => format!("{word} cannot be a trigger"),
        _ => match nearest(word, STEPS.iter().map(|(known, _)| *known)) {
            Some(near) => {
                format!("`{word}` is not a Dockerfile instruction, did you mean {near}?")
            }
            None => format!("`{word}` is not a Dockerfile instruction"),
        },
    };
    Malformed::new(message, HELP)
}
