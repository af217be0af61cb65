//! `copy` and `file`, and what `add` shares with them.

use crate::diagnostic::Code;
use crate::expand::{Expanded, Input};
use crate::expr::Text;
use crate::git_url;
use crate::image_name::ImageName;
use crate::model::{self, Step};
use crate::text::Spanned;
use crate::units;

use super::super::action::{ActionKind, Copy, CopySource, Inline, Layering, Missing, Mode, Unpack};
use super::super::history::Layer;
use super::super::path;
use super::exec::content_name;
use super::mount::{mode, octal};
use super::text::{meaning, parsed, path_of, string, strings};
use super::{Context, Progress, Rules};

/// Reads a `copy`, or a `file`, which is a copy of content to one path.
pub(crate) fn copy(
    cx: &mut Context,
    at: &mut Progress,
    step: &Step<Expanded>,
    copy: &model::Copy<Expanded>,
) {
    let from = copy.from.clone().unwrap_or(Input::Context(step.span));
    let has_parents = copy.parents.as_ref().is_some_and(|flag| flag.value);
    let how = How {
        from,
        missing: if flag(copy.optional.as_ref()) {
            Missing::Ignored
        } else {
            Missing::Error
        },
        tree: if has_parents {
            Tree::Parents
        } else {
            Tree::Flat
        },
    };
    let mut flags = origin(cx, copy.from.as_ref());
    flags.push_str(link_flag(copy.link.as_ref()));
    let mut line = Line::new("COPY");
    if has_parents {
        line.word("--parents");
    }
    let placement = placement(cx, at, &copy.chown, copy.chmod.as_ref(), copy.link.as_ref());
    placement.write(&mut line);
    let mut sources = Vec::new();
    for source in &copy.sources {
        sources.push(match source {
            model::Source::Path(text) => local_source(cx, at, text, &how, &mut line),
            model::Source::Content(content) => inline_source(cx, at, content, &mut line),
        });
    }
    let exclude = strings(cx, &at.state, &copy.exclude);
    finish(
        cx,
        at,
        step,
        copy.to.as_ref(),
        Parts {
            sources,
            placement,
            exclude,
            flags,
            line,
        },
    );
}

/// Returns ` --from=base`.
fn origin(cx: &Context, from: Option<&Input>) -> String {
    let name = match from {
        None | Some(Input::Context(_)) => return String::new(),
        Some(Input::Scratch) => "scratch",
        Some(Input::Stage(id, _)) => &cx.plan.stages[id.0].name.value,
        Some(Input::NamedContext(name)) => &name.value,
        Some(Input::Image(name)) => return format!(" --from={}", familiar(&name.value)),
    };
    format!(" --from={name}")
}

/// Returns the name of an image as people write it.
fn familiar(name: &str) -> String {
    let familiar = ImageName::parse(name).map_or_else(|_| name.to_owned(), |it| it.familiar());
    match familiar.strip_suffix(":latest") {
        Some(short) => short.to_owned(),
        None => familiar,
    }
}

pub(super) fn link_flag(link: Option<&Spanned<bool>>) -> &'static str {
    if flag(link) { " --link" } else { "" }
}

pub(super) fn flag(flag: Option<&Spanned<bool>>) -> bool {
    flag.is_some_and(|flag| flag.value)
}

/// The text of a history entry while it is written.
pub(super) struct Line(pub(super) String);

impl Line {
    pub(super) fn new(word: &str) -> Self {
        Self(word.to_owned())
    }

    pub(super) fn word(&mut self, word: &str) {
        self.0.push(' ');
        self.0.push_str(word);
    }
}

/// Where sources of a copy are, and what else holds for all of them.
struct How {
    from: Input,
    missing: Missing,
    tree: Tree,
}

/// Whether the sources' directories are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tree {
    Flat,
    Parents,
}

/// Owner, mode and layering, as evaluated.
pub(super) struct Placement {
    owner: String,
    mode: Mode,
    shown_mode: String,
    layering: Layering,
}

impl Placement {
    pub(super) fn write(&self, line: &mut Line) {
        if !self.owner.is_empty() {
            line.word(&format!("--chown={}", self.owner));
        }
        if self.mode != Mode::Keep {
            line.word(&format!("--chmod={}", self.shown_mode));
        }
    }
}

pub(super) fn placement(
    cx: &mut Context,
    at: &Progress,
    chown: &Option<Text>,
    chmod: Option<&Text>,
    link: Option<&Spanned<bool>>,
) -> Placement {
    let owner = chown
        .as_ref()
        .map(|text| owner(cx, at, text))
        .unwrap_or_default();
    let shown_mode = chmod
        .map(|text| string(cx, &at.state, text))
        .unwrap_or_default();
    let mode = match chmod.and_then(|text| mode(cx, &at.state, text)) {
        None => Mode::Keep,
        Some(units::Mode::Octal(mode)) => Mode::Octal(octal(mode)),
        Some(units::Mode::Symbolic(mode)) => Mode::Symbolic(mode),
    };
    let is_linked = flag(link) && mode == Mode::Keep;
    if is_linked
        && cx.rules == Rules::BuildFile
        && let Some(text) = chown
    {
        refuse_names(cx, at, text);
    }
    let layering = if is_linked {
        Layering::Linked
    } else {
        Layering::Into
    };
    Placement {
        owner,
        mode,
        shown_mode,
        layering,
    }
}

