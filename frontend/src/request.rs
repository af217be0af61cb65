//! What was asked for: the options that the client sends, read and checked.
//!
//! In: options by key, as BuildKit's clients send them (`frontend/dockerui/config.go`, v0.32.2).
//! Out: [`Request`]. Every bad value is reported, at the flag that people type; options that
//! nobody here knows are ignored, as every frontend does.

mod attest;
mod context;
pub(crate) mod csv;
mod exec;
mod named;
mod option;

use std::collections::BTreeMap;

use buildkit_llb::Platform;
pub use buildkit_llb::ResolveMode;
use serde::Deserialize;

use crate::diagnostic::Diagnostics;
use crate::units::misspelt_platform;
use option::Reader;

pub use attest::SbomRequest;
pub use context::{ContextRequest, MainContext};
pub use exec::{ExecRequest, ResourceLimits, UlimitRequest, proxy};
pub use named::{NamedContext, NamedContexts, NamedSource};

/// The options by key.
pub type Options = BTreeMap<String, String>;

/// The capabilities that a client may ask a frontend for; all are known here, and what is not yet
/// supported has its own sentence when it is used (`frontend/dockerfile/builder/caps.go`, v0.32.2).
const CAPS: &[&str] = &[
    "moby.buildkit.frontend.contexts",
    "moby.buildkit.frontend.gitquerystring",
    "moby.buildkit.frontend.inputs",
    "moby.buildkit.frontend.subrequests",
];

/// The argument that is the time of everything made. Empty it has no value, whatever the file says.
pub const EPOCH: &str = "SOURCE_DATE_EPOCH";

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The build file.
    pub file: FileRequest,
    /// The build context.
    pub context: ContextRequest,
    /// Named contexts.
    pub contexts: NamedContexts,
    /// What is known of inputs, by their name: image configs and the like, as JSON.
    pub input_metadata: BTreeMap<String, String>,
    /// Session ids of local directories, for those that are not in the build's own session.
    pub sessions: BTreeMap<String, String>,
    /// Answer this instead of building (`--call`).
    pub subrequest: Option<String>,
    /// The stage that is the result.
    pub target: Option<String>,
    /// What the image is for; empty for the build platform, unless the file says otherwise.
    pub platforms: Vec<Platform>,
    /// Whether the result is one image or one per platform.
    pub shape: Shape,
    /// Build arguments.
    pub args: BTreeMap<String, String>,
    /// Labels on top of the file's.
    pub labels: BTreeMap<String, String>,
    /// Which stages run again although nothing changed.
    pub no_cache: NoCache,
    /// Where images are looked up.
    pub resolve_mode: ResolveMode,
    /// Where finished steps may be found.
    pub cache_imports: Vec<CacheImport>,
    /// What every run gets.
    pub exec: ExecRequest,
    /// Comes before the id of every cache mount.
    pub cache_namespace: Option<String>,
    /// SOURCE_DATE_EPOCH: the time of everything made, in seconds.
    pub epoch: Option<i64>,
    /// What makes an SBOM of the image, if one is wanted.
    pub sbom: Option<SbomRequest>,
    /// The pass in which to panic: a test of how a bug of ours is reported.
    pub panic_in: Option<String>,
}

/// Where the build file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRequest {
    /// Its path in that directory.
    pub name: String,
    /// The name of the client's directory.
    pub local: String,
    /// Whether it comes with the build context.
    pub place: FilePlace,
}

/// Where a build file is when the build context is not the client's directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FilePlace {
    /// In the build context.
    #[default]
    Context,
    /// In the client's directory all the same.
    Local,
}

impl Default for FileRequest {
    fn default() -> Self {
        Self {
            name: "Dockerfile".to_owned(),
            local: "dockerfile".to_owned(),
            place: FilePlace::Context,
        }
    }
}

/// Whether the result is one image or one per platform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// One image.
    #[default]
    Single,
    /// One per platform, even if there is only one.
    ByPlatform,
}

