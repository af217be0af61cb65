//! Steps that change the image config and the state, and make no layer.

use std::rc::Rc;

use crate::diagnostic::Code;
use crate::expand::{Expanded, NOT_IN_ENV};
use crate::expr::{EnvName, Modifier, Piece, Reference, Test, Text};
use crate::model::{Command, Healthcheck, Named, Step, Verb};
use crate::text::Spanned;
use crate::units::{self, Malformed};

use super::super::config::{Empty, HealthConfig};
use super::super::history::{self, Layer};
use super::super::state::State;
use super::text::{meaning, parsed, parsed_option, path_of, string, strings};
use super::{Context, Progress, Rules, path};

/// Which list a variable goes into.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Steps and image.
    Both,
    /// The image only.
    Image,
}

/// Reads one step that makes no layer.
pub(crate) fn step(cx: &mut Context, at: &mut Progress, step: &Step<Expanded>) {
    match &step.verb {
        Verb::Env(entries) => env(cx, at, entries, Scope::Both),
        Verb::Named(kind, entries) => named(cx, at, *kind, entries),
        Verb::ImageEnv(entries) => env(cx, at, entries, Scope::Image),
        Verb::BuildEnv(entries) => build_env(cx, at, entries),
        Verb::ImageWorkdir(dir) => image_workdir(cx, at, dir),
        Verb::User(user) => set_user(cx, at, user),
        Verb::Shell(words) => {
            let words = strings(cx, &at.state, words);
            at.record(
                format!("SHELL {}", history::plain_list(&words)),
                Layer::None,
            );
            at.config().config.shell = words;
        }
        Verb::Label(labels) => label(cx, at, labels),
        Verb::Annotations(entries) => {
            for (name, value) in entries {
                let value = string(cx, &at.state, value);
                at.state.annotations.retain(|(old, _)| *old != name.value);
                at.state.annotations.push((name.value.clone(), value));
            }
        }
        Verb::Cmd(command) => {
            let words = command_words(cx, &at.state, command);
            at.record(
                format!("CMD {}", history::quoted_list(&words, " ")),
                Layer::None,
            );
            at.state.has_cmd = true;
            let config = &mut at.config().config;
            config.cmd = words;
            config.args_escaped = true;
        }
        Verb::Entrypoint(command) => entrypoint(cx, at, command),
        Verb::Expose(ports) => expose(cx, at, ports),
        Verb::Volume(volumes) => volume(cx, at, volumes),
        Verb::Healthcheck(check) => healthcheck(cx, at, check),
        Verb::StopSignal(signal) => stop_signal(cx, at, signal),
        Verb::Onbuild(triggers) => onbuild(at, triggers),
        Verb::Author(author) => {
            let author = string(cx, &at.state, author);
            at.record(format!("MAINTAINER {author}"), Layer::None);
            at.config().author = author;
        }
        _ => {}
    }
}

/// One map is one snapshot: its values see what stood before it.
fn env(cx: &mut Context, at: &mut Progress, entries: &[(Spanned<String>, Text)], scope: Scope) {
    let values: Vec<String> = entries
        .iter()
        .map(|(_, value)| string(cx, &at.state, value))
        .collect();
    let mut line = "ENV".to_owned();
    for ((name, _), value) in entries.iter().zip(&values) {
        line.push_str(&format!(" {}={value}", name.value));
        if scope == Scope::Both {
            at.state.set_env(&name.value, value);
        }
        at.config().set_env(&name.value, value);
    }
    if !entries.is_empty() {
        at.record(line, Layer::None);
    }
}

/// Reads names that hold references; then they are names as any.
fn named(cx: &mut Context, at: &mut Progress, kind: Named, entries: &[(Text, Text)]) {
    let mut known = Vec::with_capacity(entries.len());
    for (name, value) in entries {
        let name = Spanned::new(string(cx, &at.state, name), name.span);
        known.push((name, value.clone()));
    }
    match kind {
        Named::Env => env(cx, at, &known, Scope::Both),
        Named::Label => label(cx, at, &known),
    }
}

/// Unlike variables, each sees those before it (`dockerfile2llb/convert.go:dispatchArg`, v0.32.2).
fn build_env(cx: &mut Context, at: &mut Progress, entries: &[(Spanned<String>, Option<Text>)]) {
    let mut line = "ARG".to_owned();
    for (name, value) in entries {
        let value = value.as_ref().map(|value| string(cx, &at.state, value));
        line.push(' ');
        line.push_str(&name.value);
        if let Some(value) = &value {
            line.push_str(&format!("={value}"));
            if !NOT_IN_ENV.contains(&name.value.as_str()) {
                at.state.set_env(&name.value, value);
            }
        }
        Rc::make_mut(&mut at.state.build_args).push((name.value.clone(), value));
    }
    if !entries.is_empty() {
        at.record(line, Layer::None);
    }
}

