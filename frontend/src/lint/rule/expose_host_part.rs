//! `expose-host-part`: addresses and ports of a host are given when a container starts.

use crate::expand::StageId;
use crate::lint::chain::{Cx, steps};
use crate::lint::sink::Sink;
use crate::model::Verb;

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    for step in steps(cx.stage(id)) {
        let Verb::Expose(ports) = &step.verb else {
            continue;
        };
        for port in ports {
            let written = port.as_literal().and_then(|text| text.rsplit_once(':'));
            let Some((host, port_only)) = written else {
                continue;
            };
            sink.enter_step(step)
                .report(port.span, format!("`{host}` of the port is not used"))
                .label("an image has no host")
                .help(format!(
                    "write `{port_only}`, and `-p` when the container starts"
                ));
        }
    }
}
