//! Arguments are declared once, at the top, if they have one value.
//!
//! An `ARG` of a stage stays a step, as its variable is in the environment from there on: a
//! `build-env` with the argument as its value, or an `arg` where it has a value of its own.

mod values;

use std::collections::BTreeMap;

use crate::expr::{Name, Piece, Template, predefined};
use crate::model::{Arg, Build, Value, Verb};
use crate::text::{Span, Spanned};

use values::Values;

/// Declares the arguments of the stages.
pub(super) fn settle(build: &mut Build) {
    let declared = declared(build);
    let taken = declared.keys().cloned().collect();
    let mut values = Values::of(std::mem::take(&mut build.args), taken);
    let own = |arg: &Arg| arg.default.as_ref().and_then(sole) == predefined(&arg.name.value);
    values
        .args
        .retain(|arg| predefined(&arg.name.value).is_none() || !own(arg));
    for (name, args) in declared {
        values.args.extend(shared(&name, &args, &values));
    }
    for stage in &mut build.stages {
        let body = &mut stage.body;
        let used = body.from.iter_mut().map(|from| &mut from.name);
        for value in used.chain(&mut body.platform) {
            values.say(value);
        }
        for step in body.steps.iter_mut().flatten() {
            if let Verb::Arg(args) = &mut step.verb {
                step.verb = verb(std::mem::take(args), &values);
            }
        }
    }
    build.args = values.args;
}

/// Returns the arguments that stages declare, by name.
fn declared(build: &Build) -> BTreeMap<String, Vec<Arg>> {
    let steps = build.stages.iter().flat_map(|it| it.body.steps.iter());
    let mut declared: BTreeMap<String, Vec<Arg>> = BTreeMap::new();
    for step in steps.flatten() {
        if let Verb::Arg(args) = &step.verb {
            for arg in args {
                let all = declared.entry(arg.name.value.clone()).or_default();
                all.push(arg.clone());
            }
        }
    }
    declared
}

/// Returns what the top says of an argument that only stages declare: all of them with the same
/// value, or a description.
fn shared(name: &str, args: &[Arg], values: &Values) -> Option<Arg> {
    if values.global(name).is_some() {
        return None;
    }
    let first = args.first()?;
    let text = |arg: &Arg| {
        arg.default
            .as_ref()
            .and_then(Value::as_literal)
            .map(str::to_owned)
    };
    let is_one = text(first).is_some() && args.iter().all(|arg| text(arg) == text(first));
    let described = args.iter().find(|arg| arg.description.is_some());
    if is_one && predefined(name).is_none() {
        return Some(described.unwrap_or(first).clone());
    }
    let has_own = args.iter().any(|arg| arg.default.is_some());
    described.filter(|_| !has_own).cloned()
}

/// Returns what an `ARG` of a stage is.
fn verb(args: Vec<Arg>, values: &Values) -> Verb<crate::model::Written> {
    let is_of_top = |arg: &Arg| match (&arg.default, values.global(&arg.name.value)) {
        (None, _) => true,
        (Some(own), Some(global)) => {
            let top = global.default.as_ref().and_then(Value::as_literal);
            top.is_some() && own.as_literal() == top
        }
        (Some(_), None) => false,
    };
    if args.iter().all(is_of_top) {
        let entries = args.into_iter().map(|arg| {
            let value = values.in_stage(&arg.name);
            (arg.name, value)
        });
        return Verb::BuildEnv(entries.collect());
    }
    let own = args.into_iter().map(|arg| match arg.default {
        Some(_) => arg,
        None => Arg {
            default: values.own(&arg.name),
            ..arg
        },
    });
    Verb::Arg(own.collect())
}

/// Returns what a value is if it is only that.
fn sole(value: &Value) -> Option<Name> {
    let Value::Plain(template) = value else {
        return None;
    };
    match &*template.pieces {
        [Piece::Reference(it)] if it.modifier.is_none() => Some(it.name.clone()),
        _ => None,
    }
}

/// Returns a name as a value.
fn reference(span: Span, name: Name) -> Value {
    Value::Plain(Template::reference(span, name))
}

impl Values {
    /// Returns what a variable of a stage that has the value of its argument is.
    fn in_stage(&self, name: &Spanned<String>) -> Option<Value> {
        let arg = Name::Arg(name.value.clone());
        if let Some(value) = self.own(name) {
            return Some(value);
        }
        match self.global(&name.value) {
            Some(global) => {
                let has_value = global.default.is_some();
                has_value.then(|| reference(name.span, arg))
            }
            None => predefined(&name.value).map(|known| reference(name.span, known)),
        }
    }
}
