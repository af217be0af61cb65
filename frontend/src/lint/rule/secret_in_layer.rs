//! `secret-in-layer`: a secret argument's value in a step, or a mounted secret that the step
//! writes to a file.

use crate::expand::{Cache, Expanded, StageId};
use crate::lint::chain::Cx;
use crate::lint::command::Commands;
use crate::lint::secret::is_secret;
use crate::lint::shell::Simple;
use crate::lint::sink::Sink;
use crate::lint::written::{Kind, Mentions, has_args};
use crate::model::{Build, Exec};

/// The half of the rule that needs the file alone: values of arguments.
pub(super) fn judge_args<'a>(build: &'a Build, sink: &mut Sink<'a>) {
    if !has_args(build) {
        return;
    }
    for mention in Mentions::new(build).args {
        let is_content = mention.place.kind == Kind::Content;
        if is_content && is_secret(&mention.arg) {
            let message = format!(
                "the value of `{}` is written into the image's records",
                mention.arg
            );
            sink.enter(mention.place)
                .report(mention.span, message)
                .label("kept with the layer")
                .help("use a secret: `secrets: [...]` on the `run` that needs it");
        }
    }
}

/// The other half: what `secrets` mounts.
pub(super) fn judge_mounts<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    for (step, commands) in cx.commands(id) {
        let (paths, variables) = secrets(commands.exec);
        if paths.is_empty() && variables.is_empty() {
            continue;
        }
        let mentions = |words: &[String]| {
            let has = |word: &String| {
                paths.iter().any(|path| word.contains(path.as_str()))
                    || variables.iter().any(|name| {
                        word.contains(&format!("${name}")) || word.contains(&format!("${{{name}}}"))
                    })
            };
            words.iter().any(has)
        };
        let mut piped = false;
        for simple in commands.list() {
            let is_secret = piped || mentions(&simple.words);
            piped = simple.is_piped && is_secret && prints(simple);
            let written = written(simple).filter(|path| is_secret && is_kept(path, &commands));
            if let Some(path) = written {
                let span = cx.narrow(commands.span, path);
                sink.enter_step(step)
                    .report(span, format!("a secret is written to `{path}`"))
                    .label("in a layer of the image")
                    .help(
                        "use the mounted file where it is, mount it there with `target`, or remove \
                         the copy in the same step",
                    );
            }
        }
    }
}

/// Returns the files and variables of the secrets of a step.
fn secrets(exec: &Exec<Expanded>) -> (Vec<String>, Vec<String>) {
    let (mut paths, mut variables) = (Vec::new(), Vec::new());
    let text = |text: &crate::expr::Text| text.as_literal().map(str::to_owned);
    for secret in &exec.secrets {
        variables.extend(secret.env.as_ref().and_then(text));
        match (&secret.target, &secret.env) {
            (Some(target), _) => paths.extend(text(target)),
            (None, Some(_)) => {}
            (None, None) => {
                let id = secret.id.as_ref().and_then(text);
                let name = id.as_deref().and_then(|id| id.rsplit('/').next());
                paths.extend(name.map(|name| format!("/run/secrets/{name}")));
            }
        }
    }
    (paths, variables)
}

/// Programs that print what they are given.
fn prints(simple: &Simple) -> bool {
    let program = simple.program().map(|(name, _)| name);
    matches!(
        program,
        Some("cat" | "echo" | "printf" | "tee" | "base64" | "tr" | "sed" | "head")
    )
}

/// Returns the file to which a command writes what it is given.
fn written(simple: &Simple) -> Option<&str> {
    let (program, words) = simple.program()?;
    let names = || words.iter().filter(|word| !word.starts_with('-'));
    match program {
        "cp" | "mv" | "install" if names().count() > 1 => names().next_back().map(String::as_str),
        "tee" => names().next().map(String::as_str),
        _ if prints(simple) => simple.writes.first().map(String::as_str),
        _ => None,
    }
}

/// Tells whether a file is in the layer after the step.
fn is_kept(path: &str, commands: &Commands<'_>) -> bool {
    let is_removed = commands.list().iter().any(|simple| {
        let program = simple.program();
        program.is_some_and(|(name, words)| {
            matches!(name, "rm" | "shred" | "unlink") && words.iter().any(|word| word == path)
        })
    });
    let mounts = mounts(commands.exec);
    let is_relative = !path.starts_with(['/', '~']);
    let is_elsewhere = match is_relative {
        // The working directory may be in any of them.
        true => !mounts.is_empty(),
        false => mounts.iter().any(|mount| is_below(path, mount)),
    };
    let is_system = ["/dev", "/proc", "/run/secrets"]
        .iter()
        .any(|it| is_below(path, it));
    !is_removed && !is_elsewhere && !is_system
}

/// Returns where the step mounts something that is not a part of the layer.
fn mounts(exec: &Exec<Expanded>) -> Vec<&str> {
    let tmpfs = exec.tmpfs.iter().map(|it| &it.target);
    let binds = exec.binds.iter().map(|it| &it.target);
    let caches = exec.caches.iter().filter_map(|cache| match cache {
        Cache::Mount(mount) => Some(&mount.path),
        Cache::Preset(..) => None,
    });
    let texts = tmpfs.chain(binds).chain(caches);
    texts.filter_map(|text| text.as_literal()).collect()
}

fn is_below(path: &str, parent: &str) -> bool {
    let rest = path.strip_prefix(parent.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
