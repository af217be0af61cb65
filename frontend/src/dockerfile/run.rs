//! `RUN` (`instructions/commands_run*.go`, `dockerfile2llb/convert.go:dispatchRun`, v0.32.2).

use crate::model::{
    Command, Content, Exec, Network, Options, Run, Script, Security, Source, Verb, Written,
};
use crate::units::Malformed;

use super::flags::Kind::{Text, Texts};
use super::flags::{Flags, Kind};
use super::line::{Heredoc, Instruction};
use super::{At, mount, words};

const FLAGS: &[(&str, Kind)] = &[
    ("mount", Texts),
    ("network", Text),
    ("security", Text),
    ("device", Texts),
];

/// `RUN`.
pub(super) fn run(it: &Instruction, at: At) -> Result<Verb<Written>, Malformed> {
    let exec = options(it, at)?;
    if it.rest.is_empty() {
        return Err(Malformed::new(
            "RUN has nothing after it",
            "write a command, such as `RUN make`",
        ));
    }
    let command = match words::json(&it.rest)? {
        Some(words) => Command::Exec(at.literals(&words)),
        None => match sole(it) {
            Some(heredoc) if heredoc.content().starts_with("#!") => {
                let content = Content {
                    span: at.0,
                    content: at.literal(&heredoc.content()),
                    name: Some(at.literal(&heredoc.name)),
                };
                let source = Source::Content(content);
                return Ok(Verb::Script(Box::new(Script { source, exec })));
            }
            Some(heredoc) => Command::Verbatim(at.literal(&heredoc.content())),
            None => Command::Verbatim(at.literal(&with_heredocs(it))),
        },
    };
    Ok(Verb::Run(Run { command, exec }))
}

/// Returns the heredoc if it is the whole command.
fn sole(it: &Instruction) -> Option<&Heredoc> {
    Heredoc::parse(&it.rest)?;
    it.heredocs.first()
}

/// Returns the command with its heredocs under it, for the shell to read.
fn with_heredocs(it: &Instruction) -> String {
    let mut text = it.rest.clone();
    for heredoc in &it.heredocs {
        text.push('\n');
        text.push_str(&heredoc.written);
        text.push_str(&heredoc.name);
    }
    text
}

fn options(it: &Instruction, at: At) -> Result<Options<Written>, Malformed> {
    if it.flags.is_empty() {
        return Ok(Options::none());
    }
    let flags = Flags::read(it, FLAGS)?;
    if flags.text("device").is_some() {
        return Err(Malformed::new(
            "`--device` is no part of Dockerfiles but of their experimental variant",
            "use a step of the build file: `devices` of `run`",
        ));
    }
    let mut exec = Exec {
        network: choice(&flags, "network", NETWORK)?.map(|it| at.spanned(it)),
        security: choice(&flags, "security", SECURITY)?.map(|it| at.spanned(it)),
        ..Exec::default()
    };
    for text in flags.texts("mount") {
        mount::add(text, &mut exec, at)?;
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
    flags: &Flags<'_>,
    name: &str,
    words: &[(&str, T)],
) -> Result<Option<T>, Malformed> {
    let Some(text) = flags.text(name) else {
        return Ok(None);
    };
    match words.iter().find(|(word, _)| *word == text) {
        Some((_, value)) => Ok(Some(*value)),
        None => {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let message = format!("`--{name}` is {}, not `{text}`", known.join(" or "));
            Err(Malformed::new(message, "choose one of them"))
        }
    }
}
