//! `copy-before-install`: with all sources below it, every change of one installs everything
//! again.

use crate::expand::{Expanded, Input, StageId};
use crate::lint::chain::{Cx, steps};
use crate::lint::command;
use crate::lint::package::installs;
use crate::lint::sink::Sink;
use crate::model::{Source, Step, Verb};
use crate::text::Span;

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    let mut copied = None;
    let mut known: Vec<&str> = Vec::new();
    let own = steps(cx.stage(id));
    for step in cx.chain_steps(id) {
        if copied.is_none() {
            copied = whole_context(step);
        }
        let Some(commands) = command::commands(step) else {
            continue;
        };
        for install in installs(&commands) {
            let preset = install.manager.preset;
            if known.contains(&preset) || !install.needs_no_sources() {
                continue;
            }
            known.push(preset);
            let is_own = own.iter().any(|it| std::ptr::eq(*it, step));
            let Some(copied) = copied.filter(|_| is_own) else {
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
                .help(
                    "copy the files that list the dependencies first, install, then copy the rest",
                );
        }
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
