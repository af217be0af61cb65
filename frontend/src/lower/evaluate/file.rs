//! `copy`, `add`, `file`, `mkdir`, `symlink`, `remove` and `workdir`.

use crate::diagnostic::Code;
use crate::expand::{Expanded, Input};
use crate::expr::Text;
use crate::git_url;
use crate::model::{self, Step};
use crate::text::Spanned;
use crate::units::{self, Malformed};

use super::super::action::{
    ActionKind, Copy, CopySource, Inline, Layering, Missing, Mkdir, Mode, Parents, Unpack,
};
use super::super::history::Layer;
use super::super::path;
use super::exec::content_name;
use super::mount::{mode, octal};
use super::text::{parsed, string, strings};
use super::{Context, Progress};

/// Reads a `copy`.
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
            line,
        },
    );
}

/// Reads a `file`: content, written to one path.
pub(crate) fn write(
    cx: &mut Context,
    at: &mut Progress,
    step: &Step<Expanded>,
    copy: &model::Copy<Expanded>,
) {
    self::copy(cx, at, step, copy);
}

/// Reads an `add`.
pub(crate) fn add(
    cx: &mut Context,
    at: &mut Progress,
    step: &Step<Expanded>,
    add: &model::Add<Expanded>,
) {
    let mut line = Line::new("ADD");
    let placement = placement(cx, at, &add.chown, add.chmod.as_ref(), add.link.as_ref());
    placement.write(&mut line);
    let mut sources = Vec::new();
    for source in &add.sources {
        match source {
            model::Source::Path(text) => {
                sources.extend(added_source(cx, at, add, text, &mut line));
            }
            model::Source::Content(content) => {
                sources.push(inline_source(cx, at, content, &mut line));
            }
        }
    }
    let exclude = strings(cx, &at.state, &add.exclude);
    finish(
        cx,
        at,
        step,
        add.to.as_ref(),
        Parts {
            sources,
            placement,
            exclude,
            line,
        },
    );
}

fn flag(flag: Option<&Spanned<bool>>) -> bool {
    flag.is_some_and(|flag| flag.value)
}

/// The text of a history entry while it is written.
struct Line(String);

impl Line {
    fn new(word: &str) -> Self {
        Self(word.to_owned())
    }

