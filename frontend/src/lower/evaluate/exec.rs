//! `run` and `script` become execs.

use std::sync::Arc;

use buildkit_llb::Network;

use crate::diagnostic::Code;
use crate::expand::{Expanded, Input};
use crate::expr::Text;
use crate::model::{self, Command, Run, Script, Security, Source, Step};
use crate::text::Spanned;
use crate::units;

use super::super::action::{Access, ActionKind, Exec, Extras, Inline, Missing, Mount, MountKind};
use super::super::history::{Layer, quoted_list};
use super::super::state::{self, State};
use super::super::{need, path};
use super::command::shell_text;
use super::instruction::summary;
use super::mount::{self, Runner};
use super::text::{parsed, parsed_option, path_of, string, strings};
use super::{Context, Progress, Rules, open};

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
            // Who switches it off at the step itself wants the text as it is.
            let is_own = run.exec.errexit.as_ref().is_some_and(|flag| !flag.value);
            let script = match is_own {
                true => text.clone(),
                false => shell_text(&text, &shell, errexit.into()),
            };
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
            let shown = format!("<<{name} ({})", summary(&data));
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

/// Returns the name of inline content; a bad one is reported. A Dockerfile may have any.
pub(crate) fn content_name(
    cx: &mut Context,
    state: &State,
    content: &model::Content<Expanded>,
) -> String {
    let Some(name) = &content.name else {
        return "EOF".to_owned();
    };
    let text = string(cx, state, name);
    if cx.rules == Rules::Dockerfile {
        return text;
    }
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
            kind: MountKind::Tmpfs(size, Access::Discarded),
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
