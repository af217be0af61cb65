//! `add-for-copy`: `add` unpacks and downloads; where it does neither, `copy` says so.

use crate::expand::{Expanded, StageId};
use crate::lint::chain::{Cx, steps};
use crate::lint::sink::Sink;
use crate::lower::path::has_wildcards;
use crate::model::{Source, Verb};
use crate::text::Span;

/// What names of archives hold.
const ARCHIVES: &[&str] = &[
    ".tar", ".tgz", ".tbz", ".txz", ".tzst", ".gz", ".bz2", ".xz", ".zst", ".lzma",
];

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    for step in steps(cx.stage(id)) {
        let Verb::Add(add) = &step.verb else { continue };
        let is_asked = add.unpack.is_some_and(|unpack| unpack.value) || add.checksum.is_some();
        let is_plain = |source: &Source<Expanded>| match source {
            Source::Content(_) => true,
            Source::Path(path) => path.as_literal().is_some_and(is_plain_path),
        };
        if is_asked || !add.sources.iter().all(is_plain) {
            continue;
        }
        let key = cx.narrow(step.span, "add:");
        let span = Span {
            end: key.end.min(key.start + 3),
            ..key
        };
        sink.enter_step(step)
            .report(span, "`add` does nothing here that `copy` does not")
            .label("nothing to unpack or to download")
            .help("write `copy`");
    }
}

/// Tells whether a path is one of the context and no archive.
fn is_plain_path(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let is_remote = lower.contains("://") || lower.starts_with("git@");
    !is_remote && !has_wildcards(path) && !ARCHIVES.iter().any(|end| lower.contains(end))
}
