//! The build context when it is not the client's directory: a repository, an archive, an input.
//!
//! In: the request. Out: [`Remote`], as `frontend/dockerui/context.go:initContext` (v0.32.2)
//! decides: what of the client's directories something else takes the place of.

use buildkit_llb::file::Copy;
use buildkit_llb::{File, GitMtime, Graph, Http, Vertex, read};
use buildkit_proto::pb;

use super::archive::is_archive;
use prost::Message as _;

use crate::gateway::{Error, Gateway, SolveRequest, status};
use crate::git_url::GitUrl;
use crate::lower::git::git;
use crate::lower::options::ContextSource;
use crate::request::{FilePlace, MainContext, Request};

/// The name of a download, and of the input that is the build context.
const CONTEXT: &str = "context";

/// How much of a download says whether it is an archive.
const HEAD: u64 = 1024;

/// What is in the place of the client's directories.
#[derive(Debug, Default)]
pub(super) struct Remote {
    /// The build context.
    pub(super) context: Option<ContextSource>,
    /// What the build file is in.
    pub(super) file: Option<RemoteFile>,
}

/// What the build file is in.
#[derive(Debug)]
pub(super) struct RemoteFile {
    /// What fetches it.
    pub(super) definition: pb::Definition,
    /// The build file's name in it, if the request's does not count.
    pub(super) name: Option<&'static str>,
    /// What people call it: an address.
    pub(super) place: String,
}

/// Finds out what is in the place of the client's directories.
///
/// # Errors
///
/// An address or an input cannot be read.
pub(super) async fn remote(gateway: &impl Gateway, request: &Request) -> Result<Remote, Error> {
    let mut remote = match &request.context.source {
        MainContext::Git(url, text) => repository(request, url, text),
        MainContext::Http(url) => download(gateway, url).await?,
        MainContext::Local => inputs(gateway, request).await?,
    };
    if request.file.place == FilePlace::Local {
        remote.file = None;
    }
    if let (Some(context), Some(dir)) = (&remote.context, &request.context.subdir) {
        remote.context = Some(below(context, dir)?);
    }
    Ok(remote)
}

/// What is not there is only found out when somebody reads the build file, or a step needs it.
fn repository(request: &Request, url: &GitUrl, text: &str) -> Remote {
    let mut source = git(url);
    if url.mtime.is_none() && request.context.has_commit_times {
        source = source.mtime(GitMtime::Commit);
    }
    let name = format!("[internal] load git source {text}");
    let vertex = Vertex::new(source).name(name);
    let mut graph = Graph::new();
    let output = graph.add(vertex.clone()).output(0);
    let remote = whole(graph.define(Some(output), &[]), text);
    Remote {
        context: Some(ContextSource::Fetched(Box::new(vertex))),
        ..remote
    }
}

/// The same for build context and build file.
fn whole(definition: pb::Definition, place: &str) -> Remote {
    Remote {
        context: Some(ContextSource::Given(definition.clone())),
        file: Some(RemoteFile {
            definition,
            name: None,
            place: place.to_owned(),
        }),
    }
}

/// An archive is unpacked; anything else is the build file, and all that the context has.
async fn download(gateway: &impl Gateway, url: &str) -> Result<Remote, Error> {
    let http = Http::new(url).filename(CONTEXT);
    let mut graph = Graph::new();
    let vertex = Vertex::new(http).name("[internal] load remote build context");
    let file = graph.add(vertex).output(0);
    let definition = graph.define(Some(file), &[]);
    let head = head(gateway, definition.clone()).await;
    let head = head.map_err(|error| unreachable(error, url))?;
    if is_archive(&head) {
        let copy = Copy::new(file, &format!("/{CONTEXT}"), "/").unpack();
        let unpacked = graph.add(File::on(None).copy(copy)).output(0);
        return Ok(whole(graph.define(Some(unpacked), &[]), url));
    }
    let mut remote = whole(definition, url);
    if let Some(file) = &mut remote.file {
        file.name = Some(CONTEXT);
    }
    Ok(remote)
}

async fn head(gateway: &impl Gateway, definition: pb::Definition) -> Result<Vec<u8>, Error> {
    let request = SolveRequest {
        definition: definition.encode_to_vec(),
        ..SolveRequest::default()
    };
    match gateway.solve(request).await? {
        Some(reference) => gateway.read_file(&reference, CONTEXT, HEAD).await,
        None => Err(Error::new("BuildKit returned nothing")),
    }
}

fn unreachable(error: Error, url: &str) -> Error {
    status::unmarked(error.context(&format!("the build context `{url}` cannot be fetched")))
}

async fn inputs(gateway: &impl Gateway, request: &Request) -> Result<Remote, Error> {
    let inputs = gateway.inputs().await;
    let mut inputs = inputs.map_err(|error| {
        status::unmarked(error.context("the inputs of the build cannot be read"))
    })?;
    let context = inputs.remove(CONTEXT);
    let file = inputs.remove(&request.file.local);
    for definition in context.iter().chain(&file) {
        check(definition)?;
    }
    Ok(Remote {
        context: context.map(ContextSource::Given),
        file: file.map(|definition| RemoteFile {
            definition,
            name: None,
            place: format!("the input `{}`", request.file.local),
        }),
    })
}

/// Refuses what is no definition; later nobody asks.
///
/// # Errors
///
/// It cannot be read.
pub(super) fn check(definition: &pb::Definition) -> Result<(), Error> {
    let read = read(definition);
    read.map(drop).map_err(|error| {
        let message = format!("an input of the build cannot be read: {error}");
        status::unmarked(Error::new(message))
    })
}

/// Returns the content of a directory.
fn below(context: &ContextSource, dir: &str) -> Result<ContextSource, Error> {
    let mut graph = Graph::new();
    let whole = match context {
        ContextSource::Fetched(vertex) => Some(graph.add(vertex.as_ref().clone()).output(0)),
        ContextSource::Given(definition) => {
            let whole = graph.import(definition);
            whole.map_err(|error| status::unmarked(Error::new(error.to_string())))?
        }
        ContextSource::Nothing | ContextSource::Local(_) => None,
    };
    let copy = Copy::new(whole, dir, "/").dir_contents();
    let output = graph.add(File::on(None).copy(copy)).output(0);
    Ok(ContextSource::Given(graph.define(Some(output), &[])))
}
