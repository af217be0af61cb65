//! `run` and `script` become execs.

use std::sync::Arc;

use buildkit_llb::Network;

use crate::diagnostic::Code;
use crate::expand::{Expanded, Input};
use crate::expr::Text;
use crate::model::{self, Command, Run, Script, Security, Source, Step};
use crate::text::Spanned;
use crate::units;

use super::super::action::{ActionKind, Exec, Extras, Inline, Missing, Mount, MountKind};
use super::super::history::{Layer, quoted_list};
use super::super::state::{self, State};
use super::super::{need, path};
use super::mount::{self, Runner};
use super::text::{parsed, parsed_option, path_of, string, strings};
use super::{Context, Progress, open};

/// Where an inline script is mounted (`dockerfile2llb/convert.go:dispatchRun`, v0.32.2).
const SCRIPTS: &str = "/dev/pipes/";

/// Reads a `run`.
pub(crate) fn run(cx: &mut Context, at: &mut Progress, step: &Step<Expanded>, run: &Run<Expanded>) {
    let shell = shell(cx, at, &run.exec);
    let (args, shown) = match &run.command {
        Command::Exec(words) => {
            let words = strings(cx, &at.state, words);
            let shown = quoted_list(&words, ", ");
            (words, shown)
        }
        Command::Shell(text) => {
            let text = string(cx, &at.state, text);
            let errexit = run
                .exec
                .errexit
                .as_ref()
                .map_or(at.stage.errexit, |flag| flag.value);
            let script = shell_text(&text, &shell, errexit.into());
            (vec![script], text)
        }
        Command::Verbatim(text) => {
            let text = string(cx, &at.state, text);
            (vec![text.clone()], text)
        }
    };
    let shell = match &run.command {
        Command::Exec(_) => Arc::default(),
        Command::Shell(_) | Command::Verbatim(_) => shell,
    };
    exec(
        cx,
        at,
        step,
        &run.exec,
        Executed {
            shell,
            args,
            shown,
            extra: None,
        },
    );
}

/// What is executed, what the log shows, and what it needs mounted.
struct Executed {
    shell: Arc<[String]>,
    args: Vec<String>,
    shown: String,
    extra: Option<Mount>,
}

/// Whether a text of several lines stops at its first failing command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errexit {
    /// `set -e` comes first.
    On,
    /// The text is what is run.
    Off,
}

