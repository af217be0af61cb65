//! `constant-platform`: a stage that runs on one platform, whatever is built.

use crate::lint::sink::Sink;
use crate::lint::written::Place;
use crate::model::Build;

pub(super) fn judge<'a>(build: &'a Build, sink: &mut Sink<'a>) {
    if let [_] = build.platforms.as_slice() {
        return;
    }
    for stage in &build.stages {
        let Some(platform) = &stage.body.platform else {
            continue;
        };
        for template in platform.templates() {
            let Some(text) = template.as_literal() else {
                continue;
            };
            let name = &stage.name.value;
            let is_named = text.split('/').any(|part| name.contains(part));
            if matches!(text, "target" | "build") || is_named {
                continue;
            }
            sink.enter(Place {
                stage: stage.body.check.as_ref(),
                ..Place::default()
            })
            .report(
                template.span,
                format!("stage `{name}` is always for `{text}`"),
            )
            .label("whatever `--platform` says")
            .help("write `target` or `build`, or name the stage after its platform");
        }
    }
}
