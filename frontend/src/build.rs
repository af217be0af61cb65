//! The passes in order: what one build is.
//!
//! In: the options and the gateway. Out: the outcome, or the error that its user sees. Everything
//! that waits for somebody is here; the passes between are pure.

mod images;
mod outcome;
pub mod pass;
pub mod plans;
mod setting;
mod start;
mod time;
mod warning;

use buildkit_llb::SourceInfo;

use crate::diagnostic::Diagnostics;
use crate::gateway::{Error, Gateway, Outcome, SolveRequest, concurrent, status};
use crate::load::{self, Loaded};
use crate::lower::{self, Lowered};
use crate::plan::Plan;
use crate::text::FileId;
use outcome::Image;
use plans::Wanted;
use start::Start;

pub use start::Invocation;

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
    let start = start::start(gateway, invocation).await?;
    let request = &start.request;
    if let Some(name) = &request.subrequest {
        return answer(name);
    }
    pass::enter("load");
    let loaded = load::load(gateway, request, &invocation.session).await?;
    let mut diags = Diagnostics::new();
    let wanted = Wanted::new(request, &start.builder);
    let plans = plans::plans(FileId::ROOT, &loaded.bytes, &wanted, &mut diags);
    stop_at_mistakes(&diags, &loaded)?;
    pass::enter("resolve");
    let origin = loaded.origin();
    let resolved = images::resolve(gateway, &plans, request, origin, &mut diags).await?;
    pass::enter("lower");
    let mut lowered = Vec::new();
    for plan in plans {
        let options = setting::options(&start, &loaded, &invocation.session, &plan.target);
        let one = lower::lower(&plan, &resolved, &options, &loaded.files, &mut diags);
        lowered.push((plan, one));
    }
    stop_at_mistakes(&diags, &loaded)?;
    warning::send(gateway, &diags, &loaded).await;
    pass::enter("solve");
    let solves = lowered
        .into_iter()
        .map(|(plan, lowered)| solve(gateway, &start, &loaded, plan, lowered));
    let images = concurrent::try_all(solves).await?;
    Ok(outcome::outcome(request, images))
}

/// The build file's mistakes, all at once.
fn stop_at_mistakes(diags: &Diagnostics, loaded: &Loaded) -> Result<(), Error> {
    if diags.has_errors() {
        return Err(status::mistakes(diags, loaded.origin()));
    }
    Ok(())
}

/// Every subrequest has its answer here.
fn answer(name: &str) -> Result<Outcome, Error> {
    let message = "`--call` and `--check` are not supported yet";
    Err(status::unsupported_request(name, message))
}

async fn solve(
    gateway: &impl Gateway,
    start: &Start,
    loaded: &Loaded,
    plan: Plan,
    lowered: Lowered,
) -> Result<Image, Error> {
    let file = loaded.files.get(FileId::ROOT);
    let info = SourceInfo {
        filename: file.name().to_owned(),
        data: loaded.bytes.clone(),
        language: status::LANGUAGE.to_owned(),
        definition: Some(loaded.definition.clone()),
    };
    let request = SolveRequest {
        definition: lowered.graph.define(lowered.result, &[info]),
        cache_imports: start.request.cache_imports.clone(),
        ..SolveRequest::default()
    };
    let reference = gateway.solve(request).await.map_err(status::unmarked)?;
    Ok(Image {
        platform: plan.target,
        reference,
        lowered,
    })
}
