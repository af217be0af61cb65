//! `--call=targets`: the stages.

use serde_json::Value;

use super::Answer;
use super::shape::{columns, location, name, object, source};
use crate::expand::StageId;
use crate::gateway::status::Origin;
use crate::model::{Build, Language, Value as Written};

/// Returns every stage, as written; `default` is the one that is built when none is asked for.
pub fn targets(build: &Build, default: Option<StageId>, origin: Origin<'_>) -> Answer {
    let mut targets = Vec::new();
    let mut rows = vec![["TARGET", "DESCRIPTION"].map(String::from).to_vec()];
    for (idx, stage) in build.stages.iter().enumerate() {
        let is_default = default == Some(StageId(idx));
        let name = name(stage);
        let description = stage.description.as_ref();
        let description = description.map_or("", |it| it.value.as_str());
        let base = stage.body.from.as_ref().map(|from| &from.name);
        let plain = |value| plain(value, build, origin);
        targets.push(object(vec![
            ("name", Value::from(name)),
            ("default", Value::from(is_default)),
            ("description", Value::from(description)),
            ("base", Value::from(plain(base))),
            ("platform", Value::from(plain(stage.body.platform.as_ref()))),
            ("location", location(stage.name.span, origin)),
        ]));
        let mark = if is_default { " (default)" } else { "" };
        rows.push(vec![format!("{name}{mark}"), description.to_owned()]);
    }
    let json = object(vec![
        ("targets", Value::from(targets)),
        ("sources", Value::from(vec![source(origin)])),
    ]);
    Answer::new(&json, columns(&rows, 1))
}

/// Returns a text as written; nothing for one that differs by platform.
fn plain(value: Option<&Written>, build: &Build, origin: Origin<'_>) -> String {
    match (value, build.language) {
        (Some(Written::Plain(template)), Language::BuildFile) => template.to_string(),
        (Some(Written::Plain(template)), Language::Dockerfile) => {
            origin.files.slice(template.span).to_owned()
        }
        (Some(Written::ByPlatform(_)) | None, _) => String::new(),
    }
}
