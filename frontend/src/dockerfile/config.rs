//! Instructions that change the image config and the environment (`instructions/parse.go`,
//! v0.32.2).

use crate::expr::Template;
use crate::model::{Arg, ArgType, Command, Healthcheck, Named, Value, Verb, Written};
use crate::text::Spanned;
use crate::units;

use super::flags::Kind::Text;
use super::flags::{Flags, Kind};
use super::line::{Instruction, Lines, Origin};
use super::words::{self, Word};
use super::{Wrong, globals, lex};

type Made = Result<Verb<Written>, Wrong>;

/// Returns the error for an instruction that nothing follows.
pub(super) fn nothing(it: &Instruction<'_>, how_many: &str) -> Wrong {
    let word = it.str(&it.word).to_ascii_uppercase();
    Wrong::new(format!("{word} requires {how_many} argument"), "")
}

/// Checks that an instruction without flags has none, and something else.
fn check(it: &Instruction<'_>, how_many: &str) -> Result<(), Wrong> {
    Flags::read(it, &[])?;
    match it.rest.range.is_empty() {
        true => Err(nothing(it, how_many)),
        false => Ok(()),
    }
}

/// Returns what follows an instruction that takes one text.
fn one(it: &Instruction<'_>) -> Result<Value, Wrong> {
    check(it, "exactly one")?;
    Ok(it.value(&it.rest))
}

type Pairs = Vec<(Spanned<String>, Value)>;

/// Reads names and values. In names quotes and escapes are taken away; they seldom hold variables.
fn pairs(it: &Instruction<'_>, kind: Named, verb: fn(Pairs) -> Verb<Written>) -> Made {
    Flags::read(it, &[])?;
    let what = match kind {
        Named::Env => "ENV",
        Named::Label => "LABEL",
    };
    let written = words::pairs(it, what)?;
    if written.is_empty() {
        return Err(nothing(it, "at least one"));
    }
    if let Some((key, _)) = written.iter().find(|(key, _)| it.str(key).is_empty()) {
        let message = format!("{what} names can not be blank");
        return Err(it.wrong(key, message, "write `NAME=value`"));
    }
    let mut pairs = Pairs::with_capacity(written.len());
    let mut open = Vec::new();
    for (key, value) in &written {
        let name = it.template(key, lex::Scope::Steps, None);
        let value = it.value(value);
        if let (Some(name), true) = (name.as_literal(), open.is_empty()) {
            pairs.push((it.spanned(key, name.to_owned()), value));
            continue;
        }
        for (name, value) in pairs.drain(..) {
            open.push((
                Value::Plain(Template::literal(name.span, name.value)),
                value,
            ));
        }
        open.push((Value::Plain(name), value));
    }
    Ok(match open.is_empty() {
        true => verb(pairs),
        false => Verb::Named(kind, open),
    })
}

/// `ENV`.
pub(super) fn env(it: &Instruction<'_>) -> Made {
    pairs(it, Named::Env, Verb::Env)
}

/// `LABEL`.
pub(super) fn label(it: &Instruction<'_>) -> Made {
    pairs(it, Named::Label, Verb::Label)
}

/// Tells whether an ENV or LABEL is written as `NAME value`.
pub(crate) fn is_legacy(text: &str, escape: char) -> bool {
    let span = crate::text::Span::new(crate::text::FileId::ROOT, 0..0);
    let Ok(mut lines) = Lines::with_escape(text, Origin::At(span), escape) else {
        return false;
    };
    match lines.next() {
        Some(Ok(it)) => {
            let words = words::quoted(&it);
            words
                .first()
                .is_some_and(|word| !it.str(word).contains('='))
        }
        _ => false,
    }
}

/// `MAINTAINER`.
pub(super) fn maintainer(it: &Instruction<'_>) -> Made {
    check(it, "exactly one")?;
    Ok(Verb::Author(it.literal(&it.rest)))
}

/// Returns what the comments before an instruction say about a name
/// (`instructions/parse.go:getDocComment`, v0.32.2).
pub(super) fn doc_comment(it: &Instruction<'_>, name: &str) -> Option<Spanned<String>> {
    it.comments.iter().find_map(|comment| {
        let text = comment.text.strip_prefix(name)?.strip_prefix(' ')?;
        Some(Spanned::new(text.to_owned(), comment.span))
    })
}

