//! What is there before anything is built: the build file, the ignore file, and the build context
//! if it is not the client's directory.
//!
//! In: the request. Out: [`Loaded`]. The sources are those of `frontend/dockerui/config.go`
//! (v0.32.2): each has its own hint, so that one transfer does not undo the other's. [`named`]
//! looks at named contexts, once it is known which ones a build uses.

pub mod epoch;
pub mod named;

mod archive;
mod context;
mod file;
mod local;

use buildkit_proto::pb;

use prost::Message as _;

use crate::dockerignore;
use crate::gateway::{Error, Gateway, SolveRequest, concurrent, status};
use crate::lower::options::ContextSource;
use crate::request::Request;
use crate::text::{FileId, Files};
use local::SmallFiles;

/// The name that Dockerfile users expect of an ignore file.
const IGNORE_FILE: &str = ".dockerignore";

/// The most bytes of an ignore file.
const MAX_IGNORE_BYTES: u64 = 4 << 20;

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
    /// Patterns of the ignore file; only the client's directory has one.
    pub exclude: Vec<String>,
    /// The build context, if it is not the client's directory.
    pub context: Option<ContextSource>,
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
/// There is no build file, or it or the build context cannot be read.
pub async fn load(
    gateway: &impl Gateway,
    request: &Request,
    session: &str,
) -> Result<Loaded, Error> {
    let remote = context::remote(gateway, request).await?;
    let is_local = remote.context.is_none();
    let ignore = async {
        match is_local {
            true => context_ignore_file(gateway, request, session).await,
            false => None,
        }
    };
    let file = async {
        match &remote.file {
            Some(remote) => file::remote(gateway, request, remote).await,
            None => file::local(gateway, request, session).await,
        }
    };
    let (file, ignore) = concurrent::both(file, ignore).await;
    let file = file?;
    let beside = file.ignore.filter(|_| is_local);
    let exclude = match (beside, ignore) {
        (Some(own), _) => patterns(&own, &file::ignore_name(&file.name))?,
        (None, Some(ignore)) => patterns(&ignore, IGNORE_FILE)?,
        (None, None) => Vec::new(),
    };
    let mut files = Files::new();
    let id = files.add(&file.name, String::from_utf8_lossy(&file.bytes));
    debug_assert_eq!(id, FileId::ROOT, "load: the build file comes first");
    Ok(Loaded {
        files,
        bytes: file.bytes,
        definition: file.definition,
        digest: file.digest,
        exclude,
        context: remote.context,
    })
}

/// Returns the patterns of an ignore file.
///
/// # Errors
///
/// One of them is no pattern.
fn patterns(file: &[u8], name: &str) -> Result<Vec<String>, Error> {
    let patterns = dockerignore::read(file);
    match dockerignore::check(&patterns) {
        Ok(()) => Ok(patterns),
        Err(error) => {
            let error = Error::new(format!("{name}: {error}"));
            Err(status::unmarked(error))
        }
    }
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
        definition: source.definition.encode_to_vec(),
        ..SolveRequest::default()
    };
    let reference = gateway.solve(request).await.ok()??;
    let file = gateway.read_file(&reference, IGNORE_FILE, MAX_IGNORE_BYTES);
    file.await.ok()
}

#[cfg(test)]
mod tests;