/// A linked copy knows no `/etc/passwd`, so BuildKit refuses names there; those that are written are
/// found before.
fn refuse_names(cx: &mut Context, at: &Progress, chown: &Text) {
    if chown.as_literal().is_none() {
        return;
    }
    let Some(owner) = parsed(cx, &at.state, chown, units::parse_user) else {
        return;
    };
    let name = [Some(owner.user), owner.group]
        .into_iter()
        .flatten()
        .find_map(|half| match half {
            units::Principal::Name(name) => Some(name),
            units::Principal::Id(_) => None,
        });
    if let Some(name) = name {
        let message = format!("`link` cannot look up the owner `{name}`");
        cx.diags
            .report(Code::BadValue, chown.span, message)
            .label("a linked copy does not see the image's users")
            .help("write numbers, such as 1000:1000, or remove `link`");
    }
}

pub(super) fn owner(cx: &mut Context, at: &Progress, text: &Text) -> String {
    let owner = string(cx, &at.state, text);
    if text.as_literal().is_none() && lacks_half(&owner) {
        return owner;
    }
    // One that names an unknown variable is passed over.
    if owner.contains("${{") {
        return String::new();
    }
    if cx.rules == Rules::Dockerfile {
        return owner;
    }
    let meant = meaning(cx, &owner, text.span, units::parse_user);
    meant.map(|_| owner).unwrap_or_default()
}

/// Tells whether variables left nothing of an owner, or of a half of it, which is 0 then
/// (`client/llb/fileop.go:WithUser`, v0.32.2).
fn lacks_half(owner: &str) -> bool {
    let halves = owner.split_once(':');
    owner.is_empty() || halves.is_some_and(|(user, group)| user.is_empty() || group.is_empty())
}

/// What a copy or add is made of.
pub(super) struct Parts {
    pub(super) sources: Vec<CopySource>,
    pub(super) placement: Placement,
    pub(super) exclude: Vec<String>,
    /// What the log shows and the history does not, with a space before each word.
    pub(super) flags: String,
    pub(super) line: Line,
}

pub(super) fn finish(
    cx: &mut Context,
    at: &mut Progress,
    step: &Step<Expanded>,
    to: Option<&Text>,
    parts: Parts,
) {
    let Parts {
        sources,
        placement,
        exclude,
        flags,
        mut line,
    } = parts;
    let written = to.map_or_else(|| ".".to_owned(), |to| string(cx, &at.state, to));
    line.word(&written);
    if sources.is_empty() {
        return;
    }
    let span = to.map_or(step.span, |to| to.span);
    let to = path_of(cx, &at.state, &written, span);
    let kind = Copy {
        sources,
        to: path::destination(&at.state.dir, &to),
        owner: placement.owner,
        mode: placement.mode,
        exclude,
        layering: placement.layering,
    };
    let exclusions = kind.exclude.iter().map(|it| format!(" --exclude={it}"));
    let flags = flags + &exclusions.collect::<String>();
    let mut shown = line.0.clone();
    shown.insert_str(shown.find(' ').unwrap_or(shown.len()), &flags);
    at.push(cx, step, shown, ActionKind::Copy(Box::new(kind)));
    at.record(format!("{} # buildkit", line.0), Layer::Made);
}

/// Returns a source in the build context, a stage or an image.
fn local_source(
    cx: &mut Context,
    at: &Progress,
    text: &Text,
    how: &How,
    line: &mut Line,
) -> CopySource {
    let written = string(cx, &at.state, text);
    line.word(&written);
    refuse_remote(cx, text, &written);
    // The Dockerfile frontend asks the client for the path as it is written, so that none with a
    // backslash is found (`dockerfile2llb/convert.go:dispatch`, v0.32.2).
    let written = path_of(cx, &at.state, &written, text.span);
    cx.uses(&how.from, &written);
    if how.tree == Tree::Parents {
        return parents_source(&written, how);
    }
    let path = path::join("/", &written);
    let path = if how.missing == Missing::Ignored {
        path::optional_glob(&path)
    } else {
        path
    };
    CopySource::Files {
        from: how.from.clone(),
        path,
        unpack: Unpack::No,
        include: None,
        required: None,
    }
}

fn refuse_remote(cx: &mut Context, text: &Text, written: &str) {
    let is_git = matches!(git_url::parse(written), Ok(Some(url)) if !url.is_like_a_path);
    if is_git || git_url::is_http(written) {
        let message = format!("`copy` does not download `{written}`");
        cx.diags
            .report(Code::CopyDownloads, text.span, message)
            .help("use `add` for it");
    }
}

/// Directories are kept below the pivot `/./`, else all of them
/// (`dockerfile2llb/convert_copy.go:dispatchCopy`, v0.32.2).
fn parents_source(written: &str, how: &How) -> CopySource {
    let (pivot, pattern) = written.split_once("/./").unwrap_or(("/", written));
    let pattern = path::directory("/", pattern);
    let is_literal = !path::has_wildcards(pivot) && !path::has_wildcards(&pattern);
    let is_required = is_literal && how.missing == Missing::Error;
    CopySource::Files {
        from: how.from.clone(),
        path: path::join("/", pivot),
        unpack: Unpack::No,
        required: is_required.then(|| path::join("/", &format!("{pivot}/{pattern}"))),
        include: Some(pattern.strip_prefix('/').unwrap_or(&pattern).to_owned()),
    }
}

pub(super) fn inline_source(
    cx: &mut Context,
    at: &Progress,
    content: &model::Content<Expanded>,
    line: &mut Line,
) -> CopySource {
    let name = content_name(cx, &at.state, content);
    line.word(&format!("<<{name}"));
    let data = string(cx, &at.state, &content.content).into_bytes();
    CopySource::Inline(Inline {
        name,
        mode: 0o644,
        data,
    })
}
