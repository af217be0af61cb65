//! One platform's graph on its way to the daemon.

use buildkit_llb::{Platform, SourceInfo};
use buildkit_proto::pb;

use super::outcome::Image;
use super::start::Start;
use crate::gateway::{Error, Gateway, SolveRequest, status};
use crate::load::Loaded;
use crate::lower::Lowered;
use crate::text::FileId;

/// Returns a graph with the build file that it came from.
pub(super) fn definition(lowered: &Lowered, loaded: &Loaded) -> pb::Definition {
    lowered.graph.define(lowered.result, &[build_file(loaded)])
}

fn build_file(loaded: &Loaded) -> SourceInfo {
    let file = loaded.files.get(FileId::ROOT);
    SourceInfo {
        filename: file.name().to_owned(),
        data: loaded.bytes.clone(),
        language: status::language(loaded.files.get(FileId::ROOT)).to_owned(),
        definition: Some(loaded.definition.clone()),
    }
}

/// Hands a graph over. Nothing runs yet: what fails then is marked by the daemon, which has the
/// build file with the definition.
pub(super) async fn solve(
    gateway: &impl Gateway,
    start: &Start,
    loaded: &Loaded,
    platform: Platform,
    mut lowered: Lowered,
) -> Result<Image, Error> {
    // Large, and not needed any more while the daemon works.
    let graph = std::mem::take(&mut lowered.graph);
    let definition = graph.write(lowered.result, &[build_file(loaded)]);
    let scan = lowered
        .sbom
        .map(|it| graph.write(Some(it), &[build_file(loaded)]));
    drop(graph);
    let request = SolveRequest {
        definition,
        cache_imports: start.request.cache_imports.clone(),
        ..SolveRequest::default()
    };
    let reference = gateway.solve(request).await.map_err(status::unmarked)?;
    let sbom = match scan {
        Some(definition) => {
            let request = SolveRequest {
                definition,
                ..SolveRequest::default()
            };
            Some(gateway.solve(request).await.map_err(status::unmarked)?)
        }
        None => None,
    };
    Ok(Image {
        platform,
        reference,
        sbom,
        lowered,
    })
}
