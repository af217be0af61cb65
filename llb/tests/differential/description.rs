//! A graph in words that both builders understand, ours and BuildKit's own.
//!
//! Written as JSON without what is absent; `tools/llbdiff` has the same types in Go.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Is a graph: vertices that use earlier ones, and the one that is wanted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Graph {
    pub(crate) platform: Platform,
    pub(crate) files: Vec<SourceFile>,
    pub(crate) vertices: Vec<Vertex>,
    pub(crate) result: Option<Ref>,
    /// Something in it is beyond BuildKit's builder; only the encoding can be compared.
    pub(crate) raw: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Platform {
    pub(crate) os: String,
    pub(crate) architecture: String,
    pub(crate) variant: String,
    pub(crate) os_version: String,
    pub(crate) os_features: Vec<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SourceFile {
    pub(crate) name: String,
    pub(crate) data: String,
    pub(crate) language: String,
}

/// Names what an earlier vertex gives: its only output, that of a mount, or one by number.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Ref {
    pub(crate) vertex: usize,
    pub(crate) mount: String,
    pub(crate) index: u32,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Vertex {
    pub(crate) op: Op,
    pub(crate) platform: Option<Platform>,
    pub(crate) constraints: Vec<String>,
    pub(crate) carried: Carried,
}

/// Is what a vertex carries beside its digest.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Carried {
    pub(crate) name: Option<String>,
    pub(crate) description: Vec<(String, String)>,
    pub(crate) ignore_cache: bool,
    /// `always`, `never` or nothing.
    pub(crate) export_cache: String,
    pub(crate) group: Option<Group>,
    pub(crate) limits: Option<Limits>,
    pub(crate) locations: Vec<Location>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) weak: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Limits {
    pub(crate) memory: i64,
    pub(crate) memory_swap: i64,
    pub(crate) cpu_shares: u64,
    pub(crate) cpu_period: u64,
    pub(crate) cpu_quota: i64,
    pub(crate) cpus: String,
    pub(crate) mems: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Location {
    pub(crate) file: usize,
    pub(crate) first: u32,
    pub(crate) last: u32,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Op {
    #[default]
    Nothing,
    Image(Image),
    ImageBlob(Blob),
    LayoutBlob(Blob),
    OciLayout(OciLayout),
    Local(Local),
    Git(Git),
    Http(Http),
    Source(Source),
    Exec(Box<Exec>),
    File(File),
    Merge(Vec<Option<Ref>>),
    Diff(Diff),
    RawDiff(Diff),
    Passthrough(Passthrough),
    Build(Build),
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Image {
    pub(crate) name: String,
    pub(crate) mode: String,
    pub(crate) internal: bool,
    pub(crate) layers: Option<u32>,
    pub(crate) checksum: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Stored {
    pub(crate) filename: String,
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Blob {
    pub(crate) name: String,
    pub(crate) stored: Stored,
    pub(crate) session: String,
    pub(crate) store: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct OciLayout {
    pub(crate) name: String,
    pub(crate) session: String,
    pub(crate) store: String,
    pub(crate) layers: Option<u32>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Local {
    pub(crate) name: String,
    pub(crate) session: String,
    pub(crate) unique: String,
    pub(crate) include: Vec<String>,
    pub(crate) exclude: Vec<String>,
    pub(crate) follow: Vec<String>,
    pub(crate) hint: String,
    pub(crate) differ: String,
    pub(crate) metadata_only: bool,
    pub(crate) exceptions: Vec<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Git {
    pub(crate) url: String,
    pub(crate) reference: String,
    pub(crate) subdir: String,
    pub(crate) keep_git_dir: bool,
    pub(crate) skip_submodules: bool,
    pub(crate) fetch_by_commit: bool,
    pub(crate) checkout_bundle: bool,
    pub(crate) checksum: String,
    pub(crate) mtime: String,
    /// An id, nothing, or `-` for none at all.
    pub(crate) header_secret: String,
    pub(crate) token_secret: String,
    pub(crate) known_hosts: String,
    pub(crate) agent: String,
    pub(crate) bundle: String,
    pub(crate) bundle_session: String,
    pub(crate) bundle_store: String,
    pub(crate) public_key: String,
    pub(crate) signature_flags: u32,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Http {
    pub(crate) url: String,
    pub(crate) checksum: String,
    pub(crate) stored: Stored,
    pub(crate) secret: String,
    pub(crate) accept: String,
    pub(crate) user_agent: String,
    pub(crate) public_key: String,
    pub(crate) signature: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Source {
    pub(crate) identifier: String,
    pub(crate) attrs: Vec<(String, String)>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Exec {
    pub(crate) root: Option<Ref>,
    pub(crate) root_read_only: bool,
    pub(crate) args: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) cwd: String,
    pub(crate) user: String,
    pub(crate) proxy: Option<Vec<String>>,
    pub(crate) hosts: Vec<(String, String)>,
    pub(crate) hostname: String,
    pub(crate) ulimits: Vec<(String, i64, i64)>,
    pub(crate) cgroup_parent: String,
    pub(crate) keep_stubs: bool,
    pub(crate) exit_codes: Vec<i32>,
    pub(crate) network: u32,
    pub(crate) security: u32,
    pub(crate) secret_env: Vec<(String, String, bool)>,
    pub(crate) devices: Vec<(String, bool)>,
    pub(crate) mounts: Vec<Mount>,
}

/// Is a mount; which fields count depends on its kind.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Mount {
    pub(crate) kind: String,
    pub(crate) path: String,
    pub(crate) input: Option<Ref>,
    pub(crate) selector: String,
    pub(crate) read_only: bool,
    pub(crate) discard: bool,
    pub(crate) content_cache: u32,
    pub(crate) id: String,
    pub(crate) sharing: u32,
    pub(crate) size: i64,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) mode: u32,
    pub(crate) optional: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct File {
    pub(crate) base: Option<Ref>,
    pub(crate) actions: Vec<Action>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    Copy(Box<Copy>),
    Mkdir(Make),
    Mkfile(Make),
    Symlink(Make),
    Remove(Remove),
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Copy {
    pub(crate) from: Option<Ref>,
    pub(crate) from_file: Option<File>,
    pub(crate) source: String,
    pub(crate) dest: String,
    pub(crate) mode: Option<u32>,
    pub(crate) symbolic_mode: String,
    pub(crate) owner: Option<Owner>,
    pub(crate) time: Option<i64>,
    pub(crate) include: Vec<String>,
    pub(crate) exclude: Vec<String>,
    pub(crate) require: Vec<String>,
    /// The flags of a copy, a bit each.
    pub(crate) flags: u32,
}

/// Is a directory, a file or a link to be made.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Make {
    pub(crate) path: String,
    pub(crate) mode: u32,
    /// The data of a file, the target of a link.
    pub(crate) data: String,
    pub(crate) parents: bool,
    pub(crate) owner: Option<Owner>,
    pub(crate) time: Option<i64>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Remove {
    pub(crate) path: String,
    pub(crate) allow_not_found: bool,
    pub(crate) allow_wildcard: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Owner {
    pub(crate) user: Option<Who>,
    pub(crate) group: Option<Who>,
    pub(crate) known_to: Option<Ref>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Who {
    pub(crate) name: String,
    pub(crate) id: u32,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Diff {
    pub(crate) lower: Option<Ref>,
    pub(crate) upper: Option<Ref>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Passthrough {
    pub(crate) id: String,
    pub(crate) inputs: Vec<(Ref, bool)>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Build {
    pub(crate) input: Ref,
    pub(crate) filename: String,
}

/// Returns the JSON of a graph without fields that are absent.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Value {
    let mut value = serde_json::to_value(value).expect("a description is plain data");
    strip(&mut value);
    value
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(strip);
            fields.retain(|_, field| match field {
                Value::Null => false,
                Value::Bool(set) => *set,
                Value::String(text) => !text.is_empty(),
                Value::Array(items) => !items.is_empty(),
                _ => true,
            });
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}
