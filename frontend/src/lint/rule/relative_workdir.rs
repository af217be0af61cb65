//! `relative-workdir`: a first `workdir` without a `/` is below whatever the base image says.

use crate::expand::{Expanded, StageId};
use crate::lint::chain::{Cx, steps};
use crate::lint::sink::Sink;
use crate::model::{Step, Verb};

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    let text = |step: &Step<Expanded>| match &step.verb {
        Verb::Workdir(path) | Verb::ImageWorkdir(path) => {
            Some((path.span, path.as_literal().map(str::to_owned)))
        }
        _ => None,
    };
    let first = cx.chain_steps(id).into_iter().find(|it| text(it).is_some());
    let own = steps(cx.stage(id));
    let Some(step) = first.filter(|step| own.iter().any(|it| std::ptr::eq(*it, *step))) else {
        return;
    };
    let Some((span, Some(path))) = text(step) else {
        return;
    };
    // `C:\\app` is a path of Windows.
    let is_absolute = path.starts_with(['/', '\\']) || path.get(1..2) == Some(":");
    if path.is_empty() || is_absolute {
        return;
    }
    sink.enter_step(step)
        .report(span, format!("where `{path}` is depends on the base image"))
        .label("below the working directory of the base")
        .help(format!("write `/{path}`"));
}
