//! Copies, directories, links and removals become file ops.

use buildkit_llb::file::{
    Copy as CopyAction, Mkdir as MkdirAction, Mkfile, Owner, Remove, Symlink,
};
use buildkit_llb::{File, GroupWeight, Http, Merge, Output, Vertex};

use super::super::action::{
    CacheOwner, Copy, CopySource, Heading, Inline, Layering, Missing, Mkdir, Mode, Parents,
    TRIGGER, Unpack,
};
use super::super::git::git;
use super::super::{need, path};
use super::exec::inline_file;
use super::{Context, Steps, source};
use crate::diagnostic::Code;
use crate::expand::Input;
use crate::text::Span;

/// Emits a copy: one file op with an action per source; a linked one on nothing, then merged.
pub(crate) fn copy(
    cx: &mut Context,
    steps: &mut Steps,
    action: &Heading,
    copy: &Copy,
    below: Option<Output>,
) -> Option<Output> {
    let name = steps.next(cx, &action.title());
    let is_linked = copy.layering == Layering::Linked && cx.options.caps.has("mergeop");
    let mut op = File::on(if is_linked { None } else { below });
    for source in &copy.sources {
        let made = copy_action(cx, action, copy, source, &name);
        op = op.copy(made);
    }
    let vertex = cx.vertex(action, op, &name);
    if !is_linked {
        return Some(cx.graph.add(vertex).output(0));
    }
    let vertex = vertex.progress_group(steps.group(&name, GroupWeight::Weak));
    let layer = cx.graph.add(vertex).output(0);
    let Some(below) = below else {
        return Some(layer);
    };
    let group = steps.group(&name, GroupWeight::Full);
    let name = linked(&name);
    let merge = cx
        .vertex(action, Merge::new([below, layer]), &name)
        .progress_group(group);
    Some(cx.graph.add(merge).output(0))
}

/// Returns the name of the step that puts a linked copy into its place.
fn linked(name: &str) -> String {
    let Some((place, what)) = name.split_once("] ") else {
        return name.to_owned();
    };
    let (trigger, what) = match what.strip_prefix(TRIGGER) {
        Some(what) => (TRIGGER, what),
        None => ("", what),
    };
    format!("{place}] {trigger}LINK {what}")
}

/// Returns one source's action (`dockerfile2llb/convert_copy.go:dispatchCopy`, v0.32.2).
fn copy_action(
    cx: &mut Context,
    action: &Heading,
    copy: &Copy,
    source: &CopySource,
    name: &str,
) -> CopyAction {
    let location = cx.location(action.span);
    let span = action.span;
    let action = match source {
        CopySource::Files {
            from,
            path,
            unpack,
            include,
            required,
        } => {
            let from = source::input(cx, from);
            let required = required.clone().filter(|_| checks_paths(cx, span));
            let action = CopyAction::new(from, path, &copy.to)
                .follow_symlink()
                .dir_contents()
                .allow_wildcard()
                .allow_empty_wildcard()
                .include(include.clone())
                .require(required);
            unpacked(action, *unpack)
        }
        CopySource::Inline(inline) => {
            let from = inline_file(cx, inline);
            CopyAction::new(from, &inline.name, &copy.to)
        }
        CopySource::Http {
            url,
            name: file,
            checksum,
            unpack,
        } => {
            let mut http = Http::new(url.clone()).filename(file.clone());
            if let Some(checksum) = checksum {
                http = http.checksum(checksum.clone());
            }
            let from = cx
                .graph
                .add(Vertex::new(http).name(name).location(location));
            let from = from.output(0);
            unpacked(CopyAction::new(from, file, &copy.to), *unpack)
        }
        CopySource::Git(url) => {
            let vertex = Vertex::new(git(url)).name(name).location(location);
            cx.check_source(&vertex, span);
            let from = cx.graph.add(vertex).output(0);
            CopyAction::new(from, "/", &copy.to)
        }
    };
    with_rights(cx, action, copy, span)
}

/// Adds what holds for every source: what is left out, mode and owner.
fn with_rights(cx: &mut Context, action: CopyAction, copy: &Copy, span: Span) -> CopyAction {
    let action = action
        .create_dest_path()
        .exclude(copy.exclude.iter().cloned());
    let action = match &copy.mode {
        Mode::Keep => action,
        Mode::Octal(mode) => action.mode(mode.cast_unsigned()),
        Mode::Symbolic(mode) => {
            cx.need(&need::SYMBOLIC_MODE, span);
            action.symbolic_mode(mode.clone())
        }
    };
    if copy.owner.is_empty() {
        action
    } else {
        action.owner(Owner::parse(&copy.owner))
    }
}

