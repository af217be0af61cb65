//! Where bytes come from: bases, other stages, images, the build context.

use buildkit_llb::{Image, Local, Output, Platform, Vertex};

use crate::expand::{Input, StageId};

use super::super::ResolvedConfig;
use super::{Context, Steps};

/// Returns the filesystem that a stage starts from.
pub(crate) fn base(cx: &mut Context, steps: &mut Steps, name: &str) -> Option<Output> {
    let platform = steps.stage.platform.clone();
    let pinned = pinned(cx, name, &platform);
    let title = steps.next(cx, &format!("FROM {pinned}"));
    let location = cx.location(steps.stage.base_span);
    let vertex = image(cx, name, &platform)?;
    let vertex = vertex
        .name(title)
        .describe("com.docker.dockerfile.v1.command", format!("FROM {name}"))
        .location(location);
    Some(cx.graph.add(vertex).output(0))
}

/// Returns the filesystem that a `from` names.
pub(crate) fn input(cx: &mut Context, input: &Input) -> Option<Output> {
    match input {
        Input::Scratch | Input::NamedContext(_) => None,
        Input::Stage(StageId(idx), _) => {
            cx.outputs[*idx].expect("plan: stages come after what they use")
        }
        Input::Image(name) => {
            let platform = cx.plan.target.clone();
            let location = cx.location(name.span);
            let title = format!("FROM {}", pinned(cx, &name.value, &platform));
            let vertex = image(cx, &name.value, &platform)?
                .name(title)
                .location(location);
            Some(cx.graph.add(vertex).output(0))
        }
        Input::Context(_) => Some(build_context(cx)),
    }
}

fn pinned(cx: &Context, name: &str, platform: &Platform) -> String {
    let image = cx.resolved.get(name, platform);
    image.map_or_else(|| name.to_owned(), |image| image.pinned.clone())
}

/// Returns an image; nothing for one without layers.
fn image(cx: &Context, name: &str, platform: &Platform) -> Option<Vertex> {
    if let ResolvedConfig::Known(config, _) = cx.resolved.config(name, platform)
        && config.has_no_layers()
    {
        return None;
    }
    let image = Image::new(pinned(cx, name, platform));
    let image = image.resolve_mode(cx.options.resolve_mode);
    Some(Vertex::new(image).platform(platform.clone()))
}

/// Returns the build context: of it, only what steps use is sent, unless one uses all
/// (`dockerfile2llb/convert.go:filterPaths`, v0.32.2).
fn build_context(cx: &mut Context) -> Output {
    if let Some(output) = cx.build_context {
        return output;
    }
    let options = &cx.options.context;
    let paths = &cx.evaluated.context_paths;
    let mut local = Local::new(options.name.clone())
        .shared_key_hint(options.shared_key_hint.clone())
        .exclude(&options.exclude);
    if !options.session.is_empty() {
        local = local.session(options.session.clone());
    }
    if !paths.contains("/") {
        let paths: Vec<&str> = paths
            .iter()
            .map(|path| path.trim_start_matches('/'))
            .collect();
        local = local.follow(&paths);
    }
    let vertex = Vertex::new(local).name("[internal] load build context");
    let output = cx.graph.add(vertex).output(0);
    cx.build_context = Some(output);
    output
}
