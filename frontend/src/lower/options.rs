//! What the request and the daemon say about every vertex.

use std::collections::BTreeSet;

use buildkit_llb::{LinuxResources, Network, Platform, Proxy, ResolveMode, Vertex, pb};

use crate::request::NoCache;

/// What the request and the daemon say about every vertex; plain data, filled by `build`.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the build context comes from.
    pub context: ContextSource,
    /// Where images are looked up.
    pub resolve_mode: ResolveMode,
    /// `--label`, sorted: the last word on the image's labels.
    pub labels: Vec<(String, String)>,
    /// `--no-cache` and `--no-cache-filter`.
    pub no_cache: NoCache,
    /// `--add-host`: name, address.
    pub add_hosts: Vec<(String, String)>,
    /// `--ulimit`: name, soft, hard.
    pub ulimits: Vec<(String, i64, i64)>,
    /// `--shm-size`, bytes.
    pub shm_size: Option<i64>,
    /// `--cgroup-parent`.
    pub cgroup_parent: String,
    /// `--network`.
    pub network: Network,
    /// Hostname of every step.
    pub hostname: String,
    /// `--resource`.
    pub resources: Option<LinuxResources>,
    /// Proxy build arguments; in no digest.
    pub proxy: Option<Proxy>,
    /// `BUILDKIT_CACHE_MOUNT_NS`.
    pub cache_namespace: String,
    /// `SOURCE_DATE_EPOCH`, seconds.
    pub epoch: Option<i64>,
    /// The epoch as RFC 3339, for history entries.
    pub created: Option<String>,
    /// Whether `--platform` was given.
    pub target: TargetChoice,
    /// Whether step names carry the platform.
    pub naming: Naming,
    /// What makes an SBOM of the result.
    pub scanner: Option<Scanner>,
    /// What the daemon can do: the ids of its enabled LLB capabilities.
    pub caps: Caps,
    /// The build file's index among the sources of the definition.
    pub source: usize,
}

/// Where a context comes from.
#[derive(Clone, Debug)]
pub enum ContextSource {
    /// Nowhere: it is empty.
    Nothing,
    /// A directory of the client.
    Local(LocalContext),
    /// What this fetches.
    Fetched(Box<Vertex>),
    /// What somebody else defined, which can be read.
    Given(pb::Definition),
}

/// A directory of the client. Of it, only what steps use is sent.
#[derive(Clone, Debug)]
pub struct LocalContext {
    /// The name in the client's session.
    pub name: String,
    /// The session.
    pub session: String,
    /// What keeps this transfer apart from others.
    pub shared_key_hint: String,
    /// Patterns of the ignore file.
    pub exclude: Vec<String>,
    /// What the progress shows.
    pub title: String,
}

impl Default for LocalContext {
    /// Returns the build context of a client that was not asked.
    fn default() -> Self {
        Self {
            name: "context".to_owned(),
            session: String::new(),
            shared_key_hint: "context".to_owned(),
            exclude: Vec::new(),
            title: "[internal] load build context".to_owned(),
        }
    }
}

/// An image that scans filesystems.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanner {
    /// Its name with its digest.
    pub image: String,
    /// Where it runs.
    pub platform: Platform,
    /// What it runs.
    pub args: Vec<String>,
    /// Where.
    pub dir: String,
    /// Its environment.
    pub env: Vec<(String, String)>,
    /// What it is told.
    pub parameters: Vec<(String, String)>,
}

/// Who chose the target platform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetChoice {
    /// Nobody: the image is for the platform its base is for.
    #[default]
    Implicit,
    /// The request.
    Explicit,
}

/// How steps are named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Naming {
    /// `[stage 2/5]`.
    #[default]
    Plain,
    /// `[linux/arm64 stage 2/5]`.
    ByPlatform,
}

/// What a daemon can do.
#[derive(Clone, Debug)]
pub enum Caps {
    /// Everything this version knows: nobody was asked.
    All,
    /// These ids.
    Listed(BTreeSet<String>),
}

impl Caps {
    /// Returns whether the daemon can do it.
    pub fn has(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Listed(ids) => ids.contains(id),
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            context: ContextSource::Local(LocalContext::default()),
            resolve_mode: ResolveMode::Default,
            labels: Vec::new(),
            no_cache: NoCache::Off,
            add_hosts: Vec::new(),
            ulimits: Vec::new(),
            shm_size: None,
            cgroup_parent: String::new(),
            network: Network::Sandbox,
            hostname: String::new(),
            resources: None,
            proxy: None,
            cache_namespace: String::new(),
            epoch: None,
            created: None,
            target: TargetChoice::Implicit,
            naming: Naming::Plain,
            scanner: None,
            caps: Caps::All,
            source: 0,
        }
    }
}
