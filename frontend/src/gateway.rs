//! What a build asks of the world, on one page.
//!
//! [`Gateway`] is the only door: [`grpc`] opens it over the connection that BuildKit gives a
//! frontend ([`stdio`]), [`memory`] over maps, for tests. Its types are its own, except for what
//! is sent on unread: definitions and source infos.
//!
//! Every call may wait for the build itself, so nothing here has a deadline. One thread runs a
//! build; no future needs to be `Send`.

mod attestation;
pub mod concurrent;
pub mod error;
pub mod grpc;
pub mod memory;
mod other;
pub mod status;
pub mod stdio;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use buildkit_llb::Platform;
use buildkit_proto::pb;
use prost::Message as _;

use crate::request::{CacheImport, ResolveMode};

pub use error::Error;

/// What a build asks of the world.
#[expect(
    async_fn_in_trait,
    reason = "one thread runs a build: no future is sent to another"
)]
pub trait Gateway {
    /// Asks what the daemon can do. Comes first: later calls adapt to the answer.
    async fn ping(&self) -> Result<Pong, Error>;

    /// Looks an image up in its registry.
    async fn resolve_image(&self, request: &ImageRequest) -> Result<ImageAnswer, Error>;

    /// Asks what is known of a repository or a file of the web.
    async fn resolve_source(
        &self,
        source: pb::SourceOp,
        log_name: &str,
    ) -> Result<SourceMeta, Error>;

    /// Hands a definition over. With [`Evaluate::Lazy`] nothing is run, and nothing is checked.
    async fn solve(&self, request: SolveRequest) -> Result<Option<Ref>, Error>;

    /// Asks what another frontend of the daemon would have it solve. Nothing is run of that.
    async fn ask_frontend(&self, request: FrontendRequest) -> Result<FrontendAnswer, Error>;

    /// Runs what a ref stands for.
    async fn evaluate(&self, reference: &Ref) -> Result<(), Error>;

    /// Reads at most the first `limit` bytes of a file, however long it is.
    async fn read_file(&self, reference: &Ref, path: &str, limit: u64) -> Result<Vec<u8>, Error>;

    /// Looks at a file; a last symbolic link is followed.
    async fn stat_file(&self, reference: &Ref, path: &str) -> Result<Stat, Error>;

    /// Lists a directory, one level deep: what matches `pattern`, or all if it is empty.
    async fn read_dir(
        &self,
        reference: &Ref,
        path: &str,
        pattern: &str,
    ) -> Result<Vec<Stat>, Error>;

    /// Returns the definitions that the client hands in as inputs, by name.
    async fn inputs(&self) -> Result<BTreeMap<String, pb::Definition>, Error>;

    /// Shows a warning to the user.
    async fn warn(&self, warning: Warning) -> Result<(), Error>;

    /// Hands the outcome back. Comes last, once: a second call is refused.
    async fn finish(&self, outcome: Result<Outcome, Error>) -> Result<(), Error>;
}

/// What the daemon can do.
#[derive(Clone, Debug, Default)]
pub struct Pong {
    /// Enabled capabilities of the gateway, by id.
    pub gateway_caps: BTreeSet<String>,
    /// Enabled capabilities of LLB, by id.
    pub llb_caps: BTreeSet<String>,
    /// Who runs steps; the first one's first platform is the build platform.
    pub workers: Vec<Worker>,
}

/// One worker of the daemon.
#[derive(Clone, Debug, Default)]
pub struct Worker {
    /// Its id.
    pub id: String,
    /// Platforms it runs, emulated ones included.
    pub platforms: Vec<Platform>,
}

/// Which image, for which platform.
#[derive(Clone, Debug)]
pub struct ImageRequest {
    /// Normalised name.
    pub name: String,
    /// Whose manifest and config are wanted.
    pub platform: Platform,
    /// Where to look.
    pub mode: ResolveMode,
    /// The client's layout that has it; otherwise a registry does.
    pub layout: Option<LayoutStore>,
    /// What the progress shows.
    pub log_name: String,
}

/// An OCI layout that the client has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutStore {
    /// The client's session.
    pub session: String,
    /// The client's name for it.
    pub store: String,
}

