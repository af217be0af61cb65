//! Arguments are declared once, at the top.
//!
//! An `ARG` of a stage stays a step, a `build-env` with the argument as its value: a variable is in
//! the environment from there on. What has no value stays without one, as `ARG` does.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostics};
use crate::expr::{Modifier, Name, Piece, Template, Test, predefined};
use crate::model::{Arg, Build, Value, Verb};
use crate::text::{Span, Spanned};

/// How the value of an argument is said in a stage.
enum Form {
    /// The argument always has one.
    Declared,
    /// The argument has none but the request's, so each place says its own.
    Own,
}

type Text = Template<Name>;

/// Declares every argument of the stages.
pub(super) fn settle(build: &mut Build, diags: &mut Diagnostics) {
    unique(build, diags);
    let platform =
        |arg: &Arg| arg.default.as_ref().and_then(of_platform) == predefined(&arg.name.value);
    build
        .args
        .retain(|arg| predefined(&arg.name.value).is_none() || !platform(arg));
    let globals = build.args.clone();
    let mut declared = BTreeMap::new();
    for step in build
        .stages
        .iter()
        .flat_map(|stage| stage.body.steps.iter().flatten())
    {
        if let Verb::Arg(args) = &step.verb {
            for arg in args {
                declared
                    .entry(arg.name.value.clone())
                    .or_insert_with(Vec::new)
                    .push(arg.clone());
            }
        }
    }
    let mut forms = BTreeMap::new();
    for (name, args) in &declared {
        let global = build.args.iter().position(|arg| arg.name.value == *name);
        forms.insert(name.clone(), form(args, global, build));
    }
    for stage in &mut build.stages {
        for step in stage.body.steps.iter_mut().flatten() {
            if let Verb::Arg(args) = &step.verb {
                let entries = args.iter().map(|arg| entry(arg, &forms, &globals));
                step.verb = Verb::BuildEnv(entries.collect());
            }
        }
        // What the file says of an argument that has no value here is said where it is used.
        let Some(from) = &mut stage.body.from else {
            continue;
        };
        replace(&mut from.name, &forms, &globals, diags);
        stage
            .body
            .platform
            .iter_mut()
            .for_each(|it| replace(it, &forms, &globals, diags));
    }
    for arg in &mut build.args {
        arg.default
            .iter_mut()
            .for_each(|it| replace(it, &forms, &globals, diags));
    }
}

/// Keeps the last of several global arguments of one name.
fn unique(build: &mut Build, diags: &mut Diagnostics) {
    let all = std::mem::take(&mut build.args);
    for (idx, arg) in all.iter().enumerate() {
        let is_again = |other: &Arg| other.name.value == arg.name.value;
        if all[idx + 1..].iter().any(is_again) {
            let between = all[idx + 1..].iter().take_while(|other| !is_again(other));
            if between
                .flat_map(|it| &it.default)
                .any(|it| mentions(it, &arg.name.value))
            {
                let message = format!("a build file has no two values of `{}`", arg.name.value);
                diags
                    .report(Code::NotInBuildFile, arg.name.span, message)
                    .help("give one of the arguments another name");
            }
            continue;
        }
        build.args.push(arg.clone());
    }
}

fn mentions(value: &Value, name: &str) -> bool {
    let mut found = false;
    for template in value.templates() {
        template.each_reference(&mut |it| found |= it.name == Name::Arg(name.to_owned()));
    }
    found
}

/// Returns what a value is if it is only that.
fn of_platform(value: &Value) -> Option<Name> {
    let Value::Plain(template) = value else {
        return None;
    };
    match &*template.pieces {
        [Piece::Reference(it)] if it.modifier.is_none() => Some(it.name.clone()),
        _ => None,
    }
}

