//! What a run mounts.

use crate::diagnostic::Code;
use crate::expand::{Cache, Expanded, Input};
use crate::expr::Text;
use crate::model::{Bind, CacheMount, Exec, SecretMount, Sharing, SshMount, Tmpfs};
use crate::preset::{Preset, PresetPath};
use crate::text::{Span, Spanned};
use crate::units::{self, Principal};

use super::super::action::{Access, CacheOwner, Inline, Missing, Mount, MountKind, Secret, Ssh};
use super::super::path;
use super::super::state::{self, Env, State};
use super::text::{meaning, parsed_option, string};
use super::{Context, Progress, Rules};

/// Who runs a step, and where.
pub(crate) struct Runner<'a> {
    pub(crate) env: &'a Env,
    pub(crate) user: &'a str,
    pub(crate) cwd: &'a str,
}

/// Keeps what apt downloads: Debian's images have a file of this name that deletes it.
const KEEP_DOWNLOADS: &str = "Binary::apt::APT::Keep-Downloaded-Packages \"true\";\n";

/// Returns binds, tmpfs and caches.
pub(crate) fn mounts(
    cx: &mut Context,
    at: &Progress,
    exec: &Exec<Expanded>,
    runner: &Runner,
) -> Vec<Mount> {
    let mut mounts = Vec::new();
    for bind in &exec.binds {
        let mount = bind_mount(cx, at, bind, runner);
        mounts.extend(mount.map(|mount| (bind.span, mount)));
    }
    for tmpfs in &exec.tmpfs {
        let mount = tmpfs_mount(cx, at, tmpfs, runner);
        mounts.extend(mount.map(|mount| (tmpfs.span, mount)));
    }
    for cache in &exec.caches {
        match cache {
            Cache::Mount(cache) => {
                let mount = cache_mount(cx, at, cache, runner);
                mounts.extend(mount.map(|mount| (cache.span, mount)));
            }
            Cache::Preset(preset, span) => {
                let mut of_preset = Vec::new();
                preset_mounts(cx, preset, *span, runner, &mut of_preset);
                mounts.extend(of_preset.into_iter().map(|mount| (*span, mount)));
            }
        }
    }
    if cx.rules == Rules::Dockerfile {
        mounts.sort_by_key(|(span, _)| span.start);
    }
    mounts.into_iter().map(|(_, mount)| mount).collect()
}

/// Returns where something is mounted: relative to the working directory, never the root.
fn target(cx: &mut Context, state: &State, text: &Text, runner: &Runner) -> Option<String> {
    let target = path::directory(runner.cwd, &string(cx, state, text));
    // (`dockerfile2llb/convert_runmount.go:dispatchRunMounts`, v0.32.2)
    let is_root = match cx.rules {
        Rules::BuildFile => path::clean(&target) == "/",
        Rules::Dockerfile => target == "/",
    };
    if is_root {
        cx.diags
            .report(Code::BadValue, text.span, "nothing can be mounted over `/`")
            .help("name a directory below it");
        return None;
    }
    Some(target)
}

fn bind_mount(
    cx: &mut Context,
    at: &Progress,
    bind: &Bind<Expanded>,
    runner: &Runner,
) -> Option<Mount> {
    let target = target(cx, &at.state, &bind.target, runner)?;
    let source = path::join("/", &string(cx, &at.state, &bind.source));
    let from = bind.from.clone().unwrap_or(Input::Context(bind.span));
    cx.uses(&from, &source);
    let is_writable = bind.writable.as_ref().is_some_and(|flag| flag.value);
    let access = if is_writable {
        Access::Discarded
    } else {
        Access::ReadOnly
    };
    Some(Mount {
        target,
        kind: MountKind::Bind {
            from,
            source,
            access,
        },
    })
}

fn tmpfs_mount(
    cx: &mut Context,
    at: &Progress,
    tmpfs: &Tmpfs<Expanded>,
    runner: &Runner,
) -> Option<Mount> {
    let target = target(cx, &at.state, &tmpfs.target, runner)?;
    let size = parsed_option(cx, &at.state, tmpfs.size.as_ref(), units::parse_bytes);
    // It uses nothing, but is taken for a mount of the build context
    // (`dockerfile2llb/convert_runmount.go:dispatchRunMounts`, v0.32.2).
    if cx.rules == Rules::Dockerfile {
        cx.uses(&Input::Context(tmpfs.span), "/");
    }
    Some(Mount {
        target,
        kind: MountKind::Tmpfs(
            size.unwrap_or_default(),
            match tmpfs.writable.as_ref().is_none_or(|flag| flag.value) {
                true => Access::Discarded,
                false => Access::ReadOnly,
            },
        ),
    })
}

