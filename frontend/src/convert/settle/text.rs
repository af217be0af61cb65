//! The text of a `RUN` as a build file has it: its lines as they are in the Dockerfile.

use crate::expr::Template;
use crate::lower::logical_line;
use crate::model::{Command, Exec, Run, Value, Written};
use crate::text::{File, Spanned};

/// Gives a command the text that means it; comments in it are part of it then.
pub(super) fn settle(run: &mut Run<Written>, file: &File, comments: &mut Vec<Spanned<String>>) {
    let Command::Verbatim(value) = &run.command else {
        return;
    };
    let span = value.span();
    let Some(text) = value.as_literal().map(str::to_owned) else {
        return;
    };
    let source = file.text().get(span.range()).unwrap_or_default();
    let lines: Vec<&str> = source
        .lines()
        .map(|line| line.trim_end_matches('\r'))
        .collect();
    let source = lines.join("\n") + "\n";
    let text = if lines.len() > 1 && logical_line(&source).as_ref() == Some(&text) {
        comments.retain(|it| it.span.start < span.start || it.span.end > span.end);
        source
    } else {
        if logical_line(&text).as_ref() != Some(&text) || text.is_empty() {
            let exec: Exec<Written> = (*run.exec).clone();
            run.exec = Exec {
                errexit: Some(Spanned::new(false, span)),
                ..exec
            }
            .into();
        }
        text
    };
    run.command = Command::Shell(Value::Plain(Template::literal(span, text)));
}
