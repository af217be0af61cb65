//! `COPY` and `ADD` (`instructions/parse.go`, v0.32.2).

use crate::expr::Template;
use crate::model::{Add, Content, Copy, InputKind, InputName, Source, Value, Verb, Written};
use crate::text::Spanned;
use crate::units;

use super::flags::Kind::{Switch, Text, Texts};
use super::flags::{Flags, Kind};
use super::heredoc::{Expansion, Heredoc};
use super::line::Instruction;
use super::words::{self, Word};
use super::{Wrong, lex};

type Made = Result<Verb<Written>, Wrong>;

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

/// Returns what `--from` of a COPY names: a stage by its name or number, else an image.
fn input(it: &Instruction<'_>, word: &Word) -> Result<InputName, Wrong> {
    let text = it.str(word);
    let name = lex::word(it, word, lex::Scope::Steps)?;
    if name.as_literal() != Some(text) {
        return Err(it.wrong(
            word,
            "variable expansion is not supported for --from, define a new stage with FROM using \
             ARG from global scope as a workaround",
            "name a stage or an image",
        ));
    }
    let kind = match text.parse::<usize>() {
        Ok(number) => InputKind::At(number),
        Err(_) => InputKind::Earlier,
    };
    Ok(InputName {
        kind,
        name: Value::Plain(name),
    })
}

/// `COPY`.
pub(super) fn copy(it: &Instruction<'_>) -> Made {
    let (sources, to) = places(it)?;
    let flags = Flags::read(it, COPY)?;
    let from = flags.some(it, "from");
    let from = from.map(|name| input(it, name)).transpose()?;
    Ok(Verb::Copy(Box::new(Copy {
        sources: self::sources(it, &sources),
        from,
        to: Some(it.value(&to)),
        chown: value(it, &flags, "chown"),
        chmod: value(it, &flags, "chmod"),
        link: switch(it, &flags, "link"),
        parents: switch(it, &flags, "parents"),
        exclude: excluded(it, &flags),
        optional: None,
    })))
}

/// `ADD`.
pub(super) fn add(it: &Instruction<'_>) -> Made {
    let (sources, to) = places(it)?;
    let flags = Flags::read(it, ADD)?;
    Ok(Verb::Add(Box::new(Add {
        sources: self::sources(it, &sources),
        to: Some(it.value(&to)),
        checksum: value(it, &flags, "checksum"),
        unpack: switch(it, &flags, "unpack"),
        keep_git_dir: switch(it, &flags, "keep-git-dir"),
        chown: value(it, &flags, "chown"),
        chmod: value(it, &flags, "chmod"),
        link: switch(it, &flags, "link"),
        exclude: excluded(it, &flags),
    })))
}

fn value(it: &Instruction<'_>, flags: &Flags, name: &str) -> Option<Value> {
    let word = flags.some(it, name)?;
    let value = it.value(word);
    let is_bad = |text: &str| units::parse_mode(text).is_err();
    if name == "chmod" && value.as_literal().is_some_and(is_bad) {
        let text = value.as_literal().unwrap_or_default();
        let message = format!(
            "invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777"
        );
        it.late(it.wrong(word, message, ""), None);
    }
    Some(value)
}

fn switch(it: &Instruction<'_>, flags: &Flags, name: &str) -> Option<Spanned<bool>> {
    let word = flags.text(name)?;
    Some(it.spanned(word, it.str(word) == "true"))
}

/// Returns patterns, in which variables are not replaced (`instructions/commands.go`, v0.32.2).
fn excluded(it: &Instruction<'_>, flags: &Flags) -> Vec<Value> {
    flags
        .texts("exclude")
        .map(|word| it.literal(word))
        .collect()
}

/// Returns the sources and the destination.
fn places(it: &Instruction<'_>) -> Result<(Vec<Word>, Word), Wrong> {
    let mut places = words::list(it)?;
    let what = it.str(&it.word).to_ascii_uppercase();
    let Some(to) = places.pop().filter(|_| !places.is_empty()) else {
        let message = format!(
            "{what} requires at least two arguments, but only one was provided. Destination could \
             not be determined"
        );
        return Err(Wrong::new(message, "write both, such as `COPY . /app`"));
    };
    if Heredoc::parse(it.str(&to)).is_some() {
        let message = format!("{what} cannot accept a heredoc as a destination");
        return Err(it.wrong(&to, message, "write the destination last"));
    }
    Ok((places, to))
}

/// Returns the sources, paths before heredocs.
fn sources(it: &Instruction<'_>, places: &[Word]) -> Vec<Source<Written>> {
    let mut paths = Vec::with_capacity(places.len());
    let mut contents = Vec::new();
    for place in places {
        match Heredoc::parse(it.str(place)) {
            Some(opened) => contents.push(Source::Content(content(it, &opened, place))),
            None => paths.push(Source::Path(it.value(place))),
        }
    }
    paths.append(&mut contents);
    paths
}

fn content(it: &Instruction<'_>, opened: &Heredoc<'_>, place: &Word) -> Content<Written> {
    let name = Template::literal(it.span(place.range.clone()), opened.name.clone());
    // Of several with one name the last counts.
    let mut collected = it.heredocs.iter().rev();
    let found = collected.find(|heredoc| heredoc.name == opened.name);
    let span = found.map_or(name.span, |heredoc| heredoc.span);
    let text = found.map(|heredoc| heredoc.content(opened));
    let text = text.unwrap_or_default();
    let written = found.filter(|heredoc| it.is_in_file() && heredoc.written.len() == text.len());
    let content = match opened.expansion {
        Expansion::On => {
            let written = written.map(|heredoc| heredoc.span);
            lex::content(&text, span, written).unwrap_or_else(|wrong| {
                it.late(wrong, None);
                Template::literal(span, "")
            })
        }
        Expansion::Off => Template::literal(span, text),
    };
    Content {
        span,
        content: Value::Plain(content),
        name: Some(Value::Plain(name)),
    }
}
