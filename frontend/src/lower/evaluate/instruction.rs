//! Steps of a Dockerfile in the log: the instruction with its variables replaced
//! (`dockerfile2llb/convert.go:prefixCommand` and `dispatchRun`, v0.32.2).

use crate::dockerfile::{self, Shown};
use crate::expand::{Expanded, Stage};
use crate::model::{Command, Source, Step, Verb};

use super::super::action::TRIGGER;
use super::super::state::State;
use super::{Context, text};

/// Returns how many steps the log counts for a stage of a Dockerfile; nothing for another.
pub(crate) fn count(stage: &Stage, steps: &[Step<Expanded>]) -> Option<usize> {
    let n_triggers = stage.triggers.len();
    let own = steps.get(n_triggers..).unwrap_or_default();
    let first = own.first().or(steps.first())?;
    first.instruction.as_ref()?;
    let is_counted = |step: &&Step<Expanded>| {
        matches!(
            step.verb,
            Verb::Run(_) | Verb::Script(_) | Verb::Copy(_) | Verb::Add(_) | Verb::Workdir(_)
        )
    };
    Some(n_triggers + own.iter().filter(is_counted).count())
}

/// Returns what the log shows behind `[stage 2/5] `.
pub(crate) fn title(cx: &mut Context, state: &State, step: &Step<Expanded>) -> Option<String> {
    let instruction = step.instruction.as_ref()?;
    let mut written = instruction.text.clone();
    let (exec, content) = match &step.verb {
        Verb::Run(run) => (Some(&run.exec), command(&run.command)),
        Verb::Script(script) => match &script.source {
            Source::Content(content) => (Some(&script.exec), content.content.as_literal()),
            Source::Path(_) => (Some(&script.exec), None),
        },
        _ => (None, None),
    };
    if let Some(content) = content.filter(|_| dockerfile::is_heredoc(&written)) {
        written.push_str(&format!(" ({})", summary(content)));
    }
    let masked: Vec<String> = exec
        .into_iter()
        .flat_map(|exec| &exec.secrets)
        .filter_map(|secret| secret.env.as_ref())
        .map(|name| text::string(cx, state, name))
        .collect();
    let find = |name: &str| match masked.iter().any(|masked| masked == name) {
        true => Some("****".to_owned()),
        false => state.env(name).map(str::to_owned),
    };
    let how = match exec {
        Some(_) => Shown::Raw,
        None => Shown::Word,
    };
    let shown = dockerfile::shown(&written, instruction.escape, how, &find);
    let word = shown.split(' ').next().unwrap_or_default();
    let prefix = match instruction.is_trigger {
        true => TRIGGER,
        false => "",
    };
    let (word, rest) = (word.to_uppercase(), &shown[word.len()..]);
    Some(format!("{prefix}{word}{rest}"))
}

fn command(command: &Command<Expanded>) -> Option<&str> {
    match command {
        Command::Verbatim(text) => text.as_literal(),
        Command::Shell(_) | Command::Exec(_) => None,
    }
}

/// Returns the first line of a heredoc.
pub(super) fn summary(content: &str) -> String {
    let mut lines = content.trim().lines();
    let first = lines.next().unwrap_or_default();
    let more = if lines.next().is_some() { "..." } else { "" };
    format!("{first}{more}")
}
