//! `secret-file-copied`: keys and credentials stay in the layer for whoever pulls the image.

use crate::expand::{Input, StageId};
use crate::lint::chain::{Cx, steps};
use crate::lint::secret::is_secret_file;
use crate::lint::sink::Sink;
use crate::model::{Source, Verb};

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    for step in steps(cx.stage(id)) {
        let sources = match &step.verb {
            Verb::Copy(copy) if matches!(copy.from, None | Some(Input::Context(_))) => {
                &copy.sources
            }
            Verb::Add(add) => &add.sources,
            _ => continue,
        };
        for source in sources {
            let Source::Path(path) = source else { continue };
            if path.as_literal().is_some_and(is_secret_file) {
                sink.enter_step(step)
                    .report(path.span, "a file with credentials is copied into a layer")
                    .label("readable for whoever pulls the image")
                    .help("pass it as a secret: `secrets: [...]` on the `run` that needs it");
            }
        }
    }
}
