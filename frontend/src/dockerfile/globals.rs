//! The arguments that stand before the first `FROM` (`dockerfile2llb/convert.go:buildMetaArgs`,
//! `platform.go`, v0.32.2).

use crate::expr::{Name, Template, predefined};
use crate::model::{Arg, ArgType, Value};

use super::config::doc_comment;
use super::line::Instruction;
use super::words::{self, Word};
use super::{Wrong, lex};

/// The arguments of the file that are declared so far.
#[derive(Debug, Default)]
pub(super) struct Globals {
    pub(super) args: Vec<Arg>,
}

impl Globals {
    /// Returns what a variable means; nothing for one that nobody can set.
    pub(super) fn find(&self, name: &str) -> Option<Name> {
        match self.args.iter().any(|arg| arg.name.value == name) {
            true => Some(Name::Arg(name.to_owned())),
            false => predefined(name),
        }
    }

    /// Reads an `ARG` that stands before the first stage.
    pub(super) fn add(&mut self, it: &Instruction<'_>) -> Result<(), Wrong> {
        for word in words::quoted(it) {
            let (name, value) = split(it, &word)?;
            let name_text = it.str(&name).to_owned();
            let span = it.span(name.range.clone());
            let default = match value {
                Some(value) => Some(lex::word(it, &value, lex::Scope::File(self))?),
                // Without a value it stays what it is.
                None if self.args.iter().any(|arg| arg.name.value == name_text) => continue,
                None => predefined(&name_text).map(|name| Template::reference(span, name)),
            };
            self.args.push(Arg {
                description: doc_comment(it, &name_text),
                name: crate::text::Spanned::new(name_text, span),
                default: default.map(Value::Plain),
                kind: ArgType::String,
                pattern: None,
                required: None,
            });
        }
        Ok(())
    }
}

/// Splits `NAME=value`; the name is as it stands there.
pub(super) fn split(it: &Instruction<'_>, word: &Word) -> Result<(Word, Option<Word>), Wrong> {
    match it.str(word).find('=') {
        None => Ok((word.clone(), None)),
        Some(0) => Err(it.wrong(word, "ARG names can not be blank", "write `NAME=value`")),
        Some(at) => Ok((word.until(at), Some(word.skip(at + 1)))),
    }
}
