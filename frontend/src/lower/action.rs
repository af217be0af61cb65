//! What a stage does, in plain strings: texts are evaluated, paths absolute, names looked up.
//!
//! `evaluate` makes actions from steps; `emit` makes vertices from actions. Between the two the
//! paths that the build context must send are known.

use std::borrow::Cow;
use std::sync::Arc;

use buildkit_llb::{Network, Platform, Security, Sharing};

use crate::expand::Input;
use crate::text::Span;

/// One thing that makes a layer.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    /// Where it comes from and what it is called.
    pub(crate) heading: Heading,
    /// What is done.
    pub(crate) kind: ActionKind,
}

/// What the log puts before the instruction of a trigger.
pub(crate) const TRIGGER: &str = "ONBUILD ";

/// Where an action comes from and what it is called.
#[derive(Clone, Debug)]
pub(crate) struct Heading {
    /// The step in the build file.
    pub(crate) span: Span,
    /// What the log shows behind `[stage 2/5] `, unless it is the first line of the command.
    pub(crate) name: Option<String>,
    /// The instruction as a Dockerfile would spell it.
    pub(crate) command: String,
    /// Whether caches are passed over.
    pub(crate) freshness: Freshness,
}

impl Heading {
    /// Returns what the log shows behind `[stage 2/5] `.
    pub(crate) fn title(&self) -> Cow<'_, str> {
        if let Some(name) = &self.name {
            return Cow::Borrowed(name);
        }
        let mut lines = self.command.trim_end().lines();
        let first = lines.next().unwrap_or_default();
        match lines.next() {
            Some(_) => Cow::Owned(format!("{first} …")),
            None => Cow::Borrowed(first),
        }
    }
}

/// Whether a vertex may come from the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// It may.
    Cached,
    /// It is made anew.
    Fresh,
}

/// What an action does.
#[derive(Clone, Debug)]
pub(crate) enum ActionKind {
    /// Runs a command.
    Exec(Box<Exec>),
    /// Copies files.
    Copy(Box<Copy>),
    /// Makes directories.
    Mkdir(Mkdir),
    /// Makes a symbolic link: path, target.
    Symlink(String, String),
    /// Removes files.
    Remove(Vec<String>, Missing),
    /// Branches on the same base, merged in order.
    Parallel(Vec<Vec<Action>>),
}

/// What becomes of a path that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// An error.
    Error,
    /// Nothing.
    Ignored,
}

/// A command.
#[derive(Clone, Debug)]
pub(crate) struct Exec {
    /// The words before `args`, which the steps of a stage share.
    pub(crate) shell: Arc<[String]>,
    pub(crate) args: Vec<String>,
    pub(crate) env: Arc<Vec<(String, String)>>,
    pub(crate) cwd: String,
    pub(crate) user: String,
    pub(crate) network: Network,
    pub(crate) security: Security,
    /// What few commands have.
    pub(crate) extras: Option<Box<Extras>>,
}

/// What few commands have.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Extras {
    pub(crate) mounts: Vec<Mount>,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) ssh: Vec<Ssh>,
    pub(crate) devices: Vec<(String, Missing)>,
    pub(crate) extra_hosts: Vec<(String, String)>,
    pub(crate) ulimits: Vec<(String, i64, i64)>,
    pub(crate) exit_codes: Vec<i32>,
    pub(crate) resources: Option<buildkit_llb::LinuxResources>,
}

/// A bind, cache or tmpfs mount.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mount {
    pub(crate) target: String,
    pub(crate) kind: MountKind,
}

/// What is mounted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum MountKind {
    /// A path of an input.
    Bind {
        from: Input,
        source: String,
        access: Access,
    },
    /// A directory that is kept between builds.
    Cache {
        id: String,
        sharing: Sharing,
        from: Input,
        source: Option<String>,
        owner: Option<CacheOwner>,
        access: Access,
    },
    /// Memory; bytes, 0 for unlimited.
    Tmpfs(i64, Access),
    /// One inline file; its name, its mode and its bytes. The directory is mounted.
    Inline(Inline),
    /// A file of the context, made executable; its path. The directory is mounted.
    Executable(String),
    /// One inline file mounted over a file.
    File(Inline),
}

