//! Mounts: what a process sees at which path.

use std::borrow::Cow;

use buildkit_proto::pb;

use crate::attr;
use crate::cap::{Cap, CapSet};
use crate::output::Output;
use crate::wire::Wire;

/// Is something a process sees at a path.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Mount {
    /// Files of an output.
    Bind(Bind),
    /// A directory that outlives the build.
    Cache(Cache),
    /// A directory that ends with the process.
    Tmpfs(Tmpfs),
    /// A secret of the client, as a file.
    Secret(Secret),
    /// An agent of the client, as a socket.
    Ssh(Ssh),
}

impl Mount {
    /// Returns a mount of `input` that can be written to and whose state is an output.
    pub fn bind(path: impl Into<String>, input: Option<Output>) -> Bind {
        Bind {
            path: Cow::Owned(path.into()),
            ..Self::root(input)
        }
    }

    /// Returns a mount of `input` at `/`, whose state is an output.
    pub fn root(input: Option<Output>) -> Bind {
        Bind {
            path: Cow::Borrowed("/"),
            input,
            selector: String::new(),
            writes: Writes::Kept,
            content_cache: ContentCache::Default,
        }
    }

    /// Returns a mount of the directory that is kept under `id`.
    pub fn cache(path: impl Into<String>, id: impl Into<String>, sharing: Sharing) -> Cache {
        let (path, id) = (path.into(), id.into());
        Cache {
            path,
            id,
            sharing,
            seed: None,
            selector: String::new(),
            writes: Writes::Kept,
        }
    }

    /// Returns an empty directory in memory.
    pub fn tmpfs(path: impl Into<String>) -> Tmpfs {
        Tmpfs {
            path: path.into(),
            size: 0,
            writes: Writes::Kept,
        }
    }

    /// Returns the file of the secret `id`, readable by root only.
    pub fn secret(path: impl Into<String>, id: impl Into<String>) -> Secret {
        let file = ClientFile {
            id: id.into(),
            uid: 0,
            gid: 0,
            mode: 0o400,
            optional: false,
        };
        Secret {
            path: path.into(),
            file,
        }
    }

    /// Returns the socket of the agent `id`, at `/run/buildkit/ssh_agent.<n>`.
    pub fn ssh(id: impl Into<String>) -> Ssh {
        let file = ClientFile {
            id: id.into(),
            uid: 0,
            gid: 0,
            mode: 0o600,
            optional: false,
        };
        Ssh { path: None, file }
    }
}

macro_rules! from_mounts {
    ($($kind:ident),*) => {$(
        impl From<$kind> for Mount {
            fn from(mount: $kind) -> Self {
                Self::$kind(mount)
            }
        }
    )*};
}

from_mounts!(Bind, Cache, Tmpfs, Secret, Ssh);

/// Says what becomes of what a process writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writes {
    Kept,
    Discarded,
    Refused,
}

/// Says whether the daemon may key the result by the content of a mount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContentCache {
    /// The daemon decides.
    #[default]
    Default,
    /// It must.
    On,
    /// It must not.
    Off,
}

/// Says who may use a cache directory at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// Everybody.
    #[default]
    Shared,
    /// Everybody who comes later gets another one.
    Private,
    /// Everybody who comes later waits.
    Locked,
}

/// Mounts files of an output.
#[derive(Clone, Debug)]
#[must_use]
pub struct Bind {
    path: Cow<'static, str>,
    input: Option<Output>,
    selector: String,
    writes: Writes,
    content_cache: ContentCache,
}

impl Bind {
    /// Mounts only this path of the input.
    pub fn selector(mut self, path: impl Into<String>) -> Self {
        self.selector = path.into();
        self
    }

    /// Refuses writes; the mount is then no output.
    pub fn read_only(mut self) -> Self {
        self.writes = Writes::Refused;
        self
    }

    /// Forgets writes; the mount is then no output.
    pub fn discard_writes(mut self) -> Self {
        self.writes = Writes::Discarded;
        self
    }

    /// Says whether the result may be keyed by the content.
    pub fn content_cache(mut self, setting: ContentCache) -> Self {
        self.content_cache = setting;
        self
    }
}

/// Mounts a directory that outlives the build.
#[derive(Clone, Debug)]
#[must_use]
pub struct Cache {
    path: String,
    id: String,
    sharing: Sharing,
    seed: Option<Output>,
    selector: String,
    writes: Writes,
}

impl Cache {
    /// Starts a new cache with these files; another seed is another cache.
    pub fn seed(mut self, input: Option<Output>) -> Self {
        self.seed = input;
        self
    }

    /// Uses only this path of the seed.
    pub fn selector(mut self, path: impl Into<String>) -> Self {
        self.selector = path.into();
        self
    }

    /// Refuses writes.
    pub fn read_only(mut self) -> Self {
        self.writes = Writes::Refused;
        self
    }
}

/// Mounts an empty directory in memory.
#[derive(Clone, Debug)]
#[must_use]
pub struct Tmpfs {
    path: String,
    size: i64,
    writes: Writes,
}

impl Tmpfs {
    /// Limits its size, in bytes.
    pub fn size(mut self, bytes: i64) -> Self {
        self.size = bytes;
        self
    }

    /// Makes it read-only.
    pub fn read_only(mut self) -> Self {
        self.writes = Writes::Refused;
        self
    }
}

/// Is a file that the client provides.
#[derive(Clone, Debug)]
struct ClientFile {
    id: String,
    uid: u32,
    gid: u32,
    mode: u32,
    optional: bool,
}

/// Mounts a secret of the client.
#[derive(Clone, Debug)]
#[must_use]
pub struct Secret {
    path: String,
    file: ClientFile,
}

