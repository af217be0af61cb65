//! How the commands of a plan are executed, as text.

use crate::expand::{Cache, Expanded};
use crate::model::{CacheMount, Exec, Network, Security, Sharing};

use super::{Lines, Plan, flag, input, list, option, pairs, text};

pub(super) fn exec(exec: &Exec<Expanded>, plan: &Plan, out: &mut Lines) {
    for it in &exec.caches {
        match it {
            Cache::Preset(preset, _) => out.line(&format!("cache: preset {}", preset.name)),
            Cache::Mount(mount) => cache(mount, plan, out),
        }
    }
    secrets(exec, out);
    mounts(exec, plan, out);
    pairs("env", &exec.env, out);
    option("workdir", &exec.workdir, out);
    option("user", &exec.user, out);
    if let Some(shell) = &exec.shell {
        out.line(&format!("shell: {}", list(&shell.value)));
    }
    flag("errexit", exec.errexit, out);
    if let Some(network) = exec.network {
        let word = match network.value {
            Network::Default => "default",
            Network::None => "none",
            Network::Host => "host",
        };
        out.line(&format!("network: {word}"));
    }
    if let Some(security) = exec.security {
        let word = match security.value {
            Security::Sandbox => "sandbox",
            Security::Insecure => "insecure",
        };
        out.line(&format!("security: {word}"));
    }
    limits(exec, out);
}

fn cache(mount: &CacheMount<Expanded>, plan: &Plan, out: &mut Lines) {
    out.line(&format!("cache: {}", text(&mount.path)));
    out.nested(|out| {
        option("id", &mount.id, out);
        if let Some(sharing) = mount.sharing {
            let word = match sharing.value {
                Sharing::Shared => "shared",
                Sharing::Private => "private",
                Sharing::Locked => "locked",
            };
            out.line(&format!("sharing: {word}"));
        }
        if let Some(from) = &mount.from {
            out.line(&format!("from: {}", input(from, plan)));
        }
        option("source", &mount.source, out);
        option("chmod", &mount.chmod, out);
        option("uid", &mount.uid, out);
        option("gid", &mount.gid, out);
    });
}

fn secrets(exec: &Exec<Expanded>, out: &mut Lines) {
    for secret in &exec.secrets {
        out.line(&format!(
            "secret: {}",
            secret.id.as_ref().map(text).unwrap_or_default()
        ));
        out.nested(|out| {
            option("target", &secret.target, out);
            option("env", &secret.env, out);
            flag("required", secret.required, out);
            option("chmod", &secret.chmod, out);
            option("uid", &secret.uid, out);
            option("gid", &secret.gid, out);
        });
    }
    for ssh in &exec.ssh {
        let id = ssh.id.as_ref().map_or("default".to_owned(), text);
        out.line(&format!("ssh: {id}"));
        out.nested(|out| {
            option("target", &ssh.target, out);
            flag("required", ssh.required, out);
            option("chmod", &ssh.chmod, out);
            option("uid", &ssh.uid, out);
            option("gid", &ssh.gid, out);
        });
    }
}

fn mounts(exec: &Exec<Expanded>, plan: &Plan, out: &mut Lines) {
    for bind in &exec.binds {
        out.line(&format!("bind: {}", text(&bind.source)));
        out.nested(|out| {
            if let Some(from) = &bind.from {
                out.line(&format!("from: {}", input(from, plan)));
            }
            out.line(&format!("target: {}", text(&bind.target)));
            flag("writable", bind.writable, out);
        });
    }
    for tmpfs in &exec.tmpfs {
        out.line(&format!("tmpfs: {}", text(&tmpfs.target)));
        out.nested(|out| option("size", &tmpfs.size, out));
    }
}

fn limits(exec: &Exec<Expanded>, out: &mut Lines) {
    for device in &exec.devices {
        out.line(&format!("device: {}", text(&device.name)));
        out.nested(|out| flag("required", device.required, out));
    }
    pairs("extra-hosts", &exec.extra_hosts, out);
    for ulimit in &exec.ulimits {
        let hard = ulimit.hard.as_ref().unwrap_or(&ulimit.soft);
        let (soft, hard) = (text(&ulimit.soft), text(hard));
        out.line(&format!("ulimit: {}={soft}:{hard}", ulimit.name.value));
    }
    option("shm-size", &exec.shm_size, out);
    if !exec.exit_codes.is_empty() {
        let codes: Vec<String> = exec
            .exit_codes
            .iter()
            .map(|it| it.value.to_string())
            .collect();
        out.line(&format!("exit-codes: [{}]", codes.join(", ")));
    }
    if let Some(resources) = &exec.resources {
        out.line("resources");
        out.nested(|out| {
            option("memory", &resources.memory, out);
            option("memory-swap", &resources.memory_swap, out);
            option("cpu-shares", &resources.cpu_shares, out);
            option("cpu-period", &resources.cpu_period, out);
            option("cpu-quota", &resources.cpu_quota, out);
            option("cpuset-cpus", &resources.cpuset_cpus, out);
            option("cpuset-mems", &resources.cpuset_mems, out);
        });
    }
}
