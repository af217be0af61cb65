//! The options that `run` and `script` share.

pub(super) mod decode;

pub use buildkit_llb::Security;

use std::fmt;
use std::ops::Deref;

use crate::text::Spanned;

use super::{Bind, OpenMount, Phase, Tmpfs};

/// How a command is executed.
#[derive(Clone, Debug)]
pub struct Exec<P: Phase> {
    /// Cache mounts, in order.
    pub caches: Vec<P::Cache>,
    /// Secrets, in order.
    pub secrets: Vec<P::Secret>,
    /// Ssh agents, in order.
    pub ssh: Vec<P::Ssh>,
    /// Bind mounts, in order.
    pub binds: Vec<Bind<P>>,
    /// Tmpfs mounts, in order.
    pub tmpfs: Vec<Tmpfs<P>>,
    /// Mounts of a Dockerfile whose kind is known when the environment is.
    pub open: Vec<OpenMount<P>>,
    /// Environment of this step; wins over all.
    pub env: Vec<(Spanned<String>, P::Text)>,
    /// Working directory of this step, relative to the stage's.
    pub workdir: Option<P::Text>,
    /// User of this step.
    pub user: Option<P::Text>,
    /// Shell of this step; an empty list executes directly (`script` only).
    pub shell: Option<Spanned<Vec<P::Text>>>,
    /// `false` leaves `set -e` out of a text of several lines.
    pub errexit: Option<Spanned<bool>>,
    /// Network of this step.
    pub network: Option<Spanned<Network>>,
    /// Security mode of this step.
    pub security: Option<Spanned<Security>>,
    /// CDI devices.
    pub devices: Vec<Device<P>>,
    /// Host name, address.
    pub extra_hosts: Vec<(Spanned<String>, P::Text)>,
    /// Limits by name.
    pub ulimits: Vec<Ulimit<P>>,
    /// Size of `/dev/shm`, bytes with a unit.
    pub shm_size: Option<P::Text>,
    /// Exit codes that count as success; empty for 0 alone.
    pub exit_codes: Vec<Spanned<i32>>,
    /// Memory and CPU.
    pub resources: Option<Box<Resources<P>>>,
}

impl<P: Phase> Exec<P> {
    /// Is nothing said.
    pub const NONE: Self = Self {
        caches: Vec::new(),
        secrets: Vec::new(),
        ssh: Vec::new(),
        binds: Vec::new(),
        tmpfs: Vec::new(),
        open: Vec::new(),
        env: Vec::new(),
        workdir: None,
        user: None,
        shell: None,
        errexit: None,
        network: None,
        security: None,
        devices: Vec::new(),
        extra_hosts: Vec::new(),
        ulimits: Vec::new(),
        shm_size: None,
        exit_codes: Vec::new(),
        resources: None,
    };
}

impl<P: Phase> Default for Exec<P> {
    fn default() -> Self {
        Self::NONE
    }
}

/// The options of one step. Most steps have none, and thousands of those should cost nothing.
#[derive(Clone)]
pub struct Options<P: Phase>(Option<Box<Exec<P>>>);

impl<P: Phase> Options<P> {
    const NONE: &'static Exec<P> = &Exec::NONE;

    /// Returns none.
    pub fn none() -> Self {
        Self(None)
    }

    /// Returns them, each changed by `f`; none stay none.
    pub fn map<Q: Phase>(&self, f: impl FnOnce(&Exec<P>) -> Exec<Q>) -> Options<Q> {
        Options(self.0.as_ref().map(|exec| Box::new(f(exec))))
    }
}

impl<P: Phase> From<Exec<P>> for Options<P> {
    fn from(exec: Exec<P>) -> Self {
        Self(Some(Box::new(exec)))
    }
}

impl<P: Phase> Deref for Options<P> {
    type Target = Exec<P>;

    fn deref(&self) -> &Exec<P> {
        self.0.as_deref().unwrap_or(Self::NONE)
    }
}

impl<P: Phase> fmt::Debug for Options<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// `network`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// The builder's default, or the request's.
    Default,
    /// No network.
    None,
    /// The builder's own.
    Host,
}

/// `devices`: a CDI device.
#[derive(Clone, Debug)]
pub struct Device<P: Phase> {
    /// `vendor/class=name`.
    pub name: P::Text,
    /// Whether a missing device fails the build; default false.
    pub required: Option<Spanned<bool>>,
}

/// `ulimits`: `{nofile: 1024}` or `{nofile: {soft: 1024, hard: 2048}}`.
#[derive(Clone, Debug)]
pub struct Ulimit<P: Phase> {
    /// `nofile`, `nproc`, ….
    pub name: Spanned<String>,
    /// Soft limit; -1 for none.
    pub soft: P::Text,
    /// Hard limit; the soft one when not written.
    pub hard: Option<P::Text>,
}

/// `resources`: limits that are in no digest and no cache key.
#[derive(Clone, Debug)]
pub struct Resources<P: Phase> {
    /// Bytes with a unit.
    pub memory: Option<P::Text>,
    /// Bytes with a unit, or -1.
    pub memory_swap: Option<P::Text>,
    /// Relative weight.
    pub cpu_shares: Option<P::Text>,
    /// Microseconds.
    pub cpu_period: Option<P::Text>,
    /// Microseconds.
    pub cpu_quota: Option<P::Text>,
    /// `0-2,7`.
    pub cpuset_cpus: Option<P::Text>,
    /// `0-1`.
    pub cpuset_mems: Option<P::Text>,
}
