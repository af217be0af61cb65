//! `packages-without-cache`: what was downloaded is downloaded again at the next change.

use std::collections::BTreeSet;

use crate::expand::StageId;
use crate::lint::chain::Cx;
use crate::lint::package::installs;
use crate::lint::sink::Sink;

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    for (step, commands) in cx.commands(id) {
        let mut known = BTreeSet::new();
        for install in installs(&commands) {
            let preset = install.manager.preset;
            if install.has_cache(commands.exec) || !known.insert(preset) {
                continue;
            }
            let program = install.program;
            let span = cx.narrow(commands.span, program);
            sink.enter_step(step)
                .report(
                    span,
                    format!("`{program}` downloads everything again whenever this step runs"),
                )
                .help(format!("add `cache: {preset}` to the step"));
        }
    }
}
