//! `secret-in-arg-or-env`: arguments and variables are written into the records of a build.

use crate::lint::secret::is_secret;
use crate::lint::sink::Sink;
use crate::lint::written::{placed_bodies, steps};
use crate::model::{Arg, ArgType, Build, Value, Verb};
use crate::text::Spanned;

pub(super) fn judge<'a>(build: &'a Build, sink: &mut Sink<'a>) {
    args(&build.args, sink);
    for (place, body) in build.stages.iter().flat_map(placed_bodies) {
        args(&body.args, sink.enter(place));
        let image = body.image.iter().flat_map(|image| &image.env);
        for (name, value) in body.env.iter().chain(image) {
            variable(name, Some(value), sink);
        }
        for (name, value) in &body.build_env {
            variable(name, value.as_ref(), sink);
        }
    }
    for (place, step) in steps(build) {
        sink.enter(place);
        match &step.verb {
            Verb::Env(pairs) => {
                for (name, value) in pairs {
                    variable(name, Some(value), sink);
                }
            }
            Verb::BuildEnv(pairs) => {
                for (name, value) in pairs {
                    variable(name, value.as_ref(), sink);
                }
            }
            Verb::Run(run) => {
                for (name, value) in &run.exec.env {
                    variable(name, Some(value), sink);
                }
            }
            Verb::Script(script) => {
                for (name, value) in &script.exec.env {
                    variable(name, Some(value), sink);
                }
            }
            _ => {}
        }
    }
}

fn args(args: &[Arg], sink: &mut Sink<'_>) {
    for arg in args.iter().filter(|arg| arg.kind == ArgType::String) {
        if is_secret(&arg.name.value) {
            let message = format!("argument `{}` looks like a secret", arg.name.value);
            sink.report(arg.name.span, message)
                .label("values of arguments are in the records of a build")
                .help(
                    "declare it in `secrets`, and name it in `secrets` of the steps that need it",
                );
        }
    }
}

fn variable(name: &Spanned<String>, value: Option<&Value>, sink: &mut Sink<'_>) {
    // The path of a file or socket, or a switch.
    let is_place = |text: &str| matches!(text, "" | "true" | "false") || text.starts_with('/');
    let mut templates = value.into_iter().flat_map(Value::templates);
    let is_kept = value.is_some() && templates.any(|it| !it.as_literal().is_some_and(is_place));
    if is_kept && is_secret(&name.value) {
        let message = format!("variable `{}` looks like a secret", name.value);
        sink.report(name.span, message)
            .label("its value is in the records of a build")
            .help("use `secrets: [{id: ..., env: ...}]` on the step that needs it");
    }
}
