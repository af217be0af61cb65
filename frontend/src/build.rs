//! The passes in order: what one build is.
//!
//! In: the options and the gateway. Out: the outcome, or the error that its user sees. Everything
//! that waits for somebody is here; the passes between are pure.

pub mod pass;

use std::collections::BTreeMap;
use std::ffi::OsString;

use buildkit_llb::Platform;

use crate::diagnostic::Diagnostics;
use crate::gateway::{Error, Gateway, Outcome, Pong, Refs, SolveRequest, status};
use crate::load;
use crate::request::{self, Options, Request};
use crate::text::Files;

/// What BuildKit tells a frontend when it starts it.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    /// The options.
    pub options: Options,
    /// The session of the client.
    pub session: String,
}

impl Invocation {
    /// Reads the environment that BuildKit sets (`frontend/gateway/gateway.go`, v0.32.2). The
    /// numbers of the options mean nothing.
    pub fn read(environment: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut invocation = Self::default();
        for (name, value) in environment {
            let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
            if name.starts_with("BUILDKIT_FRONTEND_OPT_") {
                let (key, value) = value.split_once('=').unwrap_or((&value, ""));
                invocation.options.insert(key.to_owned(), value.to_owned());
            } else if name == "BUILDKIT_SESSION_ID" {
                invocation.session = value.into_owned();
            }
        }
        invocation
    }
}

/// Runs a build and hands its outcome back.
///
/// # Errors
///
/// The outcome could not be handed back; nobody is there to be told.
pub async fn run(gateway: &impl Gateway, invocation: &Invocation) -> Result<(), Error> {
    let outcome = pass::guarded(build(gateway, invocation)).await;
    gateway.finish(outcome).await
}

/// Runs a build.
///
/// # Errors
///
/// A mistake in the options or the build file, or a failure of the world.
pub async fn build(gateway: &impl Gateway, invocation: &Invocation) -> Result<Outcome, Error> {
    pass::enter("ping");
    let pong = gateway.ping().await?;
    let request = read_request(invocation, &pong)?;
    pass::provoke(request.panic_in.as_deref());
    if let Some(name) = &request.subrequest {
        return answer(name);
    }
    pass::enter("load");
    let loaded = load::load(gateway, &request, &invocation.session).await?;
    let definition = hello(&loaded);
    let reference = gateway
        .solve(SolveRequest {
            definition,
            ..SolveRequest::default()
        })
        .await?;
    let config = br#"{"architecture":"amd64","os":"linux","config":{"Cmd":["/hello"]}}"#;
    Ok(Outcome {
        refs: Refs::Single(reference),
        metadata: BTreeMap::from([("containerimage.config".to_owned(), config.to_vec())]),
    })
}

fn hello(loaded: &load::Loaded) -> buildkit_proto::pb::Definition {
    use buildkit_llb::{Exec, File, Graph, Location, SourceInfo, Vertex, file};
    let mut graph = Graph::with_platform(Platform::new("linux", "amd64"));
    let text = loaded.files.get(crate::text::FileId::ROOT).text();
    let mkfile = File::on(None).mkfile(file::Mkfile::new("/hello", 0o644, loaded.bytes.clone()));
    let mut last = graph.add(Vertex::new(mkfile).name("say hello")).output(0);
    if text.contains("fail") {
        let exec = Exec::new(Some(last), ["/bin/sh"]);
        let vertex = Vertex::new(exec).location(Location::lines(0, 2, 2));
        last = graph.add(vertex).output(0);
    }
    let info = SourceInfo {
        filename: loaded
            .files
            .get(crate::text::FileId::ROOT)
            .name()
            .to_owned(),
        data: loaded.bytes.clone(),
        language: "YAML".to_owned(),
        definition: Some(loaded.definition.clone()),
    };
    graph.define(Some(last), &[info])
}

fn read_request(invocation: &Invocation, pong: &Pong) -> Result<Request, Error> {
    pass::enter("request");
    if let Some(cap) = request::unknown_cap(&invocation.options) {
        return Err(status::unsupported_cap(cap));
    }
    let mut diags = Diagnostics::new();
    let request = request::read(&invocation.options, &build_platform(pong), &mut diags);
    if diags.has_errors() {
        let origin = status::Origin {
            files: &Files::new(),
            definition: None,
        };
        return Err(status::mistakes(&diags, origin));
    }
    Ok(request)
}

/// The first worker's first platform, emulated ones coming after it.
fn build_platform(pong: &Pong) -> Platform {
    let mut platforms = pong.workers.iter().flat_map(|worker| &worker.platforms);
    let first = platforms.next().cloned();
    first.unwrap_or_else(|| Platform::new("linux", "amd64"))
}

/// Every subrequest has its answer here.
fn answer(name: &str) -> Result<Outcome, Error> {
    Err(status::unsupported_request(
        name,
        "`--call` and `--check` are not supported yet",
    ))
}
