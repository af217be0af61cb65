//! `latest-image`: what `latest` is changes without anybody's doing.

use crate::expand::{Input, StageId};
use crate::image_name::ImageName;
use crate::lint::chain::Cx;
use crate::lint::sink::Sink;

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    for it in cx.stage(id).uses() {
        let Input::Image(name) = it.input else {
            continue;
        };
        let Ok(image) = ImageName::parse(&name.value) else {
            continue;
        };
        if image.digest.is_some() || image.tag.as_deref() != Some("latest") {
            continue;
        }
        let written = cx.input.files.slice(name.span);
        let diagnostic = sink.report(name.span, "which image `latest` is changes with time");
        if !written.contains("latest") && !written.contains("${{") {
            diagnostic.label("no tag means `latest`");
        }
        diagnostic.help("name a version: `alpine:3.22`");
    }
}
