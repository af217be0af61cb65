//! What the client's directories hold before anything is built: the build file and the ignore
//! file, read at the same time.
//!
//! In: the request. Out: [`Loaded`]. The sources are those of `frontend/dockerui/config.go`
//! (v0.32.2): each has its own hint, so that one transfer does not undo the other's.
//!
//! A build file that comes with a remote context or an input will be another branch of [`load`].

mod local;

use buildkit_proto::pb;

use crate::dockerignore;
use crate::gateway::error::UNKNOWN;
use crate::gateway::{Error, Evaluate, Gateway, Ref, SolveRequest, concurrent, status};
use crate::request::Request;
use crate::syntax::MAX_BYTES;
use crate::text::{FileId, Files};
use local::{Fetch, SmallFiles};

/// The name that Dockerfile users expect of an ignore file.
const IGNORE_FILE: &str = ".dockerignore";

/// The most bytes of an ignore file.
const MAX_IGNORE_BYTES: u64 = 4 << 20;

/// Inputs of these names come in place of the client's directories.
const REPLACED: &[&str] = &["context", "dockerfile"];

/// What was read.
#[derive(Debug)]
pub struct Loaded {
    /// The build file; what is not UTF-8 in it is replaced.
    pub files: Files,
    /// The build file's bytes; one more than allowed if there are too many.
    pub bytes: Vec<u8>,
    /// What loaded the build file.
    pub definition: pb::Definition,
    /// The vertex that loaded it; warnings are shown there.
    pub digest: String,
    /// Patterns of the ignore file.
    pub exclude: Vec<String>,
}

impl Loaded {
    /// Returns what marked lines need.
    pub fn origin(&self) -> status::Origin<'_> {
        status::Origin {
            files: &self.files,
            definition: Some(&self.definition),
        }
    }
}

/// Reads build file and ignore file.
///
/// # Errors
///
/// There is no build file, it cannot be read, or an input is to replace it.
pub async fn load(
    gateway: &impl Gateway,
    request: &Request,
    session: &str,
) -> Result<Loaded, Error> {
    let files = concurrent::both(
        build_file(gateway, request, session),
        context_ignore_file(gateway, request, session),
    );
    let ((file, ignore), inputs) = concurrent::both(files, gateway.inputs()).await;
    if inputs.is_ok_and(|inputs| REPLACED.iter().any(|name| inputs.contains_key(*name))) {
        return Err(status::unmarked(Error::new(
            "a build context that is the result of another build is not supported yet",
        )));
    }
    let file = file?;
    let exclude = file.ignore.or(ignore).unwrap_or_default();
    let mut files = Files::new();
    let id = files.add(&request.file.name, String::from_utf8_lossy(&file.bytes));
    debug_assert_eq!(id, FileId::ROOT, "load: the build file comes first");
    Ok(Loaded {
        files,
        bytes: file.bytes,
        definition: file.source.definition,
        digest: file.source.digest,
        exclude: dockerignore::read(&exclude),
    })
}

struct BuildFile {
    bytes: Vec<u8>,
    /// The ignore file beside it, which replaces the context's.
    ignore: Option<Vec<u8>>,
    source: Fetch,
}

async fn build_file(
    gateway: &impl Gateway,
    request: &Request,
    session: &str,
) -> Result<BuildFile, Error> {
    let (name, local) = (&request.file.name, &request.file.local);
    let ignore_name = format!("{name}{IGNORE_FILE}");
    let lower_name = lower_case(name);
    let mut paths = vec![name.clone(), ignore_name.clone()];
    paths.extend(lower_name.clone());
    let source = SmallFiles {
        directory: local,
        session: request.session(local, session),
        hint: local,
        paths: &paths,
        log_name: format!("[internal] load build definition from {name}"),
    }
    .define();
    let reference = solve(gateway, &source, request).await?;
    let (file, ignore) = concurrent::both(
        gateway.read_file(&reference, name, MAX_BYTES as u64 + 1),
        gateway.read_file(&reference, &ignore_name, MAX_IGNORE_BYTES),
    )
    .await;
    let file = match (file, lower_name) {
        (Err(error), Some(lower)) if error.is_missing_file() => {
            let limit = MAX_BYTES as u64 + 1;
            let file = gateway.read_file(&reference, &lower, limit).await;
            file.map_err(|_| error)
        }
        (file, _) => file,
    };
    Ok(BuildFile {
        bytes: file.map_err(|error| unreadable(error, request))?,
        ignore: ignore.ok(),
        source,
    })
}

/// A file called `Dockerfile` may be called `dockerfile`.
fn lower_case(name: &str) -> Option<String> {
    let (dir, base) = name.rsplit_once('/').unwrap_or(("", name));
    let is_default = base == "Dockerfile";
    is_default.then(|| match dir {
        "" => "dockerfile".to_owned(),
        dir => format!("{dir}/dockerfile"),
    })
}

async fn solve(gateway: &impl Gateway, source: &Fetch, request: &Request) -> Result<Ref, Error> {
    let asked = SolveRequest {
        definition: source.definition.clone(),
        cache_imports: Vec::new(),
        evaluate: Evaluate::Lazy,
    };
    let reference = gateway.solve(asked).await;
    let reference = reference.map_err(|error| unreadable(error, request))?;
    reference.ok_or_else(|| Error::new("BuildKit returned nothing for the build file"))
}

fn unreadable(error: Error, request: &Request) -> Error {
    let (name, local) = (&request.file.name, &request.file.local);
    let error = if error.is_missing_file() {
        Error {
            message: format!(
                "there is no build file `{name}` (name it with `-f`, such as `-f build.yaml`)"
            ),
            ..error
        }
    } else if error.is_missing_directory() {
        Error {
            code: UNKNOWN,
            message: format!(
                "the client does not share the directory of the build file `{name}` \
                 (with buildctl, add `--local {local}=DIR`)"
            ),
            ..error
        }
    } else {
        error.context(&format!("the build file `{name}` cannot be read"))
    };
    status::unmarked(error)
}

/// Any failure means that there is no ignore file, as it does upstream: a build context that
/// cannot be read at all fails the step that needs it.
async fn context_ignore_file(
    gateway: &impl Gateway,
    request: &Request,
    session: &str,
) -> Option<Vec<u8>> {
    let source = SmallFiles {
        directory: "context",
        session: request.session("context", session),
        hint: &format!("context-{IGNORE_FILE}"),
        paths: &[IGNORE_FILE.to_owned()],
        log_name: format!("[internal] load {IGNORE_FILE}"),
    }
    .define();
    let request = SolveRequest {
        definition: source.definition,
        ..SolveRequest::default()
    };
    let reference = gateway.solve(request).await.ok()??;
    let file = gateway.read_file(&reference, IGNORE_FILE, MAX_IGNORE_BYTES);
    file.await.ok()
}

#[cfg(test)]
mod tests;
