//! Runs become execs.

use std::sync::Arc;

use buildkit_llb::{CdiDevice, Exec as ExecOp, Mount as LlbMount, SecretEnv, Ulimit};
use buildkit_llb::{Output, Vertex};

use super::super::action::{
    Access, CacheOwner, Exec, Extras, Heading, Inline, Missing, Mount, MountKind, Secret, Ssh,
};
use super::super::need;
use super::{Context, Steps, file, source};

/// Emits a run and returns its root filesystem.
pub(crate) fn emit(
    cx: &mut Context,
    steps: &mut Steps,
    action: Heading,
    exec: Exec,
    below: Option<Output>,
) -> Output {
    let name = steps.next(cx, &action.title());
    let mut op = ExecOp::new(below, exec.args)
        .shell(exec.shell)
        .envs(exec.env)
        .cwd(exec.cwd)
        .user(exec.user)
        .network(exec.network)
        .security(exec.security);
    let extras = exec.extras.map(|extras| *extras).unwrap_or_default();
    for mount in &extras.mounts {
        let mount = emit_mount(cx, steps, &action, mount, below);
        op = op.mount(mount);
    }
    for secret in &extras.secrets {
        op = with_secret(op, secret);
    }
    for ssh in &extras.ssh {
        op = op.mount(ssh_mount(ssh));
    }
    if !extras.exit_codes.is_empty() {
        cx.need(&need::EXIT_CODES, action.span);
    }
    op = with_limits(cx, op, &extras);
    let mut vertex = cx
        .vertex(&action, op, name)
        .platform(Arc::clone(&steps.stage.platform))
        .describe("com.docker.dockerfile.v1.command", action.command);
    if let Some(limits) = extras.resources {
        cx.need(&need::RESOURCES, action.span);
        vertex = vertex.linux_resources(limits);
    }
    cx.graph.add(vertex).output(0)
}

/// Adds what the request sets for every run, where the daemon can do it.
fn with_limits(cx: &Context, mut op: ExecOp, exec: &Extras) -> ExecOp {
    if !exec.exit_codes.is_empty() {
        op = op.valid_exit_codes(exec.exit_codes.iter().copied());
    }
    let options = cx.options;
    if !options.hostname.is_empty() {
        op = op.hostname(options.hostname.clone());
    }
    if !options.cgroup_parent.is_empty() && options.caps.has("exec.meta.cgroup.parent") {
        op = op.cgroup_parent(options.cgroup_parent.clone());
    }
    if let Some(proxy) = &options.proxy {
        op = op.proxy(proxy.clone());
    }
    if options.caps.has("exec.meta.ulimit") {
        for (name, soft, hard) in &exec.ulimits {
            op = op.ulimit(Ulimit {
                name: name.clone(),
                soft: *soft,
                hard: *hard,
            });
        }
    }
    for (host, address) in &exec.extra_hosts {
        if let Ok(address) = address.parse() {
            op = op.extra_host(host.clone(), address);
        }
    }
    if options.caps.has("exec.meta.cdi") {
        for (name, missing) in &exec.devices {
            let device = CdiDevice::new(name.clone());
            op = op.device(match missing {
                Missing::Error => device,
                Missing::Ignored => device.optional(),
            });
        }
    }
    op
}

fn emit_mount(
    cx: &mut Context,
    steps: &Steps,
    action: &Heading,
    mount: &Mount,
    root: Option<Output>,
) -> LlbMount {
    let target = mount.target.clone();
    match &mount.kind {
        MountKind::Bind {
            from,
            source,
            access,
        } => {
            let bind = LlbMount::bind(target, source::input(cx, from));
            let bind = if source == "/" {
                bind
            } else {
                bind.selector(source.clone())
            };
            match access {
                Access::ReadOnly => bind.read_only().into(),
                Access::Discarded if cx.options.caps.has("exec.mount.bind.readwrite-nooutput") => {
                    bind.discard_writes().into()
                }
                Access::Discarded => bind.into(),
            }
        }
        MountKind::Cache { .. } => cache_mount(cx, action, mount, root),
        MountKind::Tmpfs(size, access) => {
            let tmpfs = LlbMount::tmpfs(target).size(*size);
            match access {
                Access::ReadOnly => tmpfs.read_only().into(),
                Access::Discarded => tmpfs.into(),
            }
        }
        MountKind::Inline(inline) => {
            let output = inline_file(cx, inline);
            LlbMount::bind(target, Some(output))
                .selector("/")
                .read_only()
                .into()
        }
        MountKind::File(inline) => {
            let output = inline_file(cx, inline);
            let selector = format!("/{}", inline.name);
            LlbMount::bind(target, Some(output))
                .selector(selector)
                .read_only()
                .into()
        }
        MountKind::Executable(path) => {
            let output = file::executable(cx, steps, action, path);
            LlbMount::bind(target, Some(output))
                .selector("/")
                .read_only()
                .into()
        }
    }
}

fn cache_mount(
    cx: &mut Context,
    action: &Heading,
    mount: &Mount,
    root: Option<Output>,
) -> LlbMount {
    let MountKind::Cache {
        id,
        sharing: how,
        from,
        source,
        owner,
        access,
    } = &mount.kind
    else {
        unreachable!("emit_mount: only caches come here")
    };
    let cache = LlbMount::cache(mount.target.clone(), id.clone(), *how);
    let cache = match access {
        Access::ReadOnly => cache.read_only(),
        Access::Discarded => cache,
    };
    let seed = source::input(cx, from);
    match (source, owner) {
        (Some(source), _) => cache.seed(seed).selector(source.clone()).into(),
        (None, Some(owner)) => {
            let seed = owned_directory(cx, action, owner, seed, root);
            cache.seed(Some(seed)).selector("/cache").into()
        }
        (None, None) => cache.seed(seed).into(),
    }
}

/// Returns a filesystem with one file from the build file.
pub(crate) fn inline_file(cx: &mut Context, inline: &Inline) -> Output {
    let op = file::mkfile(inline);
    let vertex = Vertex::new(op).name("[internal] preparing inline document");
    cx.graph.add(vertex).output(0)
}

/// Returns a filesystem whose `/cache` belongs to the owner. A name is looked up in the step's
/// root, of which only the user and group files then enter the cache key.
fn owned_directory(
    cx: &mut Context,
    action: &Heading,
    owner: &CacheOwner,
    seed: Option<Output>,
    root: Option<Output>,
) -> Output {
    let op = file::cache_directory(owner, seed, root);
    let vertex = Vertex::new(op)
        .name("[internal] setting cache mount permissions")
        .location(cx.location(action.span));
    cx.graph.add(vertex).output(0)
}

fn with_secret(mut op: ExecOp, secret: &Secret) -> ExecOp {
    let is_optional = secret.missing == Missing::Ignored;
    if let Some(name) = &secret.env {
        let variable = SecretEnv::new(name.clone(), secret.id.clone());
        op = op.secret_env(if is_optional {
            variable.optional()
        } else {
            variable
        });
    }
    if let Some(target) = &secret.target {
        let mount = LlbMount::secret(target.clone(), secret.id.clone())
            .owner(secret.uid, secret.gid)
            .mode(secret.mode);
        op = op.mount(if is_optional { mount.optional() } else { mount });
    }
    op
}

fn ssh_mount(ssh: &Ssh) -> LlbMount {
    let mount = LlbMount::ssh(ssh.id.clone())
        .path(ssh.target.clone())
        .owner(ssh.uid, ssh.gid)
        .mode(ssh.mode);
    match ssh.missing {
        Missing::Error => mount.into(),
        Missing::Ignored => mount.optional().into(),
    }
}
