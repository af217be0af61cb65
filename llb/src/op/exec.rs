//! Exec: a process, what it sees and what it leaves.

use std::net::IpAddr;
use std::sync::Arc;

use buildkit_proto::pb;
use prost::Message as _;
use prost::encoding::message;

use crate::attr;
use crate::cap::{Cap, CapSet};
use crate::op::mount::{Bind, Mount, Place, Secret, Ssh};
use crate::op::{Body, Inputs, Lowered, PlatformUse};
use crate::output::Output;
use crate::wire::Wire;

/// Runs a process.
///
/// Its outputs are the mounts that keep what is written, numbered in the order of their paths; the
/// root file system comes first unless a relative path sorts before `/`.
#[derive(Clone, Debug)]
#[must_use]
pub struct Exec {
    shell: Arc<[String]>,
    args: Vec<String>,
    env: Arc<Vec<(String, String)>>,
    /// `/` unless it is set.
    cwd: Option<String>,
    user: String,
    network: Network,
    security: Security,
    places: Vec<Place>,
    secrets: Vec<Secret>,
    agents: Vec<Ssh>,
    secret_env: Vec<SecretEnv>,
    devices: Vec<CdiDevice>,
    /// Those fields of `pb.Meta` that few have.
    rare: Option<Box<pb::Meta>>,
}

/// Is an exec whose inputs and outputs are numbered.
pub(crate) struct Numbered {
    exec: Box<Exec>,
    /// As they are written.
    mounts: Vec<u8>,
}

/// Says which network a process sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// Its own, with a way out.
    #[default]
    Sandbox,
    /// That of the daemon; the client must allow it.
    Host,
    /// None.
    None,
}

/// Says what a process may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// What a container may.
    #[default]
    Sandbox,
    /// Everything; the client must allow it.
    Insecure,
}

/// Holds proxy settings; they are not part of the cache key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxy {
    /// For `http://`.
    pub http: String,
    /// For `https://`.
    pub https: String,
    /// For `ftp://`.
    pub ftp: String,
    /// Hosts that need none.
    pub none: String,
    /// For all.
    pub all: String,
}

/// Holds a limit of the kernel on a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ulimit {
    /// Its name, such as `nofile`.
    pub name: String,
    /// What the process starts with; -1 is unlimited.
    pub soft: i64,
    /// What the process may raise it to; -1 is unlimited.
    pub hard: i64,
}

/// Sets an environment variable to a secret of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct SecretEnv {
    id: String,
    name: String,
    optional: bool,
}

impl SecretEnv {
    /// Returns the variable `name` with the secret `id`.
    pub fn new(name: impl Into<String>, id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            optional: false,
        }
    }

    /// Leaves the variable empty if the client has no such secret.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

/// Gives a process a device.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct CdiDevice {
    name: String,
    optional: bool,
}

impl CdiDevice {
    /// Returns the device `name`, such as `vendor.com/gpu=all`.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            optional: false,
        }
    }

    /// Does without if the daemon has no such device.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

impl Exec {
    /// Returns the process `args` on the file system `root`, in `/`.
    pub fn new<A: Into<String>>(root: Option<Output>, args: impl IntoIterator<Item = A>) -> Self {
        Self::on(Mount::root(root), args)
    }

    /// Returns the process `args` on a root file system that is mounted as given.
    pub fn on<A: Into<String>>(root: Bind, args: impl IntoIterator<Item = A>) -> Self {
        Self {
            shell: Arc::default(),
            args: args.into_iter().map(Into::into).collect(),
            env: Arc::default(),
            cwd: None,
            user: String::new(),
            network: Network::Sandbox,
            security: Security::Sandbox,
            places: vec![Place::Bind(root)],
            secrets: Vec::new(),
            agents: Vec::new(),
            secret_env: Vec::new(),
            devices: Vec::new(),
            rare: None,
        }
    }

    /// Puts words before the arguments, which many processes may share.
    pub fn shell(mut self, words: impl Into<Arc<[String]>>) -> Self {
        self.shell = words.into();
        self
    }

    fn rare(&mut self) -> &mut pb::Meta {
        self.rare.get_or_insert_with(|| {
            Box::new(pb::Meta {
                remove_mount_stubs_recursive: true,
                ..pb::Meta::default()
            })
        })
    }

    /// Sets all variables, each name once; many processes can share them.
    pub fn envs(mut self, env: impl Into<Arc<Vec<(String, String)>>>) -> Self {
        self.env = env.into();
        self
    }