/// `ARG`.
pub(super) fn arg(it: &Instruction<'_>) -> Made {
    if it.rest.range.is_empty() {
        return Err(nothing(it, "at least one"));
    }
    let mut args = Vec::new();
    for word in words::quoted(it) {
        let (key, value) = globals::split(it, &word)?;
        let name = it.spanned(&key, it.str(&key).to_owned());
        let default = value.map(|value| {
            // The request's value takes the place of one that cannot be read.
            it.template(&value, lex::Scope::Steps, Some(&name.value))
        });
        args.push(Arg {
            description: doc_comment(it, &name.value),
            name,
            default: default.map(Value::Plain),
            kind: ArgType::String,
            pattern: None,
            required: None,
        });
    }
    Ok(Verb::Arg(args))
}

/// Returns the command of an instruction: words of a JSON array, or text for a shell.
pub(super) fn command(it: &Instruction<'_>, word: &Word) -> Result<Command<Written>, Wrong> {
    Ok(match words::json(it, word)? {
        Some(words) => Command::Exec(it.literals(&words)),
        None => Command::Shell(it.literal(word)),
    })
}

/// `CMD`.
pub(super) fn cmd(it: &Instruction<'_>) -> Made {
    Flags::read(it, &[])?;
    Ok(Verb::Cmd(command(it, &it.rest)?))
}

/// `ENTRYPOINT`.
pub(super) fn entrypoint(it: &Instruction<'_>) -> Made {
    Flags::read(it, &[])?;
    Ok(Verb::Entrypoint(command(it, &it.rest)?))
}

/// `EXPOSE`.
pub(super) fn expose(it: &Instruction<'_>) -> Made {
    check(it, "at least one")?;
    let mut ports = words::separated(it);
    // As they are written, whatever variables are worth.
    ports.sort_by(|a, b| it.str(a).cmp(it.str(b)));
    Ok(Verb::Expose(it.values(&ports)))
}

/// `VOLUME`.
pub(super) fn volume(it: &Instruction<'_>) -> Made {
    check(it, "at least one")?;
    let mut volumes = words::list(it)?;
    if volumes.is_empty() {
        return Err(nothing(it, "at least one"));
    }
    for volume in &mut volumes {
        let text = it.str(volume).trim();
        if text.is_empty() {
            return Err(it.wrong(volume, "VOLUME specified can not be an empty string", ""));
        }
        if text.len() < it.str(volume).len() {
            volume.text = Some(text.to_owned());
        }
    }
    Ok(Verb::Volume(it.values(&volumes)))
}

/// `SHELL`.
pub(super) fn shell(it: &Instruction<'_>) -> Made {
    check(it, "at least one")?;
    match words::json(it, &it.rest)? {
        Some(words) if !words.is_empty() => Ok(Verb::Shell(it.literals(&words))),
        Some(_) => Err(nothing(it, "at least one")),
        None => {
            let message = "SHELL requires the arguments to be in JSON form";
            Err(it.wrong(&it.rest, message, "write `SHELL [\"/bin/bash\", \"-c\"]`"))
        }
    }
}

/// `STOPSIGNAL`.
pub(super) fn stop_signal(it: &Instruction<'_>) -> Made {
    Ok(Verb::StopSignal(one(it)?))
}

/// `USER`.
pub(super) fn user(it: &Instruction<'_>) -> Made {
    Ok(Verb::User(one(it)?))
}

/// `WORKDIR`.
pub(super) fn workdir(it: &Instruction<'_>) -> Made {
    Ok(Verb::Workdir(one(it)?))
}

const HEALTHCHECK: &[(&str, Kind)] = &[
    ("interval", Text),
    ("timeout", Text),
    ("start-period", Text),
    ("start-interval", Text),
    ("retries", Text),
];

