//! `workdir`, `mkdir`, `symlink` and `remove`.

use crate::diagnostic::Code;
use crate::expand::Expanded;
use crate::expr::Text;
use crate::model::{self, Step};
use crate::units;

use super::super::action::{ActionKind, Freshness, Missing, Mkdir, Parents};
use super::super::history::Layer;
use super::super::path;
use super::copy::{Line, flag, owner};
use super::mount::octal;
use super::text::{parsed, path_of, string};
use super::{Context, Progress};

/// Reads a `workdir`: made by and for the current user
/// (`dockerfile2llb/convert.go:dispatchWorkdir`, v0.32.2).
pub(crate) fn workdir(cx: &mut Context, at: &mut Progress, step: &Step<Expanded>, dir: &Text) {
    let written = string(cx, &at.state, dir);
    let dir = path_of(cx, &at.state, &written, dir.span);
    let dir = path::directory(&at.state.image_dir(), &dir);
    at.state.set_image_dir(&dir);
    at.state.dir.clone_from(&dir);
    let line = format!("WORKDIR {dir}");
    if dir == "/" {
        at.record(line, Layer::None);
        return;
    }
    let kind = Mkdir {
        paths: vec![path::clean(&dir)],
        mode: 0o755,
        owner: at.state.config.config.user.clone(),
        parents: Parents::Made,
        created: cx
            .options
            .epoch
            .map(|seconds| seconds.saturating_mul(1_000_000_000)),
    };
    // Asked for as a whole, upstream makes it anew for no build.
    let asked = std::mem::replace(&mut at.freshness, Freshness::Cached);
    at.push(
        cx,
        step,
        format!("WORKDIR {written}"),
        ActionKind::Mkdir(kind),
    );
    at.freshness = asked;
    at.record(line, Layer::Made);
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
    let mut paths = Vec::new();
    for text in &mkdir.paths {
        let written = string(cx, &at.state, text);
        line.word(&written);
        paths.push(at.absolute(&path_of(cx, &at.state, &written, text.span)));
    }
    let has_parents = mkdir.parents.as_ref().is_none_or(|flag| flag.value);
    let kind = Mkdir {
        paths,
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
    at.record(format!("{} # buildkit", line.0), Layer::Made);
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
    let path = path_of(cx, &at.state, &path, symlink.path.span);
    let kind = ActionKind::Symlink(at.absolute(&path), target);
    at.push(cx, step, line.clone(), kind);
    at.record(format!("{line} # buildkit"), Layer::Made);
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
        let path = path_of(cx, &at.state, &written, text.span);
        let path = at.absolute(&path);
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
    at.record(format!("{} # buildkit", line.0), Layer::Made);
}
