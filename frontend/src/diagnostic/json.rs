//! Diagnostics as JSON lines for tools: one object per line, positions as people count them.

use serde::Serialize;

use super::{Diagnostic, Diagnostics, Place};
use crate::text::{Files, LineColumn, Span};

#[derive(Serialize)]
struct Line<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    place: Option<Region<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Mark<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    help: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Region<'a> {
    file: &'a str,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Mark<'a> {
    #[serde(flatten)]
    place: Region<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct Edit<'a> {
    #[serde(flatten)]
    place: Region<'a>,
    replacement: &'a str,
    help: &'a str,
}

/// Returns one line of JSON per diagnostic, in the order of the file.
pub fn lines(diags: &Diagnostics, files: &Files) -> String {
    let mut out = String::new();
    for diagnostic in diags.iter() {
        out.push_str(&line(diagnostic, files));
        out.push('\n');
    }
    out
}

fn line(diagnostic: &Diagnostic, files: &Files) -> String {
    let (place, origin) = match diagnostic.place {
        Place::At(span) => (Some(region(span, files)), None),
        Place::Outside(origin) => (None, Some(origin)),
    };
    let line = Line {
        code: diagnostic.code.name(),
        severity: diagnostic.severity.as_str(),
        message: &diagnostic.message,
        place,
        origin,
        path: diagnostic.path.as_deref(),
        label: diagnostic.label.as_deref(),
        labels: diagnostic
            .secondary
            .iter()
            .map(|label| Mark {
                place: region(label.span, files),
                text: &label.text,
            })
            .collect(),
        help: &diagnostic.helps,
        suggestions: diagnostic
            .suggestions
            .iter()
            .map(|edit| Edit {
                place: region(edit.span, files),
                replacement: &edit.replacement,
                help: &edit.help,
            })
            .collect(),
    };
    serde_json::to_string(&line).expect("json: strings and numbers can be written")
}

fn region(span: Span, files: &Files) -> Region<'_> {
    let position = |at: LineColumn| Position {
        line: at.line,
        column: at.column,
    };
    Region {
        file: files.get(span.file).name(),
        start: position(files.start(span)),
        end: position(files.end(span)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn a_diagnostic_is_one_line() {
        let mut files = Files::new();
        let id = files.add("build.yaml", "stages:\n  å: {form: x}\n");
        let mut diags = Diagnostics::new();
        diags
            .report(
                Code::UnknownKey,
                Span::new(id, 15..19),
                "unknown key `form`",
            )
            .label("here")
            .secondary(Span::new(id, 10..12), "of this stage")
            .help("see the reference")
            .suggest("from", "did you mean `from`?");
        diags.report(Code::UnusedAnchor, Place::Outside("request"), "a \"quote\"");
        assert_eq!(
            lines(&diags, &files),
            concat!(
                r#"{"code":"unused-anchor","severity":"warning","message":"a \"quote\"","origin":"request"}"#,
                "\n",
                r#"{"code":"unknown-key","severity":"error","message":"unknown key `form`","#,
                r#""file":"build.yaml","start":{"line":2,"column":7},"end":{"line":2,"column":11},"#,
                r#""label":"here","labels":[{"file":"build.yaml","start":{"line":2,"column":3},"#,
                r#""end":{"line":2,"column":4},"text":"of this stage"}],"help":["see the reference"],"#,
                r#""suggestions":[{"file":"build.yaml","start":{"line":2,"column":7},"#,
                r#""end":{"line":2,"column":11},"replacement":"from","help":"did you mean `from`?"}]}"#,
                "\n",
            )
        );
    }
}