/// Tells whether the daemon notices that a path is missing; of one that does not, the user is told.
fn checks_paths(cx: &mut Context, span: Span) -> bool {
    let can_check = cx.options.caps.has("file.copy.requiredpaths");
    if !can_check {
        let message = "this builder does not notice if the path is missing";
        cx.diags
            .report(Code::UncheckedPaths, span, message)
            .help("use BuildKit 0.26 or later, or write `required: false`");
    }
    can_check
}

fn unpacked(action: CopyAction, unpack: Unpack) -> CopyAction {
    match unpack {
        Unpack::Yes => action.unpack(),
        Unpack::No => action,
    }
}

/// Emits directories.
pub(crate) fn mkdir(
    cx: &mut Context,
    steps: &mut Steps,
    action: &Heading,
    mkdir: &Mkdir,
    below: Option<Output>,
) -> Option<Output> {
    let name = steps.next(cx, &action.title());
    let mut op = File::on(below);
    for path in mkdir.paths.iter().filter(|path| *path != "/") {
        let mut made = MkdirAction::new(path, mkdir.mode.cast_unsigned());
        if mkdir.parents == Parents::Made {
            made = made.parents();
        }
        if !mkdir.owner.is_empty() {
            made = made.owner(Owner::parse(&mkdir.owner));
        }
        if let Some(created) = mkdir.created {
            made = made.timestamp(created);
        }
        op = op.mkdir(made);
    }
    let vertex = cx.vertex(action, op, &name);
    Some(cx.graph.add(vertex).output(0))
}

/// Emits a link: its path and its target.
pub(crate) fn symlink(
    cx: &mut Context,
    steps: &mut Steps,
    action: &Heading,
    (path, target): (&str, &str),
    below: Option<Output>,
) -> Output {
    let name = steps.next(cx, &action.title());
    cx.need(&need::SYMLINK, action.span);
    let mut op = File::on(below);
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    if !parent.is_empty() {
        op = op.mkdir(MkdirAction::new(parent, 0o755).parents());
    }
    let op = op.symlink(Symlink::new(target, path));
    let vertex = cx.vertex(action, op, &name);
    cx.graph.add(vertex).output(0)
}

/// Emits removals; from nothing, nothing can be removed.
pub(crate) fn remove(
    cx: &mut Context,
    steps: &mut Steps,
    action: &Heading,
    (paths, missing): (&[String], Missing),
    below: Option<Output>,
) -> Option<Output> {
    let name = steps.next(cx, &action.title());
    let mut op = File::on(below);
    for path in paths {
        let mut removed = Remove::new(path);
        if path::has_wildcards(path) {
            removed = removed.allow_wildcard();
        }
        if missing == Missing::Ignored {
            removed = removed.allow_not_found();
        }
        op = op.remove(removed);
    }
    let vertex = cx.vertex(action, op, &name);
    Some(cx.graph.add(vertex).output(0))
}

/// Returns the op that makes a file from the build file.
pub(crate) fn mkfile(inline: &Inline) -> File {
    let path = format!("/{}", inline.name);
    File::on(None).mkfile(Mkfile::new(
        &path,
        inline.mode.cast_unsigned(),
        inline.data.clone(),
    ))
}

/// Returns a filesystem with one file of the context, executable for everybody.
pub(crate) fn executable(cx: &mut Context, steps: &Steps, action: &Heading, path: &str) -> Output {
    let from = source::input(cx, &Input::Context(steps.stage.span));
    let dest = format!("/{}", path::base_name(path));
    let copy = CopyAction::new(from, path, &dest)
        .follow_symlink()
        .create_dest_path()
        .mode(0o755);
    let vertex = Vertex::new(File::on(None).copy(copy))
        .name("[internal] preparing script")
        .location(cx.location(action.span));
    cx.graph.add(vertex).output(0)
}

/// Returns the op that makes `/cache` for an owner, whose name is looked up in `root`.
pub(crate) fn cache_directory(
    owner: &CacheOwner,
    seed: Option<Output>,
    root: Option<Output>,
) -> File {
    let mut by = Owner::parse(&owner.owner);
    if owner.is_named {
        by = by.known_to(root);
    } else if by.group.is_none() {
        by.group.clone_from(&by.user);
    }
    File::on(seed).mkdir(MkdirAction::new("/cache", owner.mode.cast_unsigned()).owner(by))
}
