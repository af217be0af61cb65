//! The commands of a step, as far as a POSIX shell reads them.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::expand::Expanded;
use crate::expr::Text;
use crate::model::{Command, Exec, Source, Step, Verb};
use crate::text::Span;

use super::shell::{self, Simple};

const SHELLS: &[&str] = &["sh", "ash", "dash", "bash", "ksh", "zsh"];

/// What a `run` or `script` does.
pub(super) struct Commands<'a> {
    pub(super) exec: &'a Exec<Expanded>,
    /// Where the text stands.
    pub(super) span: Span,
    /// All of it.
    pub(super) text: Cow<'a, str>,
    /// One by one, once somebody has asked for them.
    list: OnceCell<Vec<Simple>>,
}

impl Commands<'_> {
    /// Returns them one by one. Most rules know by the text alone that they need not ask.
    pub(super) fn list(&self) -> &[Simple] {
        self.list.get_or_init(|| shell::commands(&self.text))
    }

    /// Tells whether a word of the text, without the directory of a path, is what is looked for.
    pub(super) fn may_run(&self, is_it: impl Fn(&[u8]) -> bool) -> bool {
        let text = self.text.as_bytes();
        let is_end = |b: &u8| !b.is_ascii_alphanumeric() && !matches!(b, b'-' | b'_' | b'.');
        // Quotes, escapes and continued lines may hide a name.
        let hides = |b: &u8| matches!(b, b'\\' | b'"' | b'\'');
        text.iter().any(hides) || text.split(is_end).any(is_it)
    }
}

/// Returns the commands of a step whose text is here and which a POSIX shell reads.
pub(super) fn commands(step: &Step<Expanded>) -> Option<Commands<'_>> {
    let (exec, text) = match &step.verb {
        Verb::Run(run) => match &run.command {
            Command::Shell(text) | Command::Verbatim(text) => (&run.exec, text),
            Command::Exec(words) => return exec_form(&run.exec, words),
        },
        Verb::Script(script) => match &script.source {
            Source::Content(content) => (&script.exec, &content.content),
            Source::Path(_) => return None,
        },
        _ => return None,
    };
    let written = match text.as_literal() {
        Some(literal) => Cow::Borrowed(literal),
        None => Cow::Owned(text.to_string()),
    };
    let is_for_shell = match (&exec.shell, written.strip_prefix("#!")) {
        (_, Some(rest)) => is_shell(rest.lines().next().unwrap_or_default()),
        (Some(shell), None) => is_posix(&shell.value),
        (None, None) => true,
    };
    is_for_shell.then(|| Commands {
        exec,
        span: text.span,
        text: written,
        list: OnceCell::new(),
    })
}

fn exec_form<'a>(exec: &'a Exec<Expanded>, words: &[Text]) -> Option<Commands<'a>> {
    let span = words.first()?.span.to(words.last()?.span);
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    Some(Commands {
        exec,
        span,
        text: words.join(" ").into(),
        list: OnceCell::from(vec![Simple {
            words,
            ..Simple::default()
        }]),
    })
}

/// Tells whether a shell of these words reads what POSIX says.
pub(super) fn is_posix(words: &[Text]) -> bool {
    let first = words.first().and_then(|word| word.as_literal());
    first.is_some_and(is_shell)
}

/// Tells whether a command line such as `/bin/sh -e` or `/usr/bin/env bash` is a shell.
fn is_shell(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let mut name = words.next().unwrap_or_default();
    if name.ends_with("/env") {
        name = words.next().unwrap_or_default();
    }
    let name = name.rsplit('/').next().unwrap_or_default();
    SHELLS.contains(&name)
}
