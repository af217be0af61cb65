//! The build file, and the ignore file beside it.
//!
//! In: where it is. Out: [`BuildFile`]. A file called `Dockerfile` may be called `dockerfile`.

use buildkit_llb::read;
use buildkit_proto::pb;

use super::context::RemoteFile;
use super::local::SmallFiles;
use super::{IGNORE_FILE, MAX_IGNORE_BYTES};
use prost::Message as _;

use crate::gateway::error::UNKNOWN;
use crate::gateway::{Error, Gateway, SolveRequest, concurrent, status};
use crate::request::Request;
use crate::syntax::MAX_BYTES;

/// The build file, read.
pub(super) struct BuildFile {
    /// The name that people know it by.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    /// The ignore file beside it.
    pub(super) ignore: Option<Vec<u8>>,
    /// What loaded it.
    pub(super) definition: pb::Definition,
    /// The vertex that did.
    pub(super) digest: String,
}

/// Reads it from a directory of the client.
///
/// # Errors
///
/// It is not there, or cannot be read.
pub(super) async fn local(
    gateway: &impl Gateway,
    request: &Request,
    session: &str,
) -> Result<BuildFile, Error> {
    let (name, local) = (&request.file.name, &request.file.local);
    let mut paths = vec![name.clone(), ignore_name(name)];
    paths.extend(lower_case(name));
    let source = SmallFiles {
        directory: local,
        session: request.session(local, session),
        hint: local,
        paths: &paths,
        log_name: format!("[internal] load build definition from {name}"),
    }
    .define();
    let place = Place {
        definition: source.definition,
        digest: source.digest,
        local,
        of: None,
    };
    read_file(gateway, name, place).await
}

/// Reads it from what comes with the build context.
///
/// # Errors
///
/// It is not there, or cannot be read.
pub(super) async fn remote(
    gateway: &impl Gateway,
    request: &Request,
    file: &RemoteFile,
) -> Result<BuildFile, Error> {
    let digest = match read(&file.definition) {
        Ok(Some(read)) => read.result.0.to_string(),
        _ => String::new(),
    };
    let place = Place {
        definition: file.definition.clone(),
        digest,
        local: &request.file.local,
        of: Some(&file.place),
    };
    let name = file.name.unwrap_or(&request.file.name);
    read_file(gateway, name, place).await
}

struct Place<'a> {
    definition: pb::Definition,
    digest: String,
    /// The client's directory.
    local: &'a str,
    /// What people call it, if it is not a directory of theirs.
    of: Option<&'a str>,
}

async fn read_file(
    gateway: &impl Gateway,
    name: &str,
    place: Place<'_>,
) -> Result<BuildFile, Error> {
    let request = SolveRequest {
        definition: place.definition.encode_to_vec(),
        ..SolveRequest::default()
    };
    let reference = gateway.solve(request).await;
    let reference = reference.map_err(|error| unreadable(error, name, &place))?;
    let missing = || unreadable(Error::new(NOTHING), name, &place);
    let reference = reference.ok_or_else(missing)?;
    let limit = MAX_BYTES as u64 + 1;
    let ignore_name = ignore_name(name);
    let (file, ignore) = concurrent::both(
        gateway.read_file(&reference, name, limit),
        gateway.read_file(&reference, &ignore_name, MAX_IGNORE_BYTES),
    )
    .await;
    let file = match (file, lower_case(name)) {
        (Err(error), Some(lower)) if error.is_missing_file() => {
            let file = gateway.read_file(&reference, &lower, limit).await;
            file.map_err(|_| error)
        }
        (file, _) => file,
    };
    Ok(BuildFile {
        name: name.to_owned(),
        bytes: file.map_err(|error| unreadable(error, name, &place))?,
        ignore: ignore.ok(),
        definition: place.definition,
        digest: place.digest,
    })
}

/// What the Dockerfile frontend says of an input that has nothing at all
/// (`client/llb/definition.go:NewDefinitionOp`, v0.32.2).
const NOTHING: &str = "invalid nil input definition to definition op";

pub(super) fn ignore_name(name: &str) -> String {
    format!("{name}{IGNORE_FILE}")
}

fn lower_case(name: &str) -> Option<String> {
    let (dir, base) = name.rsplit_once('/').unwrap_or(("", name));
    let is_default = base == "Dockerfile";
    is_default.then(|| match dir {
        "" => "dockerfile".to_owned(),
        dir => format!("{dir}/dockerfile"),
    })
}

fn unreadable(error: Error, name: &str, place: &Place<'_>) -> Error {
    let in_place = place.of.map(|of| format!(" in {of}")).unwrap_or_default();
    let error = if error.is_missing_file() {
        let message = format!(
            "there is no build file `{name}`{in_place} (name it with `-f`, such as `-f build.yaml`)"
        );
        Error { message, ..error }
    } else if error.is_missing_directory() && place.of.is_none() {
        Error {
            code: UNKNOWN,
            message: format!(
                "the client does not share the directory of the build file `{name}` \
                 (with buildctl, add `--local {}=DIR`)",
                place.local
            ),
            ..error
        }
    } else {
        error.context(&format!("the build file `{name}`{in_place} cannot be read"))
    };
    status::unmarked(error)
}