impl From<bool> for Errexit {
    fn from(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}

/// Reads a `script`.
pub(crate) fn script(
    cx: &mut Context,
    at: &mut Progress,
    step: &Step<Expanded>,
    script: &Script<Expanded>,
) {
    let (name, kind, shown) = match &script.source {
        Source::Content(content) => {
            let name = content_name(cx, &at.state, content);
            let data = string(cx, &at.state, &content.content);
            let first = data.lines().next().unwrap_or_default();
            let shown = format!("<<{name} ({first}…)");
            let inline = Inline {
                name: name.clone(),
                mode: 0o755,
                data: data.into_bytes(),
            };
            (name, MountKind::Inline(inline), shown)
        }
        Source::Path(path) => {
            let source = string(cx, &at.state, path);
            let source = path::join("/", &source);
            cx.uses(&Input::Context(path.span), &source);
            let name = path::base_name(&source).to_owned();
            (name, MountKind::Executable(source.clone()), source)
        }
    };
    let shell = shell(cx, at, &script.exec);
    let args = vec![format!("{SCRIPTS}{name}")];
    let extra = Some(Mount {
        target: SCRIPTS.to_owned(),
        kind,
    });
    let executed = Executed {
        shell,
        args,
        shown,
        extra,
    };
    exec(cx, at, step, &script.exec, executed);
}

/// Returns the name of inline content; a bad one is reported.
pub(crate) fn content_name(
    cx: &mut Context,
    state: &State,
    content: &model::Content<Expanded>,
) -> String {
    let Some(name) = &content.name else {
        return "EOF".to_owned();
    };
    let text = string(cx, state, name);
    let is_good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if text.is_empty() || !text.chars().all(is_good) || text.starts_with('.') {
        let message = format!("`{text}` is not the name of a file");
        cx.diags
            .report(Code::BadValue, name.span, message)
            .help("use letters, digits, `_`, `-` and `.`, such as setup.sh");
        return "EOF".to_owned();
    }
    text
}

/// Returns the shell of a step, which is shared as long as it stays the same.
fn shell(cx: &mut Context, at: &Progress, exec: &model::Exec<Expanded>) -> Arc<[String]> {
    match &exec.shell {
        Some(words) => {
            let words = strings(cx, &at.state, &words.value);
            cx.shared(&words)
        }
        None => cx.shell_of(&at.state),
    }
}

/// Returns what the shell is given: one logical line joined, or the text as it is.
///
/// A text of several lines stops at the first failing command, in shells that know `set -e`.
pub(crate) fn shell_text(text: &str, shell: &[String], errexit: Errexit) -> String {
    if let Some(line) = logical_line(text) {
        return line;
    }
    const KNOW_SET_E: &[&str] = &["sh", "ash", "dash", "bash", "ksh", "zsh"];
    let program = shell
        .first()
        .map(|word| path::base_name(word))
        .unwrap_or_default();
    if errexit == Errexit::On && KNOW_SET_E.contains(&program) {
        format!("set -e\n{text}")
    } else {
        text.to_owned()
    }
}

/// Returns the joined line if the text is one logical line by the Dockerfile's rule: an unescaped
/// `\` before a line break continues it, the next line keeps its indentation, comments and blank
/// lines between are dropped.
fn logical_line(text: &str) -> Option<String> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if !text.contains('\n') {
        return match continued(text) {
            Some(line) => Some(line.to_owned()),
            None => Some(text.to_owned()),
        };
    }
    let mut joined = String::with_capacity(text.len());
    let mut lines = text
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line));
    let mut is_open = true;
    for line in &mut lines {
        let bare = line.trim_start();
        if joined.is_empty() && is_open && bare.is_empty() {
            return None;
        }
        if !joined.is_empty() && (bare.is_empty() || bare.starts_with('#')) {
            continue;
        }
        match continued(line) {
            Some(line) => joined.push_str(line),
            None => {
                joined.push_str(line);
                is_open = false;
                break;
            }
        }
    }
    let is_rest_blank = lines.all(|line| line.trim().is_empty());
    (is_rest_blank || is_open).then_some(joined)
}

/// Returns the line without the `\` at its end, if there is one that nothing escapes.
fn continued(line: &str) -> Option<&str> {
    let trimmed = line.trim_end_matches([' ', '\t']);
    let n_backslashes = trimmed.len() - trimmed.trim_end_matches('\\').len();
    (n_backslashes == 1).then(|| &trimmed[..trimmed.len() - 1])
}

fn exec(
    cx: &mut Context,
    at: &mut Progress,
    step: &Step<Expanded>,
    options: &model::Exec<Expanded>,
    command: Executed,
) {
    let known = open::resolved(cx, at, options);
    let options = known.as_ref().unwrap_or(options);
    let env = step_env(cx, &at.state, &options.env);
    let user = step_user(cx, &at.state, options.user.as_ref());
    let cwd = step_dir(cx, at, options.workdir.as_ref());
    let runner = Runner {
        env: &env,
        user: &user,
        cwd: &cwd,
    };
    let mut mounts = mount::mounts(cx, at, options, &runner);
    mounts.extend(command.extra);
    if let Some(size) = shm_size(cx, at, options) {
        mounts.push(Mount {
            target: "/dev/shm".to_owned(),
            kind: MountKind::Tmpfs(size),
        });
    }
    let ssh = mount::ssh(cx, at, options);
    let env = match ssh.first() {
        Some(first) if state::get(&env, "SSH_AUTH_SOCK").is_none() => {
            let mut env = (*env).clone();
            state::set(&mut env, "SSH_AUTH_SOCK", &first.target);
            Arc::new(env)
        }
        _ => env,
    };
    let line = at.keeps_history.then(|| {
        let words = [&command.shell, command.args.as_slice()].concat().join(" ");
        format!("RUN {}{words} # buildkit", arg_prefix(&at.state))
    });
    let extras = Extras {
        mounts,
        secrets: mount::secrets(cx, at, options),
        ssh,
        devices: devices(cx, at, options),
        extra_hosts: extra_hosts(cx, at, options),
        ulimits: ulimits(cx, at, options),
        exit_codes: options.exit_codes.iter().map(|code| code.value).collect(),
        resources: resources(cx, at, options),
    };
    let kind = Exec {
        shell: command.shell,
        args: command.args,
        env,
        cwd,
        user,
        network: network(cx, options),
        security: options
            .security
            .as_ref()
            .map_or(Security::Sandbox, |mode| mode.value),
        extras: (extras != Extras::default()).then(|| Box::new(extras)),
    };
    let shown = format!("RUN {}", command.shown);
    at.push(cx, step, shown, ActionKind::Exec(Box::new(kind)));
    if let Some(line) = line {
        at.record(line, Layer::Made);
    }
}