    /// Sets a variable; one that was set before moves to the end.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        set(Arc::make_mut(&mut self.env), name.into(), value.into());
        self
    }

    /// Sets the working directory.
    pub fn cwd(mut self, path: impl Into<String>) -> Self {
        self.cwd = Some(path.into());
        self
    }

    /// Sets the user, as `name`, `uid` or either with `:group`.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = user.into();
        self
    }

    /// Sets the proxies.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.rare().proxy_env = Some(pb::ProxyEnv {
            http_proxy: proxy.http,
            https_proxy: proxy.https,
            ftp_proxy: proxy.ftp,
            no_proxy: proxy.none,
            all_proxy: proxy.all,
        });
        self
    }

    /// Adds a host name.
    pub fn extra_host(mut self, host: impl Into<String>, ip: IpAddr) -> Self {
        let ip = ip.to_canonical().to_string();
        self.rare().extra_hosts.push(pb::HostIp {
            host: host.into(),
            ip,
        });
        self
    }

    /// Sets the name of the host it runs on.
    pub fn hostname(mut self, name: impl Into<String>) -> Self {
        self.rare().hostname = name.into();
        self
    }

    /// Adds a limit of the kernel.
    pub fn ulimit(mut self, limit: Ulimit) -> Self {
        let Ulimit { name, soft, hard } = limit;
        self.rare().ulimit.push(pb::Ulimit { name, soft, hard });
        self
    }

    /// Sets the control group above it.
    pub fn cgroup_parent(mut self, path: impl Into<String>) -> Self {
        self.rare().cgroup_parent = path.into();
        self
    }

    /// Leaves the empty directories that were made to mount something.
    pub fn keep_mount_stubs(mut self) -> Self {
        self.rare().remove_mount_stubs_recursive = false;
        self
    }

    /// Sets which exit codes are success; by default 0.
    pub fn valid_exit_codes(mut self, codes: impl IntoIterator<Item = i32>) -> Self {
        let codes: Vec<i32> = codes.into_iter().collect();
        if !codes.is_empty() || self.rare.is_some() {
            self.rare().valid_exit_codes = codes;
        }
        self
    }

    /// Sets the network.
    pub fn network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// Sets what it may do.
    pub fn security(mut self, security: Security) -> Self {
        self.security = security;
        self
    }

    /// Adds a variable that holds a secret.
    pub fn secret_env(mut self, variable: SecretEnv) -> Self {
        self.secret_env.push(variable);
        self
    }

    /// Adds a device.
    pub fn device(mut self, device: CdiDevice) -> Self {
        self.devices.push(device);
        self
    }

    /// Adds a mount. Of two mounts at the same path the later one is seen.
    pub fn mount(mut self, mount: impl Into<Mount>) -> Self {
        match mount.into() {
            Mount::Bind(mount) => self.places.push(Place::Bind(mount)),
            Mount::Cache(mount) => self.places.push(Place::Cache(mount)),
            Mount::Tmpfs(mount) => self.places.push(Place::Tmpfs(mount)),
            Mount::Secret(mount) => self.secrets.push(mount),
            Mount::Ssh(mount) => self.agents.push(mount),
        }
        self
    }

    pub(super) fn lower(mut self: Box<Self>) -> Lowered {
        self.places.sort_by(|a, b| a.path().cmp(b.path()));
        let caps = self.caps();
        let mut inputs = Inputs::default();
        let mut mounts = Vec::with_capacity(64);
        let mut wire = Wire(&mut mounts);
        let mut next_output = 0;
        for place in &self.places {
            let input = inputs.number(place.input());
            let output = if place.is_output() {
                next_output
            } else {
                attr::NONE
            };
            next_output += i64::from(place.is_output());
            wire.message(MOUNTS, |wire| place.write(wire, input, output));
        }
        for secret in std::mem::take(&mut self.secrets) {
            message::encode(MOUNTS, &secret.lower(), wire.0);
        }
        let agents = std::mem::take(&mut self.agents);
        let sockets: Vec<_> = agent_paths(&agents);
        if let (Some(first), None) = (sockets.first(), get(&self.env, "SSH_AUTH_SOCK")) {
            let name = "SSH_AUTH_SOCK".to_string();
            set(Arc::make_mut(&mut self.env), name, first.clone());
        }
        for (ssh, path) in agents.into_iter().zip(sockets) {
            message::encode(MOUNTS, &ssh.lower(path), wire.0);
        }
        let exec = Numbered { exec: self, mounts };
        Lowered {
            body: Body::Exec(exec),
            inputs: inputs.into_list(),
            visits: None,
            caps,
            platform: PlatformUse::Written,
        }
    }

    fn caps(&self) -> CapSet {
        let has_rare = |has: fn(&pb::Meta) -> bool| self.rare.as_deref().is_some_and(has);
        let has_secret = !self.secrets.is_empty() || !self.secret_env.is_empty();
        let optional = [
            (
                has_rare(|rare| !rare.valid_exit_codes.is_empty()),
                Cap::EXEC_VALIDEXITCODE,
            ),
            (
                has_rare(|rare| !rare.ulimit.is_empty()),
                Cap::EXEC_META_ULIMIT,
            ),
            (
                has_rare(|rare| rare.proxy_env.is_some()),
                Cap::EXEC_META_PROXYENV,
            ),
            (self.network != Network::Sandbox, Cap::EXEC_META_NETWORK),
            (self.security != Security::Sandbox, Cap::EXEC_META_SECURITY),
            (has_secret, Cap::EXEC_MOUNT_SECRET),
            (!self.secret_env.is_empty(), Cap::EXEC_SECRETENV),
            (!self.agents.is_empty(), Cap::EXEC_MOUNT_SSH),
            (!self.devices.is_empty(), Cap::EXEC_META_CDI),
        ];
        let mut caps = CapSet::from([Cap::EXEC_META_BASE, Cap::EXEC_META_SETSDEFAULTPATH]);
        caps.extend(
            optional
                .into_iter()
                .filter_map(|(used, cap)| used.then_some(cap)),
        );
        for place in &self.places {
            place.caps(&mut caps);
        }
        caps
    }
}

