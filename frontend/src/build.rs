//! The passes in order: what one build is.
//!
//! In: the options and the gateway. Out: the outcome, or the error that its user sees. Everything
//! that waits for somebody is here; the passes between are pure.

mod call;
pub mod guard;
mod images;
mod outcome;
mod setting;
mod solve;
mod start;
mod time;
mod warning;

use crate::compile::{self, Platforms};
use crate::diagnostic::Diagnostics;
use crate::expand::{Asked, Purpose};
use crate::gateway::{Error, Gateway, Outcome, concurrent, status};
use crate::load::{self, Loaded};
use crate::lower;
use crate::pass;
use crate::plan::Plan;
use crate::text::FileId;
use start::Start;

pub use start::Invocation;

/// Runs a build and hands its outcome back.
///
/// # Errors
///
/// The outcome could not be handed back; nobody is there to be told.
pub async fn run(gateway: &impl Gateway, invocation: &Invocation) -> Result<(), Error> {
    let outcome = guard::guarded(build(gateway, invocation)).await;
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
        return call::answer(name);
    }
    pass::enter("load");
    let loaded = load::load(gateway, request, &invocation.session).await?;
    let mut diags = Diagnostics::new();
    let plans = plans(&start, &loaded, &mut diags);
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
        .map(|(plan, lowered)| solve::solve(gateway, &start, &loaded, plan, lowered));
    let images = concurrent::try_all(solves).await?;
    Ok(outcome::outcome(request, images))
}

fn plans(start: &Start, loaded: &Loaded, diags: &mut Diagnostics) -> Vec<Plan> {
    let Some(reading) = compile::read(FileId::ROOT, &loaded.bytes, diags) else {
        return Vec::new();
    };
    let asked = Asked {
        target: start.request.target.clone(),
        args: start.request.args.clone(),
        purpose: Purpose::Build,
    };
    let platforms = Platforms {
        builder: start.builder.clone(),
        asked: start.request.platforms.clone(),
    };
    compile::plans(&reading.build, &asked, &platforms, diags)
}

/// The build file's mistakes, all at once.
fn stop_at_mistakes(diags: &Diagnostics, loaded: &Loaded) -> Result<(), Error> {
    if diags.has_errors() {
        return Err(status::mistakes(diags, loaded.origin()));
    }
    Ok(())
}
