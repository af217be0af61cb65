//! What a Dockerfile was read to becomes what a build file can say, and says well.
//!
//! In: the build and the comments of a Dockerfile. Out: a build that decodes from a build file,
//! with the same vertices and image config: every stage has a name, arguments are declared once,
//! commands are text as the Dockerfile has it, first and last instructions are keys of their stage,
//! and cache mounts that a preset stands for are the preset.

mod args;
mod check;
mod keys;
mod known;
mod mounts;
mod names;
mod open;
mod text;

use std::collections::BTreeSet;

use buildkit_llb::Platform;

use crate::diagnostic::{Code, Diagnostics};
use crate::expr::{Name, Piece, PlatformField, Template};
use crate::model::{Body, Build, Source, Value, Verb, Written};
use crate::text::{File, Spanned};

use super::Bases;
use super::comments::Comments;

/// Settles a build; returns the comments that are left, by their new places.
///
/// Reports `not-in-build-file` for what has no equal.
pub(super) fn settle(
    build: &mut Build,
    comments: &[Spanned<String>],
    file: &File,
    bases: Bases,
    diags: &mut Diagnostics,
) -> Comments {
    let mut comments = comments.to_vec();
    describe(build, &mut comments);
    check::settle(build, &mut comments);
    open::settle(build, diags);
    names::settle(build);
    args::settle(build);
    known::settle(build);
    for stage in &mut build.stages {
        platform(&mut stage.body);
        for step in stage.body.steps.iter_mut().flatten() {
            match &mut step.verb {
                Verb::Run(run) => {
                    text::settle(run, file, &mut comments);
                }
                Verb::Copy(copy) => files(&mut copy.to, &mut copy.sources),
                Verb::Add(add) => files(&mut add.to, &mut add.sources),
                Verb::Env(entries) | Verb::Label(entries) => {
                    twice(entries.iter().map(|it| &it.0), diags);
                }
                Verb::BuildEnv(entries) => twice(entries.iter().map(|it| &it.0), diags),
                Verb::Arg(args) => twice(args.iter().map(|it| &it.name), diags),
                _ => {}
            }
        }
    }
    mounts::settle(build, bases);
    let mut comments = Comments::of_dockerfile(&comments, build, file);
    keys::settle(build, &mut comments);
    comments
}

/// Takes the comments away that became descriptions.
fn describe(build: &Build, comments: &mut Vec<Spanned<String>>) {
    let mut described = Vec::new();
    described.extend(build.args.iter().filter_map(|arg| arg.description.as_ref()));
    for stage in &build.stages {
        described.extend(&stage.description);
        for step in stage.body.steps.iter().flatten() {
            if let Verb::Arg(args) = &step.verb {
                described.extend(args.iter().filter_map(|arg| arg.description.as_ref()));
            }
        }
    }
    let spans: Vec<_> = described.iter().map(|it| it.span).collect();
    comments.retain(|comment| !spans.contains(&comment.span));
}

/// Says where a stage runs in the words for it.
fn platform(body: &mut Body) {
    let Some(Value::Plain(template)) = &mut body.platform else {
        return;
    };
    if let Some(whole) = template.as_literal().and_then(whole) {
        *template = Template::literal(template.span, whole);
    }
    let name = match &*template.pieces {
        [Piece::Reference(it)] => Some(it.name.clone()),
        _ => None,
    };
    match name {
        Some(Name::Target(PlatformField::Platform)) => body.platform = None,
        Some(Name::Build(PlatformField::Platform)) => {
            *template = Template::literal(template.span, "build");
        }
        _ => {}
    }
}

/// Returns `linux/arm64` for `arm64`, which is that on every builder that runs Linux.
fn whole(text: &str) -> Option<String> {
    let on = |arch| Platform::parse(text, &Platform::new("linux", arch)).ok();
    let (one, other) = (on("amd64")?, on("arm64")?);
    (one == other && !text.contains('/')).then(|| one.format_all())
}

/// Leaves out what a `copy` or `add` need not say.
fn files(to: &mut Option<Value>, sources: &mut [Source<Written>]) {
    let is = |value: &Option<Value>, text: &str| {
        value.as_ref().and_then(Value::as_literal) == Some(text)
    };
    if is(to, ".") {
        *to = None;
    }
    for source in sources {
        if let Source::Content(content) = source
            && is(&content.name, "EOF")
        {
            content.name = None;
        }
    }
}

/// Reports a name that one instruction has twice: a map has each key once.
fn twice<'a>(names: impl Iterator<Item = &'a Spanned<String>>, diags: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name.value.as_str()) {
            let message = format!(
                "a build file has no two values of `{}` in one step",
                name.value
            );
            diags
                .report(Code::NotInBuildFile, name.span, message)
                .help("remove the first");
        }
    }
}
