//! Steps of a plan as text.

use crate::expand::Expanded;
use crate::expr::Text;
use crate::model::{Add, Command, Content, Copy, Healthcheck, Mkdir, Source, Step, Verb};
use crate::text::Spanned;

use super::{Lines, Plan, exec::exec, flag, input, list, option, pairs, quoted, text};

pub(super) fn step(step: &Step<Expanded>, plan: &Plan, out: &mut Lines) {
    verb(&step.verb, plan, out);
    out.nested(|out| {
        option("name", &step.name, out);
        if step.no_cache.is_some() {
            out.line("no-cache: true");
        }
    });
}

fn verb(verb: &Verb<Expanded>, plan: &Plan, out: &mut Lines) {
    match verb {
        Verb::Run(run) => {
            out.line(&format!("run {}", command(&run.command)));
            out.nested(|out| exec(&run.exec, plan, out));
        }
        Verb::Script(script) => {
            out.line(&format!("script {}", source(&script.source)));
            out.nested(|out| exec(&script.exec, plan, out));
        }
        Verb::Copy(it) => copy("copy", it, plan, out),
        Verb::File(it) => copy("file", it, plan, out),
        Verb::Add(it) => add(it, out),
        Verb::Mkdir(it) => mkdir(it, out),
        Verb::Symlink(link) => {
            out.line(&format!(
                "symlink {} -> {}",
                text(&link.path),
                text(&link.target)
            ));
        }
        Verb::Remove(remove) => {
            out.line(&format!("remove {}", list(&remove.paths)));
            out.nested(|out| flag("optional", remove.optional, out));
        }
        Verb::Parallel(branches) => {
            for (idx, branch) in branches.iter().enumerate() {
                out.line(&format!("parallel {}/{}", idx + 1, branches.len()));
                out.nested(|out| branch.iter().for_each(|it| step(it, plan, out)));
            }
        }
        _ => setting(verb, out),
    }
}

/// Verbs that change what later steps or the image have.
fn setting(verb: &Verb<Expanded>, out: &mut Lines) {
    match verb {
        Verb::Env(entries) => pairs("env", entries, out),
        Verb::Named(kind, entries) => {
            for (name, value) in entries {
                let line = format!("{kind:?} {}={}", text(name), text(value));
                out.line(&line.to_lowercase());
            }
        }
        Verb::ImageEnv(entries) => pairs("image-env", entries, out),
        Verb::BuildEnv(entries) => build_env(entries, out),
        Verb::Arg(_) => {}
        Verb::Label(entries) => pairs("label", entries, out),
        Verb::Annotations(entries) => pairs("annotations", entries, out),
        Verb::Workdir(path) => out.line(&format!("workdir {}", text(path))),
        Verb::ImageWorkdir(path) => out.line(&format!("image-workdir {}", text(path))),
        Verb::User(user) => out.line(&format!("user {}", text(user))),
        Verb::Shell(words) => out.line(&format!("shell {}", list(words))),
        Verb::Cmd(it) => out.line(&format!("cmd {}", command(it))),
        Verb::Entrypoint(it) => out.line(&format!("entrypoint {}", command(it))),
        Verb::Expose(ports) => out.line(&format!("expose {}", list(ports))),
        Verb::Volume(paths) => out.line(&format!("volume {}", list(paths))),
        Verb::Healthcheck(check) => healthcheck(check, out),
        Verb::StopSignal(signal) => out.line(&format!("stop-signal {}", text(signal))),
        Verb::Onbuild(triggers) => {
            out.line("onbuild");
            out.nested(|out| triggers.iter().for_each(|it| out.line(&quoted(&it.value))));
        }
        Verb::Author(author) => out.line(&format!("author {}", text(author))),
        Verb::Run(_)
        | Verb::Script(_)
        | Verb::Copy(_)
        | Verb::File(_)
        | Verb::Add(_)
        | Verb::Mkdir(_)
        | Verb::Symlink(_)
        | Verb::Remove(_)
        | Verb::Parallel(_) => {}
    }
}

fn command(command: &Command<Expanded>) -> String {
    match command {
        Command::Shell(line) | Command::Verbatim(line) => text(line),
        Command::Exec(words) => list(words),
    }
}

fn source(source: &Source<Expanded>) -> String {
    match source {
        Source::Path(path) => text(path),
        Source::Content(Content { content, name, .. }) => match name {
            Some(name) => format!("content {} as {}", text(content), text(name)),
            None => format!("content {}", text(content)),
        },
    }
}

fn sources(sources: &[Source<Expanded>]) -> String {
    let all: Vec<String> = sources.iter().map(source).collect();
    all.join(", ")
}

fn build_env(entries: &[(Spanned<String>, Option<Text>)], out: &mut Lines) {
    out.line("build-env");
    out.nested(|out| {
        for (key, value) in entries {
            match value {
                Some(value) => out.line(&format!("{}={}", key.value, text(value))),
                None => out.line(&key.value),
            }
        }
    });
}

fn copy(verb: &str, copy: &Copy<Expanded>, plan: &Plan, out: &mut Lines) {
    out.line(&format!("{verb} {}", sources(&copy.sources)));
    out.nested(|out| {
        if let Some(from) = &copy.from {
            out.line(&format!("from: {}", input(from, plan)));
        }
        option("to", &copy.to, out);
        option("chown", &copy.chown, out);
        option("chmod", &copy.chmod, out);
        flag("link", copy.link, out);
        flag("parents", copy.parents, out);
        if !copy.exclude.is_empty() {
            out.line(&format!("exclude: {}", list(&copy.exclude)));
        }
        flag("optional", copy.optional, out);
    });
}

fn add(add: &Add<Expanded>, out: &mut Lines) {
    out.line(&format!("add {}", sources(&add.sources)));
    out.nested(|out| {
        option("to", &add.to, out);
        option("checksum", &add.checksum, out);
        flag("unpack", add.unpack, out);
        flag("keep-git-dir", add.keep_git_dir, out);
        option("chown", &add.chown, out);
        option("chmod", &add.chmod, out);
        flag("link", add.link, out);
        if !add.exclude.is_empty() {
            out.line(&format!("exclude: {}", list(&add.exclude)));
        }
    });
}

fn mkdir(mkdir: &Mkdir<Expanded>, out: &mut Lines) {
    out.line(&format!("mkdir {}", list(&mkdir.paths)));
    out.nested(|out| {
        option("chmod", &mkdir.chmod, out);
        option("chown", &mkdir.chown, out);
        flag("parents", mkdir.parents, out);
    });
}

fn healthcheck(check: &Healthcheck<Expanded>, out: &mut Lines) {
    match check {
        Healthcheck::None => out.line("healthcheck none"),
        Healthcheck::Check {
            run,
            interval,
            timeout,
            start_period,
            start_interval,
            retries,
        } => {
            out.line(&format!("healthcheck {}", command(run)));
            out.nested(|out| {
                option("interval", interval, out);
                option("timeout", timeout, out);
                option("start-period", start_period, out);
                option("start-interval", start_interval, out);
                option("retries", retries, out);
            });
        }
    }
}