fn step_dir(cx: &mut Context, at: &Progress, dir: Option<&Text>) -> String {
    let Some(dir) = dir else {
        return at.state.dir.clone();
    };
    let written = string(cx, &at.state, dir);
    at.absolute(&path_of(cx, &at.state, &written, dir.span))
}

/// Returns `|N k=v … `: what `build-env` declared, with what the steps see now
/// (`dockerfile2llb/convert.go:runCommandString`, v0.32.2).
fn arg_prefix(state: &State) -> String {
    let mut entries: Vec<(&str, String)> = Vec::new();
    for (name, value) in state.build_args.iter() {
        let value = state.env(name).or(value.as_deref()).unwrap_or_default();
        let entry = format!("{name}={value}");
        match entries.iter_mut().find(|(found, _)| found == name) {
            Some((_, old)) => *old = entry,
            None => entries.push((name, entry)),
        }
    }
    if entries.is_empty() {
        return String::new();
    }
    let words: Vec<String> = entries.into_iter().map(|(_, entry)| entry).collect();
    format!("|{} {} ", words.len(), words.join(" "))
}

fn step_env(cx: &mut Context, state: &State, own: &[(Spanned<String>, Text)]) -> state::Env {
    if own.is_empty() {
        return Arc::clone(&state.env);
    }
    let mut env = (*state.env).clone();
    for (name, value) in own {
        let value = string(cx, state, value);
        state::set(&mut env, &name.value, &value);
    }
    Arc::new(env)
}

fn step_user(cx: &mut Context, state: &State, own: Option<&Text>) -> String {
    match own {
        Some(user) if parsed(cx, state, user, units::parse_user).is_some() => {
            string(cx, state, user)
        }
        _ => state.user.clone(),
    }
}

fn shm_size(cx: &mut Context, at: &Progress, options: &model::Exec<Expanded>) -> Option<i64> {
    let own = parsed_option(cx, &at.state, options.shm_size.as_ref(), units::parse_bytes);
    own.or(cx.options.shm_size)
}

fn network(cx: &Context, options: &model::Exec<Expanded>) -> Network {
    match options.network.as_ref().map(|network| network.value) {
        None | Some(model::Network::Default) => cx.options.network,
        Some(model::Network::None) => Network::None,
        Some(model::Network::Host) => Network::Host,
    }
}

fn devices(
    cx: &mut Context,
    at: &Progress,
    options: &model::Exec<Expanded>,
) -> Vec<(String, Missing)> {
    let device = |device: &model::Device<Expanded>| {
        let is_required = device.required.as_ref().is_some_and(|flag| flag.value);
        let missing = if is_required {
            Missing::Error
        } else {
            Missing::Ignored
        };
        let name = string(cx, &at.state, &device.name);
        if is_required {
            need::DEVICE.report_unless_met(&cx.options.caps, device.name.span, cx.diags);
        }
        (name, missing)
    };
    options.devices.iter().map(device).collect()
}