/// Mounts the socket of an agent of the client.
#[derive(Clone, Debug)]
#[must_use]
pub struct Ssh {
    path: Option<String>,
    file: ClientFile,
}

macro_rules! client_file_setters {
    ($kind:ident) => {
        impl $kind {
            /// Sets who owns it.
            pub fn owner(mut self, uid: u32, gid: u32) -> Self {
                (self.file.uid, self.file.gid) = (uid, gid);
                self
            }

            /// Sets its permission bits.
            pub fn mode(mut self, mode: u32) -> Self {
                self.file.mode = mode;
                self
            }

            /// Leaves it out if the client does not have it.
            pub fn optional(mut self) -> Self {
                self.file.optional = true;
                self
            }
        }
    };
}

client_file_setters!(Secret);
client_file_setters!(Ssh);

impl Ssh {
    /// Sets where the socket is.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Returns where the `n`th agent's socket is.
    pub(super) fn path_or_default(&self, n: usize) -> String {
        match &self.path {
            Some(path) if !path.is_empty() => path.clone(),
            _ => format!("/run/buildkit/ssh_agent.{n}"),
        }
    }

    pub(super) fn lower(self, path: String) -> pb::Mount {
        let ClientFile {
            id,
            uid,
            gid,
            mode,
            optional,
        } = self.file;
        pb::Mount {
            input: attr::NONE,
            dest: path,
            mount_type: pb::MountType::Ssh.into(),
            ssh_opt: Some(pb::SshOpt {
                id,
                uid,
                gid,
                mode,
                optional,
            }),
            ..pb::Mount::default()
        }
    }
}

impl Secret {
    pub(super) fn lower(self) -> pb::Mount {
        let ClientFile {
            id,
            uid,
            gid,
            mode,
            optional,
        } = self.file;
        pb::Mount {
            input: attr::NONE,
            dest: self.path,
            mount_type: pb::MountType::Secret.into(),
            secret_opt: Some(pb::SecretOpt {
                id,
                uid,
                gid,
                mode,
                optional,
            }),
            ..pb::Mount::default()
        }
    }
}

/// Is a mount that is numbered: upstream sorts these by path, before secrets and agents.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Bind(Bind),
    Cache(Cache),
    Tmpfs(Tmpfs),
}

impl Place {
    pub(super) fn path(&self) -> &str {
        match self {
            Self::Bind(mount) => &mount.path,
            Self::Cache(mount) => &mount.path,
            Self::Tmpfs(mount) => &mount.path,
        }
    }

    pub(super) fn input(&self) -> Option<Output> {
        match self {
            Self::Bind(mount) => mount.input,
            Self::Cache(mount) => mount.seed,
            Self::Tmpfs(_) => None,
        }
    }

    pub(super) fn is_output(&self) -> bool {
        matches!(self, Self::Bind(mount) if mount.writes == Writes::Kept)
    }

    pub(super) fn caps(&self, caps: &mut CapSet) {
        let (selector, content_cache) = match self {
            Self::Bind(mount) => {
                caps.extend(mount.input.map(|_| Cap::EXEC_MOUNT_BIND));
                (mount.selector.as_str(), mount.content_cache)
            }
            Self::Cache(mount) => {
                caps.extend([Cap::EXEC_MOUNT_CACHE, Cap::EXEC_MOUNT_CACHE_SHARING]);
                (mount.selector.as_str(), ContentCache::Default)
            }
            Self::Tmpfs(mount) => {
                caps.insert(Cap::EXEC_MOUNT_TMPFS);
                caps.extend((mount.size > 0).then_some(Cap::EXEC_MOUNT_TMPFS_SIZE));
                ("", ContentCache::Default)
            }
        };
        caps.extend((!selector.is_empty()).then_some(Cap::EXEC_MOUNT_SELECTOR));
        if content_cache != ContentCache::Default {
            caps.insert(Cap::EXEC_MOUNT_CACHE_CONTENT);
        }
    }

    /// Writes it as a mount with these numbers of its input and its output.
    pub(super) fn write(&self, wire: &mut Wire<'_>, input: i64, output: i64) {
        let (selector, writes, kind) = match self {
            Self::Bind(mount) => (mount.selector.as_str(), mount.writes, pb::MountType::Bind),
            Self::Cache(mount) => (mount.selector.as_str(), mount.writes, pb::MountType::Cache),
            Self::Tmpfs(mount) => ("", mount.writes, pb::MountType::Tmpfs),
        };
        wire.int(1, input);
        wire.text(2, selector);
        wire.text(3, self.path());
        wire.int(4, output);
        wire.flag(5, writes == Writes::Refused);
        wire.int(6, i32::from(kind).into());
        match self {
            Self::Bind(bind) => {
                let content_cache = match bind.content_cache {
                    ContentCache::Default => pb::MountContentCache::Default,
                    ContentCache::On => pb::MountContentCache::On,
                    ContentCache::Off => pb::MountContentCache::Off,
                };
                wire.int(24, i32::from(content_cache).into());
            }
            Self::Cache(cache) => wire.message(20, |wire| {
                let sharing = match cache.sharing {
                    Sharing::Shared => pb::CacheSharingOpt::Shared,
                    Sharing::Private => pb::CacheSharingOpt::Private,
                    Sharing::Locked => pb::CacheSharingOpt::Locked,
                };
                wire.text(1, &cache.id);
                wire.int(2, i32::from(sharing).into());
            }),
            Self::Tmpfs(tmpfs) => wire.message(19, |wire| wire.int(1, tmpfs.size)),
        }
    }
}
