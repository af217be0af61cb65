//! Steps become instructions.

use crate::expr::{Name, predefined_variable};
use crate::model::{Arg, Command, Healthcheck, Step, Value, Verb, Written};
use crate::text::{Span, Spanned};

use super::{Cx, check, exec, files, sole_arg, words};

/// Writes a step.
pub(super) fn step(cx: &mut Cx<'_>, step: &Step<Written>) {
    if let Some(when) = &step.when {
        cx.cannot(when.span, "`when`");
    }
    cx.no_key("no-cache", step.no_cache);
    let name = step.name.as_ref().and_then(Value::as_literal);
    cx.comment(name);
    check::above(cx, step.check.as_deref());
    verb(cx, &step.verb, step.span);
}

/// Writes what a step does; `span` is the whole step.
pub(super) fn verb(cx: &mut Cx<'_>, verb: &Verb<Written>, span: Span) {
    let (instruction, text) = match verb {
        Verb::Run(it) => return exec::run(cx, it, span),
        Verb::Script(it) => return exec::script(cx, it, span),
        Verb::Copy(it) | Verb::File(it) => return files::copy(cx, it, span),
        Verb::Add(it) => return files::add(cx, it, span),
        Verb::Mkdir(_) => return cx.cannot(span, "`mkdir`"),
        Verb::Symlink(_) => return cx.cannot(span, "`symlink`"),
        Verb::Remove(_) => return cx.cannot(span, "`remove`"),
        Verb::Parallel(_) => return cx.cannot(span, "`parallel`"),
        Verb::Annotations(_) | Verb::ImageEnv(_) | Verb::ImageWorkdir(_) => {
            return cx.cannot(span, "such key of an image");
        }
        Verb::Env(entries) => ("ENV", pairs(cx, entries)),
        Verb::Label(entries) => ("LABEL", pairs(cx, entries)),
        Verb::BuildEnv(entries) => ("ARG", args(cx, entries)),
        Verb::Named(..) => return cx.cannot(span, "name with a reference"),
        Verb::Arg(list) => {
            let entry = |arg: &Arg| (arg.name.clone(), arg.default.clone());
            let entries: Vec<_> = list.iter().map(entry).collect();
            ("ARG", args(cx, &entries))
        }
        Verb::Workdir(path) => ("WORKDIR", cx.word(path)),
        Verb::User(user) => {
            let user = cx.word(user);
            cx.is_root = matches!(user.split(':').next(), Some("root" | "0"));
            ("USER", user)
        }
        Verb::Shell(list) => {
            cx.shell = list.iter().map(|word| cx.literal(word)).collect();
            ("SHELL", words::json(&cx.shell))
        }
        Verb::Cmd(it) => ("CMD", command(cx, it, span)),
        Verb::Entrypoint(it) => ("ENTRYPOINT", command(cx, it, span)),
        Verb::Expose(ports) => ("EXPOSE", list(cx, ports)),
        Verb::Volume(paths) => {
            let paths: Vec<String> = paths.iter().map(|path| json_word(cx, path)).collect();
            ("VOLUME", words::json(&paths))
        }
        Verb::Healthcheck(it) => ("HEALTHCHECK", healthcheck(cx, it, span)),
        Verb::StopSignal(signal) => ("STOPSIGNAL", cx.word(signal)),
        Verb::Author(author) => ("MAINTAINER", cx.literal(author)),
        Verb::Onbuild(triggers) => {
            for trigger in triggers {
                if trigger.value.contains('\n') {
                    cx.cannot(trigger.span, "trigger of several lines");
                }
                cx.say("ONBUILD", &trigger.value);
            }
            return;
        }
    };
    cx.say(instruction, &text);
}

fn pairs(cx: &mut Cx<'_>, entries: &[(Spanned<String>, Value)]) -> String {
    let mut out = Vec::new();
    for (name, value) in entries {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-/".contains(c);
        let name = match name.value.chars().all(is_plain) {
            true => name.value.clone(),
            false => words::json(std::slice::from_ref(&name.value))
                .trim_matches(['[', ']'])
                .replace('$', "\\$"),
        };
        out.push(format!("{name}={}", cx.word(value)));
    }
    out.join(" ")
}

/// Returns what ARG takes; a variable that has the value of its argument needs no value.
fn args(cx: &mut Cx<'_>, entries: &[(Spanned<String>, Option<Value>)]) -> String {
    let mut out = Vec::new();
    for (name, value) in entries {
        let own = value.as_ref().and_then(sole_arg);
        let is_own = match own {
            Some(Name::Arg(arg)) => *arg == name.value,
            Some(other) => predefined_variable(other) == Some(name.value.as_str()),
            None => false,
        };
        out.push(match value {
            Some(value) if !is_own => format!("{}={}", name.value, cx.word(value)),
            _ => name.value.clone(),
        });
    }
    out.join(" ")
}

fn list(cx: &mut Cx<'_>, values: &[Value]) -> String {
    let words: Vec<String> = values.iter().map(|value| cx.word(value)).collect();
    words.join(" ")
}

/// Returns a word of a JSON array whose variables are replaced.
pub(super) fn json_word(cx: &mut Cx<'_>, value: &Value) -> String {
    match value {
        Value::Plain(template) => {
            words::inside(cx, template, words::Scope::Stage, &['"', '\'', '\\', '$'])
        }
        Value::ByPlatform(_) => cx.word(value),
    }
}

/// Returns a command of the image.
fn command(cx: &mut Cx<'_>, command: &Command<Written>, span: Span) -> String {
    match command {
        Command::Exec(list) => {
            let list: Vec<String> = list.iter().map(|word| cx.literal(word)).collect();
            words::json(&list)
        }
        Command::Shell(text) | Command::Verbatim(text) => {
            let text = cx.literal(text);
            if !is_line(&text) {
                cx.cannot(span, "command of several lines");
            }
            text
        }
    }
}

/// Tells whether a text can be the rest of an instruction and is read as itself.
pub(super) fn is_line(text: &str) -> bool {
    let is_json = text.starts_with('[') && serde_json::from_str::<serde_json::Value>(text).is_ok();
    !text.is_empty()
        && text.trim() == text
        && !text.contains(['\n', '\r'])
        && !text.contains("<<")
        && !text.starts_with("--")
        && !text.ends_with('\\')
        && !is_json
}

fn healthcheck(cx: &mut Cx<'_>, check: &Healthcheck<Written>, span: Span) -> String {
    let Healthcheck::Check {
        run,
        interval,
        timeout,
        start_period,
        start_interval,
        retries,
    } = check
    else {
        return "NONE".to_owned();
    };
    let mut out = String::new();
    for (flag, value) in [
        ("interval", interval),
        ("timeout", timeout),
        ("start-period", start_period),
        ("start-interval", start_interval),
        ("retries", retries),
    ] {
        if let Some(value) = value {
            out += &format!("--{flag}={} ", cx.word(value));
        }
    }
    out + "CMD " + &command(cx, run, span)
}