/// Whether a mount may be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It may not.
    ReadOnly,
    /// It may; what is written is dropped.
    Discarded,
}

/// Who owns a cache directory.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CacheOwner {
    pub(crate) owner: String,
    pub(crate) mode: i32,
    /// Whether names are looked up in the step's root.
    pub(crate) is_named: bool,
}

/// A secret of an exec.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Secret {
    pub(crate) id: String,
    pub(crate) target: Option<String>,
    pub(crate) env: Option<String>,
    pub(crate) missing: Missing,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) mode: u32,
}

/// A forwarded ssh agent of an exec.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ssh {
    /// Empty for the default agent.
    pub(crate) id: String,
    pub(crate) target: String,
    pub(crate) missing: Missing,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) mode: u32,
}

/// A file from the build file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Inline {
    pub(crate) name: String,
    pub(crate) mode: i32,
    pub(crate) data: Vec<u8>,
}

/// A copy or add.
#[derive(Clone, Debug)]
pub(crate) struct Copy {
    pub(crate) sources: Vec<CopySource>,
    /// Absolute; a slash at the end means a directory.
    pub(crate) to: String,
    /// `user[:group]`, empty for root.
    pub(crate) owner: String,
    pub(crate) mode: Mode,
    pub(crate) exclude: Vec<String>,
    pub(crate) layering: Layering,
}

/// How a copy sits on what is below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layering {
    /// Into the filesystem below.
    Into,
    /// A layer of its own, merged.
    Linked,
}

/// What becomes of a file's mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is kept.
    Keep,
    /// It is set.
    Octal(i32),
    /// `u=rwX,go=rX`.
    Symbolic(String),
}

/// One source of a copy.
#[derive(Clone, Debug)]
pub(crate) enum CopySource {
    /// Files of an input.
    Files {
        from: Input,
        /// Absolute.
        path: String,
        unpack: Unpack,
        /// Set by `parents`: below `path`, what is copied.
        include: Option<String>,
        /// Set by `parents`: what must be there.
        required: Option<String>,
    },
    /// A file from the build file.
    Inline(Inline),
    /// A download: address, file name, checksum.
    Http {
        url: String,
        name: String,
        checksum: Option<String>,
        unpack: Unpack,
    },
    /// A repository.
    Git(Box<crate::git_url::GitUrl>),
}

/// Whether archives are unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unpack {
    /// As they are.
    No,
    /// Unpacked.
    Yes,
}

/// Directories to make.
#[derive(Clone, Debug)]
pub(crate) struct Mkdir {
    pub(crate) paths: Vec<String>,
    pub(crate) mode: i32,
    pub(crate) owner: String,
    pub(crate) parents: Parents,
    /// Nanoseconds since the epoch.
    pub(crate) created: Option<i64>,
}

/// Whether missing parents are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parents {
    /// They must be there.
    MustExist,
    /// They are made.
    Made,
}

/// A stage whose texts are evaluated.
#[derive(Clone, Debug)]
pub(crate) struct EvaluatedStage {
    pub(crate) name: String,
    /// How many steps the log counts, if not the actions.
    pub(crate) n_steps: Option<usize>,
    pub(crate) span: Span,
    /// How a Dockerfile says what it starts from.
    pub(crate) command: Option<String>,
    pub(crate) base: Input,
    pub(crate) base_span: Span,
    /// Which image is asked for: as it was written.
    pub(crate) base_platform: Arc<Platform>,
    /// Where the steps run: normalized.
    pub(crate) platform: Arc<Platform>,
    pub(crate) actions: Vec<Action>,
}
