//! Where bytes come from: bases, other stages, images, the build context.

use std::collections::BTreeSet;
use std::sync::Arc;

use buildkit_llb::{Image, Local, Output, Platform, Vertex};

use crate::expand::{Input, StageId};
use crate::text::{Span, Spanned};

use super::super::ResolvedConfig;
use super::super::evaluate::BUILD_CONTEXT;
use super::super::options::{ContextSource, LocalContext};
use super::{Context, Steps};

/// Returns the filesystem that a stage starts from.
pub(crate) fn base(cx: &mut Context, steps: &mut Steps, name: &str) -> Option<Output> {
    let platform = Arc::clone(&steps.stage.base_platform);
    let pinned = pinned(cx, name, &platform);
    let title = steps.next(cx, &format!("FROM {pinned}"));
    // In a Dockerfile all of the FROM is marked.
    let location = cx.location(match steps.stage.command {
        Some(_) => steps.stage.span,
        None => steps.stage.base_span,
    });
    let written = steps.stage.command.clone();
    let command = written.unwrap_or_else(|| format!("FROM {name}"));
    let vertex = image(cx, name, &platform)?;
    let vertex = vertex
        .name(title)
        .describe("com.docker.dockerfile.v1.command", command)
        .location(location);
    Some(cx.graph.add(vertex).output(0))
}

/// Returns the filesystem that a `from` names.
pub(crate) fn input(cx: &mut Context, input: &Input) -> Option<Output> {
    match input {
        Input::Scratch => None,
        Input::Stage(StageId(idx), _) => {
            cx.outputs[*idx].expect("plan: stages come after what they use")
        }
        Input::Image(name) => {
            let platform = cx.plan.target.clone();
            // In a Dockerfile all of the instruction is marked.
            let span = cx.step.filter(|_| cx.is_dockerfile);
            let location = cx.location(span.unwrap_or(name.span));
            let title = format!("FROM {}", pinned(cx, &name.value, &platform));
            let mut vertex = image(cx, &name.value, &platform)?.name(title);
            if cx.is_dockerfile {
                vertex = vertex.describe("com.docker.dockerfile.v1.command", "");
            }
            Some(cx.graph.add(vertex.location(location)).output(0))
        }
        Input::Context(span) => build_context(cx, *span),
        Input::NamedContext(name) => {
            let platform = cx.plan.target.clone();
            named_context(cx, name, &platform)
        }
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

fn build_context(cx: &mut Context, span: Span) -> Option<Output> {
    let options = cx.options;
    let target = cx.plan.target.clone();
    context(cx, (BUILD_CONTEXT, target), &options.context, span)
}

/// Returns a named context; nothing for one that nobody looked at.
pub(crate) fn named_context(
    cx: &mut Context,
    name: &Spanned<String>,
    platform: &Platform,
) -> Option<Output> {
    let resolved = cx.resolved;
    let found = resolved.context(&name.value, platform)?;
    context(
        cx,
        (&name.value, platform.clone()),
        &found.source,
        name.span,
    )
}

/// Returns a context. `span` is where it is used, for what fails.
fn context(
    cx: &mut Context,
    (key, platform): (&str, Platform),
    source: &ContextSource,
    span: Span,
) -> Option<Output> {
    let id = (key.to_owned(), platform);
    if let Some(output) = cx.contexts.get(&id) {
        return *output;
    }
    let output = match source {
        ContextSource::Nothing => None,
        ContextSource::Local(directory) => {
            let local = local(directory, cx.context_paths.of(key));
            let vertex = Vertex::new(local).name(directory.title.clone());
            Some(cx.graph.add(vertex).output(0))
        }
        ContextSource::Fetched(vertex) => {
            cx.check_source(vertex, span);
            let location = cx.location(span);
            let vertex = vertex.as_ref().clone().location(location);
            Some(cx.graph.add(vertex).output(0))
        }
        ContextSource::Given(definition) => {
            let output = cx.graph.import(definition);
            output.expect("load: a given definition can be read")
        }
    };
    cx.contexts.insert(id, output);
    output
}

/// Returns a directory of the client: of it, only what steps use is sent, unless one uses all
/// (`dockerfile2llb/convert.go:filterPaths`, v0.32.2).
fn local(directory: &LocalContext, paths: Option<&BTreeSet<String>>) -> Local {
    let mut local = Local::new(directory.name.clone())
        .shared_key_hint(directory.shared_key_hint.clone())
        .exclude(&directory.exclude);
    if !directory.session.is_empty() {
        local = local.session(directory.session.clone());
    }
    match paths {
        None => local,
        Some(paths) => {
            let paths = paths.iter().map(|path| path.trim_start_matches('/'));
            let paths: Vec<&str> = paths.collect();
            local.follow(&paths)
        }
    }
}