/// `HEALTHCHECK`.
pub(super) fn healthcheck(it: &Instruction<'_>) -> Made {
    let rest = it.str(&it.rest);
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let kind = it.rest.until(end);
    let text = it.rest.skip(rest.len() - rest[end..].trim_start().len());
    let flags = match it.str(&kind).to_ascii_uppercase().as_str() {
        "" => return Err(nothing(it, "at least one")),
        "NONE" if text.range.is_empty() => {
            return Ok(Verb::Healthcheck(Box::new(Healthcheck::None)));
        }
        "NONE" => return Err(it.wrong(&text, "HEALTHCHECK NONE takes no arguments", "")),
        "CMD" => Flags::read(it, HEALTHCHECK)?,
        other => {
            let message = format!("Unknown type \"{other}\" in HEALTHCHECK (try CMD)");
            return Err(it.wrong(&kind, message, ""));
        }
    };
    if text.range.is_empty() {
        return Err(Wrong::new("Missing command after HEALTHCHECK CMD", ""));
    }
    let time = |name: &str| -> Result<Option<Value>, Wrong> {
        let value = flags.text(name).filter(|word| !it.str(word).is_empty());
        let Some(word) = value else { return Ok(None) };
        let parsed = units::parse_interval(it.str(word));
        let span = it.span(word.range.clone());
        parsed.map_err(|malformed| Wrong::from(malformed).or_at(span))?;
        Ok(Some(it.literal(word)))
    };
    Ok(Verb::Healthcheck(Box::new(Healthcheck::Check {
        run: command(it, &text)?,
        interval: time("interval")?,
        timeout: time("timeout")?,
        start_period: time("start-period")?,
        start_interval: time("start-interval")?,
        retries: match flags
            .text("retries")
            .filter(|word| !it.str(word).is_empty())
        {
            Some(word) => Some(retries(it, word)?),
            None => None,
        },
    })))
}

fn retries(it: &Instruction<'_>, word: &Word) -> Result<Value, Wrong> {
    let text = it.str(word);
    let message = match text.parse::<i32>() {
        Ok(retries) if retries < 0 => format!("--retries cannot be negative ({retries})"),
        Ok(retries) => return Ok(it.literal_text(word, &retries.to_string())),
        Err(_) => format!("`{text}` is no number of retries"),
    };
    Err(it.wrong(word, message, "write a number, such as `--retries=3`"))
}

/// Returns what is wrong with an instruction as a trigger.
pub(super) fn no_trigger(word: &str) -> Option<Wrong> {
    let message = match word {
        "ONBUILD" => "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed".to_owned(),
        "FROM" | "MAINTAINER" => format!("{word} isn't allowed as an ONBUILD trigger"),
        _ => return None,
    };
    Some(Wrong::new(
        message,
        "a trigger is one of the other instructions",
    ))
}

/// Checks what is read of a trigger where it is written: whether its words are words
/// (`parser/line_parsers.go:parseSubCommand`, v0.32.2).
fn check_trigger(it: &Instruction<'_>) -> Result<(), Wrong> {
    let origin = Origin::At(it.span(it.rest.range.clone()));
    let mut lines = Lines::with_escape(it.str(&it.rest), origin, it.escape)?;
    let Some(Ok(trigger)) = lines.next() else {
        return Ok(());
    };
    let rest = trigger.rest.clone();
    match trigger.str(&trigger.word).to_ascii_uppercase().as_str() {
        what @ ("ENV" | "LABEL") => words::pairs(&trigger, what).map(drop),
        "ADD" | "CMD" | "COPY" | "ENTRYPOINT" | "RUN" | "SHELL" | "VOLUME" => {
            words::json(&trigger, &rest).map(drop)
        }
        "HEALTHCHECK" => {
            let text = trigger.str(&rest);
            let end = text.find(char::is_whitespace).unwrap_or(text.len());
            let length = text[end..].trim_start().len();
            words::json(&trigger, &rest.skip(text.len() - length)).map(drop)
        }
        _ => Ok(()),
    }
}

/// `ONBUILD`.
pub(super) fn onbuild(it: &Instruction<'_>) -> Made {
    check(it, "at least one")?;
    let blank = |c: char| matches!(c, '\t' | '\n' | '\u{c}' | '\r' | ' ');
    let text = it.text[it.word.range.end..].trim_start_matches(blank);
    let mut text = format!("{text}{}", it.blanks);
    let word = text.split(words::is_blank).next().unwrap_or_default();
    if let Some(wrong) = no_trigger(&word.to_ascii_uppercase()) {
        return Err(wrong);
    }
    check_trigger(it)?;
    for heredoc in &it.heredocs {
        text.push('\n');
        text.push_str(heredoc.written);
        text.push_str(&heredoc.name);
    }
    Ok(Verb::Onbuild(vec![it.spanned(&it.shown, text)]))
}