/// Decides how an argument of stages is said, and declares it at the top.
fn form(args: &[Arg], global: Option<usize>, build: &mut Build) -> Form {
    let own: Vec<Option<&Value>> = args.iter().map(|arg| arg.default.as_ref()).collect();
    let outer = global.and_then(|idx| build.args[idx].default.clone());
    let text = |value: Option<&Value>| value.and_then(Value::as_literal).map(str::to_owned);
    let first = own.iter().find_map(|value| text(*value));
    let same = |value: &Option<&Value>| text(*value).is_some() && text(*value) == first;
    let is_one = match &outer {
        Some(outer) => own
            .iter()
            .all(|it| it.is_none() || same(it) && text(Some(outer)) == first),
        None => global.is_none() && !own.is_empty() && own.iter().all(same),
    };
    if is_one {
        if global.is_none() {
            let described = args.iter().find(|arg| arg.description.is_some());
            build.args.push(described.unwrap_or(&args[0]).clone());
        }
        return Form::Declared;
    }
    let Some(idx) = global else {
        if own.iter().any(Option::is_some) {
            build.args.push(Arg {
                default: None,
                ..args[0].clone()
            });
        } else if let Some(described) = args.iter().find(|arg| arg.description.is_some()) {
            build.args.push(described.clone());
        }
        return Form::Own;
    };
    if own.iter().any(Option::is_some) {
        build.args[idx].default = None;
    }
    Form::Own
}

fn entry(
    arg: &Arg,
    forms: &BTreeMap<String, Form>,
    globals: &[Arg],
) -> (Spanned<String>, Option<Value>) {
    let name = &arg.name.value;
    let span = arg.name.span;
    let global = globals.iter().find(|it| it.name.value == *name);
    let outer = global.and_then(|it| it.default.as_ref());
    let value = match (forms.get(name), arg.default.as_ref()) {
        (Some(Form::Declared), _) => Some(reference(span, name, None)),
        (_, Some(value)) => Some(reference(span, name, Some(value))),
        (_, None) => match (outer, predefined(name)) {
            (Some(outer), _) => Some(reference(span, name, Some(outer))),
            (None, Some(known)) if global.is_none() => {
                Some(Value::Plain(Text::reference(span, known)))
            }
            (None, _) => None,
        },
    };
    (arg.name.clone(), value)
}

/// Returns the argument as a value; `or` is what it is without one.
fn reference(span: Span, name: &str, or: Option<&Value>) -> Value {
    let mut template = Text::reference(span, Name::Arg(name.to_owned()));
    if let Some(Value::Plain(word)) = or
        && let Some(Piece::Reference(it)) = template.pieces.first_mut()
    {
        it.modifier = Some(Modifier::Default(Test::Unset, word.clone()));
    }
    Value::Plain(template)
}

/// Says the value of an argument of the file where the declaration does not say it any more.
///
/// Reports `not-in-build-file` where a modifier leaves no room for it.
fn replace(
    value: &mut Value,
    forms: &BTreeMap<String, Form>,
    globals: &[Arg],
    diags: &mut Diagnostics,
) {
    let Value::Plain(template) = value else {
        return;
    };
    for piece in template.pieces.iter_mut() {
        let Piece::Reference(it) = piece else {
            continue;
        };
        let Name::Arg(name) = &it.name else { continue };
        let Some(global) = globals.iter().find(|arg| arg.name.value == *name) else {
            it.name = predefined(name).unwrap_or(Name::Arg(name.clone()));
            continue;
        };
        // What is unset is empty, unless something else is said.
        let is_plain = match &it.modifier {
            None => true,
            Some(Modifier::Default(Test::Unset, word)) => word.pieces.is_empty(),
            Some(_) => false,
        };
        let is_own = matches!(forms.get(name), Some(Form::Own));
        match &global.default {
            Some(Value::Plain(word)) if is_own && is_plain => {
                it.modifier = Some(Modifier::Default(Test::Unset, word.clone()));
            }
            Some(_) if is_own => {
                let message = format!("a build file has no two values of `{name}`");
                diags
                    .report(Code::NotInBuildFile, it.span, message)
                    .help("give the argument of the stage another name");
            }
            Some(_) if is_plain => it.modifier = None,
            _ => {}
        }
    }
}
