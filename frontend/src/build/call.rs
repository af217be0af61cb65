//! `--call`: questions about a build file instead of a build, in the order in which they need
//! something: nothing, the file, its plan, its images.

use super::start::{Invocation, Start};
use super::{compiled, convert, read, solve, stop_at_mistakes, stop_at_violations, verify};
use crate::call::{self, Answer, Question};
use crate::compile;
use crate::diagnostic::Diagnostics;
use crate::expand::{self, Purpose};
use crate::gateway::error::CANCELED;
use crate::gateway::{Error, Gateway, Outcome, Refs, status};
use crate::load::{self, Loaded};
use crate::pass;
use crate::text::FileId;

/// Answers the question that the client asks by this id.
///
/// # Errors
///
/// There is no such question, or a mistake in the file leaves it without an answer.
pub(super) async fn answer(
    gateway: &impl Gateway,
    start: &mut Start,
    invocation: &Invocation,
    id: &str,
) -> Result<Outcome, Error> {
    pass::enter("call");
    let call = call::find(id).map_err(|message| status::unsupported_call(id, message))?;
    let answer = match call.question {
        Question::Describe => call::describe(),
        Question::Schema(draft) => call::schema(draft),
        question => of_file(gateway, start, invocation, question).await?,
    };
    Ok(Outcome {
        refs: Refs::Single(None),
        metadata: answer.metadata(call),
        ..Outcome::default()
    })
}

/// Answers what needs the build file.
async fn of_file(
    gateway: &impl Gateway,
    start: &mut Start,
    invocation: &Invocation,
    question: Question,
) -> Result<Answer, Error> {
    pass::enter("load");
    let loaded = load::load(gateway, &start.request, &invocation.session).await?;
    match question {
        Question::Targets => targets(start, &loaded),
        Question::Lint => lint(gateway, start, invocation, &loaded).await,
        Question::Verify => verify::verify(gateway, start, invocation, &loaded).await,
        Question::Definition => definition(gateway, start, invocation, &loaded).await,
        Question::Convert => convert::answer(gateway, start, invocation, &loaded).await,
        question => planned(start, &loaded, question),
    }
}

fn targets(start: &Start, loaded: &Loaded) -> Result<Answer, Error> {
    let mut diags = Diagnostics::new();
    let name = loaded.files.get(FileId::ROOT).name();
    let reading = compile::read(FileId::ROOT, name, &loaded.bytes, &mut diags);
    stop_at_mistakes(&diags, loaded)?;
    let build = reading.map(|reading| reading.build).unwrap_or_default();
    // The target of the request has no part in it.
    let asked = start.asked(Purpose::Call);
    let asked = expand::Asked {
        target: None,
        ..asked
    };
    let default = expand::result(&build, &asked, &mut diags);
    Ok(call::targets(&build, default, loaded.origin()))
}

/// Answers what needs plans.
fn planned(start: &Start, loaded: &Loaded, question: Question) -> Result<Answer, Error> {
    let purpose = match question {
        Question::Outline => Purpose::Call,
        _ => Purpose::Build,
    };
    let mut diags = Diagnostics::new();
    let build = read(loaded, &mut diags)?;
    let asked = start.asked(purpose);
    let plans = compile::plans(&build, &asked, &start.platforms(), &mut diags);
    stop_at_mistakes(&diags, loaded)?;
    let plan = plans.first();
    let plan = plan.ok_or_else(|| status::unmarked(Error::new("there is nothing to build")))?;
    Ok(match question {
        Question::Graph => call::graph(&plans),
        Question::Plan => call::plan(&plans),
        _ => call::outline(plan, &build, loaded.origin()),
    })
}

async fn definition(
    gateway: &impl Gateway,
    start: &Start,
    invocation: &Invocation,
    loaded: &Loaded,
) -> Result<Answer, Error> {
    let mut diags = Diagnostics::new();
    let how = (invocation.session.as_str(), Purpose::Build);
    let compiled = compiled(gateway, start, loaded, how, &mut diags).await?;
    let lowered = compiled.first().map(|(_, lowered)| lowered);
    let definition = lowered.map(|lowered| solve::definition(lowered, loaded));
    Ok(call::convert(&definition.unwrap_or_default()))
}

/// What ends the check is part of its answer, unless it is the user who ends it.
async fn lint(
    gateway: &impl Gateway,
    start: &Start,
    invocation: &Invocation,
    loaded: &Loaded,
) -> Result<Answer, Error> {
    let mut diags = Diagnostics::new();
    let session = &invocation.session;
    let compiled = compiled(
        gateway,
        start,
        loaded,
        (session, Purpose::Check),
        &mut diags,
    );
    match compiled.await.err() {
        Some(error) if error.code == CANCELED => Err(error),
        failure => {
            // As the Dockerfile frontend's answer: what fails a build, fails a check.
            let is_of_dockerfile = diags.iter().any(|it| it.code.is_of_dockerfile());
            let violation = stop_at_violations(&diags, loaded).err();
            let failure = failure.or(violation.filter(|_| is_of_dockerfile));
            Ok(call::lint(&diags, failure.as_ref(), loaded.origin()))
        }
    }
}
