//! `copy-before-install`: with all sources below it, every change of one installs everything
//! again.

use std::collections::BTreeSet;

use crate::expand::{Expanded, Input, StageId};
use crate::lint::chain::{Cx, steps};
use crate::lint::command;
use crate::lint::package::installs;
use crate::lint::sink::Sink;
use crate::model::{Source, Step, Verb};
use crate::text::Span;

/// What a stage has from its base and its own steps.
#[derive(Clone, Default)]
struct Done {
    /// Where everything was copied.
    copied: Option<Span>,
    /// The package managers that have installed.
    installed: BTreeSet<&'static str>,
}

/// Looks at all stages together, each after its base.
pub(super) fn judge<'a>(cx: &Cx<'a>, _: StageId, sink: &mut Sink<'a>) {
    let mut all: Vec<Done> = vec![Done::default(); cx.plan.stages.len()];
    for id in &cx.plan.order {
        let stage = cx.stage(*id);
        let mut done = match stage.base {
            Input::Stage(base, _) => all[base.0].clone(),
            _ => Done::default(),
        };
        sink.enter_stage(stage.check.as_ref());
        for step in steps(stage) {
            done.copied = done.copied.or_else(|| whole_context(step));
            installs_of(cx, step, &mut done, sink);
        }
        all[id.0] = done;
    }
}

fn installs_of<'a>(cx: &Cx<'a>, step: &'a Step<Expanded>, done: &mut Done, sink: &mut Sink<'a>) {
    let Some(commands) = command::commands(step) else {
        return;
    };
    for install in installs(&commands) {
        let is_new = install.needs_no_sources() && done.installed.insert(install.manager.preset);
        let Some(copied) = done.copied.filter(|_| is_new) else {
            continue;
        };
        let program = install.program;
        let span = cx.narrow(commands.span, program);
        sink.enter_step(step)
            .report(
                span,
                format!("`{program}` installs everything again when any file changes"),
            )
            .secondary(copied, "everything is copied before it")
            .help("copy the files that list the dependencies first, install, then copy the rest");
    }
}

/// Returns where a step names the whole build context.
fn whole_context(step: &Step<Expanded>) -> Option<Span> {
    let sources = match &step.verb {
        Verb::Copy(copy) => match copy.from {
            None | Some(Input::Context(_)) => &copy.sources,
            Some(_) => return None,
        },
        Verb::Add(add) => &add.sources,
        _ => return None,
    };
    sources.iter().find_map(|source| match source {
        Source::Path(path) => {
            let is_whole = matches!(path.as_literal()?, "." | "./" | "/" | "*" | "./*");
            is_whole.then_some(path.span)
        }
        Source::Content(_) => None,
    })
}