fn image_workdir(cx: &mut Context, at: &mut Progress, dir: &Text) {
    let written = string(cx, &at.state, dir);
    let dir = path_of(cx, &at.state, &written, dir.span);
    let dir = path::directory(&at.state.image_dir(), &dir);
    at.record(format!("WORKDIR {dir}"), Layer::None);
    at.state.set_image_dir(&dir);
}

fn set_user(cx: &mut Context, at: &mut Progress, user: &Text) {
    let user = string(cx, &at.state, user);
    at.record(format!("USER {user}"), Layer::None);
    at.config().config.user.clone_from(&user);
    at.state.user = user;
}

fn label(cx: &mut Context, at: &mut Progress, labels: &[(Spanned<String>, Text)]) {
    let mut line = "LABEL".to_owned();
    for (name, value) in labels {
        let value = string(cx, &at.state, value);
        line.push_str(&format!(" {}={value}", name.value));
        at.config().config.labels.insert(name.value.clone(), value);
    }
    if !labels.is_empty() {
        at.record(line, Layer::None);
    }
}

/// Returns the words of a `cmd` or `entrypoint`; a string goes to the shell in effect.
fn command_words(cx: &mut Context, state: &State, command: &Command<Expanded>) -> Vec<String> {
    match command {
        Command::Exec(words) => strings(cx, state, words),
        Command::Shell(text) | Command::Verbatim(text) => {
            let mut words = shell(state).into_words();
            words.push(string(cx, state, text));
            words
        }
    }
}

/// Returns the shell in effect (`dockerfile2llb/defaultshell.go`, v0.32.2).
pub(crate) fn shell(state: &State) -> Shell<'_> {
    let config = &state.config;
    match config.os.as_str() {
        _ if !config.config.shell.is_empty() => Shell::Own(&config.config.shell),
        "windows" => Shell::Default(&["cmd", "/S", "/C"]),
        _ => Shell::Default(&["/bin/sh", "-c"]),
    }
}

impl Shell<'_> {
    fn into_words(self) -> Vec<String> {
        match self {
            Self::Own(words) => words.to_vec(),
            Self::Default(words) => words.iter().map(|&word| word.to_owned()).collect(),
        }
    }
}

/// The words before a command.
pub(crate) enum Shell<'a> {
    /// Those of the image or of a step before.
    Own(&'a [String]),
    /// Those of the operating system.
    Default(&'static [&'static str]),
}

fn entrypoint(cx: &mut Context, at: &mut Progress, command: &Command<Expanded>) {
    let words = command_words(cx, &at.state, command);
    at.record(
        format!("ENTRYPOINT {}", history::quoted_list(&words, " ")),
        Layer::None,
    );
    let keeps_cmd = at.state.has_cmd;
    let config = &mut at.config().config;
    config.entrypoint = words;
    if !keeps_cmd {
        config.cmd.clear();
    }
}

/// Ports are sorted as they are written (`instructions/parse.go:parseExpose`, v0.32.2), in a
/// Dockerfile by its reader; a value may hold several (`dockerfile2llb/convert_expose.go`).
fn expose(cx: &mut Context, at: &mut Progress, ports: &[Text]) {
    let mut written: Vec<(String, Vec<String>)> = Vec::new();
    for port in ports {
        let found = match cx.rules {
            Rules::BuildFile => parsed(cx, &at.state, port, words_of_ports),
            Rules::Dockerfile => instruction_ports(cx, &at.state, port),
        };
        written.push((string(cx, &at.state, port), found.unwrap_or_default()));
    }
    if cx.rules == Rules::BuildFile {
        written.sort();
    }
    let found: Vec<String> = written.into_iter().flat_map(|(_, found)| found).collect();
    at.record(
        format!("EXPOSE {}", history::plain_list(&found)),
        Layer::None,
    );
    at.config()
        .config
        .exposed_ports
        .extend(found.into_iter().map(|port| (port, Empty {})));
}

