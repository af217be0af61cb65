//! `unused-stage`: reached only by `--target`, if at all.

use std::collections::BTreeSet;

use crate::expand::{Input, StageId};
use crate::lint::chain::Cx;
use crate::lint::sink::Sink;

pub(super) fn judge<'a>(cx: &Cx<'a>, result: StageId, sink: &mut Sink<'a>) {
    // With a target, the result is not what the file says it is.
    if cx.input.asked.target.is_some() {
        return;
    }
    let uses = cx.plan.stages.iter().flat_map(crate::expand::Stage::uses);
    let used: BTreeSet<StageId> = uses
        .filter_map(|it| match it.input {
            Input::Stage(id, _) => Some(*id),
            _ => None,
        })
        .collect();
    for (idx, stage) in cx.plan.stages.iter().enumerate() {
        if StageId(idx) == result || used.contains(&StageId(idx)) {
            continue;
        }
        sink.enter_stage(stage.check.as_ref());
        let name = &stage.name.value;
        sink.report(stage.name.span, format!("nothing uses the stage `{name}`"))
            .label("built only with `--target`")
            .help("remove it, or skip this rule on stages that are targets");
    }
}
