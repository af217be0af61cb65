//! The options of `run` and `script`, and what they mount.

use crate::model::{
    CacheMount, CacheUse, Device, Exec, Network, Resources, SecretMount, SecretUse, Security,
    Sharing, SshUse, Value, Written,
};
use crate::syntax::print::Tree;

use super::fields::{Fields, bare, flow, list, text, word};
use super::input;

/// Adds the options of a step.
pub(super) fn options(exec: &Exec<Written>, fields: &mut Fields) {
    fields.one_or_list("cache", exec.caches.iter().map(cache_use).collect());
    fields.one_or_list("secrets", exec.secrets.iter().map(secret_use).collect());
    fields.one_or_list("ssh", exec.ssh.iter().map(ssh_use).collect());
    fields.list("mounts", mounts(exec));
    fields.pairs("env", &exec.env);
    fields.put("workdir", exec.workdir.as_ref().map(text));
    fields.put("user", exec.user.as_ref().map(text));
    let shell = exec.shell.as_ref();
    fields.put(
        "shell",
        shell.map(|it| list(it.value.iter().map(text).collect())),
    );
    fields.boolean("errexit", exec.errexit.as_ref());
    let network = exec.network.as_ref().map(|it| match it.value {
        Network::Default => "default",
        Network::None => "none",
        Network::Host => "host",
    });
    fields.put("network", network.map(word));
    let security = exec.security.as_ref().map(|it| match it.value {
        Security::Sandbox => "sandbox",
        Security::Insecure => "insecure",
    });
    fields.put("security", security.map(word));
    fields.list("devices", exec.devices.iter().map(device).collect());
    fields.pairs("extra-hosts", &exec.extra_hosts);
    fields.named("ulimits", &exec.ulimits, |it| {
        let Some(hard) = &it.hard else {
            return (&it.name, limit(&it.soft));
        };
        let mut limits = Fields::default();
        limits.put("soft", Some(limit(&it.soft)));
        limits.put("hard", Some(limit(hard)));
        (&it.name, flow(limits.tree()))
    });
    fields.put("shm-size", exec.shm_size.as_ref().map(bare));
    let codes = exec.exit_codes.iter();
    fields.list(
        "exit-codes",
        codes.map(|it| word(&it.value.to_string())).collect(),
    );
    if let Some(limits) = &exec.resources {
        fields.some("resources", resources(limits));
    }
}

fn device(device: &Device<Written>) -> Tree {
    let Some(required) = &device.required else {
        return text(&device.name);
    };
    let mut fields = Fields::default();
    fields.put("name", Some(text(&device.name)));
    fields.boolean("required", Some(required));
    flow(fields.tree())
}

fn resources(limits: &Resources<Written>) -> Fields {
    let mut fields = Fields::default();
    for (key, value) in [
        ("memory", &limits.memory),
        ("memory-swap", &limits.memory_swap),
        ("cpu-shares", &limits.cpu_shares),
        ("cpu-period", &limits.cpu_period),
        ("cpu-quota", &limits.cpu_quota),
        ("cpuset-cpus", &limits.cpuset_cpus),
        ("cpuset-mems", &limits.cpuset_mems),
    ] {
        fields.put(key, value.as_ref().map(bare));
    }
    fields
}

/// Returns a limit, which may be below zero.
fn limit(value: &Value) -> Tree {
    match value.as_literal() {
        Some("-1") => word("-1"),
        _ => bare(value),
    }
}

fn cache_use(cache: &CacheUse) -> Tree {
    match cache {
        CacheUse::Name(name) => text(name),
        CacheUse::Mount(mount) => self::cache(mount),
    }
}

/// Returns a cache: its path, or a map if there is more to say.
pub(super) fn cache(mount: &CacheMount<Written>) -> Tree {
    let mut fields = Fields::default();
    fields.put("path", Some(text(&mount.path)));
    fields.put("id", mount.id.as_ref().map(text));
    let sharing = mount.sharing.as_ref().map(|it| match it.value {
        Sharing::Shared => "shared",
        Sharing::Private => "private",
        Sharing::Locked => "locked",
    });
    fields.put("sharing", sharing.map(word));
    fields.put("from", mount.from.as_ref().map(input));
    fields.put("source", mount.source.as_ref().map(text));
    owner(&mut fields, [&mount.chmod, &mount.uid, &mount.gid]);
    fields.boolean("writable", mount.writable.as_ref());
    let is_path = mount
        .path
        .as_literal()
        .is_some_and(|path| path.contains('/'));
    match fields.items.pop() {
        Some(path) if fields.items.is_empty() && is_path => path.value,
        last => {
            fields.items.extend(last);
            fields.tree()
        }
    }
}

fn owner(fields: &mut Fields, [chmod, uid, gid]: [&Option<Value>; 3]) {
    fields.put("chmod", chmod.as_ref().map(text));
    fields.put("uid", uid.as_ref().map(bare));
    fields.put("gid", gid.as_ref().map(bare));
}

fn secret_use(secret: &SecretUse) -> Tree {
    match secret {
        SecretUse::Name(name) => text(name),
        SecretUse::Mount(mount) => self::secret(mount).tree(),
    }
}

/// Returns the keys of a secret.
pub(super) fn secret(mount: &SecretMount<Written>) -> Fields {
    let mut fields = Fields::default();
    fields.put("id", mount.id.as_ref().map(text));
    fields.put("target", mount.target.as_ref().map(text));
    fields.put("env", mount.env.as_ref().map(text));
    fields.boolean("required", mount.required.as_ref());
    owner(&mut fields, [&mount.chmod, &mount.uid, &mount.gid]);
    fields
}

fn ssh_use(ssh: &SshUse) -> Tree {
    let mount = match ssh {
        SshUse::Default(_) => return word("true"),
        SshUse::Name(name) => return text(name),
        SshUse::Mount(mount) => mount,
    };
    let mut fields = Fields::default();
    fields.put("id", mount.id.as_ref().map(text));
    fields.put("target", mount.target.as_ref().map(text));
    fields.boolean("required", mount.required.as_ref());
    owner(&mut fields, [&mount.chmod, &mount.uid, &mount.gid]);
    fields.tree()
}

fn mounts(exec: &Exec<Written>) -> Vec<Tree> {
    let mut mounts = Vec::new();
    for bind in &exec.binds {
        let mut fields = Fields::default();
        fields.put("bind", Some(text(&bind.source)));
        fields.put("from", bind.from.as_ref().map(input));
        fields.put("target", Some(text(&bind.target)));
        fields.boolean("writable", bind.writable.as_ref());
        mounts.push(fields.tree());
    }
    for tmpfs in &exec.tmpfs {
        let mut fields = Fields::default();
        fields.put("tmpfs", Some(text(&tmpfs.target)));
        fields.put("size", tmpfs.size.as_ref().map(bare));
        fields.boolean("writable", tmpfs.writable.as_ref());
        mounts.push(fields.tree());
    }
    mounts
}
