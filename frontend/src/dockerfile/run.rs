//! `RUN` (`instructions/commands_run*.go`, `dockerfile2llb/convert.go:dispatchRun`, v0.32.2).

use crate::expr::Template;
use crate::model::{
    Command, Content, Exec, Network, Options, Run, Script, Security, Source, Value, Verb, Written,
};
use crate::text::Spanned;

use super::config::nothing;
use super::flags::Kind::{Text, Texts};
use super::flags::{Flags, Kind};
use super::heredoc::Heredoc;
use super::line::Instruction;
use super::{Wrong, device, mount, words};

const FLAGS: &[(&str, Kind)] = &[
    ("mount", Texts),
    ("network", Text),
    ("security", Text),
    ("device", Texts),
];

/// `RUN`.
pub(super) fn run(it: &Instruction<'_>) -> Result<Verb<Written>, Wrong> {
    let exec = options(it)?;
    let command = match words::json(it, &it.rest)? {
        Some(words) if words.is_empty() => {
            it.late(nothing(it, "at least one"), None);
            Command::Exec(Vec::new())
        }
        Some(words) => Command::Exec(it.literals(&words)),
        None => match sole(it) {
            Some(heredoc) => {
                let text = heredoc.content(heredoc);
                let content = Value::Plain(Template::literal(heredoc.span, &*text));
                if text.starts_with("#!") {
                    let content = Content {
                        span: heredoc.span,
                        content,
                        name: Some(it.literal_text(&it.rest, &heredoc.name)),
                    };
                    let source = Source::Content(content);
                    return Ok(Verb::Script(Box::new(Script { source, exec })));
                }
                Command::Verbatim(content)
            }
            None if it.heredocs.is_empty() => Command::Verbatim(it.literal(&it.rest)),
            None => Command::Verbatim(it.literal_text(&it.rest, &with_heredocs(it))),
        },
    };
    Ok(Verb::Run(Run { command, exec }))
}

/// Returns the heredoc if it is the whole command.
fn sole<'i, 't>(it: &'i Instruction<'t>) -> Option<&'i Heredoc<'t>> {
    let heredoc = it.heredocs.first()?;
    Heredoc::parse(it.str(&it.rest)).map(|_| heredoc)
}

/// Returns the command with its heredocs under it, for the shell to read.
fn with_heredocs(it: &Instruction<'_>) -> String {
    let mut text = it.str(&it.rest).to_owned();
    for heredoc in &it.heredocs {
        text.push('\n');
        text.push_str(heredoc.written);
        text.push_str(&heredoc.name);
    }
    text
}

fn options(it: &Instruction<'_>) -> Result<Options<Written>, Wrong> {
    if it.flags.is_empty() {
        return Ok(Options::none());
    }
    let flags = Flags::read(it, FLAGS)?;
    let mut exec = Exec {
        network: choice(it, &flags, "network", NETWORK)?,
        security: choice(it, &flags, "security", SECURITY)?,
        ..Exec::default()
    };
    for word in flags.texts("mount") {
        mount::add(it, word, &mut exec)?;
    }
    for word in flags.texts("device") {
        exec.devices.push(device::device(it, word)?);
    }
    Ok(exec.into())
}

const NETWORK: &[(&str, Network)] = &[
    ("default", Network::Default),
    ("none", Network::None),
    ("host", Network::Host),
];

const SECURITY: &[(&str, Security)] = &[
    ("sandbox", Security::Sandbox),
    ("insecure", Security::Insecure),
];

fn choice<T: Copy>(
    it: &Instruction<'_>,
    flags: &Flags,
    name: &str,
    words: &[(&str, T)],
) -> Result<Option<Spanned<T>>, Wrong> {
    let Some(word) = flags.text(name) else {
        return Ok(None);
    };
    let text = it.str(word);
    match words.iter().find(|(word, _)| *word == text) {
        Some((_, value)) => Ok(Some(it.spanned(word, *value))),
        None => {
            let message = match name {
                "network" => format!("invalid network mode \"{text}\""),
                _ => format!("security \"{text}\" is not valid"),
            };
            let help = match name {
                "network" => "write `default`, `none` or `host`",
                _ => "write `sandbox` or `insecure`",
            };
            Err(it.wrong(word, message, help))
        }
    }
}
