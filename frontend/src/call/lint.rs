//! `--check`: what is wrong with the file, as JSON (`frontend/subrequests/lint/lint.go`, v0.32.2)
//! and as text.
//!
//! Warnings are findings; what fails a build is the one `buildError`. The places that no line of
//! the file has are of source -1, because clients read a place of every warning.

use buildkit_proto::{Any, errdefs, pb};
use prost::Message;
use serde_json::Value;

use super::Answer;
use super::shape::{location, object, ranges, source};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::gateway::Error;
use crate::gateway::status::{Origin, language};
use crate::lint;
use crate::text::FileId;

/// How far below the first marked line of an error others are marked with it: clients draw
/// everything between.
const NEAR: i32 = 10;

/// Returns the warnings among the findings, and the error that ended the check.
pub fn lint(diags: &Diagnostics, failure: Option<&Error>, origin: Origin<'_>) -> Answer {
    let warnings: Vec<&Diagnostic> = lint::findings(diags).collect();
    let error = failure.map(|error| {
        object(vec![
            ("message", Value::from(error.message.as_str())),
            ("location", ranges(&marks(error))),
        ])
    });
    let file = object(vec![
        (
            "filename",
            Value::from(origin.files.get(FileId::ROOT).name()),
        ),
        (
            "language",
            Value::from(language(origin.files.get(FileId::ROOT))),
        ),
        ("data", source(origin)),
    ]);
    let has_finding = failure.is_some() || !warnings.is_empty();
    let all = warnings.iter().map(|it| warning(it, origin)).collect();
    let mut json = object(vec![
        ("sources", Value::from(vec![file])),
        ("buildError", error.unwrap_or_default()),
    ]);
    // There, even if there is none.
    json["warnings"] = Value::Array(all);
    let mut out = String::new();
    for warning in warnings {
        drawn(warning, origin, &mut out);
    }
    Answer {
        status: Some(u8::from(has_finding)),
        ..Answer::new(&json, out)
    }
}

fn warning(diagnostic: &Diagnostic, origin: Origin<'_>) -> Value {
    let place = match diagnostic.place {
        Place::At(span) => location(span, origin),
        Place::Outside(_) => object(vec![("sourceIndex", Value::from(-1))]),
    };
    object(vec![
        ("ruleName", Value::from(diagnostic.code.name())),
        ("description", Value::from(diagnostic.code.title())),
        ("url", Value::from(lint::url(diagnostic.code))),
        ("detail", Value::from(detail(diagnostic))),
        ("location", place),
    ])
}

/// Returns what is wrong and what to do.
fn detail(diagnostic: &Diagnostic) -> String {
    let helps = diagnostic.helps.iter();
    let suggestions = diagnostic.suggestions.iter().map(|it| &it.help);
    let mut out = diagnostic.message.clone();
    if let Some(help) = helps.chain(suggestions).next() {
        out.push_str(&format!(" ({help})"));
    }
    out
}

/// Returns the lines that an error marks: the first, and those near to it.
fn marks(error: &Error) -> Vec<pb::Range> {
    let is_source = |detail: &&Any| detail.type_url.ends_with("errdefs.Source");
    let sources = error.details.iter().filter(is_source);
    let sources = sources.filter_map(|it| errdefs::Source::decode(&it.value[..]).ok());
    let line = |range: &pb::Range| range.start.map_or(0, |start| start.line);
    let mut ranges: Vec<pb::Range> = sources.flat_map(|source| source.ranges).collect();
    ranges.sort_by_key(line);
    let first = ranges.first().map_or(0, line);
    ranges.retain(|range| line(range) <= first + NEAR);
    ranges
}

/// Draws a warning as `solver/errdefs/source.go` (v0.32.2) does.
fn drawn(diagnostic: &Diagnostic, origin: Origin<'_>, out: &mut String) {
    let (rule, detail) = (diagnostic.code.name(), detail(diagnostic));
    let url = lint::url(diagnostic.code);
    let dash = if url.is_empty() { "" } else { " - " };
    out.push_str(&format!("\nWARNING: {rule}{dash}{url}\n{detail}\n"));
    let Place::At(span) = diagnostic.place else {
        return;
    };
    let file = origin.files.get(span.file);
    let range = origin.range(span);
    let line = |at: Option<pb::Position>| at.map_or(1, |at| at.line.unsigned_abs());
    let (first, last) = (line(range.start), line(range.end));
    let around = if first == last { 2 } else { 1 };
    let shown = first.saturating_sub(around).max(1)..=(last + around).min(file.line_count());
    out.push_str(&format!("{}:{first}\n{RULE}\n", file.name()));
    for number in shown {
        let is_marked = (first..=last).contains(&number);
        let mark = if is_marked { ">>>" } else { "   " };
        out.push_str(&format!(
            " {number:3} | {mark} {}\n",
            file.line_text(number)
        ));
    }
    out.push_str(RULE);
    out.push('\n');
}

const RULE: &str = "--------------------";