    fn word(&mut self, word: &str) {
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
struct Placement {
    owner: String,
    mode: Mode,
    shown_mode: String,
    layering: Layering,
}

impl Placement {
    fn write(&self, line: &mut Line) {
        if !self.owner.is_empty() {
            line.word(&format!("--chown={}", self.owner));
        }
        if self.mode != Mode::Keep {
            line.word(&format!("--chmod={}", self.shown_mode));
        }
    }
}

fn placement(
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
    if is_linked && let Some(text) = chown {
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

/// A linked copy knows no `/etc/passwd`, so BuildKit refuses names there.
fn refuse_names(cx: &mut Context, at: &Progress, chown: &Text) {
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

fn owner(cx: &mut Context, at: &Progress, text: &Text) -> String {
    match parsed(cx, &at.state, text, units::parse_user) {
        Some(_) => string(cx, &at.state, text),
        None => String::new(),
    }
}

/// What a copy or add is made of.
struct Parts {
    sources: Vec<CopySource>,
    placement: Placement,
    exclude: Vec<String>,
    line: Line,
}

fn finish(
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
        mut line,
    } = parts;
    let to = to.map_or_else(|| ".".to_owned(), |to| string(cx, &at.state, to));
    line.word(&to);
    if sources.is_empty() {
        return;
    }
    let kind = Copy {
        sources,
        to: path::destination(&at.state.dir, &to),
        owner: placement.owner,
        mode: placement.mode,
        exclude,
        layering: placement.layering,
    };
    at.push(cx, step, line.0.clone(), ActionKind::Copy(Box::new(kind)));
    at.record(cx, format!("{} # buildkit", line.0), Layer::Made);
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
    let pattern = path::join("/", pattern);
    let is_literal = !path::has_wildcards(pivot) && !path::has_wildcards(&pattern);
    let is_required = is_literal && how.missing == Missing::Error;
    CopySource::Files {
        from: how.from.clone(),
        path: path::join("/", pivot),
        unpack: Unpack::No,
        required: is_required.then(|| path::join("/", &format!("{pivot}/{pattern}"))),
        include: Some(pattern.trim_start_matches('/').to_owned()),
    }
}

fn inline_source(
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

/// Returns a source of an `add`: a path, an address or a repository.
fn added_source(
    cx: &mut Context,
    at: &Progress,
    add: &model::Add<Expanded>,
    text: &Text,
    line: &mut Line,
) -> Option<CopySource> {
    let written = string(cx, &at.state, text);
    line.word(&written);
    let unpack = add.unpack.as_ref().map(|flag| flag.value);
    match git_url::parse(&written) {
        Err(error) => {
            cx.diags
                .report(Code::BadValue, text.span, error.to_string());
            None
        }
        Ok(Some(url)) if !url.is_like_a_path => git_source(cx, at, add, text, url),
        _ if git_url::is_http(&written) => {
            let checksum = add.checksum.as_ref();
            let checksum = match checksum {
                Some(text) => Some(parsed(cx, &at.state, text, parse_digest)?),
                None => None,
            };
            let unpack = if unpack == Some(true) {
                Unpack::Yes
            } else {
                Unpack::No
            };
            let name = file_name(&written);
            Some(CopySource::Http {
                url: written,
                name,
                checksum,
                unpack,
            })
        }
        _ => {
            refuse_checksum(cx, add);
            let from = Input::Context(text.span);
            cx.uses(&from, &written);
            let unpack = if unpack == Some(false) {
                Unpack::No
            } else {
                Unpack::Yes
            };
            let path = path::join("/", &written);
            Some(CopySource::Files {
                from,
                path,
                unpack,
                include: None,
                required: None,
            })
        }
    }
}

/// Reads `algorithm:hex` as `opencontainers/go-digest` does.
fn parse_digest(text: &str) -> Result<String, Malformed> {
    let length = match text.split_once(':') {
        Some(("sha256", hex)) => Some((hex, 64)),
        Some(("sha384", hex)) => Some((hex, 96)),
        Some(("sha512", hex)) => Some((hex, 128)),
        _ => None,
    };
    let is_hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    match length {
        Some((hex, n)) if hex.len() == n && hex.chars().all(is_hex) => Ok(text.to_owned()),
        _ => Err(Malformed::new(
            format!("`{text}` is not a checksum"),
            "write the algorithm and the lower-case hex digits, such as sha256:e3b0…",
        )),
    }
}

fn refuse_checksum(cx: &mut Context, add: &model::Add<Expanded>) {
    if let Some(checksum) = &add.checksum {
        cx.diags
            .report(
                Code::BadValue,
                checksum.span,
                "`checksum` is for http and git sources",
            )
            .help("remove it: the build context is compared by content anyway");
    }
}

/// Returns the name of the file an address leads to.
fn file_name(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let path = rest.split_once('/').map_or("", |(_, path)| path);
    match path.trim_end_matches('/').rsplit('/').next() {
        Some("" | "." | "..") | None => "__unnamed__".to_owned(),
        Some(name) => percent_decoded(name),
    }
}

/// Returns a path segment of an address as Go's `url.Path` has it.
fn percent_decoded(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut idx = 0;
    while idx < bytes.len() {
        let byte = segment
            .get(idx + 1..idx + 3)
            .filter(|_| bytes[idx] == b'%')
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(byte.unwrap_or(bytes[idx]));
        idx += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap_or_else(|_| segment.to_owned())
}

fn git_source(
    cx: &mut Context,
    at: &Progress,
    add: &model::Add<Expanded>,
    text: &Text,
    mut url: git_url::GitUrl,
) -> Option<CopySource> {
    if let Some(keep) = &add.keep_git_dir {
        if url.keep_git_dir.is_some_and(|own| own != keep.value) {
            cx.diags
                .report(
                    Code::BadValue,
                    keep.span,
                    "`keep-git-dir` contradicts the address",
                )
                .secondary(text.span, "this address says otherwise");
            return None;
        }
        url.keep_git_dir = Some(keep.value);
    }
    if let Some(checksum) = &add.checksum {
        let own = string(cx, &at.state, checksum);
        if url.checksum.as_ref().is_some_and(|found| *found != own) {
            cx.diags
                .report(
                    Code::BadValue,
                    checksum.span,
                    "`checksum` contradicts the address",
                )
                .secondary(text.span, "this address says otherwise");
            return None;
        }
        url.checksum = Some(own);
    }
    Some(CopySource::Git(Box::new(url)))
}

/// Reads a `workdir`: made by and for the current user
/// (`dockerfile2llb/convert.go:dispatchWorkdir`, v0.32.2).
pub(crate) fn workdir(cx: &mut Context, at: &mut Progress, step: &Step<Expanded>, dir: &Text) {
    let written = string(cx, &at.state, dir);
    let dir = path::absolute(&at.state.config.config.working_dir, &written);
    at.config().config.working_dir.clone_from(&dir);
    at.state.dir.clone_from(&dir);
    let line = format!("WORKDIR {dir}");
    if dir == "/" {
        at.record(cx, line, Layer::None);
        return;
    }
    let kind = Mkdir {
        paths: vec![dir],
        mode: 0o755,
        owner: at.state.config.config.user.clone(),
        parents: Parents::Made,
        created: cx
            .options
            .epoch
            .map(|seconds| seconds.saturating_mul(1_000_000_000)),
    };
    at.push(
        cx,
        step,
        format!("WORKDIR {written}"),
        ActionKind::Mkdir(kind),
    );
    at.record(cx, line, Layer::Made);
}

/// Reads a `mkdir`.
pub(crate) fn mkdir(
    cx: &mut Context,
    at: &mut Progress,
    step: &Step<Expanded>,
    mkdir: &model::Mkdir<Expanded>,
) {
    let mut line = Line::new("MKDIR");
    let owner = mkdir
        .chown
        .as_ref()
        .map(|text| owner(cx, at, text))
        .unwrap_or_default();
    if !owner.is_empty() {
        line.word(&format!("--chown={owner}"));
    }
    let mode = match &mkdir.chmod {
        Some(text) => {
            line.word(&format!("--chmod={}", string(cx, &at.state, text)));
            parsed(cx, &at.state, text, units::parse_octal).map_or(0o755, octal)
        }
        None => 0o755,
    };
    let paths = strings(cx, &at.state, &mkdir.paths);
    paths.iter().for_each(|path| line.word(path));
    let has_parents = mkdir.parents.as_ref().is_none_or(|flag| flag.value);
    let kind = Mkdir {
        paths: paths.iter().map(|path| at.absolute(path)).collect(),
        mode,
        owner,
        parents: if has_parents {
            Parents::Made
        } else {
            Parents::MustExist
        },
        created: None,
    };
    at.push(cx, step, line.0.clone(), ActionKind::Mkdir(kind));
    at.record(cx, format!("{} # buildkit", line.0), Layer::Made);
}

/// Reads a `symlink`.
pub(crate) fn symlink(
    cx: &mut Context,
    at: &mut Progress,
    step: &Step<Expanded>,
    symlink: &model::Symlink<Expanded>,
) {
    let path = string(cx, &at.state, &symlink.path);
    let target = string(cx, &at.state, &symlink.target);
    let line = format!("SYMLINK {target} {path}");
    let kind = ActionKind::Symlink(at.absolute(&path), target);
    at.push(cx, step, line.clone(), kind);
    at.record(cx, format!("{line} # buildkit"), Layer::Made);
}

/// Reads a `remove`.
pub(crate) fn remove(
    cx: &mut Context,
    at: &mut Progress,
    step: &Step<Expanded>,
    remove: &model::Remove<Expanded>,
) {
    let mut line = Line::new("REMOVE");
    let mut paths = Vec::new();
    for text in &remove.paths {
        let written = string(cx, &at.state, text);
        line.word(&written);
        let path = at.absolute(&written);
        if path == "/" {
            cx.diags
                .report(Code::BadValue, text.span, "`/` cannot be removed")
                .help("name what is below it, or start from scratch");
            continue;
        }
        paths.push(path);
    }
    let missing = if flag(remove.optional.as_ref()) {
        Missing::Ignored
    } else {
        Missing::Error
    };
    at.push(cx, step, line.0.clone(), ActionKind::Remove(paths, missing));
    at.record(cx, format!("{} # buildkit", line.0), Layer::Made);
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_download_is_named_by_the_end_of_its_path() {
        let found: Vec<String> = [
            "https://example.com/a/tool.tar.gz?x=1#y",
            "https://example.com/",
            "https://example.com",
            "https://example.com/a%20b",
        ]
        .into_iter()
        .map(file_name)
        .collect();
        assert_eq!(found, ["tool.tar.gz", "__unnamed__", "__unnamed__", "a b"]);
    }
}
