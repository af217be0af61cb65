//! `add`: paths whose archives are unpacked, downloads, repositories.

use crate::diagnostic::Code;
use crate::expand::{Expanded, Input};
use crate::expr::Text;
use crate::git_url;
use crate::model::{self, Step};
use crate::units::Malformed;

use super::super::action::{CopySource, Unpack};
use super::super::path;
use super::copy::{Line, Parts, finish, inline_source, link_flag, placement};
use super::text::{meaning, path_of, string, strings};
use super::{Context, Progress, Rules};

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
    let checksum = add.checksum.as_ref();
    let checksum = checksum.map(|text| string(cx, &at.state, text));
    let flags = flags(add, checksum.as_deref());
    let mut own = Own {
        keep_git_dir: add.keep_git_dir.as_ref().map(|keep| keep.value),
        checksum,
    };
    if cx.rules == Rules::Dockerfile {
        own.checksum = own.checksum.filter(|checksum| !checksum.is_empty());
        one_source(cx, add, &own);
    }
    let mut sources = Vec::new();
    for source in &add.sources {
        match source {
            model::Source::Path(text) => {
                sources.extend(added_source(cx, (at, add, &mut own), text, &mut line));
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
            flags,
            line,
        },
    );
}

/// Returns what the log shows of an `add` beside its sources: ` --unpack --keep-git-dir`.
fn flags(add: &model::Add<Expanded>, checksum: Option<&str>) -> String {
    let mut flags = link_flag(add.link.as_ref()).to_owned();
    let switches = [("unpack", &add.unpack), ("keep-git-dir", &add.keep_git_dir)];
    for (name, switch) in switches {
        match switch.as_ref().map(|switch| switch.value) {
            Some(true) => flags += &format!(" --{name}"),
            Some(false) => flags += &format!(" --{name}=false"),
            None => {}
        }
    }
    if let Some(checksum) = checksum {
        flags += &format!(" --checksum={checksum}");
    }
    flags
}

/// What is asked of downloads.
struct Own {
    keep_git_dir: Option<bool>,
    checksum: Option<String>,
}

/// Reports a checksum of several sources.
fn one_source(cx: &mut Context, add: &model::Add<Expanded>, own: &Own) {
    let is_path = |source: &&model::Source<Expanded>| matches!(source, model::Source::Path(_));
    if let Some(checksum) = &add.checksum
        && own.checksum.is_some()
        && add.sources.iter().filter(is_path).count() != 1
    {
        let message = "checksum can't be specified for multiple sources";
        cx.diags.report(Code::BadValue, checksum.span, message);
    }
}

/// Returns a source of an `add`: a path, an address or a repository.
fn added_source(
    cx: &mut Context,
    (at, add, own): (&Progress, &model::Add<Expanded>, &mut Own),
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
        Ok(Some(url)) if !url.is_like_a_path => {
            let is_web = written.starts_with("http://") || written.starts_with("https://");
            // Its name is taken for a path, too (`dockerfile2llb/convert.go:dispatch`, v0.32.2).
            if cx.rules == Rules::Dockerfile && !is_web {
                cx.uses(&Input::Context(text.span), &written);
            }
            git_source(cx, (add, own), text, url)
        }
        _ if git_url::is_http(&written) => {
            let span = add.checksum.as_ref().map_or(text.span, |it| it.span);
            let checksum = match &own.checksum {
                Some(checksum) => Some(meaning(cx, checksum, span, parse_digest)?),
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
            refuse_checksum(cx, add, own);
            let from = Input::Context(text.span);
            cx.uses(&from, &written);
            let written = path_of(cx, &at.state, &written, text.span);
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

fn refuse_checksum(cx: &mut Context, add: &model::Add<Expanded>, own: &Own) {
    if let Some(checksum) = add.checksum.as_ref().filter(|_| own.checksum.is_some()) {
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
    (add, own): (&model::Add<Expanded>, &mut Own),
    text: &Text,
    mut url: git_url::GitUrl,
) -> Option<CopySource> {
    if let Some(keep) = own.keep_git_dir {
        if url.keep_git_dir.is_some_and(|own| own != keep) {
            let span = add.keep_git_dir.as_ref().map_or(text.span, |it| it.span);
            cx.diags
                .report(
                    Code::BadValue,
                    span,
                    "`keep-git-dir` contradicts the address",
                )
                .secondary(text.span, "this address says otherwise");
            return None;
        }
        url.keep_git_dir = Some(keep);
    }
    if let Some(checksum) = &own.checksum {
        if url.checksum.as_ref().is_some_and(|found| found != checksum) {
            let span = add.checksum.as_ref().map_or(text.span, |it| it.span);
            cx.diags
                .report(Code::BadValue, span, "`checksum` contradicts the address")
                .secondary(text.span, "this address says otherwise");
            return None;
        }
        url.checksum = Some(checksum.clone());
    }
    // What an address says holds for those after it
    // (`dockerfile2llb/convert_copy.go:dispatchCopy`, v0.32.2).
    if cx.rules == Rules::Dockerfile {
        own.keep_git_dir = url.keep_git_dir.or(own.keep_git_dir);
        own.checksum = url.checksum.clone().or(own.checksum.take());
    }
    Some(CopySource::Git(Box::new(url)))
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
