//! The arguments that stand before the first `FROM` (`dockerfile2llb/convert.go:buildMetaArgs`,
//! `platform.go`, v0.32.2).

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::diagnostic::Diagnostics;
use crate::expr::{Found, Name, PREDEFINED, Reference, Scope, Template, eval, predefined};
use crate::model::{Arg, ArgType, Value};

use crate::text::Spanned;

use super::config::{self, doc_comment};
use super::line::Instruction;
use super::words::{self, Word};
use super::{Wrong, lex};

/// The arguments of the file that are declared so far.
#[derive(Debug, Default)]
pub(super) struct Globals {
    pub(super) args: Vec<Arg>,
    /// Their values when the request sets none.
    defaults: BTreeMap<String, String>,
    /// Names that were looked up since, and that nobody declared.
    undeclared: RefCell<Vec<String>>,
}

impl Globals {
    /// Returns what a variable means.
    pub(super) fn find(&self, name: String) -> Name {
        if self.args.iter().any(|arg| arg.name.value == name) {
            return Name::Arg(name);
        }
        predefined(&name).unwrap_or_else(|| {
            self.undeclared.borrow_mut().push(name.clone());
            Name::Undeclared(name)
        })
    }

    /// Returns the names that were looked up since the last time, and that nobody declared.
    pub(super) fn take_undeclared(&self) -> Vec<String> {
        self.undeclared.take()
    }

    /// Lists what a `FROM` may name.
    pub(super) fn names(&self) -> Vec<String> {
        let own = self.args.iter().map(|arg| arg.name.value.clone());
        own.chain(PREDEFINED.iter().map(|(name, _)| (*name).to_owned()))
            .collect()
    }

    /// Returns what a text is when the request sets no argument; what depends on the platform is
    /// `x`.
    pub(super) fn default_of(&self, text: &Template<Name>) -> Option<String> {
        let found = eval(text, self, &mut Diagnostics::new())?;
        found.as_literal().map(str::to_owned)
    }

    /// Reads an `ARG` that stands before the first stage.
    pub(super) fn add(&mut self, it: &Instruction<'_>) -> Result<(), Wrong> {
        if it.rest.range.is_empty() {
            return Err(config::nothing(it, "at least one"));
        }
        for word in words::quoted(it) {
            let (name, value) = split(it, &word)?;
            let name_text = it.str(&name).to_owned();
            let span = it.span(name.range.clone());
            let default = match value {
                Some(value) => Some(it.template(&value, lex::Scope::File(self), Some(&name_text))),
                // Without a value it stays what it is.
                None if self.args.iter().any(|arg| arg.name.value == name_text) => continue,
                None => predefined(&name_text).map(|name| Template::reference(span, name)),
            };
            if let Some(value) = default.as_ref().and_then(|it| self.default_of(it)) {
                self.defaults.insert(name_text.clone(), value);
            }
            self.args.push(Arg {
                description: doc_comment(it, &name_text),
                name: Spanned::new(name_text, span),
                default: default.map(Value::Plain),
                kind: ArgType::String,
                pattern: None,
                required: None,
            });
        }
        // Only those of a FROM are worth a word.
        self.take_undeclared();
        Ok(())
    }
}

impl Scope<Name> for Globals {
    fn find(&self, name: &Name) -> Found<'_> {
        match name {
            Name::Arg(name) => match self.defaults.get(name) {
                Some(value) => Found::Set(value),
                None => Found::Unset,
            },
            Name::Undeclared(_) => Found::Unset,
            _ => Found::Set("x"),
        }
    }

    fn unset(&self, _: &Reference<Name>, _: &mut Diagnostics) {}
}

/// Splits `NAME=value`; the name is as it stands there.
pub(super) fn split(it: &Instruction<'_>, word: &Word) -> Result<(Word, Option<Word>), Wrong> {
    match it.str(word).find('=') {
        None => Ok((word.clone(), None)),
        Some(0) => Err(it.wrong(word, "ARG names can not be blank", "write `NAME=value`")),
        Some(at) => Ok((word.until(at), Some(word.skip(at + 1)))),
    }
}
