//! Instructions that change the image config and the environment (`instructions/parse.go`,
//! v0.32.2).

use crate::expr::Template;
use crate::model::{Command, Healthcheck, Value, Verb, Written};
use crate::text::Spanned;
use crate::units::Malformed;

use super::flags::Kind::Text;
use super::flags::{Flags, Kind};
use super::line::Instruction;
use super::{At, lex, words};

type Made = Result<Verb<Written>, Malformed>;

const HELP: &str = "the Dockerfile reference says what each instruction takes";

fn nothing(word: &str) -> Malformed {
    Malformed::new(format!("{word} has nothing after it"), HELP)
}

/// Returns what follows an instruction that has no flags.
fn rest(it: &Instruction) -> Result<&str, Malformed> {
    Flags::read(it, &[])?;
    match it.rest.as_str() {
        "" => Err(nothing(&it.word)),
        rest => Ok(rest),
    }
}

/// Reads names, in which quotes and escapes are taken away.
fn name(text: &str, at: At) -> Result<Spanned<String>, Malformed> {
    let name: Template<_> = lex::word(text, at.0)?;
    match name.as_literal() {
        Some("") => Err(Malformed::new("a name is empty", HELP)),
        Some(name) => Ok(at.spanned(name.to_owned())),
        None => {
            let message = format!("the name `{text}` has a variable in it");
            Err(Malformed::new(message, "write the name itself"))
        }
    }
}

fn pairs(it: &Instruction, at: At) -> Result<Vec<(Spanned<String>, Value)>, Malformed> {
    let pairs = words::pairs(&it.word, rest(it)?)?.into_iter();
    let pair = |(key, value): (String, String)| Ok((name(&key, at)?, at.text(&value)?));
    pairs.map(pair).collect()
}

/// `ENV`.
pub(super) fn env(it: &Instruction, at: At) -> Made {
    Ok(Verb::Env(pairs(it, at)?))
}

/// `LABEL`.
pub(super) fn label(it: &Instruction, at: At) -> Made {
    Ok(Verb::Label(pairs(it, at)?))
}

/// `ARG`, which is a variable of the steps.
pub(super) fn arg(it: &Instruction, at: At) -> Made {
    let mut entries = Vec::new();
    for word in words::quoted(rest(it)?) {
        let (key, value) = match word.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (word.as_str(), None),
        };
        entries.push((name(key, at)?, at.optional(value)?));
    }
    Ok(Verb::BuildEnv(entries))
}

/// Returns the command of an instruction: words of a JSON array, or text for a shell.
pub(super) fn command(text: &str, at: At) -> Result<Command<Written>, Malformed> {
    Ok(match words::json(text)? {
        Some(words) => Command::Exec(at.literals(&words)),
        None => Command::Shell(at.literal(text)),
    })
}

/// `CMD`.
pub(super) fn cmd(it: &Instruction, at: At) -> Made {
    Ok(Verb::Cmd(command(rest(it)?, at)?))
}

/// `ENTRYPOINT`.
pub(super) fn entrypoint(it: &Instruction, at: At) -> Made {
    Ok(Verb::Entrypoint(command(rest(it)?, at)?))
}

/// `EXPOSE`.
pub(super) fn expose(it: &Instruction, at: At) -> Made {
    Ok(Verb::Expose(at.texts(&words::separated(rest(it)?))?))
}

/// `VOLUME`.
pub(super) fn volume(it: &Instruction, at: At) -> Made {
    let volumes = words::list(rest(it)?)?;
    if volumes.iter().any(|volume| volume.trim().is_empty()) {
        return Err(Malformed::new("a volume is empty", HELP));
    }
    let volumes: Vec<String> = volumes.iter().map(|it| it.trim().to_owned()).collect();
    Ok(Verb::Volume(at.texts(&volumes)?))
}

/// `SHELL`.
pub(super) fn shell(it: &Instruction, at: At) -> Made {
    match words::json(rest(it)?)? {
        Some(words) if !words.is_empty() => Ok(Verb::Shell(at.literals(&words))),
        _ => Err(Malformed::new(
            "SHELL takes a JSON array",
            "write `SHELL [\"/bin/bash\", \"-c\"]`",
        )),
    }
}

/// `STOPSIGNAL`.
pub(super) fn stop_signal(it: &Instruction, at: At) -> Made {
    Ok(Verb::StopSignal(at.text(rest(it)?)?))
}

/// `USER`.
pub(super) fn user(it: &Instruction, at: At) -> Made {
    Ok(Verb::User(at.text(rest(it)?)?))
}

/// `WORKDIR`.
pub(super) fn workdir(it: &Instruction, at: At) -> Made {
    Ok(Verb::Workdir(at.text(rest(it)?)?))
}

const HEALTHCHECK: &[(&str, Kind)] = &[
    ("interval", Text),
    ("timeout", Text),
    ("start-period", Text),
    ("start-interval", Text),
    ("retries", Text),
];

/// `HEALTHCHECK`.
pub(super) fn healthcheck(it: &Instruction, at: At) -> Made {
    let flags = Flags::read(it, HEALTHCHECK)?;
    let (kind, text) = it
        .rest
        .split_once(char::is_whitespace)
        .unwrap_or((&it.rest, ""));
    let text = text.trim_start();
    let check = match kind.to_ascii_uppercase().as_str() {
        "NONE" if text.is_empty() => Healthcheck::None,
        "CMD" if !text.is_empty() => {
            let time = |name: &str| {
                let value = flags.text(name).filter(|value| !value.is_empty());
                value.map(|value| at.literal(value))
            };
            Healthcheck::Check {
                run: command(text, at)?,
                interval: time("interval"),
                timeout: time("timeout"),
                start_period: time("start-period"),
                start_interval: time("start-interval"),
                retries: time("retries"),
            }
        }
        _ => {
            return Err(Malformed::new(
                "HEALTHCHECK is followed by CMD and a command, or by NONE",
                HELP,
            ));
        }
    };
    Ok(Verb::Healthcheck(Box::new(check)))
}
