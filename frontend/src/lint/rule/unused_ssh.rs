//! `unused-ssh`: declared, and used by no step.

use crate::lint::sink::Sink;
use crate::lint::written::Mentions;
use crate::model::Build;

pub(super) fn judge<'a>(build: &'a Build, sink: &mut Sink<'a>) {
    if build.ssh.is_empty() {
        return;
    }
    let used = Mentions::new(build).ssh;
    for it in &build.ssh {
        let name = &it.name.value;
        if !used.may_have(name) {
            sink.report(it.name.span, format!("no step uses the ssh entry `{name}`"))
                .help(format!("remove it, or add `ssh: {name}` to a step"));
        }
    }
}
