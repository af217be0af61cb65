//! `unpinned-image`: a tag can be moved, a digest cannot.

use crate::expand::{Input, StageId};
use crate::image_name::ImageName;
use crate::lint::chain::Cx;
use crate::lint::sink::Sink;

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    for it in cx.stage(id).uses() {
        let Input::Image(name) = it.input else {
            continue;
        };
        let parsed = ImageName::parse(&name.value);
        if parsed.is_ok_and(|image| image.digest.is_none()) {
            sink.report(name.span, "the image has no digest")
                .label("the tag may be moved")
                .help("add the digest: `alpine:3.22@sha256:...`");
        }
    }
}
