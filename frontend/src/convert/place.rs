//! Where a part of a build file was in the Dockerfile that it was made of.

use crate::model::{Build, Stage, Value};
use crate::syntax::path::{Part, Path};
use crate::text::Span;

/// Returns the place of what stands at a path of the build file; of the stage, if nothing is known
/// of it, and of the first stage outside of all.
pub(super) fn place(build: &Build, path: &Path) -> Option<Span> {
    let first = build.stages.first().map(|stage| stage.span);
    match path.parts() {
        [Part::Key(section), Part::Key(name), ..] if section == "args" => {
            let mut args = build.args.iter();
            let arg = args.find(|arg| arg.name.value == *name);
            arg.map(|arg| arg.name.span).or(first)
        }
        [Part::Key(section), Part::Key(name), rest @ ..] if section == "stages" => {
            let mut stages = build.stages.iter();
            let stage = stages.find(|stage| stage.name.value == *name);
            stage.map(|stage| in_stage(stage, rest)).or(first)
        }
        _ => first,
    }
}

fn in_stage(stage: &Stage, path: &[Part]) -> Span {
    let body = &stage.body;
    let of = |value: &Option<Value>| value.as_ref().map(Value::span);
    let found = match path {
        [Part::Key(key), Part::Index(idx), ..] if key == "steps" => {
            let step = body.steps.as_ref().and_then(|steps| steps.get(*idx));
            step.map(|step| step.span)
        }
        [Part::Key(key), rest @ ..] => {
            let name = match rest {
                [Part::Key(name), ..] => Some(name.as_str()),
                _ => None,
            };
            match key.as_str() {
                "env" => entry(&body.env, name),
                "build-env" => entry(&body.build_env, name),
                "shell" => body.shell.as_ref().map(|it| it.span),
                "user" => of(&body.user),
                "workdir" => of(&body.workdir),
                "image" => body.image.as_ref().map(|keys| {
                    let label = rest.get(1).and_then(|it| match it {
                        Part::Key(name) => Some(name.as_str()),
                        Part::Index(_) => None,
                    });
                    entry(&keys.labels, label)
                        .filter(|_| name == Some("labels"))
                        .unwrap_or(keys.span)
                }),
                _ => None,
            }
        }
        _ => None,
    };
    found.unwrap_or(stage.span)
}

/// Returns where a name of a map is, or its first.
fn entry<T>(entries: &[(crate::text::Spanned<String>, T)], name: Option<&str>) -> Option<Span> {
    let mut named = entries.iter();
    let found = named.find(|it| Some(it.0.value.as_str()) == name);
    found.or(entries.first()).map(|it| it.0.span)
}
