//! `shell-form-command`: a shell between the runtime and the command does not pass signals on.

use crate::expand::StageId;
use crate::lint::chain::{Base, Cx, steps};
use crate::lint::sink::Sink;
use crate::model::{Command, Verb};

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    let has_shell = cx
        .chain_steps(id)
        .iter()
        .any(|it| matches!(it.verb, Verb::Shell(_)));
    let in_base = matches!(cx.base(id), Base::Known(config) if !config.config.shell.is_empty());
    if has_shell || in_base {
        return;
    }
    for step in steps(cx.stage(id)) {
        let (word, text) = match &step.verb {
            Verb::Cmd(Command::Shell(text)) => ("cmd", text),
            Verb::Entrypoint(Command::Shell(text)) => ("entrypoint", text),
            _ => continue,
        };
        sink.enter_step(step)
            .report(
                text.span,
                format!("`{word}` is run by a shell, which takes its signals"),
            )
            .label("text is for the shell")
            .help(format!("write a list: `{word}: [program, argument]`"));
    }
}