/// The step's hosts come before the request's.
fn extra_hosts(
    cx: &mut Context,
    at: &Progress,
    options: &model::Exec<Expanded>,
) -> Vec<(String, String)> {
    let mut hosts = Vec::new();
    for (name, address) in &options.extra_hosts {
        if let Some(address) = parsed(cx, &at.state, address, units::parse_ip) {
            hosts.push((name.value.clone(), address.to_string()));
        }
    }
    hosts.extend(cx.options.add_hosts.iter().cloned());
    hosts
}

/// The step's limits replace the request's of the same name.
fn ulimits(
    cx: &mut Context,
    at: &Progress,
    options: &model::Exec<Expanded>,
) -> Vec<(String, i64, i64)> {
    let is_own = |name: &str| options.ulimits.iter().any(|limit| limit.name.value == name);
    let mut limits: Vec<(String, i64, i64)> = cx
        .options
        .ulimits
        .iter()
        .filter(|(name, ..)| !is_own(name))
        .cloned()
        .collect();
    for limit in &options.ulimits {
        let soft = parsed(cx, &at.state, &limit.soft, units::parse_limit);
        let hard = parsed_option(cx, &at.state, limit.hard.as_ref(), units::parse_limit);
        if let Some(soft) = soft {
            limits.push((limit.name.value.clone(), soft, hard.unwrap_or(soft)));
        }
    }
    limits
}

/// The step's limits win over the request's, key by key.
fn resources(
    cx: &mut Context,
    at: &Progress,
    options: &model::Exec<Expanded>,
) -> Option<buildkit_llb::LinuxResources> {
    let asked = cx.options.resources.clone();
    let Some(own) = &options.resources else {
        return asked;
    };
    let mut all = asked.unwrap_or_default();
    let state = &at.state;
    let mut bytes =
        |text: &Option<Text>| parsed_option(cx, state, text.as_ref(), units::parse_bytes);
    all.memory = bytes(&own.memory).unwrap_or(all.memory);
    let mut number =
        |text: &Option<Text>| parsed_option(cx, state, text.as_ref(), units::parse_integer);
    all.cpu_quota = number(&own.cpu_quota).unwrap_or(all.cpu_quota);
    let mut natural = |text: &Option<Text>| number(text).and_then(|n| u64::try_from(n).ok());
    all.cpu_shares = natural(&own.cpu_shares).unwrap_or(all.cpu_shares);
    all.cpu_period = natural(&own.cpu_period).unwrap_or(all.cpu_period);
    if let Some(text) = &own.memory_swap {
        let parse = |text: &str| {
            if text == "-1" {
                Ok(-1)
            } else {
                units::parse_bytes(text)
            }
        };
        all.memory_swap = parsed(cx, state, text, parse).unwrap_or(all.memory_swap);
    }
    for (text, slot) in [
        (&own.cpuset_cpus, &mut all.cpuset_cpus),
        (&own.cpuset_mems, &mut all.cpuset_mems),
    ] {
        if let Some(text) = text
            && parsed(cx, state, text, units::check_cpuset).is_some()
        {
            *slot = string(cx, state, text);
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::{Errexit, shell_text};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let shell = ["/bin/sh".to_owned(), "-c".to_owned()];
        assert_eq!(shell_text(text, &shell, Errexit::On), expected);
    }

    #[test]
    fn one_line_is_the_command_without_its_line_break() {
        check("echo a\n", "echo a");
    }

    #[test]
    fn a_continued_line_is_joined_with_the_next_line_s_indentation() {
        check("echo a \\\n  # why\n\n  b\n", "echo a   b");
    }

    #[test]
    fn several_lines_stop_at_the_first_failure() {
        check("echo a\necho b\n", "set -e\necho a\necho b\n");
    }

    #[test]
    fn an_escaped_backslash_does_not_continue() {
        check("echo a\\\\\necho b\n", "set -e\necho a\\\\\necho b\n");
    }

    #[test]
    fn other_shells_get_the_text_alone() {
        let shell = ["/usr/bin/python3".to_owned(), "-c".to_owned()];
        assert_eq!(shell_text("a\nb\n", &shell, Errexit::On), "a\nb\n");
        let shell = ["/bin/bash".to_owned(), "-c".to_owned()];
        assert_eq!(shell_text("a\nb\n", &shell, Errexit::Off), "a\nb\n");
    }
}