/// Returns the ports of one word of an EXPOSE. What stands in it before a variable with a modifier is
/// lost (`shell/lex.go:processStopOn` empties the buffer of the word, v0.32.2).
fn instruction_ports(cx: &mut Context, state: &State, port: &Text) -> Option<Vec<String>> {
    let mut words = vec![String::new()];
    for piece in port.pieces.iter() {
        match piece {
            Piece::Literal(literal) => {
                // Of blanks only the quoted ones are ASCII.
                let is_blank = |c: char| c.is_whitespace() && !c.is_ascii();
                let mut parts = literal.split(is_blank);
                words.last_mut()?.push_str(parts.next().unwrap_or_default());
                words.extend(parts.map(str::to_owned));
            }
            Piece::Reference(reference) => {
                if has_word(reference) {
                    words.last_mut()?.clear();
                }
                let mut one = Text::literal(port.span, "");
                one.pieces.push(piece.clone());
                let value = string(cx, state, &one);
                let mut parts = value.split(char::is_whitespace);
                words.last_mut()?.push_str(parts.next().unwrap_or_default());
                words.extend(parts.map(str::to_owned));
            }
        }
    }
    let words = words.iter().filter(|word| !word.is_empty());
    let ports = words.map(|word| meaning(cx, word, port.span, units::parse_port));
    ports
        .collect::<Option<Vec<_>>>()
        .map(|ports| ports.concat())
}

/// Tells whether a variable has a modifier with a word.
fn has_word(reference: &Reference<EnvName>) -> bool {
    match &reference.modifier {
        None => false,
        // A variable alone is empty if it is not set.
        Some(Modifier::Default(Test::Unset, word)) => word.as_literal() != Some(""),
        Some(_) => true,
    }
}

fn words_of_ports(text: &str) -> Result<Vec<String>, Malformed> {
    let ports: Result<Vec<_>, _> = text.split_whitespace().map(units::parse_port).collect();
    Ok(ports?.concat())
}

fn volume(cx: &mut Context, at: &mut Progress, volumes: &[Text]) {
    let texts = volumes;
    let volumes = strings(cx, &at.state, texts);
    let mut all = volumes.iter().zip(texts);
    if let Some((_, text)) = all.find(|(volume, _)| volume.is_empty())
        && cx.rules == Rules::Dockerfile
    {
        let message = "VOLUME specified can not be an empty string";
        cx.diags.report(Code::BadValue, text.span, message);
    }
    if volumes.is_empty() {
        return;
    }
    at.record(
        format!("VOLUME {}", history::plain_list(&volumes)),
        Layer::None,
    );
    at.config()
        .config
        .volumes
        .extend(volumes.into_iter().map(|path| (path, Empty {})));
}

fn healthcheck(cx: &mut Context, at: &mut Progress, check: &Healthcheck<Expanded>) {
    let health = match check {
        Healthcheck::None => HealthConfig {
            test: vec!["NONE".to_owned()],
            ..Default::default()
        },
        Healthcheck::Check {
            run,
            interval,
            timeout,
            start_period,
            start_interval,
            retries,
        } => {
            let state = &at.state;
            let mut time = |text: &Option<Text>| {
                parsed_option(cx, state, text.as_ref(), units::parse_interval).unwrap_or_default()
            };
            let (interval, timeout) = (time(interval), time(timeout));
            let (start_period, start_interval) = (time(start_period), time(start_interval));
            let retries = parsed_option(cx, state, retries.as_ref(), units::parse_integer);
            HealthConfig {
                test: health_test(cx, state, run),
                interval,
                timeout,
                start_period,
                start_interval,
                retries: retries.unwrap_or_default(),
            }
        }
    };
    at.record(history::healthcheck(&health), Layer::None);
    at.config().config.healthcheck = Some(health);
}

fn health_test(cx: &mut Context, state: &State, run: &Command<Expanded>) -> Vec<String> {
    match run {
        Command::Shell(text) | Command::Verbatim(text) => {
            vec!["CMD-SHELL".to_owned(), string(cx, state, text)]
        }
        Command::Exec(words) => {
            let mut test = vec!["CMD".to_owned()];
            test.extend(strings(cx, state, words));
            test
        }
    }
}

fn stop_signal(cx: &mut Context, at: &mut Progress, signal: &Text) {
    let Some(_) = parsed(cx, &at.state, signal, units::parse_signal) else {
        return;
    };
    let signal = string(cx, &at.state, signal);
    at.record(format!("STOPSIGNAL {signal}"), Layer::None);
    at.config().config.stop_signal = signal;
}

/// Triggers are for images that start from this one: they are in no history.
fn onbuild(at: &mut Progress, triggers: &[Spanned<String>]) {
    let triggers = triggers.iter().map(|trigger| trigger.value.clone());
    at.config().config.on_build.extend(triggers);
}