/// What an image was looked up to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageAnswer {
    /// An image.
    Image(ImageMeta),
    /// The source that a source policy puts in its place, such as `https://…`.
    Replaced(String),
}

/// What a registry says of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageMeta {
    /// The name to use from now on, pinned: `docker.io/library/alpine:latest@sha256:…`. A source
    /// policy may have replaced the one that was asked for.
    pub name: String,
    /// The digest of the index, or of the manifest if there is no index.
    pub digest: String,
    /// The config of the platform's image, as its JSON bytes.
    pub config: Vec<u8>,
}

/// What is known of a repository or a file of the web.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceMeta {
    /// The commit, as git stores it; empty if the daemon does not say.
    pub commit: Vec<u8>,
    /// When the file was changed, in seconds since 1970.
    pub last_modified: Option<i64>,
}

/// What to solve.
#[derive(Clone, Debug, Default)]
pub struct SolveRequest {
    /// The bytes of the definition; none at all are an empty filesystem, which has no ref.
    pub definition: Vec<u8>,
    /// Where finished steps may be found; for the result of a build only.
    pub cache_imports: Vec<CacheImport>,
    /// Whether to wait.
    pub evaluate: Evaluate,
}

impl SolveRequest {
    /// Reads the definition; one that cannot be read is empty.
    pub fn message(&self) -> pb::Definition {
        pb::Definition::decode(self.definition.as_slice()).unwrap_or_default()
    }
}

/// What another frontend is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrontendRequest {
    /// Which one, such as `dockerfile.v0`.
    pub name: String,
    /// Its options.
    pub options: BTreeMap<String, String>,
    /// What it gets as inputs, by name.
    pub inputs: BTreeMap<String, pb::Definition>,
}

/// What another frontend answers.
#[derive(Clone, Debug, Default)]
pub struct FrontendAnswer {
    /// What it would have solved, by platform id; of one image under the empty id.
    pub definitions: BTreeMap<String, pb::Definition>,
    /// Image configs and the like, under the keys that exporters read.
    pub metadata: BTreeMap<String, Vec<u8>>,
}

/// Whether a solve runs what it is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Evaluate {
    /// When somebody needs it.
    #[default]
    Lazy,
    /// At once.
    Now,
}

/// A handle on a solved result; means something to this process only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ref(pub String);

/// One file or directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// Its name; in a listing without the directory.
    pub path: String,
    /// Go's `os.FileMode` bits, not the kernel's.
    pub mode: u32,
    /// Its length.
    pub size: u64,
    /// Where a symbolic link points.
    pub link: String,
    /// When it was changed, in nanoseconds since 1970.
    pub mtime: i64,
}

impl Stat {
    /// The bit of a directory in Go's `os.FileMode`.
    pub const DIR: u32 = 1 << 31;

    /// The bits of what is no file: directories, links, devices, pipes, sockets and the rest.
    const NO_FILE: u32 = Self::DIR | 1 << 27 | 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19;

    /// Tells whether it is a file.
    pub fn is_file(&self) -> bool {
        self.mode & Self::NO_FILE == 0
    }

    /// Tells whether it is a directory.
    pub fn is_dir(&self) -> bool {
        self.mode & Self::DIR != 0
    }
}

/// Something to know about a build that works.
#[derive(Clone, Debug, Default)]
pub struct Warning {
    /// The vertex under which it is shown.
    pub digest: String,
    /// One line.
    pub short: String,
    /// More lines.
    pub detail: Vec<String>,
    /// Where to read on.
    pub url: String,
    /// The file it is about.
    pub info: Option<pb::SourceInfo>,
    /// Its lines.
    pub ranges: Vec<pb::Range>,
}

/// What a build hands back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The filesystems.
    pub refs: Refs,
    /// Configs, platforms and the like, under the keys that exporters read.
    pub metadata: BTreeMap<String, Vec<u8>>,
    /// What a scanner wrote about each image, by platform id.
    pub sboms: BTreeMap<String, Option<Ref>>,
}

/// The filesystems of a result; `None` is an empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refs {
    /// One image.
    Single(Option<Ref>),
    /// An image for each platform, by platform id.
    ByPlatform(BTreeMap<String, Option<Ref>>),
}

impl Default for Refs {
    fn default() -> Self {
        Self::Single(None)
    }
}
