//! Mounts of which a word is a variable: the word stands there where the file says what it is.
//!
//! Only an `ENV` says so for certain; an argument, and what a base image sets, may be anything.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostics};
use crate::dockerfile::mount::{self, Field};
use crate::expr::{EnvName, Found, Name, Reference, Scope, Template, eval};
use crate::model::{Build, Exec, OpenMount, Value, Verb, Written};

/// The variables of a stage whose values the file says.
#[derive(Clone, Default)]
struct Known(BTreeMap<String, String>);

/// Replaces the words of mounts by their values.
///
/// Reports `not-in-build-file` for those that the file does not say.
pub(super) fn settle(build: &mut Build, diags: &mut Diagnostics) {
    let mut of_stages: Vec<Known> = Vec::new();
    for idx in 0..build.stages.len() {
        let from = build.stages[idx].body.from.as_ref();
        let name = from.and_then(|from| from.name.as_literal());
        let is_base = |it: &usize| {
            let stage = &build.stages[*it];
            stage.number.is_none() && Some(stage.name.value.as_str()) == name
        };
        let base = (0..idx).rev().find(is_base);
        let mut known = base.map_or_else(Known::default, |base| of_stages[base].clone());
        for step in build.stages[idx].body.steps.iter_mut().flatten() {
            match &mut step.verb {
                Verb::Env(entries) => {
                    let value = |value: &Value| known.text(value);
                    let new: Vec<_> = entries
                        .iter()
                        .map(|it| (&it.0.value, value(&it.1)))
                        .collect();
                    for (name, value) in new {
                        known.set(name, value);
                    }
                }
                Verb::BuildEnv(entries) => {
                    entries.iter().for_each(|it| known.set(&it.0.value, None))
                }
                Verb::Arg(args) => args.iter().for_each(|it| known.set(&it.name.value, None)),
                Verb::Run(run) if !run.exec.open.is_empty() => {
                    let mut exec: Exec<Written> = (*run.exec).clone();
                    for open in std::mem::take(&mut exec.open) {
                        known.close(open, &mut exec, diags);
                    }
                    run.exec = exec.into();
                }
                _ => {}
            }
        }
        of_stages.push(known);
    }
}

impl Known {
    fn set(&mut self, name: &str, value: Option<String>) {
        match value {
            Some(value) => self.0.insert(name.to_owned(), value),
            None => self.0.remove(name),
        };
    }

    /// Returns what a value is, if the file says all of it.
    fn text(&self, value: &Value) -> Option<String> {
        let Value::Plain(template) = value else {
            return None;
        };
        let found = eval(template, self, &mut Diagnostics::new())?;
        found.as_literal().map(str::to_owned)
    }

    fn close(&self, open: OpenMount<Written>, exec: &mut Exec<Written>, diags: &mut Diagnostics) {
        let span = open.span;
        let mut fields = Vec::with_capacity(open.fields.len());
        for (key, value) in open.fields {
            let value = match value {
                Some(Value::Plain(template)) if !mount::takes_word(&key) => Some(template),
                Some(value) => match self.text(&value) {
                    Some(text) => Some(Template::literal(span, text)),
                    None => {
                        let message =
                            format!("a build file has no variable for the `{key}` of a mount");
                        diags
                            .report(Code::NotInBuildFile, span, message)
                            .help("write the word itself");
                        return;
                    }
                },
                None => None,
            };
            fields.push(Field {
                text: key.clone(),
                key,
                value,
            });
        }
        if let Err(malformed) = mount::close(&fields, (span, open.from), exec) {
            diags.report(Code::BadValue, span, malformed.message);
        }
    }
}

impl Scope<Name> for Known {
    fn find(&self, name: &Name) -> Found<'_> {
        match name {
            Name::Env(EnvName(name)) => match self.0.get(name) {
                Some(value) => Found::Set(value),
                None => Found::Later(EnvName(name.clone())),
            },
            _ => Found::Reported,
        }
    }

    fn unset(&self, _: &Reference<Name>, _: &mut Diagnostics) {}
}
