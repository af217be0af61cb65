//! `unused-secret`: declared, and used by no step.

use crate::lint::sink::Sink;
use crate::lint::written::Mentions;
use crate::model::Build;

pub(super) fn judge<'a>(build: &'a Build, sink: &mut Sink<'a>) {
    if build.secrets.is_empty() {
        return;
    }
    let used = Mentions::new(build).secrets;
    for it in &build.secrets {
        let name = &it.name.value;
        if !used.may_have(name) {
            sink.report(it.name.span, format!("no step uses the secret `{name}`"))
                .help(format!("remove it, or add `secrets: {name}` to a step"));
        }
    }
}