fn cache_mount(
    cx: &mut Context,
    at: &Progress,
    cache: &CacheMount<Expanded>,
    runner: &Runner,
) -> Option<Mount> {
    let state = &at.state;
    let written = string(cx, state, &cache.path);
    let target = target(cx, state, &cache.path, runner)?;
    let id = match &cache.id {
        Some(id) => string(cx, state, id),
        None => String::new(),
    };
    let id = match (id.as_str(), &cache.id, cx.rules) {
        ("", None, _) | ("", _, Rules::Dockerfile) => path::clean(&written),
        _ => id,
    };
    let source = cache
        .source
        .as_ref()
        .map(|source| path::join("/", &string(cx, state, source)));
    let source = source.filter(|source| source != "/");
    let from = cache.from.clone().unwrap_or(Input::Scratch);
    cx.uses(&from, source.as_deref().unwrap_or("/"));
    let owner = if source.is_some() {
        None
    } else {
        written_owner(cx, state, cache)
    };
    let is_seeded = source.is_some() || cache.from.is_some();
    let owner = owner.or_else(|| {
        if is_seeded {
            None
        } else {
            user_owner(runner.user)
        }
    });
    let sharing = cache
        .sharing
        .as_ref()
        .map_or(Sharing::Shared, |sharing| sharing.value);
    Some(Mount {
        target,
        kind: MountKind::Cache {
            id: cache_id(cx, &id),
            sharing,
            from,
            source,
            owner,
            access: match cache.writable.as_ref().is_none_or(|flag| flag.value) {
                true => Access::Discarded,
                false => Access::ReadOnly,
            },
        },
    })
}

/// Returns the id on the wire (`dockerfile2llb/convert_runmount.go`, v0.32.2).
fn cache_id(cx: &Context, id: &str) -> String {
    format!("{}/{id}", cx.options.cache_namespace)
}

/// Returns the owner that a cache's own keys ask for.
fn written_owner(
    cx: &mut Context,
    state: &State,
    cache: &CacheMount<Expanded>,
) -> Option<CacheOwner> {
    if cache.uid.is_none() && cache.gid.is_none() && cache.chmod.is_none() {
        return None;
    }
    let uid = parsed_option(cx, state, cache.uid.as_ref(), units::parse_id).unwrap_or_default();
    let gid = parsed_option(cx, state, cache.gid.as_ref(), units::parse_id).unwrap_or_default();
    let mode = parsed_option(cx, state, cache.chmod.as_ref(), units::parse_octal);
    let mode = mode.map_or(0o755, octal);
    Some(CacheOwner {
        owner: format!("{uid}:{gid}"),
        mode,
        is_named: false,
    })
}

/// Returns the owner that a step's user asks for; root needs none.
fn user_owner(user: &str) -> Option<CacheOwner> {
    if user.is_empty() {
        return None;
    }
    let owner = units::parse_user(user).ok()?;
    let is_root = |half: &Principal| *half == Principal::Id(0);
    if is_root(&owner.user) && owner.group.as_ref().is_none_or(is_root) {
        return None;
    }
    let is_name = |half: &Principal| matches!(half, Principal::Name(_));
    let is_named = is_name(&owner.user) || owner.group.as_ref().is_some_and(is_name);
    Some(CacheOwner {
        owner: user.to_owned(),
        mode: 0o755,
        is_named,
    })
}

/// An octal mode on the wire; `parse_octal` keeps it small.
pub(crate) fn octal(mode: u32) -> i32 {
    i32::try_from(mode).unwrap_or(0o7777)
}

fn preset_mounts(
    cx: &mut Context,
    preset: Preset,
    span: Span,
    runner: &Runner,
    mounts: &mut Vec<Mount>,
) {
    for place in preset.paths {
        let Some(target) = preset_path(cx, preset, place, span, runner) else {
            return;
        };
        // One variable may move two directories to one place.
        if mounts.iter().any(|mount| mount.target == target) {
            continue;
        }
        let id = cache_id(cx, &target);
        let kind = MountKind::Cache {
            id,
            sharing: preset.sharing,
            from: Input::Scratch,
            source: None,
            owner: user_owner(runner.user),
            access: Access::Discarded,
        };
        mounts.push(Mount { target, kind });
    }
    if preset.keeps_apt_downloads {
        let inline = Inline {
            name: "docker-clean".to_owned(),
            mode: 0o644,
            data: KEEP_DOWNLOADS.as_bytes().to_vec(),
        };
        let target = "/etc/apt/apt.conf.d/docker-clean".to_owned();
        mounts.push(Mount {
            target,
            kind: MountKind::File(inline),
        });
    }
}

/// Returns a directory of a preset: where its variables say, else below the user's home.
fn preset_path(
    cx: &mut Context,
    preset: Preset,
    place: &PresetPath,
    span: Span,
    runner: &Runner,
) -> Option<String> {
    let set = place.moved_by.iter().find_map(|(variable, below)| {
        let value = state::get(runner.env, variable)?;
        value.starts_with('/').then(|| path::join(value, below))
    });
    if set.is_some() {
        return set;
    }
    let user = runner.user.split(':').next().unwrap_or_default();
    let is_root = matches!(user, "" | "root" | "0");
    let default = match place.of_root {
        Some(of_root) if is_root => of_root,
        _ => place.default,
    };
    let Some(below_home) = default.strip_prefix("~/") else {
        return Some(default.to_owned());
    };
    if is_root {
        return Some(path::join("/root", below_home));
    }
    match state::get(runner.env, "HOME") {
        Some(home) if home.starts_with('/') => Some(path::join(home, below_home)),
        _ => {
            unknown_home(cx, preset, span, user);
            None
        }
    }
}

