//! The first instructions of a stage become its keys, the last ones those of `image`.
//!
//! Only where a key takes effect in the place of its instruction, so that the history stays.

use crate::model::{Body, Build, Command, ImageKeys, Step, Value, Verb, Written};
use crate::text::{Span, Spanned};

use crate::convert::comments::Comments;

/// Turns steps into keys.
pub(super) fn settle(build: &mut Build, comments: &mut Comments) {
    for stage in &mut build.stages {
        first(&mut stage.body, comments);
        last(&mut stage.body, comments);
        if stage.body.steps.as_ref().is_some_and(Vec::is_empty) {
            stage.body.steps = None;
        }
    }
}

fn is_plain(step: &Step<Written>) -> bool {
    step.name.is_none() && step.when.is_none() && step.no_cache.is_none() && step.check.is_none()
}

/// Moves the comments of a step to the key that it became.
fn rehome(comments: &mut Comments, from: Span, to: Span) {
    if let Some(lines) = comments.before.remove(&from.start) {
        comments.before.insert(to.start, lines);
    }
}

/// Takes the steps that are keys of the stage.
fn first(body: &mut Body, comments: &mut Comments) {
    let Some(steps) = &mut body.steps else {
        return;
    };
    let mut rank = 0;
    let mut n_keys = 0;
    for step in steps.iter() {
        let (own, at) = match &step.verb {
            Verb::Env(entries) => (1, entries.first().map(|it| it.0.span)),
            Verb::BuildEnv(entries) => (2, entries.first().map(|it| it.0.span)),
            Verb::Shell(words) => (3, words.first().map(Value::span)),
            Verb::User(user) => (4, Some(user.span())),
            Verb::Workdir(path) => (5, Some(path.span())),
            _ => break,
        };
        if own <= rank || !is_plain(step) {
            break;
        }
        rank = own;
        n_keys += 1;
        rehome(comments, step.span, at.unwrap_or(step.span));
    }
    for step in steps.drain(..n_keys) {
        match step.verb {
            Verb::Env(entries) => body.env = entries,
            Verb::BuildEnv(entries) => body.build_env = entries,
            Verb::Shell(words) => body.shell = Some(Spanned::new(words, step.span)),
            Verb::User(user) => body.user = Some(user),
            Verb::Workdir(path) => body.workdir = Some(path),
            _ => unreachable!("settle: only steps that are keys were taken"),
        }
    }
}

/// Returns the place of a verb among the keys of `image`, and the place of its key.
fn rank(verb: &Verb<Written>) -> Option<(u8, Option<Span>)> {
    Some(match verb {
        Verb::Entrypoint(it) => (1, command(it)),
        Verb::Cmd(it) => (2, command(it)),
        Verb::User(user) => (3, Some(user.span())),
        Verb::Expose(ports) => (6, ports.first().map(Value::span)),
        Verb::Volume(paths) => (7, paths.first().map(Value::span)),
        Verb::Label(entries) => (8, entries.first().map(|it| it.0.span)),
        Verb::Healthcheck(_) => (10, None),
        Verb::StopSignal(signal) => (11, Some(signal.span())),
        Verb::Onbuild(triggers) => (13, triggers.first().map(|it| it.span)),
        Verb::Author(author) => (14, Some(author.span())),
        _ => return None,
    })
}

fn command(command: &Command<Written>) -> Option<Span> {
    match command {
        Command::Exec(words) => words.first().map(Value::span),
        Command::Shell(text) | Command::Verbatim(text) => Some(text.span()),
    }
}

/// Takes the steps that are keys of the image.
fn last(body: &mut Body, comments: &mut Comments) {
    let Some(steps) = &mut body.steps else {
        return;
    };
    let mut start = steps.len();
    let mut next = u8::MAX;
    while start > 0 {
        let step = &steps[start - 1];
        match rank(&step.verb) {
            Some((own, _)) if own < next && is_plain(step) => next = own,
            _ => break,
        }
        start -= 1;
    }
    let Some(span) = steps.get(start).map(|step| step.span) else {
        return;
    };
    let mut keys = none(span);
    for step in steps.drain(start..) {
        let at = rank(&step.verb).and_then(|(_, at)| at).unwrap_or(step.span);
        rehome(comments, step.span, at);
        match step.verb {
            Verb::Entrypoint(it) => keys.entrypoint = Some(Spanned::new(it, at)),
            Verb::Cmd(it) => keys.cmd = Some(Spanned::new(it, at)),
            Verb::User(user) => keys.user = Some(user),
            Verb::Expose(ports) => keys.expose = ports,
            Verb::Volume(paths) => keys.volumes = paths,
            Verb::Label(entries) => keys.labels = entries,
            Verb::Healthcheck(it) => keys.healthcheck = Some(Spanned::new(*it, at)),
            Verb::StopSignal(signal) => keys.stop_signal = Some(signal),
            Verb::Onbuild(triggers) => keys.onbuild = triggers,
            Verb::Author(author) => keys.author = Some(author),
            _ => unreachable!("settle: only steps that are keys were taken"),
        }
    }
    body.image = Some(keys);
}

fn none(span: Span) -> ImageKeys<Written> {
    ImageKeys {
        span,
        entrypoint: None,
        cmd: None,
        user: None,
        workdir: None,
        env: Vec::new(),
        expose: Vec::new(),
        volumes: Vec::new(),
        labels: Vec::new(),
        annotations: Vec::new(),
        healthcheck: None,
        stop_signal: None,
        shell: None,
        onbuild: Vec::new(),
        author: None,
    }
}
