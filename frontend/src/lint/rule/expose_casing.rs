//! `expose-casing`: `80/TCP` is `80/tcp`.

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
            let protocol = port.as_literal().and_then(|text| text.split_once('/'));
            let Some((_, protocol)) = protocol else {
                continue;
            };
            let lower = protocol.to_ascii_lowercase();
            if lower != protocol {
                sink.enter_step(step)
                    .report(
                        port.span,
                        format!("the protocol `{protocol}` is not in small letters"),
                    )
                    .help(format!("write `{lower}`"));
            }
        }
    }
}