/// Is `mounts` of `pb.ExecOp`.
const MOUNTS: u32 = 2;

/// Is `remove_mount_stubs_recursive` of `pb.Meta`, which is set unless somebody takes it back.
const STUBS_REMOVED: u32 = 11;

impl Numbered {
    /// Writes it as `pb.ExecOp`.
    pub(crate) fn write(&self, wire: &mut Wire<'_>) {
        let exec = &self.exec;
        wire.message(1, |meta| exec.write_meta(meta));
        wire.0.extend_from_slice(&self.mounts);
        wire.int(3, i32::from(network(exec.network)).into());
        wire.int(4, i32::from(security(exec.security)).into());
        for variable in &exec.secret_env {
            wire.message(5, |wire| {
                wire.text(1, &variable.id);
                wire.text(2, &variable.name);
                wire.flag(3, variable.optional);
            });
        }
        for device in &exec.devices {
            wire.message(6, |wire| {
                wire.text(1, &device.name);
                wire.flag(2, device.optional);
            });
        }
    }
}

impl Exec {
    fn write_meta(&self, wire: &mut Wire<'_>) {
        for arg in self.shell.iter().chain(&self.args) {
            wire.element(1, arg.as_bytes());
        }
        for (name, value) in self.env.iter() {
            wire.joined(2, [name, "=", value]);
        }
        wire.text(3, self.cwd.as_deref().unwrap_or("/"));
        wire.text(4, &self.user);
        match &self.rare {
            Some(rare) => rare.encode_raw(wire.0),
            None => wire.flag(STUBS_REMOVED, true),
        }
    }
}

fn set(env: &mut Vec<(String, String)>, name: String, value: String) {
    env.retain(|(other, _)| *other != name);
    env.push((name, value));
}

fn get<'a>(env: &'a [(String, String)], name: &str) -> Option<&'a str> {
    env.iter()
        .find(|(other, _)| other == name)
        .map(|(_, value)| value.as_str())
}

fn agent_paths(agents: &[Ssh]) -> Vec<String> {
    agents
        .iter()
        .enumerate()
        .map(|(n, agent)| agent.path_or_default(n))
        .collect()
}

fn network(network: Network) -> pb::NetMode {
    match network {
        Network::Sandbox => pb::NetMode::Unset,
        Network::Host => pb::NetMode::Host,
        Network::None => pb::NetMode::None,
    }
}

fn security(security: Security) -> pb::SecurityMode {
    match security {
        Security::Sandbox => pb::SecurityMode::Sandbox,
        Security::Insecure => pb::SecurityMode::Insecure,
    }
}
