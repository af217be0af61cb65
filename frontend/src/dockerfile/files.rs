//! `COPY` and `ADD` (`instructions/parse.go`, v0.32.2).

use crate::model::{Add, Content, Copy, InputKind, InputName, Source, Verb, Written};
use crate::units::Malformed;

use super::flags::Kind::{Switch, Text, Texts};
use super::flags::{Flags, Kind};
use super::line::{Expansion, Heredoc, Instruction};
use super::{At, lex, words};

type Made = Result<Verb<Written>, Malformed>;

const COPY: &[(&str, Kind)] = &[
    ("chown", Text),
    ("from", Text),
    ("chmod", Text),
    ("link", Switch),
    ("exclude", Texts),
    ("parents", Switch),
];

const ADD: &[(&str, Kind)] = &[
    ("chown", Text),
    ("chmod", Text),
    ("link", Switch),
    ("keep-git-dir", Switch),
    ("checksum", Text),
    ("unpack", Switch),
    ("exclude", Texts),
];

/// Returns what `from` of a COPY or of a mount names.
pub(super) fn input(name: &str, at: At) -> Result<InputName, Malformed> {
    if name.contains('$') {
        return Err(Malformed::new(
            format!("`from` cannot be the variable `{name}`"),
            "name a stage or an image",
        ));
    }
    Ok(InputName {
        kind: InputKind::Any,
        name: at.literal(name),
    })
}

/// `COPY`.
pub(super) fn copy(it: &Instruction, at: At) -> Made {
    let flags = Flags::read(it, COPY)?;
    let (sources, to) = places(it, at)?;
    let switch = |name: &str| flags.switch(name).map(|flag| at.spanned(flag));
    let from = flags.text("from").filter(|name| !name.is_empty());
    let excluded: Vec<String> = flags.texts("exclude").map(str::to_owned).collect();
    Ok(Verb::Copy(Box::new(Copy {
        sources,
        from: from.map(|name| input(name, at)).transpose()?,
        to: Some(at.text(&to)?),
        chown: at.optional(flags.text("chown").filter(|owner| !owner.is_empty()))?,
        chmod: at.optional(flags.text("chmod").filter(|mode| !mode.is_empty()))?,
        link: switch("link"),
        parents: switch("parents"),
        exclude: at.texts(&excluded)?,
        optional: None,
    })))
}

/// `ADD`.
pub(super) fn add(it: &Instruction, at: At) -> Made {
    let flags = Flags::read(it, ADD)?;
    let (sources, to) = places(it, at)?;
    let switch = |name: &str| flags.switch(name).map(|flag| at.spanned(flag));
    let excluded: Vec<String> = flags.texts("exclude").map(str::to_owned).collect();
    Ok(Verb::Add(Box::new(Add {
        sources,
        to: Some(at.text(&to)?),
        checksum: at.optional(flags.text("checksum").filter(|sum| !sum.is_empty()))?,
        unpack: switch("unpack"),
        keep_git_dir: switch("keep-git-dir"),
        chown: at.optional(flags.text("chown").filter(|owner| !owner.is_empty()))?,
        chmod: at.optional(flags.text("chmod").filter(|mode| !mode.is_empty()))?,
        link: switch("link"),
        exclude: at.texts(&excluded)?,
    })))
}

/// Returns sources, paths before heredocs, and the destination.
fn places(it: &Instruction, at: At) -> Result<(Vec<Source<Written>>, String), Malformed> {
    let mut places = words::list(&it.rest)?;
    let to = places.pop().unwrap_or_default();
    if places.is_empty() {
        return Err(Malformed::new(
            format!("{} needs a source and a destination", it.word),
            "write both, such as `COPY . /app`",
        ));
    }
    if Heredoc::parse(&to).is_some() {
        return Err(Malformed::new(
            format!("{} cannot have a heredoc as its destination", it.word),
            "write the destination last",
        ));
    }
    let mut paths = Vec::new();
    let mut contents = Vec::new();
    for place in &places {
        match Heredoc::parse(place) {
            Some(opened) => contents.push(Source::Content(content(it, &opened, at)?)),
            None => paths.push(Source::Path(at.text(place)?)),
        }
    }
    paths.append(&mut contents);
    Ok((paths, to))
}

fn content(it: &Instruction, opened: &Heredoc, at: At) -> Result<Content<Written>, Malformed> {
    // Of several with one name the last counts.
    let collected = it.heredocs.iter().rev();
    let mut collected = collected.filter(|heredoc| heredoc.name == opened.name);
    let text = collected.next().map(Heredoc::content).unwrap_or_default();
    let content = match opened.expansion {
        Expansion::On => crate::model::Value::Plain(lex::content(&text, at.0)?),
        Expansion::Off => at.literal(&text),
    };
    Ok(Content {
        span: at.0,
        content,
        name: Some(at.literal(&opened.name)),
    })
}
