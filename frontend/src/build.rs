//! The passes in order: what one build is.
//!
//! In: the options and the gateway. Out: the outcome, or the error that its user sees. Everything
//! that waits for somebody is here; the passes between are pure.

mod call;
mod convert;
pub mod guard;
mod images;
mod outcome;
mod scanner;
mod setting;
mod solve;
mod start;
mod time;
mod verify;
mod warning;

use buildkit_llb::Platform;

use crate::compile::{self, Reading};
use crate::diagnostic::Diagnostics;
use crate::expand::{Asked, Purpose};
use crate::gateway::{Error, Gateway, Outcome, concurrent, status};
use crate::lint;
use crate::load::{self, Loaded};
use crate::lower::{self, Lowered, Resolved};
use crate::model::{Build, Language};
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
    let outcome = build(gateway, invocation).await;
    gateway.finish(outcome).await
}

/// Runs a build.
///
/// # Errors
///
/// A mistake in the options or the build file, or a failure of the world.
pub async fn build(gateway: &impl Gateway, invocation: &Invocation) -> Result<Outcome, Error> {
    let mut start = start::start(gateway, invocation).await?;
    if let Some(name) = start.request.subrequest.take() {
        return call::answer(gateway, &mut start, invocation, &name).await;
    }
    pass::enter("load");
    let loaded = load::load(gateway, &start.request, &invocation.session).await?;
    let builder = start.builder.clone();
    load::epoch::settle(gateway, &mut start.request, &loaded, &builder).await?;
    start.scanner = scanner::resolve(gateway, &start).await?;
    let mut diags = Diagnostics::new();
    let how = (invocation.session.as_str(), Purpose::Build);
    let lowered = compiled(gateway, &start, &loaded, how, &mut diags).await;
    if lowered.is_ok() || diags.iter().any(|it| it.code.is_of_dockerfile()) {
        warning::send(gateway, &diags, &loaded).await;
    }
    let lowered = lowered?;
    stop_at_violations(&diags, &loaded)?;
    pass::enter("solve");
    let solves = lowered
        .into_iter()
        .map(|(target, lowered)| solve::solve(gateway, &start, &loaded, target, lowered));
    let images = concurrent::try_all(solves).await?;
    Ok(outcome::outcome(&start.request, images))
}

/// Takes a build file as far as it goes without running anything: what each platform's image is
/// made of. `how` is the client's session and what it is for.
async fn compiled(
    gateway: &impl Gateway,
    start: &Start,
    loaded: &Loaded,
    how: (&str, Purpose),
    diags: &mut Diagnostics,
) -> Result<Vec<(Platform, Lowered)>, Error> {
    let (session, purpose) = how;
    let build = read(loaded, diags)?;
    let mut asked = start.asked(purpose);
    let (plans, resolved) =
        planned(gateway, start, loaded, (session, &build, &mut asked), diags).await?;
    lint::lint(
        &lint::Input {
            build: &build,
            asked: &asked,
            plans: looked_at(&build, &plans),
            resolved: &resolved,
            files: &loaded.files,
            ignored: &loaded.exclude,
        },
        diags,
    );
    let settings = lint::settings(&build, &asked);
    // Large files are large here too, and it has said everything.
    drop(build);
    pass::enter("lower");
    let mut lowered = Vec::new();
    for plan in plans {
        let options = setting::options(start, loaded, session, &plan.target);
        let target = plan.target.clone();
        let one = lower::lower(plan, &resolved, &options, &loaded.files, diags);
        lowered.push((target, one));
    }
    stop_at_mistakes(diags, loaded)?;
    lint::settle(&settings, diags);
    Ok(lowered)
}

/// Returns the plans that rules look at: of a Dockerfile the first platform's only
/// (`frontend/dockerfile/builder/build.go`, v0.32.2).
fn looked_at<'p>(build: &Build, plans: &'p [Plan]) -> &'p [Plan] {
    match build.language {
        Language::Dockerfile => &plans[..plans.len().min(1)],
        Language::BuildFile => plans,
    }
}

/// Plans the build and looks up what it uses, again until no base brings along a trigger that
/// was not known.
async fn planned(
    gateway: &impl Gateway,
    start: &Start,
    loaded: &Loaded,
    (session, build, asked): (&str, &Build, &mut Asked),
    diags: &mut Diagnostics,
) -> Result<(Vec<Plan>, Resolved), Error> {
    let known = diags.clone();
    let mut resolved = Resolved::default();
    let mut damaged = Diagnostics::new();
    loop {
        let plans = compile::plans(build, asked, &start.platforms(), diags);
        stop_at_mistakes(diags, loaded)?;
        pass::enter("resolve");
        resolve(
            gateway,
            start,
            loaded,
            (session, &plans),
            &mut resolved,
            &mut damaged,
        )
        .await?;
        if !resolved.add_triggers(&plans, &mut asked.triggers) {
            diags.append(damaged);
            return Ok((plans, resolved));
        }
        diags.clone_from(&known);
    }
}

/// Looks up the images and named contexts of the plans, all at the same time.
async fn resolve(
    gateway: &impl Gateway,
    start: &Start,
    loaded: &Loaded,
    (session, plans): (&str, &[Plan]),
    resolved: &mut Resolved,
    diags: &mut Diagnostics,
) -> Result<(), Error> {
    let (request, origin) = (&start.request, loaded.origin());
    let known = &*resolved;
    let (images, contexts) = concurrent::both(
        images::resolve(gateway, plans, request, origin, known),
        load::named::resolve(gateway, plans, request, session, (origin, known)),
    )
    .await;
    let (images, contexts) = (images?, contexts?);
    for (image, meta) in images {
        resolved.insert(image, meta.name, meta.config, diags);
    }
    for (context, found) in contexts {
        resolved.insert_context(context, found);
    }
    Ok(())
}

/// Reads the build file. Not the tree is kept, which is as large as what it says.
fn read(loaded: &Loaded, diags: &mut Diagnostics) -> Result<Build, Error> {
    let name = loaded.files.get(FileId::ROOT).name();
    let reading = compile::read(FileId::ROOT, name, &loaded.bytes, diags);
    if reading.is_none() {
        stop_at_mistakes(diags, loaded)?;
    }
    Ok(reading.map(Reading::into_build).unwrap_or_default())
}

/// The build file's mistakes, all at once.
fn stop_at_mistakes(diags: &Diagnostics, loaded: &Loaded) -> Result<(), Error> {
    if diags.has_mistakes() {
        return Err(status::mistakes(diags, loaded.origin()));
    }
    Ok(())
}

/// The warnings of which `check` makes errors.
fn stop_at_violations(diags: &Diagnostics, loaded: &Loaded) -> Result<(), Error> {
    match lint::violation(diags) {
        Some(sentence) => Err(status::violations(&sentence, diags, loaded.origin())),
        None => Ok(()),
    }
}
