//! What the request and the daemon say about every vertex, in the words of `lower`.

use buildkit_llb::{LinuxResources, Platform};

use super::start::Start;
use super::time;
use crate::load::Loaded;
use crate::lower::options::{Caps, ContextSource, LocalContext, Naming, Options, TargetChoice};
use crate::request::{self, ExecRequest, Shape};

/// The name of the build context among the client's directories.
const CONTEXT: &str = "context";

/// Returns what `lower` wants to know for a plan of `target`.
pub(super) fn options(start: &Start, loaded: &Loaded, session: &str, target: &Platform) -> Options {
    let request = &start.request;
    let exec = &request.exec;
    let is_explicit = !request.platforms.is_empty() || *target != start.builder;
    Options {
        context: context(start, loaded, session),
        resolve_mode: request.resolve_mode,
        labels: request.labels.clone().into_iter().collect(),
        no_cache: request.no_cache.clone(),
        add_hosts: exec
            .extra_hosts
            .iter()
            .map(|(host, ip)| (host.clone(), ip.to_string()))
            .collect(),
        ulimits: exec
            .ulimits
            .iter()
            .map(|limit| (limit.name.clone(), limit.soft, limit.hard))
            .collect(),
        shm_size: exec.shm_size,
        cgroup_parent: exec.cgroup_parent.clone().unwrap_or_default(),
        network: exec.network,
        hostname: exec.hostname.clone().unwrap_or_default(),
        resources: resources(exec),
        proxy: exec.proxy.clone(),
        cache_namespace: request.cache_namespace.clone().unwrap_or_default(),
        epoch: request.epoch,
        created: request.epoch.map(time::rfc3339),
        target: match is_explicit {
            true => TargetChoice::Explicit,
            false => TargetChoice::Implicit,
        },
        naming: match request.shape {
            Shape::ByPlatform => Naming::ByPlatform,
            Shape::Single => Naming::Plain,
        },
        scanner: start.scanner.clone(),
        caps: Caps::Listed(start.pong.llb_caps.clone()),
        source: 0,
    }
}

fn context(start: &Start, loaded: &Loaded, session: &str) -> ContextSource {
    match &loaded.context {
        Some(remote) => remote.clone(),
        None => ContextSource::Local(LocalContext {
            session: start.request.session(CONTEXT, session).to_owned(),
            exclude: loaded.exclude.clone(),
            ..LocalContext::default()
        }),
    }
}

fn resources(exec: &ExecRequest) -> Option<LinuxResources> {
    let asked = &exec.resources;
    if *asked == request::ResourceLimits::default() {
        return None;
    }
    let unsigned = |number: Option<i64>| u64::try_from(number.unwrap_or_default()).unwrap_or(0);
    Some(LinuxResources {
        memory: asked.memory.unwrap_or_default(),
        memory_swap: asked.memory_swap.unwrap_or_default(),
        cpu_shares: unsigned(asked.cpu_shares),
        cpu_period: unsigned(asked.cpu_period),
        cpu_quota: asked.cpu_quota.unwrap_or_default(),
        cpuset_cpus: asked.cpuset_cpus.clone().unwrap_or_default(),
        cpuset_mems: asked.cpuset_mems.clone().unwrap_or_default(),
    })
}
