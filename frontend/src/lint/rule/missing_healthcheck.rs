//! `missing-healthcheck`: a service that nobody can ask whether it works.

use crate::expand::StageId;
use crate::lint::chain::{Base, Cx};
use crate::lint::sink::Sink;
use crate::model::Verb;

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    let steps = cx.chain_steps(id);
    let has_check = |it: &&crate::model::Step<_>| matches!(it.verb, Verb::Healthcheck(_));
    let is_inherited = match cx.base(id) {
        Base::Scratch => false,
        Base::Known(config) => config.config.healthcheck.is_some(),
        Base::Unknown => return,
    };
    let exposes = steps.iter().find(|it| matches!(it.verb, Verb::Expose(_)));
    let Some(exposes) = exposes else {
        return;
    };
    if is_inherited || steps.iter().any(has_check) {
        return;
    }
    sink.report(exposes.span, "the image has a port but no health check")
        .label("a service listens here")
        .help("add `healthcheck` to `image`, or `healthcheck: none` if something else checks it");
}