/// Which stages run again although nothing changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NoCache {
    /// None.
    #[default]
    Off,
    /// All.
    All,
    /// These; names match without case.
    Stages(Vec<String>),
}

impl NoCache {
    /// Tells whether a stage runs again.
    pub fn covers(&self, stage: &str) -> bool {
        match self {
            Self::Off => false,
            Self::All => true,
            Self::Stages(names) => names.iter().any(|name| name.eq_ignore_ascii_case(stage)),
        }
    }
}

/// A place that may hold finished steps (`--cache-from`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheImport {
    /// `registry`, `local`, ….
    pub kind: String,
    /// What that kind wants.
    pub attrs: BTreeMap<String, String>,
}

impl Request {
    /// Sets the time of everything made, once it is known. The argument has that value, or none
    /// whatever the file says.
    pub fn set_epoch(&mut self, epoch: Option<i64>) {
        self.epoch = epoch;
        let value = epoch.map(|seconds| seconds.to_string());
        self.args
            .insert(EPOCH.to_owned(), value.unwrap_or_default());
    }

    /// Returns the session that a local directory is in; `own` for most.
    pub fn session<'a>(&'a self, local: &str, own: &'a str) -> &'a str {
        self.sessions.get(local).map_or(own, String::as_str)
    }
}

/// Reads the options.
///
/// Reports `bad-option` for every value that its option does not take, and
/// `unsupported-request` for what is not supported yet.
pub fn read(options: &Options, build: &Platform, diags: &mut Diagnostics) -> Request {
    let mut reader = Reader::new(options, diags);
    refuse_removed(&mut reader);
    let platforms = platforms(&mut reader, build);
    let args = reader.all("build-arg:");
    let epoch = args.get(EPOCH).and_then(|value| value.parse().ok());
    let contexts = NamedContexts::read(&reader);
    Request {
        file: file(&reader),
        context: context::read(&mut reader),
        contexts,
        input_metadata: reader.all("input-metadata:"),
        sessions: reader.all("local-sessionid:"),
        subrequest: reader.text("requestid").map(str::to_owned),
        target: reader.text("target").map(str::to_owned),
        shape: shape(&mut reader, &platforms),
        platforms,
        labels: reader.all("label:"),
        no_cache: no_cache(&reader),
        resolve_mode: resolve_mode(&mut reader),
        cache_imports: cache_imports(&mut reader),
        exec: exec::read(&mut reader, &args),
        cache_namespace: reader
            .text("build-arg:BUILDKIT_CACHE_MOUNT_NS")
            .map(str::to_owned),
        epoch,
        sbom: attest::sbom(&mut reader),
        panic_in: reader.text("windlass.panic").map(str::to_owned),
        args,
    }
}

/// Returns the first capability that the client wants and no frontend of this kind has.
pub fn unknown_cap(options: &Options) -> Option<&str> {
    let wanted = options.get("frontend.caps")?.split(',');
    let mut names = wanted.map(|cap| cap.split('+').next().unwrap_or_default());
    names.find(|name| !name.is_empty() && !CAPS.contains(name))
}

fn file(reader: &Reader<'_>) -> FileRequest {
    let local = reader.text("dockerfilekey");
    FileRequest {
        name: reader.text("filename").unwrap_or("Dockerfile").to_owned(),
        local: local.unwrap_or("dockerfile").to_owned(),
        place: match local {
            Some(_) => FilePlace::Local,
            None => FilePlace::Context,
        },
    }
}

/// Options that BuildKit 0.11 removed (`frontend/dockerui/config.go:validateMinCaps`, v0.32.2).
fn refuse_removed(reader: &mut Reader<'_>) {
    if reader.text("override-copy-image").is_some() {
        reader.bad("override-copy-image", "BuildKit 0.11 removed this option");
    }
    let flag = "--build-arg BUILDKIT_DISABLE_FILEOP";
    if reader.boolean("build-arg:BUILDKIT_DISABLE_FILEOP", flag) == Some(true) {
        reader.bad(flag, "BuildKit 0.11 removed this option");
    }
}

