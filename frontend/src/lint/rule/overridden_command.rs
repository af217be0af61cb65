//! `overridden-command`: of several commands of a stage only the last is in the image.

use crate::expand::StageId;
use crate::lint::chain::{Cx, steps};
use crate::lint::sink::Sink;
use crate::model::Verb;

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    let steps = steps(cx.stage(id));
    for word in ["cmd", "entrypoint", "healthcheck"] {
        let all: Vec<_> = steps
            .iter()
            .filter(|step| verb(&step.verb) == word)
            .collect();
        let Some((last, earlier)) = all.split_last() else {
            continue;
        };
        for step in earlier {
            sink.enter_step(step)
                .report(step.span, format!("this `{word}` has no effect"))
                .secondary(last.span, "this one takes its place")
                .help("remove one of the two");
        }
    }
}

fn verb<P: crate::model::Phase>(verb: &Verb<P>) -> &'static str {
    match verb {
        Verb::Cmd(_) => "cmd",
        Verb::Entrypoint(_) => "entrypoint",
        Verb::Healthcheck(_) => "healthcheck",
        _ => "",
    }
}
