//! `wrong-base-platform`: a base image that is for another platform than was asked for.

use buildkit_llb::Platform;

use crate::expand::{Input, StageId};
use crate::lint::chain::Cx;
use crate::lint::sink::Sink;

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    let stage = cx.stage(id);
    let Input::Image(name) = &stage.base else {
        return;
    };
    let config = cx.input.resolved.image_config(&name.value, &stage.platform);
    let Some(config) = config.filter(|it| !it.os.is_empty() && !it.architecture.is_empty()) else {
        return;
    };
    let found = Platform::new(&config.os, &config.architecture).normalized();
    let wanted = &stage.platform;
    if (&found.os, &found.architecture) == (&wanted.os, &wanted.architecture) {
        return;
    }
    let message = format!(
        "the base image is for `{}`, the stage for `{}`",
        found.format(),
        wanted.format()
    );
    sink.report(name.span, message)
        .help("name an image that is made for both, or set `platform`");
}