fn platforms(reader: &mut Reader<'_>, build: &Platform) -> Vec<Platform> {
    let Some(list) = reader.text("platform") else {
        return Vec::new();
    };
    let mut platforms = Vec::new();
    for text in list.split(',') {
        match Platform::parse(text, build).map(Platform::normalized) {
            Ok(platform) if platforms.contains(&platform) => {}
            Ok(platform) => {
                if let Some(message) = misspelt_platform(&platform) {
                    reader.bad("--platform", message);
                }
                platforms.push(platform);
            }
            Err(error) => {
                reader
                    .bad("--platform", format!("`{text}` is no platform: {error}"))
                    .help("write `os/arch`, such as `linux/arm64`");
            }
        }
    }
    platforms
}

fn shape(reader: &mut Reader<'_>, platforms: &[Platform]) -> Shape {
    let (key, flag) = match reader.text("build-arg:BUILDKIT_MULTI_PLATFORM") {
        Some(_) => (
            "build-arg:BUILDKIT_MULTI_PLATFORM",
            "--build-arg BUILDKIT_MULTI_PLATFORM",
        ),
        None => ("multi-platform", "multi-platform"),
    };
    let is_several = platforms.len() > 1;
    match reader.boolean(key, flag) {
        Some(true) => Shape::ByPlatform,
        Some(false) if is_several => {
            reader
                .bad(flag, "several platforms cannot be one image")
                .help("ask for one platform, or leave this option out");
            Shape::ByPlatform
        }
        None if is_several => Shape::ByPlatform,
        Some(false) | None => Shape::Single,
    }
}

/// Present and empty means every stage, so the value is taken as it is.
fn no_cache(reader: &Reader<'_>) -> NoCache {
    match reader.raw("no-cache") {
        None => NoCache::Off,
        Some("") => NoCache::All,
        Some(list) => NoCache::Stages(list.split(',').map(str::to_owned).collect()),
    }
}

fn resolve_mode(reader: &mut Reader<'_>) -> ResolveMode {
    match reader.text("image-resolve-mode") {
        None | Some("default") => ResolveMode::Default,
        Some("pull") => ResolveMode::Pull,
        Some("local") => ResolveMode::Local,
        Some(other) => {
            reader
                .bad("image-resolve-mode", format!("`{other}` is no mode"))
                .help("the modes are `default`, `pull` and `local`");
            ResolveMode::Default
        }
    }
}

fn cache_imports(reader: &mut Reader<'_>) -> Vec<CacheImport> {
    #[derive(Deserialize)]
    struct Entry {
        #[serde(alias = "Type", rename = "type")]
        kind: String,
        #[serde(alias = "Attrs", rename = "attrs", default)]
        attrs: Option<BTreeMap<String, String>>,
    }
    let mut imports = Vec::new();
    if let Some(json) = reader.text("cache-imports") {
        match serde_json::from_str::<Option<Vec<Entry>>>(json) {
            Ok(entries) => imports.extend(entries.into_iter().flatten().map(|entry| CacheImport {
                kind: entry.kind,
                attrs: entry.attrs.unwrap_or_default(),
            })),
            Err(error) => {
                reader.bad(
                    "--cache-from",
                    format!("not a list of caches in JSON: {error}"),
                );
            }
        }
    }
    let registries = reader.text("cache-from").unwrap_or_default().split(',');
    let registries = registries.filter(|name| !name.is_empty());
    imports.extend(registries.map(|name| CacheImport {
        kind: "registry".to_owned(),
        attrs: BTreeMap::from([("ref".to_owned(), name.to_owned())]),
    }));
    imports
}

#[cfg(test)]
mod tests;
