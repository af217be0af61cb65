//! `copy`, `file` and `add`.

use crate::model::{Add, Content, Copy, Source, Value, Written};
use crate::text::{Span, Spanned};

use super::step::json_word;
use super::{Cx, exec, words};

/// Writes a `copy` or a `file`.
pub(super) fn copy(cx: &mut Cx<'_>, copy: &Copy<Written>, span: Span) {
    cx.no_key("optional", copy.optional.as_ref().map(|it| it.span));
    let mut flags = String::new();
    if let Some(from) = &copy.from {
        flags += &format!("--from={} ", cx.literal(&from.name));
    }
    owner(cx, &copy.chown, &copy.chmod, &mut flags);
    flag("link", copy.link.as_ref(), &mut flags);
    flag("parents", copy.parents.as_ref(), &mut flags);
    exclude(cx, &copy.exclude, &mut flags);
    places(cx, "COPY", flags, &copy.sources, copy.to.as_ref(), span);
}

/// Writes an `add`.
pub(super) fn add(cx: &mut Cx<'_>, add: &Add<Written>, span: Span) {
    let mut flags = String::new();
    if let Some(checksum) = &add.checksum {
        flags += &format!("--checksum={} ", cx.word(checksum));
    }
    flag("unpack", add.unpack.as_ref(), &mut flags);
    flag("keep-git-dir", add.keep_git_dir.as_ref(), &mut flags);
    owner(cx, &add.chown, &add.chmod, &mut flags);
    flag("link", add.link.as_ref(), &mut flags);
    exclude(cx, &add.exclude, &mut flags);
    places(cx, "ADD", flags, &add.sources, add.to.as_ref(), span);
}

fn owner(cx: &mut Cx<'_>, chown: &Option<Value>, chmod: &Option<Value>, flags: &mut String) {
    for (flag, value) in [("chown", chown), ("chmod", chmod)] {
        if let Some(value) = value {
            *flags += &format!("--{flag}={} ", cx.word(value));
        }
    }
}

fn flag(name: &str, value: Option<&Spanned<bool>>, flags: &mut String) {
    match value {
        None => {}
        Some(it) if it.value => *flags += &format!("--{name} "),
        Some(_) => *flags += &format!("--{name}=false "),
    }
}

fn exclude(cx: &mut Cx<'_>, patterns: &[Value], flags: &mut String) {
    for pattern in patterns {
        *flags += &format!("--exclude={} ", cx.literal(pattern));
    }
}

fn places(
    cx: &mut Cx<'_>,
    instruction: &str,
    flags: String,
    sources: &[Source<Written>],
    to: Option<&Value>,
    span: Span,
) {
    let flags = exec::plain(cx, flags, span);
    let mut paths = Vec::new();
    let mut contents: Vec<&Content<Written>> = Vec::new();
    for source in sources {
        match source {
            Source::Path(_) if !contents.is_empty() => {
                cx.cannot(span, "path after content in one instruction");
            }
            Source::Path(path) => paths.push(path),
            Source::Content(content) => contents.push(content),
        }
    }
    let mut all: Vec<String> = paths.iter().map(|path| json_word(cx, path)).collect();
    all.push(to.map_or_else(|| ".".to_owned(), |to| json_word(cx, to)));
    let has_blank = |word: &String| word.is_empty() || word.contains(char::is_whitespace);
    if all.iter().any(has_blank) && contents.is_empty() {
        return cx.say(instruction, &format!("{flags}{}", words::json(&all)));
    }
    if all.iter().any(has_blank) {
        cx.cannot(span, "blanks in paths beside content");
    }
    let to = all.pop().unwrap_or_default();
    let mut heredocs = String::new();
    for content in contents {
        let (open, text) = heredoc(cx, content);
        all.push(open);
        heredocs.push_str(&text);
    }
    all.push(to);
    cx.say(instruction, &format!("{flags}{}", all.join(" ")));
    cx.out.push_str(&heredocs);
}

/// Returns how a heredoc is opened, and its lines with the last.
fn heredoc(cx: &mut Cx<'_>, content: &Content<Written>) -> (String, String) {
    let name = match &content.name {
        Some(name) => cx.literal(name),
        None => "EOF".to_owned(),
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let Value::Plain(template) = &content.content else {
        cx.word(&content.content);
        return (String::new(), String::new());
    };
    let (open, text) = match template.as_literal() {
        Some(text) if !text.contains(['$', '\\']) => (format!("<<{name}"), text.to_owned()),
        Some(text) => (format!("<<\"{name}\""), text.to_owned()),
        None => {
            let text = words::inside(cx, template, words::Scope::Stage, &['$', '\\']);
            (format!("<<{name}"), text)
        }
    };
    let is_whole = text.is_empty() || text.ends_with('\n');
    let has_end = text.lines().any(|line| line == name);
    if !is_whole || has_end || !name.chars().all(is_plain) {
        cx.cannot(content.span, "content without a line break at its end");
    }
    let text = format!("{text}{name}\n");
    (open, text)
}
