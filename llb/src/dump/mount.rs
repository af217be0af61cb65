//! An exec as text: what it sees and how it runs.

use buildkit_proto::pb;

use super::{Block, flags, quoted, shown};
use crate::attr;

impl Block<'_> {
    pub(super) fn exec(&mut self, exec: &pb::ExecOp) {
        if let Some(meta) = &exec.meta {
            self.meta(meta);
        }
        match exec.network() {
            pb::NetMode::Unset => {}
            pb::NetMode::Host => self.line("network", "host"),
            pb::NetMode::None => self.line("network", "none"),
        }
        if exec.security() == pb::SecurityMode::Insecure {
            self.line("security", "insecure");
        }
        for variable in &exec.secretenv {
            let optional = flags(&[(variable.optional, "optional")]);
            let text = format!(
                "{} = secret {}{optional}",
                variable.name,
                quoted(&variable.id)
            );
            self.line("secret env", text);
        }
        for device in &exec.cdi_devices {
            let optional = flags(&[(device.optional, "optional")]);
            self.line("device", format!("{}{optional}", shown(&device.name)));
        }
        for mount in &exec.mounts {
            let text = self.mount(mount);
            self.line("mount", text);
        }
    }

    fn meta(&mut self, meta: &pb::Meta) {
        for variable in &meta.env {
            self.line("env", shown(variable));
        }
        self.line("cwd", shown(&meta.cwd));
        self.line_some("user", &meta.user);
        self.line_some("hostname", &meta.hostname);
        self.line_some("cgroup parent", &meta.cgroup_parent);
        if let Some(proxy) = &meta.proxy_env {
            self.line_some("http proxy", &proxy.http_proxy);
            self.line_some("https proxy", &proxy.https_proxy);
            self.line_some("ftp proxy", &proxy.ftp_proxy);
            self.line_some("no proxy", &proxy.no_proxy);
            self.line_some("all proxy", &proxy.all_proxy);
        }
        for host in &meta.extra_hosts {
            self.line("host", format!("{} {}", shown(&host.host), shown(&host.ip)));
        }
        for limit in &meta.ulimit {
            let text = format!("{} {}:{}", shown(&limit.name), limit.soft, limit.hard);
            self.line("ulimit", text);
        }
        if !meta.valid_exit_codes.is_empty() {
            let codes: Vec<_> = meta.valid_exit_codes.iter().map(i32::to_string).collect();
            self.line("valid exit codes", codes.join(" "));
        }
        if !meta.remove_mount_stubs_recursive {
            self.line("mount stubs", "kept");
        }
    }

    fn mount(&self, mount: &pb::Mount) -> String {
        let place = shown(&mount.dest);
        let what = match mount.mount_type() {
            pb::MountType::Bind => self.input(mount.input),
            pb::MountType::Cache => self.cache(mount),
            pb::MountType::Tmpfs => {
                let size = mount.tmpfs_opt.map_or(0, |tmpfs| tmpfs.size);
                let access = if mount.readonly { " read-only" } else { "" };
                return match size {
                    0 => format!("{place} tmpfs{access}"),
                    size => format!("{place} tmpfs of {size} bytes{access}"),
                };
            }
            pb::MountType::Secret => {
                let Some(opt) = &mount.secret_opt else {
                    return format!("{place} secret");
                };
                let file = (opt.uid, opt.gid, opt.mode, opt.optional);
                return format!("{place} secret {}{}", quoted(&opt.id), client_file(file));
            }
            pb::MountType::Ssh => {
                let Some(opt) = &mount.ssh_opt else {
                    return format!("{place} ssh");
                };
                let file = (opt.uid, opt.gid, opt.mode, opt.optional);
                return format!("{place} ssh {}{}", quoted(&opt.id), client_file(file));
            }
        };
        let selector = match mount.selector.as_str() {
            "" => String::new(),
            selector => format!(" at {}", shown(selector)),
        };
        let content = match mount.content_cache() {
            pb::MountContentCache::Default => "",
            pb::MountContentCache::On => " content-cache-on",
            pb::MountContentCache::Off => " content-cache-off",
        };
        let is_bind = mount.mount_type() == pb::MountType::Bind;
        let writes = match mount.output {
            _ if mount.readonly => " read-only".to_string(),
            attr::NONE if is_bind => " writes-discarded".to_string(),
            attr::NONE => String::new(),
            output => format!(" -> {output}"),
        };
        format!("{place} {what}{selector}{content}{writes}")
    }

    fn cache(&self, mount: &pb::Mount) -> String {
        let Some(opt) = &mount.cache_opt else {
            return "cache".to_string();
        };
        let sharing = match opt.sharing() {
            pb::CacheSharingOpt::Shared => "shared",
            pb::CacheSharingOpt::Private => "private",
            pb::CacheSharingOpt::Locked => "locked",
        };
        let seed = match mount.input {
            attr::NONE => String::new(),
            input => format!(" from {}", self.input(input)),
        };
        format!("cache {} {sharing}{seed}", quoted(&opt.id))
    }
}

/// Returns the owner, the permission bits and whether it may be missing.
fn client_file((uid, gid, mode, optional): (u32, u32, u32, bool)) -> String {
    let owner = if (uid, gid) == (0, 0) {
        String::new()
    } else {
        format!(" owner {uid}:{gid}")
    };
    format!(
        "{owner} mode {mode:04o}{}",
        flags(&[(optional, "optional")])
    )
}