fn unknown_home(cx: &mut Context, preset: Preset, span: Span, user: &str) {
    let message = format!(
        "the preset `{}` needs the home directory of the user `{user}`",
        preset.name
    );
    cx.diags
        .report(Code::UnknownHome, span, message)
        .label("this image's environment has no `HOME`")
        .help(format!(
            "set `env: {{HOME: /home/{user}}}` on the stage, or write `cache: {{path: …}}`"
        ));
}

/// Returns the secrets of a run.
pub(crate) fn secrets(cx: &mut Context, at: &Progress, exec: &Exec<Expanded>) -> Vec<Secret> {
    exec.secrets
        .iter()
        .filter_map(|secret| secret_mount(cx, &at.state, secret))
        .collect()
}

fn secret_mount(cx: &mut Context, state: &State, secret: &SecretMount<Expanded>) -> Option<Secret> {
    let target = secret
        .target
        .as_ref()
        .map(|target| string(cx, state, target));
    let id = secret.id.as_ref().map(|id| string(cx, state, id));
    let is_there = |text: &String| cx.rules == Rules::BuildFile || !text.is_empty();
    let (target, id) = (target.filter(is_there), id.filter(is_there));
    let id = match (id, &target) {
        (Some(id), _) => id,
        (None, Some(target)) => path::base_name(target).to_owned(),
        (None, None) => {
            cx.diags
                .report(
                    Code::BadValue,
                    secret.span,
                    "a secret needs an `id` or a `target`",
                )
                .help("add `id: NAME`, as in `docker buildx build --secret id=NAME`");
            return None;
        }
    };
    let env = secret.env.as_ref().map(|env| string(cx, state, env));
    let target = match (target, &env) {
        (None, Some(_)) => None,
        (None, None) => Some(format!("/run/secrets/{}", path::base_name(&id))),
        (target, _) => target,
    };
    let access = Permissions::read(cx, state, [&secret.chmod, &secret.uid, &secret.gid], 0o400);
    Some(Secret {
        id,
        target,
        env,
        missing: missing(secret.required.as_ref()),
        uid: access.uid,
        gid: access.gid,
        mode: access.mode,
    })
}

/// A mount is required unless it says otherwise.
fn missing(required: Option<&Spanned<bool>>) -> Missing {
    if required.is_none_or(|flag| flag.value) {
        Missing::Error
    } else {
        Missing::Ignored
    }
}

struct Permissions {
    mode: u32,
    uid: u32,
    gid: u32,
}

impl Permissions {
    fn read(
        cx: &mut Context,
        state: &State,
        [chmod, uid, gid]: [&Option<Text>; 3],
        default: u32,
    ) -> Self {
        let mode = parsed_option(cx, state, chmod.as_ref(), units::parse_octal);
        let uid = parsed_option(cx, state, uid.as_ref(), units::parse_id);
        let gid = parsed_option(cx, state, gid.as_ref(), units::parse_id);
        Self {
            mode: mode.unwrap_or(default),
            uid: uid.unwrap_or_default(),
            gid: gid.unwrap_or_default(),
        }
    }
}

/// Returns the ssh agents of a run.
pub(crate) fn ssh(cx: &mut Context, at: &Progress, exec: &Exec<Expanded>) -> Vec<Ssh> {
    let mut agents = Vec::new();
    for (idx, ssh) in exec.ssh.iter().enumerate() {
        agents.push(ssh_mount(cx, &at.state, ssh, idx));
    }
    agents
}

fn ssh_mount(cx: &mut Context, state: &State, ssh: &SshMount<Expanded>, idx: usize) -> Ssh {
    let target = ssh.target.as_ref().map(|target| string(cx, state, target));
    let access = Permissions::read(cx, state, [&ssh.chmod, &ssh.uid, &ssh.gid], 0o600);
    Ssh {
        id: ssh
            .id
            .as_ref()
            .map(|id| string(cx, state, id))
            .unwrap_or_default(),
        target: target.unwrap_or_else(|| format!("/run/buildkit/ssh_agent.{idx}")),
        missing: missing(ssh.required.as_ref()),
        uid: access.uid,
        gid: access.gid,
        mode: access.mode,
    }
}

/// Returns the mode of a `chmod`; a bad one is reported.
pub(crate) fn mode(cx: &mut Context, state: &State, text: &Text) -> Option<units::Mode> {
    let string = string(cx, state, text);
    meaning(cx, &string, text.span, units::parse_mode)
}
