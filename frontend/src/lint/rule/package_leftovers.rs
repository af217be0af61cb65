//! `package-leftovers`: lists and downloads that nobody needs are in the image.

use std::collections::BTreeSet;

use crate::expand::StageId;
use crate::lint::chain::{Base, Cx};
use crate::lint::package::{Install, installs};
use crate::lint::sink::Sink;
use crate::model::{Exec, Verb};

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    if !cx.is_in_result(id) {
        return;
    }
    for (step, commands) in cx.commands(id) {
        let mut known = BTreeSet::new();
        for install in installs(&commands) {
            let manager = install.manager;
            let Some(leaves) = manager.leaves.filter(|_| known.insert(manager.preset)) else {
                continue;
            };
            let is_clean = install.has_cache(commands.exec)
                || install.is_cleaned_up(&commands.text)
                || is_off(cx, id, commands.exec, &install);
            if is_clean {
                continue;
            }
            let (program, preset) = (install.program, manager.preset);
            let span = cx.narrow(commands.span, program);
            sink.enter_step(step)
                .report(span, format!("`{program}` leaves {leaves} in the image"))
                .help(format!("add `cache: {preset}` to the step"));
        }
    }
}

/// Tells whether a variable says that nothing is kept.
fn is_off(
    cx: &Cx<'_>,
    id: StageId,
    exec: &Exec<crate::expand::Expanded>,
    install: &Install<'_>,
) -> bool {
    let is_it = |name: &str| install.manager.variables.contains(&name);
    let in_base = match cx.base(id) {
        Base::Known(config) => {
            let mut names = config.config.env.iter().map(|it| it.split('=').next());
            names.any(|name| name.is_some_and(is_it))
        }
        Base::Scratch | Base::Unknown => false,
    };
    let in_stage = cx.chain_steps(id).iter().any(|step| match &step.verb {
        Verb::Env(pairs) => pairs.iter().any(|(name, _)| is_it(&name.value)),
        Verb::BuildEnv(pairs) => pairs.iter().any(|(name, _)| is_it(&name.value)),
        _ => false,
    });
    in_base || in_stage || exec.env.iter().any(|(name, _)| is_it(&name.value))
}
